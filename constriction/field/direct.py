"""Solves of slab and interface together: the independent check of the reduced model, and the limit θ_gap → ∞."""

from __future__ import annotations

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
from numpy.typing import NDArray

from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.operators import Operator, Vector
from constriction.field.elements.solvers import factorise


def solve_directly(problem: CellProblem, theta: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """F(θ) in pitches, each from one complex solve; θ (…, terms) → (…)."""
    distinct, places = np.unique(theta.reshape(-1, theta.shape[-1]), axis=0, return_inverse=True)
    values = np.array([_solve_at(problem, one) for one in distinct])
    return np.asarray(values[places].reshape(theta.shape[:-1]))


def _solve_at(problem: CellProblem, theta: NDArray[np.complex128]) -> complex:
    return problem.area / (problem.drive_energy - _energy(problem.matrix(theta), problem.drive))


def _energy(matrix: Operator, load: Vector) -> complex:
    """bᵀA⁻¹b, without conjugation."""
    with factorise(matrix) as factor:
        product = complex(load @ factor.apply(load))
    return complex(matrix.numbering.comm.allreduce(product))


def flat_storage(problem: CellProblem) -> float:
    """The limit of θ·(F(θ) − depth) for θ = θ_gap → ∞ of a gap volume: a uniform current density enters it.

    Returns:
        bᵀG⁻¹b / area in pitches, G on the gap's unknowns and b the unit current density through its plane. For a thin
        gap the limit is the gap's area fraction and needs no solve.
    """
    if not problem.gap_volume:
        raise ValueError(
            f"flat_storage: expected a problem with a gap volume, got gap_height = {problem.sizes.gap_height}"
        )
    touched = problem.gap.diagonal() > 0
    # of the flat field into the plane z = 0: b / depth, with its sign turned
    current = -problem.depth * (problem.stiffness @ problem.flat - problem.drive)
    return _energy(problem.gap.within(touched), np.where(touched, current, 0.0)).real / problem.area
