"""Values inside second-order elements: what a picture needs between the nodes, without any mesh library.

Nodes are in VTK's order. Barycentric coordinates name the places inside an element, so that triangles and tetrahedra
are treated alike: three or four of them, sum 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Ints = NDArray[np.int64]
Edges = tuple[tuple[int, int], ...]

# VTK's order of the mid-edge nodes, by number of corners
EDGES = {2: ((0, 1),), 3: ((0, 1), (1, 2), (0, 2)), 4: ((0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3))}
# The parts that the middles of its edges cut a simplex into; numbers count corners, then mid-edge nodes.
PARTS = {
    2: ((0, 2), (2, 1)),
    3: ((0, 3, 5), (3, 1, 4), (5, 4, 2), (3, 4, 5)),
    4: ((0, 4, 6, 7), (4, 1, 5, 8), (6, 5, 2, 9), (7, 8, 9, 3), (4, 6, 7, 8), (4, 5, 6, 8), (6, 7, 8, 9), (5, 6, 8, 9)),
}
# Gauss points of Strang and Fix, degree 5 on a triangle: weights and barycentric coordinates.
_A, _B = (6 - 15**0.5) / 21, (6 + 15**0.5) / 21
GAUSS_WEIGHTS = np.array([9 / 40, *3 * [(155 - 15**0.5) / 1200], *3 * [(155 + 15**0.5) / 1200]])
GAUSS_POINTS = np.array(
    [[1 / 3] * 3] + [[1 - 2 * a if i == j else a for j in range(3)] for a in (_A, _B) for i in range(3)]
)


@dataclass(frozen=True)
class Facets:
    """Triangles (m,) as faces of tetrahedra: `owner` (m,) is the tetrahedron, `corners` (m, 3) which of its corners."""

    owner: Ints
    corners: Ints

    def inside(self, places: Reals) -> Reals:
        """Places of triangles, (p, 3), as places of their owners; (m, p, 4)."""
        solid = np.zeros((len(self.owner), len(places), 4))
        np.put_along_axis(solid, np.broadcast_to(self.corners[:, None, :], (*solid.shape[:2], 3)), places[None], axis=2)
        return solid


def shapes(places: Reals, edges: Edges | None = None) -> Reals:
    """The second-order shape functions at barycentric places (…, 2, 3 or 4); (…, nodes).

    `edges`: the two ends of the edge of each mid-edge node; VTK's if not given.
    """
    middles = [4 * places[..., i] * places[..., j] for i, j in edges or EDGES[places.shape[-1]]]
    return np.concatenate([places * (2 * places - 1), np.stack(middles, axis=-1)], axis=-1)


def slopes(places: Reals, edges: Edges | None = None) -> Reals:
    """Their derivatives by the last two or three barycentric coordinates; (…, nodes, coordinates)."""
    count = places.shape[-1]
    edges = edges or EDGES[count]
    by_each = np.zeros((*places.shape[:-1], count + len(edges), count))
    for i in range(count):
        by_each[..., i, i] = 4 * places[..., i] - 1
    for number, (i, j) in enumerate(edges, start=count):
        by_each[..., number, i], by_each[..., number, j] = 4 * places[..., j], 4 * places[..., i]
    return np.asarray(by_each[..., 1:] - by_each[..., :1])


def subdivided(corners: int, times: int) -> tuple[Reals, Ints]:
    """A simplex cut at the middles of its edges, again and again.

    Args:
        corners: 2, 3 or 4.
        times: 0 leaves it whole; each time makes 2, 4 or 8 of one.

    Returns:
        Barycentric places (p, corners) and the parts (n, corners) as their numbers.
    """
    places, parts = np.eye(corners), np.arange(corners)[None]
    for _ in range(times):
        ends = np.array(EDGES[corners])
        nodes = np.concatenate([places[parts], places[parts][:, ends].mean(axis=2)], axis=1)
        places, numbers = np.unique(nodes.reshape(-1, corners), axis=0, return_inverse=True)
        parts = numbers.reshape(nodes.shape[:2])[:, np.array(PARTS[corners])].reshape(-1, corners)
    return places, parts


def gradients(nodes: Reals, values: NDArray[np.complex128], places: Reals) -> NDArray[np.complex128]:
    """Gradients in tetrahedra; not at a rim, where the map of quarter-point elements is singular.

    Args:
        nodes: (n, 10, 3), in metres.
        values: (n, 10), such as potentials in V.
        places: (p, 4), or (n, p, 4) if each tetrahedron has its own.

    Returns:
        (n, p, 3), per metre.
    """
    slope = np.broadcast_to(slopes(places), (len(nodes), places.shape[-2], 10, 3))
    jacobian = np.einsum("npka,nkx->npax", slope, nodes)
    along = np.einsum("npka,nk->npa", slope, values)
    return np.asarray(np.linalg.solve(jacobian.astype(np.complex128), along[..., None])[..., 0])


def faces(tetrahedra: NDArray[np.int32], triangles: NDArray[np.int32]) -> Facets:
    """Find the tetrahedron of each triangle; where two share it, the one that comes last.

    Args:
        tetrahedra: (n, 4 or more), corners first.
        triangles: (m, 3 or more), corners first.

    Raises:
        ValueError: a triangle is no face of any tetrahedron.
    """
    solid, flat = tetrahedra[:, :4].astype(np.int64), triangles[:, :3].astype(np.int64)
    count = int(solid.max()) + 1
    sides = np.stack([solid[:, [j for j in range(4) if j != i]] for i in range(4)], axis=1).reshape(-1, 3)
    known, wanted = (_key(corners, count) for corners in (sides, flat))
    order = np.argsort(known, kind="stable")
    at = np.searchsorted(known[order], wanted, side="right") - 1
    strange = (at < 0) | (known[order][at] != wanted)
    if np.any(strange):
        raise ValueError(
            f"faces: expected triangles that are faces of the tetrahedra, got corners {flat[strange][0].tolist()}"
        )
    owner = order[at] // 4
    return Facets(owner, np.argmax(solid[owner][:, None, :] == flat[:, :, None], axis=2))


def _key(corners: Ints, count: int) -> Ints:
    a, b, c = np.sort(corners, axis=1).T
    return np.asarray((a * count + b) * count + c)
