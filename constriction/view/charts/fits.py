"""From analysed spectra to what their pictures and reports show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.laws.circuit import impedance
from constriction.spectra.drt.processes import Processes
from constriction.spectra.drt.relaxation_times import Distribution
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.fit.fitting import CircuitFit
from constriction.spectra.normalisation import Normalisation
from constriction.spectra.reading.batch import AnalysedSpectrum
from constriction.spectra.spectrum import Spectrum
from constriction.spectra.timeseries import MAH_PER_CM2, PLATEAU, Nucleation
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.charts.curves import SpectrumCurve
from constriction.view.charts.spectra_charts import Residuals
from constriction.view.terminal.entries import Found, points_in_words, result_line, results, warnings_of
from constriction.view.terminal.numbers import decimal_prefix

CHARGE_AXIS = "charge  (mAh/cm²)"
TRENDS = ("R_SE", "R_int", "C_int")

WIDE = 50  # a quantity that changes along a series by more than this factor has a logarithmic axis
# Points of a fitted circuit per decade, so that it looks like the curve it is.
FINE = 40


@dataclass(frozen=True, eq=False)
class AnalysisPicture:
    """What the picture of one analysed spectrum shows.

    Attributes:
        title: one line, usually the name of the file.
        remarks: smaller lines below it, wrapped: results, and whether to trust them.
        curves: spectra of the Nyquist and Bode panels; decades of frequency are marked on the first one.
        residuals: of the fit and of the Kramers-Kronig test.
        distribution: of relaxation times, or None for no such panel.
        processes: which relaxation times are sure; None: not known.
        scale: of the distribution: its γ times this is in the unit of the curves.
        zoom: largest Re Z of an inset that shows the arcs beside a long blocking branch, SI; None: no inset.
    """

    title: str
    remarks: Sequence[str]
    curves: Sequence[SpectrumCurve]
    residuals: Sequence[Residuals]
    distribution: Distribution | None = None
    processes: Processes | None = None
    scale: float = 1.0
    zoom: float | None = None


class Trend(NamedTuple):
    """One quantity along a series: its name with the unit, a value per spectrum and the standard errors of these.

    None where a spectrum has no value, or a value no error bar.
    """

    name: str
    values: Sequence[float | None]
    stderr: Sequence[float | None]


def entry_picture(entry: AnalysedSpectrum, by: Normalisation | None, title: str) -> AnalysisPicture:
    """What the picture of an analysed spectrum shows, normalised if it is.

    Args:
        entry: with a fit.
        by: what normalises it, or None.
        title: of the picture.

    Raises:
        ValueError: the entry has no fit.
    """
    measurement, screened, fit = entry.measurement, entry.screened, entry.fit
    if measurement is None or screened is None or fit is None:
        raise ValueError(f"{entry.file}: expected an analysed spectrum, got {entry.error!r}")
    scale, unit = (by.scale, by.unit) if by else (1.0, measurement.spectrum.unit)
    test, used = screened.test, _tested(measurement.spectrum, screened)
    return AnalysisPicture(
        title=title,
        remarks=[
            result_line(entry, by),
            f"{points_in_words(entry)}; Kramers-Kronig test: {test.message}",
            *warnings_of(entry),
        ],
        curves=[_scaled(curve, scale, unit) for curve in _curves(measurement.spectrum, screened, fit)],
        residuals=[
            Residuals(f"fit of {fit.circuit.text}", screened.spectrum.frequency, fit.residuals),
            Residuals(f"Kramers-Kronig, {test.elements} RC elements", used, test.residuals, screened.limit),
        ],
        distribution=entry.distribution,
        processes=entry.processes,
        scale=scale,
        zoom=scale * (fit.R_series + math.fsum(arc.resistance for arc in fit.arcs)),
    )


def trends_of(
    entries: Sequence[AnalysedSpectrum], by: Normalisation | None, charges: Sequence[float] | None, pristine: bool
) -> Chart:
    """R_SE, R_int and C_int along a series, against charge or the number of the spectrum.

    Args:
        entries: in their order; one without a result leaves a gap.
        by: what normalises them, or None.
        charges: one per entry in C/m², or None.
        pristine: whether the first one is the pristine cell's.

    Raises:
        InputError: the spectra have several units, or no result.
    """
    tables = [{found.name: found for found in results(entry, by)} for entry in entries]
    columns = {name: [table.get(name) for table in tables] for name in TRENDS}
    trends = [_trend(name, column) for name, column in columns.items() if any(column)]
    x = range(1, len(entries) + 1) if charges is None else [charge / MAH_PER_CM2 for charge in charges]
    return trend_chart("spectrum" if charges is None else CHARGE_AXIS, list(x), trends, pristine=pristine)


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


def deposition_chart(charge: NDArray[np.float64], potential: NDArray[np.float64], found: Nucleation) -> Chart:
    """Potential over charge, with the initial drop and the plateau of the nucleation overpotential.

    Args:
        charge: (N,) in C/m²; its absolute value is drawn.
        potential: (N,) in V.
        found: from `timeseries.nucleation`.
    """
    lowest, plateau = 1e3 * found.lowest_potential, 1e3 * found.plateau_potential
    # The potential at rest, of a volt or more, would flatten everything else.
    reach = 1e3 * max(abs(found.overpotential), 1e-3)
    y = ChartAxis("potential  (mV)", limits=(lowest - 0.3 * reach, plateau + 2 * reach))
    drop = [found.lowest_charge / MAH_PER_CM2]
    parts = (
        Series("", np.abs(charge) / MAH_PER_CM2, 1e3 * potential, line="solid", symbol="", width=0.8),
        Series("plateau (mean)", np.array(PLATEAU) / MAH_PER_CM2, [plateau] * 2, "c1", "solid", "", width=1.4),
        Series("initial drop", drop, [lowest], "ink", symbol="triangle-down"),
    )
    return Chart("Deposition", "", ChartAxis(CHARGE_AXIS), (Panel(y, parts),))


def _trend(name: str, column: Sequence[Found | None]) -> Trend:
    """One quantity along a series, in one unit with a prefix that suits its largest value."""
    known = [found for found in column if found]
    unit = _one_unit(name, known)
    size, prefix = decimal_prefix(float(f"{max(abs(found.value) for found in known):.2e}"))
    values = [found and found.value / size for found in column]
    errors = [found and found.stderr and found.stderr / size for found in column]
    return Trend(f"{name}  ({prefix}{unit})", values, errors)


def _one_unit(name: str, column: Sequence[Found]) -> str:
    units = sorted({found.unit for found in column})
    if len(units) > 1:
        raise InputError(f"series: {name} in {', '.join(units)}; expected spectra in one unit")
    return units[0]


def _tested(spectrum: Spectrum, screened: Exclusion) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Frequencies that took part in the Kramers-Kronig test: those that stay and those left out."""
    f = np.concatenate([screened.spectrum.frequency, [point.frequency for point in screened.excluded]])
    return np.sort(f)[::-1]


