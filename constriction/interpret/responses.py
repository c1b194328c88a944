"""How R_SE, R_int and C_int, read off the spectrum as an experiment does, follow the unknowns of a cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from constriction.base.errors import InputError
from constriction.case.electrolyte import OF_MATERIAL
from constriction.case.schema import Case
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.space import Values
from constriction.simulation.reading import full_contact
from constriction.spectra.reading.apparent import Apparent
from constriction.spectra.reading.reading import RESOLUTION, Reading, Weight, read_all_beside
from constriction.spectra.spectrum import Spectrum

READ = ("R_SE", "R_int", "C_int")
STEP = 0.02  # of a logarithm, either way: a fit is smooth over as much


@dataclass(frozen=True, eq=False)
class Responses:
    """What is read off a spectrum, and how it follows the unknowns.

    Attributes:
        apparent: R_SE and R_int in Ω·m², C_int in F/m².
        powers: d ln of each of `READ` over d ln of each unknown, by the unknown's name; None where it is not read.
        changes: of the spectrum, largest |dZ|/|Z| over d ln of each unknown.
        remark: "" or why there is no R_int.
    """

    apparent: Apparent
    powers: Mapping[str, Mapping[str, float | None]]
    changes: Mapping[str, float]
    remark: str


def responses(case: Case, forward: Forward, values: Values) -> Responses:
    """How what is read off a cell's spectrum follows its unknowns.

    Args:
        case: of the cell; its electrolyte in full contact is what the spectrum is read beside.
        forward: its model, at the frequencies of the measurement.
        values: of the unknowns, (1,) each, SI units.

    Raises:
        InputError: too few frequencies for a fit.
    """
    names = [name for name in values if name != "gap_permittivity"]
    cells = [dict(values)]
    for name in names:
        ends = (np.exp(STEP) * values[name], np.exp(-STEP) * values[name])
        if name == "grain_boundary_exponent":
            ends = (np.minimum(ends[0], 1.0), ends[1])
        cells += [{**values, name: end} for end in ends]
    spectra = [forward.at(cell)[0] for cell in cells]
    readings = _read(case, forward, cells, spectra)
    powers, changes = {}, {}
    for number, name in enumerate(names):
        above, below = 1 + 2 * number, 2 + 2 * number
        step = float(np.log(cells[above][name] / cells[below][name])[0])
        powers[name] = _powers(readings[above].apparent, readings[below].apparent, step)
        difference = np.abs(spectra[above] - spectra[below]) / np.abs(spectra[0])
        changes[name] = float(difference.max()) / step
    return Responses(readings[0].apparent, powers, changes, readings[0].remark)


def _read(case: Case, forward: Forward, cells: list[dict[str, np.ndarray]], spectra: list[np.ndarray]) -> list[Reading]:
    """Each cell's spectrum as an experiment reads it, beside its own electrolyte in full contact."""
    if not np.all(np.diff(forward.frequency) < 0):
        raise InputError(f"{forward.frequency.size} frequencies: expected at least two, falling")
    pairs = []
    for cell, impedance in zip(cells, spectra, strict=True):
        own = {name: float(cell[name][0]) for name in OF_MATERIAL if name in cell}
        electrolyte = case.electrolyte.model_copy(update=own)
        slab = full_contact(case.model_copy(update={"electrolyte": electrolyte}), forward.frequency)
        pairs.append((Spectrum(forward.frequency, impedance, "ohm m2"), slab))
    return read_all_beside(pairs, Weight(RESOLUTION, noise=False))


def _powers(above: Apparent, below: Apparent, step: float) -> dict[str, float | None]:
    """Slopes of logarithms between two readings, whose unknown differs by `step` in its logarithm."""
    found: dict[str, float | None] = {}
    for name in READ:
        high, low = getattr(above, name), getattr(below, name)
        found[name] = None if high is None or low is None else float(np.log(high / low)) / step
    return found
