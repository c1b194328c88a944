"""From a table of numbers to its sweeps: SI, sign of Im Z, one frequency once."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.columns.conversions import SampleGeometry
from constriction.spectra.columns.headers import Fault, TextTable, left_out
from constriction.spectra.columns.quantities import (
    FEWEST_POINTS,
    TEMPERATURE_STEP,
    Measured,
    better_frequency,
    frequency_of,
    frequency_role,
    is_monotonic,
    measured,
    temperatures_of,
)
from constriction.spectra.measurement import seems_polar, sign_by_physics

# A larger part of the rows lost is no single mistake.
MOST_LOST = 0.1
# Relative; a sweep of 50 points per decade has steps of 5 %.
SAME_FREQUENCY = 1e-4
# In Hz, and in Ω, Ω·m² or Ω·m: nobody measures beyond.
FREQUENCIES = (1e-9, 1e15)
IMPEDANCES = (1e-20, 1e25)
# Rows left out that a note names.
MOST_TOLD = 3


class MeasuredSweep(NamedTuple):
    """One sweep, in the order of the file.

    Attributes:
        frequency: (N,) in Hz, N ≥ 5, no value twice.
        impedance: (N,) complex, SI of `unit`.
        unit: as in `Spectrum`.
        cycle: as the instrument counts, None without.
        temperature: mean in K, None where the file tells none.
        notes: what was decided, and which rows were left out.
        warnings: what else was left out.
    """

    frequency: NDArray[np.float64]
    impedance: NDArray[np.complex128]
    unit: str
    cycle: int | None
    temperature: float | None
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


class _Points(NamedTuple):
    """Points of a table with their line numbers, cycles and temperatures (K, NaN where there is none)."""

    frequency: NDArray[np.float64]
    impedance: NDArray[np.complex128]
    lines: NDArray[np.int64]
    cycle: NDArray[np.float64]
    temperature: NDArray[np.float64]

    def part(self, which: NDArray[np.bool_] | NDArray[np.int64] | slice) -> "_Points":
        return self._replace(**{name: values[which] for name, values in self._asdict().items()})


def sweeps_of(table: TextTable, path: str, geometry: SampleGeometry) -> list[MeasuredSweep]:
    """Split a table into its sweeps; a row that cannot be right is left out and counted.

    Args:
        table: with a frequency and the columns of a pair in `conversions.PAIRS`.
        path: for messages.
        geometry: of the sample, for the quantities of materials.

    Raises:
        InputError: a unit that is not known or does not fit, no geometry where one is needed, most frequencies twice
            in a sweep, no sweep of 5 points.
    """
    found = measured(table, path, geometry)
    points, rests = _points(table, path, found)
    notes = list(found.notes)
    if np.any(rests):
        notes.append(f"{np.count_nonzero(rests)} rows without frequency (direct current) left out")
    if rests.size and np.all(rests):
        raise InputError(f"{path}, line {table.lines[0]}: all frequencies are 0, expected an impedance spectrum")
    impossible = dict(_impossible(points, rests))
    _check_most(points, impossible, path)
    faults = [*table.faults, *(Fault(int(points.lines[place]), why) for place, why in impossible.items())]
    possible = np.ones(rests.size, dtype=bool)
    possible[list(impossible)] = False
    runs, again = _once_each(_runs(points.part(possible), rests[possible]), path)
    runs, warnings = _long_enough(runs, sorted(faults), path)
    warnings = (*warnings, *table.warnings, *better_frequency(table))
    shares = _shared_out(sorted([*faults, *again]), runs)
    lost = _shared_out(sorted(faults), runs)
    return [
        _sweep(
            run,
            table,
            found,
            (*notes, *left_out(own, MOST_TOLD), *table.remarks),
            (*warnings, *_many_lost(faulty, run)),
        )
        for run, own, faulty in zip(runs, shares, lost, strict=True)
    ]


def _points(table: TextTable, path: str, found: Measured) -> tuple[_Points, NDArray[np.bool_]]:
    """The points, and which are rests (direct current: frequency 0 and nothing measured)."""
    size = table.lines.size
    cycle = np.nan_to_num(table.values.get("cycle", np.zeros(size)))
    points = _Points(frequency_of(table, path), found.impedance, table.lines, cycle, temperatures_of(table))
    role = frequency_role(table)
    if role == "log frequency":
        return points, np.zeros(size, dtype=bool)
    return points, (table.values[role] == 0) & found.nothing


def _impossible(points: _Points, rests: NDArray[np.bool_]) -> Iterator[tuple[int, str]]:
    """Points that no instrument can have measured, with the reason."""
    with np.errstate(over="ignore"):
        size = np.abs(points.impedance)
    likely = (points.frequency >= FREQUENCIES[0]) & (points.frequency <= FREQUENCIES[1])
    right = likely & (size >= IMPEDANCES[0]) & (size <= IMPEDANCES[1])
    for place in np.flatnonzero(~right & ~rests).tolist():
        frequency, modulus = points.frequency[place], size[place]
        told = f"|Z| = {modulus:g}" if math.isfinite(modulus) else "impedance not finite"
        yield place, told if likely[place] else f"frequency {frequency:g} Hz"


def _check_most(points: _Points, impossible: Mapping[int, str], path: str) -> None:
    """See that it is single rows that are impossible; rows of frequency 0 are direct current, of which many may be.

    Raises:
        InputError: most rows are.
    """
    strange = [place for place in impossible if points.frequency[place] != 0]
    if 2 * len(strange) > np.count_nonzero(points.frequency):
        raise InputError(
            f"{path}, line {points.lines[strange[0]]}: {impossible[strange[0]]}, expected frequencies from "
            f"{FREQUENCIES[0]:g} to {FREQUENCIES[1]:g} Hz and |Z| from {IMPEDANCES[0]:g} to {IMPEDANCES[1]:g} (SI); "
            f"{len(strange)} of {points.lines.size} rows are like that"
        )


def _sweep(
    run: _Points, table: TextTable, found: Measured, notes: tuple[str, ...], warnings: tuple[str, ...]
) -> MeasuredSweep:
    impedance, sign = run.impedance, found.sign
    if not table.header:
        order = np.argsort(run.frequency)
        factor, why = sign_by_physics(run.frequency[order], run.impedance[order])
        sign = f"sign of Im Z: column 3 is {'Im Z' if factor > 0 else '−Im Z'} {why}"
        impedance = impedance if factor > 0 else impedance.conj()
        warnings = (*warnings, *seems_polar(run.frequency[order], run.impedance[order]))
    known = run.temperature[np.isfinite(run.temperature)]
    size = run.temperature.size
    if "temperature" in table.columns and known.size < size:
        notes = (*notes, f"no possible temperature at {size - known.size} of {size} points")
    if known.size and np.ptp(known) > TEMPERATURE_STEP:
        notes = (*notes, f"temperature between {known.min():.5g} and {known.max():.5g} K: their mean is taken")
    return MeasuredSweep(
        run.frequency,
        impedance,
        found.unit,
        int(run.cycle[0]) if "cycle" in table.columns else None,
        float(np.mean(known)) if known.size else None,
        (sign, *notes),
        warnings,
    )


def _shared_out(faults: Sequence[Fault], runs: Sequence[_Points]) -> list[list[Fault]]:
    """The faults of each run: those from its first line on, before the next one's."""
    begins = np.array([np.min(run.lines) for run in runs])
    shares: list[list[Fault]] = [[] for _ in runs]
    for fault in faults:
        before = np.flatnonzero(begins <= fault.line)
        shares[int(before[np.argmax(begins[before])]) if before.size else int(np.argmin(begins))].append(fault)
    return shares


