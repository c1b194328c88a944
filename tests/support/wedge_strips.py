"""Stripes under a metal whose height changes across them, in two dimensions, by bilinear elements.

A half period 0 < x < ½ in pitches: contact for x < f/2, beside it a gap of height h(x) whose top and whose wall at the
rim are metal (φ = 0). The slab goes down to −depth (φ = 1), its sides are mirrors. Points are graded towards the rim
and the interface, so that what the rim's √r leaves falls with the square of their number. Nothing of the package is
used, neither its meshes nor its forms. The thin law is solved on the same points and heights, so that differences are
sharp.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

GAUSS, WEIGHTS = (np.polynomial.legendre.leggauss(6)[0] + 1) / 2, np.polynomial.legendre.leggauss(6)[1] / 2
FOUR = [(0.5 + a, 0.5 + b) for a in (-np.sqrt(1 / 12), np.sqrt(1 / 12)) for b in (-np.sqrt(1 / 12), np.sqrt(1 / 12))]


class Strips:
    """F(θ) in pitches, where θ = iωε·pitch/(unit·κ); contact fraction, depth, height of x and `unit` in pitches."""

    def __init__(self, fraction, depth, height, unit, *, count, kinks=()):
        rim, ends = fraction / 2, [*kinks, 0.5]
        gap = np.concatenate(
            [
                rim + (ends[0] - rim) * np.linspace(0, 1, 2 * count + 1) ** 4,
                *(np.linspace(a, b, count + 1)[1:] for a, b in zip(ends, ends[1:], strict=False)),
            ]
        )
        x = np.concatenate([rim - rim * np.linspace(1, 0, count + 1)[:-1] ** 4, gap])
        z = -depth * np.linspace(0, 1, 2 * count + 1) ** 4
        slab = np.arange(x.size * z.size).reshape(x.size, z.size)
        above = slab.size + np.arange(gap.size * count).reshape(gap.size, count)
        number = np.column_stack([slab[-gap.size :, 0], above])
        self.size, self.depth, self.gap, self.driven = slab.size + above.size, depth, gap, slab[:, -1]
        tops = np.outer(height(gap), np.linspace(0, 1, count + 1) ** 2)
        self.K = self._stiffness(*np.meshgrid(x, z, indexing="ij"), slab)
        self.G = unit * self._stiffness(np.repeat(gap[:, None], count + 1, 1), tops, number)
        self.M = self._on_plane(number[:, 0], lambda places: unit / np.interp(places, gap, height(gap)))
        self.metal = np.unique(np.concatenate([slab[: x.size - gap.size + 1, 0], number[0], number[:, -1]]))
        self.plane, self.above = number[:, 0], above

    def _stiffness(self, x, z, number):
        """∫∇a·∇b over the quadrilaterals between points x, z (i, j), which are the unknowns `number` (i, j)."""
        i, j, own = (_corners(values) for values in (x, z, number))
        places, blocks = np.stack([i, j], axis=-1), np.zeros((len(own), 4, 4))
        for u, v in FOUR:
            slope = np.array([[v - 1, u - 1], [1 - v, -u], [-v, 1 - u], [v, u]])
            jacobian = np.einsum("na,cnx->cxa", slope, places)
            gradient = np.einsum("na,cax->cnx", slope, np.linalg.inv(jacobian))
            blocks += 0.25 * np.einsum("cnx,cmx,c->cnm", gradient, gradient, np.abs(np.linalg.det(jacobian)))
        return self._matrix(blocks, np.repeat(own, 4, axis=1), np.tile(own, (1, 4)))

    def _on_plane(self, number, weight):
        """∫ weight·ab over the plane of the gap."""
        start, length = self.gap[:-1], np.diff(self.gap)
        values = WEIGHTS[:, None] * length * weight(start + GAUSS[:, None] * length)
        shape = np.stack([1 - GAUSS, GAUSS])
        own = np.stack([number[:-1], number[1:]], axis=1)
        blocks = np.einsum("aq,bq,qc->cab", shape, shape, values)
        return self._matrix(blocks, np.repeat(own, 2, axis=1), np.tile(own, (1, 2)))

    def _matrix(self, blocks, rows, columns):
        return sparse.csr_array((blocks.ravel(), (rows.ravel(), columns.ravel())), shape=(self.size, self.size))

    def __call__(self, theta, *, thin=False):
        """F(θ) with the gap as a volume, or of the thin law."""
        fixed = np.zeros(self.size, dtype=bool)
        fixed[self.metal], fixed[self.driven] = True, True
        if thin:
            fixed[self.above] = True  # nothing is there
        value = np.zeros(self.size, dtype=complex)
        value[self.driven] = 1
        matrix, free = self.K + complex(theta) * (self.M if thin else self.G), np.flatnonzero(~fixed)
        rows = sparse.csr_array(matrix[free])
        value[free] = splu(sparse.csc_array(rows[:, free])).solve(-(rows @ value))
        return 0.5 / (value @ (matrix @ value))

    def difference(self, theta):
        """F of the volume less that of the thin law at each θ, over F(0) − depth."""
        rest = self(0.0, thin=True).real - self.depth
        return np.array([self(one) - self(one, thin=True) for one in theta]) / rest

    def storage(self):
        """The limit of θ·(F − depth) for θ → ∞: a uniform current through the plane, in pitches per period."""
        load = self._on_plane(self.plane, np.ones_like) @ np.ones(self.size)
        free = np.setdiff1d(np.concatenate([self.plane, self.above.ravel()]), self.metal)
        return 2 * load[free] @ splu(sparse.csc_array(self.G[free][:, free])).solve(load[free])


def _corners(values):
    return np.stack([values[:-1, :-1], values[1:, :-1], values[:-1, 1:], values[1:, 1:]], axis=-1).reshape(-1, 4)
