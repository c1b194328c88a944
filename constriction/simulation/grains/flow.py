"""The flow that current lines follow through a scene, with what is known of it at borders.

Slopes of elements are a little off: lines would leak through mirrors, and stop at grain boundaries. So what crosses a
border is what the equations say: nothing at mirrors, what the laws of gap and grain boundaries take beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from constriction.field.elements.sampling import Facets, shapes
from constriction.field.mesh.tags import VOLUMES
from constriction.geometry.distances import nearest_of
from constriction.laws.arrays import Reals
from constriction.simulation.grains.laws import BOUNDARIES

if TYPE_CHECKING:
    from constriction.simulation.scene import Scene

SAME_PLACE = 1e-8  # pitches: nodes of two grains that are nearer lie at one place

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Crossings:
    """What crosses grain boundaries, each triangle once from either side.

    `on`: triangles (m,) as faces of their tetrahedra; `nodes` (m, 6) of their own grain, `beyond` (m, 6) of the other
    one at the same places; `density` (m, 6) complex, of the current from the own grain into the other over the mean
    one; `normals` (m, 3), out of the own grain.
    """

    on: Facets
    nodes: Ints
    beyond: Ints
    density: NDArray[np.complex128]
    normals: Reals


def crossings(scene: Scene, number: int) -> Crossings | None:
    """What crosses the grain boundaries of a scene, by their law and the jump of the potential; None without grains.

    Args:
        scene: what is solved.
        number: of the frequency.
    """
    marks = scene.triangles_of("grain_boundary")
    if not marks.any():
        return None
    nodes = scene.mesh.triangles[marks].astype(np.int64)
    beyond = _beyond(scene.mesh.points / scene.layout.pitch, nodes)
    jump = scene.potentials[number][nodes] - scene.potentials[number][beyond]
    on = scene.facets(marks)
    density = scene.thetas[number, BOUNDARIES] * scene.totals[number] * jump
    return Crossings(on, nodes, beyond, density, _outward(scene, on, nodes))


def flow_in(scene: Scene, number: int, places: Reals, near: Reals) -> tuple[Reals, NDArray[np.complex128]]:
    """Current density over its mean and potential in all tetrahedra of a scene.

    Args:
        scene: what is solved.
        number: of the frequency.
        places: in each tetrahedron, (p, 4), barycentric.
        near: the same a little inside, where slopes are asked for: at a rim they are infinite.

    Returns:
        The real part of the density, (n·p, 3), and the potential per volt, (n·p,).
    """
    mesh = scene.mesh
    flow = scene.current_density(number, np.arange(len(mesh.tetrahedra)), near).real
    _cross_boundaries(crossings(scene, number), places, flow)
    potential = scene.potential_at(number, mesh.tetrahedra, places).ravel()
    points = np.einsum("pk,nkx->npx", shapes(places), mesh.points[mesh.tetrahedra]).reshape(-1, 3)
    return _within_borders(scene, number, points, flow.reshape(-1, 3), potential), potential


def _beyond(points: Reals, triangles: Ints) -> Ints:
    """The nodes (m, 6) of other grains at the places of those of triangles (m, 6), each of which is there twice."""
    used, own = np.unique(triangles, return_inverse=True)
    _, place = np.unique(np.round(points[used] / SAME_PLACE), axis=0, return_inverse=True)
    places = place.reshape(-1)[own].reshape(triangles.shape)
    order = np.lexsort(np.sort(places[:, :3], axis=1).T)
    other = np.empty(len(triangles), dtype=np.int64)
    other[order[::2]], other[order[1::2]] = order[1::2], order[::2]
    at = np.argmax(places[other][:, None, :] == places[:, :, None], axis=2)
    return np.asarray(np.take_along_axis(triangles[other], at, axis=1))


def _outward(scene: Scene, on: Facets, nodes: Ints) -> Reals:
    """Unit normals (m, 3) of triangles, out of the tetrahedra that they are faces of."""
    corners = scene.mesh.points[nodes[:, :3]]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    inside = scene.mesh.points[scene.mesh.tetrahedra[on.owner, :4]].mean(axis=1)
    normals *= np.sign(np.sum(normals * (corners.mean(axis=1) - inside), axis=1))[:, None]
    return np.asarray(normals / np.linalg.norm(normals, axis=1)[:, None])


def _cross_boundaries(found: Crossings | None, places: Reals, flow: Reals) -> None:
    """Let a flow (n, p, 3), at places of tetrahedra, cross boundaries of grains as much as their law says."""
    if found is None:
        return
    opposite = 6 - found.on.corners.sum(axis=1)
    for corner in range(4):
        at, mine = np.flatnonzero(places[:, corner] == 0), np.flatnonzero(opposite == corner)
        owners, normals = found.on.owner[mine, None], found.normals[mine]
        on_triangle = np.swapaxes(places[at][:, found.on.corners[mine]], 0, 1)
        wanted = np.einsum("mpk,mk->mp", shapes(on_triangle), found.density[mine].real)
        missing = wanted - np.einsum("mpx,mx->mp", flow[owners, at], normals)
        flow[owners, at] += missing[..., None] * normals[:, None]


def _within_borders(scene: Scene, number: int, points: Reals, flow: Reals, potential: NDArray[np.complex128]) -> Reals:
    """The flow (n, 3) with nothing through mirrors, and through the gap what the gap takes."""
    tiny, flow = 1e-6 * scene.layout.pitch, flow.copy()
    for axis, extent in enumerate((scene.layout.width, scene.layout.depth)):
        for side in (0.0,) if scene.layout.circular else (0.0, extent):
            flow[np.abs(points[:, axis] - side) < tiny, axis] = 0.0
    in_gap = np.repeat(scene.mesh.regions == VOLUMES["gap_volume"], len(points) // len(scene.mesh.regions))
    below = (np.abs(points[:, 2]) < tiny) & ~in_gap
    at_gap = np.flatnonzero(below)[~scene.layout.on_contact(points[below, :2])]
    if scene.gap_model != "volume":
        flow[at_gap, 2] = (scene.thetas[number, -1] * scene.totals[number] * potential[at_gap]).real
        return flow
    above = np.flatnonzero((np.abs(points[:, 2]) < tiny) & in_gap)
    flow[at_gap, 2] = flow[above[nearest_of(points[at_gap, :2], points[above, :2])], 2]
    return flow
