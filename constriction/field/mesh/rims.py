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
    """A rim that is a circle or an arc between two mirrors."""

    start: Point
    end: Point
    centre: Point
    turn: float
    size: float

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
        return self.turn > 2 * math.pi - 1e-9

    @property
    def length(self) -> float:
        """Arc length."""
        return self.turn * math.dist(self.start, self.centre)

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
        return self.centre + turned, turned / np.linalg.norm(arm)

    def straightened(self, t: Reals) -> Reals:
        """Points, moved out so that their polygon has the arc's area.

        Rim edges are straight because a curved one spoils the quarter-point elements: its sagitta enters their
        mapping linearly in the parametric distance τ to the rim, while the distance itself goes as τ², so the
        elements would fold at the rim.
        """
        angles = self.turn * (np.diff(t, append=1.0 + t[0]) if self.closed else np.diff(t))
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
        missing = self.turn - float(np.sum(np.sin(angles)))
        factor = 1 + excess * (2 * missing / (linear + math.sqrt(linear**2 + 4 * square * missing)))
        return np.asarray(self.centre + factor[:, None] * (self.at(t)[0] - self.centre))

    def distance(self, points: Reals) -> Reals:
        """Distance of points (n, 3) to the whole circle, (n,)."""
        beside = np.linalg.norm(points[:, :2] - self.centre, axis=1) - math.dist(self.start, self.centre)
        return np.hypot(beside, points[:, 2])


@dataclass(frozen=True)
class StraightRim:
    """A rim of straight pieces through `corners`; its ends are the first and the last (one point if it is closed)."""

    corners: tuple[Point, ...]
    size: float
    turn: float = 0.0

    @property
    def closed(self) -> bool:
        """Whether it ends where it starts."""
        return self.corners[0] == self.corners[-1]

    @property
    def ends(self) -> tuple[Point, Point]:
        """The first and the last corner."""
        return self.corners[0], self.corners[-1]

    @property
    def _pieces(self) -> Reals:
        return np.diff(np.array(self.corners), axis=0)

    @property
    def length(self) -> float:
        """Length of all pieces."""
        return float(np.sum(np.linalg.norm(self._pieces, axis=1)))

    @property
    def breaks(self) -> tuple[float, ...]:
        """The corners' t."""
        along = np.cumsum(np.linalg.norm(self._pieces, axis=1)) / self.length
        return (0.0, *along[:-1].tolist(), 1.0)

    @property
    def openness(self) -> float:
        """From the angles between pieces."""
        along = self._pieces / np.linalg.norm(self._pieces, axis=1)[:, None]
        ahead = np.roll(along, -1, axis=0) if self.closed else along[1:]
        cosines = np.sum(along[: len(ahead)] * ahead, axis=1)  # of the turn: half the angle is 90° less half of it
        least = round(min(cosines.tolist(), default=0.0), 9)
        return min(math.sqrt((1 + least) / (1 - least)), 1.0)

    def at(self, t: Reals) -> tuple[Reals, Reals]:
        """Points and normals, at corners the mitre."""
        breaks, corners = np.array(self.breaks), np.array(self.corners)
        points = np.column_stack([np.interp(t, breaks, corners[:, axis]) for axis in (0, 1)])
        along = self._pieces / np.linalg.norm(self._pieces, axis=1)[:, None]
        sides = np.column_stack([along[:, 1], -along[:, 0]])
        ends = (sides[-1:], sides[:1]) if self.closed else (sides[:1], sides[-1:])
        before, after = np.concatenate([ends[0], sides]), np.concatenate([sides, ends[1]])
        mitres = (before + after) / (1 + np.sum(before * after, axis=1))[:, None]
        piece = np.clip(np.searchsorted(breaks, t, side="right") - 1, 0, len(sides) - 1)
        normals = sides[piece]
        for mitre, place in zip(mitres, breaks, strict=True):
            normals[np.abs(t - place) < 1e-12] = mitre
        return points, normals

    def straightened(self, t: Reals) -> Reals:
        """The points themselves."""
        return self.at(t)[0]

    def distance(self, points: Reals) -> Reals:
        """Distance of points (n, 3), (n,)."""
        beside = np.full(len(points), np.inf)
        for start, piece in zip(np.array(self.corners)[:-1], self._pieces, strict=True):
            arm = points[:, :2] - start
            along = np.clip(arm @ piece / (piece @ piece), 0, 1)
            beside = np.minimum(beside, np.linalg.norm(arm - along[:, None] * piece, axis=1))
        return np.asarray(np.hypot(beside, points[:, 2]))


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


def rim_of(edges: Sequence[Edge], size: float) -> Rim:
    """The rim of one spot from its edges off the cell's border, counter-clockwise."""
    ends = {edge.end for edge in edges}
    first = next((k for k, edge in enumerate(edges) if edge.start not in ends), 0)
    ordered = [*edges[first:], *edges[:first]]
    centre = ordered[0].centre
    if centre is not None:
        return CurvedRim(ordered[0].start, ordered[-1].end, centre, sum(edge.turn for edge in ordered), size)
    return StraightRim((ordered[0].start, *(edge.end for edge in ordered)), size)


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
