"""The reduced model of A(θ)u = b, built from solutions where its error bound is worst, on a mesh or on a grid.

A Galerkin model on real fields of a symmetric operator whose θ have no negative real part is passive, and its error is
of the second order in the fields'. It is bounded by the residual r: with F − depth = bᵀu the error is rᵀA⁻¹r exactly.
Let B = K + Σ σ_k M_k be a real operator of some σ ≥ 0. Where for an angle ψ all of cos ψ ≥ c and |θ_k| cos(arg θ_k −
ψ) ≥ c σ_k hold, Re(e^{−iψ} x*A x) ≥ c x*B x, and so |rᵀA⁻¹r| ≤ r*B⁻¹r / c. A space that only has a preconditioner for
B tells how small the preconditioned operator's eigenvalues get.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from constriction.field.reduction.affine import solve_small
from constriction.field.reduction.curves import Complexes, Curve, Floats

Field = NDArray[Any]
ANGLES = np.radians(np.linspace(-85.0, 85.0, 35))[:, None, None]  # ψ that are tried, (angles, 1, 1)
MOST_FIELDS = 60
NOTHING = 1e-7  # of a field's length: rounding, or what solves leave
GAIN = 0.5  # a step that leaves more than this of the bound calls for a solution where it is worst


class Norm(Protocol):
    """The norm r*B⁻¹r of residuals, or of a preconditioner of B."""

    @property
    def sigma(self) -> Floats:
        """σ ≥ 0 of B, (terms,)."""

    @property
    def smallest(self) -> float:
        """At most the smallest eigenvalue of the preconditioned operator; 1 for B⁻¹ itself."""

    def apply(self, vectors: list[Field], of: Field | None = None) -> list[Field]:
        """B⁻¹ times real vectors, or nearly so, linear and symmetric; `of`: the field whose images they are."""


class Space(Protocol):
    """Where fields live: a mesh's unknowns or a grid's pixels."""

    @property
    def load(self) -> Field:
        """B."""

    @property
    def norms(self) -> tuple[Norm, ...]:
        """Norms to measure residuals in, one or more."""

    def images(self, field: Field) -> list[Field]:
        """K·field and every M_k·field."""

    def dot(self, first: Field, second: Field) -> Any:
        """Scalar product without conjugation."""

    def solve(self, theta: Complexes, share: float, guess: Field) -> Field:
        """U at θ (terms,); `share` of F − depth that its error may take; complex."""

    def refine(self, residual: Field) -> Field | None:
        """What takes a residual roughly away, where that costs less than `solve`; None where it does not."""


@dataclass(frozen=True)
class Wanted:
    """Where the model shall be good: on `curves`, to a `share` of their scales."""

    curves: tuple[Curve, ...]
    share: float

    @cached_property
    def points(self) -> Complexes:
        """All θ, (n, terms)."""
        return np.concatenate([curve.every for curve in self.curves])

    def errors(self, interface: Callable[[NDArray[Any]], Complexes]) -> Floats:
        """The errors that may be left at the points, in pitches, (n,), from what gives F − depth."""
        return self.share * np.concatenate([curve.scale(interface) for curve in self.curves])


class Grown(NamedTuple):
    """What `reduce` finds.

    K and M_k on the fields (1 + terms, n, n), b on them (n,), the bound on the error of F in pitches, how many solves,
    and the fields.
    """

    matrices: Floats
    load: Floats
    error: float
    solves: int
    fields: list[Field]

    def at(self, theta: Floats) -> Field:
        """U at θ (terms,), real."""
        found = solve_small(self.matrices, self.load, np.asarray(theta[None], dtype=np.complex128))[0].real
        return np.asarray(sum(c * held for c, held in zip(found, self.fields, strict=True)))


@dataclass
class Basis:
    """Real fields, orthonormal through the sum of all matrices, and what the small matrices and residuals need.

    `images` are the load and each field's K·field and M_k·field; `products` the images' in each norm.
    """

    space: Space
    fields: list[Field] = field(default_factory=list)
    images: list[Field] = field(default_factory=list)
    matrices: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)))
    products: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Take in the load."""
        terms = len(self.space.norms[0].sigma)
        self.matrices = np.zeros((1 + terms, 0, 0))
        self.products = [np.zeros((0, 0)) for _ in self.space.norms]
        self._measure([self.space.load])

    @property
    def load(self) -> Floats:
        """B on the fields."""
        return np.array([self.space.dot(held, self.space.load) for held in self.fields])

    def _measure(self, vectors: list[Field], of: Field | None = None) -> None:
        """Take in the load, or the images `of` a field: their products with all others, in each norm."""
        self.images += vectors
        for number, norm in enumerate(self.space.norms):
            old = self.products[number]
            shaped = norm.apply(vectors, of)
            columns = np.array([[self.space.dot(image, one) for one in shaped] for image in self.images])
            size = len(old)
            new = np.zeros((len(self.images), len(self.images)))
            new[:size, :size] = old
            new[:, size:] = columns
            new[size:, :size] = columns[:size].T
            self.products[number] = new

    def add(self, new: Field) -> bool:
        """Add a real field; False where the others hold nearly all of it."""
        lengths = []
        for _ in range(3):  # orthogonal after two steps, but for rounding
            images = self.space.images(new)
            image = np.sum(images, axis=0)
            lengths.append(math.sqrt(max(self.space.dot(new, image), 0.0)))
            if len(lengths) < 3:
                for held in self.fields:
                    new = new - self.space.dot(held, image) * held
        length = lengths[-1]
        if not length > NOTHING * lengths[0]:
            return False
        unit = new / length
        images = [image / length for image in images]
        self.fields.append(unit)
        grown = np.zeros((len(images), len(self.fields), len(self.fields)))
        grown[:, :-1, :-1] = self.matrices
        for small, image in zip(grown, images, strict=True):
            small[-1] = small[:, -1] = [self.space.dot(held, image) for held in self.fields]
        self.matrices = grown
        self._measure(images, unit)
        return True

    def at(self, points: Complexes) -> Complexes:
        """The fields' coefficients at θ (n, terms), (n, fields)."""
        return solve_small(self.matrices, self.load, points)

    def interface(self, theta: NDArray[Any]) -> Complexes:
        """F − depth at θ (…, terms); (…)."""
        found = self.at(np.asarray(theta, dtype=np.complex128).reshape(-1, len(self.matrices) - 1)) @ self.load
        return np.asarray(found.reshape(theta.shape[:-1]))

    def combined(self, coefficients: NDArray[Any]) -> Field:
        """Σ coefficient·field."""
        return sum((c * held for c, held in zip(coefficients, self.fields, strict=True)), 0.0 * self.space.load)

    def shares(self, points: Complexes) -> Complexes:
        """Residuals at θ (n, terms) as multiples of the images, (n, images)."""
        coefficients = self.at(points)
        factors = np.concatenate([np.ones((len(points), 1)), points], axis=1)
        of_fields = -(coefficients[:, :, None] * factors[:, None, :]).reshape(len(points), -1)
        return np.concatenate([np.ones((len(points), 1)), of_fields], axis=1)

    def residual(self, shares: Complexes) -> Field:
        """One residual, from its multiples of the images."""
        return sum((c * image for c, image in zip(shares, self.images, strict=True)), 0j * self.space.load)

    def bounds(self, shares: Complexes, points: Complexes) -> Floats:
        """Bounds on the error of F at θ `points`, (n,), the least that a norm gives."""
        found = [
            np.maximum(np.einsum("ni,ij,nj->n", shares.conj(), products, shares, optimize=True).real, 0.0)
            / (coercivity(points, norm.sigma) * norm.smallest)
            for norm, products in zip(self.space.norms, self.products, strict=True)
        ]
        return np.asarray(np.min(found, axis=0))


