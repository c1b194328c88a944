"""The reduced model of A(θ)u = b, built from solutions where its error bound is worst, on a mesh or on a grid.

A Galerkin model on real fields of a symmetric operator whose θ have no negative real part is passive, and its error is
of the second order in the fields'. It is bounded by the residual (`residuals`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from constriction.field.reduction.affine import solve_small
from constriction.field.reduction.curves import Complexes, Curve, Curves, Floats
from constriction.field.reduction.residuals import ResidualNorm, error_bounds, residual_shares

Field = NDArray[Any]
MOST_FIELDS = 60
NOTHING = 1e-7  # of a field's length: rounding, or what solves leave
WATCHED = 1000  # points; of more, those of many cases, one in each of these cells is looked at until it will do:
CELLS_PER_DECADE, CELLS_PER_RADIAN = 4.0, 4.0  # of |θ| and of its angle
ORTHOGONAL = 1e-9  # of a field's length: what others hold of it, by rounding
CACHED = 1 << 15  # numbers that a processor's cache holds
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
        """The load b."""

    @property
    def norms(self) -> tuple[Norm, ...]:
        """Norms to measure residuals in, one or more."""

    def images(self, field: Field) -> list[Field]:
        """K·field and every M_k·field."""

    def products(self, fields: Sequence[Field], other: Field) -> Floats:
        """Scalar products of real fields with another one, (fields,)."""

    def solve(self, theta: Complexes, share: float, guess: Field) -> Field:
        """The field u at θ (terms,), complex; its error in F may be this `share` of the guess's."""

    def refine(self, residual: Field) -> Field | None:
        """What takes a residual roughly away, where that costs less than `solve`; None where it does not."""


@dataclass(frozen=True)
class Wanted:
    """Where the model shall be good: on `curves`, to a `share` of their scales."""

    curves: tuple[Curve, ...]
    share: float

    @cached_property
    def together(self) -> Curves:
        """All curves."""
        return Curves(self.curves)

    @property
    def points(self) -> Complexes:
        """All θ, (n, terms)."""
        return self.together.every

    def errors(self, interface: Callable[[NDArray[Any]], Complexes], places: NDArray[np.intp]) -> Floats:
        """The errors that may be left at points of these numbers, in pitches, from what gives F − depth."""
        return self.share * self.together.scale(interface, places)

    @cached_property
    def watched(self) -> NDArray[np.intp]:
        """The numbers of the points to look at first: all, or one of each cell."""
        if len(self.points) <= WATCHED:
            return np.arange(len(self.points))
        with np.errstate(divide="ignore"):
            decades = np.maximum(np.log10(np.abs(self.points)), -99.0)
        cells = np.round(np.hstack([decades * CELLS_PER_DECADE, np.angle(self.points) * CELLS_PER_RADIAN]))
        return np.sort(np.unique(cells, axis=0, return_index=True)[1])


class Grown(NamedTuple):
    """What `reduce` finds.

    K and M_k on the fields (1 + terms, n, n), b on them (n,), the bound on the error of F in pitches, how many solves;
    `norms` bound the error elsewhere; the `fields`.
    """

    matrices: Floats
    load: Floats
    error: float
    solves: int
    norms: tuple[ResidualNorm, ...]
    fields: list[Field]

    def at(self, theta: Floats) -> Field:
        """The field u at θ (terms,), real."""
        found = solve_small(self.matrices, self.load, theta).real
        return plus(np.zeros_like(self.fields[0]), found, self.fields)


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
        """The load b on the fields."""
        return self.space.products(self.fields, self.space.load)

    def _measure(self, vectors: list[Field], of: Field | None = None) -> None:
        """Take in the load, or the images `of` a field: their products with all others, in each norm."""
        self.images += vectors
        for number, norm in enumerate(self.space.norms):
            old = self.products[number]
            shaped = norm.apply(vectors, of)
            columns = np.array([self.space.products(self.images, one) for one in shaped]).T
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
            image = sum(images[1:], images[0])
            lengths.append(math.sqrt(max(self.space.products([new], image)[0], 0.0)))
            shares = self.space.products(self.fields, image)
            if len(lengths) == 3 or np.max(np.abs(shares), initial=0.0) <= ORTHOGONAL * lengths[-1]:
                break
            new = plus(new, -shares, self.fields)
        length = lengths[-1]
        if not length > NOTHING * lengths[0]:
            return False
        unit = new / length
        images = [image / length for image in images]
        self.fields.append(unit)
        grown = np.zeros((len(images), len(self.fields), len(self.fields)))
        grown[:, :-1, :-1] = self.matrices
        for small, image in zip(grown, images, strict=True):
            small[-1] = small[:, -1] = self.space.products(self.fields, image)
        self.matrices = grown
        self._measure(images, unit)
        return True

    def at(self, points: NDArray[Any]) -> Complexes:
        """The fields' coefficients at θ (…, terms); (…, fields)."""
        return solve_small(self.matrices, self.load, points)

    def interface(self, theta: NDArray[Any]) -> Complexes:
        """F − depth at θ (…, terms); (…)."""
        return np.asarray(self.at(theta) @ self.load)

    def combined(self, coefficients: NDArray[Any]) -> Field:
        """Σ coefficient·field."""
        return plus(np.zeros_like(self.space.load), coefficients, self.fields)

    def shares(self, points: Complexes) -> Complexes:
        """Residuals at θ (n, terms) as multiples of the images, (n, images)."""
        return residual_shares(self.at(points), points)

    def residual(self, shares: Complexes) -> Field:
        """One residual, from its multiples of the images."""
        return plus(np.zeros_like(self.space.load), shares, self.images)

    @property
    def residual_norms(self) -> tuple[ResidualNorm, ...]:
        """What bounds the model's error, without the space."""
        pairs = zip(self.space.norms, self.products, strict=True)
        return tuple(ResidualNorm(np.asarray(norm.sigma), norm.smallest, products) for norm, products in pairs)


