"""From a mirror cell with solids to its response with an error bar: meshes refined where their bounds are apart.

The bounds' distance is the fineness of a mesh: what a potential stores too much, its error, is a part of it that hardly
changes from mesh to mesh.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
from mpi4py import MPI
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError, MeshError
from constriction.field.bounds.bounds import Bounds, solve_potential
from constriction.field.currents.tips import BarredTip
from constriction.field.direct import solve_directly
from constriction.field.elements.assembly import CellProblem, assemble
from constriction.field.elements.forms import mean_section
from constriction.field.elements.multigrid import Hierarchy, with_levels_or_factor
from constriction.field.elements.operators import Vector
from constriction.field.elements.uneven_gaps import WeightedBy
from constriction.field.fineness import disturbed_depth, expected_memory
from constriction.field.mesh.layouts.scaled import in_pitches, rounded
from constriction.field.mesh_response import MeshSolution, WholeResponse, reduction_share
from constriction.field.reduction.affine import Model
from constriction.field.reduction.krylov import reduce_keeping_potential
from constriction.field.response import Goal, Report
from constriction.field.solids.errors import CellErrors, Leftovers, leftovers
from constriction.field.solids.meshed import SolidCell, mesh_solids
from constriction.field.solids.sizes import SizeField
from constriction.field.solids.space import Shifted, reduce_solids
from constriction.field.solids.surfaces import in_pitches as scaled
from constriction.field.solids.tips import with_error
from constriction.geometry.cell import Layout, rim_lengths
from constriction.geometry.solids.bodies import Solids

COVERED = 1e10  # θ of a gap that is as good as metal
MOST_MESHES = 12
LEAST_GAIN = 1.2  # of meshes whose bounds are no closer than that nothing is extrapolated
# What the next mesh shall leave of what is missing, and of the last one's at the least and the most.
AIMED, LEAST_SHARE, MOST_SHARE = 0.7, 0.1, 0.5
# Of the bounds' distance: tests/solids_library.py; with bodies that are meshed with a law of their own, where a sphere
# of floating metal was off by 0.32: docs/numerics/solids.md.
BAR, BAR_OF_PRESENT = 0.2, 0.5
# Where between the bounds what is extrapolated lies as a rule; as far as it lies beside that, the bar is wider. Two
# meshes of which the finer one hardly stores less say little, such as the first ones of a layer under a contact.
USUAL = 0.45, 0.65
# How far apart bounds may be at the end, over the asked part of R_cstr, or of the least that errors are relative to
# where R_cstr is no more than so many times that: at 2e-3 that is 1 % of R_cstr, or 1e-4 of R_electrolyte.
APART, LITTLE = 5.0, 5.0


@dataclass(frozen=True)
class SolidSolution(MeshSolution):
    """One mesh's answer; its `fineness` is the distance of the bounds in pitches, of which a `share` is the bar."""

    left: Leftovers
    share: float


@dataclass(frozen=True)
class SolidResponse(WholeResponse):
    """Extrapolated from the finest mesh and a coarser one to where bounds meet, for an error that goes with them."""

    @cached_property
    def _into_bounds(self) -> float:
        return 1.0

    @property
    def step(self) -> float:
        """As `MeshResponse`; what is extrapolated lies between the bounds."""
        coarse, fine = (one.left for one in cast(tuple[SolidSolution, SolidSolution], self.compared))
        rise, room = fine.lower - coarse.lower, fine.upper - fine.lower
        if coarse.width < LEAST_GAIN * fine.width or rise <= 0:
            return 0.0
        return min(1 / (coarse.width / fine.width - 1), room / rise)

    @property
    def covered(self) -> float | None:
        """As `Response`."""
        values = [cast(Shifted, one.model).covered for one in self.compared]
        known = [value for value in values if value is not None]
        return float(self._combine(known).real) if len(known) == len(values) else None

    def _bar(self, values: Sequence[ArrayLike]) -> NDArray[np.float64]:
        fine = cast(SolidSolution, self.fine)
        left = fine.left
        share = fine.share + max(USUAL[0] - self._height, self._height - USUAL[1], 0.0)
        # what is extrapolated of other θ than at rest is as much less sure
        extrapolated = fine.share / BAR * super()._bar(values)
        return np.maximum(share * (left.upper - left.lower) + left.shape, extrapolated)

    @property
    def _height(self) -> float:
        """Where between the bounds, 0 to 1, what is extrapolated lies."""
        coarse, fine = (one.left for one in cast(tuple[SolidSolution, SolidSolution], self.compared))
        return self.step * (fine.lower - coarse.lower) / (fine.upper - fine.lower)

    @property
    def tips(self) -> tuple[BarredTip, ...]:
        """The densities of direct current at the tips of metal solids, over the mean."""
        coarse, fine = (one.left for one in cast(tuple[SolidSolution, SolidSolution], self.solutions[-2:]))
        return with_error(coarse.tips, fine.tips)


