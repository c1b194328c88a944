"""Patterns of single places: random spots, and discs that are listed one by one."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence

import numpy as np
import shapely

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.interface import List, Random
from constriction.geometry.lattices import Touching, cut_spots, in_rectangle, size_of
from constriction.geometry.outlines import SNAP, Point, Spot
from constriction.geometry.patches import Layout

SEPARATION = 1.05  # random spots: smallest distance of two centres, in diameters
AT_RANDOM = Touching(
    math.pi / (2 * math.sqrt(3)) / SEPARATION**2, 1.0 / SEPARATION**2, f"random {{}}s that keep {SEPARATION} diameters"
)
ATTEMPTS_PER_SPOT = 20_000  # random spots: tries before giving up


def scattered(interface: Random) -> Layout:
    """Random spots in a square cell, one per pitch².

    Raises:
        InputError: they would touch, or find no place.
    """
    pitch, shape, side = interface.pitch, interface.shape, math.sqrt(interface.spots)
    size = size_of(shape, AT_RANDOM.fraction(interface, shape))  # in units of the pitch
    centres = place_spots(interface.spots, side, size, shape, interface.seed)
    spots = [Spot(shape, x * pitch, y * pitch, size * pitch) for x, y in centres]
    sides = side * pitch, side * pitch
    return in_rectangle(sides, cut_spots(spots, sides, interface.inverted), pitch, 1)


def listed(interface: List) -> Layout:
    """The discs that a case lists; the pitch is the cell's longer side.

    Raises:
        InputError: two touch, or one lies outside.
    """
    width, depth = interface.cell
    spots = [_snap(Spot("disc", *disc), width, depth) for disc in interface.discs]
    for number, spot in enumerate(spots, start=1):
        _check_inside(number, spot, width, depth)
    _check_apart(spots)
    patches = cut_spots(spots, interface.cell, interface.inverted)
    return in_rectangle(interface.cell, patches, max(width, depth), 1)


def place_spots(count: int, side: float, size: float, shape: str, seed: int) -> list[Point]:
    """Random sequential places of `count` spots in a square cell.

    None is nearer to another or to its mirror image than 1.05 diameters. Python's own Mersenne
    Twister and plain sums and products only, so one seed gives the same places on every platform.

    Raises:
        InputError: a spot found no free place.
    """
    reach = SEPARATION * 2 * size
    margin = SEPARATION * size
    draw = random.Random(seed).random
    bins: dict[tuple[int, int], list[Point]] = {}
    centres: list[Point] = []
    for _ in range(count):
        for _ in range(ATTEMPTS_PER_SPOT):
            x = margin + (side - 2 * margin) * draw()
            y = margin + (side - 2 * margin) * draw()
            key = int(x / reach), int(y / reach)
            if side > 2 * margin and _is_free((x, y), _around(bins, key), reach, shape):
                bins.setdefault(key, []).append((x, y))
                centres.append((x, y))
                break
        else:
            raise InputError(
                f"interface.pattern = 'random': placed {len(centres)} of {count} spots, then found no free place in "
                f"{ATTEMPTS_PER_SPOT} tries; expected a smaller contact fraction, another seed or a lattice"
            )
    return centres


def _around(bins: dict[tuple[int, int], list[Point]], key: tuple[int, int]) -> Iterable[Point]:
    i, j = key
    return (p for a in (i - 1, i, i + 1) for b in (j - 1, j, j + 1) for p in bins.get((a, b), ()))


def _is_free(point: Point, others: Iterable[Point], reach: float, shape: str) -> bool:
    x, y = point
    if shape == "disc":
        return all((x - u) * (x - u) + (y - v) * (y - v) >= reach * reach for u, v in others)
    return all(max(abs(x - u), abs(y - v)) >= reach for u, v in others)


def _snap(spot: Spot, width: float, depth: float) -> Spot:
    """A centre within rounding of the cell's edge lies on it."""
    x = next((edge for edge in (0.0, width) if abs(spot.x - edge) < SNAP * width), spot.x)
    y = next((edge for edge in (0.0, depth) if abs(spot.y - edge) < SNAP * depth), spot.y)
    return Spot(spot.shape, x, y, spot.size)


def _check_inside(number: int, spot: Spot, width: float, depth: float) -> None:
    """A disc lies inside, or has its centre on a mirror; anything else has a kink where it meets its image."""
    for centre, extent in ((spot.x, width), (spot.y, depth)):
        for edge in (0.0, extent):
            inside = 0.0 <= centre <= extent and abs(centre - edge) > spot.size * (1 + SNAP)
            if not (inside or centre == edge):
                raise InputError(
                    f"interface.discs: disc {number} (x {_length(spot.x)}, y {_length(spot.y)}, "
                    f"radius {_length(spot.size)}) "
                    f"crosses or lies outside the cell of {_length(width)} × {_length(depth)}; "
                    "expected it inside, or its centre on the edge"
                )


def _check_apart(spots: Sequence[Spot]) -> None:
    """No two discs touch: near pairs are found with a tree over the bounding boxes."""
    boxes = [shapely.box(s.x - s.size, s.y - s.size, s.x + s.size, s.y + s.size) for s in spots]
    pairs = shapely.STRtree(boxes).query(boxes)
    for i, j in sorted(zip(*np.asarray(pairs).tolist(), strict=True)):
        a, b = spots[i], spots[j]
        if i < j and math.hypot(a.x - b.x, a.y - b.y) <= (a.size + b.size) * (1 + SNAP):
            raise InputError(
                f"interface.discs: disc {i + 1} (radius {_length(a.size)}) and disc {j + 1} (radius {_length(b.size)}) "
                f"overlap or touch, centres {_length(math.hypot(a.x - b.x, a.y - b.y))} apart; "
                f"expected more than {_length(a.size + b.size)}"
            )


def _length(value: float) -> str:
    """A length as an error tells it, such as 5 um."""
    return format_quantity(float(f"{value:.6g}"), "length")
