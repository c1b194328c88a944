"""A structured collar of tetrahedra round each smooth rim, graded across the rim and long along it.

Near a rim the potential varies fast across it and slowly along it. The collar is a half tube below the rim, cut into
sectors at stations along the rim; with mid-nodes at the quarter points its elements hold √r in every direction, as
all points of its skin at one station have one distance from the rim. Unstructured elements, of which many touch a rim
with a single corner, do not: for the same error they take four times the unknowns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from constriction.field.mesh.folds import BLUNT, widest
from constriction.field.mesh.rims import Rim, Surroundings
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES, Ints, Reals, split_prisms, split_quadrilaterals

CORNER_SLOPE = 0.5
LARGEST_RADIUS = (
    0.45  # / room: the collars of two neighbours and some elements between them must fit into twice the room
)
RING = 1 / 9  # a second-order element whose nodes lie as √r does holds what goes on between a radius and a third of √r
LARGEST_TURN = math.pi / 4  # of an arc from station to station
WHOLE = 1e-6  # of a station, that a rounded number of them may be too many


@dataclass(frozen=True)
class CollarSizes:
    """How a collar is cut.

    `radius` / room at the rim, `sectors` of the half circle, `spacing` of the stations / pace. At a corner room and
    pace are `corner` × the spot's size, and CORNER_SLOPE × the distance from it more beside it. So many `rings` lie
    inside the outermost, each RING of the next one's radius.
    """

    radius: float
    spacing: float
    sectors: int
    corner: float
    rings: int = 0


@dataclass(frozen=True)
class Collar:
    """The collar of one rim. Numbers are local: a point's is its row in `points`.

    `rim` (stations,), `outer` (stations, sectors + 1): points of the rim and of the skin, the latter from the side of
    the rest (column 0) to the spot's (last column). `skin` are the triangles of the outer surface; `rest` and `spot`
    those on the plane z = 0 beside and inside the spot; `ends` those on mirror planes. `radii`, `spacings`
    (stations,) in pitches; `scale` there. `inner` are the points of rings inside the skin, `distances` theirs to the
    rim. `edges` (e, 2) are the edges between rings, `middles` (e, 3) their mid-nodes.
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
    scale: Reals
    inner: Ints
    distances: Reals
    edges: Ints
    middles: Reals


def build_collar(rim: Rim, surroundings: Surroundings, sizes: CollarSizes) -> Collar:
    """Cut the collar of a rim.

    Args:
        rim: the rim.
        surroundings: of it.
        sizes: how to cut.
    """
    away = _away_from_corners(rim, surroundings.t)
    scale = surroundings.scale
    limit = sizes.corner * rim.size * scale**2 + CORNER_SLOPE * away
    pace = np.minimum(surroundings.pace, scale * limit)
    t = _stations(rim, surroundings.t, pace, sizes)
    # inside the spot the skin of one edge must not cross that of the next: radius < distance from the corner
    first_step = sizes.spacing * np.min(pace[away == 0], initial=np.inf)
    share = np.minimum(sizes.radius * scale, max(sizes.radius, LARGEST_RADIUS))
    beside = rim.openness * (0.5 * first_step + 0.4 * away)
    radius = np.minimum(share * np.minimum(surroundings.room, limit), beside)
    radii = np.minimum(np.interp(t, surroundings.t, radius), widest(rim, t))
    feet, normals = rim.straightened(t), rim.at(t)[1]
    angles = np.linspace(0, math.pi, sizes.sectors + 1)
    distances = RING ** np.arange(sizes.rings, -1.0, -1.0)[:, None, None] * radii[:, None]  # (rings + 1, stations, 1)
    out, down = distances * np.cos(angles), distances * np.sin(angles)
    down[..., [0, -1]] = 0.0  # exactly on the plane
    flat = feet[:, None, :] + out[..., None] * normals[:, None, :]
    ring = np.concatenate([flat, -down[..., None]], axis=-1)
    points = np.concatenate([np.column_stack([feet, np.zeros(len(t))]), ring.reshape(-1, 3)])
    rings = len(t) + np.arange(out.size).reshape(out.shape)
    collar = _connect(rim, points, np.arange(len(t)), rings, radii)
    edges = _edges_between(collar.cells, rings[:-1], rings[-1])
    root = np.concatenate([np.zeros(len(t)), np.sqrt(np.broadcast_to(distances, out.shape)).ravel()])
    station = np.concatenate([np.arange(len(t)), np.tile(np.repeat(np.arange(len(t)), out.shape[2]), len(out))])
    return replace(
        collar,
        edges=edges,
        middles=_middles(points, points[: len(t)][station], root, edges),
        scale=np.interp(t, surroundings.t, scale),
        inner=rings[:-1].ravel(),
        distances=np.broadcast_to(distances[:-1], rings[:-1].shape).ravel(),
    )


