"""How much of each pixel shapes cover: exact for straight and circular edges.

The part of a pixel left of a curve walked upwards is ∫ (x − x_left) dy over the curve's piece inside it, and the whole
width over pieces further right. Summed over a closed outline (Green's theorem) that is the covered area.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.geometry.outlines import Edge, Outline

Floats = NDArray[np.float64]


class Raster(NamedTuple):
    """A rectangle [0, width] × [0, depth] in metres, cut into `across` × `along` equal pixels."""

    width: float
    depth: float
    across: int
    along: int

    @property
    def pixel(self) -> tuple[float, float]:
        """Width and depth of a pixel, metres."""
        return self.width / self.across, self.depth / self.along

    @property
    def centres(self) -> tuple[Floats, Floats]:
        """Places x (across, 1) and y (1, along) of the pixels' centres, metres."""
        dx, dy = self.pixel
        across, along = np.arange(self.across, dtype=np.float64), np.arange(self.along, dtype=np.float64)
        return dx * (across[:, None] + 0.5), dy * (along[None, :] + 0.5)


def coverage(outlines: Iterable[Outline], raster: Raster) -> Floats:
    """The covered share of each pixel.

    Args:
        outlines: closed, counter-clockwise, inside the rectangle, apart from each other; metres.
        raster: the pixels.

    Returns:
        From 0 to 1, (across, along); their mean is the outlines' area over the rectangle's, to rounding.
    """
    dx, dy = raster.pixel
    inside = np.zeros((raster.across, raster.along))
    beyond = np.zeros((raster.across, raster.along))
    for outline in outlines:
        for edge in outline.edges:
            x, y, bulge = _pieces(edge, raster.pixel)
            middle_x, middle_y, rise = (x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2, np.diff(y)
            i = np.clip((middle_x / dx).astype(int), 0, raster.across - 1)
            j = np.clip((middle_y / dy).astype(int), 0, raster.along - 1)
            np.add.at(inside, (i, j), (middle_x - i * dx) * rise + bulge)
            np.add.at(beyond, (i, j), rise * dx)
    inside[:-1] += np.cumsum(beyond[:0:-1], axis=0)[::-1]
    return np.clip(inside / (dx * dy), 0.0, 1.0)


def _pieces(edge: Edge, pixel: tuple[float, float]) -> tuple[Floats, Floats, Floats]:
    """Cut an edge at the lines between pixels: points x, y (n + 1,) and areas between arc and chord (n,)."""
    if edge.centre is None:
        (x0, y0), (x1, y1) = edge.start, edge.end
        at = np.unique(np.concatenate([[0.0, 1.0], *map(_straight_cuts, edge.start, edge.end, pixel)]))
        return x0 + at * (x1 - x0), y0 + at * (y1 - y0), np.zeros(len(at) - 1)
    (cx, cy), radius, turn = edge.centre, math.dist(edge.start, edge.centre), edge.turn
    begin = math.atan2(edge.start[1] - cy, edge.start[0] - cx)
    upright, level = (_circle_cuts(c, radius, width) for c, width in zip(edge.centre, pixel, strict=True))
    angles = np.concatenate([upright, -upright, math.pi / 2 - level, math.pi / 2 + level])
    at = np.mod((angles - begin) * np.sign(turn), 2 * math.pi) / abs(turn)
    at = np.unique(np.concatenate([[0.0, 1.0], at[at < 1]]))
    angle, swept = begin + at * turn, np.diff(at) * turn
    return cx + radius * np.cos(angle), cy + radius * np.sin(angle), radius**2 / 2 * (swept - np.sin(swept))


def _straight_cuts(start: float, end: float, width: float) -> Floats:
    """Where from 0 to 1 the way from start to end crosses multiples of a width."""
    if start == end:
        return np.zeros(0)
    low, high = sorted((start, end))
    lines = width * np.arange(math.ceil(low / width), math.floor(high / width) + 1)
    return np.asarray(np.clip((lines - start) / (end - start), 0.0, 1.0))


def _circle_cuts(centre: float, radius: float, width: float) -> Floats:
    """Angles in [0, π] from the axis at which a circle crosses multiples of a width."""
    lines = width * np.arange(math.ceil((centre - radius) / width), math.floor((centre + radius) / width) + 1)
    return np.asarray(np.arccos(np.clip((lines - centre) / radius, -1.0, 1.0)))
