"""A case as data: pydantic models, read from TOML with errors of one line, written back with every default.

Values with a dimension are strings with their unit on the way in and SI floats afterwards.
"""

import hashlib
import json
import math
import os
import tomllib
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from constriction.base.errors import InputError
from constriction.base.files import read_file
from constriction.base.quantities import format_quantity, shown
from constriction.case.complaints import describe
from constriction.case.fields import (
    MOST_FREQUENCIES,
    Conductivity,
    ConductivityOrNone,
    Disc,
    Fraction,
    Frequency,
    HeightOrNone,
    Integer,
    Length,
    Number,
    Permittivity,
    Text,
    not_empty,
)

Pattern = Literal["single", "square", "hexagonal", "stripes", "random", "list"]

_ALWAYS = ("pattern", "inverted")
_APPLIES: dict[Pattern, tuple[str, ...]] = {
    "single": ("shape", "contact_fraction", "pitch", "cell_shape"),
    "square": ("shape", "contact_fraction", "pitch"),
    "hexagonal": ("shape", "contact_fraction", "pitch"),
    "stripes": ("contact_fraction", "pitch"),
    "random": ("shape", "contact_fraction", "pitch", "spots", "seed"),
    "list": ("cell", "discs"),
}
_ASSUMED = {("electrolyte", "relative_permittivity"), ("electrolyte", "grain_boundary_frequency")}


class _Section(BaseModel):
    """A table of the case file. The description of a field is what its error says is expected."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)


class Electrolyte(_Section):
    """The solid electrolyte; the default is NZSP at 25 °C (bulk 15, total 5 mS/cm).

    Attributes:
        thickness: of the slab, m.
        bulk_conductivity: σ_b, S/m.
        relative_permittivity: ε_r of the bulk; 30 is assumed, no measured source.
        grain_boundary_conductivity: σ_gb, effective and in series, S/m; None: a single relaxation.
        grain_boundary_frequency: f_gb, Hz; 1 MHz is assumed, no measured source.
        grain_boundary_exponent: α of the constant-phase grain boundary, at most 1.
    """

    thickness: Length = 1.5e-3
    bulk_conductivity: Conductivity = 1.5
    relative_permittivity: Permittivity = 30.0
    grain_boundary_conductivity: ConductivityOrNone = 0.75
    grain_boundary_frequency: Frequency = 1e6
    grain_boundary_exponent: Number = Field(1.0, ge=0.01, le=1, description="a number from 0.01 to 1")


class Interface(_Section):
    """Where the metal touches the electrolyte. Only the keys that apply to the pattern may be given.

    Attributes:
        pattern: arrangement of the spots.
        shape: of a spot; not for stripes and list.
        contact_fraction: contact area / interface area; None for list.
        pitch: distance between neighbouring spots, period of stripes, side (or diameter) of a single cell, m;
            None for list.
        cell_shape: of the cell of a single spot.
        spots: number of spots in the cell, random only.
        seed: of the random positions, random only.
        cell: width and depth of the cell, m; list only.
        discs: x, y and radius of each disc, m; list only.
        inverted: the spots are pores and the rest is in contact; contact_fraction stays the contact's.
    """

    pattern: Pattern = Field(description="'" + "', '".join(_APPLIES) + "'")
    shape: Literal["disc", "square"] = "disc"
    contact_fraction: Fraction | None = Field(None, description="a number from 1e-9 to 1 - 1e-9, or 1 for full contact")
    pitch: Length | None = Field(None, description="a length such as '40 um'")
    cell_shape: Literal["square", "circular"] = "square"
    spots: Integer = Field(100, ge=1, le=10**9, description="an integer from 1 to 1000000000")
    seed: Integer = Field(1, ge=0, le=2**63 - 1, description="an integer from 0 to 2^63 - 1")
    cell: tuple[Length, Length] | None = Field(None, description="two lengths such as ['100 um', '80 um']")
    discs: Annotated[tuple[Disc, ...], AfterValidator(not_empty)] | None = Field(
        None, description="discs [x, y, radius] such as [['20 um', '30 um', '5 um']]"
    )
    inverted: bool = Field(False, strict=True, description="true or false")

    @model_validator(mode="after")
    def _fits_pattern(self) -> Self:
        applies = _APPLIES[self.pattern]
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            given = name in self.model_fields_set and value is not None
            if given and name not in applies and name not in _ALWAYS:
                keys = ", ".join((*_ALWAYS, *applies))
                raise InputError(
                    f"{name} = {shown(self.model_dump()[name])}: does not apply to pattern"
                    f" '{self.pattern}', which takes {keys}"
                )
            if value is None and name in applies:
                raise InputError(f"{name}: missing; pattern '{self.pattern}' expects {field.description}")
        return self


class Gap(_Section):
    """What lies between electrolyte and current collector beside the contacts.

    Attributes:
        height: m; None: insulating, no capacitance.
        relative_permittivity: of what fills the gap.
        model: thin (a capacitance per area), volume (meshed), or auto (by the asked accuracy).
    """

    height: HeightOrNone = 1e-7
    relative_permittivity: Permittivity = 1.0
    model: Literal["thin", "volume", "auto"] = "auto"


class Sweep(_Section):
    """Frequencies of the spectrum, falling.

    Attributes:
        start: first and highest frequency, Hz; ``from`` in the case file.
        stop: last and lowest frequency, Hz; ``to`` in the case file.
        points_per_decade: frequencies per factor of ten.
    """

    start: Frequency = Field(7e6, alias="from")
    stop: Frequency = Field(100.0, alias="to")
    points_per_decade: Integer = Field(10, ge=1, le=1000, description="an integer from 1 to 1000")

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.start <= self.stop:
            start, stop = (format_quantity(f, "frequency") for f in (self.start, self.stop))
            raise InputError(f"from = '{start}': expected a frequency above sweep.to = '{stop}'")
        points = math.ceil(self.points_per_decade * math.log10(self.start / self.stop)) + 1
        if points > MOST_FREQUENCIES:
            raise InputError(
                f"points_per_decade = {self.points_per_decade}: expected at most {MOST_FREQUENCIES} frequencies "
                f"from sweep.from to sweep.to, these are {points}"
            )
        return self


class Accuracy(_Section):
    """What is asked of the result.

    Attributes:
        relative_error: of R_cstr and, relative to R_cstr, of every impedance.
        method: finite_elements, or spectral for flat interfaces with thin gaps.
        bounds: also bound R_cstr from both sides; finite elements only.
    """

    relative_error: Number = Field(1e-3, ge=1e-6, le=0.5, description="a number from 1e-6 to 0.5")
    method: Literal["finite_elements", "spectral"] = "finite_elements"
    bounds: bool = Field(False, strict=True, description="true or false")

    @model_validator(mode="after")
    def _bounded_by_finite_elements(self) -> Self:
        if self.bounds and self.method == "spectral":
            raise InputError("bounds = true: transforms have no bounds; expected method = 'finite_elements'")
        return self


class Case(_Section):
    """A whole case file; only the interface has no default."""

    title: Text = ""
    electrolyte: Electrolyte = Electrolyte()
    interface: Interface
    gap: Gap = Gap()
    sweep: Sweep = Sweep()
    accuracy: Accuracy = Accuracy()


def load(path: str | os.PathLike[str]) -> Case:
    """Read a case file.

    Args:
        path: a TOML file of the form of docs/case_file.md#case-file.

    Returns:
        The case, every dimensional value in SI units.

    Raises:
        InputError: the file cannot be read, is not TOML, or describes no valid case; one line that begins
            with the path and names key, value and what is expected.
    """
    return parse_case(read_toml(path), os.fspath(path))


def read_toml(path: str | os.PathLike[str], what: str = "case file") -> dict[str, Any]:
    """Read a TOML file as nested dictionaries.

    Args:
        path: the file, UTF-8.
        what: what an error calls it.

    Raises:
        InputError: the file cannot be read or is not TOML; one line that begins with the path.
    """
    source = os.fspath(path)
    try:
        text = read_file(source, f"the path of a readable {what} (TOML)").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{source}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        last = f"at line {text.rstrip().count(chr(10)) + 1}, end of document"
        reason = str(error).replace("at end of document", last)
        raise InputError(f"{source}: not valid TOML: {reason}") from None


def takes(pattern: str, key: str) -> bool:
    """Whether a key of [interface] applies to a pattern; keys that are not the pattern's own do."""
    return any(key in own for name, own in _APPLIES.items() if name == pattern) or not any(
        key in own for own in _APPLIES.values()
    )


