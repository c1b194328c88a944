"""Where a fit ends: its minimum, the covariance there, and what profiles over the split of arcs make of it."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.spectra.fit.covariance import covariance_of, on_bound
from constriction.spectra.fit.problem import Problem
from constriction.spectra.fit.splits import Split, along_valley, doubtful_pairs, explore

type Reals = NDArray[np.float64]

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
    for split in splits:
        covariance = along_valley(covariance, split) if split.determined else covariance
    return Minimum(point, converged, variance, covariance, splits)


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
        variance = float(values @ found.covariance[np.ix_(places, places)] @ values)
        error = max(last.stderr, split.total_stderr, math.sqrt(variance) if variance > 0 else 0.0)
        groups.append(JointArcs(members, float(values.sum()), error, False))
    return tuple(groups)
