"""From a mirror cell to its response with an error bar: two meshes or more, extrapolated.

All mesh sizes follow one number, the `level`: they go with its square root, and the error of R_cstr goes with the level itself (measured:
discs in squares and tubes, stripes, halving the level halves the error within 20 %). It is negative, as potentials from a subspace store too
much energy and so find too large an admittance.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from mpi4py import MPI
from numpy.typing import ArrayLike, NDArray

from constriction.case.contacts import Layout, rim_lengths
from constriction.field.assembly import assemble
from constriction.field.collars import CollarPlan
from constriction.field.direct import flat_storage, solve_directly
from constriction.field.meshing import MeshPlan, mesh_cell
from constriction.field.reduced import ReducedModel, reduce

# At level 1: radius of a collar and distance of its stations, relative to the room at the rim; growth of the mesh size with the
# distance; mesh size at a rim with corners.
RADIUS, SPACING, SLOPE, RIM_SIZE = 0.3, 0.25, 0.4, 0.02
SECTORS = 6  # leave 1e-4
LARGEST_RADIUS = 0.45  # the collars of two neighbours and some elements between them must fit into twice the room
LEVEL_ERROR = 1.25e-3  # error of R_cstr at level 1, relative: the usual one of the references in tests/verification
SURE_ERROR = 0.3e-3  # of which this part stays in the error bar even where two meshes happen to agree
COARSEST_LEVEL = 1.5
FINEST_LEVEL = 1e-3
REDUCTION_TOLERANCE = 1e-5  # of R_cstr: bound on the reduced model's error

Report = Callable[[str], None]


@dataclass(frozen=True)
class Goal:
    """What is asked: relative error of R_cstr, and the memory (bytes, all ranks) and ratios s to solve directly, if any."""

    relative_error: float
    memory: float
    direct_ratios: NDArray[np.complex128] | None = None


@dataclass(frozen=True)
class MeshSolution:
    """One mesh's answer. `flat_storage` = lim s·(F − depth), None for a thin gap; `direct` = F at the asked ratios."""

    level: float
    model: ReducedModel
    flat_storage: float | None
    direct: NDArray[np.complex128] | None
    cells: int
    unknowns: int
    seconds_mesh: float
    seconds_solve: float


@dataclass(frozen=True)
class Response:
    """The dimensionless impedance of a mirror cell, F(s) in pitches per unit conductivity, extrapolated from two meshes."""

    solutions: tuple[MeshSolution, ...]

    @property
    def coarse(self) -> MeshSolution:
        """The second finest mesh."""
        return self.solutions[-2]

    @property
    def fine(self) -> MeshSolution:
        """The finest mesh."""
        return self.solutions[-1]

    @property
    def step(self) -> float:
        """Extrapolated = fine + step·(fine − coarse), for an error proportional to the level."""
        return 1.0 / (self.coarse.level / self.fine.level - 1.0)

    def _extrapolate(self, coarse: ArrayLike, fine: ArrayLike) -> NDArray[np.complex128]:
        return np.asarray(fine) + self.step * (np.asarray(fine) - np.asarray(coarse))

    def __call__(self, ratio: ArrayLike) -> NDArray[np.complex128]:
        """F at ratios s, same shape."""
        return self._extrapolate(self.coarse.model(ratio), self.fine.model(ratio))

    @property
    def direct(self) -> NDArray[np.complex128] | None:
        """F at the ratios that were asked to be solved directly."""
        if self.coarse.direct is None or self.fine.direct is None:
            return None
        return self._extrapolate(self.coarse.direct, self.fine.direct)

    @property
    def constriction(self) -> float:
        """F(0) − F(∞): the constriction resistance in pitches per unit conductivity."""
        return float(self(0.0).real) - self.fine.model.depth

    @property
    def error(self) -> float:
        """Error bar of `constriction`.

        As much as the extrapolation changed the finer mesh's value, and not less than SURE_ERROR times its level, so
        that two meshes which agree by chance do not claim too much.
        """
        change = abs(float(self(0.0).real) - float(self.fine.model(0.0).real))
        return max(change, SURE_ERROR * self.fine.level * abs(self.constriction))

    def spectrum_error(self, ratios: NDArray[np.complex128]) -> float:
        """The same for F at any of the ratios, with the reduced model's own error bound."""
        change = np.abs(self(ratios) - self.fine.model(ratios))
        return max(self.error, float(np.max(change, initial=0.0))) + self.fine.model.error

    @property
    def stored(self) -> float:
        """−F'(0)."""
        return float(self._extrapolate(self.coarse.model.stored, self.fine.model.stored).real)

    @property
    def flat_storage(self) -> float | None:
        """lim s·(F − depth) of a gap volume, None for a thin gap."""
        if self.coarse.flat_storage is None or self.fine.flat_storage is None:
            return None
        return float(self._extrapolate(self.coarse.flat_storage, self.fine.flat_storage).real)


