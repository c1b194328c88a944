"""The tables of a text file: those below headers, and numbers without one."""

from collections.abc import Sequence
from dataclasses import replace

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import HeaderColumn
from constriction.spectra.columns.cutting import NUMBER, Split, is_void, plain_split, trimmed
from constriction.spectra.columns.headers import (
    MAIN,
    Fault,
    Header,
    TextTable,
    Vocabulary,
    check_once,
    header_of,
    may_be_header,
    with_units,
)
from constriction.spectra.columns.prose import with_units_in_words
from constriction.spectra.files.instruments import temperature_of
from constriction.spectra.files.rows import RowLayout, broken_rows, is_broken_row, lacks_all, layout_of, read_rows
from constriction.spectra.files.texts import STARTS_AS_NUMBER, Text

# Lines with text between a header and its numbers: units, `End Comments`.
MOST_LINES_BETWEEN = 6
# Lines below a row of numbers among which another one is.
FEW = 5
# Lines above a header that may tell the temperature.
MOST_LINES_ABOVE = 400
# Header-like lines tried in one file; a file of nothing else must not take minutes.
MOST_TRIED = 2000


def find_tables(text: Text, vocabulary: Vocabulary) -> list[TextTable]:
    """All tables with a header of the vocabulary; those of several variants side by side one after the other.

    Raises:
        InputError: a header without numbers, or no row that fits it.
    """
    tables: list[TextTable] = []
    number = tried = last = 0
    empty: InputError | None = None
    while number < len(text.lines):
        line = text.lines[number]
        likely = may_be_header(line, vocabulary)
        if (tried := tried + likely) > MOST_TRIED:
            raise InputError(f"{text.path}, line {number + 1}: more than {MOST_TRIED} lines look like headers")
        header = header_of(line, vocabulary) if likely else None
        if header is None:
            number += 1
            continue
        above = text.lines[max(last, number - MOST_LINES_ABOVE) : number]
        temperature = temperature_of(above)
        try:
            found, number = _tables_below(text, number, header, vocabulary)
        except _NoDataError as error:  # an experiment that was broken off; others may be whole
            empty = empty or error
            number += 1
            continue
        found = [with_units_in_words(table, above) for table in found]
        tables += _with_temperature(found, temperature)
        last = _last_line(found, number)
    if empty and not tables:
        raise empty
    return tables


def _with_temperature(tables: Sequence[TextTable], temperature: float | None) -> list[TextTable]:
    """Tables with the temperature in K of the lines above, where their columns tell none."""
    return [replace(table, temperature=table.temperature or temperature) for table in tables]


def _last_line(tables: Sequence[TextTable], default: int) -> int:
    return max((int(table.lines.max()) for table in tables if table.lines.size), default=default)


def plain_table(text: Text, roles: Sequence[str]) -> TextTable | None:
    """The numbers of a file without header, None when there are no two such lines below each other.

    Args:
        text: the file.
        roles: what its columns are, in order.

    Raises:
        InputError: another number of columns, or a line above that reads as a header.
    """
    found = _first_numbers(text)
    if found is None:
        return None
    start, split = found
    width = len(split(text.lines[start]))
    if width != len(roles):
        raise InputError(
            f"{text.path}, line {start + 1}: {width} columns of numbers without a header; "
            f"expected {len(roles)} ({', '.join(roles)}) or a header that names them"
        )
    columns = {
        role: (place, HeaderColumn(role, 1, None, "", f"column {place + 1}")) for place, role in enumerate(roles)
    }
    above = split(text.lines[start - 1]) if start else []
    if len(above) == width and any(map(NUMBER.fullmatch, above)):
        start -= 1  # a first row with a fault in it
    layout = RowLayout(split, width, {place: place for place in range(width)}, 0, None)
    (table,), _ = read_rows(text, start, layout, {MAIN: columns})
    remark = "no header: columns taken as " + ", ".join(roles)
    above_all = text.lines[max(start - MOST_LINES_ABOVE, 0) : start]
    return with_units_in_words(replace(table, remarks=(remark, *table.remarks)), above_all)


def _first_numbers(text: Text) -> tuple[int, Split] | None:
    """The first line of numbers and nothing else, with another one below it, and how it is cut; None without."""
    cuts = ((number, cut) for number, line in enumerate(text.lines) if (cut := plain_split(line)))
    start, split = next(cuts, (0, None))
    if split is None:
        return None
    width = len(split(text.lines[start]))
    following = [split(line) for line in text.lines[start + 1 : start + 1 + FEW] if not is_void(line)]
    below = any(len(row) == width and all(map(NUMBER.fullmatch, row)) for row in following)
    return (start, split) if below else None


class _NoDataError(InputError):
    """A header without numbers below."""


def _tables_below(text: Text, start: int, header: Header, vocabulary: Vocabulary) -> tuple[list[TextTable], int]:
    """Read the tables below a header; also returns the number of the line after them."""
    check_once(header, vocabulary, f"{text.path}, line {start + 1}")
    between: list[int] = []
    for number in range(start + 1, len(text.lines)):
        line = text.lines[number]
        if not line.strip():
            continue
        layout = layout_of(line, header, vocabulary)
        if layout is not None:
            variants = with_units([text.lines[i] for i in between], header, text.lines[start - 1] if start else "")
            tables, end = read_rows(text, number, layout, variants)
            lost = _broken_between(text, between, header, layout)
            return [replace(table, header=start + 1, faults=(*lost, *table.faults)) for table in tables], end
        if lacks_all(line, header):
            continue
        between.append(number)
        if len(between) > MOST_LINES_BETWEEN or header_of(line, vocabulary):
            break
    _check_widths(text, start, header, between)
    raise _NoDataError(f"{text.path}, line {start + 1}: a header without data below, expected at least 5 points")


def _broken_between(text: Text, between: Sequence[int], header: Header, layout: RowLayout) -> list[Fault]:
    """The rows with faults between a header and the first whole row."""
    return broken_rows(text, (i for i in between if is_broken_row(text.lines[i], header)), layout.width)


def _check_widths(text: Text, start: int, header: Header, between: Sequence[int]) -> None:
    """See that no line below a header is a row of another width.

    Raises:
        InputError: one is.
    """
    for number in between:
        if STARTS_AS_NUMBER.match(text.lines[number].strip()) and len(header.split(text.lines[number])) > 1:
            raise InputError(
                f"{text.path}, line {number + 1}: {len(trimmed(header.split(text.lines[number])))} values below "
                f"{len(header.names)} names (line {start + 1}), expected as many; numbers with decimal commas need "
                "semicolons or tabs between"
            )
