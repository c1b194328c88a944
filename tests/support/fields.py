"""Reduced models of one mesh, as the tests want them; the package asks for the field at once."""

from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.multigrid import Hierarchy
from constriction.field.reduction.krylov import reduce_keeping_potential
from constriction.field.reduction.poles import ReducedModel


def reduce(problem: CellProblem, tolerance: float, levels: Hierarchy | None = None) -> ReducedModel:
    """The reduced model of a cell, without its DC field; arguments as of `reduce_keeping_potential`."""
    return reduce_keeping_potential(problem, tolerance, levels)[0]
