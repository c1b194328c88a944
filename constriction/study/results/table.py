"""The results of a study as tables: one row per case, and mean and spread over repeats."""

from __future__ import annotations

import csv
import io
import json
import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constriction.study.run.plan import Plan, units_of
from constriction.study.run.store import Record, Store

MISSING = "missing"

type Row = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A study's results: `rows` in plan order, each with `columns` (None where there is nothing).

    `keys` are the axis and derived keys, in SI, their `units` beside; `outputs` the keys of result.json; then
    status and error. `records` holds what else was kept, None for a case that is missing.
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

    @property
    def repeated(self) -> tuple[str, ...]:
        """The keys of [repeat]."""
        return tuple(key for axis in self.plan.study.axes if axis.table == "repeat" for key in axis.keys)


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
    outputs = dict.fromkeys(
        key for record in by_key.values() if record is not None for key in record.get("result", {}) if key not in keys
    )
    rows = []
    for entry in plan.entries:
        record = by_key[entry.key] or {"status": MISSING, "error": ""}
        result = record.get("result", {})
        row = {**{key: entry.labels.get(key) for key in keys}, **{key: result.get(key) for key in outputs}}
        rows.append({**row, "status": record["status"], "error": record["error"]})
    records = tuple(by_key[entry.key] for entry in plan.entries)
    return Table(plan, keys, units_of(plan), tuple(outputs), tuple(rows), records)


def numeric(table: Table) -> tuple[str, ...]:
    """The outputs that are numbers wherever there is something."""
    return tuple(
        key
        for key in table.outputs
        if all(row[key] is None or is_number(row[key]) for row in table.rows)
        and any(row[key] is not None for row in table.rows)
    )


def is_number(value: object) -> bool:
    """Whether a value of a row is a number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def means(table: Table) -> Iterator[Row]:
    """Mean and spread of the finished repeats: a row for each case but for its repeats, in plan order.

    Each has the keys that are not repeated, `repeats` (how many are done), and for each numeric output its mean and,
    as `…_spread`, the standard deviation of the repeats (n − 1; None for fewer than two).
    """
    kept = [key for key in table.keys if key not in table.repeated]
    outputs = [key for key in numeric(table) if not key.startswith("relative_error")]
    groups: dict[tuple[Any, ...], list[Row]] = {}
    repeated = [n for n, axis in enumerate(table.plan.study.axes) if axis.table == "repeat"]
    for entry, row in zip(table.plan.entries, table.rows, strict=True):
        place = tuple(index for n, index in enumerate(entry.places) if n not in repeated)
        groups.setdefault(place, []).append(row)
    for group in groups.values():
        done = [row for row in group if row["status"] == "done"]
        row = {**{key: group[0][key] for key in kept}, "repeats": len(done)}
        for key in outputs:
            values = [row[key] for row in done if row[key] is not None]
            row[key] = statistics.fmean(values) if values else None
            row[f"{key}_spread"] = statistics.stdev(values) if len(values) > 1 else None
        yield row


def csv_text(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """Rows as csv: floats with all their digits, lists as JSON, nothing for None; equal rows give equal bytes."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[key]) for key in columns] for row in rows)
    return file.getvalue()


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
