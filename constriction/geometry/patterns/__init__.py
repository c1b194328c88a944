"""Patterns whose spots are scattered, merged, or no discs and squares."""
