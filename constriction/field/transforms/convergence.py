"""The spectral twin: flat interfaces with thin gaps, by cosine transforms, without mesh and without FEniCSx.

A grid of pixels (`grids`) and a reduced model on it (`greedy`) give F(s) of one fineness; a circular tube has an
expansion of its own (`tubes`). Four grids are extrapolated. The error of a grid has a part that falls as the square of
the pixel's width and a part that depends on how the rims happen to lie in the pixels, which falls as the power 1.5
(squares' corners too), so that one grid, or two, may agree with a third by chance. Four seldom do: with two grids of
widths 2:1 the true error was up to 60 times what the extrapolation changed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError
from constriction.field.currents.spread import even_spread
from constriction.field.limits import MOST_PIXELS, check_cell, check_pixels, check_share
from constriction.field.reduction.affine import uniform
from constriction.field.response import Goal, Report, Response, Solution
from constriction.field.transforms.gradients import solve
from constriction.field.transforms.grids import Plate, even_height, plate_of, raster_of
from constriction.field.transforms.pixels import SOLVE_SHARE, reduce_plate
from constriction.field.transforms.scales import crowd_of, hardly_swings, islands, scale_of
from constriction.field.transforms.tube_films import converge_tube_film
from constriction.field.transforms.tubes import check_tube, converge_tube, is_tube
from constriction.geometry.cell import Layout
from constriction.geometry.height_maps import Height

WIDTHS = 2.0 ** np.array([1.25, 1.0, 0.75, 0.0])  # of the pixels of the grids, relative to the finest
ORDER, NOISE_ORDER = 2.0, 1.5
# 95 of 100 errors are at most so many times the largest distance of a grid from what is extrapolated, or so much of
# R_cstr per (width of a pixel / length at the rims)^1.5; EXPECTED is the usual bar. Of many spots the noise
# averages out: this part of all three; of a map's rims more is left. docs/numerics/error_bars.md#calibration.
CAUTION, LEAST_ERROR, EXPECTED = 1.4, 0.04, 0.09
MANY_SPOTS, OF_MANY, OF_MAPS = 9, 0.35, 1.8
EVEN = 0.033  # the usual bar of many spots per (width / length)², however many they are: what does not average out
SWINGS = 4.0  # of maps of many islands
# A film multiplies the bar by 1 + 3 ln(1 + θ·width), until it is so thin, θ·width, that the contact is like an ideal
# one: the same library, and `python tests/film_layers.py`.
UNSEEN, LIKE_IDEAL = 3.0, 300.0
FIRST_OF_MAPS = 0.64  # of the width that does for discs: many islands, small ones beside large, want more
COARSEST, FINEST = 0.12, 1e-4  # width of a pixel / length at the rims
FEWEST_PIXELS = 500  # of the finest grid
PIXELS_PER_SPOT = 300.0  # of the coarsest useful grid
BYTES_PER_PIXEL = 500.0  # of the fields of a reduced model and their images
REDUCTION_SHARE, REDUCTION_TOLERANCE = 0.01, 2e-5  # bound on the reduced model's error: see `convergence`

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class GridSolution(Solution):
    """One grid's answer; `width` of a pixel relative to the length that its error goes with."""

    width: float


