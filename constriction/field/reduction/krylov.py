"""Ideal contacts, so that the gap is the only term: a few real solutions give the whole spectrum, no frequency.

With one θ, the ratio s of gap to electrolyte, and one matrix beside K, its G, this needs less than `greedy` does.
Fields that are one on the counter electrode split K-orthogonally into the DC field φ₀ and fields that vanish there.
The model's basis on the latter is the flat interface's field (s → ∞), Krylov vectors (K⁻¹G)ᵏφ₀ and, where K is not
factored, solutions φ(σ) at real shifts σ. With a factored K another Krylov vector costs one back-substitution; with
multigrid it costs as much as a shift, which says more. The Galerkin model takes over what the exact F(s) = area /
Y(s) is known for: a Stieltjes function with real negative poles and positive residues, exact F(0), F'(0) and F(∞).
Its residual, measured in the norm of K⁻¹, bounds its error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.multigrid import Hierarchy, solver_of
from constriction.field.elements.operators import Vector
from constriction.field.elements.solvers import PETScSolver, Solver, Stop, factorise
from constriction.field.limits import FAINTEST
from constriction.field.reduction.galerkin import CHECKED_RATIOS, MeshBasis
from constriction.field.reduction.poles import ReducedModel, poles_of

MOST_VECTORS = 60
KRYLOV_BEFORE_SHIFTS = 1
APART = 2.0  # two shifts are at least this factor apart
SHIFTS = 0.1, 100.0  # where they are looked for first, relative to the pole with the largest residue
# energy norms of errors of solutions by iteration
SOLVED = 1e-6  # relative to the flat field's; the error of an energy is its square
FAINT = 1e-5  # of the slab: what constricts less wants both energies more exactly
KRYLOV_SOLVED = 1e-4  # of a Krylov vector that joins the basis, relative to itself
SHIFT_SOLVED = 3e-3  # of a solution at a shift, relative to what the model there is off
REMAINDER_SOLVED = 0.03  # of one that does not, relative to the part that is not in the basis


def reduce_keeping_potential(
    problem: CellProblem, tolerance: float, levels: Hierarchy | None = None, leak: float = 0.0
) -> tuple[ReducedModel, Vector, Callable[[NDArray[np.float64]], Vector]]:
    """Build the reduced model of a cell, and keep its DC field.

    Args:
        problem: its matrices.
        tolerance: fields are added until the bound on F's error is below this part of F(leak) − F(∞); infinite where
            only F(0) is asked, which is exact.
        levels: solve by p-multigrid on these; None: factor K.
        leak: the largest s ≥ 0 at rest.

    Returns:
        The model, whose `error` tells what was reached within MOST_VECTORS, or with shifts that are APART; and the DC
        field on the free unknowns, (owned,), and what gives the field at any real s, (1,).

    Raises:
        SolverError: MUMPS failed or multigrid did not converge.
    """
    inside = factorise(problem.gap.within(problem.inner)) if problem.gap_volume else None
    tools = _Tools(problem, solver_of(problem, levels, [0.0]), inside, levels)
    try:
        model, basis = _reduce(tools, tolerance, leak)
        return model, basis.dc, lambda theta: basis.combined(float(theta[0]))
    finally:
        tools.destroy()


@dataclass(frozen=True)
class _Tools:
    """Solvers of one cell: of K, of G inside a gap volume, and of K + σG on `levels`."""

    problem: CellProblem
    electrolyte: Solver
    inside: PETScSolver | None
    levels: Hierarchy | None

    def extended(self, slab: Vector) -> Vector:
        """A field of the slab with what follows inside the gap volume: G's rows there give zero."""
        if self.inside is None:
            return slab
        return slab - self.inside.solve(np.where(self.problem.inner, self.problem.gap @ slab, 0.0))

    def krylov(self, charge: Vector, stop: Stop, guess: Vector | None = None) -> Vector:
        """K⁻¹·charge on the slab."""
        slab = ~self.problem.inner
        start = None if guess is None else np.where(slab, guess, 0.0)
        return self.electrolyte.solve(np.where(slab, charge, 0.0), stop, start)

    def shifted(self, ratio: float, stop: Stop, guess: Vector) -> Vector:
        """(K + ratio·G)⁻¹·drive."""
        solver = solver_of(self.problem, self.levels, [ratio])
        try:
            return solver.solve(self.problem.drive, stop, guess)
        finally:
            solver.destroy()

    def destroy(self) -> None:
        """Give memory back."""
        self.electrolyte.destroy()
        if self.inside is not None:
            self.inside.destroy()


