"""Spots that are listed one by one."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from constriction.base.errors import InputError
from constriction.case.fields import Disc, Length, Long
from constriction.case.patterns.kinds import Sided


class List(Sided):
    """Spots that are listed one by one.

    Attributes:
        cell: width and depth of the cell, m; list and polygons only.
        discs: x, y and radius of each disc, m; list only.
        ellipses: x, y, both semi-axes and the angle of the first from the x axis in degrees, of each ellipse.
        rectangles: x, y of the middle, width, depth, and the angle of the width from the x axis in degrees, of each
            rectangle.
    """

    COUNTED_BY: ClassVar[str] = "discs"

    pattern: Literal["list"]
    cell: tuple[Length, Length] = Field(description="two lengths such as ['100 um', '80 um']")
    discs: tuple[Disc, ...] = Field((), description="discs [x, y, radius] such as [['20 um', '30 um', '5 um']]")
    ellipses: tuple[Long, ...] = Field(
        (), description="ellipses [x, y, a, b, angle] such as [['20 um', '30 um', '9 um', '5 um', 30]]"
    )
    rectangles: tuple[Long, ...] = Field(
        (), description="rectangles [x, y, width, depth, angle] such as [['20 um', '30 um', '9 um', '5 um', 30]]"
    )

    @classmethod
    def method_of(cls, given: Mapping[str, Any]) -> str:
        """Ellipses are solved by transforms."""
        return "spectral" if given.get("ellipses") else super().method_of(given)

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if self.spot_count == 0:
            raise InputError(
                f"discs = {list(self.discs)}: expected at least one of discs, ellipses and rectangles, such as "
                "[['20 um', '30 um', '5 um']]"
            )
        return self

    @property
    def spot_count(self) -> int:
        """As many as are listed."""
        return len(self.discs) + len(self.ellipses) + len(self.rectangles)
