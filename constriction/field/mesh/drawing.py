"""The mirror cell in gmsh: collars as discrete entities, and between them plane surfaces of the built-in kernel.

Lengths in pitches; every function here needs gmsh initialised.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import gmsh
import numpy as np

from constriction.field.mesh.collars import Collar
from constriction.field.mesh.layouts.arrangement import Key, Name, arrange, corner_of, ends_of, key_of, name_of, ring_of
from constriction.field.mesh.rims import halved
from constriction.field.mesh.simplices import Ints
from constriction.geometry.outlines import Edge, Outline, Point

LINE, TRIANGLE = 1, 2  # gmsh's element types


@dataclass(frozen=True)
class Drawn:
    """Tags of gmsh entities.

    The surfaces of each kind, the `round_sides` among the sides, per collar the mesh node of each point of its skin.
    """

    spots: Sequence[int]
    rest: Sequence[int]
    bottom: int
    sides: Sequence[int]
    round_sides: Sequence[int]
    nodes: Sequence[Ints]


def draw(cell: Outline, spots: Sequence[Outline], collars: Sequence[Sequence[Collar]], depth: float) -> Drawn:
    """Draw the cell down to z = −depth; the collars of each spot's rims are cut out of it."""
    pencil = _Pencil()
    cell = halved(cell, spots)
    nodes = [pencil.collar(collar) for own in collars for collar in own]
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


# --- gmsh -----------------------------------------------------------------------------------------------------------


class _Pencil:
    """Draws points and curves once each, under the names of their ends; collars' curves are known by the same names."""

    def __init__(self) -> None:
        self.points: dict[tuple[Key, float], int] = {}
        self.curves: dict[tuple[Name, float], int] = {}
        self.skins: list[int] = []
        self.node = 0

    def point(self, at: Point, z: float) -> int:
        place = (key_of(at), z)
        if place not in self.points:
            self.points[place] = gmsh.model.geo.addPoint(at[0], at[1], z)
        return self.points[place]

    def curve(self, edge: Edge, z: float) -> int:
        """Tag of the curve, negative when it was drawn the other way round."""
        name, back = name_of(edge), name_of(edge.reversed())
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
        name = ((key_of(at), key_of(at), False), -depth)
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
                corner_of(collar, station, column), nodes[station, column], coordinates[station, column]
            )
            for station in dict.fromkeys((0, last))
            for column in (0, -1)
        }
        around = np.append(np.arange(len(nodes)), [0] if closed else []).astype(int)
        border = []
        for column in (0, -1):
            ends = [corners[0, column], corners[last, column]]
            places = coordinates[around[1:-1], column]
            border.append(self._discrete_curve(ring_of(collar, column), ends, nodes[around, column], places))
        if not closed:
            for station, edge in zip((0, -1), ends_of(collar), strict=True):
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
        self.points[key_of(at), 0.0] = tag
        return int(tag)

    def _discrete_curve(self, edge: Edge, ends: list[int], nodes: Ints, inner: np.ndarray) -> int:
        """A curve through mesh nodes (first and last belong to its end points)."""
        tag = gmsh.model.addDiscreteEntity(1, -1, ends)
        gmsh.model.mesh.addNodes(1, tag, nodes[1:-1], inner.ravel())
        gmsh.model.mesh.addElementsByType(tag, LINE, [], np.column_stack([nodes[:-1], nodes[1:]]).ravel())
        self.curves[name_of(edge), 0.0] = tag
        return int(tag)
