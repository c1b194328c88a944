"""R_SE, R_int and C_int of a spectrum beside the same slab in full contact, with the errors of the reading itself.

The value is the plain arc's, the RQ that everybody fits. Its error bar holds what a measurement does not resolve, what
no arc follows, and how far the plain arc is from the one that a constriction in this electrolyte draws (`slab.py`).
Where that makes a third of R_int, it is not read: None, and the remark says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from constriction.base.errors import InputError
from constriction.spectra.fit.arcs import Arc
from constriction.spectra.fit.fitting import CircuitFit
from constriction.spectra.kramers_kronig import FEWEST_POINTS
from constriction.spectra.reading.apparent import DEFINITION, TOLD_BY_SLAB, Apparent
from constriction.spectra.reading.beside import (
    LEAST_EXPONENT,
    ON_BOUND,
    arcs_beside,
    plain_arcs,
)
from constriction.spectra.reading.slab import Beside, ReferenceSlab, Sample, peaks_apart, slab_alone
from constriction.spectra.spectrum import Spectrum

# R_int is read if it is larger than so many of its error bars.
RESOLVED = 3.0
# The misfit of a model is a smooth curve: worth about so many independent values, however many points there are.
SMOOTH = 6
# Standard deviation of Re Z and of Im Z over |Z| that a good instrument reaches. A simulated spectrum has no noise, and
# is read as what a measurement with this one can show.
RESOLUTION = 1e-3
ARC = "-RQ"
# Of a simulated spectrum.
SIMULATED = (
    f"{DEFINITION}; {TOLD_BY_SLAB}: least squares of Z = factor*Z_full_contact + R/(1 + R Q (iw)^a) in the sweep, both "
    "parts with the standard deviation apparent_resolution*|Z|; the errors hold the standard error at that resolution, "
    "the misfit, the difference to an arc with the dispersion of the electrolyte (as a constriction has), and "
    "spectrum_error_ohm_cm2; R_int counts if it is three of them and its apex lies in the sweep, else what is there "
    "besides is part of R_SE"
)


@dataclass(frozen=True, eq=False)
class Reading:
    """A spectrum as an experimenter reads it.

    Attributes:
        circuit: such as "R-RQ-RQ".
        arcs: that were read, by rising time constant.
        identities: one of each arc: 0 is the electrolyte's, 1 the interface's, 2 … further ones'.
        apparent: R_SE, R_int, C_int with standard errors.
        scatter: the same with the errors of noise alone: what two spectra that are read alike may differ by.
        noise: root mean square of what the fit leaves of either part of Z, relative to |Z|.
        converged: whether the fit reached its minimum.
        remark: "" or why there is no R_int.
        fit: of the circuit, if all its parameters were free; None if the electrolyte was the slab in full contact.
    """

    circuit: str
    arcs: tuple[Arc, ...]
    identities: tuple[int, ...]
    apparent: Apparent
    scatter: Apparent
    noise: float
    converged: bool
    remark: str
    fit: CircuitFit | None = None


class Weight(NamedTuple):
    """What residuals are measured by: the standard deviation of Re Z and of Im Z over |Z|, and whether it is noise.

    A simulated spectrum has no noise. Then `noise` is False, and all misfit is the model's.
    """

    resolution: float
    noise: bool


def noise_beside(spectrum: Spectrum, slab: ReferenceSlab) -> float:
    """What the better of both kinds of arc leaves of either part of a spectrum, relative to |Z|, root mean square."""
    sample = Sample(spectrum, slab, np.abs(spectrum.impedance))
    both = *plain_arcs([sample]), *arcs_beside([sample], dispersed=True)
    least = min(fit.chi_squared for fit in both)
    return math.sqrt(least / max(2 * sample.sigma.size - 4, 1))


def read_beside(spectrum: Spectrum, slab: ReferenceSlab, weight: Weight, *, arc: bool = True) -> Reading:
    """Read a spectrum relative to the same slab in full contact, at the same frequencies, as `read_all_beside`."""
    return read_all_beside([(spectrum, slab)], weight, arc=arc)[0]


def read_all_beside(
    pairs: Sequence[tuple[Spectrum, ReferenceSlab]], weight: Weight, *, arc: bool = True
) -> list[Reading]:
    """Read each spectrum relative to the same slab in full contact.

    Args:
        pairs: spectra, each with the slab at the same frequencies.
        weight: known standard deviations.
        arc: False: no arc counts as the interface's, whatever is there.

    Raises:
        InputError: too few points, an impedance of zero.
    """
    for spectrum, slab in pairs:
        _check_readable(spectrum, slab)
    samples = [Sample(one, slab, weight.resolution * np.abs(one.impedance)) for one, slab in pairs]
    both = zip(samples, plain_arcs(samples), arcs_beside(samples, dispersed=True), strict=True)
    return [_read(_Pair(sample, weight, plain, dispersed), arc) for sample, plain, dispersed in both]


def _check_readable(spectrum: Spectrum, slab: ReferenceSlab) -> None:
    points = spectrum.frequency.size
    if points < FEWEST_POINTS:
        raise InputError(f"{points} points for {slab.circuit}{ARC}; expected at least {FEWEST_POINTS}")
    if (zero := spectrum.impedance == 0).any():
        raise InputError(f"impedance = 0 at {spectrum.frequency[zero][0]:.4g} Hz: expected a nonzero one everywhere")


def _read(pair: _Pair, arc: bool) -> Reading:
    """What both kinds of arc say together; `arc`: whether one may be the interface's."""
    slab, why = pair.slab, pair.unread() if arc else ""
    if not arc or why:
        alone = slab_alone(pair.sample)
        remark = f"{slab.circuit}{ARC} not taken: {why}" if why else ""
        return _reading(pair, slab.circuit, [_electrolyte_alone(pair, alone, of) for of in (True, False)], remark)
    return _reading(pair, slab.circuit + ARC, [_with_arc(pair, of) for of in (True, False)], "")


