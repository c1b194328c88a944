"""Pictures of a measured spectrum with the simulated one over it, drawn for two journal columns (174 mm)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from constriction.compare.cell import Cell
from constriction.compare.differences import Overlay
from constriction.simulation.network.times import RelaxationTimes
from constriction.spectra.spectrum import EDGE_UNITS, Spectrum
from constriction.view.charts.curves import common_unit
from constriction.view.charts.spectra_charts import difference_chart, overlay_curves
from constriction.view.writers.journal import draw_panels
from constriction.view.writers.lettering import plain, title_text
from constriction.view.writers.panels import decade_ticks, draw_bode
from constriction.view.writers.plots import (
    BLUE,
    GREY,
    LEGEND,
    TWO_COLUMNS,
    VERMILION,
    draw_plane,
    journal_style,
    new_figure,
    save,
)

UNIT = EDGE_UNITS["ohm m2"]
SMALL = 2.6  # pt, measured points
# Relaxation times below this part of the largest resistance are not drawn; so many decades beyond the window are.
SMALLEST_STEM, BEYOND = 2e-3, 1.5


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
    unit = common_unit(curves)
    with _figure(path, title, 64 / 25.4) as figure:
        grid = figure.add_gridspec(2, 2, width_ratios=(1.4, 1), wspace=0.06, hspace=0.08)
        plane = figure.add_subplot(grid[:, 0])
        modulus = figure.add_subplot(grid[0, 1])
        phase = figure.add_subplot(grid[1, 1], sharex=modulus)
        draw_plane(plane, curves, unit, SMALL)
        plane.axhline(0, color=GREY, lw=0.4, zorder=0)
        plane.margins(y=0.1)
        plane.legend(**LEGEND | {"loc": "upper right", "bbox_to_anchor": None}, ncols=2, columnspacing=1.2)
        draw_bode((modulus, phase), curves, unit, SMALL)
        figure.align_ylabels([modulus, phase])
        _equal_axes(figure, plane)


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
    with _figure(path, title, 55 / 25.4) as figure:
        axes = figure.add_subplot()
        draw_panels([axes], difference_chart(overlay, cell))
        _legend(axes, 3)


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
    constriction, electrolyte = cell.times()
    low, high = (1 / (2 * math.pi * f) for f in reversed(overlay.window))
    ends = low / 10**BEYOND, high * 10**BEYOND
    with _figure(path, title, 62 / 25.4) as figure:
        axes = figure.add_subplot()
        axes.axvspan(low, high, color=GREY, alpha=0.08, lw=0)
        if (found := overlay.distribution) is not None:
            gamma, label = UNIT.factor * found.gamma, f"measured, λ = {plain(float(f'{found.regularisation:.2g}'))}"
            axes.fill_between(found.tau, gamma, color=BLUE, alpha=0.15, lw=0)
            axes.plot(found.tau, gamma, color=BLUE, label=label)
        stems = axes.twinx()
        words = "exact times" if constriction.exact else "where the gap's |s|·time = 1"
        highest = UNIT.factor * max(constriction.resistances.max(initial=0.0), electrolyte.resistances.max())
        _stems(stems, electrolyte, highest, (GREY, "s", "simulated electrolyte"))
        if constriction.times.size:
            _stems(stems, constriction, highest, (VERMILION, "o", f"simulated geometry: {words}"))
        axes.set_xscale("log")
        axes.set_xlim(*ends)
        decade_ticks(axes)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("relaxation time  (s);  shaded: measured window")
        axes.set_ylabel(f"γ per ln τ  ({UNIT.label})")
        stems.set_ylim(0, 1.08 * highest)
        stems.set_ylabel(f"R of each time  ({UNIT.label})")
        axes.spines["top"].set_visible(False)
        stems.spines["top"].set_visible(False)
        _legend(axes, 3, stems)


@contextmanager
def _figure(path: Path, title: str, height: float) -> Iterator[Figure]:
    """Give a figure to draw on, and save it."""
    with journal_style():
        figure = new_figure(TWO_COLUMNS, height, layout="constrained")
        # A dollar sign in a file's name is a dollar sign, no formula.
        figure.suptitle(title_text(figure, title, 3), fontsize=8, x=0.01, ha="left").set_parse_math(False)
        yield figure
    save(figure, path)


def _equal_axes(figure: Figure, axes: Axes) -> None:
    """Give both axes one scale: what is not needed stays free above, where the names stand, or on the right."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # from here on the box stays as it is
    box = axes.get_window_extent()
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    width = max(right - left, (top - bottom) * box.width / box.height)
    axes.set_xlim(left, left + width)
    axes.set_ylim(bottom, bottom + width * box.height / box.width)
    # One step on both axes: equal distances read as equal impedances.
    axes.yaxis.set_major_locator(MultipleLocator(float(np.diff(axes.get_xticks())[0])))


def _stems(axes: Axes, times: RelaxationTimes, highest: float, look: tuple[str, str, str]) -> None:
    color, marker, label = look
    heights = UNIT.factor * times.resistances
    drawn = heights > SMALLEST_STEM * highest
    axes.vlines(times.times[drawn], 0, heights[drawn], color=color, lw=1.0)
    axes.plot(times.times[drawn], heights[drawn], marker, color=color, ms=3, mew=0, linestyle="", label=label)


def _legend(axes: Axes, columns: int, *twins: Axes) -> None:
    """Put the names of what is drawn on an axes, and on others that share its place, above it."""
    named = [pair for one in (axes, *twins) for pair in zip(*one.get_legend_handles_labels(), strict=True)]
    axes.legend(
        [handle for handle, _ in named], [label for _, label in named], ncols=columns, columnspacing=1.2, **LEGEND
    )
