"""Gaps beside stripes and round discs in a tube: energies of potentials on them, as sums over waves.

Potentials are sin((2n + 1)τ), cos τ = 1 − y, y from 0 at the rim to 1 in the middle between contacts: they have the
root at the rim and are even about the middle. A tube is the round cell of one disc, as large as its cell in a lattice.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import j0, jn_zeros, jv

from constriction.interpret.atlas.axes import TableAxis

Floats = NDArray[np.float64]

FUNCTIONS = 24
ORDERS = 2 * np.arange(FUNCTIONS) + 1
DEPTHS = TableAxis("log", 0.02, 1.0, 12)  # of the slab, in pitches
STRIPE_WAVES = 200.0  # over the gap's half width, in pitches: from there on Bessel functions are as far away
TUBE_WAVES, TUBE_POINTS = 200.0, 700  # over the gap's width, in radii; of the quadrature of one wave
LEAST = 100.0  # the exponent from which on coth is 1


@dataclass(frozen=True, eq=False)
class GapShape:
    """Energies of potentials on the gap of a pattern's cell, per area of it, lengths in `unit`.

    Attributes:
        unit: of lengths, in pitches.
        shares: contact fractions at which the slab's energies are computed.
        slab: these, (n, functions, functions), of a contact fraction and depths (n,).
        means: of the potentials over the cell, (m, functions), of contact fractions (m,).
        widths: the gap's part of the cell over y, (m, q), of contact fractions (m,) at y (m, q).
    """

    unit: float
    shares: TableAxis
    slab: Callable[[float, Floats], Floats]
    means: Callable[[Floats], Floats]
    widths: Callable[[Floats, Floats], Floats]

    @cached_property
    def slabs(self) -> Floats:
        """The slab's energies at the points of both axes, (shares · depths, functions²)."""
        depths = DEPTHS.points / self.unit
        found = np.stack([self.slab(float(share), depths) for share in self.shares.points])
        return found.reshape(-1, FUNCTIONS**2)

    def stiffness(self, share: Floats, depth: Floats) -> Floats:
        """The slab's energies of contact fractions and depths in pitches (m,); (m, functions, functions)."""
        weights = self.shares.weights(share)[:, :, None] * DEPTHS.weights(depth)[:, None, :]
        return (weights.reshape(len(share), -1) @ self.slabs).reshape(-1, FUNCTIONS, FUNCTIONS)


def _summed(means: Floats, waves: Floats, counts: Floats, depths: Floats) -> Floats:
    """Energies of waves in slabs of some depths (n,).

    Args:
        means: of potentials times waves over the cell, (functions, k).
        waves: numbers, (k,), over the unit of length.
        counts: one over the mean square of each, (k,).
        depths: in that unit.
    """
    deep = (means * (waves * counts)) @ means.T
    few = waves * depths.min() < LEAST / 4
    means, waves, counts = means[:, few], waves[few], counts[few]
    factors = waves * counts * 2 / np.expm1(np.minimum(2 * waves * depths[:, None], LEAST))  # of coth − 1
    return np.asarray(deep + np.einsum("ik,nk,jk->nij", means, factors, means, optimize=True))


def beside_stripe(share: float, depths: Floats) -> Floats:
    """Energies of stripes of a contact fraction on slabs of some depths (n,) in pitches; (n, functions, functions)."""
    half = (1 - share) / 2
    numbers = np.arange(1, int(STRIPE_WAVES / half) + 1)
    places = 2 * np.pi * half * numbers
    signs = (-1.0) ** np.arange(FUNCTIONS)
    means = np.asarray(np.pi * half * (ORDERS * signs)[:, None] * jv(ORDERS[:, None], places) / places)
    rest = 1 / len(numbers) - 1 / (2 * len(numbers) ** 2)  # of Σ 1/k² over waves left out, whose JJ is 1/(πx)
    found = _summed(means, np.asarray(2 * np.pi * numbers), np.full(len(numbers), 2.0), depths)
    return np.asarray(found + np.outer(ORDERS, ORDERS) * rest / (2 * np.pi * half))


def round_disc(share: float, depths: Floats) -> Floats:
    """Energies of a disc in a tube on slabs of some depths (n,) in its radii; (n, functions, functions)."""
    rim = math.sqrt(share)
    width = 1 - rim
    waves = jn_zeros(1, int(TUBE_WAVES / width))
    points, weights = np.polynomial.legendre.leggauss(TUBE_POINTS)
    angles, weights = (points + 1) * np.pi / 4, weights * np.pi / 4
    radii = rim + width * (1 - np.cos(angles))
    areas = weights * width * np.sin(angles) * 2 * radii
    means = (np.sin(np.outer(ORDERS, angles)) * areas) @ j0(np.outer(radii, waves))
    found = _summed(means, waves, 1 / j0(waves) ** 2, depths)
    # Of the waves left out, over which a potential is its root at the rim.
    rest = 2 / width / 4 / (waves[-1] + np.pi / 2) * 2 * rim
    return np.asarray(found + np.outer(ORDERS, ORDERS) * rest)


def _stripe_means(share: Floats) -> Floats:
    found = np.zeros((len(share), FUNCTIONS))
    found[:, 0] = np.pi / 4 * (1 - share)
    return found


def _disc_means(share: Floats) -> Floats:
    rim = np.sqrt(share)[:, None]
    signs = np.sin((ORDERS - 2) * np.pi / 2)
    even = np.where(ORDERS == 1, np.pi / 4, 0.0)  # ∫ sin((2n + 1)τ) sin τ dτ, and the same times cos τ
    falling = signs / (4 * (ORDERS - 2)) - signs / (4 * (ORDERS + 2))
    return np.asarray(2 * (1 - rim) * (even - (1 - rim) * falling))


def _disc_widths(share: Floats, places: Floats) -> Floats:
    rim = np.sqrt(share)[:, None]
    return np.asarray(2 * (1 - rim) * (rim + (1 - rim) * places))


STRIPES = GapShape(
    1.0,
    TableAxis("logit", 0.02, 0.95, 14),
    beside_stripe,
    _stripe_means,
    lambda share, places: np.broadcast_to((1 - share)[:, None], places.shape),
)
HEXAGONAL_TUBE = GapShape(
    math.sqrt(math.sqrt(3) / 2 / math.pi), TableAxis("logit", 0.02, 0.5, 12), round_disc, _disc_means, _disc_widths
)
