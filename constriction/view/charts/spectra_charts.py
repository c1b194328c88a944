"""Charts of spectra, of quantities along a series, and of studies; plain data in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.charts.curves import POINTS, Named, SpectrumCurve, common_unit, decades, smooth
from constriction.view.charts.labels import hertz, seconds
from constriction.view.terminal.words import engineering, significant

type Maybe = Sequence[float | None]

FREQUENCY = ChartAxis("frequency", "frequency")
TIME = ChartAxis("relaxation time τ", "time")
CROWDED = 0.05  # of width and height together: nearer decades are not marked


def nyquist_chart(
    curves: Sequence[SpectrumCurve], marks: Sequence[tuple[float, complex]] = (), caption: str = ""
) -> Chart:
    """−Im Z over Re Z with equal axes; decades of frequency are marked on the first line, or on the points.

    Args:
        curves: of one unit.
        marks: (frequency in Hz, Z in SI) of peaks to be named.
        caption: below the picture.

    Raises:
        InputError: no curve, or two units.
    """
    scale, unit = common_unit(curves)
    series = [part for curve in curves for part in _nyquist_series(curve, scale, unit)]
    series.append(_decades(next((curve for curve in curves if curve.kind not in POINTS), curves[0]), scale))
    if marks:
        series.append(_peaks(marks, scale))
    y = ChartAxis(f"−Im Z ({unit})")
    return Chart("Nyquist plot", caption, ChartAxis(f"Re Z ({unit})"), (Panel(y, tuple(series)),), equal=True)


def _peaks(marks: Sequence[tuple[float, complex]], scale: float) -> Series:
    frequency, impedance = zip(*marks, strict=True)
    z = np.array(impedance) * scale
    hover = [f"peak at {engineering(f, 'Hz')}" for f in frequency]
    names = list(map(hertz, frequency))
    return Series("constriction peak", z.real, -z.imag, "ink", symbol="diamond", hover=hover, names=names)


def bode_chart(curves: Sequence[SpectrumCurve], caption: str = "") -> Chart:
    """|Z| and −phase over frequency.

    Raises:
        InputError: no curve, or two units.
    """
    scale, unit = common_unit(curves)
    moduli = tuple(_bode_series(curve, np.abs(curve.spectrum.impedance) * scale) for curve in curves)
    phases = tuple(_bode_series(curve, -np.degrees(np.angle(curve.spectrum.impedance))) for curve in curves)
    panels = Panel(ChartAxis(f"|Z| ({unit})", "log"), moduli), Panel(ChartAxis("−phase (°)"), phases)
    return Chart("Bode plot", caption, FREQUENCY, panels)


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
        for f, z in zip(np.asarray(frequency, dtype=float), percent, strict=True)
    ]
    parts = (
        Series("real part", frequency, percent.real, hover=hover),
        Series("imaginary part", frequency, percent.imag, "c1", symbol="square", hollow=True, hover=hover),
    )
    levels = () if limit is None else (-100 * limit, 100 * limit)
    return Chart("Residuals", caption, FREQUENCY, (Panel(ChartAxis("residual (% of |Z|)"), parts, levels),))


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
            x, y = zip(*points, strict=True)
            hover = [f"{_time_in_words(time)}: {significant(value, 3)} {unit}" for time, value in points]
            names = list(map(seconds, x))
            series.append(Series(label, x, y, "ink", symbol="diamond", hollow=hollow, hover=hover, names=names))
    y_axis = ChartAxis(f"γ per ln τ ({unit})")
    return Chart("Distribution of relaxation times", caption, TIME, (Panel(y_axis, tuple(series)),))


def _time_in_words(tau: float) -> str:
    """A relaxation time in s and the frequency of its apex: 1.00 ms (159 Hz)."""
    return f"{engineering(tau, 's')} ({engineering(1 / (2 * math.pi * tau), 'Hz')})"


def trend_chart(
    axis: str,
    x: Sequence[float],
    trends: Sequence[tuple[str, Maybe, Maybe]],
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
    panels = [Panel(ChartAxis(name), tuple(_trend_series(x, y, bars, hover))) for name, y, bars in trends]
    scale = "whole" if all(float(value).is_integer() for value in x) else "linear"  # numbers of spectra
    return Chart("Trends", caption, ChartAxis(axis, scale), tuple(panels))


# --- parts ---------------------------------------------------------------------------------------------------------


def _trend_series(x: Sequence[float], values: Maybe, errors: Maybe, hover: Sequence[str]) -> Iterator[Series]:
    """A line, and points on it: those with an error bar filled, those without hollow."""
    places, y, bars = np.array(x, dtype=float), np.array(values, dtype=float), np.array(errors, dtype=float)
    yield Series("", x, y, "muted", line="solid", symbol="")
    barred = np.isfinite(bars)
    for label, kind, hollow in (("with error bar", barred, False), ("no error bar", ~barred, True)):
        which = np.flatnonzero(kind & np.isfinite(y))
        if which.size:
            told = [hover[k] for k in which.tolist()] if hover else ()
            yield Series(
                label, places[which], y[which], hollow=hollow, error=None if hollow else bars[which], hover=told
            )


def _nyquist_series(curve: SpectrumCurve, scale: float, unit: str) -> list[Series]:
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


def _bode_series(curve: SpectrumCurve, values: NDArray[np.float64]) -> Series:
    scale, unit = common_unit([curve])
    line = {**dict.fromkeys(POINTS, ""), "reference": "dashed"}.get(curve.kind, "solid")
    symbol = POINTS.get(curve.kind, "circle" if curve.kind == "both" else "")
    hover = _told(curve, scale, unit)
    return Series(curve.label, curve.spectrum.frequency, values, curve.colour, line, symbol, hover=hover)


def _told(curve: SpectrumCurve, scale: float, unit: str) -> list[str]:
    points = zip(curve.spectrum.frequency.tolist(), (curve.spectrum.impedance * scale).tolist(), strict=True)
    return [
        f"{curve.label}, {engineering(f, 'Hz')}: Re Z {significant(z.real, 4)}, −Im Z {significant(-z.imag, 4)} {unit}"
        for f, z in points
    ]


def _decades(curve: SpectrumCurve, scale: float) -> Series:
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
