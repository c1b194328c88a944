"""The residual of a reduced model at any θ, and what it says of the model's error: small matrices only.

With F − depth = bᵀu of A(θ)u = b the error of a Galerkin model is rᵀA⁻¹r exactly. Let B = K + Σ σ_k M_k be a real
operator of some σ ≥ 0. Where for an angle ψ all of cos ψ ≥ c and |θ_k| cos(arg θ_k − ψ) ≥ c σ_k hold, Re(e^{−iψ} x*A x)
≥ c x*B x, and so |rᵀA⁻¹r| ≤ r*B⁻¹r / c. Who only has a preconditioner for B tells how small the preconditioned
operator's eigenvalues get.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

FAR = 1e30  # instead of infinity


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
    """The largest c for which |rᵀA(θ)⁻¹r| ≤ r*B(σ)⁻¹r / c is known at θ (n, terms); (n,), tiny where none is.

    The least part of 1 and of all θ_k/σ_k along a direction e^{iψ} is largest where that points to the point of their
    convex hull that is nearest to 0: c is its distance. No part is negative, so it lies on the way between two of them.
    """
    corners = [np.ones(len(points), dtype=np.complex128), *map(_corner, points.T, sigma)]
    distances = [_distance(*pair) for pair in combinations(corners, 2)]
    return np.asarray(np.maximum(np.min(distances, axis=0), 1e-300))


def _corner(theta: Complexes, sigma: float) -> Complexes:
    """θ/σ; where σ is nothing, far away along θ, or 1, which tells nothing new, where θ is nothing too."""
    size = np.abs(theta)
    far = np.where(size > 0, 1 + FAR * theta / np.where(size > 0, size, 1.0), 1.0)
    return np.asarray(theta / sigma if sigma > 0 else far)


def _distance(start: Complexes, end: Complexes) -> Floats:
    """Distance of 0 from the straight way between two numbers, (n,)."""
    swapped = np.abs(start) > np.abs(end)
    near, far = np.where(swapped, end, start), np.where(swapped, start, end)  # or the way back would be rounded away
    length = np.abs(far - near)
    along = (far - near) / np.where(length > 0, length, 1.0)
    place = np.clip(-(near * along.conj()).real, 0.0, length)
    return np.asarray(np.abs(near + place * along))
