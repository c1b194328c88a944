"""Potential and current over time: charge, sodium thickness, and the nucleation overpotential (paper, Fig. 1)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.columns.headers import Table
from constriction.spectra.columns.units import Unit
from constriction.spectra.columns.vocabulary import SERIES

FARADAY = 96485.33212  # C/mol, exact since 2019 to the digits given
SODIUM_MOLAR_MASS = 22.98976928e-3  # kg/mol
SODIUM_DENSITY = 968.0  # kg/m³ at 25 °C
MAH_PER_CM2 = 3.6e4  # C/m² in one mAh/cm²
# The plateau of the paper: the mean between 0.05 and 0.25 mAh/cm².
PLATEAU = (0.05 * MAH_PER_CM2, 0.25 * MAH_PER_CM2)


@dataclass(frozen=True, eq=False)
class TimeSeries:
    """Potential and current over time.

    Attributes:
        time: (N,) in s, never falling, N ≥ 2.
        potential: (N,) in V, of the working electrode.
        current: (N,) in A, or in A/m² when `per_area`; negative where the working electrode is reduced.
        per_area: whether the file gives a current density.
        notes: what was decided in reading it.
    """

    time: NDArray[np.float64]
    potential: NDArray[np.float64]
    current: NDArray[np.float64]
    per_area: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Nucleation:
    """The begin of a deposition.

    Attributes:
        overpotential: plateau minus lowest potential, in V; above 0 when the drop goes below the plateau.
        lowest_potential: of the initial drop, before the plateau's range begins, in V.
        lowest_charge: where that is, in C/m².
        plateau_potential: mean over charge between 0.05 and 0.25 mAh/cm², in V.
    """

    overpotential: float
    lowest_potential: float
    lowest_charge: float
    plateau_potential: float


def series_columns(roles: frozenset[str]) -> tuple[str, ...]:
    """The columns a time series is read from; () when they lack. A frequency tells impedance from direct current."""
    wanted = ("time", "potential", "current")
    if not roles.issuperset(wanted):
        return ()
    return (*wanted, *(("frequency",) if "frequency" in roles else ()))


def series_of(tables: list[Table], path: str) -> TimeSeries:
    """Join the tables of a file to one time series.

    Args:
        tables: with the columns of `series_columns`.
        path: for messages.

    Raises:
        InputError: a unit does not fit, impedance only, fewer than 2 rows, time runs backwards.
    """
    pieces: list[NDArray[np.float64]] = []
    lines: list[NDArray[np.int64]] = []
    kinds = set()
    for table in tables:
        units = {role: _unit(table, role, path) for role in ("time", "potential", "current")}
        kinds.add(units["current"].kind)
        with np.errstate(over="ignore"):
            rows = np.array(
                [unit.factor * table.columns[role].sign * table.values[role] for role, unit in units.items()]
            )
        bad = np.flatnonzero(~np.all(np.isfinite(rows), axis=0))
        if bad.size:
            raise InputError(f"{path}, line {table.lines[bad[0]]}: a number too large, expected finite SI values")
        at_rest = table.values["frequency"] == 0 if "frequency" in table.values else np.ones(rows.shape[1], dtype=bool)
        pieces.append(rows[:, at_rest])
        lines.append(table.lines[at_rest])
    joined, line = np.concatenate(pieces, axis=1), np.concatenate(lines)
    left_out = sum(table.lines.size for table in tables) - line.size
    if line.size < 2:
        raise InputError(
            f"{path}: {left_out} rows of impedance and {line.size} of direct current, expected a time series "
            "(frequency 0 or no frequency)"
        )
    if len(kinds) > 1:
        raise InputError(f"{path}: current and current density in one file, expected one of them")
    back = np.flatnonzero(np.diff(joined[0]) < 0)
    if back.size:
        raise InputError(
            f"{path}, line {line[back[0] + 1]}: time {joined[0][back[0] + 1]:g} s after {joined[0][back[0]]:g} s, "
            "expected rising time"
        )
    remarks = [f"{left_out} rows of impedance left out"] if left_out else []
    remarks += [remark for table in tables for remark in table.remarks]
    if faults := [fault for table in tables for fault in table.faults]:
        count = "1 row" if len(faults) == 1 else f"{len(faults)} rows"
        remarks.append(f"{count} left out (line {faults[0].line}: {faults[0].why}{'; …' if len(faults) > 1 else ''})")
    return TimeSeries(joined[0], joined[1], joined[2], kinds == {"A/m2"}, tuple(dict.fromkeys(remarks)))


def charge(series: TimeSeries, area: float | None = None) -> NDArray[np.float64]:
    """Charge that has passed since the first row, by the trapezoidal rule.

    Args:
        series: potential and current over time.
        area: of the electrode in m²; None when the series has a current density.

    Returns:
        (N,) in C/m², with the sign of the current.

    Raises:
        InputError: the area lacks, is not positive, or is given for a current density.
    """
    if series.per_area != (area is None):
        given = "a current density, which needs none" if series.per_area else "a current, which needs one"
        raise InputError(f"area = {area}: the file has {given}")
    if area is not None and not 0 < area < math.inf:
        raise InputError(f"area = {area!r} m²: expected a positive number")
    density = series.current / (1.0 if area is None else area)
    steps = np.diff(series.time) * (density[1:] + density[:-1]) / 2
    return np.concatenate([[0.0], np.cumsum(steps)])


def sodium_thickness(charge_density: float) -> float:
    """Mean thickness of deposited sodium, q·M/(F·ρ) (docs/physics.md#sodium-thickness).

    Args:
        charge_density: in C/m², its absolute value counts; 0.5 mAh/cm² makes 4.4 µm.

    Returns:
        In m; islands of contact fraction f are that / f high.
    """
    return abs(charge_density) * SODIUM_MOLAR_MASS / (FARADAY * SODIUM_DENSITY)


def nucleation(series: TimeSeries, area: float | None = None) -> Nucleation:
    """The nucleation overpotential as the paper defines it (caption of Fig. 1).

    It is the difference between the initial drop of the potential and the mean plateau between 0.05 and
    0.25 mAh/cm². Breaks for impedance, where no current flows, do not count: the mean is over charge.

    Args:
        series: a deposition from its beginning, with cathodic (negative) or positive current.
        area: of the electrode in m²; None when the series has a current density.

    Raises:
        InputError: as `charge`; or the deposition ends before 0.25 mAh/cm².
    """
    passed = np.abs(charge(series, area))
    low, high = PLATEAU
    if passed[-1] < high * (1 - 1e-6):
        raise InputError(
            f"time series: {passed[-1] / MAH_PER_CM2:.3g} mAh/cm² pass, expected at least 0.25 for the plateau"
        )
    plateau = _mean_over_charge(passed, series.potential, low, high)
    flowing = np.abs(series.current) > 1e-3 * np.max(np.abs(series.current))
    early = flowing & (passed < low)
    if not np.any(early):
        raise InputError("time series: no row with current before 0.05 mAh/cm², expected the initial drop")
    place = int(np.argmin(np.where(early, series.potential, np.inf)))
    lowest = float(series.potential[place])
    return Nucleation(plateau - lowest, lowest, float(passed[place]), plateau)


def _mean_over_charge(passed: NDArray[np.float64], potential: NDArray[np.float64], low: float, high: float) -> float:
    """Mean of a potential over a range of charge, by the trapezoidal rule with its ends interpolated."""
    inside = (passed > low) & (passed < high)
    ends = np.interp([low, high], passed, potential)
    q = np.concatenate([[low], passed[inside], [high]])
    e = np.concatenate([ends[:1], potential[inside], ends[1:]])
    return float(np.sum(np.diff(q) * (e[1:] + e[:-1]) / 2) / (high - low))


def _unit(table: Table, role: str, path: str) -> Unit:
    column = table.columns[role]
    kinds = SERIES[role].kinds
    if column.unit is None:
        return Unit(kinds[0], 1.0)
    if column.unit.kind not in kinds:
        raise InputError(
            f"{path}, line {table.header}: unit {column.unit_text!r:.30} of column {column.name!r:.40}, expected "
            f"{' or '.join(kinds)} (or with a prefix)"
        )
    return column.unit
