"""The reduced model of ideal contacts, where the gap is the only term: a sum over poles. Needs no mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROUNDING = 1e-13  # of the longest time: the flat field's time is zero, and so is what is below this


@dataclass(frozen=True)
class ReducedModel:
    """The dimensionless impedance of one mesh, F(s) = Σ weight / (1 + s·time), in pitches.

    `times` ≥ 0 (the poles are at s = −1/time) and `weights` ≥ 0, both (vectors,). `depth` is F of the flat interface
    on the mesh, `stored` = −F'(0). `error` bounds |F(s) − F(s) of the full matrices| for Re s ≥ 0; `solves` counts
    the solves with the full matrices.
    """

    times: NDArray[np.float64]
    weights: NDArray[np.float64]
    depth: float
    stored: float
    error: float
    solves: int

    def __call__(self, ratio: ArrayLike) -> NDArray[np.complex128]:
        """F at ratios s, same shape."""
        s = np.asarray(ratio, dtype=np.complex128)[..., None]
        return np.asarray(np.sum(self.weights / (1 + s * self.times), axis=-1))

    @property
    def constriction(self) -> float:
        """F(0) − depth in pitches."""
        return float(self(0.0).real) - self.depth

    def interface(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """F − depth in pitches at θ (…, 1), which is s; (…)."""
        return self(np.asarray(theta)[..., 0]) - self.depth

    def in_film(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """Nothing: the contact is ideal; (…)."""
        return np.zeros(np.shape(theta)[:-1], dtype=np.complex128)

    def errors_at(self, theta: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Bounds on the error of F in pitches at any θ (n, 1), Re θ ≥ 0; none at rest; (n,)."""
        return np.where(np.any(theta, axis=1), self.error, 0.0)


def poles_of(storage: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times and relative weights, which sum to one, of [(1 + s·storage)⁻¹]₀₀; both (n,).

    `storage` is G in a basis in which K is the unit matrix and the first vector is the DC field, (n, n), symmetric.
    """
    times, modes = np.linalg.eigh(storage)
    return np.where(times > ROUNDING * times[-1], times, 0.0), modes[0] ** 2


def poles_of_pair(
    stiffness: NDArray[np.float64], storage: NDArray[np.float64], load: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times ≥ 0 and weights of bᵀ(K + sG)⁻¹b = Σ weight / (1 + s·time), (n,) each; of small matrices and b, (n,)."""
    from scipy.linalg import eigh  # ideal contacts on meshes do without

    times, modes = eigh(storage, stiffness)
    return np.maximum(times, 0.0), (load @ modes) ** 2
