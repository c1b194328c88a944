"""What of a pellet its electrode covers, pixel by pixel, and the height of the gap there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.geometry.coverage import Raster
from constriction.geometry.height_maps import Height
from constriction.geometry.maps.averages import MapHeight
from constriction.geometry.patches import Electrode, Layout

Floats = NDArray[np.float64]


def covered_by_electrode(layout: Layout, raster: Raster) -> Floats | float:
    """The share of each pixel on which the electrode lies, (across, along); 1 where it covers the cell."""
    if layout.electrode is None:
        return 1.0
    ends = _ends(layout.electrode, raster)
    across, along = (np.diff(end) / step for end, step in zip(ends, raster.pixel, strict=True))
    return np.asarray(across[:, None] * along[None, :])


def _ends(electrode: Electrode, raster: Raster) -> tuple[Floats, Floats]:
    """The ends of the pixels of a pellet on the electrode, x and y in m from its corner, (count + 1,) each."""
    sides = electrode.layout.width, electrode.layout.depth
    counts = raster.across, raster.along
    x, y = (
        np.clip(step * np.arange(count + 1) - start, 0.0, side)
        for step, count, start, side in zip(raster.pixel, counts, electrode.corner, sides, strict=True)
    )
    return x, y


@dataclass(frozen=True, eq=False)
class PlacedHeight:
    """The relative height over an electrode as a function of places on its pellet in m; beside it that of its edge."""

    own: Height
    electrode: Electrode

    def __call__(self, x: Floats, y: Floats) -> Floats:
        """The relative height at places in m."""
        (left, front), layout = self.electrode.corner, self.electrode.layout
        return self.own(np.clip(x - left, 0.0, layout.width), np.clip(y - front, 0.0, layout.depth))

    def mean_inverse(self, raster: Raster) -> Floats:
        """The mean of one over the relative height on the part of each pixel that is on the electrode; else any."""
        if isinstance(self.own, MapHeight):
            return self.own.mean_inverse_between(*_ends(self.electrode, raster))
        return np.asarray(1 / self(*raster.centres))


def insulated_beside(layout: Layout, height: Height | None) -> Height | None:
    """A relative height that is infinite beside the electrode: a gap there takes no current.

    Args:
        layout: the layout.
        height: over the electrode, at places on the cell in m; None: it is even.
    """
    electrode = layout.electrode
    if electrode is None:
        return height

    def beside(x: Floats, y: Floats) -> Floats:
        own = 1.0 if height is None else height(x, y)
        return np.where(electrode.on(x, y), own, np.inf)

    return beside
