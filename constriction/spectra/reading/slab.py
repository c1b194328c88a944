"""One arc beside the electrolyte's: a spectrum fitted relative to the same slab in full contact.

A constriction makes the slab's own arcs larger, by a factor, and adds an arc. So the spectrum of the slab in full
contact, times a factor, stands for the electrolyte, with all of it that an RQ would not follow, and only the arc is
sought. Two kinds of arc are fitted. The plain one is an RQ, R/(1 + (iωτ)^α), as everybody fits it. The other is what a
constriction in the same electrolyte draws (docs/physics.md#stieltjes, with one pole of F): its current passes the
electrolyte, so its resistance has the dispersion g = Z_slab(ω)/Z_slab(0),

    R·g/(1 + (iωτ·g)^α).

Where the arc is much slower than the electrolyte's, g is 1 and both are the same. Where they differ, the plain arc is
not the whole constriction, or holds some of the electrolyte: the difference is the error of the model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.spectra.fit.marquardt import minimise
from constriction.spectra.spectrum import Spectrum

type Reals = NDArray[np.float64]
type Complexes = NDArray[np.complex128]

# The electrolyte's own arcs may have their apex so far outside the window, as a factor: of these it is known what they
# are, and an instrument that ends at 1 MHz still shows half of an arc at 1 MHz.
OWN_MARGIN = 3.0
# Where an arc is sought: times per decade, decades beyond the window, exponents; so many of the best are starts.
PER_DECADE, BEYOND, EXPONENTS, STARTS = 4, 1.0, (1.0, 0.8), 3
# Bounds: of the factors, of R over the largest |Z|, of τ beyond what was sought, of α.
FACTORS, SIZES, FARTHEST, LEAST_EXPONENT = (1e-3, 1e3), (1e-9, 1e3), 1e3, 0.5
ON_BOUND = 1e-7
# A combination of parameters to which the data are this much less sensitive than to another is not determined.
BLIND = 1e-9
# Parameters of an arc: ln R, ln τ, α.
OF_ARC = 3


@dataclass(frozen=True, eq=False)
class Slab:
    """The electrolyte with the whole interface in contact, at the frequencies of a spectrum.

    Its parts are in series, R/(1 + (if/f_apex)^α) each: bulk, and grain boundaries if there are any.

    Attributes:
        frequency: (N,) in Hz, falling.
        resistances: (K,) of the parts at ω → 0, in the unit of the spectrum.
        apexes: (K,) in Hz, of the parts' arcs, in the window or not.
        exponents: (K,) α of these arcs.
    """

    frequency: Reals
    resistances: Reals
    apexes: Reals
    exponents: Reals

    def parts(self, frequency: Reals) -> Complexes:
        """(K, N) impedances at frequencies in Hz, (N,)."""
        dispersion = (1j * frequency / self.apexes[:, np.newaxis]) ** self.exponents[:, np.newaxis]
        return np.asarray(self.resistances[:, np.newaxis] / (1 + dispersion))

    def shape(self, frequency: Reals) -> Complexes:
        """Z(ω)/Z(0) at frequencies in Hz, same shape."""
        return np.asarray(self.parts(frequency).sum(axis=0) / self.resistance)

    @property
    def impedance(self) -> Complexes:
        """(N,) of all parts together."""
        return self.resistance * self.shape(self.frequency)

    @property
    def resistance(self) -> float:
        """Of all parts together, at ω → 0."""
        return float(self.resistances.sum())

    @property
    def shown(self) -> NDArray[np.intp]:
        """Which parts show an arc in the window."""
        low, high = self.frequency[-1] / OWN_MARGIN, self.frequency[0] * OWN_MARGIN
        return np.flatnonzero((self.apexes >= low) & (self.apexes <= high))

    @property
    def circuit(self) -> str:
        """What an experimenter fits to it: R, R-RQ or R-RQ-RQ."""
        return "-".join(["R", *["RQ"] * self.shown.size])


@dataclass(frozen=True, eq=False)
class Beside:
    """A slab times factors, and an arc beside it, fitted to a spectrum.

    Attributes:
        factors: (K,) of the slab's parts.
        electrolyte: the scaled parts at ω → 0, in the unit of the spectrum.
        resistance: R of the arc at ω → 0; 0 if none was fitted.
        time_constant: its τ in s.
        exponent: its α.
        arc: (N,) the arc alone.
        covariance: (3, 3) of electrolyte, ln R and ln τ.
        chi_squared: sum of the squared weighted residuals of both parts of Z.
        converged: whether the minimum was reached.
    """

    factors: Reals
    electrolyte: float
    resistance: float
    time_constant: float
    exponent: float
    arc: Complexes
    covariance: Reals
    chi_squared: float
    converged: bool

    @property
    def total(self) -> float:
        """Everything at ω → 0."""
        return self.electrolyte + self.resistance

    @property
    def total_variance(self) -> float:
        """Of `total`."""
        slope = np.array([1.0, self.resistance])
        return float(slope @ self.covariance[:2, :2] @ slope)

    @property
    def apex(self) -> float:
        """Of the plain arc, 1/(2πτ) in Hz."""
        return 1 / (2 * math.pi * self.time_constant)

    def dispersed_arc(self, slab: Slab, frequency: Reals) -> Complexes:
        """The arc at any frequencies in Hz, (N,), if it was fitted with the dispersion of the slab."""
        shape = slab.shape(frequency)
        storage = (1j * frequency / self.apex * shape) ** self.exponent
        return np.asarray(self.resistance * shape / (1 + storage))


@dataclass(frozen=True, eq=False)
class _Model:
    """Bases with a factor each and one arc of impedance R·shape/(1 + e^(α(log_x + ln τ)))."""

    bases: Complexes
    log_x: Complexes
    shape: Complexes
    z: Complexes
    sigma: Reals

    def arc(self, points: Reals) -> tuple[Complexes, Complexes]:
        """Arcs (S, N) and their derivatives (S, 3, N) by the last three coordinates, ln R, ln τ and α."""
        log_r, log_tau, alpha = (points[:, [k]] for k in range(-OF_ARC, 0))
        log_u = self.log_x + log_tau
        u = np.exp(alpha * log_u)
        value = np.exp(log_r) * self.shape / (1 + u)
        slope = -value * u / (1 + u)
        return value, np.stack([value, slope * alpha, slope * log_u], axis=1)

    def residuals(self, points: Reals) -> tuple[Reals, Reals]:
        """Weighted residuals (S, 2N) of points (S, P), and their derivatives (S, P, 2N)."""
        value, slopes = self.arc(points)
        own = np.exp(points[:, :-OF_ARC, np.newaxis]) * self.bases
        rest = (own.sum(axis=1) + value - self.z) / self.sigma
        every = np.concatenate([own, slopes], axis=1) / self.sigma
        return np.concatenate([rest.real, rest.imag], axis=-1), np.concatenate([every.real, every.imag], axis=-1)


def slab_alone(spectrum: Spectrum, slab: Slab, sigma: Reals) -> Beside:
    """Fit a slab times one factor to a spectrum.

    Args:
        spectrum: N points.
        slab: at the same frequencies.
        sigma: (N,) standard deviation of either part of Z.
    """
    own = slab.impedance / sigma
    size = float(np.sum(np.abs(own) ** 2))
    factor = float(np.sum((own.conj() * spectrum.impedance / sigma).real)) / size
    rest = factor * own - spectrum.impedance / sigma
    covariance = np.diag([slab.resistance**2 / size, 0.0, 0.0])
    return Beside(
        factors=np.full(slab.resistances.size, factor),
        electrolyte=factor * slab.resistance,
        resistance=0.0,
        time_constant=math.inf,
        exponent=1.0,
        arc=np.zeros_like(own),
        covariance=covariance,
        chi_squared=float(np.sum(np.abs(rest) ** 2)),
        converged=True,
    )


def plain_arc(spectrum: Spectrum, slab: Slab, sigma: Reals) -> Beside:
    """Fit a slab times a factor and an RQ to a spectrum.

    All parts of the slab have one factor, as a gap gives them that lets no current pass. Beside an arc that is faster
    than the slowest of the slab's and where the window shows them all, each part has its own: such an arc follows the
    bulk alone, and the rest of that constriction makes the grain boundaries' arc larger, not the bulk's.

    Args:
        spectrum: N points.
        slab: at the same frequencies.
        sigma: (N,) standard deviation of either part of Z.
    """
    found = arc_beside(spectrum, slab, sigma)
    if 1 < slab.resistances.size == slab.shown.size and found.apex > slab.apexes.min():
        apart = arc_beside(spectrum, slab, sigma, together=False)
        return apart if apart.chi_squared < found.chi_squared else found
    return found


def arc_beside(
    spectrum: Spectrum, slab: Slab, sigma: Reals, *, dispersed: bool = False, together: bool = True
) -> Beside:
    """Fit a slab times factors and one arc to a spectrum.

    Args:
        spectrum: N points.
        slab: at the same frequencies.
        sigma: (N,) standard deviation of either part of Z.
        dispersed: whether the arc's resistance has the dispersion of the electrolyte.
        together: whether all parts of the slab have the same factor.

    Returns:
        The best minimum of those that start from a scan over all times.
    """
    bases = slab.impedance[np.newaxis] if together else slab.parts(slab.frequency)
    resistances = np.array([slab.resistance]) if together else slab.resistances
    shape = slab.shape(slab.frequency) if dispersed else np.ones(slab.frequency.size, dtype=np.complex128)
    log_x = np.log(2 * math.pi * spectrum.frequency) + 0.5j * math.pi + np.log(shape)
    model = _Model(bases, log_x, shape, spectrum.impedance, sigma)
    starts, bounds = _starts(model, spectrum.frequency)
    minima = minimise(model.residuals, starts, bounds)
    best = int(np.argmin(minima.costs))
    point = minima.points[best]
    factors = np.exp(point[:-OF_ARC])
    slopes = model.residuals(point[np.newaxis])[1][0]
    free = (point - bounds[0] > ON_BOUND) & (bounds[1] - point > ON_BOUND)
    return Beside(
        factors=np.broadcast_to(factors, slab.resistances.shape),
        electrolyte=float(factors @ resistances),
        resistance=math.exp(point[-3]),
        time_constant=math.exp(point[-2]),
        exponent=float(point[-1]),
        arc=model.arc(point[np.newaxis])[0][0],
        covariance=_covariance(slopes, free, factors * resistances),
        chi_squared=float(minima.costs[best]),
        converged=bool(minima.converged[best]),
    )


def _starts(model: _Model, frequency: Reals) -> tuple[Reals, tuple[Reals, Reals]]:
    """The best times of a scan, (S, P), with the factor and the R that suit them; and bounds, (P,) each."""
    ends = math.log(frequency[0] / frequency[-1]) + 2 * BEYOND * math.log(10)
    fastest = -math.log(2 * math.pi * frequency[0]) - BEYOND * math.log(10)
    times = fastest + np.linspace(0.0, ends, math.ceil(ends / math.log(10) * PER_DECADE) + 1)
    grid = np.array([(0.0, time, alpha) for alpha in EXPONENTS for time in times])
    factor, resistance, costs = _amplitudes(model, model.arc(grid)[0])
    order = np.argsort(costs, kind="stable")[:STARTS]
    size, parts = float(np.abs(model.z).max()), model.bases.shape[0]
    starts = np.zeros((order.size, parts + OF_ARC))
    starts[:, :parts] = np.log(factor[order])[:, np.newaxis]
    starts[:, parts] = np.log(resistance[order])
    starts[:, parts + 1 :] = grid[order, 1:]
    log_size, far = math.log(size), math.log(FARTHEST)
    lower = [*[math.log(FACTORS[0])] * parts, log_size + math.log(SIZES[0]), times[0] - far, LEAST_EXPONENT]
    upper = [*[math.log(FACTORS[1])] * parts, log_size + math.log(SIZES[1]), times[-1] + far, 1.0]
    return starts, (np.array(lower), np.array(upper))


def _amplitudes(model: _Model, unit: Complexes) -> tuple[Reals, Reals, Reals]:
    """Factor and R that suit arcs (S, N) of unit resistance best, neither negative, and the sums of squares; (S,)."""
    own, size = model.bases.sum(axis=0), float(np.abs(model.z).max())

    def inner(one: Complexes, other: Complexes) -> Reals:
        return np.asarray(np.sum((one.conj() * other).real / model.sigma**2, axis=-1))

    aa, ab, bb = inner(own, own), inner(own, unit), inner(unit, unit)
    az, bz = inner(own, model.z), inner(unit, model.z)
    resistance = (aa * bz - ab * az) / np.maximum(aa * bb - ab**2, 1e-12 * aa * bb)
    resistance = np.clip(resistance, 1e-4 * size, SIZES[1] * size)
    factor = np.clip((az - ab * resistance) / aa, *FACTORS)
    rest = factor[:, np.newaxis] * own + resistance[:, np.newaxis] * unit - model.z
    return factor, resistance, inner(rest, rest)


def _covariance(slopes: Reals, free: NDArray[np.bool_], scaled: Reals) -> Reals:
    """(3, 3) of the electrolyte's resistance, ln R and ln τ, with the residuals' own standard deviations.

    What sits on a bound is held. What the data do not determine has a large variance, not none.
    """
    wanted = np.zeros((3, free.size))
    wanted[0, : scaled.size], wanted[1, -3], wanted[2, -2] = scaled, 1.0, 1.0
    _, sizes, rows = np.linalg.svd(slopes[free].T, full_matrices=False)
    half = wanted[:, free] @ rows.T / np.maximum(sizes, BLIND * sizes.max(initial=0.0) + 1e-300)
    covariance: Reals = half @ half.T
    return covariance