def converge_solids(
    cell: SolidCell, goal: Goal, comm: MPI.Comm, report: Report, weight: WeightedBy | None = None
) -> SolidResponse:
    """Refine until the error bar is below what is asked, or the memory would not do.

    Args:
        cell: the mirror cell with its solids.
        goal: what is asked.
        comm: communicator of the meshes.
        report: told in words what is being done.
        weight: one over the relative height of the gap, at x and y in pitches; None: it is even.

    Returns:
        The response of the finest meshes; its `error` tells whether the goal was reached.

    Raises:
        InputError: the cell cannot be meshed.
        SolverError: a mesh cannot be solved.
    """
    solutions: list[SolidSolution] = []
    sizes: SizeField | None = None
    response: SolidResponse | None = None
    for number in range(MOST_MESHES):
        try:
            solution, errors = solve_solids(cell, sizes, goal, comm, weight)
        except MeshError as error:
            if response is None:
                raise InputError(f"solid: {error}") from None
            break
        report(f"mesh of {solution.cells} cells, {solution.unknowns} unknowns: {solution.model.solves} solves")
        solutions.append(solution)
        if number == 0:
            sizes = None if errors is None else errors.refined(MOST_SHARE, cell.bodies)
            continue
        response = SolidResponse(tuple(solutions))
        misses = max(response.misses(goal), _apart(response, goal))
        if misses <= 1.0:
            break
        share = min(max(AIMED / misses, LEAST_SHARE), MOST_SHARE)
        if expected_memory(solution.unknowns * share**-0.8) > goal.memory:
            break
        sizes = None if errors is None else errors.refined(share, cell.bodies)
    assert response is not None
    return response


def _apart(response: SolidResponse, goal: Goal) -> float:
    """How far apart the bounds of R_cstr are over how far apart they may be; 0 where there is none."""
    curve = next((one for one in goal.curves if one.finite), None)
    if curve is None or curve.at_rest is None:
        return 0.0
    value = abs(complex(curve.excess(response, curve.at_rest)))
    scale = value if value > LITTLE * curve.least else curve.least
    low, high = response.fine.bounds[0].interface
    return (high - low) / (APART * goal.relative_error * scale) if scale > 0 else 0.0


def cell_of(layout: Layout, thickness: float, solids: Solids) -> SolidCell:
    """A mirror cell with its solids in pitches; the electrolyte down to where it is disturbed."""
    cell, spots = in_pitches(layout)
    depth = min(thickness, disturbed_depth(layout) + solids.lowest)
    return SolidCell(
        cell=cell,
        spots=tuple(spots),
        regions=layout.regions,
        background=layout.background,
        bodies=tuple(scaled(body, layout.pitch) for body in solids.bodies),
        layers=tuple(
            replace(layer, below=layer.below / layout.pitch, thickness=layer.thickness / layout.pitch)
            for layer in solids.layers
        ),
        slab_depth=rounded(depth / layout.pitch),
        room=statistics.fmean(rim_lengths(layout)) / layout.pitch if layout.spots else math.inf,
    )


def solve_solids(
    cell: SolidCell, sizes: SizeField | None, goal: Goal, comm: MPI.Comm, weight: WeightedBy | None = None
) -> tuple[SolidSolution, CellErrors | None]:
    """Mesh a cell once, reduce it and bound it; on rank 0 also where its error comes from."""
    start = time.perf_counter()
    mesh = mesh_solids(cell, sizes, comm)
    meshed = time.perf_counter()
    problem = assemble(mesh, cell, goal.film, weight, cell.laws)
    if cell.circular:  # its side is 1e-5 off the cylinder: with the mesh's own area a slab without solids has its depth
        problem = replace(problem, area=mean_section(mesh, cell.slab_depth))
    rest = _rest_of(goal)
    model, potential_at = with_levels_or_factor(problem, lambda levels: _reduced(problem, cell, goal, levels))
    left, errors = leftovers(problem, cell.bodies, potential_at(rest), rest)
    bounds = Bounds(rest, left.lower - left.shape, left.upper + left.shape, cell.slab_depth, 0, 0.0)
    solution = SolidSolution(
        fineness=left.width,
        model=model,
        resolution=0.0,
        bounds=(bounds,),
        flat_storage=None,
        direct=solve_directly(problem, goal.points) - cell.slab_depth if goal.direct else None,
        cells=mesh.cells,
        unknowns=problem.unknowns,
        seconds_mesh=meshed - start,
        seconds_gmsh=mesh.seconds_alone,
        seconds_solve=time.perf_counter() - meshed,
        left=left,
        share=BAR if all(body.region is None for body in cell.bodies) else BAR_OF_PRESENT,
    )
    return solution, errors


def _rest_of(goal: Goal) -> NDArray[np.float64]:
    """The θ at which a goal's meshes are bounded, (terms,): at rest of its first curve through which current passes.

    Where none lets it pass, the size of its last θ.
    """
    blocked = np.abs(goal.curves[0].points[-1])
    return next((curve.at_rest for curve in goal.curves if curve.at_rest is not None), blocked)


def _reduced(
    problem: CellProblem, cell: SolidCell, goal: Goal, levels: Hierarchy | None
) -> tuple[Model, Callable[[NDArray[np.float64]], Vector]]:
    """The reduced model, and what gives potentials of 1 V at rest."""
    if problem.film or problem.laws or not cell.ideal:
        return reduce_solids(problem, goal.curves, goal.relative_error, levels)
    covered = replace(problem, flat=np.asarray(solve_potential(problem, [COVERED], levels), dtype=np.float64))
    tolerance = reduction_share(goal.relative_error) if goal.moves else math.inf
    model, _, potential_at = reduce_keeping_potential(covered, tolerance, levels, float(_rest_of(goal)[-1]))
    return Shifted(model, problem.depth), potential_at
