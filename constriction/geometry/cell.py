"""From an interface's description to its layout in one mirror cell, and how near its rims are to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString

from constriction.case.interface import Filled, Interface
from constriction.geometry.lattices import hexagonal, single, square, stripes, uniform
from constriction.geometry.outlines import SNAP
from constriction.geometry.patches import Layout
from constriction.geometry.placed import listed, scattered

__all__ = ["LAYOUTS", "Layout", "layout", "rim_lengths"]

LAYOUTS: dict[str, Callable[[Any], Layout]] = {
    "single": single,
    "square": square,
    "hexagonal": hexagonal,
    "stripes": stripes,
    "random": scattered,
    "list": listed,
}
"""What draws each pattern: from its model to its layout."""


def layout(interface: Interface) -> Layout:
    """The mirror cell of an interface.

    Raises:
        InputError: the contact fraction does not fit the pattern, discs overlap or lie outside, or random spots
            cannot be placed.
    """
    if isinstance(interface, Filled) and interface.contact_fraction in (0.0, 1.0):
        return uniform(interface)
    return LAYOUTS[interface.pattern](interface)


def rim_lengths(plan: Layout) -> tuple[float, ...]:
    """The length over which the field varies at each spot's rim, metres; (spots,).

    The spot's size, or half the way to the nearest other rim if that is less; mirror images count.
    """
    polygons = np.array([spot.polygon(64) for spot in plan.spots], dtype=object)
    room = np.array([spot.size for spot in plan.spots], dtype=float)
    for edge in plan.cell.edges:
        mirror = LineString([*edge.points(64), edge.end])
        away = shapely.distance(polygons, mirror)
        room = np.where(away > SNAP * plan.pitch, np.minimum(room, away), room)
    if len(polygons) > 1:
        tree = shapely.STRtree(polygons)
        pairs, gaps = tree.query_nearest(polygons, exclusive=True, return_distance=True)
        np.minimum.at(room, pairs[0], gaps / 2)
    return tuple(float(length) for length in room)
