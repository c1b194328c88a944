"""From a mirror cell to its response with an error bar: two meshes or more, extrapolated.

All mesh sizes follow one number, the `level`: they go with its square root, and the error of R_cstr goes with the
level itself (measured: discs in squares and tubes, stripes, halving the level halves the error within 20 %). It is
negative, as potentials from a subspace store too much energy and so find too large an admittance.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from mpi4py import MPI
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError, MeshError, SolverError
from constriction.field.bounds.bounds import Bounds, bound
from constriction.field.elements.assembly import assemble
from constriction.field.elements.direct import flat_storage, solve_directly
from constriction.field.elements.multigrid import with_levels_or_factor
from constriction.field.elements.sizes import Weights, find_weights, may_be_uneven
from constriction.field.limits import check_cell, check_crowd, check_gap, check_rims
from constriction.field.mesh.collars import LARGEST_RADIUS, CollarPlan, build_collar
from constriction.field.mesh.flat import MeshPlan, mesh_cell, rims_of, rounded
from constriction.field.reduction.affine import reduce_keeping_potential
from constriction.field.reduction.poles import ReducedModel
from constriction.field.response import Goal, Report, Response, Solution
from constriction.geometry.cell import Layout, rim_lengths

# At level 1: radius of a collar and distance of its stations, relative to the room at the rim; growth of the mesh
# size with the distance; room at a corner / size of the spot.
RADIUS, SPACING, SLOPE, CORNER = 0.3, 0.25, 0.4, 0.05
# From level, sectors of a collar and what they leave of R_cstr however fine the mesh is (tubes and stripes: 6e-5, 3e-5,
# 2e-5).
SECTORS = ((1.1, 6, 1e-4), (0.05, 8, 4e-5), (0.0, 12, 2.5e-5))
LAYERS, MOST_LAYERS = 6.0, 12  # of a gap volume, per height / room
# Error bar of R_cstr at level 1, relative: the usual one of the references in tests/verification, and of 25 to 1600
# random discs, whose rims have unlike rooms.
LEVEL_ERROR, LEVEL_ERROR_OF_MANY = 1.9e-3, 4.1e-3
MANY = 4  # spots in a mirror cell; lattices have fewer
SURE_ERROR = 1e-3  # of which this part stays even where two meshes happen to agree
CAUTION = 1.5  # the error does not go with the level exactly: stations come in whole numbers, meshes are unstructured
COARSEST_LEVEL = 1.3
FINEST_LEVEL = 5e-3
OTHER_LEVELS = 3  # that are tried where one cannot be meshed or solved
UNSOLVED = (
    "no mesh of this cell could be solved: multigrid does not converge on elements as stretched as these; "
    "expected spots of less unlike sizes, or accuracy.method = 'spectral'"
)
STUCK, MOST_STUCK = 0.9, 2  # refinements that leave this part of the error bar, and how many end the search
NARROW = 0.05  # room / size of a spot, below which many stations may be needed
# Unknowns per station of the coarsest mesh, measured: tubes, squares and pairs that nearly touch; flat slabs; gaps.
PER_STATION, PER_STATION_OF_FLAT, PER_STATION_AND_LAYER = 90.0, 25.0, 12.0
ADAPT_BELOW = 0.65  # level; above, a mesh to find local levels on costs more than they save
# Bound on the reduced model's error, relative to R_cstr: this part of the asked one, and at the most so much: twice to
# three times the true error, of which extrapolation adds up three.
REDUCTION_SHARE, REDUCTION_TOLERANCE = 0.01, 5e-6


@dataclass(frozen=True)
class MeshSolution(Solution):
    """One mesh's answer; `bounds` if they were asked for."""

    level: float
    bounds: Bounds | None


