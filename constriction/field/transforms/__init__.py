"""Flat interfaces by cosine transforms and Bessel functions, without a mesh."""
