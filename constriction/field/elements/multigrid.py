"""Conjugate gradients with p-multigrid: second-order elements smoothed, first-order ones solved.

Above a few ten thousand unknowns this takes less time and memory than a factor: the work per unknown does not grow.
The outer iteration is in double precision and flexible (Polak and Ribière's β), so that the preconditioner may be in
single precision and its coarse part one cycle of another multigrid.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from constriction.base.errors import SolverError
from constriction.field.elements.assembly import CellProblem, CoarseLevel, Theta, coarsen
from constriction.field.elements.operators import Numbering, Operator, Vector, largest_eigenvalue
from constriction.field.elements.solvers import PETScSolver, Stop, aggregate, factorise

SWEEPS = 3  # of the smoother, before and after the coarse correction
SMOOTHED = 30.0  # the smoother damps eigenvalues from the largest down to this part of it
LANCZOS_STEPS, MARGIN = 10, 1.1  # for the largest eigenvalue, which they find from below
FACTORED_BELOW = 20_000  # first-order unknowns; a factor takes fewer iterations than an aggregation
MOST_ITERATIONS = 100
STALLED = 20, 0.5  # so many iterations must make at least this of the residual
MULTIGRID_FROM = 5_000  # second-order unknowns; below, a factor is quicker
MORE_WITH_FILM = 2.0  # times as many with a film: multigrid then solves more often than with a factor
MOST_FACTORED = 400_000  # second-order unknowns of which a factor is tried where multigrid stalls: 4 GB, a minute
AGGREGATION: dict[str, str | float] = {
    "pc_gamg_agg_nsmooths": 1,
    "pc_gamg_threshold": 0.0,
    "pc_gamg_esteig_ksp_type": "cg",
    "pc_gamg_esteig_ksp_max_it": 15,
    "mg_levels_ksp_type": "chebyshev",
    "mg_levels_pc_type": "jacobi",
    "mg_levels_ksp_max_it": 2,
}


@dataclass(frozen=True)
class Smoother:
    """Chebyshev polynomials of the Jacobi-scaled matrix (Adams et al. 2003), in the precision of its numbers."""

    matrix: _Sum
    inverse_diagonal: Vector
    largest: float

    def improve(self, right: Vector, start: Vector | None) -> Vector:
        """Sweeps from a start, None for zero."""
        middle, half = self.largest * (1 + 1 / SMOOTHED) / 2, self.largest * (1 - 1 / SMOOTHED) / 2
        sigma = middle / half
        rho = 1 / sigma
        residual = right if start is None else right - self.matrix @ start
        kind = self.inverse_diagonal.dtype.type
        step = self.inverse_diagonal * residual * kind(1 / middle)
        solution = step if start is None else start + step
        for _ in range(SWEEPS - 1):
            residual = residual - self.matrix @ step
            previous, rho = rho, 1 / (2 * sigma - rho)
            step = kind(previous * rho) * step
            step += kind(2 * rho / half) * (self.inverse_diagonal * residual)
            solution = solution + step
        return solution


@dataclass(frozen=True)
class _Sum:
    """K + Σ θ_k M_k, never formed; `terms` are those whose θ is not zero."""

    stiffness: Operator
    terms: tuple[tuple[complex, Operator], ...]

    def __matmul__(self, vector: Vector) -> Vector:
        image = self.stiffness @ vector
        for factor, term in self.terms:
            kind: Any = vector.dtype.type
            image = image + (kind(factor) if np.isrealobj(factor) else factor) * (term @ vector)
        return image


def _sum(operators: Sequence[Operator], theta: Theta) -> _Sum:
    """The sum of K, the first of the operators, and the terms that follow it."""
    parts = zip(theta, operators[1:], strict=True)
    return _Sum(operators[0], tuple((factor, term) for factor, term in parts if factor != 0))


@dataclass(frozen=True)
class Hierarchy:
    """What all shifts share: the matrices of both levels."""

    problem: CellProblem
    coarse: CoarseLevel
    single: tuple[Operator, ...]
    largest: tuple[float, ...]

    @cached_property
    def prolongation(self) -> dict[type, sparse.csr_array]:
        """In single and in double precision."""
        return {kind: self.coarse.prolongation.astype(kind) for kind in (np.float32, np.float64)}

    @cached_property
    def restriction(self) -> dict[type, sparse.csr_array]:
        """The prolongation's transpose in single and in double precision."""
        return {kind: sparse.csr_array(matrix.T) for kind, matrix in self.prolongation.items()}


