"""The spectrum of a result as an experimenter would read it: beside the same slab in full contact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.case.electrolyte import Electrolyte
from constriction.case.schema import Case
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY
from constriction.simulation.result import Result
from constriction.spectra.reading.apparent import Apparent, with_numerical_error
from constriction.spectra.reading.reading import RESOLUTION, Reading, Weight, read_all_beside
from constriction.spectra.reading.slab import ReferenceSlab


class ReadOff(NamedTuple):
    """Apparent R_SE, R_int (Ω·m²) and C_int (F/m²) and the circuit that they are of; None, and why, without a fit."""

    apparent: Apparent | None
    circuit: str | None
    remark: str


def read_off(results: Sequence[Result]) -> list[ReadOff]:
    """Read R_SE, R_int and C_int off the spectrum of each result.

    Never fails: what does not allow a fit is told in the remark. Z of a simulation is analytic, so the
    Kramers-Kronig rule, which a measurement has to pass, would leave nothing out.
    """
    pairs = [(one.spectrum, full_contact(one.case, one.spectrum.frequency)) for one in results]
    try:
        readings = read_all_beside(pairs, Weight(RESOLUTION, noise=False))
    except (ValueError, ArithmeticError) as error:  # too few points, or numbers at the limits of a double
        if len(results) == 1:
            return [ReadOff(None, None, f"the sweep does not allow a fit: {error}")]
        return [read_off([one])[0] for one in results]
    return [_told(*both) for both in zip(readings, results, strict=True)]


def _told(reading: Reading, result: Result) -> ReadOff:
    return ReadOff(with_numerical_error(reading.apparent, result.spectrum_error), reading.circuit, reading.remark)


def full_contact(case: Case, frequency: NDArray[np.float64]) -> ReferenceSlab:
    """The slab with the whole interface in contact, as a spectrum is read beside it; frequency in Hz, falling; Ω·m²."""
    return _full_contact(case.electrolyte, frequency.tobytes())


@lru_cache  # many cases of a study have one electrolyte
def _full_contact(electrolyte: Electrolyte, frequency: bytes) -> ReferenceSlab:
    permittivity = VACUUM_PERMITTIVITY * electrolyte.relative_permittivity
    arcs = [(electrolyte.bulk_conductivity, electrolyte.bulk_conductivity / (2 * math.pi * permittivity), 1.0)]
    if electrolyte.grain_boundary_conductivity is not None:
        boundaries = electrolyte.grain_boundary_frequency, electrolyte.grain_boundary_exponent
        arcs.append((electrolyte.grain_boundary_conductivity, *boundaries))
    conductivities, apexes, exponents = (np.array(column) for column in zip(*arcs, strict=True))
    return ReferenceSlab(np.frombuffer(frequency), electrolyte.thickness / conductivities, apexes, exponents)