def parse_case(data: dict[str, Any], source: str = "case") -> Case:
    """Check a case given as nested dictionaries with the keys and strings of the case file.

    Args:
        data: what `tomllib` gives, e.g. ``{"interface": {"pattern": "square", "pitch": "40 um", ...}}``.
        source: what an error begins with.

    Returns:
        The case, every dimensional value in SI units.

    Raises:
        InputError: no valid case; one line with source, dotted key, value and what is expected.
    """
    try:
        return Case.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        # A misspelt key comes first: it is usually why another one is missing.
        problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        others = len(problems) - 1
        more = f" (and {others} more error{'s' if others > 1 else ''})" if others else ""
        raise InputError(f"{source}: {describe(problems[0], Case)}{more}") from None


def resolved_toml(case: Case) -> str:
    """The case as TOML with every default written out; `load` of it gives an equal case.

    Args:
        case: the case; equal cases give equal text.

    Returns:
        Only the keys that apply to the pattern. Values that equal a default without a measured source carry
        the comment ``# assumed: no measured source``.
    """
    sections = case.model_dump(by_alias=True)
    lines = [f"title = {_toml(sections.pop('title'))}"]
    applies = (*_ALWAYS, *_APPLIES[case.interface.pattern])
    for section, values in sections.items():
        lines += ["", f"[{section}]"]
        for key, value in values.items():
            if section == "interface" and key not in applies:
                continue
            assumed = (section, key) in _ASSUMED and value == Electrolyte().model_dump()[key]
            comment = "  # assumed: no measured source" if assumed else ""
            lines.append(f"{key} = {_toml(value)}{comment}")
    return "\n".join(lines) + "\n"


def case_sha256(case: Case) -> str:
    """SHA-256 of the resolved TOML text, 64 hexadecimal digits."""
    return hashlib.sha256(resolved_toml(case).encode()).hexdigest()


def _toml(value: Any) -> str:
    """A value as TOML; what JSON writes is TOML but for the one control character it leaves as it is."""
    if isinstance(value, tuple) and isinstance(value[0], tuple):
        return "[\n" + "".join(f"  {_toml(row)},\n" for row in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", r"\u007f")
