"""What `constriction analyze` found, and how fit.json tells it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constriction.base.versions import git_commit, library_versions, package_version

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from constriction.spectra.normalisation import Normalisation
    from constriction.spectra.reading.batch import AnalysedSpectrum, BatchOptions
    from constriction.spectra.timeseries import Nucleation, TimeSeries

type Record = dict[str, Any]

LONGEST_NAME = 60
STDERR = (
    "one standard error from the covariance of the fit, conditional on parameters that are held or sit on a bound: it "
    "holds with them there; where two arcs are near in time or weak, half of what the resistances do within two "
    "standard errors of the profile over their split; null where the fit gives none: it did not converge, the value "
    "itself is held or on a bound, or only a sum is determined (joint_arcs); the error of a normalising area, "
    "thickness or pristine cell is not in it"
)
COVARIANCE = (
    "of the coordinates named beside it, natural logarithms of the parameters in the units given there (of the "
    "spectrum as it was measured) and exponents as they are, in the order of names; rows and columns of what is held "
    "or sits on a bound are 0, null where the data do not determine a coordinate; the relative standard error of a "
    "parameter is the root of its diagonal element"
)
JOINT_ARCS = (
    "arcs of which the data determine only the sum of the resistances, R with its standard error, not how they share "
    "it; one_arc_as_good: one arc in place of them follows the data as well, and R is that one's"
)


@dataclass(frozen=True)
class Scaled:
    """A normalisation, if there is one, and how it came about, for fit.json; `beside` is another that is written."""

    by: Normalisation | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    beside: Normalisation | None = None


@dataclass(frozen=True, eq=False)
class Deposition:
    """A chronopotentiometry file and what it tells.

    Attributes:
        file: as it was named.
        series: potential and current over time.
        charge: (N,) in C/m², with the sign of the current.
        nucleation: overpotential, drop and plateau.
    """

    file: str
    series: TimeSeries
    charge: NDArray[Any]
    nucleation: Nucleation


@dataclass(frozen=True, eq=False)
class AnalysisReport:
    """Everything that is written.

    Attributes:
        entries: the spectra, in the order of the files.
        scaled: normalisation.
        charges: one per entry in C/m², or None.
        how: options of the analysis.
        deposition: between the spectra, or None.
    """

    entries: Sequence[AnalysedSpectrum]
    scaled: Scaled
    charges: Sequence[float] | None
    how: BatchOptions
    deposition: Deposition | None


def record_text(record: Record) -> str:
    """A record as JSON, no NaN."""
    return json.dumps(record, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def analysis_record(report: AnalysisReport) -> Record:
    """The content of fit.json: one element of `files` per spectrum, and what holds for all of them."""
    from constriction.spectra import wild_points
    from constriction.spectra.drt import processes
    from constriction.spectra.reading.apparent import DEFINITION, TOLD_BY_PRISTINE, TOLD_BY_TIME
    from constriction.spectra.reading.records import without_nan
    from constriction.spectra.reading.temperatures import series_record, temperature_series

    temperatures = temperature_series(report.entries, report.scaled.by)
    by_pristine = report.scaled.facts.get("by") == "pristine cell"
    found: Record = without_nan(
        {
            "files": list(_file_records(report)),
            "normalisation": _normalisation_record(report.scaled),
            "arrhenius": None if temperatures is None else series_record(temperatures),
            "options": _options_record(report.how),
            "deposition": None if report.deposition is None else _deposition_record(report.deposition),
            "definitions": {
                "apparent": f"{DEFINITION}; {TOLD_BY_PRISTINE if by_pristine else TOLD_BY_TIME}",
                "stderr": STDERR,
                "covariance": COVARIANCE,
                "joint_arcs": JOINT_ARCS,
                "residual": "relative to |Z|",
                "kramers_kronig": wild_points.METHOD,
                "relaxation_times": processes.DEFINITION,
                "followed_peaks": "peaks of the distribution over 19 lambda from 1e-7 to 0.1; sure: belongs to a sure "
                "relaxation time; persistent: also there at nine tenths of them",
            },
            "versions": {
                "constriction": package_version(),
                **library_versions("numpy", "scipy"),
                "git_commit": git_commit(),
            },
        }
    )
    return found


def _file_records(report: AnalysisReport) -> Iterator[Record]:
    from constriction.spectra.reading.records import entry_record

    charges: Sequence[float | None] = report.charges or [None] * len(report.entries)
    for number, (entry, charge) in enumerate(zip(report.entries, charges, strict=True)):
        picture = picture_name(number, entry) + ".png" if entry.fit else None
        found = entry_record(entry, report.scaled.by, report.scaled.beside)
        yield found | _charge_record(charge) | {"picture": picture, "no_picture": None}


def _charge_record(charge: float | None) -> Record:
    from constriction.spectra.timeseries import MAH_PER_CM2, sodium_thickness

    return {
        "charge_mAh_per_cm2": None if charge is None else charge / MAH_PER_CM2,
        "mean_sodium_thickness_um": None if charge is None else sodium_thickness(charge) * 1e6,
    }


def _normalisation_record(scaled: Scaled) -> Record | None:
    if scaled.by is None:
        return None
    if scaled.by.unit == "ohm m":
        return {**scaled.facts, "area_over_thickness_cm": scaled.by.scale * 100}
    return dict(scaled.facts)


def _options_record(how: BatchOptions) -> Record:
    analysis = how.analysis
    low, high = analysis.window or (None, None)
    return {
        "circuits": list(analysis.circuits),
        "pristine_circuit": how.pristine_circuit,
        "from_hertz": high,
        "to_hertz": low or None,
        "masks": [mask.text for mask in analysis.masks],
        "kramers_kronig_limit": analysis.limit,
        "weighting": analysis.fit.weighting,
        "bounds": dict(analysis.fit.bounds),
        "starts": analysis.fit.starts,
        "series": how.series,
        "drt": None if how.distribution is None else asdict(how.distribution),
    }


def _deposition_record(deposition: Deposition) -> Record:
    from constriction.spectra.timeseries import MAH_PER_CM2

    found = deposition.nucleation
    return {
        "file": deposition.file,
        "notes": list(deposition.series.notes),
        "nucleation_overpotential_volt": found.overpotential,
        "lowest_potential_volt": found.lowest_potential,
        "lowest_potential_at_mAh_per_cm2": found.lowest_charge / MAH_PER_CM2,
        "plateau_potential_volt": found.plateau_potential,
        **_charge_record(abs(float(deposition.charge[-1]))),
    }


def picture_name(number: int, entry: AnalysedSpectrum) -> str:
    """Such as spectrum-01-cell_3."""
    plain = re.sub(r"[^\w.+-]+", "_", Path(entry.file).stem, flags=re.ASCII)[:LONGEST_NAME]
    return f"spectrum-{number + 1:02d}-{plain or 'unnamed'}"
