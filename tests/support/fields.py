"""Fields and reduced models of one mesh, as the tests want them; the package asks for both at once, or for neither."""

import numpy as np

from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.multigrid import Hierarchy
from constriction.field.elements.operators import Vector
from constriction.field.elements.solvers import factorise
from constriction.field.reduction.krylov import reduce_keeping_potential
from constriction.field.reduction.poles import ReducedModel


def reduce(problem: CellProblem, tolerance: float, levels: Hierarchy | None = None) -> ReducedModel:
    """The reduced model of a cell, without its DC field; arguments as of `reduce_keeping_potential`."""
    return reduce_keeping_potential(problem, tolerance, levels)[0]


def solve_potential(problem: CellProblem, ratio: float) -> Vector:
    """The potential on this rank's free unknowns at a real ratio s ≥ 0, (n,).

    At s = 0 a reduced model has it already.

    Raises:
        ValueError: s > 0 with a gap volume.
        SolverError: MUMPS failed.
    """
    if problem.gap_volume and ratio > 0:
        raise ValueError(f"bounds: expected ratio 0 with a gap volume, got {ratio:g}: only thin gaps have bounds there")
    with factorise(problem.matrix([ratio])) as factor:
        return np.asarray(factor.solve(problem.drive))
