"""A structured collar of tetrahedra round each smooth rim, graded across the rim and long along it.

Near a rim the potential varies fast across it and slowly along it. The collar is a half tube below the rim, cut into
sectors at stations along the rim; with mid-nodes at the quarter points its elements hold √r in every direction, as
all points of its skin at one station have one distance from the rim. Unstructured elements, of which many touch a rim
with a single corner, do not: for the same error they take four times the unknowns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from constriction.field.mesh.simplices import split_prisms, split_quadrilaterals
from constriction.geometry.outlines import Edge

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]
Place = tuple[float, float]

CORNER_SLOPE = 0.5
LARGEST_RADIUS = (
    0.45  # / room: the collars of two neighbours and some elements between them must fit into twice the room
)
LARGEST_TURN = math.pi / 4  # of an arc from station to station


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
    def ends(self) -> tuple[Place, Place]:
        """Where it starts and ends."""

    @property
    def breaks(self) -> tuple[float, ...]:
        """The t of its ends and corners, rising."""

    @property
    def turn(self) -> float:
        """The angle that it turns through from start to end, in radians; 0 where it is straight."""

    def at(self, t: Reals) -> tuple[Reals, Reals]:
        """Points and normals away from the spot, both (len(t), 2); at a corner the mitre, longer than one."""

    def straightened(self, t: Reals) -> Reals:
        """Points at t of a polygon that encloses with the spot the same area as the rim, (len(t), 2)."""

    def distance(self, points: Reals) -> Reals:
        """Distance of points (n, 3) near it, (n,)."""


@dataclass(frozen=True)
class CurvedRim:
    """A rim that is a circle or an arc between two mirrors."""

    start: Place
    end: Place
    centre: Place
    turn: float
    size: float

    @property
    def ends(self) -> tuple[Place, Place]:
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

    corners: tuple[Place, ...]
    size: float

    @property
    def turn(self) -> float:
        """Straight pieces do not turn."""
        return 0.0

    @property
    def closed(self) -> bool:
        """Whether it ends where it starts."""
        return self.corners[0] == self.corners[-1]

    @property
    def ends(self) -> tuple[Place, Place]:
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


@dataclass(frozen=True)
class Surroundings:
    """What is near a rim, at places t along it, rising from 0 to 1; all (len(t),), lengths in pitches.

    The collar's radius goes with the `room`, the distance of the stations with the `pace`; sizes are `fineness` × what
    they were without, one where all rims have the same level.
    """

    t: Reals
    room: Reals
    pace: Reals
    fineness: Reals


@dataclass(frozen=True)
class CollarPlan:
    """How a collar is cut.

    `radius` / room at the rim, `sectors` of the half circle, `spacing` of the stations / pace. At a corner room and
    pace are `corner` × the spot's size, and CORNER_SLOPE × the distance from it more beside it.
    """

    radius: float
    spacing: float
    sectors: int
    corner: float


@dataclass(frozen=True)
class Collar:
    """The collar of one rim. Numbers are local: a point's is its row in `points`.

    `rim` (stations,), `outer` (stations, sectors + 1): points of the rim and of the skin, the latter from the side of
    the rest (column 0) to the spot's (last column). `skin` are the triangles of the outer surface; `rest` and `spot`
    those on the plane z = 0 beside and inside the spot; `ends` those on mirror planes. `radii`, `spacings`
    (stations,) in pitches; `fineness` there.
    """

    of: Rim
    points: Reals
    cells: Ints
    rim: Ints
    outer: Ints
    skin: Ints
    rest: Ints
    spot: Ints
    ends: Ints
    radii: Reals
    spacings: Reals
    fineness: Reals


def rim_of(edges: Sequence[Edge], size: float) -> Rim:
    """The rim of one spot from its edges off the cell's border, counter-clockwise."""
    ends = {edge.end for edge in edges}
    first = next((k for k, edge in enumerate(edges) if edge.start not in ends), 0)
    ordered = [*edges[first:], *edges[:first]]
    centre = ordered[0].centre
    if centre is not None:
        return CurvedRim(ordered[0].start, ordered[-1].end, centre, sum(edge.turn for edge in ordered), size)
    return StraightRim((ordered[0].start, *(edge.end for edge in ordered)), size)


