"""Profile-likelihood intervals: error bars of parameters that the data determine only weakly.

One parameter is held at a row of values, all others are fitted again, and where the sum of squares has risen by one
variance (times the square of the level in standard deviations) the interval ends. Unlike ±1 standard error it may be
lopsided, or open where even the bound of the parameter does not hurt.
"""

import math

import numpy as np
from numpy.typing import NDArray

from constriction.spectra.circuit_problem import Problem
from constriction.spectra.marquardt import minimise

type Reals = NDArray[np.float64]

# Held values on each side; in standard errors the nearest and the farthest.
VALUES, NEAREST, FARTHEST = 14, 0.3, 6.0


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
    offsets = np.concatenate([-away[::-1], away])
    held = np.clip(point[index] + offsets, problem.lower[index], problem.upper[index])
    rises = _rises(problem, point, covariance, index, held) - least
    roots = np.sqrt(np.maximum(rises, 0.0) / variance)
    below = _crossing((point[index] - held)[:VALUES][::-1], roots[:VALUES][::-1])
    above = _crossing((held - point[index])[VALUES:], roots[VALUES:])
    low = None if below is None else float(point[index]) - below
    return low, None if above is None else float(point[index]) + above


def _rises(problem: Problem, point: Reals, covariance: Reals, index: int, held: Reals) -> Reals:
    """Return the least sums of squares with one parameter held at each of the values."""
    slope = np.nan_to_num(covariance[:, index] / covariance[index, index])
    starts = point + np.outer(held - point[index], slope)
    lower, upper = np.tile(problem.lower, (held.size, 1)), np.tile(problem.upper, (held.size, 1))
    starts[:, index] = lower[:, index] = upper[:, index] = held
    near = minimise(problem.residuals, starts, (lower, upper)).costs
    # Far away the straight line may lead astray: the minimum itself is a start too.
    starts = np.tile(point, (held.size, 1))
    starts[:, index] = held
    return np.minimum(near, minimise(problem.residuals, starts, (lower, upper)).costs)


def _crossing(distance: Reals, root: Reals) -> float | None:
    """Return the distance at which the root of the rise passes 1, from values at rising distances."""
    beyond = np.flatnonzero(root >= 1)
    if beyond.size == 0:
        return None
    k = int(beyond[0])
    x0, y0 = (0.0, 0.0) if k == 0 else (float(distance[k - 1]), float(root[k - 1]))
    return x0 + (float(distance[k]) - x0) * (1 - y0) / (float(root[k]) - y0)
