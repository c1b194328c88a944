"""Pictures of spectra, drawn for one journal column (84 mm)."""

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.base.files import telling_where
from constriction.spectra.spectrum import Spectrum
from constriction.view.charts.curves import SpectrumCurve, Window, decades, display_unit, plane_window, smooth
from constriction.view.terminal.numbers import hertz
from constriction.view.writers.labels import new_layout, place_labels
from constriction.view.writers.lettering import families, title_text

WIDTH, TWO_COLUMNS = 84 / 25.4, 174 / 25.4  # inches of one and of two columns of a journal
DPI = 300
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
# As charts name colours and kinds of curves.
COLOURS = {"c0": BLUE, "c1": VERMILION, "c2": "black", "muted": GREY}
LINES: dict[str, str | tuple[int, tuple[float, float]]] = {"line": "-", "both": "-", "reference": (0, (3.5, 1.5))}
MARKERS = {"points": "o", "hollow": "o", "dots": ".", "crosses": "x", "both": "o"}
DOT, LABEL = 3.7, 7.5  # pt
LEGEND: dict[str, Any] = {  # above the axes, where nothing is drawn
    "loc": "lower left",
    "bbox_to_anchor": (0, 1),
    "frameon": False,
    "fontsize": 6.5,
    "borderpad": 0,
}

TITLED_LEGEND = LEGEND | {"handletextpad": 0.5, "columnspacing": 1.2, "borderaxespad": 0.5, "alignment": "left"}


def nyquist(
    spectrum: Spectrum,
    reference: Spectrum,
    marks: Sequence[tuple[float, complex]],
    path: str | Path,
    title: str = "",
    reference_name: str = "full contact",
) -> None:
    """Draw −Im Z over Re Z, with equal axes, and save it.

    Args:
        spectrum: the measured window, drawn as points on a line; decades of its frequency are marked.
        reference: the same slab in full contact, drawn as a dashed line. Same unit as `spectrum`.
        marks: (frequency in Hz, Z in SI of the spectrum's unit) of peaks to be named; hollow outside the
            window.
        path: file to write, `.png` (300 dpi) or `.pdf`; 84 mm wide, the height follows from the spectrum.
        title: put above the picture, wrapped.
        reference_name: in the legend.

    Raises:
        InputError: another suffix, two units, a mark that is not finite.
        StoreError: the file cannot be written.
    """
    save(nyquist_figure(spectrum, reference, marks, title, reference_name), path)


def journal_style() -> AbstractContextManager[None]:
    """In which every picture for a journal is drawn and saved."""
    return matplotlib.style.context(["default", STYLE])


def new_figure(width: float, height: float, dpi: int = DPI, layout: Literal["constrained"] | None = None) -> Figure:
    """An empty figure; width and height in inches (25.4 mm)."""
    figure = Figure(figsize=(width, height), dpi=dpi, layout=layout)
    FigureCanvasAgg(figure)
    return figure


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
    with journal_style(), telling_where(path):
        figure.savefig(path, dpi=DPI, metadata=METADATA[suffix])


def nyquist_figure(
    spectrum: Spectrum,
    reference: Spectrum,
    marks: Sequence[tuple[float, complex]],
    title: str = "",
    reference_name: str = "full contact",
) -> Figure:
    """Draw what `nyquist` saves.

    Args:
        spectrum: as in `nyquist`.
        reference: as in `nyquist`.
        marks: as in `nyquist`.
        title: as in `nyquist`.
        reference_name: as in `nyquist`.

    Returns:
        A figure of one axes, in Ω·cm² (Ω, Ω·cm), with a decimal prefix where numbers are large or small.

    Raises:
        InputError: two units, a mark that is not finite.
    """
    _check(spectrum, reference, marks)
    marked = np.array([z for _, z in marks], dtype=complex)
    largest = np.abs(np.concatenate([spectrum.impedance, reference.impedance, marked])).max()
    scale, unit = display_unit(spectrum.unit, float(largest))
    curves = [smooth(s.frequency, s.impedance * scale) for s in (spectrum, reference)]
    named = [(f, complex(z) * scale) for f, z in marks]
    window = plane_window(np.concatenate([*curves, marked * scale]))
    with journal_style():
        figure = new_figure(WIDTH, WIDTH)
        axes = figure.add_axes((0.15, 0.15, 0.8, 0.8))
        draw_plane(axes, [], (scale, unit), label=8)
        _draw_curves(axes, spectrum.impedance * scale, curves, window.width).set_label(reference_name)
        _draw_marks(axes, spectrum.frequency, named)
        _frame(axes, window)
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


