"""Where a plate is held: at the rims of contacts, and at the front of what adheres.

A clamped plate leaves its support as the square of the distance s to the rim. So the nodes beside a rim, nearer than a
cell or behind it, are no unknowns: their deflection is (s/s')² times that of the nearest free node, at the distance s'.
That is of second order in the cell, wherever the rim lies in it. The energy of a cell counts by the share of it that is
free to bend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.ndimage import distance_transform_edt

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
Integers = NDArray[np.int64]

NEAR = 1.0  # cells from a rim; what is nearer is no unknown
BEHIND = 2.0  # cells behind a rim that the energy in front of it sees
WINDOW = 3  # nodes on either side of the nearest free one that tell the curvature at a rim
NEAREST, FARTHEST = 2.0, 5.1  # cells from the rim, of these
LEAST_SPREAD = 0.05  # variance of their distances in cells², or the curvature is taken for even


class Clamp(NamedTuple):
    """A support on nodes (across, along): `distance` to its rim in cells, below zero on it; the deflection `value`."""

    distance: Floats
    value: float


@dataclass(frozen=True, eq=False)
class Held:
    """Deflections of all nodes from those of free ones: `spread`·v + `fixed`, (nodes, free) and (nodes,).

    `free` (across, along) marks the unknowns; `share` is the part of each cell that is free to bend; `support` is the
    deflection of what a node lies on, −1 where it lies on nothing.
    """

    free: Marks
    share: Floats
    support: Floats
    spread: sparse.csr_array
    fixed: Floats

    def whole(self, unknowns: Floats) -> Floats:
        """Deflections (across, along) of unknowns (free,)."""
        return np.asarray((self.spread @ unknowns + self.fixed).reshape(self.free.shape))


def hold(clamps: list[Clamp], share: Floats) -> Held:
    """What clamps leave of a plate.

    Args:
        clamps: the supports; where several reach, the first one counts.
        share: of each cell, free to bend, (across, along).
    """
    free = np.ones(share.shape, dtype=np.bool_)
    fixed, support = np.zeros(share.shape), np.full(share.shape, -1.0)
    for clamp in clamps:
        free &= clamp.distance > NEAR
        support[(support < 0) & (clamp.distance <= 0)] = clamp.value
    number = np.cumsum(free.ravel()) - 1
    rows, columns, weights = [np.flatnonzero(free)], [number[free.ravel()]], [np.ones(np.count_nonzero(free))]
    taken = free.copy()
    for clamp in clamps:
        own = ~taken & (clamp.distance <= NEAR)
        taken |= own
        fixed[own] = clamp.value
        places = np.argwhere(own & (clamp.distance > -BEHIND))
        if not len(places) or not free.any():
            continue
        anchors = nearest(places, free)
        weight = (clamp.distance[tuple(places.T)] / clamp.distance[tuple(anchors)]) ** 2
        row = places[:, 0] * share.shape[1] + places[:, 1]
        fixed.ravel()[row] -= clamp.value * weight
        rows.append(row)
        columns.append(number[anchors[0] * share.shape[1] + anchors[1]])
        weights.append(weight)
    entries = np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))
    spread = sparse.coo_array(entries, shape=(fixed.size, int(free.sum()))).tocsr()
    return Held(free, share, support, spread, fixed.ravel())


def nearest(places: Integers, free: Marks) -> Integers:
    """Indices (2, places) of the free nodes that are nearest to places (places, 2)."""
    _, found = distance_transform_edt(~free, return_indices=True)
    return np.asarray(found[:, places[:, 0], places[:, 1]], dtype=np.int64)


def curvature_at(places: Integers, distance: Floats, free: Marks, curved: Floats) -> Floats:
    """The curvature at a rim, a straight line through that of free nodes in front of it; (places,).

    Args:
        places: indices of nodes beside the rim, (places, 2).
        distance: to the rim in cells, (across, along).
        free: the unknowns, (across, along); at least one.
        curved: the curvature, (across, along).
    """
    near, there = neighbours(nearest(places, free).T, free, WINDOW)
    s = distance[tuple(near)]
    there &= (s > NEAREST) & (s < FARTHEST)
    count = np.maximum(there.sum(axis=1), 1)
    middle = np.where(there, s, 0.0).sum(axis=1) / count
    off = np.where(there, s - middle[:, None], 0.0)
    spread = (off**2).sum(axis=1)
    values = np.where(there, curved[tuple(near)], 0.0)
    slope = np.where(spread > LEAST_SPREAD * count, (off * values).sum(axis=1) / np.maximum(spread, 1e-12), 0.0)
    return np.asarray(values.sum(axis=1) / count - middle * slope)


def neighbours(places: Integers, free: Marks, window: int) -> tuple[Integers, Marks]:
    """Indices (2, places, n) of what is round places (places, 2), and which of it is free and inside; (places, n)."""
    steps = np.arange(-window, window + 1)
    offsets = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    near = places[:, None, :] + offsets[None]
    inside = np.all((near >= 0) & (near < free.shape), axis=-1)
    near = np.moveaxis(np.clip(near, 0, np.array(free.shape) - 1), -1, 0)
    return near, inside & free[tuple(near)]
