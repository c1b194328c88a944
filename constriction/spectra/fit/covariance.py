"""Covariance of a fit: of the parameters that are free, given those that are held or sit on a bound."""

import math
from collections.abc import Sequence

import numpy as np

from constriction.laws.arrays import Flags, Reals
from constriction.spectra.fit.problem import Problem

# Closer to a bound than this, in logarithms (exponents plain), is on it.
ON_BOUND = 1e-7
# A combination of parameters to which the data are this much less sensitive than to another is not determined.
BLIND = 1e-9


def on_bound(problem: Problem, point: Reals) -> Flags:
    """Tell which of the (P,) coordinates are held or sit on a bound."""
    near: Flags = (point - problem.lower < ON_BOUND) | (problem.upper - point < ON_BOUND)
    return near


def covariance_of(slopes: Reals, held: Flags) -> Reals:
    """Return (JᵀJ)⁻¹ of the free parameters, given the held ones.

    Args:
        slopes: (P, M) derivatives of the weighted residuals.
        held: (P,) what is held or sits on a bound.

    Returns:
        (P, P); 0 for the held ones, as they do not move; NaN for those that the data do not determine.
    """
    free = np.flatnonzero(~held)
    covariance = np.full((held.size, held.size), np.nan)
    covariance[held], covariance[:, held] = 0.0, 0.0
    scale = np.linalg.norm(slopes[free], axis=1)
    visible = scale > BLIND * scale.max(initial=0.0)
    free, scale = free[visible], scale[visible]
    if free.size:
        u, s, _ = np.linalg.svd(slopes[free] / scale[:, np.newaxis], full_matrices=False)
        seen = s > BLIND * s[0]
        lost = np.abs(u[:, ~seen]).max(axis=1, initial=0.0) > 1e-3
        inverse = (u[:, seen] / s[seen] ** 2) @ u[:, seen].T / np.outer(scale, scale)
        inverse[lost], inverse[:, lost] = np.nan, np.nan
        covariance[np.ix_(free, free)] = (inverse + inverse.T) / 2
    return covariance


def error_of_sum(covariance: Reals, places: Sequence[int], slopes: Reals) -> float | None:
    """Standard error of what has these derivatives with respect to some coordinates.

    Args:
        covariance: (P, P) of the coordinates.
        places: of those that count.
        slopes: one for each of them; of a sum of parameters whose logarithms are fitted, their values.

    Returns:
        0 if none of them moves; None if the data do not determine it.
    """
    variance = float(slopes @ covariance[np.ix_(places, places)] @ slopes)
    return math.sqrt(max(variance, 0.0)) if math.isfinite(variance) else None


def along_split(covariance: Reals, fast: int, slow: int) -> tuple[Reals, float]:
    """How far two arcs share their resistance.

    Args:
        covariance: (P, P) of the internal coordinates.
        fast: place of the faster arc's resistance.
        slow: of the slower one's.

    Returns:
        (P,) covariance of all coordinates with the logarithm of the ratio slow/fast, and the variance of that.
    """
    towards: Reals = covariance[:, slow] - covariance[:, fast]
    return towards, float(towards[slow] - towards[fast])


def along_valley(covariance: Reals, fast: int, slow: int, valley: Reals) -> Reals:
    """Put what a profile over the split of two arcs found in place of what the covariance says of that direction.

    Args:
        covariance: (P, P) of the internal coordinates.
        fast: place of the faster arc's resistance.
        slow: of the slower one's.
        valley: (P,) of the split, as in `splits.Split`.

    Returns:
        (P, P) the same for everything at right angles to the split.
    """
    towards, spread = along_split(covariance, fast, slow)
    if not 0 < spread < math.inf or not valley.any():  # nothing to replace, or nothing found
        return covariance
    replaced: Reals = covariance - np.outer(towards, towards) / spread + np.outer(valley, valley)
    return replaced


def standard_error(covariance: Reals, k: int) -> float | None:
    """Standard error of one coordinate; None if it is held or not determined."""
    variance = float(covariance[k, k])
    return math.sqrt(variance) if variance > 0 else None


def distance_from_bound(problem: Problem, point: Reals, k: int, variance: float) -> float | None:
    """How far a coordinate may leave its bound until the sum of squares has risen by one variance (68.3 %).

    The sum of squares is taken as a parabola, all other free coordinates follow. On the bound it has a slope.

    Args:
        problem: with P parameters.
        point: (P,) its minimum.
        k: a coordinate on a bound.
        variance: of a weighted residual.

    Returns:
        A distance in the internal coordinate; None if the data do not determine it.
    """
    values, slopes = (array[0] for array in problem.residuals(point[np.newaxis]))
    held = on_bound(problem, point)
    held[k] = False
    error = standard_error(covariance_of(slopes, held) * variance, k)
    if error is None:
        return None
    # Rise 2·push·x + (x/error)², in variances, at a distance x from the bound.
    push = abs(float(slopes[k] @ values)) / variance * error
    return error * (math.sqrt(push**2 + 1) - push)
