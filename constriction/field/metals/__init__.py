"""Metals as conducting bodies: what their own resistance adds to the impedance of equipotential ones."""
