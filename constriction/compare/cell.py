"""A simulated cell with one interface, or with two equal ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constriction.case.schema import Case
from constriction.simulation.network.times import RelaxationTimes, constriction_times, electrolyte_times
from constriction.simulation.reading import full_contact
from constriction.simulation.result import Result
from constriction.spectra.reading.slab import ReferenceSlab
from constriction.spectra.spectrum import Spectrum


def half_cell(case: Case, interfaces: int) -> Case:
    """The case to solve: with two equal interfaces the half of the cell.

    Equal interfaces are mirror images of each other, so the plane in the middle is an equipotential, as the counter
    electrode is: half the electrolyte with one interface, twice, is the cell, exactly.
    """
    thickness = case.electrolyte.thickness / interfaces
    return case.model_copy(update={"electrolyte": case.electrolyte.model_copy(update={"thickness": thickness})})


@dataclass(frozen=True, eq=False)
class Cell:
    """A simulated cell, per area: `interfaces` times what `half_cell` gives."""

    result: Result
    interfaces: int

    @property
    def error(self) -> float:
        """Error bar of every Z in the sweep, Ω·m²."""
        return self.interfaces * self.result.spectrum_error

    def spectrum(self, frequency: NDArray[np.float64]) -> Spectrum:
        """The cell at falling frequencies in Hz, (N,)."""
        return Spectrum(frequency, self.interfaces * self.result.impedance(frequency), "ohm m2")

    def full_contact(self, frequency: NDArray[np.float64]) -> ReferenceSlab:
        """The same cell with every interface wholly in contact, at frequencies in Hz."""
        half = full_contact(self.result.case, frequency)
        return replace(half, resistances=self.interfaces * half.resistances)

    def pristine(self, frequency: NDArray[np.float64]) -> Spectrum:
        """The spectrum of `full_contact`, at frequencies in Hz."""
        return Spectrum(frequency, self.full_contact(frequency).impedance, "ohm m2")

    def times(self) -> tuple[RelaxationTimes, RelaxationTimes]:
        """Relaxation times of the constriction and of the electrolyte."""
        parts = constriction_times(self.result), electrolyte_times(self.result.case)
        constriction, slab = (replace(part, resistances=self.interfaces * part.resistances) for part in parts)
        return constriction, slab
