"""The kinds of values that a case file's sections have: how each is read, between which limits, how it is written.

Values with a dimension are strings with their unit on the way in and SI floats afterwards.
"""

from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from constriction.base.errors import InputError
from constriction.base.quantities import (
    KINDS,
    format_quantity,
    format_temperature,
    parse_quantity,
    parse_temperature,
    shown,
)

# What physics can want, and arithmetic can hold: far beyond both ends squares and products overflow.
_RANGES = {
    "conductivity": ("1e-12 S/m", "1e9 S/m"),
    "frequency": ("1e-6 Hz", "1e15 Hz"),
    "length": ("1 nm", "1 m"),
    "area resistance": ("1e-12 ohm cm2", "1e15 ohm cm2"),
    "area capacitance": ("1e-18 F/cm2", "1e6 F/cm2"),
    "area conductance": ("1e-18 S/cm2", "1e6 S/cm2"),
    "time": ("1e-15 s", "1e12 s"),
    "resistivity": ("1e-12 ohm cm", "1e15 ohm cm"),
    "length capacitance": ("1e-18 F/cm", "1e6 F/cm"),
    "number density": ("1 1/m2", "1e18 1/m2"),
}
_ATOMIC = ("0.01 nm", "1 m")  # of a gap's height and a disc's radius
SMALLEST_FRACTION = 1e-9
"""Of contacts, and of gaps: less is none at all, which only a contact fraction of 1 says."""
MOST_FREQUENCIES = 10_000
"""Of a sweep."""
COLDEST, HOTTEST = 100.0, 2000.0
"""Temperatures in K; far outside what Arrhenius' laws were measured at."""


def within(value: Any, kind: str, limits: tuple[str, str] | None = None) -> float:
    """A quantity in the range of its kind, or in another; raises InputError."""
    number = parse_quantity(value, kind)
    if number <= 0:
        raise InputError(f"{shown(value)}: expected {KINDS[kind].noun} above zero")
    lowest, highest = limits or _RANGES[kind]
    if not parse_quantity(lowest, kind) <= number <= parse_quantity(highest, kind):
        raise InputError(f"{shown(value)}: expected {KINDS[kind].noun} from {lowest} to {highest}")
    return number


def _within_or_none(value: Any, kind: str, limits: tuple[str, str] | None = None) -> float | None:
    """A quantity in a range, or None for "none"; raises InputError."""
    try:
        return None if value == "none" else within(value, kind, limits)
    except InputError as error:
        raise InputError(f"{error} or 'none'") from None


def _within_or_zero(value: Any, kind: str) -> float:
    """A quantity in the range of its kind, or nothing at all; raises InputError."""
    try:
        return 0.0 if parse_quantity(value, kind) == 0 else within(value, kind)
    except InputError as error:
        raise InputError(f"{error}, or nothing: '0 m'") from None


def _coordinate(value: Any, kind: str) -> float:
    """A place on either side of zero, no farther away than any length; raises InputError."""
    number = parse_quantity(value, kind)
    if abs(number) > parse_quantity(_RANGES[kind][1], kind):
        raise InputError(f"{shown(value)}: expected {KINDS[kind].noun} from -{_RANGES[kind][1]} to {_RANGES[kind][1]}")
    return number


def read_temperature(value: Any) -> float:
    """A temperature in K at which a solid electrolyte may be one; raises InputError."""
    number = parse_temperature(value)
    if not COLDEST <= number <= HOTTEST:
        raise InputError(f"{shown(value)}: expected a temperature from {COLDEST:g} K to {HOTTEST:g} K")
    return number


def _contact_fraction(value: float | None) -> float | None:
    """Refuse what only nearly is the full contact, or none at all; −0 is 0, so that equal cases are written alike."""
    if value is not None and (1.0 - SMALLEST_FRACTION < value < 1.0 or 0.0 < value < SMALLEST_FRACTION):
        raise ValueError(f"nearly full contact, or none: {value!r}")
    return None if value is None else value + 0.0


