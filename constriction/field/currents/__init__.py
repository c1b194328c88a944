"""How the current spreads over the contacts."""
