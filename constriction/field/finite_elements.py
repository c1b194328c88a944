"""From a mirror cell to its response with an error bar: two meshes or more, extrapolated.

The error of R_cstr goes with the `fineness`. It is negative, as potentials from a subspace store too much energy and so
find too large an admittance.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray

from constriction.base.errors import InputError, MeshError, SolverError
from constriction.field.bounds.bounds import Bounds, bound, solve_potential
from constriction.field.currents.on_mesh import mesh_spread
from constriction.field.currents.spread import Spread, even_spread
from constriction.field.direct import flat_storage, solve_directly
from constriction.field.elements.assembly import CellProblem, assemble
from constriction.field.elements.multigrid import Hierarchy, with_levels_or_factor
from constriction.field.elements.operators import Vector
from constriction.field.elements.sizes import Weights, find_weights, may_be_uneven
from constriction.field.elements.uneven_gaps import weight_of
from constriction.field.fineness import (
    COARSEST_MESH,
    Rungs,
    caution_for,
    coarser,
    expected_memory,
    first_fineness,
    resolution_of,
    rungs_of,
    sectors,
    sizes_for,
    whole,
)
from constriction.field.layers import Guess, rings_for
from constriction.field.mesh.cells import mesh_cell
from constriction.field.mesh.flat import MeshSizes
from constriction.field.mesh_response import SURE_ERROR, MeshResponse, MeshSolution, reduction_share
from constriction.field.reduction.affine import Model, uniform
from constriction.field.reduction.greedy import Wanted, least_weights
from constriction.field.reduction.krylov import reduce_keeping_potential
from constriction.field.reduction.mesh_space import reduce_film
from constriction.field.response import Goal, Report
from constriction.geometry.cell import Layout
from constriction.geometry.height_maps import Height

FINEST_MESH = 5e-3
OTHER_MESHES = 3  # that are tried where one cannot be meshed or solved
UNSOLVED = (
    "no mesh of this cell could be solved: multigrid does not converge on elements as stretched as these; "
    "expected spots of less unlike sizes, or accuracy.method = 'spectral'"
)
STUCK, MOST_STUCK = 0.9, 2  # refinements that leave this part of the error bar, and how many end the search
# Fineness: above, a mesh to find local weights on costs more than they save; and of that mesh.
ADAPT_BELOW, WEIGHED_ON = 0.65, 2.5


def solve_mesh(
    layout: Layout,
    sizes: MeshSizes,
    fineness: float,
    goal: Goal,
    comm: MPI.Comm,
    height: Height | None = None,
) -> MeshSolution:
    """Mesh a cell once and reduce it; `height` as in `converge`."""
    start = time.perf_counter()
    cell = mesh_cell(layout, sizes, comm, height)
    meshed = time.perf_counter()
    problem = assemble(cell, sizes, goal.film, None if height is None else weight_of(height, layout.pitch))
    model, potentials, spreads = with_levels_or_factor(problem, lambda levels: _reduced(problem, goal, levels))
    return MeshSolution(
        fineness=fineness,
        rings=sizes.collar.rings,
        model=model,
        resolution=resolution_of(layout, sizes),
        bounds=tuple(bound(problem, potential, theta) for theta, potential in potentials),
        flat_storage=flat_storage(problem) if problem.gap_volume else None,
        direct=solve_directly(problem, goal.points) - model.depth if goal.direct else None,
        cells=cell.cells,
        unknowns=problem.unknowns,
        seconds_mesh=meshed - start,
        seconds_gmsh=cell.seconds_alone,
        seconds_solve=time.perf_counter() - meshed,
        spreads=spreads,
    )


def _reduced(
    problem: CellProblem, goal: Goal, levels: Hierarchy | None
) -> tuple[Model, list[tuple[NDArray[np.float64], Vector]], tuple[Spread, ...]]:
    """The reduced model; for bounds, θ at rest and potentials of 1 V there on this rank's free unknowns; spreads."""
    share = reduction_share(goal.relative_error)
    model: Model
    if goal.film:
        wanted = Wanted(goal.curves, share)
        model, potential, potential_at = reduce_film(problem, wanted, levels)
        solved = least_weights(wanted.points)[0]
    else:
        leak = max((float(curve.at_rest[-1]) for curve in goal.curves if curve.at_rest is not None), default=0.0)
        tolerance = share if goal.moves else math.inf
        model, potential, potential_at = reduce_keeping_potential(problem, tolerance, levels, leak)
        solved = np.zeros(1)
    potentials = [
        (theta, potential if np.array_equal(theta, solved) else solve_potential(problem, theta, levels))
        for theta in goal.at_rest
    ]
    found = [mesh_spread(problem, potential_at(theta), theta) for theta in goal.resting]
    return model, potentials, tuple(spread for spread in found if spread is not None)


