"""The files that the cases of a study refer to: read once, and carried with the study, which needs no other file.

What the base names is relative to the base's file, what an axis names to the study's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, MutableMapping, MutableSequence
from pathlib import Path
from typing import Any, NamedTuple

from constriction.base.errors import naming
from constriction.base.quantities import shown
from constriction.case.file import names_file, read_text
from constriction.case.maps.files import OUTLINE_SUFFIXES, SUFFIXES, MapFile, read_map_file
from constriction.case.materials.electrolytes import Material, material_from
from constriction.case.schema import Case, files_of, load_without_counter
from constriction.study.file.axes import DEFAULT

MATERIAL = "electrolyte.material"
MAPS = "interface.file", "gap.file"
REFERRING = ("contact.fine", "counter.file", MATERIAL, *MAPS)
"""Keys of a case that name another case's file, a map's, or perhaps a material's."""


class _Place(NamedTuple):
    """Where a study names a file: the table or list, the key or index in it, and the folder.

    `name` is the key of a case that names it, `before` what an error says in front of that.
    """

    table: Any
    key: Any
    name: str
    before: str
    folder: Path

    @property
    def path(self) -> str:
        return os.fspath(self.folder / str(self.table[self.key]))

    def read(self) -> Case | Material | MapFile:
        """The case, material or map of the file; errors begin with the words for the place."""
        with naming(f"{self.before} {self.name} = {shown(self.table[self.key])}"):
            if self.name in MAPS:
                return read_map_file(Path(self.path))
            return _material(self.path) if self.name == MATERIAL else load_without_counter(self.path)


def _material(path: str) -> Material:
    return material_from(path, read_text(path, "material"))


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
        InputError: a file cannot be read, or is no case, material or map; one line that names both files.
    """
    places = list(filter(_names_file, (*_of_base(data["base"], base_folder), *_of_axes(data, folder))))
    with naming(source):
        found = {place.path: place.read() for place in places}
    names, texts = files_of(found)
    for place in places:
        place.table[place.key] = names[place.path]
    return texts


def _of_base(base: Mapping[str, Any], folder: Path) -> Iterator[_Place]:
    for name in REFERRING:
        section, _, key = name.partition(".")
        table = base.get(section)
        if isinstance(table, MutableMapping) and key in table:
            yield _Place(table, key, name, "base", folder)


def _of_axes(data: Mapping[str, Any], folder: Path) -> Iterator[_Place]:
    """The places in [grid], [zip] and the rows of [list]; what is no list or no text its own check tells."""
    for name in REFERRING:
        for axis in ("grid", "zip"):
            values = data.get(axis, {}).get(name)
            if isinstance(values, MutableSequence):
                yield from (_Place(values, n, name, f"[{axis}]", folder) for n in range(len(values)))
        rows = data.get("list", {}).get("rows", ())
        yield from (_Place(row, name, name, "[list]", folder) for row in rows if name in row)


def _names_file(place: _Place) -> bool:
    """Whether a file stands in a place; what else may stand there its own check tells."""
    value = place.table[place.key]
    if place.name == MATERIAL:
        return names_file(value)
    if place.name in MAPS:
        return isinstance(value, str) and value.lower().endswith((*SUFFIXES, *OUTLINE_SUFFIXES))
    return isinstance(value, str) and value != DEFAULT
