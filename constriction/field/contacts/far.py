"""The far kernel by transforms of a grid, onto which a window spreads the charges of the discs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dctn, idctn, irfftn, next_fast_len, rfftn

from constriction.field.contacts.basis import DiscDensities
from constriction.field.contacts.discs import Discs, Ints
from constriction.field.contacts.kernels import Kernel

SHAPE = 2.3  # of the window exp(SHAPE · width · (√(1 − z²) − 1)), per cell of its width
AT_ONCE = 2_000_000  # values of windows
WAVE_NODES = 80

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Far:
    """The grid, and what of the discs' densities it holds.

    Attributes:
        sides: of the cell, pitches.
        counts: of the grid's cells.
        periodic: the cell repeats without mirrors.
        window: cells that a charge is spread over.
        places: the numbers of the cells that each disc reaches, (discs, cells).
        weights: what each of its densities has in them, (discs, n, cells).
    """

    sides: Floats
    counts: tuple[int, int]
    periodic: bool
    window: int
    places: Ints
    weights: Floats

    def symbol(self, kernel: Kernel) -> NDArray[Any]:
        """The far kernel of the grid's waves, without what the window does to them."""
        cells = self.sides / self.counts
        ends = [count // 2 + 1 if self.periodic and axis else count for axis, count in enumerate(self.counts)]
        waves = [self._waves(axis)[:end] for axis, end in enumerate(ends)]
        seen = [_window_of_wave(wave * cell, self.window) for wave, cell in zip(waves, cells, strict=True)]
        k = np.hypot(waves[0][:, None], waves[1][None])
        found = kernel.far(k) + kernel.cut(k)
        return np.asarray(found / ((seen[0][:, None] * seen[1][None]) ** 2 * np.prod(cells)))

    def _waves(self, axis: int) -> Floats:
        count, side = self.counts[axis], self.sides[axis]
        if self.periodic:
            return np.asarray(np.abs(2 * np.pi / side * np.fft.fftfreq(count, 1 / count)))
        return np.asarray(np.pi / side * np.arange(count))

    def apply(self, symbol: NDArray[Any], q: Floats) -> Floats:
        """The energies of densities with charges q, the first of each disc, (discs, n); same shape."""
        weights = self.weights[:, : q.shape[1]]
        in_cells = (q[:, None, :] @ weights)[:, 0]
        charge = np.bincount(self.places.ravel(), in_cells.ravel(), math.prod(self.counts)).reshape(self.counts)
        if self.periodic:
            potential = irfftn(symbol * rfftn(charge), self.counts)
        else:
            potential = idctn(symbol * dctn(charge, norm="ortho", overwrite_x=True), norm="ortho", overwrite_x=True)
        return np.asarray((weights @ potential.ravel()[self.places][..., None])[..., 0])


def far_of(discs: Discs, basis: DiscDensities, cell: float, window: int) -> Far:
    """A grid whose cells are at most so wide, in pitches, and the discs' densities on it."""
    counts = tuple(next_fast_len(max(math.ceil(side / cell), window), real=True) for side in discs.sides)
    cells = discs.sides / counts
    reached = [math.ceil(2 * discs.radii.max() / size) + window + 1 for size in cells]
    places = np.empty((len(discs.radii), math.prod(reached)), dtype=np.intp)
    weights = np.empty((len(discs.radii), basis.charges.shape[1], math.prod(reached)))
    count = max(1, AT_ONCE // (len(basis.points) * (reached[0] + reached[1])))
    for start in range(0, len(discs.radii), count):
        some = slice(start, start + count)
        radii = discs.radii[some, None]
        windows, folded = [], []
        for axis, (size, along) in enumerate(zip(cells, counts, strict=True)):
            centre = discs.centres[some, axis, None]
            numbers = np.floor((centre - radii) / size - window / 2).astype(np.intp) + np.arange(reached[axis])
            points = (centre + radii * basis.points[:, axis]) / size
            windows.append(_window(points[:, :, None] - numbers[:, None, :] - 0.5, window))
            folded.append(_folded(numbers, along, discs.periodic))
        places[some] = (folded[0][:, :, None] * counts[1] + folded[1][:, None, :]).reshape(len(radii), -1)
        weights[some] = _charges_in(windows, basis) * radii[:, :, None] ** 2
    return Far(discs.sides, (counts[0], counts[1]), discs.periodic, window, places, weights)


def _charges_in(windows: list[Floats], basis: DiscDensities) -> Floats:
    """What each density on unit discs has in the cells that it reaches, (discs, n, cells)."""
    first, second = windows
    found = np.empty((len(first), basis.charges.shape[1], first.shape[2], second.shape[2]))
    for number, charges in enumerate(basis.charges.T):
        found[:, number] = (first * charges[:, None]).transpose(0, 2, 1) @ second
    return found.reshape(*found.shape[:2], -1)


def _folded(numbers: Ints, count: int, periodic: bool) -> Ints:
    """The numbers of cells as those in the cell that repeats or is mirrored."""
    if periodic:
        return np.asarray(numbers % count)
    around = numbers % (2 * count)
    return np.asarray(np.where(around < count, around, 2 * count - 1 - around))


def _window(away: Floats, width: int) -> Floats:
    """What a charge gives to a cell so many cells away."""
    z = 2 * away / width
    inside = np.maximum(1 - z * z, 0)
    return np.asarray(np.where(inside > 0, np.exp(SHAPE * width * (np.sqrt(inside) - 1)), 0.0))


def _window_of_wave(phase: Floats, width: int) -> Floats:
    """The window's Fourier transform at wave number · cell."""
    nodes, weights = np.polynomial.legendre.leggauss(WAVE_NODES)
    away = nodes * width / 2
    return np.asarray((weights * width / 2 * _window(away, width)) @ np.cos(np.outer(away, phase)))
