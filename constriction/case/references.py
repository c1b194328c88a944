"""Files that a case refers to: other cases and its material; how they are read, and named for a folder of results.

Of another case its interface, contact and gap count. Electrolyte, sweep and accuracy are those of the case that names
it; its counter electrode is not looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity, shown
from constriction.case.file import Folder, read_toml, text_in, toml_tables
from constriction.case.interface import Pattern
from constriction.case.maps.files import OUTLINE_SUFFIXES, SUFFIXES, MapFile
from constriction.case.materials.electrolytes import Material
from constriction.case.regions import CaseSection, Contact, CounterElectrode

if TYPE_CHECKING:
    from constriction.case.schema import Case

MOST_NESTED = 10
OWN_NAME = "case.toml"
"""The name of a case in a folder of results; no file that it refers to has it there."""
_TAKEN = (OWN_NAME, "spectrum.csv", "table.csv", "nyquist.png", "currents.png", "contacts.geojson")
"""Names of a folder of results that a map must not have there; pictures of a comparison have others."""
_KEPT = (*SUFFIXES, *OUTLINE_SUFFIXES)
"""Ends of names that a file keeps."""


def file_of(interface: Pattern) -> MapFile | None:
    """The file that a pattern is drawn from; None of others."""
    file = getattr(interface, "file", None)
    return file if isinstance(file, MapFile) else None


@dataclass(frozen=True)
class CaseOrigin:
    """Where a case comes from.

    Attributes:
        source: what an error begins with; of a case in a file its path.
        folder: where the files lie that it refers to, or their texts by name.
        chain: the case files that led here, the outermost first, the case's own file last.
    """

    source: str
    folder: Folder
    chain: tuple[str, ...] = ()

    @classmethod
    def file(cls, path: str | os.PathLike[str], chain: tuple[str, ...] = ()) -> CaseOrigin:
        """The origin of what a file has, after the files that led to it."""
        return cls(os.fspath(path), Path(path).parent, (*chain, os.fspath(path)))

    def inside(self, name: str) -> CaseOrigin:
        """The origin of a case that this one refers to."""
        if isinstance(self.folder, Path):
            return CaseOrigin.file(self.folder / name, self.chain)
        return CaseOrigin(name, self.folder, (*self.chain, name))

    @property
    def leads_back(self) -> bool:
        """Whether the case's own file led to it, also by links."""
        *before, own = self.chain
        return own in before or (isinstance(self.folder, Path) and any(_same(own, earlier) for earlier in before))

    def tables(self) -> dict[str, Any]:
        """What the case's own file has.

        Raises:
            InputError: it cannot be read, or is not TOML.
        """
        if isinstance(self.folder, Path):
            return read_toml(self.source)
        return toml_tables(text_in(self.folder, self.source, "case file"), self.source)


def _same(path: str, other: str) -> bool:
    """Whether two paths are one file."""
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):  # reading it says what is wrong
        return False


def with_references(case: Case, origin: CaseOrigin, read: Callable[[CaseOrigin], Case]) -> Case:
    """A case with the cases of the files that it names.

    Args:
        case: as its own file has it.
        origin: where it comes from.
        read: reads a case, but not the files that it names.

    Raises:
        InputError: a file cannot be read or is no case, or a case refers to itself; one line that names both files.
    """
    update = {
        section.FILE_KEY.partition(".")[0]: section.with_case(
            _referred(section.FILE_KEY, section.file_name, origin, read)
        )
        for section in _sections(case)
        if section.file_name is not None
    }
    return case.model_copy(update=update) if update else case


def _sections(case: Case) -> tuple[Contact, CounterElectrode]:
    """The sections that may name other cases."""
    return case.contact, case.counter


def _referred(key: str, name: str, origin: CaseOrigin, read: Callable[[CaseOrigin], Case]) -> Case:
    """The case of a file that another one names, with everything below it."""
    where, inner = f"{origin.source}: {key} = {shown(name)}", origin.inside(name)
    if inner.leads_back:
        way = " → ".join(inner.chain)
        raise InputError(f"{where}: a case inside itself, {way}; expected a file that does not lead back")
    if len(inner.chain) > MOST_NESTED:
        raise InputError(f"{where}: expected at most {MOST_NESTED} cases inside each other")
    try:
        found = read(inner).model_copy(update={"counter": CounterElectrode()})
        if found.solid:
            raise InputError(f"solid: {len(found.solid)} of them in a case that another one names; expected none yet")
        if found.grains.given:
            size = format_quantity(found.grains.mean_size or 0.0, "length")
            raise InputError(f"grains.mean_size = '{size}': in a case that another one names; expected no grains yet")
        return with_references(found, inner, read)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def nested[C: Case](case: C) -> C:
    """A case whose inner cases have its electrolyte, sweep and accuracy."""
    shared = {"electrolyte": case.electrolyte, "sweep": case.sweep, "accuracy": case.accuracy}
    return _mapped(case, lambda inner, name: (inner.model_copy(update=shared), name))


