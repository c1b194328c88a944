"""From a mirror cell to its response with an error bar: two meshes or more, extrapolated.

All mesh sizes follow one number, the `level`: they go with its square root, and the error of R_cstr goes with the
level itself (measured: discs in squares and tubes, stripes, halving the level halves the error within 20 %). It is
negative, as potentials from a subspace store too much energy and so find too large an admittance.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from mpi4py import MPI
from numpy.typing import ArrayLike, NDArray

from constriction.case.contacts import Layout, rim_lengths
from constriction.field.assembly import assemble, coarsen
from constriction.field.collars import LARGEST_RADIUS, CollarPlan
from constriction.field.direct import flat_storage, solve_directly
from constriction.field.indicator import Weights, find_weights, may_be_uneven
from constriction.field.meshing import MeshPlan, mesh_cell, rounded
from constriction.field.multigrid import hierarchy
from constriction.field.poles import ReducedModel
from constriction.field.reduced import reduce

# At level 1: radius of a collar and distance of its stations, relative to the room at the rim; growth of the mesh
# size with the distance; room at a corner / size of the spot.
RADIUS, SPACING, SLOPE, CORNER = 0.3, 0.25, 0.4, 0.05
SECTORS, FEW_SECTORS = 8, 6  # leave 3e-5 and 1e-4 of R_cstr; the few for levels above MANY_BELOW
MANY_BELOW = 1.2
LAYERS, MOST_LAYERS = 6.0, 12  # of a gap volume, per height / room
LEVEL_ERROR = 1.9e-3  # error bar of R_cstr at level 1, relative: the usual one of the references in tests/verification
SURE_ERROR = 1e-3  # of which this part stays even where two meshes happen to agree
CAUTION = 1.5  # the error does not go with the level exactly: stations come in whole numbers, meshes are unstructured
ROUNDING = 1e-12  # of F: in full contact nothing else is left
COARSEST_LEVEL = 1.3
FINEST_LEVEL = 1e-3
ADAPT_BELOW = 0.65  # level; above, a mesh to find local levels on costs more than they save
# Bound on the reduced model's error, relative to R_cstr: this part of the asked one, and at the most so much. The bound
# is 15 to 20 times the true error.
REDUCTION_SHARE, REDUCTION_TOLERANCE = 0.01, 2e-5
MULTIGRID_FROM = 10_000  # unknowns; below, a factor is quicker

Report = Callable[[str], None]


@dataclass(frozen=True)
class Goal:
    """What is asked.

    The error of F(0) − F(∞), and of F at `ratios`, relative to F(0) − F(∞), within `memory` (bytes, all ranks). With
    `direct` F at the ratios is also solved directly.
    """

    relative_error: float
    memory: float
    ratios: NDArray[np.complex128] = field(default_factory=lambda: np.zeros(0, dtype=np.complex128))
    direct: bool = False


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
    """The constriction impedance of a mirror cell, F(s) − F(∞) in pitches, extrapolated from two meshes."""

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
        return np.asarray(np.asarray(fine) + self.step * (np.asarray(fine) - np.asarray(coarse)))

    def __call__(self, ratio: ArrayLike) -> NDArray[np.complex128]:
        """F(s) − F(∞) at ratios s, same shape."""
        coarse, fine = (mesh.model.constriction(ratio) for mesh in (self.coarse, self.fine))
        return self._extrapolate(coarse, fine)

    @property
    def direct(self) -> NDArray[np.complex128] | None:
        """F(s) − F(∞) at the ratios that were asked to be solved directly."""
        values = [mesh.direct - mesh.model.depth for mesh in (self.coarse, self.fine) if mesh.direct is not None]
        return self._extrapolate(*values) if values else None

    @property
    def constriction(self) -> float:
        """F(0) − F(∞): the constriction resistance in pitches per unit conductivity."""
        return float(self(0.0).real)

    @property
    def error(self) -> float:
        """Error bar of `constriction`.

        CAUTION times what the extrapolation changed the finer mesh's value by, and not less than SURE_ERROR times its
        level, so that two meshes which agree by chance do not claim too much.
        """
        change = abs(self.constriction - float(self.fine.model.constriction(0.0).real))
        least = SURE_ERROR * self.fine.level * abs(self.constriction)
        return max(CAUTION * change, least, ROUNDING * self.fine.model.depth)

    def spectrum_error(self, ratios: NDArray[np.complex128]) -> float:
        """The same for F at any of the ratios and at zero, with the reduced model's own error bound."""
        change = np.abs(self(ratios) - self.fine.model.constriction(ratios))
        return max(self.error, CAUTION * float(np.max(change, initial=0.0))) + self.fine.model.error

    @property
    def stored(self) -> float:
        """−F'(0)."""
        return float(self._extrapolate(self.coarse.model.stored, self.fine.model.stored).real)

    @property
    def flat_storage(self) -> float | None:
        """The limit of s·(F − depth) of a gap volume, None for a thin gap."""
        if self.coarse.flat_storage is None or self.fine.flat_storage is None:
            return None
        # a boundary layer as thick as the gap is high stands on the islands' walls; elements wider than that make an
        # error that goes with their width, the root of the level
        step = 1 / (math.sqrt(self.coarse.level / self.fine.level) - 1)
        return self.fine.flat_storage + step * (self.fine.flat_storage - self.coarse.flat_storage)


