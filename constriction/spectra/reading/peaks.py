"""What of an arc stands apart from the electrolyte's arcs: its peaks of −Im Z."""

import math

import numpy as np

from constriction.laws.arrays import Complexes, Reals

# A peak of −Im Z_cstr stands apart from the electrolyte's if their frequencies differ by more than this factor. Those
# that a constriction shares with its electrolyte lie within 1.1 of it; where a gap makes another one, it lies beyond 4.
APART = 3.0


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
