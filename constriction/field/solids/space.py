"""Cells with several laws, solids' among them, as a space for `greedy`.

With unit current density at the counter electrode, an equipotential V, A(θ)u = b for the potential u and its V, b being
that current: F = V = bᵀu. Unlike in `mesh_space` nothing is taken away first, as no field of a flat interface is known
round solids. A field is held as its values on the free unknowns and, last and on every rank, its V.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.multigrid import Hierarchy
from constriction.field.elements.operators import Vector
from constriction.field.mesh_response import reduction_share
from constriction.field.reduction.affine import Model, Reduced
from constriction.field.reduction.curves import Curve, Floats
from constriction.field.reduction.greedy import Field, Wanted, least_weights, reduce
from constriction.field.reduction.mesh_space import MeshNorm, MeshSpace


@dataclass(frozen=True, eq=False)
class SolidNorm(MeshNorm):
    """As `MeshNorm`, for an interface through which current passes without a law, too."""

    def admittance(self, potential: Field, theta: NDArray[Any]) -> Any:
        """As `SolidSpace`."""
        return _admittance(self.problem, potential)


@dataclass(frozen=True, eq=False)
class SolidSpace(MeshSpace):
    """The space of whole potentials."""

    def admittance(self, potential: Field, theta: NDArray[Any]) -> Any:
        """The current through the counter electrode per volt, (complex)."""
        return _admittance(self.problem, potential)

    @cached_property
    def flat(self) -> Vector:
        """Nothing is taken away."""
        return np.zeros(len(self.problem.flat) + 1)

    @cached_property
    def load(self) -> Vector:
        """b: unit current density through the counter electrode."""
        return np.append(np.zeros(len(self.problem.flat)), self.scale)

    def _conducted(self, field: Field) -> Field:
        """K·field."""
        problem = self.problem
        inside = problem.stiffness @ field[:-1] - problem.drive * field[-1]
        through = problem.drive_energy * field[-1] - problem.numbering.dot(problem.drive, field[:-1])
        return np.append(inside, through)


def _admittance(problem: CellProblem, potential: Field) -> Any:
    return problem.drive_energy - problem.numbering.dot(problem.drive, potential)


@dataclass(frozen=True, eq=False)
class Shifted:
    """A model whose interface, metal all over, is no flat one: F − `depth` of the slab instead of F − its limit."""

    of: Model
    depth: float

    @property
    def covered(self) -> float | None:
        """F − depth where the gap conducts like metal, in pitches; None: laws move it."""
        return self._above

    @property
    def _above(self) -> float:
        return self.of.depth - self.depth

    @property
    def error(self) -> float:
        """As the model's."""
        return self.of.error

    @property
    def solves(self) -> int:
        """As the model's."""
        return self.of.solves

    @property
    def constriction(self) -> float:
        """F(0) − depth in pitches."""
        return self.of.constriction + self._above

    @property
    def stored(self) -> float:
        """As the model's."""
        return self.of.stored

    def interface(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """F(θ) − depth in pitches at θ (…, terms); (…)."""
        return np.asarray(self.of.interface(theta) + self._above)

    def in_film(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """As the model's."""
        return self.of.in_film(theta)

    def errors_at(self, theta: NDArray[np.complex128]) -> NDArray[np.float64]:
        """As the model's."""
        return self.of.errors_at(theta)


@dataclass(frozen=True, eq=False)
class Whole(Shifted):
    """A reduced model of F itself, of several laws."""

    of: Reduced

    @property
    def covered(self) -> float | None:
        """It goes with the laws."""
        return None

    @property
    def constriction(self) -> float:
        """There is no interface of ideal contacts without laws to tell of."""
        return 0.0

    @property
    def stored(self) -> float:
        """As `constriction`."""
        return 0.0


# Of the share of a curve's scale: that of F itself is up to so many times larger than that of what contacts constrict.
SHARE_OF_WHOLE = 0.05


def reduce_solids(
    problem: CellProblem, curves: tuple[Curve, ...], relative_error: float, levels: Hierarchy | None
) -> tuple[Whole, Callable[[Floats], Vector]]:
    """Build the reduced model of a cell with several laws.

    Args:
        problem: its matrices.
        curves: where the model shall be good; θ of the contact if it has a law, of solids and of the gap.
        relative_error: that is asked.
        levels: solve by p-multigrid on these; None: factor.

    Returns:
        The model, and what gives the potential of 1 V on the free unknowns at real θ, (terms,).

    Raises:
        SolverError: MUMPS failed or multigrid did not converge.
    """
    wanted = Wanted(curves, SHARE_OF_WHOLE * reduction_share(relative_error))
    norms = tuple(SolidNorm(problem, levels, sigma) for sigma in least_weights(wanted.points))
    space = SolidSpace(problem, levels, norms)
    try:
        found = reduce(space, space.at_rest(), wanted)
        model = Reduced(found.matrices, found.load, 0.0, found.error, found.solves + len(norms), 0.0, 0.0, found.norms)

        def potential_at(theta: Floats) -> Vector:
            potential = found.at(theta)
            return np.asarray(potential[:-1] / potential[-1])

        return Whole(model, problem.depth), potential_at
    finally:
        space.destroy()
