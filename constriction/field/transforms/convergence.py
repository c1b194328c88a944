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
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.field.currents.spread import even_spread
from constriction.field.limits import MOST_PIXELS, check_cell, check_pixels, check_share
from constriction.field.reduction.affine import uniform
from constriction.field.response import Goal, Report, Response
from constriction.field.transforms.gradients import solve
from constriction.field.transforms.grid_response import (
    NOISE_ORDER,
    WIDTHS,
    GridResponse,
    GridSolution,
    reduction_share,
    response_of,
)
from constriction.field.transforms.grids import Plate, even_height, plate_of, raster_of
from constriction.field.transforms.pixels import SOLVE_SHARE, reduce_plate
from constriction.field.transforms.scales import (
    MANY_SPOTS,
    crowd_of,
    hardly_swings,
    is_crowd,
    islands,
    scale_of,
    share_of,
    stripes_of,
)
from constriction.field.transforms.tube_films import converge_tube_film
from constriction.field.transforms.tubes import check_tube, converge_tube, is_tube
from constriction.geometry.cell import Layout
from constriction.geometry.height_maps import Height

FIRST_OF_MAPS = 0.64  # of the width that does for discs: many islands, small ones beside large, want more
# The usual bar over what `scales.share_of` says, per (width of a pixel / length at the rims)^1.5; and that of many
# spots, and of many discs, per (width / length)², however many they are: what does not average out.
EXPECTED, EVEN, EVEN_OF_DISCS = 0.09, 0.033, 0.026
COARSEST, COARSEST_OF_DISCS, FINEST = 0.12, 0.2, 1e-4  # width of a pixel / length at the rims; of many discs
FEWEST_PIXELS = 500  # of the finest grid
PIXELS_PER_SPOT = 300.0  # of the coarsest useful grid
BYTES_PER_PIXEL = 500.0  # of the fields of a reduced model and their images

Floats = NDArray[np.float64]


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
    width = _first_width(layout, goal, scale)
    solutions: tuple[GridSolution, ...] = ()
    while True:
        for coarser in WIDTHS:
            pixels = _pixels_of(width * float(coarser), layout, scale)
            solutions = (*solutions, solve_grid(layout, depth, pixels, goal, height))
            report(f"grid of {solutions[-1].cells} pixels: {solutions[-1].model.solves} solves")
        response = response_of(layout, goal.film, solutions)
        misses = response.misses(goal)
        if misses <= 1.0 or width <= FINEST or response.ends_at_rounding(goal):
            return response
        width *= min(max((0.7 / misses) ** (1 / NOISE_ORDER), 0.4), 0.7)
        pixels = _pixels_of(width, layout, scale)
        if pixels * BYTES_PER_PIXEL > goal.memory or pixels > MOST_PIXELS * islands(layout):
            return response


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
    stripes = stripes_of(layout)
    does = (goal.relative_error / (share_of(layout) * EXPECTED)) ** (1 / NOISE_ORDER)
    if stripes is not None:
        does = stripes.width(goal.relative_error) / scale
    width: float = min(max(does, FINEST), COARSEST)
    if is_crowd(layout) and not goal.film:
        width = min(math.sqrt(goal.relative_error / EVEN_OF_DISCS) / crowd_of(layout), COARSEST_OF_DISCS)
    elif layout.traced is None and islands(layout) >= MANY_SPOTS:
        width = min(width, math.sqrt(goal.relative_error / EVEN) / crowd_of(layout))
    width *= FIRST_OF_MAPS if hardly_swings(layout) else 1.0
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
