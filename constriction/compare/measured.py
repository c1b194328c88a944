"""Measured spectra, per area as the simulation is; what cannot be read or normalised says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from constriction.spectra.columns.conversions import SampleGeometry
from constriction.spectra.files.readers import ReadOptions
from constriction.spectra.measurement import Measurement
from constriction.spectra.normalisation import normalised, to_area
from constriction.spectra.reading.batch import AnalysedSpectrum, load
from constriction.spectra.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class Loaded:
    """A measured spectrum per area, or why there is none.

    Attributes:
        file: as it was named.
        measurement: as read, None if it could not be.
        spectrum: in Ω·m²; None if it could not be read or normalised.
        area: by which it was multiplied, m²; None if it was per area already.
        thickness: of the electrolyte, m, for values by the cell constant; None: there are none.
        notes: where the area is from.
        error: "" or why there is no spectrum, one line.
    """

    file: str
    measurement: Measurement | None = None
    spectrum: Spectrum | None = None
    area: float | None = None
    thickness: float | None = None
    notes: tuple[str, ...] = ()
    error: str = ""

    @property
    def sweep(self) -> int | None:
        """Its number in the file, None if it could not be read."""
        return None if self.measurement is None else self.measurement.metadata.sweep

    @property
    def name(self) -> str:
        """The file without its folder, and which sweep of several."""
        return Path(self.file).name + (f", sweep {self.sweep}" if self.sweep not in (None, 1) else "")


def load_all(
    paths: Sequence[Path], area: float | None, impedance: str = "", thickness: float | None = None
) -> tuple[Loaded, ...]:
    """Read measured files, several spectra in one or not; what cannot be read has its error.

    Args:
        paths: of any instrument.
        area: of the electrode in m²; None: what each file says.
        impedance: of several in a file, as in `ReadOptions`.
        thickness: of the electrolyte in m, for quantities of a material and for values by the cell constant.
    """
    entries = load(paths, ReadOptions(SampleGeometry(area, thickness), impedance))
    return tuple(replace(_per_area(entry, area), thickness=thickness) for entry in entries)


def _per_area(entry: AnalysedSpectrum, area: float | None) -> Loaded:
    file, measurement = entry.file, entry.measurement
    if measurement is None:
        return Loaded(file, error=entry.error)
    unit = measurement.spectrum.unit
    if unit == "ohm m":
        why = f"{file}: in Ω·cm, normalised to the cell constant; expected Ω, or Ω·cm² as the simulation has"
        return Loaded(file, measurement, error=why)
    if unit == "ohm m2":
        if area is not None:
            return Loaded(file, measurement, error=f"{file}: in Ω·cm², so per area already; expected no --area")
        return Loaded(file, measurement, measurement.spectrum)
    used = measurement.metadata.area if area is None else area
    if used is None:
        why = f"{file}: in Ω, and the file names no area of the electrode; expected --area, such as --area '1.13 cm2'"
        return Loaded(file, measurement, error=why)
    told = f"area {used * 1e4:.6g} cm² from the file; many programs write 1 cm² when nobody typed one"
    notes = () if area is not None else (told,)
    return Loaded(file, measurement, normalised(measurement.spectrum, to_area(used)), used, notes=notes)
