"""A disc or a pore on the axis of a circular tube, thin gap: the cosines become Bessel functions, the unknowns few.

Lengths in pitches, conductivity one, as in `grids`. The potential of the gap goes as the root of the distance to the
rim: it is √τ times a polynomial in τ, where τ runs from 0 at the rim to 1 at the tube's wall or at the axis: it is
ln(r/a)/ln(b/a) outside a disc and 1 − r²/a² inside a pore. So a dozen unknowns do what a grid of rings would need
thousands for. Modes J0(λ_n r), with λ_n b the zeros of J1, turn the potential into a current density; those left out
add a known matrix of rank one, for the rim alone sets their amplitudes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh
from scipy.special import eval_legendre, j0, j1

from constriction.base.errors import InputError
from constriction.field.reduction.poles import ReducedModel
from constriction.field.response import Goal, Report, Response, Solution
from constriction.geometry.cell import Layout

TERMS = (6, 8, 12, 18, 27)  # of the solutions: two, and more where they miss the goal
PANEL = 20  # Gauss points each
MODES = 1.0  # per terms² and tube radius / length at the rim: those left out must be shorter than any term's wave
CAUTION = 2.0  # times the difference of two solutions
MOST_VALUES, BYTES_PER_VALUE = 1e8, 24.0  # of Bessel functions at a time, some seconds
LEAST_ERROR = 0.4  # over terms⁴; measured: eight times the error of discs, twice that of pores

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class TubeSolution(Solution):
    """The answer of so many terms."""


@dataclass(frozen=True)
class FinestResponse[Answer: Solution](Response[Answer]):
    """The finest solution, with the last difference as its error bar: it falls too fast to extrapolate."""

    UNKNOWNS: ClassVar[str] = "terms"
    """What a solution's unknowns are called."""

    def _combine(self, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
        return np.asarray(values[-1], dtype=np.complex128)

    def _bar(self, values: Sequence[ArrayLike]) -> Floats:
        return np.asarray(CAUTION * np.abs(np.asarray(values[-1]) - np.asarray(values[-2])))


@dataclass(frozen=True)
class TubeResponse(FinestResponse[TubeSolution]):
    """The finest solution, with the last difference as its error bar."""

    @property
    def least_error(self) -> float:
        """What the error bar is at least, relative to `constriction`."""
        return LEAST_ERROR / self.fine.unknowns**4


def is_tube(layout: Layout) -> bool:
    """Whether the cell is the quarter of a circular tube."""
    return any(edge.centre is not None for edge in layout.cell.edges)


def rim_of(layout: Layout) -> float:
    """The radius of the rim in pitches; that of the tube is ½."""
    return layout.spots[0].size / layout.pitch


def pore_in(layout: Layout) -> bool:
    """Whether the contact is outside the rim."""
    return layout.background == "contact"


def check_tube(layout: Layout, memory: float) -> None:
    """Refuse a spot, or a way to the tube's wall, that would take too many modes.

    Raises:
        InputError: with how small it is.
    """
    if values_of(layout, TERMS[1]) > most_values(memory):
        raise InputError(
            f"interface.contact_fraction: the spot, or its way to the wall, is {room_of(layout):.2g} of the tube's "
            "radius, too small for transforms; expected more, or method = 'finite_elements' without --cross-check"
        )


def most_values(memory: float) -> float:
    """How many values of Bessel functions may be computed, in bytes of memory and some seconds."""
    return min(memory / BYTES_PER_VALUE, MOST_VALUES)


def values_of(layout: Layout, terms: int) -> float:
    """How many values of Bessel functions so many terms take."""
    room = room_of(layout)
    if room <= 0:  # rounding leaves none
        return math.inf
    modes = MODES * terms**2 / room
    a = 2 * rim_of(layout)
    return modes**2 * (2 if pore_in(layout) else 1 - 2 * math.log(a))


def converge_tube(layout: Layout, depth: float, goal: Goal, report: Report) -> TubeResponse:
    """Take more terms until the error bar is below what is asked.

    Args:
        layout: a quarter of a tube, a disc or a pore on its axis.
        depth: of the slab, in pitches.
        goal: what is asked.
        report: told in words what is being done.
    """
    most = most_values(goal.memory)
    counts = (*TERMS[:2], *(terms for terms in TERMS[2:] if values_of(layout, terms) <= most))
    return converge_finest(TubeResponse, (solve_tube(layout, depth, terms, goal) for terms in counts), goal, report)


def converge_finest[Answer: Solution, Found: FinestResponse[Any]](
    made: Callable[[tuple[Answer, ...]], Found], solutions: Iterator[Answer], goal: Goal, report: Report
) -> Found:
    """The response of two solutions, or of more until its error bar is below what is asked or there are none.

    Args:
        made: makes a response of solutions.
        solutions: finer and finer, two or more; each is solved when it is asked for.
        goal: what is asked.
        report: told in words what is being done.
    """
    response = made((next(solutions), next(solutions)))
    while True:
        report(f"{response.fine.unknowns} {response.UNKNOWNS}, {response.fine.cells} modes")
        finer = None if response.misses(goal) <= 1.0 else next(solutions, None)
        if finer is None:
            return response
        response = made((*response.solutions, finer))


def solve_tube(layout: Layout, depth: float, terms: int, goal: Goal) -> TubeSolution:
    """Solve with so many terms and modes in proportion.

    Args:
        layout: a quarter of a tube, a disc or a pore on its axis.
        depth: of the slab, in pitches.
        terms: number of unknowns.
        goal: its ratios are solved directly if it says so.
    """
    start = time.perf_counter()
    modes = math.ceil(MODES * terms**2 / room_of(layout))
    stiffness, gap, means = _matrices(layout, depth, terms, modes)
    times, shapes = eigh(gap, stiffness)
    model = ReducedModel(
        times=np.concatenate([[0.0], np.maximum(times, 0.0)]),
        weights=np.concatenate([[depth], (means @ shapes) ** 2]),
        depth=depth,
        stored=float((means @ shapes) ** 2 @ times),
        error=0.0,
        solves=1,
    )
    direct = None
    if goal.direct:
        systems = stiffness + goal.points[:, :1, None] * gap
        fields = np.linalg.solve(systems, np.broadcast_to(means[:, None], (*systems.shape[:2], 1)))
        direct = fields[..., 0] @ means
    return TubeSolution(model, 0.0, None, direct, modes, terms, 0.0, 0.0, time.perf_counter() - start)


def room_of(layout: Layout) -> float:
    """The length over which the potential varies at the rim, in tube radii."""
    a = 2 * rim_of(layout)
    return min(a, 1 - a)


class _Gap(NamedTuple):
    """The gap's points: √τ, the radius, the weight in a mean over the tube, each (points,); du/d√|r − a| at the rim."""

    root: Floats
    radius: Floats
    weight: Floats
    steepness: float


def _gap(layout: Layout, modes: int) -> _Gap:
    """Gauss points in √τ from 0 to 1, enough for the highest mode."""
    a, b = rim_of(layout), 0.5
    if pore_in(layout):
        angle, weight = _gauss(2 * modes)
        root, rest = np.sin(np.pi / 2 * angle), np.cos(np.pi / 2 * angle)
        return _Gap(root, a * rest, weight * np.pi * root * rest * (a / b) ** 2, math.sqrt(2 / a))
    stretch = math.log(b / a)
    root, weight = _gauss(modes + math.ceil(2 * stretch * modes))
    radius = a * np.exp(stretch * root**2)
    return _Gap(root, radius, weight * 4 * root * stretch * (radius / b) ** 2, 1 / math.sqrt(a * stretch))


def _gauss(points: int) -> tuple[Floats, Floats]:
    """At least so many Gauss-Legendre points and weights on [0, 1], in equal panels."""
    x, weight = np.polynomial.legendre.leggauss(PANEL)
    panels = math.ceil(points / PANEL)
    starts = np.arange(panels)[:, None]
    return ((starts + 0.5 * (x + 1)) / panels).ravel(), np.tile(0.5 * weight / panels, panels)


def nodes_on(edges: Floats) -> tuple[Floats, Floats]:
    """Gauss-Legendre points and weights of panels between rising edges, (panels · PANEL,)."""
    x, weight = np.polynomial.legendre.leggauss(PANEL)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (x + 1)).ravel(), (half * weight).ravel()


