"""Reads the csv that `spectrum.write_csv` writes, and nothing else: a reader of its own beside the package's."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from constriction.base.errors import InputError
from constriction.base.files import read_file
from constriction.spectra.spectrum import EDGE_UNITS, Spectrum, csv_header


def read_csv(path: str | Path) -> Spectrum:
    """Read what `write_csv` wrote.

    Args:
        path: a file with the header `frequency_hertz,real_impedance_ohm_cm2,imaginary_impedance_ohm_cm2` (or
            `_ohm`, `_ohm_cm`), then one point per line with falling frequency.

    Returns:
        The spectrum, in SI units.

    Raises:
        InputError: no such file, another header, a line that is not three finite numbers, frequencies not
            falling; the message names the line.
    """
    rows = list(_rows(_read_text(path)))
    if not rows:
        raise InputError(f"{path}: empty, expected the header {','.join(csv_header('ohm m2'))}")
    unit = _unit_of_header(rows[0][1], f"{path}, line {rows[0][0]}")
    points = [_numbers(cells, f"{path}, line {number}") for number, cells in rows[1:]]
    if not points:
        raise InputError(f"{path}: no point below the header, expected at least one")
    for (number, _), above, here in zip(rows[2:], points[:-1], points[1:], strict=True):
        if not here[0] < above[0]:
            raise InputError(
                f"{path}, line {number}: frequency {here[0]!r} Hz after {above[0]!r} Hz, "
                "expected falling frequency; sort the lines"
            )
    table = np.array(points)
    z = (table[:, 1] + 1j * table[:, 2]) / EDGE_UNITS[unit].factor
    return Spectrum(table[:, 0], z, unit)


def _unit_of_header(cells: list[str], where: str) -> str:
    for unit in EDGE_UNITS:
        if cells == list(csv_header(unit)):
            return unit
    raise InputError(
        f"{where}: header {','.join(cells)!r:.100}, expected {','.join(csv_header('ohm m2'))!r} (or _ohm, _ohm_cm)"
    )


def _read_text(path: str | Path) -> str:
    try:
        return read_file(path, "a spectrum as CSV").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8 text; expected a spectrum as CSV") from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of the lines that are not blank."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, [cell.strip() for cell in line.split(",")]


def _numbers(cells: list[str], where: str) -> tuple[float, float, float]:
    if len(cells) != 3:
        raise InputError(f"{where}: {len(cells)} values, expected 3 (frequency, real part, imaginary part)")
    frequency, real, imaginary = (_number(cell, where) for cell in cells)
    if frequency <= 0:
        raise InputError(f"{where}: frequency {frequency!r} Hz, expected a positive number")
    return frequency, real, imaginary


def _number(cell: str, where: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{where}: {cell!r:.40}, expected a finite number")
    return value
