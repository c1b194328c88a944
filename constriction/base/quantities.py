"""Quantities with units: ``"100 nm"`` becomes an SI float and an SI float becomes ``"100 nm"``."""

import datetime
import math
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from constriction.base.errors import InputError, shortened

if TYPE_CHECKING:
    import pint  # noqa: PLC0415 - half a second that most cases never need


@dataclass(frozen=True)
class Kind:
    """A kind of quantity.

    Attributes:
        noun: what an error calls it, with its article.
        unit: the SI unit its floats are in.
        example: how a user would write one.
        powers: the units it is written in, smallest first, and the power of ten that takes each to ``unit``.
    """

    noun: str
    unit: str
    example: str
    powers: Mapping[str, int]


KINDS: Mapping[str, Kind] = {
    "length": Kind("a length", "m", "100 nm", {"nm": -9, "um": -6, "mm": -3, "m": 0}),
    "conductivity": Kind(
        "a conductivity", "S/m", "15 mS/cm", {"nS/cm": -7, "uS/cm": -4, "mS/cm": -1, "S/m": 0, "S/cm": 2}
    ),
    "frequency": Kind("a frequency", "Hz", "7 MHz", {"mHz": -3, "Hz": 0, "kHz": 3, "MHz": 6, "GHz": 9, "THz": 12}),
    "area": Kind("an area", "m2", "1.13 cm2", {"um2": -12, "mm2": -6, "cm2": -4, "m2": 0}),
    "charge per area": Kind("a charge per area", "C/m2", "0.05 mAh/cm2", {"C/m2": 0, "C/cm2": 4}),
    "current density": Kind("a current density", "A/m2", "100 uA/cm2", {"uA/cm2": -2, "mA/cm2": 1, "A/cm2": 4}),
    "pressure": Kind("a pressure", "Pa", "2 MPa", {"Pa": 0, "kPa": 3, "MPa": 6, "GPa": 9}),
    "energy per area": Kind("an energy per area", "J/m2", "0.1 J/m2", {"mJ/m2": -3, "J/m2": 0}),
    "mass density": Kind("a mass per volume", "kg/m3", "968 kg/m3", {"kg/m3": 0}),
    "molar mass": Kind("a molar mass", "kg/mol", "22.99 g/mol", {"g/mol": -3, "kg/mol": 0}),
    "number density": Kind("a number per area", "1/m2", "25 1/mm2", {"1/m2": 0, "1/cm2": 4, "1/mm2": 6}),
    "energy": Kind("an energy", "eV", "0.32 eV", {"meV": -3, "eV": 0}),
    "area resistance": Kind(
        "a resistance times area", "ohm m2", "0.5 ohm cm2", {"mohm cm2": -7, "ohm cm2": -4, "kohm cm2": -1, "ohm m2": 0}
    ),
    "area capacitance": Kind(
        "a capacitance per area",
        "F/m2",
        "20 uF/cm2",
        {"pF/cm2": -8, "nF/cm2": -5, "uF/cm2": -2, "F/m2": 0, "mF/cm2": 1, "F/cm2": 4},
    ),
    "area conductance": Kind(
        "a conductance per area",
        "S/m2",
        "20 uS/cm2",
        {"pS/cm2": -8, "nS/cm2": -5, "uS/cm2": -2, "S/m2": 0, "mS/cm2": 1, "S/cm2": 4},
    ),
    "area inductance": Kind(
        "an inductance times area",
        "H m2",
        "0.1 uH cm2",
        {"pH cm2": -16, "nH cm2": -13, "uH cm2": -10, "mH cm2": -7, "H cm2": -4, "H m2": 0},
    ),
    "resistivity": Kind(
        "a resistance times length",
        "ohm m",
        "100 ohm cm",
        {"mohm cm": -5, "ohm cm": -2, "ohm m": 0, "kohm cm": 1, "Mohm cm": 4, "Gohm cm": 7},
    ),
    "length capacitance": Kind(
        "a capacitance per length",
        "F/m",
        "3 pF/cm",
        {"fF/cm": -13, "pF/cm": -10, "nF/cm": -7, "uF/cm": -4, "mF/cm": -1, "F/m": 0, "F/cm": 2},
    ),
    "time": Kind("a time", "s", "20 ms", {"ns": -9, "us": -6, "ms": -3, "s": 0}),
}

