"""Spots that are listed one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.interface import List
from constriction.geometry.lattices import in_rectangle
from constriction.geometry.outlines import SNAP, Outline, Point, Spot
from constriction.geometry.patches import Layout, spots_and_rest
from constriction.geometry.patterns.shapes import Extents, cut, long_polygon


def listed(interface: List) -> Layout:
    """The spots that a case lists; the pitch is the cell's longer side.

    Raises:
        InputError: two touch, or one lies outside.
    """
    width, depth = interface.cell
    spots = [_snap(Spot("disc", *disc), width, depth) for disc in interface.discs]
    for number, spot in enumerate(spots, start=1):
        _check_inside(number, spot, width, depth)
    if spots:
        _check_apart(spots)
    outlines = [spot.cut(width, depth) for spot in spots]
    names = [f"disc {number}" for number in range(1, len(spots) + 1)]
    for shape, given in (("ellipse", interface.ellipses), ("rectangle", interface.rectangles)):
        halves = 1.0 if shape == "ellipse" else 0.5
        for number, (x, y, first, second, angle) in enumerate(given, start=1):
            extents = halves * first, halves * second
            places = _on_edge(x, width), _on_edge(y, depth)
            outlines.append(_long_spot(f"{shape} {number}", shape, places, extents, angle, interface.cell))
            names.append(f"{shape} {number}")
    if len(outlines) > len(spots):
        _check_all_apart(names, outlines, max(width, depth))
    patches = spots_and_rest(outlines, interface.inverted)
    return in_rectangle(interface.cell, patches, max(width, depth), 1)


def _long_spot(name: str, shape: str, centre: Point, extents: Extents, angle: float, sides: Extents) -> Outline:
    """An ellipse or a rectangle in the cell (metres): inside, or along a side that halves it."""
    polygon = long_polygon(shape, centre, extents, angle)
    lows, highs = np.reshape(polygon.bounds, (2, 2))
    for place, low, high, side in zip(centre, lows, highs, sides, strict=True):
        halved = place in (0.0, side) and angle % 90 == 0 and low > -side and high < 2 * side
        near = SNAP * side
        if not (halved and (low < 0) + (high > side) == 1) and not (near < low and high < side - near):
            width, depth = map(_length, sides)
            raise InputError(
                f"interface.{shape}s: {name} (x {_length(centre[0])}, y {_length(centre[1])}) touches, crosses or lies "
                f"outside the cell of {width} × {depth}; expected it inside, or its middle on the edge and its angle a "
                "multiple of 90"
            )
    return cut(polygon, sides, min(extents))


def _check_all_apart(names: Sequence[str], outlines: Sequence[Outline], extent: float) -> None:
    """No two spots touch; `extent` of the cell in m."""
    polygons = [outline.polygon() for outline in outlines]
    pairs = shapely.STRtree(polygons).query(polygons, predicate="dwithin", distance=SNAP * extent)
    for i, j in sorted(zip(*np.asarray(pairs).tolist(), strict=True)):
        if i < j:
            raise InputError(f"interface: {names[i]} and {names[j]} overlap or touch; expected them apart")


def _snap(spot: Spot, width: float, depth: float) -> Spot:
    """A centre within rounding of the cell's edge lies on it."""
    return Spot(spot.shape, _on_edge(spot.x, width), _on_edge(spot.y, depth), spot.size)


def _on_edge(place: float, side: float) -> float:
    """A coordinate, exactly on the edge of a cell (metres) that it is nearly on."""
    return next((edge for edge in (0.0, side) if abs(place - edge) < SNAP * side), place)


def _check_inside(number: int, spot: Spot, width: float, depth: float) -> None:
    """A disc lies inside, or has its centre on a mirror; anything else has a kink where it meets its image."""
    for centre, extent in ((spot.x, width), (spot.y, depth)):
        for edge in (0.0, extent):
            inside = 0.0 <= centre <= extent and abs(centre - edge) > spot.size * (1 + SNAP)
            if not (inside or centre == edge):
                raise InputError(
                    f"interface.discs: disc {number} (x {_length(spot.x)}, y {_length(spot.y)}, "
                    f"radius {_length(spot.size)}) "
                    f"crosses or lies outside the cell of {_length(width)} × {_length(depth)}; "
                    "expected it inside, or its centre on the edge"
                )


def _check_apart(spots: Sequence[Spot]) -> None:
    """No two discs touch: near pairs are found with a tree over the bounding boxes."""
    boxes = [shapely.box(s.x - s.size, s.y - s.size, s.x + s.size, s.y + s.size) for s in spots]
    pairs = shapely.STRtree(boxes).query(boxes)
    for i, j in sorted(zip(*np.asarray(pairs).tolist(), strict=True)):
        a, b = spots[i], spots[j]
        if i < j and math.hypot(a.x - b.x, a.y - b.y) <= (a.size + b.size) * (1 + SNAP):
            raise InputError(
                f"interface.discs: disc {i + 1} (radius {_length(a.size)}) and disc {j + 1} (radius {_length(b.size)}) "
                f"overlap or touch, centres {_length(math.hypot(a.x - b.x, a.y - b.y))} apart; "
                f"expected more than {_length(a.size + b.size)}"
            )


def _length(value: float) -> str:
    """A length as an error tells it, such as 5 um."""
    return format_quantity(float(f"{value:.6g}"), "length")
