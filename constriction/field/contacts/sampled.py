"""The reduced model of F from its values and slopes at a few real θ, without any field, and the bound on its error.

The fields u_i at the shifts θ_i obey (K + θ_i G) u_i = b, and F − depth = bᵀu. So f_i = bᵀu_i, u_iᵀGu_j is
(f_i − f_j)/(θ_j − θ_i), or −f' of one, and u_iᵀKu_j = f_i − θ_j u_iᵀGu_j: Galerkin's model on the fields needs these
numbers alone. The residual of the model, b(1 − Σc) − Σ c_i (θ − θ_i) Gu_i, is measured in the norm of (K + σG)⁻¹ at
shifts σ of which only the value is known: (K + σG)⁻¹Gu_i = (u_i − u_σ)/(σ − θ_i).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from constriction.field.reduction.poles import ReducedModel, poles_of_pair
from constriction.field.reduction.residuals import coercivity

ROUNDING = 1e-9  # of the energy of a field: what the others leave of it, by rounding and by conjugate gradients
NEGATIVE = 3.0  # times an energy below zero, which is all noise: so large others may be of noise
NOISE = 1e-10  # of the squares that a bound is a sum of
FIRST_SHIFTS, FIRST_NORM = (0.5, 3.0), 7.0  # over 1 / (F − depth) at rest: F falls there
FARTHER, APART = 10.0, 1.6  # times: the next norm, at most; shifts from each other, at least
MOST_SHIFTS = 14
CHECKED = np.asarray(1j * np.logspace(-3, 4, 71), dtype=np.complex128)
"""θ over that where the model is bounded: then it is good at every one; at rest it is exact."""

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class ShiftSamples:
    """F − depth and its derivative by θ at shifts, (n,) each, and F − depth at those of the norms, (norms,) each."""

    shifts: Floats
    values: Floats
    slopes: Floats
    norms: Floats
    norm_values: Floats

    @property
    def _scales(self) -> Floats:
        """What gives each field the energy one at its own shift."""
        return np.asarray(1 / np.sqrt(self.values))

    @cached_property
    def _storage(self) -> Floats:
        """G on the fields, (n, n)."""
        apart = self.shifts[:, None] - self.shifts
        storage = -np.subtract.outer(self.values, self.values) / np.where(apart == 0, 1.0, apart)
        np.fill_diagonal(storage, -self.slopes)
        return np.asarray(storage)

    @property
    def matrices(self) -> tuple[Floats, Floats, Floats]:
        """K and G on the scaled fields, (n, n), and b on them, (n,)."""
        stiffness = self.values[:, None] - self.shifts * self._storage
        scales = np.outer(self._scales, self._scales)
        return (stiffness + stiffness.T) / 2 * scales, self._storage * scales, self.values * self._scales

    @property
    def _reduced(self) -> tuple[Floats, Floats, Floats, Floats]:
        """K, G and b without what is rounding, and the fields' shares in what is left, (n, kept)."""
        stiffness, storage, load = self.matrices
        energies, modes = np.linalg.eigh(stiffness + storage)
        kept = modes[:, energies > max(ROUNDING * energies[-1], -NEGATIVE * energies[0])]
        while kept.shape[1] > 1 and np.linalg.eigvalsh(kept.T @ stiffness @ kept)[0] <= 0:
            kept = kept[:, 1:]
        return kept.T @ stiffness @ kept, kept.T @ storage @ kept, load @ kept, kept

    def model(self, depth: float, error: float, solves: int) -> ReducedModel:
        """The reduced model.

        Args:
            depth: F of the flat interface, pitches.
            error: bound on its error, pitches.
            solves: with the whole matrices.
        """
        stiffness, storage, load, _ = self._reduced
        times, weights = poles_of_pair(stiffness, storage, load)
        return ReducedModel(
            times=np.concatenate([[0.0], times]),
            weights=np.concatenate([[depth], weights]),
            depth=depth,
            stored=float(-self.slopes[0]),
            error=error,
            solves=solves,
        )

    def bounds(self, theta: Complexes) -> Floats:
        """Bounds on the error of the model at θ (n,), Re θ ≥ 0, in pitches; (n,), infinite without a norm."""
        stiffness, storage, load, kept = self._reduced
        systems = stiffness + theta[:, None, None] * storage
        found = np.linalg.solve(systems, np.broadcast_to(load[:, None], (len(theta), load.size, 1)))[..., 0] @ kept.T
        own = found * self._scales
        shares = np.column_stack([1 - own.sum(axis=1), -own * (theta[:, None] - self.shifts)])
        bounds = np.full(len(theta), np.inf)
        for sigma, value in zip(self.norms, self.norm_values, strict=True):
            products = self._products(sigma, value)
            squares = np.einsum("ni,ij,nj->n", shares.conj(), products, shares).real
            squares = np.maximum(squares, 0.0) + NOISE * np.abs(shares) ** 2 @ np.abs(np.diag(products))
            with np.errstate(over="ignore"):
                grown = squares / coercivity(theta[:, None], np.array([sigma]))
            bounds = np.minimum(bounds, grown)
        return bounds

    def _products(self, sigma: float, value: float) -> Floats:
        """Of b and all Gu_i in the norm of a shift σ and its F − depth, (1 + n, 1 + n)."""
        away = sigma - self.shifts
        with_norm = (self.values - value) / away
        inner = (self._storage - with_norm) / away[:, None]
        products = np.empty((len(away) + 1, len(away) + 1))
        products[0, 0] = value
        products[0, 1:] = products[1:, 0] = with_norm
        products[1:, 1:] = (inner + inner.T) / 2
        return products


