"""A second and a third way to contacts with a film, which share nothing with `rim_grid`.

Modes of the cell e_n, cut at n = N: cos 2πnx for stripes; J0(λ_n r), λ_n/2 the zeros of J1, for a disc in a tube
(lengths in pitches, the tube's diameter is one). Λ is diagonal in them, θ a full matrix of known overlaps. The current
density θu jumps by J = (θ_c − θ_g) u at the rim, hence mode n > N of it is J b_n/⟨e_n²⟩, b_n = ∫ e_n over the contact,
and eliminating these modes adds Σ (J b_n)²/(Λ_n ⟨e_n²⟩) to F. With that the error falls like ln N/N³; of no use where
the jump is not finite (an ideal contact) or θ much larger than N.

Volumes on a grid of squares, for stripes: the plainest of all ways, to 1e-3.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import sparse, special
from scipy.sparse.linalg import spsolve

MODES = 400
TAIL = 100  # times as many modes have their share added


class _Modes(NamedTuple):
    """Wave numbers of the modes, ⟨e²⟩, ∫ e over the contact, e at the rim; overlaps of the mean and the first modes."""

    k: np.ndarray
    square: np.ndarray
    load: np.ndarray
    rim: np.ndarray
    overlap: np.ndarray


def modes_stripes(f, theta_c, theta_g, depth, modes=MODES):
    """Return F − depth, in pitches, of stripes of contact fraction f; θ in 1/pitch, finite."""
    n = np.arange(1, TAIL * modes + 1)
    low = np.arange(modes + 1)
    overlap = (f * np.sinc(f * np.subtract.outer(low, low)) + f * np.sinc(f * np.add.outer(low, low))) / 2
    square = np.full(len(n), 0.5)
    every = _Modes(2 * math.pi * n, square, f * np.sinc(f * n), np.cos(math.pi * f * n), overlap)
    return _impedance(every, theta_c, theta_g, depth)


def modes_disc_in_tube(radius_ratio, theta_c, theta_g, depth, modes=MODES):
    """Return F − depth, in pitches, of a disc of this radius in tube radii; θ in 1/pitch, finite."""
    zeros = _zeros(TAIL * modes)
    x = zeros * radius_ratio
    load = 2 * radius_ratio * special.j1(x) / zeros
    every = _Modes(2 * zeros, special.j0(zeros) ** 2, load, special.j0(x), _bessel(zeros[:modes], radius_ratio))
    return _impedance(every, theta_c, theta_g, depth)


def _bessel(zeros, a):
    """Return 2 ∫ J0(λ_m r) J0(λ_n r) r dr over r < a, λ_0 = 0 included (Lommel's integrals)."""
    zeros = np.append(0.0, zeros)
    j0, slope = special.j0(zeros * a), zeros * special.j1(zeros * a)
    gap = np.subtract.outer(zeros**2, zeros**2)
    np.fill_diagonal(gap, 1.0)
    overlap = 2 * a * (np.outer(slope, j0) - np.outer(j0, slope)) / gap
    np.fill_diagonal(overlap, a**2 * (j0**2 + special.j1(zeros * a) ** 2))
    return overlap


def _zeros(count):
    beta = (np.arange(1, count + 1) + 0.25) * math.pi
    zeros = beta - 3 / (8 * beta) + 36 / (3 * (8 * beta) ** 3)
    for _ in range(4):
        j1 = special.j1(zeros)
        zeros = zeros - j1 / (special.j0(zeros) - j1 / zeros)
    return zeros


def _impedance(every, theta_c, theta_g, depth):
    low = len(every.overlap) - 1
    stiffness = every.k / np.tanh(every.k * depth) * every.square
    square = np.append(1.0, every.square[:low])
    matrix = np.diag(np.append(0.0, stiffness[:low]) + theta_g * square) + (theta_c - theta_g) * every.overlap
    u = np.linalg.solve(matrix, np.eye(low + 1)[0])
    load, rim, tail = every.load[low:], every.rim[low:], stiffness[low:]
    at_rim = u @ np.append(1.0, every.rim[:low])
    jump = (theta_c - theta_g) * at_rim / (1 + (theta_c - theta_g) * np.sum(load * rim / tail))
    return complex(u[0] + jump**2 * np.sum(load**2 / tail))


def volumes_stripes(f, theta_c, theta_g, depth, cells):
    """Return F − depth, in pitches, of stripes whose rim is between two of the `cells` along half a period.

    Five-point differences between the middles of squares; the film is in series with half a square. θ is finite, in
    1/pitch; depth in pitches, a multiple of 0.5/cells.
    """
    return complex(1 / _volume_currents(f, theta_c, theta_g, depth, cells).mean() - depth)


def volumes_current_above(f, theta_c, multiple, depth, cells):
    """Return the shares of the contact's area and current above a multiple of the mean density, nothing in the gap.

    The density is drawn straight between the squares' middles and grows towards the rim; θ is real.
    """
    density = _volume_currents(f, theta_c, 0.0, depth, cells).real[: round(f * cells)]
    middles = (np.arange(len(density)) + 0.5) / len(density)
    edge = float(np.interp(multiple * density.mean(), density, middles))
    within = np.interp(edge, np.arange(len(density) + 1) / len(density), np.append(0, np.cumsum(density)))
    return 1 - edge, 1 - within / density.sum()


def _volume_currents(f, theta_c, theta_g, depth, cells):
    """Return the current density through each square of the interface, for one volt on the counter electrode."""
    h = 0.5 / cells
    layers = round(depth / h)
    theta = np.where((np.arange(cells) + 0.5) * h < f / 2, theta_c, theta_g)
    foot = h * theta / (1 + theta * h / 2)
    first, last = np.eye(layers)[[0, -1]]
    ends = 2.0 * sparse.diags(last)  # half a square from the counter electrode
    matrix = (
        sparse.kron(sparse.eye(layers), _chain(cells))
        + sparse.kron(_chain(layers) + ends, sparse.eye(cells))
        + sparse.kron(sparse.diags(first), sparse.diags(foot))
    )
    load = 2.0 * np.kron(last, np.ones(cells))
    potential = spsolve(matrix.astype(complex).tocsc(), load.astype(complex))
    return foot / h * potential[:cells]


def _chain(count):
    """Return the Laplacian of a chain of `count` squares with free ends."""
    link = sparse.diags([-np.ones(count - 1), np.ones(count - 1)], [0, 1], shape=(count - 1, count))
    return link.T @ link
