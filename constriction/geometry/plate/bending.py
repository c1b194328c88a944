"""The bending of a plate on a grid of cells with mirrors at its sides, and linear systems of it by multigrid."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

from constriction.base.errors import SolverError
from constriction.geometry.plate.clamps import Held

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

DIRECT = 6000  # unknowns that are solved by a factor
SWEEPS = 3  # of the smoother, before and after the coarser grid
SMOOTHED = 8.0  # largest over smallest eigenvalue that the smoother takes care of
KEPT = 0.3  # part of a coarse spline's nodes that are free, or it is dropped
MOST_ITERATIONS = 400


def laplacian(shape: tuple[int, int], cell: tuple[float, float]) -> sparse.csr_array:
    """Second differences on nodes (across, along) with mirrors at the sides; `cell` is a cell's width and depth."""
    across, along = (_line(count) / width**2 for count, width in zip(shape, cell, strict=True))
    whole = sparse.kron(across, sparse.eye_array(shape[1])) + sparse.kron(sparse.eye_array(shape[0]), along)
    return sparse.csr_array(whole)


def second_of(values: Floats, cell: tuple[float, float]) -> Floats:
    """Δ of values on nodes (across, along)."""
    return np.asarray((laplacian(values.shape, cell) @ values.ravel()).reshape(values.shape))


def _line(count: int) -> sparse.csr_array:
    middle = np.full(count, -2.0)
    middle[0] += 1
    middle[-1] += 1
    return sparse.csr_array(sparse.diags_array([np.ones(count - 1), middle, np.ones(count - 1)], offsets=[-1, 0, 1]))


@dataclass(frozen=True, eq=False)
class Bending:
    """½ vᵀ`matrix`v + `load`ᵀv, the energy of a held plate in its unknowns, and a constant."""

    held: Held
    matrix: sparse.csr_array
    load: Floats

    def residual(self, unknowns: Floats) -> Floats:
        """What holds the unknowns (free,) where they are: the reaction."""
        return np.asarray(self.matrix @ unknowns + self.load)

    def energy(self, unknowns: Floats) -> float:
        """Of unknowns (free,)."""
        return float(unknowns @ (0.5 * (self.matrix @ unknowns) + self.load))


def bending(held: Held, cell: tuple[float, float], pressure: float) -> Bending:
    """The energy ∫ ½ (Δw)² + pressure·w of a held plate, over its area in cells.

    Args:
        held: what is free.
        cell: width and depth of a cell, in roots of its area.
        pressure: p over the flexural rigidity, in those units and the deflection's.
    """
    second = laplacian(held.free.shape, cell)
    weights = held.share.ravel()
    curved = second @ held.spread
    weighted = sparse.csr_array(sparse.diags_array(weights) @ curved)
    matrix = sparse.csr_array(curved.T @ weighted)
    load = weighted.T @ (second @ held.fixed) + pressure * (held.spread.T @ weights)
    return Bending(held, matrix, np.asarray(load))


# --- solving ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Grid:
    """One grid of the multigrid cycle: `matrix`, and the values on it of what the next coarser grid has, `up`."""

    matrix: sparse.csr_array
    up: sparse.csr_array | None

    @cached_property
    def inverse(self) -> Floats:
        """Of the diagonal."""
        return np.asarray(1 / self.matrix.diagonal())

    @cached_property
    def largest(self) -> float:
        """An estimate from above of the largest eigenvalue of the matrix over its diagonal."""
        vector = np.random.default_rng(1).standard_normal(len(self.inverse))
        size = 1.0
        for _ in range(10):
            vector = self.inverse * (self.matrix @ (vector / np.linalg.norm(vector)))
            size = float(np.linalg.norm(vector))
        return 1.15 * size

    def smooth(self, right: Floats, start: Floats | None = None) -> Floats:
        """A few steps of Chebyshev's iteration."""
        low, high = self.largest / SMOOTHED, self.largest
        middle, half = (high + low) / 2, (high - low) / 2
        x = np.zeros_like(right) if start is None else start.copy()
        residual = right if start is None else right - self.matrix @ x
        rho = half / middle
        step = self.inverse * residual / middle
        for _ in range(SWEEPS - 1):
            x += step
            residual = residual - self.matrix @ step
            rho, before = 1 / (2 * middle / half - rho), rho
            step = rho * before * step + 2 * rho / half * (self.inverse * residual)
        return np.asarray(x + step)


