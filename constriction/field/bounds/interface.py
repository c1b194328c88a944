"""Faces with a law: what a current through them costs, and how it is spread over those that touch a rim.

Next to a rim the density per area of the reference triangle (`faces`) is no linear one. Behind a film that lets little
pass the current is even and the density quadratic. Behind one that lets much pass the density rises from zero at the
rim within 1/θ to what it is at an ideal contact, almost a step. So the cells at such faces have further fluxes,

    curl(P(λ_c) (λ_a ∇λ_b − λ_b ∇λ_a)),  P(0) = 0,

which have no divergence and pass no face but this one, of corners a, b, c: there their density is 2P − (1 − λ_c)P' but
for a factor, without a net current. With c off the rim P' = 0 at the edge on the rim keeps the energy finite, with c on
it P(1) = 0 does. They are each cell's own: the least energy over them is again a matrix of the cell's twelve fluxes.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from constriction.field.bounds.faces import FRAMES, ONLY_OFF_RIM, TO_RIM, Faces, SlabCells, frames_of_cells
from constriction.field.bounds.fluxes import (
    CORNERS,
    Quadrature,
    QuadratureRule,
    corner_rule,
    interval,
    reference_fluxes,
    triangle_rule,
)
from constriction.field.elements.sampling import shapes, slopes
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES, Ints, Reals

SURFACE_POINTS = 10  # per direction, on faces; where little passes a film nearly all energy is there
MORE_POINTS, MORE_ACROSS = 3, 8  # in cells, per direction and across the rim, beside what `Quadrature` has
GRADING = 4  # points there are so dense next to the rim that the powers below are polynomials
# Further fluxes: the powers in P and their factors, with an edge on the rim and with a corner. Powers between 1 and 2
# are nearly steps; with these four a film of θ = 1e6 has the bounds of an ideal contact.
EDGE = np.array([1.25, 1.5, 2.0, 3.0]), np.eye(4)
CORNER = np.array([1.0, 2.0, 3.0]), np.array([[1.0, -1, 0], [0, 1, -1]])
OPPOSITE = ((1, 2), (0, 2), (0, 1))  # corners at the ends of a triangle's edges, by the corner opposite
SOME = 100  # faces at a time
_SLOPES = np.vstack([-np.ones(3), np.eye(3)])  # of the barycentric coordinates


@dataclass(frozen=True)
class LawFaces:
    """Faces of regions with a law: numbers `which` (f,), `theta` (f,), `frame` (f,).

    `cells` (f,) and there the local number of the `place` opposite (f,) and of the `corners` (f, 3), in the order of
    `Faces.corners`. `points` (f, 6, 3) in pitches and `potential` (f, 6) relative to 1 V, corners first.
    """

    which: Ints
    theta: Reals
    frame: Ints
    cells: Ints
    place: Ints
    corners: Ints
    points: Reals
    potential: Reals

    def areas(self, some: Ints, rule: QuadratureRule) -> Reals:
        """Area in pitches² per area of the reference triangle, at the rule's places on some faces; (some, points)."""
        tangents = np.einsum("fnx,qnk->fqkx", self.points[some], slopes(rule.places, OPPOSITE))
        return np.asarray(np.linalg.norm(np.cross(tangents[:, :, 0], tangents[:, :, 1]), axis=2))


def find_law_faces(slab: SlabCells, faces: Faces) -> LawFaces:
    """The faces with a law: θ neither 0 nor infinite."""
    which = np.flatnonzero((faces.theta > 0) & (faces.theta < math.inf))
    cells, place = np.divmod(faces.first[which], 4)
    numbers = slab.corners[cells[:, None], CORNERS[place]]
    order = np.argmax(faces.corners[which][:, :, None] == numbers[:, None, :], axis=2)
    corners = np.take_along_axis(CORNERS[place], order, axis=1)
    nodes = np.concatenate([corners, *(_mid_edge(corners, i, j) for i, j in OPPOSITE)], axis=1)
    return LawFaces(
        which=which,
        theta=faces.theta[which],
        frame=faces.frame[which],
        cells=cells,
        place=place,
        corners=corners,
        points=np.take_along_axis(slab.points[cells], nodes[..., None], axis=1),
        potential=np.take_along_axis(slab.potential[cells], nodes, axis=1),
    )


