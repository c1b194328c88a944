"""A mesh's unknowns as a space for `greedy`, where the contact has a law.

With unit current density at the counter electrode, an equipotential V, the potential is that of the flat interface, −z,
plus a field u for which A(θ)u = b: b is what the flat field's current brings to the interface. F − depth = bᵀu, without
a difference of large numbers. A field is held as its values on the free unknowns and, last and on every rank, its V. A
constant costs K nothing: K·1 on the free unknowns is the drive.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.multigrid import Hierarchy, Multigrid, multigrid, solver_of
from constriction.field.elements.operators import Vector
from constriction.field.elements.solvers import PETScSolver, Stop, factorise
from constriction.field.reduction.affine import Reduced
from constriction.field.reduction.curves import Complexes, Floats
from constriction.field.reduction.greedy import Field, Wanted, least_weights, reduce

POWER_STEPS, MARGIN, LEAST_EIGENVALUE = 8, 1.3, 0.05  # for the smallest eigenvalue of a preconditioned operator
SOLVED, EXACT = 1e-6, 1e-7  # energy norm of a field's error, relative
IDEAL = 1e10  # θ of a contact whose film is thinner than any element by far
LOOSE = 0.03  # of what a residual calls for: a direction


@dataclass(frozen=True, eq=False)
class _Fields:
    """Fields on the free unknowns of a problem whose contact has a law, and their V; (owned + 1,).

    `levels`: solve by p-multigrid on these; None: factor.
    """

    problem: CellProblem
    levels: Hierarchy | None

    def admittance(self, potential: Field, theta: NDArray[Any]) -> Any:
        """The current through the interface per volt, (complex), as a sum without differences."""
        through = sum(one * (term @ potential) for one, term in zip(theta, self.problem.terms, strict=True) if one != 0)
        return self.problem.numbering.dot(np.ones(len(potential)), through)


@dataclass(frozen=True, eq=False)
class MeshNorm(_Fields):
    """The norm of B⁻¹, or of a V-cycle for B.

    `sigma`: θ ≥ 0 of B, (terms,), not all zero.
    """

    sigma: Floats

    @cached_property
    def _solver(self) -> PETScSolver | Multigrid:
        return solver_of(self.problem, self.levels, self.sigma, np.float64)

    @cached_property
    def response(self) -> Vector:
        """The potential of 1 V at the counter electrode, at σ."""
        return self._solver.solve(self.problem.drive, Stop(relative=SOLVED))

    @cached_property
    def _admittance(self) -> float:
        return float(self.admittance(self.response, self.sigma))

    @cached_property
    def smallest(self) -> float:
        """At most the smallest eigenvalue of the preconditioned B: what power steps find left over by a V-cycle."""
        if not isinstance(self._solver, Multigrid):
            return 1.0
        solver, numbering = self._solver, self.problem.numbering
        left: Vector = np.random.default_rng(numbering.comm.rank).standard_normal(numbering.owned)
        share = 0.0
        for _ in range(POWER_STEPS):
            image = solver.matrix @ left
            energy = numbering.dot(left, image)
            left = left - solver.precondition(image)
            share = max(share, numbering.dot(left, image) / energy)
        return max(1.0 - MARGIN * share, LEAST_EIGENVALUE)

    def apply(self, vectors: list[Field], of: Field | None = None) -> list[Field]:
        """B⁻¹ times vectors, or a V-cycle; the images `of` a field need one solve less."""
        if isinstance(self._solver, Multigrid):
            found: list[Field] = [self._solver.precondition(vector[:-1]) for vector in vectors]
        elif of is not None:
            terms = self.apply(vectors[1:])
            return [of - sum(one * term for one, term in zip(self.sigma, terms, strict=True)), *terms]
        else:
            found = self._solver.apply_all([vector[:-1] for vector in vectors])
        return [self._with_counter(one, vector) for one, vector in zip(found, vectors, strict=True)]

    def _with_counter(self, found: Field, vector: Field) -> Field:
        """With the V that lets a vector's current through the counter electrode."""
        counter = (vector[-1] + self.problem.numbering.dot(self.response, vector[:-1])) / self._admittance
        return np.append(found + counter * self.response, counter)

    def destroy(self) -> None:
        """Give memory back."""
        self._solver.destroy()


