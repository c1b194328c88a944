"""Discs at rest by unknowns on the contacts alone: shares nothing with pixels or meshes, and is far more exact.

Lengths in pitches, κ = 1, a mirror cell. Of a mean current density 1 through the slab the contacts take q ≥ 0, and the
potential K(1 − q) + c vanishes on them: K has tanh(kH)/k in cosines, none in the mean, and c = F(0) − depth. With
Kq̂ = 1 on the contacts, c is the cell's area over ∫q̂. On each disc, with t = √(1 − ρ²),

    q = Σ c_lm P_l^m(t)/t · cos mφ or sin mφ, l + m even,

on which the kernel 1/(2πr) of a half space is diagonal: ½ Γ((l+m+1)/2) Γ((l−m+1)/2) / (Γ((l+m+2)/2) Γ((l−m+2)/2)).
Between discs erfc(αr)/(2πr) is summed over points, near ones only (Ewald). What is left of K is smooth,
tanh(kH)/k − erf(k/2α)/k, and goes by cosine transforms of a grid that is coarse beside a disc, onto which a window
spreads the points.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.fft import dctn, idctn, next_fast_len
from scipy.spatial import cKDTree
from scipy.special import erf, erfc, gammaln, lpmv

CELL = 0.45  # of the grid, over the smallest radius
SPLIT = 0.55  # α times the grid's cell
REACH = 3.2  # of erfc(αr), times 1/α
WINDOW, SHAPE = 8, 2.3 * 8  # cells that a point is spread over: exp(SHAPE (√(1 − z²) − 1))
FOUND = 1e-12  # energy of a residual, relative
AT_ONCE = 100  # pairs of discs


@dataclass(frozen=True)
class Basis:
    """Fields on the unit disc: `points` (n, 2), the `charges` of each field at them (n, m), 1/(2πr) on it (m,)."""

    points: np.ndarray
    charges: np.ndarray
    kernel: np.ndarray


def basis_of(order):
    """Fields of degree l ≤ order, orthonormal with the weight t; their charges are those of P_l^m(t)/t."""
    nodes, weights = np.polynomial.legendre.leggauss(2 * order + 4)
    t, weights = nodes[order + 2 :], weights[order + 2 :]
    phi = 2 * np.pi * (np.arange(3 * order + 3) + 0.5) / (3 * order + 3)
    weights = np.repeat(weights, len(phi)) * 2 * np.pi / len(phi)
    rho, t, phi = np.repeat(np.sqrt(1 - t**2), len(phi)), np.repeat(t, len(phi)), np.tile(phi, len(t))
    charges, kernel = [], []
    for degree in range(order + 1):
        for m in range(degree % 2, degree + 1, 2):
            ups = gammaln((degree + m + 1) / 2) + gammaln((degree - m + 1) / 2)
            downs = gammaln((degree + m + 2) / 2) + gammaln((degree - m + 2) / 2)
            for wave in (np.cos, np.sin)[: 1 if m == 0 else 2]:
                values = lpmv(m, degree, t) * wave(m * phi)
                charges.append(weights * values / math.sqrt(weights @ values**2))
                kernel.append(0.5 * math.exp(ups - downs))
    return Basis(rho[:, None] * np.column_stack([np.cos(phi), np.sin(phi)]), np.array(charges).T, np.array(kernel))


def constriction_of_discs(layout, depth, order=6):
    """F(0) − depth in pitches of whole discs that are apart, in a mirror cell; `depth` of the slab in pitches."""
    sides = np.array([layout.width, layout.depth]) / layout.pitch
    centres = np.array([spot.edges[0].centre for spot in layout.spots]) / layout.pitch
    radii = np.array([spot.size for spot in layout.spots]) / layout.pitch
    basis = basis_of(order)
    counts = [next_fast_len(math.ceil(side / (CELL * radii.min())), real=True) for side in sides]
    split = SPLIT / np.max(sides / counts)
    near = _near(basis, centres, radii, sides, split)
    far = _far(basis, centres, radii, (sides, counts), (split, depth))
    load = np.outer(radii**2, basis.charges.sum(axis=0))
    own = radii[:, None] ** 3 * basis.kernel
    return float(np.prod(sides) / np.vdot(load, _solved(lambda q: near(q) + far(q), load, own)))


def _solved(operator, load, diagonal):
    """Conjugate gradients, preconditioned by a diagonal; all (discs, fields)."""
    found, residual = np.zeros_like(load), load.copy()
    direction = shaped = residual / diagonal
    energy = first = np.vdot(residual, shaped)
    while energy > FOUND * first:
        image = operator(direction)
        step = energy / np.vdot(direction, image)
        found, residual = found + step * direction, residual - step * image
        shaped = residual / diagonal
        before, energy = energy, np.vdot(residual, shaped)
        direction = shaped + energy / before * direction
    return found


def _near(basis, centres, radii, sides, split):
    """The operator of erfc(αr)/(2πr): within discs, between near ones, and between these and mirror images."""
    owners, others, signs, shifts = _pairs(centres, sides, 2 * radii.max() + REACH / split)
    charges = basis.charges
    blocks = np.zeros((len(owners), charges.shape[1], charges.shape[1]))
    for start in range(0, len(owners), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        i, j = owners[some], others[some]
        here = centres[i][:, None] + radii[i][:, None, None] * basis.points
        there = (centres[j][:, None] + radii[j][:, None, None] * basis.points) * signs[some, None] + shifts[some, None]
        r = np.linalg.norm(here[:, :, None] - there[:, None], axis=-1)
        kernel = erfc(split * r) / (2 * np.pi * r)
        blocks[some] = charges.T @ kernel @ charges * (radii[i] * radii[j])[:, None, None] ** 2
    own = np.array([_own(basis, radius, split) for radius in radii])

    def apply(q):
        sums = np.einsum("nij,nj->ni", own, q)
        np.add.at(sums, owners, np.einsum("nij,nj->ni", blocks, q[others]))
        return sums

    return apply


def _own(basis, radius, split):
    """Within a disc: the half space's kernel, diagonal, less its smooth part erf(αr)/(2πr)."""
    r = radius * np.linalg.norm(basis.points[:, None] - basis.points[None], axis=-1)
    apart = np.where(r > 0, r, 1.0)
    smooth = np.where(r > 0, erf(split * r) / apart, 2 * split / math.sqrt(math.pi)) / (2 * np.pi)
    return np.diag(radius**3 * basis.kernel) - radius**4 * basis.charges.T @ smooth @ basis.charges


