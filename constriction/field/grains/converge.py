"""From a mirror cell with grains to its response with an error bar: meshes, one finer than the other, extrapolated.

The θ are those of the grains' interior, of their boundaries and of the gap, each relative to the homogenised
electrolyte. What is given is F less F of the same polycrystal with all of its interface in contact: the slab is
homogenised, what contacts constrict is constricted in grains.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError, MeshError
from constriction.field.direct import solve_directly
from constriction.field.elements.assembly import CellProblem, assemble
from constriction.field.fineness import expected_memory
from constriction.field.grains.jumps import jump_operator
from constriction.field.grains.meshed import ORDER, GrainCell, GrainMesh, mesh_grains
from constriction.field.mesh_response import MeshSolution, WholeResponse
from constriction.field.reduction.curves import Complexes, Curve
from constriction.field.response import Goal, Report
from constriction.field.solids.space import Whole, reduce_solids

COVERED = 1e8  # θ of a gap that is as good as metal
FIRST, FINER, MOST_MESHES = 1.0, 0.7, 6  # size of the first mesh's elements over the usual, and of each that follows
BULK, BOUNDARY, GAP = 0, 1, 2
"""Which θ is which."""
CAUTION = 1.0  # error bar over what extrapolation adds
LEAST = 2e-3  # of an error bar, over the fineness and F less that of full contact: two meshes may agree by chance


def own_theta(theta: NDArray[Any], laws: bool) -> NDArray[Any]:
    """The θ of the matrices of a mesh, (…, terms), from those of interior, boundaries and gap, (…, 3).

    Where grains fill the mesh, their interior is what the matrices' K is of; else it is the electrolyte below them.
    """
    return theta if laws else theta[..., BOUNDARY:] / theta[..., BULK:BOUNDARY]


@dataclass(frozen=True)
class GrainModel:
    """F − F of full contact, from two models: with the contacts, and of metal all over; `laws` as in `own_theta`."""

    contacts: Whole
    metal: Whole
    laws: bool

    @property
    def depth(self) -> float:
        """As `Model`."""
        return self.contacts.depth

    @property
    def error(self) -> float:
        """As `Model`."""
        return self.contacts.error + self.metal.error

    @property
    def solves(self) -> int:
        """As `Model`."""
        return self.contacts.solves + self.metal.solves

    @property
    def constriction(self) -> float:
        """There is no value without laws: grains always have them."""
        return 0.0

    @property
    def stored(self) -> float:
        """As `constriction`."""
        return 0.0

    def whole(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """F of the contacts at θ (…, 3) in pitches."""
        return self._scaled(self.contacts, np.asarray(theta), 3)

    def full(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """F of the same grains in full contact at θ (…, 3) in pitches."""
        return self._scaled(self.metal, np.asarray(theta), 2)

    def interface(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """F less that of full contact at θ (…, 3), in pitches; (…)."""
        return np.asarray(self.whole(theta) - self.full(theta))

    def in_film(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """There is no film."""
        return np.zeros(np.shape(theta)[:-1], dtype=np.complex128)

    def errors_at(self, theta: NDArray[np.complex128]) -> NDArray[np.float64]:
        """As `Model`."""
        pairs = (self.contacts, 3), (self.metal, 2)
        base = np.abs(self._base(theta))
        return np.asarray(sum(one.errors_at(own_theta(theta[..., :n], self.laws)) for one, n in pairs) / base)

    def _base(self, theta: NDArray[Any]) -> Any:
        return 1.0 if self.laws else theta[..., BULK]

    def _scaled(self, model: Whole, theta: NDArray[Any], terms: int) -> NDArray[np.complex128]:
        return np.asarray((model.interface(own_theta(theta[..., :terms], self.laws)) + model.depth) / self._base(theta))


@dataclass(frozen=True)
class GrainResponse(WholeResponse):
    """Extrapolated from the two finest meshes, for an error that goes with the power `ORDER` of the elements' size."""

    @property
    def covered(self) -> float | None:
        """As `Response`: the gap's metal is what all else is relative to."""
        return 0.0

    @property
    def coarse(self) -> MeshSolution:
        """The mesh before the finest."""
        return self.solutions[-2]

    def _bar(self, values: Sequence[ArrayLike]) -> NDArray[np.float64]:
        found = self._combine(values)
        least = LEAST * self.solutions[-1].fineness * np.abs(found)
        return np.asarray(np.maximum(CAUTION * np.abs(found - np.asarray(values[-1])), least), dtype=np.float64)


