"""F of discs and its derivative at a real θ of the gap, from the charges that its contacts take.

With a mean current density 1 through the slab the contacts take the density q, and the potential c − K_θ q vanishes on
them; K_θ has 1/(k coth(k·depth) + θ) in waves, none in the mean. With K_θ q̂ = 1 on the contacts and m the mean of q̂
over the cell, q = c q̂ and F − depth = c = 1/(θ + m). The energy that a Galerkin solution leaves is of second order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.base.errors import SolverError
from constriction.field.contacts.basis import DiscDensities
from constriction.field.contacts.discs import Discs
from constriction.field.contacts.far import Far
from constriction.field.contacts.kernels import STEP, Kernel
from constriction.field.contacts.near import Near, diagonal_of

MOST_STEPS = 2000

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Contacts:
    """Discs with densities on them, what is near to each other, and the grid for what is far; `depth` in pitches.

    `split` and `reach` as of `Kernel`.
    """

    discs: Discs
    basis: DiscDensities
    near: Near
    far: Far
    depth: float
    split: float
    reach: float

    @property
    def area(self) -> float:
        """Of the cell, in square pitches."""
        return float(np.prod(self.discs.sides))

    def load(self, count: int) -> Floats:
        """The charges of the first densities of each disc, (discs, count)."""
        return np.outer(self.discs.radii**2, self.basis.charges.sum(axis=0)[:count])


class AtShift(NamedTuple):
    """F − depth and its derivative by θ, in pitches, of densities of a degree; `steps` of conjugate gradients; q̂."""

    value: float
    slope: float
    steps: int
    charges: Floats


def solve_at(
    contacts: Contacts, shift: float, degrees: tuple[int, ...], tolerance: float, guess: Floats | None = None
) -> list[AtShift]:
    """F and its derivative with the densities of each of some degrees.

    Args:
        contacts: the discs.
        shift: θ ≥ 0.
        degrees: the highest first.
        tolerance: of m, relative.
        guess: q̂ to begin with.

    Raises:
        SolverError: no convergence.
    """
    kernel = Kernel(shift, contacts.split, contacts.depth, contacts.reach)
    matrix, symbol = contacts.near.matrix(kernel), contacts.far.symbol(kernel)
    diagonal = diagonal_of(contacts.discs, contacts.basis, kernel)
    found: list[tuple[float, int, Floats]] = []
    for degree in degrees:
        count = contacts.basis.count(degree)

        def operator(q: Floats, count: int = count) -> Floats:
            whole = np.zeros_like(diagonal)
            whole[:, :count] = q
            close = (matrix @ whole.ravel()).reshape(whole.shape)[:, :count]
            return np.asarray(close + contacts.far.apply(symbol, q))

        load = contacts.load(count)
        charges, steps, most = _conjugate_gradients(
            operator, load, diagonal[:, :count], tolerance, None if guess is None else guess[:, :count]
        )
        found.append((most / contacts.area, steps, charges))
        guess = charges
    slopes = _slopes(contacts, kernel, [charges for _, _, charges in found])
    return [
        AtShift(1 / (shift + m), -(1 - slope) / (shift + m) ** 2, steps, charges)
        for (m, steps, charges), slope in zip(found, slopes, strict=True)
    ]


def _slopes(contacts: Contacts, kernel: Kernel, charges: list[Floats]) -> Floats:
    """Of each solution q̂ the derivative of the kernel's energy by θ, over the area: −∂m/∂θ; (solutions,)."""
    size = len(contacts.basis.degrees)
    whole = [np.pad(q, ((0, 0), (0, size - q.shape[1]))) for q in charges]
    symbol = contacts.far.symbol(kernel.stepped()).imag / STEP
    far = [np.vdot(q, contacts.far.apply(symbol, q)) for q in charges]
    return np.asarray((contacts.near.slopes(kernel, whole) + far) / contacts.area)


def _conjugate_gradients(
    operator: Callable[[Floats], Floats], load: Floats, diagonal: Floats, tolerance: float, guess: Floats | None
) -> tuple[Floats, int, float]:
    """The solution, how many steps it took, and 2bᵀx − xᵀAx, which misses bᵀA⁻¹b by the residual's energy alone."""
    found, residual = np.zeros_like(load), load.copy()
    if guess is not None:
        image = operator(guess)
        scale = np.vdot(guess, load) / np.vdot(guess, image)
        found, residual = scale * guess, load - scale * image
    shaped = residual / diagonal
    direction, energy, steps = shaped, float(np.vdot(residual, shaped)), 0
    while energy > tolerance * np.vdot(load, found):
        if steps >= MOST_STEPS or not np.isfinite(energy):
            raise SolverError(f"conjugate gradients on {len(load)} discs do not converge in {steps} steps")
        image = operator(direction)
        step = energy / np.vdot(direction, image)
        found = found + step * direction
        residual = residual - step * image
        shaped = residual / diagonal
        before, energy = energy, float(np.vdot(residual, shaped))
        direction = shaped + energy / before * direction
        steps += 1
    return found, steps, float(np.vdot(load, found) + np.vdot(residual, found))