def _many_lost(faults: Sequence[Fault], run: _Points) -> tuple[str, ...]:
    """A warning where so many rows are lost that it is no single mistake; frequencies that come again are none."""
    rows = run.frequency.size + len(faults)
    if len(faults) <= MOST_LOST * rows:
        return ()
    return (f"{len(faults)} of {rows} rows cannot be read (line {faults[0].line}: {faults[0].why})",)


def _runs(points: _Points, rests: NDArray[np.bool_]) -> Iterator[_Points]:
    """Pieces of one cycle without rest between; those with frequencies twice are cut where their direction turns."""
    gaps = np.flatnonzero((np.diff(points.cycle) != 0) | (np.diff(rests.astype(int)) != 0)) + 1
    for piece in np.split(np.arange(points.frequency.size), gaps):
        if piece.size and not rests[piece[0]]:
            for whole in _of_one_temperature(points.part(slice(piece[0], piece[-1] + 1))):
                yield from _of_one_direction(whole)


def _of_one_temperature(whole: _Points) -> list[_Points]:
    """Parts of one temperature each, where frequencies come again and whole sweeps of each are there."""
    order = np.argsort(whole.temperature, kind="stable")
    steps = np.flatnonzero(np.diff(whole.temperature[order]) > TEMPERATURE_STEP) + 1
    parts = [np.sort(part) for part in np.split(order, steps)]
    repeated = np.any(_again(np.sort(whole.frequency)))
    if len(parts) == 1 or not repeated or min(map(len, parts)) < FEWEST_POINTS:
        return [whole]
    return [whole.part(part) for part in sorted(parts, key=lambda part: int(part[0]))]


