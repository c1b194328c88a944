"""Sums of ZARCs that grow as long as Bayes's criterion asks for one more by a wide margin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from constriction.spectra.drt.persistence import decades
from constriction.spectra.fit.arcs import Arc
from constriction.spectra.fit.fitting import CircuitFit, fit_circuit
from constriction.spectra.fit.problem import FitOptions
from constriction.spectra.fit.ranking import settle
from constriction.spectra.spectrum import Spectrum

# Another ZARC is taken if it lowers BIC by at least this: very strong evidence by Kass and Raftery, J. Am. Stat. Assoc.
# 90 (1995) 773. After so many refusals no further one is tried.
EVIDENCE, REFUSALS = 10.0, 2
MOST_ARCS = 6
# Each fit starts from the last one with one arc more, and from some blind starts.
BLIND_STARTS, NEW_PER_DECADE, SMALL_ARC, SPLIT = 4, 0.5, 0.05, 2.5
_OPTIONS = FitOptions(starts=BLIND_STARTS, profiles=False)
_PROFILED = FitOptions(starts=1)
# Neighbours nearer than this, in decades, share the doubt: if the split is not determined, neither time is.
NEAR = 1.2
# Spectra without noise are followed to rounding, which is no misfit and no reason for another ZARC.
NOISE_FREE = 1e-6


def grown(spectrum: Spectrum, tail: str) -> tuple[CircuitFit, float]:
    """Fit as many ZARCs as pay.

    Args:
        spectrum: N points.
        tail: of the circuit, "-Q" or "".

    Returns:
        The fit, and by how much of BIC the last ZARC paid.
    """
    fit = best = fit_circuit(spectrum, f"L-R{tail}", replace(_OPTIONS, starts=2 * BLIND_STARTS))
    margin, refusals = math.inf, 0
    values = 2 * spectrum.frequency.size
    for arcs in range(1, MOST_ARCS + 1):
        if values <= 2 + 3 * arcs + 2 * bool(tail) or best.chi_squared <= values * NOISE_FREE**2:
            break
        circuit = f"L-R{'-RQ' * arcs}{tail}"
        fit = fit_circuit(spectrum, circuit, _OPTIONS, list(_guesses(spectrum, fit)))
        if fit.converged and fit.bic < best.bic - EVIDENCE * (refusals + 1):
            margin, best, refusals = best.bic - fit.bic, fit, 0
        else:
            refusals += 1
        if refusals == REFUSALS:
            break
    return best, margin


def with_honest_bars(spectrum: Spectrum, fit: CircuitFit) -> CircuitFit:
    """Fit again without what sits on a bound; beside a near neighbour an exponent of 1 stays free to leave it.

    Held at 1 it holds the split of both arcs too, which may be open: there the likelihood is profiled over the split.

    Args:
        spectrum: N points.
        fit: of it.
    """
    if any(arc.exponent == 1 and _has_near_neighbour(arc, fit) for arc in fit.arcs):
        profiled = fit_circuit(spectrum, fit.circuit, _PROFILED, [list(fit.values.values())])
        if profiled.converged:
            return profiled
    settled = settle(spectrum, fit, _OPTIONS)
    return settled if settled.converged else fit


def _has_near_neighbour(arc: Arc, fit: CircuitFit) -> bool:
    return any(decades(arc.time_constant, other.time_constant) < NEAR for other in fit.arcs if other is not arc)


def _guesses(spectrum: Spectrum, fit: CircuitFit) -> Iterator[list[float]]:
    """Yield starts with one ZARC more: a small new one somewhere in the window, or one of the fit's split in two."""
    values = list(fit.values.values())
    place = 2 + 3 * len(fit.arcs)
    f = spectrum.frequency
    count = max(2, math.ceil(NEW_PER_DECADE * math.log10(f[0] / f[-1])))
    resistance = SMALL_ARC * float(np.median(np.abs(spectrum.impedance)))
    for apex in np.geomspace(f[0], f[-1], count + 2)[1:-1].tolist():
        yield values[:place] + _zarc(resistance, 1 / (2 * math.pi * apex), 0.9) + values[place:]
    for number, arc in enumerate(fit.arcs):
        halves = [_zarc(arc.resistance / 2, arc.time_constant * by, 0.9) for by in (1 / SPLIT, SPLIT)]
        others = [
            _zarc(a.resistance, a.time_constant, a.exponent) for a in (*fit.arcs[:number], *fit.arcs[number + 1 :])
        ]
        yield values[:2] + sum(halves + others, []) + values[place:]


def _zarc(resistance: float, tau: float, exponent: float) -> list[float]:
    return [resistance, tau**exponent / resistance, exponent]
