"""Pictures of spectra, drawn for one journal column (84 mm)."""

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator

from constriction.base.errors import InputError
from constriction.base.files import telling_where
from constriction.spectra.spectrum import EDGE_UNITS, Spectrum
from constriction.view.charts.labels import Named, decimal_prefix, hertz, new_layout, place_labels
from constriction.view.writers.fonts import families, legible

WIDTH = 84 / 25.4
DPI = 300
TITLE_COLUMNS, TITLE_LINES, TITLE_SHARE = (50, 40, 32, 25, 20), 6, 0.82  # as many letters a line as fit that width
# Okabe-Ito, told apart by the colour-blind and, by line style, in grey.
BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#555555"
STYLE = {
    "font.family": list(families()),
    "font.size": 7,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.0,
    "pdf.fonttype": 42,
}
# Without dates and version numbers the same spectrum gives the same bytes.
METADATA: dict[str, dict[str, str | None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
# Limits of height over width of the axes.
FLATTEST, TALLEST = 0.36, 0.85


class Window(NamedTuple):
    """The drawn part of the plane, in axis units: Re Z from `left` on, −Im Z from `bottom` on."""

    left: float
    bottom: float
    width: float
    height: float


def nyquist(
    spectrum: Spectrum,
    reference: Spectrum,
    marks: Sequence[tuple[float, complex]],
    path: str | Path,
    title: str = "",
) -> None:
    """Draw −Im Z over Re Z, with equal axes, and save it.

    Args:
        spectrum: the measured window, drawn as points on a line; decades of its frequency are marked.
        reference: the same slab in full contact, drawn as a dashed line. Same unit as `spectrum`.
        marks: (frequency in Hz, Z in SI of the spectrum's unit) of peaks to be named; hollow outside the
            window.
        path: file to write, `.png` (300 dpi) or `.pdf`; 84 mm wide, the height follows from the spectrum.
        title: put above the picture, wrapped.

    Raises:
        InputError: another suffix, two units, a mark that is not finite.
        StoreError: the file cannot be written.
    """
    check_suffix(path)
    save(nyquist_figure(spectrum, reference, marks, title), path)


def check_suffix(path: str | Path) -> str:
    """Return the suffix of a picture in small letters.

    Raises:
        InputError: it is neither .png nor .pdf.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in METADATA:
        raise InputError(f"{path}: suffix {Path(path).suffix!r}, expected .png or .pdf")
    return suffix


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure in its own size, the same bytes for the same content.

    Args:
        figure: finished.
        path: file to write, `.png` (300 dpi) or `.pdf`.

    Raises:
        InputError: another suffix.
        StoreError: the file cannot be written.
    """
    suffix = check_suffix(path)
    with matplotlib.style.context(["default", STYLE]):
        with telling_where(path):
            figure.savefig(path, dpi=DPI, metadata=METADATA[suffix])


def nyquist_figure(
    spectrum: Spectrum, reference: Spectrum, marks: Sequence[tuple[float, complex]], title: str = ""
) -> Figure:
    """Draw what `nyquist` saves.

    Args:
        spectrum: as in `nyquist`.
        reference: as in `nyquist`.
        marks: as in `nyquist`.
        title: as in `nyquist`.

    Returns:
        A figure of one axes, in Ω·cm² (Ω, Ω·cm), with a decimal prefix where numbers are large or small.

    Raises:
        InputError: two units, a mark that is not finite.
    """
    _check(spectrum, reference, marks)
    scale, unit = _display_unit(spectrum, reference, marks)
    curves = [smooth(s.frequency, s.impedance * scale) for s in (spectrum, reference)]
    named = [(f, complex(z) * scale) for f, z in marks]
    window = _window(np.concatenate([*curves, np.array([z for _, z in named], dtype=complex)]))
    with matplotlib.style.context(["default", STYLE]):
        figure = Figure(figsize=(WIDTH, WIDTH), dpi=DPI)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.15, 0.15, 0.8, 0.8))
        _draw_curves(axes, spectrum.impedance * scale, curves, window.width)
        _draw_marks(axes, spectrum.frequency, named)
        _frame(axes, window, unit)
        head(axes, title)
        _fit(figure, axes, window.height / window.width)
        lines = [np.column_stack([curve.real, -curve.imag]) for curve in curves]
        peaks = [(z.real, -z.imag, hertz(f)) for f, z in named]
        named_decades = decades(spectrum.frequency, spectrum.impedance * scale)
        place_labels(new_layout(axes, figure.dpi, lines), peaks, named_decades, BLUE)
    return figure


def _check(spectrum: Spectrum, reference: Spectrum, marks: Sequence[tuple[float, complex]]) -> None:
    if spectrum.unit != reference.unit:
        raise InputError(f"nyquist: spectrum in {spectrum.unit!r}, reference in {reference.unit!r}; expected one unit")
    for f, z in marks:
        if not (math.isfinite(f) and f > 0 and math.isfinite(abs(z))):
            raise InputError(f"nyquist: mark at {f!r} Hz, Z = {z!r}: expected finite numbers and a positive frequency")


def _display_unit(spectrum: Spectrum, reference: Spectrum, marks: Sequence[tuple[float, complex]]) -> tuple[float, str]:
    """Return the factor from SI to the axis unit and that unit's name, such that ticks need few digits."""
    values = (np.abs(spectrum.impedance).max(), np.abs(reference.impedance).max(), *(abs(z) for _, z in marks))
    return display_unit(spectrum.unit, float(max(values)))


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
    # Modified Akima: local, without overshoot beside flat stretches, so measured noise stays where it is.
    parts = np.column_stack([values.real, values.imag])
    real, imaginary = Akima1DInterpolator(known, parts, method="makima")(x).T
    smooth: NDArray[np.complex128] = real + 1j * imaginary
    return smooth


