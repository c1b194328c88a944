"""How far two neighbouring arcs share their resistance: the profile of the likelihood over the split.

Arcs close in time follow the same points, and a parameter on its bound holds their split where another split would
follow the points as well. A covariance knows neither. So the ratio of both resistances is held at a row of values,
everything else is fitted again from several shapes, and what does not raise the sum of squares by more than four
variances is as good within two standard errors.
"""

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.spectra.fit.arcs import Indices, arc_indices
from constriction.spectra.fit.covariance import covariance_of, on_bound
from constriction.spectra.fit.marquardt import minimise
from constriction.spectra.fit.problem import Problem

type Reals = NDArray[np.float64]

# Two arcs are looked at if a standard error of R is above WEAK of it, if they are nearer in time than NEAR (ln τ) and a
# standard error is above CLEAR of R, or if an exponent sits on its bound and they are nearer than BENT: measured with
# `tests/split_statistics.py`.
WEAK, NEAR, CLEAR, BENT = 0.1, 0.6 * math.log(10), 5e-3, 2.0 * math.log(10)
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


class ArcPair(NamedTuple):
    """Two arcs of a circuit, neighbours in time, the faster one first."""

    fast: Indices
    slow: Indices


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


def doubtful_pairs(problem: Problem, point: Reals, covariance: Reals) -> list[ArcPair]:
    """Neighbouring arcs whose split has to be looked at.

    Args:
        problem: with P parameters.
        point: (P,) its minimum, internal coordinates.
        covariance: (P, P) of these coordinates, 0 for what is held, NaN for what is not determined.
    """
    arcs = [indices for part in problem.circuit.parts if (indices := arc_indices(part))]
    arcs.sort(key=lambda arc: _log_time(point, arc))
    fixed = problem.lower == problem.upper
    pairs = (ArcPair(fast, slow) for fast, slow in itertools.pairwise(arcs))
    return [
        pair
        for pair in pairs
        if not (fixed[pair.fast.resistance] or fixed[pair.slow.resistance])
        and _is_doubtful(point, covariance, pair, on_bound(problem, point) & ~fixed)
    ]


def _is_doubtful(point: Reals, covariance: Reals, pair: ArcPair, bound: NDArray[np.bool_]) -> bool:
    apart = _log_time(point, pair.slow) - _log_time(point, pair.fast)
    variances = [float(covariance[arc.resistance, arc.resistance]) for arc in pair]
    if not all(0 < variance < math.inf for variance in variances):
        return True
    if apart < BENT and any(bound[arc.exponent] for arc in pair if arc.exponent is not None):
        return True
    return max(variances) > (CLEAR if apart < NEAR else WEAK) ** 2


