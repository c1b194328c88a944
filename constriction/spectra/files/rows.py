"""The rows below a header: read until they end, the faulty ones left out and counted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.spectra.columns.cutting import NUMBER, SPLITS, Split, is_void, trimmed
from constriction.spectra.columns.headers import (
    OPTIONAL,
    Columns,
    Fault,
    Header,
    TextTable,
    Variant,
    Variants,
    Vocabulary,
    header_of,
    may_be_header,
)
from constriction.spectra.columns.quantities import is_monotonic
from constriction.spectra.files.texts import STARTS_AS_NUMBER, Text, table_numbers, without_prefix

# Lines without a row within one table.
MOST_LINES_WITHIN = 50
# What instruments write instead of a number.
MISSING = frozenset(
    "overload over ovld ol overflow over-range error err fail failed n/a na nan inf null none nil #n/a #div/0! "
    "#value! #num! invalid unlock ---".split()
)


class RowLayout(NamedTuple):
    """How the rows of a table are cut: the cutter, the number of cells, and for each place in the header that in a row.

    `vocabulary` tells what a next header looks like, None for tables without header; `leading` is the place of the
    cell that every row begins its numbers with.
    """

    split: Split
    width: int
    places: Mapping[int, int]
    leading: int
    vocabulary: Vocabulary | None


def layout_of(line: str, header: Header, vocabulary: Vocabulary) -> RowLayout | None:
    """The way to cut a line that gives each name its number."""
    names, needed = header.names, header.places()
    leading = next(iter(next(iter(header.variants.values())).values()))[0]
    for split in (header.split, *SPLITS):
        every = split(line)
        cells = trimmed(every)
        if len(cells) <= len(names) <= len(every):
            cells = every[: len(names)]  # the last columns are empty in this row
        if len(cells) == len(names):
            places = {place: place for place in needed}
        elif (given := _given_places(cells, header)) is not None:
            places = {place: given.index(place) for place in needed if place in given}
        else:
            continue
        if any(STARTS_AS_NUMBER.match(cells[place]) for place in places.values()):
            return RowLayout(split, len(cells), places, places[leading], vocabulary)
    return None


def _given_places(cells: list[str], header: Header) -> list[int] | None:
    """The places in the header of a row with fewer cells: those of the names that are not empty, or the needed ones."""
    compact = [place for place, name in enumerate(header.names) if name]
    if len(cells) == len(compact):  # a header with more tabs than its rows
        return compact
    if len(cells) > len(compact):
        return None
    given = compact[: len(cells)]
    whole = given == header.places(OPTIONAL) and all(map(NUMBER.fullmatch, cells))
    return given if len(given) > 2 and whole else None


def read_rows(text: Text, start: int, layout: RowLayout, variants: Variants) -> tuple[list[TextTable], int]:
    """Read rows until a line that is none and has none below; also returns that line's index."""
    wanted = list(layout.places.values())
    cells: list[str] = []
    lines: list[int] = []
    faults: list[Fault] = []
    empty = 0
    number, end = start, len(text.lines)
    while number < end:
        line = text.lines[number]
        row = _row(line, layout)
        if _begins_with_number(row, layout):
            cells += [row[place] for place in wanted]
            lines.append(number + 1)
        elif _is_empty(row, wanted):
            empty += 1  # of direct current, whose cells for impedance are empty
        elif _is_faulty(row, layout):
            faults.append(Fault(number + 1, f"{row[layout.leading]!r:.40} as frequency"))
        elif _is_other(line, layout):
            following = _next_row(text, number, layout)
            if following is None:
                faults += _faults_at_end(text, number, layout)
                end = number
                break
            faults += broken_rows(text, range(number, following), layout.width)
            number = following - 1
        number += 1
    matrix, marks = _matrix(cells, len(wanted), wanted.index(layout.leading))
    place_of = {place: index for index, place in enumerate(layout.places)}
    remarks = marks + [f"{empty} rows without these values left out"] * bool(empty)
    read = ReadRows(cells, np.array(lines, dtype=np.int64), matrix, faults, tuple(remarks))
    return [whole_rows(read, variant, columns, place_of) for variant, columns in variants.items()], end


def _begins_with_number(row: list[str], layout: RowLayout) -> bool:
    return bool(row and STARTS_AS_NUMBER.match(row[layout.leading]))


def _is_empty(row: list[str], wanted: Sequence[int]) -> bool:
    """Whether all needed cells of a row are empty, and others are not."""
    return any(row) and not any(row[place] for place in wanted)


def _is_other(line: str, layout: RowLayout) -> bool:
    """Whether a line that is no row says something."""
    return not is_void(line) or is_header(line, layout)


def broken_rows(text: Text, numbers: Iterable[int], width: int) -> list[Fault]:
    """The lines of some numbers, from 0, that are no whole rows of so many values; void ones do not count."""
    return [
        Fault(number + 1, f"{text.lines[number].strip()!r:.40}, expected {width} values as in the other rows")
        for number in numbers
        if not is_void(text.lines[number])
    ]


