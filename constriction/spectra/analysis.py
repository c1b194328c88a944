"""What an experimenter does to a spectrum, in one call: window, Kramers-Kronig rule, fit of an equivalent circuit.

Measured and simulated spectra go through the same functions with the same options; only then may their R_SE, R_int
and C_int be compared (PHYSICS §8, "apparent").
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from constriction.errors import InputError
from constriction.spectra.circuit_problem import FitOptions
from constriction.spectra.fitting import CircuitFit, Comparison, compare_circuits
from constriction.spectra.kramers_kronig import FEWEST_POINTS, Exclusion, KramersKronigOptions, exclude
from constriction.spectra.spectrum import Spectrum

CIRCUITS = ("R-RQ", "R-RQ-RQ")  # the paper's: electrolyte, and interface where it shows


@dataclass(frozen=True)
class AnalysisOptions:
    """How a spectrum is analysed.

    Attributes:
        circuits: one, or several among which the smallest BIC chooses.
        window: smallest and largest frequency used, in Hz; None: all.
        limit: largest Kramers-Kronig residual of a point that stays, relative to |Z|.
        kramers_kronig: of the test; its limit is replaced.
        fit: weights, bounds, number of starts.
    """

    circuits: tuple[str, ...] = CIRCUITS
    window: tuple[float, float] | None = None
    limit: float = 0.02
    kramers_kronig: KramersKronigOptions = field(default_factory=KramersKronigOptions)
    fit: FitOptions = field(default_factory=FitOptions)


@dataclass(frozen=True, eq=False)
class Analysis:
    """One analysed spectrum.

    Attributes:
        screened: what the window and the Kramers-Kronig rule left, and why the rest went.
        comparison: the circuits by rising BIC.
    """

    screened: Exclusion
    comparison: tuple[Comparison, ...]

    @property
    def fit(self) -> CircuitFit:
        """Of the circuit with the smallest BIC."""
        return self.comparison[0].fit


def in_window(spectrum: Spectrum, window: tuple[float, float] | None) -> Spectrum:
    """Return the points between two frequencies in Hz, both included.

    Raises:
        InputError: fewer than FEWEST_POINTS are left.
    """
    if window is None:
        return spectrum
    low, high = window
    inside = (spectrum.frequency >= low) & (spectrum.frequency <= high)
    if np.count_nonzero(inside) < FEWEST_POINTS:
        raise InputError(
            f"window {low:.4g} to {high:.4g} Hz: {np.count_nonzero(inside)} points of {inside.size} between "
            f"{spectrum.frequency[-1]:.4g} and {spectrum.frequency[0]:.4g} Hz; expected at least {FEWEST_POINTS}"
        )
    return Spectrum(spectrum.frequency[inside], spectrum.impedance[inside], spectrum.unit)


def screen(spectrum: Spectrum, options: AnalysisOptions | None = None) -> Exclusion:
    """Cut a spectrum to the window and leave out what fails the Kramers-Kronig rule.

    Raises:
        InputError: too few points are left.
    """
    options = AnalysisOptions() if options is None else options
    return exclude(in_window(spectrum, options.window), options.limit, options.kramers_kronig)


def analyse(spectrum: Spectrum, options: AnalysisOptions | None = None) -> Analysis:
    """Screen a spectrum and fit it.

    Raises:
        InputError: too few points, or a circuit that cannot be read.
    """
    options = AnalysisOptions() if options is None else options
    screened = screen(spectrum, options)
    return Analysis(screened, compare_circuits(screened.spectrum, options.circuits, options.fit))
