"""Pictures of studies: panels over one another, a curve for each series, bands where seeds are repeated."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

from constriction.base.errors import InputError
from constriction.base.files import whole_file
from constriction.study.file.figures import Figure
from constriction.study.results.curves import Curve, curves_of, figures_of
from constriction.study.results.table import Table, finished, is_number
from constriction.view.charts.coinciding import WORDS as COINCIDING
from constriction.view.charts.coinciding import lying, widths
from constriction.view.charts.columns import Shown, in_words, shown_as, titled, value_in_words
from constriction.view.charts.study_charts import is_log_spaced, spans_decades
from constriction.view.writers.lettering import legible, logarithmic, plain, symbols
from constriction.view.writers.plots import TITLED_LEGEND, WIDTH, journal_style, new_figure, save

# Okabe-Ito without yellow, which paper does not show; markers tell the same curves apart in grey.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#000000")
MARKERS = "osD^vP"
PANEL, HEAD, FOOT, LEGEND_LINE = 1.35, 0.12, 0.42, 0.13  # inches
LEGEND_COLUMNS = 2
BAND = 0.18  # opacity
FEW_TICKS = 8


type Look = tuple[str | tuple[int, tuple[float, float]], float]  # a line's style and relative width


def draw_study(table: Table, folder: Path) -> list[Path]:
    """Draw the pictures of a study into a folder.

    Args:
        table: the results.
        folder: where the files go; each is replaced.

    Returns:
        The files written.

    Raises:
        InputError: nothing is done yet, or a [[plot]] table that does not fit.
        StoreError: a file cannot be written.
    """
    if not finished(table.rows):
        raise InputError(f"{folder}: no case is done; expected constriction study run before plot")
    written = []
    for figure in figures_of(table):
        path = folder / figure.file
        canvas = study_figure(table, figure)
        with whole_file(path) as beside:
            save(canvas, beside)
        written.append(path)
    return written


def study_figure(table: Table, figure: Figure) -> Canvas:
    """One picture, 84 mm wide: the panels share x and the legend.

    Raises:
        InputError: no case to draw, or several at one place of a curve.
    """
    panels = [curves_of(table, figure, y) for y in figure.y]
    if not any(panels):
        raise InputError(f"{figure.file}: no finished case fits; expected other values of where")
    labels = [legible(label) for label in _legend(table, panels[0])]
    looks = _looks(table, figure, panels)
    heading = _heading(figure, looks)
    lines = math.ceil(len(labels) / LEGEND_COLUMNS) + heading.count("\n") if len(labels) > 1 else 0
    title = "\n".join(map(legible, textwrap.wrap(_title(table, figure), 50)))
    head = HEAD + LEGEND_LINE * (lines + bool(lines)) + 0.14 * len(title.splitlines())
    height = head + PANEL * len(panels) + FOOT
    with journal_style():
        canvas = new_figure(WIDTH, height)
        every = canvas.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
        canvas.subplots_adjust(left=0.19, right=0.97, top=1 - head / height, bottom=FOOT / height, hspace=0.1)
        for axes, name, curves in zip(every, figure.y, panels, strict=True):
            _panel(axes, table, figure, name, (curves, looks))
        _label_x(every[-1], table, figure, panels)
        canvas.align_ylabels(every)
        if lines:
            _head(canvas, every[0], labels, heading)
        if title:
            canvas.text(0.5, 1 - 0.06 / height, title, ha="center", va="top", fontsize=8, parse_math=False)
    return canvas


def _heading(figure: Figure, looks: Sequence[Look]) -> str:
    """What tells the curves apart, and that some lie on others if they do."""
    coincide = any(style != "-" for style, _ in looks) and not figure.points
    return ", ".join(map(in_words, figure.series)) + (f"\n{COINCIDING}" if coincide else "")


def _panel(axes: Axes, table: Table, figure: Figure, name: str, drawn: tuple[Sequence[Curve], Sequence[Look]]) -> None:
    """The curves of one column, each as it looks in all of them."""
    curves, looks = drawn
    values = _values(curves)
    shown = shown_as(name, table.units, values)
    x_shown = _x_shown(table, figure, curves)
    places = [_places(curve, x_shown, curves) for curve in curves]
    joined = not figure.points and x_shown is not None
    for n, (x, curve) in enumerate(zip(places, curves, strict=True)):
        line, width = looks[n]
        _curve(axes, x, curve, shown, (n, line if joined else "", width))
    _limit(axes, values * shown.factor, _is_log(figure, values))
    axes.set_ylabel(symbols(titled(shown)), labelpad=2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.03)


def _curve(axes: Axes, x: np.ndarray[Any, Any], curve: Curve, shown: Shown, look: tuple[int, Any, float]) -> None:
    """Points, joined if there is a line, and a band where seeds are repeated."""
    n, line, width = look
    colour, marker = PALETTE[n % len(PALETTE)], MARKERS[n // len(PALETTE) % len(MARKERS)]
    mean, spread = (np.array(part) * shown.factor for part in (curve.mean, curve.spread))
    axes.plot(x, mean + shown.shift, marker, ls=line, lw=width, color=colour, ms=2.6 * width**0.5, mew=0)
    if np.any(np.isfinite(spread)):
        low, high = mean - np.nan_to_num(spread), mean + np.nan_to_num(spread)
        axes.fill_between(x, np.maximum(low, 0) if np.all(mean > 0) else low, high, color=colour, alpha=BAND, lw=0)


def _limit(axes: Axes, values: np.ndarray[Any, Any], logarithmically: bool) -> None:
    """Limits of y: from 0 where values are not far from it."""
    if logarithmically:
        low, high = values.min(), values.max()
        room = 1.5 if high < 2 * low else (high / low) ** 0.06  # else ticks would tell differences of rounding
        axes.set_yscale("log")
        axes.set_ylim(low / room, high * room)
        logarithmic(axes.yaxis, *axes.get_ylim())
    elif values.size and 0 <= values.min() < 0.6 * values.max():
        axes.set_ylim(bottom=0)


def _looks(table: Table, figure: Figure, panels: Sequence[Sequence[Curve]]) -> list[Look]:
    """Style and width of each curve, the same in all panels: what lies on another in any of them is dashed."""
    found = []
    for curves in panels:
        shown = _x_shown(table, figure, curves)
        placed = [(_places(curve, shown, curves), curve.mean) for curve in curves]
        found.append(lying(placed, _is_log(figure, _values(curves))))
    below = [set().union(*column) for column in zip(*found, strict=True)]
    styles = [(0, (3.0, 2.0)) if lower else "-" for lower in below]
    return list(zip(styles, widths(below), strict=True))


def _values(curves: Sequence[Curve]) -> np.ndarray[Any, Any]:
    return np.array([value for curve in curves for value in curve.mean if math.isfinite(value)])


def _is_log(figure: Figure, values: np.ndarray[Any, Any]) -> bool:
    """Whether y is laid out so."""
    asked = {"semilogy": True, "loglog": True, "auto": spans_decades(values)}.get(figure.scale, False)
    return bool(asked and values.size and values.min() > 0)


def _label_x(axes: Axes, table: Table, figure: Figure, panels: Sequence[Sequence[Curve]]) -> None:
    """The axis that all panels share."""
    shown = _x_shown(table, figure, panels[0])
    if shown is None:
        names = _distinct(panels[0])
        axes.set_xticks(range(len(names)), list(map(str, names)))
        axes.set_xlabel(in_words(figure.x), labelpad=2)
        return
    values = sorted(_distinct(panels[0]))
    log = {"semilogx": True, "loglog": True, "auto": is_log_spaced(values)}.get(figure.scale, False)
    if log and min(values) > 0:
        axes.set_xscale("log")
        _log_ticks(axes, (np.array(values, dtype=float) + shown.shift) * shown.factor)
    axes.set_xlabel(symbols(titled(shown)), labelpad=2)


def _log_ticks(axes: Axes, places: np.ndarray[Any, Any]) -> None:
    """Plain numbers: at every value where they are few, else at 1, 2, 5 of each decade or at decades."""
    span = math.log10(places.max() / places.min())
    few = places.size <= FEW_TICKS and np.min(np.diff(np.log10(places)), initial=span) > 0.09 * span
    digits = (1.0, 2.0, 5.0) if span < 1.6 else (1.0,)
    axes.xaxis.set_major_locator(FixedLocator(list(places)) if few else LogLocator(subs=digits))
    axes.xaxis.set_major_formatter(lambda value, _: plain(float(f"{value:.3g}")))
    axes.xaxis.set_minor_locator(NullLocator())


def _x_shown(table: Table, figure: Figure, curves: Sequence[Curve]) -> Shown | None:
    """How x is shown; None where it has names instead of numbers."""
    values = _distinct(curves)
    if not values or not all(map(is_number, values)):
        return None
    return shown_as(figure.x, table.units, np.array(values, dtype=float))


def _places(curve: Curve, shown: Shown | None, curves: Sequence[Curve]) -> np.ndarray[Any, Any]:
    """Where the points of a curve are along x."""
    if shown is None:
        names = _distinct(curves)
        return np.array([names.index(x) for x in curve.x], dtype=float)
    return (np.array(curve.x, dtype=float) + shown.shift) * shown.factor


def _distinct(curves: Sequence[Curve]) -> list[Any]:
    return list(dict.fromkeys(x for curve in curves for x in curve.x))


# --- words ---------------------------------------------------------------------------------------------------------


def _legend(table: Table, curves: Sequence[Curve]) -> list[str]:
    """A label for each curve, its values with their units."""
    units = table.units
    return [", ".join(value_in_words(units, key, value) for key, value in curve.label.items()) for curve in curves]


def _title(table: Table, figure: Figure) -> str:
    """The figure's title with what it shows of the study alone."""
    fixed = (f"{in_words(key)} {value_in_words(table.units, key, value)}" for key, value in figure.where.items())
    return ", ".join([*filter(None, [figure.title]), *fixed])


def _head(canvas: Canvas, axes: Axes, labels: Sequence[str], title: str) -> None:
    """The legend, above the first panel."""
    lines = [line for line in axes.get_lines() if line.get_marker() not in ("", "None")]
    axes.legend(
        lines,
        list(map(symbols, labels)),
        title=symbols(title),
        ncols=LEGEND_COLUMNS,
        title_fontsize=6.5,
        handlelength=1.8,
        labelspacing=0.25,
        **TITLED_LEGEND,
    )
