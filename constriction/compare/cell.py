"""A simulated cell with one interface, or with two equal ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.case.regions import CounterElectrode
from constriction.case.schema import Case
from constriction.simulation.counter import check_apart
from constriction.simulation.network.times import RelaxationTimes, constriction_times, electrolyte_times
from constriction.simulation.reading import full_contact
from constriction.simulation.result import Result
from constriction.spectra.reading.slab import ReferenceSlab
from constriction.spectra.spectrum import Spectrum


def cell_case(case: Case, interfaces: int) -> Case:
    """The case to solve: itself, or for two equal interfaces one with `counter.symmetric`.

    A slab too thin for that, on which the interfaces feel each other, is `half_cell`.
    """
    if interfaces == 1:
        return case
    whole = case.model_copy(update={"counter": CounterElectrode(symmetric=True)})
    try:
        check_apart(whole)
    except InputError:
        return half_cell(case, interfaces)
    return whole


def half_cell(case: Case, interfaces: int) -> Case:
    """A cell of equal interfaces, cut into equal parts of one interface each.

    Two equal interfaces are mirror images of each other, so the plane in the middle is an equipotential, as the counter
    electrode is: half the electrolyte with one interface, twice, is the cell, exactly.
    """
    thickness = case.electrolyte.thickness / interfaces
    return case.model_copy(update={"electrolyte": case.electrolyte.model_copy(update={"thickness": thickness})})


@dataclass(frozen=True, eq=False)
class Cell:
    """A simulated cell of so many equal `interfaces`, per area: the result of `cell_case` or of `half_cell`."""

    result: Result
    interfaces: int

    @property
    def parts(self) -> int:
        """How many times the result is in the cell: a half twice."""
        return 1 if self.result.sides else self.interfaces

    @property
    def R_cstr(self) -> tuple[float | None, float | None]:
        """R_cstr and its error bar in Ω·m², of one of the equal interfaces, of unlike ones their sum."""
        one = self.result.sides[0] if self.result.sides and self.interfaces == 2 else self.result
        return one.R_cstr, one.R_cstr_error

    @property
    def error(self) -> float:
        """Error bar of every Z in the sweep, Ω·m²."""
        return self.parts * self.result.spectrum_error

    def spectrum(self, frequency: NDArray[np.float64]) -> Spectrum:
        """The cell at falling frequencies in Hz, (N,)."""
        return Spectrum(frequency, self.parts * self.result.impedance(frequency), "ohm m2")

    def full_contact(self, frequency: NDArray[np.float64]) -> ReferenceSlab:
        """The same cell with every interface wholly in contact, at frequencies in Hz."""
        half = full_contact(self.result.case, frequency)
        return replace(half, resistances=self.parts * half.resistances)

    def pristine(self, frequency: NDArray[np.float64]) -> Spectrum:
        """The spectrum of `full_contact`, at frequencies in Hz."""
        return Spectrum(frequency, self.full_contact(frequency).impedance, "ohm m2")

    def times(self) -> tuple[RelaxationTimes, RelaxationTimes]:
        """Relaxation times of the constriction and of the electrolyte."""
        parts = constriction_times(self.result), electrolyte_times(self.result.case)
        constriction, slab = (replace(part, resistances=self.parts * part.resistances) for part in parts)
        return constriction, slab
