"""The pixels of a plate as a space for `greedy`.

The potential's fields are real arrays (1 or 2, across, along): on the pixels, and with a film that of the film on the
parts that it covers of pixels; that part leads to the rest of the pixel as `grids` tells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from constriction.field.currents.on_pixels import pixel_spread
from constriction.field.currents.spread import Spread
from constriction.field.reduction.affine import Model, Reduced
from constriction.field.reduction.curves import Complexes, Curve, Floats
from constriction.field.reduction.greedy import Field, Wanted, least_weights, reduce
from constriction.field.reduction.poles import ReducedModel, poles_of_pair
from constriction.field.transforms.grids import Plate, Theta, solve

CHECKED = np.asarray(1j * np.logspace(-3, 4, 57)[:, None], dtype=np.complex128)
"""θ of the gap where the model of ideal contacts is bounded: then it is good at every one."""
SHIFTS = 0.0, 30.0  # θ of the gap in the norms that residuals are measured in
LARGE = 1e4  # θ of the gap above which F − depth is below a ten-thousandth of itself at rest, or so
IDEAL = 1e8  # θ of a film that is thinner than any pixel by far
SOLVE_SHARE = 0.03  # of the errors that are wanted, for each solve


@dataclass(frozen=True, eq=False)
class PlateNorm:
    """Residuals in the norm of a plate's preconditioner at θ = `sigma`, (terms,); `smallest` bounds its eigenvalues."""

    plate: Plate
    sigma: Floats
    smallest: float

    @cached_property
    def _precondition(self) -> Callable[[Field], Field]:
        return self.plate.preconditioner(self.sigma)

    def apply(self, vectors: list[Field], of: Field | None = None) -> list[Field]:
        """The preconditioner times vectors; what the film's parts of pixels add is exact."""
        return [self._applied(vector) for vector in vectors]

    def _applied(self, vector: Field) -> Field:
        if not self.plate.film:
            return self._precondition(vector[0])[None]
        way = self.plate.to_film
        share = 1 / (1 + self.sigma[0] * way)  # of a pixel's potential that is left at the film
        pixels = self._precondition(vector[0] + share * vector[1])
        film = share * (way / np.where(way > 0, self.plate.covered, 1.0) * vector[1] + pixels)
        return np.stack([pixels, np.where(way > 0, film, 0.0)])


@dataclass(frozen=True, eq=False)
class PixelSpace:
    """Fields on a plate's pixels; `tolerance` of the mean of u, relative, that solves may leave."""

    plate: Plate
    norms: tuple[PlateNorm, ...]
    tolerance: float

    @property
    def load(self) -> Field:
        """b: the current density 1, over the root of the number of pixels, so that bᵀu is a mean."""
        load = self.plate.load / math.sqrt(self.plate.free.size)
        return np.stack([load, 0 * load]) if self.plate.film else load[None]

    def images(self, field: Field) -> list[Field]:
        """K·field and every M·field."""
        plate, pixels = self.plate, field[0]
        if not plate.film:
            return [plate.apply(pixels, plate.contact)[None], (plate.gap * pixels)[None]]
        partly = plate.to_film > 0
        drawn = np.where(partly, np.where(partly, plate.contact, 0.0) * (pixels - field[1]), 0.0)
        nothing = np.zeros_like(pixels)
        whole = np.where(partly, 0.0, plate.covered)
        return [
            np.stack([plate.apply(pixels) + drawn, -drawn]),
            np.stack([whole * pixels, np.where(partly, plate.covered * field[1], 0.0)]),
            np.stack([plate.gap * pixels, nothing]),
        ]

    def products(self, fields: Sequence[Field], other: Field) -> Floats:
        """Scalar products of real fields with another one, (fields,)."""
        return np.array([np.dot(held.ravel(), other.ravel()) for held in fields])

    def solve(self, theta: Complexes, share: float, guess: Field) -> Field:
        """The field u at θ (terms,)."""
        scaled = guess[0] * math.sqrt(self.plate.free.size)
        return self.whole(solve(self.plate, theta, self.tolerance, scaled).field, theta)

    def whole(self, pixels: Field, theta: Theta) -> Field:
        """A field of `solve`, with the film's potential."""
        pixels = pixels / math.sqrt(self.plate.free.size)
        if not self.plate.film:
            return np.asarray(pixels[None])
        film = pixels / (1 + theta[0] * self.plate.to_film)
        return np.stack([pixels, np.where(self.plate.to_film > 0, film, 0.0)])

    def spread(self, field: Field, theta: Floats) -> Spread | None:
        """How the current spreads over the contacts at a field of θ at rest, (terms,)."""
        plate = self.plate
        pixels, *film = field * math.sqrt(plate.free.size)
        partly = plate.free & (plate.covered > 0)
        if film:
            density = theta[0] * np.where(plate.to_film > 0, film[0], pixels)
        else:
            drawn = 1.0 - plate.drawn(pixels)  # what the electrolyte leaves for the metal
            density = np.where(partly, plate.contact * pixels / np.where(partly, plate.covered, 1.0), drawn)
        return pixel_spread(plate.covered, density, plate.width, theta, plate.film, plate.periodic)

    def refine(self, residual: Field) -> Field | None:
        """Nothing is cheaper than a solve."""
        return None


