"""Tetrahedral meshes as arrays: prisms split into tetrahedra, surfaces extruded into layers, edges given mid-nodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

# basix's order: the two ends of the edge of each mid-edge node of a tetrahedron, and gmsh's for a triangle
TETRAHEDRON_EDGES = ((2, 3), (1, 3), (1, 2), (0, 3), (0, 2), (0, 1))
TRIANGLE_EDGES = ((0, 1), (1, 2), (2, 0))

STEEPEST = 8.0  # height of a gap at a corner of an element over that at another: quadrature must see one over it

# corners of a prism, renamed so that corner 0..5 becomes the first one
_PRISM_TURNS = np.array(
    [
        [0, 1, 2, 3, 4, 5],
        [1, 2, 0, 4, 5, 3],
        [2, 0, 1, 5, 3, 4],
        [3, 5, 4, 0, 2, 1],
        [4, 3, 5, 1, 0, 2],
        [5, 4, 3, 2, 1, 0],
    ]
)
_PRISM_CUTS = np.array([[[0, 1, 2, 5], [0, 1, 5, 4], [0, 4, 5, 3]], [[0, 1, 2, 4], [0, 4, 2, 5], [0, 4, 5, 3]]])


@dataclass(frozen=True)
class LinearMesh:
    """Straight-sided tetrahedra and what is needed to curve them.

    `points` (N, 3) in pitches; `cells` (n, 4) with `regions` (n,); `facets` (m, 3) with `tags` (m,). `to_rim` (N,)
    are the points' distances to the nearest rim, 0 on it, inf where unknown. `curved` (c, 2) are edges whose middle
    lies on a vertical cylinder about `axes` (c, 2), `bent` (e, 2) those whose middle is at `bends` (e, 3).
    """

    points: Reals
    cells: Ints
    regions: Ints
    facets: Ints
    tags: Ints
    to_rim: Reals
    curved: Ints
    axes: Reals
    bent: Ints = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    bends: Reals = field(default_factory=lambda: np.zeros((0, 3)))


@dataclass(frozen=True)
class QuadraticMesh:
    """Second-order tetrahedra: `points` (N, 3), `cells` (n, 10) in basix's order, `facets` (m, 6) in gmsh's."""

    points: Reals
    cells: Ints
    facets: Ints


def split_prisms(prisms: Ints) -> Ints:
    """Cut prisms (n, 6; the triangle 0 1 2 below 3 4 5) into tetrahedra (3n, 4).

    Every quadrilateral is cut along the diagonal of its smallest corner, so neighbours agree (Dompierre, Labbé,
    Vallet and Camarero 1999).
    """
    turned = np.take_along_axis(prisms, _PRISM_TURNS[np.argmin(prisms, axis=1)], axis=1)
    low = np.minimum(turned[:, 1], turned[:, 5]) < np.minimum(turned[:, 2], turned[:, 4])
    cuts = _PRISM_CUTS[np.where(low, 0, 1)]
    return np.take_along_axis(turned[:, None, :], cuts, axis=2).reshape(-1, 4)


def split_quadrilaterals(quads: Ints) -> Ints:
    """Cut quadrilaterals (n, 4; corners in a ring) into triangles (2n, 3) as `split_prisms` cuts them."""
    first = np.argmin(quads, axis=1)
    ring = np.take_along_axis(quads, (first[:, None] + np.arange(4)) % 4, axis=1)
    return np.concatenate([ring[:, [0, 1, 2]], ring[:, [0, 2, 3]]])


def extrude(mesh: LinearMesh, base: Ints, heights: Reals, tags: dict[str, int]) -> LinearMesh:
    """Stand layers of tetrahedra on triangles of a mesh.

    Args:
        mesh: the mesh below; its `to_rim` and `curved` edges tell which walls are islands' and which are round.
        base: triangles to stand on, (t, 3), with z = 0.
        heights: of the layers' tops, rising, (layers,).
        tags: numbers of the region `gap_volume` and of the facets `copper`, `island_wall`, `side`.

    Returns:
        The mesh with the layers added.
    """
    nodes, local = np.unique(base, return_inverse=True)
    local = local.reshape(base.shape)
    count, first = len(nodes), len(mesh.points)
    sheets = np.concatenate([nodes[None], first + np.arange(len(heights) * count).reshape(len(heights), count)])
    lifted = np.tile(mesh.points[nodes], (len(heights), 1))
    lifted[:, 2] = np.repeat(heights, count)
    prisms = np.concatenate([np.hstack([a[local], b[local]]) for a, b in zip(sheets, sheets[1:], strict=False)])
    border = _border(local)
    walls = np.concatenate(
        [
            split_quadrilaterals(np.column_stack([a[border], b[border][:, ::-1]]))
            for a, b in zip(sheets, sheets[1:], strict=False)
        ]
    )
    is_rim = mesh.to_rim[nodes] == 0
    on_island = np.concatenate([np.tile(is_rim[border].all(axis=1), 2) for _ in heights])
    cells, lids = split_prisms(prisms), sheets[-1][local]
    curved, axes = lifted_curves(mesh, nodes, sheets)
    return LinearMesh(
        points=np.concatenate([mesh.points, lifted]),
        cells=np.concatenate([mesh.cells, cells]),
        regions=np.concatenate([mesh.regions, np.full(len(cells), tags["gap_volume"])]),
        facets=np.concatenate([mesh.facets, lids, walls]),
        tags=np.concatenate(
            [mesh.tags, np.full(len(lids), tags["copper"]), np.where(on_island, tags["island_wall"], tags["side"])]
        ),
        to_rim=np.concatenate([mesh.to_rim, np.tile(mesh.to_rim[nodes], len(heights))]),
        curved=curved,
        axes=axes,
    )


def _border(triangles: Ints) -> Ints:
    """Edges that only one triangle has, in its direction; (b, 2)."""
    edges = np.concatenate([triangles[:, pair] for pair in TRIANGLE_EDGES])
    _, index, counts = np.unique(np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True)
    return np.asarray(edges[index[counts == 1]])


def lifted_curves(mesh: LinearMesh, nodes: Ints, sheets: Ints) -> tuple[Ints, Reals]:
    """The round edges of a mesh, also in each layer and between layers where both ends were lifted.

    The diagonal of a wall between two layers is round too; whichever of the two exists is found by its ends.
    """
    place = np.full(len(mesh.points), -1)
    place[nodes] = np.arange(len(nodes))
    lifted = (place[mesh.curved] >= 0).all(axis=1) & (mesh.points[mesh.curved][:, :, 2] == 0).all(axis=1)
    a, b = place[mesh.curved[lifted]].T
    curved, axes = [mesh.curved], [mesh.axes]
    for low, high in zip(sheets, sheets[1:], strict=False):
        for ends in ((high[a], high[b]), (low[a], high[b]), (high[a], low[b])):
            curved.append(np.column_stack(ends))
            axes.append(mesh.axes[lifted])
    return np.concatenate(curved), np.concatenate(axes)


def edges_of(triangles: Ints) -> Ints:
    """All edges of triangles, once each; (e, 2)."""
    return np.unique(np.sort(np.concatenate([triangles[:, pair] for pair in TRIANGLE_EDGES]), axis=1), axis=0)


def elevate(mesh: LinearMesh) -> QuadraticMesh:
    """Give every edge a mid-node: on its cylinder if it is curved, else where √(distance to the rim) is half way."""
    ends = np.sort(np.concatenate([mesh.cells[:, pair] for pair in TETRAHEDRON_EDGES]), axis=1)
    keys, inverse = np.unique(ends[:, 0] * len(mesh.points) + ends[:, 1], return_inverse=True)
    edges = np.column_stack(np.divmod(keys, len(mesh.points)))
    near, far = mesh.to_rim[edges].T
    share = _middle(near, far)[:, None]
    middles = (1 - share) * mesh.points[edges[:, 0]] + share * mesh.points[edges[:, 1]]
    # in the layers of a gap the position across the rim is graded and the height is not: (x(ξ), hζ), as the field is
    # there
    in_gap = (mesh.points[edges, 2] > 0).any(axis=1)
    middles[in_gap, 2] = mesh.points[edges[in_gap], 2].mean(axis=1)
    place, exists = _places(mesh.bent, keys, mesh)
    middles[place] = mesh.bends[exists]
    _round(middles, keys, mesh)
    middle_of_cell = len(mesh.points) + inverse.reshape(6, -1).T
    pairs = np.sort(np.stack([mesh.facets[:, pair] for pair in TRIANGLE_EDGES], axis=1), axis=2)
    middle_of_facet = len(mesh.points) + np.searchsorted(keys, pairs[:, :, 0] * len(mesh.points) + pairs[:, :, 1])
    return QuadraticMesh(
        points=np.concatenate([mesh.points, middles]),
        cells=np.hstack([mesh.cells, middle_of_cell]),
        facets=np.hstack([mesh.facets, middle_of_facet]),
    )


def raised(mesh: QuadraticMesh, gap: Flags, height: Callable[[Reals, Reals], Reals]) -> tuple[QuadraticMesh, Reals]:
    """Move the nodes of a gap's layers up or down, each by its factor of the height: the top follows a profile.

    Between corners the factor is straight in an element's own coordinates, so z = ζ·h there exactly and no element is
    turned inside out, however steep the profile. It changes by at most STEEPEST from corner to corner: where the
    profile is lower, the top is not.

    Args:
        mesh: with even layers above z = 0.
        gap: marks of the cells that are in these, (n,).
        height: the factor at x and y in pitches, above zero.

    Returns:
        The mesh, and the factor at its nodes, 1 where there is no gap.
    """
    cells = mesh.cells[gap]
    corners = np.unique(cells[:, :4])
    factor = np.ones(len(mesh.points))
    factor[corners] = height(mesh.points[corners, 0], mesh.points[corners, 1])
    ends = np.unique(np.concatenate([cells[:, pair] for pair in TETRAHEDRON_EDGES]), axis=0)
    low: Flags | bool = True
    while np.any(low):
        a, b = np.where(factor[ends[:, 0]] < factor[ends[:, 1]], ends.T, ends[:, ::-1].T)
        low = factor[a] < factor[b] / STEEPEST
        np.maximum.at(factor, a[low], factor[b[low]] / STEEPEST)
    for middle, pair in zip(cells[:, 4:].T, TETRAHEDRON_EDGES, strict=True):
        factor[middle] = factor[cells[:, pair]].mean(axis=1)
    points = mesh.points.copy()
    points[:, 2] *= factor
    return replace(mesh, points=points), factor


def _middle(first: Reals, second: Reals) -> Reals:
    """Where on an edge its mid-node goes, 0.5 being the middle; the arguments are its ends' distances to the rim.

    With √r at the mid-node half way between the ends', the second-order mapping along the edge is r = (a + bξ)², so a
    second-order element holds √r, as the potential goes at the rim of a contact. For an end on the rim that is the
    quarter point (Henshell and Shaw 1975, Barsoum 1976).
    """
    both = np.isfinite(first) & np.isfinite(second)
    a = np.sqrt(np.where(both, first, first == np.inf))
    b = np.sqrt(np.where(both, second, second == np.inf))
    total = a + b
    return np.where(total > 0, (b + 3 * a) / (4 * np.where(total > 0, total, 1.0)), 0.5)


def _places(edges: Ints, keys: Ints, mesh: LinearMesh) -> tuple[Ints, Flags]:
    """Which of the mesh's edges those given (e, 2) are, and which of these there are at all, (e,)."""
    pairs = np.sort(edges, axis=1)
    wanted = pairs[:, 0] * len(mesh.points) + pairs[:, 1]
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    exists = keys[place] == wanted
    return place[exists], exists


def _round(middles: Reals, keys: Ints, mesh: LinearMesh) -> None:
    """Push the middles of curved edges out to the cylinder through their ends, in place."""
    place, exists = _places(mesh.curved, keys, mesh)
    axes = mesh.axes[exists]
    radius = np.linalg.norm(mesh.points[mesh.curved[exists, 0], :2] - axes, axis=1)
    arm = middles[place, :2] - axes
    middles[place, :2] = axes + arm * (radius / np.linalg.norm(arm, axis=1))[:, None]
