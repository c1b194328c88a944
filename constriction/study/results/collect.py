"""From single records to the files of a study: cases.csv, means.csv and study.nc."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import xarray
from numpy.typing import NDArray

from constriction.base.files import telling_where, whole_files
from constriction.study.file.parameters import label_of
from constriction.study.results.table import Table, attributes, is_number, known, means, table_text

CASES, MEANS, DATASET = "cases.csv", "means.csv", "study.nc"
FREQUENCY = "frequency_hertz"
NO_FLAG = -1  # of a truth value that is missing

type Variable = tuple[tuple[str, ...], NDArray[Any], dict[str, str]]  # dimensions, values, attributes


def write_tables(table: Table, folder: Path) -> list[Path]:
    """Write cases.csv and study.nc, and means.csv where seeds are repeated; each is replaced as a whole.

    Returns:
        The files written.

    Raises:
        StoreError: one cannot be written.
    """
    contents = {CASES: table_text(table.columns, table.rows).encode()}
    if table.plan.study.repeated and (rows := list(means(table))):
        contents[MEANS] = table_text(tuple(rows[0]), rows).encode()
    contents[DATASET] = dataset_bytes(dataset_of(table))
    with whole_files(folder) as hidden:
        for name, content in contents.items():
            with telling_where(hidden / name):
                (hidden / name).write_bytes(content)
    return [folder / name for name in contents]


def dataset_bytes(dataset: xarray.Dataset) -> bytes:
    """A data set as a netCDF4 file."""
    file = io.BytesIO()
    dataset.to_netcdf(file, engine="h5netcdf")
    return file.getvalue()


def dataset_of(table: Table) -> xarray.Dataset:
    """A study's table with one dimension per axis of the study, and its spectra, complex numbers as two real ones.

    Dimensions of a grid and of repeats have the values of their key as coordinates, in SI; those of zip, list and
    latin_hypercube are numbered, and the keys that vary along them are coordinates beside. What is missing is NaN in
    numbers, an empty text, and -1 in truth values.
    """
    coordinates = dict(_coordinates(table))
    variables = {
        key: _variable(table, _array([row[key] for row in table.rows]), table.data[key].attrs)
        for key in table.columns
        if key != "peaks" and key not in coordinates
    }
    title = {"title": table.plan.study.title, "Conventions": "CF-1.11"}
    return xarray.Dataset(variables | dict(_peaks(table)) | dict(_spectra(table)), coordinates, title)


def _coordinates(table: Table) -> Iterator[tuple[str, Variable]]:
    """Along each axis the values of its keys."""
    for axis in table.plan.study.axes:
        for key, values in zip(axis.keys, zip(*axis.rows, strict=True), strict=True):
            yield key, ((axis.name,), _array(list(map(label_of, values))), table.data[key].attrs)


def _variable(table: Table, values: NDArray[Any], attributes: dict[str, str], *more: str) -> Variable:
    """Values of all cases, along the axes of the study and further ones."""
    sizes = {axis.name: len(axis.rows) for axis in table.plan.study.axes}
    return (*sizes, *more), values.reshape(*sizes.values(), *values.shape[1:]), attributes


def _peaks(table: Table) -> Iterator[tuple[str, Variable]]:
    """Peaks, by rising frequency, along a dimension of their own."""
    if "peaks" not in table.outputs:
        return
    lists = [row["peaks"] or [] for row in table.rows]
    for key in dict.fromkeys(chain(*chain(*lists))):  # the keys of every peak of every case
        values, name = _padded([[peak[key] for peak in peaks] for peaks in lists]), f"peak_{key}"
        yield name, _variable(table, values, attributes(key) | {"long_name": name.replace("_", " ")}, "peak")


def _spectra(table: Table) -> Iterator[tuple[str, Variable]]:
    """Impedances along `point`; one list of frequencies where all cases have the same."""
    spectra = [(record or {}).get("spectrum", {}) for record in table.records]
    frequencies = [spectrum[FREQUENCY] for spectrum in spectra if spectrum]
    if not frequencies:
        return
    steady = len(set(map(tuple, frequencies))) == 1
    for key in (FREQUENCY, "real_impedance_ohm_cm2", "imaginary_impedance_ohm_cm2"):
        if steady and key == FREQUENCY:
            yield key, (("point",), np.array(frequencies[0]), attributes(key))
        else:
            values = _padded([spectrum.get(key, []) for spectrum in spectra])
            yield key, _variable(table, values, attributes(key), "point")


def _padded(lists: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """A list of numbers per case as an array, NaN where a list is shorter than others."""
    values = np.full((len(lists), max(map(len, lists))), np.nan)
    for row, given in zip(values, lists, strict=True):
        row[: len(given)] = given
    return values


def _array(values: Sequence[Any]) -> NDArray[Any]:
    """Values of one key as an array that netCDF can hold."""
    present = known(values)
    if set(map(type, present)) == {bool}:
        return np.array(_filled(values, NO_FLAG), dtype=np.int8)
    if all(map(is_number, present)):  # also where there is nothing at all
        return np.array(_filled(values, math.nan), dtype=np.float64)
    return np.array(list(map(str, _filled(values, ""))), dtype=object)


def _filled(values: Sequence[Any], missing: Any) -> list[Any]:
    return [missing if value is None else value for value in values]
