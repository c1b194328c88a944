"""Conjugate gradients with p-multigrid: second-order elements smoothed, first-order ones solved.

Above a few ten thousand unknowns this takes less time and memory than a factor: the work per unknown does not grow.
The outer iteration is in double precision and flexible (Polak and Ribière's β), so that the preconditioner may be in
single precision and its coarse part one cycle of another multigrid.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from constriction.base.errors import SolverError
from constriction.field.elements.assembly import CoarseLevel, GapProblem, coarsen
from constriction.field.elements.operators import Numbering, Operator, Vector, largest_eigenvalue
from constriction.field.elements.solvers import PETScSolver, Solver, Stop, aggregate, factorise

SWEEPS = 3  # of the smoother, before and after the coarse correction
SMOOTHED = 30.0  # the smoother damps eigenvalues from the largest down to this part of it
LANCZOS_STEPS, MARGIN = 10, 1.1  # for the largest eigenvalue, which they find from below
FACTORED_BELOW = 20_000  # first-order unknowns; a factor takes fewer iterations than an aggregation
MOST_ITERATIONS = 100
STALLED = 20, 0.5  # so many iterations must make at least this of the residual
MULTIGRID_FROM = 5_000  # second-order unknowns; below, a factor is quicker
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
    """Chebyshev polynomials of the Jacobi-scaled matrix (Adams et al. 2003), in single precision."""

    matrix: _Shifted
    inverse_diagonal: NDArray[np.float32]
    largest: float

    def improve(self, right: Vector, start: Vector | None) -> Vector:
        """Sweeps from a start, None for zero."""
        middle, half = self.largest * (1 + 1 / SMOOTHED) / 2, self.largest * (1 - 1 / SMOOTHED) / 2
        sigma = middle / half
        rho = 1 / sigma
        residual = right if start is None else right - self.matrix @ start
        step = self.inverse_diagonal * residual * np.float32(1 / middle)
        solution = step if start is None else start + step
        for _ in range(SWEEPS - 1):
            residual = residual - self.matrix @ step
            previous, rho = rho, 1 / (2 * sigma - rho)
            step = np.float32(previous * rho) * step
            step += np.float32(2 * rho / half) * (self.inverse_diagonal * residual)
            solution = solution + step
        return solution


@dataclass(frozen=True)
class _Shifted:
    """K + σ G, never formed."""

    stiffness: Operator
    gap: Operator | None
    ratio: float

    def __matmul__(self, vector: Vector) -> Vector:
        image = self.stiffness @ vector
        if self.gap is not None:
            image += vector.dtype.type(self.ratio) * (self.gap @ vector)
        return image


@dataclass(frozen=True)
class Hierarchy:
    """What all shifts share: the matrices of both levels."""

    problem: GapProblem
    coarse: CoarseLevel
    single: tuple[Operator, Operator]
    prolongation: sparse.csr_array
    restriction: sparse.csr_array
    largest: tuple[float, float]


def hierarchy(problem: GapProblem, coarse: CoarseLevel) -> Hierarchy:
    """Single-precision copies for the smoother, and the largest eigenvalues of K and of G, each over its diagonal.

    With the diagonal's share σG in it, the largest eigenvalue of K + σG lies between the two, or is the greater one.
    """
    prolongation = coarse.prolongation.astype(np.float32)
    return Hierarchy(
        problem=problem,
        coarse=coarse,
        single=(problem.stiffness.single(), problem.gap.single()),
        prolongation=prolongation,
        restriction=sparse.csr_array(prolongation.T),
        largest=(_largest_eigenvalue(problem.stiffness), _largest_eigenvalue(problem.gap)),
    )


def levels_for(problem: GapProblem) -> Hierarchy | None:
    """The levels of a problem that multigrid solves more quickly than a factor; None for a smaller one."""
    return hierarchy(problem, coarsen(problem)) if problem.unknowns >= MULTIGRID_FROM else None


def with_levels_or_factor[Answer](problem: GapProblem, work: Callable[[Hierarchy | None], Answer]) -> Answer:
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


def solver_of(problem: GapProblem, levels: Hierarchy | None, ratio: float) -> Solver:
    """Solves with K + ratio·G, ratio ≥ 0: multigrid on the levels, or a factor if there are none."""
    return multigrid(levels, ratio) if levels else factorise(problem.matrix(ratio))


def _largest_eigenvalue(matrix: Operator) -> float:
    """Of D⁻¹A, D its diagonal; rows of zeros count for nothing."""
    diagonal = matrix.diagonal()
    root = np.where(diagonal > 0, 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0)), 0.0)
    return MARGIN * largest_eigenvalue(lambda v: root * (matrix @ (root * v)), matrix.numbering, LANCZOS_STEPS)


@dataclass(frozen=True)
class Multigrid:
    """Solves with K + σ G; inside a gap volume only if σ > 0."""

    matrix: _Shifted
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
        solution = np.zeros_like(right) if guess is None else guess.copy()
        residual = right.copy() if guess is None else right - self.matrix @ guess
        history: list[float] = []
        direction, last, product = np.zeros_like(right), residual, 1.0
        while True:
            improved = self.precondition(residual)
            square = self.numbering.dot(improved, residual)
            history.append(math.copysign(math.sqrt(abs(square)), square))
            if 0 <= history[-1] <= max(stop.absolute, stop.relative * history[0]):
                # what coarse functions reach into a gap volume that K does not know is no part of the answer
                found = solution if self.matrix.gap else np.where(self.levels.problem.inner, 0.0, solution)
                return found, len(history) - 1
            if not 0 <= history[-1] < math.inf or len(history) > MOST_ITERATIONS or _stalls(history):
                raise SolverError(_diverged(self.numbering.size, history))
            beta = 0.0 if len(history) == 1 else (square - self.numbering.dot(improved, last)) / product
            direction = improved + beta * direction
            image = self.matrix @ direction
            step = self.numbering.dot(direction, residual) / self.numbering.dot(direction, image)
            solution += step * direction
            last, residual, product = residual, residual - step * image, square

    def precondition(self, residual: Vector) -> Vector:
        """One V-cycle."""
        right = residual.astype(np.float32)
        coarse = self.levels.coarse.stiffness.numbering
        solution = self.smoother.improve(right, None)
        left = right - self.smoother.matrix @ solution
        correction = self.bottom.solve(coarse.summed(self.levels.restriction @ left)).astype(np.float32)
        solution = solution + self.levels.prolongation @ coarse.with_ghosts(correction)
        return self.smoother.improve(right, solution).astype(np.float64)

    def destroy(self) -> None:
        """Give the coarse solver's memory back."""
        self.bottom.destroy()


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


def multigrid(levels: Hierarchy, ratio: float) -> Multigrid:
    """Set up the solver of K + σ G for σ = `ratio` ≥ 0; inside a gap volume K alone is replaced by the unit matrix."""
    problem, coarse = levels.problem, levels.coarse
    gap = problem.gap if ratio > 0 else None
    matrix = _Shifted(problem.stiffness, gap, ratio)
    single = _Shifted(levels.single[0], levels.single[1] if ratio > 0 else None, ratio)
    diagonal = problem.stiffness.diagonal()
    if ratio > 0:
        diagonal += ratio * problem.gap.diagonal()
    else:
        diagonal[problem.inner] = 1.0
    largest = max(levels.largest) if ratio > 0 else levels.largest[0]
    smoother = Smoother(single, (1 / diagonal).astype(np.float32), largest)
    few, bottom = coarse.stiffness.numbering.size < FACTORED_BELOW, coarse.matrix(ratio)
    return Multigrid(matrix, smoother, levels, factorise(bottom) if few else aggregate(bottom, AGGREGATION))
