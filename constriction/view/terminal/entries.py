"""From an analysed spectrum to its picture, and to the words that tell its results."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from constriction.base.errors import InputError
from constriction.laws.circuit import Element, impedance
from constriction.spectra.columns.units import ZERO_CELSIUS
from constriction.spectra.drt.processes import BROAD_ONE, UNCONFIRMED, Process, UnresolvedGroup
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.fit.fitting import CircuitFit, FittedParameter
from constriction.spectra.normalisation import Normalisation, scales
from constriction.spectra.reading.apparent import apparent
from constriction.spectra.reading.batch import AnalysedSpectrum, doubts
from constriction.spectra.spectrum import Spectrum
from constriction.spectra.timeseries import MAH_PER_CM2
from constriction.view.terminal.words import decimal_prefix, engineering, significant
from constriction.view.writers.panels import Residuals
from constriction.view.writers.plots import BLUE, GREY, VERMILION
from constriction.view.writers.spectra_plots import Layer, Picture
from constriction.view.writers.trends import CHARGE_AXIS, SeriesOfTrends, Trend

SYMBOLS = {
    "ohm": "Ω",
    "ohm_cm2": "Ω·cm²",
    "ohm_cm": "Ω·cm",
    "farad": "F",
    "farad_per_cm2": "F/cm²",
    "farad_per_cm": "F/cm",
}
WORDS = {"siemens": "S", "second": "s", "ohm": "Ω", "farad": "F", "henry": "H", "m2": "m²"}
LETTERS = {"R_SE": r"$R_\mathrm{SE}$", "R_int": r"$R_\mathrm{int}$", "C_int": r"$C_\mathrm{int}$"}
# Notes of the reader that the table shows: what was left out, and what else there is.
TOLD = re.compile(r"left out|--impedance")
# Points of a fitted circuit per decade, so that it looks like the curve it is.
FINE = 40


def entry_picture(entry: AnalysedSpectrum, by: Normalisation | None, title: str) -> Picture:
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
    return Picture(
        title=title,
        remarks=[
            result_line(entry, by),
            f"{_points(entry)}; Kramers-Kronig test: {screened.test.message}",
            *warnings_of(entry),
        ],
        layers=[_scaled(layer, scale, unit) for layer in _layers(measurement.spectrum, screened, fit)],
        residuals=[
            Residuals(f"fit of {fit.circuit.text}", screened.spectrum.frequency, fit.residuals),
            Residuals(
                f"Kramers-Kronig, {screened.test.elements} RC elements",
                _tested(measurement.spectrum, screened),
                screened.test.residuals,
                screened.limit,
            ),
        ],
        distribution=entry.distribution,
        processes=entry.processes,
        scale=scale,
        zoom=scale * (fit.R_series + math.fsum(arc.resistance for arc in fit.arcs)),
    )


def result_line(entry: AnalysedSpectrum, by: Normalisation | None) -> str:
    """The circuit and R_SE, R_int, C_int with error bars in one line."""
    told = [f"{name} {quantity(value, stderr, unit)}" for name, value, stderr, unit in results(entry, by)]
    return f"{entry.fit.circuit.text if entry.fit else ''}: {', '.join(told)}"


def entry_title(entry: AnalysedSpectrum, entries: Sequence[AnalysedSpectrum]) -> str:
    """The name of an entry's file, with the number of the sweep if there are several."""
    name = Path(entry.file).name
    if entry.measurement is None or sum(other.file == entry.file for other in entries) == 1:
        return name
    return f"{name}, sweep {entry.measurement.metadata.sweep}"


