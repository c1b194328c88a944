"""Spectra of one cell in the order of its deposition: they share the electrolyte, and metal is conserved."""
