"""A disc or a pore in a tube whose contact has a film: the expansion of `tubes` on both sides of the rim.

The potential is no longer zero on the contact. Near the rim it bends over a length of 1/θ or so, as r ln r, and goes as
the root of the distance only farther off: for a good film that is shorter than the wave of any polynomial. The fields:

- the constant 1, which draws no current from the electrolyte;
- √τ times Legendre's polynomials of τ in the gap, as in `tubes`, and the same on the contact;
- roots that are rounded over a length ε: real and imaginary part of √(x + iε), x the distance to the rim, positive
  outside. Many ε away from the rim one is √x outside and nothing inside, the other √|x| inside and nothing outside. A
  few ε, from the length at the rim downwards, hold the bend of any film (as poles that crowd towards a singularity do,
  Gopal & Trefethen, SIAM J. Numer. Anal. 57 (2019) 2074).

Near the rim each field is the real part of Σ c (x + iε)^m, m = ½ and 3/2, ε = 0 for the polynomials, whose Fourier
transform is c* k^(−m−1) e^(−kε) but for known factors. So the modes beyond the last add a matrix that is known to the
second order in 1/k. In the first, roots α√x outside and β√|x| inside add α² + β², without a cross term.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import eval_legendre, expn, j0

from constriction.field.reduction.affine import Model, Reduced
from constriction.field.response import Goal, Report, Solution
from constriction.field.transforms.tubes import (
    TERMS,
    FinestResponse,
    converge_finest,
    most_values,
    nodes_on,
    pore_in,
    rim_of,
    room_of,
    solve_tube,
    values_of,
    zeros_of,
)
from constriction.geometry.cell import Layout

ROUNDINGS = (4, 6, 9, 13, 19)  # of the solutions: two, and more where they miss the goal
POLYNOMIALS = 0.5  # per rounding, beside two; on either side
SPREAD = 3.0  # the shortest ε is e^(−SPREAD √roundings) of the longest
LONGEST = 0.5  # ε / length at the rim
MODES = 2.0  # per roundings² and tube radius / length at the rim
HALF_WAVES = 10.0  # of the last mode in a panel of Gauss points
IDEAL_TERMS = 4 / 3  # per rounding: of the ideal contact's solution beside it
DEPENDENT = 1e-9  # energy that a rounded root adds at least to what others hold of it, relative
AT_ONCE = 4_000_000  # values of Bessel functions in memory
LEAST_ERROR = 0.06  # over roundings⁴; measured: three times the largest error

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True)
class TubeFilmSolution(Solution):
    """The answer of so many `roundings`, pairs of rounded roots."""

    roundings: int


@dataclass(frozen=True)
class TubeFilmResponse(FinestResponse[TubeFilmSolution]):
    """The finest solution, with the last difference as its error bar."""

    UNKNOWNS: ClassVar[str] = "fields"

    @property
    def least_error(self) -> float:
        """What the error bar is at least, relative to a curve's scale."""
        return LEAST_ERROR / self.fine.roundings**4


def converge_tube_film(layout: Layout, depth: float, goal: Goal, report: Report) -> TubeFilmResponse:
    """Take more fields until the error bar is below what is asked.

    Args:
        layout: a quarter of a tube, a disc or a pore on its axis.
        depth: of the slab, in pitches.
        goal: what is asked.
        report: told in words what is being done.
    """
    most = most_values(goal.memory)
    counts = (*ROUNDINGS[:2], *(count for count in ROUNDINGS[2:] if 2 * _modes(layout, count) ** 2 <= most))
    return converge_finest(
        TubeFilmResponse, (solve_tube_film(layout, depth, count, goal) for count in counts), goal, report
    )


def solve_tube_film(layout: Layout, depth: float, roundings: int, goal: Goal) -> TubeFilmSolution:
    """Solve with so many rounded roots, polynomials and modes in proportion, and the ideal contact beside it.

    Args:
        layout: a quarter of a tube, a disc or a pore on its axis.
        depth: of the slab, in pitches.
        roundings: number of lengths ε.
        goal: its points are solved once more if it says so.
    """
    start = time.perf_counter()
    ideal = _ideal(layout, depth, roundings, goal.memory)
    modes = _modes(layout, roundings)
    shortest = room_of(layout) / 2 * LONGEST * math.exp(-SPREAD * math.sqrt(roundings))
    points = _points(rim_of(layout), shortest, HALF_WAVES * 0.5 / modes)
    fields = _fields(layout, roundings, shortest, points)
    matrices, load = _model(layout, depth, modes, fields, points)
    model = Reduced(matrices, load, depth, 0.0, 1, ideal.constriction, ideal.stored)
    direct = model.interface(goal.points) if goal.direct else None
    seconds = time.perf_counter() - start
    return TubeFilmSolution(model, 0.0, None, direct, modes, load.size, 0.0, 0.0, seconds, roundings)


