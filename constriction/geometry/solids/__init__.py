"""Solids in the electrolyte: what they are, and where they lie in a mirror cell."""
