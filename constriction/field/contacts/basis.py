"""Current densities on a disc: Legendre functions over the root at its rim, and their energies on their own disc.

With t = √(1 − ρ²) on the unit disc the densities are P_l^m(t)/t · cos mφ or sin mφ, l + m even. The kernel 1/(2πr) of
a half space is diagonal on them, and their Fourier transforms are spherical Bessel functions j_l(k), so that the energy
of any kernel is an integral over k.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, jv, lpmv, spherical_jn

from constriction.field.contacts.kernels import Kernel

LEAST_WAVE, MOST_WAVE = 1e-9, 800.0  # wave numbers times the radius in the integrals; beyond, j_l j_l' is its mean
WAVES_PER_PANEL = 1.5
PANEL = 10  # Gauss points each
SHORT_PANELS = 40  # from the least wave number to one, by equal factors

Floats = NDArray[np.float64]
Values = NDArray[Any]


@dataclass(frozen=True)
class DiscDensities:
    """Densities of degree l ≤ `degree`, orthonormal on the unit disc with the weight t, by rising degree.

    Attributes:
        degree: the highest.
        points: of quadrature on the unit disc, (points, 2).
        charges: of each density at the points, (points, n).
        degrees: l of each density, (n,).
        orders: m of each density, below zero for the sine, (n,).
        scales: the density is so many times the function, (n,).
        kernel: the energy of 1/(2πr), (n,).
        waves: so many times j_l(k), up to a phase that goes with m alone, is its Fourier transform, over √2π, (n,).
    """

    degree: int
    points: Floats
    charges: Floats
    degrees: NDArray[np.intp]
    orders: NDArray[np.intp]
    scales: Floats
    kernel: Floats
    waves: Floats

    def count(self, degree: int) -> int:
        """How many densities have at most this degree; they are the first ones."""
        return int(np.count_nonzero(self.degrees <= degree))


def densities_of(degree: int) -> int:
    """How many densities have at most this degree."""
    return (degree + 1) * (degree + 2) // 2


@lru_cache
def basis_of(degree: int, rings: int = 0, around: int = 0) -> DiscDensities:
    """The densities of degree l ≤ `degree`, on points on so many rings."""
    rings, around = rings or degree + 2, around or 3 * degree + 3
    nodes, weights = np.polynomial.legendre.leggauss(2 * rings)
    t, weights = nodes[rings:], weights[rings:]
    phi = 2 * np.pi * (np.arange(around) + 0.5) / around
    weights = np.repeat(weights, len(phi)) * 2 * np.pi / len(phi)
    rho, t, phi = np.repeat(np.sqrt(1 - t**2), len(phi)), np.repeat(t, len(phi)), np.tile(phi, len(t))
    charges, scales, kernel, waves = [], [], [], []
    names = [(l, m) for l in range(degree + 1) for m in range(-l, l + 1) if (l + m) % 2 == 0]  # noqa: E741
    for l, signed in names:  # noqa: E741 - the degree's letter
        m = abs(signed)
        values = lpmv(m, l, t) * (np.cos if signed >= 0 else np.sin)(m * phi)
        scales.append(1 / math.sqrt(weights @ values**2))
        charges.append(weights * values * scales[-1])
        ups = gammaln((l + m + 1) / 2) + gammaln((l - m + 1) / 2)
        downs = gammaln((l + m + 2) / 2) + gammaln((l - m + 2) / 2)
        kernel.append(0.5 * math.exp(ups - downs))
        mode = weights @ (lpmv(m, l, t) * jv(m, (l + 1.0) * rho)) / spherical_jn(l, l + 1.0)
        waves.append(math.copysign(math.sqrt(kernel[-1] * 2 * (2 * l + 1) / math.pi), mode))
    return DiscDensities(
        degree,
        rho[:, None] * np.column_stack([np.cos(phi), np.sin(phi)]),
        np.array(charges).T,
        np.array([l for l, _ in names]),  # noqa: E741
        np.array([m for _, m in names]),
        np.array(scales),
        np.array(kernel),
        np.array(waves),
    )


@lru_cache
def _modes(degree: int) -> tuple[Floats, Floats, Floats]:
    """Wave numbers times the radius, their weights, (waves,), and j_l of each degree there, (degree + 1, waves)."""
    edges = np.concatenate(
        [[0.0], np.geomspace(LEAST_WAVE, 1.0, SHORT_PANELS), np.arange(1.0, MOST_WAVE, WAVES_PER_PANEL)[1:]]
    )
    x, w = np.polynomial.legendre.leggauss(PANEL)
    half = np.diff(edges)[:, None] / 2
    k, weights = (edges[:-1, None] + half * (x + 1)).ravel(), (half * w).ravel()
    return k, weights, np.array([spherical_jn(l, k) for l in range(degree + 1)])  # noqa: E741


def whole_energies(basis: DiscDensities, radius: float, kernel: Kernel) -> Values:
    """Energies of all pairs of densities on one disc, its radius in pitches, in a half space's whole kernel; (n, n)."""
    k, weights, modes = _modes(basis.degree)
    slowed = kernel.shift * radius / (k + kernel.shift * radius)
    last = k[-1] + (k[-1] - k[-2])
    ratio = kernel.shift * radius / last
    tail = 0.5 / last * (1 - np.log1p(ratio) / ratio) if ratio else 0.0
    half = basis.degrees // 2
    signs = np.where((half[:, None] - half) % 2 == 0, 1.0, -1.0)
    lost = _integrals(basis, modes, weights * slowed) + _same(basis, signs * tail)
    return np.asarray(radius**3 * (np.diag(basis.kernel) - lost))


def near_energies(basis: DiscDensities, radius: float, kernel: Kernel) -> Values:
    """The same in the near kernel alone, the radius in pitches; (n, n)."""
    k, weights, modes = _modes(basis.degree)
    seen = k < kernel.most_wave * radius
    beyond = weights[seen] * k[seen] * kernel.beyond(k[seen] / radius) / radius
    return np.asarray(whole_energies(basis, radius, kernel) - radius**3 * _integrals(basis, modes[:, seen], beyond))


def _integrals(basis: DiscDensities, modes: Floats, weights: Values) -> Values:
    """∫ weight · transforms of two densities, (n, n)."""
    return _same(basis, ((modes * weights) @ modes.T)[np.ix_(basis.degrees, basis.degrees)])


def _same(basis: DiscDensities, values: Values) -> Values:
    """What densities of unlike orders do not share is taken away, and their transforms' factors put in, (n, n)."""
    alike = basis.orders[:, None] == basis.orders
    return np.asarray(np.where(alike, values, 0.0) * np.outer(basis.waves, basis.waves))
