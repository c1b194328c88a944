"""From a cell's ohms to numbers that cells of different size share: per area, or by the cell constant.

Definitions: docs/physics.md#normalisation.

The paper normalises to the cell constant, because its polished pellets differ in thickness: "to the total conduction
volume, using the fitted bulk and grain boundary resistance of the pristine cell" (Experimental Section). With
R_SE = ρ·d/A of the pristine cell that is the geometric constant A/d = ρ/R_SE, without measuring A or d.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from constriction.base.errors import InputError
from constriction.spectra.spectrum import EDGE_UNITS, Spectrum

type Written = dict[str, float | None]


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


class EdgeScale(NamedTuple):
    """One unit in which resistances and capacitances are written.

    Attributes:
        ohm: ends the names of resistances.
        farad: ends the names of capacitances.
        factor: resistance written over resistance in the spectrum's SI unit; NaN: unknown, written as null.
    """

    ohm: str
    farad: str
    factor: float


def scales(unit: str, by: Normalisation | None, beside: Normalisation | None = None) -> tuple[EdgeScale, ...]:
    """Units in which the values of one spectrum are written, the one that is shown last.

    Args:
        unit: of the spectrum.
        by: what normalises a spectrum in "ohm"; None: nothing does.
        beside: another normalisation that is written too.
    """
    found = [EdgeScale("ohm", "farad", 1.0 if unit == "ohm" else math.nan)]
    for way in (beside, by):
        if way is not None:
            found.append(_edge_scale(way.unit, way.scale))
    if by is None and unit != "ohm":
        found.append(_edge_scale(unit, 1.0))
    return tuple(found)


def _edge_scale(unit: str, scale: float) -> EdgeScale:
    edge = EDGE_UNITS[unit]
    return EdgeScale(edge.suffix, edge.suffix.replace("ohm_", "farad_per_"), scale * edge.factor)


def scaled(value: float | None, factor: float) -> float | None:
    """A value times a factor; what is not there stays so."""
    return None if value is None else value * factor


def resistance_in(name: str, value: float | None, used: Sequence[EdgeScale]) -> Written:
    """A resistance (SI of the spectrum) in all units, by name."""
    return {f"{name}_{scale.ohm}": scaled(value, scale.factor) for scale in used}


def capacitance_in(name: str, value: float | None, used: Sequence[EdgeScale]) -> Written:
    """A capacitance (SI of the spectrum) in all units, by name."""
    return {f"{name}_{scale.farad}": scaled(value, 1 / scale.factor) for scale in used}


def resistance_with_error(name: str, value: float | None, stderr: float | None, used: Sequence[EdgeScale]) -> Written:
    """A resistance and its standard error (SI of the spectrum) in all units, by name."""
    return resistance_in(name, value, used) | resistance_in(f"{name}_stderr", stderr, used)


def capacitance_with_error(name: str, value: float | None, stderr: float | None, used: Sequence[EdgeScale]) -> Written:
    """A capacitance and its standard error (SI of the spectrum) in all units, by name."""
    return capacitance_in(name, value, used) | capacitance_in(f"{name}_stderr", stderr, used)


def _positive(name: str, value: float, unit: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{name} = {value!r} {unit}: expected a finite positive number")
    return value
