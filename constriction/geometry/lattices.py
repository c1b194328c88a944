"""Patterns that repeat: one spot in its cell, square and hexagonal lattices, stripes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from constriction.case.interface import Interface
from constriction.geometry.outlines import Edge, Outline, Spot, rectangle

SEPARATION = 1.05  # random spots: smallest distance of two centres, in diameters

# Of each pattern: the area fractions at which discs and squares touch, and the words for it.
_ON_SQUARES = math.pi / 4, 1.0, "{}s on a square lattice"
_TOUCHING = {
    "single": _ON_SQUARES,
    "square": _ON_SQUARES,
    "tube": (1.0, 2 / math.pi, "a {} and its circular cell"),
    # squares of side a on the lattice touch diagonally when a = √3/2·pitch
    "hexagonal": (math.pi / (2 * math.sqrt(3)), math.sqrt(3) / 2, "{}s on a hexagonal lattice"),
    "stripes": (1.0, 1.0, "stripes"),
    "random": (
        math.pi / (2 * math.sqrt(3)) / SEPARATION**2,
        1.0 / SEPARATION**2,
        f"random {{}}s that keep {SEPARATION} diameters",
    ),
}


class MirrorCell(NamedTuple):
    """What a pattern puts into its mirror cell, as in `geometry.cell.Layout`; lengths in metres."""

    cell: Outline
    spots: tuple[Outline, ...]
    sizes: tuple[float, ...]
    width: float
    depth: float
    lattice_images: int


def largest_spot_fraction(interface: Interface) -> tuple[float, str]:
    """The area fraction at which the spots of a pattern touch, and the words for it."""
    discs, squares, words = _TOUCHING["tube" if interface.cell_shape == "circular" else interface.pattern]
    return discs if interface.shape == "disc" else squares, words.format(interface.shape)


def size_of(shape: str, area: float) -> float:
    """Radius of a disc or half the side of a square of this area, in the root of its unit."""
    return math.sqrt(area / math.pi) if shape == "disc" else 0.5 * math.sqrt(area)


def in_rectangle(cell: tuple[float, float], spots: Sequence[Spot], images: int) -> MirrorCell:
    """Spots, cut at the sides of a rectangular mirror cell.

    Args:
        cell: width and depth, metres.
        spots: in metres.
        images: mirror cells that make one lattice cell.
    """
    cuts = tuple(spot.cut(*cell) for spot in spots)
    return MirrorCell(rectangle(0.0, 0.0, *cell), cuts, tuple(spot.size for spot in spots), *cell, images)


def uniform(pitch: float) -> MirrorCell:
    """Contact everywhere: one cell of the pitch (m) and no spot."""
    return in_rectangle((pitch, pitch), (), 1)


def square(interface: Interface, pitch: float, fraction: float) -> MirrorCell:
    """A quarter of a square cell, or of the flux tube of diameter `pitch` (m), the spot on its axis."""
    if interface.cell_shape == "circular":
        return _tube(interface, pitch / 2, fraction)
    spot = Spot(interface.shape, 0.0, 0.0, size_of(interface.shape, fraction * pitch**2))
    return in_rectangle((pitch / 2, pitch / 2), [spot], 4)


def _tube(interface: Interface, b: float, fraction: float) -> MirrorCell:
    """A quarter of the tube of radius b."""
    spot = Spot(interface.shape, 0.0, 0.0, size_of(interface.shape, fraction * math.pi * b**2))
    centre = (0.0, 0.0)
    cell = Outline((Edge(centre, (b, 0.0)), Edge((b, 0.0), (0.0, b), centre), Edge((0.0, b), centre)))
    return MirrorCell(cell, (spot.cut(b, b),), (spot.size,), b, b, 4)


def hexagonal(interface: Interface, pitch: float, fraction: float) -> MirrorCell:
    """A quarter of the rectangular cell pitch × √3 pitch (m); it holds two quarter spots."""
    width, depth = pitch / 2, math.sqrt(3) / 2 * pitch
    size = size_of(interface.shape, fraction * math.sqrt(3) / 2 * pitch**2)
    spots = [Spot(interface.shape, 0.0, 0.0, size), Spot(interface.shape, width, depth, size)]
    return in_rectangle((width, depth), spots, 4)


def stripes(_: Interface, pitch: float, fraction: float) -> MirrorCell:
    """Half a period (m) across; along the stripe nothing varies, so any length does."""
    width, half = pitch / 2, fraction * pitch / 2
    depth = 0.5 * min(half, width - half)
    stripe = rectangle(0.0, 0.0, half, depth)
    return MirrorCell(rectangle(0.0, 0.0, width, depth), (stripe,), (half,), width, depth, 2)
