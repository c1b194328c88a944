"""Discs that are listed one by one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import shapely

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.interface import List
from constriction.geometry.lattices import cut_spots, in_rectangle
from constriction.geometry.outlines import SNAP, Spot
from constriction.geometry.patches import Layout


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
