"""From a table of numbers to its sweeps: SI, sign of Im Z, one frequency once."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.errors import InputError
from constriction.spectra.columns import OHMS, SPECTRUM, Column
from constriction.spectra.measurement import sign_by_physics
from constriction.spectra.tables import Table

FEWEST_POINTS = 5
# Relative; a sweep of 50 points per decade has steps of 5 %.
SAME_FREQUENCY = 1e-4
POLAR = ("|Z|", "phase")
CARTESIAN = ("Re Z", "Im Z")
FREQUENCIES = ("frequency", "angular frequency", "log frequency")


def complete(roles: frozenset[str]) -> tuple[str, ...]:
    """The columns a spectrum is read from: a frequency and Re, Im or |Z|, phase; and the cycle. () when they lack."""
    frequency = next((role for role in FREQUENCIES if role in roles), None)
    pair = next((pair for pair in (CARTESIAN, POLAR) if roles.issuperset(pair)), None)
    if frequency is None or pair is None:
        return ()
    return (frequency, *pair, *(("cycle",) if "cycle" in roles else ()))


class Sweep(NamedTuple):
    """One sweep, in the order of the file.

    Attributes:
        frequency: (N,) in Hz, N ≥ 5, no value twice.
        impedance: (N,) complex, SI of `unit`.
        unit: as in `Spectrum`.
        cycle: as the instrument counts, None without.
        notes: what was decided.
        warnings: what was left out.
    """

    frequency: NDArray[np.float64]
    impedance: NDArray[np.complex128]
    unit: str
    cycle: int | None
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


class _Points(NamedTuple):
    """Points of a table with their line numbers and cycles."""

    frequency: NDArray[np.float64]
    impedance: NDArray[np.complex128]
    lines: NDArray[np.int64]
    cycle: NDArray[np.float64]

    def part(self, which: NDArray[np.bool_] | slice) -> "_Points":
        return _Points(self.frequency[which], self.impedance[which], self.lines[which], self.cycle[which])


def sweeps_of(table: Table, path: str) -> list[Sweep]:
    """Split a table into its sweeps.

    Args:
        table: with the columns of `complete`.
        path: for messages.

    Raises:
        InputError: a unit that is not known or does not fit, a frequency that is not positive or comes twice in a
            sweep, fewer than 5 points.
    """
    frequency = _frequency(table, path)
    impedance, unit, notes = _impedance(table, path)
    cycle = table.values.get("cycle", np.zeros(frequency.size))
    points = _Points(frequency, impedance, table.lines, cycle)
    rests = (table.values[_frequency_role(table)] == 0) & (impedance == 0)
    if "log frequency" in table.columns:
        rests[:] = False
    if np.any(rests):
        notes.append(f"{np.count_nonzero(rests)} rows without frequency (direct current) left out")
    if np.all(rests):
        raise InputError(f"{path}, line {table.lines[0]}: all frequencies are 0, expected an impedance spectrum")
    bad = np.flatnonzero(~rests & ~((frequency > 0) & np.isfinite(frequency)))
    if bad.size:
        raise InputError(
            f"{path}, line {table.lines[bad[0]]}: frequency {frequency[bad[0]]:g} Hz, expected a positive number"
        )
    runs, warnings = _long_enough(list(_runs(points, rests, path)), path)
    warnings += _better_frequency(table)
    signs = [_signed(table, run) for run in runs]
    notes += table.remarks
    return [
        Sweep(
            run.frequency,
            run.impedance if sign > 0 else run.impedance.conj(),
            unit,
            int(run.cycle[0]) if "cycle" in table.columns else None,
            (f"sign of Im Z: {why}", *notes),
            warnings,
        )
        for run, (sign, why) in zip(runs, signs, strict=True)
    ]


# --- units ---------------------------------------------------------------------------------------------------------


def _frequency_role(table: Table) -> str:
    return next(role for role in FREQUENCIES if role in table.columns)


def _factor(column: Column, table: Table, path: str) -> tuple[str, float]:
    """Kind and factor of a column's unit; what its role usually has where none is written."""
    kinds = SPECTRUM[column.role].kinds
    if column.unit is None:
        return kinds[0], 1.0
    if column.unit.kind not in kinds:
        where = f"{path}, line {table.header}" if table.header else path
        raise InputError(
            f"{where}: unit {column.unit_text!r:.30} of column {column.name!r:.40}, expected one of {', '.join(kinds)} "
            "(or with a prefix)"
        )
    return column.unit.kind, column.unit.factor


def _frequency(table: Table, path: str) -> NDArray[np.float64]:
    role = _frequency_role(table)
    kind, factor = _factor(table.columns[role], table, path)
    values = table.values[role]
    with np.errstate(over="ignore"):
        if role == "log frequency":
            values = 10.0**values
        return values * (factor / (2 * math.pi) if kind == "rad/s" else factor)


