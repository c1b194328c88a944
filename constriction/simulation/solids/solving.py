"""The response of a case with solids in its electrolyte."""

from __future__ import annotations

from typing import Any

from mpi4py import MPI

from constriction.base.ranks import agree
from constriction.case.schema import Case
from constriction.field.response import Goal, Report, Response
from constriction.geometry.height_maps import Height
from constriction.geometry.patches import Layout
from constriction.geometry.solids.placed import solids_of


def solve_solids_of(
    case: Case, layout: Layout, goal: Goal, comm: MPI.Comm, report: Report, height: Height | None
) -> Response[Any]:
    """Solve a geometry with solids; collective.

    Args:
        case: with its tables [[solid]].
        layout: of the case.
        goal: what is asked.
        comm: communicator of the meshes.
        report: told in words what is being done.
        height: of the gap at x and y in m, relative to the case's; None: it is even.

    Raises:
        InputError: the solids find no place, or the cell cannot be meshed.
        SolverError: a mesh cannot be solved.
    """
    from constriction.field.elements.uneven_gaps import weight_of
    from constriction.field.solids.converge import cell_of, converge_solids  # on all ranks at once: PETSc starts here

    cell = cell_of(layout, case.electrolyte.thickness, agree(comm, lambda: solids_of(case, layout)))
    return converge_solids(cell, goal, comm, report, None if height is None else weight_of(height, layout.pitch))
