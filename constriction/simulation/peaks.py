"""The peaks of −Im Z_cstr: which relaxations a constriction has, and how large each is (docs/physics.md#peaks)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.scan import Impedances, scan

type Impedance = Callable[[NDArray[np.float64]], NDArray[np.complex128]]

POINTS_PER_DECADE = 50
# A relaxation is never narrower than Debye's, 1.14 decades: a polynomial of this degree follows it over two
# steps of the scan to 1e-14.
DEGREE = 10
_NODES = chebyshev.chebpts1(DEGREE + 1)
# Values at the nodes times this are the coefficients of their interpolant.
_TO_SERIES = chebyshev.chebvander(_NODES, DEGREE) * (np.where(np.arange(DEGREE + 1), 2.0, 1.0) / (DEGREE + 1))
# The companion matrix of a derivative, but for its last column, and what the coefficients there are multiplied by.
_COMPANION = chebyshev.chebcompanion([0.0] * (DEGREE - 1) + [1.0])
_SCALES = 0.5 * np.where(np.arange(DEGREE - 1), 1.0, np.sqrt(2.0))
# Maxima less prominent than this part of the largest −Im Z are rounding.
NOISE = 1e-9
# So is an imaginary part this much smaller than the real one.
ROUNDING = 1e-13
# Capacitances, and frequencies, of one relaxation differ by less than this factor: where gap and grain boundaries
# relax at the same time constant, f_cstr is 0.6 of the grain boundaries' frequency and C_cstr is 1.8 times C_low.
ALIKE = 2.0


@dataclass(frozen=True)
class Peak:
    """One local maximum of −Im Z over frequency.

    Attributes:
        frequency: of the apex, in Hz.
        resistance: fall of Re Z between the valleys on both sides, in Ω·m².
        capacitance: 1/(2π·frequency·resistance), in F/m².
    """

    frequency: float
    resistance: float
    capacitance: float


def find_peaks(impedance: Impedance, lowest: float, highest: float) -> tuple[Peak, ...]:
    """Find all peaks of −Im Z and share out the resistance among them, as `find_peaks_of_each`.

    Args:
        impedance: Z (complex, Ω·m², e^{+iωt}) at an array of frequencies (Hz); smooth and cheap. Usually
            Z_cstr.
        lowest: lower end of the range, in Hz.
        highest: upper end of the range, in Hz.

    Returns:
        The peaks by rising frequency.

    Raises:
        InputError: `lowest` and `highest` are not finite with 0 < lowest < highest.
    """
    return find_peaks_of_each(_alone(impedance), 1, lowest, highest)[0]


def find_peaks_of_each(impedances: Impedances, count: int, lowest: float, highest: float) -> list[tuple[Peak, ...]]:
    """Find all peaks of −Im Z of several impedances and share out the resistance among them.

    The range is scanned with 50 points per decade; where a fifth of them tell the others' order, these are not asked
    for. Every maximum, and the minimum between neighbours, is then
    found as the zero of the derivative of a Chebyshev interpolant. That is exact to about 1e-12 of ln f,
    where comparing values, as a minimisation does, ends near the square root of rounding, 1e-8.

    Args:
        impedances: Z (complex, Ω·m², e^{+iωt}) of each at its array of frequencies (Hz), which may be empty; smooth and
            cheap. Usually Z_cstr.
        count: of impedances.
        lowest: lower end of the range, in Hz.
        highest: upper end of the range, in Hz.

    Returns:
        The peaks of each by rising frequency. Each takes Re Z(valley below) − Re Z(valley above); the outermost
        valleys are the ends of the range, so the resistances add up to Re Z(lowest) − Re Z(highest). Maxima
        that are rounding, or across which Re Z does not fall, are left out. No maximum inside the range: an
        empty tuple.

    Raises:
        InputError: `lowest` and `highest` are not finite with 0 < lowest < highest.
    """
    if not 0 < lowest < highest < math.inf:
        raise InputError(f"peaks between {lowest!r} Hz and {highest!r} Hz: expected 0 < lowest < highest, finite")
    points = max(math.ceil(POINTS_PER_DECADE * math.log10(highest / lowest)), 4) + 1
    x = np.linspace(math.log(lowest), math.log(highest), points)
    scans = scan(impedances, x, count)
    maxima = [_maxima(z) for z in scans]
    minima = [_minima_between(z, tops) for z, tops in zip(scans, maxima, strict=True)]
    apexes, valleys = _extrema(impedances, x, maxima, minima)
    inner = impedances([np.exp(one) for one in valleys])
    resistances = [-np.diff([z[0], *between, z[-1]]).real for z, between in zip(scans, inner, strict=True)]
    return [_peaks(np.exp(tops), falls) for tops, falls in zip(apexes, resistances, strict=True)]


def _peaks(frequencies: NDArray[np.float64], resistances: NDArray[np.float64]) -> tuple[Peak, ...]:
    """The peaks across which Re Z falls: frequencies in Hz, resistances in Ω·m², (n,) each."""
    pairs = zip(frequencies.tolist(), resistances.tolist(), strict=False)  # without peaks, one fall too many
    return tuple(Peak(f, r, 1 / (2 * math.pi * f * r)) for f, r in pairs if r > 0)


def _alone(impedance: Impedance) -> Impedances:
    """One impedance where several are expected."""
    return lambda frequencies: [impedance(frequencies[0])]


def main_peak(peaks: Sequence[Peak], impedance: Impedance) -> Peak | None:
    """Choose the peak with the largest −Im Z.

    Args:
        peaks: from `find_peaks`.
        impedance: the same function, Z in Ω·m² at frequencies in Hz.

    Returns:
        The highest peak, or None where there is none (no gap capacitance, full contact).
    """
    return main_peaks([peaks], _alone(impedance))[0]


def main_peaks(peaks: Sequence[Sequence[Peak]], impedances: Impedances) -> list[Peak | None]:
    """Choose the peak with the largest −Im Z of each of several impedances, as `main_peak`.

    Args:
        peaks: from `find_peaks_of_each`.
        impedances: the same function, Z in Ω·m² at frequencies in Hz.
    """
    several = [those if len(those) > 1 else () for those in peaks]  # of one it is known which it is
    heights = impedances([np.array([peak.frequency for peak in those]) for those in several])
    return [
        those[int(np.argmax(-z.imag)) if z.size else 0] if those else None
        for those, z in zip(peaks, heights, strict=True)
    ]


def belongs_to(
    frequency: float, capacitance: float, of_gap: float | None, electrolyte: Sequence[float]
) -> Literal["gap", "electrolyte", "several"]:
    """Tell whose relaxation a peak of −Im Z_cstr is.

    Z_cstr scales with the electrolyte's resistivity. Where the gap relaxes faster, or stores nothing, the peak is the
    electrolyte's own one, and 1/(2πfR) is no capacitance of the gap.

    Args:
        frequency: of the highest peak, in Hz.
        capacitance: 1/(2π·frequency·R_cstr), in F/m².
        of_gap: C_low, what the gap stores at rest, in F/m²; None: nothing.
        electrolyte: frequencies of the peaks of the slab's own −Im Z, in Hz.

    Returns:
        gap: the capacitance is within a factor of ALIKE of the gap's. Else electrolyte: the frequency is within that
        factor of one of the electrolyte's own peaks. Else several: the whole R_cstr is not that peak's.
    """
    if of_gap is not None and _alike(capacitance, of_gap):
        return "gap"
    return "electrolyte" if any(_alike(frequency, own) for own in electrolyte) else "several"


def _alike(one: float, other: float) -> bool:
    return max(one, other) <= ALIKE * min(one, other)


def _maxima(z: NDArray[np.complex128]) -> NDArray[np.intp]:
    """Return the indices of the local maxima of −Im z that stand out of rounding on both sides."""
    # scipy.signal finds them too, but importing it takes longer than a small simulation.
    height = -z.imag
    prominence = max(NOISE * float(height.max()), ROUNDING * float(np.abs(z).max()))
    maxima: list[int] = []
    turn, rising = 0, False
    turns = np.flatnonzero(np.concatenate([[True], np.diff(height[:-1]) * np.diff(height[1:]) <= 0, [True]]))
    for i, here in zip(turns.tolist(), height[turns].tolist(), strict=True):
        if (here > height[turn]) == rising:
            turn = i
        elif abs(here - height[turn]) > prominence:
            if rising:
                maxima.append(turn)
            turn, rising = i, not rising
    return np.array(maxima, dtype=np.intp)


def _minima_between(z: NDArray[np.complex128], maxima: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the index of the lowest −Im z between each two neighbouring maxima."""
    pairs = zip(maxima[:-1], maxima[1:], strict=True)
    return np.array([left + int(np.argmax(z.imag[left : right + 1])) for left, right in pairs], dtype=np.intp)


