"""Tables of records: fits of measured spectra, comparisons, cases of a study; numbers with their error bars."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from constriction.base.catalogue import EDGE_UNITS, edge_unit
from constriction.spectra.drt.processes import BROAD_ONE, UNCONFIRMED
from constriction.view.charts.study_charts import error_key, number
from constriction.view.pages.sections import TableSection
from constriction.view.terminal.numbers import engineering, quantity, significant

type Record = Mapping[str, Any]

NOTHING = "–"
# Units of keys and how they are written; the first one that has values is shown.
OHM, FARAD = (
    {EDGE_UNITS[unit].suffix: EDGE_UNITS[unit].label for unit in units}
    for units in (("ohm m2", "ohm m", "ohm"), ("F/m2", "F/m", "F"))
)


@dataclass(frozen=True)
class RecordColumn:
    """A column of a table of records: its title, and the text of one record's cell."""

    title: str
    cell: Callable[[Record], str]


def record_table(caption: str, records: Iterable[Record], columns: Sequence[RecordColumn]) -> TableSection:
    """One row per record; columns in which no record has anything are left out, but for the first."""
    given = list(records)
    first, *others = [(column.title, list(map(column.cell, given))) for column in columns]
    titles, cells = zip(first, *(other for other in others if set(other[1]) - {NOTHING}), strict=True)
    return TableSection(caption, titles, tuple(zip(*cells, strict=True)))


def fits_table(files: Sequence[Record], caption: str = "Fits: value ± one standard error") -> TableSection:
    """The fits of measured spectra.

    Args:
        files: the elements of `files` in fit.json; normalised values are shown where there are some.
        caption: of the table.
    """
    resistances = [_quantity(name, files, OHM) for name in ("R_SE", "R_int", "R_series")]
    columns = (
        _spectrum_column(files),
        RecordColumn("charge (mAh/cm²)", lambda record: _significant(record.get("charge_mAh_per_cm2"), 3)),
        RecordColumn("circuit", lambda record: str(record.get("circuit") or NOTHING)),
        *resistances[:2],
        _quantity("C_int", files, FARAD),
        resistances[2],
        RecordColumn("points left out", lambda record: _text(record.get("excluded"))),
        RecordColumn("Kramers-Kronig", lambda record: _consistent(record.get("kramers_kronig"))),
        RecordColumn("rms residual", lambda record: _percent((record.get("fit") or {}).get("residual_rms"))),
        RecordColumn("remark", _remark),
    )
    return record_table(caption, files, columns)


def relaxation_table(files: Sequence[Record]) -> TableSection:
    """The relaxation times of measured spectra: those that are sure, then what is not told apart or not sure.

    Args:
        files: the elements of `files` in fit.json.
    """
    rows = [{**record, **row} for record in files if record.get("drt") for row in _relaxations(record["drt"])]
    columns = (
        _spectrum_column(rows),
        RecordColumn("time", lambda row: _text(row.get("time"))),
        _quantity("R", rows, OHM),
        RecordColumn("share of all R", lambda row: _share(row.get("share"))),
        RecordColumn("remark", lambda row: _text(row.get("told"))),
    )
    return record_table("Relaxation times: R ± one standard error", rows, columns)


def _relaxations(found: Record) -> Iterator[Record]:
    sure = [item for item in found["relaxation_times"] if item["sure"]]
    for item in sure:
        near = number(item["resolution_decades"])
        told = f"sure; two times within {near:.2g} decades would be told as one" if math.isfinite(near) else "sure"
        yield _relaxation(item, told)
    if not sure:
        yield {"told": "none is sure"}
    for group in found["unresolved"]:
        told = "only the sum is determined" if group["count_in_fit"] > 1 else "time or R weakly determined"
        yield _relaxation(group, told, ("from_second", "to_second"))
    for item in found["relaxation_times"]:
        if item["why_not"] in (BROAD_ONE, UNCONFIRMED):
            yield _relaxation(item, f"not sure: {item['why_not']}")


def _relaxation(item: Record, told: str, ends: Sequence[str] = ("time_constant_second",)) -> Record:
    times = dict.fromkeys(engineering(item[end], "s") for end in ends)
    return {**item, "time": " to ".join(times), "told": told}


