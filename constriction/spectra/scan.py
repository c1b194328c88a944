"""Impedances over a wide range of frequencies: computed where −Im Z turns, between by polynomials elsewhere."""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

# Of the scan's points every fifth is computed, and polynomials through so many neighbours on either side, and through
# one less, give the rest. Where they differ by more than this part of a step's rise, these points are computed too,
# with so many beside them; where that would be more than a half of all, all are.
EVERY, HALF, SURE, MARGIN, MOST = 5, 5, 0.02, 1, 0.5

type Frequencies = list[NDArray[np.float64]]
type Impedances = Callable[[Frequencies], list[NDArray[np.complex128]]]
"""Z of each of several at its own frequencies."""


def scan(impedances: Impedances, x: NDArray[np.float64], count: int) -> NDArray[np.complex128]:
    """Z of each at e^x, (count, n), so that all maxima and minima of −Im Z and the points beside them are computed.

    Between every fifth point, and all near the ends, polynomials give the rest. These are computed too wherever they
    might not follow each other as the polynomials say: near maxima, minima and shoulders.

    Args:
        impedances: Z (complex, Ω·m², e^{+iωt}) of each at its array of frequencies (Hz), which may be empty; smooth.
        x: ln f, evenly spaced, rising, (n,).
        count: of impedances.

    Returns:
        (count, n), in Ω·m²; the other points are right within a small part of the step to the next one.
    """
    n = x.size
    known = np.zeros(n, dtype=np.bool_)
    last = (n - 1) // EVERY * EVERY
    known[::EVERY] = known[: (HALF - 1) * EVERY] = known[last - (HALF - 1) * EVERY :] = True
    if n < 8 * EVERY * HALF:
        known[:] = True
    z = np.zeros((count, n), dtype=np.complex128)
    z[:, known] = impedances([np.exp(x[known])] * count)
    if known.all():
        return z
    unsure = np.array([_filled(row, known) for row in z])
    found = impedances([np.exp(x[some]) for some in unsure])
    for row, some, values in zip(z, unsure, found, strict=True):
        row[some] = values
    return z


def _filled(z: NDArray[np.complex128], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill in what is not known of Z (n,), in place; which of that polynomials do not tell, (n,)."""
    last = (z.size - 1) // EVERY * EVERY
    guess = z.copy()
    doubt = _between(z[: last + 1 : EVERY], guess[(HALF - 1) * EVERY : last - (HALF - 1) * EVERY + 1])
    z[~known] = guess[~known]
    unsure = _unsure(-z.imag, (HALF - 1) * EVERY, doubt) & ~known
    return ~known if np.count_nonzero(unsure | known) > MOST * z.size else unsure


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