def _impedance(table: Table, path: str) -> tuple[NDArray[np.complex128], str, list[str]]:
    pair = CARTESIAN if "Re Z" in table.columns else POLAR
    first, second = (table.columns[role] for role in pair)
    (kind, factor), (second_kind, second_factor) = (_factor(column, table, path) for column in (first, second))
    notes = []
    if first.unit is None or table.columns[_frequency_role(table)].unit is None:
        notes.append("units not written: Hz and Ω assumed where they lack")
    with np.errstate(over="ignore", invalid="ignore"):
        x, y = first.sign * factor * table.values[pair[0]], second.sign * second_factor * table.values[pair[1]]
        if pair is CARTESIAN:
            if kind != second_kind:
                raise InputError(
                    f"{path}, line {table.header}: {first.name!r} in {kind}, {second.name!r} in {second_kind}, "
                    "expected the same unit"
                )
            z = x + 1j * y
        else:
            if second.unit is None:
                in_degrees = bool(np.any(np.abs(y) > math.pi))
                y = np.radians(y) if in_degrees else y
                notes.append(f"unit of the phase by its size: {'degrees' if in_degrees else 'radians'}")
            z = x * np.exp(1j * y)
    bad = np.flatnonzero(~np.isfinite(z))
    if bad.size:
        raise InputError(f"{path}, line {table.lines[bad[0]]}: impedance {z[bad[0]]}, expected a finite number")
    assert kind in OHMS
    return z, kind, notes


def _signed(table: Table, run: _Points) -> tuple[int, str]:
    """The factor of Im Z as read, and where it is from."""
    column = table.columns["Im Z" if "Im Z" in table.columns else "phase"]
    if table.header or column.role == "phase":
        return 1, f"from the column name {column.name!r}"
    order = np.argsort(run.frequency)
    sign, why = sign_by_physics(run.frequency[order], run.impedance[order])
    return sign, f"column 3 is {'Im Z' if sign > 0 else '−Im Z'} {why}"


def _better_frequency(table: Table) -> tuple[str, ...]:
    """Whether a column without name looks more like a frequency than the first: evenly spaced in its logarithm."""
    if table.header or table.lines.size < FEWEST_POINTS:
        return ()

    def unevenness(values: NDArray[np.float64]) -> float:
        if np.any(values <= 0):
            return math.inf
        steps = np.diff(np.log(values))
        return float(np.std(steps) / (abs(np.mean(steps)) or math.inf)) if np.any(steps) else math.inf

    first, *others = (unevenness(values) for values in table.values.values())
    return tuple(
        f"column {place} is spaced as frequencies are (evenly in its logarithm), column 1 is not: a header would tell"
        for place, other in enumerate(others, start=2)
        if other < 0.1 and first > 5 * other
    )


# --- sweeps --------------------------------------------------------------------------------------------------------


def _runs(points: _Points, rests: NDArray[np.bool_], path: str) -> Iterator[_Points]:
    """Pieces of one cycle without rest between; those with frequencies twice are cut where their direction turns."""
    gaps = np.flatnonzero((np.diff(points.cycle) != 0) | (np.diff(rests.astype(int)) != 0)) + 1
    for piece in np.split(np.arange(points.frequency.size), gaps):
        if rests[piece[0]]:
            continue
        whole = points.part(slice(piece[0], piece[-1] + 1))
        steps, again = np.diff(whole.frequency), np.count_nonzero(_again(np.sort(whole.frequency)))
        if again == 0 or np.all(steps > 0) or np.all(steps < 0):
            yield whole
            continue
        turns = list(_turns(whole.frequency))
        if 2 * again < min(end - start for start, end in turns):  # single points, no sweep that is repeated
            _complain_of_repetition([whole], path)
        for start, end in turns:
            yield whole.part(slice(start, end))


def _again(ascending: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(N−1,) where a frequency comes again, in the digits that an instrument keeps."""
    return ascending[1:] - ascending[:-1] <= SAME_FREQUENCY * ascending[1:]


def _turns(frequency: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch that only rises or only falls (equal neighbours stay together)."""
    start, direction = 0, 0.0
    steps = np.sign(np.diff(frequency))
    for place, step in enumerate(steps.tolist(), start=1):
        if step and direction and step != direction:
            turn = place if steps[place - 2] else place - 1  # both ends of a turn may be at one frequency
            yield start, turn
            start, direction = turn, 0.0 if turn == place else step
        elif step:
            direction = step
    yield start, frequency.size


def _long_enough(runs: list[_Points], path: str) -> tuple[list[_Points], tuple[str, ...]]:
    """Without a broken-off last sweep; every other one must have 5 points and no frequency twice."""
    warnings: tuple[str, ...] = ()
    if len(runs) > 1 and runs[-1].frequency.size < FEWEST_POINTS <= runs[0].frequency.size:
        last = runs.pop()
        if not np.isclose(last.frequency[0], runs[0].frequency[0], rtol=1e-3):
            _complain_of_repetition([*runs, last], path)
        warnings = (f"a last sweep of {last.frequency.size} points (from line {last.lines[0]}) left out",)
    for run in runs:
        if np.unique(run.frequency).size < run.frequency.size:
            _complain_of_repetition([run], path)
        if run.frequency.size < FEWEST_POINTS:
            if len(runs) > 1:
                _complain_of_repetition(runs, path)
            raise InputError(
                f"{path}, line {run.lines[0]}: {run.frequency.size} points, expected at least {FEWEST_POINTS}"
            )
    return runs, warnings


def _complain_of_repetition(runs: list[_Points], path: str) -> None:
    """Name the first frequency that comes again, if one does."""
    frequency, lines = (
        np.concatenate(parts) for parts in zip(*((run.frequency, run.lines) for run in runs), strict=True)
    )
    order = np.argsort(frequency, kind="stable")
    pairs = np.sort(np.stack([lines[order[:-1]], lines[order[1:]]]), axis=0)[:, _again(frequency[order])]
    if pairs.size:
        first, second = pairs[:, np.argmin(pairs[1])]
        raise InputError(
            f"{path}, line {second}: frequency {frequency[lines == second][0]:g} Hz again (line {first}), "
            "expected each once or whole sweeps of at least 5 points; delete one or take their mean"
        )
