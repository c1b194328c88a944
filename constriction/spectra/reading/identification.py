"""Which circuit a spectrum needs, and which of its arcs are the electrolyte's: apparent R_SE, R_int, C_int.

Here all parameters of a circuit are free: for a measurement of another electrolyte than the simulated one, or a circuit
of one's own; `reading.py` reads beside a slab that is known. The paper fits R-RQ-RQ, or R-RQ where no arc of the
interface shows. R_SE holds the bulk and the grain boundaries. An arc is the electrolyte's if it is the one most like an
arc of the same slab in full contact, in time and in size; so the interface may be the faster one.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from constriction.spectra.fit.arcs import Arc, distance, matched
from constriction.spectra.fit.fitting import CircuitFit, fit_circuit
from constriction.spectra.fit.problem import FitOptions
from constriction.spectra.fit.ranking import settle
from constriction.spectra.normalisation import scaled
from constriction.spectra.reading.analysis import CIRCUITS
from constriction.spectra.reading.apparent import apparent
from constriction.spectra.reading.reading import RESOLUTION, Reading
from constriction.spectra.reading.slab import OWN_MARGIN
from constriction.spectra.spectrum import Spectrum

# Few blind starts are enough where noise hides nothing; no parameter is worth a profile.
QUICK = FitOptions(starts=4, profiles=False)
# An arc that is smaller than so many standard errors is not resolved.
RESOLVED = 2.0
EXTRA_ARC = "-RQ"
# From so many arcs on, a fit with one more also starts from the last one, with an arc of this part of the largest |Z|.
MANY_ARCS, SMALL_ARC = 2, 0.02
OF_ELECTROLYTE = ("R", *CIRCUITS)
PARAMETERS_OF_ARC = 3


def known_resolution(spectrum: Spectrum, resolution: float = RESOLUTION, options: FitOptions = QUICK) -> FitOptions:
    """Options of a fit with known standard deviations of both parts, `resolution` times |Z|."""
    return replace(options, sigma=resolution * np.abs(spectrum.impedance))


def electrolyte_arcs(pristine: Spectrum) -> Reading:
    """Read the spectrum of a slab in full contact: every arc is the electrolyte's.

    Args:
        pristine: simulated, so without noise.

    Returns:
        R-RQ where the window shows the grain boundaries' arc, as in the paper; R-RQ-RQ where it also shows the bulk's;
        R where it shows none.

    Raises:
        InputError: too few points, an impedance of zero.
    """
    options = known_resolution(pristine)
    circuit, fit, remark = choose(pristine, OF_ELECTROLYTE, options)
    return _reading(circuit, fit, (0,) * len(fit.arcs), remark, misfit(fit, options))


def candidates(electrolyte: Reading) -> tuple[str, str]:
    """The electrolyte's own circuit, and the same with an arc of the interface: in the paper R-RQ and R-RQ-RQ."""
    return electrolyte.circuit, electrolyte.circuit + EXTRA_ARC


def read_sample(
    spectrum: Spectrum, electrolyte: Reading, circuits: Sequence[str] = (), options: FitOptions | None = None
) -> Reading:
    """Choose the circuit of a spectrum, fit it and tell its arcs apart.

    Args:
        spectrum: N points, after the Kramers-Kronig rule.
        electrolyte: as `electrolyte_arcs` read the slab in full contact, in the same window.
        circuits: from small to large, each with all parts of the one before; (): `candidates`.
        options: of the fit; None: known standard deviations, `RESOLUTION` times |Z|, for a spectrum without noise.

    Raises:
        InputError: too few points, an impedance of zero, a circuit that cannot be read.
    """
    options = known_resolution(spectrum) if options is None else options
    circuit, fit, remark = choose(spectrum, circuits or candidates(electrolyte), options, electrolyte.arcs)
    identities = identify(fit.arcs, electrolyte.arcs)
    return _reading(circuit, fit, identities, remark, misfit(fit, options))


def _reading(circuit: str, fit: CircuitFit, identities: tuple[int, ...], remark: str, wider: float) -> Reading:
    """Of a fit: an exponent that came to sit at 1 is held there, a plain resistance of nothing is left out."""
    found = apparent(fit, identities)
    found = replace(
        found,
        R_SE_stderr=scaled(found.R_SE_stderr, wider),
        R_int_stderr=scaled(found.R_int_stderr, wider),
        C_int_stderr=scaled(found.C_int_stderr, wider),
    )
    if found.R_SE_stderr is None:
        remark = f"the window does not determine {circuit}: {fit.message}"
    noise = float(np.sqrt(np.sum(np.abs(fit.residuals) ** 2) / fit.degrees_of_freedom))
    return Reading(circuit, fit.arcs, identities, found, found, noise, fit.converged, remark, fit)


