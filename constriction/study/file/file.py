"""The study file: TOML in, tables checked, base and list written into it, so that a result needs no other file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from constriction.base.errors import InputError, naming, nearest
from constriction.base.quantities import shown
from constriction.case.file import read_toml
from constriction.case.schema import Case
from constriction.study.file.axes import SIDE_BIAS, Axis, axes_of, read_rows
from constriction.study.file.derive import Derivation, derivation_of
from constriction.study.file.figures import check_plots
from constriction.study.file.references import take_files

TABLES = ("grid", "zip", "list", "latin_hypercube", "repeat", "derive", "assumptions")
KEYS = ("title", "base", *TABLES, "plot")


@dataclass(frozen=True)
class Study:
    """A study: `data` as in its file, with the base case and the rows of a list in it; `axes` outermost first.

    `files` are the texts of the files, by name, that its cases refer to: of other cases and of materials.
    """

    source: str
    data: Mapping[str, Any]
    axes: tuple[Axis, ...]
    derivation: Derivation
    files: Mapping[str, str]

    @property
    def title(self) -> str:
        """What the study is called, empty if it has no name."""
        return str(self.data.get("title", ""))

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that vary, in the order of the axes."""
        return tuple(key for axis in self.axes for key in axis.keys)

    @property
    def repeated(self) -> tuple[str, ...]:
        """The keys of [repeat]."""
        return tuple(key for axis in self.axes if axis.table == "repeat" for key in axis.keys)

    @property
    def side_bias(self) -> bool:
        """Whether repeats are solved between mirrors and in periodic cells."""
        return any(axis.table == SIDE_BIAS for axis in self.axes)


def load_study(path: str | os.PathLike[str]) -> Study:
    """Read a study file.

    Args:
        path: TOML with `title`, `base` (a path relative to the file, or tables of a case) and axes.

    Raises:
        InputError: no valid study; one line with file, table, key, value and what is expected.
    """
    source = os.fspath(path)
    data = read_toml(path, "study file")
    _check_tables(data, source)
    here = base_folder = Path(path).parent
    if isinstance(data["base"], str):
        base_folder = (here / data["base"]).parent
        with naming(f"{source}: base = {shown(data['base'])}"):
            data["base"] = read_toml(here / data["base"], "case file")
    if "list" in data:
        data["list"] = {"rows": _rows(data["list"], here, f"{source}: [list]")}
    return study_of(data, source, take_files(data, base_folder, here, source))


def study_of(data: Mapping[str, Any], source: str, files: Mapping[str, str] | None = None) -> Study:
    """The study of tables whose base and list are written out.

    Args:
        data: the tables.
        source: what an error begins with.
        files: the texts of the files, by name, that its cases refer to.

    Raises:
        InputError: as `load_study`.
    """
    _check_tables(data, source)
    check_plots(data.get("plot", []), source)
    axes = tuple(axes_of(data, source))
    if not axes:
        raise InputError(f"{source}: no axis; expected [grid], [zip], [list], [latin_hypercube] or [repeat]")
    varied = [key for axis in axes for key in axis.keys]
    files = files or {}
    return Study(source, data, axes, derivation_of(data, varied, files, source), files)


def _rows(table: Mapping[str, Any], here: Path, where: str) -> list[dict[str, Any]]:
    if set(table) != {"file"} or not isinstance(table["file"], str):
        raise InputError(f'{where}: given {shown(dict(table))}; expected file = "cases.csv"')
    return read_rows(here / table["file"], f"{where} file")


def _check_tables(data: Mapping[str, Any], source: str) -> None:
    """The top level of a study: known names, tables where tables belong, a base, no dates."""
    _check_dates(data, source)
    for key, value in data.items():
        _check_table(key, value, source)
    if not isinstance(data.get("title", ""), str):
        raise InputError(f"{source}: title = {shown(data['title'])}: expected a text")
    base = data.get("base")
    if not isinstance(base, str | dict):
        given = "missing" if base is None else f"{shown(base)}"
        raise InputError(f"{source}: base: {given}; expected the path of a case file, or the tables of a case")
    plots = data.get("plot", [])
    if not isinstance(plots, list) or not all(isinstance(plot, dict) for plot in plots):
        raise InputError(f"{source}: plot = {shown(plots)}: expected tables [[plot]]")


def _check_table(key: str, value: Any, source: str) -> None:
    if key not in KEYS:
        raise InputError(f"{source}: {_unknown(key)}")
    if key in TABLES and not isinstance(value, dict):
        raise InputError(f"{source}: {key} = {shown(value)}: expected a table [{key}]")
    if key in ("grid", "zip", "list") and not value:
        raise InputError(f"{source}: [{key}]: empty; expected at least one key with its values")


def _check_dates(data: Mapping[str, Any], source: str) -> None:
    for key, value in data.items():
        if (dated := _date_in(key, value)) is not None:
            raise InputError(f"{source}: {dated}: a date or time; expected a number, or a text in quotes")


def _date_in(place: str, value: Any) -> str | None:
    """Place and value of the first date or time inside a value: TOML has them, but no key of a study or case does."""
    if isinstance(value, dict):
        inner = ((f"{place}.{key}", item) for key, item in value.items())
    elif isinstance(value, list):
        inner = ((f"{place}[{n}]", item) for n, item in enumerate(value))
    else:
        return f"{place} = {shown(value)}" if isinstance(value, date | time) else None
    return next((found for where, item in inner if (found := _date_in(where, item)) is not None), None)


def _unknown(key: str) -> str:
    """What to say of a top-level key that no study has; a section of a case belongs into the base."""
    if key in Case.model_fields:
        return f"{key}: a part of the case; expected it under [base.{key}]"
    return f"{shown(key)}: unknown key, the nearest is '{nearest(key, KEYS)}'; a study takes {', '.join(KEYS)}"
