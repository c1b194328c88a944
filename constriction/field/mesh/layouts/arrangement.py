"""The plane of a cell without the collars of its rims: what gmsh fills inside the spots, and beside them.

Lengths in pitches.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import shapely
from shapely.geometry import Polygon

from constriction.field.mesh.collars import Collar
from constriction.field.mesh.rims import place_on, rim_edges
from constriction.geometry.outlines import Edge, Outline, Point

Key = tuple[int, int]
Name = tuple[Key, Key, bool]
Loops = list[list[Edge]]
"""An outer loop of edges and its holes."""


@dataclass(frozen=True)
class Ring(Edge):
    """An edge of a collar's skin on the plane z = 0, through `line`; a straight edge may have the same ends."""

    line: tuple[Point, ...] = field(default=(), compare=False)

    def reversed(self) -> Ring:
        """The same edge walked the other way."""
        return Ring(self.end, self.start, line=self.line[::-1])

    def points(self, per_circle: int) -> list[Point]:
        """The start and the inner points."""
        del per_circle
        return list(self.line[:-1])


@dataclass(frozen=True)
class Arrangement:
    """The plane cut into loops of edges.

    `border` per cell edge its pieces, `spots` and `rest` what gmsh fills.
    """

    border: Sequence[Sequence[Edge]]
    spots: Sequence[Loops]
    rest: Sequence[Loops]


def arrange(cell: Outline, spots: Sequence[Outline], collars: Sequence[Sequence[Collar]]) -> Arrangement:
    """Split a cell into the insides of the spots and the rest, both without the collars of each spot's rims."""
    insides = [_inside(cell, spot, own) for spot, own in zip(spots, collars, strict=True)]
    within, every = list(chain.from_iterable(insides)), list(chain.from_iterable(collars))
    outer = [ring_of(collar, 0).reversed() for collar in every]
    ends = list(chain.from_iterable(map(ends_of, every)))
    border = [_split(edge, _points([*within, *outer])) for edge in cell.edges]
    taken = _names(ends) | {name_of(end.reversed()) for end in ends} | _names(within)
    free = [piece for side in border for piece in side if name_of(piece) not in taken]
    rest = _nest(_chain([*free, *outer]))
    return Arrangement(border, [_loops_of(inside) for inside in insides], rest)


def corner_of(collar: Collar, station: int, column: int) -> Point:
    """A point of a collar's skin on the plane, beside (column 0) or inside (−1) the spot."""
    x, y, _ = collar.points[collar.outer[station, column]].tolist()
    return x, y


def ring_of(collar: Collar, column: int) -> Ring:
    """The skin's edge on the plane, beside (column 0) or inside (−1) the spot."""
    points = [(x, y) for x, y in collar.points[collar.outer[:, column], :2].tolist()]
    line = (*points, points[0]) if collar.of.closed else tuple(points)
    return Ring(line[0], line[-1], line=line)


def ends_of(collar: Collar) -> list[Edge]:
    """The two ends of an open collar on the mirror planes, from inside the spot to beside it, as edges; else none."""
    if collar.of.closed:
        return []
    return [Edge(corner_of(collar, station, -1), corner_of(collar, station, 0)) for station in (0, -1)]


def _inside(cell: Outline, spot: Outline, collars: Sequence[Collar]) -> list[Edge]:
    """The edges round a spot with its rims moved inwards to the collars' inner rings."""
    rings = [ring_of(collar, -1) for collar in collars]
    moved = {
        key_of(end): corner
        for collar, ring in zip(collars, rings, strict=True)
        if not collar.of.closed
        for end, corner in zip(collar.of.ends, (ring.start, ring.end), strict=True)
    }
    rims = _names(chain.from_iterable(rim_edges(cell, Outline(edges)) for edges in spot.chains))
    border = [edge for edge in chain.from_iterable(spot.chains) if name_of(edge) not in rims]
    kept = [Edge(moved.get(key_of(e.start), e.start), moved.get(key_of(e.end), e.end)) for e in border]
    return [*rings, *kept]


def _loops_of(inside: list[Edge]) -> Loops:
    """The outer loop of a spot's edges and those of its holes."""
    loops = _chain(inside)
    return _nest(loops)[0] if len(loops) > 1 else [inside]


def key_of(point: Point) -> Key:
    """Points that are equal but for rounding have one key."""
    return round(point[0] * 1e9), round(point[1] * 1e9)


def name_of(edge: Edge) -> Name:
    """Edges with the same ends have one name, but for those of collars."""
    return key_of(edge.start), key_of(edge.end), isinstance(edge, Ring)


def _names(edges: Iterable[Edge]) -> set[Name]:
    return {name_of(edge) for edge in edges}


def _points(edges: Iterable[Edge]) -> list[Point]:
    return [point for edge in edges for point in (edge.start, edge.end)]


def _split(edge: Edge, points: Iterable[Point]) -> list[Edge]:
    """Cut a straight edge at those of the points which lie inside it; arcs of the cell are never touched by a spot."""
    if edge.centre is not None:
        return [edge]
    length = math.dist(edge.start, edge.end)
    cuts = {}
    for point in points:
        along, beside = place_on(point, edge)
        if beside < 1e-9 and 1e-9 < along < length - 1e-9:
            cuts[round(along, 9)] = point
    stops = [edge.start, *(cuts[k] for k in sorted(cuts)), edge.end]
    return [Edge(a, b) for a, b in zip(stops, stops[1:], strict=False)]


def _chain(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Join edges end to start into closed loops, those of one edge last."""
    following = {key_of(edge.start): edge for edge in edges if key_of(edge.start) != key_of(edge.end)}
    loops = []
    while following:
        _, edge = following.popitem()
        loop = [edge]
        while key_of(loop[-1].end) in following:
            loop.append(following.pop(key_of(loop[-1].end)))
        loops.append(loop)
    return loops + [[edge] for edge in edges if isinstance(edge, Ring) and key_of(edge.start) == key_of(edge.end)]


def _nest(loops: Sequence[list[Edge]]) -> list[Loops]:
    """Group each outer loop (counter-clockwise) with the holes inside it."""
    polygons = [Polygon(Outline(tuple(loop)).polygon(64).exterior) for loop in loops]
    outers = [k for k, polygon in enumerate(polygons) if polygon.exterior.is_ccw]
    groups: dict[int, Loops] = {k: [loops[k]] for k in outers}
    for k, polygon in enumerate(polygons):
        if k not in groups:
            place = shapely.Point(polygon.exterior.coords[0])
            around = [outer for outer in outers if polygons[outer].contains(place)]
            groups[min(around, key=lambda outer: polygons[outer].area)].append(loops[k])
    return list(groups.values())
