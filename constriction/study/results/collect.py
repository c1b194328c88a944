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

from constriction.base.files import telling_where, whole_files
from constriction.study.file.axes import Axis
from constriction.study.results.table import Table, csv_text, is_number, means
from constriction.study.run.plan import Plan

CASES, MEANS, DATASET = "cases.csv", "means.csv", "study.nc"
UNITS = {  # endings of keys, longest first
    "_farad_per_cm2": "F cm-2",
    "_ohm_cm2": "ohm cm2",
    "_ohm_cm": "ohm cm",
    "_farad_per_cm": "F cm-1",
    "_hertz": "Hz",
}
LONG_NAMES = {
    "R_cstr_ohm_cm2": "constriction resistance",
    "R_cstr_error_ohm_cm2": "error bar of the constriction resistance",
    "C_cstr_farad_per_cm2": "constriction capacitance, from the apex of -Im Z_cstr",
    "C_low_farad_per_cm2": "low-frequency limit of the gap's capacitance",
    "C_high_farad_per_cm2": "high-frequency limit of the gap's capacitance",
    "f_cstr_hertz": "frequency of the apex of -Im Z_cstr",
    "R_electrolyte_ohm_cm2": "resistance of the electrolyte in full contact",
    "R_dc_ohm_cm2": "resistance at zero frequency",
    "spectrum_error_ohm_cm2": "largest error bar of any impedance of the sweep",
}
SPECTRUM = {
    "frequency_hertz": "frequency, falling",
    "real_impedance_ohm_cm2": "real part of the impedance",
    "imaginary_impedance_ohm_cm2": "imaginary part of the impedance",
}
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
    most = max(map(len, lists))
    for key in dict.fromkeys(key for peaks in lists for peak in peaks for key in peak):
        values = np.full((len(lists), most), np.nan)
        for n, peaks in enumerate(lists):
            values[n, : len(peaks)] = [peak[key] for peak in peaks]
        name = f"peak_{key}"
        yield name, ((*dimensions, "peak"), values.reshape(*shape, most), _attributes(name, {}))


def _spectra(table: Table, dimensions: tuple[str, ...], shape: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """Impedances along `point`; one list of frequencies where all cases have the same."""
    spectra = [(record or {}).get("spectrum") for record in table.records]
    known = [spectrum for spectrum in spectra if spectrum]
    if not known:
        return
    most = max(len(spectrum["frequency_hertz"]) for spectrum in known)
    one = all(spectrum["frequency_hertz"] == known[0]["frequency_hertz"] for spectrum in known)
    for key, words in SPECTRUM.items():
        attributes = {**_attributes(key, {}), "long_name": words}
        if one and key == "frequency_hertz":
            yield key, ("point", np.array(known[0][key]), attributes)
            continue
        values = np.full((len(spectra), most), np.nan)
        for n, spectrum in enumerate(spectra):
            if spectrum:
                values[n, : len(spectrum[key])] = spectrum[key]
        yield key, ((*dimensions, "point"), values.reshape(*shape, most), attributes)


def _array(values: Sequence[Any]) -> NDArray[Any]:
    """Values of one key as an array that netCDF can hold."""
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, bool) for value in present):
        return np.array([NO_FLAG if value is None else int(value) for value in values], dtype=np.int8)
    if all(is_number(value) for value in present):  # also where there is nothing at all
        return np.array([math.nan if value is None else float(value) for value in values])
    return np.array(["" if value is None else str(value) for value in values], dtype=object)


def _attributes(key: str, units: Mapping[str, str]) -> dict[str, str]:
    """Unit and long name of a key."""
    unit = units.get(key) or next((unit for ending, unit in UNITS.items() if key.endswith(ending)), "1")
    return {"units": unit, "long_name": LONG_NAMES.get(key, key.replace("_", " "))}
