"""The current density over the contacts of a mesh, from what the solution's equations leave at their nodes.

Tested with the functions N_i of the contacts' nodes, the equations give ∫ j N_i over the contact: of an ideal contact
what K and the M_k leave in its rows, of a film θ∫u N_i. These currents converge as fast as the energy and add up to the
whole current. The density is looked for as j = q/√(r + LAYER/θ) with q of the second order and r the distance to the
rim, whose root is linear in the elements there: Σ_k ∫ N_i N_k/√(r + LAYER/θ) q_k = ∫ j N_i. Then it is followed along
rays in each facet, from the rim inwards where it has one.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from constriction.field.currents.spread import LAYER, ContactPieces, Spread, inverse_square, spread_of
from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.operators import Vector
from constriction.field.elements.sampling import shapes, slopes
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES
from constriction.geometry.distances import nearest_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RAYS, STEPS = 3, 8  # Gauss points across a facet, and pieces along each ray
ALONG = 4  # Gauss points along a ray, for the matrix
AT_RIM = 0.27  # how far along an edge its middle is at the most where the edge begins at a rim: a quarter
ON_RIM = np.linspace(0.0, 1.0, 9)  # places on an edge of a rim that the distance is measured to
EDGES = ((0, 1), (1, 2), (0, 2))  # of a triangle, in VTK's order of their middles


@dataclass(frozen=True, eq=False)
class ContactFacets:
    """Facets on contacts, those corners first that are on a rim.

    `nodes` (m, 6) as numbers of `currents` (nodes,), what flows in tested with each node's function; `points` (m, 6, 2)
    in pitches; `on_rim` (m,): how many corners are on a rim.
    """

    nodes: Ints
    currents: Floats
    points: Floats
    on_rim: Ints


def mesh_spread(problem: CellProblem, potential: Vector, at_rest: Floats) -> Spread | None:
    """How the current spreads over the contacts; collective. None where they carry none.

    Args:
        problem: of the mesh.
        potential: at rest, of 1 V, on this rank's free unknowns, (n,).
        at_rest: θ it belongs to, (terms,).
    """
    comm = problem.numbering.comm
    facets = contact_facets(problem, potential, at_rest)
    theta = float(at_rest[0]) if problem.film else math.inf
    found = None
    if facets is not None and np.any(facets.currents > 0):  # on rank 0
        # where a spot nearly touches a wall some elements have no area: then nothing is told
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            pieces = pieces_of(facets, theta)
        if np.all(np.isfinite(np.concatenate([pieces.area, pieces.first, pieces.last]))):
            found = spread_of(pieces, at_rest)
    told: Spread | None = comm.bcast(found)
    return told


def contact_facets(problem: CellProblem, potential: Vector, at_rest: Floats) -> ContactFacets | None:
    """The contacts' facets and the currents at their nodes, on rank 0; None on the others."""
    cell, topology, comm = problem.cell, problem.cell.mesh.topology, problem.numbering.comm
    topology.create_connectivity(2, 3)
    topology.create_connectivity(3, 2)
    facets = cell.facets("contact")
    to_cell, to_facet = topology.connectivity(2, 3), topology.connectivity(3, 2)
    owner = to_cell.array[to_cell.offsets[facets]]
    facets, owner = (values[owner < topology.index_map(3).size_local] for values in (facets, owner))
    opposite = np.argmax(to_facet.array.reshape(-1, 4)[owner] == facets[:, None], axis=1)
    own = _OF_FACETS[opposite]
    geometry, index_map = cell.mesh.geometry, problem.space.dofmap.index_map
    points = np.take_along_axis(geometry.x[geometry.dofmaps[0][owner]], own[:, :, None], axis=1)
    nodes = np.take_along_axis(problem.space.dofmap.list[owner], own, axis=1)
    rows = problem.contact
    parts = (
        index_map.local_to_global(nodes.ravel().astype(np.int32)).reshape(-1, 6),
        points[:, :, :2],
        index_map.local_to_global(rows.numbers),
        rows.currents(potential, problem, at_rest),
    )
    gathered = [comm.gather(part) for part in parts]
    if comm.rank > 0:
        return None
    nodes, points, known, currents = (np.concatenate(part) for part in gathered if part is not None)
    order = np.argsort(known)
    return _rim_first(np.searchsorted(known[order], nodes), currents[order], points)


