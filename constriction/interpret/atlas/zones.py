"""Stripes beside which the collector is lifted: F without a table of solved ones, whatever the height of the gap.

The metal stands `ratio` times as high at the rims of contacts as far from them, and comes down in a straight line over
a zone; the gap is thin, so that its admittance per area is θ over the relative height. Of all potentials on the gap
that of the electrolyte has the least energy, S of the slab and θ·M of the gap, beside the mean b that the current
sees:

F − d = bᵀ (S + θ M)⁻¹ b.

Potentials are sums of sin((2n + 1)τ), cos τ = t from −1 to 1 over the gap, which have the root at the rims. Their
Fourier coefficients are Bessel functions, so that S(contact fraction, depth) is a sum over waves, b is a quarter of
π times the gap's width for n = 0, else nothing, and M over the gap's half width is one of zone and ratio alone. In the
vectors in which both are diagonal, F − d is a sum over poles with weights that are not negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import jv

from constriction.interpret.atlas.axes import TableAxis

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

FUNCTIONS = 24
ZONE_LIMITS: Mapping[str, tuple[float, float]] = {"zone_share": (0.0, 0.7), "rise_ratio": (1.0, 200.0)}
"""Up to which part of the gap, and to rims how many times as high, the functions follow a zone to 3e-3 of R_cstr."""
SHARES, DEPTHS = TableAxis("logit", 0.02, 0.95, 14), TableAxis("log", 0.02, 1.0, 12)
WAVES = 200.0  # over the gap's half width, in pitches: from there on Bessel functions are as far away
POINTS = 48  # of a quadrature over the zone, and beyond it
ORDERS = 2 * np.arange(FUNCTIONS) + 1


@dataclass(frozen=True, eq=False)
class LiftedZone:
    """Where the metal is lifted beside contacts, of m interfaces.

    Attributes:
        share: length of the zone over half the gap's width, (m,).
        ratio: height of the gap at the rims over that far from them, (m,).
    """

    share: Floats
    ratio: Floats

    def part(self, some: slice) -> LiftedZone:
        """That of some of the interfaces."""
        return LiftedZone(self.share[some], self.ratio[some])


def slab(share: float, depths: Floats) -> Floats:
    """S of stripes of a contact fraction on slabs of some depths (n,), in pitches; (n, functions, functions)."""
    half = (1 - share) / 2
    waves = np.arange(1, int(WAVES / half) + 1)
    places = 2 * np.pi * half * waves
    signs = (-1.0) ** np.arange(FUNCTIONS)
    means = np.pi * half * (ORDERS * signs)[:, None] * jv(ORDERS[:, None], places) / places
    deep = (means * (4 * np.pi * waves)) @ means.T
    rest = 1 / len(waves) - 1 / (2 * len(waves) ** 2)  # of the sum of 1/k² over the waves left out, whose JJ is 1/(πx)
    deep += np.outer(ORDERS, ORDERS) * rest / (2 * np.pi * half)
    few = means[:, : int(2 / depths.min()) + 1], waves[: int(2 / depths.min()) + 1]
    factors = 8 * np.pi * few[1] / np.expm1(np.minimum(4 * np.pi * few[1] * depths[:, None], 100.0))  # of coth − 1
    return np.asarray(deep + np.einsum("ik,nk,jk->nij", few[0], factors, few[0], optimize=True))


@cache
def _slabs() -> Floats:
    """S at the points of both axes, (shares · depths, functions²)."""
    found = np.stack([slab(float(share), DEPTHS.points) for share in SHARES.points])
    return found.reshape(-1, FUNCTIONS**2)


def gap_of(zone: LiftedZone) -> Floats:
    """M over the gap's half width, dimensionless, (m, functions, functions); of zones at the limits if beyond."""
    share = np.clip(zone.share, *ZONE_LIMITS["zone_share"])
    low, high = ZONE_LIMITS["rise_ratio"]
    ratio = np.clip(zone.ratio, low + 1e-6, high)
    points, weights = np.polynomial.legendre.leggauss(POINTS)
    points, weights = (points + 1) / 2, weights / 2
    logs = np.log(ratio)[:, None] * points  # of the relative height, over which ∫ dx/height is even in the zone
    inside = share[:, None] * np.clip(1 - np.expm1(logs) / (ratio - 1)[:, None], 0, 1)
    beyond = share[:, None] + (1 - share)[:, None] * points
    away = np.concatenate([inside, beyond], axis=1)
    sizes = np.stack([share * np.log(ratio) / (ratio - 1), 1 - share], axis=1)
    counts = (sizes[:, :, None] * weights).reshape(len(share), -1)
    angle = np.arctan2(np.sqrt(away * (2 - away)), 1 - away)
    values = np.sin(angle[:, :, None] * ORDERS) * np.sqrt(2 * counts)[:, :, None]
    return np.asarray(values.transpose(0, 2, 1) @ values)


def lifted(share: Floats, depth: Floats, zone: LiftedZone, gap: Complexes) -> Complexes:
    """F − d in pitches of stripes beside which the metal is lifted.

    Args:
        share: contact fractions, (m,); these and the zones are taken at the nearest limit if they are outside.
        depth: thickness of the slab over the pitch, (m,).
        zone: of each.
        gap: θ of the gap far from contacts, (m, n).

    Returns:
        (m, n).
    """
    share = np.clip(share, SHARES.low, SHARES.high)
    weights = SHARES.weights(share)[:, :, None] * DEPTHS.weights(depth)[:, None, :]
    stiff = (weights.reshape(len(share), -1) @ _slabs()).reshape(-1, FUNCTIONS, FUNCTIONS)
    half = (1 - share) / 2
    inverse = np.linalg.inv(np.linalg.cholesky(stiff))
    rates, turned = np.linalg.eigh(inverse @ gap_of(zone) @ inverse.transpose(0, 2, 1))
    residues = (np.einsum("mij,mi->mj", turned, inverse[:, :, 0]) * (np.pi / 2 * half)[:, None]) ** 2
    times = np.maximum(rates, 0.0) * half[:, None]
    return np.asarray((residues[:, None, :] / (1 + gap[:, :, None] * times[:, None, :])).sum(axis=2))
