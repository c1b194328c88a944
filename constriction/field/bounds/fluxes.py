"""Fluxes of first degree on second-order tetrahedra, and their energies to rounding.

On the reference tetrahedron a flux is linear (Brezzi, Douglas and Marini 1985, the lowest degree); the Piola map
τ = J τ̂ / |det J| takes it to the cell. The map keeps the current through every face and the divergence, times the
volume: what is divergence-free and continuous in reference coordinates is so on the curved cell, exactly.

Unknowns are the fluxes' densities at the three corners of each face, outward, per area of the reference triangle
(½): the current through a face is a sixth of their sum. Where corner a and face d do not touch there is none; the
field λ_a (x̂_a − x̂_d) has density 1 at corner a of the face opposite d and none elsewhere. Twelve on a cell, ordered
by face d, then by corner a.

At a rim the map goes as the square of the distance ρ (reference) and |det J| vanishes: as ρ² in a cell with an edge on
the rim, as ρ³ in one with a corner. Its energy density has no limit there, so the points of quadrature are set in
collapsed coordinates, in which it is a polynomial but for the cell's small further curvature.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import basix
import numpy as np

from constriction.field.elements.sampling import slopes
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES, Flags, Ints, Reals

# Degree of the rule in cells off the rims, points per direction in those with a corner or an edge on one. Measured: an
# error of at most 4e-6 of the distance between the bounds.
SMOOTH_DEGREE, CORNER_POINTS, EDGE_POINTS = 8, 4, 5
CHUNK = 1000  # cells at a time: their arrays stay in the processor's cache

CORNERS = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])  # of the face opposite each corner
_VERTICES = np.vstack([np.zeros(3), np.eye(3)])
_FACE, _CORNER = np.repeat(np.arange(4), 3), CORNERS.ravel()  # of the twelve fluxes
_ARROWS = _VERTICES[_CORNER] - _VERTICES[_FACE]  # (12, 3)
_PARTS = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))  # of a symmetric 3 × 3 matrix


@dataclass(frozen=True)
class QuadratureRule:
    """A rule of quadrature: barycentric coordinates (points, 4 or 3) and weights, whose sum is 1/6 or 1/2."""

    places: Reals
    weights: Reals


@dataclass(frozen=True)
class Quadrature:
    """How finely energies are integrated: the degree off the rims, and points per direction at them."""

    smooth: int = SMOOTH_DEGREE
    corner: int = CORNER_POINTS
    edge: int = EDGE_POINTS


def interval(points: int) -> tuple[Reals, Reals]:
    """Gauss-Legendre on [0, 1]."""
    t, w = np.polynomial.legendre.leggauss(points)
    return (t + 1) / 2, w / 2


@functools.cache
def smooth_rule(degree: int) -> QuadratureRule:
    """Basix's rule on the tetrahedron."""
    x, weights = basix.make_quadrature(basix.CellType.tetrahedron, degree)
    return QuadratureRule(np.column_stack([1 - x.sum(axis=1), x]), weights)


@functools.cache
def corner_rule(points: int) -> QuadratureRule:
    """Collapsed to corner 0, from which the tetrahedron is rays."""
    t, w = interval(points)
    r, u, v = (x.ravel() for x in np.meshgrid(t, t, t, indexing="ij"))
    places = np.column_stack([1 - r, r * (1 - u), r * u * (1 - v), r * u * v])
    return QuadratureRule(places, np.einsum("i,j,k->ijk", w * t**2, w * t, w).ravel())


@functools.cache
def edge_rule(points: int) -> QuadratureRule:
    """Collapsed to the edge from corner 0 to corner 1 and to the opposite one."""
    t, w = interval(points)
    r, u, v = (x.ravel() for x in np.meshgrid(t, t, t, indexing="ij"))
    places = np.column_stack([(1 - r) * (1 - u), (1 - r) * u, r * (1 - v), r * v])
    return QuadratureRule(places, np.einsum("i,j,k->ijk", w * t * (1 - t), w, w).ravel())


@functools.cache
def triangle_rule(points: int) -> QuadratureRule:
    """On the triangle, collapsed to its last corner."""
    t, w = interval(points)
    r, u = (x.ravel() for x in np.meshgrid(t, t, indexing="ij"))
    return QuadratureRule(np.column_stack([r * (1 - u), r * u, 1 - r]), np.einsum("i,j->ij", w * t, w).ravel())


