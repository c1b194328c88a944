"""From the columns of a table to frequency and impedance in SI, with the reasons in words."""

import itertools
import math
from collections.abc import Container, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError, naming
from constriction.spectra.columns.columns import HeaderColumn
from constriction.spectra.columns.conversions import (
    IMPEDANCE_UNIT,
    PAIRS,
    QuantityPair,
    SampleGeometry,
    cell_factor,
    in_degrees,
    pair_of,
    radians,
)
from constriction.spectra.columns.headers import TextTable
from constriction.spectra.columns.units import kelvin
from constriction.spectra.columns.vocabulary import FREQUENCIES, SPECTRUM

SYMBOLS = {"ohm": "Ω", "ohm m2": "Ω·m²", "ohm m": "Ω·m", "S/m": "S/m"}
SHOWN_ROLES = 4
# Of a sweep.
FEWEST_POINTS = 5
# Steps that are equal to this part are those of a clock.
EQUAL_STEPS = 1e-3
# In K: set points of a furnace are further apart, and a sample is steadier than that during one sweep.
TEMPERATURE_STEP = 2.0
HOTTEST = 5000.0


class Measured(NamedTuple):
    """The impedance of a table.

    Attributes:
        impedance: (N,) complex, SI of `unit`; not finite where the numbers allow none.
        unit: as in `Spectrum`.
        nothing: (N,) where both columns are 0.
        sign: where the sign of Im Z is from.
        notes: what else was decided.
    """

    impedance: NDArray[np.complex128]
    unit: str
    nothing: NDArray[np.bool_]
    sign: str
    notes: tuple[str, ...]


def complete(roles: frozenset[str]) -> tuple[str, ...]:
    """The columns a spectrum is read from: a frequency and a pair, cycle and temperature; () when they lack."""
    frequency, pair = _among(FREQUENCIES, roles)[:1], pair_of(roles)
    if not frequency or pair is None:
        return ()
    return (*frequency, *pair.roles, *_among(("cycle", "temperature"), roles))


def some(roles: frozenset[str]) -> tuple[str, ...]:
    """The columns of a table that may make a spectrum together with another one; () when there are none."""
    frequency = _among(FREQUENCIES, roles)[:1]
    others = _among(SPECTRUM, roles - {*FREQUENCIES, "cycle", "temperature"})
    return (*frequency, *others[:SHOWN_ROLES]) if frequency and others else ()


def _among(wanted: Iterable[str], roles: Container[str]) -> list[str]:
    """Those wanted roles that are there, in the order in which they are wanted."""
    return [role for role in wanted if role in roles]


def frequency_role(table: TextTable) -> str:
    """The column that tells the frequency."""
    return _among(FREQUENCIES, table.columns)[0]


def better_frequency(table: TextTable) -> tuple[str, ...]:
    """Whether a column without name looks more like a frequency than the first: evenly spaced in its logarithm."""
    if table.header or table.lines.size < FEWEST_POINTS:
        return ()
    clock = _is_clock(next(iter(table.values.values())))
    first, *others = map(_unevenness, table.values.values())
    as_time = ("column 1 rises in equal steps, as a time does and a frequency hardly: a header would tell",) * clock
    return as_time + tuple(
        f"column {place} is spaced as frequencies are (evenly in its logarithm), column 1 is not: a header would tell"
        for place, other in enumerate(others, start=2)
        if other < 0.1 and first > 5 * other
    )


def is_monotonic(values: NDArray[np.float64]) -> bool:
    """Whether the finite values rise or fall all the way."""
    steps = np.diff(values[np.isfinite(values)])
    return bool(np.all(steps > 0) or np.all(steps < 0))


def _is_clock(values: NDArray[np.float64]) -> bool:
    """Whether values rise in equal steps."""
    steps = np.diff(values)
    return bool(steps[0] > 0 and np.ptp(steps) <= EQUAL_STEPS * steps[0])


def _unevenness(values: NDArray[np.float64]) -> float:
    """The spread of the steps of the logarithm relative to their mean; infinite where there is none."""
    if np.any(values <= 0):
        return math.inf
    steps = np.diff(np.log(values))
    return float(np.std(steps) / (abs(np.mean(steps)) or math.inf)) if np.any(steps) else math.inf


def temperatures_of(table: TextTable) -> NDArray[np.float64]:
    """(N,) in K, NaN where the file tells none, or one that cannot be (−999 of a sensor that is not there)."""
    values = table.values.get("temperature")
    if values is None:
        values = np.full(table.lines.size, math.nan if table.temperature is None else table.temperature)
    else:
        unit = table.columns["temperature"].unit
        values = kelvin(values, "degC" if unit is None else unit.kind)
    return _without_gaps(np.where((values > 0) & (values < HOTTEST), values, math.nan))


