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

from constriction.geometry.outlines import Outline
from constriction.geometry.patches import CONTACT, Layout

Floats = NDArray[np.float64]
ARCS_AT_ONCE = 20_000  # whose pieces are held in memory


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
    arcs = np.array([(*edge.start, *edge.centre, edge.turn) for edge in edges if edge.centre is not None])
    some = np.array_split(arcs.reshape(-1, 5), 1 + len(arcs) // ARCS_AT_ONCE)
    pieces = [_straight_pieces(straight, raster.pixel), *(_arc_pieces(part, raster.pixel) for part in some)]
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


def _arc_pieces(arcs: Floats, pixel: tuple[float, float]) -> _Pieces:
    """Arcs (n, 5), x and y of start and centre and the turn, cut at the lines between pixels."""
    start, centre, turn = arcs[:, :2] - arcs[:, 2:4], arcs[:, 2:4], arcs[:, 4]
    radius, begin = np.hypot(*start.T), np.arctan2(start[:, 1], start[:, 0])
    (upright, of_upright), (level, of_level) = (
        _circle_cuts(one, radius, width) for one, width in zip(centre.T, pixel, strict=True)
    )
    every = np.arange(len(arcs))
    owner = np.concatenate([every, every, of_upright, of_upright, of_level, of_level])
    angle = np.concatenate([upright, -upright, np.pi / 2 - level, np.pi / 2 + level])
    cut = owner[2 * len(arcs) :]
    inner = np.mod((angle - begin[cut]) * np.sign(turn)[cut], 2 * np.pi) / np.abs(turn)[cut]
    at = np.concatenate([np.zeros(len(arcs)), np.ones(len(arcs)), np.minimum(inner, 1.0)])  # beyond its end: nothing
    order = np.lexsort((at, owner))
    owner, at = owner[order], at[order]
    angle = begin[owner] + at * turn[owner]
    x, y = (centre[owner, 0] + radius[owner] * np.cos(angle), centre[owner, 1] + radius[owner] * np.sin(angle))
    inside = (owner[1:] == owner[:-1]) & (at[1:] > at[:-1])
    swept = (np.diff(at) * turn[owner[1:]])[inside]
    bulge = radius[owner[1:]][inside] ** 2 / 2 * (swept - np.sin(swept))
    return _Pieces(((x[1:] + x[:-1]) / 2)[inside], ((y[1:] + y[:-1]) / 2)[inside], np.diff(y)[inside], bulge)


def _circle_cuts(centre: Floats, radius: Floats, width: float) -> tuple[Floats, NDArray[np.intp]]:
    """Angles in [0, π] from the axis at which circles (n,) cross multiples of a width, and whose they are."""
    first = np.ceil((centre - radius) / width)
    counts = (np.floor((centre + radius) / width) + 1 - first).astype(int)
    owner = np.arange(len(centre)).repeat(counts)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    away = (width * (first[owner] + number) - centre[owner]) / radius[owner]
    return np.arccos(np.clip(away, -1.0, 1.0)), owner
