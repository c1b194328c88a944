"""The report of `constriction study plot`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from constriction.study.collect import CASES, DATASET
from constriction.study.table import Table as Results
from constriction.versions import git_commit, package_version
from constriction.view.provenance import Origin, repeat_sections
from constriction.view.record_tables import study_table
from constriction.view.report import Answer, Code, Heading, Links, Paragraph, Picture, Report, Section
from constriction.view.spectra_charts import StudyAxes, study_chart

MOST_ROWS = 200  # of the table; all cases are in cases.csv
LABELS = {"R_cstr_ohm_cm2": "R_cstr (Ω·cm²)", "C_cstr_farad_per_cm2": "C_cstr (F/cm²)"}
MAIN = tuple(LABELS)
SHOWN = (*MAIN, "apparent_R_SE_ohm_cm2", "apparent_R_int_ohm_cm2", "apparent_C_int_farad_per_cm2")


def study_report(results: Results, pictures: Sequence[Path], how: Origin) -> Report:
    """The report of a study.

    Args:
        results: its cases.
        pictures: PNG files from `study_plots.draw_study`.
        how: from `provenance.origin`.
    """
    study = results.plan.study
    done = [row for row in results.rows if row["status"] == "done"]
    sections: list[Section] = [_asked(results), _answer(results, len(done))]
    for path in pictures:
        if path.suffix == ".png":
            sections += [Heading(path.stem.replace("_", " ")), Picture(path.stem, "", path.read_bytes())]
    keys = [key for key in results.keys if len({str(row[key]) for row in results.rows}) > 1]
    if chart := next(iter(_charts(results, keys)), None):
        sections += [Heading("All cases"), chart]
    columns = [*keys, *(key for key in SHOWN if any(row.get(key) is not None for row in done)), "status"]
    if len(results.rows) > MOST_ROWS:
        sections.append(Paragraph(f"The first {MOST_ROWS} of {len(results.rows)} cases; all are in {CASES}."))
    versions = {"constriction": package_version(), "git_commit": git_commit()}
    sections += [
        study_table(results.rows[:MOST_ROWS], columns, _units(results)),
        Heading("The study, its base case written out"),
        Code(json.dumps(study.data, indent=1, ensure_ascii=False)),
        *repeat_sections(how, versions),
        Paragraph("Files beside this page, once collected:"),
        Links(((CASES, "a row per case"), (DATASET, "the same and the spectra, netCDF4"))),
    ]
    return Report(study.title or "Study", "constriction study", tuple(sections))


def _units(results: Results) -> dict[str, str]:
    """Units of the keys that have one."""
    return {key: unit for key, unit in results.units.items() if unit not in ("", "1")}


def _asked(results: Results) -> Paragraph:
    axes = ", ".join(f"{axis.name} ({len(axis.rows)})" for axis in results.plan.study.axes)
    return Paragraph(f"{len(results.rows)} cases along {axes}.")


def _answer(results: Results, done: int) -> Answer:
    failed = sum(row["status"] == "failed" for row in results.rows)
    missing = len(results.rows) - done - failed
    told = [f"{count} {word}" for count, word in ((failed, "failed"), (missing, "missing")) if count]
    spans = [text for key in MAIN if (text := _span(results, key))]
    return Answer(f"{done} of {len(results.rows)} cases done", (*spans, *told), caution=bool(told))


def _span(results: Results, key: str) -> str:
    values = [row[key] for row in results.rows if row.get(key) is not None]
    if not values:
        return ""
    name, unit = ("R_cstr", "Ω·cm²") if key.startswith("R") else ("C_cstr", "F/cm²")
    return f"{name} goes from {min(values):.3g} to {max(values):.3g} {unit}."


def _charts(results: Results, keys: Sequence[str]) -> Iterator[Section]:
    """R_cstr and C_cstr over the first axis with numbers, a curve for each combination of the others."""
    rows = [row for row in results.rows if row["status"] == "done"]
    y = tuple(key for key in MAIN if any(row.get(key) is not None for row in rows))
    x = next((key for key in keys if all(isinstance(row[key], (int, float)) for row in rows)), None)
    if rows and y and x is not None:
        labels = {key: f"{key} ({unit})" for key, unit in _units(results).items()} | LABELS
        yield study_chart(rows, StudyAxes(x, y, tuple(key for key in keys if key != x), labels))