def reduce_plate(
    plate: Plate, depth: float, curves: tuple[Curve, ...], share: float
) -> tuple[Model, Callable[[Floats], Spread | None]]:
    """Build the reduced model of a plate.

    Args:
        plate: the interface.
        depth: of the slab, in pitches.
        curves: where F is asked; of ideal contacts the model is good at any θ.
        share: of the curves' scales that the bound on F's error may take.

    Returns:
        The model, and what tells how its current spreads over the contacts at any real θ, (terms,).

    Raises:
        SolverError: conjugate gradients do not converge.
    """
    if plate.film:
        return _reduce_film(plate, depth, Wanted(curves, share))
    first = solve(plate, np.zeros(1), SOLVE_SHARE * share)
    gap = any(curve.moves for curve in curves) and bool(plate.gap.any())
    checked = Curve(CHECKED if gap else CHECKED[:0], np.zeros(1))
    shifts = SHIFTS if gap else SHIFTS[:1]
    space = PixelSpace(
        plate, tuple(PlateNorm(plate, np.array([s]), first.smallest) for s in shifts), SOLVE_SHARE * share
    )
    start = [space.whole(first.field, np.zeros(1))]
    if gap:
        start.append(np.where(plate.free, 1 / (plate.gap + plate.contact / LARGE + ~plate.free), 0.0)[None])
    found = reduce(space, start, Wanted((checked, *(curve for curve in curves if np.any(curve.at_rest))), share))
    times, weights = poles_of_pair(found.matrices[0], found.matrices[1], found.load)
    model = ReducedModel(
        times=np.concatenate([[0.0], times]),
        weights=np.concatenate([[depth], weights]),
        depth=depth,
        stored=float(weights @ times),
        error=found.error,
        solves=1 + found.solves,
    )
    return model, lambda theta: space.spread(found.at(theta), theta)


def _reduce_film(plate: Plate, depth: float, wanted: Wanted) -> tuple[Model, Callable[[Floats], Spread | None]]:
    sigmas, tolerance = least_weights(wanted.points), SOLVE_SHARE * wanted.share
    firsts = [solve(plate, sigma, tolerance) for sigma in sigmas]
    norms = tuple(
        PlateNorm(plate, np.array([sigma[0], s]), first.smallest)
        for sigma, first in zip(sigmas, firsts, strict=True)
        for s in (sigma[1], *SHIFTS[1:])
    )
    space = PixelSpace(plate, norms, tolerance)
    ideal = np.array([IDEAL, 0.0])
    at_rest = space.whole(solve(plate, ideal, tolerance).field, ideal)
    known = [space.whole(first.field, sigma) for sigma, first in zip(sigmas, firsts, strict=True)]
    found = reduce(space, [np.ones_like(space.load), *known], wanted)
    constriction, stored = space.products([space.load, space.images(at_rest)[-1]], at_rest)
    model = Reduced(
        matrices=found.matrices,
        load=found.load,
        depth=depth,
        error=found.error,
        solves=1 + len(firsts) + found.solves,
        constriction=float(constriction),
        stored=float(stored),
        norms=found.norms,
    )
    return model, lambda theta: space.spread(found.at(theta), theta)