def zeros_of(count: int) -> Floats:
    """The first positive zeros of J1: McMahon's expansion, then Newton's steps."""
    beta = (np.arange(1, count + 1) + 0.25) * math.pi
    zeros = beta - 3 / (8 * beta)
    for _ in range(4):
        zeros -= j1(zeros) / (j0(zeros) - j1(zeros) / zeros)
    return np.asarray(zeros)


def _matrices(layout: Layout, depth: float, terms: int, modes: int) -> tuple[Floats, Floats, Floats]:
    """Λ and G on the terms, (terms, terms), and the terms' means over the tube, (terms,)."""
    a, b = rim_of(layout), 0.5
    gap, zeros = _gap(layout, modes), zeros_of(modes)
    order = np.arange(terms)[:, None]
    shapes = gap.root * eval_legendre(order, 2 * gap.root**2 - 1)
    k = zeros / b
    amplitudes = (shapes * gap.weight) @ j0(np.outer(gap.radius, k))
    stiffness = (amplitudes * (k / np.tanh(k * depth) / j0(zeros) ** 2)) @ amplitudes.T
    # beyond the last mode: amplitude α √(a/2) cos(…)/k² of a term α √|r − a|, and cos² = ½ on average
    steepness = gap.steepness * (-1.0) ** order[:, 0]
    stiffness += np.outer(steepness, steepness) * a / (2 * b * math.pi * (modes + 0.75))
    return stiffness, (shapes * gap.weight) @ shapes.T, (shapes * gap.weight).sum(axis=1)
