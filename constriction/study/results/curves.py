"""What a study's pictures show: what its [[plot]] tables ask for, or what suits any study."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import Any

import numpy as np

from constriction.base.errors import InputError
from constriction.base.quantities import shown
from constriction.study.file.axes import SIDE_BIAS, Axis
from constriction.study.file.figures import Figure, check_plots, names_of
from constriction.study.file.parameters import label_of, without
from constriction.study.results.table import Row, Table, differing, is_number, mean_and_spread, numeric

USUAL = (
    *("R_cstr_ohm_cm2", "C_cstr_farad_per_cm2"),
    *("apparent_R_SE_ohm_cm2", "apparent_R_int_ohm_cm2", "apparent_C_int_farad_per_cm2"),
)
MOST_PICTURES = 24  # that are drawn without being asked for


@dataclass(frozen=True)
class StudyCurve:
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


def curves_of(table: Table, figure: Figure, y: str) -> list[StudyCurve]:
    """The curves of one panel.

    Raises:
        InputError: several cases at one x of one curve that are no repeats of each other.
    """
    groups: dict[tuple[Any, ...], dict[Any, list[Row]]] = {}
    for row in table.rows:
        if _fits(row, figure):
            name = tuple(row[key] for key in figure.series)
            groups.setdefault(name, {}).setdefault(row[figure.x], []).append(row)
    for points in groups.values():
        _check_repeats(table, figure, points)
    return [_curve(dict(zip(figure.series, name, strict=True)), points, y) for name, points in groups.items()]


def _curve(label: Mapping[str, Any], points: Mapping[Any, list[Row]], y: str) -> StudyCurve:
    """A curve through the rows at each x."""
    places = sorted(points) if all(map(is_number, points)) else list(points)
    found = np.array([mean_and_spread(row[y] for row in points[x]) for x in places], dtype=float)
    return StudyCurve(label, tuple(places), tuple(found[:, 0].tolist()), tuple(found[:, 1].tolist()))


def _check_repeats(table: Table, figure: Figure, points: Mapping[Any, list[Row]]) -> None:
    """See that the cases at one x of a curve are repeats of each other; a picture of points may have any."""
    kept = without(table.plan.study.keys, table.plan.study.repeated)
    for x, rows in points.items():
        if (apart := differing(kept, rows)) and not figure.points:
            raise InputError(
                f"{figure.file}: {len(rows)} cases at {figure.x} = {x}, which differ in {', '.join(apart)}; "
                "expected series or where to tell them apart"
            )


def _fits(row: Row, figure: Figure) -> bool:
    """Whether a case is done, and one that a picture shows."""
    here = row["status"] == "done" and row[figure.x] is not None
    return here and all(_same(row[key], value) for key, value in figure.where.items())


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
    """R_cstr, C_cstr and apparent values, over each key where points lie here and there."""
    axes = [axis for axis in table.plan.study.axes if axis.table != "repeat"]
    y = tuple(filter(USUAL.__contains__, numeric(table)))
    title = table.plan.study.title
    if not y or all(axis.table == SIDE_BIAS for axis in axes):
        return
    if {"list", "latin_hypercube"} & {axis.table for axis in axes}:
        for key in chain.from_iterable(axis.keys for axis in axes):
            yield Figure(key, y, file=f"study-{key}.png", title=title, points=True)
    else:
        yield from _pages(axes, y, title)


def _pages(axes: Sequence[Axis], y: tuple[str, ...], title: str) -> Iterator[Figure]:
    """Pictures over the first axis, a curve for each value of the second, a picture for those of the others."""
    x, *others = (axis.keys[0] for axis in axes)
    for number, page in enumerate(islice(product(*map(_first_values, axes[2:])), MOST_PICTURES), start=1):
        fixed = dict(zip(others[1:], page, strict=True))
        file = f"study-{number}.png" if fixed else "study.png"
        yield Figure(x, y, tuple(others[:1]), where=fixed, file=file, title=title)


def _first_values(axis: Axis) -> list[Any]:
    """The values of the first key along an axis, each once."""
    return list(dict.fromkeys(label_of(row[0]) for row in axis.rows))
