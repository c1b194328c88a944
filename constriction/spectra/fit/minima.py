"""Where a fit ends: its minimum, the covariance there, and what profiles over the split of arcs make of it."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from constriction.laws.arrays import Flags, Reals
from constriction.spectra.fit.arcs import ArcPair, arc_indices, log_time_of
from constriction.spectra.fit.covariance import along_valley, covariance_of, error_of_sum, on_bound
from constriction.spectra.fit.problem import Problem
from constriction.spectra.fit.splits import Split, explore

# Two arcs are looked at if a standard error of R is above WEAK of it, if they are nearer in time than NEAR (ln τ) and a
# standard error is above CLEAR of R, or if an exponent sits on its bound and they are nearer than BENT: measured with
# `tests/split_statistics.py`.
WEAK, NEAR, CLEAR, BENT = 0.1, 0.6 * math.log(10), 5e-3, 2.0 * math.log(10)
# Mean square of relative residuals below which noise-free data are followed, and a better fit is no better circuit.
ROUNDING = 1e-20


@dataclass(frozen=True)
class JointArcs:
    """Neighbouring arcs of which the data determine the common resistance only, not how they share it.

    Attributes:
        parameters: names of their resistances, by rising time constant.
        resistance: their sum in Ω (or the unit of the spectrum).
        stderr: its standard error in Ω.
        needless: whether one arc in place of them follows the data as well; the resistance is that one's then.
    """

    parameters: tuple[str, ...]
    resistance: float
    stderr: float
    needless: bool

    @property
    def text(self) -> str:
        """What is determined, such as "R1 + R2"."""
        return "one arc in place of " + ", ".join(self.parameters) if self.needless else " + ".join(self.parameters)


@dataclass(frozen=True, eq=False)
class Minimum:
    """A minimum of a problem with P parameters.

    Attributes:
        point: (P,) internal coordinates.
        converged: whether it was reached.
        variance: of a weighted residual; 1 where the standard deviations are known.
        covariance: (P, P) of the internal coordinates, as in `CircuitFit`, open splits too.
        splits: what profiles over the split of arcs found, where one was made.
    """

    point: Reals
    converged: bool
    variance: float
    covariance: Reals
    splits: tuple[Split, ...]


def minimum_at(problem: Problem, point: Reals, converged: bool) -> Minimum:
    """Find the covariance at a minimum, and profile the splits of arcs that call for it."""
    values, slopes = (array[0] for array in problem.residuals(point[np.newaxis]))
    chi_squared, held = float(values @ values), on_bound(problem, point)
    variance = 1.0 if problem.absolute else chi_squared / (values.size - int((~held).sum()))
    covariance = covariance_of(slopes, held) * variance
    splits: tuple[Split, ...] = ()
    if problem.profiles and chi_squared > ROUNDING * values.size:
        pairs = doubtful_pairs(problem, point, covariance)
        splits = tuple(explore(problem, point, covariance, variance, pair) for pair in pairs)
    for split in (split for split in splits if split.determined):
        fast, slow = (arc.resistance for arc in split.pair)
        covariance = along_valley(covariance, fast, slow, split.valley)
    return Minimum(point, converged, variance, covariance, splits)


def doubtful_pairs(problem: Problem, point: Reals, covariance: Reals) -> list[ArcPair]:
    """Neighbouring arcs whose split has to be looked at.

    Args:
        problem: with P parameters.
        point: (P,) its minimum, internal coordinates.
        covariance: (P, P) of these coordinates, 0 for what is held, NaN for what is not determined.
    """
    arcs = [indices for part in problem.circuit.parts if (indices := arc_indices(part))]
    arcs.sort(key=lambda arc: log_time_of(point, arc))
    fixed = problem.lower == problem.upper
    pairs = (ArcPair(fast, slow) for fast, slow in itertools.pairwise(arcs))
    return [
        pair
        for pair in pairs
        if not (fixed[pair.fast.resistance] or fixed[pair.slow.resistance])
        and _is_doubtful(point, covariance, pair, on_bound(problem, point) & ~fixed)
    ]


def _is_doubtful(point: Reals, covariance: Reals, pair: ArcPair, bound: Flags) -> bool:
    apart = log_time_of(point, pair.slow) - log_time_of(point, pair.fast)
    variances = [float(covariance[arc.resistance, arc.resistance]) for arc in pair]
    if not all(0 < variance < math.inf for variance in variances):
        return True
    if apart < BENT and any(bound[arc.exponent] for arc in pair if arc.exponent is not None):
        return True
    return max(variances) > (CLEAR if apart < NEAR else WEAK) ** 2


def joint_arcs(problem: Problem, found: Minimum) -> tuple[JointArcs, ...]:
    """Arcs whose split is open at a minimum; a chain of such pairs is one group."""
    names = problem.circuit.names
    groups: list[JointArcs] = []
    for split in (split for split in found.splits if not split.determined):
        fast, slow = (names[arc.resistance] for arc in split.pair)
        if not groups or groups[-1].parameters[-1] != fast:
            groups.append(JointArcs((fast, slow), split.total, split.total_stderr, split.needless))
            continue
        last = groups.pop()
        members = (*last.parameters, slow)
        places = [names.index(name) for name in members]
        values = np.exp(found.point[places])
        error = max(last.stderr, split.total_stderr, error_of_sum(found.covariance, places, values) or 0.0)
        groups.append(JointArcs(members, float(values.sum()), error, False))
    return tuple(groups)
