"""One disc per square cell, exactly: what the benchmark's errors are measured against. Shares nothing with the package.

Lengths in pitches (the cell is [−½, ½]², its area 1), conductivity 1, a deep slab. The interface has the modes
k = 2π(m, n); the electrolyte answers mode k ≠ 0 of the current density with the potential 1/k, and with a gap of
admittance s all over the plane with 1/(k + s). What the contact takes beyond that is expanded in functions with the
rim's singularity, P_l^m(√(1 − r²/a²)) cos mθ / √(1 − r²/a²), l and m even: the plane wave's expansion on the unit
sphere, projected on the disc, makes their Fourier transforms j_l(ka) cos mφ, φ the direction of k (times (−1)^(l/2),
which the coefficients take). A square's symmetry leaves m = 0, 4, 8, … Galerkin's matrix and the result are

    M_ij = Σ_{k≠0} j_l(ka) cos mφ j_l'(ka) cos m'φ / (k + s),    F(s) − F(∞) = 1/(s + [M⁻¹]_00)

The sum for s = 0 converges like 1/k, so Ewald splits it: 1/k = erfc(k/2η)/k + the rest. The first part needs modes up
to k ≈ 12η. The rest is 1/r cut off at r ≈ 6/η; where that is less than the distance of two discs the sum over k is an
integral, less its term at k = 0, which is 1/(η√π). For 1/k whole the integral is known,
∫ j_l j_l' dk = δ π/(2a(2l + 1)), and ∫ cos mφ cos m'φ dφ = 2π or π on the diagonal. What s changes, −s/(k(k + s)), is
summed up to |m|, |n| ≤ `modes`.
"""

import numpy as np
from scipy import special

ETA = 12.0  # erfc(η·(1 − 2a)) is 1e-15 for the radii used, a ≤ 0.25
ROUNDS = 6.0  # erfc(6) = 2e-17


def constriction(radius, ratios, terms=10, modes=400):
    """Return F(s) − F(∞) in pitches at the ratios s of gap to electrolyte, same shape.

    `terms`: how many l; the disc's `radius` in pitches, at most 0.25.
    """
    if not 0 < radius <= 0.25:
        raise ValueError(f"radius = {radius}: expected 0 < radius <= 0.25")
    basis = np.array([(degree, order) for degree in range(0, 2 * terms, 2) for order in range(0, degree + 1, 4)])
    alone = _without_gap(radius, basis)
    s = np.asarray(ratios, dtype=complex)
    if not s.any():
        return np.full(s.shape, 1 / np.linalg.inv(alone)[0, 0], dtype=complex)
    k, phi, weight = _modes(modes)
    shapes = _shapes(radius, basis, k, phi)

    def at(ratio):
        changed = (shapes * (weight * -ratio / (k * (k + ratio)))) @ shapes.T
        return 1 / (ratio + np.linalg.inv(alone + changed)[0, 0])

    return np.array([at(ratio) for ratio in s.ravel()]).reshape(s.shape)


def _modes(most):
    """One eighth of the modes up to `most` by symmetry: k (N,), φ (N,) and how many each stands for (N,)."""
    m, n = np.meshgrid(np.arange(most + 1), np.arange(most + 1), indexing="ij")
    keep = (n <= m) & (m > 0)
    m, n = m[keep], n[keep]
    weight = np.where((n == 0) | (n == m), 4.0, 8.0)
    return 2 * np.pi * np.hypot(m, n), np.arctan2(n, m), weight


def _shapes(radius, basis, k, phi):
    return np.array([special.spherical_jn(degree, k * radius) * np.cos(order * phi) for degree, order in basis])


def _without_gap(radius, basis):
    k, phi, weight = _modes(int(np.ceil(2 * ETA * ROUNDS / (2 * np.pi))))
    shapes = _shapes(radius, basis, k, phi)
    matrix = np.einsum("n,in,jn->ij", weight * special.erfc(k / (2 * ETA)) / k, shapes, shapes)
    # (1/4π²) ∫ (1 − erfc(k/2η)) j_l j_l' dk times the angle's integral
    nodes, weights = np.polynomial.legendre.leggauss(200)
    end = 2 * ETA * ROUNDS
    k, weights = end / 2 * (nodes + 1), end / 2 * weights * special.erfc(end / 2 * (nodes + 1) / (2 * ETA))
    radial = np.array([special.spherical_jn(degree, k * radius) for degree, _ in basis])
    whole = np.diag([np.pi / (2 * radius * (2 * degree + 1)) for degree, _ in basis])
    angle = np.where(basis[:, 1] == 0, 2 * np.pi, np.pi)[:, None] * (basis[:, 1][:, None] == basis[:, 1])
    matrix += (whole - np.einsum("n,in,jn->ij", weights, radial, radial)) * angle / (4 * np.pi**2)
    matrix[0, 0] -= 1 / (ETA * np.sqrt(np.pi))
    return matrix
