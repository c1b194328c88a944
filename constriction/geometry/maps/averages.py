"""The height of a gap from a map, and what a pixel of any size has of one over it: none of its steps is missed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from constriction.geometry.coverage import Raster
from constriction.geometry.height_maps import Height, sampled

PARTS, FEWER_PARTS = 4, 2  # of a point's way to the next, along each side: even, so that points lie on their edges
MANY = 1_000_000  # points of a map that has fewer parts
PLACES, WEIGHTS = (np.polynomial.legendre.leggauss(3)[0] + 1) / 2, np.polynomial.legendre.leggauss(3)[1] / 2
EVEN = 1e-9  # relative difference along a part: less is none
NO_WIDTH = 1e-12  # of the map's side

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MapHeight:
    """Relative heights at the nodes of a raster, (across, along), as a function of x and y in m; as `sampled`."""

    values: Floats
    raster: Raster
    every: int = 1
    periodic: bool = False

    @cached_property
    def _between(self) -> Height:
        return sampled(self.values, self.raster, self.every, self.periodic)

    def __call__(self, x: Floats, y: Floats) -> Floats:
        """The relative height at places in m."""
        return self._between(x, y)

    def mean_inverse(self, raster: Raster) -> Floats:
        """The mean of one over the relative height on each pixel of a raster of the same cell, (across, along)."""
        ends = (
            side * np.arange(n + 1) / n for side, n in ((raster.width, raster.across), (raster.depth, raster.along))
        )
        return self.mean_inverse_between(*ends)

    def mean_inverse_between(self, x: Floats, y: Floats) -> Floats:
        """The same on pixels between places x and y in m that do not fall; the level where they are not apart."""
        level, table = self._table
        for axis, (places, side) in enumerate(((x, self.raster.width), (y, self.raster.depth))):
            shares = places / side
            apart = np.expand_dims(np.diff(shares), 1 - axis)
            rise = np.diff(_at_edges(table, axis, shares), axis=axis)
            table = np.divide(rise, apart, out=np.zeros_like(rise), where=apart > NO_WIDTH)
        return np.asarray(level + table)

    @cached_property
    def _table(self) -> tuple[float, Floats]:
        """One over the height: a level, and the integral of the rest from the corner, in parts of width and depth."""
        parts = PARTS if self.values.size <= MANY else FEWER_PARTS
        across, along = (parts * count for count in self.values.shape)
        x = self.raster.width * np.arange(across + 1)[:, None] / across
        means = np.zeros((across, along))
        for place, weight in zip(PLACES, WEIGHTS, strict=True):
            ends = self(x, self.raster.depth * (np.arange(along)[None, :] + place) / along)
            means += weight * _mean_inverse_between(ends[:-1], ends[1:])
        level = float(means[0, 0])
        table = np.zeros((across + 1, along + 1))
        table[1:, 1:] = np.cumsum(np.cumsum(means - level, axis=0), axis=1) / means.size
        return level, table


def _mean_inverse_between(first: Floats, last: Floats) -> Floats:
    """The mean of one over a height that goes straight from one value to another."""
    more = last / first - 1
    flat = np.abs(more) < EVEN
    return np.asarray(np.where(flat, 1.0, np.log1p(more) / np.where(flat, 1.0, more)) / first)


def _at_edges(table: Floats, axis: int, shares: Floats) -> Floats:
    """A table at these shares of the way along an axis."""
    parts = table.shape[axis] - 1
    places = shares * parts
    before = np.minimum(places.astype(np.intp), parts - 1)
    after = np.expand_dims(places - before, 1 - axis)
    low, high = np.take(table, before, axis), np.take(table, before + 1, axis)
    return np.asarray(low + after * (high - low))
