"""Planar shapes with exact edges: straight lines and arcs, spots cut at the cell, areas without approximation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely
from shapely.geometry import Polygon

Point = tuple[float, float]

SNAP = 1e-9  # relative to the size of what is drawn: nearer than this two points are one


@dataclass(frozen=True)
class Edge:
    """A straight edge, or an arc of at most 90° about `centre`; points in metres or in units of the caller's."""

    start: Point
    end: Point
    centre: Point | None = None

    @property
    def middle(self) -> Point:
        """The point half way along the edge."""
        x, y = 0.5 * (self.start[0] + self.end[0]), 0.5 * (self.start[1] + self.end[1])
        if self.centre is None:
            return x, y
        cx, cy = self.centre
        stretch = math.dist(self.start, self.centre) / math.hypot(x - cx, y - cy)
        return cx + stretch * (x - cx), cy + stretch * (y - cy)

    @property
    def swept_area(self) -> float:
        """½∮(x dy − y dx) along the edge: summed over a closed outline it is the area."""
        (x0, y0), (x1, y1) = self.start, self.end
        chord = 0.5 * (x0 * y1 - x1 * y0)
        if self.centre is None:
            return chord
        angle = self.turn
        return chord + 0.5 * math.dist(self.start, self.centre) ** 2 * (angle - math.sin(angle))

    @property
    def turn(self) -> float:
        """Signed angle of an arc, positive counter-clockwise, rad; 0 for a straight edge."""
        if self.centre is None:
            return 0.0
        (ax, ay), (bx, by), (cx, cy) = self.start, self.end, self.centre
        ux, uy, vx, vy = ax - cx, ay - cy, bx - cx, by - cy
        return math.atan2(ux * vy - uy * vx, ux * vx + uy * vy)

    def reversed(self) -> Edge:
        """The same edge walked the other way."""
        return Edge(self.end, self.start, self.centre)

    def points(self, per_circle: int) -> list[Point]:
        """The start and the inner points of the edge, arcs cut into chords."""
        if self.centre is None:
            return [self.start]
        (x, y), (cx, cy), angle = self.start, self.centre, self.turn
        count = max(1, math.ceil(per_circle * abs(angle) / (2 * math.pi) - 1e-9))
        turns = [angle * k / count for k in range(count)]
        return [
            (
                cx + (x - cx) * math.cos(t) - (y - cy) * math.sin(t),
                cy + (x - cx) * math.sin(t) + (y - cy) * math.cos(t),
            )
            for t in turns
        ]


@dataclass(frozen=True)
class Outline:
    """A closed chain of edges, counter-clockwise; `holes` are others inside it, clockwise.

    `size` is the radius or half side of the spot that was cut, in the points' unit; 0 for what is no spot.
    """

    edges: tuple[Edge, ...]
    size: float = 0.0
    holes: tuple[tuple[Edge, ...], ...] = ()

    @property
    def chains(self) -> tuple[tuple[Edge, ...], ...]:
        """The edges outside, and those of each hole."""
        return self.edges, *self.holes

    @property
    def area(self) -> float:
        """Exact area without the holes, in the square of the points' unit."""
        return math.fsum(edge.swept_area for chain in self.chains for edge in chain)

    def polygon(self, per_circle: int = 256) -> Polygon:
        """The outline as a shapely polygon, arcs as `per_circle` chords per full circle."""
        outer, *holes = ([p for edge in chain for p in edge.points(per_circle)] for chain in self.chains)
        return Polygon(outer, holes)


@dataclass(frozen=True)
class Spot:
    """A disc (size = radius) or an axis-parallel square (size = half its side), before it is cut at the cell."""

    shape: str
    x: float
    y: float
    size: float

    def cut(self, width: float, depth: float) -> Outline:
        """The part of the spot inside the rectangle [0, width] × [0, depth]."""
        if self.shape == "disc":
            return _cut_disc(self, width, depth)
        x0, x1 = max(self.x - self.size, 0.0), min(self.x + self.size, width)
        y0, y1 = max(self.y - self.size, 0.0), min(self.y + self.size, depth)
        return rectangle(x0, y0, x1, y1, self.size)


def rectangle(x0: float, y0: float, x1: float, y1: float, size: float = 0.0) -> Outline:
    """The outline of an axis-parallel rectangle."""
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    return Outline(tuple(Edge(a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)), size)


def _cut_disc(disc: Spot, width: float, depth: float) -> Outline:
    """Arcs inside the rectangle, joined along its edges where the disc sticks out."""
    angles = sorted({*_crossings(disc, width, depth), *(k * math.pi / 2 for k in range(4))})
    ring = angles + [angles[0] + 2 * math.pi]
    arcs = []
    for a, b in zip(ring, ring[1:], strict=False):
        mx, my = _on_circle(disc, 0.5 * (a + b))
        if b - a > SNAP and 0 < mx < width and 0 < my < depth:
            arcs.append(Edge(_on_circle(disc, a, width, depth), _on_circle(disc, b, width, depth), (disc.x, disc.y)))
    edges: list[Edge] = []
    for arc, following in zip(arcs, arcs[1:] + arcs[:1], strict=True):
        edges.append(arc)
        edges.extend(_along_border(arc.end, following.start, (width, depth)))
    return Outline(tuple(edges), disc.size)


def _on_circle(disc: Spot, angle: float, width: float = math.inf, depth: float = math.inf) -> Point:
    """A point of the circle; rounding that leaves it just beside the cell's edge is mended when the cell is given."""
    x, y = disc.x + disc.size * math.cos(angle), disc.y + disc.size * math.sin(angle)
    tolerance = SNAP * disc.size
    x = next((e for e in (0.0, disc.x, width) if abs(x - e) < tolerance), x) if width < math.inf else x
    y = next((e for e in (0.0, disc.y, depth) if abs(y - e) < tolerance), y) if depth < math.inf else y
    return x, y


def _crossings(disc: Spot, width: float, depth: float) -> list[float]:
    """Angles in [0, 2π) at which the circle crosses the lines of the rectangle."""
    angles = []
    for line in (0.0, width):
        if abs(line - disc.x) < disc.size:
            half = math.acos((line - disc.x) / disc.size)
            angles += [half, 2 * math.pi - half]
    for line in (0.0, depth):
        if abs(line - disc.y) < disc.size:
            half = math.asin((line - disc.y) / disc.size)
            angles += [half % (2 * math.pi), (math.pi - half) % (2 * math.pi)]
    right = [k * math.pi / 2 for k in range(4)]
    # the right angles are cut points anyway; rounding must not double them
    return [a for a in angles if all(abs(a - r) > SNAP for r in [*right, 2 * math.pi])]


def _along_border(start: Point, end: Point, sides: Point) -> list[Edge]:
    """From one arc to the next along the edge of a cell of these sides: straight, or round the corner in the disc."""
    if start == end:
        return []
    if start[0] == end[0] or start[1] == end[1]:
        return [Edge(start, end)]
    corner = (start[0], end[1]) if start[0] in (0.0, sides[0]) else (end[0], start[1])
    return [Edge(start, corner), Edge(corner, end)]


def polygons_of(shape: shapely.Geometry) -> list[Polygon]:
    """The polygons that a geometry is made of; lines and points are left out."""
    parts = getattr(shape, "geoms", [shape])
    return [part for part in parts if isinstance(part, Polygon) and part.area > 0]
