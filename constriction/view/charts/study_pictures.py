"""The pictures of a study as charts: panels over one another, a curve for each series, bands over repeated seeds."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.study.file.figures import Figure
from constriction.study.results.curves import StudyCurve, curves_of
from constriction.study.results.table import Table, is_number
from constriction.view.charts.charts import PALETTE, SYMBOLS, Chart, ChartAxis, Panel, Series, band_of
from constriction.view.charts.coinciding import WORDS, lying, widths
from constriction.view.charts.columns import in_words, shown_as, titled, value_in_words
from constriction.view.charts.study_charts import is_log_spaced, scale_of

type Places = list[NDArray[np.float64]]


def picture_chart(table: Table, figure: Figure) -> Chart:
    """What one picture shows; its title tells what it shows of the study alone.

    Raises:
        InputError: no case to draw, or several at one place of a curve.
    """
    found = [curves_of(table, figure, y) for y in figure.y]
    if not any(found):
        raise InputError(f"{figure.file}: no finished case fits; expected other values of where")
    x, places = _across(table, figure, found[0])
    panels = [_panel(table, figure, y, places, curves) for y, curves in zip(figure.y, found, strict=True)]
    panels = _styled(panels, joined=not (figure.points or x.names))
    heading = ""
    if len(found[0]) > 1:
        panels = [_labelled(table, panel, found[0]) for panel in panels]
        coincide = any(series.line == "dashed" for series in panels[0].series)
        heading = ", ".join(map(in_words, figure.series)) + (f"\n{WORDS}" if coincide else "")
    fixed = (f"{in_words(key)} {value_in_words(table.units, key, value)}" for key, value in figure.where.items())
    title = ", ".join([*filter(None, [figure.title]), *fixed])
    return Chart(title, "", x, tuple(panels), heading=heading)


def _across(table: Table, figure: Figure, curves: Sequence[StudyCurve]) -> tuple[ChartAxis, Places]:
    """The axis that all panels share, and where the points of each curve are along it."""
    every = [x for curve in curves for x in curve.x]
    if not all(map(is_number, every)):
        names = list(dict.fromkeys(every))
        places = [np.array(list(map(names.index, curve.x)), dtype=float) for curve in curves]
        return ChartAxis(in_words(figure.x), names=tuple(map(str, names))), places
    shown = shown_as(figure.x, table.units, np.array(every, dtype=float))
    places = [(np.array(curve.x, dtype=float) + shown.shift) * shown.factor for curve in curves]
    log = {"semilogx": True, "loglog": True, "auto": is_log_spaced(every)}.get(figure.scale, False)
    return ChartAxis(titled(shown), "log" if log and min(map(np.min, places)) > 0 else "linear"), places


def _panel(table: Table, figure: Figure, key: str, places: Places, curves: Sequence[StudyCurve]) -> Panel:
    """The curves of one column, none of them styled yet."""
    means = np.array([value for curve in curves for value in curve.mean])
    shown = shown_as(key, table.units, means[np.isfinite(means)])
    parts = []
    for x, curve in zip(places, curves, strict=True):
        spread = np.array(curve.spread) * shown.factor
        y = (np.array(curve.mean) + shown.shift) * shown.factor
        parts.append(Series("", x, y, band=spread if np.isfinite(spread).any() else None))
    return Panel(_upwards(figure, titled(shown), parts), tuple(parts))


def _upwards(figure: Figure, label: str, parts: Sequence[Series]) -> ChartAxis:
    """The vertical axis: from 0 where values are not far from it."""
    every = np.concatenate([np.asarray(series.y, dtype=float) for series in parts])
    values = every[np.isfinite(every)]
    if not values.size:
        return ChartAxis(label)
    low, high = float(values.min()), float(values.max())
    log = {"semilogy": True, "loglog": True, "auto": scale_of(values) == "log"}.get(figure.scale, False)
    if log and low > 0:
        room = 1.5 if high < 2 * low else (high / low) ** 0.06  # else ticks would tell differences of rounding
        return ChartAxis(label, "log", limits=(low / room, high * room))
    if not 0 <= low < 0.6 * high:
        return ChartAxis(label)
    bands = [edge for series in parts if series.band is not None for edge in band_of(series)]
    drawn = np.concatenate([values, *bands])
    top, bottom = float(np.nanmax(drawn)), float(np.nanmin(drawn))
    return ChartAxis(label, limits=(0.0, top + 0.05 * (top - bottom)))


def _styled(panels: Sequence[Panel], joined: bool) -> list[Panel]:
    """Each curve looks the same in all panels: what lies on another in any of them is dashed and thin."""
    found = (lying([(one.x, one.y) for one in panel.series], panel.y.scale == "log") for panel in panels)
    below = [set().union(*column) for column in zip(*found, strict=True)]
    looks = list(zip(below, widths(below), strict=True))
    return [
        replace(panel, series=tuple(_look(one, n, *looks[n], joined) for n, one in enumerate(panel.series)))
        for panel in panels
    ]


def _look(one: Series, number: int, lower: Set[int], width: float, joined: bool) -> Series:
    colour, symbol = PALETTE[number % len(PALETTE)], SYMBOLS[number // len(PALETTE) % len(SYMBOLS)]
    line = ("dashed" if lower else "solid") if joined else ""
    return replace(one, colour=colour, symbol=symbol, line=line, width=width)


def _labelled(table: Table, panel: Panel, curves: Sequence[StudyCurve]) -> Panel:
    """With a name for each curve, its values with their units."""
    named = []
    for series, curve in zip(panel.series, curves, strict=True):
        words = [value_in_words(table.units, key, value) for key, value in curve.label.items()]
        named.append(replace(series, label=", ".join(words)))
    return replace(panel, series=tuple(named))
