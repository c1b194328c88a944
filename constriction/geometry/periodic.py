"""Cells that repeat without mirrors: what crosses a side of one reappears at the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

from constriction.geometry.outlines import SNAP, Outline, Point, Spot, polygons_of

NEIGHBOURS = 0.0, -1.0, 1.0  # of a cell along each side, itself first

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def shifts(sides: Point) -> list[Point]:
    """Ways from a cell of these sides to itself and to the eight around it, in their unit; none comes first."""
    return [(i * sides[0], j * sides[1]) for i, j in product(NEIGHBOURS, NEIGHBOURS)]


def pieces_of_spot(spot: Spot, sides: Point) -> list[Outline]:
    """The parts of a spot in a cell of these sides, of which none is below its width; all in m."""
    found = []
    for across, along in shifts(sides):
        moved = Spot(spot.shape, spot.x + across, spot.y + along, spot.size)
        if _enters(moved.x, spot.size, sides[0]) and _enters(moved.y, spot.size, sides[1]):
            found.append(moved.cut(*sides))
    return [piece for piece in found if piece.edges]


def _enters(place: float, size: float, side: float) -> bool:
    return place + size > SNAP * size and place - size < side - SNAP * size


def images_of(polygons: Sequence[Polygon], sides: Point) -> list[Polygon]:
    """Polygons, and what of their images is partly in the cell."""
    bounds = shapely.bounds(np.array(polygons, dtype=object))
    found = list(polygons)
    for way in shifts(sides)[1:]:
        low, high = bounds[:, :2] + way, bounds[:, 2:] + way
        for place in np.flatnonzero(((high > 0) & (low < sides)).all(axis=1)).tolist():
            found.append(moved(polygons[place], way))
    return found


def moved(shape: Polygon, way: Point) -> Polygon:
    """A polygon elsewhere, all in one unit."""
    return shapely.transform(shape, lambda places: places + way)


def pieces_of(polygon: Polygon, sides: Point) -> Iterator[Polygon]:
    """The parts in the cell of a polygon and of its images."""
    cell = shapely.box(0, 0, *sides)
    for image in images_of([polygon], sides):
        yield from polygons_of(shapely.intersection(image, cell))


def touching_images(shapes: Sequence[Polygon], sides: Point, near: float) -> list[tuple[int, int]]:
    """Which shapes are nearer than `near` to another one or its image, or to an image of their own; sorted pairs."""
    tree = shapely.STRtree(shapes)
    found: set[tuple[int, int]] = set()
    for number, way in enumerate(shifts(sides) if shapes else []):
        pairs = tree.query([moved(shape, way) for shape in shapes], predicate="dwithin", distance=near)
        found |= {(i, j) for i, j in pairs.T.tolist() if i < j or (i == j and number > 0)}
    return sorted(found)


def count_whole(pieces: Sequence[Polygon], sides: Point) -> int:
    """How many spots the pieces in a cell make, those that meet across a side being one."""
    links = np.concatenate([_meeting(pieces, way, SNAP * max(sides)) for way in _onward(sides)])
    return int(connected(links, len(pieces)).max()) + 1


def rooms_between(pieces: Sequence[Polygon], sizes: Floats, sides: Point) -> tuple[float, ...]:
    """The size of each piece's spot, or half the way to the nearest other one if that is less, m.

    Args:
        pieces: polygons in the cell, m.
        sizes: of the spots that they are parts of, m.
        sides: of the cell, m.
    """
    tree, room, whole = shapely.STRtree(pieces), sizes.copy(), _wholes(pieces, sides)
    for number, way in enumerate(shifts(sides)):
        images = np.array([moved(piece, way) for piece in pieces], dtype=object)
        own, other = tree.query(images, predicate="dwithin", distance=2 * sizes)
        apart = whole[number, own] != whole[0, other]
        own, other = own[apart], other[apart]
        np.minimum.at(room, own, shapely.distance(images[own], tree.geometries[other]) / 2)
    return tuple(float(length) for length in room)


def _onward(sides: Point) -> tuple[Point, Point]:
    """The ways to the next cell along the width and along the depth."""
    return (sides[0], 0.0), (0.0, sides[1])


def _meeting(pieces: Sequence[Polygon], way: Point, near: float) -> Ints:
    """Which pieces of the next cell meet which of this one, (n, 2)."""
    images = [moved(piece, way) for piece in pieces]
    return np.asarray(shapely.STRtree(pieces).query(images, predicate="dwithin", distance=near).T)


def connected(links: Ints, count: int) -> Ints:
    """The number of the part, from 0, that each of so many nodes belongs to; links are pairs of them, (n, 2)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(links)), tuple(links.T)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def _wholes(pieces: Sequence[Polygon], sides: Point) -> Ints:
    """The number of the spot that each piece is a part of, in the cell and in the eight around it, (cells, pieces)."""
    count, cells = len(pieces), list(product(NEIGHBOURS, NEIGHBOURS))
    places = {cell: number for number, cell in enumerate(cells)}
    links = [np.zeros((0, 2), dtype=np.intp)]
    for way, (i, j) in zip(_onward(sides), ((1, 0), (0, 1)), strict=True):
        met = _meeting(pieces, way, SNAP * max(sides))
        pairs = [(places[a + i, b + j], here) for (a, b), here in places.items() if (a + i, b + j) in places]
        links += [met + count * np.array(pair) for pair in pairs]
    return connected(np.concatenate(links), count * len(cells)).reshape(len(cells), count)


def unmatched_length(rings: Sequence[Floats], sides: Point, near: float) -> float:
    """Length of outlines on the sides of a cell that face none at the other side: rims that lie on a side.

    Args:
        rings: closed outlines (n, 2), apart from each other but for points.
        sides: of the cell, in their unit.
        near: parts of a side that are on it.
    """
    total = 0.0
    for axis, side in enumerate(sides):
        ends = [_ends_on(rings, axis, line, near * side) for line in (0.0, side)]
        total += _in_one_only(*ends)
    return total


def _ends_on(rings: Sequence[Floats], axis: int, line: float, near: float) -> Floats:
    """Where edges on a line begin and end along it, (n, 2)."""
    found = [np.zeros((0, 2))]
    for ring in rings:
        on = np.abs(ring[:, axis] - line) < near
        edges = on[1:] & on[:-1]
        found.append(np.sort(np.column_stack([ring[:-1, 1 - axis], ring[1:, 1 - axis]])[edges], axis=1))
    return np.concatenate(found)


def _in_one_only(first: Floats, second: Floats) -> float:
    """The length that only one of two sets of intervals, (n, 2) and (m, 2), has."""
    places = np.concatenate([first[:, 0], first[:, 1], second[:, 0], second[:, 1]])
    steps = np.repeat([1, -1, 0], [len(first), len(first), 2 * len(second)])
    others = np.repeat([0, 1, -1], [2 * len(first), len(second), len(second)])
    order = np.argsort(places, kind="stable")
    one = (np.cumsum(steps[order]) > 0) != (np.cumsum(others[order]) > 0)
    return float(np.diff(places[order])[one[:-1]].sum())