def entry_rows(
    entry: AnalysedSpectrum, by: Normalisation | None, beside: Normalisation | None = None
) -> Iterator[tuple[str, str]]:
    """The lines of an entry's table: results, how far to trust them, or why there are none.

    Args:
        entry: analysed or not.
        by: what normalises it, or None.
        beside: another normalisation, shown before that one.
    """
    if entry.error:
        yield "ERROR", entry.error
    if entry.fit is None:
        return
    ways = (by,) if beside is None else (beside, by)
    for same in zip(*(tuple(results(entry, way)) for way in ways), strict=True):
        yield same[0].name, ", ".join(quantity(value, stderr, unit) for _, value, stderr, unit in same)
    if further := ", ".join(_further(entry.fit)):
        yield "further", further
    others = [f"{item.fit.circuit.text} (BIC {item.delta_bic:+.1f})" for item in entry.comparison[1:]]
    yield "circuit", ", not ".join([entry.fit.circuit.text, *others])
    yield "points", _points(entry)
    if entry.screened:
        test = entry.screened.test
        noise = f"{test.noise:.2%}" if test.noise >= 5e-5 else f"{100 * test.noise:.1g}%"
        told = f"{test.message}; {test.elements} RC elements, noise {noise} of |Z|"
        yield "Kramers-Kronig", told if test.consistent else f"WARNING: {told}"
    yield from _relaxation_rows(entry, by)
    yield from _told_by_file(entry)
    for warning in warnings_of(entry):
        yield "WARNING", warning


def _relaxation_rows(entry: AnalysedSpectrum, by: Normalisation | None) -> Iterator[tuple[str, str]]:
    """Which relaxation times are sure, each with its R and the share of all R, and which are not told apart."""
    if entry.processes is None or entry.measurement is None:
        return
    edge = scales(entry.measurement.spectrum.unit, by)[-1]

    def resistance(item: Process | UnresolvedGroup) -> str:
        stderr = None if item.resistance_stderr is None else item.resistance_stderr * edge.factor
        return quantity(item.resistance * edge.factor, stderr, SYMBOLS[edge.ohm])

    told = [
        f"{engineering(item.time_constant, 's')} ({resistance(item)}, {item.share:.0%})"
        for item in entry.processes.sure
    ]
    yield "relaxation times", ", ".join(told) or "none is sure"
    if limits := [item.resolution for item in entry.processes.sure if item.resolution is not None]:
        yield "resolution", f"two times within {max(limits):.2g} decades would be told as one"
    for group in entry.processes.unresolved:
        ends = dict.fromkeys(engineering(time, "s") for time in (group.first, group.last))
        known = "only the sum" if group.count > 1 else "time or R weakly determined"
        yield "unresolved", f"{' to '.join(ends)}: {known}, {resistance(group)}"
    whys = {item.why for item in entry.processes.items if item.why in (BROAD_ONE, UNCONFIRMED)}
    for why in sorted(whys):
        times = [engineering(item.time_constant, "s") for item in entry.processes.items if item.why == why]
        yield "not sure", f"{', '.join(times)}: {why}"


def _told_by_file(entry: AnalysedSpectrum) -> Iterator[tuple[str, str]]:
    """The temperature, and which rows of the file were left out."""
    if entry.measurement is None:
        return
    if (kelvin := entry.measurement.metadata.temperature) is not None:
        yield "temperature", f"{kelvin - ZERO_CELSIUS:.1f} °C"
    yield from (("note", note) for note in entry.measurement.notes if TOLD.search(note))


def arrhenius_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of the table of several temperatures.

    Args:
        record: `arrhenius` of fit.json.
    """
    kelvin = [point["temperature_kelvin"] for point in record["points"]]
    celsius = f"{min(kelvin) - ZERO_CELSIUS:.1f} to {max(kelvin) - ZERO_CELSIUS:.1f} °C"
    yield "temperatures", f"{len(kelvin)} spectra, {celsius}"
    symbols = ("σT", "σ") if record["of"] == "conductivity" else ("T/R_SE", "1/R_SE")
    for symbol, key in zip(symbols, (f"{record['of']}_times_temperature", record["of"]), strict=True):
        found = record[key]
        told = quantity(found["activation_energy_eV"], found["activation_energy_stderr_eV"], "eV")
        yield f"E_a of {symbol}", f"{told}, r² {found['r_squared']:.5f}"
    if record["of"] == "conductivity":
        for point in record["points"]:
            sigma, stderr = (point[f"conductivity{name}_siemens_per_cm"] for name in ("", "_stderr"))
            yield f"σ({point['temperature_kelvin'] - ZERO_CELSIUS:.1f} °C)", quantity(sigma, stderr, "S/cm")
    else:
        yield "note", "1/R_SE stands for the conductivity, which needs --area and --thickness"


def deposition_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The lines of a deposition's table.

    Args:
        record: `deposition` of fit.json.
    """
    yield "overpotential", f"{1e3 * record['nucleation_overpotential_volt']:.4g} mV (nucleation)"
    yield "initial drop", f"to {1e3 * record['lowest_potential_volt']:.4g} mV"
    yield "plateau", f"{1e3 * record['plateau_potential_volt']:.4g} mV between 0.05 and 0.25 mAh/cm²"
    yield "charge", f"{record['charge_mAh_per_cm2']:.4g} mAh/cm²"
    yield "sodium", f"{record['mean_sodium_thickness_um']:.3g} µm in the mean, if it is sodium"


