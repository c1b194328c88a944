"""What patterns of [interface] have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from constriction.case.fields import Fraction, Length, Section

PERIODIC = "periodic"


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
    """

    sides: Literal["mirror", "periodic"] = "mirror"

    @property
    def periodic(self) -> bool:
        """Whether the cell repeats without mirrors."""
        return self.sides == PERIODIC

    @classmethod
    def method_of(cls, given: Mapping[str, Any]) -> str:
        """Periodic cells are solved by transforms."""
        return "spectral" if given.get("sides") == PERIODIC else cls.METHOD


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
