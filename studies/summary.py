"""Reduce the results of a study to the small summary.csv that lies beside its study file.

    python studies/summary.py results/pitch studies/pitch/summary.csv

A row for each different case: the keys of the axes in SI, then what the study is about, rounded to its error bar.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from constriction.study.results.table import Table, csv_text, table_of
from constriction.study.run.plan import plan_of
from constriction.study.run.store import read_store

Row = dict[str, Any]

# With an error bar of their own, …_error_…, which stands beside them.
BARRED = ("R_cstr_ohm_cm2", "apparent_R_SE_ohm_cm2", "apparent_R_int_ohm_cm2", "apparent_C_int_farad_per_cm2")
# Follow the impedance: their relative error is that of Z_cstr, the column relative_error.
FOLLOWING = ("C_cstr_farad_per_cm2", "C_low_farad_per_cm2", "C_high_farad_per_cm2", "f_cstr_hertz")
FOIL = ("lifted_share", "largest_bending_strain")  # to FOIL_DIGITS
WORDS = ("gap_model", "apparent_circuit")
FOIL_DIGITS = 3
DIGITS = 6  # of the keys; what a case file says in a unit may have a longer number in SI


def main(folder: str, target: str) -> None:
    """Read the records in a folder of results and write the summary."""
    study, store = read_store(Path(folder))
    rows = summary_rows(table_of(plan_of(study, math.inf, store.version), store))
    Path(target).write_text(csv_text([rows[0], *(row.values() for row in rows)]), "utf-8")


def summary_rows(table: Table) -> list[Row]:
    """The rows of a summary: equal cases once, columns that are empty in all rows left out.

    Raises:
        SystemExit: a case is missing or has failed.
    """
    if undone := sum(row["status"] != "done" for row in table.rows):
        raise SystemExit(f"{undone} of {len(table.rows)} cases are missing or have failed; expected all to be done")
    times = Counter(row["case_sha256"] for row in table.rows)
    first = {row["case_sha256"]: row for row in reversed(table.rows)}
    rows = []
    for row in table.rows:
        if first[row["case_sha256"]] is row:
            alike = table.repeated if times[row["case_sha256"]] > 1 else ()  # a lattice has no seed
            keys = {key: None if key in alike else _shortened(row[key]) for key in table.keys}
            rows.append({**keys, **_results(row)})
    every = dict.fromkeys(key for row in rows for key in row)
    known = [key for key in every if any(row.get(key) not in (None, "") for row in rows)]
    return [{key: row.get(key) for key in known} for row in rows]


def _results(row: Mapping[str, Any]) -> Row:
    """Results of one case, rounded."""
    found: Row = {name: row[name] for name in WORDS}
    for name in BARRED:
        stem, unit = _parted(name)
        error = row[f"{stem}_error_{unit}"]
        found[name] = rounded(row[name], error)
        found[f"{stem}_error_{unit}"] = rounded(error, error)
    found |= {name: row.get(name) and float(f"{row[name]:.{FOIL_DIGITS}g}") for name in FOIL}
    relative = row["spectrum_error_ohm_cm2"] / abs(row["R_cstr_ohm_cm2"])
    found["relative_error"] = rounded(relative, relative)
    for name in FOLLOWING:
        found[name] = _to_relative(row[name], relative)
    for number, peak in enumerate(row["peaks"], start=1):
        found[f"peak_{number}_hertz"] = _to_relative(peak["frequency_hertz"], relative)
        found[f"peak_{number}_ohm_cm2"] = _to_relative(peak["resistance_ohm_cm2"], relative)
    return found


def _parted(name: str) -> tuple[str, str]:
    """A column's name without its unit, and the unit."""
    unit = next(unit for unit in ("ohm_cm2", "farad_per_cm2") if name.endswith(unit))
    return name.removesuffix(f"_{unit}"), unit


def rounded(value: float | None, error: float | None) -> float | None:
    """A value without the digits that are below a tenth of its error bar's first digit."""
    if value is None or not error:
        return value
    place = math.floor(math.log10(error)) - 1
    digits = math.floor(math.log10(abs(value))) - place + 1 if value else 1
    return float(f"{value:.{max(digits, 1)}g}")


def _to_relative(value: float | None, relative: float) -> float | None:
    return None if value is None else rounded(value, relative * abs(value))


def _shortened(value: Any) -> Any:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(
            "usage: python studies/summary.py RESULTS SUMMARY, such as results/pitch studies/pitch/summary.csv"
        )
    main(sys.argv[1], sys.argv[2])