def build_collar(rim: Rim, surroundings: Surroundings, plan: CollarPlan) -> Collar:
    """Cut the collar of a rim.

    Args:
        rim: the rim.
        surroundings: of it.
        plan: how to cut.
    """
    away = _away_from_corners(rim, surroundings.t)
    fineness = surroundings.fineness
    limit = plan.corner * rim.size * fineness**2 + CORNER_SLOPE * away
    pace = np.minimum(surroundings.pace, fineness * limit)
    t = _stations(rim, surroundings.t, pace, plan)
    # inside the spot the skin of one edge must not cross that of the next: radius < distance from the corner
    first_step = plan.spacing * np.min(pace[away == 0], initial=np.inf)
    share = np.minimum(plan.radius * fineness, max(plan.radius, LARGEST_RADIUS))
    radius = np.minimum(share * np.minimum(surroundings.room, limit), 0.5 * first_step + 0.4 * away)
    radii = np.interp(t, surroundings.t, radius)
    feet, normals = rim.straightened(t), rim.at(t)[1]
    angles = np.linspace(0, math.pi, plan.sectors + 1)
    out, down = radii[:, None] * np.cos(angles), radii[:, None] * np.sin(angles)
    down[:, [0, -1]] = 0.0  # exactly on the plane
    flat = feet[:, None, :] + out[..., None] * normals[:, None, :]
    ring = np.concatenate([flat, -down[..., None]], axis=2)
    points = np.concatenate([np.column_stack([feet, np.zeros(len(t))]), ring.reshape(-1, 3)])
    numbers = np.arange(len(points))
    collar = _connect(rim, points, numbers[: len(t)], numbers[len(t) :].reshape(len(t), -1), radii)
    return replace(collar, fineness=np.interp(t, surroundings.t, fineness))


def _away_from_corners(rim: Rim, t: Reals) -> Reals:
    """Distance along the rim to the nearest corner at places t; inf if there is none."""
    corners = rim.breaks if rim.closed and len(rim.breaks) > 2 else rim.breaks[1:-1]
    away: Reals = np.full(len(t), np.inf)
    for corner in corners:
        away = np.minimum(away, rim.length * np.abs(t - corner))
    return away


def _stations(rim: Rim, t: Reals, pace: Reals, plan: CollarPlan) -> Reals:
    """Places of the stations: at ends and corners, and as far apart as the plan's spacing × the pace at t between."""
    density = rim.length / (plan.spacing * pace)
    total = np.concatenate([[0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(t))])
    places = []
    for a, b in zip(rim.breaks, rim.breaks[1:], strict=False):
        low, high = np.interp([a, b], t, total)
        steps = max(math.ceil(high - low), math.ceil(rim.turn / LARGEST_TURN), 1)
        inner = np.interp(np.linspace(low, high, steps + 1), total, t)
        inner[0] = a
        places.append(inner[:-1])
    return np.concatenate([*places, [] if rim.closed else [1.0]])


def _connect(rim: Rim, points: Reals, feet: Ints, ring: Ints, radii: Reals) -> Collar:
    """Cells and surfaces of a collar; `feet` (stations,) and `ring` (stations, sectors + 1) number its points."""
    stations = np.arange(len(feet))
    here, there = (stations, np.roll(stations, -1)) if rim.closed else (stations[:-1], stations[1:])
    sectors = np.stack([np.broadcast_to(feet[:, None], ring[:, 1:].shape), ring[:, :-1], ring[:, 1:]], axis=2)
    prisms = np.concatenate([sectors[here], sectors[there]], axis=2).reshape(-1, 6)

    def strip(left: Ints, right: Ints) -> Ints:
        """Triangles between two lines of points along the rim, (stations,) each."""
        return split_quadrilaterals(np.column_stack([left[here], right[here], right[there], left[there]]))

    step = np.linalg.norm(points[feet[there], :2] - points[feet[here], :2], axis=1)
    return Collar(
        of=rim,
        points=points,
        cells=_oriented(points, split_prisms(prisms)),
        rim=feet,
        outer=ring,
        skin=np.concatenate([strip(ring[:, k], ring[:, k + 1]) for k in range(ring.shape[1] - 1)]),
        rest=strip(feet, ring[:, 0]),
        spot=strip(feet, ring[:, -1]),
        ends=np.zeros((0, 3), dtype=np.int64) if rim.closed else sectors[[0, -1]].reshape(-1, 3),
        radii=radii,
        spacings=step if rim.closed else np.append(step, step[-1]),
        fineness=np.ones(len(feet)),
    )


def _oriented(points: Reals, cells: Ints) -> Ints:
    """Cells with positive volume."""
    a, b, c, d = (points[cells[:, k]] for k in range(4))
    volume = np.einsum("ij,ij->i", np.cross(b - a, c - a), d - a)
    return np.where((volume < 0)[:, None], cells[:, [0, 2, 1, 3]], cells)