@dataclass(frozen=True, eq=False)
class Cycles:
    """A symmetric V-cycle as a preconditioner."""

    grids: tuple[Grid, ...]

    @cached_property
    def _factor(self) -> object:
        return splu(self.grids[-1].matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})

    def __call__(self, right: Floats, level: int = 0) -> Floats:
        """Roughly the solution of the grid's system."""
        grid = self.grids[level]
        if grid.up is None:
            return np.asarray(self._factor.solve(right))  # type: ignore[attr-defined]
        x = grid.smooth(right)
        x += grid.up @ self(grid.up.T @ (right - grid.matrix @ x), level + 1)
        return grid.smooth(right, x)


@lru_cache(maxsize=12)  # of all grids of one cell
def coarser(shape: tuple[int, int]) -> sparse.csr_array:
    """Values on cells of what cells twice as wide have: the refinement of quadratic splines, which bend smoothly."""
    return sparse.csr_array(sparse.kron(*(_refined(count) for count in shape)))


def _refined(count: int) -> sparse.csr_array:
    if count == 1:
        return sparse.csr_array(np.ones((1, 1)))
    half = (count + 1) // 2
    fine = np.arange(count)
    own, other = fine // 2, np.clip(fine // 2 + np.where(fine % 2, 1, -1), 0, half - 1)
    weights = np.concatenate([np.full(count, 0.75), np.full(count, 0.25)])
    return sparse.coo_array((weights, (np.tile(fine, 2), np.concatenate([own, other]))), shape=(count, half)).tocsr()


def multigrid(matrix: sparse.csr_array, free: Marks) -> Cycles:
    """Coarser grids for the matrix of unknowns that are marked on nodes (across, along)."""
    grids = []
    while matrix.shape[0] > DIRECT and min(free.shape) > 8:
        every = coarser((free.shape[0], free.shape[1]))
        marked = free.ravel().astype(np.float64)
        used = every.T @ marked > KEPT * (every.T @ np.ones(len(marked)))
        up = every[np.flatnonzero(free)]
        up = sparse.csr_array(up[:, np.flatnonzero(used)])
        grids.append(Grid(matrix, up))
        matrix = sparse.csr_array(up.T @ (matrix @ up))
        free = used.reshape([(count + 1) // 2 for count in free.shape])
    return Cycles((*grids, Grid(matrix, None)))


def solve(matrix: sparse.csr_array, right: Floats, free: Marks, start: Floats, tolerance: float) -> Floats:
    """Solve a system of unknowns that are marked on nodes.

    Args:
        matrix: symmetric, positive.
        right: right-hand side.
        free: the unknowns' nodes, (across, along).
        start: where conjugate gradients begin.
        tolerance: of the largest residual.

    Raises:
        SolverError: no convergence.
    """
    precondition = multigrid(matrix, free)
    if len(precondition.grids) == 1:
        return precondition(right)
    x = start.copy()
    residual = right - matrix @ x
    shaped = precondition(residual)
    direction, energy = shaped, float(residual @ shaped)
    for _step in range(MOST_ITERATIONS):
        if np.max(np.abs(residual)) <= tolerance:
            return x
        image = matrix @ direction
        length = energy / float(direction @ image)
        x += length * direction
        residual -= length * image
        shaped = precondition(residual)
        energy, before = float(residual @ shaped), energy
        direction = shaped + energy / before * direction
    raise SolverError(f"the lifted foil: conjugate gradients leave {np.max(np.abs(residual)):.1e} of {tolerance:.1e}")
