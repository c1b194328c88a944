"""Cells with solids in the electrolyte: drawn with OpenCASCADE, refined by bounds, solved as flat cells are."""
