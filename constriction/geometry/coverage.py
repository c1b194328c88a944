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

from constriction.geometry.outlines import Edge, Outline, Point
from constriction.geometry.patches import CONTACT, Layout

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
        outlines: closed, counter-clockwise, perhaps with holes, inside the rectangle, apart from each other; metres.
        raster: the pixels.

    Returns:
        From 0 to 1, (across, along); their mean is the outlines' area over the rectangle's, to rounding.
    """
    edges = [edge for outline in outlines for chain in outline.chains for edge in chain]
    straight = np.array([(*edge.start, *edge.end) for edge in edges if edge.centre is None]).reshape(-1, 4)
    pieces = [_straight_pieces(straight, raster.pixel)]
    pieces += [_arc_pieces(edge, edge.centre, raster.pixel) for edge in edges if edge.centre is not None]
    return _summed(_Pieces(*map(np.concatenate, zip(*pieces, strict=True))), raster)


def contact_coverage(layout: Layout, raster: Raster) -> Floats:
    """The share of each pixel that is in contact, (across, along), of a raster over a cell."""
    covered = coverage(layout.spots, raster)
    return 1.0 - covered if layout.background == CONTACT else covered


class _Pieces(NamedTuple):
    """Pieces of edges, each inside one pixel, (n,): middle of the chord, its rise, area between arc and chord."""

    x: Floats
    y: Floats
    rise: Floats
    bulge: Floats


def _summed(pieces: _Pieces, raster: Raster) -> Floats:
    """The covered share of each pixel, (across, along), from all pieces of closed outlines."""
    (dx, dy), shape = raster.pixel, (raster.across, raster.along)
    i = np.clip((pieces.x / dx).astype(int), 0, raster.across - 1)
    place = i * raster.along + np.clip((pieces.y / dy).astype(int), 0, raster.along - 1)
    within = (pieces.x - i * dx) * pieces.rise + pieces.bulge
    inside, beyond = (np.bincount(place, part, math.prod(shape)).reshape(shape) for part in (within, pieces.rise * dx))
    inside[:-1] += np.cumsum(beyond[:0:-1], axis=0)[::-1]
    return np.clip(inside / (dx * dy), 0.0, 1.0)


def _straight_pieces(edges: Floats, pixel: tuple[float, float]) -> _Pieces:
    """Straight edges (n, 4), x and y of start and end, cut at the lines between pixels."""
    owner, at = np.arange(len(edges)).repeat(2), np.tile([0.0, 1.0], len(edges))
    for start, end, width in zip(edges[:, :2].T, edges[:, 2:].T, pixel, strict=True):
        low, high = np.minimum(start, end), np.maximum(start, end)
        first = np.ceil(low / width)
        counts = np.where(start == end, 0, np.maximum(np.floor(high / width) - first + 1, 0)).astype(int)
        cut = np.arange(len(edges)).repeat(counts)
        number = np.arange(len(cut)) - np.repeat(np.cumsum(counts) - counts, counts)
        lines = width * (first[cut] + number)
        owner = np.concatenate([owner, cut])
        at = np.concatenate([at, np.clip((lines - start[cut]) / (end - start)[cut], 0.0, 1.0)])
    order = np.lexsort((at, owner))
    owner, at = owner[order], at[order]
    x, y = (edges[owner, axis] + at * (edges[owner, axis + 2] - edges[owner, axis]) for axis in (0, 1))
    inner = owner[1:] == owner[:-1]
    rise = np.diff(y)[inner]
    return _Pieces(((x[1:] + x[:-1]) / 2)[inner], ((y[1:] + y[:-1]) / 2)[inner], rise, np.zeros(len(rise)))


def _arc_pieces(edge: Edge, centre: Point, pixel: tuple[float, float]) -> _Pieces:
    """An arc about a centre, cut at the lines between pixels."""
    (cx, cy), radius, turn = centre, math.dist(edge.start, centre), edge.turn
    begin = math.atan2(edge.start[1] - cy, edge.start[0] - cx)
    upright, level = (_circle_cuts(c, radius, width) for c, width in zip(centre, pixel, strict=True))
    angles = np.concatenate([upright, -upright, math.pi / 2 - level, math.pi / 2 + level])
    at = np.mod((angles - begin) * np.sign(turn), 2 * math.pi) / abs(turn)
    at = np.unique(np.concatenate([[0.0, 1.0], at[at < 1]]))
    angle, swept = begin + at * turn, np.diff(at) * turn
    x, y = cx + radius * np.cos(angle), cy + radius * np.sin(angle)
    return _Pieces((x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2, np.diff(y), radius**2 / 2 * (swept - np.sin(swept)))


def _circle_cuts(centre: float, radius: float, width: float) -> Floats:
    """Angles in [0, π] from the axis at which a circle crosses multiples of a width."""
    lines = width * np.arange(math.ceil((centre - radius) / width), math.floor((centre + radius) / width) + 1)
    return np.asarray(np.arccos(np.clip((lines - centre) / radius, -1.0, 1.0)))
