"""The corner plot of a posterior: every unknown by itself, and every two of them against each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, NullLocator
from scipy.ndimage import gaussian_filter

from constriction.laws.arrays import Reals
from constriction.view.terminal.numbers import plain
from constriction.view.writers.lettering import symbols, title_text
from constriction.view.writers.plots import BLUE, GREY, LABEL, TWO_COLUMNS, VERMILION, journal_style, new_figure, save

BINS, SMOOTH = 48, 1.2
LEVELS = (0.95, 0.68)
SHORT = 0.6  # decades
WIDEST = 0.9995  # part of the samples that is seen
ROOMY = 4  # columns that have room for a name with its unit on one line


@dataclass(frozen=True, eq=False)
class CornerColumn:
    """One unknown of a corner plot.

    Attributes:
        label: with its unit.
        values: (k,) in that unit, above 0.
        best: likewise.
        low: lower end of the prior, likewise; NaN: none.
        high: its upper end.
    """

    label: str
    values: Reals
    best: float
    low: float = math.nan
    high: float = math.nan


def draw_corner(path: Path, title: str, columns: Sequence[CornerColumn], weights: Reals) -> None:
    """Draw a corner plot on logarithmic axes, two journal columns wide (174 mm), and save it.

    Args:
        path: file to write, .png.
        title: put above.
        columns: p unknowns, at least one.
        weights: (k,) of the samples, their sum is 1.

    Raises:
        StoreError: the file cannot be written.
    """
    count = len(columns)
    if count > ROOMY:
        columns = [replace(column, label=column.label.replace("  (", "\n(")) for column in columns]
    with journal_style():
        figure = new_figure(TWO_COLUMNS, TWO_COLUMNS, layout="constrained")
        figure.suptitle(title_text(figure, title, 3), fontsize=8, x=0.01, ha="left").set_parse_math(False)
        grid = figure.add_gridspec(count, count, wspace=0.04, hspace=0.04)
        ends = [_ends(column, weights) for column in columns]
        for row in range(count):
            for place in range(row + 1):
                axes = figure.add_subplot(grid[row, place])
                if place == row:
                    _draw_one(axes, columns[row], weights, ends[row])
                else:
                    _draw_two(axes, (columns[place], columns[row]), weights, (ends[place], ends[row]))
                _dress(axes, (columns[place], columns[row]), (ends[place], ends[row]), (row == count - 1, place))
    save(figure, path)


def _ends(column: CornerColumn, weights: Reals) -> tuple[float, float]:
    """Decimal logarithms between which an unknown is shown."""
    logs = np.log10(column.values)
    order = np.argsort(logs)
    part = np.cumsum(weights[order])
    low, high = np.interp([(1 - WIDEST) / 2, (1 + WIDEST) / 2], part, logs[order])
    margin = max(0.06 * (high - low), 1e-3)
    return float(low - margin), float(high + margin)


def _draw_one(axes: Axes, column: CornerColumn, weights: Reals, ends: tuple[float, float]) -> None:
    heights, edges = np.histogram(np.log10(column.values), BINS, ends, weights=weights)
    axes.stairs(gaussian_filter(heights, SMOOTH, mode="nearest"), edges, color=BLUE, fill=True, alpha=0.25)
    axes.stairs(gaussian_filter(heights, SMOOTH, mode="nearest"), edges, color=BLUE)
    axes.axvline(math.log10(column.best), color=VERMILION, lw=0.8)
    for end in (column.low, column.high):
        if end > 0 and ends[0] < math.log10(end) < ends[1]:
            axes.axvline(math.log10(end), color=GREY, lw=0.7, ls=(0, (4, 2)))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(NullLocator())


def _draw_two(
    axes: Axes,
    pair: tuple[CornerColumn, CornerColumn],
    weights: Reals,
    ends: tuple[tuple[float, float], tuple[float, float]],
) -> None:
    """Regions that hold 68 and 95 % of the posterior, the best fit as a cross."""
    x, y = (np.log10(column.values) for column in pair)
    heights, *edges = np.histogram2d(x, y, BINS, ends, weights=weights)
    smooth = gaussian_filter(heights, SMOOTH)
    falling = np.sort(smooth.ravel())[::-1]
    held = np.cumsum(falling) / falling.sum()
    levels = sorted({float(falling[int(np.searchsorted(held, level))]) for level in LEVELS})
    middles = [0.5 * (edge[1:] + edge[:-1]) for edge in edges]
    if smooth.max() > levels[-1] > 0:
        axes.contourf(*middles, smooth.T, [*levels, smooth.max() * 1.01], colors=BLUE, alpha=0.25)
        axes.contour(*middles, smooth.T, levels, colors=BLUE, linewidths=0.8)
    axes.plot(math.log10(pair[0].best), math.log10(pair[1].best), "+", color=VERMILION, ms=6, mew=1)


def _dress(
    axes: Axes,
    pair: tuple[CornerColumn, CornerColumn],
    ends: tuple[tuple[float, float], tuple[float, float]],
    where: tuple[bool, int],
) -> None:
    """Limits, numbers and names; `where`: whether it is the lowest row, and which column."""
    lowest, place = where
    axes.set_xlim(ends[0])
    _numbers(axes, "x", ends[0], lowest)
    if pair[0] is not pair[1]:
        axes.set_ylim(ends[1])
        _numbers(axes, "y", ends[1], place == 0)
        if place == 0:
            axes.set_ylabel(symbols(pair[1].label), fontsize=LABEL)
    if lowest:
        axes.set_xlabel(symbols(pair[0].label), fontsize=LABEL)


def _numbers(axes: Axes, which: str, ends: tuple[float, float], shown: bool) -> None:
    """Plain numbers at decades, at 1, 2, 5 of each, or at equal distances where the axis is short."""
    low, high = 10 ** ends[0], 10 ** ends[1]
    if ends[1] - ends[0] > SHORT:
        subs = (1.0,) if ends[1] - ends[0] > 2 else (1.0, 2.0, 5.0)
        ticks = LogLocator(subs=subs, numticks=20).tick_values(low, high)
    else:
        ticks = MaxNLocator(3).tick_values(low, high)
    inside = [float(tick) for tick in ticks if low <= tick <= high]
    axis = getattr(axes, f"{which}axis")
    axis.set_ticks([math.log10(tick) for tick in inside], [plain(float(f"{tick:.6g}")) for tick in inside])
    if not shown:
        axis.set_major_formatter(NullFormatter())
    if which == "x" and shown:
        axes.tick_params("x", rotation=45)
