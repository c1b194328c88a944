"""Spectra at several temperatures: the conductivity of the electrolyte and its activation energy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from constriction.spectra.arrhenius import Activation, activation_energy
from constriction.spectra.normalisation import Normalisation, scaled
from constriction.spectra.reading.apparent import apparent
from constriction.spectra.reading.batch import AnalysedSpectrum
from constriction.spectra.spectrum import EDGE_UNITS

# In K: less is the scatter of one temperature.
SMALLEST_SPREAD = 2.0
DEFINITION = (
    "lines of ln(sigma T) and ln(sigma) against 1/T, each point with the same weight; sigma = 1/R_SE of the spectra in "
    "ohm cm, or 1/R_SE in its place where area and thickness are not given; stderr: from the scatter about the line, "
    "null with two temperatures"
)


@dataclass(frozen=True)
class Point:
    """One temperature.

    Attributes:
        file: of the spectrum.
        sweep: in the file.
        temperature: in K.
        resistance: R_SE in SI of the unit of the series.
        stderr: of the resistance, None where the fit gives none.
    """

    file: str
    sweep: int
    temperature: float
    resistance: float
    stderr: float | None


@dataclass(frozen=True)
class TemperatureSeries:
    """Spectra at several temperatures.

    Attributes:
        points: at least two, in the order of the spectra.
        unit: of R_SE, as in `Spectrum`; "ohm m" makes a conductivity.
        sigma_t: activation energy of σT (or of T/R_SE).
        sigma: activation energy of σ (or of 1/R_SE).
    """

    points: tuple[Point, ...]
    unit: str
    sigma_t: Activation
    sigma: Activation

    @property
    def of_conductivity(self) -> bool:
        """Whether a conductivity is known, and not only 1/R."""
        return self.unit == "ohm m"


def temperature_series(entries: Sequence[AnalysedSpectrum], by: Normalisation | None) -> TemperatureSeries | None:
    """The spectra whose temperature their files tell; None if they are of one temperature, or in several units.

    Args:
        entries: analysed spectra; those without fit or temperature do not take part.
        by: what normalises them, or None.
    """
    points, units = [], set()
    for entry in entries:
        if (point := _point(entry, by)) and entry.measurement:
            points.append(point)
            units.add(by.unit if by else entry.measurement.spectrum.unit)
    temperatures = [point.temperature for point in points]
    if len(units) != 1 or max(temperatures) - min(temperatures) < SMALLEST_SPREAD:
        return None
    resistances = [point.resistance for point in points]
    hopping, plain = (activation_energy(temperatures, resistances, times) for times in (True, False))
    return TemperatureSeries(tuple(points), units.pop(), hopping, plain)


def _point(entry: AnalysedSpectrum, by: Normalisation | None) -> Point | None:
    if entry.fit is None or entry.measurement is None:
        return None
    metadata, found = entry.measurement.metadata, apparent(entry.fit, entry.identities)
    if metadata.temperature is None or not 0 < found.R_SE < math.inf:
        return None
    scale, stderr = by.scale if by else 1.0, found.R_SE_stderr
    return Point(entry.file, metadata.sweep, metadata.temperature, found.R_SE * scale, scaled(stderr, scale))


def series_record(series: TemperatureSeries) -> dict[str, Any]:
    """The element `arrhenius` of fit.json."""
    what = "conductivity" if series.of_conductivity else "one_over_R_SE"
    return {
        "of": what,
        "definition": DEFINITION,
        "points": [dict(zip(point_names(series), point_values(series, point), strict=True)) for point in series.points],
        f"{what}_times_temperature": _activation(series.sigma_t),
        what: _activation(series.sigma),
    }


def _activation(found: Activation) -> dict[str, float | None]:
    return {
        "activation_energy_eV": found.energy,
        "activation_energy_stderr_eV": found.stderr,
        "r_squared": found.r_squared,
    }


def point_names(series: TemperatureSeries) -> list[str]:
    """The names of what `point_values` gives."""
    ohm = EDGE_UNITS[series.unit].suffix
    names = ["file", "sweep", "temperature_kelvin", f"R_SE_{ohm}", f"R_SE_stderr_{ohm}"]
    conductivity = ["conductivity_siemens_per_cm", "conductivity_stderr_siemens_per_cm"]
    return names + conductivity * series.of_conductivity


def point_values(series: TemperatureSeries, point: Point) -> list[Any]:
    """One row of arrhenius.csv."""
    factor = EDGE_UNITS[series.unit].factor
    resistance, stderr = point.resistance * factor, scaled(point.stderr, factor)
    row: list[Any] = [point.file, point.sweep, point.temperature, resistance, stderr]
    if series.of_conductivity:
        row += [1 / resistance, None if stderr is None else stderr / resistance**2]
    return row
