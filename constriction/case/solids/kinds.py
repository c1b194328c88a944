"""The kinds of solids in the electrolyte, each a model with exactly its keys.

A body is one of revolution about an upright axis through `x` and `y`. `radius` is how wide it is at its widest, from
the axis; `depth` how deep a pit or a whisker reaches, and of a spheroid its upright semi-axis; `below` how deep its top
lies: 0 where it stands in the interface, of a spheroid then its lower half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity, shown
from constriction.case.fields import (
    BulkConductivity,
    CoordinateOrNone,
    Integer,
    Length,
    LengthOrZero,
    Number,
    NumberDensity,
    Section,
    Text,
)
from constriction.case.law_keys import PER_LENGTH, LawSection, Per, law_of

if TYPE_CHECKING:
    from constriction.case.electrolyte import Electrolyte
    from constriction.laws.law import CircuitLaw

BULK = "bulk"
"""The law of a layer that is electrolyte without grain boundaries."""

Permittivity = Annotated[Number | None, Field(ge=1, le=1e9, description="a number from 1 to 1e9")]


class SolidTable(Section):
    """A table [[solid]].

    Attributes:
        kind: what it is: a pit, a spheroid or a whisker of metal, a void, or a layer of another law.
    """

    kind: str


MOST_SLENDER, FLATTEST_BELOW = 1e3, 0.03
"""Depth over radius or radius over depth, and the least depth over radius of a spheroid under the interface.

