"""The matrix of ∫[φ][v] over grain boundaries, [φ] the jump of the potential."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from constriction.field.bounds.fluxes import triangle_rule
from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.operators import Operator, restricted
from constriction.field.elements.sampling import shapes, slopes
from constriction.field.grains.meshed import GrainMesh
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES, TRIANGLE_EDGES, Ints, Reals

POINTS = 4  # per direction: exact on straight-sided triangles, and more than enough beside rims


def jump_operator(mesh: GrainMesh, problem: CellProblem) -> Operator:
    """∫[φ][v] on the free unknowns of a problem on the calling rank alone, in pitches."""
    size = problem.space.dofmap.index_map.size_local
    if not len(mesh.one):
        return restricted(sparse.csr_array((size, size)), problem.numbers, problem.numbering)
    (one, places), (other, _) = (_unknowns(mesh, problem, side) for side in (mesh.one, mesh.other))
    mass = _masses(places)
    blocks = np.concatenate([np.concatenate([mass, -mass], axis=2), np.concatenate([-mass, mass], axis=2)], axis=1)
    unknowns = np.concatenate([one, other], axis=1)
    rows = np.repeat(unknowns, 12, axis=1).ravel()
    columns = np.tile(unknowns, (1, 12)).ravel()
    full = sparse.coo_array((blocks.ravel(), (rows, columns)), shape=(size, size)).tocsr()
    full.sum_duplicates()
    return restricted(sparse.csr_array(full), problem.numbers, problem.numbering)


def _unknowns(mesh: GrainMesh, problem: CellProblem, triangles: Ints) -> tuple[Ints, Reals]:
    """The unknowns of triangles at their corners and the middles of their edges, and where these lie; (t, 6, …)."""
    geometry = mesh.cell.mesh.geometry
    nodes, dofs = geometry.dofmaps[0], problem.space.dofmap.list
    names = geometry.input_global_indices[nodes]
    count = len(geometry.x)
    dof_of, place_of = np.zeros(count, dtype=np.int64), np.zeros((count, 3))
    dof_of[names.ravel()] = dofs.ravel()
    place_of[names.ravel()] = geometry.x[nodes.ravel()]
    ends = np.sort(np.stack([names[:, pair] for pair in TETRAHEDRON_EDGES], axis=1), axis=2)
    keys, first = np.unique((ends[..., 0] * count + ends[..., 1]).ravel(), return_index=True)
    middles = names[:, 4:].ravel()[first]
    pairs = np.sort(np.stack([triangles[:, pair] for pair in TRIANGLE_EDGES], axis=1), axis=2)
    own = middles[np.searchsorted(keys, pairs[..., 0] * count + pairs[..., 1])]
    six = np.concatenate([triangles, own], axis=1)
    return dof_of[six], place_of[six]


def _masses(places: Reals) -> Reals:
    """∫N_i N_j over curved triangles with nodes at places (t, 6, 3); (t, 6, 6)."""
    rule = triangle_rule(POINTS)
    along, values = slopes(rule.places, TRIANGLE_EDGES), shapes(rule.places, TRIANGLE_EDGES)
    tangents = np.einsum("qnk,tnx->tqkx", along, places)
    areas = np.linalg.norm(np.cross(tangents[:, :, 0], tangents[:, :, 1]), axis=2)
    return np.asarray(np.einsum("q,tq,qi,qj->tij", rule.weights, areas, values, values, optimize=True))
