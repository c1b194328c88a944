"""The reduced model that every method ends in: a sum over poles. Needs nothing but numpy."""

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

    def constriction(self, ratio: ArrayLike) -> NDArray[np.complex128]:
        """F(s) − F(∞) at ratios s, same shape."""
        return self(ratio) - self.depth


def poles_of(storage: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times and relative weights, which sum to one, of [(1 + s·storage)⁻¹]₀₀; both (n,).

    `storage` is G in a basis in which K is the unit matrix and the first vector is the DC field, (n, n), symmetric.
    """
    times, modes = np.linalg.eigh(storage)
    return np.where(times > ROUNDING * times[-1], times, 0.0), modes[0] ** 2