def named(case: Case, write: Callable[[Case], str]) -> Case:
    """A case whose references are names of files in one folder.

    They are the last parts of their paths. Two that would be one, though the cases differ, are told apart by a number.

    Args:
        case: with the cases that it refers to.
        write: makes a case file.
    """
    return _FolderNames(write).settled(case)


def in_one_folder(
    files: Mapping[str, Case | Material | MapFile], write: Callable[[Case], str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Names of several files in one folder, and what all files in it have.

    Args:
        files: cases, materials and maps by the paths of their files.
        write: makes a case file.

    Returns:
        For each path a name, and for each name a text; also for what the cases refer to.
    """
    folder = _FolderNames(write)
    names, texts = dict[str, str](), dict[str, str]()
    for path, item in files.items():
        if isinstance(item, Material | MapFile):
            names[path] = folder.free(path, item.text)
            texts[names[path]] = item.text
        else:
            case, names[path] = folder.settled_with_name(item, path)
            texts |= {**texts_beside(case, write), names[path]: write(case)}
    return names, texts


class _FolderNames:
    """The names of files in one folder, all different unless the files are equal."""

    def __init__(self, write: Callable[[Case], str]) -> None:
        """Args: what makes a case file."""
        self._write = write
        self._taken = dict.fromkeys(_TAKEN, "")

    def free(self, path: str, text: str) -> str:
        """The last part of a path, or one like it, that no other text has; capitals do not tell names apart."""
        last = Path(path).name
        stem, end = os.path.splitext(last) if last.lower().endswith(_KEPT) else (last.removesuffix(".toml"), ".toml")
        name, number = stem + end, 1
        while self._taken.setdefault(name.casefold(), text) != text:
            number += 1
            name = f"{stem}-{number}{end}"
        return name

    def settled(self, case: Case) -> Case:
        """A case whose material, map and inner cases have the names of their files."""
        for key, file in maps_of(case).items():
            named_file = replace(file, name=self.free(file.name, file.text))
            case = case.model_copy(update={key: getattr(case, key).model_copy(update={"file": named_file})})
        material = case.electrolyte.material
        if not material.shipped and (name := self.free(material.name, material.text)) != material.name:
            renamed = case.electrolyte.model_copy(update={"material": replace(material, name=name)})
            case = case.model_copy(update={"electrolyte": renamed})
        return _mapped(case, self.settled_with_name)

    def settled_with_name(self, case: Case, path: str) -> tuple[Case, str]:
        """The same, and the name of its own file."""
        case = self.settled(case)
        return case, self.free(path, self._write(case))


def texts_beside(case: Case, write: Callable[[Case], str]) -> dict[str, str]:
    """The files that a case refers to, also through others, by their names in its folder.

    Args:
        case: with names as `named` gives them.
        write: makes a case file.
    """
    material = case.electrolyte.material
    own = {} if material.shipped else {material.name: material.text}
    own |= {file.name: file.text for file in maps_of(case).values()}
    return own | {name: write(inner) for name, inner in inner_cases(case)}


def maps_of(case: Case) -> dict[str, MapFile]:
    """The maps that a case names, by the section that names it with the key `file`."""
    own = {"interface": file_of(case.interface), "gap": case.gap.file}
    return {section: file for section, file in own.items() if file is not None}


def inner_cases(case: Case) -> Iterator[tuple[str, Case]]:
    """Names of files and their cases, all that a case refers to, the innermost first."""
    for section in _sections(case):
        if section.referred is not None and section.file_name is not None:
            yield from inner_cases(section.referred)
            yield section.file_name, section.referred


def _mapped[C: Case](case: C, change: Callable[[Case, str], tuple[Case, str]]) -> C:
    """A case with other inner cases, or other names of their files."""
    return case.with_sections(_with_inner(case.contact, change), _with_inner(case.counter, change))


def _with_inner[S: CaseSection](section: S, change: Callable[[Case, str], tuple[Case, str]]) -> S:
    """A section with another inner case, if it has one that was read."""
    if section.file_name is None or not section.is_read or section.referred is None:
        return section
    return section.with_case(*change(section.referred, section.file_name))
