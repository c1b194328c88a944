"""What patterns of [interface] have in common."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity, shown
from constriction.case.fields import Fraction, Length, Section, within

PERIODIC, NONE = "periodic", "none"


def _pellet(value: Any) -> tuple[float, float] | None:
    """Width and depth in m of a length or two, None of "none"; raises InputError."""
    if value in (None, NONE):
        return None
    pair = (value, value) if isinstance(value, str) else value
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise InputError(f"{shown(value)}: expected a length such as '12 mm', two of them, x and y, or 'none'")
    width, depth = (side if isinstance(side, float) else within(side, "length") for side in pair)
    return width, depth


def _write_pellet(pellet: tuple[float, float] | None) -> str | tuple[str, ...]:
    return NONE if pellet is None else tuple(format_quantity(side, "length") for side in pellet)


Pellet = Annotated[
    tuple[float, float] | None, BeforeValidator(_pellet), PlainSerializer(_write_pellet, return_type=Any)
]
"""Width and depth in m of what a cell lies on."""


class Pattern(Section):
    """What every pattern has.

    Attributes:
        pattern: arrangement of the spots.
        inverted: the spots are pores and the rest is in contact; contact_fraction stays the contact's.
    """

    COUNTED_BY: ClassVar[str] = "spots"
    """The key that says how many spots there are."""
    METHOD: ClassVar[str] = "finite_elements"
    """How a case is solved that does not say it."""

    pattern: str
    inverted: bool = Field(False, strict=True, description="true or false")

    @property
    def spot_count(self) -> int:
        """How many spots the cell has, about: told before anything is drawn."""
        return 1

    @classmethod
    def method_of(cls, given: Mapping[str, Any]) -> str:
        """How a case is solved that does not say it, from the keys of its interface, which nothing has checked yet."""
        del given
        return cls.METHOD


class Sided(Pattern):
    """A pattern of which the cell is no lattice's: its sides are mirrors, or the pattern goes on beyond them.

    Attributes:
        sides: of the cell; periodic repeats it without mirrors, what crosses a side reappears at the other.
        pellet: width and depth of a wider pellet on which the cell is the electrode, in the middle; what lies beside
            it insulates.
    """

    sides: Literal["mirror", "periodic"] = "mirror"
    pellet: Pellet = Field(None, description="a length such as '12 mm', two of them, or 'none'")

    @model_validator(mode="after")
    def _alone_on_its_pellet(self) -> Self:
        if self.pellet is not None and self.periodic:
            raise InputError(
                f"sides = '{self.sides}': beside a pellet, on which the cell is alone; expected sides = 'mirror'"
            )
        return self

    @property
    def periodic(self) -> bool:
        """Whether the cell repeats without mirrors."""
        return self.sides == PERIODIC

    @classmethod
    def method_of(cls, given: Mapping[str, Any]) -> str:
        """Periodic cells, and electrodes on a pellet, are solved by transforms."""
        alone = given.get("pellet", NONE) != NONE
        return "spectral" if alone or given.get("sides") == PERIODIC else cls.METHOD


class Shaped(Pattern):
    """A pattern whose spots have one of two shapes.

    Attributes:
        shape: of a spot; ellipses and rectangles only on lattices, their axes along the sides of the cell.
    """

    shape: Literal["disc", "square"] = "disc"


class Filled(Pattern):
    """A pattern that covers a part of the interface, at some distance from spot to spot.

    Attributes:
        contact_fraction: contact area / interface area.
        pitch: distance between neighbouring spots, period of stripes, side (or diameter) of a single cell, m.
    """

    contact_fraction: Fraction = Field(description="a number from 1e-9 to 1 - 1e-9, or 1 for full contact")
    pitch: Length = Field(description="a length such as '40 um'")