class Found(NamedTuple):
    """One result with its standard error, None where the fit gives none, both in `unit`."""

    name: str
    value: float
    stderr: float | None
    unit: str


def results(entry: AnalysedSpectrum, by: Normalisation | None) -> Iterator[Found]:
    """R_SE and, if there is a second arc, R_int and C_int, in the normalised unit if there is one."""
    fit, measurement = entry.fit, entry.measurement
    if fit is None or measurement is None:
        return
    edge = scales(measurement.spectrum.unit, by)[-1]
    found = apparent(fit, entry.identities)
    for name, value, stderr, unit, factor in (
        ("R_SE", found.R_SE, found.R_SE_stderr, edge.ohm, edge.factor),
        ("R_int", found.R_int, found.R_int_stderr, edge.ohm, edge.factor),
        ("C_int", found.C_int, found.C_int_stderr, edge.farad, 1 / edge.factor),
    ):
        if value is not None:
            yield Found(name, value * factor, None if stderr is None else stderr * factor, SYMBOLS[unit])
    for group in fit.joint:
        name = "one arc" if group.needless else group.text
        yield Found(name, group.resistance * edge.factor, group.stderr * edge.factor, SYMBOLS[edge.ohm])


def _further(fit: CircuitFit) -> Iterator[str]:
    """Parameters that are neither a series resistance nor an arc's, in the unit of the spectrum as measured."""
    told = {name for arc in fit.arcs for name in arc.parameters}
    series = [part for part in fit.circuit.parts if isinstance(part, Element) and part.kind == "R"]
    told |= {fit.circuit.names[part.first] for part in series}
    for item in fit.parameters:
        if item.name not in told:
            yield f"{item.name} {_parameter(item)}"


def _parameter(item: FittedParameter) -> str:
    if item.unit == "1":
        return f"{item.value:.3g}" + (" (no error bar)" if item.stderr is None else f" ± {item.stderr:.1g}")
    unit = item.unit
    for word, symbol in WORDS.items():
        unit = unit.replace(word, symbol)
    return quantity(item.value, item.stderr, unit)


def trends_of(
    entries: Sequence[AnalysedSpectrum], by: Normalisation | None, charges: Sequence[float] | None, pristine: bool
) -> SeriesOfTrends:
    """R_SE, R_int and C_int along a series, against charge or the number of the spectrum.

    Args:
        entries: in their order; one without a result leaves a gap.
        by: what normalises them, or None.
        charges: one per entry in C/m², or None.
        pristine: whether the first one is the pristine cell's.

    Raises:
        InputError: the spectra have several units.
    """
    tables = [{found.name: found for found in results(entry, by)} for entry in entries]
    trends = []
    for name in ("R_SE", "R_int", "C_int"):
        column = [table.get(name) for table in tables]
        units = sorted({found.unit for found in column if found})
        if len(units) > 1:
            raise InputError(f"series: {name} in {', '.join(units)}; expected spectra in one unit")
        if units:
            size, prefix = decimal_prefix(max(abs(found.value) for found in column if found))
            values = [found.value / size if found else None for found in column]
            errors = [found.stderr / size if found and found.stderr is not None else None for found in column]
            trends.append(Trend(f"{LETTERS[name]}  ({prefix}{units[0]})", values, errors))
    x = range(1, len(entries) + 1) if charges is None else [charge / MAH_PER_CM2 for charge in charges]
    return SeriesOfTrends("spectrum" if charges is None else CHARGE_AXIS, list(x), trends, pristine)


