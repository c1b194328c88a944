"""Charts of studies; plain data in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.base.catalogue import edge_unit
from constriction.base.errors import InputError
from constriction.view.charts.charts import PALETTE, SYMBOLS, Chart, ChartAxis, Panel, Series
from constriction.view.charts.coinciding import WORDS, lying, widths

type Groups = list[tuple[tuple[str, ...], list[Mapping[str, Any]]]]

STEADY = 0.05  # relative spread up to which values are shown as a constant

LOG_FROM = 30.0  # values that span more than this factor are laid out logarithmically


@dataclass(frozen=True)
class StudyAxes:
    """What a chart of a study shows.

    Attributes:
        x: key of the horizontal axis.
        y: keys of the panels, from above.
        series: keys by whose values cases are joined.
        labels: of keys, with unit; the key itself where there is none.
    """

    x: str
    y: tuple[str, ...]
    series: tuple[str, ...] = ()
    labels: Mapping[str, str] | None = None

    def label(self, key: str) -> str:
        """Name of a key, with its unit."""
        return (self.labels or {}).get(key, key)


def study_chart(rows: Iterable[Mapping[str, Any]], axes: StudyAxes, caption: str = "") -> Chart:
    """Cases of a study: a panel for each of y, a curve for each combination of values of `axes.series`.

    Args:
        rows: as of cases.csv, numbers or their text; error bars are taken from `…_error_…` beside `…_…`. Cases
            without a number on an axis are left out.
        axes: which columns.
        caption: below the picture.

    Raises:
        InputError: no case has numbers on both axes.
    """
    groups = _groups(rows, axes.series)
    panels = tuple(_panel(axes, key, groups) for key in axes.y)
    if any(series.line == "dashed" for panel in panels for series in panel.series):
        caption = f"{caption} {WORDS.capitalize()}.".strip()
    chart = Chart("Study", caption, ChartAxis(axes.label(axes.x)), panels)
    return replace(chart, x=replace(chart.x, scale=_scale_of_x(axes.x, chart.places)))


def _scale_of_x(key: str, places: NDArray[np.float64]) -> str:
    if edge_unit(key).label == "Hz":
        return "frequency"
    return "log" if is_log_spaced(places.tolist()) else "linear"


def _panel(axes: StudyAxes, key: str, groups: Groups) -> Panel:
    found = [_study_series(axes, key, name, group) for name, group in groups]
    series = _styled([one for one in found if one is not None])
    if not series:
        raise InputError(f"study chart: no case has numbers for {axes.x!r} and {key!r}")
    values = Panel(ChartAxis(""), tuple(series)).values
    return Panel(ChartAxis(axes.label(key), scale_of(values), limits=_limits(values)), tuple(series))


def number(value: Any) -> float:
    """A number, or the text of one; NaN for what is none."""
    try:
        return math.nan if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return math.nan


def error_key(key: str, keys: Iterable[str]) -> str | None:
    """The column that has a column's error bars: R_cstr_ohm_cm2 → R_cstr_error_ohm_cm2, R_SE_ohm → R_SE_stderr_ohm."""
    parts = key.split("_")
    words = ("error", "stderr", "spread")
    made = ("_".join([*parts[:k], word, *parts[k:]]) for k in range(len(parts), 0, -1) for word in words)
    existing = set(keys)
    return next((name for name in made if name in existing), None)


def is_log_spaced(values: Sequence[float]) -> bool:
    """Whether steps of the logarithm are more alike than steps of the values; two values: a factor of ten or more."""
    places = np.unique(np.asarray(values, dtype=float))
    if places.size < 2 or places[0] <= 0:
        return False
    if places.size == 2:
        return bool(places[1] >= 10 * places[0])
    steps, log_steps = np.diff(places), np.diff(np.log(places))
    return bool(places[-1] >= 4 * places[0] and np.std(log_steps) / np.mean(log_steps) < np.std(steps) / np.mean(steps))


def scale_of(values: NDArray[np.float64]) -> str:
    """The scale of an axis, "log" if its values (any unit) span so much."""
    known = values[np.isfinite(values)]
    return "log" if known.size and known.min() > 0 and known.max() > LOG_FROM * known.min() else "linear"


def _limits(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """Of an axis whose values hardly differ: noise of a constant should not look like a trend."""
    known = values[np.isfinite(values)]
    middle = float(known.mean()) if known.size else 0.0
    if middle == 0 or np.ptp(known) > STEADY * abs(middle):
        return None
    return middle - STEADY * abs(middle), middle + STEADY * abs(middle)


def _groups(rows: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> Groups:
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(tuple(_short(row.get(key)) for key in keys), []).append(row)
    return list(found.items())


def _short(value: Any) -> str:
    known = number(value)
    return f"{known:.4g}" if math.isfinite(known) else "none" if value in (None, "") else str(value)


def _study_series(axes: StudyAxes, key: str, name: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Series | None:
    error = error_key(key, rows[0]) or ""
    points = sorted(tuple(number(row.get(column)) for column in (axes.x, key, error)) for row in rows)
    known = list(filter(_on_both_axes, points))
    if not known:
        return None
    x, y, bars = zip(*known, strict=True)
    label = _label(axes, name)
    before = f"{label}: " if label else ""
    hover = [f"{before}{a:.4g}, {b:.5g}" for a, b, _ in known]
    line = "solid" if len(set(x)) == len(x) else ""  # repeats are points above each other
    return Series(label, x, y, line=line, error=_known(bars), hover=hover)


def _on_both_axes(point: Sequence[float]) -> bool:
    return bool(np.isfinite(point[:2]).all())


def _label(axes: StudyAxes, values: Sequence[str]) -> str:
    return ", ".join(f"{axes.label(key)} = {value}" for key, value in zip(axes.series, values, strict=True))


def _known(bars: Sequence[float]) -> Sequence[float] | None:
    """Error bars, None if there are none."""
    return bars if np.isfinite(bars).any() else None


def _styled(series: Sequence[Series]) -> list[Series]:
    """In colours of their own; one that lies on others is dashed and thin, the lowest of them thick."""
    values = Panel(ChartAxis(""), tuple(series)).values
    below = lying([(one.x, one.y) for one in series], scale_of(values) == "log")
    styled = []
    for number, (one, lower, width) in enumerate(zip(series, below, widths(below), strict=True)):
        colour, symbol = PALETTE[number % len(PALETTE)], SYMBOLS[number % len(SYMBOLS)]
        line = "dashed" if one.line and lower else one.line
        styled.append(replace(one, colour=colour, symbol=symbol, line=line, width=width))
    return styled
