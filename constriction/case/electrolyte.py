"""The section [electrolyte] of a case."""

from pydantic import Field

from constriction.case.fields import Conductivity, ConductivityOrNone, Frequency, Length, Number, Permittivity, Section

ASSUMED = "relative_permittivity", "grain_boundary_frequency"
"""Keys whose defaults have no measured source."""


class Electrolyte(Section):
    """The solid electrolyte; the default is NZSP at 25 °C (bulk 15, total 5 mS/cm).

    Attributes:
        thickness: of the slab, m.
        bulk_conductivity: σ_b, S/m.
        relative_permittivity: ε_r of the bulk; 30 is assumed, no measured source.
        grain_boundary_conductivity: σ_gb, effective and in series, S/m; None: a single relaxation.
        grain_boundary_frequency: f_gb, Hz; 1 MHz is assumed, no measured source.
        grain_boundary_exponent: α of the constant-phase grain boundary, at most 1.
    """

    thickness: Length = 1.5e-3
    bulk_conductivity: Conductivity = 1.5
    relative_permittivity: Permittivity = 30.0
    grain_boundary_conductivity: ConductivityOrNone = 0.75
    grain_boundary_frequency: Frequency = 1e6
    grain_boundary_exponent: Number = Field(1.0, ge=0.01, le=1, description="a number from 0.01 to 1")
