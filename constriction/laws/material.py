"""What the laws of an electrolyte come from: its grains (brick layer) and its temperature (Arrhenius)."""

import math
from typing import NamedTuple

from constriction.base.constants import BOLTZMANN, VACUUM_PERMITTIVITY


class GrainBoundaries(NamedTuple):
    """What grain boundaries are in series with the bulk.

    Attributes:
        conductivity: σ_gb, effective, S/m.
        frequency: f_gb, Hz.
    """

    conductivity: float
    frequency: float


def brick_layer(grain_size: float, thickness: float, conductivity: float, permittivity: float) -> GrainBoundaries:
    """Grain boundaries as the brick layer has them: one after each grain, in series with it.

    The current passes one boundary per grain, so σ_gb = σ_local·(grain size)/thickness. A boundary conducts and stores
    charge over the same area and thickness, so f_gb = σ_local/(2πε0ε_r) whatever its geometry. Boundaries along the
    current are left out: they are thin, and conduct less than grains.

    Args:
        grain_size: mean distance of boundaries along the current, m.
        thickness: of a boundary, m.
        conductivity: σ_local inside a boundary, S/m.
        permittivity: ε_r inside a boundary, dimensionless.

    Returns:
        Effective conductivity in S/m, frequency in Hz.
    """
    frequency = conductivity / (2 * math.pi * VACUUM_PERMITTIVITY * permittivity)
    return GrainBoundaries(conductivity / (thickness / grain_size), frequency)


def arrhenius(energy: float, temperature: float, reference: float, *, times_temperature: bool) -> float:
    """The factor between a conductivity at two temperatures, exactly 1 at the reference.

    Args:
        energy: activation energy in eV.
        temperature: wanted, in K.
        reference: the temperature in K at which the conductivity is known.
        times_temperature: the energy is that of σT, as hopping has it: σ ∝ exp(−E/kT)/T; else that of σ.

    Returns:
        (T₀/T)·exp(−E/k·(1/T − 1/T₀)), without T₀/T for the energy of σ; dimensionless.
    """
    prefactor = reference / temperature if times_temperature else 1.0
    return prefactor * math.exp(-energy / BOLTZMANN * (1 / temperature - 1 / reference))
