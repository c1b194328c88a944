"""The rims of a map: level lines by marching squares, closed at the cell's sides.

Values stand at the pixels' centres, and level lines cross the way from one to the next where a straight line between
their values does. Of black and white pixels that is half way, the mid-line between their centres: a straight rim in any
direction then lies where the pixels have it on average, and a corner cuts an eighth of a pixel, outward corners as much
as inward ones give back. The steps of the pixels' own sides would be as right in area, but longer by up to √2.

The first and the last row are doubled on the cell's sides, so that level lines meet them at a right angle.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely
from contourpy import FillType, contour_generator
from numpy.typing import NDArray
from shapely.geometry import Polygon

from constriction.geometry.maps.levels import LevelMap

STRAIGHT = 1e-12  # pixels²; corners that turn less are none
SMALLEST = 1e-9  # pixels², area of a ring that is one
MARGIN = 2  # pixels beyond the cell, for outlines that are shifted or repeat

Floats = NDArray[np.float64]
Rings = list[Floats]
"""The outline of a contact and those of its holes, each (n, 2), not closed, in pixels from the left lower corner."""


def traced(levelled: LevelMap) -> list[Rings]:
    """The contacts of a map; of one that repeats without mirrors the parts of them in the cell."""
    if levelled.periodic:
        return shifted(levelled, 0.0)
    rows, columns = levelled.field.shape
    ends = np.pad(levelled.field[::-1], 1, mode="edge")
    return _contours(_places(columns), _places(rows), ends, levelled.level)


def shifted(levelled: LevelMap, outward: float) -> list[Rings]:
    """The contacts of a map with their rims moved.

    Args:
        levelled: the map.
        outward: by how many pixels contacts grow, at most 1; negative: shrink.
    """
    rows, columns = levelled.field.shape
    field = np.pad(levelled.field[::-1], MARGIN, mode="wrap" if levelled.periodic else "symmetric")
    x, y = (np.arange(-MARGIN, count + MARGIN) + 0.5 for count in (columns, rows))
    polygons = [Polygon(outer, holes) for outer, *holes in _contours(x, y, field, levelled.level)]
    grown = shapely.buffer(shapely.union_all(shapely.make_valid(polygons)), outward, join_style="mitre")
    inside = shapely.intersection(grown, shapely.box(0, 0, columns, rows))
    return [_rings_of(part) for part in getattr(inside, "geoms", [inside]) if isinstance(part, Polygon) and part.area]


def _places(count: int) -> Floats:
    """The pixels' centres, and the two sides of the cell."""
    return np.concatenate([[0.0], np.arange(count) + 0.5, [float(count)]])


def _contours(x: Floats, y: Floats, field: Floats, level: float) -> list[Rings]:
    generator = contour_generator(x, y, field, name="serial", fill_type=FillType.OuterOffset)
    points, offsets, *_ = generator.filled(level, np.inf)
    pairs = ((p, o) for p, o in zip(points, offsets, strict=True) if p is not None and o is not None)
    split = ([ring[a:b] for a, b in zip(ends[:-1], ends[1:], strict=True)] for ring, ends in pairs)
    return [kept for rings in split if (kept := _kept(rings))]


def _rings_of(polygon: Polygon) -> Rings:
    return _kept([np.asarray(ring.coords) for ring in (polygon.exterior, *polygon.interiors)])


def _kept(rings: Iterable[Floats]) -> Rings:
    """Rings without corners that are none, outer ones counter-clockwise, holes clockwise; [] for nearly nothing."""
    kept: Rings = []
    for number, ring in enumerate(rings):
        corners = _corners(np.asarray(ring, dtype=np.float64)[:-1])
        size = area(corners)
        if abs(size) > SMALLEST:
            kept.append(corners if (size > 0) == (number == 0) else corners[::-1])
        elif number == 0:
            return []
    return kept


def _corners(ring: Floats) -> Floats:
    """A ring without points that are one, or on the straight way between others."""
    ring = ring[np.any(ring != np.roll(ring, 1, axis=0), axis=1)]
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    turn = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    onward = (before * after).sum(axis=1) > 0
    return ring[(np.abs(turn) > STRAIGHT) | ~onward]


def area(ring: Floats) -> float:
    """Area of a ring (n, 2), positive if counter-clockwise, in the square of its unit."""
    x, y = ring.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) if len(ring) > 2 else 0.0
