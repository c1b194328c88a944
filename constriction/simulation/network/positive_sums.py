"""Sums of relaxations with positive weights that follow given values: non-negative least squares, then Newton's steps.

What a mirror cell's impedance is of one mesh, Σ weight/(1 + x·time), extrapolated values are very nearly only: the
extrapolation subtracts. A sum of positive weights that follows them is a network of resistors and capacitors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares, lsq_linear, nnls

type Reals = NDArray[np.float64]
type Complexes = NDArray[np.complex128]

PER_DECADE = 8, 10, 12, 16, 24  # times, in each round: more make longer circuits
BEYOND = 100.0, 10.0  # how far these times go below and above 1/|x|
GOOD = 3e-7  # of the scale: no more is asked
STEPS = 30  # of Newton's in a round
NEGLIGIBLE = 1e-7  # of the scale


@dataclass(frozen=True, eq=False)
class PositiveSum:
    """Σ weight/(1 + x·time); where a time is infinite, weight/x.

    Attributes:
        times: (n,) ≥ 0, the unit of 1/x.
        weights: (n,) > 0, the unit of the values; of an infinite time that times the unit of x.
        error: the largest distance from the values, relative to their scale.
    """

    times: Reals
    weights: Reals
    error: float

    def __call__(self, x: Complexes) -> Complexes:
        """The sum at x (m,); (m,)."""
        return np.asarray(_terms(x, self.times) @ self.weights)


@dataclass(frozen=True, eq=False)
class _Values:
    """What is followed: values at x, (m,) each, Re x ≥ 0, and what their distances are relative to."""

    x: Complexes
    values: Complexes
    scale: Reals

    def residual(self, times: Reals, weights: Reals) -> Reals:
        return _apart((_terms(self.x, times) @ weights - self.values) / self.scale)

    def sum_of(self, times: Reals, weights: Reals) -> PositiveSum:
        order = np.argsort(times)
        distance = np.abs(_terms(self.x, times) @ weights - self.values) / self.scale
        return PositiveSum(times[order], weights[order], float(np.max(distance)))


def follow(x: Complexes, values: Complexes, scale: Reals, blocking: bool = False) -> PositiveSum:
    """The sum of positive weights that follows values.

    Args:
        x: (m,), Re x ≥ 0; 0 only where the values are finite there.
        values: (m,), of any unit.
        scale: (m,), in the unit of the values, what their distance from the sum is relative to.
        blocking: whether the values grow as 1/x for x → 0.

    Returns:
        The best that was found, with its `error`: it is at most `GOOD` where values and sum have one form.
    """
    given = _Values(x, values, scale)
    found = PositiveSum(np.zeros(0), np.zeros(0), np.inf)
    for per_decade in PER_DECADE:
        grid = np.union1d(_grid(x, per_decade, blocking), found.times)
        found = min(found, _round(given, grid), key=lambda one: one.error)
        if found.error <= GOOD:
            break
    return found


def _grid(x: Complexes, per_decade: int, blocking: bool) -> Reals:
    """Times among which a round chooses: 0, evenly in logarithms, and perhaps infinite."""
    size = np.abs(x[x != 0])
    lower, upper = np.log10(1 / size.max() / BEYOND[0]), np.log10(1 / size.min() * BEYOND[1])
    grid = np.logspace(lower, upper, 1 + round(per_decade * (upper - lower)))
    return np.concatenate([[0.0], grid, [np.inf] if blocking else []])


def _round(given: _Values, candidates: Reals) -> PositiveSum:
    """Choose among times, make one of neighbours, then move times and weights."""
    weights = _chosen(given, candidates)
    times, weights = _merged(candidates, weights)
    seen = weights * np.max(np.abs(_terms(given.x, times)) / given.scale[:, None], axis=0) > NEGLIGIBLE
    return given.sum_of(*_moved(given, times[seen], weights[seen]))


def _chosen(given: _Values, times: Reals) -> Reals:
    """Non-negative weights of times, (n,), most of them zero."""
    columns = _apart(_terms(given.x, times) / given.scale[:, None])
    norms = np.linalg.norm(columns, axis=0)  # that of 1/x may be huge
    columns, wanted = columns / norms, _apart(given.values / given.scale)
    try:
        weights, _ = nnls(columns, wanted, maxiter=30 * len(times))
    except RuntimeError:  # it may go round in circles where columns are nearly alike
        weights = lsq_linear(columns, wanted, (0.0, np.inf)).x
    return np.asarray(weights / norms)


def _merged(times: Reals, weights: Reals) -> tuple[Reals, Reals]:
    """Two neighbours that both have a weight stand for one time between them."""
    kept_times: list[float] = []
    kept_weights: list[float] = []
    last = -2
    for index in np.flatnonzero(weights).tolist():
        time, weight = float(times[index]), float(weights[index])
        if index - last == 1 and kept_times[-1] > 0 and math.isfinite(time):
            both = kept_weights[-1] + weight
            kept_times[-1] *= (time / kept_times[-1]) ** (weight / both)
            kept_weights[-1], last = both, -2
        else:
            kept_times.append(time)
            kept_weights.append(weight)
            last = index
    return np.array(kept_times), np.array(kept_weights)


def _moved(given: _Values, times: Reals, weights: Reals) -> tuple[Reals, Reals]:
    """Least squares in the logarithms of times and weights; times that are 0 or infinite stay."""
    free = (times > 0) & np.isfinite(times)
    count = int(free.sum())

    def at(point: Reals) -> tuple[Reals, Reals]:
        moved = times.copy()
        moved[free] = np.exp(point[:count])
        return moved, np.exp(point[count:])

    def slopes(point: Reals) -> Reals:
        moved, heavy = at(point)
        terms = _terms(given.x, moved) * heavy / given.scale[:, None]
        turned = given.x[:, None] * moved[free]
        return _apart(np.hstack([-terms[:, free] * turned / (1 + turned), terms]))

    start = np.log(np.concatenate([times[free], weights]))
    found = least_squares(
        lambda point: given.residual(*at(point)), start, slopes, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=STEPS
    )
    return at(found.x)


def _terms(x: Complexes, times: Reals) -> Complexes:
    """1/(1 + x·time), or 1/x of an infinite time; (m, n)."""
    last = np.isinf(times)
    terms = 1 / (1 + x[:, None] * np.where(last, 0.0, times))
    if last.any():
        terms[:, last] = 1 / x[:, None]
    return terms


def _apart(values: Complexes) -> Reals:
    """Real and imaginary parts below each other."""
    return np.concatenate([values.real, values.imag])