def _without_gaps(temperature: NDArray[np.float64]) -> NDArray[np.float64]:
    """Temperatures of which a few rows lack theirs: that of both neighbours, if they have the same."""
    known = np.flatnonzero(np.isfinite(temperature))
    filled = temperature.copy()
    for before, after in itertools.pairwise(known.tolist()):
        few = after - before <= FEWEST_POINTS
        if few and abs(temperature[after] - temperature[before]) <= TEMPERATURE_STEP:
            filled[before + 1 : after] = temperature[before]
    if 0 < known.size < temperature.size:  # a file that begins or ends with one
        first, last = int(known[0]), int(known[-1])
        filled[: first if first < FEWEST_POINTS else 0] = temperature[first]
        filled[last + 1 if temperature.size - last <= FEWEST_POINTS else temperature.size :] = temperature[last]
    return filled


def frequency_of(table: TextTable, path: str) -> NDArray[np.float64]:
    """(N,) in Hz, infinite where a logarithm is too large.

    Raises:
        InputError: the unit does not fit.
    """
    role = frequency_role(table)
    kind, factor = _factor(table.columns[role], table, path)
    values = table.values[role]
    with np.errstate(over="ignore"):
        if role == "log frequency":
            values = 10.0**values
        return values * (factor / (2 * math.pi) if kind == "rad/s" else factor)


def measured(table: TextTable, path: str, geometry: SampleGeometry) -> Measured:
    """The impedance of a table.

    Args:
        table: with a frequency and the columns of a pair in `conversions.PAIRS`.
        path: for messages.
        geometry: of the sample; quantities of materials need it.

    Raises:
        InputError: a unit does not fit, or the geometry lacks.
    """
    pair = pair_of(frozenset(table.columns)) or PAIRS[0]
    columns = [table.columns[role] for role in pair.roles]
    unit = "ohm" if pair.of_material else _unit(columns, table, path)
    scale = 1.0
    notes: list[str] = []
    if pair.of_material:
        with naming(f"{path}, line {table.header}"):
            scale = cell_factor(geometry, f"{pair.first}, {pair.second}")
        notes.append(f"{pair.first}, {pair.second} of the material: impedance of a cell of {_shown(geometry)}")
    with np.errstate(all="ignore"):
        x, y = (_values(column, table, path, notes) for column in columns)
        omega = 2 * math.pi * frequency_of(table, path)
        impedance = np.asarray(pair.convert(omega, x, y) * scale, dtype=np.complex128)
    nothing = (table.values[pair.first] == 0) & (table.values[pair.second] == 0)
    return Measured(impedance, unit, nothing, _sign(pair, columns), (*_assumed(table, pair), *notes))


def _shown(geometry: SampleGeometry) -> str:
    area, thickness = geometry.area or math.nan, geometry.thickness or math.nan
    return f"{area * 1e4:.6g} cm² and {thickness * 1e3:.6g} mm"


def _sign(pair: QuantityPair, columns: list[HeaderColumn]) -> str:
    if pair.second in ("Im Z", "phase", "phase Z", "X", "Xs"):
        return f"sign of Im Z: from the column name {columns[1].name!r}"
    if pair.second in ("Im C", "Im ε"):
        return f"sign of Im Z: from what the column {columns[1].name!r} must have for Re Z to be positive"
    named = ", ".join(f"{column.name!r} ({role})" for column, role in zip(columns, pair.roles, strict=True))
    return f"sign of Im Z: from the columns {named}"


def _unit(columns: list[HeaderColumn], table: TextTable, path: str) -> str:
    """The unit of the impedance, on which both columns must agree."""
    found = {}
    for column in columns:
        kind, _ = _factor(column, table, path)
        if kind in IMPEDANCE_UNIT:
            found[column.name] = IMPEDANCE_UNIT[kind]
    units = list(found.values())
    if len(set(units)) > 1:
        first, second = found
        raise InputError(
            f"{path}, line {table.header}: {first!r} in {units[0]}, {second!r} in {units[1]}, expected the same unit"
        )
    return units[0]


def _values(column: HeaderColumn, table: TextTable, path: str, notes: list[str]) -> NDArray[np.float64]:
    """(N,) with sign, in SI."""
    values = column.sign * table.values[column.role]
    if column.role.startswith("phase") and column.unit is None:
        degrees = in_degrees(values)
        notes.append(f"unit of the phase by its size: {'degrees' if degrees else 'radians'}")
        return radians(values, degrees)
    return _factor(column, table, path)[1] * values


def _factor(column: HeaderColumn, table: TextTable, path: str) -> tuple[str, float]:
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


def _assumed(table: TextTable, pair: QuantityPair) -> tuple[str, ...]:
    roles = (frequency_role(table), *pair.roles)
    kinds = dict.fromkeys(SPECTRUM[role].kinds[0] for role in roles if table.columns[role].unit is None)
    names = [SYMBOLS.get(kind, kind) for kind in kinds if kind not in ("rad", "1")]
    return (f"units not written: {' and '.join(names)} assumed",) if names else ()