def hierarchy(problem: CellProblem, coarse: CoarseLevel) -> Hierarchy:
    """Single-precision copies for the smoother, and the largest eigenvalues of K and every M, each over its diagonal.

    With the diagonal's share θM in it, the largest eigenvalue of K + Σ θM lies between them, or is the greatest.
    """
    operators = (problem.stiffness, *problem.terms)
    return Hierarchy(
        problem=problem,
        coarse=coarse,
        single=tuple(operator.single() for operator in operators),
        largest=tuple(_largest_eigenvalue(operator) for operator in operators),
    )


def levels_for(problem: CellProblem) -> Hierarchy | None:
    """The levels of a problem that multigrid solves more quickly than a factor; None for a smaller one."""
    least = MULTIGRID_FROM * (1.0 if len(problem.terms) == 1 else MORE_WITH_FILM)
    return hierarchy(problem, coarsen(problem)) if problem.unknowns >= least else None


def with_levels_or_factor[Answer](problem: CellProblem, work: Callable[[Hierarchy | None], Answer]) -> Answer:
    """Do work on the levels of a problem; again with a factor if multigrid stalls, as it may on stretched cells.

    Raises:
        SolverError: neither converges, or the factor would be too large.
    """
    levels = levels_for(problem)
    if levels is None:
        return work(None)
    try:
        return work(levels)
    except SolverError:
        if problem.unknowns > MOST_FACTORED:
            raise
    del levels
    return work(None)


def solver_of(
    problem: CellProblem, levels: Hierarchy | None, theta: Theta, kind: type = np.float32
) -> PETScSolver | Multigrid:
    """Solves with A(θ): multigrid on the levels, in `kind`, or a factor if there are none."""
    return multigrid(levels, theta, kind) if levels else factorise(problem.matrix(theta))


def _largest_eigenvalue(matrix: Operator) -> float:
    """Of D⁻¹A, D its diagonal; rows of zeros count for nothing."""
    diagonal = matrix.diagonal()
    root = np.where(diagonal > 0, 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0)), 0.0)
    return MARGIN * largest_eigenvalue(lambda v: root * (matrix @ (root * v)), matrix.numbering, LANCZOS_STEPS)