def _curves(spectrum: Spectrum, screened: Exclusion, fit: CircuitFit) -> Iterator[SpectrumCurve]:
    """Measured points that were fitted, those left out or masked, those outside the window, and the fit."""
    used = screened.spectrum
    yield SpectrumCurve("measured", used, "hollow")
    excluded = np.isin(spectrum.frequency, [point.frequency for point in screened.excluded])
    masked = np.isin(spectrum.frequency, [point.frequency for point in screened.masked])
    outside = ~np.isin(spectrum.frequency, used.frequency) & ~excluded & ~masked
    for which, label, kind, colour in (
        (outside, "outside the window", "dots", "muted"),
        (masked, "masked", "crosses", "muted"),
        (excluded, f"left out (> {100 * screened.limit:g} % of |Z|)", "crosses", "c1"),
    ):
        if which.any():
            yield SpectrumCurve(label, spectrum.part(which), kind, colour)
    decades = math.log10(used.frequency[0] / used.frequency[-1])
    f = np.geomspace(used.frequency[0], used.frequency[-1], max(2, math.ceil(FINE * decades)))
    fitted = Spectrum(f, impedance(fit.circuit, fit.values, f), used.unit)
    yield SpectrumCurve(fit.circuit.text, fitted, "line", "ink")


def _scaled(curve: SpectrumCurve, scale: float, unit: str) -> SpectrumCurve:
    spectrum = curve.spectrum
    return replace(curve, spectrum=Spectrum(spectrum.frequency, spectrum.impedance * scale, unit))


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
