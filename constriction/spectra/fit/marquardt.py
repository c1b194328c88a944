"""Bounded nonlinear least squares from many starts at once (Levenberg-Marquardt, projected on the bounds).

All starts take their steps together, so eight of them cost little more than one; scipy's solver, called once per
start, takes several times as long.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.laws.arrays import Flags, Reals

type Indices = NDArray[np.intp]
# (S, P) points to residuals (S, M) and their derivatives (S, P, M).
type Residuals = Callable[[Reals], tuple[Reals, Reals]]
# The same of several problems, with the number of each point's own, (S,).
type ResidualsOf = Callable[[Reals, Indices], tuple[Reals, Reals]]

# Converged: a step this small, or one that promises to lower the sum of squares by this part only. With a hundred
# degrees of freedom that is 3e-5 standard errors from the minimum; noise-free data go on to rounding.
SMALL_STEP, SMALL_GAIN = 1e-10, 1e-11
# Steps without damping from there, so that where the others ended does not show and two machines read the same: by the
# gradient, as the sum of squares itself is rounded by such a part.
LAST_STEPS, ROUNDED = 2, 1e-13
# Residuals are relative: a mean square below this is rounding too (noise-free data).
ROUNDING = 1e-28
# After so many steps, starts whose sum of squares is so many times that of a finished one are given up.
PATIENCE, HOPELESS = 20, 5.0


@dataclass(frozen=True, eq=False)
class Minima:
    """Where the starts ended.

    Attributes:
        points: (S, P) final points.
        costs: (S,) sums of squared residuals.
        converged: (S,) whether the last step, or the fall it promised, was negligible.
    """

    points: Reals
    costs: Reals
    converged: Flags


def minimise(
    residuals: Residuals, starts: Reals, bounds: tuple[Reals, Reals], most_steps: int = 60, rivals: bool = True
) -> Minima:
    """Minimise one sum of squares from every start, as `minimise_each`; starts (S, P), bounds (P,) or (S, P) each."""
    alone = np.zeros(starts.shape[0], dtype=np.intp)
    return minimise_each(lambda points, _: residuals(points), starts, alone, bounds, most_steps, rivals)


def minimise_each(
    residuals: ResidualsOf,
    starts: Reals,
    owners: Indices,
    bounds: tuple[Reals, Reals],
    most_steps: int = 60,
    rivals: bool = True,
) -> Minima:
    """Minimise the sums of squares of several problems of one size from every start; none knows of the others.

    Marquardt's damping, with the Gauss-Newton step projected on the bounds: a coordinate that sits on a bound and is
    pushed against it is held for that step.

    Args:
        residuals: of (S, P) points of problems (S,): (S, M) values and (S, P, M) derivatives; smooth, finite within
            the bounds.
        starts: (S, P), moved inside the bounds if they are not.
        owners: the number of each start's problem, (S,), from 0.
        bounds: lower and upper, each (P,) or (S, P); equal ones hold a coordinate fixed.
        most_steps: after so many steps a start that has not converged is left where it is.
        rivals: whether only the best minimum of each problem counts, so that hopeless starts may be given up.

    Returns:
        One minimum per start, in the order of the starts.
    """
    lower, upper = (np.broadcast_to(bound, starts.shape) for bound in bounds)
    points = np.clip(starts, lower, upper)
    count = starts.shape[0]
    values, slopes = residuals(points, owners)
    costs = np.einsum("sm,sm->s", values, values)
    damping, growth = np.full(count, 1e-2), np.full(count, 2.0)
    converged = costs <= ROUNDING * values.shape[1]
    for count_of_steps in range(most_steps):
        limits = _least(costs, owners, converged) if rivals and count_of_steps >= PATIENCE else np.inf
        active = np.flatnonzero(~converged & (costs <= HOPELESS * limits))
        if active.size == 0:
            break
        inside = (lower[active], upper[active])
        step, promised = _step(points[active], values[active], slopes[active], damping[active], inside)
        tiny = (np.abs(step).max(axis=1) < SMALL_STEP) | (promised <= SMALL_GAIN * costs[active])
        better, gain = _take_better(residuals, owners, active, points[active] + step, (points, costs, values, slopes))
        _adapt(damping, growth, active, better, gain / np.maximum(promised, np.abs(gain) + 1e-300))
        # Heavy damping makes small steps too, which prove nothing.
        converged[active] = (tiny & (damping[active] < 1.0)) | (costs[active] <= ROUNDING * values.shape[1])
    for _ in range(LAST_STEPS):
        active = np.flatnonzero(converged & (costs > ROUNDING * values.shape[1]))
        inside = (lower[active], upper[active])
        step, _ = _step(points[active], values[active], slopes[active], np.zeros(active.size), inside)
        found = points, costs, values, slopes
        _take_better(residuals, owners, active, points[active] + step, found, ROUNDED * costs[active])
    return Minima(points, costs, converged)


def _take_better(
    residuals: ResidualsOf,
    owners: Indices,
    active: Indices,
    trial: Reals,
    found: tuple[Reals, Reals, Reals, Reals],
    lost: Reals | float = 0.0,
) -> tuple[Flags, Reals]:
    """Replace in place the points that have better ones, or no worse than by what may be lost.

    Returns:
        Which of the active ones they are, and what is gained.
    """
    points, costs, values, slopes = found
    new_values, new_slopes = residuals(trial, owners[active])
    new_costs = np.einsum("sm,sm->s", new_values, new_values)
    gain = costs[active] - new_costs
    better = np.asarray(gain > -lost)
    taken = active[better]
    points[taken], costs[taken] = trial[better], new_costs[better]
    values[taken], slopes[taken] = new_values[better], new_slopes[better]
    return better, gain


def _least(costs: Reals, owners: Indices, finished: Flags) -> Reals:
    """The least sum of squares of the finished starts of each start's problem, infinite without any; (S,)."""
    least = np.full(int(owners.max(initial=0)) + 1, np.inf)
    np.minimum.at(least, owners[finished], costs[finished])
    return np.asarray(least[owners])


