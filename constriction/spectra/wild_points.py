"""Which points of a spectrum are wild: no chain of RC elements that follows the others comes near them.

A least-squares chain bends towards a wild point, at the ends of the spectrum right through it, and away from good
ones. So points leave one after the other, or neighbours together, each time those without which the chain follows
the rest best; then the chain is fitted without them, and what it foretells well enough comes back. Leave-one-out
residuals and their leverage are those of Cook and Weisberg, Residuals and Influence in Regression (1982), ch. 2.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.laws.arrays import Complexes, Flags, Reals

METHOD = (
    "leave-one-out: points leave, alone or up to 3 neighbours together, until a chain of RC elements (3 per decade, "
    "L, C) that is fitted without them follows each other point within the limit (in units of the fit's standard "
    "deviation at that point's leverage); what it foretells within the limit comes back; then the test is made on the "
    "points that stay; if more than a third of them were to leave, all take part"
)
# RC elements per decade: enough to follow a semicircle to 1e-5 of |Z|, few enough to bridge a gap of some points.
PER_DECADE = 3.0
# Resistances of the chain are held near zero with a standard deviation of so many |Z| at their frequency, if the
# residuals have that of the limit. Without this the ends of a spectrum would follow any point.
RESISTANCES = 2.0
# Neighbours tried together.
LARGEST_BLOCK = 3
# A point at the end, on which the chain leans, is wild if it is so many limits from what the others foretell, which is
# less exact there, and if that is so many standard deviations of the noise, taken as at least this part of the limit.
FORETOLD, SIGNIFICANT, LEAST_NOISE = 2.0, 5.0, 0.01
# With fewer points per decade a point is foretold worse, and the limit for wild ones grows as their distance does.
DENSE = 6.0
# The modulus that weighs a point is the median of so many neighbours on both sides.
NEIGHBOURS = 3
# Logarithm of the largest ratio of two |Z|: further off is no wilder.
HIGHEST = 14.0
# If more than this part of the points were wild, the spectrum is no chain's with wild points.
MOST = 1 / 3
# Directions that the data see this much less than others are left out of the fit; leverage stays below 1 by this.
BLIND, ROUNDING = 1e-10, 1e-9
# Squares of two normal numbers add up to less than this in half of all cases.
MEDIAN_OF_TWO = 2 * math.log(2)


class _Chain(NamedTuple):
    """Columns of the chain and the data, both divided by the modulus of each point, and how small coefficients are.

    `limit` holds for each part of a residual, `price` for the sum of both squares: what a point costs that leaves.
    """

    columns: Complexes
    data: Complexes
    ridge: Reals
    limit: float
    price: float


class _Fit(NamedTuple):
    """Of n points: what H = basis·basisᵀ and the residuals r are, first Re, then Im; and the (P,) coefficients.

    The coefficients' covariance is spread·spreadᵀ in units of the noise's variance.
    """

    basis: Reals
    residuals: Reals
    coefficients: Reals
    spread: Reals


def find_wild_points(frequency: Reals, impedance: Complexes, limit: float) -> Flags:
    """Find the points that a chain through the others misses.

    Args:
        frequency: (N,) in Hz, falling.
        impedance: (N,) complex, not zero, in any unit.
        limit: largest distance of a point from the chain, relative to |Z|.

    Returns:
        (N,) True where a point is wild. All False if more than a third would be: then the spectrum as a whole is not
        that of a chain, and which of its points are wrong cannot be told.
    """
    chain = _chain(frequency, impedance, limit)
    stays = np.ones(frequency.size, dtype=bool)
    seen = {stays.tobytes()}
    while not _too_many(stays):
        block = _worst_block(chain, stays)
        fewer = stays.copy()
        fewer[block] = False
        stays = _with_foretold(chain, fewer, block)
        if stays.tobytes() in seen:
            break
        seen.add(stays.tobytes())
    if not _too_many(stays):
        stays = _without_lone_ends(chain, stays)
    return np.zeros(stays.size, dtype=bool) if _too_many(stays) else ~stays


def _too_many(stays: Flags) -> bool:
    return int(np.count_nonzero(~stays)) > MOST * stays.size


def _chain(frequency: Reals, impedance: Complexes, limit: float) -> _Chain:
    omega = 2 * math.pi * frequency
    decades = math.log10(omega[0] / omega[-1])
    tau = np.geomspace(1 / omega[0], 1 / omega[-1], min(math.ceil(PER_DECADE * decades) + 1, omega.size))
    modulus = _local_modulus(impedance)
    level = np.log(modulus)
    # ln(1/ω) rises along the spectrum, as np.interp wants it.
    of_elements = np.interp(np.log(tau), -np.log(omega), level)
    tails = np.stack([np.ones(omega.size) + 0j, 1j * omega / omega[0], omega[-1] / (1j * omega)], axis=1)
    tails *= np.exp(level.min() - level)[:, np.newaxis]
    tails /= np.abs(tails).max(axis=0)
    arcs = np.exp(np.minimum(of_elements - level[:, np.newaxis], HIGHEST)) / (1 + 1j * np.outer(omega, tau))
    columns = np.concatenate([tails, arcs], axis=1).astype(np.complex128)
    size = np.minimum(np.log(np.abs(impedance)) - level, HIGHEST)
    data = np.exp(size + 1j * np.angle(impedance)).astype(np.complex128)
    ridge = np.concatenate([np.zeros(3), np.full(tau.size, limit / RESISTANCES)])
    limit *= max(1.0, DENSE * decades / (omega.size - 1))
    return _Chain(columns, data, ridge, limit, 2 * limit**2)


def _local_modulus(impedance: Complexes) -> Reals:
    """Return the median |Z| around each point, which a wild one does not change."""
    padded = np.pad(np.abs(impedance), NEIGHBOURS, constant_values=np.nan)
    modulus: Reals = np.nanmedian(np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURS + 1), axis=1)
    return modulus


def _fit(chain: _Chain, stays: Flags) -> _Fit:
    columns, data = chain.columns[stays], chain.data[stays]
    rows = np.concatenate([columns.real, columns.imag, np.diag(chain.ridge)])
    right = np.concatenate([data.real, data.imag, np.zeros(chain.ridge.size)])
    u, s, vt = np.linalg.svd(rows, full_matrices=False)
    visible = s > BLIND * s[0]
    u, spread = u[:, visible], vt[visible].T / s[visible]
    along = u.T @ right
    count = 2 * data.size
    return _Fit(u[:count], (right - u @ along)[:count], spread @ along, spread)


def _left_out(fit: _Fit, size: int) -> tuple[Reals, Reals]:
    """Leave out every block of `size` neighbours in turn.

    Returns:
        (B, 2·size) distances of its points from the chain through the others, and (B,) by how much the sum of squares
        falls, which is the square of the distance in units of its own standard deviation, times the noise's variance.
    """
    points = fit.residuals.size // 2
    first = np.arange(points - size + 1)[:, np.newaxis] + np.arange(size)
    rows = np.concatenate([first, first + points], axis=1)
    basis = fit.basis[rows]
    values, vectors = np.linalg.eigh(np.eye(2 * size) - basis @ np.swapaxes(basis, 1, 2))
    values = np.maximum(values, ROUNDING)
    along = np.einsum("bij,bi->bj", vectors, fit.residuals[rows])
    return np.einsum("bij,bj->bi", vectors, along / values), (along**2 / values).sum(axis=1)


def _worst_block(chain: _Chain, stays: Flags) -> NDArray[np.intp]:
    """Return the points whose leaving lowers the sum of squares most, with a price for each; none if none does."""
    fit, where = _fit(chain, stays), np.flatnonzero(stays)
    best, worst = 0.0, np.zeros(0, dtype=np.intp)
    for size in range(1, min(LARGEST_BLOCK, where.size) + 1):
        gain = _left_out(fit, size)[1] - size * chain.price
        k = int(np.argmax(gain))
        if gain[k] > best:
            best, worst = float(gain[k]), where[k : k + size]
    return worst


def _with_foretold(chain: _Chain, stays: Flags, just_left: NDArray[np.intp]) -> Flags:
    """Take back the points that the chain through the others foretells within the limit."""
    fit, back = _fit(chain, stays), stays.copy()
    for k in np.setdiff1d(np.flatnonzero(~stays), just_left).tolist():
        column, off = chain.columns[k], chain.data[k] - chain.columns[k] @ fit.coefficients
        leaning = np.stack([column.real, column.imag]) @ fit.spread
        distance = np.array([off.real, off.imag])
        back[k] = distance @ np.linalg.solve(np.eye(2) + leaning @ leaning.T, distance) < chain.price
    return back


def _without_lone_ends(chain: _Chain, stays: Flags) -> Flags:
    """Leave out points that the chain follows only because it leans on them.

    If wild points cut an end off from the others, what the others foretell there is all that speaks for it.
    """
    stays = stays.copy()
    for _ in range(2 * LARGEST_BLOCK):
        distances, gain = _left_out(_fit(chain, stays), 1)
        noise = max(math.sqrt(float(np.median(gain)) / MEDIAN_OF_TWO), LEAST_NOISE * chain.limit)
        far = np.abs(distances).max(axis=1) > FORETOLD * chain.limit
        wild = far & (_cut_off(stays) | (gain > min((SIGNIFICANT * noise) ** 2, chain.price)))
        if not wild.any() or _too_many(stays):
            break
        stays[np.flatnonzero(stays)[int(np.argmax(np.where(wild, gain, 0.0)))]] = False
    return stays


def _cut_off(stays: Flags) -> Flags:
    """Return, of the points that stay, the first and the last one if their neighbour does not."""
    where = np.flatnonzero(stays)
    alone = np.zeros(where.size, dtype=bool)
    alone[0], alone[-1] = where[1] - where[0] > 1, where[-1] - where[-2] > 1
    return alone


def larger_part(residuals: Complexes) -> Reals:
    """The larger of both parts of each residual, (N,)."""
    larger: Reals = np.maximum(np.abs(residuals.real), np.abs(residuals.imag))
    return larger
