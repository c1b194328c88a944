"""The pixels of a plate as a space for `greedy`.

The potential's fields are real arrays (1 to 3, across, along): on the pixels, with a film that of the film on the parts
that it covers of pixels, and under the rim of an electrode on a pellet that of the gap on its parts; a part leads to
the rest of the pixel as `grids` tells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.field.currents.on_pixels import pixel_spread
from constriction.field.currents.spread import Spread
from constriction.field.reduction.affine import Model, Reduced
from constriction.field.reduction.curves import Complexes, Curve, Floats
from constriction.field.reduction.greedy import Field, Wanted, least_weights, reduce
from constriction.field.reduction.poles import ReducedModel, poles_of_pair
from constriction.field.transforms.gradients import solve
from constriction.field.transforms.grids import Plate, Theta

CHECKED = np.asarray(1j * np.logspace(-3, 4, 57)[:, None], dtype=np.complex128)
"""θ of the gap where the model of ideal contacts is bounded: then it is good at every one."""
SHIFTS = 0.0, 30.0  # θ of the gap in the norms that residuals are measured in
LARGE = 1e4  # θ of the gap above which F − depth is below a ten-thousandth of itself at rest, or so
IDEAL = 1e8  # θ of a film that is thinner than any pixel by far
SOLVE_SHARE = 0.03  # of the errors that are wanted, for each solve


class Part(NamedTuple):
    """What covers parts of pixels, of which it has a potential of its own: a film, or a gap that ends there.

    `term`: its number in θ; `admittance`: its share of a pixel's, all of it, per θ; `way`: that times the resistance
    of the way to it, zero where it covers all of a pixel or nothing. (across, along).
    """

    term: int
    admittance: Floats
    way: Floats

    @property
    def there(self) -> NDArray[np.bool_]:
        """The pixels with such a part."""
        return np.asarray(self.way > 0)

    @property
    def resistance(self) -> Floats:
        """Of the way to the part; zero where there is none."""
        return np.divide(self.way, self.admittance, out=np.zeros_like(self.way), where=self.there)

    def share(self, theta: Theta) -> Field:
        """What is left of a pixel's potential at the part, at θ (terms,)."""
        return np.asarray(1 / (1 + theta[self.term] * self.way))

    def drawn(self, pixels: Field, own: Field) -> Field:
        """The current density from pixels to their parts, from the potentials of both."""
        there = self.there
        conductance = np.divide(self.admittance, self.way, out=np.zeros_like(self.way), where=there)
        return np.asarray(conductance * np.where(there, pixels - own, 0.0))

    def taken(self, pixels: Field, own: Field) -> tuple[Field, Field]:
        """What it takes per θ, of the pixels that it covers as a whole and of its parts of others."""
        there = self.there
        return np.where(there, 0.0, self.admittance * pixels), np.where(there, self.admittance * own, 0.0)


def parts_of(plate: Plate) -> tuple[Part, ...]:
    """The film's parts of pixels, and those of a gap that ends under an electrode's rim."""
    film = (Part(0, plate.covered, plate.to_film),) if plate.film else ()
    return film if plate.to_gap is None else (*film, Part(-1, plate.gap, plate.to_gap))


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
        parts = parts_of(self.plate)
        shares = [part.share(self.sigma) for part in parts]
        pixels = self._precondition(vector[0] + sum(s * own for s, own in zip(shares, vector[1:], strict=True)))
        inner = [
            np.where(part.there, s * (part.resistance * own + pixels), 0.0)
            for part, s, own in zip(parts, shares, vector[1:], strict=True)
        ]
        return np.stack([pixels, *inner])


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
        return np.stack([load, *(0 * load for _ in parts_of(self.plate))])

    def images(self, field: Field) -> list[Field]:
        """K·field and every M·field."""
        plate, pixels, inner = self.plate, field[0], field[1:]
        parts = parts_of(plate)
        if not parts:
            return [plate.apply(pixels, plate.contact)[None], (plate.gap * pixels)[None]]
        drawn = [part.drawn(pixels, own) for part, own in zip(parts, inner, strict=True)]
        electrolyte = plate.apply(pixels, 0.0 if plate.film else plate.contact) + sum(drawn)
        images = [np.stack([electrolyte, *(-one for one in drawn)])]
        by_term: list[Field] = [np.zeros_like(field) for _ in range(1 + plate.film)]
        if plate.to_gap is None:
            by_term[-1][0] = plate.gap * pixels
        for number, (part, own) in enumerate(zip(parts, inner, strict=True), start=1):
            by_term[part.term][0], by_term[part.term][number] = part.taken(pixels, own)
        return [*images, *by_term]

    def products(self, fields: Sequence[Field], other: Field) -> Floats:
        """Scalar products of real fields with another one, (fields,)."""
        return np.array([np.dot(held.ravel(), other.ravel()) for held in fields])

    def solve(self, theta: Complexes, share: float, guess: Field) -> Field:
        """The field u at θ (terms,)."""
        scaled = guess[0] * math.sqrt(self.plate.free.size)
        return self.whole(solve(self.plate, theta, self.tolerance, scaled).field, theta)

    def whole(self, pixels: Field, theta: Theta) -> Field:
        """A field of `solve`, with the potentials of parts of pixels."""
        pixels = pixels / math.sqrt(self.plate.free.size)
        inner = [np.where(part.there, part.share(theta) * pixels, 0.0) for part in parts_of(self.plate)]
        return np.stack([pixels, *inner])

    def spread(self, field: Field, theta: Floats) -> Spread | None:
        """How the current spreads over the contacts at a field of θ at rest, (terms,)."""
        plate = self.plate
        pixels, *inner = field * math.sqrt(plate.free.size)
        partly = plate.free & (plate.covered > 0)
        if plate.film:
            density = theta[0] * np.where(plate.to_film > 0, inner[0], pixels)
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
        taking = plate.gap + plate.contact / LARGE  # nothing beside an electrode on a pellet
        flat = np.divide(1.0, taking, out=np.zeros_like(taking), where=plate.free & (taking > 0))
        start.append(space.whole(flat, np.array([LARGE])))
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
