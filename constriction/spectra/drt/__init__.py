"""Distributions of relaxation times, and which times are there."""