def _mid_edge(corners: Ints, i: int, j: int) -> Ints:
    """Local number, (faces, 1), of the mid-node between two columns of local corners."""
    table = np.zeros((4, 4), dtype=np.int64)
    for number, (a, b) in enumerate(TETRAHEDRON_EDGES):
        table[a, b] = table[b, a] = 4 + number
    return table[corners[:, i], corners[:, j]][:, None]


def law_energies(on: LawFaces) -> tuple[Reals, float]:
    """The matrices ∫(τ·n)²/θ of the faces' unknowns, (f, 3, 3), and the potential's energy ∫θφ²."""
    rule = triangle_rule(SURFACE_POINTS)
    area, theta = on.areas(np.arange(len(on.which)), rule), on.theta[:, None]
    energy = np.sum(theta * (on.potential @ shapes(rule.places, OPPOSITE).T) ** 2 * area * rule.weights)
    density = np.einsum("qa,fau->fqu", rule.places, FRAMES[on.frame])
    matrices = np.einsum("q,fq,fqu,fqv->fuv", rule.weights, 1 / (theta * area), density, density)
    return matrices, float(energy)


# --- further fluxes at rims -----------------------------------------------------------------------------------------


def rim_gains(slab: SlabCells, faces: Faces, on: LawFaces, quadrature: Quadrature) -> tuple[Ints, Reals]:
    """What the further fluxes take from the energy at best.

    Args:
        slab: its cells.
        faces: of the cells.
        on: those with a law.
        quadrature: how finely energies are integrated.

    Returns:
        Numbers of cells (k,) and matrices in the unknowns of their faces, (k, 12, 12), to be subtracted.
    """
    cells, gains = [on.cells[:0]], [np.zeros((0, 12, 12))]
    for frame in (ONLY_OFF_RIM, TO_RIM):
        which = np.flatnonzero(on.frame == frame)
        for begin in range(0, len(which), SOME):
            some = which[begin : begin + SOME]
            cells.append(on.cells[some])
            gains.append(_gains(slab, faces, on, some, quadrature))
    return np.concatenate(cells), np.concatenate(gains)


def _gains(slab: SlabCells, faces: Faces, on: LawFaces, some: Ints, quadrature: Quadrature) -> Reals:
    """Of some faces, which touch the rim alike."""
    cells, order = on.cells[some], np.column_stack([on.corners[some], on.place[some]])
    kind = _at_edge(quadrature) if on.frame[some[0]] == ONLY_OFF_RIM else _at_corner(quadrature)
    nodes = np.concatenate([order, *(_mid_edge(order, i, j) for i, j in TETRAHEDRON_EDGES)], axis=1)
    energy = _products(np.take_along_axis(slab.points[cells], nodes[..., None], axis=1), kind)
    energy /= slab.conductivity[cells, None, None]
    mixed = _unordered(frames_of_cells(slab, faces, cells), order).transpose(0, 2, 1) @ energy[:, :12]
    own = energy[:, 12:]
    density = -kind.further(np.pad(kind.surface.places, ((0, 0), (0, 1)))) @ _SLOPES[3]
    both = np.concatenate([kind.surface.places @ FRAMES[on.frame[some[0]]], density], axis=1)
    cost = kind.surface.weights / (on.theta[some, None] * on.areas(some, kind.surface))
    through = np.einsum("fq,qu,qv->fuv", cost, both, density, optimize=True)
    mixed[np.arange(len(some))[:, None], 3 * on.place[some, None] + np.arange(3)] += through[:, :3]
    own += through[:, 3:]
    return np.asarray(mixed @ np.linalg.solve(own, mixed.transpose(0, 2, 1)))


