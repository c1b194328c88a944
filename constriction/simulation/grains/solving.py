"""The response of a case with grains. Every rank gets what rank 0 has solved alone: a polycrystal is small."""

from __future__ import annotations

import statistics
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mpi4py import MPI

from constriction.base.ranks import agree
from constriction.case.schema import Case
from constriction.field.fineness import disturbed_depth
from constriction.field.mesh.layouts.scaled import in_pitches, rounded
from constriction.field.response import Goal, Report, Response
from constriction.geometry.cell import Layout, rim_lengths
from constriction.geometry.grains.placed import check_grains_fit, grains_of
from constriction.geometry.grains.polycrystal import Polycrystal
from constriction.simulation.grains.laws import grain_laws
from constriction.simulation.solids.laws import SolidLaw

if TYPE_CHECKING:
    from constriction.field.grains.meshed import GrainCell

SAME = 1e-6  # depths that differ by less, relative, are one


@lru_cache(maxsize=4)  # laws and mesh of a case are of the same grains
def crystal_of(case: Case, layout: Layout) -> Polycrystal:
    """The grains of a case in pitches.

    Raises:
        InputError: they do not fit into the cell, or are too many.
    """
    return grains_of(case, layout, disturbed_depth(layout))


def laws_of_grains(case: Case, layout: Layout) -> tuple[SolidLaw, ...]:
    """The laws of a case's grains; raises as `crystal_of`."""
    return grain_laws(case, layout, crystal_of(case, layout))


def check_grains_of(case: Case, layout: Layout, memory: float) -> None:
    """Refuse what `crystal_of` refuses, and what does not fit into the memory (bytes).

    Raises:
        InputError: as `crystal_of`, or with the memory that the grains would take.
    """
    check_grains_fit(case, layout, disturbed_depth(layout), memory)


def solve_grains_of(case: Case, layout: Layout, goal: Goal, comm: MPI.Comm, report: Report) -> Response[Any]:
    """Solve a geometry with grains; collective.

    Args:
        case: with its section [grains].
        layout: of the case.
        goal: what is asked.
        comm: whose ranks get the response.
        report: told in words what is being done.

    Raises:
        InputError: the grains do not fit into the cell, or it cannot be meshed.
        SolverError: a mesh cannot be solved.
    """
    from constriction.field.grains.converge import converge_grains  # on all ranks at once: PETSc starts here

    return agree(comm, lambda: converge_grains(grain_cell(case, layout), goal, report))


def grain_cell(case: Case, layout: Layout) -> GrainCell:
    """The mirror cell of a case with its grains; raises as `crystal_of`."""
    from constriction.field.grains.meshed import GrainCell

    crystal = crystal_of(case, layout)
    outline, spots = in_pitches(layout)
    assert case.grains.mean_size is not None
    size = case.grains.mean_size / layout.pitch
    deep, reach = float(crystal.box[2]), min(case.electrolyte.thickness, disturbed_depth(layout)) / layout.pitch
    lengths = [length / layout.pitch for length in rim_lengths(layout)]
    return GrainCell(
        cell=outline,
        spots=tuple(spots),
        regions=layout.regions,
        background=layout.background,
        crystal=crystal,
        slab_depth=deep if reach < deep * (1 + SAME) else rounded(reach),
        room=min(statistics.fmean(lengths), size) if lengths else size,
        mean_size=size,
    )