def _ideal(layout: Layout, depth: float, roundings: int, memory: float) -> Model:
    """The ideal contact as exactly as the film, if there is room for its modes."""
    terms = math.ceil(IDEAL_TERMS * roundings)
    if values_of(layout, terms) > most_values(memory):
        terms = TERMS[1]
    return solve_tube(layout, depth, terms, Goal(0.0, memory)).model


def _modes(layout: Layout, roundings: int) -> int:
    return math.ceil(MODES * roundings**2 / room_of(layout))


class _Points(NamedTuple):
    """Points of the interface: the distance to the rim in pitches, negative inside; the weight in a mean; (points,)."""

    distance: Floats
    weight: Floats


def _points(a: float, shortest: float, longest: float) -> _Points:
    """Gauss points in the root of the distance to a rim of radius a; their panels grow from `shortest` to `longest`."""
    sides = []
    for sign, length in ((-1.0, a), (1.0, 0.5 - a)):
        edges = [0.0]
        while edges[-1] < length:
            edges.append(min(max(2 * edges[-1], shortest), edges[-1] + longest, length))
        root, weight = nodes_on(np.sqrt(edges))
        distance = sign * root**2
        sides.append((distance, weight * 2 * root * (a + distance) * 2 / 0.5**2))
    (inside, inner), (outside, outer) = sides
    return _Points(np.concatenate([inside, outside]), np.concatenate([inner, outer]))


class _Fields(NamedTuple):
    """Fields at the points, (fields, points), and what they are near the rim: Re Σ c (x + iε)^m.

    `root` is c of m = ½, `bend` of m = 3/2, `rounding` is ε in pitches, `kink` the slope at the tube's wall; (fields,).
    """

    values: Floats
    root: Complexes
    bend: Complexes
    rounding: Floats
    kink: Floats


