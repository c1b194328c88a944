"""Constants of nature that several rooms need."""

VACUUM_PERMITTIVITY = 8.8541878188e-12
"""Electric constant ε0 in F/m (CODATA 2022)."""
BOLTZMANN = 8.617333262e-5
"""k_B/e in eV/K (CODATA 2018, exact)."""
