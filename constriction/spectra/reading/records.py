"""What an analysis leaves in fit.json and table.csv: plain numbers with their unit in each name.

The names in ohm and farad are always there: of a whole cell, null where a file is normalised already. Normalised values
have names of their own, `_ohm_cm2` and `_farad_per_cm2` (area) or `_ohm_cm` and `_farad_per_cm` (cell constant).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from constriction.spectra.drt.records import distribution_record
from constriction.spectra.exclusion import Exclusion
from constriction.spectra.fit.arcs import Arc
from constriction.spectra.fit.fitting import CircuitFit
from constriction.spectra.fit.minima import JointArcs
from constriction.spectra.fit.ranking import RankedCircuit
from constriction.spectra.normalisation import (
    EdgeScale,
    Normalisation,
    capacitance_with_error,
    resistance_with_error,
    scales,
)
from constriction.spectra.reading.apparent import Apparent, apparent
from constriction.spectra.reading.batch import AnalysedSpectrum, doubts
from constriction.spectra.wild_points import larger_part

type Record = dict[str, Any]


def entry_record(entry: AnalysedSpectrum, by: Normalisation | None, beside: Normalisation | None = None) -> Record:
    """One element of `files` in fit.json; every key is there, null where the analysis did not come so far."""
    unit = entry.measurement.spectrum.unit if entry.measurement else "ohm"
    used = scales(unit, by, beside)
    finite: Record = without_nan(
        {
            **_source(entry),
            **(_fit(entry.fit, entry, used) if entry.fit else _no_fit(used)),
            "comparison": [_compared(item) for item in entry.comparison],
            **(_screening(entry.screened) if entry.screened else NOT_SCREENED),
            "drt": _distribution(entry, used),
            "doubts": list(doubts(entry)),
            "error": entry.error or None,
        }
    )
    return finite


def without_nan(value: Any) -> Any:
    """Replace what JSON does not know, NaN and infinities, by None, at any depth."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


TABLE_KEYS = (
    "file sweep charge_mAh_per_cm2 mean_sodium_thickness_um circuit converged R_SE R_int C_int R_series excluded "
    "consistent residual_rms message error"
).split()
_VALUES = ("R_SE", "R_int", "C_int", "R_series")
CORRELATIONS = ("R_SE_R_int_correlation", "R_SE_C_int_correlation", "R_int_C_int_correlation")


def table_rows(records: Sequence[Record]) -> Iterator[list[Any]]:
    """Header and one row per record for table.csv: what is plotted against charge, and whether to trust it."""
    found = list(dict.fromkeys(chain(*records)))
    header = list(chain(*(_columns(key, found) for key in TABLE_KEYS)))
    yield header
    for record in records:
        nested = {**(record["kramers_kronig"] or {}), **(record["fit"] or {}), **record}
        yield [nested.get(name) for name in header]


def _columns(key: str, found: Sequence[str]) -> list[str]:
    """The names of a quantity in all its units, or the key itself."""
    return [name for name in found if name.startswith(f"{key}_")] if key in _VALUES else [key]


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


def _fit(fit: CircuitFit, entry: AnalysedSpectrum, used: Sequence[EdgeScale]) -> Record:
    return {
        "circuit": fit.circuit.text,
        "converged": fit.converged,
        "message": fit.message,
        "arcs": _arcs(fit, entry.identities, used),
        **resistance_with_error("R_series", fit.R_series, fit.R_series_stderr, used),
        **_apparent(apparent(fit, entry.identities), used),
        "joint_arcs": [_joint(group, used) for group in fit.joint],
        "parameters": _parameters(fit),
        "covariance": _covariance(fit),
        "fit": _quality(fit),
    }


def _no_fit(used: Sequence[EdgeScale]) -> Record:
    return {
        **dict.fromkeys(("circuit", "converged", "message")),
        "arcs": [],
        **resistance_with_error("R_series", None, None, used),
        **_apparent(Apparent(math.nan), used),
        "joint_arcs": [],
        "parameters": {},
        "covariance": None,
        "fit": None,
    }


def _compared(item: RankedCircuit) -> Record:
    return {
        "circuit": item.fit.circuit.text,
        "converged": item.fit.converged,
        "aic": item.fit.aic,
        "bic": item.fit.bic,
        "delta_aic": item.delta_aic,
        "delta_bic": item.delta_bic,
    }


NOT_SCREENED: Mapping[str, Any] = {
    **dict.fromkeys(("kramers_kronig", "excluded")),
    **dict.fromkeys(("excluded_points", "masked_points", "remarks"), ()),
}


def _screening(screened: Exclusion) -> Record:
    return {
        "kramers_kronig": _kramers_kronig(screened),
        "excluded": len(screened.excluded),
        "excluded_points": [
            {"frequency_hertz": point.frequency, "residual": point.residual, "why": point.why}
            for point in screened.excluded
        ],
        "masked_points": [{"frequency_hertz": point.frequency, "why": point.why} for point in screened.masked],
        "remarks": list(screened.remarks),
    }


def _apparent(found: Apparent, used: Sequence[EdgeScale]) -> Record:
    return {
        **resistance_with_error("R_SE", found.R_SE, found.R_SE_stderr, used),
        **resistance_with_error("R_int", found.R_int, found.R_int_stderr, used),
        **capacitance_with_error("C_int", found.C_int, found.C_int_stderr, used),
        **dict(zip(CORRELATIONS, found.correlations, strict=True)),
    }


def _arcs(fit: CircuitFit, identities: Sequence[int], used: Sequence[EdgeScale]) -> list[Record]:
    named = zip(fit.arcs, identities or range(len(fit.arcs)), strict=True)
    return [_arc(arc, used) | {"identity": identity} for arc, identity in named]


def _arc(arc: Arc, used: Sequence[EdgeScale]) -> Record:
    return {
        **resistance_with_error("R", arc.resistance, arc.resistance_stderr, used),
        **capacitance_with_error("C", arc.capacitance, arc.capacitance_stderr, used),
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
        **resistance_with_error("R", group.resistance, group.stderr, used),
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
    took_part = np.delete(larger_part(test.residuals), list(test.wild))
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
    if entry.distribution is None or entry.scan is None or entry.processes is None:
        return None
    return distribution_record(entry.distribution, entry.scan, entry.processes, used)
