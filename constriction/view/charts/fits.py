"""From analysed spectra to what their pictures and reports show."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.laws.circuit import impedance
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.fit.fitting import CircuitFit
from constriction.spectra.normalisation import Normalisation
from constriction.spectra.reading.batch import AnalysedSpectrum
from constriction.spectra.spectrum import Spectrum
from constriction.spectra.timeseries import MAH_PER_CM2, PLATEAU, Nucleation
from constriction.view.charts.analysis import AnalysisPicture, Residuals, Trend
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.charts.curves import SpectrumCurve
from constriction.view.charts.spectra_charts import trend_chart
from constriction.view.terminal.entries import Found, points_in_words, result_line, results, warnings_of
from constriction.view.terminal.numbers import decimal_prefix

CHARGE_AXIS = "charge  (mAh/cm²)"
TRENDS = ("R_SE", "R_int", "C_int")

# Points of a fitted circuit per decade, so that it looks like the curve it is.
FINE = 40


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
    yield SpectrumCurve(fit.circuit.text, fitted, "line", "c2")


def _scaled(curve: SpectrumCurve, scale: float, unit: str) -> SpectrumCurve:
    spectrum = curve.spectrum
    return replace(curve, spectrum=Spectrum(spectrum.frequency, spectrum.impedance * scale, unit))
