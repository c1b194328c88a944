"""Cases that are solved without a mesh: flat interfaces, by transforms or by unknowns on the contacts."""
