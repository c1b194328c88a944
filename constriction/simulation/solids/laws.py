"""The laws that solids in the electrolyte have of their own, one for each table [[solid]] that has one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError
from constriction.case.schema import Case
from constriction.case.solids.kinds import LayerTable, MetalTable, VoidTable
from constriction.geometry.patches import Layout
from constriction.laws.electrolyte import resistivity_law
from constriction.laws.law import CircuitLaw

# θ of what lets nothing pass, so that the potential in it has a value, and of a metal by itself: relative to 1 they
# change nothing that is as large as an error bar.
INSULATES, CONDUCTS = 1e-9, 1e8
LEAST = 100 * INSULATES
"""θ at rest of what lies across the current: its resistance would be cut off at that of what insulates."""


@dataclass(frozen=True)
class SolidLaw:
    """The law of a table's solids.

    Attributes:
        table: its number.
        law: per length; None: a metal by itself.
        thickness: of a layer in pitches; 0 of bodies.
        pitch: m.
    """

    table: int
    law: CircuitLaw | None
    thickness: float
    pitch: float

    @property
    def blocks(self) -> bool:
        """Whether it is a layer that lets no direct current pass."""
        return self.thickness > 0 and self.law is not None and self.law.resistance == np.inf

    def theta(self, unit: NDArray[np.complex128], frequency: ArrayLike) -> NDArray[np.complex128]:
        """Conductivity over the electrolyte's at frequencies in Hz; `unit` is pitch × resistivity in Ω·m²."""
        if self.law is None:
            return np.full(np.shape(frequency), CONDUCTS, dtype=np.complex128)
        found = np.asarray(self.law.admittance(frequency) * unit / self.pitch, dtype=np.complex128)
        return np.where(np.abs(found) < INSULATES, INSULATES, found)


def solid_laws(case: Case, layout: Layout) -> tuple[SolidLaw, ...]:
    """The laws of a case's solids, in the order of their tables."""
    found = []
    for number, table in enumerate(case.solid):
        if isinstance(table, LayerTable):
            found.append(_of_layer(number, table, case, layout))
        elif isinstance(table, VoidTable) and (law := table.law_of()) is not None:
            found.append(SolidLaw(number, law, 0.0, layout.pitch))
        elif isinstance(table, MetalTable) and table.floating:
            found.append(SolidLaw(number, None, 0.0, layout.pitch))
    return tuple(found)


def _of_layer(number: int, table: LayerTable, case: Case, layout: Layout) -> SolidLaw:
    """The law of a layer; raises InputError where it conducts hardly anything."""
    law, beside = table.law_of(case.electrolyte), resistivity_law(case.electrolyte).resistance
    what, mend = f"solid[{number}]: layer", "a law that blocks direct current, such as 'C1'"
    check_conducts(law, beside, case.sweep.stop, what, mend)
    return SolidLaw(number, law, table.thickness / layout.pitch, layout.pitch)


def check_conducts(law: CircuitLaw, beside: float, lowest: float, what: str, mend: str) -> None:
    """Refuse what lets direct current pass, but hardly any, and what blocks it but hardly conducts in the sweep.

    Args:
        law: of what lies across the current.
        beside: resistance of the electrolyte in the same unit.
        lowest: frequency of the sweep, Hz.
        what: begins the message.
        mend: what else may be given, in words.

    Raises:
        InputError: with how little it conducts.
    """
    if law.resistance < np.inf:
        if (share := beside / law.resistance) < LEAST:
            raise InputError(
                f"{what} conducts {share:.2g} times as well as the electrolyte there; expected at least {LEAST:g} "
                f"times, or {mend}"
            )
    elif (share := float(np.abs(law.admittance(lowest))) * beside) < INSULATES:
        raise InputError(
            f"{what} conducts {share:.2g} times as well as the electrolyte there at sweep.to = {lowest:g} Hz; expected "
            f"at least {INSULATES:g} times: a sweep that ends at higher frequencies"
        )
