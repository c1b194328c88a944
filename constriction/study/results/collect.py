"""From single records to the files of a study: cases.csv, means.csv and study.nc."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray
from numpy.typing import NDArray

from constriction.base.catalogue import QUANTITIES, edge_unit
from constriction.base.files import telling_where, whole_files
from constriction.study.file.axes import Axis
from constriction.study.results.table import Table, csv_text, is_number, means
from constriction.study.run.plan import Plan

CASES, MEANS, DATASET = "cases.csv", "means.csv", "study.nc"
FREQUENCY = "frequency_hertz"
NO_FLAG = -1  # of a truth value that is missing


def write_tables(table: Table, folder: Path) -> list[Path]:
    """Write cases.csv and study.nc, and means.csv where seeds are repeated; each is replaced as a whole.

    Returns:
        The files written.

    Raises:
        StoreError: one cannot be written.
    """
    contents = {CASES: csv_text(table.columns, table.rows).encode()}
    if table.repeated and (rows := list(means(table))):
        contents[MEANS] = csv_text(tuple(rows[0]), rows).encode()
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
    """A study as labelled arrays: one dimension per axis of the study, complex numbers as two real ones.

    Dimensions of a grid and of repeats have the values of their key as coordinates, in SI; those of zip, list and
    latin_hypercube are numbered, and the keys that vary along them are coordinates beside. What is missing is NaN in
    numbers, an empty text, and -1 in truth values.
    """
    axes = table.plan.study.axes
    dimensions = _dimension_names(axes)
    shape = tuple(len(axis.rows) for axis in axes)
    coordinates = dict(_coordinates(table, dimensions))
    variables: dict[str, Any] = {}
    for key in (*(key for key in table.keys if key not in coordinates), *table.outputs, "status", "error"):
        if key != "peaks":
            values = _array([row[key] for row in table.rows]).reshape(shape)
            variables[key] = (dimensions, values, _attributes(key, table.units))
    variables.update(_peaks(table, dimensions, shape))
    variables.update(_spectra(table, dimensions, shape))
    title = {"title": table.plan.study.title, "Conventions": "CF-1.11"}
    return xarray.Dataset(variables, coordinates, title)


def _dimension_names(axes: Sequence[Axis]) -> tuple[str, ...]:
    return tuple(axis.name for axis in axes)


def _coordinates(table: Table, dimensions: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Along each axis the values of its keys."""
    for n, (axis, dimension) in enumerate(zip(table.plan.study.axes, dimensions, strict=True)):
        along = _along(table.plan, n)
        for key in axis.keys:
            yield key, (dimension, _array([entry.labels[key] for entry in along]), _attributes(key, table.units))


def _along(plan: Plan, axis: int) -> list[Any]:
    """The entries along one axis, at the beginning of all others."""
    return [entry for entry in plan.entries if not any(place for n, place in enumerate(entry.places) if n != axis)]


def _peaks(table: Table, dimensions: tuple[str, ...], shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """Peaks, by rising frequency, along a dimension of their own."""
    if "peaks" not in table.outputs:
        return
    lists = [row["peaks"] or [] for row in table.rows]
    for key in dict.fromkeys(key for peaks in lists for peak in peaks for key in peak):
        values = _padded([[peak[key] for peak in peaks] for peaks in lists], shape)
        name = f"peak_{key}"
        yield name, ((*dimensions, "peak"), values, _attributes(key, {}) | {"long_name": name.replace("_", " ")})


def _spectra(table: Table, dimensions: tuple[str, ...], shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """Impedances along `point`; one list of frequencies where all cases have the same."""
    spectra = [(record or {}).get("spectrum", {}) for record in table.records]
    frequencies = [spectrum[FREQUENCY] for spectrum in spectra if spectrum]
    if not frequencies:
        return
    steady = len(set(map(tuple, frequencies))) == 1
    for key in (FREQUENCY, "real_impedance_ohm_cm2", "imaginary_impedance_ohm_cm2"):
        if steady and key == FREQUENCY:
            yield key, ("point", np.array(frequencies[0]), _attributes(key, {}))
        else:
            values = _padded([spectrum.get(key, []) for spectrum in spectra], shape)
            yield key, ((*dimensions, "point"), values, _attributes(key, {}))


def _padded(lists: Sequence[Sequence[float]], shape: Sequence[int]) -> NDArray[np.float64]:
    """A list of numbers per case as an array, NaN where a list is shorter than others."""
    values = np.full((len(lists), max(map(len, lists))), np.nan)
    for row, known in zip(values, lists, strict=True):
        row[: len(known)] = known
    return values.reshape(*shape, -1)


def _array(values: Sequence[Any]) -> NDArray[Any]:
    """Values of one key as an array that netCDF can hold."""
    present = [value for value in values if value is not None]
    if set(map(type, present)) == {bool}:
        return np.array(_filled(values, NO_FLAG), dtype=np.int8)
    if all(map(is_number, present)):  # also where there is nothing at all
        return np.array(_filled(values, math.nan), dtype=np.float64)
    return np.array(list(map(str, _filled(values, ""))), dtype=object)


def _filled(values: Sequence[Any], missing: Any) -> list[Any]:
    return [missing if value is None else value for value in values]


def _attributes(key: str, units: Mapping[str, str]) -> dict[str, str]:
    """Unit and long name of a key."""
    long_name = QUANTITIES[key].long_name if key in QUANTITIES else key.replace("_", " ")
    return {"units": units.get(key) or edge_unit(key).udunits, "long_name": long_name}