def _reduce(tools: _Tools, tolerance: float, leak: float) -> tuple[ReducedModel, MeshBasis]:
    """Add fields until the error bound is small."""
    problem = tools.problem
    accurate = Stop(absolute=SOLVED * math.sqrt(problem.flat_energy))
    basis = _dc_basis(tools, accurate)
    depth = problem.area / problem.flat_energy
    constriction = problem.area / basis.admittance - depth
    if tools.levels is not None and constriction < FAINT * depth:  # a difference of two energies: both more exactly
        part = max(constriction / depth, FAINTEST) / FAINT
        basis = _dc_basis(tools, Stop(absolute=accurate.absolute * math.sqrt(part)))
        constriction = problem.area / basis.admittance - depth
    solves, bound, shifts = 1, 0.0, list[float]()
    if constriction > 1e-10 * depth:  # else full contact
        basis.append_solution(problem.flat)
        outer = tools.krylov(basis.source, Stop(relative=KRYLOV_SOLVED))
        solves += 1
    while basis.fields:
        unit, _, remainder = basis.split(outer)
        bounds = basis.error_bounds(remainder)
        bound, allowed = float(np.max(bounds)), tolerance * _excess(basis, depth, leak)
        if bound <= allowed or len(basis.fields) == MOST_VECTORS:
            break
        if tools.levels is None or len(basis.fields) <= KRYLOV_BEFORE_SHIFTS:
            basis.append_krylov(tools.extended(unit))
            outer = tools.krylov(basis.source, Stop(relative=REMAINDER_SOLVED), basis.projected_source())
        else:
            ratio = _next_shift(basis, np.where(bounds > allowed, bounds, 0.0), shifts)
            if ratio is None:
                break
            shifts.append(ratio)
            basis.append_solution(tools.shifted(ratio, Stop(relative=SHIFT_SOLVED), basis.combined(ratio)))
            _, _, remainder = basis.split(outer)
            outer = tools.krylov(basis.source, Stop(absolute=REMAINDER_SOLVED * remainder), outer)
        solves += 1
    times, weights = poles_of(basis.whole())
    direct = problem.area / basis.admittance
    stored = direct * basis.stored / basis.admittance
    return ReducedModel(times, direct * weights, depth, stored, bound, solves), basis


def _excess(basis: MeshBasis, depth: float, leak: float) -> float:
    """The model's F(leak) − F(∞)."""
    direct = basis.problem.area / basis.admittance
    if leak == 0:
        return direct - depth
    times, weights = poles_of(basis.whole())
    return direct * float(np.sum(weights / (1 + leak * times))) - depth


def _dc_basis(tools: _Tools, stop: Stop) -> MeshBasis:
    problem = tools.problem
    dc = tools.extended(tools.krylov(problem.drive, stop))
    charge = problem.gap @ dc
    return MeshBasis(problem, dc, charge, problem.energy(dc), problem.numbering.dot(dc, charge), charge)


def _next_shift(basis: MeshBasis, bounds: NDArray[np.float64], used: list[float]) -> float | None:
    """|s| where the bound is largest, away from shifts used before and rather near the main pole; None: there is none.

    `bounds` at CHECKED_RATIOS, zero where the model will do.
    """
    times, weights = poles_of(basis.whole())
    pole = 1 / times[np.argmax(np.where(times > 0, weights, 0.0))]
    candidates = np.abs(CHECKED_RATIOS)
    fits = bounds > 0
    for shift in used:
        fits &= np.maximum(candidates / shift, shift / candidates) >= APART
    near = fits & (candidates >= SHIFTS[0] * pole) & (candidates <= SHIFTS[1] * pole)
    chosen = near if np.any(near) else fits
    return float(candidates[np.argmax(np.where(chosen, bounds, 0.0))]) if np.any(chosen) else None
