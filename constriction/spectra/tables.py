"""The tables of a text file: where they begin, what their columns mean, and their numbers."""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.errors import InputError
from constriction.spectra.columns import Column, Role, recognise, unit_of
from constriction.spectra.texts import NUMBER, STARTS_AS_NUMBER, Text, numbers

type Split = Callable[[str], list[str]]
# Of roles: the columns to read, () when they make no whole.
type Complete = Callable[[frozenset[str]], tuple[str, ...]]

LONGEST_HEADER = 5000
# Lines with text between a header and its numbers: units, `End Comments`.
MOST_LINES_BETWEEN = 6
LONGEST_UNIT = 12
# Header-like lines tried in one file; a file of nothing else must not take minutes.
MOST_TRIED = 2000
_COMMENT = ("#", "%", "!", "//", "*")


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


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of one table that are needed.

    Attributes:
        columns: what each is, by role.
        values: (N,) numbers of each as written in the file, finite.
        lines: (N,) line numbers, from 1.
        header: line number of the header, 0 without one.
        remarks: what was decided on the way.
    """

    columns: Mapping[str, Column]
    values: Mapping[str, NDArray[np.float64]]
    lines: NDArray[np.int64]
    header: int
    remarks: tuple[str, ...]


class _Layout(NamedTuple):
    """How the rows of a table are cut: the cutter, the number of cells, and the place of each role.

    `vocabulary` tells what a next header looks like, None for tables without header.
    """

    split: Split
    width: int
    places: Mapping[str, int]
    vocabulary: Vocabulary | None


def find_tables(text: Text, vocabulary: Vocabulary) -> list[Table]:
    """All tables with a header of the vocabulary.

    Raises:
        InputError: a header without numbers, text or NaN in a column, a row with other cells than its header.
    """
    tables: list[Table] = []
    number = tried = 0
    while number < len(text.lines):
        line = text.lines[number]
        if len(line) > LONGEST_HEADER or not vocabulary.hint.search(line):
            number += 1
            continue
        if (tried := tried + 1) > MOST_TRIED:
            raise InputError(f"{text.path}, line {number + 1}: more than {MOST_TRIED} lines look like headers")
        header = _header(line, vocabulary)
        if header is None:
            number += 1
            continue
        table, number = _table_below(text, number, header, vocabulary)
        tables.append(table)
    return tables


def plain_table(text: Text, roles: Sequence[str]) -> Table | None:
    """The numbers of a file without header, None when there are no two such lines below each other.

    Args:
        text: the file.
        roles: what its columns are, in order.

    Raises:
        InputError: text among the numbers, or another number of columns.
    """
    cuts = ((number, cut) for number, line in enumerate(text.lines) if (cut := _plain_split(line)))
    start, split = next(cuts, (0, None))
    if split is None:
        return None
    width = len(split(text.lines[start]))
    following = next((line for line in text.lines[start + 1 :] if not _is_void(line)), "")
    if len(split(following)) != width or not all(map(NUMBER.fullmatch, split(following))):
        return None
    if width != len(roles):
        raise InputError(
            f"{text.path}, line {start + 1}: {width} columns of numbers without a header; "
            f"expected {len(roles)} ({', '.join(roles)}) or a header that names them"
        )
    columns = {role: Column(role, 1, None, "", f"column {place + 1}") for place, role in enumerate(roles)}
    _check_above(text, start, split, width)
    layout = _Layout(split, width, {role: place for place, role in enumerate(roles)}, None)
    table, _ = _rows(text, start, layout, columns)
    above = [line.strip() for line in text.lines[max(start - 1, 0) : start] if line.strip()]
    remark = f"no header known{f' (line {start}: {above[0]!r:.60})' if above else ''}: columns taken as "
    return Table(table.columns, table.values, table.lines, 0, (remark + ", ".join(roles), *table.remarks))


def _check_above(text: Text, start: int, split: Split, width: int) -> None:
    """See that the first row is not one above, with a fault in it."""
    above = split(text.lines[start - 1]) if start else []
    if len(above) == width and any(map(NUMBER.fullmatch, above)):
        raise InputError(
            f"{text.path}, line {start}: {text.lines[start - 1].strip()!r:.60}, expected {width} numbers as below"
        )


# --- headers -------------------------------------------------------------------------------------------------------


def _header(line: str, vocabulary: Vocabulary) -> tuple[Split, list[str]] | None:
    """The likeliest way to cut a line that makes it a header, and the names; None when it is none."""
    bare = line.strip().lstrip("#%!*").lstrip(" ")
    if bare.startswith("Definition="):  # VersaStudio, which ends its list of names with a zero
        bare = bare.removeprefix("Definition=").removesuffix(", 0")
    if bare.startswith('"') and bare.endswith('"') and bare.count('"') == 2:
        bare = bare[1:-1]
    lead = line[: len(line) - len(line.lstrip("\t"))]  # Gamry indents its tables by a column
    for split in _SPLITS:
        names = _trimmed(split(lead + bare.strip(" ") if split is _tabs else bare))
        roles = frozenset(column.role for name in names if (column := recognise(name, vocabulary.roles)))
        if vocabulary.complete(roles):
            return split, names
    return None


def _table_below(text: Text, start: int, header: tuple[Split, list[str]], vocabulary: Vocabulary) -> tuple[Table, int]:
    """Read the table below a header; also returns the number of the line after it."""
    own, names = header
    columns = _needed(names, vocabulary, f"{text.path}, line {start + 1}")
    between: list[int] = []
    for number in range(start + 1, len(text.lines)):
        line = text.lines[number]
        if not line.strip():
            continue
        layout = _layout(line, header, columns, vocabulary)
        if layout is not None:
            columns = _with_units([text.lines[i] for i in between], header, columns)
            table, end = _rows(text, number, layout, {role: column for role, (_, column) in columns.items()})
            return Table(table.columns, table.values, table.lines, start + 1, table.remarks), end
        if STARTS_AS_NUMBER.match(line.strip()) and len(own(line)) > 1:
            raise InputError(
                f"{text.path}, line {number + 1}: {len(_trimmed(own(line)))} values below {len(names)} names "
                f"(line {start + 1}), expected as many; numbers with decimal commas need semicolons or tabs between"
            )
        between.append(number)
        if len(between) > MOST_LINES_BETWEEN or _header(line, vocabulary):
            break
    raise InputError(f"{text.path}, line {start + 1}: a header without data below, expected at least 5 points")


def _needed(names: list[str], vocabulary: Vocabulary, where: str) -> dict[str, tuple[int, Column]]:
    """Place and meaning of each needed column."""
    found: dict[str, tuple[int, Column]] = {}
    twice: dict[str, int] = {}
    for place, name in enumerate(names):
        if column := recognise(name, vocabulary.roles):
            if column.role in found:
                twice[column.role] = place
            else:
                found[column.role] = place, column
    wanted = vocabulary.complete(frozenset(found))
    for role in wanted:
        if role in twice and role.lower() not in ("cycle", "potential", "current", "time"):
            raise InputError(
                f"{where}: columns {found[role][0] + 1} and {twice[role] + 1} are both {role}, "
                "expected one spectrum per table; delete the others"
            )
    return {role: found[role] for role in wanted}


def _layout(
    line: str, header: tuple[Split, list[str]], columns: Mapping[str, tuple[int, Column]], vocabulary: Vocabulary
) -> _Layout | None:
    """The way to cut a line that gives each name its number."""
    own, names = header
    compact = [place for place, name in enumerate(names) if name]
    for split in (own, *_SPLITS):
        cells = _trimmed(split(line))
        if len(cells) == len(names):
            places = {role: place for role, (place, _) in columns.items()}
        elif len(cells) == len(compact):  # a header with more tabs than its rows
            places = {role: compact.index(place) for role, (place, _) in columns.items()}
        else:
            continue
        if any(STARTS_AS_NUMBER.match(cells[place]) for place in places.values()):
            return _Layout(split, len(cells), places, vocabulary)
    return None


def _with_units(
    between: list[str], header: tuple[Split, list[str]], columns: Mapping[str, tuple[int, Column]]
) -> dict[str, tuple[int, Column]]:
    """Take the units from a row below the names, where the names have none."""
    own, names = header
    units: list[str] = []
    for line in between:
        row = own(line if own is _tabs else line.lstrip("#%!* "))
        short = len(row) >= len(names) - 1 and all(len(cell) <= LONGEST_UNIT for cell in row)
        if short and any(unit_of(cell) for cell in row):
            units = row
            break
    return {
        role: (place, column.with_unit(units[place]) if place < len(units) and units[place] else column)
        for role, (place, column) in columns.items()
    }


# --- rows ----------------------------------------------------------------------------------------------------------


def _rows(text: Text, start: int, layout: _Layout, columns: Mapping[str, Column]) -> tuple[Table, int]:
    """Read rows until a line that is none; also returns that line's index."""
    split, width, places, _ = layout
    wanted = list(places.values())
    cells: list[str] = []
    lines: list[int] = []
    end = len(text.lines)
    for number in range(start, len(text.lines)):
        row = split(text.lines[number])
        while len(row) > width and not row[-1]:
            row.pop()
        if len(row) == width and STARTS_AS_NUMBER.match(row[wanted[0]]):
            cells += [row[place] for place in wanted]
            lines.append(number + 1)
        elif not _is_void(text.lines[number]) or _is_header(text.lines[number], layout):
            _check_end(text, number, layout, columns)
            end = number
            break
    values, remark = numbers(cells)
    names = [columns[role] for role in places]
    for position, value in enumerate(values):
        if value is None or not np.isfinite(value):
            raise InputError(
                f"{text.path}, line {lines[position // len(names)]}: {cells[position]!r:.40} in column "
                f"{names[position % len(names)].name!r}, expected a finite number"
            )
    matrix = np.array(values, dtype=np.float64).reshape(-1, len(names))
    by_role = {role: matrix[:, place] for place, role in enumerate(places)}
    return Table(columns, by_role, np.array(lines), 0, (remark,) if remark else ()), end


