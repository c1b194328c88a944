"""What a map leaves open: its rims lie somewhere between pixels; and what result.json says of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from constriction.case.interface import HeightMapped, Image
from constriction.case.schema import Case
from constriction.field.reduction.curves import Curve
from constriction.field.response import Response
from constriction.geometry.cell import Layout
from constriction.geometry.patterns.pellets import on_pellet

QUARTER = 0.25  # of a pixel
TOLERANCE = 1e-5  # relative, of a solve: a quarter pixel changes more


def map_error(case: Case, layout: Layout, curve: Curve, response: Response[Any]) -> float | None:
    """What a quarter of a pixel of the rims changes in R_cstr, in pitches: the larger of contacts grown and shrunk.

    Args:
        case: the case.
        layout: the layout of its interface.
        curve: the θ of its sweep and at rest.
        response: of its geometry; the coarsest grid that its error bar is from is taken.

    Returns:
        None without a map, or without R_cstr; infinite where no contact or no gap is left.
    """
    if layout.traced is None or curve.at_rest is None or not curve.finite:
        return None
    depth, theta = case.electrolyte.thickness / layout.pitch, tuple(curve.at_rest.tolist())
    return _change(case.interface, layout, depth, response.compared[0].cells, theta)


@lru_cache(maxsize=256)  # many cases of a study have one map, and the same θ at rest
def _change(
    interface: Image | HeightMapped, layout: Layout, depth: float, pixels: int, theta: tuple[float, ...]
) -> float:
    from constriction.geometry.maps.drawing import shifted_map

    at = np.array(theta)
    middle, largest = interface_at(layout, depth, pixels, at), 0.0
    for outward in (QUARTER, -QUARTER):
        moved = shifted_map(interface, outward)
        if moved is None:
            return float("inf")
        if interface.pellet is not None:
            moved = on_pellet(moved, interface.pellet)
        largest = max(largest, abs(interface_at(moved, depth, pixels, at) - middle))
    return largest


def interface_at(layout: Layout, depth: float, pixels: float, theta: NDArray[np.float64]) -> float:
    """F(θ) − depth in pitches at a real θ (terms,), on one grid of about so many pixels."""
    from constriction.field.transforms.gradients import solve  # Fourier transforms: few cases have a map
    from constriction.field.transforms.grids import plate_of, raster_of

    plate = plate_of(layout, depth, raster_of(layout, pixels), film=len(theta) > 1)
    return float(solve(plate, theta, TOLERANCE).field.mean())


def map_record(layout: Layout, error: float | None) -> dict[str, Any]:
    """What result.json says of a map, SI: nothing of other patterns.

    Args:
        layout: the layout of the interface.
        error: of R_cstr, from a quarter pixel of the rims, Ω·m².
    """
    if layout.traced is None:
        return {}
    return {
        "contact_fraction_pixels": layout.traced.contact_fraction_pixels,
        "R_cstr_map_error_ohm_cm2": error,
        "map_changes": list(layout.traced.changes),
    }


def outlines_record(response: Response[Any], unit: float) -> dict[str, float]:
    """What result.json says of outlines that were simplified for meshes, SI: nothing where they were not.

    Args:
        response: of the geometry.
        unit: Ω·m² per pitch.
    """
    if response.outlines is None:
        return {}
    return {
        "outline_tolerance_um": response.outlines.farthest,
        "R_cstr_outline_error_ohm_cm2": unit * response.outlines.error,
    }
