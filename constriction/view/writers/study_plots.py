"""Pictures of studies: panels over one another, a curve for each series, bands where seeds are repeated."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

from constriction.base.catalogue import QUANTITIES, edge_unit
from constriction.base.errors import InputError
from constriction.base.files import whole_file
from constriction.study.file.figures import Figure
from constriction.study.results.curves import Curve, curves_of, figures_of
from constriction.study.results.table import Table, is_number
from constriction.view.charts.coinciding import WORDS as COINCIDING
from constriction.view.charts.coinciding import lying, widths
from constriction.view.charts.labels import decimal_prefix
from constriction.view.writers.fonts import legible
from constriction.view.writers.plots import DPI, METADATA, STYLE, WIDTH
from constriction.view.writers.ticks import logarithmic, plain, symbols

# Okabe-Ito without yellow, which paper does not show; markers tell the same curves apart in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#000000")
MARKERS = "osD^vP"
PANEL, HEAD, FOOT, LEGEND_LINE = 1.35, 0.12, 0.42, 0.13  # inches
LEGEND_COLUMNS = 2
SPAN_OF_LOG = 30.0  # largest over smallest, from which y is drawn on a log axis
BAND = 0.18  # opacity
FEW_TICKS = 8


type Look = tuple[str | tuple[int, tuple[float, float]], float]  # a line's style and relative width


class Shown(NamedTuple):
    """How a column is shown: its words, its unit, and shown = (SI or file's value + `shift`) · `factor`."""

    words: str
    unit: str
    factor: float
    shift: float = 0.0


# unit of a column → unit shown and what multiplies it; None: with a decimal prefix that suits the values
USUAL_UNITS: Mapping[str, tuple[str, float]] = {
    "C/m2": ("mAh/cm²", 1 / 36_000),
    "A/m2": ("µA/cm²", 100.0),
    "1/m2": ("1/mm²", 1e-6),
    "S/m": ("mS/cm", 10.0),
    "eV": ("eV", 1.0),
}
WORDS = {"gap.height": "gap height", "electrolyte.thickness": "slab thickness", "tau_ratio": "τ_cstr/τ_gb"}
PREFIXED = ("m", "Hz", "Pa")


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
    if not any(row["status"] == "done" for row in table.rows):
        raise InputError(f"{folder}: no case is done; expected constriction study run before plot")
    written = []
    for figure in figures_of(table):
        path = folder / figure.file
        with matplotlib.style.context(["default", STYLE]):
            canvas = study_figure(table, figure)
            with whole_file(path) as beside:
                canvas.savefig(beside, dpi=DPI, metadata=METADATA[path.suffix])
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
    looks = _looks(figure, panels)
    note = f"\n{COINCIDING}" if any(style != "-" for style, _ in looks) and not figure.points else ""
    heading = _words(figure.series) + note
    lines = math.ceil(len(labels) / LEGEND_COLUMNS) + bool(note) if len(labels) > 1 else 0
    title = "\n".join(map(legible, textwrap.wrap(_title(table, figure), 50)))
    head = HEAD + LEGEND_LINE * (lines + bool(lines)) + 0.14 * len(title.splitlines())
    height = head + PANEL * len(panels) + FOOT
    with matplotlib.style.context(["default", STYLE]):
        canvas = Canvas(figsize=(WIDTH, height), dpi=DPI)
        FigureCanvasAgg(canvas)
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


def _panel(axes: Axes, table: Table, figure: Figure, name: str, drawn: tuple[Sequence[Curve], Sequence[Look]]) -> None:
    """The curves of one column, each as it looks in all of them."""
    curves, looks = drawn
    values = _values(curves)
    shown = shown_as(name, table.units, values)
    x_shown = _x_shown(table, figure, curves)
    places = [_places(curve, x_shown, curves) for curve in curves]
    for n, (x, curve) in enumerate(zip(places, curves, strict=True)):
        colour, marker = COLOURS[n % len(COLOURS)], MARKERS[n // len(COLOURS) % len(MARKERS)]
        mean, spread = (np.array(part) * shown.factor for part in (curve.mean, curve.spread))
        line, width = looks[n]
        line = "" if figure.points or x_shown is None else line
        axes.plot(x, mean + shown.shift, marker, ls=line, lw=width, color=colour, ms=2.6 * width**0.5, mew=0)
        if np.any(np.isfinite(spread)):
            low, high = mean - np.nan_to_num(spread), mean + np.nan_to_num(spread)
            axes.fill_between(x, np.maximum(low, 0) if np.all(mean > 0) else low, high, color=colour, alpha=BAND, lw=0)
    if _is_log(figure, values):
        low, high = values.min() * shown.factor, values.max() * shown.factor
        room = 1.5 if high < 2 * low else (high / low) ** 0.06  # else ticks would tell differences of rounding
        axes.set_yscale("log")
        axes.set_ylim(low / room, high * room)
        logarithmic(axes.yaxis, *axes.get_ylim())
    elif values.size and values.min() >= 0 and values.min() < 0.6 * values.max():
        axes.set_ylim(bottom=0)
    axes.set_ylabel(symbols(titled(shown)), labelpad=2)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.03)


def _looks(figure: Figure, panels: Sequence[Sequence[Curve]]) -> list[Look]:
    """Style and width of each curve, the same in all panels: what lies on another in any of them is dashed."""
    found = [
        lying([(_numbered(c, curves), c.mean) for c in curves], _is_log(figure, _values(curves))) for curves in panels
    ]
    below = [set().union(*column) for column in zip(*found, strict=True)]
    styles = [(0, (3.0, 2.0)) if lower else "-" for lower in below]
    return list(zip(styles, widths(below), strict=True))


def _numbered(curve: Curve, curves: Sequence[Curve]) -> list[float]:
    """The x of a curve, names by their number."""
    names = _distinct(curves)
    return [float(x) if is_number(x) else float(names.index(x)) for x in curve.x]


def _values(curves: Sequence[Curve]) -> np.ndarray[Any, Any]:
    return np.array([value for curve in curves for value in curve.mean if math.isfinite(value)])


def _is_log(figure: Figure, values: np.ndarray[Any, Any]) -> bool:
    """Whether y is laid out so."""
    asked = {"semilogy": True, "loglog": True, "auto": _spans_decades(values)}.get(figure.scale, False)
    return bool(asked and values.size and values.min() > 0)


def _label_x(axes: Axes, table: Table, figure: Figure, panels: Sequence[Sequence[Curve]]) -> None:
    """The axis that all panels share."""
    shown = _x_shown(table, figure, panels[0])
    if shown is None:
        names = _distinct(panels[0])
        axes.set_xticks(range(len(names)), [str(name) for name in names])
        axes.set_xlabel(in_words(figure.x), labelpad=2)
        return
    values = sorted({x for curve in panels[0] for x in curve.x})
    log = {"semilogx": True, "loglog": True, "auto": is_log_spaced(values)}.get(figure.scale, False)
    if log and min(values) > 0:
        axes.set_xscale("log")
        _log_ticks(axes, (np.array(values, dtype=float) + shown.shift) * shown.factor)
    axes.set_xlabel(symbols(titled(shown)), labelpad=2)


def is_log_spaced(values: Sequence[float]) -> bool:
    """Whether steps of the logarithm are more alike than steps of the values; two values: a factor of ten or more."""
    places = np.unique(np.asarray(values, dtype=float))
    if places.size < 2 or places[0] <= 0:
        return False
    if places.size == 2:
        return bool(places[1] >= 10 * places[0])
    steps, log_steps = np.diff(places), np.diff(np.log(places))
    return bool(places[-1] >= 4 * places[0] and np.std(log_steps) / np.mean(log_steps) < np.std(steps) / np.mean(steps))


def _spans_decades(values: np.ndarray[Any, Any]) -> bool:
    return bool(values.size and values.min() > 0 and values.max() > SPAN_OF_LOG * values.min())


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
    values = [x for curve in curves for x in curve.x]
    if not values or not all(is_number(x) for x in values):
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


def shown_as(name: str, units: Mapping[str, str], values: np.ndarray[Any, Any]) -> Shown:
    """How a column is shown, in the unit of the field and with a prefix that suits its values."""
    unit = units.get(name, "")
    if unit == "K":
        return Shown(in_words(name), "°C", 1.0, -273.15)
    if unit in USUAL_UNITS:
        return Shown(in_words(name), *USUAL_UNITS[unit])
    base = edge_unit(name).label if not unit else unit if unit in PREFIXED else ""
    largest = float(np.max(np.abs(values), initial=0.0))
    if not base or (base.startswith("Ω") and 1e-2 <= largest < 1e4):
        return Shown(in_words(name), base, 1.0)
    size, prefix = _prefix(largest)
    return Shown(in_words(name), prefix + base, 1 / size)


def _prefix(value: float) -> tuple[float, str]:
    """The decimal prefix of a value, down to pico."""
    for size, prefix in ((1e-9, "n"), (1e-12, "p")):
        if 0 < value < 1000 * size * (1 - 1e-9):
            best = size, prefix
        else:
            continue
        if value >= size:
            return best
    return decimal_prefix(value) if value > 0 else (1.0, "")


def in_words(name: str) -> str:
    """A column in words: interface.contact_fraction → contact fraction, R_cstr_ohm_cm2 → R_cstr."""
    if name in QUANTITIES:
        return QUANTITIES[name].symbol
    return WORDS.get(name, name.rpartition(".")[2].replace("_", " "))


def titled(shown: Shown) -> str:
    """Words with the unit, for an axis: gap height  (nm)."""
    return f"{shown.words}  ({shown.unit})" if shown.unit else shown.words


def _words(names: Sequence[str]) -> str:
    return ", ".join(map(in_words, names))


def _legend(table: Table, curves: Sequence[Curve]) -> list[str]:
    """A label for each curve, its values with their units."""
    units = table.units
    return [", ".join(value_in_words(units, key, value) for key, value in curve.label.items()) for curve in curves]


def _title(table: Table, figure: Figure) -> str:
    """The figure's title with what it shows of the study alone."""
    fixed = (f"{in_words(key)} {value_in_words(table.units, key, value)}" for key, value in figure.where.items())
    return ", ".join([*filter(None, [figure.title]), *fixed])


def value_in_words(units: Mapping[str, str], key: str, value: Any) -> str:
    """A value of a column with its unit, as it is shown.

    Args:
        units: of columns, in SI.
        key: the column.
        value: in SI, or a name.
    """
    if not is_number(value):
        return str(value)
    shown = shown_as(key, units, np.array([float(value)]))
    return f"{float(f'{(value + shown.shift) * shown.factor:.4g}'):g} {shown.unit}".strip().replace("-", "−")


def _head(canvas: Canvas, axes: Axes, labels: Sequence[str], title: str) -> None:
    """The legend, above the first panel."""
    lines = [line for line in axes.get_lines() if line.get_marker() not in ("", "None")]
    axes.legend(
        lines,
        list(map(symbols, labels)),
        title=symbols(title),
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=LEGEND_COLUMNS,
        frameon=False,
        fontsize=6.5,
        title_fontsize=6.5,
        handlelength=1.8,
        handletextpad=0.5,
        columnspacing=1.2,
        borderpad=0,
        borderaxespad=0.5,
        labelspacing=0.25,
        alignment="left",
    )