Sample = Callable[[float], Sequence[tuple[float, float]]]
"""Gives F − depth and its derivative at a shift, of each of several solutions."""


@dataclass
class GrowingSamples:
    """ShiftSamples that grow: what `sample` gives at `shifts` and `norms`. The first solution decides what is added."""

    sample: Sample
    shifts: list[float]
    norms: list[float]
    at_shifts: list[Sequence[tuple[float, float]]]
    at_norms: list[Sequence[tuple[float, float]]]

    def of(self, number: int) -> ShiftSamples:
        """The samples of one of the solutions."""
        pairs = np.array([found[number] for found in self.at_shifts])
        beside = np.array([found[number][0] for found in self.at_norms])
        return ShiftSamples(np.array(self.shifts), pairs[:, 0], pairs[:, 1], np.array(self.norms), beside)

    @property
    def solves(self) -> int:
        """How many there were."""
        return len(self.shifts) + len(self.norms)

    def until(self, theta: Complexes, allowed: float) -> float:
        """Grow until the bound at θ (n,) is below what is allowed; returns the largest; both in pitches."""
        while True:
            bounds = self.of(0).bounds(theta)
            worst = int(np.argmax(bounds))
            if bounds[worst] <= allowed or len(self.shifts) >= MOST_SHIFTS:
                return float(bounds[worst])
            self._add(float(abs(theta[worst])))

    def _add(self, worst: float) -> None:
        """Take a shift where the model is worst, or a norm, where all are far below."""
        if worst > FARTHER * max(self.norms):
            self.take_norm(FARTHER * max(self.norms))
            return
        self.take_shift(_apart(worst, np.array(self.shifts[1:] + self.norms)))

    def take_shift(self, shift: float) -> None:
        """Sample F at a shift."""
        self.shifts.append(shift)
        self.at_shifts.append(self.sample(shift))

    def take_norm(self, shift: float) -> None:
        """Sample F at the shift of a norm."""
        self.norms.append(shift)
        self.at_norms.append(self.sample(shift))


def _apart(shift: float, taken: Floats) -> float:
    """The nearest shift that is so many times above or below all that are taken."""
    ways = np.abs(np.log(taken / shift))
    if np.min(ways) >= math.log(APART):
        return shift
    others = np.concatenate([taken * APART, taken / APART])
    free = np.min(np.abs(np.log(others[:, None] / taken)), axis=1) > 0.99 * math.log(APART)
    return float(others[free][np.argmin(np.abs(np.log(others[free] / shift)))])


def grown(sample: Sample, moves: bool, allowed: float) -> tuple[GrowingSamples, float]:
    """The samples whose model is as good as is allowed, and the bound on its error in pitches.

    What holds on the imaginary axis holds right of it: the error is analytic there, and largest at the border.

    Args:
        sample: solves.
        moves: whether anything but θ = 0 is asked.
        allowed: error, relative to F − depth at rest.
    """
    samples = GrowingSamples(sample, [0.0], [], [sample(0.0)], [])
    if not moves:
        return samples, 0.0
    rest = samples.at_shifts[0][0][0]
    for shift in FIRST_SHIFTS:
        samples.take_shift(shift / rest)
    samples.take_norm(FIRST_NORM / rest)
    return samples, samples.until(np.asarray(CHECKED / rest, dtype=np.complex128), allowed * rest)
