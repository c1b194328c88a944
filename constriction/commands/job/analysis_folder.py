"""What `constriction analyze` leaves behind: fit.json, table.csv, a picture per spectrum, trends of a series."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from constriction.base.errors import one_line
from constriction.base.files import csv_text
from constriction.base.folders import FolderKind, whole_folder
from constriction.commands.job.analysis_record import AnalysisReport, Record, analysis_record, picture_name, record_text

if TYPE_CHECKING:
    from constriction.view.charts.charts import Chart
    from constriction.view.charts.fits import AnalysisPicture
    from constriction.view.pages.provenance import Origin

FIT, TABLE, REPORT, ARRHENIUS = "fit.json", "table.csv", "report.html", "arrhenius.csv"
OUR_KEYS = frozenset({"files", "definitions", "versions"})  # what shows that a fit.json is ours
PICTURES = r"(spectrum-\d{2,}-[\w.+-]+|trends|deposition)\.(png|pdf)|spectrum-\d{2,}-[\w.+-]+-(kramers_kronig|drt)\.csv"
ANALYSIS = FolderKind("spectrum analysis", (FIT, TABLE, REPORT, ARRHENIUS), OUR_KEYS, PICTURES)


def write_analysis(report: AnalysisReport, folder: Path, suffixes: Sequence[str], how: Origin | None = None) -> Record:
    """Write an analysis as a whole.

    Args:
        report: what is written.
        folder: nothing, an empty folder, or an earlier analysis, which is replaced.
        suffixes: of the pictures, ".png" and ".pdf".
        how: it came about, for a report.html; None: none is written.

    Returns:
        The content of fit.json.

    Raises:
        InputError: the folder holds something else; nothing was changed.
    """
    from constriction.spectra.reading.records import table_rows

    record = analysis_record(report)
    with whole_folder(folder, ANALYSIS) as fresh:
        pictures, series = _draw(report, fresh, suffixes, record["files"])
        _write_arrhenius(report, fresh)
        (fresh / TABLE).write_text(csv_text(table_rows(record["files"])), encoding="utf-8")
        _write_curves(report, fresh)
        (fresh / FIT).write_text(record_text(record), encoding="utf-8")
        if how is not None:
            from constriction.view.pages.fit_report import fit_report
            from constriction.view.pages.report import write_report

            files = [path.name for path in fresh.iterdir()]
            write_report(fit_report(record, pictures, how, files, series), fresh / REPORT)
    return record


def _write_curves(report: AnalysisReport, folder: Path) -> None:
    """Write what the Kramers-Kronig test and the distribution of each spectrum look like, as measured."""
    from constriction.spectra.drt.curves import distribution_rows, kramers_kronig_rows

    for number, entry in enumerate(report.entries):
        if entry.measurement is None:
            continue
        spectrum, name = entry.measurement.spectrum, folder / picture_name(number, entry)
        if entry.screened is not None:
            Path(f"{name}-kramers_kronig.csv").write_text(
                csv_text(kramers_kronig_rows(spectrum, entry.screened)), "utf-8"
            )
        if entry.distribution is not None:
            Path(f"{name}-drt.csv").write_text(csv_text(distribution_rows(entry.distribution, spectrum.unit)), "utf-8")


def _write_arrhenius(report: AnalysisReport, folder: Path) -> None:
    """The conductivities at several temperatures, if there are any."""
    from constriction.spectra.reading.temperatures import point_names, point_values, temperature_series

    found = temperature_series(report.entries, report.scaled.by)
    if found is not None:
        rows = [point_names(found), *(point_values(found, point) for point in found.points)]
        (folder / ARRHENIUS).write_text(csv_text(rows), encoding="utf-8")


def _draw_spectrum(
    report: AnalysisReport, number: int, folder: Path, suffixes: Sequence[str], record: Record
) -> list[AnalysisPicture]:
    """Save the picture of a spectrum with a fit; one that cannot be drawn costs no other, and the record tells why."""
    from constriction.view.charts.fits import entry_picture
    from constriction.view.terminal.entries import entry_title
    from constriction.view.writers.spectra_plots import draw_picture

    entry = report.entries[number]
    if entry.fit is None:
        return []
    try:
        picture = entry_picture(entry, report.scaled.by, entry_title(entry, report.entries))
        for suffix in suffixes:
            draw_picture(picture, folder / f"{picture_name(number, entry)}{suffix}")
    except OSError:  # the disk, which all others need as well
        raise
    except Exception as error:
        record.update(picture=None, no_picture=one_line(entry.file, error))
        return []
    return [picture]


def _draw(
    report: AnalysisReport, folder: Path, suffixes: Sequence[str], files: Sequence[Record]
) -> tuple[list[AnalysisPicture], Chart | None]:
    """Save the pictures; returns what those of the spectra and of the series show."""
    from constriction.view.charts.fits import deposition_chart, trends_of
    from constriction.view.writers.journal import draw_chart

    pictures = []
    for number in range(len(report.entries)):
        pictures += _draw_spectrum(report, number, folder, suffixes, files[number])
    pristine = report.how.pristine_circuit is not None
    series = trends_of(report.entries, report.scaled.by, report.charges, pristine) if report.how.series else None
    for suffix in suffixes:
        if series is not None:
            draw_chart(series, folder / f"trends{suffix}")
        if (found := report.deposition) is not None:
            chart = deposition_chart(found.charge, found.series.potential, found.nucleation)
            draw_chart(chart, folder / f"deposition{suffix}")
    return pictures, series
