"""Triples from files: fit.json and table.csv of `constriction analyze`, or any table with such columns."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from constriction.base.errors import InputError
from constriction.base.files import read_file
from constriction.base.quantities import shown
from constriction.interpret.triples.circuit_fits import ONE_ARC, TWO_ARCS
from constriction.interpret.triples.triple import NAMES, Triple
from constriction.laws.arrays import Reals
from constriction.spectra.timeseries import MAH_PER_CM2

type Row = Mapping[str, Any]

PER_AREA = {"R": ("ohm_cm2", 1e-4), "C": ("farad_per_cm2", 1e4)}
"""How the keys of values per area end, and the factor from their unit to SI."""
OF_CELL = {"R": "ohm", "C": "farad"}
CORRELATED = (0, 1), (0, 2), (1, 2)
"""Pairs of `NAMES` whose errors may be correlated."""
LEAST_LEFT = 1e-6  # part of a variance that must be left beside the others
WINDOW = 7e6, 100.0
"""Highest and lowest frequency in Hz of a table that does not tell them."""


def read_triples(
    path: Path, area: float | None, window: tuple[float, float] | None, whole: bool = False
) -> Sequence[Triple]:
    """R_SE, R_int and C_int of a file, one triple for each row; one that has nothing says so in its notes.

    Args:
        path: fit.json, or a table with columns such as R_int_ohm_cm2 and R_int_stderr_ohm_cm2.
        area: of the electrode in m²; None: values are per area already.
        window: lowest and highest frequency of the measurement in Hz; None: what the file says, else `WINDOW`.
        whole: none may lack, as charges are counted from one to the next.

    Raises:
        InputError: nothing of the kind is in it, or one lacks.
    """
    found = [_triple(row, (str(path), number), area, window) for number, row in enumerate(_rows(path), start=1)]
    if not any(triple.known for triple in found):
        raise InputError(f"{path}: no value with its standard error; {_expected(area)}")
    if whole:
        _check_whole(found, path)
    return found


def _check_whole(found: Sequence[Triple], path: Path) -> None:
    """Refuse a spectrum that lacks, as the charge is counted from one to the next."""
    for number, triple in enumerate(found, start=1):
        if not triple.known:
            raise InputError(
                f"{path}: spectrum {number} of {len(found)} has no value with its standard error; expected one of "
                "each, as the charge is counted from one to the next"
            )


def _expected(area: float | None) -> str:
    """What a table must have, in words."""
    units = {kind: ending for kind, (ending, _) in PER_AREA.items()} if area is None else OF_CELL
    other = "in Ω and F with --area" if area is None else "per area without --area"
    columns = ", ".join(f"{name}_{units[name[0]]}" for name in NAMES)
    return f"expected columns such as {columns}, and …_stderr_…, of numbers above zero, or {other}"


def _rows(path: Path) -> Iterator[Row]:
    text = read_file(path, "fit.json or a table of R_SE, R_int, C_int").decode("utf-8-sig", errors="replace")
    if path.suffix != ".json":
        yield from csv.DictReader(io.StringIO(text))
        return
    try:
        yield from (dict(row) for row in json.loads(text)["files"])
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: expected fit.json of constriction analyze") from None


def _triple(row: Row, place: tuple[str, int], area: float | None, window: tuple[float, float] | None) -> Triple:
    """What a row tells; `place` is its file and its number."""
    file, number = place
    circuit = row.get("circuit") or TWO_ARCS
    if circuit not in (ONE_ARC, TWO_ARCS):
        raise InputError(f"{file}: circuit {circuit!r}; expected {ONE_ARC} or {TWO_ARCS}")
    pairs = np.array([_with_error(row, name, area) for name in NAMES])
    pairs[~(np.isfinite(pairs) & (pairs > 0)).all(axis=1)] = np.nan
    told = _number(row.get("from_hertz")), _number(row.get("to_hertz"))
    highest, lowest = (window[1], window[0]) if window else told if all(map(math.isfinite, told)) else WINDOW
    notes = tuple(f"row {number}: {why}" for why in _unused(row, area) or _nothing(pairs))
    charge = _number(row.get("charge_mAh_per_cm2"))
    name = f"{Path(str(row.get('file') or file)).name}"
    passed = charge * MAH_PER_CM2 if math.isfinite(charge) else None
    related = _correlations(row, (file, number))
    return Triple(pairs[:, 0], pairs[:, 1], highest, lowest, file, name, passed, notes, related)


def _correlations(row: Row, place: tuple[str, int]) -> Reals | None:
    """Of the errors, (3, 3); None where the row tells none.

    Raises:
        InputError: no errors are correlated so.
    """
    found, told = np.eye(3), []
    for one, other in CORRELATED:
        key = f"{NAMES[one]}_{NAMES[other]}_correlation"
        value = _number(row.get(key))
        if row.get(key) not in (None, ""):
            told.append(f"{key} = {shown(row.get(key))}")
            found[one, other] = found[other, one] = value
    if not told:
        return None
    if not np.isfinite(found).all() or np.linalg.eigvalsh(found)[0] < LEAST_LEFT:
        file, number = place
        raise InputError(
            f"{file}: row {number}: {', '.join(told)}; expected correlations above -1 and below 1 that agree"
        )
    return found


def _nothing(pairs: Reals) -> Sequence[str]:
    """That there is no value at all, where that is so."""
    return [] if np.isfinite(pairs).any() else ["no value with its standard error"]


def _unused(row: Row, area: float | None) -> Sequence[str]:
    """Which values of a row are not used, and why."""
    found = []
    for name in NAMES:
        ending = PER_AREA[name[0]][0] if area is None else OF_CELL[name[0]]
        keys = f"{name}_{ending}", f"{name}_stderr_{ending}"
        usable = all(0 < number < math.inf for number in _with_error(row, name, area))
        if row.get(keys[0]) not in (None, "") and not usable:
            told = " and ".join(f"{key} = {shown(row.get(key))}" for key in keys)
            found.append(f"{told}: not used, as both have to be numbers above zero")
    return found


def _with_error(row: Row, name: str, area: float | None) -> tuple[float, float]:
    """A value and its standard error, SI per area; NaN where there is none."""
    ending, factor = PER_AREA[name[0]]
    if area is not None:
        ending, factor = OF_CELL[name[0]], area if name[0] == "R" else 1 / area
    value, error = (_number(row.get(f"{key}_{ending}")) * factor for key in (name, f"{name}_stderr"))
    return value, error


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
