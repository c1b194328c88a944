"""The report of `constriction analyze`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from constriction.view.charts.charts import Chart
from constriction.view.charts.curves import display_unit
from constriction.view.charts.fits import AnalysisPicture
from constriction.view.charts.relaxation_charts import processes_chart
from constriction.view.charts.spectra_charts import bode_chart, nyquist_chart, residual_chart
from constriction.view.pages.provenance import Origin, links, repeat_sections
from constriction.view.pages.record_tables import fits_table, relaxation_table
from constriction.view.pages.sections import Answer, Heading, Paragraph, Report, Section, TableSection
from constriction.view.terminal.entries import arrhenius_rows

_FILES = (
    ("fit.json", "all numbers, the unit in each key"),
    ("table.csv", "a row per spectrum"),
    ("arrhenius.csv", "a row per temperature"),
)
_NORMALISED_BY = {  # keys of `normalisation` in fit.json, as the report writes them
    "by": ("normalised by", ""),
    "area_cm2": ("area", "cm²"),
    "thickness_cm": ("thickness", "cm"),
    "area_over_thickness_cm": ("area / thickness", "cm"),
    "file": ("pristine cell", ""),
    "circuit": ("its circuit", ""),
    "R_SE_ohm": ("its R_SE", "Ω"),
    "R_SE_stderr_ohm": ("standard error of its R_SE", "Ω"),
    "conductivity_siemens_per_cm": ("conductivity", "S/cm"),
}
_TOLD = 6  # spectra that are told one by one before the table


def fit_report(
    record: Mapping[str, Any],
    pictures: Sequence[AnalysisPicture],
    how: Origin,
    files: Sequence[str],
    series: Chart | None = None,
) -> Report:
    """The report of an analysis.

    Args:
        record: the content of fit.json.
        pictures: of the spectra that could be fitted, from `entries.entry_picture`.
        how: from `provenance.origin`.
        files: names of those that lie beside the report.
        series: from `fits.trends_of`, or None.
    """
    found = record["files"]
    sections: list[Section] = [_asked(record), fit_answer(found), *_tables(record)]
    if series is not None:
        sections += [Heading("Trends"), series]
    for picture in pictures:
        sections += [Heading(picture.title), *picture_sections(picture)]
    sections += [
        *repeat_sections(how, record["versions"], _normalised_by(record["normalisation"] or {})),
        Paragraph("Files beside this page:"),
        links(_FILES, files),
        Heading("Definitions"),
        TableSection("Quantities", ("name", "meaning"), tuple(record["definitions"].items())),
    ]
    title = pictures[0].title if len(found) == 1 and pictures else f"{len(found)} spectra"
    return Report(title, "constriction analyze", tuple(sections))


def _tables(record: Mapping[str, Any]) -> Iterator[Section]:
    """The results of all spectra: of the fits, the relaxation times, and what the temperature does."""
    files = record["files"]
    yield from (Heading("Fits"), fits_table(files))
    if any(item.get("drt") for item in files):
        yield relaxation_table(files)
    if record.get("arrhenius"):
        rows = tuple(arrhenius_rows(record["arrhenius"]))
        yield from (Heading("Temperatures"), TableSection("Arrhenius", ("name", "value"), rows, symbols=True))


def _normalised_by(normalisation: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The rows that tell by what a cell's values were normalised, in words and with units."""
    rows = []
    for name, value in normalisation.items():
        words, unit = _NORMALISED_BY.get(name, (name, ""))
        rows.append((words, f"{value:.6g} {unit}".rstrip() if isinstance(value, float) else str(value)))
    return rows


def fit_answer(files: Sequence[Mapping[str, Any]]) -> Answer:
    """What the fits found, in sentences.

    Args:
        files: the elements of `files` in fit.json.
    """
    table = fits_table(files)
    rows = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    failed = sum(bool(record.get("error")) for record in files)
    doubtful = sum(bool(record.get("doubts")) for record in files)
    sentences: list[str] = []
    if len(rows) == 1 and not failed:
        headline = f"R_SE = {rows[0]['R_SE']}"
        sentences.append(_told(rows[0], ("R_int", "C_int", "circuit")))
    else:
        headline = f"{len(rows) - failed} of {len(rows)} spectra fitted"
        if len(rows) <= _TOLD:
            sentences += [f"{row['spectrum']}: {_told(row, ('R_SE', 'R_int', 'C_int'))}" for row in rows]
    if doubtful:
        sentences.append(f"Doubts about {doubtful} of {len(rows)}: see the remarks in the table.")
    return Answer(headline, tuple(sentences), caution=bool(failed + doubtful))


def picture_sections(picture: AnalysisPicture) -> Iterator[Section]:
    """One analysed spectrum: results in words, Nyquist and Bode plots, residuals, relaxation times.

    Args:
        picture: from `entries.entry_picture`.
    """
    yield from map(Paragraph, picture.remarks)
    # Lines first, so that points lie on them.
    curves = sorted(picture.curves, key=lambda curve: curve.kind != "line")
    yield nyquist_chart(curves)
    yield bode_chart(curves)
    for part in picture.residuals:
        yield residual_chart(part.frequency, part.values, part.limit, part.title)
    if picture.distribution is not None:
        gamma = picture.scale * float(np.abs(picture.distribution.gamma).max())
        scale, unit = display_unit(picture.curves[0].spectrum.unit, gamma)
        caption = "Marked: relaxation times; hollow: not resolved or not sure."
        yield processes_chart(picture.distribution, picture.processes, (picture.scale * scale, unit), caption)


def _asked(record: Mapping[str, Any]) -> Paragraph:
    options, count = record["options"], len(record["files"])
    spectra = "One spectrum" if count == 1 else f"{count} spectra"
    limit = f"{100 * options['kramers_kronig_limit']:.3g} % of |Z|"
    test = f"the Kramers-Kronig test leaves out points that miss by more than {limit}"
    return Paragraph(f"{spectra}, fitted with {' or '.join(options['circuits'])}; {test}.")


def _told(row: Mapping[str, str], keys: Sequence[str]) -> str:
    known = [f"{key} = {row[key]}" for key in keys if row.get(key, "–") != "–"]
    return ", ".join(known) or row.get("remark", "nothing found")