def coercivity(points: Complexes, sigma: Floats) -> Floats:
    """The largest c for which |rᵀA(θ)⁻¹r| ≤ r*B(σ)⁻¹r / c is known at θ (n, terms); (n,), tiny where none is."""
    sizes = np.abs(points) * np.cos(np.angle(points) - ANGLES)  # (angles, n, terms)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(sigma > 0, sizes / sigma, np.where(sizes >= -1e-12 * np.abs(points), np.inf, 0.0))
    whole = np.minimum(np.cos(ANGLES[:, :, 0]), parts.min(axis=2, initial=np.inf))
    return np.asarray(np.maximum(whole.max(axis=0), 1e-300))


def reduce(space: Space, start: list[Field], wanted: Wanted) -> Grown:
    """Build the reduced model of a space.

    Args:
        space: of the fields; collective over its ranks.
        start: real fields to begin with: what is known at no cost, and what the model shall hold exactly.
        wanted: fields are added until the bound is below these errors.

    Returns:
        The small matrices; their `error` tells what was reached.

    Raises:
        SolverError: a solve failed.
    """
    basis, solves, before = Basis(space), 0, np.inf
    for known in start:
        basis.add(known)
    while True:
        worst = _worst(basis, wanted)
        if worst.excess <= 1.0 or len(basis.fields) >= MOST_FIELDS:
            break
        found = space.refine(basis.residual(worst.shares)) if worst.excess < GAIN * before else None
        if found is None:
            guess = basis.combined(basis.at(worst.point[None])[0])
            found = space.solve(worst.point, min(wanted.share / worst.excess, 1.0), guess)
            solves += 1
        before = worst.excess
        if not (basis.add(found.real) | basis.add(found.imag)):
            break
    return Grown(basis.matrices, basis.load, worst.bound, solves, basis.fields)


class _Worst(NamedTuple):
    """Where a model is worst: θ `point` (terms,), its residual's `shares`, `excess` = its bound over what is allowed.

    `bound`: on the error of F at all points, in pitches.
    """

    point: Complexes
    shares: Complexes
    excess: float
    bound: float


def _worst(basis: Basis, wanted: Wanted) -> _Worst:
    shares = basis.shares(wanted.points)
    bounds = basis.bounds(shares, wanted.points)
    excess = bounds / wanted.errors(basis.interface)
    place = int(np.argmax(excess))
    return _Worst(wanted.points[place], shares[place], float(excess[place]), float(bounds.max(initial=0.0)))
