"""The report of `constriction study plot`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from constriction.base.versions import git_commit, package_version
from constriction.study.results.collect import CASES, DATASET
from constriction.study.results.curves import figures_of
from constriction.study.results.table import Row, differing, finished, is_number, known
from constriction.study.results.table import Table as Results
from constriction.view.charts.columns import in_words, shown_as, titled, value_in_words
from constriction.view.charts.study_charts import StudyAxes, error_key, number, study_chart
from constriction.view.pages.provenance import Origin, repeat_sections
from constriction.view.pages.record_tables import study_table
from constriction.view.pages.sections import Answer, Code, Heading, ImageSection, Links, Paragraph, Report, Section
from constriction.view.terminal.numbers import farad, significant

MOST_ROWS = 200  # of the table; all cases are in cases.csv
R_INTERFACE = "R_interface_ohm_cm2"
R_CSTR, C_CSTR, C_LOW = "R_cstr_ohm_cm2", "C_cstr_farad_per_cm2", "C_low_farad_per_cm2"
APPARENT = ("apparent_R_SE_ohm_cm2", "apparent_R_int_ohm_cm2", "apparent_C_int_farad_per_cm2")
OWNER = "C_cstr_belongs_to"
CASE = "case"


def study_report(results: Results, pictures: Sequence[Path], how: Origin) -> Report:
    """The report of a study: what came out, then how each case was made.

    Args:
        results: its cases.
        pictures: PNG files from `study_plots.draw_study`.
        how: from `provenance.origin`.
    """
    study = results.plan.study
    done, keys = finished(results.rows), differing(results.keys, results.rows)
    sections: list[Section] = [_asked(results), _answer(results, len(done)), *_pictures(pictures)]
    if chart := _chart(results, keys, done):
        sections += [Heading("All cases"), chart]
    if len(results.rows) > MOST_ROWS:
        sections.append(Paragraph(f"The first {MOST_ROWS} of {len(results.rows)} cases; all are in {CASES}."))
    versions = {"constriction": package_version(), "git_commit": git_commit()}
    sections += [
        cases_table(results, keys, done),
        Heading("The study, its base case written out"),
        Code(json.dumps(study.data, indent=1, ensure_ascii=False)),
        *repeat_sections(how, versions),
        Paragraph("Files beside this page, once collected:"),
        Links(((CASES, "a row per case"), (DATASET, "the same and the spectra, netCDF4"))),
    ]
    return Report(study.title or "Study", "constriction study", tuple(sections))


def _pictures(paths: Sequence[Path]) -> Iterator[Section]:
    for path in paths:
        if path.suffix == ".png":
            title = path.stem.replace("_", " ")
            yield Heading(title)
            yield ImageSection(title, "", path.read_bytes())


def cases_table(results: Results, keys: Sequence[str], done: Sequence[Row]) -> Section:
    """The cases: what came out, then what was varied; with the pictures' words and units.

    Args:
        results: of the study.
        keys: that vary.
        done: the finished ones of its rows.
    """
    own = all(row.get(OWNER) in (None, "gap") for row in done)
    outputs = [*_with_values(_outputs(done), done), *([] if own else [OWNER])]
    told = ["status"] if len(done) < len(results.rows) else []
    rows = [
        {CASE: str(count), **row, **_in_words(results, row, keys)}
        for count, row in enumerate(results.rows[:MOST_ROWS], start=1)
    ]
    words = {key: in_words(key) for key in (*outputs, *keys)} | {OWNER: "C_cstr belongs to"}
    return study_table(rows, [CASE, *told, *outputs, *keys], words)


def _in_words(results: Results, row: Row, keys: Sequence[str]) -> dict[str, str | None]:
    """What was varied, with its units."""
    return {key: None if row[key] is None else value_in_words(results.units, key, row[key]) for key in keys}


def _with_values(keys: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """Those columns that have a value in any row."""
    return [key for key in keys if known(row.get(key) for row in rows)]


def _outputs(done: Sequence[Row]) -> list[str]:
    """Columns of results, most telling first: C_low before a C_cstr that is not the gap's."""
    own = all(row.get(OWNER) in (None, "gap") for row in done)
    laws = any(row.get(R_INTERFACE) != row[R_CSTR] for row in done if R_INTERFACE in row)
    return [*([R_INTERFACE] if laws else []), R_CSTR, *([C_CSTR, C_LOW] if own else [C_LOW, C_CSTR]), *APPARENT]


def _asked(results: Results) -> Paragraph:
    axes = ", ".join(f"{_axis_name(axis.name)} ({len(axis.rows)})" for axis in results.plan.study.axes)
    return Paragraph(f"{len(results.rows)} cases along {axes}.")


def _axis_name(name: str) -> str:
    return in_words(name) if "." in name else name


def _answer(results: Results, done: int) -> Answer:
    failed = sum(row["status"] == "failed" for row in results.rows)
    missing = len(results.rows) - done - failed
    told = [f"{count} {word}" for count, word in ((failed, "failed"), (missing, "missing")) if count]
    keys = _outputs(finished(results.rows))[:3]
    spans = [text for key in keys if (text := _span(results, key))]
    return Answer(f"{done} of {len(results.rows)} cases done", (*spans, *told), caution=bool(told))


def _span(results: Results, key: str) -> str:
    values = known(row.get(key) for row in results.rows)
    if not values:
        return ""
    ends = [farad(v) if key in (C_CSTR, C_LOW) else f"{significant(v, 3)} Ω·cm²" for v in (min(values), max(values))]
    told = f"is {ends[0]} in every case" if ends[0] == ends[1] else f"goes from {ends[0]} to {ends[1]}"
    of_others = key == C_CSTR and any(row.get(OWNER) == "electrolyte" for row in results.rows)
    note = ", some of it of the electrolyte's own peak" if of_others else ""
    return f"{in_words(key)} {told}{note}."


def _chart(results: Results, keys: Sequence[str], done: Sequence[Row]) -> Section | None:
    """R_cstr and a capacitance over what the first picture has them over, with its curves."""
    y = tuple(_with_values(_outputs(done)[:2], done))
    first = next(iter(figures_of(results)), None)
    if not y or first is None or not all(is_number(row[first.x]) for row in done):
        return None
    curves = tuple(key for key in dict.fromkeys((*first.series, *first.where)) if key in keys)
    shown, labels = _as_shown(results, done, (first.x, *y), curves)
    return study_chart(shown, StudyAxes(first.x, y, curves, labels))


def _as_shown(
    results: Results, rows: Sequence[Row], columns: Sequence[str], others: Sequence[str]
) -> tuple[list[dict[str, Any]], Mapping[str, str]]:
    """Rows in the units of the pictures, with error bars, and the pictures' labels."""
    made: list[dict[str, Any]] = [dict(_in_words(results, row, others)) for row in rows]
    labels = {key: in_words(key) for key in others}
    for key in columns:
        values = np.array([number(row.get(key)) for row in rows])
        how = shown_as(key, results.units, values[np.isfinite(values)])
        labels[key] = titled(how)
        error = error_key(key, rows[0])
        for place, row, value in zip(made, rows, values.tolist(), strict=True):
            place[key] = (value + how.shift) * how.factor
            if error is not None:
                bar = number(row.get(error)) * how.factor
                place[error] = bar if math.isfinite(bar) else None
    return made, labels
