"""The current density on an interface that is not meshed, for pictures: on a grid of pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.base.quantities import format_quantity
from constriction.case.schema import Case
from constriction.field.transforms.convergence import pixels_of_width
from constriction.field.transforms.gradients import solve
from constriction.field.transforms.grids import even_height, plate_of, raster_of
from constriction.geometry.cell import Layout
from constriction.geometry.coverage import Raster
from constriction.simulation.weights import Laws, theta_of, uneven_gap

WIDTH = 0.06  # of a pixel / length at the rims
FEWEST_PIXELS, MOST_PIXELS = 10_000.0, 250_000.0
TOLERANCE = 1e-4  # relative, of the mean potential

type Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Density:
    """The normal current density over its mean at a `frequency` in Hz, when the whole current is largest.

    `values` on the pixels of a `raster` over the cell, (across, along); their mean is 1.
    """

    frequency: float
    raster: Raster
    values: Floats

    def at(self, x: Floats, y: Floats) -> Floats:
        """The density of the pixel at each place in m; x and y broadcast together."""
        (dx, dy), raster = self.raster.pixel, self.raster
        i = np.clip((x / dx).astype(np.intp), 0, raster.across - 1)
        j = np.clip((y / dy).astype(np.intp), 0, raster.along - 1)
        return np.asarray(self.values[i, j])


def density_of(case: Case, layout: Layout, laws: Laws, frequency: float) -> Density:
    """The current density over the interface of a case, on one grid.

    Args:
        case: the case.
        layout: the layout of its interface, in a rectangular cell.
        laws: of its interface.
        frequency: in Hz; 0 for direct current.

    Raises:
        InputError: the cell is circular, or no current passes the interface.
        SolverError: conjugate gradients do not converge.
    """
    if layout.circular:
        raise InputError(f"interface: a cell of {layout.width:.3g} m is circular; expected a rectangular one")
    theta = theta_of(case, layout, laws, frequency)
    if not np.any(theta) and (laws.film or layout.contact_fraction == 0):
        given = "direct current" if frequency == 0 else format_quantity(frequency, "frequency")
        raise InputError(f"--frequency: no current passes the interface at {given}; expected another one")
    profile = uneven_gap(case, layout)
    pixels = min(max(pixels_of_width(WIDTH, layout), FEWEST_PIXELS), MOST_PIXELS)
    raster = raster_of(layout, pixels)
    height = even_height if profile is None else profile.height
    plate = plate_of(layout, case.electrolyte.thickness / layout.pitch, raster, laws.film, height)
    at = theta if np.any(theta.imag) else np.asarray(theta.real)
    field = solve(plate, at, TOLERANCE).field
    # what a gap takes follows from its own potential; in contact it is what the electrolyte gives
    taken = np.where(plate.free, plate.local(at) * field, 1.0 - plate.drawn(field))
    return Density(frequency, raster, np.asarray(taken.real))
