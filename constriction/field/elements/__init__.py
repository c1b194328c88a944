"""Finite elements on the mesh: matrices, solvers, how fine each rim wants to be."""
