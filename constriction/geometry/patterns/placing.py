"""Random places of spots, one after another, that keep apart: from mirrors at the sides, or across them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from constriction.base.errors import InputError
from constriction.geometry.outlines import SNAP, Point
from constriction.geometry.patterns.crowding import Crowd, Floats, gaps_of

SEPARATION = 1.05  # random spots: smallest distance of two centres, over the sum of their sizes
ATTEMPTS_PER_SPOT = 20_000  # random spots: tries before giving up
TRIED_ALONE, TRIED_ALONE_UNLIKE = 12, 200  # places for one spot, alike or not, after which many are looked at together
FEWEST_TOGETHER, MOST_TOGETHER = 1024, 131_072
MOST_ROUNDS = 40  # of gaps, each half as wide: by then they are as narrow as rounding

Draw = Callable[[], float]
Propose = Callable[[int, float], Point]
"""Gives a place for the spot of a number that keeps so far from the cell's sides."""


@dataclass
class SquareCell:
    """A square cell that fills with spots of one shape; lengths in any one unit.

    The `bins` are as wide as two of the widest may reach. `periodic`: the cell repeats without mirrors.
    """

    side: float
    widest: float
    shape: str
    periodic: bool
    bins: dict[tuple[int, int], list[tuple[Point, float]]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many bins lie along a side of a cell that repeats."""
        return max(int(self.side / self.widest), 1)

    def bin_of(self, point: Point) -> tuple[int, int]:
        """Where a point belongs."""
        if not self.periodic:
            return int(point[0] / self.widest), int(point[1] / self.widest)
        count = self.count
        return int(point[0] / self.side * count) % count, int(point[1] / self.side * count) % count

    def around(self, point: Point) -> Iterable[tuple[Point, float]]:
        """The spots near a point, perhaps twice, with their sizes."""
        i, j = self.bin_of(point)
        rows, columns = (i - 1, i, i + 1), (j - 1, j, j + 1)
        if self.periodic:
            count = self.count
            rows, columns = ((i - 1) % count, i, (i + 1) % count), ((j - 1) % count, j, (j + 1) % count)
        return (spot for a in rows for b in columns for spot in self.bins.get((a, b), ()))

    def way(self, place: float, other: float) -> float:
        """How far two places are along a side."""
        away = abs(place - other)
        return min(away, self.side - away) if self.periodic else away

    def takes(self, point: Point, size: float) -> bool:
        """Whether a spot finds room."""
        return self._holds(point, SEPARATION * size) and self._is_free(point, size)

    def _holds(self, point: Point, margin: float) -> bool:
        """Whether a spot keeps apart from its own images."""
        if self.periodic:
            return self.side > 2 * margin
        least = margin * (1 - SNAP)
        return all(least <= place <= self.side - least for place in point) and self.side > 2 * margin

    def _is_free(self, point: Point, size: float) -> bool:
        for other, its_size in self.around(point):
            reach = SEPARATION * (size + its_size)
            x, y = self.way(point[0], other[0]), self.way(point[1], other[1])
            if (x * x + y * y < reach * reach) if self.shape == "disc" else max(x, y) < reach:
                return False
        return True


@dataclass
class Anywhere:
    """Places all over a square cell, but for a margin along its sides; `ahead`: numbers that were drawn for them."""

    side: float
    draw: Draw
    ahead: list[float] = field(default_factory=list)
    used: int = 0

    def __call__(self, _: int, margin: float) -> Point:
        """The next place."""
        if self.used == len(self.ahead):
            u, v = self.draw(), self.draw()
        else:
            u, v = self.ahead[self.used : self.used + 2]
            self.pass_by(1)
        return margin + (self.side - 2 * margin) * u, margin + (self.side - 2 * margin) * v

    def look(self, count: int, margin: float) -> tuple[Floats, Floats]:
        """The next places, which stay the next ones."""
        self.ahead, self.used = self.ahead[self.used :], 0
        self.ahead += [self.draw() for _ in range(2 * count - len(self.ahead))]
        x, y = margin + (self.side - 2 * margin) * np.array(self.ahead[: 2 * count]).reshape(-1, 2).T
        return x, y

    def pass_by(self, count: int) -> None:
        """Be done with the next places."""
        self.used += 2 * count

    def numbers(self, count: int) -> Floats:
        """The next numbers, which are used up."""
        first = self.ahead[self.used : self.used + count]
        self.used += len(first)
        return np.array(first + [self.draw() for _ in range(count - len(first))])


@dataclass
class _Filling:
    """A cell on the way to holding spots of these sizes; `tries`: places refused to the next one so far."""

    cell: SquareCell
    sizes: Sequence[float]
    crowd: Crowd
    centres: list[Point] = field(default_factory=list)
    tries: int = 0
    block: int = FEWEST_TOGETHER

    def margin(self) -> float:
        """How far the next spot stays from the sides."""
        return 0.0 if self.cell.periodic else SEPARATION * self.sizes[len(self.centres)]

    def try_one(self, propose: Propose) -> None:
        """Try the next place for the next spot."""
        point = propose(len(self.centres), self.margin())
        if not self._take(point):
            self.tries += 1

    def try_many(self, propose: Anywhere) -> None:
        """Try the next places for the next spots, as long as these are alike."""
        placed, size = len(self.centres), self.sizes[len(self.centres)]
        self._let_in()
        x, y = propose.look(self.block, self.margin())
        passed = 0
        for place in self.crowd.free(x, y, size).tolist():
            if self.tries + place - passed >= ATTEMPTS_PER_SPOT or self._next_size() != size:
                break
            if self._take((float(x[place]), float(y[place]))):
                passed = place + 1
        if self._next_size() == size:
            refused = min(self.block - passed, ATTEMPTS_PER_SPOT - self.tries)
            self.tries, passed = self.tries + refused, passed + refused
        propose.pass_by(passed)
        # so many as fill the cell by a tenth, or as the next spot needs: then few are near to one that came with them
        found, wanted = len(self.centres) - placed, max(2, placed // 10 if self._next_size() == size else 0)
        self.block = min(max(int(self.block * wanted / max(found, 1)), FEWEST_TOGETHER), MOST_TOGETHER)

    def fill_gaps(self, propose: Anywhere) -> None:
        """Draw places for spots that are alike only from where one may be free, until there is none."""
        size = self.sizes[0]
        if self.cell.side <= 2 * SEPARATION * size:
            return
        self._let_in()
        gaps = gaps_of(self.crowd, size, self.margin())
        for _ in range(MOST_ROUNDS):
            if not len(gaps.x):
                return
            x, y = gaps.places(propose.numbers(3 * max(len(gaps.x), FEWEST_TOGETHER)).reshape(-1, 3))
            for place in self.crowd.free(x, y, size).tolist():
                if self._take((float(x[place]), float(y[place]))) and self._next_size() is None:
                    return
            self._let_in()
            gaps = gaps.finer(self.crowd)

    def _let_in(self) -> None:
        """Have the crowd know all who are there."""
        first, placed = self.crowd.count, len(self.centres)
        self.crowd.add(self.centres[first:], self.sizes[first:placed])

    def _next_size(self) -> float | None:
        return self.sizes[len(self.centres)] if len(self.centres) < len(self.sizes) else None

    def _take(self, point: Point) -> bool:
        size = self.sizes[len(self.centres)]
        if not self.cell.takes(point, size):
            return False
        self.cell.bins.setdefault(self.cell.bin_of(point), []).append((point, size))
        self.centres.append(point)
        self.tries = 0
        return True


def place_spots(
    sizes: Sequence[float], side: float, shape: str, propose: Propose, periodic: bool = False
) -> list[Point]:
    """Random sequential places of spots in a square cell; lengths in any one unit.

    None is nearer to another, or to an image of any beyond the sides, than 1.05 times the sum of their sizes.

    Raises:
        InputError: a spot found no free place.
    """
    reach, alike = SEPARATION * 2 * max(sizes), min(sizes) == max(sizes)
    crowd = Crowd(side, reach, SEPARATION, shape, periodic, len(sizes))
    filling = _Filling(SquareCell(side, reach, shape, periodic), sizes, crowd)
    while len(filling.centres) < len(sizes) and filling.tries < ATTEMPTS_PER_SPOT:
        if isinstance(propose, Anywhere) and filling.tries >= (TRIED_ALONE if alike else TRIED_ALONE_UNLIKE):
            filling.try_many(propose)
        else:
            filling.try_one(propose)
    if isinstance(propose, Anywhere) and alike and len(filling.centres) < len(sizes):
        filling.fill_gaps(propose)
    if len(filling.centres) < len(sizes):
        _refuse(filling)
    return filling.centres


def _refuse(filling: _Filling) -> NoReturn:
    placed, cell = len(filling.centres), filling.cell
    each = math.pi if cell.shape == "disc" else 4.0
    covered = each * math.fsum(size * size for size in filling.sizes[:placed]) / cell.side**2
    raise InputError(
        f"placed {placed} of {len(filling.sizes)} spots, then found no free place in {ATTEMPTS_PER_SPOT} tries; "
        f"expected a smaller contact fraction, another seed, overlap = 'merge' or a lattice (these cover {covered:.3f} "
        "of the cell)"
    )


def around_middles(middles: Sequence[Point], radius: float, side: float, draw: Draw, periodic: bool = False) -> Propose:
    """Places in the cell that are so near to the middles, one after another; even over the circles.

    Args:
        middles: in the cell.
        radius: of the circles, in their unit.
        side: of the cell, in their unit.
        draw: a number from 0 to 1.
        periodic: what lies beyond a side comes in at the other.
    """

    def propose(number: int, margin: float) -> Point:
        del margin
        x, y = middles[number % len(middles)]
        while True:
            u, v = 2 * draw() - 1, 2 * draw() - 1
            place = x + radius * u, y + radius * v
            if periodic:
                place = place[0] % side, place[1] % side
            if u * u + v * v <= 1 and _within(place, side):
                return place

    return propose


def _within(place: Point, side: float) -> bool:
    return all(0 <= coordinate <= side for coordinate in place)
