"""Discs by unknowns on the contacts: from a layout to its response with an error bar.

Densities of degree l and of l − 2 at most give F(θ) each. What is left of the error of the finer one is a small part of
their difference; the split into near and far leaves an error of its own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError
from constriction.field.contacts.basis import basis_of, densities_of
from constriction.field.contacts.choice import (
    STEP,
    coarser_degree,
    far_points,
    finer_degrees,
    first_degree,
    is_symmetric,
    least_error_of,
    lengths_of,
    memory_of,
    split_for,
)
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

# The part of the difference of two degrees that bars are. At rest: of discs far apart, and more where they are near to
# each other, by the mean square of the sum of two neighbours' radii over their distance; so many times that where radii
# are unlike, per standard deviation of their logarithms, and of even degrees, where the difference is smaller. More
# where the layer beside the rims, 1/θ or a part of the slab, is thinner than the discs: tests/benchmarks/contacts.py
CAUTION, CROWDS, UNLIKE, EVEN = 0.015, 0.1, 2.0, 1.4
LAYERS, THIN, OF_SLAB = 0.5, 5.0, 0.5
# Of lattices, whose next degrees may differ by nothing: up to 7.4 of the difference was left. The degrees of few discs
# are so far apart that they hold all orders.
CAUTION_OF_SYMMETRIC = 8.0
REDUCTION_SHARE = 0.3  # of the asked error: what the bound on the reduced model may take
# Of conjugate gradients, relative, of F; the slope's error goes with its root, and the reduced model needs 1e-8 of it.
TOLERANCE, FINE_TOLERANCE, FINE_BELOW = 1e-12, 1e-14, 1e-4

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ContactSolution(Solution):
    """The densities of one degree: `unknowns` are theirs on all discs, `cells` the far grid's.

    `degree`: the highest; `least_error`: of F at rest, relative; `radius`: of the largest disc, in
    pitches; `crowd`: how near to each other discs are, 0 to 1; `unlike`: standard deviation of their radii's logarithm;
    `symmetric`: as of `is_symmetric`.
    """

    degree: int
    least_error: float
    radius: float
    crowd: float
    unlike: float
    symmetric: bool


@dataclass(frozen=True)
class ContactResponse(Response[ContactSolution]):
    """The finer of two solutions; its error bar is a part of what they differ by, and what the split leaves."""

    def _combine(self, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
        return np.asarray(values[-1], dtype=np.complex128)

    def _bar(self, values: Sequence[ArrayLike]) -> Floats:
        return np.asarray(np.abs(np.asarray(values[-1]) - np.asarray(values[-2])))

    def _layers(self, theta: NDArray[np.complex128], scale: Floats, film: bool) -> tuple[Floats, Floats]:
        del film
        fine = self.fine
        if fine.symmetric and fine.degree - self.solutions[0].degree == STEP:
            return np.full(np.shape(scale), CAUTION_OF_SYMMETRIC), self.least_error * scale
        thinness = fine.radius * (np.abs(theta[:, -1]) + OF_SLAB / fine.model.depth)
        caution = (CAUTION + CROWDS * fine.crowd) * (1 + UNLIKE * fine.unlike) * (1 if fine.degree % 2 else EVEN)
        return caution + LAYERS * thinness / (thinness + THIN), self.least_error * scale

    @property
    def least_error(self) -> float:
        """What the error bar is at least, relative to a curve's scale."""
        return self.fine.least_error

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
    needed = memory_of(discs, depth, first_degree(discs, goal), goal)
    if needed > goal.memory:
        raise InputError(
            f"interface: {len(discs.radii)} discs by accuracy.method = 'contacts' would take about {needed / 1e9:.3g} "
            f"GB of memory; {goal.memory / 1e9:.3g} GB may be used; expected fewer spots, a larger "
            "accuracy.relative_error, or more memory (--memory)"
        )


def expected_densities(layout: Layout, depth: float, goal: Goal) -> tuple[float, float]:
    """What `converge` will probably take: densities on all discs, and bytes."""
    if not layout.spots:
        return 0.0, 0.0
    discs = discs_of(layout)
    degree = first_degree(discs, goal)
    return float(len(discs.radii) * densities_of(degree)), memory_of(discs, depth, degree, goal)


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
    discs = discs_of(layout)
    response = solved(discs, depth, first_degree(discs, goal), goal, report)
    while response.misses(goal) > 1.0:
        symmetric = response.fine.symmetric
        finer = finer_degrees(response.fine.degree, symmetric)
        if not finer or memory_of(discs, depth, finer[0], goal) > goal.memory or response.ends_at_rounding(goal):
            break
        response = solved(discs, depth, finer[0], goal, report, symmetric)
    return response