def converge_grains(cell: GrainCell, goal: Goal, report: Report) -> GrainResponse:
    """Refine until the error bar is below what is asked, or the memory would not do; on the calling rank alone.

    Args:
        cell: the mirror cell with its grains.
        goal: what is asked; its θ are those of interior, boundaries and gap.
        report: told in words what is being done.

    Returns:
        The response of the finest meshes; its `error` tells whether the goal was reached.

    Raises:
        InputError: the cell cannot be meshed.
        SolverError: a mesh cannot be solved.
    """
    solutions: list[MeshSolution] = []
    response: GrainResponse | None = None
    scale = FIRST
    for _ in range(MOST_MESHES):
        try:
            solution = solve_grains(cell, scale, goal)
        except MeshError as error:
            if response is None:
                raise InputError(f"grains: {error}") from None
            break
        report(f"mesh of {solution.cells} cells, {solution.unknowns} unknowns: {solution.model.solves} solves")
        solutions.append(solution)
        scale *= FINER
        if len(solutions) > 1:
            response = GrainResponse(tuple(solutions))
            if response.misses(goal) <= 1.0 or expected_memory(solution.unknowns * FINER**-3) > goal.memory:
                break
    assert response is not None
    return response


def problem_of(mesh: GrainMesh, cell: GrainCell) -> CellProblem:
    """The matrices of a mesh, with those of the jumps at boundaries; their θ as in `own_theta`."""
    flat = assemble(mesh.cell, cell, laws=cell.laws)
    *below, gap = flat.terms
    return replace(flat, terms=(*below, jump_operator(mesh, flat), gap))


def solve_grains(cell: GrainCell, scale: float, goal: Goal) -> MeshSolution:
    """Mesh a cell once, with elements `scale` times the usual size, and reduce it."""
    start = time.perf_counter()
    mesh = mesh_grains(cell, scale)
    meshed = time.perf_counter()
    problem = problem_of(mesh, cell)
    gap, laws = problem.gap, bool(cell.laws)
    curves = tuple(_own(curve, laws, 3) for curve in goal.curves)
    contacts, _ = reduce_solids(problem, curves, goal.relative_error, None)
    metal = replace(problem, stiffness=problem.stiffness.plus([COVERED], [gap]), terms=problem.terms[:-1])
    covered, _ = reduce_solids(metal, tuple(_own(curve, laws, 2) for curve in goal.curves), goal.relative_error, None)
    return MeshSolution(
        fineness=scale**ORDER,
        model=GrainModel(contacts, covered, laws),
        resolution=0.0,
        bounds=(),
        flat_storage=None,
        direct=_directly(problem, metal, goal.points, laws) if goal.direct else None,
        cells=mesh.cell.cells,
        unknowns=problem.unknowns,
        seconds_mesh=meshed - start,
        seconds_gmsh=mesh.cell.seconds_alone,
        seconds_solve=time.perf_counter() - meshed,
    )


def _own(curve: Curve, laws: bool, terms: int) -> Curve:
    """A curve with the θ of the matrices."""
    rest = None if curve.at_rest is None else own_theta(curve.at_rest[:terms], laws)
    return Curve(own_theta(curve.points[:, :terms], laws), rest, least=curve.least)


def _directly(problem: CellProblem, metal: CellProblem, theta: Complexes, laws: bool) -> Complexes:
    """F less that of full contact, each from complex solves; θ (n, 3)."""
    found = solve_directly(problem, own_theta(theta, laws)) - solve_directly(metal, own_theta(theta[:, :2], laws))
    return np.asarray(found / (1.0 if laws else theta[:, BULK]))
