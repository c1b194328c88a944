"""The sections [sweep] and [accuracy] of a case: at which frequencies, and how exactly, it is solved."""

import math
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.fields import MOST_FREQUENCIES, Frequency, Integer, Number, Section

EQUIPOTENTIAL = "equipotential"
# The default is not written, and so is no part of a case's name: what is not written is read as the default.
Metals = Annotated[
    Literal["equipotential", "resolved"],
    BeforeValidator(lambda value: EQUIPOTENTIAL if value is None else value),
    PlainSerializer(lambda value: None if value == EQUIPOTENTIAL else value, return_type=str | None),
]


class Sweep(Section):
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


class Accuracy(Section):
    """What is asked of the result.

    Attributes:
        relative_error: of R_cstr and, relative to R_cstr, of every impedance.
        method: finite_elements, or for flat interfaces with thin gaps spectral, of discs also contacts.
        bounds: also bound R_cstr from both sides; finite elements only.
        metals: equipotential, the default, or resolved: also tell what their own resistance changes in R_cstr.
    """

    relative_error: Number = Field(1e-3, ge=1e-6, le=0.5, description="a number from 1e-6 to 0.5")
    method: Literal["finite_elements", "spectral", "contacts"] = "finite_elements"
    bounds: bool = Field(False, strict=True, description="true or false")
    metals: Metals = "equipotential"

    @model_validator(mode="after")
    def _bounded_by_finite_elements(self) -> Self:
        if self.bounds and self.method != "finite_elements":
            name = "transforms have" if self.method == "spectral" else f"method = '{self.method}' has"
            raise InputError(
                f"bounds = {str(self.bounds).lower()}: {name} no bounds; expected method = 'finite_elements'"
            )
        return self
