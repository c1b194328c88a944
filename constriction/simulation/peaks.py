"""The peaks of −Im Z_cstr: which relaxations a constriction has, and how large each is (docs/physics.md#peaks)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from constriction.base.errors import InputError

type Impedance = Callable[[NDArray[np.float64]], NDArray[np.complex128]]

POINTS_PER_DECADE = 50
# Of the scan's points every fifth is computed, and polynomials through so many neighbours on either side, and through
# one less, give the rest. Where they differ by more than this part of a step's rise, these points are computed too,
# with so many beside them; where that would be more than a half of all, all are.
EVERY, HALF, SURE, MARGIN, MOST = 5, 5, 0.02, 1, 0.5
# A relaxation is never narrower than Debye's, 1.14 decades: a polynomial of this degree follows it over two
# steps of the scan to 1e-14.
DEGREE = 10
_NODES = chebyshev.chebpts1(DEGREE + 1)
# Values at the nodes times this are the coefficients of their interpolant.
_TO_SERIES = chebyshev.chebvander(_NODES, DEGREE) * (np.where(np.arange(DEGREE + 1), 2.0, 1.0) / (DEGREE + 1))
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
    """Find all peaks of −Im Z and share out the resistance among them.

    The range is scanned with 50 points per decade; where a fifth of them tell the others' order, these are not asked
    for. Every maximum, and the minimum between neighbours, is then
    found as the zero of the derivative of a Chebyshev interpolant. That is exact to about 1e-12 of ln f,
    where comparing values, as a minimisation does, ends near the square root of rounding, 1e-8.

    Args:
        impedance: Z (complex, Ω·m², e^{+iωt}) at an array of frequencies (Hz); smooth and cheap. Usually
            Z_cstr.
        lowest: lower end of the range, in Hz.
        highest: upper end of the range, in Hz.

    Returns:
        The peaks by rising frequency. Each takes Re Z(valley below) − Re Z(valley above); the outermost
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
    z = scan(impedance, x)
    maxima = _maxima(z)
    if maxima.size == 0:
        return ()
    minima = _minima_between(z, maxima)
    signs = np.repeat([1, -1], [maxima.size, minima.size])
    apexes, valleys = np.split(_extrema(impedance, x, np.concatenate([maxima, minima]), signs), [maxima.size])
    edges = np.concatenate([x[:1], valleys, x[-1:]])
    resistances = -np.diff(impedance(np.exp(edges)).real)
    return tuple(
        Peak(f, r, 1 / (2 * math.pi * f * r))
        for f, r in zip(np.exp(apexes).tolist(), resistances.tolist(), strict=True)
        if r > 0
    )


