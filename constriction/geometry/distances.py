"""How far places are from the rims of contacts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from constriction.geometry.outlines import Edge
from constriction.geometry.patches import Layout

if TYPE_CHECKING:
    from scipy.spatial import cKDTree

Floats = NDArray[np.float64]
type Distance = Callable[[Floats, Floats], Floats]

FEW = 12  # edges whose distances are all worked out; of more those that have the nearest samples
PER_CIRCLE, PER_EDGE = 256, 64  # samples of an arc, and of a straight edge at the most
SAMPLES = 20_000  # of all straight edges, about
NEAREST = 2  # samples
AT_ONCE = 500_000
PAIRS = 3_000_000  # whose distances are worked out sooner than what searches trees is loaded


def rim_distance(layout: Layout) -> Distance:
    """What tells the distance to the nearest rim in m, at places x and y in m that broadcast together.

    Mirror images count: none of them is nearer than the rim itself.
    """
    rims = _Rims(
        tuple(edge for spot in layout.spots for chain in spot.chains for edge in chain if not _on_border(edge, layout))
    )

    def distance(x: Floats, y: Floats) -> Floats:
        across, along = np.broadcast_arrays(x, y)
        places = np.stack([across.ravel(), along.ravel()], axis=1)
        parts = [rims.distance(places[start : start + AT_ONCE]) for start in range(0, len(places), AT_ONCE)]
        return np.concatenate([np.zeros(0), *parts]).reshape(across.shape)

    return distance


def _on_border(edge: Edge, layout: Layout) -> bool:
    """Whether an edge lies on a side of the cell, or leads through the axis of a circular one along a mirror."""
    if edge.centre is not None:
        return False
    (x0, y0), (x1, y1) = edge.start, edge.end
    sides = (0.0,) if layout.circular else (0.0, layout.width)
    ends = (0.0,) if layout.circular else (0.0, layout.depth)
    return (x0 == x1 and x0 in sides) or (y0 == y1 and y0 in ends)


@dataclass(frozen=True, eq=False)
class _Rims:
    """Edges that are rims; points in m."""

    edges: tuple[Edge, ...]

    @cached_property
    def _numbers(self) -> Floats:
        """Of each edge: start, end, centre (start of a straight one), radius, angle of the start, turn; (edges, 9)."""
        return np.array([_numbers_of(edge) for edge in self.edges])

    @cached_property
    def _samples(self) -> tuple[cKDTree, NDArray[np.intp]]:
        """Points along the edges, and whose they are."""
        spacing = math.fsum(math.dist(edge.start, edge.end) for edge in self.edges) / SAMPLES
        points = [_samples_of(edge, spacing) for edge in self.edges]
        owners = np.repeat(np.arange(len(points)), [len(part) for part in points])
        from scipy.spatial import cKDTree

        return cKDTree(np.concatenate(points)), owners

    def distance(self, places: Floats) -> Floats:
        """Of places (n, 2); (n,)."""
        if len(self.edges) <= FEW:
            owners = np.broadcast_to(np.arange(len(self.edges)), (len(places), len(self.edges)))
        else:
            tree, owner_of = self._samples
            owners = owner_of[tree.query(places, k=NEAREST)[1]]
        found = np.full(len(places), np.inf)
        for column in owners.T:
            found = np.minimum(found, _to_edges(self._numbers[column], places))
        return found


def _numbers_of(edge: Edge) -> tuple[float, ...]:
    centre = edge.centre or edge.start
    begin = math.atan2(edge.start[1] - centre[1], edge.start[0] - centre[0])
    return *edge.start, *edge.end, *centre, math.dist(edge.start, centre), begin, edge.turn


def _samples_of(edge: Edge, spacing: float) -> Floats:
    """Points along an edge, (n, 2); spacing of a straight one in m."""
    if edge.centre is not None:
        return np.array([*edge.points(PER_CIRCLE), edge.end])
    pieces = min(math.ceil(math.dist(edge.start, edge.end) / spacing), PER_EDGE)
    at = np.linspace(0.0, 1.0, pieces + 1)[:, None]
    return np.asarray((1 - at) * np.array(edge.start) + at * np.array(edge.end))


def _to_edges(numbers: Floats, places: Floats) -> Floats:
    """Distance of each place (n, 2) to its own edge, of numbers (n, 9); (n,)."""
    x0, y0, x1, y1, cx, cy, radius, begin, turn = numbers.T
    x, y = places.T
    along, up = x1 - x0, y1 - y0
    at = np.clip(((x - x0) * along + (y - y0) * up) / (along**2 + up**2), 0.0, 1.0)
    straight = np.hypot(x - x0 - at * along, y - y0 - at * up)
    turned = np.mod((np.arctan2(y - cy, x - cx) - begin) * np.where(turn < 0, -1.0, 1.0), 2 * np.pi)
    to_ends = np.minimum(np.hypot(x - x0, y - y0), np.hypot(x - x1, y - y1))
    arc = np.where(turned <= np.abs(turn), np.abs(np.hypot(x - cx, y - cy) - radius), to_ends)
    return np.asarray(np.where(turn == 0, straight, arc))


def nearest_of(places: Floats, among: Floats) -> NDArray[np.intp]:
    """Which of some points (k, d) is the nearest one of each place (n, d); (n,)."""
    if len(places) * len(among) > PAIRS:
        from scipy.spatial import cKDTree

        return np.asarray(cKDTree(among).query(places)[1])
    # |x − y|² less |x|², about the middle, so that little cancels.
    middle = among.mean(axis=0)
    points = among - middle
    half = 0.5 * np.square(points).sum(axis=1)
    return np.argmin(half - (places - middle) @ points.T, axis=1)
