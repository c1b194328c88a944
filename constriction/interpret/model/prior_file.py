"""The priors file (TOML): what is known of a cell before its spectrum, where the defaults do not say it.

[electrolyte]                       # as in a case file; its values are the middle of their priors
material = "NZSP"
temperature = "25 degC"
[priors]
pitch = { log_uniform = ["0.1 mm", "2 mm"] }
gap_height = { log_normal = "100 nm", factor = 1.5 }    # 68 % within this factor of the median
grain_boundary_exponent = { uniform = [0.9, 1.0] }
gap_permittivity = 1.0                                  # held
"""

import math
import os
from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from constriction.base.errors import InputError, nearest
from constriction.base.quantities import parse_quantity, shown
from constriction.case.complaints import describe
from constriction.case.electrolyte import Electrolyte
from constriction.case.fields import Number, Section
from constriction.case.file import read_toml
from constriction.interpret.model.priors import Fixed, LogNormal, Prior, Uniform
from constriction.interpret.model.unknowns import OF_INTERFACE, UNKNOWNS, Unknown, electrolyte_priors

WIDTHS = 2.0  # standard scores up to which a prior without ends reaches
type Written = str | float | int
FORMS = (
    "a value, or one of { log_uniform = [low, high] }, { uniform = [low, high] }, { log_normal = median, factor = … }"
)


class PriorEntry(Section):
    """How one unknown is spread; values with their units as in a case file.

    Attributes:
        log_uniform: both ends, the logarithm is spread evenly.
        uniform: both ends.
        log_normal: the median.
        factor: with `log_normal`: in 68 % of the prior the value is within it.
    """

    log_uniform: tuple[Written, Written] | None = Field(None, description="two values with their unit")
    uniform: tuple[Written, Written] | None = Field(None, description="two values with their unit")
    log_normal: Written | None = Field(None, description="a value with its unit")
    factor: Number | None = Field(None, gt=1, le=1e6, description="a number above 1")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        given = [name for name in ("log_uniform", "uniform", "log_normal") if getattr(self, name) is not None]
        if len(given) != 1:
            raise InputError(f"{' and '.join(given) or 'nothing'} given, one is needed")
        if (self.factor is None) == (self.log_normal is not None):
            raise InputError(f"factor = {self.factor} belongs to log_normal, and to nothing else")
        return self


class PriorFile(Section):
    """A priors file.

    Attributes:
        electrolyte: as a case has it, but for its thickness, which is the option --thickness.
        priors: by the names of the unknowns.
    """

    electrolyte: Electrolyte = Field(default_factory=Electrolyte, description="a section [electrolyte] as in a case")
    priors: dict[str, PriorEntry | Written] = Field(default_factory=dict, description=FORMS)


def default_priors() -> dict[str, Prior]:
    """Of NZSP and any interface, SI units."""
    return dict(OF_INTERFACE) | electrolyte_priors(Electrolyte())


def read_priors(path: str | os.PathLike[str]) -> dict[str, Prior]:
    """The priors that a file tells, the defaults where it tells none.

    Args:
        path: of the TOML file.

    Returns:
        Of all unknowns by name, SI units.

    Raises:
        InputError: one line with file and key.
    """
    source = os.fspath(path)
    return priors_of(read_toml(path, "priors file"), source)


def priors_of(tables: Mapping[str, Any], source: str) -> dict[str, Prior]:
    """The priors of a file's tables, see `read_priors`; `source` is what an error begins with."""
    try:
        said = PriorFile.model_validate(dict(tables))
    except ValidationError as error:
        raise InputError(f"{source}: {_complaint(error.errors()[0])}") from None
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    if "thickness" in said.electrolyte.model_fields_set:
        told = shown(tables["electrolyte"]["thickness"])
        raise InputError(f"{source}: electrolyte.thickness = {told}: expected none here, but the option --thickness")
    found = dict(OF_INTERFACE) | electrolyte_priors(said.electrolyte)
    for name, spread in said.priors.items():
        if name not in UNKNOWNS:
            raise InputError(f"{source}: priors.{name}: no unknown, the nearest is '{nearest(name, UNKNOWNS)}'")
        try:
            found[name] = _prior(spread, UNKNOWNS[name])
        except InputError as error:
            raise InputError(f"{source}: priors.{name} = {error}") from None
    return found


def _complaint(problem: ErrorDetails) -> str:
    """What is wrong with a priors file, in one line."""
    place = problem["loc"]
    if len(place) < 2 or place[0] != "priors":
        return describe(problem, PriorFile, "a priors file")
    said = problem.get("ctx", {}).get("error", problem["msg"])
    if problem["type"] == "extra_forbidden":
        said = f"unknown, the nearest is '{nearest(str(place[-1]), PriorEntry.model_fields)}'"
    what = f".{place[3]}" if len(place) > 3 else ""
    return f"priors.{place[1]}{what} = {shown(problem['input'])}: {said}; expected {FORMS}"


def _prior(spread: PriorEntry | Written, unknown: Unknown) -> Prior:
    """The prior that an entry tells.

    Raises:
        InputError: it is none, or reaches further than the unknown can.
    """
    found = _told_prior(spread, unknown)
    reach = found.high if isinstance(found, Uniform) else float(found.values(WIDTHS))
    if reach > unknown.most * (1 + 1e-9):
        raise InputError(f"{found.words(unknown.written)}: expected at most {unknown.written(unknown.most)}")
    return found


def _told_prior(spread: PriorEntry | Written, unknown: Unknown) -> Prior:
    if not isinstance(spread, PriorEntry):
        return Fixed(_value(spread, unknown))
    if spread.log_normal is not None:
        return LogNormal(_value(spread.log_normal, unknown), float(spread.factor or 0))
    ends = spread.log_uniform or spread.uniform
    assert ends is not None  # `PriorEntry` has one of three
    low, high = (_value(end, unknown) for end in ends)
    if not low < high:
        raise InputError(f"{shown(ends)}: expected the smaller value first")
    return Uniform(low, high, logarithmic=spread.log_uniform is not None)


def _value(written: Written, unknown: Unknown) -> float:
    """A value in SI units, above zero."""
    if unknown.kind is not None:
        value = parse_quantity(written, unknown.kind)  # type: ignore[arg-type]  # says itself what a bare number lacks
    elif isinstance(written, str):
        raise InputError(f"{shown(written)}: expected a number")
    else:
        value = float(written)
    if not 0 < value < math.inf:
        raise InputError(f"{shown(written)}: expected a value above zero")
    return value
