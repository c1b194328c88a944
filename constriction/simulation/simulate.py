"""A case becomes a result, on one page.

Case → layout of the contacts → meshes or grids → matrices → reduced model → spectrum → R_cstr, C_cstr and their error
bars.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from mpi4py import MPI

from constriction.base.errors import InputError, naming
from constriction.base.memory import free_memory
from constriction.base.quantities import shown
from constriction.base.ranks import agree
from constriction.case.schema import Case
from constriction.field.reduction.curves import Curve
from constriction.field.response import Goal, Response
from constriction.geometry.cell import Layout, lay_out_case
from constriction.geometry.maps.pellet_heights import insulated_beside
from constriction.simulation.counter import check_apart, two_sided
from constriction.simulation.finer import SHARE, FinerCase, as_exact, check_pitch, is_ideal
from constriction.simulation.flat.solving import check_flat_case, is_meshed, least_memory_of, solve_flat
from constriction.simulation.grains.within import check_within, laws_within, solve_within
from constriction.simulation.maps.meshed import SHARE as OUTLINES
from constriction.simulation.maps.meshed import check_meshed, outlines_meshed
from constriction.simulation.metals.added import check_metals_of, with_metals
from constriction.simulation.result import Result, result_of, sweep_frequencies
from constriction.simulation.weights import (
    Laws,
    check_thin,
    curve_of,
    largest_height,
    meshed_height,
    uneven_gap,
)


def quiet(message: str) -> None:
    """Report nothing."""


class Respond(Protocol):
    """What gives the response of a geometry."""

    def __call__(self, case: Case, layout: Layout, curves: tuple[Curve, ...], options: Options) -> Response[Any]:
        """As `solve_geometry`."""


@dataclass(frozen=True)
class Options:
    """How a case is solved, beside what it says.

    `comm`: communicator of the meshes, None for the calling process alone; `direct`: solve every frequency of the
    sweep in complex arithmetic instead of with the reduced model; `memory`: bytes that may be used, None for 80 % of
    what is free; `report`: told in words what is being done; `respond`: gives a geometry's response, as
    `solve_geometry`, which does it for None; a study looks first at what it has kept.
    """

    comm: MPI.Comm | None = None
    direct: bool = False
    memory: float | None = None
    report: Callable[[str], None] = quiet
    respond: Respond | None = None


def simulate(case: Case, options: Options = Options()) -> Result:  # noqa: B008 - frozen, so no state is shared
    """Simulate a case; collective over `options.comm`.

    Raises:
        InputError: the contacts cannot be made, the method does not fit them, or the smallest useful mesh or grid does
            not fit into the memory.
        SolverError: a linear solver failed.
    """
    check_apart(case)
    return with_far_side(_one_sided(case, options), options)


def with_far_side(near: Result, options: Options) -> Result:
    """A result with what the counter electrode adds, if its case gives it an interface; collective, as `simulate`."""
    if near.case.counter.symmetric:
        return two_sided(near, near)
    other = near.case.counter.other_case
    if other is None:
        return near
    options.report(f"far side: {near.case.counter.file}")
    with naming(f"counter.file = {shown(near.case.counter.file)}"):
        far = _one_sided(other, options)
    return two_sided(near, far)


def _one_sided(case: Case, options: Options) -> Result:
    """The interface of a case, with an ideal counter electrode."""
    start = time.perf_counter()
    check_size(case, memory_of(options))  # before spots are placed
    layout = lay_out_case(case)
    laws = laws_of(case, layout, options)
    curve = curve_of(case, layout, laws, sweep_frequencies(case))
    check_bounds(case, curve)
    response = (options.respond or solve_geometry)(case, layout, (curve,), options)
    near = result_of(case, layout, laws, response, time.perf_counter() - start)
    return with_metals(near, options.comm, options.report)


def laws_of(case: Case, layout: Layout, options: Options) -> Laws:
    """The laws of a case's interface, and what is not exact of them; collective over `options.comm`.

    Args:
        case: the case.
        layout: the layout of its interface.
        options: how a finer case is solved.

    Raises:
        InputError: the pitch of a finer case is above the width of what it lies on, or as `simulate`.
        SolverError: as `simulate`.
    """
    laws = replace(_given_laws(case, layout, options), solids=laws_within(case, layout))
    profile = uneven_gap(case, layout)
    if profile is None or profile.coarse is None:
        return laws
    from constriction.field.transforms.height_error import height_error

    depth, curve = case.electrolyte.thickness / layout.pitch, curve_of(case, layout, laws, sweep_frequencies(case))
    return replace(laws, height_error=height_error(layout, depth, curve, profile))


def _given_laws(case: Case, layout: Layout, options: Options) -> Laws:
    """The laws themselves, those of a finer case solved."""
    finer = case.contact.fine_case
    if finer is None:
        return Laws(case.contact.law_of(), case.gap.law_of())
    where = f"contact.fine = {shown(case.contact.fine)}"
    with naming(where):
        finer_layout, ideal = lay_out_case(finer), is_ideal(finer)
    if ideal:
        return Laws(None, case.gap.law_of())
    check_pitch(layout, finer_layout)
    options.report(f"finer case: {case.contact.fine}")
    with naming(where):
        solved = FinerCase(simulate(as_exact(finer, case, layout), replace(options, direct=False)))
    return Laws(solved, case.gap.law_of(), solved.error)


def solve_geometry(case: Case, layout: Layout, curves: tuple[Curve, ...], options: Options) -> Response[Any]:
    """Solve what is dimensionless in a case, for any θ of its regions; collective over `options.comm`.

    Args:
        case: the case; of electrolyte, gap and sweep only the slab's thickness and a meshed gap's height count.
        layout: the layout of its interface.
        curves: where F(θ) shall be as accurate as the case asks; that of the case's sweep, and perhaps of others.
        options: how.

    Returns:
        The response, for this case and every other one of the same geometry.

    Raises:
        InputError: the method does not fit the contacts or the memory.
        SolverError: as `simulate`.
    """
    check_geometry(case, layout, options)
    comm = options.comm or MPI.COMM_SELF
    goal = goal_of(case, curves, options)
    thickness, profile = case.electrolyte.thickness, uneven_gap(case, layout)
    uneven = None if profile is None else profile.height
    if not is_meshed(case):  # on rank 0, for all: it is solved faster than it is shared out
        return agree(comm, lambda: solve_flat(case, layout, goal, options.report, uneven))
    if case.holds_bodies:
        return solve_within(case, layout, goal, comm, options.report, uneven)
    from constriction.field.fineness import mesh_sizes
    from constriction.field.finite_elements import converge  # on all ranks at once: PETSc starts here

    uneven = insulated_beside(layout, uneven)
    simpler = agree(comm, lambda: outlines_meshed(case, layout))
    drawn, height = layout if simpler is None else simpler.layout, meshed_height(case, layout)
    sizes = partial(mesh_sizes, drawn, thickness, height, largest=largest_height(case, layout))
    if simpler is None:
        return converge(layout, sizes, goal, comm, options.report, uneven)
    options.report(f"outlines simplified by {1e6 * simpler.differs.farthest:.2g} µm at most")
    left = replace(goal, relative_error=(1 - OUTLINES) * goal.relative_error)
    return replace(converge(drawn, sizes, left, comm, options.report, uneven), outlines=simpler.differs)


def goal_of(case: Case, curves: tuple[Curve, ...], options: Options) -> Goal:
    """What is asked of a geometry's meshes or grids; collective over `options.comm`."""
    return Goal(error_asked(case), memory_of(options), curves, options.direct, case.accuracy.bounds)


