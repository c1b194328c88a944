"""Shapely's polygons as outlines, and what their widths are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from constriction.geometry.outlines import Edge, Outline
from constriction.geometry.patches import Widths
from constriction.geometry.periodic import unmatched_length

LONG = 0.5  # of the smaller width: longer edges are straight rims, shorter ones pieces of a curve
ON_SIDE = 1e-9  # of the cell's side: nearer than this to it is on it

Floats = NDArray[np.float64]
Sides = tuple[float, float]


def outline_of(polygon: Polygon, sides: Sides, size: float | None = None) -> Outline:
    """A polygon as an outline.

    Args:
        polygon: in metres, perhaps with holes.
        sides: width and depth of the cell, m.
        size: of the spot, m; None: twice the area over the length of the rim.
    """
    whole = shapely.geometry.polygon.orient(polygon)
    chains = [ring_edges(np.asarray(ring.coords)) for ring in (whole.exterior, *whole.interiors)]
    if size is None:
        rim = rim_length([polygon], sides)
        size = 2 * polygon.area / rim if rim else min(sides)
    return Outline(chains[0], size, tuple(chains[1:]))


def widths_of(polygons: Sequence[Polygon], sides: Sides, inverted: bool, periodic: bool = False) -> Widths:
    """Twice the areas of contact and gap over the length of the rims.

    Args:
        polygons: in a cell, apart from each other, metres.
        sides: width and depth of the cell, m.
        inverted: they are gaps.
        periodic: the cell repeats without mirrors.
    """
    rims, cell = rim_length(polygons, sides), math.prod(sides)
    if periodic:
        rims += unmatched_length([ring for polygon in polygons for ring in _rings(polygon)], sides, ON_SIDE)
    inside = math.fsum(polygon.area for polygon in polygons)
    within, beside = (2 * area / rims if rims else min(sides) for area in (inside, cell - inside))
    straight = bool(polygons) and max(map(_longest, polygons)) > LONG * min(within, beside)
    contact, gap = (beside, within) if inverted else (within, beside)
    return Widths(contact, gap, straight=straight)


def _longest(polygon: Polygon) -> float:
    """The longest edge of an outline, in its unit."""
    return max(float(np.hypot(*np.diff(ring, axis=0).T).max()) for ring in _rings(polygon))


def _rings(polygon: Polygon) -> Iterator[Floats]:
    """The closed outlines (n, 2) of a polygon."""
    return (np.asarray(ring.coords) for ring in (polygon.exterior, *polygon.interiors))


def rim_length(polygons: Iterable[Polygon], sides: Sides) -> float:
    """Length of the outlines that do not lie on the cell's sides, in their unit."""
    return math.fsum(_length_inside(ring, sides) for polygon in polygons for ring in _rings(polygon))


def _length_inside(ring: Floats, sides: Sides) -> float:
    start, end = ring[:-1], ring[1:]
    on_side = np.zeros(len(start), dtype=bool)
    for axis, side in enumerate(sides):
        for line in (0.0, side):
            near = [np.abs(points[:, axis] - line) < ON_SIDE * side for points in (start, end)]
            on_side |= near[0] & near[1]
    return float(np.hypot(*(end - start).T)[~on_side].sum())


def ring_edges(ring: Floats) -> tuple[Edge, ...]:
    """The edges of a closed outline (n, 2), of which the last point is the first."""
    points = [(x, y) for x, y in ring.tolist()]
    return tuple(map(Edge, points, points[1:]))
