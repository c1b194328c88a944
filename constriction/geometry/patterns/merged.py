"""Spots that overlap: their outlines together, and the size at which they cover what is asked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from constriction.geometry.outlines import Point, polygons_of
from constriction.geometry.periodic import images_of

CHORDS, FEWEST, MOST = 100_000, 32, 128  # of all discs together, and of each
COARSE = 16  # chords of the discs by which the size is found roughly
ROUGHLY, NARROW, GROWTH = 1e-4, 2e-3, 1.15  # relative, of a size: tolerance, where it is sought, step of a search
EXACT = 1e-13  # of the cell's area


@dataclass(frozen=True)
class Dropped:
    """Spots in a square cell; lengths in pitches.

    `sizes` are relative: radius of a disc or half the side of a square, before all are scaled alike. `periodic`:
    what sticks out of the cell is in it at the other side.
    """

    shape: str
    centres: Sequence[Point]
    sizes: Sequence[float]
    side: float
    periodic: bool = False

    def merged(self, scale: float, chords: int) -> list[Polygon]:
        """Their outlines with sizes that are scaled, those that overlap as one, cut at the cell."""
        unit = unit_polygon(self.shape, chords)
        places, sizes = np.array(self.centres), scale * np.array(self.sizes)
        spots = shapely.polygons(places[:, None, :] + sizes[:, None, None] * unit)
        if self.periodic:
            spots = np.array(images_of(spots.tolist(), (self.side, self.side)), dtype=object)
        return polygons_of(shapely.intersection(shapely.union_all(spots), shapely.box(0, 0, self.side, self.side)))

    def covering(self, share: float) -> list[Polygon]:
        """The same with the sizes that cover a share of the cell."""
        chords = min(max(CHORDS // len(self.centres), FEWEST), MOST) // 4 * 4
        wanted = share * self.side**2
        each = math.pi if self.shape == "disc" else 4.0
        least = math.sqrt(wanted / (each * math.fsum(size * size for size in self.sizes)))  # if none overlapped

        def missing(scale: float, chords: int) -> float:
            return math.fsum(part.area for part in self.merged(scale, chords)) / self.side**2 - share

        if abs(missing(least, chords)) <= EXACT:
            return self.merged(least, chords)
        rough = _root(lambda scale: missing(scale, COARSE), (least, GROWTH * least), ROUGHLY)
        around = max(least, rough * (1 - NARROW)), rough * (1 + NARROW)
        return self.merged(_root(lambda scale: missing(scale, chords), around, 4 * np.finfo(float).eps), chords)


def unit_polygon(shape: str, chords: int) -> np.ndarray:
    """A disc of radius one as a polygon of its area, or a square of half side one; (corners, 2)."""
    if shape != "disc":
        return np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    angles = 2 * math.pi / chords * np.arange(chords)
    reach = math.sqrt(2 * math.pi / chords / math.sin(2 * math.pi / chords))
    return reach * np.column_stack([np.cos(angles), np.sin(angles)])


def _root(rising: Callable[[float], float], between: tuple[float, float], tolerance: float) -> float:
    """Where a rising function is zero, to a relative tolerance, perhaps somewhat outside of where it is sought."""
    from scipy.optimize import brentq  # a tenth of a second, which most commands need not wait

    low, high = between
    while rising(high) < 0:
        low, high = high, high * GROWTH
    while rising(low) > 0:
        low = low / GROWTH
    return float(brentq(rising, low, high, xtol=tolerance * low, rtol=max(tolerance, 4 * np.finfo(float).eps)))