def _extrema(
    impedances: Impedances,
    x: NDArray[np.float64],
    maxima: Sequence[NDArray[np.intp]],
    minima: Sequence[NDArray[np.intp]],
) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Refine the maxima and minima of each −Im Z near these of its x; x = ln f, evenly spaced."""
    step = x[1] - x[0]
    places = [np.concatenate(both) for both in zip(maxima, minima, strict=True)]
    nodes = [x[where][:, np.newaxis] + step * _NODES for where in places]
    heights = [-z.imag for z in impedances([np.exp(some).ravel() for some in nodes])]
    signs = np.concatenate([np.repeat([1, -1], [top.size, low.size]) for top, low in zip(maxima, minima, strict=True)])
    series = signs[:, np.newaxis, np.newaxis] * np.concatenate(heights).reshape(-1, 1, _NODES.size) @ _TO_SERIES
    tops = np.split(_tops(series[:, 0]), np.cumsum([where.size for where in places[:-1]]))
    refined = [x[where] + step * top for where, top in zip(places, tops, strict=True)]
    return [row[: top.size] for row, top in zip(refined, maxima, strict=True)], [
        row[top.size :] for row, top in zip(refined, maxima, strict=True)
    ]


def _tops(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where in [−1, 1] each of the Chebyshev series (n, 1 + DEGREE) is largest, (n,)."""
    # Trailing coefficients are rounding; they would bring meaningless roots, but never a higher value.
    roots = _roots(np.asarray(chebyshev.chebder(series, axis=1), dtype=np.float64))
    inside = (np.abs(roots.imag) < 1e-6) & (np.abs(roots.real) <= 1)
    alone = ~inside.any(axis=1, keepdims=True)
    candidates = np.concatenate(
        [np.where(inside, roots.real, 0.0), np.tile([-1.0, 0.0, 1.0], (len(series), 1))], axis=1
    )
    allowed = np.concatenate([inside, np.ones_like(alone), alone, np.ones_like(alone)], axis=1)
    values = np.where(allowed, chebyshev.chebval(candidates.T, series.T, tensor=False).T, -np.inf)
    return np.asarray(np.take_along_axis(candidates, np.argmax(values, axis=1)[:, np.newaxis], 1)[:, 0])


