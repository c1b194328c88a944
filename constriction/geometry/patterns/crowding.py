"""Many places looked at together: which of them are surely too near to a spot that is there already.

A cell that is nearly full refuses thousands of places for each one that it takes. Here they are refused together, by
the same sums as one by one, so that what is taken is the same to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from constriction.geometry.outlines import Point

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]

NOBODY = -1
SQUARES_PER_REACH = 4  # of the first gaps: measured, 2 to 8 cost the same


@dataclass
class Crowd:
    """Spots in a square cell, sorted into bins that are so narrow that of equal discs each holds one.

    `side`: of the cell; `reach`: how far the centres of the two widest must be apart, both in any one unit. `apart`:
    that distance over the sum of two sizes. `periodic`: the cell repeats without mirrors. `most`: how many will come.
    """

    side: float
    reach: float
    apart: float
    shape: str
    periodic: bool
    most: int
    count: int = 0

    def __post_init__(self) -> None:
        self.bins = math.ceil(
            min(math.sqrt(2) * self.side / self.reach, 2 * math.sqrt(self.most))
        )  # small spots: fewer
        self.rings = int(self.reach / self.side * self.bins * (1 + 1e-9)) + 1
        # beyond the sides of a cell that does not repeat nobody is: empty bins, also on the way round to the first
        self.around = self.bins + (0 if self.periodic else self.rings)
        self.layers = [self._empty()]
        self.x, self.y, self.sizes = np.zeros((3, self.most))
        near = range(-self.rings, self.rings + 1)
        self.ways = sorted(product(near, near), key=lambda way: way[0] ** 2 + way[1] ** 2)

    def add(self, points: Sequence[Point], sizes: Sequence[float]) -> None:
        """Let spots in."""
        who = np.arange(self.count, self.count + len(points), dtype=np.int32)
        self.count += len(points)
        x, y = np.array(points, dtype=float).reshape(-1, 2).T
        self.x[who], self.y[who], self.sizes[who] = x, y, sizes
        where, layer = self._row(x) * self.around + self._row(y), 0
        while len(who):
            if layer == len(self.layers):
                self.layers.append(self._empty())
            held = self.layers[layer]
            free = held[where] == NOBODY
            held[where[free]] = who[free]  # of several in one bin one stays, the others go to the next layer
            left = held[where] != who
            who, where, layer = who[left], where[left], layer + 1

    def _empty(self) -> Ints:
        return np.full(self.around**2, NOBODY, dtype=np.int32)

    def free(self, x: Floats, y: Floats, size: float, half: float = 0.0) -> Ints:
        """The numbers of those places, in order, at which a spot of a size is near to none in the crowd.

        With a `half` these are squares, twice as wide, and left out is where the spot is too near to one and the same
        anywhere in the square.
        """
        left = np.arange(len(x))
        row, column = self._row(x), self._row(y)
        for across, along in self.ways:
            where = (row[left] + across) % self.around * self.around + (column[left] + along) % self.around
            for layer in self.layers:
                who = layer[where]
                met = np.flatnonzero(who != NOBODY)
                if len(met):
                    near = self._near((x[left[met]], y[left[met]]), size, half, who[met])
                    stays = np.ones(len(left), dtype=bool)
                    stays[met[near]] = False
                    left, where = left[stays], where[stays]
        return left

    def _near(self, places: tuple[Floats, Floats], size: float, half: float, who: Ints) -> NDArray[np.bool_]:
        """Whether spots at places are too near to those of the crowd, each to its own."""
        reach = self.apart * (size + self.sizes[who])
        dx, dy = self._way(places[0], self.x[who]) + half, self._way(places[1], self.y[who]) + half
        if self.shape == "disc":
            return np.asarray(dx * dx + dy * dy < reach * reach)
        return np.asarray(np.maximum(dx, dy) < reach)

    def _way(self, place: Floats, other: Floats) -> Floats:
        away = np.abs(place - other)
        return np.minimum(away, self.side - away) if self.periodic else away

    def _row(self, place: Floats) -> Ints:
        return np.clip((place / self.side * self.bins).astype(np.intp), 0, self.bins - 1)


@dataclass(frozen=True)
class Gaps:
    """Squares about (x, y), of half a width, in which all places lie that a spot of a size may still take."""

    x: Floats
    y: Floats
    half: float
    size: float

    def places(self, numbers: Floats) -> tuple[Floats, Floats]:
        """Places that are equally likely anywhere in the squares, from three numbers of 0 to 1 each, (places, 3)."""
        which = (numbers[:, 0] * len(self.x)).astype(np.intp)
        return self.x[which] + self.half * (2 * numbers[:, 1] - 1), self.y[which] + self.half * (2 * numbers[:, 2] - 1)

    def finer(self, crowd: Crowd) -> Gaps:
        """Their quarters, without those that have been taken."""
        half = self.half / 2
        x = (self.x[:, None] + half * np.array([-1, 1, -1, 1])).ravel()
        y = (self.y[:, None] + half * np.array([-1, -1, 1, 1])).ravel()
        left = crowd.free(x, y, self.size, half)
        return Gaps(x[left], y[left], half, self.size)


def gaps_of(crowd: Crowd, size: float, margin: float) -> Gaps:
    """Where a spot of a size may lie that stays so far from the cell's sides, all lengths in one unit."""
    inner = crowd.side - 2 * margin
    count = math.ceil(inner / crowd.reach * SQUARES_PER_REACH)
    half = inner / count / 2
    along = margin + half * (2 * np.arange(count) + 1)
    x, y = (axis.ravel() for axis in np.meshgrid(along, along))
    left = crowd.free(x, y, size, half)
    return Gaps(x[left], y[left], half, size)