def mesh_plan(plan: Layout, thickness: float, gap_height: float | None, level: float) -> MeshPlan:
    """The mesh of a level. `thickness` of the electrolyte and `gap_height` of a meshed gap in metres."""
    scale = math.sqrt(level)
    sectors = SECTORS if level < MANY_BELOW else FEW_SECTORS
    layers = 2
    if gap_height is not None and plan.spots:
        layers += min(
            math.ceil(rounded(LAYERS * gap_height / statistics.fmean(rim_lengths(plan)) / scale)), MOST_LAYERS
        )
    return MeshPlan(
        collar=CollarPlan(min(RADIUS * scale, LARGEST_RADIUS), SPACING * scale, sectors, CORNER * level),
        slope=SLOPE * scale,
        slab_depth=rounded(min(thickness, disturbed_depth(plan)) / plan.pitch),
        gap_height=None if gap_height is None else rounded(gap_height / plan.pitch),
        gap_layers=layers,
    )


def disturbed_depth(plan: Layout) -> float:
    """Depth beyond which the field is uniform, metres.

    The slowest lateral mode of a cell decays as exp(−kz) with k = π / largest side (3.83 / radius in a tube); at kz =
    8 an equipotential there changes R_cstr by less than exp(−16) = 1e-7 of itself.
    """
    circular = any(edge.centre is not None for edge in plan.cell.edges)
    return 8.0 * max(plan.width, plan.depth) / (3.8317 if circular else math.pi)


def expected_unknowns(rims: float, level: float) -> float:
    """Unknowns of a mesh of this level; `rims` is the rims' length / size of the spot, summed (2π for a whole disc)."""
    return float(1000 + 600 * rims * level**-1.5)


def memory_of(plan: Layout, level: float) -> float:
    """Bytes that a mesh of this level is expected to take."""
    rims = sum(2 * spot.area / size**2 for spot, size in zip(plan.spots, plan.sizes, strict=True))
    return expected_memory(expected_unknowns(rims, level))


def expected_memory(unknowns: float) -> float:
    """Bytes that meshing, assembling and factoring take at the most."""
    return float(2e8 + 5e3 * unknowns + 55 * unknowns ** (4 / 3))


def solve_mesh(plan: Layout, sizes: MeshPlan, level: float, goal: Goal, comm: MPI.Comm) -> MeshSolution:
    """Mesh a cell once and reduce it."""
    start = time.perf_counter()
    cell = mesh_cell(plan, sizes, comm)
    meshed = time.perf_counter()
    problem = assemble(cell, sizes)
    levels = hierarchy(problem, coarsen(problem)) if problem.unknowns >= MULTIGRID_FROM else None
    return MeshSolution(
        level=level,
        model=reduce(problem, min(REDUCTION_SHARE * goal.relative_error, REDUCTION_TOLERANCE), levels),
        flat_storage=flat_storage(problem) if problem.gap_volume else None,
        direct=solve_directly(problem, goal.ratios) if goal.direct else None,
        cells=cell.cells,
        unknowns=problem.unknowns,
        seconds_mesh=meshed - start,
        seconds_solve=time.perf_counter() - meshed,
    )


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
    level = _first_level(plan, goal)
    weights = _local_levels(plan, sizes_at, level, comm)

    def solve(level: float) -> MeshSolution:
        solution = solve_mesh(plan, replace(sizes_at(level), weights=weights), level, goal, comm)
        report(f"mesh of {solution.cells} cells, {solution.unknowns} unknowns: {solution.model.solves} solves")
        return solution

    solutions = [solve(2 * level), solve(level)]
    response = Response(tuple(solutions))
    # full contact leaves nothing but rounding, which no mesh makes less
    while plan.spots and response.spectrum_error(goal.ratios) > goal.relative_error * abs(response.constriction):
        level = _next_level(response, goal)
        if level < FINEST_LEVEL or _memory_at(response, level) > goal.memory:
            break
        solutions.append(solve(level))
        response = Response(tuple(solutions))
    return response


def _local_levels(plan: Layout, sizes_at: Callable[[float], MeshPlan], level: float, comm: MPI.Comm) -> Weights:
    """What the rims' levels are relative to a mesh's, found on a mesh so coarse that it costs little; empty: all one.

    All meshes of a cell have the same, so that their errors go with their levels.
    """
    coarse = sizes_at(2 * COARSEST_LEVEL)
    if not plan.spots or level > ADAPT_BELOW or not may_be_uneven(plan, coarse):
        return ()
    return find_weights(plan, coarse, comm)


def _first_level(plan: Layout, goal: Goal) -> float:
    """The level that should do, or the finest that the memory allows."""
    level = min(goal.relative_error / LEVEL_ERROR, COARSEST_LEVEL)
    while memory_of(plan, level) > goal.memory and level < COARSEST_LEVEL:
        level *= 1.25
    return level


def _next_level(response: Response, goal: Goal) -> float:
    """Refine by what is missing, at least to a half and at most to a quarter."""
    missing = 0.8 * goal.relative_error * abs(response.constriction) / response.spectrum_error(goal.ratios)
    return response.fine.level * min(max(missing, 0.25), 0.5)


def _memory_at(response: Response, level: float) -> float:
    """Bytes at a finer level, from how the unknowns have grown."""
    coarse, fine = response.coarse, response.fine
    growth = math.log(fine.unknowns / coarse.unknowns) / math.log(coarse.level / fine.level)
    return expected_memory(fine.unknowns * (fine.level / level) ** max(growth, 1.0))
