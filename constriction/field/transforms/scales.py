"""The length that the error of a grid goes with."""

from __future__ import annotations

import math
import statistics

from constriction.geometry.cell import Layout, rim_lengths

STRAIGHT = 0.6  # of the length at the rims
MANY_RIMS = 20  # islands of a map whose errors swing little
MANY, CROWD = 4, 1 / 6  # spots; their noise, of NOISE_ORDER in the width, falls as the fourth root of their number


def scale_of(layout: Layout) -> float:
    """The length that the error of a grid goes with, in pitches.

    It lies between a spot's size and its distance to others. A straight rim lies in its pixels in one way all along,
    so its error does not average out, while among many spots a part of it does. Rims of maps were measured to be no
    worse than those of discs, also of maps of rectangles: `tests/verification/test_maps.py`.
    """
    if not layout.spots:
        return 1.0
    if layout.widths is not None:
        length = layout.widths.room * (STRAIGHT if layout.widths.straight else 1.0)
    else:
        length = math.sqrt(statistics.fmean(rim_lengths(layout)) * statistics.fmean(spot.size for spot in layout.spots))
        if all(edge.centre is None for spot in layout.spots for edge in spot.edges):
            length *= STRAIGHT
    return float(length / layout.pitch * crowd_of(layout))


def crowd_of(layout: Layout) -> float:
    """How many times longer that length is as noise averages out among many spots."""
    return float(max(1.0, islands(layout) / MANY) ** CROWD)


def islands(layout: Layout) -> float:
    """How many spots share the noise: of a map as many discs as its rims would make, for its contacts may be one."""
    if layout.widths is None:
        return float(max(layout.islands, 1))
    share = min(layout.contact_fraction, 1.0 - layout.contact_fraction)
    return max(share * layout.width * layout.depth / (math.pi * layout.widths.room**2), 1.0)


def hardly_swings(layout: Layout) -> bool:
    """Whether the error falls evenly from grid to grid: of a map with many unlike islands."""
    return layout.traced is not None and islands(layout) >= MANY_RIMS
