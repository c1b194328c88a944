"""What a comparison leaves behind: a folder that is always whole, and the content of its tables.

Values are per cm² here, at the edge of the program; inside they are SI.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from constriction.base.catalogue import EDGE_UNITS, FARAD_PER_CM2, OHM_CM2, edge_record
from constriction.base.files import csv_text
from constriction.base.folders import FolderKind
from constriction.case.regions import CounterElectrode
from constriction.case.schema import Case, case_sha256
from constriction.compare.cell import Cell
from constriction.compare.differences import FIT, Difference, Overlay
from constriction.compare.inductance import Inductance, series_inductance
from constriction.compare.measured import Loaded
from constriction.simulation.record import CASE_FILES, files_record, versions
from constriction.spectra.fit.arcs import Arc
from constriction.spectra.fit.fitting import fit_circuit
from constriction.spectra.normalisation import scaled
from constriction.spectra.reading.apparent import DEFINITION, TOLD_BY_SLAB

LEFT_OUT = (
    "inductance of cables and cell",
    "resistance of leads and of contacts outside the electrolyte",
)
FILMS = "charge transfer and films"
DEFINITIONS = {
    "window": "frequencies that the measurement and the case's sweep share; the simulation is evaluated at those that "
    "were measured, nothing is interpolated",
    "apparent": f"{DEFINITION}; {TOLD_BY_SLAB}",
    "circuit": "the slab in full contact times a factor, with an RQ beside it if it is three standard errors and has "
    "its apex in the window; where the measured electrolyte is another than the case's (BIC), and with --circuit, all "
    "parameters are free, and the electrolyte's arcs are those most like the slab's, in time constant and resistance; "
    "the simulation is read in the same way, without the arc if the measurement does not show it",
    "interfaces": "2: both ends of the cell are alike; case.toml is the cell as solved, with counter.symmetric, or, "
    "where the electrolyte is so thin that the ends feel each other, half of it, as its middle is an equipotential; "
    "R_cstr is one interface's, every other value the whole cell's, with both; 1 with a [counter]: every value is the "
    "whole cell's, R_cstr the sum of both interfaces'",
    "difference_in_error_bars": "(measured - simulated) / root of (standard error of the measurement's fit squared + "
    "numerical error bar of the simulation squared)",
}
PICTURES = ("overlay", "residuals", "relaxation_times")
# A series inductance is told of from this part of |Z| on, and from so many times the noise.
NOTABLE_SHARE, NOTABLE_NOISE = 0.01, 3.0
COLUMNS = (
    "file,sweep,quantity,unit,measured,measured_stderr,simulated,simulated_error,difference_percent,"
    "difference_in_error_bars,remark"
)
UNITS = {"R_SE": ("ohm_cm2", OHM_CM2), "R_int": ("ohm_cm2", OHM_CM2), "C_int": ("farad_per_cm2", FARAD_PER_CM2)}
OUR_KEYS = frozenset({"interfaces", "files", "case_sha256", "versions"})  # by which a comparison.json is known


@dataclass(frozen=True, eq=False)
class ComparedSpectrum:
    """One measured spectrum, and what came of it: an overlay, or why not."""

    loaded: Loaded
    overlay: Overlay | None
    error: str


def picture_name(kind: str, number: int, of: int) -> str:
    """File of a picture of the spectrum with a number from 1: overlay.png, or overlay-1.png among several."""
    return f"{kind}.png" if of == 1 else f"{kind}-{number}.png"


def left_out(case: Case) -> tuple[str, ...]:
    """What a measurement has and the simulation of a case has not."""
    ideal = {"the counter electrode": case.counter == CounterElectrode(), FILMS: not case.contact.has_law}
    parts = [what for what, is_so in ideal.items() if is_so]
    return (*LEFT_OUT, *([", ".join(parts)] if parts else []))


def comparison_record(case_file: str, cell: Cell, entries: Sequence[ComparedSpectrum]) -> dict[str, Any]:
    """The content of comparison.json; units in the keys."""
    result, (resistance, error) = cell.result, cell.R_cstr
    return {
        "case": case_file,
        "title": result.case.title,
        "case_sha256": case_sha256(result.case),
        **files_record(result.case),
        "interfaces": cell.interfaces,
        **edge_record(
            {
                "R_cstr_ohm_cm2": resistance,
                "R_cstr_error_ohm_cm2": error,
                "spectrum_error_ohm_cm2": cell.error,
            }
        ),
        "accuracy_reached": result.accuracy_reached,
        "not_simulated": list(left_out(result.case)),
        "definitions": DEFINITIONS,
        "relaxation_times": _times_record(cell),
        "files": [_entry_record(entry) for entry in entries],
        "versions": versions(result.case.accuracy.method),
    }


def _entry_record(entry: ComparedSpectrum) -> dict[str, Any]:
    loaded, overlay = entry.loaded, entry.overlay
    head = {
        "file": loaded.file,
        "sweep": loaded.sweep,
        "sha256": None if loaded.measurement is None else loaded.measurement.metadata.sha256,
        "area_cm2": scaled(loaded.area, 1e4),
        **({} if loaded.thickness is None else {"thickness_cm": loaded.thickness * 1e2}),
        "error": entry.error or None,
    }
    return head if overlay is None else {**head, **_overlay_record(loaded, overlay)}


def _overlay_record(loaded: Loaded, overlay: Overlay) -> dict[str, Any]:
    size = np.abs(overlay.residuals)
    worst = int(np.argmax(size))
    test = overlay.screened.test
    return {
        "window_hertz": list(overlay.window),
        "points": int(size.size),
        "excluded": [point.why for point in overlay.screened.excluded],
        "masked": [point.why for point in overlay.screened.masked],
        "kramers_kronig": {"limit": overlay.screened.limit, "elements": test.elements, "mu": test.mu},
        "measured_circuit": overlay.measured_reading.circuit,
        "simulated_circuit": overlay.simulated_reading.circuit,
        "measured_noise": overlay.noise,
        "measured_arcs": [_arc(arc) for arc in overlay.measured_reading.arcs],
        "simulated_arcs": [_arc(arc) for arc in overlay.simulated_reading.arcs],
        **{item.name: _difference_record(item, loaded.thickness) for item in overlay.differences},
        "residual_rms": float(np.sqrt(np.mean(size**2))),
        "residual_largest": float(size[worst]),
        "residual_largest_hertz": float(overlay.simulated.frequency[worst]),
        **_inductance_record(loaded, overlay),
        "remarks": list(remarks(loaded, overlay)),
    }


def _inductance_record(loaded: Loaded, overlay: Overlay) -> dict[str, float | None]:
    """Inductance in H that the measurement shows in series; None without one, or without area."""
    found = inductance_of(overlay) if loaded.area else None
    value, stderr = found if found and loaded.area else (None, None)
    return {
        "series_inductance_henry": scaled(value, 1 / (loaded.area or 1.0)),
        "series_inductance_stderr_henry": scaled(stderr, 1 / (loaded.area or 1.0)),
    }


def edge_scales(name: str, thickness: float | None) -> Iterator[tuple[str, float]]:
    """Units in which a difference is written, and the factor from SI per area to each.

    Args:
        name: "R_SE", "R_int" or "C_int".
        thickness: of the electrolyte in m, which gives values by the cell constant; None: there are none.
    """
    yield UNITS[name]
    if thickness is not None:
        edge, power = (EDGE_UNITS["F/m"], 1) if name == "C_int" else (EDGE_UNITS["ohm m"], -1)
        yield edge.suffix, edge.factor * thickness**power


def _sides(item: Difference, factor: float) -> dict[str, float | None]:
    """Both values with their error bars, by the beginnings of their keys."""
    values = (item.measured, item.measured_stderr, item.simulated, item.simulated_error)
    names = ("measured", "measured_stderr", "simulated", "simulated_error")
    return {name: scaled(value, factor) for name, value in zip(names, values, strict=True)}


def _apart(item: Difference) -> dict[str, float | None]:
    """How far both are apart; the same in every unit."""
    return {"difference_percent": scaled(item.relative, 100.0), "difference_in_error_bars": item.in_bars}


def _difference_record(item: Difference, thickness: float | None) -> dict[str, Any]:
    per_area, *others = (
        {f"{name}_{unit}": value for name, value in _sides(item, factor).items()}
        for unit, factor in edge_scales(item.name, thickness)
    )
    return {**per_area, **_apart(item), **{key: value for other in others for key, value in other.items()}}


def _arc(arc: Arc) -> dict[str, Any]:
    return {
        "R_ohm_cm2": arc.resistance * OHM_CM2,
        "C_farad_per_cm2": arc.capacitance * FARAD_PER_CM2,
        "exponent": arc.exponent,
        "f_apex_hertz": arc.f_apex,
    }


def _times_record(cell: Cell) -> dict[str, Any]:
    constriction, electrolyte = cell.times()
    return {
        "exact": constriction.exact,
        "constriction_seconds": constriction.times.tolist(),
        "constriction_ohm_cm2": (constriction.resistances * OHM_CM2).tolist(),
        "electrolyte_seconds": electrolyte.times.tolist(),
        "electrolyte_ohm_cm2": (electrolyte.resistances * OHM_CM2).tolist(),
    }


@lru_cache(maxsize=256)
def inductance_of(overlay: Overlay) -> Inductance | None:
    """What is in series with the measurement's own circuit, per area; None if it is not three standard errors."""
    spectrum, reading = overlay.screened.spectrum, overlay.measured_reading
    return series_inductance(spectrum, reading.fit or fit_circuit(spectrum, reading.circuit, FIT))