def _check_end(text: Text, number: int, layout: _Layout, columns: Mapping[str, Column]) -> None:
    """See that a line which is no row does end its table.

    Raises:
        InputError: it has numbers like a row, or rows follow below it.
    """
    line = text.lines[number]
    if _is_header(line, layout):
        return
    row = layout.split(line)
    rest = (other for other in text.lines[number + 1 : number + 50] if not _is_void(other))
    following = layout.split(next(rest, ""))
    goes_on = len(following) == layout.width and all(
        STARTS_AS_NUMBER.match(following[place]) for place in layout.places.values()
    )
    if len(row) == layout.width and (goes_on or any(map(STARTS_AS_NUMBER.match, row))):
        for role, place in layout.places.items():
            if not STARTS_AS_NUMBER.match(row[place]):
                raise InputError(
                    f"{text.path}, line {number + 1}: {row[place]!r:.40} in column {columns[role].name!r}, "
                    "expected a finite number"
                )
    if goes_on or STARTS_AS_NUMBER.match(line.strip()):
        raise InputError(
            f"{text.path}, line {number + 1}: {line.strip()!r:.40}, expected {layout.width} values as in the rows "
            "above; delete the line or complete it"
        )


def _is_header(line: str, layout: _Layout) -> bool:
    return layout.vocabulary is not None and (
        len(line) <= LONGEST_HEADER
        and layout.vocabulary.hint.search(line) is not None
        and _header(line, layout.vocabulary) is not None
    )


