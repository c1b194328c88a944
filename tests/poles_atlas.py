"""A stand-in for the atlas of solved interfaces: two poles, whose limits are those of the exact formulas.

Discs: R from the series of a disc in a tube (docs/physics.md); stripes: R = −(P/π) ln sin(πf/2). Both poles together
have C_high = c_g/(1 − f) and C_low = k·c_g of the tube. Fast, smooth, and no number of the atlas is in it.
"""

import numpy as np

LIMITS = {"hexagonal": (0.005, 0.9), "stripes": (0.005, 0.98), "random": (0.005, 0.45)}


class PolesAtlas:
    """Interfaces of two poles."""

    patterns = tuple(LIMITS)

    @property
    def filmed(self):
        return self.patterns

    @property
    def lifted(self):
        return ("stripes",)

    def limits(self, pattern, kind="ideal"):
        return LIMITS[pattern]

    def spread(self, pattern, contact_fraction, depth):
        return np.full(np.shape(contact_fraction), 0.05 if pattern == "random" else 0.0)

    def lifted_interface(self, pattern, contact_fraction, depth, zone, gap):
        even = 1 - zone.share * (1 - np.log(zone.ratio) / (zone.ratio - 1))
        return self.interface(pattern, contact_fraction, depth, gap * even[:, np.newaxis])

    def interface(self, pattern, contact_fraction, depth, gap, contact=None):
        rest = resistance(pattern, contact_fraction) * np.tanh(4 * depth)
        rest, fraction = rest[:, np.newaxis], contact_fraction[:, np.newaxis]
        if contact is not None:
            rest = rest + 1 / (fraction * contact)
        # Two poles whose times differ by `ratio`, shares such that C_high = 1/(1 - f).
        share, ratio = (0.3, 0.1) if pattern == "stripes" else (0.2, 0.15)
        slow = rest * ((1 - share) + share / ratio) * (1 - fraction)
        return rest * ((1 - share) / (1 + slow * gap) + share / (1 + ratio * slow * gap))


def resistance(pattern, contact_fraction):
    """R per area over resistivity and pitch, deep slab."""
    f = np.asarray(contact_fraction, dtype=float)
    if pattern == "stripes":
        return -np.log(np.sin(np.pi * f / 2)) / np.pi
    e = np.sqrt(f)
    psi = 1 - 1.40978 * e + 0.34406 * e**3 + 0.04305 * e**5 + 0.02271 * e**7
    radius = np.sqrt(f * np.sqrt(3) / 2 / np.pi)  # of hexagonal cells of pitch 1
    factor = 1.3 if pattern == "random" else 1.0
    return factor * np.maximum(psi, 0.0) * np.sqrt(3) / 2 / (4 * radius)
