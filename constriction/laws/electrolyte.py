"""The electrolyte's complex resistivity: bulk and, in series, grain boundaries (brick layer).

Fields vary as e^{+iωt}. Grain boundaries are homogenised: this holds while contact spots are much larger
than a grain.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from constriction.case.schema import Electrolyte

VACUUM_PERMITTIVITY = 8.8541878188e-12
"""Electric constant ε0 in F/m (CODATA 2022)."""


def resistivity(electrolyte: "Electrolyte", frequency: ArrayLike) -> NDArray[np.complex128]:
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


def conductivity(electrolyte: "Electrolyte", frequency: ArrayLike) -> NDArray[np.complex128]:
    """Complex conductivity κ(ω) = 1/ρ(ω).

    Args:
        electrolyte: conductivities in S/m, grain-boundary frequency in Hz.
        frequency: in Hz, any shape; 0 gives the direct-current value.

    Returns:
        Conductivity in S/m, of the shape of `frequency`.
    """
    return np.asarray(1 / resistivity(electrolyte, frequency), dtype=np.complex128)


def dc_resistivity(electrolyte: "Electrolyte") -> float:
    """Resistivity at zero frequency, 1/σ_b + 1/σ_gb, in Ω·m."""
    rho = 1 / electrolyte.bulk_conductivity
    if electrolyte.grain_boundary_conductivity is not None:
        rho += 1 / electrolyte.grain_boundary_conductivity
    return rho
