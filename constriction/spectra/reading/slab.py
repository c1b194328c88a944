"""The slab in full contact that a spectrum is read beside, what a fit finds of both, and what stands apart there."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.laws.arrays import Complexes, Reals
from constriction.spectra.spectrum import Spectrum

# The electrolyte's own arcs may have their apex so far outside the window, as a factor: of these it is known what they
# are, and an instrument that ends at 1 MHz still shows half of an arc at 1 MHz.
OWN_MARGIN = 3.0
# Where peaks are sought.
PER_DECADE = 30
# A peak of −Im Z_cstr stands apart from the electrolyte's if their frequencies differ by more than this factor. Those
# that a constriction shares with its electrolyte lie within 1.1 of it; where a gap makes another one, it lies beyond 4.
APART = 3.0


@dataclass(frozen=True, eq=False)
class ReferenceSlab:
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

    @cached_property
    def own_parts(self) -> Complexes:
        """(K, N) impedances of the parts at its frequencies."""
        return self.parts(self.frequency)

    @cached_property
    def own_shape(self) -> Complexes:
        """(N,) Z(ω)/Z(0) at its frequencies."""
        return np.asarray(self.own_parts.sum(axis=0) / self.resistance)

    @cached_property
    def densely(self) -> tuple[Reals, Complexes]:
        """Frequencies of its window that peaks are sought at, rising, in Hz, and Z(ω)/Z(0) there; (n,) each."""
        low, high = float(self.frequency[-1]), float(self.frequency[0])
        dense = np.geomspace(low, high, math.ceil(math.log10(high / low) * PER_DECADE) + 1)
        return dense, self.shape(dense)

    @property
    def impedance(self) -> Complexes:
        """(N,) of all parts together."""
        return self.resistance * self.own_shape

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


class Sample(NamedTuple):
    """A spectrum of N points, the slab at the same frequencies, the standard deviation of either part of Z, (N,)."""

    spectrum: Spectrum
    slab: ReferenceSlab
    sigma: Reals


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

    def dispersed_arc(self, frequency: Reals, shape: Complexes) -> Complexes:
        """The arc at any frequencies in Hz, (N,), if it was fitted with the dispersion of the slab: `shape` there."""
        storage = (1j * frequency / self.apex * shape) ** self.exponent
        return np.asarray(self.resistance * shape / (1 + storage))


def slab_alone(sample: Sample) -> Beside:
    """Fit a slab times one factor to a spectrum."""
    spectrum, slab, sigma = sample
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


def peaks_apart(frequency: Reals, arc: Complexes, own: Reals, whole: float) -> tuple[float, float | None]:
    """What of an arc stands apart from the electrolyte's: the definition that R_int is measured by.

    Args:
        frequency: (N,) in Hz, rising; peaks outside are not seen.
        arc: (N,) impedance of what an interface adds, without resistance at high frequency.
        own: in Hz, the apexes of the electrolyte.
        whole: R of the arc at ω → 0.

    Returns:
        R, and the frequency of the largest peak (None if there is none). One peak of −Im Z: the whole R, wherever it
        lies. Several: the sum of those whose frequency is more than `APART` from each of the electrolyte's, every
        peak from valley to valley of −Im Z.
    """
    height, real, f = -arc.imag, arc.real, frequency
    middle = height[1:-1]
    tops = np.flatnonzero((middle > height[:-2]) & (middle >= height[2:])) + 1
    if tops.size == 0:
        return whole, None
    first, last = int(np.argmin(height[: tops[0] + 1])), int(tops[-1] + np.argmin(height[tops[-1] :]))
    between = [int(a + np.argmin(height[a : b + 1])) for a, b in zip(tops[:-1], tops[1:], strict=True)]
    sizes = _sizes(real, [first, *between, last], whole)
    if tops.size == 1 and first == 0 and last == height.size - 1:
        return whole, _apex(f, height, int(tops[0]))
    apart = [k for k, top in enumerate(tops) if np.all(np.abs(np.log(f[top] / own)) > math.log(APART))]
    if not apart:
        return 0.0, None
    largest = max(apart, key=lambda k: sizes[k])
    return float(sizes[apart].sum()), _apex(f, height, int(tops[largest]))


def _sizes(real: Reals, valleys: list[int], whole: float) -> Reals:
    """R of each peak, from valley to valley."""
    # Beyond the first and the last valley there is another peak outside the window, unless they are its ends.
    left = whole if valleys[0] == 0 else float(real[valleys[0]])
    right = 0.0 if valleys[-1] == real.size - 1 else float(real[valleys[-1]])
    sizes: Reals = -np.diff([left, *real[valleys[1:-1]], right])
    return sizes


def _apex(f: Reals, height: Reals, top: int) -> float:
    """Where the parabola through three points in ln f has its top."""
    x, y = np.log(f[top - 1 : top + 2]), height[top - 1 : top + 2]
    a, b, _ = np.polyfit(x - x[1], y / y[1], 2)
    return float(np.exp(x[1] - b / (2 * a))) if a < 0 else float(f[top])