@dataclass(frozen=True, eq=False)
class _Pair:
    """Both kinds of arc, fitted to one spectrum, and what their difference says."""

    sample: Sample
    weight: Weight
    plain: Beside
    dispersed: Beside

    @property
    def slab(self) -> ReferenceSlab:
        """The slab in full contact."""
        return self.sample.slab

    @property
    def wider(self) -> float:
        """The factor on standard errors for what neither arc follows."""
        misfit = 0.0 if self.weight.noise else min(self.plain.chi_squared, self.dispersed.chi_squared)
        return math.sqrt(1 + misfit / SMOOTH)

    @property
    def credible(self) -> float:
        """How much the dispersed arc counts beside the plain one: their misfits' ratio, at most 1."""
        return min((SMOOTH + self.plain.chi_squared) / (SMOOTH + self.dispersed.chi_squared), 1.0)

    @property
    def everything(self) -> tuple[float, float, float]:
        """Resistance at ω → 0, its variance, and how far the worse of both fits speaks against it."""
        better, worse = sorted((self.plain, self.dispersed), key=lambda fit: fit.chi_squared)
        doubt = (SMOOTH + better.chi_squared) / (SMOOTH + worse.chi_squared)
        return better.total, better.total_variance, doubt * abs(better.total - worse.total)

    @property
    def unseen(self) -> float:
        """What an exponent below 1, which stands for many times, leaves open of the arc beyond the window."""
        seen = abs(float(self.plain.arc.real[-1] - self.plain.arc.real[0]))
        return (1 - self.plain.exponent) * max(self.plain.resistance - seen, 0.0)

    @cached_property
    def peak(self) -> tuple[float, float | None]:
        """R of the dispersed arc's peaks that stand apart, and the frequency of the largest of them."""
        frequency, shape = self.slab.densely
        arc = self.dispersed.dispersed_arc(frequency, shape)
        return peaks_apart(frequency, arc, self.slab.apexes, self.dispersed.resistance)

    @property
    def capacitance(self) -> float:
        """C = τ/R of the plain arc."""
        return self.plain.time_constant / self.plain.resistance

    def bar(self, variance: float, difference: float, of_model: bool = True) -> float:
        """An error: at the resolution, with or without that of the model, a difference between both arcs."""
        resolved = math.sqrt(max(variance, 0.0))
        return math.hypot(resolved * self.wider, self.credible * difference) if of_model else resolved

    def error_of_arc(self, of_model: bool = True) -> float:
        """Of R of the plain arc."""
        plain = self.plain
        found = self.bar(plain.resistance**2 * plain.covariance[1, 1], plain.resistance - self.peak[0], of_model)
        return math.hypot(found, self.unseen) if of_model else found

    def error_of_electrolyte(self, of_model: bool = True) -> float:
        """Of the electrolyte's resistance beside the plain arc."""
        rest = self.dispersed.total - self.peak[0]
        return self.bar(self.plain.covariance[0, 0], self.plain.electrolyte - rest, of_model)

    def error_of_capacitance(self, of_model: bool = True) -> float:
        """Of C of the plain arc."""
        slope = np.array([-1.0, 1.0])
        variance = self.capacitance**2 * float(slope @ self.plain.covariance[1:, 1:] @ slope)
        resistance, apex = self.peak
        other = 0.0 if apex is None or resistance <= 0 else 1 / (2 * math.pi * apex * resistance)
        return self.bar(variance, self.capacitance - other, of_model)

    @property
    def resolved(self) -> bool:
        """Whether the plain arc is there, whatever it is."""
        return self.plain.resistance >= RESOLVED * self.bar(self.plain.resistance**2 * self.plain.covariance[1, 1], 0.0)

    def unread(self) -> str:
        """Why the plain arc is not the interface's, "" if it is."""
        low, high = self.sample.spectrum.window
        plain, place = self.plain, f"the arc at {self.plain.apex:.3g} Hz"
        if not self.resolved:
            return f"{place} is not larger than {RESOLVED:g} standard errors"
        if not low <= plain.apex <= high:
            return f"an arc would have its apex at {plain.apex:.3g} Hz, outside {low:.4g} to {high:.4g} Hz"
        if not plain.converged:
            return "its fit did not converge"
        unlike = plain.exponent < LEAST_EXPONENT + ON_BOUND or self.capacitance < self.error_of_capacitance()
        if plain.resistance < RESOLVED * self.error_of_arc() or unlike:
            return f"{place} is not told apart from the electrolyte's: {self._both()}"
        return ""

    def _both(self) -> str:
        """What the two kinds of arc say."""
        apart = self.peak[0]
        if apart <= 0:
            return "a constriction that draws it has no peak of its own in the window"
        size = f"{self.plain.resistance / apart:.2g} times the R"
        return f"an RQ (exponent {self.plain.exponent:.2g}) has {size} of a constriction that draws it"


