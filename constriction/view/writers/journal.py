"""Charts as matplotlib draws them: their series on any axes, and whole charts for one journal column (84 mm)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from constriction.view.charts.charts import SYMBOLS, Chart, ChartAxis, Panel, Series, band_of
from constriction.view.terminal.numbers import plain
from constriction.view.writers.lettering import decade_ticks, legible, logarithmic, symbols, title_text
from constriction.view.writers.plots import (
    GREY,
    LABEL,
    TITLED_LEGEND,
    WIDTH,
    bare,
    check_suffix,
    journal_style,
    new_figure,
    save,
)

LINES = {"": "", "solid": "-", "dashed": (0, (3.0, 2.0))}
MARKERS = dict(zip(("", *SYMBOLS, "triangle-down"), ("", *"osD^x*v"), strict=True))
PANEL, HEAD, FOOT, LEGEND_LINE, TITLE_LINE = 1.35, 0.12, 0.42, 0.13, 0.14  # inches
LEGEND_COLUMNS, FEW_TICKS = 2, 8
DEGREES = [1, 1.5, 2, 3, 10]  # steps of an angle's axis: 15, 30, 90
LONG = 30  # letters of an axis' name, from which its unit has a line of its own
BAND, GROUND = 0.18, 0.08  # opacity of bands, of what is shaded


class Look(NamedTuple):
    """How series look: colours by their names, that of hollow points, and in pt what is drawn.

    `line` and `point` are widths and sizes of usual ones, `barred` of points that are hollow or have an error bar,
    `marked` of those in ink, `edge` the width of the line about these, `cap` the length of an error bar's ends.
    """

    colours: Mapping[str, str]
    paper: str = "white"
    line: float = 1.0
    point: float = 2.6
    barred: float = 3.6
    marked: float = 3.4
    edge: float = 0.7
    cap: float = 0.0


# Okabe-Ito without yellow, which paper does not show.
JOURNAL = Look(
    {
        **{"c0": "#0072B2", "c1": "#D55E00", "c2": "#009E73", "c3": "#CC79A7", "c4": "#56B4E9", "c5": "#000000"},
        **{"ink": "black", "muted": GREY},
    }
)


def draw_chart(chart: Chart, path: str | Path, title: str = "") -> None:
    """Draw and save a chart, 84 mm wide.

    Args:
        chart: what is drawn.
        path: file to write, `.png` (300 dpi) or `.pdf`.
        title: put above, shortened if it is long.

    Raises:
        InputError: another suffix.
        StoreError: the file cannot be written.
    """
    check_suffix(path)
    save(journal_figure(chart, title), path)


def journal_figure(chart: Chart, title: str = "") -> Figure:
    """Draw what `draw_chart` saves: panels over one another, below them their axis, above them the legend."""
    labels = dict.fromkeys(s.label for panel in chart.panels for s in panel.series if s.label)
    rows = math.ceil(len(labels) / LEGEND_COLUMNS) + (chart.heading.count("\n") + 1 if chart.heading else 0)
    with journal_style():
        figure = new_figure(WIDTH, WIDTH)
        above = title_text(figure, title)
        head = HEAD + LEGEND_LINE * rows + TITLE_LINE * len(above.splitlines())
        height = head + PANEL * len(chart.panels) + FOOT
        figure.set_size_inches(WIDTH, height)
        every = list(figure.subplots(len(chart.panels), 1, sharex=True, squeeze=False)[:, 0])
        figure.subplots_adjust(left=0.19, right=0.975, top=1 - head / height, bottom=FOOT / height, hspace=0.1)
        draw_panels(every, chart)
        if labels:
            _legend(figure, every, chart.heading, 1 - TITLE_LINE * len(above.splitlines()) / height)
        if above:
            figure.text(0.5, 1 - 0.06 / height, above, ha="center", va="top", fontsize=8, parse_math=False)
    return figure


def draw_panels(every: Sequence[Axes], chart: Chart) -> None:
    """Draw the panels of a chart on axes, one each, from above; the last has the names of the horizontal axis."""
    for axes, panel in zip(every, chart.panels, strict=True):
        draw_series(axes, panel, JOURNAL)
        _scale(axes, "y", panel.y, panel.values)
        axes.tick_params(labelbottom=axes is every[-1])
        bare(axes)
    _scale(every[-1], "x", chart.x, chart.places)
    every[0].figure.align_ylabels(list(every))


def draw_series(axes: Axes, panel: Panel, look: Look) -> None:
    """Draw what a panel shows, but for optional series, on an axes whose scale may follow."""
    for value in panel.levels:
        style = {"linewidth": 0.8, "linestyle": (0, (4, 2))} if value else {"linewidth": 0.5, "zorder": 1}
        axes.axhline(value, color=look.colours["muted"], **style)
    if panel.shaded is not None:
        axes.axvspan(*panel.shaded, color=look.colours["muted"], alpha=GROUND, lw=0)
    for series in (s for s in panel.series if not s.optional):
        _draw(axes, series, look)


def _draw(axes: Axes, series: Series, look: Look) -> None:
    colour, drawn = look.colours[series.colour], series.line + series.symbol
    x, y = np.asarray(series.x, dtype=float), np.asarray(series.y, dtype=float)
    name = series.label or "_"
    if series.band is not None:
        axes.fill_between(x, *band_of(series), color=colour, alpha=BAND, lw=0, label="_" if drawn else name)
    if series.stems:
        axes.vlines(x, 0, y, color=colour, lw=look.line)
    if drawn:
        order = 4 if series.colour == "ink" else 3 if series.line else 3.1 if series.hollow else 3.2
        width = look.line * series.width
        style: dict[str, Any] = {"color": colour, "linestyle": LINES[series.line], "linewidth": width, "zorder": order}
        axes.plot(x, y, label=name, **style, **_marker(series, look))
    if series.error is not None:
        bars = np.nan_to_num(np.asarray(series.error, dtype=float))
        axes.errorbar(x, y, bars, fmt="none", color=colour, elinewidth=0.9, capsize=look.cap, capthick=0.9)


def _marker(series: Series, look: Look) -> dict[str, Any]:
    inked = series.colour == "ink"
    ringed = series.hollow or inked or series.symbol == "cross" or series.error is not None
    size = (look.barred if ringed else look.point) * max(series.width, 1.0) ** 0.5
    return {
        "marker": MARKERS[series.symbol],
        "markersize": look.marked if inked else size,
        "markeredgewidth": look.edge if ringed else 0.0,
        "markerfacecolor": look.paper if series.hollow else look.colours[series.colour],
    }


def _scale(axes: Axes, which: str, axis: ChartAxis, values: NDArray[np.float64]) -> None:
    """Give an axis its name, its scale and its numbers."""
    mine = getattr(axes, f"{which}axis")
    name = re.sub(r" +\((?=[^(]*$)", "\n(" if len(axis.label) > LONG else "  (", axis.label)
    unit = {"frequency": "  (Hz)", "time": "  (s)"}.get(axis.scale, "")
    mine.set_label_text(symbols(name + unit), fontsize=LABEL)
    mine.labelpad = 2
    if axis.logarithmic:
        getattr(axes, f"set_{which}scale")("log")
    _place_numbers(mine, axis)
    if axis.limits:
        getattr(axes, f"set_{which}lim")(axis.limits)
    if unit:
        decade_ticks(mine)
    elif axis.scale == "log" and which == "x":
        _log_ticks(axes, values)
    elif axis.scale == "log":
        logarithmic(mine, *axes.get_ylim())


def _place_numbers(mine: Axis, axis: ChartAxis) -> None:
    """Where the numbers of an axis that is not logarithmic stand."""
    if axis.names:
        mine.set_ticks(range(len(axis.names)), list(map(legible, axis.names)))
    elif axis.scale == "whole":
        mine.set_major_locator(MaxNLocator(integer=True))
    elif axis.scale == "degrees":
        mine.set_major_locator(MaxNLocator(5, steps=DEGREES))


def _log_ticks(axes: Axes, places: NDArray[np.float64]) -> None:
    """Plain numbers: at every value where they are few, else at 1, 2, 5 of each decade or at decades."""
    places = np.unique(places)
    span = math.log10(places.max() / places.min())
    few = places.size <= FEW_TICKS and np.min(np.diff(np.log10(places)), initial=span) > 0.09 * span
    digits = (1.0, 2.0, 5.0) if span < 1.6 else (1.0,)
    axes.xaxis.set_major_locator(FixedLocator(list(places)) if few else LogLocator(subs=digits))
    axes.xaxis.set_major_formatter(lambda value, _: plain(float(f"{value:.3g}")))
    axes.xaxis.set_minor_locator(NullLocator())


def legend_entries(every: Iterable[Axes]) -> tuple[list[Any], list[str]]:
    """Handles and labels of a legend for all these axes; a line and points of one name are one entry."""
    found: dict[str, tuple[Any, ...]] = {}
    for axes in every:
        own: dict[str, tuple[Any, ...]] = {}
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            own[label] = (*own.get(label, ()), handle)
        found = own | found
    return [handles if len(handles) > 1 else handles[0] for handles in found.values()], list(found)


def _legend(figure: Figure, every: Sequence[Axes], heading: str, top: float) -> None:
    """The names of all panels: with a heading above the first one, else in the corner below the title, at `top`."""
    lines, names = legend_entries(every)
    labels = [symbols(legible(label)) for label in names]
    if not heading:
        style = {"frameon": False, "fontsize": 6.5, "borderpad": 0.3}
        figure.legend(lines, labels, loc="upper left", bbox_to_anchor=(0, top), ncols=LEGEND_COLUMNS, **style)
        return
    every[0].legend(
        lines,
        labels,
        title=symbols(heading),
        ncols=LEGEND_COLUMNS,
        title_fontsize=6.5,
        handlelength=1.8,
        labelspacing=0.25,
        **TITLED_LEGEND,
    )
