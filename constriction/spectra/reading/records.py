"""What an analysis leaves in fit.json and table.csv: plain numbers with their unit in each name.

The names in ohm and farad are always there: of a whole cell, null where a file is normalised already. Normalised values
have names of their own, `_ohm_cm2` and `_farad_per_cm2` (area) or `_ohm_cm` and `_farad_per_cm` (cell constant).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from constriction.spectra.drt.processes import Process, Processes, nearest_track
from constriction.spectra.fit.arcs import Arc
from constriction.spectra.fit.fitting import CircuitFit
from constriction.spectra.fit.minima import JointArcs
from constriction.spectra.kramers_kronig import Exclusion
from constriction.spectra.normalisation import Normalisation
from constriction.spectra.reading.apparent import Apparent, apparent
from constriction.spectra.reading.batch import AnalysedSpectrum, doubts
from constriction.spectra.spectrum import EDGE_UNITS

type Record = dict[str, Any]


class EdgeScale(NamedTuple):
    """One unit in which resistances and capacitances are written.

    Attributes:
        ohm: ends the names of resistances.
        farad: ends the names of capacitances.
        factor: resistance written over resistance in the spectrum's SI unit; NaN: unknown, written as null.
    """

    ohm: str
    farad: str
    factor: float


def scales(unit: str, by: Normalisation | None, beside: Normalisation | None = None) -> tuple[EdgeScale, ...]:
    """Units in which the values of one spectrum are written, the one that is shown last.

    Args:
        unit: of the spectrum.
        by: what normalises a spectrum in "ohm"; None: nothing does.
        beside: another normalisation that is written too.
    """
    found = [EdgeScale("ohm", "farad", 1.0 if unit == "ohm" else math.nan)]
    for way in (beside, by):
        if way is not None:
            found.append(_edge_scale(way.unit, way.scale))
    if by is None and unit != "ohm":
        found.append(_edge_scale(unit, 1.0))
    return tuple(found)


def _edge_scale(unit: str, scale: float) -> EdgeScale:
    edge = EDGE_UNITS[unit]
    return EdgeScale(edge.suffix, edge.suffix.replace("ohm_", "farad_per_"), scale * edge.factor)


def entry_record(entry: AnalysedSpectrum, by: Normalisation | None, beside: Normalisation | None = None) -> Record:
    """One element of `files` in fit.json; every key is there, null where the analysis did not come so far."""
    unit = entry.measurement.spectrum.unit if entry.measurement else "ohm"
    used = scales(unit, by, beside)
    fit = entry.fit
    record = _source(entry) | {
        "circuit": fit.circuit.text if fit else None,
        "converged": fit.converged if fit else None,
        "message": fit.message if fit else None,
        "arcs": _arcs(entry, used) if fit else [],
        **_resistance_with_error("R_series", fit.R_series if fit else None, fit.R_series_stderr if fit else None, used),
        **_apparent(apparent(fit, entry.identities) if fit else None, used),
        "joint_arcs": [_joint(group, used) for group in fit.joint] if fit else [],
        "parameters": _parameters(fit) if fit else {},
        "covariance": _covariance(fit) if fit else None,
        "fit": _quality(fit) if fit else None,
        "comparison": [
            {
                "circuit": item.fit.circuit.text,
                "converged": item.fit.converged,
                "aic": item.fit.aic,
                "bic": item.fit.bic,
                "delta_aic": item.delta_aic,
                "delta_bic": item.delta_bic,
            }
            for item in entry.comparison
        ],
        "kramers_kronig": _kramers_kronig(entry.screened) if entry.screened else None,
        "excluded": len(entry.screened.excluded) if entry.screened else None,
        "excluded_points": [
            {"frequency_hertz": point.frequency, "residual": point.residual, "why": point.why}
            for point in (entry.screened.excluded if entry.screened else ())
        ],
        "masked_points": [
            {"frequency_hertz": point.frequency, "why": point.why}
            for point in (entry.screened.masked if entry.screened else ())
        ],
        "remarks": list(entry.screened.remarks) if entry.screened else [],
        "drt": _distribution(entry, used),
        "doubts": list(doubts(entry)),
        "error": entry.error or None,
    }
    finite: Record = without_nan(record)
    return finite


def without_nan(value: Any) -> Any:
    """Replace what JSON does not know, NaN and infinities, by None, at any depth."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