def _of_one_direction(whole: _Points) -> list[_Points]:
    again, turns = np.count_nonzero(_again(np.sort(whole.frequency))), list(_turns(whole.frequency))
    # Single points, or the overlap of two ranges; no sweep that is repeated.
    few = again < FEWEST_POINTS or 2 * again < min(end - start for start, end in turns)
    if few or is_monotonic(whole.frequency):
        return [whole]
    return [whole.part(slice(start, end)) for start, end in turns]


def _once_each(runs: Iterator[_Points], path: str) -> tuple[list[_Points], list[Fault]]:
    """Runs with each frequency once, the first that was measured; and what was left out."""
    kept, faults = [], []
    for run in runs:
        order = np.argsort(run.frequency, kind="stable")
        again = np.concatenate([[False], _again(run.frequency[order])])
        if is_monotonic(run.frequency):  # denser than that on purpose
            again[:] = False
        if 2 * np.count_nonzero(again) > again.size:
            _complain_of_repetition([run], path)
        kept.append(run.part(np.sort(order[~again])))
        faults += [
            Fault(int(run.lines[place]), f"frequency {run.frequency[place]:g} Hz again") for place in order[again]
        ]
    return kept, faults


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


def _long_enough(runs: list[_Points], faults: Sequence[Fault], path: str) -> tuple[list[_Points], tuple[str, ...]]:
    """Without sweeps that were broken off, if others are whole."""
    whole = [run for run in runs if run.frequency.size >= FEWEST_POINTS]
    if not whole:
        _complain_of_length(runs, faults, path)
    return whole, tuple(
        f"a {'last ' * (run is runs[-1])}sweep of {run.frequency.size} points (from line {run.lines[0]}) left out"
        for run in runs
        if run.frequency.size < FEWEST_POINTS
    )


def _complain_of_length(runs: list[_Points], faults: Sequence[Fault], path: str) -> NoReturn:
    if len(runs) > 1:
        _complain_of_repetition(runs, path)
    count = sum(run.frequency.size for run in runs)
    lines = [*(int(run.lines[0]) for run in runs[:1]), *(fault.line for fault in faults[:1])]
    told = "; ".join(["", *left_out(faults, 1)])
    where = f", line {min(lines)}" if lines else ""
    raise InputError(f"{path}{where}: {count} points, expected at least {FEWEST_POINTS}{told}")


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