def prepared(discs: Discs, depth: float, degree: int, goal: Goal) -> Contacts:
    """Discs with densities of a degree, so split into near and far as a goal wants; `depth` of the slab in pitches."""
    reach, window = split_for(discs, depth, goal)
    radius, cell = lengths_of(discs, depth, reach)
    far = far_of(discs, basis_of(degree, *far_points(discs, degree, radius, reach)), cell, window)
    return Contacts(discs, basis_of(degree), near_of(discs, degree, radius), far, depth, radius / (2 * reach), reach)


def solved(
    discs: Discs, depth: float, degree: int, goal: Goal, report: Report, symmetric: bool = False
) -> ContactResponse:
    """The response of densities of a degree, with its error bar.

    Args:
        discs: the contacts.
        depth: of the slab, in pitches.
        degree: of the finer one of the two solutions.
        goal: what is asked.
        report: told in words what is being done.
        symmetric: whether they are known to be; as of `is_symmetric`.

    Raises:
        SolverError: conjugate gradients do not converge.
    """
    start = time.perf_counter()
    contacts = prepared(discs, depth, degree, goal)
    placed = time.perf_counter()
    degrees = degree, coarser_degree(discs, degree, symmetric)
    tolerance = _tolerance(goal)
    fields: dict[float, Floats] = {}

    def sample(shift: float) -> list[tuple[float, float]]:
        nearest = min(fields, key=lambda other: abs(other - shift), default=None)
        found = solve_at(contacts, shift, degrees, tolerance, None if nearest is None else fields[nearest])
        report(f"{len(discs.radii)} discs, degree {degree}, θ = {shift:.3g}: {found[0].steps} steps")
        fields[shift] = found[0].charges
        return [(one.value, one.slope) for one in found]

    samples, error = grown(sample, goal.moves, REDUCTION_SHARE * goal.relative_error)
    split = 2 * contacts.split * contacts.reach, contacts.reach
    resting = [theta for theta in goal.resting if theta[-1] == 0]
    spreads = [spread_on_discs(discs, contacts.basis, fields[0.0], theta) for theta in resting]
    fine = ContactSolution(
        model=samples.of(0).model(depth, error, samples.solves),
        resolution=float(discs.radii.min()) / (degree + 1) ** 2,
        flat_storage=None,
        direct=None,
        cells=math.prod(contacts.far.counts),
        unknowns=len(discs.radii) * densities_of(degree),
        seconds_mesh=placed - start,
        seconds_gmsh=0.0,
        seconds_solve=time.perf_counter() - placed,
        degree=degree,
        least_error=least_error_of(discs, degree, split, samples.at_shifts[0][0][0]),
        radius=float(discs.radii.max()),
        crowd=contacts.near.crowd,
        unlike=float(np.std(np.log(discs.radii))),
        symmetric=is_symmetric(discs, contacts.basis, fields[0.0]),
        spreads=tuple(spread for spread in spreads if spread is not None),
    )
    coarse = replace(
        fine,
        model=samples.of(1).model(depth, error, 0),
        unknowns=len(discs.radii) * densities_of(degrees[1]),
        seconds_mesh=0.0,
        seconds_solve=0.0,
        degree=degrees[1],
        spreads=(),
    )
    return ContactResponse((coarse, fine))


def _tolerance(goal: Goal) -> float:
    """Of conjugate gradients."""
    return FINE_TOLERANCE if goal.relative_error < FINE_BELOW else TOLERANCE


def _uniform(layout: Layout, depth: float, goal: Goal) -> ContactResponse:
    """An interface that is all contact or all gap, exact."""
    model = uniform(layout.contact_fraction == 1.0, goal.film, depth)
    direct = model.interface(goal.points) if goal.direct else None
    spreads = tuple(even_spread(theta) for theta in goal.resting) if layout.contact_fraction == 1.0 else ()
    one = ContactSolution(model, 0.0, None, direct, 0, 0, 0.0, 0.0, 0.0, 0, 0.0, 0.0, 0.0, 0.0, False, spreads=spreads)
    return ContactResponse((one, one))