def _pairs(centres, sides, reach):
    """Near discs: numbers of both, and how the second is mirrored: its signs and shifts, (n, 2)."""
    ways = [[(1.0, 0.0), (-1.0, 0.0), (-1.0, 2.0 * side)] for side in sides]
    tree, found = cKDTree(centres), []
    for x in ways[0]:
        for y in ways[1]:
            signs, shifts = np.array([x[0], y[0]]), np.array([x[1], y[1]])
            for j, near in enumerate(tree.query_ball_point(centres * signs + shifts, reach)):
                found += [(i, j, *signs, *shifts) for i in near if i != j or np.any(shifts != 0) or np.any(signs < 0)]
    table = np.array(found).reshape(-1, 6)
    return table[:, 0].astype(int), table[:, 1].astype(int), table[:, 2:4], table[:, 4:]


def _far(basis, centres, radii, grid, kernel):
    """The operator of what is smooth, by cosine transforms."""
    (sides, counts), (split, depth) = grid, kernel
    cells = sides / counts
    waves = [np.pi * np.arange(count) / side for count, side in zip(counts, sides, strict=True)]
    k = np.hypot(waves[0][:, None], waves[1][None])
    k[0, 0] = 1.0
    symbol = (np.tanh(k * depth) - erf(k / (2 * split))) / k
    symbol[0, 0] = -1 / (split * math.sqrt(math.pi))
    seen = [_window_of_wave(wave * cell) for wave, cell in zip(waves, cells, strict=True)]
    symbol /= (seen[0][:, None] * seen[1][None]) ** 2 * np.prod(cells)
    places, weights = _spread(basis, centres, radii, cells, counts)

    def apply(q):
        charge = np.bincount(places.ravel(), np.einsum("npi,ni->np", weights, q).ravel(), math.prod(counts))
        potential = idctn(symbol * dctn(charge.reshape(counts), norm="ortho"), norm="ortho").ravel()
        return np.einsum("npi,np->ni", weights, potential[places])

    return apply


def _spread(basis, centres, radii, cells, counts):
    """Of each disc the numbers of the grid's cells that it reaches, (discs, p), and its fields' charges in them."""
    reached = [math.ceil(2 * radii.max() / cell) + WINDOW + 1 for cell in cells]
    places = np.zeros((len(centres), *reached), dtype=int)
    weights = np.zeros((len(centres), *reached, basis.charges.shape[1]))
    for disc, (centre, radius) in enumerate(zip(centres, radii, strict=True)):
        windows = []
        for axis, (cell, count) in enumerate(zip(cells, counts, strict=True)):
            numbers = math.floor((centre[axis] - radius) / cell - WINDOW / 2) + np.arange(reached[axis])
            points = (centre[axis] + radius * basis.points[:, axis]) / cell
            windows.append(_window(points[:, None] - numbers - 0.5))
            mirrored = np.where(numbers < 0, -1 - numbers, np.where(numbers >= count, 2 * count - 1 - numbers, numbers))
            places[disc] = places[disc] * count + (mirrored[:, None] if axis == 0 else mirrored[None])
        weights[disc] = radius**2 * np.einsum("px,py,pi->xyi", *windows, basis.charges, optimize=True)
    shape = len(centres), math.prod(reached)
    return places.reshape(shape), weights.reshape(*shape, -1)


def _window(away):
    """What a point gives to a grid's cell so many cells away."""
    z = 2 * away / WINDOW
    return np.where(np.abs(z) < 1, np.exp(SHAPE * (np.sqrt(np.maximum(1 - z**2, 0)) - 1)), 0.0)


def _window_of_wave(phase):
    """The window's Fourier transform at wave number · cell."""
    nodes, weights = np.polynomial.legendre.leggauss(80)
    away = nodes * WINDOW / 2
    return (weights * WINDOW / 2 * _window(away)) @ np.cos(np.outer(away, phase))
