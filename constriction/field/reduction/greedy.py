"""The reduced model of a plate: a few solves give F at every s.

Galerkin on the solution at s = 0, the limit of large s, and real and imaginary parts of the solutions on the imaginary
axis where the residual is worst: F − depth is then a Stieltjes function, exact to the second order in the error of each
solution. So the solutions may be coarse.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from constriction.field.reduction.basis import GalerkinBasis
from constriction.field.reduction.poles import ReducedModel
from constriction.field.transforms.grids import Field, Floats, Plate, solve

CHECKED = np.asarray(1j * np.logspace(-3, 4, 57), dtype=np.complex128)  # s where the model's error is bounded
LARGE = 1e4  # s above which F − depth is below a ten-thousandth of itself at s = 0, or so
SHIFTS = np.array([0.0, 30.0])  # of the norms that residuals are measured in
MOST_FIELDS = 24
NOTHING = 1e-10  # of a field: rounding
SOLVE_SHARE = 0.03  # of the tolerance, for each solve


class PlateBasis(GalerkinBasis[Field]):
    """Fields of one plate: what Galerkin's small matrices and residuals are made of."""

    def __init__(self, plate: Plate) -> None:
        super().__init__()
        self._plate = plate
        self._images = [plate.load]  # 1, and of each field K·field and G·field
        self._norms = [_Norm(plate.preconditioner(shift)) for shift in SHIFTS]
        for norm in self._norms:
            norm.add(plate.load, self._images)
        self.means = np.zeros(0)

    def products(self, new: Field) -> Floats:
        """As `GalerkinBasis`."""
        return np.array([np.vdot(image, new) for image in self._images[1::2]])

    def energy(self, new: Field) -> float:
        """As `GalerkinBasis`."""
        return float(np.vdot(new, self._plate.apply(new)))

    def add(self, field: Field) -> bool:
        """Add a real field, made orthogonal to the others; False where nothing of it is left."""
        plate = self._plate
        unit, _, length = self.split(field)
        if length * np.abs(unit).max() <= NOTHING * np.abs(field).max():
            return False
        stored = plate.gap * unit
        self.hold(unit, [np.vdot(other, stored) for other in (*self.fields, unit)])
        self.means = np.append(self.means, np.vdot(plate.load, unit) / unit.size)
        for vector in (plate.apply(unit), stored):
            self._images.append(vector)
            for norm in self._norms:
                norm.add(vector, self._images)
        return True

    def poles(self) -> tuple[Floats, Floats]:
        """Times and weights of F − depth = Σ weight / (1 + s·time), (fields,) each."""
        times, modes = eigh(self.storage)
        return np.maximum(times, 0.0), self._plate.free.size * (self.means @ modes) ** 2

    def at(self, ratios: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Coefficients of the fields at ratios s, (ratios, fields)."""
        return self.coefficients(ratios, self._plate.free.size * self.means)

    def combined(self, ratio: complex) -> Field:
        """The model's field at s."""
        return self.combination(self.at(np.array([ratio]))[0], np.zeros(self._plate.free.shape))

    def bounds(self, ratios: NDArray[np.complex128]) -> Floats:
        """The residual's energy at ratios s, per pixel: what bounds the error of F but for the preconditioner.

        |rᵀ(K + sG)⁻¹r| is at most √2 · r*(K + |s|G)⁻¹r where Re s ≥ 0, and that falls with |s|.
        """
        coefficients = self.at(ratios)
        shares = np.stack([-coefficients, -ratios[:, None] * coefficients], axis=2).reshape(len(ratios), -1)
        norms = np.searchsorted(SHIFTS, np.abs(ratios), side="right") - 1
        sizes = [self._norms[k].size(np.append(1.0, share)) for k, share in zip(norms, shares, strict=True)]
        return math.sqrt(2) * np.array(sizes) / self._plate.free.size


class _Norm:
    """Squares of combinations of vectors in the norm of a preconditioner."""

    def __init__(self, precondition: Callable[[Field], Field]) -> None:
        self._precondition = precondition
        self._products = np.zeros((0, 0))

    def add(self, vector: Field, vectors: list[Field]) -> None:
        """Take in the newest of the vectors."""
        shaped = self._precondition(vector)
        column = np.array([np.vdot(other, shaped) for other in vectors])
        self._products = np.block([[self._products, column[:-1, None]], [column[None, :]]])

    def size(self, share: Field) -> float:
        """The square of Σ share · vector."""
        return float(np.real(share.conj() @ self._products @ share))


def reduce(plate: Plate, depth: float, tolerance: float) -> ReducedModel:
    """Build the reduced model of a plate.

    Args:
        plate: the interface.
        depth: of the slab, in pitches.
        tolerance: fields are added until the estimated bound on F's error is below this part of F(0) − depth.

    Returns:
        The model; its `error` tells what was reached. The bound is the residual in the norm of the inverse operator,
        which the preconditioner and its smallest eigenvalue, as conjugate gradients find it, bound from above.

    Raises:
        SolverError: conjugate gradients do not converge.
    """
    if not plate.free.any():
        return ReducedModel(np.zeros(1), np.array([depth]), depth, 0.0, 0.0, 0)
    first = solve(plate, 0.0, SOLVE_SHARE * tolerance)
    basis = PlateBasis(plate)
    basis.add(first.field)
    if plate.gap.any():
        basis.add(np.where(plate.free, 1 / (plate.gap + plate.contact / LARGE + ~plate.free), 0.0))
    bound, solves = _grow(plate, basis, first.smallest, tolerance)
    times, weights = basis.poles()
    return ReducedModel(
        times=np.concatenate([[0.0], times]),
        weights=np.concatenate([[depth], weights]),
        depth=depth,
        stored=float(weights @ times),
        error=bound,
        solves=solves,
    )


def _grow(plate: Plate, basis: PlateBasis, smallest: float, tolerance: float) -> tuple[float, int]:
    """Add solutions where the residual is worst until the bound is low; returns the bound and the number of solves."""
    solves = 1
    while True:
        checked = CHECKED if plate.gap.any() else CHECKED[:1]
        bounds = basis.bounds(checked) / smallest
        worst = int(np.argmax(bounds))
        _, weights = basis.poles()
        if bounds[worst] <= tolerance * float(weights.sum()) or len(basis.means) >= MOST_FIELDS:
            return float(bounds[worst]), solves
        ratio = complex(checked[worst])
        field = solve(plate, ratio, SOLVE_SHARE * tolerance, basis.combined(ratio)).field
        solves += 1
        grown = [basis.add(part) for part in (field.real, field.imag)]
        if not any(grown):
            return float(bounds[worst]), solves
