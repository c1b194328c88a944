"""The gap of uneven height on a mesh: the mass matrix of the thin law, weighted with one over the height.

The height changes on a scale of its own, so the weight is taken at many points of each facet, more than the elements
need for themselves; none of them lies on an edge.

The top of a gap volume is straight between corners of the mesh. What the thin law of the profile has more than that
of such a top is added on the plane: the sum is the thin law of the profile wherever the gap is thin, whatever the
elements do not see. It is never negative, as a volume takes no less than the thin law of its own top: that is its
energy without what flows along the plane.
"""

from __future__ import annotations

from collections.abc import Callable

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
from dolfinx import fem, la
from numpy.typing import NDArray

from constriction.field.elements.sampling import EDGES, shapes, slopes
from constriction.field.mesh.cells import CellMesh
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES
from constriction.field.mesh.tags import VOLUMES
from constriction.geometry.height_maps import Height

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
type WeightedBy = Callable[[Floats, Floats], Floats]

POINTS = 8  # per direction on a facet
_NONE = np.zeros(0, dtype=np.int32)


def add_gap(matrix: la.MatrixCSR, space: fem.FunctionSpace, cell: CellMesh, weight: WeightedBy) -> None:
    """Add ∫ weight·ab over the facets of the gap to a matrix; each rank what its cells have.

    Of a meshed gap less what the thin law has of the top of its volume.

    Args:
        matrix: real, of the space.
        space: of first or second order.
        cell: the mesh.
        weight: one over the relative height, at x (n,) and y (n,) in pitches.
    """
    owner, corners, nodes = _facets(cell)
    if not len(owner):
        return
    points = cell.mesh.geometry.x[nodes]
    places, weights = _triangle_rule(POINTS)
    values = shapes(places)
    at = np.einsum("qn,fnx->fqx", values, points)
    sides = np.einsum("qnk,fnx->fqkx", slopes(places), points)
    areas = np.linalg.norm(np.cross(sides[:, :, 0], sides[:, :, 1]), axis=2)
    local = weight(at[..., 0].ravel(), at[..., 1].ravel()).reshape(areas.shape)
    if cell.tops is not None:
        local -= 1 / (cell.tops[nodes[:, :3]] @ places.T)
    density = areas * weights * local
    dofs = space.dofmap.list[owner]
    first = dofs.shape[1] == len(_OF_FACETS)
    own = np.take_along_axis(dofs, corners[:, :3] if first else corners, axis=1).astype(np.int32)
    functions = places if first else values
    blocks = np.einsum("fq,qi,qj->fij", density, functions, functions)
    for rows, block in zip(own, blocks, strict=True):
        matrix.add(block.ravel(), rows, rows)


def gap_weight(space: fem.FunctionSpace, weight: WeightedBy) -> fem.Function:
    """The weight as a function of a space, for forms of UFL; x and y in pitches."""
    found = fem.Function(space, dtype=np.complex128)
    found.interpolate(lambda x: weight(x[0], x[1]).astype(np.complex128))
    return found


def weight_of(height: Height, pitch: float) -> WeightedBy:
    """One over a relative height, at places in pitches; the pitch in m."""
    return lambda x, y: 1 / height(x * pitch, y * pitch)


def _facets(cell: CellMesh) -> tuple[Ints, Ints, Ints]:
    """The gap's facets of this rank's cells below it: these (f,), the facets' nodes there and in the mesh (f, 6)."""
    topology, geometry = cell.mesh.topology, cell.mesh.geometry
    topology.create_connectivity(2, 3)
    topology.create_connectivity(3, 2)
    facets = cell.facets("gap")
    to_cell, to_facet = topology.connectivity(2, 3), topology.connectivity(3, 2)
    beside = [to_cell.links(facet) for facet in facets]
    owner, facets = np.concatenate([_NONE, *beside]), np.repeat(facets, [len(cells) for cells in beside])
    here = np.isin(owner, cell.volumes.find(VOLUMES["electrolyte"])) & (owner < topology.index_map(3).size_local)
    facets, owner = facets[here], owner[here]
    opposite = np.argmax(to_facet.array.reshape(-1, 4)[owner] == facets[:, None], axis=1)
    own = _OF_FACETS[opposite]
    return owner.astype(np.int64), own, np.take_along_axis(geometry.dofmaps[0][owner], own, axis=1).astype(np.int64)


def _own_nodes() -> Ints:
    """Of a tetrahedron's facet opposite to each corner: its corners, then the middles of its edges; (4, 6)."""
    number = {frozenset(edge): 4 + place for place, edge in enumerate(TETRAHEDRON_EDGES)}
    corners = [[c for c in range(4) if c != top] for top in range(4)]
    return np.array([[*own, *(number[frozenset((own[i], own[j]))] for i, j in EDGES[3])] for own in corners])


_OF_FACETS = _own_nodes()


def _triangle_rule(points: int) -> tuple[Floats, Floats]:
    """Gauss points of a triangle collapsed to a corner: barycentric (n, 3), and weights whose sum is a half."""
    t, w = np.polynomial.legendre.leggauss(points)
    t, w = (t + 1) / 2, w / 2
    r, u = (x.ravel() for x in np.meshgrid(t, t, indexing="ij"))
    weights = np.einsum("i,j->ij", w * t, w).ravel()
    return np.column_stack([r * (1 - u), r * u, 1 - r]), weights
