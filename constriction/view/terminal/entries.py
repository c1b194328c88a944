"""From an analysed spectrum to its picture, and to the words that tell its results."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from constriction.base.catalogue import EDGE_UNITS
from constriction.spectra.columns.units import ZERO_CELSIUS
from constriction.spectra.drt.processes import BROAD_ONE, UNCONFIRMED, Process, UnresolvedGroup
from constriction.spectra.fit.arcs import series_resistances
from constriction.spectra.fit.fitting import CircuitFit, FittedParameter, shared_remarks
from constriction.spectra.kramers_kronig import KramersKronig
from constriction.spectra.normalisation import Normalisation, scaled, scales
from constriction.spectra.reading.apparent import apparent
from constriction.spectra.reading.batch import AnalysedSpectrum, doubts
from constriction.view.terminal.numbers import engineering, quantity

SYMBOLS = {unit.suffix: unit.label for unit in EDGE_UNITS.values()}
WORDS = {"siemens": "S", "second": "s", "ohm": "Ω", "farad": "F", "henry": "H", "m2": "cm²"}
# Notes of the reader that the table shows: what was left out, and what else there is.
TOLD = re.compile(r"left out|--impedance")


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
    others = (f", not {item.fit.circuit.text} (BIC {item.delta_bic:+.1f})" for item in entry.comparison[1:])
    yield "circuit", "".join([entry.fit.circuit.text, *others])
    yield "points", points_in_words(entry)
    if entry.screened:
        yield "Kramers-Kronig", _tested(entry.screened.test)
    yield from _relaxation_rows(entry, by)
    yield from _told_by_file(entry)
    yield from zip(itertools.repeat("WARNING"), warnings_of(entry), strict=False)


def _tested(test: KramersKronig) -> str:
    noise = f"{test.noise:.2%}" if test.noise >= 5e-5 else f"{100 * test.noise:.1g}%"
    told = f"{test.message}; {test.elements} RC elements, noise {noise} of |Z|"
    return told if test.consistent else f"WARNING: {told}"


def _relaxation_rows(entry: AnalysedSpectrum, by: Normalisation | None) -> Iterator[tuple[str, str]]:
    """Which relaxation times are sure, each with its R and the share of all R, and which are not told apart."""
    if entry.processes is None or entry.measurement is None:
        return
    edge = scales(entry.measurement.spectrum.unit, by)[-1]

    def resistance(item: Process | UnresolvedGroup) -> str:
        stderr = scaled(item.resistance_stderr, edge.factor)
        return quantity(item.resistance * edge.factor, stderr, SYMBOLS[edge.ohm])

    sure = entry.processes.sure
    told = [f"{engineering(item.time_constant, 's')} ({resistance(item)}, {item.share:.0%})" for item in sure]
    yield "relaxation times", ", ".join(told) or "none is sure"
    if limits := [item.resolution for item in sure if item.resolution is not None]:
        yield "resolution", f"two times within {max(limits):.2g} decades would be told as one"
    yield from (("unresolved", f"{_extent(group)}, {resistance(group)}") for group in entry.processes.unresolved)
    yield from _not_sure(entry.processes.items)


def _extent(group: UnresolvedGroup) -> str:
    """From which time to which a group goes, and what is known of it."""
    ends = dict.fromkeys((engineering(group.first, "s"), engineering(group.last, "s")))
    return f"{' to '.join(ends)}: {'only the sum' if group.count > 1 else 'time or R weakly determined'}"


def _not_sure(items: Sequence[Process]) -> Iterator[tuple[str, str]]:
    for why in sorted((BROAD_ONE, UNCONFIRMED)):
        if times := [engineering(item.time_constant, "s") for item in items if item.why == why]:
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
            told = quantity(point["conductivity_siemens_per_cm"], point["conductivity_stderr_siemens_per_cm"], "S/cm")
            yield f"σ({point['temperature_kelvin'] - ZERO_CELSIUS:.1f} °C)", told
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
            yield Found(name, value * factor, scaled(stderr, factor), SYMBOLS[unit])
    for group in fit.joint:
        name = "one arc" if group.needless else group.text
        yield Found(name, group.resistance * edge.factor, group.stderr * edge.factor, SYMBOLS[edge.ohm])


def _further(fit: CircuitFit) -> Iterator[str]:
    """Parameters that are neither a series resistance nor an arc's, in the unit of the spectrum as measured."""
    told = {name for arc in fit.arcs for name in arc.parameters}
    told |= {fit.circuit.names[place] for place in series_resistances(fit.circuit)}
    for item in fit.parameters:
        if item.name not in told:
            yield f"{item.name} {_parameter(item)}"


def _parameter(item: FittedParameter) -> str:
    factor, symbol = _edge(item.unit)
    return quantity(item.value * factor, scaled(item.stderr, factor), symbol)


def points_in_words(entry: AnalysedSpectrum) -> str:
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
    yield from (told for told in shared_remarks(fit.parameters, _with_interval) if "only" not in told)


def _with_interval(item: FittedParameter) -> str:
    """A parameter's name, with its interval if that is told by a profile: R2 (253 kΩ to 459 kΩ)."""
    if item.interval is None or not item.remark.startswith("weakly"):
        return item.name
    factor, symbol = _edge(item.unit)
    low, high = ("open" if end is None else engineering(end * factor, symbol).strip() for end in item.interval)
    return f"{item.name} ({low} to {high})"


def _edge(unit: str) -> tuple[float, str]:
    """What takes a parameter to the unit that is written, areas in cm², and that unit, "" for none."""
    factor = 1e-4 if "/m2" in unit else 1e4 if "m2" in unit else 1.0
    for word, symbol in WORDS.items():
        unit = unit.replace(word, symbol)
    return factor, "" if unit == "1" else unit
