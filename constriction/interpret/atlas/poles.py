"""F as a sum over fixed poles, so that interfaces are interpolated by their weights.

F of an ideal contact is a sum of residues over (θ + λ), θ of the gap, its own λ ≥ 0 for each interface. As a function
of ln λ every one of them is smooth (its nearest singularity is at least π/2 away for θ that a passive cell has), so
residues over a few fixed, evenly spaced ln t stand for them all. So that interfaces are alike, θ is multiplied by
τ = −F'(0)/(F(0) − d), the mean of 1/λ.

A film adds θ_c. With the resistances z = 1/θ of contact and gap, F − d is never below L = z_c z_g/s, which it would be
on an equipotential, s = f z_g + (1 − f) z_c, and differs from it by the current that has to pass from above the gap to
above the contact, against a resistance Y of the slab:

F − d = L + f(1 − f)(z_c − z_g)²/s² / (1/s + 1/Y).

Y(z_c, z_g) is what the theory of composites calls a Y-transform. It lies between 0 and what an even current meets, is
d in a thin slab, R f/(1 − f) for ideal contacts beside a gap without current, R their constriction resistance, and
changes by little else than logarithms over all of θ and from one interface to the next: it is Y over that value which
is tabulated, as weights of poles in both θ. Where z_c = z_g nothing is constricted, whatever Y is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

GAP_POLES = np.logspace(-1.5, 4.5, 29)  # of θ_g·τ
FILM_POLES = np.logspace(-1.5, 4, 15)  # of both θ of Y, as `film_basis` scales them
# Of the mean square of a column: weights stay of the size of F, are smooth over a table, and are read as float32.
RIDGE = 1e-11
FILM_RIDGE = 1e-9


def gap_basis(theta: Complexes) -> Complexes:
    """What the poles of an ideal contact's gap give at θ_g (…); (…, poles)."""
    return np.asarray(GAP_POLES / (theta[..., None] + GAP_POLES))


def gap_sum(theta: Complexes, residues: Floats) -> Complexes:
    """The basis of an ideal contact's gap times weights (m, poles), at θ_g (m, n) of m interfaces; (m, n).

    In real numbers, P/(θ + P) = (P·θ* + P²)/|θ + P|²: no complex division, and one large array.
    """
    across = np.multiply.outer(theta.real, 2 * GAP_POLES)  # becomes 1/|θ + P|²; no difference, as Re θ ≥ 0
    across += (theta.real**2 + theta.imag**2)[..., None]
    across += GAP_POLES**2
    np.reciprocal(across, out=across)
    weights = residues * GAP_POLES
    first, second = np.moveaxis(across @ np.stack([weights, weights * GAP_POLES], axis=2), 2, 0)
    return np.asarray(theta.conj() * first + second)


def with_constant(poles: Floats, theta: Complexes) -> Complexes:
    """What poles give at θ (…), and 1, which is left for θ → ∞; (…, poles + 1)."""
    ones = np.ones((*theta.shape, 1))
    return np.concatenate([poles / (theta[..., None] + poles), ones], axis=-1)


def film_basis(share: Floats, rest: Floats, contact: Complexes, gap: Complexes) -> tuple[Complexes, Complexes]:
    """What Y's poles and a constant give at θ_c and at θ_g (…), over those at which z of both is about Y.

    Args:
        share: contact fraction f, broadcast.
        rest: F − d of ideal contacts at rest, in pitches, broadcast.
        contact: θ_c.
        gap: θ_g.

    Returns:
        (…, poles + 1) each.
    """
    scaled = contact * (rest * share / (1 - share) ** 2), gap * (rest / (1 - share))
    return with_constant(FILM_POLES, np.asarray(scaled[0])), with_constant(FILM_POLES, np.asarray(scaled[1]))


def mean_and_contrast(share: Floats, contact: Complexes, gap: Complexes) -> tuple[Complexes, Complexes]:
    """M = f θ_c + (1 − f) θ_g, which is 1/L, and f(1 − f)(z_c − z_g)²/s², at θ_c and θ_g (…), f broadcast; (…) each."""
    mean = share * contact + (1 - share) * gap
    return np.asarray(mean), np.asarray(share * (1 - share) * ((contact - gap) / mean) ** 2)


def of_transform(share: Floats, contact: Complexes, gap: Complexes, y: Complexes) -> Complexes:
    """F − d in pitches of Y in pitches, at θ_c and θ_g (…), f broadcast; (…)."""
    mean, contrast = mean_and_contrast(share, contact, gap)
    return np.asarray(1 / mean + contrast * y / (1 + y * contact * gap / mean))


def transform(share: Floats, contact: Complexes, gap: Complexes, values: Complexes) -> Complexes:
    """Y in pitches of F − d in pitches, at θ_c and θ_g (…), f broadcast: the inverse of `of_transform`; (…).

    Where both θ are the same F − d does not tell Y, and it is not a number.
    """
    mean, contrast = mean_and_contrast(share, contact, gap)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 / (contrast / (values - 1 / mean) - contact * gap / mean))


def fitted(basis: Complexes, values: Complexes, scales: Floats, ridge: float = RIDGE) -> Floats:
    """Real weights of a basis (n, k) that come nearest to complex values (n,), each error over its scale (n,); (k,)."""
    columns = basis / scales[:, None]
    normal = (columns.conj().T @ columns).real
    normal[np.diag_indices_from(normal)] += ridge * np.trace(normal) / len(normal)
    return np.asarray(np.linalg.solve(normal, (columns.conj().T @ (values / scales)).real))
