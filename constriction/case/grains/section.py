"""The section [grains]: a polycrystal under the interface, grain by grain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from constriction.base.errors import InputError
from constriction.base.quantities import shown
from constriction.case.fields import Integer, LengthOrNone, Text
from constriction.case.law_keys import LawSection, law_of

if TYPE_CHECKING:
    from constriction.laws.law import CircuitLaw

CUBES: Literal["cubes"] = "cubes"
VORONOI: Literal["voronoi"] = "voronoi"


class Grains(LawSection):
    """Grains that are meshed one by one; without a mean size there are none, and the electrolyte is homogenised.

    Attributes:
        mean_size: the edge of a cube that has a grain's mean volume, m; without it the electrolyte is homogenised.
        shape: Voronoi cells of random places, or bricks as near to cubes as fit into the cell.
        seed: of the random places, 0 if nothing is said; of Voronoi cells only.
        depth: how far down the electrolyte consists of grains, m; below, it is homogenised. Without it as far as
            contacts disturb the field, or all of a thinner slab.
        boundary_law: circuit per area of a grain boundary; the values of its elements are keys beside it. Without
            it what the electrolyte's grain boundaries leave for each.
    """

    LAW_KEY: ClassVar[str] = "boundary_law"

    mean_size: LengthOrNone = Field(None, description="a length such as '1 um'")
    shape: Literal["voronoi", "cubes"] = Field(VORONOI, description="'voronoi' or 'cubes'")
    seed: Integer | None = Field(None, ge=0, le=2**63 - 1, description="an integer from 0 to 2^63 - 1")
    depth: LengthOrNone = Field(None, description="a length such as '20 um'")
    boundary_law: Text | None = Field(None, description="a circuit per area such as 'p(R1,C1)'")

    @classmethod
    def _with_values(cls, law: Any, keys: dict[str, Any]) -> dict[str, Any]:
        if law is None and keys:
            key, value = next(iter(keys.items()))
            raise InputError(
                f"{key} = {shown(value)}: there is no boundary_law; expected boundary_law = 'p(R1,C1)' or another "
                "circuit"
            )
        try:
            return super()._with_values(law, keys)
        except InputError as error:
            renamed = f"boundary_{error}" if str(error).startswith("law: ") else str(error)
            raise InputError(renamed) from None

    @model_validator(mode="before")
    @classmethod
    def _seeded(cls, given: Any) -> Any:
        """Voronoi cells have a seed, written out."""
        if isinstance(given, dict) and given.get("mean_size") is not None and given.get("shape", VORONOI) == VORONOI:
            return {"seed": 0, **given}
        return given

    @model_validator(mode="after")
    def _sized(self) -> Self:
        if self.shape == CUBES and self.seed is not None:
            raise InputError(f"seed = {self.seed}: nothing is at random; expected shape = '{VORONOI}' beside it")
        if self.mean_size is None and self.model_fields_set:
            field = type(self).model_fields["mean_size"]
            raise InputError(f"mean_size: missing; expected {field.description}")
        return self

    @property
    def given(self) -> bool:
        """Whether there are grains."""
        return self.mean_size is not None

    def law_of(self) -> CircuitLaw | None:
        """The law of a boundary per area; None: the electrolyte's."""
        return None if self.boundary_law is None else law_of(self.boundary_law, self.written())