# The field writes per cm and cm².
_ONLY_READ = {"S/m", "ohm m2", "F/m2", "S/m2", "H m2", "ohm m", "F/m"}
_LONGEST_UNIT = 40
_LARGEST_MANTISSA = 100_000
_LARGEST_SHOWN_BITS = 256
_LONGEST_SHOWN = 160  # characters
_KEPT = 4096  # quantities written last: the cases of a study share most of theirs
_QUANTITY = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*)", re.DOTALL)
# One digit per exponent and no brackets: pint would happily evaluate m**9**9**9.
_TERM = r"[^\W\d]+(?:(?:\^|\*\*)[+-]?[0-9])?"
_UNIT = re.compile(rf"(?:1\s*/\s*)?{_TERM}(?:(?:\s*[*/]\s*|\s+){_TERM})*")
_PLAIN_POWER = re.compile(r"(?<=[^\W\d_])(?=[+-]?[0-9](?![0-9]))")  # cm2 means cm^2, cm-2 cm^-2
_CELSIUS = Decimal("273.15")  # 0 °C in K
_A_TEMPERATURE = "a temperature such as '25 degC' or '298.15 K'"


def parse_quantity(text: str, kind: str) -> float:
    """Read a number with its unit.

    Args:
        text: such as ``"100 nm"``, ``"1.5mm"``, ``"15 mS/cm"``; any unit pint knows, of the right dimension.
        kind: a key of `KINDS`.

    Returns:
        The value in the SI unit of the kind (m, S/m, Hz), the double nearest to what was written.

    Raises:
        InputError: not a finite number with a unit of that kind; the message begins with the text given.
    """
    wanted = KINDS[kind]
    parts = _QUANTITY.fullmatch(text.strip()) if isinstance(text, str) else None
    if not isinstance(text, str) or (parts and not parts[2]):
        raise InputError(f"{shown(text)}: expected {wanted.noun} with its unit, such as '{wanted.example}'")
    factor = _factor(parts[2], kind) if parts else None
    if parts is None or factor is None:
        raise InputError(f"{shown(text)}: expected {wanted.noun} such as '{wanted.example}'")
    value = _product(parts[1], factor)
    if not math.isfinite(value):
        raise InputError(f"{shown(text)}: expected {wanted.noun} that is finite, such as '{wanted.example}'")
    return value


def usual_kinds(text: str) -> list[str]:
    """The kinds of `KINDS` that are written in just the unit that stands behind a text's number."""
    parts = _QUANTITY.fullmatch(text.strip())
    return [kind for kind, known in KINDS.items() if parts and parts[2] in known.powers]


def format_quantity(value: float, kind: str) -> str:
    """Write a quantity in the unit that reads best, such that `parse_quantity` gives back the same double.

    Args:
        value: in the SI unit of the kind (m, S/m, Hz).
        kind: a key of `KINDS`.

    Returns:
        Such as ``"1.5 mm"``; in the SI unit when the value is far outside the usual prefixes.

    Raises:
        InputError: the value is NaN or infinite.
    """
    wanted = KINDS[kind]
    value = float(value)
    if not math.isfinite(value):
        raise InputError(f"{value!r} {wanted.unit}: expected {wanted.noun} that is finite")
    return _written(value, kind)


@lru_cache(maxsize=_KEPT)
def _written(value: float, kind: str) -> str:
    """A finite quantity in the unit that reads best."""
    wanted = KINDS[kind]
    if value == 0:
        return f"0 {wanted.unit}"
    exact = Decimal(repr(value))  # the shortest decimal of this double: shifting its point loses nothing
    for unit, power in reversed(list(wanted.powers.items())):
        shifted = exact.scaleb(-power)
        if unit not in _ONLY_READ and 1 <= abs(shifted) < _LARGEST_MANTISSA:
            return f"{shifted.normalize():f} {unit}"
    return f"{value!r} {wanted.unit}"


def parse_temperature(text: object) -> float:
    """Read a temperature with its unit.

    Args:
        text: such as ``"25 degC"``, ``"60 °C"``, ``"298.15 K"``, ``"77 degF"``; any unit that pint knows.

    Returns:
        Kelvin, the double nearest to what was written; zero or above.

    Raises:
        InputError: no finite temperature, or one below absolute zero; the message begins with what was given.
    """
    parts = _QUANTITY.fullmatch(text.strip()) if isinstance(text, str) else None
    kelvin = _kelvin(parts[1], parts[2].replace("°", "deg")) if parts else None
    if kelvin is None:
        raise InputError(f"{shown(text)}: expected {_A_TEMPERATURE}")
    if kelvin < 0:
        raise InputError(f"{shown(text)}: below absolute zero; expected {_A_TEMPERATURE}")
    return kelvin


