"""Metals that are resolved: what their own resistance adds, in units of a case."""
