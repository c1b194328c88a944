"""How the current at rest spreads over discs: their densities are known at every point."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import lpmv

from constriction.field.contacts.basis import DiscDensities
from constriction.field.contacts.discs import Discs
from constriction.field.currents.spread import ContactPieces, Spread, spread_of

RINGS, SECTORS = 24, 16
MOST_PIECES = 2_000_000  # of more discs some are looked at: every so many

Floats = NDArray[np.float64]


def spread_on_discs(discs: Discs, basis: DiscDensities, charges: Floats, at_rest: Floats) -> Spread | None:
    """How the current spreads over the contacts; None where they carry none.

    A disc is cut into sectors and rings of one area, over each of which the density's inverse square, which goes as
    the distance to the rim there, runs evenly.

    Args:
        discs: the contacts.
        basis: of the densities.
        charges: of the densities, (discs, n).
        at_rest: θ they belong to, (terms,).
    """
    every = max(1, math.ceil(len(charges) * RINGS * SECTORS / MOST_PIECES))
    squares = np.linspace(0.0, 1.0, RINGS + 1)  # t² from the rim to the middle
    phi = 2 * np.pi * (np.arange(SECTORS) + 0.5) / SECTORS
    t, angle = (x.ravel() for x in np.meshgrid(np.sqrt(squares), phi, indexing="ij"))
    values = np.array(
        [
            scale * lpmv(abs(m), degree, t) * (np.cos if m >= 0 else np.sin)(abs(m) * angle)
            for degree, m, scale in zip(basis.degrees, basis.orders, basis.scales, strict=True)
        ]
    )
    over_root = np.maximum(charges[::every] @ values, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(t > 0, t**2, 0.0) / np.maximum(over_root, 1e-9 * over_root.max()) ** 2
    inverse = inverse.reshape(-1, RINGS + 1, SECTORS)
    areas = np.repeat(discs.radii[::every] ** 2, RINGS * SECTORS)
    return spread_of(ContactPieces(areas, inverse[:, :-1].ravel(), inverse[:, 1:].ravel()), at_rest)
