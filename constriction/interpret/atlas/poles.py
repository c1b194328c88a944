"""F as a sum over fixed poles, so that interfaces are interpolated by their weights.

F of an ideal contact is a sum of residues over (θ + λ), θ of the gap, its own λ ≥ 0 for each interface. As a function
of ln λ every one of them is smooth (its nearest singularity is at least π/2 away for θ that a passive cell has), so
residues over a few fixed, evenly spaced ln t stand for them all. So that interfaces are alike, θ is multiplied by
τ = −F'(0)/(F(0) − d), the mean of 1/λ. A film adds θ_c; then

F − d = 1/m + (f(θ_c − θ_g)/m)² · K(θ_c, θ_g),   m = f θ_c + (1 − f) θ_g,

where 1/m is what currents without constriction would give, and K is finite and smooth also where both laws vanish. For
θ_c → ∞ it is F − d of the ideal contact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]

GAP_POLES = np.logspace(-1.5, 4.5, 29)  # of θ_g·τ
CONTACT_POLES = np.logspace(-1.5, 3, 19)  # of θ_c, the like of it
RIDGE = 1e-11  # of the mean square of a column: weights stay of the size of F, and are read as float32


def gap_basis(theta: Complexes) -> Complexes:
    """What the poles of an ideal contact's gap give at θ_g (…); (…, poles)."""
    return np.asarray(GAP_POLES / (theta[..., None] + GAP_POLES))


def with_constant(poles: Floats, theta: Complexes) -> Complexes:
    """What poles give at θ (…), and 1, which is left for θ → ∞; (…, poles + 1)."""
    ones = np.ones((*theta.shape, 1))
    return np.concatenate([poles / (theta[..., None] + poles), ones], axis=-1)


def film_parts(share: Floats, contact: Complexes, gap: Complexes) -> tuple[Complexes, Complexes]:
    """F − d without constriction, in pitches, and the factor of K, at θ_c and θ_g (…), f broadcast; (…) each."""
    even = 1 / (share * contact + (1 - share) * gap)
    return np.asarray(even), np.asarray((share * (contact - gap) * even) ** 2)


def fitted(basis: Complexes, values: Complexes, scales: Floats) -> Floats:
    """Real weights of a basis (n, k) that come nearest to complex values (n,), each error over its scale (n,); (k,)."""
    columns = basis / scales[:, None]
    normal = (columns.conj().T @ columns).real
    normal[np.diag_indices_from(normal)] += RIDGE * np.trace(normal) / len(normal)
    return np.asarray(np.linalg.solve(normal, (columns.conj().T @ (values / scales)).real))
