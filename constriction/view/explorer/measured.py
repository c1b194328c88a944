"""Measured spectra in the form in which the page's own reader leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.measurement import Measurement

MOST_POINTS = 500
"""As many points of a spectrum are put into the page, as thinning.js keeps."""
SIZES = {"area": (1e-9, 1e-1, "0.001 mm2 to 1000 cm2"), "thickness": (1e-5, 1e-2, "10 um to 10 mm")}
"""Of a sample in the page, m² and m: as measurement.js and the slider have them."""


def check_size(option: str, value: float | None, kind: str) -> None:
    """Refuse a size that the page cannot show.

    Raises:
        InputError: it is beyond `SIZES`.
    """
    low, high, words = SIZES[kind]
    if value is not None and not low <= value <= high:
        raise InputError(f"{option}: {value:g} {'m2' if kind == 'area' else 'm'}; expected {words}")


def with_own_names(files: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Measured files of which each has a name of its own: x.csv, x.csv (2)."""
    taken: set[str] = set()
    for one in files:
        number = 1
        while one["name"] in taken:
            number += 1
            one["name"] = f"{one['file']} ({number})"
        taken.add(one["name"])
    return list(files)


def measured_data(name: str, measurements: Sequence[Measurement]) -> dict[str, Any]:
    """A measured file for the page, JSON.

    Args:
        name: of the file, shown as it is.
        measurements: its sweeps.

    Returns:
        `name` and `file`, both as given; `spectra` with `label`, number of `points` before they were thinned,
        `frequency` in Hz, `re` and `im` in Ω, or in Ω·m² where `perArea`; what was `understood`, line by line;
        `area` in m² and `thickness` in m, None where the file does not say.

    Raises:
        InputError: a spectrum that is neither of a cell nor per area.
    """
    first = measurements[0]
    for one in measurements:
        if one.spectrum.unit not in ("ohm", "ohm m2"):
            raise InputError(f"{name}: a spectrum in {one.spectrum.unit!r}; expected one of a cell, or per area")
    return {
        "name": name,
        "file": name,
        "understood": _understood(first, len(measurements)),
        "area": first.metadata.area,
        "thickness": first.metadata.thickness,
        "spectra": [_spectrum(one, number) for number, one in enumerate(measurements, 1)],
    }


def _spectrum(measurement: Measurement, number: int) -> dict[str, Any]:
    spectrum, cycle = measurement.spectrum, measurement.metadata.cycle
    kept = thinned(spectrum.frequency)
    return {
        "label": f"sweep {number}" if cycle is None else f"sweep {number}, cycle {cycle}",
        "perArea": spectrum.unit == "ohm m2",
        "points": spectrum.frequency.size,
        "frequency": spectrum.frequency[kept].tolist(),
        "re": spectrum.impedance.real[kept].tolist(),
        "im": spectrum.impedance.imag[kept].tolist(),
    }


def thinned(frequency: NDArray[np.float64], most: int = MOST_POINTS) -> NDArray[np.intp]:
    """Which points of a spectrum are kept, at most so many: evenly in the logarithm of the frequency, both ends."""
    if frequency.size <= most:
        return np.arange(frequency.size)
    order = np.argsort(-frequency, kind="stable")
    place = np.log(frequency[order])
    span = place[0] - place[-1]
    part = np.floor((place[0] - place) / (span or 1.0) * (most - 1) + 1e-9)
    kept = np.unique(part, return_index=True)[1]
    return order[kept]


def _understood(first: Measurement, count: int) -> list[str]:
    """What was recognised, decided, and seems wrong."""
    head = first.metadata
    said = [f"read by constriction: {head.instrument or 'no instrument recognised'}"]
    if count > 1:
        said.append(f"{count} sweeps")
    return [*said, *first.notes, *(f"warning: {warning}" for warning in first.warnings)]
