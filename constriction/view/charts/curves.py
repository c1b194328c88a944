"""Spectra as curves of a picture: in which unit, smooth between their points, and where their decades are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.spectrum import EDGE_UNITS, Spectrum
from constriction.view.terminal.numbers import decimal_prefix, hertz

if TYPE_CHECKING:
    from constriction.simulation.result import Result

# Limits of height over width of the axes.
FLATTEST, TALLEST = 0.36, 0.85

type Named = tuple[float, float, str]


# Kinds of curves that are no lines, and their symbols.
POINTS = {"points": "circle", "hollow": "circle", "dots": "circle", "crosses": "cross"}


@dataclass(frozen=True, eq=False)
class SpectrumCurve:
    """One spectrum of a chart.

    Attributes:
        label: for the legend.
        spectrum: all curves of a chart have one unit.
        kind: "points" or "hollow" (measured), "dots" (outside the window), "crosses" (left out), "line" (a fit, many
            frequencies), "both" (simulated at the sweep's frequencies) or "reference" (dashed, grey).
        colour: one of `charts.PALETTE`, or "muted".
    """

    label: str
    spectrum: Spectrum
    kind: str = "points"
    colour: str = "c0"


def slab_name(film: bool) -> str:
    """What the electrolyte's own curve is called: in full contact a film adds to it."""
    return "electrolyte alone" if film else "full contact"


def common_unit(curves: Sequence[SpectrumCurve]) -> tuple[float, str]:
    """Return the factor from SI to the axis unit of all curves, and that unit's name.

    Raises:
        InputError: no curve, or two units.
    """
    units = sorted({curve.spectrum.unit for curve in curves})
    if len(units) != 1:
        raise InputError(f"a chart of spectra in {units}: expected one unit")
    return display_unit(units[0], max(float(np.abs(curve.spectrum.impedance).max()) for curve in curves))


def display_unit(unit: str, value: float) -> tuple[float, str]:
    """Return the factor from SI to an axis unit and that unit's name, such that ticks need few digits.

    Args:
        unit: of a spectrum.
        value: the largest one on the axis, SI, not negative.
    """
    edge = EDGE_UNITS[unit]
    largest = edge.factor * value
    if 0.1 <= largest < 1e4 or largest == 0:
        return edge.factor, edge.label
    size, prefix = decimal_prefix(largest)
    return edge.factor / size, prefix + edge.label


def _at(frequency: NDArray[np.float64], z: NDArray[np.complex128], x: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Return z (falling frequency) at x = log10 f, by a smooth curve through its points."""
    known, values = np.log10(frequency[::-1]), z[::-1]
    if frequency.size < 3:
        return np.interp(x, known, values)
    return akima(known, values.real, x) + 1j * akima(known, values.imag, x)


def akima(known: NDArray[np.float64], values: NDArray[np.float64], x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The modified Akima curve through at least three points, at x between the first and the last.

    It is local and does not overshoot beside flat stretches, so measured noise stays where it is: H. Akima, J. ACM 17
    (1970) 589, with weights that "makima" of SciPy has, too, whose import takes as long as a small simulation.

    Args:
        known: where the points are, rising.
        values: there.
        x: where the curve is asked for.
    """
    step = np.diff(known)
    slopes = np.diff(values) / step
    before, after = 2 * slopes[0] - slopes[1], 2 * slopes[-1] - slopes[-2]
    slopes = np.concatenate([[2 * before - slopes[0], before], slopes, [after, 2 * after - slopes[-1]]])
    turns = np.abs(np.diff(slopes)) + 0.5 * np.abs(slopes[1:] + slopes[:-1])
    left, right = turns[2:], turns[:-2]
    tangents, both = 0.5 * (slopes[3:] + slopes[:-3]), left + right
    bent = both > 1e-9 * both.max()
    tangents[bent] = ((left * slopes[1:-2] + right * slopes[2:-1]) / np.where(bent, both, 1.0))[bent]
    piece = np.clip(np.searchsorted(known, x, side="right") - 1, 0, len(step) - 1)
    h, s = step[piece], x - known[piece]
    start, end, slope = tangents[piece], tangents[piece + 1], slopes[2:-2][piece]
    bend, twist = (3 * slope - 2 * start - end) / h, (start + end - 2 * slope) / h**2
    curve: NDArray[np.float64] = values[piece] + s * (start + s * (bend + s * twist))
    return curve


def smooth(frequency: NDArray[np.float64], z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return z at many frequencies, so that ten points per decade look like the arc they sample."""
    known = np.log10(frequency[::-1])
    return _at(frequency, z, np.unique(np.concatenate([np.linspace(known[0], known[-1], 1500), known])))


def decades(frequency: NDArray[np.float64], z: NDArray[np.complex128]) -> list[Named]:
    """Return (x, y, name) at the powers of ten (Hz) inside the window, highest first."""
    low, high = math.log10(frequency[-1]), math.log10(frequency[0])
    powers = np.arange(math.floor(high + 1e-9), math.ceil(low - 1e-9) - 1, -1.0)
    at = _at(frequency, z, np.clip(powers, low, high))
    return [(float(here.real), -float(here.imag), hertz(10.0**n)) for n, here in zip(powers, at, strict=True)]


def peaks_seen(result: Result) -> list[tuple[float, complex]]:
    """Frequency in Hz and impedance of the peaks of a simulated case that lie in its sweep."""
    low, high = result.spectrum.window
    inside = (peak.frequency for peak in result.peaks if low <= peak.frequency <= high)
    return [(frequency, complex(result.impedance(frequency))) for frequency in inside]


class Window(NamedTuple):
    """The drawn part of the plane, in axis units: Re Z from `left` on, −Im Z from `bottom` on."""

    left: float
    bottom: float
    width: float
    height: float


def plane_window(z: NDArray[np.complex128]) -> Window:
    """Choose the part of the plane to draw: all points, room for labels, neither too flat nor too high."""
    left, right = float(z.real.min()), float(z.real.max())
    bottom, top = min(0.0, float(-z.imag.max())), max(0.0, float(-z.imag.min()))
    largest = float(np.abs(z).max()) or 1.0
    # A spectrum that is one point on paper is shown where it stands between 0 and its value.
    from_zero = left >= 0 and (left < 0.6 * right or max(right - left, top - bottom) < 1e-3 * largest)
    if from_zero:
        left = 0.0
    # Room for names: beside the low-frequency end and above the arcs.
    width = max(right - left, 0.02 * largest) * 1.16
    height = (top - bottom) * 1.22
    if height > TALLEST * width:
        more = height / TALLEST - width
        left, width = (0.0 if from_zero else left - more / 2), width + more
    elif not from_zero:
        left -= 0.04 * width
    height = max(height, FLATTEST * width)
    # Only inductive points need room below the axis.
    return Window(left, bottom * 1.1, width, height)
