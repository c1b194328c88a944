"""What grids of pixels answer: one grid's solution, and the response of four, extrapolated, with its error bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.field.response import Response, Solution
from constriction.field.transforms.scales import StraightRims, hardly_swings, is_crowd, share_of, stripes_of
from constriction.geometry.cell import Layout

WIDTHS = 2.0 ** np.array([1.25, 1.0, 0.75, 0.0])  # of the pixels of the grids, relative to the finest
ORDER, NOISE_ORDER = 2.0, 1.5
# 95 of 100 errors are at most so many times the largest distance of a grid from what is extrapolated, or so much of
# R_cstr per (width of a pixel / length at the rims)^1.5. Both are times what `scales.share_of`
# says: docs/numerics/error_bars.md#calibration.
CAUTION, LEAST_ERROR = 1.4, 0.04
# Of maps of many islands: so many times what the grids are off the fit, and this part of what is added.
SWINGS, OF_ADDED = 1.9, 0.38
# A film multiplies the bar by 1 + 3 ln(1 + θ·width), until it is so thin, θ·width, that the contact is like an ideal
# one: the same library, and `python tests/film_layers.py`.
UNSEEN, LIKE_IDEAL = 3.0, 300.0
# Of many discs the noise averages out, so that extrapolation adds nearly all that is missing. What is left is so many
# times what the grids are off the fit, this part of what is added, or so much of R_cstr per (width / length)^1.5.
SWINGS_OF_DISCS, ADDED, LEAST_OF_DISCS = 2.0, 0.2, 0.002
OF_OUTLINES = 1.25  # times that of discs that overlap
# Where the gap takes current, the potential bends within 1/θ of the rims, and the error falls with less than the
# pixel's area: this part of what is added is left where 1/θ is thinner than THIN pixels.
LAYER, THIN = 0.9, 0.01
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
    `share`: how many times the usual error the contacts leave. `stripes`: what they leave at the least; None: there are
    others. `crowd`: how many times the usual error of many discs, all ideal contacts, there is; 0: there are others.
    """

    smooth: bool = False
    share: float = 1.0
    stripes: StraightRims | None = None
    crowd: float = 0.0

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
        added = np.abs(stacked[-1] - extrapolated)
        if self.smooth:
            return np.asarray(SWINGS * self._swings(values) + OF_ADDED * added)
        if self.crowd:
            return np.asarray(self.crowd * np.maximum(SWINGS_OF_DISCS * self._swings(values), ADDED * added))
        return np.asarray(self.share * CAUTION * np.max(np.abs(stacked - extrapolated).T * self._trust, axis=-1).T)

    def _swings(self, values: Sequence[ArrayLike]) -> Floats:
        """The largest distance of a grid from the fit, scaled to the finest."""
        stacked = np.array(values[-len(self._trust) :], dtype=np.complex128)
        fitted = np.array([_weighted(row, values) for row in self._weights[1:]])
        return np.asarray(np.max(np.abs(stacked - fitted).T * self._trust, axis=-1).T)

    def reduction_share(self, relative_error: float) -> float:
        """As `Response`."""
        return reduction_share(relative_error)

    def _layers(self, theta: NDArray[np.complex128], scale: Floats, film: bool) -> tuple[Floats, Floats]:
        if film:
            return self._behind_films(theta, scale)
        least = np.asarray(self.least_error * scale)
        if self.crowd:
            thinness = np.abs(theta[:, -1]) * self.fine.resolution
            added = np.abs(self(theta) - self.fine.model.interface(theta))
            least = np.maximum(least, self.crowd * LAYER * added * thinness / (thinness + THIN))
        return np.ones(len(theta)), least

    def _behind_films(self, theta: NDArray[np.complex128], scale: Floats) -> tuple[Floats, Floats]:
        fine = self.fine
        if self.stripes is not None:
            layer = self.stripes.layer(fine.resolution, np.abs(theta).max(axis=1) * fine.resolution)
            constricted = np.abs(fine.model.interface(theta) - fine.model.in_film(theta))
            return np.ones(len(theta)), self.least_error * scale + layer * constricted
        thinness = np.abs(theta[:, 0]) * fine.resolution
        caution = 1 + UNSEEN * np.log1p(thinness) / (1 + thinness / LIKE_IDEAL)
        return caution, self.least_error * np.sqrt(caution) * scale

    @property
    def least_error(self) -> float:
        """What the error bar is at least, relative to a curve's scale."""
        if self.stripes is not None:
            return self.stripes.least(self.fine.resolution)
        if self.crowd:
            return float(self.crowd * LEAST_OF_DISCS * self._widths[-1] ** NOISE_ORDER)
        return self.share * LEAST_ERROR * float(self._widths[-1]) ** NOISE_ORDER if self.fine.unknowns else 0.0


def response_of(layout: Layout, film: bool, solutions: tuple[GridSolution, ...]) -> GridResponse:
    """The response of four grids of a layout or more; `film`: the contact has a law."""
    crowd = 0.0 if film or not is_crowd(layout) else 1.0 if layout.outlined is None else OF_OUTLINES
    return GridResponse(solutions, hardly_swings(layout), share_of(layout), stripes_of(layout), crowd)


def _weighted(weights: Floats, values: Sequence[ArrayLike]) -> NDArray[np.complex128]:
    """A sum of the last values; one by one, so that many are rounded as each alone."""
    parts = zip(weights.tolist(), values[-len(weights) :], strict=True)
    return np.asarray(sum(w * np.asarray(value) for w, value in parts), dtype=np.complex128)


def reduction_share(relative_error: float) -> float:
    """The part of a curve's scale that the bound on a reduced model's error may take, from the asked error."""
    return min(REDUCTION_SHARE * relative_error, REDUCTION_TOLERANCE)