@dataclass(frozen=True)
class _Kind:
    """How a cell touches the rim; its corners are a, b, c of the face and the one opposite.

    P as `powers` (p,) and their `factors` (n, p); rules on the cell and on its `surface`, the face.
    """

    powers: Reals
    factors: Reals
    rule: QuadratureRule
    surface: QuadratureRule

    def further(self, places: Reals) -> Reals:
        """The further fluxes at places (q, 4) of the reference cell; (q, n, 3)."""
        a, b, c = places.T[:3, :, None]
        value = c**self.powers @ self.factors.T
        slope = c ** (self.powers - 1) @ (self.powers * self.factors).T
        turned = np.cross(_SLOPES[2], a * _SLOPES[1] - b * _SLOPES[0])
        return np.asarray(slope[..., None] * turned[:, None] + 2 * value[..., None] * np.cross(_SLOPES[0], _SLOPES[1]))


def _at_edge(quadrature: Quadrature) -> _Kind:
    """With a and b on the rim. Points are dense where λ_c vanishes: on the rim, and on the face opposite c."""
    t, w = interval(quadrature.edge + MORE_ACROSS)
    across, along = (t**GRADING, GRADING * t ** (GRADING - 1) * w), interval(quadrature.edge)
    r, u, v = (x.ravel() for x in np.meshgrid(across[0], along[0], across[0], indexing="ij"))
    places = np.column_stack([(1 - r) * (1 - u), (1 - r) * u, r * v, r * (1 - v)])
    weights = np.einsum("i,j,k->ijk", across[1] * across[0] * (1 - across[0]), along[1], across[1]).ravel()
    t, w = interval(2 * SURFACE_POINTS)
    across = t**GRADING, GRADING * t ** (GRADING - 1) * w
    r, u = (x.ravel() for x in np.meshgrid(across[0], along[0], indexing="ij"))
    surface = np.column_stack([(1 - r) * (1 - u), (1 - r) * u, r])
    surface_weights = np.einsum("i,j->ij", across[1] * (1 - across[0]), along[1]).ravel()
    return _Kind(*EDGE, QuadratureRule(places, weights), QuadratureRule(surface, surface_weights))


def _at_corner(quadrature: Quadrature) -> _Kind:
    """With c on the rim."""
    rule = corner_rule(quadrature.corner + MORE_POINTS)
    places = rule.places[:, [1, 2, 0, 3]]
    return _Kind(*CORNER, QuadratureRule(places, rule.weights), triangle_rule(SURFACE_POINTS))


def _products(points: Reals, kind: _Kind) -> Reals:
    """∫τ_i·τ_j on cells (f, 10, 3), i of all fluxes and j of the further ones; (f, 12 + n, n)."""
    rule, further = kind.rule, kind.further(kind.rule.places)
    fluxes = np.concatenate([reference_fluxes(rule.places), further], axis=1)
    jacobian = np.einsum("fnx,qnk->fqxk", points, slopes(rule.places, TETRAHEDRON_EDGES), optimize=True)
    scale = rule.weights / np.abs(np.linalg.det(jacobian))
    metric = np.einsum("fq,fqxk,fqxm->fqkm", scale, jacobian, jacobian, optimize=True)
    shape = fluxes.shape[1], further.shape[1]
    pairs = np.einsum("qik,qjm->qkmij", fluxes, further).reshape(-1, shape[0] * shape[1])
    return np.asarray((metric.reshape(len(points), -1) @ pairs).reshape(len(points), *shape))


@functools.cache
def _numbers() -> Ints:
    """Number among the twelve fluxes by face and corner, (4, 4)."""
    table = np.zeros((4, 4), dtype=np.int64)
    for face, corners in enumerate(CORNERS):
        table[face, corners] = 3 * face + np.arange(3)
    return table


def _unordered(change: Reals, order: Ints) -> Reals:
    """Rows of matrices (f, 12, n) for the twelve fluxes, in the order of cells whose corners are in `order` (f, 4)."""
    face, corner = np.repeat(np.arange(4), 3), CORNERS.ravel()
    return np.take_along_axis(change, _numbers()[order[:, face], order[:, corner]][..., None], axis=1)
