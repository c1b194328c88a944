"""A scan of −Im Z over many points of which only some are computed: the others' order is known without.

Every fifth point and all near the ends are computed, and polynomials through the neighbours give the rest. These are
computed too wherever they might not follow each other as the polynomials say, which is near maxima, minima and
shoulders: there two polynomials of different degree differ by more than a small part of a step's rise.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

type Impedance = Callable[[NDArray[np.float64]], NDArray[np.complex128]]

EVERY = 5  # points
HALF = 5  # neighbours on either side that a polynomial goes through; the other one takes one less
SURE = 0.02  # of a step's rise: the polynomials' difference below which the rise has the sign that they give
MARGIN = 1  # further points beside those that are not sure
MOST = 0.5  # of all points: where more are to be computed, all are


def scan(impedance: Impedance, x: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Z at e^x, (n,), so that all maxima and minima of −Im Z and the points beside them are computed.

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
