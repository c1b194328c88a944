"""Discs by unknowns on the contacts: from a layout to its response with an error bar.

Densities of degree l and of l − 2 at most give F(θ) each. What is left of the error of the finer one is a small part of
their difference; the split into near and far leaves an error of its own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError
from constriction.field.contacts.basis import basis_of, densities_of
from constriction.field.contacts.currents import spread_on_discs
from constriction.field.contacts.discs import OTHERWISE, Discs, check_discs, discs_of
from constriction.field.contacts.far import far_of
from constriction.field.contacts.near import near_of
from constriction.field.contacts.sampled import grown
from constriction.field.contacts.solves import Contacts, solve_at
from constriction.field.currents.spread import even_spread
from constriction.field.limits import check_cell
from constriction.field.reduction.affine import uniform
from constriction.field.response import Goal, Report, Response, Solution
from constriction.geometry.cell import Layout

# The part of the difference of two degrees that bars are: at rest, and more where the layer beside the rims, 1/θ, is
# thinner than the discs: tests/benchmarks/contacts.py
CAUTION, LAYERS, THIN = 0.06, 0.35, 10.0
# (reach, window, what the split leaves of F, relative, at most): the same script
SPLITS = ((2.2, 5, 6e-4), (2.5, 6, 1e-4), (2.8, 7, 2e-5), (3.2, 8, 6e-6), (4.0, 11, 2e-7))
SPLIT_SHARE = 0.15  # of the asked error
NEAR_RADIUS = 2.7  # of the near kernel, in radii of the discs
THICKNESSES = 4.0  # of the slab that the near kernel reaches at most
DEGREES = 2, 3, 4, 5, 6, 8, 10, 12, 14, 16
USUAL = 1.2e-3, 7.0  # the usual bar of degree 2 at a contact fraction of a fifth, and how many times less one more gives
CROWDED = 0.2  # contact fraction
REDUCTION_SHARE = 0.3  # of the asked error: what the bound on the reduced model may take
TOLERANCE = 1e-4, 1e-9, 1e-13  # of conjugate gradients, over the asked error; at most; at least
STEP = 2  # degrees between the two solutions
BYTES_OF_NEIGHBOURS, BYTES_OF_CELL = 6.0, 60.0  # neighbours of a disc, with copies; bytes of a grid's cell

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ContactSolution(Solution):
    """The densities of one degree: `unknowns` are theirs on all discs, `cells` the far grid's.

    `degree`: the highest; `split_error`: what near and far leave of F, relative; `radius`: of the discs, in pitches.
    """

    degree: int
    split_error: float
    radius: float


@dataclass(frozen=True)
class ContactResponse(Response[ContactSolution]):
    """The finer of two solutions; its error bar is a part of what they differ by, and what the split leaves."""

    def _combine(self, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
        return np.asarray(values[-1], dtype=np.complex128)

    def _bar(self, values: Sequence[ArrayLike]) -> Floats:
        return np.asarray(np.abs(np.asarray(values[-1]) - np.asarray(values[-2])))

    def _layers(self, theta: NDArray[np.complex128], scale: Floats, film: bool) -> tuple[Floats, Floats]:
        del film
        thinness = np.abs(theta[:, -1]) * self.fine.radius
        return CAUTION + LAYERS * thinness / (thinness + THIN), self.least_error * scale

    @property
    def least_error(self) -> float:
        """What the error bar is at least, relative to a curve's scale."""
        return self.fine.split_error

    def reduction_share(self, relative_error: float) -> float:
        """As `Response`."""
        return REDUCTION_SHARE * relative_error


def check_contacts(layout: Layout, depth: float, goal: Goal) -> None:
    """Refuse what is no pattern of discs in an even gap, or would not fit.

    Args:
        layout: of the interface.
        depth: of the slab, in pitches.
        goal: what is asked.

    Raises:
        InputError: with what it is.
    """
    if not layout.spots:
        return
    check_cell(layout, depth)
    check_discs(layout)
    if goal.direct:
        raise InputError(f"--direct: accuracy.method = 'contacts' solves at real θ alone; {OTHERWISE}")
    discs = discs_of(layout)
    needed = memory_of(discs, depth, first_degree(layout, goal), goal)
    if needed > goal.memory:
        raise InputError(
            f"interface: {len(discs.radii)} discs by accuracy.method = 'contacts' would take about {needed / 1e9:.3g} "
            f"GB of memory; {goal.memory / 1e9:.3g} GB may be used; expected fewer spots, a larger "
            "accuracy.relative_error, or more memory (--memory)"
        )


def memory_of(discs: Discs, depth: float, degree: int, goal: Goal) -> float:
    """Bytes that a degree takes, about."""
    reach, window, _ = _split_for(goal)
    radius, cell = _lengths(discs, depth, reach)
    n, count = densities_of(degree), len(discs.radii)
    per_area = count / float(np.prod(discs.sides))
    neighbours = per_area * math.pi * (2 * discs.radii.max() + radius) ** 2
    near = BYTES_OF_NEIGHBOURS * (1 + neighbours) * n**2 * 8
    far = (2 * discs.radii.max() / cell + window + 1) ** 2 * (n + 2) * 8
    return float(count * (near + far) + BYTES_OF_CELL * np.prod(discs.sides) / cell**2)


