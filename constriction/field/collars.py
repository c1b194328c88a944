"""A structured collar of tetrahedra round each smooth rim, graded across the rim and long along it.

Near a rim the potential varies fast across it and slowly along it. The collar is a half tube below the rim, cut into sectors at
stations along the rim; with mid-nodes at the quarter points its elements hold √r in every direction, as all points of its skin at one station
have one distance from the rim. Unstructured elements, of which many touch a rim with a single corner, do not: for the same error they
take four times the unknowns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from constriction.case.shapes import Edge, Outline
from constriction.field.simplices import split_prisms, split_quadrilaterals

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]

SAMPLES = 128  # places along a rim where its room is measured


@dataclass(frozen=True)
class Rim:
    """A smooth rim, walked with the spot on its left: an arc or circle about `centre`, or a straight line (centre None).

    `size` is its spot's size. Lengths in pitches.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    centre: tuple[float, float] | None
    turn: float
    size: float

    @property
    def closed(self) -> bool:
        """Whether it is a whole circle."""
        return self.turn > 2 * math.pi - 1e-9

    @property
    def length(self) -> float:
        """Arc length."""
        if self.centre is None:
            return math.dist(self.start, self.end)
        return self.turn * math.dist(self.start, self.centre)

    def at(self, t: Reals) -> tuple[Reals, Reals]:
        """Points and unit normals away from the spot at t in [0, 1]; both (len(t), 2)."""
        start = np.array(self.start)
        if self.centre is None:
            along = np.array(self.end) - start
            normal = np.array([along[1], -along[0]]) / np.linalg.norm(along)
            return start + t[:, None] * along, np.tile(normal, (len(t), 1))
        centre = np.array(self.centre)
        arm = start - centre
        c, s = np.cos(self.turn * t), np.sin(self.turn * t)
        turned = np.column_stack([c * arm[0] - s * arm[1], s * arm[0] + c * arm[1]])
        if not self.closed:  # exactly on the mirrors
            turned[t == 0], turned[t == 1] = arm, np.array(self.end) - centre
        return centre + turned, turned / np.linalg.norm(arm)


    def distance(self, points: Reals) -> Reals:
        """Distance of points (n, 3) near it to the line or whole circle it is part of; (n,)."""
        start = np.array(self.start)
        if self.centre is None:
            along = (np.array(self.end) - start) / self.length
            arm = points[:, :2] - start
            beside = arm[:, 0] * along[1] - arm[:, 1] * along[0]
        else:
            beside = np.linalg.norm(points[:, :2] - np.array(self.centre), axis=1) - math.dist(self.start, self.centre)
        return np.hypot(beside, points[:, 2])


@dataclass(frozen=True)
class CollarPlan:
    """How a collar is cut: `radius` / room at the rim, `sectors` of the half circle, `spacing` of the stations / pace."""

    radius: float
    spacing: float
    sectors: int


