"""The report of `constriction compare`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from constriction.base.errors import shortened
from constriction.compare.cell import Cell
from constriction.compare.records import UNITS, ComparedSpectrum, remarks, table_csv
from constriction.view.charts.relaxation_charts import times_chart
from constriction.view.charts.spectra_charts import (
    bode_chart,
    difference_chart,
    nyquist_chart,
    overlay_curves,
)
from constriction.view.pages.provenance import Origin, repeat_sections
from constriction.view.pages.record_tables import comparison_table
from constriction.view.pages.sections import Answer, Code, Heading, Links, Paragraph, Report, Section, TableSection
from constriction.view.terminal.words import LONGEST_TITLE

type Row = Mapping[str, str]

FILES = (
    ("comparison.json", "all numbers, the unit in each key"),
    ("table.csv", "the differences"),
    ("case.toml", "the case as it was solved"),
)
AGREE = 2.0  # error bars
PER_AREA = tuple(unit for unit, _ in UNITS.values())  # in these a difference is told, in others it is the same
MOST_TOLD = 6  # differences, before the table


def compare_report(
    record: Mapping[str, Any], cell: Cell, entries: Sequence[ComparedSpectrum], case: str, how: Origin
) -> Report:
    """The report of a comparison.

    Args:
        record: the content of comparison.json.
        cell: what was simulated.
        entries: of the measured spectra.
        case: the text of case.toml.
        how: from `provenance.origin`.
    """
    rows = list(csv.DictReader(io.StringIO(table_csv(entries))))
    title = shortened(cell.result.case.title, LONGEST_TITLE) or "the simulated case"
    sections: list[Section] = [
        Paragraph(f"{_counted(len(entries))} beside a simulation of {title}, both in one window and fitted alike."),
        compare_answer([row for row in rows if row["unit"] in ("", *PER_AREA)]),
        Heading("Differences"),
        comparison_table([_short(row) for row in rows]),
    ]
    for entry in entries:
        sections += [Heading(entry.loaded.name), *entry_sections(entry, cell)]
    sections += [
        Heading("Not simulated"),
        Paragraph("; ".join(record["not_simulated"]) + "."),
        Heading("The case as solved"),
        Code(case),
        *repeat_sections(how, record["versions"], [("case, SHA-256", record["case_sha256"])]),
        Paragraph("Files beside this page:"),
        Links(FILES),
        Heading("Definitions"),
        TableSection("Quantities", ("name", "meaning"), tuple(record["definitions"].items())),
    ]
    return Report(f"Measured over simulated: {title}", "constriction compare", tuple(sections))


def compare_answer(rows: Sequence[Row]) -> Answer:
    """What the differences say, in sentences.

    Args:
        rows: of table.csv.
    """
    known = [row for row in rows if row["difference_in_error_bars"]]
    failed = sum(not row["quantity"] for row in rows)
    far = [row for row in known if abs(float(row["difference_in_error_bars"])) > AGREE]
    alone = [row for row in rows if bool(row["measured"]) != bool(row["simulated"])]
    sentences = [*map(_sentence, far), *map(_alone, alone)][:MOST_TOLD]
    if failed:
        sentences.append(f"{_counted(failed)} could not be compared: see the table.")
    if not known:
        return Answer("Nothing to compare", tuple(sentences), caution=True)
    return Answer(_headline(known, far, alone), tuple(sentences), caution=bool(failed))


def _headline(known: Sequence[Row], far: Sequence[Row], alone: Sequence[Row]) -> str:
    if far:
        return f"{len(far)} of {len(known)} differences are larger than {AGREE:g} error bars"
    if alone:
        return "One shows an arc that the other has not"
    return f"{', '.join(dict.fromkeys(row['quantity'] for row in known))}: within {AGREE:g} error bars"


def entry_sections(entry: ComparedSpectrum, cell: Cell) -> Iterator[Section]:
    """One measured spectrum: remarks, both spectra, their difference, relaxation times of both."""
    overlay, measured = entry.overlay, entry.loaded.spectrum
    if overlay is None or measured is None:
        yield Paragraph(f"Not compared: {entry.error}")
        return
    yield from map(Paragraph, remarks(entry.loaded, overlay))
    curves = overlay_curves(measured, overlay, cell)
    yield nyquist_chart(curves)
    yield bode_chart(curves)
    yield difference_chart(overlay, cell)
    yield times_chart(overlay, cell)


def _sentence(row: Row) -> str:
    percent, bars = float(row["difference_percent"]), float(row["difference_in_error_bars"])
    side = "above" if percent > 0 else "below"
    return f"{Path(row['file']).name}: {row['quantity']} is {abs(percent):.3g} % {side}, {abs(bars):.3g} error bars."


def _alone(row: Row) -> str:
    only, other = ("measured", "simulated") if row["measured"] else ("simulated", "measured")
    return f"{Path(row['file']).name}: {row['quantity']} is {only}, {other} none."


def _short(row: Row) -> dict[str, str]:
    """A row of table.csv for the page: the file without its folder, remarks only where there is nothing else."""
    sweep = row["sweep"] if row["sweep"] != "1" else ""
    return {**row, "file": Path(row["file"]).name, "sweep": sweep, "remark": "" if row["quantity"] else row["remark"]}


def _counted(count: int) -> str:
    return "One measured spectrum" if count == 1 else f"{count} measured spectra"
