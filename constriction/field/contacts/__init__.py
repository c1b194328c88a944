"""Discs solved by unknowns on the contacts alone."""