@dataclass(frozen=True)
class Collar:
    """The collar of one rim. Numbers are local: a point's is its row in `points`.

    `rim` (stations,), `outer` (stations, sectors + 1): points of the rim and of the skin, the latter from the side of the rest
    (column 0) to the spot's (last column). `skin` are the triangles of the outer surface; `rest` and `spot` those on the plane
    z = 0 beside and inside the spot; `ends` those on mirror planes. `radii`, `spacings` (stations,) in pitches.
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


def smooth_rim(edges: Sequence[Edge], size: float) -> Rim | None:
    """The rim of one spot as a smooth curve, None if it has corners or parts."""
    if not edges or len({edge.centre for edge in edges}) > 1:
        return None
    ordered = _in_order(edges)
    if ordered is None or (edges[0].centre is None and len(edges) > 1):
        return None
    turn = sum(edge.turn for edge in ordered)
    return Rim(ordered[0].start, ordered[-1].end, ordered[0].centre, turn, size)


def _in_order(edges: Sequence[Edge]) -> list[Edge] | None:
    """Edges of one chain, starting where no other ends; None if there are several chains."""
    ends = {edge.end for edge in edges}
    first = next((k for k, edge in enumerate(edges) if edge.start not in ends), 0)
    ordered = [*edges[first:], *edges[:first]]
    joined = all(a.end == b.start for a, b in zip(ordered, ordered[1:], strict=False))
    return ordered if joined else None


def rooms(rims: Sequence[Rim | None], spots: Sequence[Outline], cell: Outline, depth: float) -> list[Reals]:
    """For each rim the length over which its field varies, at SAMPLES + 1 places along it, in pitches.

    The spot's size, or half the way to another spot, the way to a mirror or the slab's depth if that is less.
    """
    polygons = np.array([spot.polygon(512) for spot in spots], dtype=object)
    tree = shapely.STRtree(polygons)
    t = np.linspace(0, 1, SAMPLES + 1)
    answer = []
    for number, rim in enumerate(rims):
        if rim is None:
            answer.append(np.zeros(0))
            continue
        places = shapely.points(rim.at(t)[0])
        room = np.full(len(t), min(rim.size, depth))
        for i, j in tree.query(places, predicate="dwithin", distance=2 * rim.size).T:
            if j != number:
                room[i] = min(room[i], 0.5 * shapely.distance(places[i], polygons[j]))
        for edge in cell.edges:
            mirror = shapely.LineString([*edge.points(256), edge.end])
            if shapely.distance(mirror, polygons[number]) > 1e-9:
                room = np.minimum(room, shapely.distance(places, mirror))
        answer.append(room)
    return answer


def paces(room: Reals, inverted: bool) -> Reals:
    """The length that the stations' distance goes with, from the room along a rim.

    Where two contacts nearly touch, both at the metal's potential, hardly any current flows in the neck between them: stations no nearer
    than elsewhere will do. Between two pores there is a neck of contact, and much current.
    """
    return room if inverted else np.maximum(room, np.mean(room))


def build_collar(rim: Rim, room: Reals, pace: Reals, plan: CollarPlan) -> Collar:
    """Cut the collar of a rim.

    Args:
        rim: the rim.
        room: at SAMPLES + 1 places along it; the collar's radius goes with it.
        pace: at the same places; the distance of its stations goes with it.
        plan: how to cut.
    """
    t, radii = _stations(rim, room, pace, plan)
    feet, normals = _corners(rim, t)
    angles = np.linspace(0, math.pi, plan.sectors + 1)
    out, down = radii[:, None] * np.cos(angles), radii[:, None] * np.sin(angles)
    down[:, [0, -1]] = 0.0  # exactly on the plane
    flat = feet[:, None, :] + out[..., None] * normals[:, None, :]
    ring = np.concatenate([flat, -down[..., None]], axis=2)
    points = np.concatenate([np.column_stack([feet, np.zeros(len(t))]), ring.reshape(-1, 3)])
    numbers = np.arange(len(points))
    return _connect(rim, points, numbers[: len(t)], numbers[len(t) :].reshape(len(t), -1), radii)


def _stations(rim: Rim, room: Reals, pace: Reals, plan: CollarPlan) -> tuple[Reals, Reals]:
    """Places t of the stations and the collar's radii there."""
    t = np.linspace(0, 1, SAMPLES + 1)
    density = rim.length / (plan.spacing * pace)
    total = np.concatenate([[0], np.cumsum(0.5 * (density[1:] + density[:-1])) / SAMPLES])
    steps = max(math.ceil(total[-1]), math.ceil(rim.turn / (math.pi / 4)), 1)
    places = np.interp(np.linspace(0, total[-1], steps + 1), total, t)
    places[0], places[-1] = 0.0, 1.0
    if rim.closed:
        places = places[:-1]
    return places, plan.radius * np.interp(places, t, room)


def _corners(rim: Rim, t: Reals) -> tuple[Reals, Reals]:
    """Places and normals of the stations; those of an arc moved out so that its polygon has the arc's area.

    Straight rim edges, because a curved one spoils the quarter-point elements: its sagitta enters their mapping linearly in the
    parametric distance τ to the rim, while the true distance goes as τ², so the elements fold at the rim.
    """
    feet, normals = rim.at(t)
    if rim.centre is None:
        return feet, normals
    angles = rim.turn * (np.diff(t, append=1.0 + t[0]) if rim.closed else np.diff(t))
    growth = angles / np.sin(angles)
    if rim.closed:
        factor = np.sqrt(0.5 * (growth + np.roll(growth, 1)))
        following = np.roll(factor, -1)
    else:
        factor = np.sqrt(0.5 * (np.append(growth, growth[-1]) + np.append(growth[0], growth)))
        factor, following = factor, factor[1:]
    doubled_area = float(np.sum(factor[: len(following)] * following * np.sin(angles)))
    factor = factor * math.sqrt(rim.turn / doubled_area)
    centre = np.array(rim.centre)
    return centre + factor[:, None] * (feet - centre), normals


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
    )


def _oriented(points: Reals, cells: Ints) -> Ints:
    """Cells with positive volume."""
    a, b, c, d = (points[cells[:, k]] for k in range(4))
    volume = np.einsum("ij,ij->i", np.cross(b - a, c - a), d - a)
    return np.where((volume < 0)[:, None], cells[:, [0, 2, 1, 3]], cells)
