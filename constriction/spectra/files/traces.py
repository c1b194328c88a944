"""Magnitude and phase in tables of their own, over the same frequencies, become one table."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import HeaderColumn, recognise
from constriction.spectra.columns.conversions import PAIRS
from constriction.spectra.columns.headers import Fault, TextTable
from constriction.spectra.columns.quantities import complete, frequency_of, frequency_role
from constriction.spectra.columns.units import Unit
from constriction.spectra.columns.vocabulary import FREQUENCIES, SPECTRUM
from constriction.spectra.files.instruments import HEAD_COLUMNS
from constriction.spectra.files.texts import STARTS_AS_NUMBER, Text
from constriction.spectra.measurement import SUSPICIOUS_ANGLE, expected_phase

SAME_FREQUENCY = 1e-6
FEWEST_POINTS = 5
# Of frequencies that are compared one by one.
MOST_PAIRS = 10**7
# Lines above a table that may say what its trace is.
MOST_LINES_ABOVE = 12
PAIRED = {role for pair in PAIRS for role in pair.roles}
_TRACE = re.compile(r"\W*trace\W*[AB12]\W*\s(?!\s)(.+?)[\"\s]*$", re.IGNORECASE)
DEGREES = Unit("rad", np.pi / 180)


def joined(tables: Sequence[TextTable], text: Text) -> list[TextTable]:
    """The complete tables that neighbours of the same frequencies make together; [] when they make none.

    Args:
        tables: with the columns of `quantities.some`, in the order of the file.
        text: the file, whose lines above a table may name its trace.
    """
    named = [_named_trace(table, text) for table in tables]
    found: list[TextTable] = []
    alone: list[TextTable] = []
    number = 0
    while number < len(named):
        pair = _together(named[number], named[number + 1]) if number + 1 < len(named) else None
        if pair is None:
            alone.append(named[number])
        else:
            found.append(pair)
            number += 1
        number += 1
    return [replace(table, warnings=(*table.warnings, *map(_told, alone))) for table in found]


def _told(table: TextTable) -> str:
    names = ", ".join(repr(column.name[:40]) for role, column in table.columns.items() if role not in FREQUENCIES)
    return f"the table below line {table.header} ({names}) left out: no table of the same frequencies completes it"


def _together(first: TextTable, second: TextTable) -> TextTable | None:
    """Two tables as one, None if they are not complete together or of other frequencies."""
    if first.header == second.header or first.label != second.label:
        return None
    first, second = _at_common_frequencies(first, second)
    if first.lines.size < FEWEST_POINTS:
        return None
    if "trace" in first.columns and "trace" in second.columns:
        return _by_physics(first, second)
    columns = {**second.columns, **first.columns}
    wanted = complete(frozenset(columns))
    if not wanted:
        return None
    return replace(
        first,
        columns={role: columns[role] for role in wanted},
        values={role: (first if role in first.values else second).values[role] for role in wanted},
        remarks=(f"two tables as one (lines {first.header} and {second.header})", *first.remarks),
        faults=(*first.faults, *second.faults),
    )


def _at_common_frequencies(first: TextTable, second: TextTable) -> tuple[TextTable, TextTable]:
    """Both at the frequencies that both have, in one order; none if most have no partner."""
    one, other = (_in_hertz(table) for table in (first, second))
    if one.size == other.size and np.allclose(one, other, rtol=SAME_FREQUENCY, atol=0):
        return first, second
    apart = np.abs(one[:, np.newaxis] - other) if one.size * other.size < MOST_PAIRS else np.ones((one.size, 0))
    rows, columns = np.nonzero(apart <= SAME_FREQUENCY * np.abs(one[:, np.newaxis]))
    alone = 2 * rows.size < max(one.size, other.size)
    if alone or np.unique(rows).size < rows.size or np.unique(columns).size < rows.size:
        rows = columns = np.array([], dtype=int)
    return _rows_of(first, rows), _rows_of(second, columns)


def _in_hertz(table: TextTable) -> NDArray[np.float64]:
    """(N,) the frequencies, as written where their unit is none; that is told where they are read."""
    try:
        return frequency_of(table, "")
    except InputError:
        return table.values[frequency_role(table)]


def _rows_of(table: TextTable, rows: NDArray[np.int64]) -> TextTable:
    """Some rows of a table, the others left out."""
    without = [Fault(int(line), "no partner in the other table") for line in np.delete(table.lines, rows)]
    return replace(
        table,
        values={role: values[rows] for role, values in table.values.items()},
        lines=table.lines[rows],
        faults=(*table.faults, *without),
    )


def _named_trace(table: TextTable, text: Text) -> TextTable:
    """A trace with the quantity that a line above it names, such as `TRACE A: |Z|`."""
    if "trace" not in table.columns:
        return table
    for whole in reversed(text.lines[max(table.header - 1 - MOST_LINES_ABOVE, 0) : table.header - 1]):
        line = whole[:HEAD_COLUMNS]
        if STARTS_AS_NUMBER.match(line.strip()):  # the table above
            break
        if column := _column_of_trace(line):
            return _renamed(table, column)
    return table


def _column_of_trace(line: str) -> HeaderColumn | None:
    """The quantity that a line gives a trace, None if it gives none."""
    if (trace := _TRACE.match(line)) and (column := _paired(trace[1])):
        return column
    found = (_paired(name) for name in re.split(r"[\t:=,;\"]+", line)[1:])
    return next((column for column in found if column and len(column.name.strip()) > 1), None)  # B: no susceptance


def _paired(name: str) -> HeaderColumn | None:
    column = recognise(name, SPECTRUM)
    return column if column and column.role in PAIRED else None


def _renamed(table: TextTable, column: HeaderColumn) -> TextTable:
    def new(role: str) -> str:
        return column.role if role == "trace" else role

    columns = {new(role): (column if role == "trace" else item) for role, item in table.columns.items()}
    return replace(table, columns=columns, values={new(role): values for role, values in table.values.items()})


def _by_physics(first: TextTable, second: TextTable) -> TextTable | None:
    """|Z| and phase, if the second trace is the phase in degrees that the first one implies as |Z|."""
    frequency, modulus, phase = first.values[frequency_role(first)], first.values["trace"], second.values["trace"]
    order = np.argsort(frequency)
    if frequency.size < FEWEST_POINTS or np.any(np.diff(frequency[order]) <= 0) or not np.all(modulus > 0):
        return None
    misfit = _misfit(expected_phase(frequency[order], modulus[order].astype(np.complex128)), np.radians(phase[order]))
    if misfit > SUSPICIOUS_ANGLE or np.max(np.abs(phase)) > 360:
        return None
    role = frequency_role(first)
    return replace(
        first,
        columns={
            role: first.columns[role],
            "|Z|": first.columns["trace"]._replace(role="|Z|", unit=None),
            "phase": second.columns["trace"]._replace(role="phase", unit=DEGREES, unit_text="deg"),
        },
        values={role: frequency, "|Z|": modulus, "phase": phase},
        remarks=(
            f"traces without names (lines {first.header} and {second.header}) taken as |Z| and phase in degrees: by "
            f"Kramers-Kronig, the phase that |Z|(f) implies differs by {np.degrees(misfit):.0f}° (rms)",
            *first.remarks,
        ),
        faults=(*first.faults, *second.faults),
    )


def _misfit(expected: NDArray[np.float64], given: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean((expected - given) ** 2)))