def rules_by_rim(on_rim: Flags, quadrature: Quadrature) -> list[tuple[Ints, QuadratureRule]]:
    """The rule of each cell: (numbers of cells, their rule), by which of a cell's corners lie on a rim.

    Args:
        on_rim: whether corners do, (cells, 4).
        quadrature: how finely.

    Raises:
        ValueError: a cell has three corners on a rim; its energy has no rule.
    """
    counts = on_rim.sum(axis=1)
    if np.any(counts > 2):
        raise ValueError(
            f"bounds: expected cells with at most 2 corners on a rim, got {np.count_nonzero(counts > 2)} with more"
        )
    patterns = on_rim @ (1 << np.arange(4))
    answer = []
    for pattern in np.unique(patterns):
        which = np.flatnonzero(patterns == pattern)
        order = np.argsort(~on_rim[which[0]], kind="stable")
        makers = (smooth_rule, corner_rule, edge_rule)
        sizes = (quadrature.smooth, quadrature.corner, quadrature.edge)
        rule = makers[counts[which[0]]](sizes[counts[which[0]]])
        places = np.empty_like(rule.places)
        places[:, order] = rule.places
        answer.append((which, QuadratureRule(places, rule.weights)))
    return answer


@functools.cache
def _contraction() -> Reals:
    """From the moments ∫λ_a λ_b G to the matrix of the twelve fluxes, G symmetric; (96, 144)."""
    table = np.zeros((4, 4, 6, 12, 12))
    for part, (k, m) in enumerate(_PARTS):
        values = np.outer(_ARROWS[:, k], _ARROWS[:, m])
        if k != m:
            values = values + values.T
        i, j = np.indices((12, 12))
        table[_CORNER[i], _CORNER[j], part, i, j] = values
    return table.reshape(96, 144)


def energies(points: Reals, potentials: Reals, rule: QuadratureRule) -> tuple[Reals, Reals]:
    """Energies of fluxes and of a potential on curved cells, at conductivity 1.

    Args:
        points: the cells' ten nodes, (cells, 10, 3).
        potentials: the potential there, (cells, 10).
        rule: of quadrature.

    Returns:
        ∫τ_i·τ_j of the twelve fluxes, (cells, 12, 12), and ∫|∇φ|², (cells,).
    """
    count, size = len(points), len(rule.weights)
    gradients = slopes(rule.places, TETRAHEDRON_EDGES).transpose(1, 0, 2).reshape(10, size * 3)
    j = (points.transpose(0, 2, 1).reshape(count * 3, 10) @ gradients).reshape(count, 3, size, 3)
    jacobian = [[np.ascontiguousarray(j[:, x, :, k]) for k in range(3)] for x in range(3)]
    cofactor = [[_cofactor(jacobian, x, k) for k in range(3)] for x in range(3)]
    scale = 1 / np.abs(sum(jacobian[0][k] * cofactor[0][k] for k in range(3)))
    metric = np.stack([scale * sum(jacobian[x][k] * jacobian[x][m] for x in range(3)) for k, m in _PARTS], axis=1)
    pairs = (rule.weights[:, None, None] * rule.places[:, :, None] * rule.places[:, None, :]).reshape(size, 16)
    moments = (metric.reshape(count * 6, size) @ pairs).reshape(count, 6, 16).transpose(0, 2, 1).reshape(count, 96)
    slope = (potentials @ gradients).reshape(count, size, 3)
    field = [sum(cofactor[x][k] * slope[:, :, k] for k in range(3)) for x in range(3)]
    density = scale * (field[0] ** 2 + field[1] ** 2 + field[2] ** 2)
    return (moments @ _contraction()).reshape(count, 12, 12), density @ rule.weights


def _cofactor(matrix: list[list[Reals]], x: int, k: int) -> Reals:
    """Of a 3 × 3 matrix of arrays."""
    (x1, x2), (k1, k2) = ((x + 1) % 3, (x + 2) % 3), ((k + 1) % 3, (k + 2) % 3)
    cofactor: Reals = matrix[x1][k1] * matrix[x2][k2] - matrix[x1][k2] * matrix[x2][k1]
    return cofactor


def reference_fluxes(places: Reals) -> Reals:
    """The twelve fluxes at barycentric places (p, 4) of the reference cell, (p, 12, 3)."""
    return np.asarray(places[:, _CORNER, None] * _ARROWS)


@functools.cache
def potential_loads() -> Reals:
    """∫τ_i·∇φ for the twelve fluxes and the ten nodal values of φ, (12, 10); the same on every cell."""
    rule = smooth_rule(2)
    gradients = slopes(rule.places, TETRAHEDRON_EDGES)
    return np.asarray(np.einsum("q,qi,qnk,ik->in", rule.weights, rule.places[:, _CORNER], gradients, _ARROWS))
