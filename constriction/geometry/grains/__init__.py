"""Polycrystals in a mirror cell."""