def _own_nodes() -> Ints:
    """Of a tetrahedron's facet opposite to each corner: its corners, then the middles of EDGES; (4, 6)."""
    number = {frozenset(edge): 4 + place for place, edge in enumerate(TETRAHEDRON_EDGES)}
    corners = [[c for c in range(4) if c != top] for top in range(4)]
    return np.array([[*own, *(number[frozenset((own[i], own[j]))] for i, j in EDGES)] for own in corners])


_OF_FACETS = _own_nodes()


def _rim_first(nodes: Ints, currents: Floats, points: Floats) -> ContactFacets:
    """Turn facets so that corners on a rim come first: there the middles of edges are a quarter along."""
    rim = np.zeros((len(nodes), 3), dtype=bool)
    for place, (i, j) in enumerate(EDGES, start=3):
        first, second = (np.linalg.norm(points[:, place] - points[:, k], axis=1) for k in (i, j))
        rim[:, i] |= first < AT_RIM * (first + second)
        rim[:, j] |= second < AT_RIM * (first + second)
    number = np.zeros((3, 3), dtype=np.int64)
    for place, (i, j) in enumerate(EDGES, start=3):
        number[i, j] = number[j, i] = place
    order = np.argsort(~rim, axis=1, kind="stable")
    order = np.concatenate([order, *(number[order[:, i], order[:, j]][:, None] for i, j in EDGES)], axis=1)
    turned = np.take_along_axis(points, order[:, :, None], axis=1)
    return ContactFacets(np.take_along_axis(nodes, order, axis=1), currents, turned, rim.sum(axis=1))


# --- the density -----------------------------------------------------------------------------------------------------


def pieces_of(facets: ContactFacets, theta: float) -> ContactPieces:
    """Pieces along rays; `theta` of the film, infinite for an ideal contact."""
    roots, parts = _roots(facets), []
    values = _amplitudes(facets, roots, LAYER / theta)[facets.nodes]
    along = np.linspace(0.0, 1.0, STEPS + 1)
    middles, weight = _gauss(2)
    inside = along[:-1, None] + middles / STEPS
    for which, edge in _kinds(facets):
        places, _ = _rays(along, edge)
        squares = _squares(roots[which], places, LAYER / theta)
        y = squares * inverse_square(_summed(shapes(places), values[which]))
        areas = _areas(facets.points[which], inside.ravel(), edge).reshape(*y.shape[:2], STEPS, 2) @ weight / STEPS
        parts.append((areas.ravel(), y[..., :-1].ravel(), y[..., 1:].ravel()))
    return ContactPieces(*(np.concatenate(pair) for pair in zip(*parts, strict=True)))


def _kinds(facets: ContactFacets) -> list[tuple[NDArray[np.bool_], bool]]:
    """Facets whose rays go from an edge on the rim to a corner, and the others, from a corner to an edge."""
    edge = facets.on_rim == 2
    return [(which, bool(kind)) for which, kind in ((edge, True), (~edge, False)) if np.any(which)]


@cache
def _gauss(points: int) -> tuple[Floats, Floats]:
    """Points and weights on [0, 1], not to be written into."""
    x, weight = np.polynomial.legendre.leggauss(points)
    return (x + 1) / 2, weight / 2


def _rays(along: Floats, edge: bool) -> tuple[Floats, Floats]:
    """Barycentric places of RAYS rays, (rays, along, 3), and what they count across, with the width there."""
    across, weight = (values[:, None] for values in _gauss(RAYS))
    t = along[None, :]
    if edge:
        parts = (1 - t) * across, (1 - t) * (1 - across), t + 0 * across
    else:
        parts = 1 - t + 0 * across, t * across, t * (1 - across)
    return np.stack(parts, axis=-1), weight * (1 - t if edge else t)


