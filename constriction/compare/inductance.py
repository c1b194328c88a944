"""Is there an inductance in series? A fit with one more L says, with its standard error."""

from typing import NamedTuple

import numpy as np

from constriction.base.errors import InputError
from constriction.spectra.fit.fitting import CircuitFit, fit_circuit
from constriction.spectra.fit.problem import FitOptions
from constriction.spectra.spectrum import Spectrum

# An inductance is told of if it exceeds its standard error so many times.
SIGNIFICANT = 3.0
# The fit starts with an inductance that has this part of |Z| at the highest frequency.
START = 1e-2


class Inductance(NamedTuple):
    """An inductance in series in H (H·m² of a spectrum per area) and its standard error."""

    value: float
    stderr: float


def series_inductance(spectrum: Spectrum, fit: CircuitFit) -> Inductance | None:
    """Look for an inductance in series with a fitted circuit.

    Args:
        spectrum: that was fitted.
        fit: of it; with an `L` in its circuit it tells that one, if it is in series.

    Returns:
        What a fit with an inductance in series finds; None if that does not exceed three standard errors.
    """
    text, values = fit.circuit.text, list(fit.values.values())
    if not text.startswith("L-"):
        size = START * abs(complex(spectrum.impedance[0])) / (2 * np.pi * float(spectrum.frequency[0]))
        text, values = f"L-{text}", [size, *values]
    try:
        found = fit_circuit(spectrum, text, FitOptions(starts=2, profiles=False), [values]).parameters[0]
    except InputError:
        return None
    if found.stderr is None or found.value <= SIGNIFICANT * found.stderr:
        return None
    return Inductance(found.value, found.stderr)