@dataclass(frozen=True)
class Multigrid:
    """Solves with A(θ), inside a gap volume only if θ_gap is not zero; complex θ with the smoother of their sizes."""

    matrix: _Sum
    smoother: Smoother
    levels: Hierarchy
    bottom: PETScSolver

    @property
    def numbering(self) -> Numbering:
        """Of the unknowns."""
        return self.levels.problem.numbering

    def solve(self, right: Vector, stop: Stop, guess: Vector | None = None) -> Vector:
        """As `iterate`."""
        return self.iterate(right, stop, guess)[0]

    def iterate(self, right: Vector, stop: Stop, guess: Vector | None = None) -> tuple[Vector, int]:
        """Iterate from a guess (zero) until the error's energy norm is small enough; the field and the iterations.

        The norm is estimated by the preconditioned residual's.

        Raises:
            SolverError: no convergence; with the history of the residual.
        """
        solution = (np.zeros_like(right) if guess is None else guess) * self.one
        residual = right * self.one if guess is None else right - self.matrix @ solution
        history: list[float] = []
        direction, last, product = np.zeros_like(solution), residual, 1.0
        while True:
            improved = self.precondition(residual)
            square = self.numbering.dot(improved, residual)
            history.append(_root(self.numbering.dot(improved, residual.conj()).real))
            if 0 <= history[-1] <= max(stop.absolute, stop.relative * history[0]):
                # what coarse functions reach into a gap volume that K does not know is no part of the answer
                found = solution if self.fills_volume else np.where(self.levels.problem.inner, 0.0, solution)
                return found, len(history) - 1
            if not 0 <= history[-1] < math.inf or len(history) > MOST_ITERATIONS or _stalls(history):
                raise SolverError(_diverged(self.numbering.size, history))
            beta = 0.0 if len(history) == 1 else (square - self.numbering.dot(improved, last)) / product
            direction = improved + beta * direction
            image = self.matrix @ direction
            step = self.numbering.dot(direction, residual) / self.numbering.dot(direction, image)
            solution += step * direction
            last, residual, product = residual, residual - step * image, square

    @property
    def one(self) -> complex:
        """1 of the kind of number that solutions are."""
        return 1.0 + 0j if any(np.iscomplexobj(factor) for factor, _ in self.matrix.terms) else 1.0

    @property
    def fills_volume(self) -> bool:
        """Whether the matrix knows what is inside a gap volume."""
        return any(term is self.levels.problem.gap for _, term in self.matrix.terms)

    def precondition(self, residual: Vector) -> Vector:
        """One V-cycle; on real and imaginary part alike, which share the coarse solve."""
        kind = self.smoother.inverse_diagonal.dtype.type
        parts = (residual.real, residual.imag) if np.iscomplexobj(residual) else (residual,)
        rights: list[Vector] = [part.astype(kind) for part in parts]
        starts = [self.smoother.improve(right, None) for right in rights]
        corrections = self.bottom.apply_all(list(map(self._restricted, rights, starts)))
        real, *imaginary = map(self._corrected, rights, starts, corrections)
        return np.asarray(real + 1j * imaginary[0]) if imaginary else real

    def _restricted(self, right: Vector, start: Vector) -> Vector:
        """What a smoothed start leaves of a right-hand side, on the coarse level."""
        left = right - self.smoother.matrix @ start
        return self.levels.coarse.numbering.summed(self.levels.restriction[left.dtype.type] @ left)

    def _corrected(self, right: Vector, start: Vector, correction: Vector) -> Vector:
        """A start with the correction of the coarse level, smoothed."""
        ghosted = self.levels.coarse.numbering.with_ghosts(correction.astype(start.dtype))
        solution = start + self.levels.prolongation[start.dtype.type] @ ghosted
        return self.smoother.improve(right, solution).astype(np.float64)

    def destroy(self) -> None:
        """Give the coarse solver's memory back."""
        self.bottom.destroy()


def _root(square: float) -> float:
    """With the sign of the square, which is negative where a preconditioner is indefinite."""
    return math.copysign(math.sqrt(abs(square)), square)


def _stalls(history: list[float]) -> bool:
    """Whether the last iterations did not lower the residual."""
    steps, share = STALLED
    return len(history) > 2 * steps and min(history[-steps:]) > share * min(history[:-steps])


def _diverged(unknowns: int, history: list[float]) -> str:
    shown = ", ".join(f"{value:.1e}" for value in [*history[:5], *history[-5:]])
    return (
        f"p-multigrid did not converge on {unknowns} unknowns in {len(history) - 1} iterations; "
        f"energy norm of the error, first and last (negative: an indefinite preconditioner): {shown}"
    )


def multigrid(levels: Hierarchy, theta: Theta, kind: type = np.float32) -> Multigrid:
    """Set up the solver of A(θ); inside a gap volume K alone is replaced by the unit matrix.

    Args:
        levels: of the problem.
        theta: θ, real and ≥ 0, or complex; the smoother and the coarse level take |θ|.
        kind: of number in the smoother.
    """
    problem, coarse, sizes = levels.problem, levels.coarse, np.abs(theta)
    operators = (problem.stiffness, *problem.terms)
    smoothed = _sum(levels.single if kind is np.float32 else operators, [float(size) for size in sizes])
    diagonal = problem.stiffness.diagonal()
    for size, term in zip(sizes, problem.terms, strict=True):
        if size > 0:
            diagonal += size * term.diagonal()
    if sizes[-1] == 0:
        diagonal[problem.inner] = 1.0
    largest = max(levels.largest[0], *(one for one, size in zip(levels.largest[1:], sizes, strict=True) if size > 0), 0)
    smoother = Smoother(smoothed, (1 / diagonal).astype(kind), largest)
    few, bottom = coarse.stiffness.numbering.size < FACTORED_BELOW, coarse.matrix(sizes)
    solver = factorise(bottom) if few else aggregate(bottom, AGGREGATION)
    return Multigrid(_sum(operators, theta), smoother, levels, solver)
