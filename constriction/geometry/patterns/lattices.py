"""Patterns that repeat: one spot in its cell, square and hexagonal lattices, stripes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from constriction.case.interface import Annulus, Filled, Frame, Hexagonal, Single, Square, Stripes
from constriction.case.patterns.lattices import RingPattern
from constriction.geometry.outlines import Edge, Outline, Spot, rectangle
from constriction.geometry.patches import CONTACT, GAP, Layout, Patch, Widths, spots_and_rest
from constriction.geometry.patterns.shapes import is_long, long_spots, ring_of
from constriction.geometry.patterns.shares import share_below


@dataclass(frozen=True)
class Touching:
    """The area fractions at which discs and squares of a pattern touch, and the words for it."""

    discs: float
    squares: float
    words: str

    def fraction(self, interface: Filled, shape: str = "disc") -> float:
        """The area fraction of the spots of an interface.

        Raises:
            InputError: they would touch.
        """
        limit = self.discs if shape == "disc" else self.squares
        return share_below(limit, interface, self.words.format(shape))


ON_SQUARES = Touching(math.pi / 4, 1.0, "{}s on a square lattice")
IN_TUBE = Touching(1.0, 2 / math.pi, "a {} and its circular cell")
# squares of side a on the lattice touch diagonally when a = √3/2·pitch
ON_HEXAGONS = Touching(math.pi / (2 * math.sqrt(3)), math.sqrt(3) / 2, "{}s on a hexagonal lattice")
OF_STRIPES = Touching(1.0, 1.0, "stripes")


def size_of(shape: str, area: float) -> float:
    """Radius of a disc or half the side of a square of this area, in the root of its unit."""
    return math.sqrt(area / math.pi) if shape == "disc" else 0.5 * math.sqrt(area)


def in_rectangle(
    sides: tuple[float, float],
    patches: tuple[Patch, ...],
    pitch: float,
    images: int,
    widths: Widths | None = None,
    periodic: bool = False,
) -> Layout:
    """Patches in a rectangular cell.

    Args:
        sides: width and depth of the cell, metres.
        patches: inside it, in metres.
        pitch: metres.
        images: mirror cells that make one lattice cell.
        widths: of outlines that are no single spots.
        periodic: the cell repeats without mirrors.
    """
    cell = rectangle(0.0, 0.0, *sides)
    return Layout(cell, patches, *sides, pitch, images, outlined=widths, periodic=periodic)


def cut_spots(spots: Sequence[Spot], sides: tuple[float, float], inverted: bool) -> tuple[Patch, ...]:
    """Spots, cut at the sides (metres) of a rectangular mirror cell, and what is beside them."""
    return spots_and_rest([spot.cut(*sides) for spot in spots], inverted)


def uniform(interface: Filled) -> Layout:
    """One law everywhere, that of the contact or that of the gap: one cell of the pitch."""
    region = CONTACT if interface.contact_fraction > 0 else GAP
    return in_rectangle((interface.pitch, interface.pitch), (Patch(region),), interface.pitch, 1)


def single(interface: Single) -> Layout:
    """A quarter of a square cell, or of a flux tube whose diameter is the pitch, the spot on its axis."""
    return _tube(interface) if interface.cell_shape == "circular" else square(interface)


def square(interface: Single | Square) -> Layout:
    """A quarter of a square cell, the spot in its corner."""
    pitch, shape = interface.pitch, interface.shape
    sides = pitch / 2, pitch / 2
    if is_long(interface):
        spots = long_spots(interface, 1.0, [(1.0, 0.0), (0.0, 1.0)], [(0.0, 0.0)], sides)
        return in_rectangle(sides, spots_and_rest(spots, interface.inverted), pitch, 4)
    size = size_of(shape, ON_SQUARES.fraction(interface, shape) * pitch**2)
    return in_rectangle(sides, cut_spots([Spot(shape, 0.0, 0.0, size)], sides, interface.inverted), pitch, 4)


def _tube(interface: Single) -> Layout:
    """A quarter of the tube of radius b."""
    b, shape = interface.pitch / 2, interface.shape
    size = size_of(shape, IN_TUBE.fraction(interface, shape) * math.pi * b**2)
    patches = cut_spots([Spot(shape, 0.0, 0.0, size)], (b, b), interface.inverted)
    centre = (0.0, 0.0)
    cell = Outline((Edge(centre, (b, 0.0)), Edge((b, 0.0), (0.0, b), centre), Edge((0.0, b), centre)))
    return Layout(cell, patches, b, b, interface.pitch, 4)


def hexagonal(interface: Hexagonal) -> Layout:
    """A quarter of the rectangular cell pitch × √3 pitch; it holds two quarter spots."""
    pitch, shape = interface.pitch, interface.shape
    width, depth = sides = pitch / 2, math.sqrt(3) / 2 * pitch
    if is_long(interface):
        height = math.sqrt(3) / 2
        long = long_spots(interface, height, [(1.0, 0.0), (0.5, height), (0.0, 2 * height)], [(0.0, 0.0), sides], sides)
        return in_rectangle(sides, spots_and_rest(long, interface.inverted), pitch, 4)
    size = size_of(shape, ON_HEXAGONS.fraction(interface, shape) * math.sqrt(3) / 2 * pitch**2)
    spots = [Spot(shape, 0.0, 0.0, size), Spot(shape, width, depth, size)]
    return in_rectangle(sides, cut_spots(spots, sides, interface.inverted), pitch, 4)


def annulus(interface: Annulus) -> Layout:
    """A quarter of a square cell, the round ring about its corner."""
    return _ring(interface, "disc")


def frame(interface: Frame) -> Layout:
    """A quarter of a square cell, the square ring about its corner."""
    return _ring(interface, "square")


def _ring(interface: RingPattern, shape: str) -> Layout:
    sides = interface.pitch / 2, interface.pitch / 2
    patches = spots_and_rest([ring_of(interface, shape)], interface.inverted)
    return in_rectangle(sides, patches, interface.pitch, 4)


def stripes(interface: Stripes) -> Layout:
    """Half a period across; along the stripe nothing varies, so any length does."""
    pitch = interface.pitch
    width, half = pitch / 2, OF_STRIPES.fraction(interface) * pitch / 2
    depth = 0.5 * min(half, width - half)
    stripe = rectangle(0.0, 0.0, half, depth, size=half)
    return in_rectangle((width, depth), spots_and_rest([stripe], interface.inverted), pitch, 2)