@dataclass(frozen=True)
class GridResponse(Response[GridSolution]):
    """Extrapolated from the four finest grids: least squares for an error that goes with the pixel's area.

    `smooth`: the many unlike rims of a map make an error that hardly swings, and its bar is made of what swings.
    `share`: how many times the usual error the contacts leave.
    """

    smooth: bool = False
    share: float = 1.0

    LOOKED_AT = len(WIDTHS)

    @property
    def _widths(self) -> Floats:
        return np.array([grid.width for grid in self.solutions[-len(WIDTHS) :]])

    @cached_property
    def _weights(self) -> Floats:
        """Of the grids' values in what is fitted at the width 0 and to each grid, (1 + grids, grids)."""
        widths = self._widths / self._widths[-1]
        ends = np.concatenate([[0.0], widths])
        system = np.column_stack([self._trust, self._trust * widths**ORDER])
        return np.column_stack([np.ones_like(ends), ends**ORDER]) @ (np.linalg.pinv(system) * self._trust)

    @property
    def _trust(self) -> Floats:
        return np.asarray((self._widths / self._widths[-1]) ** -NOISE_ORDER)

    def _combine(self, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
        return _weighted(self._weights[0], values)

    def _bar(self, values: Sequence[ArrayLike]) -> Floats:
        stacked = np.array(values[-len(self._trust) :], dtype=np.complex128)
        extrapolated = self._combine(values)
        if self.smooth:
            fitted = np.array([_weighted(row, values) for row in self._weights[1:]])
            swings = np.max(np.abs(stacked - fitted).T * self._trust, axis=-1).T
            return np.asarray(SWINGS * swings + np.abs(stacked[-1] - extrapolated))
        return np.asarray(self.share * CAUTION * np.max(np.abs(stacked - extrapolated).T * self._trust, axis=-1).T)

    def reduction_share(self, relative_error: float) -> float:
        """As `Response`."""
        return reduction_share(relative_error)

    def _layers(self, theta: NDArray[np.complex128], scale: Floats, film: bool) -> tuple[Floats, Floats]:
        if not film:
            return super()._layers(theta, scale, film)
        thinness = np.abs(theta[:, 0]) * self.fine.resolution
        caution = 1 + UNSEEN * np.log1p(thinness) / (1 + thinness / LIKE_IDEAL)
        return caution, self.least_error * np.sqrt(caution) * scale

    @property
    def least_error(self) -> float:
        """What the error bar is at least, relative to a curve's scale."""
        return self.share * LEAST_ERROR * float(self._widths[-1]) ** NOISE_ORDER if self.fine.unknowns else 0.0


def _weighted(weights: Floats, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
    """A sum of the last values; one by one, so that many are rounded as each alone."""
    parts = zip(weights.tolist(), values[-len(weights) :], strict=True)
    return np.asarray(sum(w * np.asarray(value) for w, value in parts), dtype=np.complex128)


def reduction_share(relative_error: float) -> float:
    """The part of a curve's scale that the bound on a reduced model's error may take, from the asked error."""
    return min(REDUCTION_SHARE * relative_error, REDUCTION_TOLERANCE)


def converge(layout: Layout, depth: float, goal: Goal, report: Report, height: Height = even_height) -> Response[Any]:
    """Refine until the error bar is below what is asked, or the memory would not do.

    Args:
        layout: the mirror cell.
        depth: of the slab, in pitches.
        goal: what is asked.
        report: told in words what is being done.
        height: of the gap at x (n, 1) and y (1, m) in metres, relative to the one that s is made with; rectangular
            cells only.

    Returns:
        The response; its `error` tells whether the goal was reached.

    Raises:
        InputError: a circular tube with a gap that is not even.
        SolverError: conjugate gradients do not converge.
    """
    if not layout.spots:
        return _uniform(layout, depth, goal)
    if is_tube(layout):
        return _tube(layout, depth, goal, report, height)
    scale = scale_of(layout)
    width, smooth = _first_width(layout, goal, scale), hardly_swings(layout)
    solutions: tuple[GridSolution, ...] = ()
    while True:
        for coarser in WIDTHS:
            pixels = _pixels_of(width * float(coarser), layout, scale)
            solutions = (*solutions, solve_grid(layout, depth, pixels, goal, height))
            report(f"grid of {solutions[-1].cells} pixels: {solutions[-1].model.solves} solves")
        response = GridResponse(solutions, smooth, share_of(layout))
        misses = response.misses(goal)
        if misses <= 1.0 or width <= FINEST or response.ends_at_rounding(goal):
            return response
        width *= min(max((0.7 / misses) ** (1 / NOISE_ORDER), 0.4), 0.7)
        pixels = _pixels_of(width, layout, scale)
        if pixels * BYTES_PER_PIXEL > goal.memory or pixels > MOST_PIXELS * islands(layout):
            return response


def share_of(layout: Layout) -> float:
    """How many times the usual error of a grid the contacts of a layout leave."""
    if layout.traced is not None:
        return OF_MAPS
    return OF_MANY if islands(layout) >= MANY_SPOTS else 1.0


def expected_pixels(layout: Layout, goal: Goal) -> tuple[float, float]:
    """What `converge` will probably take: pixels of all four grids, and bytes; of a tube hardly any."""
    if is_tube(layout):
        return 0.0, BYTES_PER_PIXEL * FEWEST_PIXELS
    scale = scale_of(layout)
    width = _first_width(layout, goal, scale)
    pixels = [_pixels_of(width * float(coarser), layout, scale) for coarser in WIDTHS]
    return sum(pixels), BYTES_PER_PIXEL * max(pixels)


def check_grid(layout: Layout, depth: float, memory: float) -> None:
    """Refuse a cell that no grid of a sensible size resolves, before anything is built.

    Args:
        layout: the mirror cell.
        depth: of the slab, in pitches.
        memory: bytes that may be used.

    Raises:
        InputError: it is too flat, or has spots or ways between them that are too small.
    """
    if not layout.spots:
        return
    check_cell(layout, depth)
    if is_tube(layout):
        check_tube(layout, memory)
        return
    check_share(layout)
    pixels = _pixels_of(COARSEST, layout, scale_of(layout))
    check_pixels(pixels / islands(layout), BYTES_PER_PIXEL * pixels, memory)


def least_memory(spots: int) -> float:
    """Bytes that the coarsest useful grid of so many spots takes, about."""
    return BYTES_PER_PIXEL * PIXELS_PER_SPOT * spots


def solve_grid(layout: Layout, depth: float, pixels: float, goal: Goal, height: Height = even_height) -> GridSolution:
    """Solve one grid of about so many pixels and reduce it.

    Args:
        layout: the mirror cell, a rectangle.
        depth: of the slab, in pitches.
        pixels: their number, about.
        goal: what is asked.
        height: of the gap, as in `converge`.
    """
    start = time.perf_counter()
    raster = raster_of(layout, pixels)
    plate = plate_of(layout, depth, raster, goal.film, height)
    meshed = time.perf_counter()
    share = reduction_share(goal.relative_error)
    model, spread_at = reduce_plate(plate, depth, goal.curves, share)
    spreads = [spread_at(theta) for theta in goal.resting]
    return GridSolution(
        model=model,
        resolution=plate.width,
        flat_storage=None,
        direct=_directly(plate, goal.points, share) if goal.direct else None,
        cells=plate.free.size,
        unknowns=int(plate.free.sum()),
        seconds_mesh=meshed - start,
        seconds_gmsh=0.0,
        seconds_solve=time.perf_counter() - meshed,
        width=plate.width / scale_of(layout),
        spreads=tuple(spread for spread in spreads if spread is not None),
    )


def _directly(plate: Plate, points: NDArray[np.complex128], share: float) -> NDArray[np.complex128]:
    """F(θ) − depth in pitches at θ (n, terms), each from one complex solve that knows of no other; (n,)."""
    distinct, places = np.unique(points, axis=0, return_inverse=True)
    values = np.array([solve(plate, theta, SOLVE_SHARE * share).field.mean() for theta in distinct])
    return np.asarray(values[places.ravel()])


def _uniform(layout: Layout, depth: float, goal: Goal) -> GridResponse:
    """An interface that is all contact or all gap, exact without a grid."""
    model = uniform(layout.contact_fraction == 1.0, goal.film, depth)
    direct = model.interface(goal.points) if goal.direct else None
    spreads = tuple(even_spread(theta) for theta in goal.resting) if layout.contact_fraction == 1.0 else ()
    grid = GridSolution(model, 0.0, None, direct, 0, 0, 0.0, 0.0, 0.0, 0.0, spreads=spreads)
    return GridResponse(tuple(replace(grid, width=float(width)) for width in WIDTHS))


def _tube(layout: Layout, depth: float, goal: Goal, report: Report, height: Height) -> Response[Any]:
    if height is not even_height:
        wide = f"{layout.width:.3g} m"
        raise InputError(f"interface.cell_shape = 'circular': expected an even gap, given a map of heights over {wide}")
    return (converge_tube_film if goal.film else converge_tube)(layout, depth, goal, report)


def _first_width(layout: Layout, goal: Goal, scale: float) -> float:
    """The width / scale of the finest grid's pixels that should do, or the smallest that the memory allows."""
    usual = share_of(layout) * EXPECTED
    width: float = min(max((goal.relative_error / usual) ** (1 / NOISE_ORDER), FINEST), COARSEST)
    width *= FIRST_OF_MAPS if hardly_swings(layout) else 1.0
    if layout.traced is None and islands(layout) >= MANY_SPOTS:
        width = min(width, math.sqrt(goal.relative_error / EVEN) / crowd_of(layout))
    width = min(width, _width_of(FEWEST_PIXELS, layout, scale))
    most = min(goal.memory / BYTES_PER_PIXEL, MOST_PIXELS * islands(layout))
    return max(width, _width_of(most, layout, scale))


def _pixels_of(width: float, layout: Layout, scale: float) -> float:
    """Number of pixels of this width / scale; of a row across the cell for stripes."""
    side = width * scale * layout.pitch
    return layout.width / side if raster_of(layout, 2).along == 1 else layout.width * layout.depth / side**2


def pixels_of_width(width: float, layout: Layout) -> float:
    """Number of pixels of this width, relative to the length that the error of a grid goes with."""
    return _pixels_of(width, layout, scale_of(layout))


def _width_of(pixels: float, layout: Layout, scale: float) -> float:
    """Width / scale of so many pixels."""
    across = _pixels_of(1.0, layout, scale) / pixels
    return across if raster_of(layout, 2).along == 1 else math.sqrt(across)
