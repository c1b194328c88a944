"""What columns of a table hold: quantities, units, signs, and how two of them become an impedance."""
