"""Profile-likelihood intervals: error bars of parameters that the data determine only weakly.

One parameter is held at a row of values, all others are fitted again, and where the sum of squares has risen by one
variance (times the square of the level in standard deviations) the interval ends. Unlike ±1 standard error it may be
lopsided, or open where even the bound of the parameter does not hurt.
"""

import math

import numpy as np

from constriction.laws.arrays import Reals
from constriction.spectra.fit.marquardt import minimise
from constriction.spectra.fit.problem import Problem

# Held values on each side; in standard errors the nearest and the farthest.
VALUES, NEAREST, FARTHEST = 14, 0.3, 6.0
# Then so many between the two that enclose an end.
FINE = 8


def profile(
    problem: Problem, point: Reals, covariance: Reals, index: int, variance: float
) -> tuple[float | None, float | None]:
    """Interval in which the sum of squares rises by at most one variance (68.3 %).

    Args:
        problem: with P parameters.
        point: (P,) its minimum, internal coordinates.
        covariance: (P, P) of these coordinates, NaN where a parameter is held at a bound.
        index: of the parameter.
        variance: of a weighted residual (1 where the standard deviations are known).

    Returns:
        Lower and upper end in internal coordinates (logarithm, or plain exponent); None where the interval is open.
    """
    least = float(np.sum(problem.residuals(point[np.newaxis])[0] ** 2))
    error = math.sqrt(covariance[index, index])
    # A parameter that may change by orders of magnitude still has its ends near where the curve bends.
    step = min(error, 1.0)
    reach = max(FARTHEST * error, FARTHEST)
    away = np.geomspace(NEAREST * step, reach, VALUES)
    signs = np.array([-1.0, 1.0])

    def roots(distances: Reals) -> Reals:
        """Root of the rise in standard deviations, (2, n), at (2, n) distances below and above."""
        held = np.clip(point[index] + signs[:, np.newaxis] * distances, problem.lower[index], problem.upper[index])
        rises = _rises(problem, point, covariance, index, held.ravel()) - least
        return np.sqrt(np.maximum(rises, 0.0) / variance).reshape(held.shape)

    coarse = np.stack([away, away])
    brackets = [_bracket(x, y) for x, y in zip(coarse, roots(coarse), strict=True)]
    fine = np.stack([np.linspace(*(bracket or (0.0, step)), FINE) for bracket in brackets])
    ends: list[float | None] = []
    for sign, bracket, x, y in zip(signs.tolist(), brackets, fine, roots(fine), strict=True):
        ends.append(None if bracket is None else float(point[index]) + sign * _crossing(x, y))
    return ends[0], ends[1]


def _rises(problem: Problem, point: Reals, covariance: Reals, index: int, held: Reals) -> Reals:
    """Return the least sums of squares with one parameter held at each of the values."""
    slope = np.nan_to_num(covariance[:, index] / covariance[index, index])
    starts = point + np.outer(held - point[index], slope)
    lower, upper = np.tile(problem.lower, (held.size, 1)), np.tile(problem.upper, (held.size, 1))
    starts[:, index] = lower[:, index] = upper[:, index] = held
    near = minimise(problem.residuals, starts, (lower, upper), rivals=False)
    costs = near.costs.copy()
    # Far away the straight line may lead astray: the minimum itself is a start too.
    lost = np.flatnonzero(~near.converged)
    if lost.size:
        starts[lost] = point
        again = minimise(problem.residuals, starts[lost], (lower[lost], upper[lost]), rivals=False)
        costs[lost] = np.minimum(costs[lost], again.costs)
    return costs


def _bracket(distance: Reals, root: Reals) -> tuple[float, float] | None:
    """Return the two neighbouring distances between which the root of the rise passes 1."""
    beyond = np.flatnonzero(root >= 1)
    if beyond.size == 0:
        return None
    k = int(beyond[0])
    return (float(distance[k - 1]) if k else 0.0), float(distance[k])


def _crossing(distance: Reals, root: Reals) -> float:
    """Interpolate the distance at which the root passes 1, between the first value and the last."""
    k = min(max(int(np.searchsorted(root, 1.0)), 1), root.size - 1)
    x, y = distance[k - 1 : k + 1], root[k - 1 : k + 1]
    return float(x[0] + (x[1] - x[0]) * np.clip((1 - y[0]) / max(y[1] - y[0], 1e-300), 0, 1))
