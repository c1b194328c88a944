"""The length that the error of a grid goes with, and how much of it contacts leave."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.geometry.cell import Layout, rim_lengths, rim_share
from constriction.geometry.outlines import Edge
from constriction.geometry.patches import CONTACT

STRAIGHT = 0.6  # of the length at the rims
MANY_RIMS = 20  # islands of a map whose errors swing little
# How many times the usual error: of many spots, whose noise averages out, and of stripes:
# docs/numerics/error_bars.md#calibration.
MANY_SPOTS, OF_MANY, OF_STRIPES = 9, 0.35, 0.5
# Outlines are round whose pieces are shorter than this part of the room at the rims; so many discs must they make.
ROUND, MANY_OUTLINES = 0.2, 4
# Of stripes is left at the least, in 95 of 100, this part of `rim_share` per (width of a pixel / room)², and behind a
# film per width / room where the layer at the rim, 1/θ, is thinner than SEEN pixels.
LEAST_OF_STRIPES, LAYER_OF_STRIPES, SEEN = 0.06, 0.066, 0.2
MANY, CROWD = 4, 1 / 6  # spots; their noise, of NOISE_ORDER in the width, falls as the fourth root of their number


@dataclass(frozen=True)
class StraightRims:
    """What grids leave of stripes at the least, relative: `rims` as of `rim_share`, `room` at the rims in pitches."""

    rims: float
    room: float

    def least(self, width: float) -> float:
        """Of ideal contacts, by the width of a pixel in pitches."""
        return LEAST_OF_STRIPES * self.rims * (width / self.room) ** 2

    def width(self, least: float) -> float:
        """The width of a pixel, in pitches, that leaves so much."""
        return self.room * math.sqrt(least / (LEAST_OF_STRIPES * self.rims))

    def layer(self, width: float, thinness: NDArray[np.float64]) -> NDArray[np.float64]:
        """Behind a film besides; `thinness`: width / thickness of the layer at the rim, (n,)."""
        return LAYER_OF_STRIPES * self.rims * width / self.room * thinness / (thinness + SEEN)


def stripes_of(layout: Layout) -> StraightRims | None:
    """None of any other layout."""
    rims = rim_share(layout)
    return None if rims is None else StraightRims(rims, statistics.fmean(rim_lengths(layout)) / layout.pitch)


def share_of(layout: Layout) -> float:
    """How many times the usual error of a grid the contacts of a layout leave."""
    if rim_share(layout) is not None:
        return OF_STRIPES
    return OF_MANY if layout.traced is None and islands(layout) >= MANY_SPOTS else 1.0


def is_crowd(layout: Layout) -> bool:
    """Whether there are many round rims, of discs that are apart or overlap: their noise averages out most."""
    if layout.traced is not None or layout.electrode is not None or layout.background == CONTACT:
        return False
    straight = _straight_pieces(layout)
    if layout.outlined is None:
        return not straight and islands(layout) >= MANY_SPOTS
    return max(straight, default=0.0) < ROUND * layout.outlined.room and islands(layout) >= MANY_OUTLINES


def _straight_pieces(layout: Layout) -> list[float]:
    """The lengths of the straight pieces of rims, m."""
    return [math.dist(edge.start, edge.end) for edge in layout.straight_edges if not _on_side(layout, edge)]


def _on_side(layout: Layout, edge: Edge) -> bool:
    """Whether a straight edge lies on a side of the cell."""
    sides = (0.0, layout.width), (0.0, layout.depth)
    return any(edge.start[axis] == edge.end[axis] in sides[axis] for axis in range(2))


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
        if layout.straight:
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
