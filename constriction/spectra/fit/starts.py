"""Where a circuit fit begins when nothing is known: time constants spread over the window, amplitudes solved for.

Parts in series add, so once every part has a shape (its time constants and exponents), the amplitudes follow from a
small non-negative linear problem. Many shapes are tried, the best and some of the rest become starts. Nothing is
random: the shapes are points of a Halton sequence.
"""

import math

import numpy as np

from constriction.laws.arrays import Reals
from constriction.laws.circuit import Element, Node, elements, evaluate_node
from constriction.spectra.fit.problem import Problem

SHAPES = 160
# Time constants are looked for this far beyond the window, as a factor.
BEYOND = 3.0
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71)


def blind_starts(problem: Problem, count: int) -> Reals:
    """Choose the starts of a fit.

    Args:
        problem: with P parameters.
        count: how many.

    Returns:
        (count, P) internal coordinates: the better half of them the best shapes of all, the others spread over the
        rest of the ranking. The same problem always gives the same starts.
    """
    points = _shapes(problem, max(SHAPES, count))
    points, costs = _with_amplitudes(problem, points)
    ranking = np.argsort(costs, kind="stable")
    best = (count + 1) // 2
    others = np.linspace(best, ranking.size - 1, count - best).astype(np.intp)
    chosen: Reals = np.clip(points[ranking[np.concatenate([np.arange(best), others])]], problem.lower, problem.upper)
    return chosen


def halton(count: int, dimension: int) -> Reals:
    """Points spread evenly over a cube.

    Args:
        count: number of points.
        dimension: of the cube.

    Returns:
        (count, dimension) numbers between 0 and 1: in each dimension the radical inverses of 1 … count to another
        prime base. Beyond 20 dimensions the bases repeat, turned by the golden ratio.
    """
    columns = []
    for axis in range(dimension):
        base, index = PRIMES[axis % len(PRIMES)], np.arange(1, count + 1)
        value, digit = np.zeros(count), 1.0 / base
        while index.any():
            value += digit * (index % base)
            index, digit = index // base, digit / base
        columns.append((value + 0.618033988749895 * (axis // len(PRIMES))) % 1.0)
    return np.stack(columns, axis=1) if columns else np.zeros((count, 0))


def _shapes(problem: Problem, count: int) -> Reals:
    """Return (count, P) points whose parts have impedances of order 1 inside the window."""
    points = np.zeros((count, problem.lower.size))
    spread = halton(count, problem.lower.size)
    window = math.log(problem.omega.min() / BEYOND), math.log(problem.omega.max() * BEYOND)
    parts = problem.circuit.parts
    alike = [part.first for part in parts if isinstance(part, Element) and part.kind == "RQ"]
    # Equal arcs in another order are the same circuit: the fastest comes first.
    spread[:, [first + 1 for first in alike]] = -np.sort(-spread[:, [first + 1 for first in alike]], axis=1)
    for part in parts:
        nested = not isinstance(part, Element)
        for element in elements(part):
            _shape(points, spread, element, window, nested)
    return points


def _shape(points: Reals, spread: Reals, element: Element, window: tuple[float, float], nested: bool) -> None:
    """Fill in the columns of one element: |Z| about 1 at an angular frequency inside the window."""
    first, middle = element.first, sum(window) / 2
    log_omega = window[0] + (window[1] - window[0]) * spread[:, first]
    size = 2 * math.log(10) * (spread[:, first] - 0.5) if nested else 0.0
    if element.kind == "R":
        points[:, first] = size
    elif element.kind == "RQ":
        points[:, first] = size
        points[:, first + 2] = 0.7 + 0.3 * spread[:, first + 2]
        turn = window[0] + (window[1] - window[0]) * spread[:, first + 1]
        points[:, first + 1] = -points[:, first + 2] * turn - size
    elif element.kind in ("Wo", "Ws", "G"):
        points[:, first] = size
        points[:, first + 1] = -(window[0] + (window[1] - window[0]) * spread[:, first + 1])
    elif element.kind == "Q":
        points[:, first + 1] = 0.5 + 0.5 * spread[:, first + 1]
        points[:, first] = -points[:, first + 1] * (log_omega if nested else middle)
    else:
        power = 0.5 if element.kind == "W" else -1.0
        points[:, first] = power * (log_omega if nested else middle)


def _with_amplitudes(problem: Problem, points: Reals) -> tuple[Reals, Reals]:
    """Scale every part to fit the data, amplitudes not negative; return the points and their sums of squares."""
    log_omega = np.log(problem.omega)
    parts = problem.circuit.parts
    at, shape = points.T[:, :, np.newaxis], (points.shape[0], log_omega.size)
    bases = np.stack([np.broadcast_to(evaluate_node(part, at, log_omega)[0], shape) for part in parts], axis=1)
    rows = np.concatenate([bases.real, bases.imag], axis=-1) / problem.sigma
    data = np.concatenate([problem.z.real, problem.z.imag]) / problem.sigma
    amplitudes = _non_negative(rows @ rows.transpose(0, 2, 1), rows @ data)
    rest = np.einsum("sk,skm->sm", amplitudes, rows) - data
    # A part that is not wanted starts small, not at zero, which has no logarithm.
    typical = np.abs(problem.z).mean() / np.abs(bases).mean(axis=-1)
    logs = np.log(np.maximum(amplitudes, 1e-3 * typical))
    for column, part in enumerate(parts):
        _scale(points, part, logs[:, column])
    return points, np.einsum("sm,sm->s", rest, rest)


def _scale(points: Reals, part: Node, log_factor: Reals) -> None:
    """Multiply the impedance of a part by a factor, in place."""
    for element in elements(part):
        sign = -1.0 if element.kind in "CQ" else 1.0
        points[:, element.first] += sign * log_factor
        if element.kind == "RQ":
            points[:, element.first + 1] -= log_factor


def _non_negative(normal: Reals, right: Reals) -> Reals:
    """Minimise xᵀ normal x/2 − xᵀ right over x ≥ 0, by 60 rounds of coordinate descent; (S, K)."""
    x = np.zeros_like(right)
    gradient = -right.copy()
    for _ in range(60):
        for k in range(right.shape[1]):
            new = np.maximum(x[:, k] - gradient[:, k] / normal[:, k, k], 0.0)
            gradient += normal[:, :, k] * (new - x[:, k])[:, np.newaxis]
            x[:, k] = new
    return x