def error_asked(case: Case) -> float:
    """The relative error that meshes or grids may make: what a finer case, and a lifted foil or a map, leave of it."""
    shares = SHARE * (case.contact.fine is not None) + SHARE * (case.gap.profile in ("plate", "map"))
    return case.accuracy.relative_error * (1.0 - shares)


def check_geometry(case: Case, layout: Layout, options: Options) -> None:
    """Refuse what a case's method cannot solve, before anything is built; collective over `options.comm`.

    Raises:
        InputError: with what is too small, too flat or too near, or does not fit into the memory.
    """
    memory = memory_of(options)
    check_size(case, memory)
    check_thin(case, layout)
    check_metals_of(case, layout)
    if case.holds_bodies:
        check_within(case, layout, options.comm or MPI.COMM_SELF, memory)
    elif not is_meshed(case):
        check_flat_case(case, layout, Goal(error_asked(case), memory, (), options.direct))
    else:
        from constriction.field.fineness import check_mesh

        drawn = agree(options.comm or MPI.COMM_SELF, lambda: check_meshed(case, layout, memory))
        height, largest = meshed_height(case, layout), largest_height(case, layout)
        check_mesh(drawn, case.electrolyte.thickness, height, case.accuracy.relative_error, largest)


def check_bounds(case: Case, curve: Curve) -> None:
    """Refuse to bound what diverges.

    Raises:
        InputError: bounds are asked for, and R_cstr diverges.
    """
    if case.accuracy.bounds and not curve.finite:
        where = "interface" if curve.at_rest is None else "contact"
        raise InputError(
            f"accuracy.bounds = true: there is no R_cstr to bound, as no direct current passes through the {where}; "
            "expected laws that let it pass, or bounds = false and no --bounds"
        )


def memory_of(options: Options) -> float:
    """Bytes that all ranks together may use, rank 0's word; collective."""
    return float((options.comm or MPI.COMM_SELF).bcast(options.memory or free_memory()))


def check_size(case: Case, memory: float) -> None:
    """Refuse a case whose coarsest mesh or grid would not fit, before anything is built; grains are counted later.

    Raises:
        InputError: with the memory (bytes) that the spots would take.
    """
    spots = case.interface.spot_count
    if not is_meshed(case):
        needed = least_memory_of(case)
    else:
        from constriction.field import fineness

        shape = getattr(case.interface, "shape", "disc")
        needed = fineness.least_memory(spots, shape == "disc" and not case.interface.inverted)
    if needed > memory and not case.grains.given:
        raise InputError(
            f"interface.{case.interface.COUNTED_BY}: {spots} spots would take about {needed / 1e9:.3g} GB of memory "
            f"even on the coarsest mesh or grid; {memory / 1e9:.3g} GB may be used; expected fewer spots, or more "
            "memory (--memory)"
        )