def smooth(frequency: NDArray[np.float64], z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Return z at many frequencies, so that ten points per decade look like the arc they sample."""
    known = np.log10(frequency[::-1])
    return _at(frequency, z, np.unique(np.concatenate([np.linspace(known[0], known[-1], 1500), known])))


def decades(frequency: NDArray[np.float64], z: NDArray[np.complex128]) -> list[Named]:
    """Return (x, y, name) at the powers of ten inside the window, highest first."""
    low, high = math.log10(frequency[-1]), math.log10(frequency[0])
    powers = np.arange(math.floor(high + 1e-9), math.ceil(low - 1e-9) - 1, -1.0)
    at = _at(frequency, z, np.clip(powers, low, high))
    return [(float(here.real), -float(here.imag), hertz(10.0**n)) for n, here in zip(powers, at, strict=True)]


def _window(z: NDArray[np.complex128]) -> Window:
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


def _draw_curves(axes: Axes, z: NDArray[np.complex128], curves: list[NDArray[np.complex128]], width: float) -> None:
    curve, reference = curves
    axes.plot(curve.real, -curve.imag, color=BLUE, zorder=3, clip_on=False)
    axes.plot(z.real, -z.imag, "o", color=BLUE, ms=2.2, mew=0, zorder=3.2, clip_on=False)
    axes.plot([], [], "o-", color=BLUE, ms=2.2, mew=0, label="with constriction")
    (dashed,) = axes.plot(reference.real, -reference.imag, color=VERMILION, zorder=3.1, clip_on=False)
    dashed.set(linestyle=(0, (3.5, 1.5)), label="full contact")
    if np.ptp(reference.real) + np.ptp(reference.imag) < 0.01 * width:
        # A line as short as a dot would not be seen.
        dashed.set(marker="s", markersize=4.4, markerfacecolor="none", linestyle="", zorder=4.5)
        dashed.set_data(reference.real[:1], -reference.imag[:1])


def _draw_marks(axes: Axes, frequency: NDArray[np.float64], named: list[tuple[float, complex]]) -> None:
    """Draw a diamond for each peak, hollow outside the window."""
    kinds = (("constriction peak", "black", True), ("peak outside the window", "white", False))
    for label, fill, inside in kinds:
        z = np.array([z for f, z in named if (frequency[-1] <= f <= frequency[0]) == inside], dtype=complex)
        if z.size:
            (diamonds,) = axes.plot(z.real, -z.imag, "D", color="black", ms=3.4, mew=0.7, zorder=5, clip_on=False)
            diamonds.set(markerfacecolor=fill, label=label)


def _frame(axes: Axes, window: Window, unit: str) -> None:
    axes.set_xlim(window.left, window.left + window.width)
    axes.set_ylim(window.bottom, window.bottom + window.height)
    # One step on both axes: equal distances read as equal impedances.
    step = _nice(window.width / 7)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.yaxis.set_major_locator(MultipleLocator(step if window.height > 2 * step else step / 2))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{float(f'{value:.7g}'):.7g}".replace("-", "−"))
    if window.bottom < 0:
        axes.axhline(0, color=GREY, lw=0.4, zorder=1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel(f"Re Z  ({unit})", labelpad=2, fontsize=8)
    axes.set_ylabel(f"−Im Z  ({unit})", labelpad=2, fontsize=8)


def _nice(step: float) -> float:
    """Return the smallest of 1, 2, 5, 10 × 10ⁿ that is not below `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= step * (1 - 1e-9))


def head(axes: Axes, title: str) -> None:
    """Put title and legend above the axes, where nothing is drawn."""
    legend = axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        frameon=False,
        fontsize=6.5,
        handlelength=2.2,
        handletextpad=0.5,
        columnspacing=1.2,
        borderpad=0,
        borderaxespad=0.5,
        alignment="left",
    )
    # A dollar sign in a title is a dollar sign, no formula.
    if title:
        words = legend.get_title()
        words.set(fontsize=8, parse_math=False)
        for columns in TITLE_COLUMNS:
            lines = textwrap.wrap(title, columns, max_lines=TITLE_LINES, placeholder=" …")
            legend.set_title("\n".join(map(legible, lines)))
            if words.get_window_extent().width <= TITLE_SHARE * axes.figure.bbox.width:
                break


def _fit(figure: Figure, axes: Axes, shape: float) -> None:
    """Give the axes the column's width but what its names need, and the figure the height that follows.

    Args:
        figure: of width WIDTH; its height is set.
        axes: the only one.
        shape: height over width of the axes.
    """
    air = 1.5 / 72
    # Narrower axes do not change the ticks, but a legend may stick out further: two more rounds settle it.
    for _ in range(3):
        inner = axes.get_window_extent()
        outer = Bbox.union([inner, *(box for box in (axes.get_tightbbox(),) if box is not None)])
        left, right = (inner.x0 - outer.x0) / figure.dpi + air, (outer.x1 - inner.x1) / figure.dpi + air
        below, above = (inner.y0 - outer.y0) / figure.dpi + air, (outer.y1 - inner.y1) / figure.dpi + air
        width = WIDTH - left - right
        height = width * shape + below + above
        figure.set_size_inches(WIDTH, height)
        axes.set_position((left / WIDTH, below / height, width / WIDTH, width * shape / height))
