"""Solved interfaces, dimensionless, from which any other one of their patterns is interpolated without a solve."""

from constriction.interpret.atlas.atlas import Atlas, load_atlas

__all__ = ["Atlas", "load_atlas"]
