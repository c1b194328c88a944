"""Made-up relaxation times, for charts."""

from types import SimpleNamespace

import numpy as np

from constriction.simulation.network.times import RelaxationTimes
from constriction.spectra.drt.relaxation_times import Distribution, DistributionOptions, RelaxationPeak


def distribution(tau, gamma, times=()):
    """A distribution γ (J,) in Ω over τ (J,) in s, with peaks at these times in s."""
    peaks = tuple(RelaxationPeak(time, 1.0, 1.0, 1.0, 1.0) for time in times)
    found = np.asarray(tau, dtype=float), np.asarray(gamma, dtype=float)
    return Distribution(DistributionOptions(), 1e-3, *found, 1.0, 0.0, 0.0, np.inf, peaks, np.empty(0, dtype=complex))


def overlay_of(found, window=(1e2, 1e6)):
    """What a chart of relaxation times takes of a comparison: a distribution or None, and the window in Hz."""
    return SimpleNamespace(distribution=found, window=window)


def cell_of(constriction, electrolyte):
    """What it takes of a simulated cell: relaxation times, (time in s, resistance in Ω·m²) each."""
    parts = [RelaxationTimes(*np.array(pairs).T, exact=True) for pairs in (constriction, electrolyte)]
    return SimpleNamespace(times=lambda: parts)
