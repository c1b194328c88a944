"""Units that the lines above a table tell in words: "Impedance unit: kOhm", "Re, Im in mOhm"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from constriction.spectra.columns.columns import Column, recognise
from constriction.spectra.columns.headers import Table
from constriction.spectra.columns.units import Unit, unit_of
from constriction.spectra.columns.vocabulary import SPECTRUM

LONGEST_LINE = 200
_UNIT_OF = re.compile(r"\W*(.{0,40}?)\s*\bunits?\b\s*(?:of\s+(.{1,40}?))?\s*[:=]\s*(.{1,60}?)[\s.;,]*", re.IGNORECASE)
_IN = re.compile(r"([^:;=]{1,60}?)\s+in\s+([^\s,;]{1,20})", re.IGNORECASE)
_AND = re.compile(r"[,;&]|\band\b|\bund\b")


def with_units_in_words(table: Table, lines: Sequence[str]) -> Table:
    """Take units from the lines above a table for the columns whose header has none.

    Args:
        table: as its header names the columns.
        lines: above it, down to the one before its header.

    Returns:
        The table, with a remark on each unit taken; with a warning where a line may tell another unit than is assumed.
    """
    if not any(column.lacks_unit for column in table.columns.values()):
        return table
    columns, remarks, warnings = dict(table.columns), list(table.remarks), list(table.warnings)
    for line in lines:
        for names, text in _told(line[:LONGEST_LINE]):
            fitting = {role: found for role, column in columns.items() if (found := _with(column, text))}
            shown = f"{line.strip()!r:.60}"
            if fitting and all(recognise(name, SPECTRUM) for name in names):
                columns |= fitting
                remarks.append(f"unit of {_listed(fitting)} from the line {shown}")
            elif any(column.unit and column.unit.factor != 1 for column in fitting.values()):
                warnings.append(f"the line {shown} may tell the unit of {_listed(fitting)}, whose header tells none")
    return replace(table, columns=columns, remarks=tuple(remarks), warnings=tuple(warnings))


def _told(line: str) -> Iterator[tuple[list[str], str]]:
    """What a line tells units of, and the units; no names where it tells those of the table."""
    if found := _UNIT_OF.fullmatch(line):
        names = _names(found[2] or found[1])
        yield from ((names, text.strip()) for text in re.split(r"[,;]", found[3]))
        return
    for found in _IN.finditer(line):
        yield _names(found[1]), found[2]


def _names(text: str) -> list[str]:
    return [name.strip() for name in _AND.split(text) if name.strip()]


def _with(column: Column, text: str) -> Column | None:
    """The column with a unit, None if it has one or this is none of its own."""
    unit: Unit | None = unit_of(text, column.kinds) if column.lacks_unit else None
    return column._replace(unit=unit, unit_text=text) if unit else None


def _listed(columns: dict[str, Column]) -> str:
    return ", ".join(f"{column.name!r:.40}" for column in columns.values())
