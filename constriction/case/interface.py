"""The section [interface] of a case: where the metal touches the electrolyte."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from constriction.base.errors import InputError
from constriction.base.quantities import shown
from constriction.case.fields import Disc, Fraction, Integer, Length, Section, not_empty

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


def takes(pattern: str, key: str) -> bool:
    """Whether a key of [interface] applies to a pattern; keys that are not the pattern's own do."""
    return any(key in own for name, own in _APPLIES.items() if name == pattern) or not any(
        key in own for own in _APPLIES.values()
    )


class Interface(Section):
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
