"""From a measured map of heights to the height of a gap: values without, levelled, filled, over a cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from constriction.base.errors import InputError, counted, naming
from constriction.base.quantities import format_quantity, shown
from constriction.case.maps.heights import HeightMap
from constriction.geometry.coverage import Raster, contact_coverage
from constriction.geometry.height_maps import (
    FEWEST,
    Height,
    Levelled,
    check_heights,
    check_missing,
    filled,
    level,
    without_outliers,
)
from constriction.geometry.maps.averages import MapHeight
from constriction.geometry.maps.decoding import decode
from constriction.geometry.patches import Layout

HALF = 0.5  # of a pixel: more is inside a contact
TOUCHED = 1e-9  # of a pixel: less is not under a contact
BEYOND = 32  # points of a map that repeats by which it goes on where it is cleaned and filled
ACROSS = 8  # points of a map that repeats that count beyond its sides
HIGHEST = 1.0  # m, as lengths of a case
ALMOST = 1e-6  # of a pixel: what rounding may add to a length

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Heights:
    """Heights in m without gaps, (rows, columns), the first row at the top; `changes`: what was done to the map."""

    values: Floats
    changes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class MappedGap:
    """The height of a gap over a cell, relative to the least one: `height`, and `coarse` from every second point.

    `largest`: beside the contacts; `changes`: what was done to the map, in words.
    """

    height: Height
    coarse: Height
    largest: float
    changes: tuple[str, ...]


def where(heights: HeightMap) -> str:
    """What an error about a map begins with."""
    return f"gap.file = {shown(heights.file.name)}"


@lru_cache(maxsize=4)  # contacts and gap may be from one map
def heights_of(heights: HeightMap, periodic: bool = False) -> Heights:
    """A map in metres, without outliers, levelled and filled.

    Args:
        heights: the map.
        periodic: it goes on beyond its sides instead of being mirrored there.

    Raises:
        InputError: the file is no map, or too much of it is missing; one line that begins with the key.
    """
    with naming(where(heights)):
        stored = decode(heights.file, may_miss=True)
        values = np.where(np.isfinite(stored.values), stored.values.astype(np.float64), np.nan)
        if heights.missing is not None:
            values[values == heights.missing] = np.nan
        if min(values.shape) < FEWEST:
            raise InputError(f"{values.shape[0]} rows of {values.shape[1]} points; expected at least {FEWEST} of each")
        changes, missing = list(stored.changes), int(np.isnan(values).sum())
        values = values * heights.unit
        if heights.outliers is not None:
            wide, wild = without_outliers(_beyond(values, periodic), heights.outliers)
            values, wild = _within(wide, values, periodic), _within(wild, values, periodic)
            number = counted(int(wild.sum()), "outlier")
            changes += [f"{number} replaced, beyond {heights.outliers:g} spreads"] * bool(wild.any())
        if heights.level:
            values, words = _levelled(values, heights.pixel)
            changes.append(words)
        if missing:
            changes.append(f"{counted(missing, 'point')} without a value filled, {100 * missing / values.size:.3g} %")
        check_missing(values, heights.most_missing)
        whole = _within(filled(_beyond(values, periodic), 1.0).heights, values, periodic) + heights.offset
        _check_size(whole)
        return Heights(whole, tuple(changes))


def _reach(values: NDArray[Any]) -> tuple[int, int]:
    """How many rows and columns beyond its sides a map that repeats is looked at."""
    return min(BEYOND, values.shape[0]), min(BEYOND, values.shape[1])


def _beyond(values: Floats, periodic: bool) -> Floats:
    """A map that repeats with what lies beyond its sides; others as they are."""
    return np.pad(values, [(n, n) for n in _reach(values)], mode="wrap") if periodic else values


def _within[Kind: np.generic](wide: NDArray[Kind], values: Floats, periodic: bool) -> NDArray[Kind]:
    """The part of a map from `_beyond` that is the map itself."""
    if not periodic:
        return wide
    rows, columns = _reach(values)
    return wide[rows : rows + values.shape[0], columns : columns + values.shape[1]]


def _levelled(values: Floats, pixel: tuple[float, float]) -> tuple[Floats, str]:
    """A map without its plane, and how that was tilted: y goes up, rows go down."""
    found: Levelled = level(values, pixel[::-1])
    down, across = found.plane.slopes
    near = told_length(np.nanmedian(np.abs(found.heights)))
    words = f"levelled: a plane that rises by {across:.4g} along x and {-down:.4g} along y taken off"
    return found.heights, f"{words}, half of the points within {near} of it"


def mapped_gap(heights: HeightMap, layout: Layout, least: float) -> MappedGap:
    """The height of a gap from a map.

    Args:
        heights: the map.
        layout: the layout of the interface.
        least: what the gap is at least, m.

    Raises:
        InputError: the map does not cover the cell, or has heights below zero beside the contacts; or as `heights_of`.
    """
    found = heights_of(heights, layout.periodic)
    values = found.values
    with naming(where(heights)):
        raster = _over(layout, heights, values)
        contact = _in_contact(layout, raster)
        beside = contact <= TOUCHED
        if heights.contact_below is None:
            _check_above_zero(values, beside)
        low = int((values < least)[beside].sum())
        clipped = np.maximum(values, least) / least
        check_heights(clipped)
    told = f"{counted(low, 'point')} beside the contacts, lower than {told_length(least)}, taken as so high"
    nodes = _continued(clipped, contact > HALF, heights.pixel, layout.periodic)[::-1].T
    return MappedGap(
        height=MapHeight(nodes, raster, periodic=layout.periodic),
        coarse=MapHeight(nodes, raster, every=2, periodic=layout.periodic),
        largest=float(clipped[beside].max(initial=1.0)),
        changes=(*found.changes, *[told] * bool(low)),
    )


def _over(layout: Layout, heights: HeightMap, values: Floats) -> Raster:
    """The pixels of a map on a cell that it covers."""
    rows, columns = values.shape
    width, depth = columns * heights.pixel[0], rows * heights.pixel[1]
    off = abs(width - layout.width) / heights.pixel[0], abs(depth - layout.depth) / heights.pixel[1]
    if max(off) >= 1 - ALMOST:
        own, cell = (" × ".join(map(told_length, sides)) for sides in ((width, depth), (layout.width, layout.depth)))
        raise InputError(
            f"{columns} × {rows} points over {own}; expected a map of the cell of [interface], {cell}, to less than a "
            "pixel"
        )
    return Raster(layout.width, layout.depth, columns, rows)


def _in_contact(layout: Layout, raster: Raster) -> Floats:
    """The share of each point of a map that is in contact, (rows, columns)."""
    return contact_coverage(layout, raster).T[::-1]


def _continued(values: Floats, inside: Marks, pixel: tuple[float, float], periodic: bool) -> Floats:
    """A map with the heights that are nearest beside contacts inside them: the gap's, up to the rims."""
    beyond = ACROSS if periodic else 0
    wide = np.pad(inside, beyond, mode="wrap")
    nearest = distance_transform_edt(wide, pixel[::-1], return_distances=False, return_indices=True)
    rows, columns = (np.mod(places - beyond, count) for places, count in zip(nearest, values.shape, strict=True))
    within = tuple(slice(beyond, beyond + count) for count in values.shape)
    return np.asarray(values[rows, columns][within])


def _check_size(values: Floats) -> None:
    """Refuse heights that no gap has, such as the largest number, written where nothing was measured."""
    wild = np.abs(values) > HIGHEST
    if wild.any():
        number, (row, column) = counted(int(wild.sum()), "point"), np.unravel_index(np.argmax(wild), wild.shape)
        raise InputError(
            f"{number} higher or lower than {told_length(HIGHEST)}, the first {values[row, column]:.3g} m in row "
            f"{row + 1}, column {column + 1}; expected another gap.unit, or its value as gap.missing"
        )


def _check_above_zero(values: Floats, beside: Marks) -> None:
    """Refuse metal inside the electrolyte."""
    below = values[beside & (values < 0)]
    if below.size:
        number, lowest = counted(below.size, "point"), told_length(below.min())
        raise InputError(
            f"{number} beside the contacts below zero, the lowest at {lowest}; expected heights above the electrolyte, "
            "by another offset, or pattern = 'height_map' with contact_below"
        )


def told_length(length: float) -> str:
    """A length (m) in six digits."""
    return format_quantity(float(f"{length:.6g}"), "length")
