"""Contacts whose outlines a file has."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, InstanceOf, PlainSerializer, ValidationInfo

from constriction.base.errors import InputError
from constriction.base.quantities import parse_quantity, shown
from constriction.case.fields import Length
from constriction.case.maps.files import OUTLINE_SUFFIXES, OUTLINES_TAKE, MapFile, map_of
from constriction.case.patterns.kinds import Sided

_LONGEST = 20  # characters of a unit


def _read(name: object, info: ValidationInfo) -> MapFile:
    folder = Path() if info.context is None else info.context
    return map_of(name, folder, OUTLINE_SUFFIXES, OUTLINES_TAKE)


def _unit(value: Any) -> str:
    """The name of a unit of length; raises InputError."""
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise InputError(f"{shown(value)}: expected a unit of length such as 'um'")
    try:
        parse_quantity(f"1 {value}", "length")
    except InputError:
        raise InputError(f"{shown(value)}: expected a unit of length such as 'um'") from None
    return value


class Polygons(Sided):
    """Polygons from a file, perhaps with holes.

    Attributes:
        unit: of the coordinates in the file, from the left lower corner of the cell.
    """

    METHOD: ClassVar[str] = "spectral"
    COUNTED_BY: ClassVar[str] = "file"

    pattern: Literal["polygons"]
    file: Annotated[InstanceOf[MapFile], BeforeValidator(_read), PlainSerializer(lambda file: file.name, str)] = Field(
        description=OUTLINES_TAKE
    )
    unit: Annotated[str, BeforeValidator(_unit)] = Field(description="a unit of length such as 'um'")
    cell: tuple[Length, Length] = Field(description="two lengths such as ['100 um', '80 um']")

    @property
    def metres(self) -> float:
        """The unit of the coordinates in m."""
        return parse_quantity(f"1 {self.unit}", "length")