def _with_arc(pair: _Pair, of_model: bool) -> Apparent:
    plain = pair.plain
    return Apparent(
        plain.electrolyte,
        pair.error_of_electrolyte(of_model),
        plain.resistance,
        pair.error_of_arc(of_model),
        pair.capacitance,
        pair.error_of_capacitance(of_model),
    )


def _electrolyte_alone(pair: _Pair, alone: Beside, of_model: bool) -> Apparent:
    """R_SE where no arc is the interface's: what is not told apart counts as the electrolyte's."""
    plain = pair.plain
    if not pair.resolved:
        misfit = alone.chi_squared if of_model and not pair.weight.noise else 0.0
        value, error = alone.electrolyte, math.sqrt(alone.covariance[0, 0] * (1 + misfit / SMOOTH))
    elif plain.apex < pair.sample.spectrum.frequency[-1]:  # slower than the window: it is not the electrolyte's
        value, error = plain.electrolyte, pair.error_of_electrolyte(of_model)
    else:
        value, variance, doubt = pair.everything
        error = math.sqrt(max(variance, 0.0))
        error = math.hypot(error * pair.wider, doubt) if of_model else error
    return Apparent(value, error)


def _reading(pair: _Pair, circuit: str, both: Sequence[Apparent], remark: str) -> Reading:
    slab, plain, (found, scatter) = pair.slab, pair.plain, both
    parts = [
        (0, _arc(float(plain.factors[k] * slab.resistances[k]), float(slab.apexes[k]), float(slab.exponents[k])))
        for k in slab.shown.tolist()
    ]
    if found.R_int is not None:
        parts.append((1, _arc(plain.resistance, plain.apex, plain.exponent, found.R_int_stderr, found.C_int_stderr)))
    parts.sort(key=lambda item: item[1].time_constant)
    least = min(plain.chi_squared, pair.dispersed.chi_squared)
    noise = pair.weight.resolution * math.sqrt(least / max(2 * slab.frequency.size - 4, 1))
    identities, arcs = tuple(identity for identity, _ in parts), tuple(arc for _, arc in parts)
    return Reading(circuit, arcs, identities, found, scatter, noise, plain.converged, remark)


def _arc(resistance: float, apex: float, exponent: float, of_r: float | None = None, of_c: float | None = None) -> Arc:
    tau = 1 / (2 * math.pi * apex)
    return Arc(resistance, of_r, tau / resistance, of_c, exponent, None, tau, apex, None, ())
