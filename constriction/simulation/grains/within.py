"""What lies in the electrolyte of a case, solids or grains: its laws, what is refused, and the response.

What makes grains, and the mesh library with it, is imported only for a case that has some.
"""

from __future__ import annotations

from typing import Any

from mpi4py import MPI

from constriction.base.errors import InputError
from constriction.base.ranks import agree
from constriction.case.grains.refusals import check_bodies
from constriction.case.schema import Case
from constriction.field.response import Goal, Report, Response
from constriction.geometry.cell import Layout
from constriction.geometry.height_maps import Height
from constriction.geometry.solids.placed import solids_of
from constriction.simulation.solids.laws import SolidLaw, solid_laws
from constriction.simulation.solids.solving import solve_solids_of


def laws_within(case: Case, layout: Layout) -> tuple[SolidLaw, ...]:
    """The laws of solids or grains, in the order of the mesh's terms.

    Raises:
        InputError: the grains do not fit into the cell, or are too many.
    """
    if not case.grains.given:
        return solid_laws(case, layout)
    from constriction.simulation.grains.solving import laws_of_grains

    return laws_of_grains(case, layout)


def check_within(case: Case, layout: Layout, comm: MPI.Comm, memory: float) -> None:
    """Refuse solids or grains that find no place, or whose method does not know them; collective.

    Args:
        case: with its tables [[solid]] or its section [grains].
        layout: of the case.
        comm: communicator of the meshes.
        memory: bytes that grains may take.

    Raises:
        InputError: with what is expected.
    """
    check_bodies(case)  # a cross-check has another method than the case file
    if case.grains.given:
        from constriction.simulation.grains.solving import check_grains_of

        check_grains_of(case, layout, memory)
    else:
        agree(comm, lambda: solids_of(case, layout))


def check_empty(case: Case) -> None:
    """Refuse to solve solids or grains by transforms.

    Raises:
        InputError: with what lies in the electrolyte.
    """
    if case.holds_bodies:
        what = "solid" if case.solid else "grains"
        raise InputError(
            f"{what}: transforms need an electrolyte that is the same everywhere; expected accuracy.method = "
            f"'finite_elements' without --cross-check, or a case without [{what}]"
        )


def solve_within(
    case: Case, layout: Layout, goal: Goal, comm: MPI.Comm, report: Report, height: Height | None
) -> Response[Any]:
    """Solve a geometry with solids or grains; collective.

    Args:
        case: with its tables [[solid]] or its section [grains].
        layout: of the case.
        goal: what is asked.
        comm: communicator of the meshes.
        report: told in words what is being done.
        height: of the gap at x and y in m, relative to the case's; None: it is even.

    Raises:
        InputError: something finds no place, or the cell cannot be meshed.
        SolverError: a mesh cannot be solved.
    """
    if case.grains.given:
        from constriction.simulation.grains.solving import solve_grains_of

        return solve_grains_of(case, layout, goal, comm, report)
    return solve_solids_of(case, layout, goal, comm, report, height)
