"""The field on faces of cells, such as those on a body's surface."""

from __future__ import annotations

import numpy as np

from constriction.field.bounds.faces import SlabCells
from constriction.field.bounds.fluxes import CORNERS
from constriction.field.elements.sampling import shapes, slopes
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES, Ints, Reals


def on_faces(slab: SlabCells, cells: Ints, places: Ints, on_face: Reals) -> tuple[Reals, Reals]:
    """Points on faces of cells and the potential's gradient there, per pitch; (f, q, 3) each.

    Args:
        slab: the cells and their potential.
        cells: whose faces they are, (f,).
        places: corners of the cells opposite the faces, (f,).
        on_face: barycentric places on the faces, (q, 3).
    """
    inside = np.zeros((len(cells), len(on_face), 4))
    corners = np.broadcast_to(CORNERS[places][:, None, :], (*inside.shape[:2], 3))
    np.put_along_axis(inside, corners, on_face[None], axis=2)
    nodes, slope = slab.points[cells], slopes(inside, TETRAHEDRON_EDGES)
    jacobian = np.einsum("fqnk,fnx->fqkx", slope, nodes)
    along = np.einsum("fqnk,fn->fqk", slope, slab.potential[cells])
    gradients = np.linalg.solve(jacobian, along[..., None])[..., 0]
    return np.einsum("fqn,fnx->fqx", shapes(inside, TETRAHEDRON_EDGES), nodes), gradients