def _faults_at_end(text: Text, number: int, layout: RowLayout) -> list[Fault]:
    """What is left out where a table ends: rows below what reads as names of other columns."""
    line = text.lines[number]
    below = next((other for other in text.lines[number + 1 : number + 4] if not is_void(other)), "")
    other = _row(below, layout)
    if _names_columns(line, layout) and not is_header(line, layout) and _is_faulty(other, layout):
        return [Fault(number + 1, f"{line.strip()!r:.40} reads as names of other columns, the rows below are not read")]
    return []


def is_broken_row(line: str, header: Header) -> bool:
    """Whether a line between a header and its first row is a row with faults: a number first, or nothing but gaps."""
    cells = [cell.lower() for cell in trimmed(header.split(line)) if cell]
    if len(cells) < 2 or is_void(line):
        return False
    return bool(STARTS_AS_NUMBER.match(cells[0])) or all(cell in MISSING or not cell.strip("-–—. ") for cell in cells)


def lacks_all(line: str, header: Header) -> bool:
    """Whether a line below a header is a row whose needed cells are all empty, and others are not."""
    cells = header.split(line)
    if len(cells) != len(header.names) or is_void(line):
        return False
    return not any(cells[place] for place in header.places()) and any(map(NUMBER.fullmatch, cells))


class ReadRows(NamedTuple):
    """The rows of a table: (N·M,) cells as written, (N,) line numbers, (N, M) values, NaN where a cell is no number."""

    cells: Sequence[Any]
    lines: NDArray[np.int64]
    values: NDArray[np.float64]
    faults: Sequence[Fault] = ()
    remarks: tuple[str, ...] = ()


def _matrix(cells: list[str], width: int, leading: int) -> tuple[NDArray[np.float64], list[str]]:
    """(N, width) numbers of the cells, NaN where one is none, and remarks on their marks.

    Prefixes behind numbers (562.341k) count if the leading column then rises or falls all the way.
    """
    values, remark = table_numbers(cells, width)
    matrix, remarks = _array(values, width), [remark] * bool(remark)
    if None not in values:
        return matrix, remarks
    bare, prefixes = zip(*map(without_prefix, cells), strict=True)
    factors = np.array(prefixes).reshape(-1, width)
    scaled = _array(table_numbers(bare, width)[0], width) * factors
    if np.all(factors == 1) or not is_monotonic(scaled[:, leading]):
        return matrix, remarks
    return scaled, [*remarks, "prefixes behind numbers (such as 1k) taken as their factors"]


def _array(values: list[float | None], width: int) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values]).reshape(-1, width)


def whole_rows(read: ReadRows, variant: Variant, columns: Columns, place_of: Mapping[int, int]) -> TextTable:
    """One variant, without the rows that have something else than a finite number in it."""
    columns = {role: item for role, item in columns.items() if item[0] in place_of}
    places = [place_of[place] for place, _ in columns.values()]
    finite = np.isfinite(read.values[:, places]) | [role in OPTIONAL for role in columns]
    good = finite.all(axis=1)
    named = [column.name for _, column in columns.values()]
    faults = list(read.faults)
    bad = np.flatnonzero(~good)
    for row, which in zip(bad.tolist(), np.argmin(finite[bad], axis=1).tolist(), strict=True):
        cell = read.cells[row * read.values.shape[1] + places[which]]
        faults.append(Fault(int(read.lines[row]), f"{cell!r:.40} in column {named[which]!r:.40}"))
    label, temperature = variant
    return TextTable(
        {role: column for role, (_, column) in columns.items()},
        {role: read.values[good, place] for role, place in zip(columns, places, strict=True)},
        read.lines[good],
        0,
        read.remarks,
        tuple(sorted(faults)),
        label,
        temperature,
    )


def _row(line: str, layout: RowLayout) -> list[str]:
    """The cells of a line if they are as many as the rows have, else none."""
    row = layout.split(line)
    while len(row) > layout.width and not row[-1]:
        row.pop()
    return row if len(row) == layout.width else []


def _is_faulty(row: list[str], layout: RowLayout) -> bool:
    """Whether this is a row with a fault: some of the needed cells are numbers."""
    return bool(row) and any(STARTS_AS_NUMBER.match(row[place]) for place in layout.places.values())


def _next_row(text: Text, number: int, layout: RowLayout) -> int | None:
    """The next line that is a row of the same table, None if the table ends at this line."""
    for following in range(number, min(number + MOST_LINES_WITHIN, len(text.lines))):
        line = text.lines[following]
        if _is_faulty(_row(line, layout), layout):
            return following
        if _names_columns(line, layout) or is_header(line, layout):
            return None
    return None


def _names_columns(line: str, layout: RowLayout) -> bool:
    """Whether a line names as many columns as the rows have, so that what follows is another table."""
    row = _row(line.strip(" "), layout)
    if is_void(line):
        return False
    words = {cell.lower() for cell in row if any(map(str.isalpha, cell)) and not STARTS_AS_NUMBER.match(cell)}
    return len(words) == layout.width and not words & MISSING


def is_header(line: str, layout: RowLayout) -> bool:
    """Whether a line is a header like that of the rows."""
    known = layout.vocabulary
    return known is not None and may_be_header(line, known) and header_of(line, known) is not None