def _points(entry: AnalysedSpectrum) -> str:
    """How many points were fitted, and what became of the others."""
    if entry.measurement is None or entry.screened is None:
        return ""
    f = entry.screened.spectrum.frequency
    left_out, masked = len(entry.screened.excluded), len(entry.screened.masked)
    total = entry.measurement.spectrum.frequency.size
    told = f"{f.size} of {total} fitted, {engineering(f[-1], 'Hz')} to {engineering(f[0], 'Hz')}"
    told += f", {left_out} left out by the Kramers-Kronig rule" if left_out else ""
    return f"{told}, {masked} masked" if masked else told


def warnings_of(entry: AnalysedSpectrum) -> Iterator[str]:
    """What speaks against a result beside the Kramers-Kronig test: of the reader, of the mask and of the fit."""
    if entry.measurement:
        yield from entry.measurement.warnings
    if entry.screened:
        yield from entry.screened.remarks
    if entry.fit:
        yield from _remarks(entry.fit)
    yield from doubts(entry)


def _remarks(fit: CircuitFit) -> Iterator[str]:
    """How a fit ended, with the parameters that share a remark named together."""
    if not fit.converged:
        yield f"fit: {fit.message}"
        return
    # That only a sum is determined is one of the doubts.
    remarks = dict.fromkeys(item.remark for item in fit.parameters if item.remark and "only" not in item.remark)
    for remark in remarks:
        names = ", ".join(item.name for item in fit.parameters if item.remark == remark)
        yield f"{names} {remark}"


def quantity(value: float, stderr: float | None, unit: str) -> str:
    """A number with its standard error in a decimal prefix: 44.83 ± 0.25 kΩ; "(no error bar)" where there is none."""
    size, prefix = decimal_prefix(value)
    if stderr is None:
        return f"{significant(value / size, 4)} {prefix}{unit} (no error bar)"
    if not 0 < stderr < math.inf:
        return f"{significant(value / size, 4)} {prefix}{unit}"
    digits = max(0, -math.floor(math.log10(float(f"{stderr / size:.1e}"))) + 1)
    if digits > 6 or stderr > 10 * abs(value):
        return f"{value / size:.4g} ± {stderr / size:.1e} {prefix}{unit}"
    return f"{value / size:.{digits}f} ± {stderr / size:.{digits}f} {prefix}{unit}"


def _tested(spectrum: Spectrum, screened: Exclusion) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Frequencies that took part in the Kramers-Kronig test: those that stay and those left out."""
    f = np.concatenate([screened.spectrum.frequency, [point.frequency for point in screened.excluded]])
    return np.sort(f)[::-1]


def _layers(spectrum: Spectrum, screened: Exclusion, fit: CircuitFit) -> Iterator[Layer]:
    """Measured points that were fitted, those left out or masked, those outside the window, and the fit."""
    used = screened.spectrum
    yield Layer(used, "measured", BLUE, hollow=True)
    excluded = np.isin(spectrum.frequency, [point.frequency for point in screened.excluded])
    masked = np.isin(spectrum.frequency, [point.frequency for point in screened.masked])
    outside = ~np.isin(spectrum.frequency, used.frequency) & ~excluded & ~masked
    for which, label, color, marker in (
        (outside, "outside the window", GREY, "."),
        (masked, "masked", GREY, "x"),
        (excluded, f"left out (> {100 * screened.limit:g} % of |Z|)", VERMILION, "x"),
    ):
        if which.any():
            yield Layer(
                Spectrum(spectrum.frequency[which], spectrum.impedance[which], spectrum.unit), label, color, marker
            )
    decades = math.log10(used.frequency[0] / used.frequency[-1])
    f = np.geomspace(used.frequency[0], used.frequency[-1], max(2, math.ceil(FINE * decades)))
    yield Layer(Spectrum(f, impedance(fit.circuit, fit.values, f), used.unit), fit.circuit.text, "black", "", True)


def _scaled(layer: Layer, scale: float, unit: str) -> Layer:
    spectrum = Spectrum(layer.spectrum.frequency, layer.spectrum.impedance * scale, unit)
    return Layer(spectrum, layer.label, layer.color, layer.marker, layer.line, layer.hollow)
