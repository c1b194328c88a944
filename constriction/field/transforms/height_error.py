"""What two heights of a gap make of F: what a foil's grid or a map's points leave, from twice as coarse ones."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from constriction.field.reduction.curves import Curve
from constriction.field.response import Goal
from constriction.field.transforms.convergence import COARSEST, pixels_of_width, solve_grid
from constriction.geometry.cell import Layout
from constriction.geometry.profiles import Profile

FEWEST_PIXELS, MOST_PIXELS = 6_000.0, 100_000.0
RELATIVE_ERROR = 1e-3  # of the reduced models that are compared
# A foil's error falls as the square of its cells' width, so a third of the difference is left; with caution 1.5.
LEFT = 0.5
# A map's falls as slowly as the distance of its points where it has steps; measured on steps, kinks and waves.
LEFT_OF_MAP = 1.0


def height_error(layout: Layout, depth: float, curve: Curve, profile: Profile) -> NDArray[np.float64] | None:
    """Error bars of F in pitches at rest, if it is finite there, and of the sweep, (1 + n or n,); None: none is known.

    Both heights are solved on one grid of pixels, whose own error cancels.

    Args:
        layout: the mirror cell, a rectangle.
        depth: of the slab, in pitches.
        curve: of the case.
        profile: of its gap.
    """
    if profile.coarse is None:
        return None
    pixels = min(max(4 * pixels_of_width(COARSEST, layout), FEWEST_PIXELS), MOST_PIXELS)
    goal = Goal(RELATIVE_ERROR, math.inf, (curve,))
    models = [solve_grid(layout, depth, pixels, goal, height).model for height in (profile.height, profile.coarse)]
    fine, coarse = (model.interface(curve.every) for model in models)
    left = LEFT if profile.changes is None else LEFT_OF_MAP
    return np.asarray(left * np.abs(fine - coarse))