def converge(
    layout: Layout,
    sizes_at: Callable[[float], MeshSizes],
    goal: Goal,
    comm: MPI.Comm,
    report: Report,
    height: Height | None = None,
) -> MeshResponse:
    """Refine until the error bar is below what is asked, or the memory would not do.

    Args:
        layout: the mirror cell.
        sizes_at: the mesh sizes of a fineness.
        goal: what is asked.
        comm: communicator of the meshes.
        report: told in words what is being done.
        height: of the gap at x and y in m, relative to the one that θ is made with; None: even.

    Returns:
        The response of the two finest meshes; its `error` tells whether the goal was reached.
    """
    volume = sizes_at(COARSEST_MESH).gap_height is not None
    fineness, caution, rungs = (
        first_fineness(layout, goal, volume),
        caution_for(layout, volume),
        rungs_of(layout, volume, goal.film),
    )
    if not layout.spots:
        return _uniform(layout, sizes_at(fineness), fineness, goal)
    weights = _weights(layout, sizes_at, fineness, comm)

    def solve(fineness: float, goal: Goal, rings: int) -> MeshSolution:
        solution = solve_mesh(layout, sizes_for(sizes_at(fineness), weights, rings), fineness, goal, comm, height)
        report(f"mesh of {solution.cells} cells, {solution.unknowns} unknowns: {solution.model.solves} solves")
        return solution

    first, stuck = fineness, 0
    resolution = resolution_of(layout, sizes_at(fineness))
    guess, usual = Guess(layout.contact_fraction), rungs.usual(fineness)
    rings = rings_for(goal.curves, guess, resolution, usual, goal.relative_error)
    fineness, solutions = _first_two(solve, first, goal, rings, rungs)
    response = MeshResponse(tuple(solutions), caution=caution, rims=rungs.rims, straight=layout.straight)
    misses = response.misses(goal)
    # above the first fineness finer meshes were seen not to be solved
    while fineness <= first and misses > 1.0:
        fineness = _next_fineness(response, misses)
        if _is_useless(response, fineness, goal):
            break
        try:
            solutions.append(solve(fineness, goal, response.fine.rings))
        except (MeshError, SolverError):
            break  # what there is will do
        response, before = replace(response, solutions=tuple(solutions)), misses
        misses = response.misses(goal)
        stuck += misses > STUCK * before
        if stuck == MOST_STUCK:
            break  # rounding, or a mesh that is no better for being finer
    return response


def _first_two(
    solve: Callable[[float, Goal, int], MeshSolution], fineness: float, goal: Goal, rings: int, rungs: Rungs
) -> tuple[float, list[MeshSolution]]:
    """The first two meshes, of a coarser fineness and of the fineness, with the fineness.

    Finer ones where they cannot be made, as small collars may keep apart where large ones do not; coarser ones where
    they cannot be solved; both with more than so many `rings` where the first one says so.

    Raises:
        InputError: none can be made.
        SolverError: none can be solved.
    """
    failure: Exception = SolverError(UNSOLVED)
    for _ in range(OTHER_MESHES):
        try:
            coarse = solve(coarser(fineness, rungs.fewest), replace(goal, bounds=False), rings)
            resolution, usual = _resolution_at(coarse, fineness), rungs.usual(fineness)
            needed = rings_for(goal.curves, coarse.model, resolution, usual, goal.relative_error)
            if needed > rings:
                rings = needed
                coarse = solve(coarser(fineness, rungs.fewest), replace(goal, bounds=False), rings)
            return fineness, [coarse, solve(fineness, goal, rings)]
        except MeshError as error:
            fineness, failure = whole(fineness / 2), InputError(f"interface: {error}")
        except SolverError:
            fineness, failure = whole(4 * fineness), SolverError(UNSOLVED)
            if fineness > rungs.coarsest:
                break
    raise failure


def _resolution_at(coarse: MeshSolution, fineness: float) -> float:
    """What a finer mesh's resolution will be, in pitches."""
    return coarse.resolution * math.sqrt(fineness / coarse.fineness)


def _uniform(layout: Layout, sizes: MeshSizes, fineness: float, goal: Goal) -> MeshResponse:
    """An interface that is all contact or all gap, exact without a mesh."""
    model = uniform(layout.contact_fraction == 1.0, goal.film, sizes.slab_depth)
    totals = [(theta, model.depth + float(model.interface(theta).real)) for theta in goal.at_rest]
    solution = MeshSolution(
        fineness=fineness,
        model=model,
        resolution=0.0,
        bounds=tuple(Bounds(theta, total, total, model.depth, 0, 0.0) for theta, total in totals),
        flat_storage=None,
        direct=model.interface(goal.points) if goal.direct else None,
        cells=0,
        unknowns=0,
        seconds_mesh=0.0,
        seconds_gmsh=0.0,
        seconds_solve=0.0,
        spreads=tuple(even_spread(theta) for theta in goal.resting) if layout.contact_fraction == 1.0 else (),
    )
    return MeshResponse((replace(solution, fineness=2 * fineness), solution))


def _weights(layout: Layout, sizes_at: Callable[[float], MeshSizes], fineness: float, comm: MPI.Comm) -> Weights:
    """What the rims' fineness is relative to a mesh's, found on a mesh so coarse that it costs little; empty: all one.

    All meshes of a cell have the same, so that their errors go with their fineness.
    """
    coarse = sizes_at(WEIGHED_ON)
    if fineness > ADAPT_BELOW or not may_be_uneven(layout, coarse):
        return ()
    try:
        return find_weights(layout, coarse, comm)
    except MeshError:  # finer ones may be there
        return ()


def _is_useless(response: MeshResponse, fineness: float, goal: Goal) -> bool:
    """Whether a finer mesh would be too large, or no better: no fineness is better than its sectors."""
    if fineness < FINEST_MESH or _memory_at(response, fineness) > goal.memory:
        return True
    left = sectors(fineness)[1]
    return SURE_ERROR * response.fine.fineness < left and response.rims * left > goal.relative_error


def _next_fineness(response: MeshResponse, misses: float) -> float:
    """Refine by what is missing, at least by a quarter and at most to a quarter."""
    missing = 0.8 / misses
    return whole(response.fine.fineness * min(max(missing, 0.25), 0.75))


def _memory_at(response: MeshResponse, fineness: float) -> float:
    """Bytes at a finer fineness, from how the unknowns have grown."""
    coarse, fine = response.coarse, response.fine
    growth = math.log(fine.unknowns / coarse.unknowns) / math.log(coarse.fineness / fine.fineness)
    return expected_memory(fine.unknowns * (fine.fineness / fineness) ** max(growth, 1.0))
