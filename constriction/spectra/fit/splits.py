"""How far two neighbouring arcs share their resistance: the profile of the likelihood over the split.

Arcs close in time follow the same points, and a parameter on its bound holds their split where another split would
follow the points as well. A covariance knows neither. So the ratio of both resistances is held at a row of values,
everything else is fitted again from several shapes, and what does not raise the sum of squares by more than four
variances is as good within two standard errors.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.laws.arrays import Flags, Reals
from constriction.spectra.fit.arcs import (
    ArcPair,
    exponent_of,
    in_order,
    log_ratio_of,
    log_time_of,
    resistances_of,
    shape,
)
from constriction.spectra.fit.covariance import along_split, covariance_of, error_of_sum, on_bound
from constriction.spectra.fit.marquardt import minimise
from constriction.spectra.fit.problem import Problem

# Held values of ln(R of one/R of the other), and those around the minimum in standard errors.
RATIOS = (-6.0, -4.5, -3.0, -2.0, -1.2, -0.6, 0.0, 0.6, 1.2, 2.0, 3.0, 4.5, 6.0)
AROUND = (-3.5, -2.5, -1.8, -1.0, 1.0, 1.8, 2.5, 3.5)
# Shapes to start from beside those of the minimum: distance of the arcs in ln τ.
DISTANCES, EXPONENT = (0.6, -0.6), 0.87
STEPS = 50
# Rise of the sum of squares, in variances, at two standard errors of one parameter.
RISE = 4.0
# A split is not determined if within two standard errors the R of one arc spans a factor of WIDE, or if one arc for
# both raises the sum of squares by less than UNPROVEN variances (99.8 % of chance for its three parameters).
WIDE, UNPROVEN = 3.0, 15.0
# … or if within UNPROVEN variances, 3.9 standard errors, there is another valley so far away, as a factor of an R.
VERY_WIDE = 10.0
# … and if it is the split that is open: both R go farther than so many times the standard error of their sum.
OPEN = 3.0
# Beyond the window by this factor of time an arc is not seen.
MARGIN = 3.0
# A resistance below this part of the other one is none.
NOTHING = 1e-3
# A sum of squares lower by so many variances is a better minimum; less tells nothing.
LOWER = 0.5


@dataclass(frozen=True, eq=False)
class Split:
    """What a profile over the split of two arcs found.

    Attributes:
        pair: the arcs.
        determined: whether the data determine the split.
        needless: whether one arc in place of both follows the data as well; the split is not determined then.
        valley: (P,) what the internal coordinates change by along the split per standard error: half of what they do
            at two, on the side that goes farther, in proportion to R for both resistances.
        total: resistance of both arcs together in Ω, or of the one in place of them if they are needless.
        total_stderr: its standard error in Ω; NaN if an arc lies beyond the window.
        better: (P,) a point with a smaller sum of squares, met on the way; None: there was none.
    """

    pair: ArcPair
    determined: bool
    needless: bool
    valley: Reals
    total: float
    total_stderr: float
    better: Reals | None


class _Tried(NamedTuple):
    """Points on the profile, (S, P), arcs in order; what was held in each; rise of the sum of squares in variances."""

    points: Reals
    held: NDArray[np.intp]
    rises: Reals


def explore(problem: Problem, point: Reals, covariance: Reals, variance: float, pair: ArcPair) -> Split:
    """Profile the likelihood over the split of two arcs.

    Args:
        problem: with P parameters.
        point: (P,) its minimum, internal coordinates.
        covariance: (P, P) of these coordinates, 0 for what is held, NaN for what is not determined.
        variance: of a weighted residual.
        pair: from `minima.doubtful_pairs`.

    Returns:
        Whether the split is determined, and how far it goes.
    """
    scale = float(np.sum(problem.residuals(point[np.newaxis])[0] ** 2)), variance
    one = _merged(problem, point, pair, scale)
    inside = bool(_seen(problem, np.array([point]), pair)[0])
    if one.rise < (RISE if inside else UNPROVEN) and 0 < one.stderr < math.inf:
        found, better = _tried(problem, one.halves, np.full_like(covariance, np.nan), pair, scale)
        error = max(one.stderr, _drift(found, pair, one.resistance))
        return Split(pair, False, True, np.full(point.size, np.nan), one.resistance, error, better)
    if not inside:  # a flank of an arc beyond the window: its resistance is open, whatever the other's
        total = float(resistances_of(point, pair).sum())
        return Split(pair, True, False, np.zeros(point.size), total, math.nan, None)
    found, better = _tried(problem, point, covariance, pair, scale)
    ends = [_end(found, point, pair, side) for side in (-1.0, 1.0)]
    total, error = _total(point, covariance, pair, found)
    near = np.array([resistances_of(row, pair) for row in (point, *ends)])
    far = np.array([resistances_of(row, pair) for row in (point, *ends, *found.points[found.rises < UNPROVEN])])
    is_open = _is_open(near, far, error, one.rise < UNPROVEN)
    k = int(np.argmax(np.abs(near[1:, 1] - near[0, 1])))
    valley = (ends[k] - point) / 2
    valley[[arc.resistance for arc in pair]] = (near[k + 1] - near[0]) / near[0] / 2
    return Split(pair, not is_open, False, valley, total, error, better)


def _is_open(near: Reals, far: Reals, error: float, unproven: bool) -> bool:
    """Whether the split is open, from both R, (S, 2) in Ω, within two standard errors and within `UNPROVEN` variances.

    `unproven` is whether one arc follows the data nearly as well.
    """
    wide = unproven or _ratio_of_ends(near) >= WIDE
    return (wide and _goes_far(near, RISE, error)) or (
        _ratio_of_ends(far) > VERY_WIDE and _goes_far(far, UNPROVEN, error)
    )


def _goes_far(resistances: Reals, rise: float, error: float) -> bool:
    """Whether both R, (S, 2) in Ω within so many variances, go farther than the standard error of their sum."""
    return bool(error > 0 and np.ptp(resistances, axis=0).min() / (2 * math.sqrt(rise)) > OPEN * error)


def _ratio_of_ends(resistances: Reals) -> float:
    """The largest over the smallest, of the arc where that is more; (S, 2) in Ω."""
    return float((resistances.max(axis=0) / resistances.min(axis=0)).max())


def _tried(
    problem: Problem, point: Reals, covariance: Reals, pair: ArcPair, scale: tuple[float, float]
) -> tuple[_Tried, Reals | None]:
    """Fit with the split held at a row of values; also returns a point that is better than the minimum."""
    starts, held = _starts(point, covariance, pair)
    lower, upper = np.tile(problem.lower, (len(starts), 1)), np.tile(problem.upper, (len(starts), 1))
    # The smaller resistance is held: the larger one then follows from the data.
    rows = np.arange(len(starts))
    smaller = np.where(
        starts[:, pair.slow.resistance] < starts[:, pair.fast.resistance], pair.slow.resistance, pair.fast.resistance
    )
    values = np.clip(starts[rows, smaller], lower[rows, smaller], upper[rows, smaller])
    lower[rows, smaller] = upper[rows, smaller] = values
    minima = minimise(problem.residuals, starts, (lower, upper), STEPS, rivals=False)
    least, variance = scale
    rises = (minima.costs - least) / variance
    lowest = int(np.argmin(rises))
    better = minima.points[lowest] if rises[lowest] < -LOWER else None
    points = np.array([in_order(row, pair) for row in minima.points])
    seen = _seen(problem, points, pair)
    return _Tried(points[seen], np.array(held)[seen], np.maximum(rises[seen], 0.0)), better


def _seen(problem: Problem, points: Reals, pair: ArcPair) -> Flags:
    """Tell at which of the (S, P) points both arcs have their apex in the window or little beyond."""
    times = np.array([[log_time_of(row, arc) for arc in pair] for row in points])
    edges = -math.log(problem.omega.max() * MARGIN), -math.log(problem.omega.min() / MARGIN)
    seen: Flags = ((times > edges[0]) & (times < edges[1])).all(axis=1)
    return seen


def _starts(point: Reals, covariance: Reals, pair: ArcPair) -> tuple[Reals, list[int]]:
    """Starts of the profile, (S, P), and the number of the held value of each."""
    total = float(resistances_of(point, pair).sum())
    times = [log_time_of(point, arc) for arc in pair]
    exponents = [exponent_of(point, arc) for arc in pair]
    middle = sum(times) / 2
    shapes = [(times, exponents), (times[::-1], exponents)]
    shapes += [([middle - away / 2, middle + away / 2], [EXPONENT] * 2) for away in DISTANCES]
    starts = _starts_around(point, covariance, pair)
    held = list(range(len(starts)))
    for number, ratio in enumerate(RATIOS, start=len(AROUND)):
        shares = 1 / (1 + math.exp(ratio)), 1 / (1 + math.exp(-ratio))
        for log_times, powers in shapes:
            start = point.copy()
            for arc, share, log_time, power in zip(pair, shares, log_times, powers, strict=True):
                shape(start, arc, share * total, log_time, power)
            starts.append(start)
            held.append(number)
    return np.array(starts), held


def _starts_around(point: Reals, covariance: Reals, pair: ArcPair) -> list[Reals]:
    """Starts on the line through the minimum on which the sum of squares rises least."""
    towards, spread = along_split(covariance, pair.fast.resistance, pair.slow.resistance)
    if not 0 < spread < math.inf:
        return []
    here, line = log_ratio_of(point, pair), np.nan_to_num(towards) / spread
    return [point + line * (here + math.sqrt(spread) * number - here) for number in AROUND]


def _end(found: _Tried, point: Reals, pair: ArcPair, side: float) -> Reals:
    """Where the rise passes `RISE` on one side of the minimum: the farthest such place."""
    ratios = found.points[:, pair.slow.resistance] - found.points[:, pair.fast.resistance]
    away = side * (ratios - log_ratio_of(point, pair))
    outside = away > 0
    good = np.flatnonzero(outside & (found.rises < RISE))
    inner, start, rise = point, 0.0, 0.0
    if good.size:
        k = int(good[np.argmax(away[good])])
        inner, start, rise = found.points[k], float(away[k]), float(found.rises[k])
    beyond = np.flatnonzero(outside & (away > start + 1e-9))
    if beyond.size == 0:
        return inner
    first = int(beyond[np.argmin(away[beyond])])
    # Of all shapes tried at that split, the best one.
    same = beyond[found.held[beyond] == found.held[first]]
    k = int(same[np.argmin(found.rises[same])])
    part = (math.sqrt(RISE) - math.sqrt(rise)) / (math.sqrt(found.rises[k]) - math.sqrt(rise))
    end: Reals = inner + part * (found.points[k] - inner)
    both = [arc.resistance for arc in pair]
    end[both] = np.log(np.exp(inner[both]) + part * (np.exp(found.points[k][both]) - np.exp(inner[both])))
    return end


def _total(point: Reals, covariance: Reals, pair: ArcPair, found: _Tried) -> tuple[float, float]:
    """Resistance of both arcs and its standard error: from the covariance, or what it drifts along the split."""
    here = resistances_of(point, pair)
    total = float(here.sum())
    error = error_of_sum(covariance, [arc.resistance for arc in pair], here)
    return total, max(error or 0.0, _drift(found, pair, total))


def _drift(found: _Tried, pair: ArcPair, total: float) -> float:
    """What the resistance of both arcs changes by per standard error of the split, at two of them or more."""
    good = found.rises < UNPROVEN
    sums = np.exp(found.points[good][:, [arc.resistance for arc in pair]]).sum(axis=1)
    return float(np.max(np.abs(sums - total) / np.sqrt(np.maximum(found.rises[good], RISE)), initial=0.0))


class _OneArc(NamedTuple):
    """One arc in place of two: rise of the sum of squares in variances, R with standard error in Ω; cut in halves."""

    rise: float
    resistance: float
    stderr: float
    halves: Reals


def _merged(problem: Problem, point: Reals, pair: ArcPair, scale: tuple[float, float]) -> _OneArc:
    """Fit one arc in place of two, the smaller one at its lower bound; scale is the least sum of squares, variance."""
    small, large = sorted(pair, key=lambda arc: float(point[arc.resistance]))
    times = [log_time_of(point, arc) for arc in pair]
    edges = -math.log(problem.omega.max()), -math.log(problem.omega.min())
    middle = float(np.clip(sum(times) / 2, *edges))
    total = min(float(resistances_of(point, pair).sum()), 2 * float(np.abs(problem.z).max()))
    starts = np.tile(point, (3, 1))
    for start, log_time, exponent in zip(starts, (*times, middle), (0.95, 0.95, EXPONENT), strict=True):
        start[small.resistance] = problem.lower[small.resistance]
        shape(start, large, total, log_time, exponent)
    lower, upper = problem.lower.copy(), problem.upper.copy()
    away = small.places
    lower[away] = upper[away] = np.clip(starts[0][away], lower[away], upper[away])
    minima = minimise(problem.residuals, starts, (lower, upper), STEPS)
    best = int(np.argmin(minima.costs))
    merged = minima.points[best]
    slopes = problem.residuals(merged[np.newaxis])[1][0]
    held = on_bound(problem, merged)
    held[away] = True
    least, variance = scale
    rise = (float(minima.costs[best]) - least) / variance
    if math.exp(problem.lower[small.resistance]) > NOTHING * total:  # a bound that was asked for keeps it
        rise = math.inf
    error = math.sqrt(covariance_of(slopes, held)[large.resistance, large.resistance] * variance)
    resistance = math.exp(merged[large.resistance])
    halves, exponent = merged.copy(), EXPONENT if large.exponent is None else float(merged[large.exponent])
    for arc in pair:
        shape(halves, arc, resistance / 2, log_time_of(merged, large), exponent)
    return _OneArc(rise, resistance, resistance * error, halves)
