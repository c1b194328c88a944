"""Spots that are listed one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import Polygon

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.interface import List
from constriction.geometry.outlines import SNAP, Outline, Point, Spot
from constriction.geometry.patches import Layout, spots_and_rest
from constriction.geometry.patterns.lattices import in_rectangle
from constriction.geometry.patterns.polygons import outline_of
from constriction.geometry.patterns.shapes import Extents, cut, long_polygon
from constriction.geometry.periodic import pieces_of, pieces_of_spot, shifts, touching_images

ROUND = 1e-3  # of a radius: polygons of discs that are farther apart stand for discs that are


def listed(interface: List) -> Layout:
    """The spots that a case lists; the pitch is the cell's longer side.

    Raises:
        InputError: two touch, or one lies outside.
    """
    if interface.periodic:
        return _repeated(interface)
    width, depth = interface.cell
    spots = [_snap(Spot("disc", *disc), width, depth) for disc in interface.discs]
    for number, spot in enumerate(spots, start=1):
        _check_inside(number, spot, width, depth)
    if spots:
        _check_apart(spots)
    outlines = [spot.cut(width, depth) for spot in spots]
    names = [f"disc {number}" for number in range(1, len(spots) + 1)]
    for long in _long_ones(interface):
        outlines.append(_long_outline(long, interface.cell))
        names.append(long.name)
    if len(outlines) > len(spots):
        _check_all_apart(names, outlines, max(width, depth))
    patches = spots_and_rest(outlines, interface.inverted)
    return in_rectangle(interface.cell, patches, max(width, depth), 1)


class LongSpot(NamedTuple):
    """An ellipse or a rectangle as it is listed: `centre` and `extents` in m, `angle` in degrees."""

    name: str
    shape: str
    centre: Point
    extents: Extents
    angle: float


def _long_ones(interface: List) -> Iterator[LongSpot]:
    """The ellipses, then the rectangles of a list."""
    for shape, given in (("ellipse", interface.ellipses), ("rectangle", interface.rectangles)):
        halves = 1.0 if shape == "ellipse" else 0.5
        for number, (x, y, first, second, angle) in enumerate(given, start=1):
            yield LongSpot(f"{shape} {number}", shape, (x, y), (halves * first, halves * second), angle)


def _repeated(interface: List) -> Layout:
    """The spots of a cell that repeats without mirrors: what crosses a side is in it at the other one."""
    sides = interface.cell
    discs = [Spot("disc", *disc) for disc in interface.discs]
    names = [f"disc {number}" for number in range(1, len(discs) + 1)]
    shapes = [long_polygon("ellipse", (disc.x, disc.y), (disc.size, disc.size)) for disc in discs]
    centres, outlines = [(disc.x, disc.y) for disc in discs], []
    for long in _long_ones(interface):
        whole = long_polygon(long.shape, long.centre, long.extents, long.angle)
        outlines += [outline_of(piece, sides, min(long.extents)) for piece in pieces_of(whole, sides)]
        names.append(long.name)
        centres.append(long.centre)
        shapes.append(whole)
    _check_centres(names, centres, sides)
    _check_apart_across(names, shapes, discs, sides)
    pieces = [piece for disc in discs for piece in pieces_of_spot(disc, sides)]
    patches = spots_and_rest([*pieces, *outlines], interface.inverted)
    return in_rectangle(sides, patches, max(sides), 1, periodic=True)


def _check_centres(names: Sequence[str], centres: Sequence[Point], sides: Extents) -> None:
    """Every middle lies in the cell (metres)."""
    for name, centre in zip(names, centres, strict=True):
        if not all(0.0 <= place <= side for place, side in zip(centre, sides, strict=True)):
            (x, y), (width, depth) = map(_length, centre), map(_length, sides)
            raise InputError(
                f"interface: {name} (x {x}, y {y}) has its middle outside of the cell of {width} × {depth}; expected "
                "it inside"
            )


def _check_apart_across(names: Sequence[str], shapes: Sequence[Polygon], discs: Sequence[Spot], sides: Extents) -> None:
    """No two spots touch, nor a spot an image of itself; discs, the first ones, as circles. In metres."""
    near = ROUND * max((disc.size for disc in discs), default=0.0)
    round_ones = touching_images(shapes[: len(discs)], sides, near)
    pairs = [(i, j) for i, j in round_ones if _circles_touch(discs[i], discs[j], sides)]
    pairs += [(i, j) for i, j in touching_images(shapes, sides, SNAP * max(sides)) if j >= len(discs)]
    if pairs:
        i, j = pairs[0]
        what = "an image of itself" if i == j else names[j]
        raise InputError(
            f"interface: {names[i]} overlaps or touches {what}, perhaps across a side; expected them apart"
        )


def _circles_touch(a: Spot, b: Spot, sides: Extents) -> bool:
    """Whether two discs do, or their images; a disc and those of its own."""
    ways = shifts(sides)[1:] if a is b else shifts(sides)
    nearest = min(math.hypot(a.x + x - b.x, a.y + y - b.y) for x, y in ways)
    return nearest <= (a.size + b.size) * (1 + SNAP)


def _long_outline(long: LongSpot, sides: Extents) -> Outline:
    """An ellipse or a rectangle in the cell (metres): inside, or along a side that halves it."""
    centre = _on_edge(long.centre[0], sides[0]), _on_edge(long.centre[1], sides[1])
    polygon = long_polygon(long.shape, centre, long.extents, long.angle)
    lows, highs = np.reshape(polygon.bounds, (2, 2))
    for place, low, high, side in zip(centre, lows, highs, sides, strict=True):
        halved = place in (0.0, side) and long.angle % 90 == 0 and low > -side and high < 2 * side
        near = SNAP * side
        if not (halved and (low < 0) + (high > side) == 1) and not (near < low and high < side - near):
            (x, y), (width, depth) = map(_length, centre), map(_length, sides)
            raise InputError(
                f"interface.{long.shape}s: {long.name} (x {x}, y {y}) touches, crosses or lies outside the cell of "
                f"{width} × {depth}; expected it inside, or its middle on the edge and its angle a multiple of 90"
            )
    return cut(polygon, sides, min(long.extents))


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
