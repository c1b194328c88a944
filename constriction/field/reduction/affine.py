"""The reduced model of several terms: small real matrices that stand for A(θ) = K + Σ θ_k M_k. Needs only numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.field.reduction.residuals import ResidualNorm, error_bounds, residual_shares

# Entries of small matrices that are solved together, as fit into a processor's cache: more take up to six times longer.
AT_ONCE = 40_000


class Model(Protocol):
    """What a mesh, a grid or a tube ends in: the interface's dimensionless impedance at any θ.

    `depth` is F of the flat interface, `error` bounds the error against the full matrices where the model was asked to
    be good, `solves` counts the solves with them. `constriction` is F(0) − depth with ideal contacts and a gap that
    takes no current, `stored` the energy that the gap then holds, −∂F/∂θ_gap. All in pitches.
    """

    @property
    def depth(self) -> float:
        """F of the flat interface in pitches."""

    @property
    def error(self) -> float:
        """Bound on the error of F in pitches."""

    @property
    def solves(self) -> int:
        """Number of solves with the full matrices."""

    @property
    def constriction(self) -> float:
        """F(0) − depth of ideal contacts in pitches."""

    @property
    def stored(self) -> float:
        """−∂F/∂θ_gap at θ_gap = 0 of ideal contacts."""

    def interface(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """F(θ) − depth in pitches at θ (…, terms); (…)."""

    def in_film(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """The part of F − depth that the contact's film takes, θ_c ∫u² for unit current density; (…)."""

    def errors_at(self, theta: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Bounds on the error of F in pitches at any θ (n, terms), whether the model was asked to be good there; (n,).

        For a real part of all θ that is not negative.
        """


@dataclass(frozen=True, eq=False)
class Reduced:
    """F(θ) − depth = bᵀ(K + Σ θ_k M_k)⁻¹b on a few fields.

    Attributes:
        matrices: K and every M_k on the fields, (1 + terms, n, n), real, symmetric, non-negative.
        load: b, (n,), so scaled that the sum is per area of the cell.
        depth: F of the flat interface, in pitches.
        error: bound on the error of F against the full matrices, in pitches, where the model was asked to be good.
        solves: with the full matrices.
        constriction: F(0) − depth with ideal contacts and a gap that takes no current, in pitches.
        stored: −∂F/∂θ_gap there.
        norms: what bounds the error at any θ; none: `error` does, or the model is exact.
    """

    matrices: NDArray[np.float64]
    load: NDArray[np.float64]
    depth: float
    error: float
    solves: int
    constriction: float
    stored: float
    norms: tuple[ResidualNorm, ...] = ()

    @property
    def terms(self) -> int:
        """Number of terms beside the electrolyte's."""
        return len(self.matrices) - 1

    def fields(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """The fields' coefficients at θ (…, terms); (…, n). Those at the last θ are kept: their F has an error bar."""
        at = np.ascontiguousarray(theta, dtype=np.complex128)
        asked = at.tobytes()
        if asked not in self._kept:
            self._kept.clear()
            self._kept[asked] = solve_small(self.matrices, self.load, at.reshape(-1, at.shape[-1]))
        return self._kept[asked].reshape(*at.shape[:-1], self.load.size)

    @cached_property
    def _kept(self) -> dict[bytes, NDArray[np.complex128]]:
        return {}

    def interface(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """F(θ) − depth in pitches at θ (…, terms); (…)."""
        return np.asarray(self.fields(theta) @ self.load)

    def in_film(self, theta: ArrayLike) -> NDArray[np.complex128]:
        """The part of F − depth that the contact's film takes, θ_c ∫u² for unit current density; (…)."""
        fields = self.fields(theta)
        if self.terms == 1:
            return np.zeros(fields.shape[:-1], dtype=np.complex128)
        squares = np.einsum("...i,ij,...j->...", fields, self.matrices[1], fields)
        return np.asarray(np.asarray(theta)[..., 0] * squares)

    def errors_at(self, theta: NDArray[np.complex128]) -> NDArray[np.float64]:
        """Bounds on the error of F in pitches at any θ (n, terms) without negative real parts; (n,)."""
        if not self.norms:
            return np.full(len(theta), self.error)
        return error_bounds(residual_shares(self.fields(theta), theta), theta, self.norms)


def solve_small(matrices: NDArray[np.float64], load: NDArray[np.float64], theta: ArrayLike) -> NDArray[np.complex128]:
    """(K + Σ θ_k M_k)⁻¹b at θ (…, terms), of small matrices (1 + terms, n, n); (…, n)."""
    at = np.asarray(theta, dtype=np.complex128)
    points = at.reshape(-1, at.shape[-1])
    count = max(1, AT_ONCE // max(1, load.size**2))
    found = np.zeros((len(points), load.size), dtype=np.complex128)
    for start in range(0, len(points), count):
        some = slice(start, start + count)
        systems = matrices[0] + np.tensordot(points[some], matrices[1:], axes=1)
        found[some] = np.linalg.solve(systems, np.broadcast_to(load[:, None], (len(systems), load.size, 1)))[..., 0]
    return found.reshape(*at.shape[:-1], load.size)


def uniform(contact: bool, film: bool, depth: float) -> Reduced:
    """The model of an interface that is one region, exact: F − depth = 1/θ of that region, or 0 of an ideal contact.

    Args:
        contact: the region is the contact; else the gap.
        film: the contact has a law.
        depth: of the slab, in pitches.
    """
    matrices = np.zeros((3 if film else 2, 1, 1))
    region = 0 if contact and not film else 1 if contact else -1
    matrices[region] = 1.0
    load = np.array([0.0 if region == 0 else 1.0])
    return Reduced(matrices, load, depth, 0.0, 0, 0.0, 0.0)
