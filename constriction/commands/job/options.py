"""What several commands take alike."""

from __future__ import annotations

import math
import re
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from constriction.base.errors import InputError, naming
from constriction.base.memory import free_memory
from constriction.base.quantities import KINDS, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from constriction.spectra.columns.conversions import SampleGeometry
    from constriction.spectra.reading.analysis import Mask

FIRST = "first"
"""What --pristine may say: the first of the files."""
FLAG = SEVERAL = Parameter(negative="", show_default=False)


def _flag(words: str) -> Parameter:
    return Parameter(negative="", show_default=False, help=words)


Debug = Annotated[bool, _flag("Show where an unexpected error comes from.")]
Impedance = Annotated[
    str | None, Parameter(help="Of several in a file, such as Zce or drift-corrected. [default: Z, else Zwe-ce]")
]
Memory = Annotated[
    str | None, Parameter(help='Memory that may be used, such as "8 GB". [default: 80% of what is free]')
]

given_arguments: ContextVar[tuple[str, ...]] = ContextVar("given_arguments", default=())
"""The command line as it was given, behind `constriction`; for what tells how to repeat a result."""

BYTES = {"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def bytes_of(text: str) -> float:
    """Bytes of a text such as 8 GB, 512MiB."""
    parts = re.fullmatch(r"\s*([0-9]+\.?[0-9]*|\.[0-9]+)\s*([kKMGT]i?|)B\s*", text)
    value = float(parts[1]) * BYTES[parts[2]] if parts else 0.0
    if not 0 < value < math.inf:
        raise InputError(f"--memory {text!r}: expected a memory above zero with its unit, such as '8 GB'")
    return value


def memory_limit(text: str | None) -> float | None:
    """Bytes that --memory names; None where nothing is said."""
    return None if text is None else bytes_of(text)


def memory_of(text: str | None) -> float:
    """Bytes that --memory allows; where nothing is said, 80 % of what is free."""
    return memory_limit(text) or free_memory()


def check_level(level: float | None) -> None:
    """Refuse what is no size of a mesh's elements."""
    if level is not None and not 1e-3 <= level <= 1e2:
        raise InputError(f"--level {level!r}: expected a number from 0.001 to 100")


def positive_quantity(option: str, text: str, kind: str) -> float:
    """The value, SI, of what an option was given.

    Args:
        option: for messages, such as "--area".
        text: a number with its unit.
        kind: as in `base.quantities.KINDS`.

    Raises:
        InputError: it is no quantity of the kind, or not above zero.
    """
    with naming(option, " "):
        value = parse_quantity(text, kind)
    if value <= 0:
        raise InputError(f"{option} {text!r}: expected {KINDS[kind].noun} above zero")
    return value


def optional_quantity(option: str, text: str | None, kind: str) -> float | None:
    """As `positive_quantity`; None for an option that is not given."""
    return None if text is None else positive_quantity(option, text, kind)


def geometry(area: str | None, thickness: str | None) -> SampleGeometry:
    """The size of a sample that --area and --thickness name.

    Raises:
        InputError: one is no such quantity.
    """
    from constriction.spectra.columns.conversions import SampleGeometry

    return SampleGeometry(
        optional_quantity("--area", area, "area"), optional_quantity("--thickness", thickness, "length")
    )


def refuse_empty(files: Sequence[Path]) -> str:
    """Why none of some files can be read, found before anything heavy is imported; "" where one may be."""
    from constriction.spectra.files.texts import load_bytes

    errors = []
    for path in files:
        try:
            load_bytes(path)
        except InputError as error:
            errors.append(str(error))
        else:
            return ""
    return none_of(errors)


def none_of(errors: Sequence[str]) -> str:
    """Why none of some files could be analysed."""
    told = "; ".join(errors)
    return told if len(errors) < 2 else f"none of {len(errors)} could be analysed: {told}"


def window(highest: str | None, lowest: str | None) -> tuple[float, float] | None:
    """Smallest and largest frequency in Hz that --from and --to name; None without both.

    Raises:
        InputError: one is no frequency, or they are exchanged.
    """
    if highest is None and lowest is None:
        return None
    high = math.inf if highest is None else positive_quantity("--from", highest, "frequency")
    low = 0.0 if lowest is None else positive_quantity("--to", lowest, "frequency")
    if low >= high:
        raise InputError(f"--from {highest!r} --to {lowest!r}: expected the higher frequency first")
    return low, high


# A hyphen between two frequencies, not that of an exponent.
BETWEEN = re.compile(r"(?<![eE])\s*[-–]\s*(?=[\d.])")


def masks(texts: Sequence[str]) -> tuple[Mask, ...]:
    """What --mask names: a frequency such as "1 kHz", or a range such as "10 Hz-20 Hz" or "10-20 Hz".

    Raises:
        InputError: one is neither.
    """
    return tuple(_mask(text) for text in texts)


def _mask(text: str) -> Mask:
    from constriction.spectra.reading.analysis import Mask

    ends = BETWEEN.split(text.strip())
    if len(ends) > 2:
        raise InputError(f"--mask {text!r}: expected one frequency, such as '1 kHz', or a range, such as '10 Hz-20 Hz'")
    unit = ends[-1].lstrip("+-.0123456789eE ")
    whole = [end if end.lstrip("+-.0123456789eE ") else f"{end} {unit}".strip() for end in ends]
    found = sorted(positive_quantity("--mask", end, "frequency") for end in whole)
    return Mask(text, found[0], found[-1])


def charges_of(listed: str | None, step: str | None, count: int) -> tuple[float, ...] | None:
    """Charge in C/m² that had passed before each of `count` spectra; None where nothing is said.

    Args:
        listed: what --charge lists; a unit behind the last value is that of all.
        step: what --charge-step says: the charge between two spectra, the first is at 0.
        count: of the spectra.

    Raises:
        InputError: both are given, one is no charge per area, or there are not as many as spectra.
    """
    if step is None:
        return None if listed is None else _charges(listed, count)
    if listed is not None:
        raise InputError(f"--charge and --charge-step: expected one of them, given {listed!r} and {step!r}")
    between = positive_quantity("--charge-step", step, "charge per area")
    return tuple(between * number for number in range(count))


def _charges(text: str, count: int) -> tuple[float, ...]:
    parts = [part.strip() for part in text.split(",")]
    unit = parts[-1].lstrip("+-.0123456789eE ")
    whole = [f"{part} {unit}" if unit and _is_number(part) else part for part in parts]
    with naming("--charge", " "):
        values = tuple(parse_quantity(part, "charge per area") for part in whole)
    if (least := min(values)) < 0:
        raise InputError(f"--charge {text!r}: {parts[values.index(least)]} is below zero; expected charges that passed")
    if len(values) != count:
        raise InputError(f"--charge {text!r}: {len(values)} values for {count} spectra; expected one for each")
    return values


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
