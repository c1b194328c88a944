"""Cells whose electrolyte is a polycrystal: the potential jumps across the grain boundaries."""
