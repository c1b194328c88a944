"""Pictures of a measured spectrum with the simulated one over it, drawn for two journal columns (174 mm)."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes

from constriction.compare.cell import Cell
from constriction.compare.differences import Overlay
from constriction.spectra.spectrum import Spectrum
from constriction.view.charts.charts import Chart
from constriction.view.charts.relaxation_charts import times_chart
from constriction.view.charts.spectra_charts import bode_chart, difference_chart, nyquist_chart, overlay_curves
from constriction.view.writers.journal import draw_panels, legend_entries
from constriction.view.writers.planes import draw_planes
from constriction.view.writers.plots import LEGEND, two_columns

HEIGHT = 64 / 25.4  # inches


def draw_overlay(path: Path, title: str, measured: Spectrum, overlay: Overlay, cell: Cell) -> None:
    """Draw Nyquist and Bode plots: measured points, simulated line, full contact dashed.

    Args:
        path: file to write, .png.
        title: put above.
        measured: the whole measured spectrum, Ω·m²; only the common window is drawn.
        overlay: tells the window and which points were left out.
        cell: gives the lines.

    Raises:
        StoreError: the file cannot be written.
    """
    curves = overlay_curves(measured, overlay, cell)
    with two_columns(path, title, HEIGHT) as figure:
        draw_planes(figure, nyquist_chart(curves), bode_chart(curves))


def draw_residuals(path: Path, title: str, overlay: Overlay, cell: Cell) -> None:
    """Draw (measured − simulated)/|simulated| of both parts over frequency.

    Args:
        path: file to write, .png.
        title: put above.
        overlay: of one measured spectrum.
        cell: tells the simulation's error bar, which is drawn with the measurement's noise as a band.

    Raises:
        StoreError: the file cannot be written.
    """
    _draw(path, title, difference_chart(overlay, cell))


def draw_relaxation_times(path: Path, title: str, overlay: Overlay, cell: Cell) -> None:
    """Draw the measurement's distribution of relaxation times, the simulated geometry's own beside it.

    Args:
        path: file to write, .png.
        title: put above.
        overlay: of one measured spectrum; without a distribution only the geometry's times are drawn.
        cell: gives the times.

    Raises:
        StoreError: the file cannot be written.
    """
    _draw(path, title, times_chart(overlay, cell))


def _draw(path: Path, title: str, chart: Chart) -> None:
    with two_columns(path, title, HEIGHT) as figure:
        axes = figure.add_subplot()
        draw_panels([axes], chart)
        _legend(axes)


def _legend(axes: Axes) -> None:
    handles, labels = legend_entries([axes])
    axes.legend(handles, labels, ncols=3, columnspacing=1.2, **LEGEND)
