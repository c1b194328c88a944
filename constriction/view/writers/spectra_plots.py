"""The picture of one analysed spectrum, two columns wide (174 mm)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.ticker import MaxNLocator

from constriction.view.charts.charts import Chart, Panel
from constriction.view.charts.curves import common_unit, display_unit
from constriction.view.charts.fits import AnalysisPicture
from constriction.view.charts.relaxation_charts import processes_chart
from constriction.view.charts.spectra_charts import Residuals, bode_chart, nyquist_chart, residual_chart
from constriction.view.writers.journal import JOURNAL, draw_panels, draw_series, legend_entries
from constriction.view.writers.labels import name_points
from constriction.view.writers.lettering import legible, symbols, title_text
from constriction.view.writers.planes import draw_plane, frame_plane
from constriction.view.writers.plots import LEGEND, TWO_COLUMNS, journal_style, new_figure, save

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
    nyquist = nyquist_chart(picture.curves)
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
        draw_plane(plane, nyquist)
        frame_plane(plane, nyquist.panels[0])
        if picture.zoom is not None:
            _draw_zoom(plane, picture, nyquist.panels[0], scale)
        draw_panels([modulus, phase], bode_chart(picture.curves))
        places = [grid[2, 0], grid[3, 0]] if picture.distribution else [grid[2, 0], grid[2, 1]]
        tested = [figure.add_subplot(place) for place in places[: len(picture.residuals)]]
        for axes, part in zip(tested, picture.residuals, strict=True):
            _draw_residuals(axes, part)
        figure.align_ylabels([plane, *tested])
        if picture.distribution:
            drt = processes_chart(picture.distribution, picture.processes, (scale * picture.scale, unit))
            _draw_one(figure.add_subplot(grid[2:, 1]), drt)
        _head(figure, picture.title, remarks)
        name_points(plane, nyquist.panels[0], figure.dpi, JOURNAL.colours)
    return figure


def _draw_residuals(axes: Axes, part: Residuals) -> None:
    """Residuals with what they are of as their title, the legend at its right."""
    _draw_one(axes, residual_chart(part.frequency, part.values, part.limit))
    axes.set_title(part.title, fontsize=7, loc="left", pad=3)
    sides: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1)}
    axes.legend(ncols=3, handletextpad=0.1, columnspacing=0.6, **LEGEND | sides)


def _draw_one(axes: Axes, chart: Chart) -> None:
    """A chart of one panel with its legend above."""
    draw_panels([axes], chart)
    handles, labels = legend_entries([axes])
    axes.legend(handles, labels, ncols=3, **LEGEND)


def _draw_zoom(axes: Axes, picture: AnalysisPicture, panel: Panel, scale: float) -> None:
    """Show the arcs of a Nyquist panel larger, in its upper right corner, if they are small there and it is free.

    Args:
        axes: of the panel, with its final limits.
        picture: tells the largest Re Z of the arcs.
        panel: what is on the axes.
        scale: from SI to the unit of the panel.
    """
    right = picture.zoom or 0.0
    if right * scale > 0.45 * axes.get_xlim()[1]:
        return
    pixels = axes.transData.transform(np.column_stack([panel.places, panel.values]))
    places = axes.transAxes.inverted().transform(pixels)
    if np.any((places > np.array(ZOOM[:2]) - 0.1).all(axis=1)):
        return
    inset = axes.inset_axes(ZOOM)
    own, name = display_unit(picture.curves[0].spectrum.unit, right)
    larger = (replace(s, x=own / scale * np.asarray(s.x), y=own / scale * np.asarray(s.y)) for s in panel.series)
    draw_series(inset, replace(panel, series=tuple(larger)), JOURNAL)
    width = 1.1 * right * own
    inset.set_xlim(0, width)
    inset.set_ylim(0, width * ZOOM[3] / ZOOM[2] * axes.bbox.height / axes.bbox.width)
    for axis in (inset.xaxis, inset.yaxis):
        axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    inset.set_title(f"the arcs ({name})", fontsize=6.5, pad=2)
    inset.tick_params(labelsize=6)


def _head(figure: Figure, title: str, remarks: Sequence[str]) -> None:
    """Title and remarks in the upper left corner; a dollar sign is one, no formula."""
    height = figure.get_figheight()
    y = 1 - 0.05 / height
    font: dict[str, Any] = {"fontsize": 9, "fontweight": "bold"}
    figure.text(0.012, y, title_text(figure, title, 1, font), va="top", parse_math=False, **font)
    for number, remark in enumerate(remarks):
        figure.text(0.012, y - (0.18 + 0.13 * number) / height, symbols(legible(remark)), fontsize=7, va="top")
