"""The electrolyte's complex resistivity: bulk and, in series, grain boundaries (brick layer), a circuit per length.

Fields vary as e^{+iωt}. Grain boundaries are homogenised: this holds while contact spots are much larger
than a grain.
"""

import math
from functools import lru_cache
from typing import Protocol

from numpy.typing import ArrayLike

from constriction.base.constants import VACUUM_PERMITTIVITY
from constriction.laws.arrays import Complexes
from constriction.laws.circuit import parse_circuit
from constriction.laws.law import CircuitLaw

__all__ = ["VACUUM_PERMITTIVITY", "Conductor", "dc_resistivity", "resistivity"]


class Conductor(Protocol):
    """What the resistivity needs to know of an electrolyte; the case's [electrolyte] is one.

    Conductivities in S/m, those of the grain boundaries None if there are none; their frequency in Hz.
    """

    @property
    def bulk_conductivity(self) -> float:
        """σ_b in S/m."""

    @property
    def relative_permittivity(self) -> float:
        """ε_r of the bulk."""

    @property
    def grain_boundary_conductivity(self) -> float | None:
        """σ_gb in S/m, effective and in series with the bulk; None: no grain boundaries."""

    @property
    def grain_boundary_frequency(self) -> float:
        """f_gb in Hz."""

    @property
    def grain_boundary_exponent(self) -> float:
        """α, dimensionless."""


def resistivity(electrolyte: Conductor, frequency: ArrayLike) -> Complexes:
    """Complex resistivity ρ(ω) = 1/(σ_b + iωε0ε_r) + (1/σ_gb)/(1 + (iω/ω_gb)^α), the impedance of its circuit.

    The second term is absent when the electrolyte has no grain-boundary conductivity.

    Args:
        electrolyte: conductivities in S/m, grain-boundary frequency in Hz.
        frequency: in Hz, any shape; 0 gives the direct-current value.

    Returns:
        Resistivity in Ω·m, of the shape of `frequency`.
    """
    return resistivity_law(electrolyte).impedance(frequency)


def dc_resistivity(electrolyte: Conductor) -> float:
    """Resistivity at zero frequency, 1/σ_b + 1/σ_gb, in Ω·m."""
    return resistivity_law(electrolyte).resistance


def resistivity_law(electrolyte: Conductor) -> CircuitLaw:
    """The electrolyte as a circuit per length, `p(R1,C1)-RQ2`, or `p(R1,C1)` without grain boundaries.

    Args:
        electrolyte: conductivities in S/m, grain-boundary frequency in Hz.

    Returns:
        The law, its values in Ω·m, F/m, Ω·m, S·s^α/m and α.
    """
    return _law(
        electrolyte.bulk_conductivity,
        electrolyte.relative_permittivity,
        electrolyte.grain_boundary_conductivity,
        electrolyte.grain_boundary_frequency,
        electrolyte.grain_boundary_exponent,
    )


@lru_cache(maxsize=1024)
def _law(bulk: float, permittivity: float, boundary: float | None, frequency: float, exponent: float) -> CircuitLaw:
    values = 1 / bulk, VACUUM_PERMITTIVITY * permittivity
    if boundary is None:
        return CircuitLaw(parse_circuit("p(R1,C1)"), values)
    charge = boundary / (2 * math.pi * frequency) ** exponent
    return CircuitLaw(parse_circuit("p(R1,C1)-RQ2"), (*values, 1 / boundary, charge, exponent))
