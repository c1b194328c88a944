"""Spots at random places: apart from each other, or merged where they overlap.

Python's own Mersenne Twister and plain sums and products only, so one seed gives the same places on every platform.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from statistics import NormalDist

import shapely

from constriction.base.errors import InputError, naming
from constriction.base.quantities import format_quantity
from constriction.case.interface import Clustered, Random
from constriction.case.patterns.scattered import Scattered
from constriction.geometry.lattices import Touching, cut_spots, in_rectangle, size_of
from constriction.geometry.outlines import SNAP, Point, Spot
from constriction.geometry.patches import Layout, spots_and_rest
from constriction.geometry.patterns.merged import Dropped
from constriction.geometry.patterns.polygons import outline_of, widths_of
from constriction.geometry.patterns.shares import share_of_spots

SEPARATION = 1.05  # random spots: smallest distance of two centres, over the sum of their sizes
AT_RANDOM = Touching(
    math.pi / (2 * math.sqrt(3)) / SEPARATION**2, 1.0 / SEPARATION**2, f"random {{}}s that keep {SEPARATION} diameters"
)
MOST_MERGED = 0.95  # of the cell that is covered
ATTEMPTS_PER_SPOT = 20_000  # random spots: tries before giving up

Draw = Callable[[], float]
Propose = Callable[[int, float], Point]
"""Gives a place for the spot of a number that keeps so far from the cell's sides."""


def scattered(interface: Random) -> Layout:
    """Random spots in a square cell, one per pitch².

    Raises:
        InputError: they would touch, or find no place.
    """
    draw = random.Random(interface.seed).random
    sizes = relative_sizes(interface, draw)
    return drawn(interface, sizes, anywhere(math.sqrt(interface.spots), draw))


def clustered(interface: Clustered) -> Layout:
    """Spots in clusters in a square cell, one spot per pitch².

    Raises:
        InputError: as `scattered`.
    """
    draw = random.Random(interface.seed).random
    side = math.sqrt(interface.spot_count)
    if interface.cluster_radius > side * interface.pitch:
        radius, most = (
            format_quantity(float(f"{length:.6g}"), "length")
            for length in (interface.cluster_radius, side * interface.pitch)
        )
        raise InputError(
            f"interface.cluster_radius = '{radius}': the cell is {most} wide; expected at most as much as that"
        )
    middles = [(side * draw(), side * draw()) for _ in range(interface.clusters)]
    sizes = relative_sizes(interface, draw)
    return drawn(interface, sizes, _around_middles(middles, interface.cluster_radius / interface.pitch, side, draw))


def _around_middles(middles: Sequence[Point], radius: float, side: float, draw: Draw) -> Propose:
    """Places in the cell that are so near to the middles, one after another; even over the circles."""

    def propose(number: int, margin: float) -> Point:
        del margin
        x, y = middles[number % len(middles)]
        while True:
            u, v = 2 * draw() - 1, 2 * draw() - 1
            place = x + radius * u, y + radius * v
            if u * u + v * v <= 1 and all(0 <= coordinate <= side for coordinate in place):
                return place

    return propose


def drawn(interface: Scattered, sizes: Sequence[float], propose: Propose) -> Layout:
    """The layout of spots that come to lie at proposed places.

    Args:
        interface: the pattern.
        sizes: of its spots, relative.
        propose: gives places, in pitches.

    Raises:
        InputError: they would touch, find no place, or cover too much.
    """
    side = math.sqrt(len(sizes))
    if interface.merges:
        return _merged(interface, Dropped(interface.shape, [propose(n, 0.0) for n in range(len(sizes))], sizes, side))
    pitch, shape = interface.pitch, interface.shape
    mean = math.fsum(size * size for size in sizes) / len(sizes)
    scale = size_of(shape, AT_RANDOM.fraction(interface, shape))  # in units of the pitch
    scaled = [scale * size / math.sqrt(mean) for size in sizes]
    with naming(f"interface.pattern = '{interface.pattern}'"):
        centres = place_spots(scaled, side, shape, propose)
    spots = [Spot(shape, x * pitch, y * pitch, size * pitch) for (x, y), size in zip(centres, scaled, strict=True)]
    sides = side * pitch, side * pitch
    return in_rectangle(sides, cut_spots(spots, sides, interface.inverted), pitch, 1)


def _merged(interface: Scattered, dropped: Dropped) -> Layout:
    """The layout of spots that may overlap."""
    share = share_of_spots(interface)
    if share > MOST_MERGED:
        bound = f"at least {1 - MOST_MERGED:.2g}" if interface.inverted else f"at most {MOST_MERGED:g}"
        raise InputError(
            f"interface.contact_fraction = {interface.contact_fraction}: spots that merge cover at most "
            f"{MOST_MERGED:g} of the cell; expected {bound} (or 1, the full contact)"
        )
    pitch = interface.pitch
    sides = dropped.side * pitch, dropped.side * pitch
    parts = [shapely.transform(part, lambda places: pitch * places) for part in dropped.covering(share)]
    outlines = [outline_of(part, sides) for part in parts]
    widths = widths_of(parts, sides, interface.inverted)
    return in_rectangle(sides, spots_and_rest(outlines, interface.inverted), pitch, 1, widths)


def relative_sizes(interface: Scattered, draw: Draw) -> list[float]:
    """Sizes of the spots over their median, the largest first: they find a place as long as there is one."""
    count, spread = interface.spot_count, interface.size_spread
    if spread == 0:
        return [1.0] * count
    normal = NormalDist().inv_cdf
    return sorted((math.exp(spread * normal(_inside(draw()))) for _ in range(count)), reverse=True)


def _inside(share: float) -> float:
    """A number from 0 to 1, but neither of them."""
    return 2.0**-54 + (1 - 2.0**-53) * share


def place_spots(sizes: Sequence[float], side: float, shape: str, propose: Propose) -> list[Point]:
    """Random sequential places of spots in a square cell; lengths in any one unit.

    None is nearer to another, or to its mirror image, than 1.05 times the sum of their sizes.

    Raises:
        InputError: a spot found no free place.
    """
    widest = SEPARATION * 2 * max(sizes)
    bins: dict[tuple[int, int], list[tuple[Point, float]]] = {}
    centres: list[Point] = []
    for number, size in enumerate(sizes):
        margin = SEPARATION * size
        for _ in range(ATTEMPTS_PER_SPOT):
            point = propose(number, margin)
            key = int(point[0] / widest), int(point[1] / widest)
            if _is_inside(point, margin, side) and _is_free(point, size, _around(bins, key), shape):
                bins.setdefault(key, []).append((point, size))
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


def _is_inside(point: Point, margin: float, side: float) -> bool:
    least = margin * (1 - SNAP)
    return all(least <= place <= side - least for place in point) and side > 2 * margin


def _around(
    bins: dict[tuple[int, int], list[tuple[Point, float]]], key: tuple[int, int]
) -> Iterable[tuple[Point, float]]:
    i, j = key
    return (spot for a in (i - 1, i, i + 1) for b in (j - 1, j, j + 1) for spot in bins.get((a, b), ()))


def _is_free(point: Point, size: float, others: Iterable[tuple[Point, float]], shape: str) -> bool:
    x, y = point
    for (u, v), other in others:
        reach = SEPARATION * (size + other)
        if shape == "disc":
            if (x - u) * (x - u) + (y - v) * (y - v) < reach * reach:
                return False
        elif max(abs(x - u), abs(y - v)) < reach:
            return False
    return True