def remarks(loaded: Loaded, overlay: Overlay) -> Iterator[str]:
    """What a reader of the numbers must know."""
    yield from loaded.notes
    if loaded.measurement is not None:
        yield from loaded.measurement.warnings
    if not overlay.screened.test.consistent:
        yield f"Kramers-Kronig: {overlay.screened.test.message}"
    yield from overlay.screened.remarks
    yield from overlay.remarks
    if (inductance := inductance_of(overlay)) is not None:
        first = overlay.screened.spectrum
        share = 2 * np.pi * first.frequency[0] * inductance.value / abs(first.impedance[0])
        if share > max(NOTABLE_SHARE, NOTABLE_NOISE * overlay.noise):
            in_nano = [1e9 * value / loaded.area for value in inductance] if loaded.area else []
            size = " of {:.2g} ± {:.1g} nH".format(*in_nano) if in_nano else ""
            circuit = overlay.measured_reading.circuit
            advice = "" if "L" in circuit else f"; --circuit L-{circuit} fits it"
            yield f"series inductance{size} in the measurement, {share:.1%} of |Z| at the highest frequency{advice}"


def table_csv(entries: Sequence[ComparedSpectrum]) -> str:
    """The content of table.csv: a line per spectrum, quantity and unit, one for a spectrum that failed."""
    return csv_text([COLUMNS.split(","), *chain(*map(_table_rows, entries))])


def _table_rows(entry: ComparedSpectrum) -> Iterator[list[Any]]:
    head = [entry.loaded.file, entry.loaded.sweep]
    if entry.overlay is None:
        yield [*head, *[""] * 8, entry.error]
        return
    told = "; ".join(remarks(entry.loaded, entry.overlay))
    for item in entry.overlay.differences:
        for unit, factor in edge_scales(item.name, entry.loaded.thickness):
            yield [*head, item.name, unit, *_sides(item, factor).values(), *_apart(item).values(), told]


REPORT = "report.html"
FILES = ("comparison.json", "table.csv", "case.toml", REPORT)
COMPARISON = FolderKind(
    *("comparison", FILES, OUR_KEYS, rf"({'|'.join(PICTURES)})(-\d+)?\.png"),
    listed="referred_files",
    listed_pattern=CASE_FILES,
)
