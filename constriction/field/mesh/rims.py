"""Rims of spots as curves: where they run, which way they face, how far away a point is.

Lengths in pitches.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from constriction.field.mesh.simplices import Reals
from constriction.field.mesh.straight import StraightRim
from constriction.geometry.outlines import Edge, Outline, Point


class Rim(Protocol):
    """The rim of one spot, walked with the spot on its left from t = 0 to 1; lengths in pitches."""

    @property
    def size(self) -> float:
        """Of its spot."""

    @property
    def closed(self) -> bool:
        """Whether it ends where it starts."""

    @property
    def length(self) -> float:
        """Along it."""

    @property
    def ends(self) -> tuple[Point, Point]:
        """Where it starts and ends."""

    @property
    def breaks(self) -> tuple[float, ...]:
        """The t of its ends and corners, rising."""

    @property
    def turn(self) -> float:
        """The angle that it turns through from start to end, in radians; 0 where it is straight."""

    @property
    def sides(self) -> tuple[Point, ...]:
        """Ways along the straight mirrors that it ends on, unit vectors; of an arc none are told."""

    @property
    def bends(self) -> Reals:
        """The angle that it turns through at each of its `breaks`, rad; at ends through that with its mirror image."""

    @property
    def openness(self) -> float:
        """Tangent of half the sharpest corner's angle, inside or outside the spot; one where none is below 90°."""

    def at(self, t: Reals) -> tuple[Reals, Reals]:
        """Points and normals away from the spot, both (len(t), 2); at a corner the mitre, longer than one."""

    def straightened(self, t: Reals) -> Reals:
        """Points at t of a polygon that encloses with the spot the same area as the rim, (len(t), 2)."""

    def distance(self, points: Reals) -> Reals:
        """Distance of points (n, 3) near it, (n,)."""


@dataclass(frozen=True)
class CurvedRim:
    """A rim that is a circle or an arc between two mirrors; `turn` is below zero round a hole."""

    start: Point
    end: Point
    centre: Point
    turn: float
    size: float
    sides: tuple[Point, ...] = ()

    @property
    def ends(self) -> tuple[Point, Point]:
        """Where the arc starts and ends."""
        return self.start, self.end

    @property
    def breaks(self) -> tuple[float, ...]:
        """No corners: the ends' t."""
        return 0.0, 1.0

    @property
    def closed(self) -> bool:
        """Whether it is a whole circle."""
        return abs(self.turn) > 2 * math.pi - 1e-9

    @property
    def length(self) -> float:
        """Arc length."""
        return abs(self.turn) * math.dist(self.start, self.centre)

    @property
    def bends(self) -> Reals:
        """No corners."""
        return np.zeros(2)

    @property
    def openness(self) -> float:
        """No corners."""
        return 1.0

    def at(self, t: Reals) -> tuple[Reals, Reals]:
        """Points and unit normals."""
        arm = np.array(self.start) - self.centre
        c, s = np.cos(self.turn * t), np.sin(self.turn * t)
        turned = np.column_stack([c * arm[0] - s * arm[1], s * arm[0] + c * arm[1]])
        if not self.closed:  # exactly on the mirrors
            turned[t == 0], turned[t == 1] = arm, np.array(self.end) - self.centre
        return self.centre + turned, math.copysign(1.0, self.turn) * turned / np.linalg.norm(arm)

    def straightened(self, t: Reals) -> Reals:
        """Points, moved out so that their polygon has the arc's area.

        Rim edges are straight because a curved one spoils the quarter-point elements: its sagitta enters their
        mapping linearly in the parametric distance τ to the rim, while the distance itself goes as τ², so the
        elements would fold at the rim.
        """
        angles = abs(self.turn) * (np.diff(t, append=1.0 + t[0]) if self.closed else np.diff(t))
        growth = angles / np.sin(angles)
        if self.closed:
            before, after = np.roll(growth, 1), growth
        else:
            before, after = np.append(growth[:1], growth), np.append(growth, growth[-1:])
        # the local excess, times a number near one that makes the area exact; a factor for all would move a neck whose
        # stations are near each other by what others lack, more than the neck is wide
        excess = np.sqrt(0.5 * (before + after)) - 1
        following = np.roll(excess, -1) if self.closed else excess[1:]
        leading = excess[: len(angles)]
        square, linear = (float(np.sum(e * np.sin(angles))) for e in (leading * following, leading + following))
        missing = abs(self.turn) - float(np.sum(np.sin(angles)))
        factor = 1 + excess * (2 * missing / (linear + math.sqrt(linear**2 + 4 * square * missing)))
        return np.asarray(self.centre + factor[:, None] * (self.at(t)[0] - self.centre))

    def distance(self, points: Reals) -> Reals:
        """Distance of points (n, 3) to the whole circle, (n,)."""
        beside = np.linalg.norm(points[:, :2] - self.centre, axis=1) - math.dist(self.start, self.centre)
        return np.hypot(beside, points[:, 2])


