"""The kinds of values of a map's keys: pixels or quantities, two values between which grey counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, InstanceOf, PlainSerializer, ValidationInfo

from constriction.base.errors import InputError
from constriction.base.quantities import KINDS, format_quantity, parse_quantity, shown
from constriction.case.fields import within
from constriction.case.maps.files import MapFile, map_of

OTSU = "otsu"
NONE = "none"
_SIDES = 4
_PIXEL = "1 pm", "1 m"
_SLENDEREST = 100.0  # of a pixel: grids have square ones, and would need as many for each


@dataclass(frozen=True)
class Amount:
    """A quantity in SI units; `kind` is a key of `KINDS`."""

    value: float
    kind: str


type PixelsOr = float | Amount
"""A number of pixels, or a quantity."""


def _read_map(name: object, info: ValidationInfo) -> MapFile:
    return map_of(name, Path() if info.context is None else info.context)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _pixel(value: Any) -> tuple[float, float]:
    """One length or two; raises InputError."""
    pair = (value, value) if isinstance(value, str) else value
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise InputError(f"{shown(value)}: expected a length such as '1.7 um', or two of them, x and y")
    width, height = (within(length, "length", _PIXEL) for length in pair)
    if max(width, height) > _SLENDEREST * min(width, height):
        raise InputError(
            f"{shown(value)}: one side is {max(width, height) / min(width, height):.3g} times the other; expected at "
            f"most {_SLENDEREST:g} times"
        )
    return width, height


def _threshold(value: Any) -> float | str | tuple[float, float]:
    """A number, "otsu", or the values of no contact and of full contact; raises InputError."""
    if value == OTSU:
        return OTSU
    if _is_number(value):
        return float(value)
    if isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_number, value)) and value[0] != value[1]:
        return float(value[0]), float(value[1])
    raise InputError(f"{shown(value)}: expected a number, 'otsu', or two numbers, of no contact and of full contact")


def _amount(value: Any, kind: str) -> PixelsOr:
    """A number of pixels from 0, or a quantity; raises InputError."""
    if isinstance(value, Amount):
        return value
    if _is_number(value) and value >= 0:
        return float(value)
    wanted = KINDS[kind]
    if isinstance(value, str) and (number := parse_quantity(value, kind)) >= 0:
        return Amount(number, kind)
    raise InputError(f"{shown(value)}: expected a number of pixels from 0, or {wanted.noun} such as '{wanted.example}'")


def _crop(value: Any) -> str | tuple[PixelsOr, ...]:
    """Left, top, right, bottom, or "none"; raises InputError."""
    if value == NONE:
        return NONE
    if not isinstance(value, list | tuple) or len(value) != _SIDES:
        raise InputError(f"{shown(value)}: expected [left, top, right, bottom] in pixels or as lengths, or 'none'")
    return tuple(_amount(side, "length") for side in value)


def _write_amount(amount: PixelsOr) -> float | str:
    return format_quantity(amount.value, amount.kind) if isinstance(amount, Amount) else amount


def _write_pixel(pixel: tuple[float, float]) -> tuple[str, ...]:
    return tuple(format_quantity(length, "length") for length in pixel)


def _write_crop(crop: str | tuple[PixelsOr, ...]) -> str | tuple[float | str, ...]:
    return crop if isinstance(crop, str) else tuple(map(_write_amount, crop))


def _as_is(write: Callable[[Any], Any]) -> PlainSerializer:
    return PlainSerializer(write, return_type=Any)


NamedMap = Annotated[InstanceOf[MapFile], BeforeValidator(_read_map), PlainSerializer(attrgetter("name"), str)]
Pixel = Annotated[tuple[float, float], BeforeValidator(_pixel), _as_is(_write_pixel)]
Threshold = Annotated[float | Literal["otsu"] | tuple[float, float], BeforeValidator(_threshold)]
PixelsOrLength = Annotated[
    float | InstanceOf[Amount], BeforeValidator(partial(_amount, kind="length")), _as_is(_write_amount)
]
PixelsOrArea = Annotated[
    float | InstanceOf[Amount], BeforeValidator(partial(_amount, kind="area")), _as_is(_write_amount)
]
Crop = Annotated[Literal["none"] | tuple[float | InstanceOf[Amount], ...], BeforeValidator(_crop), _as_is(_write_crop)]
