"""The reduced model of a cell as plain numbers: what a solver hands on once it is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class ReducedModel:
    """The dimensionless impedance of one mesh, F(s) = Σ weight / (1 + s·time), in pitches.

    `times` ≥ 0 (the poles are at s = −1/time) and `weights` ≥ 0, both (vectors,). `depth` is F of the flat interface
    on the mesh, `stored` = −F'(0). `error` bounds |F(s) − F(s) of the full matrices| for Re s ≥ 0; `solves` counts
    the solves with K.
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
