"""Patterns that repeat: lattices of spots, rings, stripes."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from constriction.base.errors import InputError
from constriction.case.fields import Number
from constriction.case.patterns.kinds import Filled

LONG = "ellipse", "rectangle"
MOST_ASPECT = 100.0


class Lattice(Filled):
    """Spots that repeat.

    Attributes:
        shape: of a spot; ellipses and rectangles only on lattices, their axes along the sides of the cell.
        aspect: of an ellipse or a rectangle, its width over its depth.
    """

    shape: Literal["disc", "square", "ellipse", "rectangle"] = "disc"
    aspect: Number = Field(1.0, ge=1 / MOST_ASPECT, le=MOST_ASPECT, description="a number from 0.01 to 100")

    @classmethod
    def method_of(cls, given: Mapping[str, Any]) -> str:
        """Ellipses are solved by transforms."""
        return "spectral" if given.get("shape") == "ellipse" else cls.METHOD

    @model_validator(mode="after")
    def _long(self) -> Self:
        if self.aspect != 1.0 and self.shape not in LONG:
            raise InputError(f"aspect = {self.aspect:g}: expected shape = 'ellipse' or 'rectangle' beside it, or 1")
        return self


class Single(Lattice):
    """One spot in its cell.

    Attributes:
        cell_shape: of the cell of a single spot.
    """

    pattern: Literal["single"]
    cell_shape: Literal["square", "circular"] = "square"

    @model_validator(mode="after")
    def _round(self) -> Self:
        if self.cell_shape == "circular" and self.shape in LONG:
            raise InputError(f"shape = '{self.shape}': expected 'disc' or 'square' in a circular cell")
        return self


class Square(Lattice):
    """Spots on a square lattice."""

    pattern: Literal["square"]


class Hexagonal(Lattice):
    """Spots on a hexagonal lattice."""

    pattern: Literal["hexagonal"]


class Stripes(Filled):
    """Parallel stripes."""

    pattern: Literal["stripes"]


class RingPattern(Filled):
    """One ring in a square cell.

    Attributes:
        inner_ratio: of a ring, its inner radius (or side) over its outer one; 0: it is a disc (or a square).
    """

    METHOD: ClassVar[str] = "spectral"

    inner_ratio: Number = Field(ge=0, le=0.999, description="a number from 0 to 0.999")


class Annulus(RingPattern):
    """A round ring."""

    pattern: Literal["annulus"]


class Frame(RingPattern):
    """A square ring."""

    pattern: Literal["frame"]
