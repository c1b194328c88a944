"""Charts as SVG in the page's own colours, for readers without JavaScript."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Collection, Sequence
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator
from numpy.typing import NDArray

from constriction.view.charts.charts import Chart, ChartAxis
from constriction.view.terminal.numbers import decimal_prefix
from constriction.view.writers.journal import DEGREES, Look, draw_series, legend_entries
from constriction.view.writers.labels import name_points
from constriction.view.writers.lettering import symbols, ticks_of
from constriction.view.writers.plots import STYLE

# Stand-ins that become the page's own colours; names are those of report.css.
INK, PAPER, MUTED, LINE = "#222222", "#ffffff", "#555555", "#666666"
COLOURS = {
    "ink": INK,
    "muted": MUTED,
    "c0": "#0072b2",
    "c1": "#d55e00",
    "c2": "#00805c",
    "c3": "#a8478a",
    "c4": "#8a6500",
    "c5": "#5b5bd6",
}
_VARIABLES = {value: name for name, value in COLOURS.items()} | {PAPER: "paper", LINE: "line", "#000000": "ink"}
LOOK = Look(COLOURS, PAPER, line=1.4, point=3.2, barred=3.2, marked=4.2, edge=1.0, cap=2.0)
_WIDTH, _SINGLE, _PANEL = 5.2, 3.3, 1.55  # inches: a page column; heights of one panel, of one among several
_STYLE = STYLE | {
    "font.size": 8.5,
    "svg.fonttype": "none",
    "svg.hashsalt": "constriction",
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.labelcolor": INK,
    "lines.linewidth": 1.4,
}
_LEGEND_ROW = 56  # letters that fit side by side
_LEGEND_LINE = 0.17  # inches


def svg(chart: Chart, name: str) -> str:
    """A chart as an `<svg>` element for a page; its colours are variables of the page's style sheet.

    Args:
        chart: what is drawn.
        name: begins the ids inside, so that no two pictures of one page share any.
    """
    with matplotlib.style.context(["default", _STYLE]), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+")  # the browser writes the text, in its own fonts
        drawn = chart_figure(chart)
        file = io.StringIO()
        drawn.savefig(
            file, format="svg", transparent=True, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
        )
    return _for_a_page(file.getvalue(), name)


def chart_figure(chart: Chart) -> Figure:
    """A chart as matplotlib draws it."""
    drawn = Figure(figsize=(_WIDTH, _height(chart)), layout="constrained")
    FigureCanvasAgg(drawn)
    every = list(drawn.subplots(len(chart.panels), 1, sharex=True, squeeze=False)[:, 0])
    for axes, panel in zip(every, chart.panels, strict=True):
        draw_series(axes, panel, LOOK)
        axes.grid(color=LINE, alpha=0.18, linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        _scale(axes, "y", panel.y, panel.values)
    _scale(every[-1], "x", chart.x, chart.places)
    if chart.equal:
        every[0].set_aspect("equal", adjustable="datalim")
        every[0].set_anchor("SW")
    _legend(drawn, every)
    drawn.align_ylabels(every)
    drawn.canvas.draw()  # sizes are final from here on
    drawn.set_layout_engine("none")
    if chart.equal:
        _from_zero(every[0])
    for axes, panel in zip(every, chart.panels, strict=True):
        name_points(axes, panel, drawn.dpi, COLOURS)
    return drawn


def _height(chart: Chart) -> float:
    """Of a chart's picture, in inches."""
    count = len(chart.panels)
    names = dict.fromkeys(s.label for panel in chart.panels for s in panel.series if s.label and not s.optional)
    more = _LEGEND_LINE * max(0, math.ceil(len(names) / _columns(names)) - 2)
    return more + (_SINGLE if count == 1 else 0.75 + _PANEL * count)