@dataclass(frozen=True, eq=False)
class MeshSpace(_Fields):
    """The space of the fields; `norms` to measure residuals in."""

    norms: tuple[MeshNorm, ...]

    @cached_property
    def scale(self) -> float:
        """√area: with b over it bᵀu is per area."""
        return math.sqrt(self.problem.area)

    @cached_property
    def flat(self) -> Vector:
        """−z / √area on the free unknowns, and the depth."""
        return np.append(self.problem.flat, 1.0) * (self.problem.depth / self.scale)

    @cached_property
    def load(self) -> Vector:
        """b: the flat field's current density at the interface."""
        current = -self._conducted(self.flat)
        current[-1] = 0.0
        return current

    def _conducted(self, field: Field) -> Field:
        """K·field, by the field less its V: exactly nothing for a constant, nearly all of u behind a poor film."""
        problem, above = self.problem, field[:-1] - field[-1]
        return np.append(problem.stiffness @ above, -problem.numbering.dot(problem.drive, above))

    def images(self, field: Field) -> list[Field]:
        """K·field and every M·field."""
        return [self._conducted(field), *(np.append(term @ field[:-1], 0.0) for term in self.problem.terms)]

    def products(self, fields: Sequence[Field], other: Field) -> Floats:
        """Scalar products of real fields with another one, (fields,); V counts once."""
        own = np.array([held[:-1] @ other[:-1] for held in fields])
        return np.asarray(self.problem.numbering.comm.allreduce(own) + [held[-1] * other[-1] for held in fields])

    @property
    def constant(self) -> Vector:
        """1 everywhere: the field of an interface that lets no current pass."""
        return np.ones(self.problem.numbering.owned + 1)

    def solve(self, theta: Complexes, share: float, guess: Field) -> Field:
        """The field u at θ (terms,), real or complex; its error in F may be this `share` of the guess's."""
        problem = self.problem
        if self.levels is None:
            with factorise(problem.matrix(theta)) as factor:
                potential: Field = factor.apply(problem.drive)
        else:
            solver = multigrid(self.levels, theta)
            try:
                scaled = guess + self.flat
                start = scaled[:-1] / scaled[-1] if np.any(guess) else None
                potential = solver.solve(
                    problem.drive, Stop(relative=LOOSE * math.sqrt(share) if share > 0 else EXACT), start
                )
            finally:
                solver.destroy()
        return self._floating(potential, theta)

    def at_rest(self) -> list[Field]:
        """The fields u at each norm's σ."""
        return [self._floating(norm.response, norm.sigma) for norm in self.norms]

    def _floating(self, potential: Field, theta: NDArray[Any]) -> Field:
        """The field u from the potential of 1 V at the counter electrode."""
        admittance = self.admittance(potential, theta)
        return np.asarray(np.append(potential, 1.0) * (self.problem.area / admittance / self.scale) - self.flat)

    def refine(self, residual: Field) -> Field | None:
        """B⁻¹ times a residual, where B is factored."""
        if self.levels is not None:
            return None
        return self.norms[0].apply([residual])[0]

    def destroy(self) -> None:
        """Give memory back."""
        for norm in self.norms:
            norm.destroy()


def reduce_film(
    problem: CellProblem, wanted: Wanted, levels: Hierarchy | None = None
) -> tuple[Reduced, Vector, Callable[[Floats], Vector]]:
    """Build the reduced model of a cell whose contact has a law.

    Args:
        problem: its matrices.
        wanted: where the model shall be good, and how good; θ of contact and gap.
        levels: solve by p-multigrid on these; None: factor.

    Returns:
        The model, the potential of 1 V on the free unknowns at the first of the `least_weights`, (owned,), and what
        gives the model's at any real θ, (terms,).

    Raises:
        SolverError: MUMPS failed or multigrid did not converge.
    """
    norms = tuple(MeshNorm(problem, levels, sigma) for sigma in least_weights(wanted.points))
    space = MeshSpace(problem, levels, norms)
    try:
        found = reduce(space, [space.constant, *space.at_rest()], wanted)
        ideal = space.solve(np.array([IDEAL, 0.0]), 0.0, 0.0 * space.load).real
        images = space.images(ideal)
        energy, stored, current = space.products([images[0] + IDEAL * images[1], images[-1], space.load], ideal)
        constriction = float(current**2 / energy)
        model = Reduced(
            matrices=found.matrices,
            load=found.load,
            depth=problem.area / problem.flat_energy,
            error=found.error,
            solves=found.solves + len(norms) + 1,
            constriction=constriction,
            stored=float(stored * constriction / energy),
            norms=found.norms,
        )
        flat = space.flat

        def potential_at(theta: Floats) -> Vector:
            potential = found.at(theta) + flat
            return np.asarray(potential[:-1] / potential[-1])

        return model, norms[0].response, potential_at
    finally:
        space.destroy()