def main_peak(peaks: Sequence[Peak], impedance: Impedance) -> Peak | None:
    """Choose the peak with the largest −Im Z.

    Args:
        peaks: from `find_peaks`.
        impedance: the same function, Z in Ω·m² at frequencies in Hz.

    Returns:
        The highest peak, or None where there is none (no gap capacitance, full contact).
    """
    if not peaks:
        return None
    heights = -impedance(np.array([peak.frequency for peak in peaks])).imag
    return peaks[int(np.argmax(heights))]


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
    impedance: Impedance, x: NDArray[np.float64], where: NDArray[np.intp], signs: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Refine the maxima (sign 1) and minima (−1) of −Im Z near x[where]; x = ln f, evenly spaced."""
    step = x[1] - x[0]
    nodes = x[where][:, np.newaxis] + step * _NODES
    heights = -impedance(np.exp(nodes).ravel()).imag.reshape(nodes.shape)
    tops = [_top(row) for row in signs[:, np.newaxis] * heights @ _TO_SERIES]
    refined: NDArray[np.float64] = x[where] + step * np.array(tops)
    return refined


def _top(coefficients: NDArray[np.float64]) -> float:
    """Return t in [−1, 1] where the Chebyshev series is largest."""
    # Trailing coefficients are rounding; they would bring meaningless roots, but never a higher value.
    roots = chebyshev.chebroots(chebyshev.chebder(coefficients))
    inside = roots.real[(np.abs(roots.imag) < 1e-6) & (np.abs(roots.real) <= 1)]
    candidates = np.concatenate([inside, [-1.0, 1.0]]) if inside.size else np.array([-1.0, 0.0, 1.0])
    return float(candidates[np.argmax(chebyshev.chebval(candidates, coefficients))])


# --- the scan ---------------------------------------------------------------------------------------------------------


def scan(impedance: Impedance, x: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Z at e^x, (n,), so that all maxima and minima of −Im Z and the points beside them are computed.

    Between every fifth point, and all near the ends, polynomials give the rest. These are computed too wherever they
    might not follow each other as the polynomials say: near maxima, minima and shoulders.

    Args:
        impedance: Z (complex, Ω·m², e^{+iωt}) at an array of frequencies (Hz); smooth.
        x: ln f, evenly spaced, rising, (n,).

    Returns:
        (n,), in Ω·m²; the other points are right within a small part of the step to the next one.
    """
    n = x.size
    if n < 8 * EVERY * HALF:
        return impedance(np.exp(x))
    z = np.zeros(n, dtype=np.complex128)
    known = np.zeros(n, dtype=np.bool_)
    last = (n - 1) // EVERY * EVERY
    known[::EVERY] = known[: (HALF - 1) * EVERY] = known[last - (HALF - 1) * EVERY :] = True
    z[known] = impedance(np.exp(x[known]))
    guess = z.copy()
    doubt = _between(z[: last + 1 : EVERY], guess[(HALF - 1) * EVERY : last - (HALF - 1) * EVERY + 1])
    z[~known] = guess[~known]
    unsure = _unsure(-z.imag, (HALF - 1) * EVERY, doubt) & ~known
    if np.count_nonzero(unsure | known) > MOST * n:
        unsure = ~known
    if unsure.any():
        z[unsure] = impedance(np.exp(x[unsure]))
    return z


def _between(coarse: NDArray[np.complex128], fine: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Fill in what lies between coarse points that have HALF neighbours on either side.

    Args:
        coarse: every EVERY-th value, (m,).
        fine: the values from the HALF-th coarse point to the HALF-th last one, which are written, (k,).

    Returns:
        How much two polynomials differ in the imaginary part, (k,).
    """
    windows = np.lib.stride_tricks.sliding_window_view(coarse, 2 * HALF)
    high, low = _weights(HALF), _weights(HALF - 1)
    best = windows @ high
    doubt = np.abs(best.imag - windows[:, 1:-1].imag @ low)
    fine[:-1] = best.ravel()
    return np.append(doubt.ravel(), doubt[-1, -1])


@cache
def _weights(half: int) -> NDArray[np.float64]:
    """Lagrange's weights of 2·half points for the EVERY places from the middle left one on, (2·half, EVERY)."""
    nodes = np.arange(2 * half) - (half - 1.0)
    places = np.arange(EVERY) / EVERY
    return np.array([np.prod([(places - b) / (a - b) for b in nodes if b != a], axis=0) for a in nodes])


def _unsure(heights: NDArray[np.float64], start: int, doubt: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points may not follow their neighbours as the heights (n,) say; `doubt` of those from `start` on, (k,)."""
    inner = heights[start : start + doubt.size]
    rises = np.diff(inner)
    sure = (np.abs(rises) * SURE > np.maximum(doubt[:-1], doubt[1:])) & np.append(True, rises[1:] * rises[:-1] > 0)
    found = np.zeros(heights.size, dtype=np.bool_)
    found[start : start + doubt.size] = np.append(~sure, False) | np.append(False, ~sure)
    for _ in range(MARGIN):
        found[1:-1] |= found[:-2] | found[2:]
    return found