def _scale(axes: Axes, which: str, axis: ChartAxis, values: NDArray[np.float64]) -> None:
    mine = getattr(axes, f"{which}axis")
    mine.set_label_text(symbols(axis.label), parse_math=True)
    if axis.names:
        mine.set_major_locator(FixedLocator(range(len(axis.names))))
        mine.set_major_formatter(FuncFormatter(lambda place, _: dict(enumerate(axis.names)).get(round(place), "")))
    elif not axis.logarithmic:
        count, steps = 7 if which == "x" else 5, DEGREES if axis.scale == "degrees" else [1, 2, 5, 10]
        mine.set_major_locator(MaxNLocator(count, steps=steps, integer=axis.scale == "whole"))
        mine.set_major_formatter(FuncFormatter(_plain))
    else:
        getattr(axes, f"set_{which}scale")("log")
        _logarithmic(mine, axis, values[np.isfinite(values)])
    if axis.limits:
        getattr(axes, f"set_{which}lim")(axis.limits)


def _logarithmic(mine: Any, axis: ChartAxis, values: NDArray[np.float64]) -> None:
    low, high = axis.limits or (values.min(), values.max())
    ticks = dict(ticks_of(axis.scale, float(low), float(high)))
    mine.set_major_locator(FixedLocator(list(ticks)))
    mine.set_minor_locator(NullLocator())
    mine.set_minor_formatter(NullFormatter())
    mine.set_major_formatter(FuncFormatter(lambda value, _: ticks.get(value, "")))


def _plain(value: float, _: object) -> str:
    """A tick's number, very large and small ones with a decimal prefix, as plotly writes them."""
    size, prefix = 1.0, ""
    if value and not 1e-3 <= abs(value) < 1e5:
        size, prefix = decimal_prefix(value)
    return f"{float(f'{value / size:.7g}'):g}{prefix}".replace("-", "−")


def _from_zero(axes: Axes) -> None:
    """Move the window of equal axes: what was added below and left of the data goes above and to their right."""
    low, high = axes.get_ylim()
    lowest = min(0.0, float(axes.dataLim.y0))
    bottom = lowest - 0.02 * (high - low)
    axes.set_ylim(bottom, bottom + high - low)
    left, right = axes.get_xlim()
    begin = float(axes.dataLim.x0)
    if left < 0 <= begin:
        axes.set_xlim(-0.02 * (right - left), 0.98 * (right - left))


def _legend(drawn: Figure, every: Sequence[Axes]) -> None:
    handles, labels = legend_entries(every)
    if labels:
        style = {"ncols": _columns(labels), "frameon": False, "borderpad": 0.1}
        drawn.legend(handles, labels, loc="outside upper left", **style)


def _columns(labels: Collection[str]) -> int:
    """Of a legend, so that it is no wider than the picture."""
    if sum(map(len, labels)) < _LEGEND_ROW:
        return max(1, len(labels))
    longest = max(map(len, labels))
    return 1 if longest > _LEGEND_ROW // 2 else 2 if longest > 16 else 4


def _for_a_page(text: str, name: str) -> str:
    """Without prologue, metadata and ids that nothing refers to; colours by name."""
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->\s*", "", text, flags=re.DOTALL)
    text = re.sub(r' (?:xmlns(?::xlink)?|version)="[^"]*"', "", text).replace("xlink:href", "href")
    head, rest = text.split(">", 1)
    head = re.sub(r' (?:width|height)="[^"]*"', "", head)
    rest = re.sub(r"(?<=: )#[0-9a-f]{6}\b", lambda found: f"var(--{_VARIABLES[found[0]]})", rest)
    used = re.findall(r'(?:href="|url\()#([\w-]+)', rest)
    new = {old: f"{name}-{number}" for number, old in enumerate(dict.fromkeys(used))}
    rest = re.sub(r' id="([^"]+)"', lambda found: f' id="{new[found[1]]}"' if found[1] in new else "", rest)
    rest = re.sub(r'((?:href="|url\()#)([\w-]+)', lambda found: found[1] + new[found[2]], rest)
    return f"{head}>{rest}".strip()
