"""What the methods without a mesh are asked, and what they refuse: transforms, and unknowns on the contacts."""

from __future__ import annotations

from typing import Any

from constriction.base.errors import InputError
from constriction.case.interface import Single
from constriction.case.schema import Case
from constriction.field.response import Goal, Report, Response
from constriction.geometry.cell import Layout
from constriction.geometry.height_maps import Height
from constriction.simulation.grains.within import check_empty
from constriction.simulation.weights import gap_model

MESHED = "finite_elements"
NAMES = {"spectral": "transforms", "contacts": "unknowns on the contacts"}


def is_meshed(case: Case) -> bool:
    """Whether a case is solved by finite elements."""
    return case.accuracy.method == MESHED


def solve_flat(case: Case, layout: Layout, goal: Goal, report: Report, uneven: Height | None) -> Response[Any]:
    """Solve a geometry by its method without a mesh, on one rank.

    Args:
        case: its method is not finite elements.
        layout: of its interface.
        goal: what is asked.
        report: told in words what is being done.
        uneven: height of the gap at x and y in m, relative to the case's; None: it is even.

    Raises:
        InputError: as `check_flat_case`.
        SolverError: conjugate gradients do not converge.
    """
    depth = case.electrolyte.thickness / layout.pitch
    if case.accuracy.method == "contacts":
        from constriction.field.contacts.convergence import converge as converge_contacts

        return converge_contacts(layout, depth, goal, report)
    from constriction.field.transforms.convergence import converge
    from constriction.field.transforms.grids import even_height

    return converge(layout, depth, goal, report, uneven or even_height)


def check_flat_case(case: Case, layout: Layout, goal: Goal) -> None:
    """Refuse what a case's method without a mesh cannot solve, before anything is built.

    Raises:
        InputError: with what is too small, not flat, no disc, or does not fit into the memory.
    """
    check_flat(case, layout)
    depth = case.electrolyte.thickness / layout.pitch
    if case.accuracy.method == "contacts":
        from constriction.field.contacts.convergence import check_contacts

        check_ideal(case)
        check_contacts(layout, depth, goal)
        return
    from constriction.field.transforms.convergence import check_grid

    check_grid(layout, depth, goal.memory)


def least_memory_of(case: Case) -> float:
    """Bytes that a case by a method without a mesh takes at least, about."""
    if case.accuracy.method == "contacts":
        from constriction.field.contacts.choice import least_memory

        return least_memory(case.interface.spot_count)
    from constriction.field.transforms import convergence

    return convergence.least_memory(case.interface.spot_count)


def check_ideal(case: Case) -> None:
    """Refuse contacts with a law and uneven gaps to unknowns on the contacts.

    Raises:
        InputError: with the key.
    """
    advice = "or accuracy.method = 'finite_elements' or 'spectral'"
    if case.contact.has_law:
        raise InputError(
            f"contact: accuracy.method = 'contacts' takes ideal contacts; expected no law and no finer case, {advice}"
        )
    if case.gap.uneven:
        raise InputError(
            f"gap.profile = '{case.gap.profile}': accuracy.method = 'contacts' takes an even gap; "
            f"expected profile = 'uniform', {advice}"
        )


def check_flat(case: Case, layout: Layout) -> None:
    """Refuse what no method without a mesh can solve.

    Raises:
        InputError: with what is not flat, such as solids in the electrolyte, or not a disc in a tube.
    """
    check_empty(case)
    advice = "or accuracy.method = 'finite_elements' without --cross-check"
    if gap_model(case, layout) == "volume":
        why = "is a volume" if case.gap.model == "volume" else "becomes a volume, not thin against the asked accuracy"
        name = NAMES.get(case.accuracy.method, NAMES["spectral"])
        raise InputError(
            f"gap.model = '{case.gap.model}': the gap {why}, and {name} need a flat interface; "
            f"expected gap.model = 'thin', {advice}"
        )
    interface = case.interface
    if layout.circular and case.gap.uneven:
        raise InputError(
            f"gap.profile = '{case.gap.profile}': transforms in a circular cell need an even gap; expected profile = "
            f"'uniform', interface.cell_shape = 'square', {advice}"
        )
    if isinstance(interface, Single) and layout.circular and interface.shape != "disc":
        raise InputError(
            f"interface.shape = '{interface.shape}': transforms in a circular cell need a disc on its axis; "
            f"expected shape = 'disc', cell_shape = 'square', {advice}"
        )
