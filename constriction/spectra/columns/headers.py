"""What a header line names, and the tables that stand below it side by side."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import HeaderColumn, recognise
from constriction.spectra.columns.cutting import SPLITS, TABS, Split, blanks, trimmed
from constriction.spectra.columns.units import unit_of
from constriction.spectra.columns.vocabulary import Role

# Of roles: the columns to read, () when they make no whole.
type Complete = Callable[[frozenset[str]], tuple[str, ...]]
# Which of several tables beside each other: the label of an impedance, and a temperature in K.
type Variant = tuple[str, float | None]
MAIN: Variant = ("", None)
# By role: the place of a column, and the column.
type Columns = Mapping[str, tuple[int, HeaderColumn]]
type Variants = Mapping[Variant, Columns]

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


def left_out(faults: Sequence[Fault], most: int) -> tuple[str, ...]:
    """One note that counts faults and names the first ones; () without."""
    if not faults:
        return ()
    named = "; ".join(f"line {fault.line}: {fault.why}" for fault in faults[:most])
    rows = "1 row" if len(faults) == 1 else f"{len(faults)} rows"
    return (f"{rows} left out ({named}{'; …' if len(faults) > most else ''})",)


@dataclass(frozen=True, eq=False)
class TextTable:
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

    columns: Mapping[str, HeaderColumn]
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
    variants: Variants

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


def may_be_header(line: str, vocabulary: Vocabulary) -> bool:
    """Whether a line is worth a closer look; cheap."""
    return len(line) <= LONGEST_HEADER and vocabulary.hint.search(line) is not None


def header_of(line: str, vocabulary: Vocabulary) -> Header | None:
    """The likeliest way to cut a line that makes it a header, and the names; None when it is none."""
    for split, names in cells_of_header(line):
        # EC-Lab's x, which is no reactance, has no plain r before it.
        resistive = "x" in names and names[names.index("x") - 1].lower() == "r"
        columns = [recognise("X" if name == "x" and resistive else name, vocabulary.roles) for name in names]
        if variants := variants_of(columns, vocabulary.complete):
            return Header(split, names, variants)
    return None


def variants_of(columns: list[HeaderColumn | None], complete: Complete) -> Variants:
    """The complete tables that stand beside each other: without label, by label, by temperature."""
    found: dict[Variant, dict[str, tuple[int, HeaderColumn]]] = {MAIN: {}}
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


def _better(column: HeaderColumn, than: HeaderColumn) -> bool:
    """Whether only this one of two columns of one name has a unit that fits."""

    def fits(item: HeaderColumn) -> bool:
        return item.unit is None or item.unit.kind in item.kinds

    return fits(column) and not fits(than)


def check_once(header: Header, vocabulary: Vocabulary, where: str) -> None:
    """See that no needed column comes twice; of cycles, potentials, currents and times the first counts."""
    for place, name in enumerate(header.names):
        column = recognise(name, vocabulary.roles)
        if column is None or column.role in REPEATABLE:
            continue
        needed = header.variants.get((column.label, column.temperature), {})
        taken, first = needed.get(column.role, (place, column))
        if taken != place and not _better(first, column):
            raise InputError(
                f"{where}: columns {taken + 1} and {place + 1} are both {column.role}, "
                "expected one spectrum per table; delete the others, or name what tells them apart (Z' 25C)"
            )


def with_units(between: list[str], header: Header, above: str = "") -> Variants:
    """Take the units from a row below the names, or else above, where the names have none."""
    below = (row for row in (_row_of_units(line, header) for line in between) if _has_units(row, len(header.names)))
    units = dict(enumerate(next(below, []) or _units_above(above, header)))
    return {
        variant: {role: (place, column.with_unit(units.get(place, ""))) for role, (place, column) in columns.items()}
        for variant, columns in header.variants.items()
    }


def _row_of_units(line: str, header: Header) -> list[str]:
    return header.split(line if header.split is TABS else line.lstrip("#%!* "))


def _units_above(line: str, header: Header) -> list[str]:
    """The cells of a line above names if it holds a unit for each that needs one; else none."""
    row = _row_of_units(line, header)
    bare = [item for columns in header.variants.values() for item in columns.values() if item[1].lacks_unit]
    needed = [(place, column) for place, column in bare if "1" not in column.kinds]
    return row if all(place < len(row) and unit_of(row[place], column.kinds) for place, column in needed) else []


def _has_units(row: list[str], width: int) -> bool:
    """Whether a row below names holds short cells, one for each name, with a unit among them."""
    short = len(row) >= width - 1 and all(len(cell) <= LONGEST_UNIT for cell in row)
    return short and any(unit_of(cell) for cell in row)
