"""Measured spectra in the form in which the page's own reader leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from constriction.base.errors import InputError
from constriction.spectra.measurement import Measurement


def measured_data(name: str, measurements: Sequence[Measurement]) -> dict[str, Any]:
    """A measured file for the page, JSON.

    Args:
        name: of the file, shown as it is.
        measurements: its sweeps.

    Returns:
        `name`; `spectra` with `label`, `frequency` in Hz, `re` and `im` in Ω, or in Ω·m² where `perArea`; what was
        `understood`, line by line; `area` in m² and `thickness` in m, None where the file does not say.

    Raises:
        InputError: a spectrum that is neither of a cell nor per area.
    """
    first = measurements[0]
    for one in measurements:
        if one.spectrum.unit not in ("ohm", "ohm m2"):
            raise InputError(f"{name}: a spectrum in {one.spectrum.unit!r}; expected one of a cell, or per area")
    return {
        "name": name,
        "understood": _understood(first, len(measurements)),
        "area": first.metadata.area,
        "thickness": first.metadata.thickness,
        "spectra": [_spectrum(one, number) for number, one in enumerate(measurements, 1)],
    }


def _spectrum(measurement: Measurement, number: int) -> dict[str, Any]:
    spectrum, cycle = measurement.spectrum, measurement.metadata.cycle
    return {
        "label": f"sweep {number}" if cycle is None else f"sweep {number}, cycle {cycle}",
        "perArea": spectrum.unit == "ohm m2",
        "frequency": spectrum.frequency.tolist(),
        "re": spectrum.impedance.real.tolist(),
        "im": spectrum.impedance.imag.tolist(),
    }


def _understood(first: Measurement, count: int) -> list[str]:
    """What was recognised, decided, and seems wrong."""
    head = first.metadata
    said = [f"read by constriction: {head.instrument or 'no instrument recognised'}"]
    if count > 1:
        said.append(f"{count} sweeps")
    return [*said, *first.notes, *(f"warning: {warning}" for warning in first.warnings)]
