"""Panels of impedance spectra (Nyquist, Bode, residuals), and the picture of one analysed spectrum, two columns wide.

Each panel is drawn on axes that are given, in a unit that is given, so that several pictures share them.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import MaxNLocator

from constriction.laws.arrays import Complexes
from constriction.view.charts.analysis import AnalysisPicture
from constriction.view.charts.curves import SpectrumCurve, common_unit, display_unit
from constriction.view.terminal.numbers import hertz
from constriction.view.writers.labels import new_layout, place_labels
from constriction.view.writers.lettering import legible, symbols, title_text
from constriction.view.writers.panels import bare, draw_bode, draw_distribution, draw_residuals
from constriction.view.writers.plots import (
    COLOURS,
    DOT,
    GREY,
    LEGEND,
    TWO_COLUMNS,
    WIDTH,
    draw_curve,
    draw_plane,
    head,
    journal_style,
    new_figure,
    save,
)

LINE = 130  # characters of a remark
# Left, bottom, width and height of the inset, as parts of its panel.
ZOOM = (0.52, 0.42, 0.46, 0.48)


def draw_picture(picture: AnalysisPicture, path: str | Path) -> None:
    """Draw and save the picture of one analysed spectrum.

    Args:
        picture: what is shown.
        path: file to write, `.png` (300 dpi) or `.pdf`; 174 mm wide.

    Raises:
        InputError: another suffix, curves of two units or none.
        StoreError: the file cannot be written.
    """
    save(picture_figure(picture), path)


def picture_figure(picture: AnalysisPicture) -> Figure:
    """Draw what `draw_picture` saves.

    Raises:
        InputError: curves of two units, or none.
    """
    scale, unit = common_unit(picture.curves)
    with journal_style():
        remarks = [line for remark in picture.remarks for line in textwrap.wrap(remark, LINE)]
        head = 0.45 + 0.13 * len(remarks)  # inches
        rows = 4 if picture.distribution else 3
        height = head + 1.30 * rows + 0.35
        figure = new_figure(TWO_COLUMNS, height)
        grid = GridSpec(rows, 2, figure, left=0.075, right=0.985, bottom=0.40 / height, top=1 - head / height)
        grid.update(hspace=0.55, wspace=0.22)
        bode = grid[:2, 1].subgridspec(2, 1, hspace=0.12)
        plane, modulus = figure.add_subplot(grid[:2, 0]), figure.add_subplot(bode[0])
        phase = figure.add_subplot(bode[1], sharex=modulus)
        draw_plane(plane, picture.curves, (scale, unit))
        _equal_limits(plane, np.concatenate([curve.spectrum.impedance * scale for curve in picture.curves]))
        bare(plane)
        plane.legend(ncols=4, handlelength=1.6, **LEGEND)
        if picture.zoom is not None:
            _draw_zoom(plane, picture.curves, picture.zoom, (scale, unit))
        draw_bode((modulus, phase), picture.curves, (scale, unit))
        places = [grid[2, 0], grid[3, 0]] if picture.distribution else [grid[2, 0], grid[2, 1]]
        tested = [figure.add_subplot(place) for place, _ in zip(places, picture.residuals, strict=False)]
        for axes, residuals in zip(tested, picture.residuals, strict=False):
            draw_residuals(axes, residuals)
        figure.align_ylabels([modulus, phase])
        figure.align_ylabels([plane, *tested])
        if picture.distribution:
            axes = figure.add_subplot(grid[2:, 1])
            draw_distribution(
                axes, picture.distribution, picture.processes, picture.relaxation_times, (scale * picture.scale, unit)
            )
        _head(figure, picture.title, remarks)
        _place_decades(plane, picture.curves, scale, figure.dpi)
    return figure


def bode(curves: Sequence[SpectrumCurve], path: str | Path, title: str = "") -> None:
    """Draw |Z| and −phase over frequency for one journal column (84 mm), and save it.

    Args:
        curves: what is drawn; all in one unit.
        path: file to write, `.png` (300 dpi) or `.pdf`.
        title: put above.

    Raises:
        InputError: curves of two units, or none; another suffix.
        StoreError: the file cannot be written.
    """
    with journal_style():
        figure = new_figure(WIDTH, WIDTH)
        grid = GridSpec(2, 1, figure, left=0.16, right=0.97, bottom=0.11, top=0.86, hspace=0.1)
        modulus = figure.add_subplot(grid[0])
        phase = figure.add_subplot(grid[1], sharex=modulus)
        draw_bode((modulus, phase), curves, common_unit(curves))
        figure.align_ylabels([modulus, phase])
        head(modulus, title)
    save(figure, path)


def _draw_zoom(axes: Axes, curves: Sequence[SpectrumCurve], right: float, unit: tuple[float, str]) -> None:
    """Show the arcs of a Nyquist panel larger, in its upper right corner, if they are small there and it is free.

    Args:
        axes: of the panel, with its final limits.
        curves: as on the panel.
        right: largest Re Z of the arcs, SI.
        unit: from `common_unit`.
    """
    scale, _ = unit
    if right * scale > 0.45 * axes.get_xlim()[1]:
        return
    z = np.concatenate([curve.spectrum.impedance * scale for curve in curves])
    places = axes.transAxes.inverted().transform(axes.transData.transform(np.column_stack([z.real, -z.imag])))
    if np.any((places > np.array(ZOOM[:2]) - 0.1).all(axis=1)):
        return
    inset = axes.inset_axes(ZOOM)
    own, name = display_unit(curves[0].spectrum.unit, right)
    for curve in curves:
        draw_curve(inset, curve.spectrum.impedance.real * own, -curve.spectrum.impedance.imag * own, curve, DOT)
    width = 1.1 * right * own
    inset.set_xlim(0, width)
    inset.set_ylim(0, width * ZOOM[3] / ZOOM[2] * axes.bbox.height / axes.bbox.width)
    for axis in (inset.xaxis, inset.yaxis):
        axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    inset.set_title(f"the arcs ({name})", fontsize=6.5, pad=2)
    inset.tick_params(labelsize=6)


def _place_decades(axes: Axes, curves: Sequence[SpectrumCurve], scale: float, dpi: float) -> None:
    """Mark the points of a Nyquist panel nearest to decades of frequency, where their names cover nothing.

    Args:
        axes: with its final limits.
        curves: as on the panel; points of the first one are marked.
        scale: from `common_unit`.
        dpi: of the figure.
    """
    f, z = curves[0].spectrum.frequency, curves[0].spectrum.impedance * scale
    found = []
    for power in range(math.floor(math.log10(f[0])), math.ceil(math.log10(f[-1])) - 1, -1):
        nearest = int(np.argmin(np.abs(np.log10(f) - power)))
        if abs(math.log10(f[nearest]) - power) < 0.06:  # half a step of eight points per decade
            found.append((float(z[nearest].real), -float(z[nearest].imag), hertz(10.0**power)))
    planes = (curve.spectrum.impedance * scale for curve in curves)
    lines = [np.column_stack([plane.real, -plane.imag]) for plane in planes]
    place_labels(new_layout(axes, dpi, lines), [], found, COLOURS[curves[0].colour])


def _equal_limits(axes: Axes, z: Complexes) -> None:
    """Set limits such that all of z is seen, zero of −Im Z is at the bottom unless z goes below, scales are equal."""
    box = axes.get_window_extent()
    left, right = float(z.real.min()), float(z.real.max())
    bottom, top = min(0.0, float((-z.imag).min())), max(0.0, float((-z.imag).max()))
    if left >= 0 and left < 0.35 * right:
        left = 0.0
    largest = float(np.abs(z).max()) or 1.0
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
    if bottom < 0:
        axes.axhline(0, color=GREY, lw=0.4, zorder=1)


def _head(figure: Figure, title: str, remarks: Sequence[str]) -> None:
    """Title and remarks in the upper left corner; a dollar sign is one, no formula."""
    height = figure.get_figheight()
    y = 1 - 0.05 / height
    font: dict[str, Any] = {"fontsize": 9, "fontweight": "bold"}
    figure.text(0.012, y, title_text(figure, title, 1, font), va="top", parse_math=False, **font)
    for number, remark in enumerate(remarks):
        figure.text(0.012, y - (0.18 + 0.13 * number) / height, symbols(legible(remark)), fontsize=7, va="top")