Of a body beyond that no mesh has a sensible size.
"""


ROUNDING = 1e-9
"""Of that share, as units are converted."""


class BodyTable(SolidTable):
    """A solid that is a body of revolution about an upright axis; one or many of them.

    Attributes:
        radius: of the circle that a pit has in the interface, of a whisker's cylinder, or a spheroid's semi-axis along
            the interface, m.
        depth: of the lowest point of a pit or a whisker, or a spheroid's upright semi-axis, m.
        x: of the axis in the mirror cell, m; beside y. Without both every lattice point has one.
        y: of the axis in the mirror cell, m; beside x.
        density: how many there are per area of interface, at random places; instead of x and y.
        seed: of the random places; beside a density.
    """

    radius: Length = Field(description="a length such as '5 um'")
    depth: Length = Field(description="a length such as '5 um'")
    x: CoordinateOrNone = Field(None, description="a length such as '20 um'")
    y: CoordinateOrNone = Field(None, description="a length such as '20 um'")
    density: NumberDensity = Field(None, description="a number per area such as '25 1/mm2'")
    seed: Integer | None = Field(None, ge=0, le=2**63 - 1, description="an integer from 0 to 2^63 - 1")

    @model_validator(mode="before")
    @classmethod
    def _seeded(cls, given: Any) -> Any:
        if isinstance(given, dict) and "density" in given:
            return {"seed": 0, **given}
        return given

    @model_validator(mode="after")
    def _in_one_way(self) -> Self:
        if self.density is not None and (self.x, self.y) != (None, None):
            raise InputError(
                f"density = {_said(self.density, 'number density')}: beside x or y; expected places, or a density"
            )
        if (self.x is None) != (self.y is None):
            missing, there = ("x", "y") if self.x is None else ("y", "x")
            raise InputError(f"{missing}: missing beside {there}; expected a length such as '20 um'")
        if self.seed is not None and self.density is None:
            raise InputError(
                f"seed = {self.seed}: nothing is at random; expected density = '25 1/mm2' or another one beside it"
            )
        return self

    @model_validator(mode="after")
    def _with_a_mesh(self) -> Self:
        beneath = getattr(self, "below", 0.0) > 0
        flattest, share = FLATTEST_BELOW if beneath else 1 / MOST_SLENDER, self.depth / self.radius
        if not flattest * (1 - ROUNDING) <= share <= MOST_SLENDER * (1 + ROUNDING):
            raise InputError(
                f"depth = {_said(self.depth)}: {share:.3g} times radius = {_said(self.radius)}; expected {flattest:g} "
                f"to {MOST_SLENDER:g} times{' under the interface' if beneath else ''}, of which there is a mesh"
            )
        return self


class _DeepAsWide(BodyTable):
    """A body whose depth is its radius, unless it is given."""

    @model_validator(mode="before")
    @classmethod
    def _round(cls, given: Any) -> Any:
        if isinstance(given, dict) and "radius" in given:
            return {"depth": given["radius"], **given}
        return given


class MetalTable(BodyTable):
    """A body of metal.

    Attributes:
        floating: it is metal by itself, no part of the electrode.
    """

    floating: bool = Field(False, strict=True, description="true or false")


class PitTable(_DeepAsWide, MetalTable):
    """A cap of a sphere that stands in the interface, filled with metal."""

    kind: Literal["pit"]

    @model_validator(mode="after")
    def _cap(self) -> Self:
        if self.depth > self.radius:
            raise InputError(
                f"depth = {_said(self.depth)}: above radius = {_said(self.radius)}, deeper than half a sphere; "
                "expected at most the radius, or kind = 'spheroid'"
            )
        return self


class SpheroidTable(MetalTable):
    """Half a spheroid of metal that stands in the interface, or, under it and floating, a whole one.

    Attributes:
        below: how far its top, or that of a layer, lies under the interface, m; 0: it stands in the interface, of a
            spheroid the lower half.
    """

    kind: Literal["spheroid"]
    below: LengthOrZero = Field(0.0, description="a length such as '10 um', or '0 m'")

    @model_validator(mode="after")
    def _floats_below(self) -> Self:
        if self.below > 0 and not self.floating:
            raise InputError(
                f"below = {_said(self.below)}: metal under the interface is no part of the electrode; expected "
                "floating = true beside it, or below = '0 m'"
            )
        return self


class WhiskerTable(MetalTable):
    """A cylinder of metal with a round tip that stands in the interface."""

    kind: Literal["whisker"]

    @model_validator(mode="after")
    def _cylinder(self) -> Self:
        if self.depth <= self.radius:
            raise InputError(
                f"depth = {_said(self.depth)}: not above radius = {_said(self.radius)} of its round tip; expected "
                "more, or kind = 'pit'"
            )
        return self


class VoidTable(_DeepAsWide):
    """A spheroid that insulates, or is a dielectric.

    Attributes:
        below: how far its top, or that of a layer, lies under the interface, m; 0: it stands in the interface, of a
            spheroid the lower half.
        relative_permittivity: of what is in a void, which insulates without it; of a layer beside its conductivity.
    """

    kind: Literal["void"]
    below: LengthOrZero = Field(0.0, description="a length such as '10 um', or '0 m'")
    relative_permittivity: Permittivity = None

    def law_of(self) -> CircuitLaw | None:
        """The law of the dielectric per length, Ω·m and F/m; None: it insulates."""
        from constriction.laws.electrolyte import VACUUM_PERMITTIVITY

        if self.relative_permittivity is None:
            return None
        return law_of("C1", (("C1", VACUUM_PERMITTIVITY * self.relative_permittivity),), PER_LENGTH)


class LayerTable(SolidTable, LawSection):  # the last one says which keys there may be
    """A flat layer of another law over the whole cell.

    Attributes:
        below: how far its top, or that of a layer, lies under the interface, m; 0: it stands in the interface, of a
            spheroid the lower half.
        thickness: of a layer, m.
        law: of a layer, bulk (the electrolyte without its grain boundaries) or a circuit per length; the values of its
            elements are keys beside it.
        conductivity: of a layer, instead of a law, S/m.
        relative_permittivity: of what is in a void, which insulates without it; of a layer beside its conductivity.
    """

    PER: ClassVar[Per] = PER_LENGTH

    kind: Literal["layer"]
    below: LengthOrZero = Field(0.0, description="a length such as '10 um', or '0 m'")
    thickness: Length = Field(description="a length such as '5 um'")
    law: Text | None = Field(None, description="'bulk' or a circuit per length such as 'p(R1,C1)'")
    conductivity: BulkConductivity = Field(None, description="a conductivity such as '1 mS/cm'")
    relative_permittivity: Permittivity = None

    @classmethod
    def _with_values(cls, law: Any, keys: dict[str, Any]) -> dict[str, Any]:
        if law != BULK:
            return super()._with_values(law, keys)
        if keys:
            key, value = next(iter(keys.items()))
            raise InputError(f"{key} = {shown(value)}: does not apply to law = '{law}', which takes no keys")
        return {}

    @model_validator(mode="after")
    def _one_law(self) -> Self:
        if self.law is None and self.conductivity is None:
            raise InputError(f"law: missing; expected {type(self).model_fields['law'].description}, or a conductivity")
        if self.law is not None and self.conductivity is not None:
            raise InputError(
                f"conductivity = {_said(self.conductivity, 'conductivity')}: beside law = {shown(self.law)}; expected "
                "one of them"
            )
        if self.law is not None and self.relative_permittivity is not None:
            raise InputError(
                f"relative_permittivity = {self.relative_permittivity:g}: beside law = {shown(self.law)}; expected it "
                "beside a conductivity, or as a C of the law"
            )
        return self

    def law_of(self, electrolyte: Electrolyte) -> CircuitLaw:
        """The law per length, Ω·m and F/m; `electrolyte` is what the layer lies in."""
        from constriction.laws.electrolyte import VACUUM_PERMITTIVITY, resistivity_law

        if self.law == BULK:
            return resistivity_law(electrolyte.model_copy(update={"grain_boundary_conductivity": None}))
        if self.law is not None:
            return law_of(self.law, self.written(), PER_LENGTH)
        assert self.conductivity is not None
        resistance = ("R1", 1 / self.conductivity)
        if self.relative_permittivity is None:
            return law_of("R1", (resistance,), PER_LENGTH)
        return law_of("p(R1,C1)", (resistance, ("C1", VACUUM_PERMITTIVITY * self.relative_permittivity)), PER_LENGTH)


type AnySolid = PitTable | SpheroidTable | WhiskerTable | VoidTable | LayerTable

SOLIDS: dict[str, type[PitTable | SpheroidTable | WhiskerTable | VoidTable | LayerTable]] = {
    "pit": PitTable,
    "spheroid": SpheroidTable,
    "whisker": WhiskerTable,
    "void": VoidTable,
    "layer": LayerTable,
}
"""The model of each kind by its name."""


def _said(value: float, kind: str = "length") -> str:
    """A quantity as an error tells it."""
    return f"'{format_quantity(float(f'{value:.6g}'), kind)}'"
