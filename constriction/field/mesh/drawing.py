"""The mirror cell in gmsh: collars as discrete entities, and between them plane surfaces of the built-in kernel.

Lengths in pitches; every function here needs gmsh initialised.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import gmsh
import numpy as np
from shapely.geometry import Point as Place

from constriction.field.mesh.collars import Collar
from constriction.field.mesh.rims import halved, place_on, rim_edges
from constriction.field.mesh.simplices import Ints
from constriction.geometry.outlines import Edge, Outline, Point

Key = tuple[int, int]
Name = tuple[Key, Key, bool]
LINE, TRIANGLE = 1, 2  # gmsh's element types


@dataclass(frozen=True)
class Ring(Edge):
    """An edge of a collar's skin on the plane z = 0; a straight edge may have the same ends."""

    def reversed(self) -> Ring:
        """The same edge walked the other way."""
        return Ring(self.end, self.start)


@dataclass(frozen=True)
class Drawn:
    """Tags of gmsh entities.

    The surfaces of each kind, the `round_sides` among the sides, per collar the mesh node of each point of its skin.
    """

    spots: list[int]
    rest: list[int]
    bottom: int
    sides: list[int]
    round_sides: list[int]
    nodes: list[Ints]


@dataclass(frozen=True)
class Arrangement:
    """The plan cut into loops of edges.

    `border` per cell edge its pieces, `spots` and `rest` what gmsh fills, each region an outer loop and its holes.
    """

    border: list[list[Edge]]
    spots: list[list[list[Edge]]]
    rest: list[list[list[Edge]]]


def draw(cell: Outline, spots: Sequence[Outline], collars: Sequence[Collar], depth: float) -> Drawn:
    """Draw the cell down to z = −depth; collars are cut out of it."""
    pencil = _Pencil()
    cell = halved(cell, spots)
    nodes = [pencil.collar(collar) for collar in collars]
    skins = list(pencil.skins)
    parts = arrange(cell, spots, collars)
    geo = gmsh.model.geo
    filled = [geo.addPlaneSurface([pencil.loop(loop) for loop in loops]) for loops in parts.spots]
    rest = [geo.addPlaneSurface([pencil.loop(loop) for loop in loops]) for loops in parts.rest]
    bottom = geo.addPlaneSurface([pencil.loop(cell.edges, -depth)])
    sides = [pencil.side(edge, top, depth) for edge, top in zip(cell.edges, parts.border, strict=True)]
    geo.addVolume([geo.addSurfaceLoop([*filled, *rest, bottom, *sides, *skins])])
    geo.synchronize()
    return Drawn(
        spots=filled,
        rest=rest,
        bottom=bottom,
        sides=sides,
        round_sides=[side for side, edge in zip(sides, cell.edges, strict=True) if edge.centre is not None],
        nodes=nodes,
    )


# --- the plan without collars ---------------------------------------------------------------------------------------


def arrange(cell: Outline, spots: Sequence[Outline], collars: Sequence[Collar]) -> Arrangement:
    """Split a cell into the insides of the spots and the rest, both without the collars."""
    insides: list[list[Edge]] = []
    free_rims: list[Edge] = []
    rings: list[Edge] = []
    stops: list[Point] = []
    cut_away: set[Name] = set()
    for spot, collar in zip(spots, collars, strict=True):
        if collar.of.closed:
            insides.append([_ring(collar, -1)])
            rings.append(_ring(collar, 0))
        else:
            insides.append(_inside(spot, rim_edges(cell, spot), collar))
            free_rims.append(_ring(collar, 0).reversed())
            stops += _points((*insides[-1], _ring(collar, 0)))
            cut_away |= _names(_ends(collar)) | _names(end.reversed() for end in _ends(collar))
    border = [_split(edge, stops) for edge in cell.edges]
    taken = cut_away.union(*map(_names, insides))
    free = [piece for side in border for piece in side if _name(piece) not in taken]
    return Arrangement(border, [[inside] for inside in insides], _nest(_chain(free + free_rims), rings))


def _corner(collar: Collar, station: int, column: int) -> Point:
    x, y, _ = collar.points[collar.outer[station, column]].tolist()
    return x, y


def _ring(collar: Collar, column: int) -> Ring:
    """The skin's edge on the plane, beside (column 0) or inside (−1) the spot."""
    last = 0 if collar.of.closed else -1
    return Ring(_corner(collar, 0, column), _corner(collar, last, column))


def _ends(collar: Collar) -> list[Edge]:
    """The two ends of an open collar on the mirror planes, from inside the spot to beside it, as edges."""
    return [Edge(_corner(collar, station, -1), _corner(collar, station, 0)) for station in (0, -1)]


def _inside(spot: Outline, rim: Sequence[Edge], collar: Collar) -> list[Edge]:
    """The spot's outline with the rim moved inwards to the collar's inner ring."""
    ring = _ring(collar, -1)
    moved = {_key(end): corner for end, corner in zip(collar.of.ends, (ring.start, ring.end), strict=True)}
    names = _names(rim)
    border = [edge for edge in spot.edges if _name(edge) not in names]
    return [ring, *(Edge(moved.get(_key(e.start), e.start), moved.get(_key(e.end), e.end)) for e in border)]


def _key(point: Point) -> Key:
    """Points that are equal but for rounding have one key."""
    return round(point[0] * 1e9), round(point[1] * 1e9)


def _name(edge: Edge) -> Name:
    return _key(edge.start), _key(edge.end), isinstance(edge, Ring)


def _names(edges: Iterable[Edge]) -> set[Name]:
    return {_name(edge) for edge in edges}


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
    """Join edges end to start into closed loops."""
    following = {_key(edge.start): edge for edge in edges}
    loops = []
    while following:
        _, edge = following.popitem()
        loop = [edge]
        while _key(loop[-1].end) in following:
            loop.append(following.pop(_key(loop[-1].end)))
        loops.append(loop)
    return loops


