"""What a header line names, and the tables that stand below it side by side."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import Column, recognise
from constriction.spectra.columns.units import unit_of
from constriction.spectra.columns.vocabulary import Role
from constriction.spectra.files.cutting import SPLITS, TABS, Split, blanks, trimmed

# Of roles: the columns to read, () when they make no whole.
type Complete = Callable[[frozenset[str]], tuple[str, ...]]
# Which of several tables beside each other: the label of an impedance, and a temperature in K.
type Variant = tuple[str, float | None]
MAIN: Variant = ("", None)

LONGEST_HEADER = 5000
LONGEST_UNIT = 12
# Columns that all variants beside each other use.
SHARED = {"frequency", "angular frequency", "log frequency", "cycle", "temperature"}
# What a row may lack.
OPTIONAL = {"cycle", "temperature"}
REPEATABLE = {"cycle", "temperature", "potential", "current", "time"}


class Vocabulary(NamedTuple):
    """What tables are looked for.

    Attributes:
        roles: `columns.SPECTRUM` or `columns.SERIES`.
        complete: picks the columns to read from those that are there.
        hint: what every header contains, cheap to test.
    """

    roles: Mapping[str, Role]
    complete: Complete
    hint: re.Pattern[str]


class Fault(NamedTuple):
    """A row that was left out: its line number and why."""

    line: int
    why: str


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of one table that are needed.

    Attributes:
        columns: what each is, by role.
        values: (N,) numbers of each as written in the file; finite, but NaN where a row lacks what is optional.
        lines: (N,) line numbers, from 1.
        header: line number of the header, 0 without one.
        remarks: what was decided on the way.
        faults: the rows that were left out.
        label: which of several impedances, "" for the main one.
        temperature: in K that the names of the columns or the lines above tell, None without.
        warnings: what may be wrong with it.
    """

    columns: Mapping[str, Column]
    values: Mapping[str, NDArray[np.float64]]
    lines: NDArray[np.int64]
    header: int
    remarks: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    label: str = ""
    temperature: float | None = None
    warnings: tuple[str, ...] = ()


class Header(NamedTuple):
    """A header: the cutter of its line, its cells, and of each variant the place and meaning of each needed role."""

    split: Split
    names: list[str]
    variants: Mapping[Variant, Mapping[str, tuple[int, Column]]]

    def places(self, without: Collection[str] = ()) -> list[int]:
        """Of all columns that are read, or of those that have other roles than some."""
        every = (item for columns in self.variants.values() for item in columns.items())
        return sorted({place for role, (place, _) in every if role not in without})


def cells_of_header(line: str) -> Iterator[tuple[Split, list[str]]]:
    """The ways to cut a line that may be a header, without comment marks and what programs put around it."""
    bare = line.strip().lstrip("#%!*;/").lstrip(" ")
    if bare.startswith("Definition="):  # VersaStudio, which ends its list of names with a zero
        bare = bare.removeprefix("Definition=").removesuffix(", 0")
    if bare.startswith('"') and bare.endswith('"') and bare.count('"') == 2:
        bare = bare[1:-1]
    lead = line[: len(line) - len(line.lstrip("\t"))]  # Gamry indents its tables by a column
    marked = False
    for split in SPLITS:
        if split is blanks and marked:  # names of several words between tabs, semicolons or commas
            return
        names = trimmed(split(lead + bare.strip(" ") if split is TABS else bare))
        marked = marked or sum(map(bool, names)) > 2
        yield split, names


def header_of(line: str, vocabulary: Vocabulary) -> Header | None:
    """The likeliest way to cut a line that makes it a header, and the names; None when it is none."""
    for split, names in cells_of_header(line):
        # EC-Lab's x, which is no reactance, has no plain r before it.
        resistive = "x" in names and names[names.index("x") - 1].lower() == "r"
        columns = [recognise("X" if name == "x" and resistive else name, vocabulary.roles) for name in names]
        if sum(column is not None for column in columns) < 2:
            continue
        if variants := variants_of(columns, vocabulary.complete):
            return Header(split, names, variants)
    return None


def variants_of(columns: list[Column | None], complete: Complete) -> dict[Variant, dict[str, tuple[int, Column]]]:
    """The complete tables that stand beside each other: without label, by label, by temperature."""
    found: dict[Variant, dict[str, tuple[int, Column]]] = {MAIN: {}}
    for place, column in enumerate(columns):
        if column is None:
            continue
        own = found.setdefault((column.label, column.temperature), {})
        if column.role not in own or _better(column, own[column.role][1]):
            own[column.role] = place, column
    common = {role: item for role, item in found[MAIN].items() if role in SHARED}
    whole = {}
    for variant, own in found.items():
        if wanted := complete(frozenset(own | common)):
            all_of_it = common | own
            whole[variant] = {role: all_of_it[role] for role in wanted}
    return whole


def _better(column: Column, than: Column) -> bool:
    """Whether only this one of two columns of one name has a unit that fits."""

    def fits(item: Column) -> bool:
        return item.unit is None or item.unit.kind in item.kinds

    return fits(column) and not fits(than)


def check_once(header: Header, vocabulary: Vocabulary, where: str) -> None:
    """See that no needed column comes twice; of cycles, potentials, currents and times the first counts."""
    for place, name in enumerate(header.names):
        column = recognise(name, vocabulary.roles)
        if column is None or column.role in REPEATABLE:
            continue
        needed = header.variants.get((column.label, column.temperature), {})
        if column.role in needed and needed[column.role][0] != place and not _better(needed[column.role][1], column):
            raise InputError(
                f"{where}: columns {needed[column.role][0] + 1} and {place + 1} are both {column.role}, "
                "expected one spectrum per table; delete the others, or name what tells them apart (Z' 25C)"
            )


def with_units(
    between: list[str], header: Header, above: str = ""
) -> Mapping[Variant, Mapping[str, tuple[int, Column]]]:
    """Take the units from a row below the names, or else above, where the names have none."""
    own, names = header.split, header.names
    units: list[str] = []
    for line in between:
        row = own(line if own is TABS else line.lstrip("#%!* "))
        short = len(row) >= len(names) - 1 and all(len(cell) <= LONGEST_UNIT for cell in row)
        if short and any(unit_of(cell) for cell in row):
            units = row
            break
    else:
        row = own(above if own is TABS else above.lstrip("#%!* "))
        bare = [item for columns in header.variants.values() for item in columns.values() if item[1].lacks_unit]
        needed = [(place, column) for place, column in bare if "1" not in column.kinds]
        if all(place < len(row) and unit_of(row[place], column.kinds) for place, column in needed):
            units = row
    return {
        variant: {
            role: (place, column.with_unit(units[place]) if place < len(units) and units[place] else column)
            for role, (place, column) in columns.items()
        }
        for variant, columns in header.variants.items()
    }
