"""The section [interface] of a case: where the metal touches the electrolyte.

A pattern of [interface] is a model with exactly its keys, and a function that draws it in `geometry/cell`.
"""

from collections.abc import Mapping
from copy import copy
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import Field, PrivateAttr, create_model, model_validator
from pydantic.fields import FieldInfo

from constriction.base.errors import InputError
from constriction.case.fields import Section
from constriction.case.maps.files import TAKES
from constriction.case.maps.heights import HeightMap
from constriction.case.maps.keys import Crop, NamedMap, Pixel, PixelsOrArea, PixelsOrLength, Threshold
from constriction.case.patterns.kinds import Filled, Pattern, Shaped, Sided
from constriction.case.patterns.lattices import Annulus, Frame, Hexagonal, Single, Square, Stripes
from constriction.case.patterns.listed import List
from constriction.case.patterns.polygons import Polygons
from constriction.case.patterns.scattered import Clustered, Random

__all__ = [
    "PATTERNS",
    "Annulus",
    "AnyPattern",
    "Clustered",
    "Filled",
    "Frame",
    "HeightMapped",
    "Hexagonal",
    "Image",
    "Interface",
    "List",
    "Pattern",
    "Polygons",
    "Random",
    "Shaped",
    "Sided",
    "Single",
    "Square",
    "Stripes",
]


class Image(Sided):
    """A map of the contacts: a picture or a table of values; solved by transforms.

    Attributes:
        file: the map, a path from the case file; rows from the top down, one value a pixel, colours as their
            luminance.
        pixel: width and height of a pixel, m; one length if they are equal.
        threshold: contact where the value is above it (a byte has 0 to 255); `otsu` finds it. Two values: grey
            between no contact and full contact says how much of a pixel touches.
        crop: left, top, right and bottom of what counts, from the left upper corner.
        smooth: standard deviation of a Gaussian filter before outlines are drawn; 0: none.
        despeckle: spots and holes that are smaller are taken away; 0: none.
    """

    METHOD: ClassVar[str] = "spectral"

    pattern: Literal["image"]
    file: NamedMap = Field(description=TAKES)
    pixel: Pixel = Field(description="a length such as '1.7 um', or two, x and y")
    threshold: Threshold = Field(128.0, description="a number, 'otsu', or two numbers")
    crop: Crop = Field("none", description="[left, top, right, bottom] in pixels or lengths, or 'none'")
    smooth: PixelsOrLength = Field(0.0, description="a number of pixels or a length")
    despeckle: PixelsOrArea = Field(0.0, description="a number of pixels or an area")


class HeightMapped(Sided):
    """Contacts where the map of gap.profile = 'map' is lower than gap.contact_below; solved by transforms.

    Attributes:
        smooth: standard deviation of a Gaussian filter before outlines are drawn; 0: none.
        despeckle: spots and holes that are smaller are taken away; 0: none.
    """

    METHOD: ClassVar[str] = "spectral"

    pattern: Literal["height_map"]
    smooth: PixelsOrLength = Field(0.0, description="a number of pixels or a length")
    despeckle: PixelsOrArea = Field(0.0, description="a number of pixels or an area")
    _heights: HeightMap | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _touches_where_low(self) -> Self:
        if self.inverted:
            raise InputError(
                f"inverted = {str(self.inverted).lower()}: the metal touches where the map is low; expected false"
            )
        return self

    @property
    def heights(self) -> HeightMap:
        """The map of the gap, with the height below which the metal touches.

        Raises:
            InputError: the section was not read with its case.
        """
        if self._heights is None or self._heights.contact_below is None:
            raise InputError(f"interface.pattern = '{self.pattern}': no map of heights; expected a case from load")
        return self._heights

    def over(self, heights: HeightMap | None) -> Self:
        """A copy that takes the contacts from another map."""
        copy = self.model_copy()
        copy._heights = heights
        return copy


Interface = Annotated[
    Single
    | Square
    | Hexagonal
    | Stripes
    | Annulus
    | Frame
    | Random
    | Clustered
    | List
    | Polygons
    | Image
    | HeightMapped,
    Field(discriminator="pattern"),
]
"""Where the metal touches the electrolyte: a pattern with exactly its keys."""

PATTERNS: Mapping[str, type[Pattern]] = {
    get_args(model.model_fields["pattern"].annotation)[0]: model for model in get_args(get_args(Interface)[0])
}
"""The model of each pattern by its name."""


def _either(first: FieldInfo, other: FieldInfo) -> FieldInfo:
    """A field of two patterns: the first one's, which takes what either does."""
    takes, more = first.description, other.description
    if not takes or not more or more in takes:
        return first
    either = copy(first)
    either.description = f"{takes}, or {more}"
    return either


def _any_pattern() -> type[Section]:
    """Every key of every pattern, none of them required but `pattern`; `inverted` is the last, as in case files."""
    fields: dict[str, FieldInfo] = {}
    for model in PATTERNS.values():
        fields |= {name: _either(fields.get(name, field), field) for name, field in model.model_fields.items()}
    del fields["pattern"]
    fields["inverted"] = fields.pop("inverted")
    words = ", ".join(f"'{name}'" for name in PATTERNS)
    definitions: dict[str, Any] = {
        name: (Annotated[field.annotation, field], None if field.is_required() else field.default)
        for name, field in fields.items()
    }
    names: Any = Literal[tuple(PATTERNS)]
    return create_model("AnyPattern", __base__=Section, pattern=(names, Field(description=words)), **definitions)


AnyPattern: type[Section] = _any_pattern()
"""What [interface] may hold at all: tells the keys, and what is wrong with a table whose pattern is not known."""
