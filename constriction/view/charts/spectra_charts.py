"""Charts of spectra, of quantities along a series, and of studies; plain data in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.catalogue import edge_unit
from constriction.base.errors import InputError
from constriction.spectra.spectrum import Spectrum
from constriction.view.charts.charts import PALETTE, SYMBOLS, Axis, Chart, Panel, Series
from constriction.view.charts.coinciding import WORDS, lying, widths
from constriction.view.charts.labels import Named, hertz, seconds
from constriction.view.terminal.words import engineering, significant
from constriction.view.writers.plots import decades, display_unit, smooth
from constriction.view.writers.study_plots import is_log_spaced

FREQUENCY = Axis("frequency", "frequency")
TIME = Axis("relaxation time τ", "time")
POINTS = {"points": "circle", "crosses": "cross"}  # kinds of curves that are no lines, and their symbols
CROWDED = 0.05  # of width and height together: nearer decades are not marked
STEADY = 0.05  # relative spread up to which values are shown as a constant
LOG_FROM = 30.0  # values that span more than this factor are laid out logarithmically


@dataclass(frozen=True, eq=False)
class Curve:
    """One spectrum of a chart.

    Attributes:
        label: for the legend.
        spectrum: all curves of a chart have one unit.
        kind: "points" (measured), "crosses" (left out), "line" (a fit, many frequencies), "both" (simulated at the
            sweep's frequencies) or "reference" (dashed, grey).
        colour: one of `charts.PALETTE`, or "muted".
    """

    label: str
    spectrum: Spectrum
    kind: str = "points"
    colour: str = "c0"


def nyquist_chart(curves: Sequence[Curve], marks: Sequence[tuple[float, complex]] = (), caption: str = "") -> Chart:
    """−Im Z over Re Z with equal axes; decades of frequency are marked on the first line, or on the points.

    Args:
        curves: of one unit.
        marks: (frequency in Hz, Z in SI) of peaks to be named.
        caption: below the picture.

    Raises:
        InputError: no curve, or two units.
    """
    scale, unit = _unit(curves)
    series = [part for curve in curves for part in _nyquist_series(curve, scale, unit)]
    series.append(_decades(next((curve for curve in curves if curve.kind not in POINTS), curves[0]), scale))
    if marks:
        z = np.array([point for _, point in marks]) * scale
        hover = [f"peak at {engineering(f, 'Hz')}" for f, _ in marks]
        names = [hertz(f) for f, _ in marks]
        series.append(Series("constriction peak", z.real, -z.imag, "ink", symbol="diamond", hover=hover, names=names))
    y = Axis(f"−Im Z ({unit})")
    return Chart("Nyquist plot", caption, Axis(f"Re Z ({unit})"), (Panel(y, tuple(series)),), equal=True)


def bode_chart(curves: Sequence[Curve], caption: str = "") -> Chart:
    """|Z| and −phase over frequency.

    Raises:
        InputError: no curve, or two units.
    """
    scale, unit = _unit(curves)
    modulus = Axis(f"|Z| ({unit})", "log")
    return Chart(
        "Bode plot",
        caption,
        FREQUENCY,
        (
            Panel(modulus, tuple(_bode_series(curve, np.abs(curve.spectrum.impedance) * scale) for curve in curves)),
            Panel(
                Axis("−phase (°)"),
                tuple(_bode_series(curve, -np.degrees(np.angle(curve.spectrum.impedance))) for curve in curves),
            ),
        ),
    )


def residual_chart(frequency: ArrayLike, residuals: ArrayLike, limit: float | None = None, caption: str = "") -> Chart:
    """Both parts of relative differences over frequency.

    Args:
        frequency: (N,) in Hz.
        residuals: (N,) complex, relative to |Z|.
        limit: drawn as two lines, relative to |Z|; None: no lines.
        caption: below the picture.
    """
    percent = 100 * np.asarray(residuals, dtype=complex)
    hover = [
        f"{engineering(f, 'Hz')}: {z.real:.2g} %, {z.imag:.2g} %"
        for f, z in zip(_list(frequency), percent, strict=True)
    ]
    parts = (
        Series("real part", frequency, percent.real, hover=hover),
        Series("imaginary part", frequency, percent.imag, "c1", symbol="square", hollow=True, hover=hover),
    )
    levels = () if limit is None else (-100 * limit, 100 * limit)
    return Chart("Residuals", caption, FREQUENCY, (Panel(Axis("residual (% of |Z|)"), parts, levels),))


def drt_chart(
    tau: ArrayLike,
    gamma: ArrayLike,
    unit: str,
    marks: Sequence[float] = (),
    lines: Sequence[tuple[float, float]] = (),
    caption: str = "",
) -> Chart:
    """A distribution of relaxation times, over τ.

    Args:
        tau: (J,) in s, rising.
        gamma: (J,) per ln τ, in `unit`.
        unit: as it is written, such as "Ω·cm²".
        marks: time constants in s of peaks to be named on the curve.
        lines: (time constant in s, resistance in `unit`) of single relaxations, drawn at the height of the resistance.
        caption: below the picture.
    """
    times, values = np.asarray(tau, dtype=float), np.asarray(gamma, dtype=float)
    series = [Series("distribution", times, values, line="solid", symbol="")]
    at = np.interp(np.log(marks), np.log(times), values).tolist() if len(marks) else []
    for label, points, hollow in (
        ("peaks", list(zip(marks, at, strict=True)), False),
        ("single relaxations: R", list(lines), True),
    ):
        if points:
            x, y = [time for time, _ in points], [value for _, value in points]
            hover = [f"{_time_in_words(time)}: {significant(value, 3)} {unit}" for time, value in points]
            names = [seconds(time) for time in x]
            series.append(Series(label, x, y, "ink", symbol="diamond", hollow=hollow, hover=hover, names=names))
    y_axis = Axis(f"γ per ln τ ({unit})")
    return Chart("Distribution of relaxation times", caption, TIME, (Panel(y_axis, tuple(series)),))


def _time_in_words(tau: float) -> str:
    """A relaxation time in s and the frequency of its apex: 1.00 ms (159 Hz)."""
    return f"{engineering(tau, 's')} ({engineering(1 / (2 * math.pi * tau), 'Hz')})"


def trend_chart(
    axis: str,
    x: Sequence[float],
    trends: Sequence[tuple[str, Sequence[float | None], Sequence[float | None]]],
    hover: Sequence[str] = (),
    caption: str = "",
) -> Chart:
    """Quantities along a series, a panel each.

    Args:
        axis: name of x with its unit.
        x: (n,) of each spectrum.
        trends: name with unit, (n,) values and (n,) standard errors; None where there is none.
        hover: (n,) what is told of each spectrum, such as its file.
        caption: below the picture.
    """
    panels = []
    for name, values, errors in trends:
        y, bars = _with_nan(values), _with_nan(errors)
        barred = np.isfinite(bars)
        parts = [Series("", x, y, "muted", line="solid", symbol="")]
        for label, kind, hollow in (("with error bar", barred, False), ("no error bar", ~barred, True)):
            which = np.flatnonzero(kind & np.isfinite(y))
            if which.size:
                told = [hover[int(k)] for k in which] if hover else ()
                error = None if hollow else bars[which]
                parts.append(Series(label, np.asarray(x)[which], y[which], hollow=hollow, error=error, hover=told))
        panels.append(Panel(Axis(name), tuple(parts)))
    scale = "whole" if all(float(value).is_integer() for value in x) else "linear"  # numbers of spectra
    return Chart("Trends", caption, Axis(axis, scale), tuple(panels))


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
    given = list(rows)
    panels = []
    for key in axes.y:
        found = [_study_series(axes, key, name, group) for name, group in _groups(given, axes.series)]
        series = _styled([one for one in found if one is not None])
        if not series:
            raise InputError(f"study chart: no case has numbers for {axes.x!r} and {key!r}")
        values = np.concatenate([np.asarray(s.y, dtype=float) for s in series])
        panels.append(Panel(Axis(axes.label(key), _scale_of(values), limits=_limits(values)), tuple(series)))
    if any(one.line == "dashed" for panel in panels for one in panel.series):
        caption = f"{caption} {WORDS.capitalize()}.".strip()
    x = np.concatenate([np.asarray(s.x, dtype=float) for panel in panels for s in panel.series])
    scale = "frequency" if edge_unit(axes.x).label == "Hz" else "log" if is_log_spaced(x.tolist()) else "linear"
    return Chart("Study", caption, Axis(axes.label(axes.x), scale), tuple(panels))


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


# --- parts ---------------------------------------------------------------------------------------------------------


def _unit(curves: Sequence[Curve]) -> tuple[float, str]:
    units = sorted({curve.spectrum.unit for curve in curves})
    if len(units) != 1:
        raise InputError(f"a chart of spectra in {units}: expected one unit")
    return display_unit(units[0], max(float(np.abs(curve.spectrum.impedance).max()) for curve in curves))


def _nyquist_series(curve: Curve, scale: float, unit: str) -> list[Series]:
    z, f = curve.spectrum.impedance * scale, curve.spectrum.frequency
    hover = _told(curve, scale, unit)
    if curve.kind in POINTS:
        return [Series(curve.label, z.real, -z.imag, curve.colour, symbol=POINTS[curve.kind], hover=hover)]
    line = smooth(f, z)[::4]
    dashed = "dashed" if curve.kind == "reference" else "solid"
    drawn = [Series(curve.label, line.real, -line.imag, curve.colour, line=dashed, symbol="")]
    if curve.kind == "both":
        drawn.append(Series("", z.real, -z.imag, curve.colour, hover=hover))
    return drawn


def _bode_series(curve: Curve, values: NDArray[np.float64]) -> Series:
    scale, unit = _unit([curve])
    line = {**dict.fromkeys(POINTS, ""), "reference": "dashed"}.get(curve.kind, "solid")
    symbol = POINTS.get(curve.kind, "circle" if curve.kind == "both" else "")
    hover = _told(curve, scale, unit)
    return Series(curve.label, curve.spectrum.frequency, values, curve.colour, line, symbol, hover=hover)


def _told(curve: Curve, scale: float, unit: str) -> list[str]:
    points = zip(curve.spectrum.frequency.tolist(), (curve.spectrum.impedance * scale).tolist(), strict=True)
    return [
        f"{curve.label}, {engineering(f, 'Hz')}: Re Z {significant(z.real, 4)}, −Im Z {significant(-z.imag, 4)} {unit}"
        for f, z in points
    ]


def _decades(curve: Curve, scale: float) -> Series:
    found = decades(curve.spectrum.frequency, curve.spectrum.impedance * scale)
    line = smooth(curve.spectrum.frequency, curve.spectrum.impedance * scale)[::-1]  # falling frequency
    apart = CROWDED * float(np.ptp(line.real) + np.ptp(line.imag))
    kept: list[Named] = []
    for here in found:
        if not kept or math.hypot(here[0] - kept[-1][0], here[1] - kept[-1][1]) > apart:
            kept.append(here)
    x, y, names = ([named[0] for named in kept], [named[1] for named in kept], [named[2] for named in kept])
    places = [_outside(line, complex(across, -up)) for across, up in zip(x, y, strict=True)]
    return Series("", x, y, curve.colour, hollow=True, hover=names, names=names, places=places, optional=True)


def _outside(line: NDArray[np.complex128], point: complex) -> str:
    """Where beside a point of an arc its name stands free: left of the way that it is run through."""
    here = int(np.clip(np.argmin(np.abs(line - point)), 1, line.size - 2)) if line.size > 2 else 0
    way = np.conj(line[min(here + 1, line.size - 1)] - line[max(here - 1, 0)])
    angle = math.degrees(math.atan2(way.imag, way.real)) + 90
    sides = ("middle right", "top right", "top center", "top left", "middle left", "bottom left", "bottom center")
    return (*sides, "bottom right")[round(angle / 45) % 8]


def _scale_of(values: NDArray[np.float64]) -> str:
    known = values[np.isfinite(values)]
    return "log" if known.size and known.min() > 0 and known.max() > LOG_FROM * known.min() else "linear"


def _limits(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """Of an axis whose values hardly differ: noise of a constant should not look like a trend."""
    known = values[np.isfinite(values)]
    middle = float(known.mean()) if known.size else 0.0
    if middle == 0 or np.ptp(known) > STEADY * abs(middle):
        return None
    return middle - STEADY * abs(middle), middle + STEADY * abs(middle)


def _with_nan(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def _list(values: ArrayLike) -> list[float]:
    return [float(value) for value in np.asarray(values, dtype=float)]


def _groups(
    rows: Sequence[Mapping[str, Any]], keys: Sequence[str]
) -> list[tuple[tuple[str, ...], list[Mapping[str, Any]]]]:
    found: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(tuple(_short(row.get(key)) for key in keys), []).append(row)
    return list(found.items())


def _short(value: Any) -> str:
    known = number(value)
    return f"{known:.4g}" if math.isfinite(known) else "none" if value in (None, "") else str(value)


def _study_series(axes: StudyAxes, key: str, name: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Series | None:
    error = error_key(key, rows[0])
    points = sorted((number(row.get(axes.x)), number(row.get(key)), number(row.get(error or ""))) for row in rows)
    known = [point for point in points if math.isfinite(point[0]) and math.isfinite(point[1])]
    if not known:
        return None
    x, y, bars = (list(part) for part in zip(*known, strict=True))
    label = ", ".join(f"{axes.label(k)} = {v}" for k, v in zip(axes.series, name, strict=True))
    hover = [f"{label + ': ' if label else ''}{a:.4g}, {b:.5g}" for a, b in zip(x, y, strict=True)]
    line = "solid" if len(set(x)) == len(x) else ""  # repeats are points above each other
    return Series(label, x, y, line=line, error=bars if np.isfinite(bars).any() else None, hover=hover)


def _styled(series: Sequence[Series]) -> list[Series]:
    """In colours of their own; one that lies on others is dashed and thin, the lowest of them thick."""
    values = np.concatenate([np.asarray(one.y, dtype=float) for one in series] or [np.empty(0)])
    below = lying([(one.x, one.y) for one in series], _scale_of(values) == "log")
    styled = []
    for number, (one, lower, width) in enumerate(zip(series, below, widths(below), strict=True)):
        colour, symbol = PALETTE[number % len(PALETTE)], SYMBOLS[number % len(SYMBOLS)]
        line = "dashed" if one.line and lower else one.line
        styled.append(replace(one, colour=colour, symbol=symbol, line=line, width=width))
    return styled