def _away_from_corners(rim: Rim, t: Reals) -> Reals:
    """Distance along the rim to the nearest corner that is not blunt at places t; inf if there is none."""
    away: Reals = np.full(len(t), np.inf)
    for corner, turn in zip(rim.breaks, rim.bends, strict=True):
        if abs(turn) > BLUNT:
            away = np.minimum(away, rim.length * np.abs(t - corner))
    return away


def _stations(rim: Rim, t: Reals, pace: Reals, sizes: CollarSizes) -> Reals:
    """Places of the stations: at ends and corners, and as far apart as the sizes' spacing × the pace at t between."""
    density = rim.length / (sizes.spacing * pace)
    total = np.concatenate([[0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(t))])
    places = []
    for a, b in zip(rim.breaks, rim.breaks[1:], strict=False):
        low, high = np.interp([a, b], t, total)
        steps = max(math.ceil(high - low - WHOLE), math.ceil(abs(rim.turn) / LARGEST_TURN), 1)
        inner = np.interp(np.linspace(low, high, steps + 1), total, t)
        inner[0] = a
        places.append(inner[:-1])
    return np.concatenate([*places, [] if rim.closed else [1.0]])


def _connect(rim: Rim, points: Reals, feet: Ints, rings: Ints, radii: Reals) -> Collar:
    """Cells and surfaces of a collar; `feet` (stations,), `rings` (rings, stations, sectors + 1) number its points."""
    stations = np.arange(len(feet))
    here, there = (stations, np.roll(stations, -1)) if rim.closed else (stations[:-1], stations[1:])
    sectors = _sectors(feet, rings)
    prisms = np.concatenate([sectors[here], sectors[there]], axis=2).reshape(-1, 6)
    ring = rings[-1]

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
        rest=_strips(strip, feet, rings[..., 0]),
        spot=_strips(strip, feet, rings[..., -1]),
        ends=np.zeros((0, 3), dtype=np.int64) if rim.closed else sectors[[0, -1]].reshape(-1, 3),
        radii=radii,
        spacings=step if rim.closed else np.append(step, step[-1]),
        scale=np.ones(len(feet)),
        inner=np.zeros(0, dtype=np.int64),
        distances=np.zeros(0),
        edges=np.zeros((0, 2), dtype=np.int64),
        middles=np.zeros((0, 3)),
    )


def _edges_between(cells: Ints, inner: Ints, skin: Ints) -> Ints:
    """The edges of tetrahedra that touch rings inside the skin and not the rim, each once, (e, 2)."""
    edges = np.unique(np.sort(np.concatenate([cells[:, pair] for pair in TETRAHEDRON_EDGES]), axis=1), axis=0)
    on_ring = np.isin(edges, inner)
    return np.asarray(edges[(on_ring | np.isin(edges, skin)).all(axis=1) & on_ring.any(axis=1)])


def _middles(points: Reals, feet: Reals, root: Reals, edges: Ints) -> Reals:
    """Mid-nodes of edges between rings, (e, 3).

    In a cross section a sector is a triangle in the plane (X, Y), with √r = X + Y, whose map x = foot + √r·(X n₁ + Y
    n₂) is quadratic: a second-order element holds √r. Rings cut that triangle along straight lines, so that the
    elements are pieces of one without rings and hold all that it does.

    Args:
        points: corners, (n, 3).
        feet: where on the rim they belong, (n, 3).
        root: √r of them, (n,); above 0 at the edges.
        edges: pairs of them, (e, 2).
    """
    (a, b), root = edges.T, root[:, None]
    scaled = (points[a] - feet[a]) / root[a] + (points[b] - feet[b]) / root[b]
    return np.asarray(0.5 * (feet[a] + feet[b]) + 0.25 * (root[a] + root[b]) * scaled)


def _sectors(feet: Ints, rings: Ints) -> Ints:
    """Triangles of a collar's cross section at each station, (stations, triangles, 3)."""
    innermost = rings[0]
    found = [
        np.stack([np.broadcast_to(feet[:, None], innermost[:, 1:].shape), innermost[:, :-1], innermost[:, 1:]], axis=2)
    ]
    for within, ring in zip(rings, rings[1:], strict=False):
        found.append(np.stack([within[:, :-1], ring[:, :-1], ring[:, 1:]], axis=2))
        found.append(np.stack([within[:, :-1], ring[:, 1:], within[:, 1:]], axis=2))
    return np.concatenate(found, axis=1)


def _strips(strip: Callable[[Ints, Ints], Ints], feet: Ints, lines: Ints) -> Ints:
    """Triangles on the plane from the rim to the skin; `lines` (rings, stations)."""
    return np.concatenate([strip(left, right) for left, right in zip([feet, *lines], lines, strict=False)])


def _oriented(points: Reals, cells: Ints) -> Ints:
    """Cells with positive volume."""
    a, b, c, d = (points[cells[:, k]] for k in range(4))
    volume = np.einsum("ij,ij->i", np.cross(b - a, c - a), d - a)
    return np.where((volume < 0)[:, None], cells[:, [0, 2, 1, 3]], cells)