def _fields(layout: Layout, roundings: int, shortest: float, points: _Points) -> _Fields:
    """All fields but the constant."""
    a, x = rim_of(layout), points.distance
    count = 2 + math.ceil(POLYNOMIALS * roundings)
    stretch = math.log(0.5 / a)
    outside, inside = np.maximum(x, 0.0), np.maximum(-x, 0.0)
    there = np.log1p(outside / a) / stretch
    here = inside * (2 * a - inside) / a**2
    n = np.arange(count, dtype=np.float64)
    kink: Floats = (0.5 + n * (n + 1)) / (0.5 * stretch)
    parts = (
        _polynomials(there, 1 / (a * stretch), a, count)._replace(kink=kink),
        _inwards(_polynomials(here, 2 / a, a, count)),
        _rounded(x, np.geomspace(room_of(layout) / 2 * LONGEST, shortest, roundings), 0.5 - a),
    )
    return _Fields(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _polynomials(tau: Floats, slope: float, a: float, count: int) -> _Fields:
    """√τ P_n(2τ − 1), where τ = slope · x · (1 − x/2a) near the rim."""
    n = np.arange(count)[:, None]
    root = (math.sqrt(slope) * (-1.0) ** n[:, 0]).astype(np.complex128)
    bend = -root * (0.25 / a + slope * (n * (n + 1))[:, 0])
    values = np.sqrt(tau) * eval_legendre(n, 2 * tau - 1)
    return _Fields(values, root, bend, np.zeros(count), np.zeros(count))


def _inwards(fields: _Fields) -> _Fields:
    """The same of |x|: |x|^½ is the real part of −i x^½, |x|^(3/2) that of i x^(3/2)."""
    return fields._replace(root=-1j * fields.root, bend=1j * fields.bend)


def _rounded(x: Floats, lengths: Floats, wall: float) -> _Fields:
    """Real and imaginary parts of √(x/ε + i), with the tube's wall at x = `wall`."""
    roots = np.sqrt(x / lengths[:, None] + 1j)
    root = np.concatenate([1 / np.sqrt(lengths), -1j / np.sqrt(lengths)])
    kink = 0.5 / lengths / np.sqrt(wall / lengths + 1j)
    values, kinks = (np.concatenate([z.real, z.imag]) for z in (roots, kink))
    return _Fields(values, root, 0 * root, np.tile(lengths, 2), kinks)


def _model(layout: Layout, depth: float, modes: int, fields: _Fields, points: _Points) -> tuple[Floats, Floats]:
    """Λ, contact and gap on the constant and on independent fields, (3, n, n), and the means of these, (n,)."""
    a = rim_of(layout)
    drawn, tail = _drawn(a, depth, modes, fields, points), _tail(a, math.pi * (modes + 0.75) / 0.5, fields)
    held = fields.values * np.sqrt(points.weight)
    on_contact = (points.distance > 0) == pore_in(layout)
    change = _independent(drawn @ drawn.T + tail + held @ held.T, int(np.count_nonzero(fields.rounding == 0)))
    drawn, held = change.T @ drawn, np.concatenate([np.sqrt(points.weight)[None], change.T @ held])
    left_out = change.T @ tail @ change
    electrolyte = np.zeros((len(held), len(held)))
    electrolyte[1:, 1:] = drawn @ drawn.T + (left_out + left_out.T) / 2
    contact, gap = (part @ part.T for part in (held[:, on_contact], held[:, ~on_contact]))
    return np.asarray([electrolyte, contact, gap]), held @ np.sqrt(points.weight)


def _independent(energy: Floats, polynomials: int) -> Floats:
    """Combinations of fields, (fields, n): the polynomials, and what the rounded roots add to them.

    The polynomials stay zero on one side of the rim, so that not even the best film, whose θ is larger than anything
    else by many orders, costs digits.
    """
    scale = 1 / np.sqrt(np.diag(energy))
    energy = energy * scale * scale[:, None]
    first, last = slice(None, polynomials), slice(polynomials, None)
    shares = np.linalg.solve(energy[first, first], energy[first, last])
    size, mixed = np.linalg.eigh(energy[last, last] - energy[last, first] @ shares)
    new = mixed[:, size > DEPENDENT] / np.sqrt(size[size > DEPENDENT])
    change = np.eye(len(energy), polynomials + new.shape[1])
    change[first, last], change[last, last] = -shares @ new, new
    return np.asarray(scale[:, None] * change)


def _drawn(a: float, depth: float, modes: int, fields: _Fields, points: _Points) -> Floats:
    """Amplitudes of the modes, so scaled that their squares add up to what they draw, (fields, modes)."""
    zeros = zeros_of(modes)
    k, weighted, radius = zeros / 0.5, fields.values * points.weight, a + points.distance
    parts = np.array_split(k, 1 + k.size * radius.size // AT_ONCE)
    amplitudes = np.concatenate([weighted @ j0(np.outer(radius, part)) for part in parts], axis=1)
    return np.asarray(amplitudes * np.sqrt(k / np.tanh(k * depth)) / j0(zeros))


def _tail(a: float, last: float, fields: _Fields) -> Floats:
    """What the modes beyond wave number `last` add, (fields, fields): on average, and what swings from one to the next.

    A mode has the amplitude 8 √(2a/πk) Re(s e^(ika − iπ/4)), s = Σ_m (−1)^(m+½) Γ(m+1) e^(−iπm/2) c* e^(−kε)/k^(m+1).
    """
    root = fields.root * (1 - 0.5j * fields.rounding / a)  # √(r/a) = 1 + x/2a, x = (x + iε) − iε
    bend = fields.bend + fields.root / (2 * a)
    first = -math.gamma(1.5) * np.exp(-0.25j * math.pi) * root.conj()
    second = math.gamma(2.5) * np.exp(-0.75j * math.pi) * bend.conj()
    decay = np.add.outer(fields.rounding, fields.rounding) * last
    mixed = np.outer(first, second.conj()).real
    average = np.outer(first, first.conj()).real * expn(2, decay) / last
    average += (mixed + mixed.T) * expn(3, decay) / last**2
    average += np.outer(second, second.conj()).real * expn(4, decay) / last**3
    there = (first / last**1.5 + second / last**2.5) * np.exp(-last * fields.rounding)
    swing = (np.outer(there, there) * np.exp(2j * last * a)).real
    rim = 2 * a / (math.pi * 0.25) * average + a * last / (0.125 * math.sin(2 * math.pi * a)) * swing
    return np.asarray(rim + 4 / (math.pi * last**2) * np.outer(fields.kink, fields.kink))
