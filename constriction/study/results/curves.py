"""What a study's pictures show: what its [[plot]] tables ask for, or what suits any study."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from constriction.base.errors import InputError
from constriction.base.quantities import shown
from constriction.study.file.axes import Axis
from constriction.study.file.figures import Figure, check_plots, names_of
from constriction.study.file.parameters import label_of
from constriction.study.results.table import Row, Table, is_number, numeric

USUAL = ("R_cstr_ohm_cm2", "C_cstr_farad_per_cm2")
MOST_PICTURES = 24  # that are drawn without being asked for


@dataclass(frozen=True)
class Curve:
    """Points of one curve by rising x: mean and standard deviation over repeats, NaN for a single one."""

    label: Mapping[str, Any]
    x: tuple[Any, ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]


def figures_of(table: Table) -> list[Figure]:
    """The pictures that a study asks for, or those that suit any study.

    Raises:
        InputError: a [[plot]] table with unknown keys, columns or values.
    """
    asked = table.plan.study.data.get("plot", [])
    if not asked:
        return list(_usual(table))
    source = table.plan.study.source
    return [_figure(given, table, f"{source}: [[plot]] {number}") for number, given in enumerate(asked, start=1)]


def curves_of(table: Table, figure: Figure, y: str) -> list[Curve]:
    """The curves of one panel.

    Raises:
        InputError: several cases at one x of one curve that are no repeats of each other.
    """
    groups: dict[tuple[Any, ...], dict[Any, list[Row]]] = {}
    for row in table.rows:
        if row["status"] == "done" and _fits(row, figure.where) and row[figure.x] is not None:
            name = tuple(row[key] for key in figure.series)
            groups.setdefault(name, {}).setdefault(row[figure.x], []).append(row)
    curves = []
    for name, found in groups.items():
        points = dict(sorted(found.items())) if all(is_number(x) for x in found) else found
        for x, rows in () if figure.points else points.items():
            _check_repeats(table, figure, x, rows)
        values = [[row[y] for row in rows if row[y] is not None] for rows in points.values()]
        mean = tuple(math.fsum(known) / len(known) if known else math.nan for known in values)
        spread = tuple(map(_deviation, values, mean))
        curves.append(Curve(dict(zip(figure.series, name, strict=True)), tuple(points), mean, spread))
    return curves


def _deviation(values: list[float], mean: float) -> float:
    """Standard deviation of repeats (n − 1), NaN for fewer than two."""
    if len(values) < 2:
        return math.nan
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _check_repeats(table: Table, figure: Figure, x: Any, rows: list[Row]) -> None:
    kept = [key for key in table.plan.study.keys if key not in table.repeated]
    if len({tuple(str(row[key]) for key in kept) for row in rows}) > 1:
        differing = [key for key in kept if len({str(row[key]) for row in rows}) > 1]
        raise InputError(
            f"{figure.file}: {len(rows)} cases at {figure.x} = {x}, which differ in {', '.join(differing)}; "
            "expected series or where to tell them apart"
        )


def _fits(row: Row, where: Mapping[str, Any]) -> bool:
    return all(_same(row[key], value) for key, value in where.items())


def _same(one: Any, other: Any) -> bool:
    if is_number(one) and is_number(other):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)


def _figure(given: Mapping[str, Any], table: Table, where: str) -> Figure:
    """A [[plot]] table with its columns checked."""
    check_plots([given], where.rpartition(":")[0])
    x, y, series = given["x"], tuple(names_of(given["y"])), tuple(names_of(given.get("series", [])))
    for name in (x, *y, *series, *given.get("where", {})):
        if name not in table.columns:
            raise InputError(f"{where}: {shown(name)}: no such column; there are {', '.join(table.columns)}")
    for name in y:
        if name not in numeric(table):
            raise InputError(f"{where}: y = {shown(name)}: expected a column of numbers")
    fixed = {key: label_of(value) for key, value in given.get("where", {}).items()}
    number = where.rpartition(" ")[2]
    file = given.get("file", f"plot-{number}.png")
    return Figure(x, y, series, given.get("scale", "auto"), fixed, file, given.get("title", ""))


def _usual(table: Table) -> Iterator[Figure]:
    """R_cstr, C_cstr and apparent values over the first axis, a curve for each value of the second."""
    axes = [axis for axis in table.plan.study.axes if axis.table != "repeat"]
    known = numeric(table)
    y = tuple(
        key for key in known if key in USUAL or key.startswith(("apparent_R", "apparent_C")) and "error" not in key
    )
    if not y or not axes:
        return
    x, title = axes[0].keys[0], table.plan.study.title
    if any(axis.table in ("list", "latin_hypercube") for axis in axes):  # points here and there: no curves
        for key in (key for axis in axes for key in axis.keys):
            yield Figure(key, y, file=f"study-{key}.png", title=title, points=True)
        return
    series = tuple(axis.keys[0] for axis in axes[1:2])
    pages = list(product(*(_first_values(axis) for axis in axes[2:])))
    for number, page in enumerate(pages[:MOST_PICTURES], start=1):
        fixed = dict(zip((axis.keys[0] for axis in axes[2:]), page, strict=True))
        yield Figure(x, y, series, where=fixed, file=f"study-{number}.png" if fixed else "study.png", title=title)


def _first_values(axis: Axis) -> list[Any]:
    """The values of the first key along an axis, each once."""
    return list(dict.fromkeys(label_of(row[0]) for row in axis.rows))
