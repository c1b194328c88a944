"""From the matrices of a cell to its whole spectrum: one factored matrix, a few solutions, no frequency.

Fields that are one on the counter electrode split K-orthogonally into the DC field φ₀ and fields that vanish there.
On the latter the model's basis is the flat interface's field (s → ∞) and the Krylov vectors (K⁻¹G)ᵏφ₀, each the price
of one back-substitution. The Galerkin model takes over what the exact F(s) = area / Y(s) is known for: a Stieltjes
function with real negative poles and positive residues, exact F(0), F'(0) and F(∞). Its residual, measured in the
norm of K⁻¹, bounds its error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
from numpy.typing import NDArray
from petsc4py import PETSc

from constriction.field.assembly import GapProblem
from constriction.field.poles import ReducedModel
from constriction.field.solvers import Factor, factorise

# where the error of the model is bounded; beyond, F is one of its limits
CHECKED_RATIOS = np.asarray(1j * np.logspace(-3, 4, 71), dtype=np.complex128)
MOST_VECTORS = 60
ROUNDING = 1e-13  # of the longest time: the flat field's time is zero, and so is what is below this


class GapOperator(Protocol):
    """The gap's action G on the slab's unknowns."""

    def apply(self, field: PETSc.Vec) -> PETSc.Vec:
        """G·field; the caller destroys the answer."""

    def destroy(self) -> None:
        """Give memory back."""


@dataclass(frozen=True)
class PlaneGap:
    """A thin gap: the mass matrix of its plane."""

    gap: PETSc.Mat

    def apply(self, field: PETSc.Vec) -> PETSc.Vec:
        """G·field."""
        out = field.duplicate()
        self.gap.mult(field, out)
        return out

    def destroy(self) -> None:
        """Nothing of its own."""


@dataclass(frozen=True)
class VolumeGap:
    """A gap volume, its inner unknowns eliminated: G_ss − G_si G_ii⁻¹ G_is."""

    gap: PETSc.Mat
    coupling: PETSc.Mat
    inner: Factor

    def apply(self, field: PETSc.Vec) -> PETSc.Vec:
        """The condensed G·field."""
        out, flux = field.duplicate(), self.coupling.createVecRight()
        self.gap.mult(field, out)
        self.coupling.multTranspose(field, flux)
        inside = self.inner.solve(flux)
        inside.scale(-1)
        self.coupling.multAdd(inside, out, out)
        flux.destroy()
        inside.destroy()
        return out

    def destroy(self) -> None:
        """Give the inner factor's memory back."""
        self.inner.destroy()


def gap_operator(problem: GapProblem) -> GapOperator:
    """The gap's action for a thin gap or a gap volume."""
    if problem.gap_inner is None or problem.gap_coupling is None:
        return PlaneGap(problem.gap)
    return VolumeGap(problem.gap, problem.gap_coupling, factorise(problem.gap_inner))


def reduce(problem: GapProblem, tolerance: float) -> ReducedModel:
    """Build the reduced model of a cell.

    Args:
        problem: its matrices.
        tolerance: vectors are added until the bound on F's error is below this part of F(0) − F(∞).

    Returns:
        The model; its `error` tells what was reached within MOST_VECTORS.
    """
    gap = gap_operator(problem)
    fields: list[PETSc.Vec] = []
    images: list[PETSc.Vec] = []
    with factorise(problem.stiffness) as factor:
        small, bound = _grow(problem, factor, gap, (fields, images), tolerance)
    for vector in (*fields, *images):
        vector.destroy()
    gap.destroy()
    flat_energy = _flat_energy(problem)
    scale = problem.area / small.admittance
    times, modes = np.linalg.eigh(small.whole())
    return ReducedModel(
        times=np.where(times > ROUNDING * times[-1], times, 0.0),
        weights=scale * modes[0] ** 2,
        depth=problem.area / flat_energy,
        stored=scale * small.stored / small.admittance,
        error=bound * scale / small.admittance,
        solves=len(fields) + 1,
    )


def _flat_energy(problem: GapProblem) -> float:
    """φᵀKφ of the flat field: area / depth, but for a circular cell's curved side, 1e-6 off the cylinder."""
    product = problem.flat.duplicate()
    problem.stiffness.mult(problem.flat, product)
    product.axpy(-2, problem.drive)
    energy: float = problem.flat.dot(product).real + problem.drive_energy
    product.destroy()
    return energy