def mesh_plan(plan: Layout, thickness: float, gap_height: float | None, level: float) -> MeshPlan:
    """The mesh of a level. `thickness` of the electrolyte and `gap_height` of a meshed gap in metres."""
    scale = math.sqrt(level)
    return MeshPlan(
        collar=CollarPlan(min(RADIUS * scale, LARGEST_RADIUS), SPACING * scale, SECTORS),
        rim_size=RIM_SIZE * level,
        slope=SLOPE * scale,
        slab_depth=min(thickness, disturbed_depth(plan)) / plan.pitch,
        gap_height=None if gap_height is None else gap_height / plan.pitch,
    )


def disturbed_depth(plan: Layout) -> float:
    """Depth beyond which the field is uniform, metres.

    The slowest lateral mode of a cell decays as exp(−kz) with k = π / largest side (3.83 / radius in a tube); at kz = 8 an
    equipotential there changes R_cstr by less than exp(−16) = 1e-7 of itself.
    """
    circular = any(edge.centre is not None for edge in plan.cell.edges)
    return 8.0 * max(plan.width, plan.depth) / (3.8317 if circular else math.pi)


def expected_unknowns(rims: float, level: float) -> float:
    """Unknowns of a mesh of this level; `rims` is the rims' length / local length, summed (2π for a full lone disc)."""
    return 1000 + 1350 * rims * level**-1.5


def expected_memory(unknowns: float) -> float:
    """Bytes that meshing, assembling and factoring take at the most."""
    return 2e8 + 5e3 * unknowns + 55 * unknowns ** (4 / 3)


def rim_sum(plan: Layout, rooms: Sequence[float]) -> float:
    """Length of the rims over the local length, summed over the spots."""
    return sum(2 * spot.area / (size * room) for spot, size, room in zip(plan.spots, plan.sizes, rooms, strict=True))


def solve_mesh(plan: Layout, sizes: MeshPlan, level: float, goal: Goal, comm: MPI.Comm) -> MeshSolution:
    """Mesh a cell once and reduce it."""
    start = time.perf_counter()
    cell = mesh_cell(plan, sizes, comm)
    meshed = time.perf_counter()
    problem = assemble(cell, sizes)
    try:
        return MeshSolution(
            level=level,
            model=reduce(problem, REDUCTION_TOLERANCE),
            flat_storage=None if sizes.gap_height is None else flat_storage(problem),
            direct=None if goal.direct_ratios is None else solve_directly(problem, goal.direct_ratios),
            cells=cell.cells,
            unknowns=problem.unknowns,
            seconds_mesh=meshed - start,
            seconds_solve=time.perf_counter() - meshed,
        )
    finally:
        problem.destroy()


def converge(
    plan: Layout, sizes_at: Callable[[float], MeshPlan], goal: Goal, comm: MPI.Comm, report: Report
) -> Response:
    """Refine until the error bar is below what is asked, or the memory would not do.

    Args:
        plan: the mirror cell.
        sizes_at: the mesh sizes of a level.
        goal: what is asked.
        comm: communicator of the meshes.
        report: told in words what is being done.

    Returns:
        The response of the two finest meshes; its `error` tells whether the goal was reached.
    """

    def solve(level: float) -> MeshSolution:
        solution = solve_mesh(plan, sizes_at(level), level, goal, comm)
        report(f"mesh of {solution.cells} cells, {solution.unknowns} unknowns: {solution.model.solves} solves")
        return solution

    level = _first_level(plan, goal)
    solutions = [solve(2 * level), solve(level)]
    response = Response(tuple(solutions))
    while response.error > goal.relative_error * abs(response.constriction):
        level = _next_level(response, goal)
        if level < FINEST_LEVEL or _memory_at(response, level) > goal.memory:
            break
        solutions.append(solve(level))
        response = Response(tuple(solutions))
    return response


def _first_level(plan: Layout, goal: Goal) -> float:
    """The level that should do, or the finest that the memory allows."""
    rims = rim_sum(plan, rim_lengths(plan))
    level = min(goal.relative_error / LEVEL_ERROR, COARSEST_LEVEL)
    while expected_memory(expected_unknowns(rims, level)) > goal.memory and level < COARSEST_LEVEL:
        level *= 1.25
    return level


def _next_level(response: Response, goal: Goal) -> float:
    """Refine by what is missing, at least to a half and at most to a quarter."""
    missing = 0.8 * goal.relative_error * abs(response.constriction) / response.error
    return response.fine.level * min(max(missing, 0.25), 0.5)


def _memory_at(response: Response, level: float) -> float:
    """Bytes at a finer level, from how the unknowns have grown."""
    coarse, fine = response.coarse, response.fine
    growth = math.log(fine.unknowns / coarse.unknowns) / math.log(coarse.level / fine.level)
    return expected_memory(fine.unknowns * (fine.level / level) ** max(growth, 1.0))
