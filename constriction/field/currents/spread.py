"""Over which parts of the contacts the current density is above so many times its mean over them.

At the rim of an ideal contact the density goes as 1/√r, so that the area above x times the mean falls as x⁻²: its
inverse square y goes as r and is what is interpolated. A piece of contact over which y runs evenly from y₀ to y₁ passes
the current 2·area/(√y₀ + √y₁), and the tail is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MULTIPLES = 2.0, 5.0, 10.0
"""Of the mean density over the contacts, that results are given for."""
LEVELS = np.union1d(np.round(10 ** (np.arange(-26, 35) / 20), 6), MULTIPLES)
"""Of the mean density, that are kept, for a histogram."""
LAYER = 1 / math.pi  # a film's j in a half plane is (r + LAYER/θ)^-½, up to a factor, far from the rim and at it
CAUTION = 3.0  # times the largest difference from the finest solution
LEAST = 1e-9  # of the mean density; a rounding error may be below 0
EVEN = 1e-12  # relative difference of y₀ and y₁ below which a piece has one density


@dataclass(frozen=True, eq=False)
class ContactPieces:
    """Pieces of contacts, (n,) each.

    `area` in any unit; `first` and `last`: the inverse square of the density, in any unit, at a piece's two ends.
    """

    area: Floats
    first: Floats
    last: Floats


@dataclass(frozen=True, eq=False)
class Spread:
    """Shares (0 to 1) of the contacts' area and current where the density is above LEVELS × its mean; (levels,) each.

    `at_rest`: θ of ω → 0 that they belong to, (terms,).
    """

    at_rest: Floats
    area: Floats
    current: Floats

    @property
    def shares(self) -> Floats:
        """Both; (2, levels)."""
        return np.stack([self.area, self.current])


@dataclass(frozen=True, eq=False)
class BarredSpread:
    """A spread and the error bars of its shares, (levels,) each; an error of 1 says that nothing is known."""

    area: Floats
    current: Floats
    area_error: Floats
    current_error: Floats

    def above(self, multiple: float) -> tuple[float, float, float, float]:
        """Share of the area and its error, share of the current and its error, above one of LEVELS."""
        place = int(np.flatnonzero(multiple == LEVELS)[0])
        found = (self.area, self.area_error, self.current, self.current_error)
        area, area_error, current, current_error = (float(values[place]) for values in found)
        return area, area_error, current, current_error


def inverse_square(density: Floats) -> Floats:
    """Y of densities relative to their mean, same shape."""
    return np.asarray(np.maximum(density, LEAST) ** -2.0)


def spread_of(pieces: ContactPieces, at_rest: Floats, total: Callable[[Floats], Floats] = np.asarray) -> Spread | None:
    """The spread of pieces; None where no current passes.

    Args:
        pieces: of this rank.
        at_rest: θ that they belong to, (terms,).
        total: sums an array over the ranks.
    """
    roots = np.sqrt(pieces.first) + np.sqrt(pieces.last)
    current = 2 * pieces.area / np.where(roots > 0, roots, np.inf)
    area, whole = total(np.array([pieces.area.sum(), current.sum()]))
    if not (area > 0 and whole > 0):
        return None
    share, scale = pieces.area / area, (whole / area) ** 2
    low, high = np.minimum(pieces.first, pieces.last) * scale, np.maximum(pieces.first, pieces.last) * scale
    width = np.maximum(high - low, EVEN * high)
    low_root, found = np.sqrt(low), np.zeros((len(LEVELS), 2))
    for number, y in enumerate(LEVELS**-2.0):
        part = np.clip((y - low) / width, 0.0, 1.0)
        through = 2 * part / (low_root + np.sqrt(low + part * width))
        found[number] = share @ part, share @ through
    found = total(found)
    return Spread(at_rest, found[:, 0], found[:, 1])


def even_spread(at_rest: Floats) -> Spread:
    """The spread of a contact that is the whole interface: the density is its mean everywhere."""
    everywhere = (LEVELS < 1.0).astype(float)
    return Spread(at_rest, everywhere, everywhere)


def with_bars(spreads: Sequence[Spread], least: float) -> BarredSpread | None:
    """The finest spread, with error bars from the others.

    Args:
        spreads: of solutions that are compared, the finest last.
        least: the relative error of a density that the error bars are for at least.
    """
    if not spreads:
        return None
    fine = spreads[-1].shares
    distance = np.max([np.abs(spread.shares - fine) for spread in spreads], axis=0)
    places = np.log(LEVELS)
    moved = [[np.interp(places + shift, places, share) for share in fine] for shift in (-least, least)]
    bars = np.minimum(CAUTION * distance + np.max(np.abs(moved - fine), axis=0), 1.0)
    return BarredSpread(*fine, *bars)
