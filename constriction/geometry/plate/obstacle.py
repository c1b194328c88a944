"""A held plate that lies on a rigid base: which of its nodes touch, found by turns (primal-dual active set)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import SolverError
from constriction.geometry.plate.bending import Bending, solve

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

MOST_TURNS = 300
LOOSE, TIGHT = 1e-4, 1e-10  # of the load's scale: residuals while nodes still change, and in the end


class Rest(NamedTuple):
    """Deflections, which of them touch the base, and the base's reaction; of the free nodes, (free,) each."""

    deflection: Floats
    touching: Marks
    reaction: Floats


def settle(problem: Bending, start: Floats, touching: Marks, scale: float) -> Rest:
    """Bring a plate to rest on its base.

    Args:
        problem: its energy.
        start: deflections to begin with, (free,).
        touching: which nodes may touch the base, (free,).
        scale: of the load on a node, for what residuals may be.

    Raises:
        SolverError: nodes keep changing, or as `bending.solve`.
    """
    deflection, tolerance = np.where(touching, 0.0, start), LOOSE * scale
    seen = set[bytes]()
    for _ in range(MOST_TURNS):
        deflection = _bent(problem, deflection, touching, tolerance)
        reaction = np.where(touching, problem.residual(deflection), 0.0)
        new = np.where(touching, reaction > 0, deflection < 0)
        if np.array_equal(new, touching):
            if tolerance == TIGHT * scale:
                return Rest(deflection, touching, reaction)
            tolerance = TIGHT * scale
            continue
        key = np.packbits(new).tobytes()
        touching = _calmed(touching, new, deflection, reaction) if key in seen else new
        seen.add(key)
        deflection = np.where(touching, 0.0, deflection)
    raise SolverError(f"the lifted foil: where it touches is not settled after {MOST_TURNS} turns")


def _calmed(touching: Marks, new: Marks, deflection: Floats, reaction: Floats) -> Marks:
    """Only the worse half of the changes, where all of them go round in a circle."""
    wrong = np.where(touching, -reaction / max(np.abs(reaction).max(), 1e-300), -deflection)
    changed = new != touching
    return np.where(changed & (wrong >= np.median(wrong[changed])), new, touching)


def _bent(problem: Bending, start: Floats, touching: Marks, tolerance: float) -> Floats:
    """The deflections (free,) whose nodes balance but where they touch."""
    held = problem.held
    loose = np.flatnonzero(~touching)
    marks = np.zeros(held.free.shape, dtype=np.bool_)
    marks.ravel()[np.flatnonzero(held.free)[loose]] = True
    found = np.zeros(len(touching))
    if len(loose):
        own = problem.matrix[loose][:, loose]
        found[loose] = solve(own, -problem.load[loose], marks, start[loose], tolerance)
    return found
