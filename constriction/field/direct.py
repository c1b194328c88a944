"""Solves of slab and gap together: the independent check of the reduced model, and the limit s → ∞."""

from __future__ import annotations

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from constriction.field.assembly import GapProblem
from constriction.field.solvers import factorise


def solve_directly(problem: GapProblem, ratios: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """F(s) in pitches, each from one complex solve; same shape as `ratios`."""
    distinct, places = np.unique(ratios, return_inverse=True)
    values = np.array([_solve_at(problem, complex(ratio)) for ratio in distinct])
    return np.asarray(values[places].reshape(np.shape(ratios)))


def _solve_at(problem: GapProblem, ratio: complex) -> complex:
    slab = problem.stiffness.copy()
    slab.axpy(ratio, problem.gap, PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN)
    if problem.gap_inner is None or problem.gap_coupling is None or ratio == 0:
        admittance = problem.drive_energy - _energy(slab, problem.drive)
    else:
        across, inner = problem.gap_coupling.copy(), problem.gap_inner.copy()
        across.scale(ratio)
        inner.scale(ratio)
        admittance = problem.drive_energy - _joint_energy(slab, across, inner, problem.drive)
        across.destroy()
        inner.destroy()
    slab.destroy()
    return complex(problem.area / admittance)


def _energy(matrix: PETSc.Mat, load: PETSc.Vec) -> complex:
    """bᵀA⁻¹b, without conjugation."""
    with factorise(matrix) as factor:
        field = factor.solve(load)
    energy = field.tDot(load)
    field.destroy()
    return complex(energy)


def _joint_energy(slab: PETSc.Mat, across: PETSc.Mat, inner: PETSc.Mat, load: PETSc.Vec) -> complex:
    """The same for the matrix [[slab, across], [acrossᵀ, inner]] and a load on the slab's unknowns."""
    back = PETSc.Mat()
    across.transpose(back)
    nest = PETSc.Mat().createNest([[slab, across], [back, inner]], comm=slab.comm)
    whole = PETSc.Mat()
    nest.convert("aij", whole)
    joint = whole.createVecRight()
    joint.array[: load.getLocalSize()] = load.array
    energy = _energy(whole, joint)
    for thing in (back, nest, whole, joint):
        thing.destroy()
    return energy


def flat_storage(problem: GapProblem) -> float:
    """The limit of s·(F(s) − depth) for s → ∞ of a gap volume: a uniform current density enters it.

    Returns:
        bᵀG⁻¹b / area in pitches, G on the gap's unknowns and b the unit current density through its plane. For a thin
        gap the limit is the gap's area fraction and needs no solve.
    """
    if problem.gap_inner is None or problem.gap_coupling is None:
        raise ValueError("flat_storage: expected a problem with a gap volume, got a thin gap")
    current = problem.drive.duplicate()  # of the flat field into the plane z = 0: b / depth, with its sign turned
    problem.stiffness.mult(problem.flat, current)
    current.axpy(-1, problem.drive)
    current.scale(-problem.depth)
    plane = _touched(problem.gap)
    every = _rows(problem.gap_inner)
    gap = problem.gap.createSubMatrix(plane, plane)
    across = problem.gap_coupling.createSubMatrix(plane, every)
    view = current.getSubVector(plane)
    energy = _joint_energy(gap, across, problem.gap_inner, view)
    current.restoreSubVector(plane, view)
    for thing in (current, plane, every, gap, across):
        thing.destroy()
    return energy.real / problem.area


def _rows(matrix: PETSc.Mat) -> PETSc.IS:
    start, end = matrix.getOwnershipRange()
    return PETSc.IS().createStride(end - start, start, comm=matrix.comm)


def _touched(matrix: PETSc.Mat) -> PETSc.IS:
    """Rows with a positive diagonal: the unknowns on the gap's plane."""
    diagonal = matrix.getDiagonal()
    rows = matrix.getOwnershipRange()[0] + np.flatnonzero(diagonal.array.real > 0)
    diagonal.destroy()
    return PETSc.IS().createGeneral(rows.astype(np.int32), comm=matrix.comm)