def explore(problem: Problem, point: Reals, covariance: Reals, variance: float, pair: ArcPair) -> Split:
    """Profile the likelihood over the split of two arcs.

    Args:
        problem: with P parameters.
        point: (P,) its minimum, internal coordinates.
        covariance: (P, P) of these coordinates, 0 for what is held, NaN for what is not determined.
        variance: of a weighted residual.
        pair: from `doubtful_pairs`.

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
        total = float(_resistances(point, pair).sum())
        return Split(pair, True, False, np.zeros(point.size), total, math.nan, None)
    found, better = _tried(problem, point, covariance, pair, scale)
    ends = [_end(found, point, pair, side) for side in (-1.0, 1.0)]
    total, error = _total(point, covariance, pair, found)
    near = np.array([_resistances(row, pair) for row in (point, *ends)])
    far = np.array([_resistances(row, pair) for row in (point, *ends, *found.points[found.rises < UNPROVEN])])
    spread = max(WIDE if one.rise < UNPROVEN else 0.0, _ratio_of_ends(near))
    is_open = spread >= WIDE and np.ptp(near, axis=0).min() / (2 * math.sqrt(RISE)) > OPEN * error
    is_open |= _ratio_of_ends(far) > VERY_WIDE and np.ptp(far, axis=0).min() / (2 * math.sqrt(UNPROVEN)) > OPEN * error
    is_open &= error > 0
    k = int(np.argmax(np.abs(near[1:, 1] - near[0, 1])))
    valley = (ends[k] - point) / 2
    valley[[arc.resistance for arc in pair]] = (near[k + 1] - near[0]) / near[0] / 2
    return Split(pair, not is_open, False, valley, total, error, better)


def _ratio_of_ends(resistances: Reals) -> float:
    """The largest over the smallest, of the arc where that is more; (S, 2) in Ω."""
    return float((resistances.max(axis=0) / resistances.min(axis=0)).max())


def along_valley(covariance: Reals, split: Split) -> Reals:
    """Put what the profile over a split found in place of what the covariance says of that direction.

    Args:
        covariance: (P, P) of the internal coordinates.
        split: determined.

    Returns:
        (P, P) the same for everything at right angles to the split.
    """
    fast, slow = (arc.resistance for arc in split.pair)
    towards = covariance[:, slow] - covariance[:, fast]
    spread = float(towards[slow] - towards[fast])
    outer: Reals = np.outer(split.valley, split.valley)
    if not 0 < spread < math.inf or not split.valley.any():  # nothing to replace, or nothing found
        return covariance
    return covariance - np.outer(towards, towards) / spread + outer


def _log_time(point: Reals, arc: Indices) -> float:
    exponent = 1.0 if arc.exponent is None else float(point[arc.exponent])
    return float(point[arc.resistance] + point[arc.storage]) / exponent


def _resistances(point: Reals, pair: ArcPair) -> Reals:
    resistances: Reals = np.exp(point[[pair.fast.resistance, pair.slow.resistance]])
    return resistances


def _ratio(point: Reals, pair: ArcPair) -> float:
    return float(point[pair.slow.resistance] - point[pair.fast.resistance])


def _shaped(point: Reals, arc: Indices, resistance: float, log_time: float, exponent: float) -> None:
    """Give an arc another R, τ and exponent, in place; a capacitor keeps its exponent of 1."""
    if arc.exponent is not None:
        point[arc.exponent] = exponent
    point[arc.resistance] = math.log(resistance)
    point[arc.storage] = (1.0 if arc.exponent is None else exponent) * log_time - math.log(resistance)


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
    points = np.array([_in_order(row, pair) for row in minima.points])
    seen = _seen(problem, points, pair)
    return _Tried(points[seen], np.array(held)[seen], np.maximum(rises[seen], 0.0)), better


def _seen(problem: Problem, points: Reals, pair: ArcPair) -> NDArray[np.bool_]:
    """Tell at which of the (S, P) points both arcs have their apex in the window or little beyond."""
    times = np.array([[_log_time(row, arc) for arc in pair] for row in points])
    edges = -math.log(problem.omega.max() * MARGIN), -math.log(problem.omega.min() / MARGIN)
    seen: NDArray[np.bool_] = ((times > edges[0]) & (times < edges[1])).all(axis=1)
    return seen


def _starts(point: Reals, covariance: Reals, pair: ArcPair) -> tuple[Reals, list[int]]:
    """Starts of the profile, (S, P), and the number of the held value of each."""
    here, total = _ratio(point, pair), float(_resistances(point, pair).sum())
    times = [_log_time(point, arc) for arc in pair]
    exponents = [1.0 if arc.exponent is None else float(point[arc.exponent]) for arc in pair]
    middle = sum(times) / 2
    shapes = [(times, exponents), (times[::-1], exponents)]
    shapes += [([middle - away / 2, middle + away / 2], [EXPONENT] * 2) for away in DISTANCES]
    towards = covariance[:, pair.slow.resistance] - covariance[:, pair.fast.resistance]
    spread = float(towards[pair.slow.resistance] - towards[pair.fast.resistance])
    starts: list[Reals] = []
    held: list[int] = []
    if 0 < spread < math.inf:
        # The line on which the sum of squares rises least.
        line = np.nan_to_num(towards) / spread
        around = [here + math.sqrt(spread) * number for number in AROUND]
        starts += [point + line * (ratio - here) for ratio in around]
        held += range(len(around))
    for ratio in RATIOS:
        shares = 1 / (1 + math.exp(ratio)), 1 / (1 + math.exp(-ratio))
        for log_times, powers in shapes:
            start = point.copy()
            for arc, share, log_time, power in zip(pair, shares, log_times, powers, strict=True):
                _shaped(start, arc, share * total, log_time, power)
            starts.append(start)
            held.append(len(AROUND) + RATIOS.index(ratio))
    return np.array(starts), held


def _in_order(point: Reals, pair: ArcPair) -> Reals:
    """Exchange two equal arcs if they have passed each other."""
    alike = (pair.fast.exponent is None) == (pair.slow.exponent is None)
    if not alike or _log_time(point, pair.fast) <= _log_time(point, pair.slow):
        return point
    fast, slow = ([k for k in arc if k is not None] for arc in pair)
    ordered = point.copy()
    ordered[fast], ordered[slow] = point[slow], point[fast]
    return ordered


def _end(found: _Tried, point: Reals, pair: ArcPair, side: float) -> Reals:
    """Where the rise passes `RISE` on one side of the minimum: the farthest such place."""
    ratios = found.points[:, pair.slow.resistance] - found.points[:, pair.fast.resistance]
    away = side * (ratios - _ratio(point, pair))
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
    here = _resistances(point, pair)
    total, both = float(here.sum()), [arc.resistance for arc in pair]
    variance = float(here @ covariance[np.ix_(both, both)] @ here)
    drift = _drift(found, pair, total)
    return total, max(math.sqrt(max(variance, 0.0)), drift) if math.isfinite(variance) else drift


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
    times = [_log_time(point, arc) for arc in pair]
    edges = -math.log(problem.omega.max()), -math.log(problem.omega.min())
    middle = float(np.clip(sum(times) / 2, *edges))
    total = min(float(_resistances(point, pair).sum()), 2 * float(np.abs(problem.z).max()))
    starts = np.tile(point, (3, 1))
    for start, log_time, exponent in zip(starts, (*times, middle), (0.95, 0.95, EXPONENT), strict=True):
        start[small.resistance] = problem.lower[small.resistance]
        _shaped(start, large, total, log_time, exponent)
    lower, upper = problem.lower.copy(), problem.upper.copy()
    away = [k for k in small if k is not None]
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
        _shaped(halves, arc, resistance / 2, _log_time(merged, large), exponent)
    return _OneArc(rise, resistance, resistance * error, halves)
