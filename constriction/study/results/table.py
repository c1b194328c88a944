"""The results of a study as tables: one row per case, and mean and spread over repeats."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Any

from constriction.base.files import csv_text
from constriction.study.file.parameters import without
from constriction.study.run.plan import Plan, units_of
from constriction.study.run.store import Record, Store

MISSING = "missing"

type Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A study's results: `rows` in plan order, each with `columns` (None where there is nothing).

    `keys` are the axis and derived keys, in SI, their `units` beside; `outputs` the keys of result.json; then
    status and error. `records` holds what else was kept, None for a case that is missing.

    Rows and not arrays, since whole numbers, texts, truth values and lists of any length go into cases.csv as they are
    in the records; `collect.dataset_of` makes the arrays.
    """

    plan: Plan
    keys: tuple[str, ...]
    units: Mapping[str, str]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    records: tuple[Record | None, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns."""
        return (*self.keys, *self.outputs, "status", "error")


def table_of(plan: Plan, store: Store) -> Table:
    """Collect the records of a plan.

    Args:
        plan: all cases.
        store: the records; other cases than the plan's are left out.

    Raises:
        InputError: a record cannot be read.
    """
    study = plan.study
    keys = (*study.keys, *study.derivation.targets)
    by_key = {key: store.read(key) for key in dict.fromkeys(entry.key for entry in plan.entries)}
    results = [record.get("result", {}) for record in filter(None, by_key.values())]
    outputs = tuple(without(dict.fromkeys(chain(*results)), keys))
    records = tuple(by_key[entry.key] for entry in plan.entries)
    rows = tuple(
        _picked(keys, entry.labels) | _row_of(outputs, record)
        for entry, record in zip(plan.entries, records, strict=True)
    )
    return Table(plan, keys, units_of(plan), outputs, rows, records)


def _row_of(outputs: Sequence[str], record: Record | None) -> Row:
    """The part of a row that comes from a case's record."""
    found = record or {"status": MISSING, "error": ""}
    return _picked(outputs, found.get("result", {})) | {"status": found["status"], "error": found["error"]}


def _picked(keys: Sequence[str], values: Mapping[str, Any]) -> Row:
    return {key: values.get(key) for key in keys}


def numeric(table: Table) -> tuple[str, ...]:
    """The outputs that are numbers wherever there is something."""
    columns = {key: known(row[key] for row in table.rows) for key in table.outputs}
    return tuple(key for key, values in columns.items() if values and all(map(is_number, values)))


def known(values: Iterable[Any]) -> list[Any]:
    """Those of some values that are there."""
    return [value for value in values if value is not None]


def finished(rows: Iterable[Row]) -> list[Row]:
    """The rows of cases that are done."""
    return [row for row in rows if row["status"] == "done"]


def differing(keys: Iterable[str], rows: Sequence[Row]) -> list[str]:
    """The keys of which not all rows have the same value."""
    return [key for key in keys if len({str(row[key]) for row in rows}) > 1]


def is_number(value: object) -> bool:
    """Whether a value of a row is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def means(table: Table) -> Iterator[Row]:
    """Mean and spread of the finished repeats: a row for each case but for its repeats, in plan order.

    Each has the keys that are not repeated, `repeats` (how many are done), and for each numeric output its mean and,
    as `…_spread`, the standard deviation of the repeats (n − 1; None for fewer than two).
    """
    kept = without(table.keys, table.plan.study.repeated)
    outputs = [key for key in numeric(table) if not key.startswith("relative_error")]
    for group in _repeats(table):
        done = finished(group)
        row = {**_picked(kept, group[0]), "repeats": len(done)}
        for key in outputs:
            row[key], row[f"{key}_spread"] = mean_and_spread([row[key] for row in done])
        yield row


def _repeats(table: Table) -> Iterable[list[Row]]:
    """The rows that differ in nothing but their repeats, in plan order."""
    groups: dict[tuple[int, ...], list[Row]] = {}
    kept = [axis.table != "repeat" for axis in table.plan.study.axes]
    for entry, row in zip(table.plan.entries, table.rows, strict=True):
        groups.setdefault(tuple(compress(entry.places, kept)), []).append(row)
    return groups.values()


def mean_and_spread(values: Iterable[float | None]) -> tuple[float | None, float | None]:
    """Mean and standard deviation (n − 1) of the values that are there; None for fewer than one and two of them."""
    there = known(values)
    return statistics.fmean(there) if there else None, statistics.stdev(there) if len(there) > 1 else None


def table_text(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Rows as csv: floats with all their digits, lists as JSON, nothing for None; equal rows give equal bytes."""
    return csv_text([columns, *([_cell(row[key]) for key in columns] for row in rows)])


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