def _adapt(damping: Reals, growth: Reals, active: Indices, better: Flags, ratio: Reals) -> None:
    """Change damping and its growth in place (Nielsen's rule: smooth in the ratio of won to promised)."""
    shrink = np.maximum(0.1, 1 - (2 * np.clip(ratio, 0, 1) - 1) ** 3)
    damping[active] = np.where(better, damping[active] * shrink, damping[active] * growth[active])
    growth[active] = np.where(better, 2.0, growth[active] * 2)
    np.clip(damping, 1e-15, 1e15, out=damping)
    np.clip(growth, 2.0, 1e3, out=growth)


def _step(
    points: Reals, values: Reals, slopes: Reals, damping: Reals, bounds: tuple[Reals, Reals]
) -> tuple[Reals, Reals]:
    """Return the projected damped steps (S, P) and the falls of the sum of squares that the linear model promises."""
    lower, upper = bounds
    gradient = np.einsum("spm,sm->sp", slopes, values)
    normal = slopes @ slopes.transpose(0, 2, 1)
    held = ((points <= lower) & (gradient > 0)) | ((points >= upper) & (gradient < 0)) | (lower == upper)
    step = np.zeros_like(points)
    # A coordinate that would leave is held at the bound it reaches, and the others are solved for again.
    for _ in range(2):
        step = _solve(normal, gradient, damping, held, step)
        left = (points + step < lower) | (points + step > upper)
        if not left.any():
            break
        held = held | left
        step = np.clip(points + step, lower, upper) - points
    step = np.clip(points + step, lower, upper) - points
    promised = -2 * np.einsum("sp,sp->s", gradient, step) - np.einsum("sp,spq,sq->s", step, normal, step)
    return step, promised


def _solve(normal: Reals, gradient: Reals, damping: Reals, held: Flags, known: Reals) -> Reals:
    """Solve the damped normal equations for what is not held; held coordinates take the steps in `known`."""
    size = normal.shape[-1]
    diagonal = np.einsum("spp->sp", normal)
    scale = np.sqrt(np.maximum(diagonal, 1e-30 * diagonal.max(axis=1, keepdims=True) + 1e-300))
    fixed = np.where(held, known, 0.0)
    right = -(gradient + np.einsum("spq,sq->sp", normal, fixed)) / scale
    matrix = normal / scale[:, :, np.newaxis] / scale[:, np.newaxis, :]
    matrix = np.where(held[:, :, np.newaxis] | held[:, np.newaxis, :], 0.0, matrix)
    index = np.arange(size)
    matrix[:, index, index] = 1.0 + np.where(held, 0.0, damping[:, np.newaxis] + 1e-14)
    step = np.linalg.solve(matrix, np.where(held, 0.0, right)[..., np.newaxis])[..., 0] / scale
    return np.where(held, fixed, step)
