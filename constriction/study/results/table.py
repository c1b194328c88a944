"""The results of a study as a table: one row per case, and mean and spread over repeats."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, compress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from constriction.base.catalogue import QUANTITIES, edge_unit
from constriction.base.files import csv_text
from constriction.study.file.parameters import without
from constriction.study.results.side_bias import side_bias
from constriction.study.run.plan import Plan, units_of
from constriction.study.run.store import Record, Store

if TYPE_CHECKING:
    import xarray

MISSING = "missing"
LARGEST_INTEGER = 2**63 - 1  # of an array's

type Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Table:
    """A study's results, which files, pictures and pages alike are made of.

    Attributes:
        plan: all cases.
        data: an array per column along `case`, in plan order, with `units` and `long_name`: axis and derived keys as
            coordinates, in SI, then the keys of result.json, status and error. What is missing is NaN or None.
        records: what else was kept, None for a case that is missing.
    """

    plan: Plan
    data: xarray.Dataset
    records: Sequence[Record | None]

    @property
    def keys(self) -> tuple[str, ...]:
        """The axis keys, then the derived ones."""
        return tuple(map(str, self.data.coords))

    @property
    def outputs(self) -> tuple[str, ...]:
        """The keys of result.json."""
        return tuple(map(str, self.data.data_vars))[:-2]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns."""
        return (*self.keys, *map(str, self.data.data_vars))

    @cached_property
    def units(self) -> Mapping[str, str]:
        """The SI unit of each axis and derived key, '1' for numbers and names."""
        return {key: self.data[key].attrs["units"] for key in self.keys}

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The cases, each with all columns: None where there is nothing."""
        cells = (_cells(self.data[key]) for key in self.columns)
        return tuple(dict(zip(self.columns, row, strict=True)) for row in zip(*cells, strict=True))


def table_of(plan: Plan, store: Store) -> Table:
    """Collect the records of a plan.

    Args:
        plan: all cases.
        store: the records; other cases than the plan's are left out.

    Raises:
        InputError: a record cannot be read.
    """
    by_key = {key: store.read(key) for key in dict.fromkeys(entry.key for entry in plan.entries)}
    return tabulated(plan, [by_key[entry.key] for entry in plan.entries])


def tabulated(plan: Plan, records: Sequence[Record | None]) -> Table:
    """The table of a plan whose cases have left these records, None for those that are missing."""
    import xarray

    keys = (*plan.study.keys, *plan.study.derivation.targets)
    found = [record or {"status": MISSING, "error": ""} for record in records]
    results = [record.get("result", {}) for record in found]
    outputs = without(dict.fromkeys(chain(*results)), keys)
    data = {**_columns(outputs, results), **_columns(("status", "error"), found)}
    labels = [entry.labels for entry in plan.entries]
    coordinates = _columns(without(keys, data), labels, units_of(plan))
    return Table(plan, xarray.Dataset(data, coordinates), records)


def _columns(
    keys: Iterable[str], rows: Sequence[Mapping[str, Any]], units: Mapping[str, str] = MappingProxyType({})
) -> dict[str, tuple[str, NDArray[Any], dict[str, str]]]:
    return {key: ("case", _lossless([row.get(key) for row in rows]), attributes(key, units)) for key in keys}


def _lossless(values: Sequence[Any]) -> NDArray[Any]:
    """A column as an array that gives back what it was made of, but NaN for None: objects where no type holds all."""
    kinds = set(map(type, values))
    if kinds <= {float, type(None)}:
        return np.array(values, dtype=np.float64)
    if kinds == {bool} or (kinds == {int} and max(map(abs, values)) <= LARGEST_INTEGER):
        return np.array(values)
    return np.fromiter(values, dtype=object, count=len(values))


def _cells(column: xarray.DataArray) -> list[Any]:
    missing = column.isnull().values.tolist()
    return [None if gone else value for value, gone in zip(column.values.tolist(), missing, strict=True)]


def attributes(key: str, units: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Unit and long name of a column; the unit is looked up in `units` (SI) first."""
    long_name = QUANTITIES[key].long_name if key in QUANTITIES else key.replace("_", " ")
    return {"units": units.get(key) or edge_unit(key).udunits, "long_name": long_name}


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
    as `…_spread`, the standard deviation of the repeats (n − 1; None for fewer than two). With side_bias the rows of
    cells between mirrors tell theirs, as `side_bias` does.
    """
    kept = without(table.keys, table.plan.study.repeated)
    outputs = [key for key in numeric(table) if not key.startswith("relative_error")]
    groups = _repeats(table)
    for places, group in groups.items():
        done = finished(group)
        row: Row = {**_picked(kept, group[0]), "repeats": len(done)}
        for key in outputs:
            row[key], row[f"{key}_spread"] = mean_and_spread([row[key] for row in done])
        yield {**row, **side_bias(group, groups[_periodic(places)])} if table.plan.study.side_bias else row


def _periodic(places: tuple[int, ...]) -> tuple[int, ...]:
    """The place of the periodic cells beside some; the sides are the last axis but for those of repeats."""
    return (*places[:-1], 1)


def _picked(keys: Iterable[str], row: Row) -> Row:
    return {key: row[key] for key in keys}


def _repeats(table: Table) -> Mapping[tuple[int, ...], list[Row]]:
    """The rows that differ in nothing but their repeats, in plan order, by their places along the other axes."""
    groups: dict[tuple[int, ...], list[Row]] = {}
    kept = [axis.table != "repeat" for axis in table.plan.study.axes]
    for entry, row in zip(table.plan.entries, table.rows, strict=True):
        groups.setdefault(tuple(compress(entry.places, kept)), []).append(row)
    return groups


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
