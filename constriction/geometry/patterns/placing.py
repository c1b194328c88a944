"""Random places of spots, one after another, that keep apart: from mirrors at the sides, or across them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from constriction.base.errors import InputError
from constriction.geometry.outlines import SNAP, Point

SEPARATION = 1.05  # random spots: smallest distance of two centres, over the sum of their sizes
ATTEMPTS_PER_SPOT = 20_000  # random spots: tries before giving up

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
        keys = ((a, b) for a in (i - 1, i, i + 1) for b in (j - 1, j, j + 1))
        if self.periodic:
            keys = ((a % self.count, b % self.count) for a, b in keys)
        return (spot for key in keys for spot in self.bins.get(key, ()))

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


def place_spots(
    sizes: Sequence[float], side: float, shape: str, propose: Propose, periodic: bool = False
) -> list[Point]:
    """Random sequential places of spots in a square cell; lengths in any one unit.

    None is nearer to another, or to an image of any beyond the sides, than 1.05 times the sum of their sizes.

    Raises:
        InputError: a spot found no free place.
    """
    cell = SquareCell(side, SEPARATION * 2 * max(sizes), shape, periodic)
    centres: list[Point] = []
    for number, size in enumerate(sizes):
        margin = 0.0 if periodic else SEPARATION * size
        for _ in range(ATTEMPTS_PER_SPOT):
            point = propose(number, margin)
            if cell.takes(point, size):
                cell.bins.setdefault(cell.bin_of(point), []).append((point, size))
                centres.append(point)
                break
        else:
            raise InputError(
                f"placed {len(centres)} of {len(sizes)} spots, then found no free place "
                f"in {ATTEMPTS_PER_SPOT} tries; expected a smaller contact fraction, another seed, overlap = 'merge' "
                "or a lattice"
            )
    return centres


def anywhere(side: float, draw: Draw) -> Propose:
    """Places all over a square cell, but for a margin along its sides."""

    def propose(_: int, margin: float) -> Point:
        x = margin + (side - 2 * margin) * draw()
        y = margin + (side - 2 * margin) * draw()
        return x, y

    return propose


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