def least_memory(spots: int) -> float:
    """Bytes that so many discs take at least, about."""
    return 4000.0 * spots


def first_degree(layout: Layout, goal: Goal) -> int:
    """The degree that should do."""
    usual, less = USUAL
    crowd = max(layout.contact_fraction / CROWDED, 0.5) ** 2
    fits = [degree for degree in DEGREES if usual * crowd * less ** (2 - degree) <= goal.relative_error]
    return fits[0] if fits else DEGREES[-1]


def converge(layout: Layout, depth: float, goal: Goal, report: Report) -> ContactResponse:
    """Take higher degrees until the error bar is below what is asked, or the memory would not do.

    Args:
        layout: of the interface.
        depth: of the slab, in pitches.
        goal: what is asked.
        report: told in words what is being done.

    Raises:
        InputError: contacts are no discs.
        SolverError: conjugate gradients do not converge.
    """
    if not layout.spots:
        return _uniform(layout, depth, goal)
    discs, degree = discs_of(layout), first_degree(layout, goal)
    response = _solved(discs, depth, degree, goal, report)
    while response.misses(goal) > 1.0:
        finer = [other for other in DEGREES if other > degree]
        if not finer or memory_of(discs, depth, finer[0], goal) > goal.memory or response.ends_at_rounding(goal):
            break
        degree = finer[0]
        response = _solved(discs, depth, degree, goal, report)
    return response


def _solved(discs: Discs, depth: float, degree: int, goal: Goal, report: Report) -> ContactResponse:
    """The response of densities of a degree."""
    start = time.perf_counter()
    reach, window, split_error = _split_for(goal)
    radius, cell = _lengths(discs, depth, reach)
    near, basis = near_of(discs, degree, radius), basis_of(degree)
    contacts = Contacts(discs, basis, near, far_of(discs, basis, cell, window), depth, radius / (2 * reach), reach)
    placed = time.perf_counter()
    degrees, tolerance = (degree, degree - STEP), _tolerance(goal)
    fields: dict[float, Floats] = {}

    def sample(shift: float) -> list[tuple[float, float]]:
        nearest = min(fields, key=lambda other: abs(other - shift), default=None)
        found = solve_at(contacts, shift, degrees, tolerance, None if nearest is None else fields[nearest])
        report(f"{len(discs.radii)} discs, degree {degree}, θ = {shift:.3g}: {found[0].steps} steps")
        fields[shift] = found[0].charges
        return [(one.value, one.slope) for one in found]

    samples, error = grown(sample, goal.moves, REDUCTION_SHARE * goal.relative_error, goal.points[:, -1])
    spreads = tuple(
        spread
        for theta in goal.resting
        if theta[-1] == 0 and (spread := spread_on_discs(discs, basis, fields[0.0], theta)) is not None
    )
    seconds = placed - start, time.perf_counter() - placed
    solutions = [
        ContactSolution(
            model=samples.of(number).model(depth, error, samples.solves if number == 0 else 0),
            resolution=float(discs.radii.min()) / (one + 1) ** 2,
            flat_storage=None,
            direct=None,
            cells=math.prod(contacts.far.counts),
            unknowns=len(discs.radii) * densities_of(one),
            seconds_mesh=seconds[0] if number == 0 else 0.0,
            seconds_gmsh=0.0,
            seconds_solve=seconds[1] if number == 0 else 0.0,
            degree=one,
            split_error=split_error,
            radius=float(discs.radii.max()),
            spreads=spreads if number == 0 else (),
        )
        for number, one in enumerate(degrees)
    ]
    return ContactResponse(tuple(reversed(solutions)))


def _split_for(goal: Goal) -> tuple[float, int, float]:
    """How far the near kernel reaches, the window's cells, and what that leaves of F."""
    fits = [split for split in SPLITS if split[2] <= SPLIT_SHARE * goal.relative_error]
    return fits[0] if fits else SPLITS[-1]


def _lengths(discs: Discs, depth: float, reach: float) -> tuple[float, float]:
    """The near kernel's radius and the width of the far grid's cells, pitches."""
    radius = min(NEAR_RADIUS * math.sqrt(float(np.mean(discs.radii**2))), THICKNESSES * depth)
    return radius, math.pi * radius / (2 * reach**2)


def _tolerance(goal: Goal) -> float:
    """Of conjugate gradients: the error of F by it, relative; that of the slope goes with its root."""
    part, most, least = TOLERANCE
    return max(min(part * goal.relative_error**2, most), least)


def _uniform(layout: Layout, depth: float, goal: Goal) -> ContactResponse:
    """An interface that is all contact or all gap, exact."""
    model = uniform(layout.contact_fraction == 1.0, goal.film, depth)
    direct = model.interface(goal.points) if goal.direct else None
    spreads = tuple(even_spread(theta) for theta in goal.resting) if layout.contact_fraction == 1.0 else ()
    one = ContactSolution(model, 0.0, None, direct, 0, 0, 0.0, 0.0, 0.0, 0, 0.0, 0.0, spreads=spreads)
    return ContactResponse((one, one))