def comparison_table(
    rows: Sequence[Record], caption: str = "Measured and simulated: value ± one standard error, value ± error bar"
) -> TableSection:
    """The differences between measured and simulated spectra.

    Args:
        rows: as of table.csv of `constriction compare`: file, quantity, unit, measured, measured_stderr, simulated,
            simulated_error, difference_percent, difference_in_error_bars, remark.
        caption: of the table.
    """

    def pair(value: str, error: str) -> Callable[[Record], str]:
        return lambda row: _with_error(row.get(value), row.get(error), _unit(str(row.get("unit") or "")))

    columns = (
        _spectrum_column(rows),
        RecordColumn("quantity", lambda row: _text(row.get("quantity"))),
        RecordColumn("measured", pair("measured", "measured_stderr")),
        RecordColumn("simulated", pair("simulated", "simulated_error")),
        RecordColumn("difference (%)", lambda row: _significant(row.get("difference_percent"), 3)),
        RecordColumn("in error bars", lambda row: _significant(row.get("difference_in_error_bars"), 3)),
        RecordColumn("remark", lambda row: _text(row.get("remark"))),
    )
    return replace(record_table(caption, rows, columns), symbols=True)


def study_table(
    rows: Sequence[Record], keys: Sequence[str], words: Mapping[str, str], caption: str = "Cases: value ± error bar"
) -> TableSection:
    """The cases of a study.

    Args:
        rows: as of cases.csv, numbers or their text; error bars are those of `…_error_…`.
        keys: columns that are shown, in order.
        words: titles of keys; keys of result.json have their unit in the name, others are texts with their unit.
        caption: of the table.
    """
    known = list(dict.fromkeys(key for row in rows for key in row))
    columns = [_study_column(key, error_key(key, known), words.get(key, key)) for key in keys]
    return replace(record_table(caption, rows, columns), symbols=True)


def _study_column(key: str, error: str | None, title: str) -> RecordColumn:
    shown = edge_unit(key).label

    def cell(row: Record) -> str:
        value = number(row.get(key))
        if not shown or not math.isfinite(value):
            return _text(row.get(key))
        return _with_error(value, row.get(error) if error else None, shown)

    return RecordColumn(title, cell)


# --- cells -----------------------------------------------------------------------------------------------------------


def _quantity(name: str, records: Sequence[Record], endings: Mapping[str, str]) -> RecordColumn:
    """A fitted quantity in the first unit in which any record has it."""
    found = (e for e in endings if any(math.isfinite(number(r.get(f"{name}_{e}"))) for r in records))
    ending = next(found, next(iter(endings)))

    def cell(record: Record) -> str:
        value, bar = number(record.get(f"{name}_{ending}")), number(record.get(f"{name}_stderr_{ending}"))
        text = _with_error(value, bar, endings[ending])
        return f"{text} (no error bar)" if math.isfinite(value) and value != 0 and not math.isfinite(bar) else text

    return RecordColumn(name, cell)


def _with_error(value: Any, error: Any, unit: str) -> str:
    known, bar = number(value), number(error)
    if not math.isfinite(known):
        return NOTHING
    return quantity(known, bar if math.isfinite(bar) else 0.0, unit)


def _unit(suffix: str) -> str:
    return {**OHM, **FARAD}.get(suffix, suffix)


def _spectrum_column(records: Sequence[Record]) -> RecordColumn:
    """Names as short as they may be: folders and sweeps are told only where two spectra would share a name."""
    sweeps = {(str(record.get("file")), str(record.get("sweep"))) for record in records}
    several = Counter(file for file, _ in sweeps)
    shared = Counter(Path(file).name for file in several)

    def cell(record: Record) -> str:
        file = str(record.get("file"))
        name = file if shared[Path(file).name] > 1 else Path(file).name
        return f"{name}, sweep {record.get('sweep')}" if several[file] > 1 else name

    return RecordColumn("spectrum", cell)


def _consistent(found: Record | None) -> str:
    if not found or found.get("consistent") is None:
        return NOTHING
    return "consistent" if found["consistent"] else "not consistent"


def _remark(record: Record) -> str:
    parts = [record.get("error"), *(record.get("doubts") or ())]
    return "; ".join(str(part) for part in parts if part) or NOTHING


def _significant(value: Any, digits: int) -> str:
    known = number(value)
    return significant(known, digits).replace("-", "−") if math.isfinite(known) else NOTHING


def _share(value: float | None) -> str:
    return NOTHING if value is None else f"{100 * value:.0f} %"


def _percent(value: Any) -> str:
    known = number(value)
    return f"{100 * known:.2g} %" if math.isfinite(known) else NOTHING


def _text(value: Any) -> str:
    return NOTHING if value in (None, "") else str(value)
