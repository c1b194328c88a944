"""Measured heights of the metal over the electrolyte: levelled, cleaned, filled, and as the height of a gap.

A map is an array (rows, columns) in metres as an instrument gives it: the first axis is y, row 0 at the top; NaN where
nothing was measured. Every function leaves its argument as it is, and tells what it changed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.case.maps.heights import MOST_MISSING
from constriction.geometry.coverage import Raster

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
type Height = Callable[[Floats, Floats], Floats]

TUKEY = 4.685  # spreads beyond which a point does not count for the plane
NORMAL = 1.4826  # standard deviation over the median of the distances to the median
ROUNDS = 30  # of the plane's fit
NO_NOISE = 1e-12  # of the largest height: a spread that rounding alone makes tells nothing of what stands out
STILL = 1e-6  # of the spread: a plane that moves less has settled
WINDOW = 5  # points across which a median tells what is an outlier
THIRD = 2  # lowest and highest of the points around one: two of them may be outliers too
STIFF = 1e-3  # of filled points: how much they keep a slope rather than a height
FEWEST = 2  # points along a side of a map


class Plane(NamedTuple):
    """A tilted plane: `height` in m at the middle of a map, `slopes` per m along its columns (y) and rows (x)."""

    height: float
    slopes: tuple[float, float]


class Levelled(NamedTuple):
    """A map without the plane that was taken off it."""

    heights: Floats
    plane: Plane


class Cleaned(NamedTuple):
    """A map in which `changed` marks what was replaced; (rows, columns)."""

    heights: Floats
    changed: Marks

    @property
    def number(self) -> int:
        """How many points were changed."""
        return int(self.changed.sum())


def level(heights: Floats, pixel: tuple[float, float], marks: Marks | None = None) -> Levelled:
    """Take the plane off a map that most of its points lie on: what stands out of it does not count (Tukey's weights).

    Args:
        heights: in m, (rows, columns).
        pixel: distance of rows and of columns, m.
        marks: what the plane is fitted to, such as where the metal lies; None: everything.

    Raises:
        InputError: fewer than three points that are not in a row.
    """
    y, x = ((np.arange(count) - (count - 1) / 2) * step for count, step in zip(heights.shape, pixel, strict=True))
    there = np.isfinite(heights) & (True if marks is None else marks)
    columns = np.stack([np.ones(heights.shape), *np.meshgrid(y, x, indexing="ij")], axis=-1)[there]
    scales = np.maximum(np.abs(columns).max(axis=0, initial=0.0), 1e-300)
    system, values = columns / scales, heights[there]
    if len(values) < 3 or np.linalg.matrix_rank(system) < 3:
        raise InputError(f"a height map with {len(values)} points to level: expected three that are not in a row")
    weights, found, largest = np.ones(len(values)), np.zeros(3), float(np.abs(values).max())
    for _ in range(ROUNDS):
        roots = np.sqrt(weights)
        found, before = np.linalg.lstsq(system * roots[:, None], values * roots, rcond=None)[0], found
        off = values - system @ found
        spread = NORMAL * float(np.median(np.abs(off - np.median(off))))
        if spread <= NO_NOISE * largest or np.abs(found - before).max() <= STILL * spread:
            break
        weights = np.clip(1 - (off / (TUKEY * spread)) ** 2, 0.0, None) ** 2
    height, *slopes = (found / scales).tolist()
    tilt = height + slopes[0] * y[:, None] + slopes[1] * x[None, :]
    return Levelled(heights - tilt, Plane(height, (slopes[0], slopes[1])))


def without_outliers(heights: Floats, times: float) -> Cleaned:
    """Take out points that stand out of those around them, alone or by twos or threes; steep rims and ridges do not.

    Args:
        heights: in m, (rows, columns).
        times: how many standard deviations of the distances to the median round a point are too many, beyond what the
            points around it span.

    Returns:
        The map with NaN there.
    """
    missing = ~np.isfinite(heights)
    if missing.all():
        return Cleaned(heights.copy(), ~missing)
    from scipy.ndimage import distance_transform_edt, median_filter  # few cases have a map

    nearest = distance_transform_edt(missing, return_distances=False, return_indices=True)
    whole = heights[tuple(nearest)]
    off = np.abs(whole - median_filter(whole, size=WINDOW, mode="nearest"))
    spread = NORMAL * float(np.median(off[~missing]))
    floor = float(np.finfo(np.float64).eps * np.abs(heights[~missing]).max())
    low, high = _around(whole)
    beyond = np.maximum(whole - high, low - whole) - (high - low)
    wild = (beyond > times * max(spread, floor)) & ~missing
    return Cleaned(np.where(wild, np.nan, heights), wild)


def _around(heights: Floats) -> tuple[Floats, Floats]:
    """The third lowest and the third highest of the eight points around each, m; (rows, columns)."""
    wide = np.pad(heights, 1, mode="symmetric")
    rows, columns = heights.shape
    shifts = [(i, j) for i in range(3) for j in range(3) if (i, j) != (1, 1)]
    around = np.stack([wide[i : i + rows, j : j + columns] for i, j in shifts])
    low, high = np.partition(around, (THIRD, -1 - THIRD), axis=0)[[THIRD, -1 - THIRD]]
    return low, high


def filled(heights: Floats, most: float) -> Cleaned:
    """Fill missing points smoothly: Δ²h = 0 there, with mirrors at the sides.

    Args:
        heights: in m, (rows, columns), NaN where missing.
        most: the part of the map that may be missing.

    Raises:
        InputError: more is missing, or all.
    """
    missing = ~np.isfinite(heights)
    check_missing(heights, most)
    if not missing.any():
        return Cleaned(heights.copy(), missing)
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    from constriction.geometry.plate.bending import laplacian

    second = laplacian((heights.shape[0], heights.shape[1]), (1.0, 1.0))
    energy = sparse.csr_array(second.T @ second - STIFF * second)
    inside, known = np.flatnonzero(missing), np.flatnonzero(~missing)
    unit = float(np.abs(heights[~missing]).max()) or 1.0
    rows = energy[inside]
    values = spsolve(sparse.csc_array(rows[:, inside]), -(rows[:, known] @ (heights.ravel()[known] / unit)))
    whole = heights.copy()
    whole.ravel()[inside] = unit * np.atleast_1d(values)
    return Cleaned(whole, missing)


def check_missing(heights: Floats, most: float) -> None:
    """Refuse maps of which more than a part is missing, or all.

    Raises:
        InputError: with that part.
    """
    share = float((~np.isfinite(heights)).mean())
    if share > most or share == 1:
        larger = ", or a larger most_missing" if share <= MOST_MISSING else ""
        raise InputError(f"a share of {share:.3g} is missing: expected at most {most:g} to fill{larger}")


def check_heights(heights: Floats) -> None:
    """Refuse what is no height of a gap.

    Raises:
        InputError: a point is missing or below zero, or the map has a single row or column.
    """
    if heights.ndim != 2 or min(heights.shape) < FEWEST:
        raise InputError(f"a height map of {' x '.join(map(str, heights.shape))} points: expected rows and columns")
    if not np.isfinite(heights).all():
        raise InputError(f"a height map with {int((~np.isfinite(heights)).sum())} missing points: expected none")
    if heights.min() < 0:
        row, column = np.unravel_index(np.argmin(heights), heights.shape)
        raise InputError(
            f"a height map with {heights.min():.3g} m in row {row}, column {column}: expected no height below zero"
        )


def sampled(values: Floats, raster: Raster, every: int = 1, periodic: bool = False) -> Height:
    """Values at the nodes of a raster, (across, along), as a function: linear between them, mirrors at the sides.

    Args:
        values: at the pixels' centres.
        raster: the pixels.
        every: 2: take every second node only.
        periodic: the values go on beyond the sides instead, from the last node to the first.
    """
    nodes: tuple[int, ...] = values.shape
    values = values[::every, ::every]
    across, along = values.shape

    def height(x: Floats, y: Floats) -> Floats:
        places = (x / raster.pixel[0] - 0.5) / every, (y / raster.pixel[1] - 0.5) / every
        if periodic:
            (i, u), (j, v) = (_in_period(place, count / every) for place, count in zip(places, nodes, strict=True))
            next_i, next_j = (i + 1) % across, (j + 1) % along
        else:
            (i, u), (j, v) = (_between(place, count) for place, count in zip(places, values.shape, strict=True))
            next_i, next_j = np.minimum(i + 1, across - 1), np.minimum(j + 1, along - 1)
        low = (1 - v) * values[i, j] + v * values[i, next_j]
        high = (1 - v) * values[next_i, j] + v * values[next_i, next_j]
        return np.asarray((1 - u) * low + u * high)

    return height


def _between(places: Floats, count: int) -> tuple[NDArray[np.intp], Floats]:
    """The node before each place, and how far it is on the way to the next one."""
    clipped = np.clip(places, 0.0, count - 1.0)
    before = np.minimum(clipped.astype(np.intp), max(count - 2, 0))
    return before, clipped - before


def _in_period(places: Floats, period: float) -> tuple[NDArray[np.intp], Floats]:
    """The node before each place, and how far it is on the way to the next one; after the period comes the first."""
    inside = np.mod(places, period)
    before = np.minimum(inside.astype(np.intp), math.ceil(period) - 1)
    return before, (inside - before) / np.minimum(1.0, period - before)
