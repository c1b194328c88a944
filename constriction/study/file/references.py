"""The case files that the cases of a study refer to: read once, and carried with the study, which needs no other file.

What the base names is relative to the base's file, what an axis names to the study's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping, MutableSequence
from pathlib import Path
from typing import Any, NamedTuple

from constriction.base.errors import InputError
from constriction.base.quantities import shown
from constriction.case.schema import files_of, load_without_counter
from constriction.study.file.axes import DEFAULT

REFERRING = ("contact.fine", "counter.file")
"""Keys of a case that name another case's file."""


class _Place(NamedTuple):
    """Where a study names a file: the table or list, the key or index in it, the words for it, and the folder."""

    table: Any
    key: Any
    where: str
    folder: Path

    @property
    def path(self) -> str:
        return os.fspath(self.folder / str(self.table[self.key]))


def take_files(data: Mapping[str, Any], base_folder: Path, folder: Path, source: str) -> dict[str, str]:
    """Read the files that a study refers to, and write into its tables the names that they have here.

    Args:
        data: the study's tables, with its base and the rows of its list in them; changed.
        base_folder: of the base's file.
        folder: of the study's file.
        source: what an error begins with.

    Returns:
        The text of each file by its name.

    Raises:
        InputError: a file cannot be read or is no case; one line that names both files.
    """
    places = [*_of_base(data["base"], base_folder), *_of_axes(data, folder)]
    cases = {}
    for place in places:
        try:
            cases[place.path] = load_without_counter(place.path)
        except InputError as error:
            raise InputError(f"{source}: {place.where} = {shown(place.table[place.key])}: {error}") from None
    names, texts = files_of(cases)
    for place in places:
        place.table[place.key] = names[place.path]
    return texts


def _of_base(base: Mapping[str, Any], folder: Path) -> Iterator[_Place]:
    for name in REFERRING:
        section, _, key = name.partition(".")
        table = base.get(section)
        if isinstance(table, MutableMapping) and isinstance(table.get(key), str):
            yield _Place(table, key, f"base {name}", folder)


def _of_axes(data: Mapping[str, Any], folder: Path) -> Iterator[_Place]:
    """The places in [grid], [zip] and the rows of [list]; what is no list or no text its own check tells."""
    for axis in ("grid", "zip"):
        for name in REFERRING:
            values = data.get(axis, {}).get(name)
            if isinstance(values, MutableSequence):
                yield from (_Place(values, n, f"[{axis}] {name}", folder) for n, v in enumerate(values) if _is_path(v))
    for row in data.get("list", {}).get("rows", ()):
        yield from (_Place(row, name, f"[list] {name}", folder) for name in REFERRING if _is_path(row.get(name)))


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and value != DEFAULT
