"""A result as a circuit of resistors and capacitors, for other programs."""