@dataclass(frozen=True)
class _Small:
    """The Galerkin model: K = diag(admittance, 1), G = [[stored, charges], [charges, inner]]."""

    admittance: float
    stored: float
    charges: NDArray[np.float64]
    inner: NDArray[np.float64]

    def whole(self) -> NDArray[np.float64]:
        """G where K is the unit matrix; (1 + fields, 1 + fields)."""
        first = np.concatenate([[self.stored / self.admittance], self.charges / math.sqrt(self.admittance)])
        return np.block([[first[:1, None], first[None, 1:]], [first[1:, None], self.inner]])

    def coefficients(self, ratios: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Coefficients of the fields beside φ₀; (ratios, fields)."""
        times, modes = np.linalg.eigh(self.inner)
        return np.asarray((-ratios[:, None] / (1 + ratios[:, None] * times)) * (modes.T @ self.charges) @ modes.T)


def _grow(
    problem: GapProblem,
    factor: Factor,
    gap: GapOperator,
    vectors: tuple[list[PETSc.Vec], list[PETSc.Vec]],
    tolerance: float,
) -> tuple[_Small, float]:
    """Add fields until the error bound on Y, relative to its range, is small; returns the model and the bound."""
    fields, images = vectors
    dc = factor.solve(problem.drive)
    admittance = problem.drive_energy - dc.dot(problem.drive).real
    charge = gap.apply(dc)
    small = _Small(admittance, dc.dot(charge).real, np.zeros(0), np.zeros((0, 0)))
    new = problem.flat - dc
    # F(0) − F(∞) as a change of Y at F(0)
    range_of_y = admittance * (1 - admittance * problem.depth / problem.area)
    length = _orthonormalise(new, fields, problem.stiffness)
    bound = 0.0
    while length**2 > 1e-20 * admittance:
        fields.append(new)
        images.append(gap.apply(new))
        small = _enlarge(small, charge, fields, images)
        source = charge if len(fields) == 1 else images[-1]
        new = factor.solve(source)
        beta = _orthonormalise(new, fields, problem.stiffness)
        bound = _error_bound(small, length, beta)
        if bound <= tolerance * range_of_y or len(fields) == MOST_VECTORS:
            break
    for vector in (dc, charge, new):
        vector.destroy()
    return small, bound


def _orthonormalise(new: PETSc.Vec, fields: list[PETSc.Vec], stiffness: PETSc.Mat) -> float:
    """Make a field K-orthogonal to others and of unit length, in place; returns its length before."""
    product = new.duplicate()
    for _ in range(2 if fields else 0):  # twice is enough against rounding
        stiffness.mult(new, product)
        new.maxpy([-share.real for share in product.mDot(fields)], fields)
    stiffness.mult(new, product)
    length = math.sqrt(max(new.dot(product).real, 0.0))
    product.destroy()
    if length > 0:
        new.scale(1 / length)
    return length


def _enlarge(small: _Small, charge: PETSc.Vec, fields: list[PETSc.Vec], images: list[PETSc.Vec]) -> _Small:
    """The model with the newest field added."""
    column = np.array([field.dot(images[-1]).real for field in fields])
    inner = np.zeros((len(fields), len(fields)))
    inner[:-1, :-1] = small.inner
    inner[-1, :] = inner[:, -1] = column
    charges = np.append(small.charges, fields[-1].dot(charge).real)
    return _Small(small.admittance, small.stored, charges, inner)


def _error_bound(small: _Small, length: float, beta: float) -> float:
    """Bound on |Y − Y of the matrices| over the checked ratios.

    The residual of the model is s·share·β times a unit vector in the norm of K⁻¹: only the newest image K⁻¹G q sticks
    out of the basis (G annuls the flat field, so the first image is φ₀'s). The error of Y is rᵀA(s)⁻¹r, and |rᵀA⁻¹r|
    ≤ rᵀK⁻¹r̄ for Re s ≥ 0, where the numerical range of A lies right of K's.
    """
    coefficients = small.coefficients(CHECKED_RATIOS)
    first = coefficients.shape[1] == 1
    share = 1 - coefficients[:, 0] / length if first else coefficients[:, -1]
    return float(np.max(np.abs(CHECKED_RATIOS * share * beta) ** 2))
