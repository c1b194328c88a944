"""The current density over the contacts of a grid of pixels.

A pixel's current is known, its density within is not. Away from rims a density is its mean over the pixel, and between
pixels in the order of their densities y = 1/j² is taken as straight. In pixels near a rim, NEAR of them, the density is
taken to go as 1/√(r + LAYER/θ) with the distance r to the rim, as beside any straight rim, and to carry what these
pixels carry together.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, uniform_filter

from constriction.field.currents.spread import LAYER, ContactPieces, Spread, inverse_square, spread_of

Floats = NDArray[np.float64]
Beyond = Literal["reflect", "wrap"]
"""What stands beyond the sides of the cell: mirror images, or the cell again."""

NEAR = 2  # pixels from a rim in which the density is not its mean over the pixel
WINDOW = 2 * NEAR + 3  # pixels, that the current near a rim is summed over
WHOLE = 1e-9  # of a pixel that is not covered


def pixel_spread(
    covered: Floats, density: Floats, width: float, at_rest: NDArray[Any], film: bool, periodic: bool = False
) -> Spread | None:
    """How the current at rest spreads over the contacts; None where they carry none.

    Args:
        covered: parts of pixels that the contacts cover, (across, along).
        density: of the current in these parts, mean over the pixel, same shape.
        width: of a pixel, in pitches.
        at_rest: θ it belongs to, (terms,).
        film: the contact has a law.
        periodic: the cell repeats without mirrors.
    """
    beyond: Beyond = "wrap" if periodic else "reflect"
    layer = LAYER / float(at_rest[0]) if film and at_rest[0] > 0 else 0.0
    bare = (covered < 1 - WHOLE).astype(float)
    near = (maximum_filter(bare, 2 * NEAR + 1, mode=beyond) > 0) & (covered > 0)
    far = (covered > 0) & ~near
    if not np.any(density[covered > 0] > 0):
        return None
    pieces = [_near_rim(covered, density, near, (width, layer), beyond), _far(covered[far], density[far])]
    return spread_of(ContactPieces(*(np.concatenate(pair) for pair in zip(*pieces, strict=True))), at_rest)


def _near_rim(
    covered: Floats, density: Floats, near: NDArray[np.bool_], lengths: tuple[float, float], beyond: Beyond
) -> tuple[Floats, Floats, Floats]:
    """Pieces from the rim to where pixels are no longer near, each with the mean density of its surroundings."""
    width, layer = lengths
    area, current = (_around(np.where(near, values, 0.0), beyond)[near] for values in (covered, covered * density))
    # near pixels in a row across the rim, its own with what is covered of it
    deep = width * (NEAR + _mean_where(covered, near & (covered < 1 - WHOLE)))
    steep = np.sqrt(inverse_square(current / area)) * 2 / (math.sqrt(layer) + math.sqrt(deep + layer))
    return covered[near], steep**2 * layer, steep**2 * (deep + layer)


def _around(values: Floats, beyond: Beyond) -> Floats:
    return np.asarray(uniform_filter(values, WINDOW, mode=beyond))


def _mean_where(values: Floats, which: NDArray[np.bool_]) -> float:
    return float(values[which].mean()) if np.any(which) else 0.0


def _far(area: Floats, density: Floats) -> tuple[Floats, Floats, Floats]:
    """Pieces between pixels in the order of their densities, half of each pixel on either side."""
    order = np.argsort(-density)
    area, y = area[order] / 2, inverse_square(density[order])
    if not area.size:
        return area, y, y
    ends = np.concatenate([y[:1], y, y[-1:]])
    halves = np.concatenate([[0.0], area, [0.0]])
    return halves[:-1] + halves[1:], ends[:-1], ends[1:]
