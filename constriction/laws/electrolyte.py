"""The electrolyte's complex resistivity: bulk and, in series, grain boundaries (brick layer).

Fields vary as e^{+iωt}. Grain boundaries are homogenised: this holds while contact spots are much larger
than a grain.
"""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.constants import VACUUM_PERMITTIVITY

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


def resistivity(electrolyte: Conductor, frequency: ArrayLike) -> NDArray[np.complex128]:
    """Complex resistivity ρ(ω) = 1/(σ_b + iωε0ε_r) + (1/σ_gb)/(1 + (iω/ω_gb)^α).

    The second term is absent when the electrolyte has no grain-boundary conductivity.

    Args:
        electrolyte: conductivities in S/m, grain-boundary frequency in Hz.
        frequency: in Hz, any shape; 0 gives the direct-current value.

    Returns:
        Resistivity in Ω·m, of the shape of `frequency`.
    """
    f = np.asarray(frequency, dtype=np.float64)
    sigma_b = electrolyte.bulk_conductivity
    displacement = 2j * np.pi * f * (VACUUM_PERMITTIVITY * electrolyte.relative_permittivity)
    rho = 1 / (sigma_b + displacement)
    sigma_gb = electrolyte.grain_boundary_conductivity
    if sigma_gb is not None:
        dispersion = (1j * f / electrolyte.grain_boundary_frequency) ** electrolyte.grain_boundary_exponent
        rho = rho + (1 / sigma_gb) / (1 + dispersion)
    return np.asarray(rho, dtype=np.complex128)


def dc_resistivity(electrolyte: Conductor) -> float:
    """Resistivity at zero frequency, 1/σ_b + 1/σ_gb, in Ω·m."""
    rho = 1 / electrolyte.bulk_conductivity
    if electrolyte.grain_boundary_conductivity is not None:
        rho += 1 / electrolyte.grain_boundary_conductivity
    return rho