def plus(start: Field, coefficients: NDArray[Any], fields: Sequence[Field]) -> Field:
    """A field plus Σ coefficient·field, real or complex; parts that a cache holds, so that each is written once."""
    total = start.astype(np.result_type(start, coefficients), order="C")
    parts = total.reshape(-1)
    flat = [held.reshape(-1) for held in fields]
    for first in range(0, parts.size, CACHED):
        some = slice(first, first + CACHED)
        for coefficient, held in zip(coefficients, flat, strict=True):
            parts[some] += coefficient * held[some]
    return total


def least_weights(points: Complexes) -> tuple[Floats, ...]:
    """σ of norms that bound errors at all θ `points` (n, terms): one, the least |θ| of every term, (terms,).

    Two where that would let no current pass, as the contact blocks at some points and the gap at others: no norm that
    counts on the contact bounds what happens where it blocks. Their θ are those of the other points and of these.
    """
    sizes = np.abs(points)
    least = sizes.min(axis=0)
    if np.any(least):
        return (least,)
    blocks = sizes[:, 0] == 0
    return sizes[~blocks].min(axis=0), sizes[blocks].min(axis=0)


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
    basis, solves, before, watched = Basis(space), 0, np.inf, wanted.watched
    for known in start:
        basis.add(known)
    while True:
        worst = _worst(basis, wanted, watched)
        if worst.excess <= 1.0 and len(watched) < len(wanted.points):
            worst = _worst(basis, wanted, np.arange(len(wanted.points)))
            watched = np.union1d(watched, worst.missed)
        if worst.excess <= 1.0 or len(basis.fields) >= MOST_FIELDS:
            break
        found = space.refine(basis.residual(worst.shares)) if worst.excess < GAIN * before else None
        if found is None:
            guess = basis.combined(basis.at(worst.point))
            found = space.solve(worst.point, min(1.0 / worst.excess, 1.0), guess)
            solves += 1
        before = worst.excess
        if not (basis.add(found.real) | basis.add(found.imag)):
            break
    return Grown(basis.matrices, basis.load, worst.bound, solves, basis.residual_norms, basis.fields)


class _Worst(NamedTuple):
    """Where a model is worst: θ `point` (terms,), its residual's `shares`, `excess` = its bound over what is allowed.

    `bound`: on the error of F at all points that were looked at, in pitches; `missed`: the numbers of those where the
    model is not good, at most WATCHED, the worst.
    """

    point: Complexes
    shares: Complexes
    excess: float
    bound: float
    missed: NDArray[np.intp]


def _worst(basis: Basis, wanted: Wanted, places: NDArray[np.intp]) -> _Worst:
    points = wanted.points[places]
    shares = basis.shares(points)
    bounds = error_bounds(shares, points, basis.residual_norms)
    excess = bounds / wanted.errors(basis.interface, places)
    place = int(np.argmax(excess))
    missed = places[np.argsort(-excess)[: min(WATCHED, np.count_nonzero(excess > 1))]]
    return _Worst(points[place], shares[place], float(excess[place]), float(bounds.max(initial=0.0)), missed)
