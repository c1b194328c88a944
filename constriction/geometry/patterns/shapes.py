"""Ellipses, rectangles and rings as outlines."""

from __future__ import annotations

import math

import numpy as np
import shapely
from shapely.geometry import Polygon

from constriction.case.patterns.lattices import LONG, Lattice, RingPattern
from constriction.geometry.outlines import Edge, Outline, Point, Spot, polygons_of
from constriction.geometry.patterns.merged import unit_polygon
from constriction.geometry.patterns.polygons import Sides, outline_of
from constriction.geometry.patterns.shares import share_below

SMALLEST_INSIDE = 1e-6  # of a ring, relative; what is smaller is none
CHORDS, MOST_STRETCH = 128, 16.0  # of an ellipse whose axes are alike, and how many times as many a long one has

Extents = tuple[float, float]
"""Semi-axes of an ellipse, or half the width and depth of a rectangle."""


def long_polygon(shape: str, centre: Point, extents: Extents, angle: float = 0.0) -> Polygon:
    """An ellipse, as a polygon of its area, or a rectangle.

    Args:
        shape: ellipse or rectangle.
        centre: its middle.
        extents: along its axes, in the unit of the middle.
        angle: of the first axis from the x axis, degrees.
    """
    stretch = min(max(extents) / min(extents), MOST_STRETCH)
    corners = (
        unit_polygon("square", 4) if shape == "rectangle" else unit_polygon("disc", 4 * round(CHORDS * stretch / 4))
    )
    turned = corners * np.array(extents)
    if angle % 360:
        c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        turned = turned @ np.array([[c, s], [-s, c]])
    return Polygon(np.array(centre) + turned)


def cut(polygon: Polygon, sides: Sides, size: float) -> Outline:
    """The part of a convex shape inside the cell.

    Args:
        polygon: the shape, metres.
        sides: width and depth of the cell, m.
        size: of the whole shape, m.
    """
    inside = polygon
    left, front, right, back = polygon.bounds
    if min(left, front) < 0 or right > sides[0] or back > sides[1]:
        inside = polygons_of(shapely.intersection(polygon, shapely.box(0, 0, *sides)))[0]
    return outline_of(inside, sides, size)


def is_long(interface: Lattice) -> bool:
    """Whether its spots are ellipses or rectangles."""
    return interface.shape in LONG


def long_spots(
    interface: Lattice, cell: float, others: list[Point], centres: list[Point], sides: Sides
) -> list[Outline]:
    """Ellipses or rectangles of a lattice.

    Args:
        interface: the pattern.
        cell: area of its primitive cell, pitches².
        others: lattice points beside the origin, pitches.
        centres: of the spots in the mirror cell, metres.
        sides: width and depth of the mirror cell, m.

    Raises:
        InputError: they would touch.
    """
    long = math.sqrt(interface.aspect)
    each = math.pi if interface.shape == "ellipse" else 4.0
    limit = each * min(_touching(interface.shape, x / long, y * long) for x, y in others) ** 2 / cell
    share = share_below(limit, interface, f"{interface.shape}s of this aspect on a {interface.pattern} lattice")
    size = interface.pitch * math.sqrt(share * cell / each)
    extents = size * long, size / long
    return [cut(long_polygon(interface.shape, centre, extents), sides, min(extents)) for centre in centres]


def _touching(shape: str, x: float, y: float) -> float:
    """The size at which two discs or squares touch whose middles are x and y apart."""
    return 0.5 * (math.hypot(x, y) if shape == "ellipse" else max(x, y))


def ring_of(interface: RingPattern, shape: str) -> Outline:
    """A quarter of a ring in its mirror cell; its size is half its width.

    Raises:
        InputError: it would touch its neighbours.
    """
    ratio = interface.inner_ratio if interface.inner_ratio >= SMALLEST_INSIDE else 0.0
    each = math.pi if shape == "disc" else 4.0
    limit = each / 4 * (1 - ratio * ratio)
    share = share_below(limit, interface, f"rings of inner_ratio = {ratio:g}")
    outer = interface.pitch * math.sqrt(share / (each * (1 - ratio) * (1 + ratio)))
    inner = ratio * outer
    if inner == 0:
        half = interface.pitch / 2
        return Spot(shape, 0.0, 0.0, outer).cut(half, half)
    size = (outer - inner) / 2
    return _quarter(outer, inner, shape, min(size, inner) if interface.inverted else size)


def _quarter(outer: float, inner: float, shape: str, size: float) -> Outline:
    """A quarter of a ring about the origin."""
    if shape == "disc":
        middle = 0.0, 0.0
        rims = [Edge((outer, 0.0), (0.0, outer), middle)], [Edge((0.0, inner), (inner, 0.0), middle)]
    else:
        rims = (
            [Edge((outer, 0.0), (outer, outer)), Edge((outer, outer), (0.0, outer))],
            [Edge((0.0, inner), (inner, inner)), Edge((inner, inner), (inner, 0.0))],
        )
    ends = Edge((0.0, outer), (0.0, inner)), Edge((inner, 0.0), (outer, 0.0))
    return Outline((*rims[0], ends[0], *rims[1], ends[1]), size)
