"""Patterns that repeat: one spot in its cell, square and hexagonal lattices, stripes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from constriction.case.interface import Interface
from constriction.geometry.outlines import Edge, Outline, Spot, rectangle

SEPARATION = 1.05  # random spots: smallest distance of two centres, in diameters


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
    disc = interface.shape == "disc"
    if interface.pattern == "stripes":
        return 1.0, "stripes"
    if interface.pattern == "single" and interface.cell_shape == "circular":
        return (1.0, "a disc and its circular cell") if disc else (2 / math.pi, "a square and its circular cell")
    if interface.pattern == "hexagonal":
        # squares of side a on the lattice touch diagonally when a = √3/2·pitch
        full = math.pi / (2 * math.sqrt(3)) if disc else math.sqrt(3) / 2
        return full, f"{interface.shape}s on a hexagonal lattice"
    if interface.pattern == "random":
        densest = math.pi / (2 * math.sqrt(3)) if disc else 1.0
        return densest / SEPARATION**2, f"random {interface.shape}s that keep {SEPARATION} diameters"
    return (math.pi / 4 if disc else 1.0), f"{interface.shape}s on a square lattice"


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
