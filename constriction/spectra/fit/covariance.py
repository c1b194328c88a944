"""Covariance of a fit: of the parameters that are free, given those that are held or sit on a bound."""

import math

import numpy as np
from numpy.typing import NDArray

from constriction.spectra.fit.problem import Problem

type Reals = NDArray[np.float64]
type Flags = NDArray[np.bool_]

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