def _is_void(line: str) -> bool:
    bare = line.strip()
    return not bare or bare.startswith(_COMMENT)


# --- cutting a line ------------------------------------------------------------------------------------------------


def _cutter(mark: str) -> Split:
    def cut(line: str) -> list[str]:
        if '"' in line:
            try:
                return [cell.strip() for cell in next(csv.reader([line], delimiter=mark, skipinitialspace=True), [])]
            except csv.Error:
                return []
        return [cell.strip() for cell in line.split(mark)]

    return cut


_tabs, _semicolons, _commas = _cutter("\t"), _cutter(";"), _cutter(",")


def _wide_blanks(line: str) -> list[str]:
    return re.split(r"(?<!\s)\s{2,}", line.strip())


def _blanks(line: str) -> list[str]:
    return line.split()


_SPLITS: tuple[Split, ...] = (_tabs, _semicolons, _commas, _wide_blanks, _blanks)


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    count = len(cells)
    while count and not cells[count - 1]:
        count -= 1
    return cells[:count]


def _plain_split(line: str) -> Split | None:
    """The way to cut a line into at least three numbers and nothing else."""
    if not line or line.lstrip()[:1] not in tuple("+-.0123456789\"'"):
        return None
    for split in _SPLITS:
        cells = split(line)
        if len(cells) >= 3 and all(map(NUMBER.fullmatch, cells)):
            return split
    return None
