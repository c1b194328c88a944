"""Solids in the electrolyte of a case: their laws, and what is told of them."""