def _areas(points: Floats, along: Floats, edge: bool) -> Floats:
    """Area per unit of `along`, of each ray; (m, rays, along)."""
    places, width = _rays(along, edge)
    x, y = points[..., 0], points[..., 1]
    (x_u, y_u), (x_v, y_v) = ((_summed(slope, x), _summed(slope, y)) for slope in np.moveaxis(slopes(places), -1, 0))
    return np.asarray(np.abs(x_u * y_v - y_u * x_v) * width)


def _summed(functions: Floats, values: Floats) -> Floats:
    """Functions (rays, along, k) with values (m, k) of each facet; (m, rays, along)."""
    rays, along, count = functions.shape
    return np.asarray((values @ functions.reshape(-1, count).T).reshape(-1, rays, along))


def _roots(facets: ContactFacets) -> Floats:
    """√(distance to the rim) at the corners; (m, 3), 1 where there is no rim."""
    flat = facets.points
    rims = [
        (shapes(np.stack([1 - ON_RIM, ON_RIM], axis=-1)) @ flat[mine][:, [i, j, 3 + place]]).reshape(-1, 2)
        for place, (i, j) in enumerate(EDGES)
        for mine in [facets.on_rim > max(i, j)]
    ]
    if not sum(len(rim) for rim in rims):
        return np.ones((len(flat), 3))
    rim, corners = np.concatenate(rims).reshape(-1, len(ON_RIM), 2), flat[:, :3].reshape(-1, 2)
    edge, place = np.divmod(nearest_of(corners, rim.reshape(-1, 2)), len(ON_RIM))
    sides = [np.clip(place + step, 0, len(ON_RIM) - 1) for step in (-1, 1)]
    away = np.min([_distances(corners, rim[edge, place], rim[edge, side]) for side in sides], axis=0)
    roots: Floats = np.sqrt(away.reshape(-1, 3))
    return np.where(np.arange(3) < facets.on_rim[:, None], 0.0, roots)


def _distances(points: Floats, first: Floats, last: Floats) -> Floats:
    """Distances of points to straight lines from `first` to `last`; all (n, 2) → (n,)."""
    along, away = last - first, points - first
    length = np.sum(along**2, axis=1)
    share = np.clip(np.sum(along * away, axis=1) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    return np.asarray(np.linalg.norm(away - share[:, None] * along, axis=1))


def _squares(roots: Floats, places: Floats, layer: float) -> Floats:
    """R + layer at places (rays, along, 3), where j = q/√(r + layer); (m, rays, along)."""
    return np.asarray(_summed(places, roots) ** 2 + layer)


def _amplitudes(facets: ContactFacets, roots: Floats, layer: float) -> Floats:
    """The current density q at the nodes, (nodes,)."""
    size, along = len(facets.currents), _gauss(ALONG)
    entries, rows, columns = [], [], []
    for which, edge in _kinds(facets):
        places, _ = _rays(along[0], edge)
        weight = _areas(facets.points[which], along[0], edge) * along[1]
        weight = weight / np.sqrt(_squares(roots[which], places, layer))
        functions, nodes = shapes(places).reshape(-1, 6), facets.nodes[which]
        products = (functions[:, :, None] * functions[:, None, :]).reshape(-1, 36)
        entries.append((weight.reshape(len(nodes), -1) @ products).ravel())
        rows.append(np.repeat(nodes, 6, axis=1).ravel())
        columns.append(np.tile(nodes, (1, 6)).ravel())
    where = np.concatenate(rows), np.concatenate(columns)
    matrix = sparse.coo_array((np.concatenate(entries), where), shape=(size, size)).tocsc()
    return np.asarray(spsolve(matrix, facets.currents))
