"""Two-sided bounds on R_cstr by divergence-free fluxes."""
