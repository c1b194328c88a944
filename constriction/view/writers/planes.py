"""Nyquist plots as matplotlib draws them: charts with equal axes, one journal column wide or in a given frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator
from matplotlib.transforms import Bbox

from constriction.base.errors import InputError
from constriction.spectra.spectrum import Spectrum
from constriction.view.charts.charts import Chart, Panel
from constriction.view.charts.curves import SpectrumCurve, Window, plane_window
from constriction.view.charts.spectra_charts import nyquist_chart
from constriction.view.writers.journal import JOURNAL, draw_panels, legend_entries
from constriction.view.writers.labels import name_points
from constriction.view.writers.lettering import title_text
from constriction.view.writers.plots import GREY, LEGEND, TITLED_LEGEND, WIDTH, journal_style, new_figure, save


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
    curves = (
        SpectrumCurve("with constriction", spectrum, "both"),
        SpectrumCurve(reference_name, reference, "reference", "c1"),
    )
    chart = nyquist_chart(curves, marks)
    panel = chart.panels[0]
    window = plane_window(panel.places - 1j * panel.values)
    with journal_style():
        figure = new_figure(WIDTH, WIDTH)
        axes = figure.add_axes((0.15, 0.15, 0.8, 0.8))
        draw_panels([axes], chart)
        for line in axes.lines:
            line.set_clip_on(False)  # points on an edge are seen whole
        _frame(axes, window)
        _head(axes, title)
        _fit(figure, axes, window.height / window.width)
        name_points(axes, panel, figure.dpi, JOURNAL.colours)
    return figure


def draw_plane(axes: Axes, chart: Chart, columns: int = 4) -> None:
    """Draw a chart with equal axes, its legend above; `frame_plane` follows once the axes has its size.

    Args:
        axes: drawn on.
        chart: of one panel.
        columns: of the legend.
    """
    draw_panels([axes], chart)
    handles, labels = legend_entries([axes])
    axes.legend(handles, labels, ncols=columns, handlelength=1.6, **LEGEND)


def frame_plane(axes: Axes, panel: Panel) -> None:
    """Set limits such that all is seen, zero of −Im Z is at the bottom unless a point is below, scales are equal.

    Args:
        axes: from `draw_plane`, with its final size.
        panel: the chart's.
    """
    _limit(axes, panel)
    if axes.get_ylim()[0] < 0:
        axes.axhline(0, color=GREY, lw=0.4, zorder=1)


def _limit(axes: Axes, panel: Panel) -> None:
    """Set the limits of `frame_plane`."""
    box = axes.get_window_extent()
    x, y = panel.places, panel.values
    left, right = float(x.min()), float(x.max())
    bottom, top = min(0.0, float(y.min())), max(0.0, float(y.max()))
    if left >= 0 and left < 0.35 * right:
        left = 0.0
    largest = math.hypot(max(abs(left), abs(right)), max(abs(bottom), abs(top))) or 1.0
    bottom *= 1.1
    width, height = max(right - left, 1e-3 * largest) * 1.1, max(1.12 * top - bottom, 1e-3 * largest)
    step = max(width / box.width, height / box.height)  # per pixel
    more = step * box.width - width
    margin = 0.0 if left == 0.0 else 0.05 * width
    left -= margin + (0.0 if left == 0.0 else more / 2)
    axes.set_xlim(left, left + step * box.width)
    axes.set_ylim(bottom, bottom + step * box.height)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))


def draw_planes(figure: Figure, nyquist: Chart, beside: Chart) -> tuple[Axes, Axes, Axes]:
    """Draw a Nyquist plot, at its right a chart of two panels over frequency; the layout stays from here on."""
    grid = figure.add_gridspec(2, 2, width_ratios=(1.4, 1), wspace=0.06, hspace=0.08)
    plane = figure.add_subplot(grid[:, 0])
    upper = figure.add_subplot(grid[0, 1])
    lower = figure.add_subplot(grid[1, 1], sharex=upper)
    draw_plane(plane, nyquist, 2)
    draw_panels([upper, lower], beside)
    figure.draw_without_rendering()
    _limit(plane, nyquist.panels[0])
    figure.draw_without_rendering()  # numbers of other limits may be longer, and push the name of the axis out
    figure.set_layout_engine("none")
    frame_plane(plane, nyquist.panels[0])
    name_points(plane, nyquist.panels[0], figure.dpi, JOURNAL.colours)
    return plane, upper, lower


def _check(spectrum: Spectrum, reference: Spectrum, marks: Sequence[tuple[float, complex]]) -> None:
    if spectrum.unit != reference.unit:
        raise InputError(f"nyquist: spectrum in {spectrum.unit!r}, reference in {reference.unit!r}; expected one unit")
    for f, z in marks:
        if not (math.isfinite(f) and f > 0 and math.isfinite(abs(z))):
            raise InputError(f"nyquist: mark at {f!r} Hz, Z = {z!r}: expected finite numbers and a positive frequency")


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


def _head(axes: Axes, title: str) -> None:
    """Put title and legend above the axes, where nothing is drawn."""
    handles, labels = legend_entries([axes])
    legend = axes.legend(handles, labels, ncols=2, handlelength=2.2, **TITLED_LEGEND)
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
