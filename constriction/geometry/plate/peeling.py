"""How far a foil that adheres peels: its front moves where D (Δw)²/2, the energy that is set free, is above Γ.

The front is where a function of the place, about the distance to it, is zero, so that fronts may meet. Moving it by δ
changes the curvature there by about −(2/d + 2k) δ · 6/d², d being the length that has peeled, k a wave number along the
front, and the lift being one. The inverse of this, as a sum of smoothing steps of several lengths, takes a front to its
place in a few steps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.ndimage import distance_transform_edt
from scipy.sparse.linalg import spsolve

from constriction.geometry.plate.clamps import Clamp, Marks, curvature_at, neighbours

Floats = NDArray[np.float64]

STEP = 0.2  # of the sum over lengths that fall by RATIO: about half of 1/(2/d + 2k)
UNIT = 6.0  # curvature × peeled length² of a lift of one, beside a straight rim
RATIO = 4.0
SHORTEST = 2.0  # cells, of these lengths
BAND = 0.75  # cells from the front: the nodes that tell where it moves
LEAST = 3.0  # cells beside a contact that are always free
FASTEST, BACK = 0.3, 1.0  # of the peeled length, forwards; cells, backwards


def distance_to(level: Floats) -> Floats:
    """Distance to where a function on nodes (across, along) is zero, in cells, good near it."""
    slopes = [np.gradient(level, axis=axis) if level.shape[axis] > 1 else np.zeros_like(level) for axis in (0, 1)]
    return np.asarray(level / np.maximum(np.hypot(*slopes), 0.3))


def peel(
    level: Floats, curved: Floats, free: Marks, rims: Floats, critical: float, ease: float = 1.0
) -> tuple[Floats, float]:
    """Move the front one step.

    Args:
        level: above zero where the foil has peeled, in cells, (across, along).
        curved: Δ of the deflection at rest with this front, (across, along).
        free: the unknowns, (across, along).
        rims: distance to the contacts' rims, in cells, (across, along).
        critical: the curvature at which the front moves, in the same units.
        ease: a factor of the step: below one for a front that goes to and fro.

    Returns:
        The level after the step, and the largest step in cells.
    """
    distance = distance_to(level)
    front = (np.abs(distance) <= BAND) & (rims > LEAST)
    if not front.any():
        return level, 0.0
    places = np.argwhere(front)
    found, peeled = curvature_at(places, distance, free, curved), np.maximum(rims[front], 1.0)
    step = ease * STEP * _smoothed(places, front, peeled, (found - critical) * peeled**2 / UNIT)
    step = np.clip(step, -BACK, np.maximum(FASTEST * peeled, 1.0))
    _, owner = distance_transform_edt(~front, return_indices=True)
    number = np.cumsum(front.ravel()).reshape(front.shape) - 1
    moved = np.maximum(level + step[number[tuple(owner)]], LEAST - rims)
    changed = np.abs(moved - level)[front]
    return moved, float(changed.max())


def front_of(level: Floats) -> Clamp:
    """What still adheres, as a support."""
    return Clamp(distance_to(level), 0.0)


def _smoothed(places: NDArray[np.int64], front: Marks, peeled: Floats, values: Floats) -> Floats:
    """Σ over lengths l of (1/l + √l Λ √l)⁻¹ values on places (n, 2) of a front, Λ its graph's Laplacian; (n,)."""
    number = np.cumsum(front.ravel()).reshape(front.shape) - 1
    near, there = neighbours(places, front, 1)
    count = np.arange(len(places))
    rows = np.broadcast_to(count[:, None], there.shape)[there]
    links = sparse.coo_array((np.ones(len(rows)), (rows, number[tuple(near)][there])), shape=(len(count),) * 2).tocsr()
    graph = sparse.diags_array(links @ np.ones(len(count))) - links
    total, length = np.zeros(len(count)), peeled
    while length.max() > SHORTEST:
        root = sparse.diags_array(np.sqrt(length))
        total += spsolve(sparse.csc_array(sparse.diags_array(1 / length) + root @ graph @ root), values)
        length = length / RATIO
    return total