def format_temperature(value: float) -> str:
    """Write a temperature given in K in degC, such that `parse_temperature` gives back the same double."""
    celsius = (Decimal(repr(float(value))) - _CELSIUS).normalize()
    return f"{celsius:f} degC" if celsius else "0 degC"


def shown(value: object) -> str:
    """A wrong value as an error prints it: one line, shortened, booleans as TOML writes them."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):  # as TOML writes them
        return value.isoformat()
    return shortened(" ".join(_SHORT.repr(value).splitlines()), _LONGEST_SHOWN)


class _Short(reprlib.Repr):
    """Representations of bearable length, also of what stands inside lists."""

    def repr_int(self, x: int, level: int) -> str:
        """Python refuses to print very large ones."""
        if x.bit_length() > _LARGEST_SHOWN_BITS:
            return f"an integer of {x.bit_length()} bits"
        return super().repr_int(x, level)


_SHORT = _Short(maxstring=80, maxother=80, maxlist=4, maxtuple=4, maxlevel=3)


def _kelvin(number: str, unit: str) -> float | None:
    """A temperature in K; None when the unit is none of temperature, or the number is beyond all temperatures."""
    if not math.isfinite(float(number)):
        return None
    given = Decimal(number)
    if unit in ("K", "degC"):  # starting pint takes half a second: not for the units everyone writes
        return float(given + (_CELSIUS if unit == "degC" else 0))
    if len(unit) > _LONGEST_UNIT or not _UNIT.fullmatch(unit):
        return None
    one, none = (_in_root_units(unit, Decimal(count)) for count in (1, 0))
    if one is None or none is None or str(one.units) != "kelvin":
        return None
    return float(
        none.magnitude + given * (one.magnitude - none.magnitude)
    )  # the zero of a degree is not that of a kelvin


_OTHER_SIGNS = {
    "\N{MICRO SIGN}": "u",
    "\N{GREEK SMALL LETTER MU}": "u",
    "\N{GREEK CAPITAL LETTER OMEGA}": "ohm",
    "\N{OHM SIGN}": "ohm",
    "Ohm": "ohm",
    "·": "*",
    "²": "2",
}
"""What units are also written with, and what they are read as."""


def _product(number: str, factor: Decimal) -> float:
    """Number times factor, rounded once; infinite when it is too large for a double."""
    rough = float(number)
    if rough == 0 or not math.isfinite(rough):  # decimals have limits of their own, far beyond these
        return rough
    return float(Decimal(number) * factor)


@cache
def _factor(unit: str, kind: str) -> Decimal | None:
    """What takes a unit to the SI unit of the kind; None when it is no unit or has another dimension."""
    wanted = KINDS[kind]
    for written, read in _OTHER_SIGNS.items():
        unit = unit.replace(written, read)
    if unit.startswith("/"):  # 25 /mm2
        unit = f"1{unit}"
    if unit in wanted.powers:  # starting pint takes half a second: not for the units everyone writes
        return Decimal(1).scaleb(wanted.powers[unit])
    unit = _PLAIN_POWER.sub("^", unit)
    if len(unit) > _LONGEST_UNIT or not _UNIT.fullmatch(unit):
        return None
    given, base = _in_root_units(unit), _in_root_units(_PLAIN_POWER.sub("^", wanted.unit))
    # Comparing root units, not dimensions: a radian per second is not a hertz.
    if given is None or base is None or given.units != base.units:
        return None
    return Decimal(given.magnitude) / Decimal(base.magnitude)


def _in_root_units(unit: str, count: Decimal = Decimal(1)) -> "pint.Quantity[Any] | None":
    """So many of the unit in pint's root units; None when pint does not know it."""
    import pint  # noqa: PLC0415 - half a second that most cases never need

    registry = _registry()
    try:
        return registry.Quantity(count, registry.parse_units(unit)).to_root_units()
    except (pint.PintError, ArithmeticError, AttributeError, TypeError, ValueError):
        return None


@cache
def _registry() -> "pint.UnitRegistry[Any]":
    """The one registry; decimal, so that "100 nm" is exactly the double 1e-7."""
    import pint  # noqa: PLC0415 - half a second that most cases never need

    return pint.UnitRegistry(non_int_type=Decimal)


def duration(seconds: float) -> str:
    """A time as one would say it: 12 s, 4 min, 3.5 h, 2.1 days."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} days"