def _roots(series: NDArray[np.float64]) -> NDArray[np.complex128]:
    """The zeros of Chebyshev series (n, 1 + d), d ≥ 2, eigenvalues of their companion matrices; (n, d)."""
    last, degree = series[:, -1], series.shape[1] - 1
    size = np.where((largest := np.abs(series).max(axis=1, initial=0.0)) > 0, largest, 1.0)
    last = np.where(last == 0, np.finfo(np.float64).eps * size, last)  # a zero far away
    matrices = np.zeros((len(series), degree, degree))
    matrices[:] = _COMPANION
    matrices[:, :, -1] -= series[:, :-1] / last[:, np.newaxis] * _SCALES
    return np.sort(np.linalg.eigvals(matrices[:, ::-1, ::-1]).astype(np.complex128), axis=1)


def apex_capacitance(apex: Peak | None, resistance: float | None, covered: float | None = 0.0) -> float | None:
    """C_cstr from the highest peak and what relaxes there.

    Args:
        apex: the peak.
        resistance: R_cstr in Ω·m².
        covered: what is left of it where the gap conducts like metal, Ω·m²; None: it is not known.

    Returns:
        F/m²; None without a peak or what relaxes.
    """
    if apex is None or resistance is None or covered is None or resistance == covered:
        return None
    return 1 / (2 * math.pi * apex.frequency * (resistance - covered))
