"""Charts of spectra, of quantities along a series, and of studies; plain data in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError
from constriction.spectra.spectrum import Spectrum
from constriction.view.charts.analysis import Trend
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.charts.curves import POINTS, Named, SpectrumCurve, common_unit, decades, slab_name, smooth
from constriction.view.terminal.numbers import engineering, hertz, seconds, significant

if TYPE_CHECKING:
    from constriction.compare.cell import Cell
    from constriction.compare.differences import Overlay

FREQUENCY = ChartAxis("frequency", "frequency")
TIME = ChartAxis("relaxation time τ", "time")
WIDE = 50  # a quantity that changes along a series by more than this factor has a logarithmic axis
DENSE = 60  # points of a simulated line per decade
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


def overlay_curves(measured: Spectrum, overlay: Overlay, cell: Cell) -> list[SpectrumCurve]:
    """The simulated line and full contact, dashed, from below; then the measured points of the common window.

    Args:
        measured: the whole measured spectrum, Ω·m².
        overlay: tells the window and which points were left out.
        cell: gives the lines.
    """
    low, high = overlay.window
    f = np.geomspace(high, low, max(int(DENSE * math.log10(high / low)), 2))
    stays = overlay.screened.spectrum
    out = (measured.frequency >= low) & (measured.frequency <= high) & ~np.isin(measured.frequency, stays.frequency)
    curves = [
        SpectrumCurve("simulated", cell.spectrum(f), "line", "c1"),
        SpectrumCurve(slab_name(cell.result.laws.film), cell.pristine(f), "reference", "muted"),
        SpectrumCurve("measured", stays),
    ]
    if out.any():
        curves.append(SpectrumCurve("left out (Kramers-Kronig)", measured.part(out), "crosses"))
    return curves


def difference_chart(overlay: Overlay, cell: Cell) -> Chart:
    """(measured − simulated)/|simulated| of both parts over frequency, with what noise and error bar make of it.

    Args:
        overlay: of one measured spectrum.
        cell: tells the simulation's error bar, which is drawn with the measurement's noise as a band.
    """
    f, percent = overlay.simulated.frequency, 100 * overlay.residuals
    band = 100 * np.hypot(overlay.noise, cell.error / np.abs(overlay.simulated.impedance))
    told = "noise of the measurement and error bar of the simulation"
    parts = (
        Series(told, f, np.zeros(f.size), "muted", symbol="", band=band),
        Series("Re", f, percent.real, line="solid", width=0.6),
        Series("Im", f, percent.imag, "c1", "dashed", "square", width=0.6),
    )
    y = ChartAxis("measured − simulated  (% of |simulated|)")
    return Chart("Residuals", "(measured − simulated) / |simulated|", FREQUENCY, (Panel(y, parts, (0.0,)),))


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
    trends: Sequence[Trend],
    hover: Sequence[str] = (),
    pristine: bool = False,
) -> Chart:
    """Quantities along a series, a panel each; those without any value are left out.

    Args:
        axis: name of x with its unit.
        x: (n,) of each spectrum.
        trends: name with unit, (n,) values and (n,) standard errors; None where there is none.
        hover: (n,) what is told of each spectrum, such as its file.
        pristine: whether the first spectrum is the pristine cell's: grey and not joined, as its circuit is another.

    Raises:
        InputError: no quantity has a value.
    """
    shown = [trend for trend in trends if any(value is not None for value in trend[1])]
    if not shown:
        names = ", ".join(trend[0] for trend in trends)
        raise InputError(f"no spectrum of the series has a value: expected at least one of {names}")
    panels = tuple(_trend_panel(np.asarray(x, dtype=float), trend, hover, pristine) for trend in shown)
    scale = "whole" if all(float(value).is_integer() for value in x) else "linear"  # numbers of spectra
    return Chart("Trends", "Hollow: no error bar; fit.json tells why.", ChartAxis(axis, scale), panels)


# --- parts ---------------------------------------------------------------------------------------------------------


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


def _trend_panel(x: NDArray[np.float64], trend: Trend, hover: Sequence[str], pristine: bool) -> Panel:
    """Points joined by a line; with an error bar filled, without hollow."""
    name, values, stderr = trend
    y, bars = np.array(values, dtype=float), np.array(stderr, dtype=float)
    first = np.arange(x.size) < pristine
    known, barred = np.isfinite(y), np.isfinite(bars)
    parts = [Series("", x[~first], y[~first], line="solid", symbol="", width=0.7)]
    for label, kind, colour, hollow in (
        ("fit with standard error", ~first & barred, "c0", False),
        ("no error bar: see fit.json", ~first & ~barred, "c0", True),
        ("pristine", first & barred, "muted", False),
        ("pristine, no error bar", first & ~barred, "muted", True),
    ):
        which = np.flatnonzero(kind & known)
        if which.size:
            told = [hover[int(k)] for k in which] if hover else ()
            error = None if hollow else bars[which]
            parts.append(Series(label, x[which], y[which], colour, hollow=hollow, error=error, hover=told))
    return Panel(_trend_axis(name, y[known], bars[known & barred]), tuple(parts))


def _trend_axis(name: str, values: NDArray[np.float64], bars: NDArray[np.float64]) -> ChartAxis:
    """Logarithmic where values differ much; wide where they hardly do, as noise of a constant is no trend."""
    if values.min() > 0 and values.max() > WIDE * values.min():
        return ChartAxis(name, "log")
    middle = float(values.mean())
    if np.ptp(values) >= 0.02 * abs(middle):
        return ChartAxis(name)
    reach = 0.05 * abs(middle) + float(bars.max(initial=0.0))
    return ChartAxis(name, limits=(middle - reach, middle + reach))