def identify(arcs: Sequence[Arc], own: Sequence[Arc]) -> tuple[int, ...]:
    """Tell which arcs are the electrolyte's.

    Args:
        arcs: of a spectrum, by rising time constant.
        own: of the slab in full contact.

    Returns:
        0 for the arcs that resemble those of the slab most, each taken once, 1, 2, … for the others by rising time
        constant. Resistance counts as the time constant does: a small arc beside a large one that moved a little is
        nearer to its old time by chance.
    """
    found = matched((distance(arc, other), i, j) for i, arc in enumerate(arcs) for j, other in enumerate(own))
    others = itertools.count(1)
    return tuple(0 if i in found else next(others) for i in range(len(arcs)))


def choose(
    spectrum: Spectrum, circuits: Sequence[str], options: FitOptions, own: Sequence[Arc] | None = None
) -> tuple[str, CircuitFit, str]:
    """Take the circuit with the smallest BIC among those whose arcs are resolved.

    Args:
        spectrum: N points.
        circuits: from small to large; the first one is taken if no other is better.
        options: of the fits.
        own: the electrolyte's arcs, which need not be resolved; None: all arcs are its own, and must.

    Returns:
        The circuit's text, its fit (see `Reading.fit`), and "" or why a larger circuit was not taken.

    Raises:
        InputError: as `fit_circuit`.
    """
    text, best, remark = circuits[0], fit_circuit(spectrum, circuits[0], options), ""
    for larger in circuits[1:]:
        if options.sigma is not None and best.chi_squared <= math.log(2 * best.points) * PARAMETERS_OF_ARC:
            break  # even a perfect fit would not pay for three more parameters
        guesses = _one_more_arc(spectrum, best) if larger == text + EXTRA_ARC and len(best.arcs) >= MANY_ARCS else []
        fit = fit_circuit(spectrum, larger, options, guesses)
        if fit.bic >= best.bic:
            break
        if why := unresolved(fit, spectrum, own, misfit(fit, options)):
            remark = f"{larger} not taken: {why}"
            break
        text, best = larger, fit
    return text, settle(spectrum, best, options), remark


def _one_more_arc(spectrum: Spectrum, fit: CircuitFit) -> list[list[float]]:
    """Starts for a circuit with one more arc: the fit, and a small arc somewhere in the window.

    Blind starts find two arcs; a small one beside two large ones over many decades they may miss.
    """
    resistance = SMALL_ARC * float(np.abs(spectrum.impedance).max())
    decades = math.log10(spectrum.frequency[0] / spectrum.frequency[-1])
    apexes = np.geomspace(spectrum.frequency[0], spectrum.frequency[-1], max(math.ceil(2 * decades), 2))
    storages = 1 / (2 * math.pi * apexes * resistance)
    return [[*fit.values.values(), resistance, storage, 1.0] for storage in storages.tolist()]


def misfit(fit: CircuitFit, options: FitOptions) -> float:
    """The factor by which error bars that take known standard deviations at their word are too small."""
    return 1.0 if options.sigma is None else math.sqrt(max(fit.chi_squared / fit.degrees_of_freedom, 1.0))


def unresolved(fit: CircuitFit, spectrum: Spectrum, own: Sequence[Arc] | None, wider: float = 1.0) -> str:
    """Why an arc of a fit is not resolved, "" if all are; `wider` is what error bars are multiplied by.

    An arc is resolved if its apex lies in the window and its resistance is at least twice its standard error. The
    flank of an arc outside the window would be followed by the larger circuit as well, with any resistance.
    """
    margin = OWN_MARGIN if own is None else 1.0
    low, high = spectrum.window[0] / margin, spectrum.window[1] * margin
    arcs = list(itertools.compress(fit.arcs, identify(fit.arcs, own or ())))
    for arc in arcs:
        if not low <= arc.f_apex <= high:
            return f"an arc would have its apex at {arc.f_apex:.3g} Hz, outside {low:.4g} to {high:.4g} Hz"
    if not fit.converged:
        return "its fit did not converge"
    for arc in arcs:
        if arc.resistance < RESOLVED * wider * (math.inf if arc.resistance_stderr is None else arc.resistance_stderr):
            return f"the arc at {arc.f_apex:.3g} Hz is not larger than {RESOLVED:g} standard errors"
    return ""
