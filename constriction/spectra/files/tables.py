"""The tables of a text file: those below headers, and numbers without one."""

from collections.abc import Sequence
from dataclasses import replace

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import Column
from constriction.spectra.columns.headers import (
    LONGEST_HEADER,
    MAIN,
    Fault,
    Header,
    Table,
    Vocabulary,
    check_once,
    header_of,
    with_units,
)
from constriction.spectra.columns.prose import with_units_in_words
from constriction.spectra.files.cutting import is_void, plain_split, trimmed
from constriction.spectra.files.instruments import temperature_of
from constriction.spectra.files.rows import Layout, is_broken_row, lacks_all, layout_of, read_rows
from constriction.spectra.files.texts import NUMBER, STARTS_AS_NUMBER, Text

# Lines with text between a header and its numbers: units, `End Comments`.
MOST_LINES_BETWEEN = 6
# Lines below a row of numbers among which another one is.
FEW = 5
# Lines above a header that may tell the temperature.
MOST_LINES_ABOVE = 400
# Header-like lines tried in one file; a file of nothing else must not take minutes.
MOST_TRIED = 2000


def find_tables(text: Text, vocabulary: Vocabulary) -> list[Table]:
    """All tables with a header of the vocabulary; those of several variants side by side one after the other.

    Raises:
        InputError: a header without numbers, or no row that fits it.
    """
    tables: list[Table] = []
    number = tried = last = 0
    empty: InputError | None = None
    while number < len(text.lines):
        line = text.lines[number]
        if len(line) > LONGEST_HEADER or not vocabulary.hint.search(line):
            number += 1
            continue
        if (tried := tried + 1) > MOST_TRIED:
            raise InputError(f"{text.path}, line {number + 1}: more than {MOST_TRIED} lines look like headers")
        header = header_of(line, vocabulary)
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
        tables += [replace(table, temperature=table.temperature or temperature) for table in found]
        last = max((int(table.lines.max()) for table in found if table.lines.size), default=number)
    if empty and not tables:
        raise empty
    return tables


def plain_table(text: Text, roles: Sequence[str]) -> Table | None:
    """The numbers of a file without header, None when there are no two such lines below each other.

    Args:
        text: the file.
        roles: what its columns are, in order.

    Raises:
        InputError: another number of columns, or a line above that reads as a header.
    """
    cuts = ((number, cut) for number, line in enumerate(text.lines) if (cut := plain_split(line)))
    start, split = next(cuts, (0, None))
    if split is None:
        return None
    width = len(split(text.lines[start]))
    following = [split(line) for line in text.lines[start + 1 : start + 1 + FEW] if not is_void(line)]
    if not any(len(row) == width and all(map(NUMBER.fullmatch, row)) for row in following):
        return None
    if width != len(roles):
        raise InputError(
            f"{text.path}, line {start + 1}: {width} columns of numbers without a header; "
            f"expected {len(roles)} ({', '.join(roles)}) or a header that names them"
        )
    columns = {role: (place, Column(role, 1, None, "", f"column {place + 1}")) for place, role in enumerate(roles)}
    above = split(text.lines[start - 1]) if start else []
    if len(above) == width and any(map(NUMBER.fullmatch, above)):
        start -= 1  # a first row with a fault in it
    layout = Layout(split, width, {place: place for place in range(width)}, 0, None)
    (table,), _ = read_rows(text, start, layout, {MAIN: columns})
    remark = "no header: columns taken as " + ", ".join(roles)
    above_all = text.lines[max(start - MOST_LINES_ABOVE, 0) : start]
    return with_units_in_words(replace(table, remarks=(remark, *table.remarks)), above_all)


class _NoDataError(InputError):
    """A header without numbers below."""


def _tables_below(text: Text, start: int, header: Header, vocabulary: Vocabulary) -> tuple[list[Table], int]:
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
            lost = [
                Fault(i + 1, f"{text.lines[i].strip()!r:.40}, expected {layout.width} values as in the other rows")
                for i in between
                if is_broken_row(text.lines[i], header)
            ]
            return [replace(table, header=start + 1, faults=(*lost, *table.faults)) for table in tables], end
        if lacks_all(line, header):
            continue
        between.append(number)
        if len(between) > MOST_LINES_BETWEEN or header_of(line, vocabulary):
            break
    for number in between:
        if STARTS_AS_NUMBER.match(text.lines[number].strip()) and len(header.split(text.lines[number])) > 1:
            raise InputError(
                f"{text.path}, line {number + 1}: {len(trimmed(header.split(text.lines[number])))} values below "
                f"{len(header.names)} names (line {start + 1}), expected as many; numbers with decimal commas need "
                "semicolons or tabs between"
            )
    raise _NoDataError(f"{text.path}, line {start + 1}: a header without data below, expected at least 5 points")
