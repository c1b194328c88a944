"""The residual of a reduced model at any θ, and what it says of the model's error: small matrices only.

With F − depth = bᵀu of A(θ)u = b the error of a Galerkin model is rᵀA⁻¹r exactly. Let B = K + Σ σ_k M_k be a real
operator of some σ ≥ 0. Where for an angle ψ all of cos ψ ≥ c and |θ_k| cos(arg θ_k − ψ) ≥ c σ_k hold, Re(e^{−iψ} x*A x)
≥ c x*B x, and so |rᵀA⁻¹r| ≤ r*B⁻¹r / c. Who only has a preconditioner for B tells how small the preconditioned
operator's eigenvalues get.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

ANGLES = np.radians(np.linspace(-85.0, 85.0, 35))[:, None, None]  # ψ that are tried, (angles, 1, 1)
AT_ONCE = 20_000  # θ whose angles are tried together


@dataclass(frozen=True, eq=False)
class ResidualNorm:
    """The norm r*B⁻¹r of residuals of a finished model.

    Attributes:
        sigma: σ ≥ 0 of B, (terms,).
        smallest: at most the smallest eigenvalue of the preconditioned operator; 1 for B⁻¹ itself.
        products: of the images in the norm: of the load and of each field's K·field and M_k·field, (images, images).
    """

    sigma: Floats
    smallest: float
    products: Floats


def residual_shares(coefficients: Complexes, points: Complexes) -> Complexes:
    """Residuals at θ (n, terms) as multiples of the images, (n, images), from the fields' coefficients (n, fields)."""
    factors = np.concatenate([np.ones((len(points), 1)), points], axis=1)
    of_fields = -(coefficients[:, :, None] * factors[:, None, :]).reshape(len(points), -1)
    return np.concatenate([np.ones((len(points), 1)), of_fields], axis=1)


def error_bounds(shares: Complexes, points: Complexes, norms: Sequence[ResidualNorm]) -> Floats:
    """Bounds on the error of F in pitches at θ `points` (n, terms), (n,), the least that a norm gives."""
    with np.errstate(over="ignore"):  # a norm that says nothing of a point
        found = [
            np.maximum(np.einsum("ni,ni->n", shares.conj() @ norm.products, shares).real, 0.0)
            / (coercivity(points, norm.sigma) * norm.smallest)
            for norm in norms
        ]
    return np.asarray(np.min(found, axis=0))


def coercivity(points: Complexes, sigma: Floats) -> Floats:
    """The largest c for which |rᵀA(θ)⁻¹r| ≤ r*B(σ)⁻¹r / c is known at θ (n, terms); (n,), tiny where none is."""
    parts = [_coercivity(points[start : start + AT_ONCE], sigma) for start in range(0, len(points), AT_ONCE)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _coercivity(points: Complexes, sigma: Floats) -> Floats:
    sizes = np.abs(points) * np.cos(np.angle(points) - ANGLES)  # (angles, n, terms)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(sigma > 0, sizes / sigma, np.where(sizes >= -1e-12 * np.abs(points), np.inf, 0.0))
    whole = np.minimum(np.cos(ANGLES[:, :, 0]), parts.min(axis=2, initial=np.inf))
    return np.asarray(np.maximum(whole.max(axis=0), 1e-300))