@dataclass(frozen=True)
class MeshResponse(Response[MeshSolution]):
    """Extrapolated from the two finest meshes, for an error proportional to the level."""

    @property
    def coarse(self) -> MeshSolution:
        """The second finest mesh."""
        return self.solutions[-2]

    @property
    def step(self) -> float:
        """Extrapolated = fine + step·(fine − coarse)."""
        return 1.0 / (self.coarse.level / self.fine.level - 1.0)

    def _combine(self, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
        return self._extrapolated(values) * self._into_bounds

    def _extrapolated(self, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
        coarse, fine = (np.asarray(value, dtype=np.complex128) for value in values[-2:])
        return np.asarray(fine + self.step * (fine - coarse))

    @cached_property
    def _into_bounds(self) -> float:
        """What takes F(0) − F(∞) into its bounds: what is extrapolated may lie outside. All of F follows."""
        value = float(self._extrapolated(self._values(0.0)).real)
        if self.bounds is None or self.bounds[0] <= value <= self.bounds[1]:
            return 1.0
        return min(max(value, self.bounds[0]), self.bounds[1]) / value

    def _bar(self, values: Sequence[ArrayLike]) -> NDArray[np.float64]:
        return np.asarray(CAUTION * np.abs(self._combine(values) - np.asarray(values[-1])))

    @property
    def least_error(self) -> float:
        """The part of the error bar that only the level sets."""
        return max(SURE_ERROR * self.fine.level, sectors(self.fine.level)[1])

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Of the finest mesh."""
        return None if self.fine.bounds is None else self.fine.bounds.constriction

    @property
    def flat_storage(self) -> float | None:
        """The limit of s·(F − depth) of a gap volume, None for a thin gap."""
        if self.coarse.flat_storage is None or self.fine.flat_storage is None:
            return None
        # a boundary layer as thick as the gap is high stands on the islands' walls; elements wider than that make an
        # error that goes with their width, the root of the level
        step = 1 / (math.sqrt(self.coarse.level / self.fine.level) - 1)
        return self.fine.flat_storage + step * (self.fine.flat_storage - self.coarse.flat_storage)


def sectors(level: float) -> tuple[int, float]:
    """Sectors of the collars at a level, and the error that they leave, relative to R_cstr."""
    return next((count, error) for least, count, error in SECTORS if level >= least)


def mesh_plan(plan: Layout, thickness: float, gap_height: float | None, level: float) -> MeshPlan:
    """The mesh of a level. `thickness` of the electrolyte and `gap_height` of a meshed gap in metres."""
    scale = math.sqrt(level)
    layers = 2
    if gap_height is not None and plan.spots:
        layers += min(
            math.ceil(rounded(LAYERS * gap_height / statistics.fmean(rim_lengths(plan)) / scale)), MOST_LAYERS
        )
    return MeshPlan(
        collar=CollarPlan(min(RADIUS * scale, LARGEST_RADIUS), SPACING * scale, sectors(level)[0], CORNER * level),
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
    return 8.0 * max(plan.width, plan.depth) / (3.8317 if plan.circular else math.pi)


def expected_unknowns(rims: float, level: float) -> float:
    """Unknowns of a mesh of this level; `rims` is the rims' length / size of the spot, summed (2π for a whole disc)."""
    return float(1000 + 600 * rims * level**-1.5)


def memory_of(plan: Layout, level: float) -> float:
    """Bytes that a mesh of this level is expected to take."""
    return expected_memory(expected_unknowns(_rims_of(plan), level))


def _rims_of(plan: Layout) -> float:
    """The rims' length / size of the spot, summed."""
    return sum(2 * spot.area / size**2 for spot, size in zip(plan.spots, plan.sizes, strict=True))


def expected_memory(unknowns: float) -> float:
    """Bytes that meshing, assembling and solving take at the most; 2.2 to 3.5 kB per unknown were measured."""
    return float(2e8 + 4e3 * unknowns)


def expected_effort(plan: Layout, goal: Goal) -> tuple[float, float]:
    """What `converge` will probably take: unknowns of both meshes, and bytes."""
    rims = _rims_of(plan)
    level = _first_level(plan, goal)
    unknowns = expected_unknowns(rims, 2 * level) + expected_unknowns(rims, level)
    return unknowns, memory_of(plan, level)


def check_mesh(plan: Layout, thickness: float, gap_height: float | None, relative_error: float) -> None:
    """Refuse a cell that no mesh of a sensible size solves, before anything is built.

    Args:
        plan: the mirror cell.
        thickness: of the electrolyte, metres.
        gap_height: of a meshed gap, metres.
        relative_error: that is asked.

    Raises:
        InputError: it is too flat, or has spots or ways between them that are too small.
    """
    if not plan.spots:
        return
    check_cell(plan, thickness / plan.pitch)
    rooms = rim_lengths(plan)
    sizes = mesh_plan(plan, thickness, gap_height, 2 * COARSEST_LEVEL)
    check_rims(plan, sizes.slab_depth, min(rooms) / plan.pitch, max(relative_error, SECTORS[-1][2]))
    if min(min(room, thickness) / size for room, size in zip(rooms, plan.sizes, strict=True)) > NARROW:
        return
    rims, surroundings = rims_of(plan, sizes)
    stations = sum(len(build_collar(rim, near, sizes.collar).rim) for rim, near in zip(rims, surroundings, strict=True))
    level = _level_of(plan, relative_error)
    finer = 2 * COARSEST_LEVEL / level
    each = PER_STATION if min(rooms) < thickness else PER_STATION_OF_FLAT
    check_crowd(each * stations * finer**1.5, expected_unknowns(_rims_of(plan), level))
    if gap_height is not None:
        layers = mesh_plan(plan, thickness, gap_height, level).gap_layers
        check_gap(PER_STATION_AND_LAYER * stations * layers * math.sqrt(finer))


def solve_mesh(plan: Layout, sizes: MeshPlan, level: float, goal: Goal, comm: MPI.Comm) -> MeshSolution:
    """Mesh a cell once and reduce it."""
    start = time.perf_counter()
    cell = mesh_cell(plan, sizes, comm)
    meshed = time.perf_counter()
    problem = assemble(cell, sizes)
    tolerance = min(REDUCTION_SHARE * goal.relative_error, REDUCTION_TOLERANCE) if np.any(goal.ratios) else math.inf
    model, potential = with_levels_or_factor(
        problem, lambda levels: reduce_keeping_potential(problem, tolerance, levels)
    )
    return MeshSolution(
        level=level,
        model=model,
        bounds=bound(problem, potential) if goal.bounds else None,
        flat_storage=flat_storage(problem) if problem.gap_volume else None,
        direct=solve_directly(problem, goal.ratios) if goal.direct else None,
        cells=cell.cells,
        unknowns=problem.unknowns,
        seconds_mesh=meshed - start,
        seconds_gmsh=cell.seconds_alone,
        seconds_solve=time.perf_counter() - meshed,
    )


def converge(
    plan: Layout, sizes_at: Callable[[float], MeshPlan], goal: Goal, comm: MPI.Comm, report: Report
) -> MeshResponse:
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
    if not plan.spots:
        return _full_contact(sizes_at(level), level, goal)
    weights = _local_levels(plan, sizes_at, level, comm)

    def solve(level: float, goal: Goal) -> MeshSolution:
        solution = solve_mesh(plan, replace(sizes_at(level), weights=weights), level, goal, comm)
        report(f"mesh of {solution.cells} cells, {solution.unknowns} unknowns: {solution.model.solves} solves")
        return solution

    first, stuck = level, 0
    level, solutions = _first_two(solve, first, goal)
    response = MeshResponse(tuple(solutions))
    # above the first level finer meshes were seen not to be solved
    while level <= first and response.spectrum_error(goal.ratios) > goal.relative_error * abs(response.constriction):
        level = _next_level(response, goal)
        if level < FINEST_LEVEL or _memory_at(response, level) > goal.memory:
            break
        if SURE_ERROR * response.fine.level < sectors(level)[1] > goal.relative_error:
            break  # no level is better than its sectors
        try:
            solutions.append(solve(level, goal))
        except (MeshError, SolverError):
            break  # what there is will do
        before, response = response, MeshResponse(tuple(solutions))
        stuck += response.error > STUCK * before.error
        if stuck == MOST_STUCK:
            break  # rounding, or a mesh that is no better for being finer
    return response


def _first_two(
    solve: Callable[[float, Goal], MeshSolution], level: float, goal: Goal
) -> tuple[float, list[MeshSolution]]:
    """The first two meshes, of twice a level and of the level, with the level.

    Finer ones where they cannot be made, as small collars may keep apart where large ones do not; coarser ones where
    they cannot be solved.

    Raises:
        InputError: none can be made.
        SolverError: none can be solved.
    """
    failure: Exception = SolverError(UNSOLVED)
    for _ in range(OTHER_LEVELS):
        try:
            return level, [solve(2 * level, replace(goal, bounds=False)), solve(level, goal)]
        except MeshError as error:
            level, failure = level / 2, InputError(f"interface: {error}")
        except SolverError:
            level, failure = 4 * level, SolverError(UNSOLVED)
            if level > COARSEST_LEVEL:
                break
    raise failure


def _full_contact(sizes: MeshPlan, level: float, goal: Goal) -> MeshResponse:
    """The flat interface, exact without a mesh: F = depth at every ratio."""
    depth = sizes.slab_depth
    solution = MeshSolution(
        level=level,
        model=ReducedModel(np.zeros(1), np.array([depth]), depth, 0.0, 0.0, 0),
        bounds=Bounds(depth, depth, depth, 0, 0.0) if goal.bounds else None,
        flat_storage=None,
        direct=np.full(goal.ratios.shape, depth, dtype=np.complex128) if goal.direct else None,
        cells=0,
        unknowns=0,
        seconds_mesh=0.0,
        seconds_gmsh=0.0,
        seconds_solve=0.0,
    )
    return MeshResponse((replace(solution, level=2 * level), solution))


def _local_levels(plan: Layout, sizes_at: Callable[[float], MeshPlan], level: float, comm: MPI.Comm) -> Weights:
    """What the rims' levels are relative to a mesh's, found on a mesh so coarse that it costs little; empty: all one.

    All meshes of a cell have the same, so that their errors go with their levels.
    """
    coarse = sizes_at(2 * COARSEST_LEVEL)
    if level > ADAPT_BELOW or not may_be_uneven(plan, coarse):
        return ()
    try:
        return find_weights(plan, coarse, comm)
    except MeshError:  # finer ones may be there
        return ()


def _first_level(plan: Layout, goal: Goal) -> float:
    """The level that should do, or the finest that the memory allows."""
    level = _level_of(plan, goal.relative_error)
    while memory_of(plan, level) > goal.memory and level < COARSEST_LEVEL:
        level *= 1.25
    return level


def _level_of(plan: Layout, relative_error: float) -> float:
    """The level that should do."""
    at_one = LEVEL_ERROR_OF_MANY if len(plan.spots) > MANY else LEVEL_ERROR
    return min(max(relative_error, SECTORS[-1][2]) / at_one, COARSEST_LEVEL)


def _next_level(response: MeshResponse, goal: Goal) -> float:
    """Refine by what is missing, at least to a half and at most to a quarter."""
    missing = 0.8 * goal.relative_error * abs(response.constriction) / response.spectrum_error(goal.ratios)
    return response.fine.level * min(max(missing, 0.25), 0.5)


def _memory_at(response: MeshResponse, level: float) -> float:
    """Bytes at a finer level, from how the unknowns have grown."""
    coarse, fine = response.coarse, response.fine
    growth = math.log(fine.unknowns / coarse.unknowns) / math.log(coarse.level / fine.level)
    return expected_memory(fine.unknowns * (fine.level / level) ** max(growth, 1.0))
