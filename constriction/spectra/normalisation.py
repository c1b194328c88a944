"""From a cell's ohms to numbers that cells of different size share: per area, or by the cell constant.

Definitions: docs/physics.md#normalisation.

The paper normalises to the cell constant, because its polished pellets differ in thickness: "to the total conduction
volume, using the fitted bulk and grain boundary resistance of the pristine cell" (Experimental Section). With
R_SE = ρ·d/A of the pristine cell that is the geometric constant A/d = ρ/R_SE, without measuring A or d.
"""

import math
from dataclasses import dataclass

from constriction.base.errors import InputError
from constriction.spectra.spectrum import Spectrum

FARAD_PER_METRE = 1e7  # in nF/cm
FARAD_PER_SQUARE_METRE = 1e5  # in nF/cm²


@dataclass(frozen=True)
class Normalisation:
    """What turns a cell's values into material or interface values.

    Attributes:
        scale: Z times this is normalised, C divided by this: A in m², or A/d in m.
        unit: of the normalised impedance, "ohm m2" or "ohm m".
    """

    scale: float
    unit: str


def to_area(area: float) -> Normalisation:
    """Per area of electrode: R in Ω·m², C in F/m².

    Args:
        area: in m².

    Raises:
        InputError: not finite and positive.
    """
    return Normalisation(_positive("area", area, "m²"), "ohm m2")


def to_cell_constant(area: float, thickness: float) -> Normalisation:
    """By the geometric cell constant: R·(A/d) in Ω·m, C·(d/A) in F/m.

    Args:
        area: of the electrode in m².
        thickness: of the electrolyte in m.

    Raises:
        InputError: one is not finite and positive.
    """
    scale = _positive("area", area, "m²") / _positive("thickness", thickness, "m")
    return Normalisation(_positive("area/thickness", scale, "m"), "ohm m")


def to_pristine_cell(pristine_resistance: float, conductivity: float) -> Normalisation:
    """By the cell constant that the pristine cell's electrolyte resistance tells, as in the paper.

    All pristine cells then have the same R_SE = 1/conductivity, as in the paper's Figs 3 and 4.

    Args:
        pristine_resistance: R_SE (bulk and grain boundary) fitted to the cell before deposition, in Ω.
        conductivity: of the electrolyte (both in series) in S/m; NZSP at 25 °C: 0.5.

    Raises:
        InputError: one is not finite and positive.
    """
    resistance = _positive("pristine R_SE", pristine_resistance, "Ω")
    scale = 1 / (resistance * _positive("conductivity", conductivity, "S/m"))
    return Normalisation(_positive("1/(R_SE·conductivity)", scale, "m"), "ohm m")


def normalised(spectrum: Spectrum, by: Normalisation) -> Spectrum:
    """Normalise a cell's spectrum.

    Args:
        spectrum: of a cell, in Ω.
        by: area or cell constant.

    Raises:
        InputError: the spectrum is not in Ω, so it is normalised already.
    """
    if spectrum.unit != "ohm":
        raise InputError(
            f"spectrum.unit = {spectrum.unit!r}: expected 'ohm', a cell's spectrum; it is normalised already"
        )
    return Spectrum(spectrum.frequency, spectrum.impedance * by.scale, by.unit)


def normalised_resistance(resistance: float, by: Normalisation) -> float:
    """A cell's resistance in Ω becomes Ω·m² or Ω·m."""
    return resistance * by.scale


def normalised_capacitance(capacitance: float, by: Normalisation) -> float:
    """A cell's capacitance in F becomes F/m² or F/m (`FARAD_PER_METRE` takes the latter to nF/cm)."""
    return capacitance / by.scale


def _positive(name: str, value: float, unit: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{name} = {value!r} {unit}: expected a finite positive number")
    return value