def rim_edges(cell: Outline, spot: Outline) -> list[Edge]:
    """The edges of a spot that are not on the cell's border."""
    return [edge for edge in spot.edges if not any(_lies_on(edge, side) for side in cell.edges)]


def _lies_on(edge: Edge, side: Edge) -> bool:
    if edge.centre is not None or side.centre is not None:
        return False
    return all(place_on(p, side)[1] < 1e-9 for p in (edge.start, edge.end))


def place_on(point: Point, side: Edge) -> tuple[float, float]:
    """Distance along and beside a straight edge."""
    (x0, y0), (x1, y1), (x, y) = side.start, side.end, point
    dx, dy = x1 - x0, y1 - y0
    length = math.hypot(dx, dy)
    return ((x - x0) * dx + (y - y0) * dy) / length, abs((x - x0) * dy - (y - y0) * dx) / length


def rims_in(cell: Outline, spot: Outline) -> list[Rim]:
    """The rims of one spot: pieces of its outline from side to side of the cell, or all of it; and its holes."""
    found = []
    for chain in spot.chains:
        edges = rim_edges(cell, Outline(chain))
        size = spot.size if chain is spot.edges else min(spot.size, _width_of(chain))
        ends = {edge.end for edge in edges}
        firsts = [k for k, edge in enumerate(edges) if edge.start not in ends] or [0] * bool(edges)
        for first, following in zip(firsts, [*firsts[1:], firsts[0] + len(edges)] if firsts else [], strict=True):
            found.append(_rim_of([edges[k % len(edges)] for k in range(first, following)], size, cell))
    return found


def _width_of(chain: Sequence[Edge]) -> float:
    """Twice the area of a hole over its rim."""
    return 2 * abs(sum(edge.swept_area for edge in chain)) / sum(math.dist(edge.start, edge.end) for edge in chain)


def _rim_of(edges: Sequence[Edge], size: float, cell: Outline) -> Rim:
    """The rim of edges that follow each other off the cell's border, the spot on their left."""
    centre = edges[0].centre
    if centre is not None:
        turn, radius = sum(edge.turn for edge in edges), math.dist(edges[0].start, centre)
        return CurvedRim(edges[0].start, edges[-1].end, centre, turn, min(size, radius) if turn < 0 else size)
    corners = (edges[0].start, *(edge.end for edge in edges))
    ends = () if corners[0] == corners[-1] else (corners[0], corners[-1])
    return StraightRim(corners, size, tuple(_side_at(end, cell) for end in ends))


def _side_at(point: Point, cell: Outline) -> Point:
    """The way along the straight side that a point is on."""
    straight = [side for side in cell.edges if side.centre is None]
    side = min(straight, key=lambda one: place_on(point, one)[1])
    length = math.dist(side.start, side.end)
    return (side.end[0] - side.start[0]) / length, (side.end[1] - side.start[1]) / length


@dataclass(frozen=True)
class Surroundings:
    """What is near a rim, at places t along it, rising from 0 to 1; all (len(t),), lengths in pitches.

    The collar's radius goes with the `room`, the distance of the stations with the `pace`; sizes are `scale` × what
    they were without, one where all rims have the same fineness.
    """

    t: Reals
    room: Reals
    pace: Reals
    scale: Reals


def halved(cell: Outline, spots: Sequence[Outline]) -> Outline:
    """The cell with its arcs cut in the middle if a square is in it.

    There the corner is nearest, and the small sizes of a short way are only seen by gmsh at the ends of curves.
    """
    if all(edge.centre is not None for spot in spots for edge in rim_edges(cell, spot)):
        return cell
    return Outline(tuple(half for edge in cell.edges for half in _halves(edge)))


def _halves(edge: Edge) -> list[Edge]:
    if edge.centre is None:
        return [edge]
    return [Edge(edge.start, edge.middle, edge.centre), Edge(edge.middle, edge.end, edge.centre)]
