"""The current density at the tips of metal solids, where more metal grows: what a dendrite risks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from constriction.field.bounds.faces import SlabCells
from constriction.field.bounds.gradients import on_faces
from constriction.field.currents.tips import BarredTip, Tip
from constriction.field.elements.sampling import GAUSS_POINTS
from constriction.field.mesh.simplices import Reals
from constriction.field.mesh.tags import SURFACES
from constriction.geometry.solids.bodies import METAL, Body

AROUND = 10  # faces about a tip whose slopes are fitted
LEAST_ERROR = 0.02  # relative, of an error bar: tests/verification/test_tips.py


def tips_on(slab: SlabCells, bodies: Sequence[Body], impedance: float) -> tuple[Tip, ...]:
    """The densities at the tips of all metal bodies that are part of the electrode.

    Args:
        slab: the cells and a potential of 1 V across them.
        bodies: in pitches.
        impedance: F of the slab in pitches, so that the mean density is 1/F.
    """
    own = [body for body in bodies if body.role == METAL]
    cells, places = np.nonzero(slab.tags == SURFACES["solid"])
    if not own or not len(cells):
        return ()
    points, gradients = on_faces(slab, cells, places, GAUSS_POINTS)
    steepness = np.linalg.norm(gradients, axis=2)
    found: dict[int, float] = {}
    for body in own:
        density = impedance * _at(np.array([body.x, body.y, -body.lowest]), points, steepness)
        found[body.table] = max(density, found.get(body.table, 0.0))
    return tuple(Tip(table, density) for table, density in sorted(found.items()))


def _at(tip: Reals, points: Reals, steepness: Reals) -> float:
    """The value at a tip of what falls with the square of the distance from it, fitted on the faces about it."""
    near = np.argsort(np.linalg.norm(points.mean(axis=1) - tip, axis=1))[:AROUND]
    square = np.sum((points[near] - tip) ** 2, axis=2).ravel()
    matrix = np.column_stack([np.ones(len(square)), square / square.max(), (square / square.max()) ** 2])
    return float(np.exp(np.linalg.lstsq(matrix, np.log(steepness[near].ravel()), rcond=None)[0][0]))


def with_error(coarse: Sequence[Tip], fine: Sequence[Tip]) -> tuple[BarredTip, ...]:
    """The finer mesh's values; the error bar is what two meshes differ by, and LEAST_ERROR at the least."""
    return tuple(
        BarredTip(one.table, one.density, max(abs(one.density - other.density), LEAST_ERROR * one.density))
        for other, one in zip(coarse, fine, strict=True)
    )