def _nest(loops: Sequence[list[Edge]], rings: Sequence[Edge]) -> list[list[list[Edge]]]:
    """Group each outer loop (positive area) with the holes inside it; `rings` are holes of one edge."""
    outers = [loop for loop in loops if Outline(tuple(loop)).area > 0]
    holes = [loop for loop in loops if Outline(tuple(loop)).area <= 0] + [[ring] for ring in rings]
    if len(outers) == 1:
        return [[outers[0], *holes]]
    return [[outer, *_holes_of(outer, holes)] for outer in outers]


def _holes_of(outer: list[Edge], holes: Sequence[list[Edge]]) -> list[list[Edge]]:
    polygon = Outline(tuple(outer)).polygon(64)
    return [hole for hole in holes if polygon.contains(Place(hole[0].start))]


# --- gmsh -----------------------------------------------------------------------------------------------------------


class _Pencil:
    """Draws points and curves once each, under the names of their ends; collars' curves are known by the same names."""

    def __init__(self) -> None:
        self.points: dict[tuple[Key, float], int] = {}
        self.curves: dict[tuple[Name, float], int] = {}
        self.skins: list[int] = []
        self.node = 0

    def point(self, at: Point, z: float) -> int:
        place = (_key(at), z)
        if place not in self.points:
            self.points[place] = gmsh.model.geo.addPoint(at[0], at[1], z)
        return self.points[place]

    def curve(self, edge: Edge, z: float) -> int:
        """Tag of the curve, negative when it was drawn the other way round."""
        name, back = _name(edge), _name(edge.reversed())
        if (name, z) in self.curves:
            return self.curves[name, z]
        if (back, z) in self.curves:
            return -self.curves[back, z]
        start, end = self.point(edge.start, z), self.point(edge.end, z)
        if edge.centre is None:
            tag = gmsh.model.geo.addLine(start, end)
        else:
            tag = gmsh.model.geo.addCircleArc(start, self.point(edge.centre, z), end)
        self.curves[name, z] = tag
        return int(tag)

    def loop(self, edges: Iterable[Edge], z: float = 0.0) -> int:
        return int(gmsh.model.geo.addCurveLoop([self.curve(edge, z) for edge in edges]))

    def side(self, edge: Edge, top: Sequence[Edge], depth: float) -> int:
        geo = gmsh.model.geo
        left, right = (self._upright(point, depth) for point in (edge.start, edge.end))
        upper = [-self.curve(piece, 0.0) for piece in reversed(top)]
        loop = geo.addCurveLoop([self.curve(edge, -depth), right, *upper, -left])
        return int(geo.addPlaneSurface([loop]) if edge.centre is None else geo.addSurfaceFilling([loop]))

    def _upright(self, at: Point, depth: float) -> int:
        name = ((_key(at), _key(at), False), -depth)
        if name not in self.curves:
            self.curves[name] = gmsh.model.geo.addLine(self.point(at, -depth), self.point(at, 0.0))
        return self.curves[name]

    def collar(self, collar: Collar) -> Ints:
        """Add a collar's skin and its border as discrete entities; returns the skin's nodes, (stations, columns)."""
        nodes = self.node + 1 + np.arange(collar.outer.size).reshape(collar.outer.shape)
        self.node += collar.outer.size
        coordinates = collar.points[collar.outer]
        closed = collar.of.closed
        last = 0 if closed else -1
        corners = {
            (station, column): self._discrete_point(
                _corner(collar, station, column), nodes[station, column], coordinates[station, column]
            )
            for station in dict.fromkeys((0, last))
            for column in (0, -1)
        }
        around = np.append(np.arange(len(nodes)), [0] if closed else []).astype(int)
        border = []
        for column in (0, -1):
            ends = [corners[0, column], corners[last, column]]
            places = coordinates[around[1:-1], column]
            border.append(self._discrete_curve(_ring(collar, column), ends, nodes[around, column], places))
        if not closed:
            for station, edge in zip((0, -1), _ends(collar), strict=True):
                ends = [corners[station, -1], corners[station, 0]]
                border.append(self._discrete_curve(edge, ends, nodes[station, ::-1], coordinates[station, -2:0:-1]))
        skin = gmsh.model.addDiscreteEntity(2, -1, border)
        rows = slice(None) if closed else slice(1, -1)
        gmsh.model.mesh.addNodes(2, skin, nodes[rows, 1:-1].ravel(), coordinates[rows, 1:-1].ravel())
        place = np.zeros(len(collar.points), dtype=np.int64)
        place[collar.outer] = nodes
        gmsh.model.mesh.addElementsByType(skin, TRIANGLE, [], place[collar.skin].ravel())
        self.skins.append(skin)
        return nodes

    def _discrete_point(self, at: Point, node: int, coordinates: np.ndarray) -> int:
        tag = gmsh.model.addDiscreteEntity(0)
        gmsh.model.setCoordinates(tag, *coordinates)
        gmsh.model.mesh.addNodes(0, tag, [node], coordinates)
        self.points[_key(at), 0.0] = tag
        return int(tag)

    def _discrete_curve(self, edge: Edge, ends: list[int], nodes: Ints, inner: np.ndarray) -> int:
        """A curve through mesh nodes (first and last belong to its end points)."""
        tag = gmsh.model.addDiscreteEntity(1, -1, ends)
        gmsh.model.mesh.addNodes(1, tag, nodes[1:-1], inner.ravel())
        gmsh.model.mesh.addElementsByType(tag, LINE, [], np.column_stack([nodes[:-1], nodes[1:]]).ravel())
        self.curves[_name(edge), 0.0] = tag
        return int(tag)