TABLE_KEYS = (
    "file",
    "sweep",
    "charge_mAh_per_cm2",
    "mean_sodium_thickness_um",
    "circuit",
    "converged",
    "R_SE",
    "R_int",
    "C_int",
    "R_series",
    "excluded",
    "consistent",
    "residual_rms",
    "message",
    "error",
)
_VALUES = ("R_SE", "R_int", "R_series")


def table_rows(records: Sequence[Record]) -> Iterator[list[Any]]:
    """Header and one row per record for table.csv: what is plotted against charge, and whether to trust it."""
    found = list(dict.fromkeys(key for record in records for key in record))

    def columns(key: str) -> list[str]:
        if key in (*_VALUES, "C_int"):
            return [name for name in found if name.startswith(f"{key}_")]
        return [key]

    header = [name for key in TABLE_KEYS for name in columns(key)]
    yield header
    for record in records:
        nested = {**(record["kramers_kronig"] or {}), **(record["fit"] or {}), **record}
        yield [nested.get(name) for name in header]


# --- parts ---------------------------------------------------------------------------------------------------------


def _source(entry: AnalysedSpectrum) -> Record:
    measurement = entry.measurement
    record: Record = {"file": entry.file}
    if measurement is None:
        names = "sweep cycle temperature_kelvin sha256 instrument date unit points from_hertz to_hertz".split()
        return record | dict.fromkeys(names) | {"notes": [], "warnings": []}
    metadata, spectrum = measurement.metadata, measurement.spectrum
    return record | {
        "sweep": metadata.sweep,
        "cycle": metadata.cycle,
        "temperature_kelvin": metadata.temperature,
        "sha256": metadata.sha256,
        "instrument": metadata.instrument or None,
        "date": metadata.date or None,
        "unit": spectrum.unit,
        "points": int(spectrum.frequency.size),
        "from_hertz": float(spectrum.frequency[0]),
        "to_hertz": float(spectrum.frequency[-1]),
        "notes": list(measurement.notes),
        "warnings": list(measurement.warnings),
    }


def _resistance(name: str, value: float | None, used: Sequence[EdgeScale]) -> Record:
    return {f"{name}_{scale.ohm}": _times(value, scale.factor) for scale in used}


def _capacitance(name: str, value: float | None, used: Sequence[EdgeScale]) -> Record:
    return {f"{name}_{scale.farad}": _times(value, 1 / scale.factor) for scale in used}


def _resistance_with_error(name: str, value: float | None, stderr: float | None, used: Sequence[EdgeScale]) -> Record:
    return _resistance(name, value, used) | _resistance(f"{name}_stderr", stderr, used)


def _capacitance_with_error(name: str, value: float | None, stderr: float | None, used: Sequence[EdgeScale]) -> Record:
    return _capacitance(name, value, used) | _capacitance(f"{name}_stderr", stderr, used)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _apparent(found: Apparent | None, used: Sequence[EdgeScale]) -> Record:
    found = found or Apparent(math.nan, None, None, None, None, None)
    return {
        **_resistance_with_error("R_SE", found.R_SE, found.R_SE_stderr, used),
        **_resistance_with_error("R_int", found.R_int, found.R_int_stderr, used),
        **_capacitance_with_error("C_int", found.C_int, found.C_int_stderr, used),
    }


def _arcs(entry: AnalysedSpectrum, used: Sequence[EdgeScale]) -> list[Record]:
    arcs = entry.fit.arcs if entry.fit else ()
    return [
        _arc(arc, used) | {"identity": identity}
        for arc, identity in zip(arcs, entry.identities or range(len(arcs)), strict=True)
    ]


def _arc(arc: Arc, used: Sequence[EdgeScale]) -> Record:
    return {
        **_resistance_with_error("R", arc.resistance, arc.resistance_stderr, used),
        **_capacitance_with_error("C", arc.capacitance, arc.capacitance_stderr, used),
        "exponent": arc.exponent,
        "exponent_stderr": arc.exponent_stderr,
        "f_apex_hertz": arc.f_apex,
        "f_apex_stderr_hertz": arc.f_apex_stderr,
        "time_constant_second": arc.time_constant,
        "parameters": list(arc.parameters),
    }


