"""How far places are from the rims of contacts."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from constriction.geometry.outlines import Edge
from constriction.geometry.patches import Layout

Floats = NDArray[np.float64]
type Distance = Callable[[Floats, Floats], Floats]

FEW = 24  # edges whose distances are all worked out, exactly; of more the nearest are looked for, along chords
CHORDS = 1024  # of a full circle: they are off by 5e-6 of its radius
AT_ONCE = 1_000_000


def rim_distance(plan: Layout) -> Distance:
    """What tells the distance to the nearest rim in m, at places x and y in m that broadcast together.

    Mirror images count: none of them is nearer than the rim itself.
    """
    edges = [edge for spot in plan.spots for edge in spot.edges if not _on_border(edge, plan)]
    if len(edges) > FEW:
        return _along_chords(edges)

    def distance(x: Floats, y: Floats) -> Floats:
        nearest = np.full(np.broadcast_shapes(x.shape, y.shape), np.inf)
        for edge in edges:
            nearest = np.minimum(nearest, _to_edge(edge, x, y))
        return nearest

    return distance


def _on_border(edge: Edge, plan: Layout) -> bool:
    """Whether an edge lies on a side of the cell, or leads through the axis of a circular one along a mirror."""
    if edge.centre is not None:
        return False
    (x0, y0), (x1, y1) = edge.start, edge.end
    sides = (0.0,) if plan.circular else (0.0, plan.width)
    ends = (0.0,) if plan.circular else (0.0, plan.depth)
    return (x0 == x1 and x0 in sides) or (y0 == y1 and y0 in ends)


def _to_edge(edge: Edge, x: Floats, y: Floats) -> Floats:
    """Distance to one edge, in the points' unit."""
    (x0, y0), (x1, y1) = edge.start, edge.end
    if edge.centre is None:
        along = (x1 - x0, y1 - y0)
        at = ((x - x0) * along[0] + (y - y0) * along[1]) / (along[0] ** 2 + along[1] ** 2)
        at = np.clip(at, 0.0, 1.0)
        return np.asarray(np.hypot(x - x0 - at * along[0], y - y0 - at * along[1]))
    cx, cy = edge.centre
    radius = math.dist(edge.start, edge.centre)
    begin = math.atan2(y0 - cy, x0 - cx)
    turned = np.mod((np.arctan2(y - cy, x - cx) - begin) * math.copysign(1.0, edge.turn), 2 * math.pi)
    to_arc = np.abs(np.hypot(x - cx, y - cy) - radius)
    to_ends = np.minimum(np.hypot(x - x0, y - y0), np.hypot(x - x1, y - y1))
    return np.where(turned <= abs(edge.turn), to_arc, to_ends)


def _along_chords(edges: list[Edge]) -> Distance:
    """The same of many edges."""
    ends = [np.array([*edge.points(CHORDS), edge.end]) for edge in edges]
    chords = shapely.linestrings(np.concatenate([np.stack([line[:-1], line[1:]], axis=1) for line in ends]))
    tree = shapely.STRtree(chords)

    def distance(x: Floats, y: Floats) -> Floats:
        across, along = np.broadcast_arrays(x, y)
        places = np.stack([across.ravel(), along.ravel()], axis=1)
        found = np.zeros(len(places))
        for start in range(0, len(places), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            (owners, _), away = tree.query_nearest(
                shapely.points(places[some]), return_distance=True, all_matches=False
            )
            found[some][owners] = away
        return found.reshape(across.shape)

    return distance