def _draw_curves(axes: Axes, z: NDArray[np.complex128], curves: list[NDArray[np.complex128]], width: float) -> Line2D:
    """Draw both curves; returns the reference's line."""
    curve, reference = curves
    axes.plot(curve.real, -curve.imag, color=BLUE, zorder=3, clip_on=False)
    axes.plot(z.real, -z.imag, "o", color=BLUE, ms=2.2, mew=0, zorder=3.2, clip_on=False)
    axes.plot([], [], "o-", color=BLUE, ms=2.2, mew=0, label="with constriction")
    (dashed,) = axes.plot(reference.real, -reference.imag, color=VERMILION, zorder=3.1, clip_on=False)
    dashed.set(linestyle=(0, (3.5, 1.5)))
    if np.ptp(reference.real) + np.ptp(reference.imag) < 0.01 * width:
        # A line as short as a dot would not be seen.
        dashed.set(marker="s", markersize=4.4, markerfacecolor="none", linestyle="", zorder=4.5)
        dashed.set_data(reference.real[:1], -reference.imag[:1])
    return dashed


def _draw_marks(axes: Axes, frequency: NDArray[np.float64], named: list[tuple[float, complex]]) -> None:
    """Draw a diamond for each peak, hollow outside the window."""
    kinds = (("constriction peak", "black", True), ("peak outside the window", "white", False))
    for label, fill, inside in kinds:
        z = np.array([z for f, z in named if (frequency[-1] <= f <= frequency[0]) == inside], dtype=complex)
        if z.size:
            (diamonds,) = axes.plot(z.real, -z.imag, "D", color="black", ms=3.4, mew=0.7, zorder=5, clip_on=False)
            diamonds.set(markerfacecolor=fill, label=label)


def _frame(axes: Axes, window: Window) -> None:
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


def _nice(step: float) -> float:
    """Return the smallest of 1, 2, 5, 10 × 10ⁿ that is not below `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= step * (1 - 1e-9))


def head(axes: Axes, title: str) -> None:
    """Put title and legend above the axes, where nothing is drawn."""
    legend = axes.legend(ncols=2, handlelength=2.2, **TITLED_LEGEND)
    if title:
        legend.get_title().set(fontsize=8, parse_math=False)
        legend.set_title(title_text(axes.figure, title))


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


def draw_plane(
    axes: Axes, curves: Sequence[SpectrumCurve], unit: tuple[float, str], dot: float = DOT, label: float = LABEL
) -> None:
    """Draw −Im Z over Re Z and name the axes; limits and legend are the picture's own.

    Args:
        axes: drawn on.
        curves: of one unit, from below.
        unit: from `curves.common_unit`.
        dot: size of filled points, pt.
        label: size of the axes' names, pt.
    """
    scale, name = unit
    for curve in curves:
        z = curve.spectrum.impedance * scale
        draw_curve(axes, z.real, -z.imag, curve, dot)
    axes.set_xlabel(f"Re Z  ({name})", labelpad=2, fontsize=label)
    axes.set_ylabel(f"−Im Z  ({name})", labelpad=2, fontsize=label)
    axes.spines[["top", "right"]].set_visible(False)


def draw_curve(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64], curve: SpectrumCurve, dot: float) -> None:
    """Draw one curve as its kind and colour want it, above those before it; filled points have size `dot`."""
    filled = curve.kind in ("points", "both")
    axes.plot(
        x,
        y,
        linestyle=LINES.get(curve.kind, ""),
        marker=MARKERS.get(curve.kind, ""),
        color=COLOURS[curve.colour],
        markersize=dot if filled else 3.0,
        markeredgewidth=0.0 if filled else 0.7,
        markerfacecolor="white" if curve.kind == "hollow" else COLOURS[curve.colour],
        label=curve.label or None,
        zorder=3,
    )