def _parameters(fit: CircuitFit) -> Record:
    return {
        item.name: {
            "value": item.value,
            "stderr": item.stderr,
            "interval": None if item.interval is None else list(item.interval),
            "unit": item.unit,
            "remark": item.remark,
        }
        for item in fit.parameters
    }


def _joint(group: JointArcs, used: Sequence[EdgeScale]) -> Record:
    return {
        "parameters": list(group.parameters),
        **_resistance_with_error("R", group.resistance, group.stderr, used),
        "one_arc_as_good": group.needless,
    }


def _covariance(fit: CircuitFit) -> Record:
    return {
        "names": list(fit.circuit.names),
        "coordinates": [
            f"ln({item.name}/({item.unit}))" if parameter.logarithmic else item.name
            for item, parameter in zip(fit.parameters, fit.circuit.parameters, strict=True)
        ],
        "matrix": fit.covariance.tolist(),
    }


def _quality(fit: CircuitFit) -> Record:
    size = np.abs(fit.residuals)
    return {
        "points": fit.points,
        "residual_rms": float(np.sqrt(np.mean(size**2) / 2)),
        "residual_max": float(size.max()),
        "chi_squared": fit.chi_squared,
        "degrees_of_freedom": fit.degrees_of_freedom,
        "starts_agreeing": fit.starts_agreeing,
    }


def _kramers_kronig(screened: Exclusion) -> Record:
    test = screened.test
    larger = np.maximum(np.abs(test.residuals.real), np.abs(test.residuals.imag))
    took_part = np.delete(larger, list(test.wild))
    return {
        "test": test.options.test,
        "limit": screened.limit,
        "elements": test.elements,
        "mu": test.mu,
        "series_capacitance": test.capacitance,
        "series_inductance": test.options.inductance,
        "residual_max": float(took_part.max()),
        "noise": test.noise,
        "left_out_before_the_test": list(test.wild),
        "flagged": list(test.flagged),
        "trend": test.trend,
        "trend_frequency_hertz": test.trend_frequency,
        "trend_flagged": test.trend_flagged,
        "consistent": test.consistent,
        "message": test.message,
    }


def _distribution(entry: AnalysedSpectrum, used: Sequence[EdgeScale]) -> Record | None:
    found, scan, processes = entry.distribution, entry.scan, entry.processes
    if found is None or scan is None or processes is None:
        return None
    options = found.options
    sure = [track for item in processes.sure if (track := nearest_track(item, scan)) is not None]
    return {
        "regularisation": found.regularisation,
        "chosen_by": options.regularisation if isinstance(options.regularisation, str) else "given",
        "derivative": options.derivative,
        "shape": options.shape,
        "parts": options.parts,
        "weighting": options.weighting,
        "series_capacitance": options.capacitance,
        **_resistance("polarisation", found.polarisation, used),
        **_processes(processes, used),
        "peaks": [
            {
                **_resistance("R", peak.resistance, used),
                **_capacitance("C", peak.capacitance, used),
                "f_apex_hertz": peak.f_apex,
                "time_constant_second": peak.time_constant,
            }
            for peak in found.peaks
        ],
        "followed_peaks": [
            {
                **_resistance("R", track.resistance, used),
                **_capacitance("C", track.capacitance, used),
                "time_constant_second": track.time_constant,
                "share_of_scan": track.share,
                "sure": track in sure,
                "persistent": track in sure and track.persistent,
            }
            for track in scan.tracks
        ],
    }


def _processes(found: Processes, used: Sequence[EdgeScale]) -> Record:
    """Which relaxation times are sure, which are not, and what is not told apart."""
    return {
        "circuit": found.circuit,
        "misfit": found.misfit,
        "bic_margin": found.margin,
        "relaxation_times": [_process(item, used) for item in found.items],
        "unresolved": [
            {
                "from_second": group.first,
                "to_second": group.last,
                "count_in_fit": group.count,
                **_resistance_with_error("R", group.resistance, group.resistance_stderr, used),
            }
            for group in found.unresolved
        ],
    }


def _process(item: Process, used: Sequence[EdgeScale]) -> Record:
    return {
        "time_constant_second": item.time_constant,
        "time_constant_stderr_decades": item.decades_stderr,
        **_resistance_with_error("R", item.resistance, item.resistance_stderr, used),
        "share": item.share,
        "resolution_decades": item.resolution,
        "exponent": item.exponent,
        "sure": item.sure,
        "why_not": item.why or None,
    }