def _write(value: float | None, kind: str) -> str:
    """A quantity as the case file has it."""
    return "none" if value is None else format_quantity(value, kind)


def _encodable(text: str) -> str:
    """Refuse what no UTF-8 file can hold (lone surrogates)."""
    text.encode()
    return text


def _reads(kind: str, read: Any = within, **how: Any) -> BeforeValidator:
    return BeforeValidator(partial(read, kind=kind, **how))


def _writes(kind: str) -> PlainSerializer:
    return PlainSerializer(partial(_write, kind=kind), return_type=str)


def _writes_or_nothing(kind: str) -> PlainSerializer:
    """Of a key that may be missing."""
    return PlainSerializer(lambda value: None if value is None else _write(value, kind), return_type=str | None)


Coordinate = Annotated[float, _reads("length", _coordinate), _writes("length")]
CoordinateOrNone = Annotated[float | None, _reads("length", _coordinate), _writes_or_nothing("length")]
Length = Annotated[float, _reads("length"), _writes("length")]
LengthOrZero = Annotated[float, _reads("length", _within_or_zero), _writes("length")]
NumberDensity = Annotated[float | None, _reads("number density"), _writes_or_nothing("number density")]
BulkConductivity = Annotated[float | None, _reads("conductivity"), _writes_or_nothing("conductivity")]
Radius = Annotated[float, _reads("length", limits=_ATOMIC), _writes("length")]
HeightOrNone = Annotated[float | None, _reads("length", _within_or_none, limits=_ATOMIC), _writes("length")]
Conductivity = Annotated[float, _reads("conductivity"), _writes("conductivity")]
ConductivityOrNone = Annotated[float | None, _reads("conductivity", _within_or_none), _writes("conductivity")]
EnergyOrNone = Annotated[float | None, _reads("energy", _within_or_none, limits=("1 meV", "5 eV")), _writes("energy")]
LengthOrNone = Annotated[float | None, _reads("length", limits=_ATOMIC), _writes_or_nothing("length")]
CountOrNone = Annotated[float | None, _reads("length", limits=("1 pm", "1 m")), _writes_or_nothing("length")]
"""The length that one count of a map stands for."""
Thickness = Annotated[float, _reads("length", limits=("1 nm", "10 mm")), _writes("length")]
StackPressure = Annotated[float | None, _reads("pressure", limits=("1 Pa", "10 GPa")), _writes_or_nothing("pressure")]
Adhesion = Annotated[
    float | None,
    _reads("energy per area", limits=("1e-6 J/m2", "1e4 J/m2")),
    _writes_or_nothing("energy per area"),
]
Pressure = Annotated[float, _reads("pressure", limits=("1 Pa", "1000 GPa")), _writes("pressure")]
MassDensity = Annotated[float, _reads("mass density", limits=("1 kg/m3", "1e5 kg/m3")), _writes("mass density")]
MolarMass = Annotated[float, _reads("molar mass", limits=("1 g/mol", "1000 g/mol")), _writes("molar mass")]
Temperature = Annotated[float, BeforeValidator(read_temperature), PlainSerializer(format_temperature, return_type=str)]
Disc = tuple[Coordinate, Coordinate, Radius]
Frequency = Annotated[float, _reads("frequency"), _writes("frequency")]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Angle = Annotated[Number, Field(ge=-360, le=360)]
Long = tuple[Coordinate, Coordinate, Radius, Radius, Angle]
"""x, y, two extents and an angle in degrees."""
Integer = Annotated[int, Field(strict=True)]
Permittivity = Annotated[Number, Field(ge=1, le=1e9, description="a number from 1 to 1e9")]
Fraction = Annotated[Number, Field(ge=0, le=1), AfterValidator(_contact_fraction)]
Text = Annotated[str, Field(strict=True, description="a string"), AfterValidator(_encodable)]


class Section(BaseModel):
    """A table of the case file. The description of a field is what its error says is expected."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    def __hash__(self) -> int:
        """Of all keys, also of those that a law's letters name."""
        return hash((*map(self.__dict__.get, type(self).model_fields), *(self.__pydantic_extra__ or {}).items()))
