"""Charts of spectra and of residuals; plain data in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.laws.arrays import Complexes, Reals
from constriction.spectra.spectrum import Spectrum
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.charts.curves import (
    POINTS,
    Named,
    SpectrumCurve,
    common_unit,
    decades,
    plane_window,
    slab_name,
    smooth,
)
from constriction.view.terminal.numbers import engineering, hertz, significant

if TYPE_CHECKING:
    from constriction.compare.cell import Cell
    from constriction.compare.differences import Overlay
    from constriction.simulation.result import Result

FREQUENCY = ChartAxis("frequency", "frequency")
DENSE = 60  # points of a simulated line per decade
CROWDED = 0.05  # of width and height together: nearer decades are not marked
POINT = 0.01  # of the plane's width: a curve that is shorter is a point
FAR_BEYOND = 4.0  # limits; residuals further out stand at the edge of their panel


@dataclass(frozen=True, eq=False)
class Residuals:
    """Relative differences between a spectrum and what should follow it.

    Attributes:
        title: what follows it.
        frequency: (N,) in Hz.
        values: (N,) complex, relative to |Z|.
        limit: drawn as two lines, relative to |Z|; None: no lines.
    """

    title: str
    frequency: Reals
    values: Complexes
    limit: float | None = None


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
    shortest = POINT * scale * plane_window(np.concatenate([curve.spectrum.impedance for curve in curves])).width
    series = [part for curve in curves for part in _nyquist_series(curve, (scale, unit), shortest)]
    series.append(_decades(next((curve for curve in curves if curve.kind not in POINTS), curves[0]), scale))
    series += _peaks(marks, curves[0].spectrum.window, scale)
    y = ChartAxis(f"−Im Z ({unit})")
    return Chart("Nyquist plot", caption, ChartAxis(f"Re Z ({unit})"), (Panel(y, tuple(series)),), equal=True)


def _peaks(marks: Sequence[tuple[float, complex]], window: tuple[float, float], scale: float) -> Iterator[Series]:
    """Peaks inside the window, and hollow those outside."""
    low, high = window
    for label, inside in (("constriction peak", True), ("peak outside the window", False)):
        kept = [(f, z * scale) for f, z in marks if (low <= f <= high) == inside]
        if kept:
            frequency, impedance = zip(*kept, strict=True)
            z, names = np.array(impedance), list(map(hertz, frequency))
            hover = [f"peak at {engineering(f, 'Hz')}" for f in frequency]
            look: dict[str, Any] = {"symbol": "diamond", "hollow": not inside}
            yield Series(label, z.real, -z.imag, "ink", **look, hover=hover, names=names)


def bode_chart(curves: Sequence[SpectrumCurve], caption: str = "") -> Chart:
    """|Z| and −phase over frequency.

    Raises:
        InputError: no curve, or two units.
    """
    scale, unit = common_unit(curves)
    moduli = tuple(_bode_series(curve, np.abs(curve.spectrum.impedance) * scale) for curve in curves)
    phases = tuple(_bode_series(curve, -np.degrees(np.angle(curve.spectrum.impedance))) for curve in curves)
    panels = Panel(ChartAxis(f"|Z| ({unit})", "log"), moduli), Panel(ChartAxis("−phase (°)", "degrees"), phases)
    return Chart("Bode plot", caption, FREQUENCY, panels)


def residual_chart(frequency: ArrayLike, residuals: ArrayLike, limit: float | None = None, caption: str = "") -> Chart:
    """Both parts of relative differences over frequency.

    What is far beyond the limit stands at the edge as a cross, so that the other points can still be seen.

    Args:
        frequency: (N,) in Hz.
        residuals: (N,) complex, relative to |Z|.
        limit: drawn as two lines, relative to |Z|; None: no lines.
        caption: below the picture.
    """
    f, percent = np.asarray(frequency, dtype=float), 100 * np.asarray(residuals, dtype=complex)
    hover = [f"{engineering(at, 'Hz')}: {z.real:.2g} %, {z.imag:.2g} %" for at, z in zip(f, percent, strict=True)]
    most = math.inf if limit is None else FAR_BEYOND * 100 * limit
    larger = np.where(np.abs(percent.real) > np.abs(percent.imag), percent.real, percent.imag)
    far = np.abs(larger) > most
    reach = max(1.15 * float(np.abs(larger[~far]).max(initial=0.0)), 115 * (limit or 0), 1e-6)
    near = np.where(far, complex(math.nan, math.nan), percent)
    parts = [
        Series("Re", f, near.real, hover=hover),
        Series("Im", f, near.imag, "c1", symbol="square", hollow=True, hover=hover),
    ]
    if far.any():
        edge, told = 0.93 * reach * np.sign(larger[far]), [hover[k] for k in np.flatnonzero(far)]
        parts.append(Series(f"> {most:.3g} %", f[far], edge, "ink", symbol="cross", hover=told))
    levels = (0.0,) if limit is None else (0.0, -100 * limit, 100 * limit)
    y = ChartAxis("residual (% of |Z|)", limits=(-reach, reach))
    return Chart("Residuals", caption, FREQUENCY, (Panel(y, tuple(parts), levels),))


def result_curves(result: Result) -> list[SpectrumCurve]:
    """The simulated spectrum of a case, and its electrolyte without constriction, dashed."""
    return [
        SpectrumCurve("with constriction", result.spectrum, "both"),
        SpectrumCurve(slab_name(result.laws.film), result.slab, "reference", "c1"),
    ]


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


# --- parts ---------------------------------------------------------------------------------------------------------


def _nyquist_series(curve: SpectrumCurve, unit: tuple[float, str], shortest: float) -> Iterator[Series]:
    """One curve, in axis units; a reference shorter than `shortest` is a square, as a line that short is not seen."""
    scale, name = unit
    z, f = curve.spectrum.impedance * scale, curve.spectrum.frequency
    look: dict[str, Any] = {"colour": curve.colour, "hover": _told(curve, scale, name)}
    if curve.kind in POINTS:
        yield Series(curve.label, z.real, -z.imag, symbol=POINTS[curve.kind], hollow=curve.kind == "hollow", **look)
    elif curve.kind == "reference" and _size(z) < shortest:
        yield Series(curve.label, z.real[:1], -z.imag[:1], curve.colour, "dashed", "square", hollow=True, width=1.5)
    else:
        line = z if curve.kind == "line" else smooth(f, z)[::4]
        dashed = "dashed" if curve.kind == "reference" else "solid"
        yield Series(curve.label, line.real, -line.imag, curve.colour, line=dashed, symbol="")
    if curve.kind == "both":
        yield Series(curve.label, z.real, -z.imag, **look)


def _size(z: Complexes) -> float:
    """Width and height of a curve in the plane, together."""
    return float(np.ptp(z.real) + np.ptp(z.imag))


def _bode_series(curve: SpectrumCurve, values: NDArray[np.float64]) -> Series:
    scale, unit = common_unit([curve])
    line = {**dict.fromkeys(POINTS, ""), "reference": "dashed"}.get(curve.kind, "solid")
    symbol = POINTS.get(curve.kind, "circle" if curve.kind == "both" else "")
    look: dict[str, Any] = {"hollow": curve.kind == "hollow", "hover": _told(curve, scale, unit)}
    return Series(curve.label, curve.spectrum.frequency, values, curve.colour, line, symbol, **look)


def _told(curve: SpectrumCurve, scale: float, unit: str) -> list[str]:
    points = zip(curve.spectrum.frequency.tolist(), (curve.spectrum.impedance * scale).tolist(), strict=True)
    return [
        f"{curve.label}, {engineering(f, 'Hz')}: Re Z {significant(z.real, 4)}, −Im Z {significant(-z.imag, 4)} {unit}"
        for f, z in points
    ]


def _decades(curve: SpectrumCurve, scale: float) -> Series:
    found = decades(curve.spectrum.frequency, curve.spectrum.impedance * scale)
    line = smooth(curve.spectrum.frequency, curve.spectrum.impedance * scale)[::-1]  # falling frequency
    apart = CROWDED * _size(line)
    kept: list[Named] = []
    for here in found:
        if not kept or math.hypot(here[0] - kept[-1][0], here[1] - kept[-1][1]) > apart:
            kept.append(here)
    x, y, names = ([named[0] for named in kept], [named[1] for named in kept], [named[2] for named in kept])
    places = [_outside(line, complex(across, -up)) for across, up in zip(x, y, strict=True)]
    colour = "muted" if curve.colour == "ink" else curve.colour
    return Series("", x, y, colour, hollow=True, hover=names, names=names, places=places, optional=True)


def _outside(line: NDArray[np.complex128], point: complex) -> str:
    """Where beside a point of an arc its name stands free: left of the way that it is run through."""
    here = int(np.clip(np.argmin(np.abs(line - point)), 1, line.size - 2)) if line.size > 2 else 0
    way = np.conj(line[min(here + 1, line.size - 1)] - line[max(here - 1, 0)])
    angle = math.degrees(math.atan2(way.imag, way.real)) + 90
    sides = ("middle right", "top right", "top center", "top left", "middle left", "bottom left", "bottom center")
    return (*sides, "bottom right")[round(angle / 45) % 8]
