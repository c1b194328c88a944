"""Contacts beside which the metal is lifted: F without a table of solved ones, whatever the height of the gap.

The metal stands `ratio` times as high at the rims of contacts as far from them, and comes down in a straight line over
a zone; the gap is thin, so that its admittance per area is θ over the relative height. Of all potentials on the gap
that of the electrolyte has the least energy, S of the slab and θ·M of the gap, beside the mean b that the current
sees:

F − d = bᵀ (S + θ M)⁻¹ b.

In the vectors in which both are diagonal, that is a sum over poles with weights that are not negative. Stripes are
exact but for the potentials that `gaps` leaves out. Of a hexagonal lattice what is lifted changes is that of a disc in
a tube, whose F is that of the lattice within 1 %: F − d is the tube's, and as much more as without a zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from constriction.interpret.atlas.gaps import FUNCTIONS, HEXAGONAL_TUBE, STRIPES, GapShape

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

ZONE_LIMITS: Mapping[str, tuple[float, float]] = {"zone_share": (0.0, 0.7), "rise_ratio": (1.0, 200.0)}
"""Up to which part of the gap, and to rims how many times as high, the functions follow a zone to 3e-3 of R_cstr."""
ZONED: Mapping[str, GapShape] = {"stripes": STRIPES, "hexagonal": HEXAGONAL_TUBE}
"""The gaps of patterns beside whose contacts the metal may be lifted."""
POINTS = 48  # of a quadrature over the zone, and beyond it


@dataclass(frozen=True, eq=False)
class LiftedZone:
    """Where the metal is lifted beside contacts, of m interfaces.

    Attributes:
        share: length of the zone over half the gap's width where it is narrowest, (m,).
        ratio: height of the gap at the rims over that far from them, (m,).
    """

    share: Floats
    ratio: Floats

    def part(self, some: slice) -> LiftedZone:
        """That of some of the interfaces."""
        return LiftedZone(self.share[some], self.ratio[some])


def half_gap(pattern: str, share: Floats) -> Floats:
    """Half the gap's width between neighbouring contacts of a pattern, in pitches, of contact fractions (m,); (m,)."""
    return np.asarray((1 - share) / 2 if pattern == "stripes" else 0.5 - HEXAGONAL_TUBE.unit * np.sqrt(share))


@cache
def _gauss() -> tuple[Floats, Floats]:
    """Points and weights of Gauss's quadrature from 0 to 1, (POINTS,) each."""
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    return (points + 1) / 2, weights / 2


def gap_energy(shape: GapShape, share: Floats, zone: LiftedZone) -> Floats:
    """M, (m, functions, functions), of contact fractions (m,); of zones at the limits if beyond.

    Here a zone's length is over the gap's width as `shape` has it.
    """
    length = np.clip(zone.share, *ZONE_LIMITS["zone_share"])[:, None]
    low, high = ZONE_LIMITS["rise_ratio"]
    ratio = np.clip(zone.ratio, low + 1e-6, high)[:, None]
    points, weights = _gauss()
    logs = np.log(ratio) * points  # of the relative height, over which ∫ dy/height is even in the zone
    inside = length * np.clip(1 - np.expm1(logs) / (ratio - 1), 0, 1)
    places = np.concatenate([inside, length + (1 - length) * points], axis=1)
    counts = np.concatenate([length * np.log(ratio) / (ratio - 1) * weights, (1 - length) * weights], axis=1)
    counts *= shape.widths(share, places)
    moments = _moments(counts, 2 * (1 - places) ** 2 - 1)
    first, second = np.indices((FUNCTIONS, FUNCTIONS))
    return np.asarray(0.5 * (moments[:, np.abs(first - second)] - moments[:, first + second + 1]))


def _moments(counts: Floats, cosines: Floats) -> Floats:
    """Sums of counts · cos 2kτ over points, cos 2τ and counts (m, points); (m, 2·functions).

    Products of the functions sin((2n + 1)τ) are differences of these, and each follows from the two before it.
    """
    found = np.empty((len(counts), 2 * FUNCTIONS))
    before, now = counts, counts * cosines
    for k in range(2 * FUNCTIONS):
        found[:, k] = before.sum(axis=1)
        before, now = now, 2 * cosines * now - before
    return found


def lifted(pattern: str, share: Floats, depth: Floats, zone: LiftedZone, gap: Complexes) -> Complexes:
    """F − d in pitches of contacts beside which the metal is lifted, hexagonal ones in a tube each.

    Args:
        pattern: a key of `ZONED`.
        share: contact fractions, (m,); these and the zones are taken at the nearest limit if they are outside.
        depth: thickness of the slab over the pitch, (m,).
        zone: of each.
        gap: θ of the gap far from contacts, (m, n).

    Returns:
        (m, n).
    """
    shape = ZONED[pattern]
    share = np.clip(share, shape.shares.low, shape.shares.high)
    if pattern != "stripes":  # the gap between two discs ends before the tube does
        width = shape.unit * (1 - np.sqrt(share))
        zone = LiftedZone(zone.share * half_gap(pattern, share) / width, zone.ratio)
    inverse = np.linalg.inv(np.linalg.cholesky(shape.stiffness(share, depth)))
    rates, turned = np.linalg.eigh(inverse @ gap_energy(shape, share, zone) @ inverse.transpose(0, 2, 1))
    amplitudes = np.einsum("mij,mi->mj", turned, (inverse @ shape.means(share)[:, :, None])[:, :, 0])
    times = shape.unit * np.maximum(rates, 0.0)
    return np.asarray((shape.unit * amplitudes**2)[:, None, :] / (1 + gap[:, :, None] * times[:, None, :])).sum(axis=2)
