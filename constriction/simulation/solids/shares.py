"""How much of a scene's current passes contacts, with the solids that are part of them, and the gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from constriction.field.elements.sampling import GAUSS_POINTS, GAUSS_WEIGHTS, slopes

if TYPE_CHECKING:
    from constriction.simulation.scene import Scene


@dataclass(frozen=True)
class Shares:
    """Currents through the interface over the whole, complex: their sum is 1 but for the mesh's error."""

    contact: complex
    gap: complex

    @property
    def defect(self) -> float:
        """How far the sum is from 1: a sum of slopes, which converge at the root of the potential's pace."""
        return abs(self.contact + self.gap - 1)


def shares(scene: Scene, number: int) -> Shares:
    """Integrate the normal current density over contacts, with solids that are part of them, and gap, by Gauss points.

    Args:
        scene: what is solved.
        number: of the frequency.
    """
    slope, area, parts = slopes(GAUSS_POINTS), scene.layout.cell.area, {}
    for name in ("contact", "gap"):
        edges = np.einsum("pka,mkx->mpax", slope, scene.mesh.points[scene.mesh.triangles[scene.triangles_of(name)]])
        size = np.abs(edges[..., 0, 0] * edges[..., 1, 1] - edges[..., 0, 1] * edges[..., 1, 0]) / 2
        density = scene.normal_density(number, name, GAUSS_POINTS)
        parts[name] = complex(np.sum(density * size * GAUSS_WEIGHTS)) / area
    parts["contact"] += _through_solids(scene, number) / area
    return Shares(**parts)


def _through_solids(scene: Scene, number: int) -> complex:
    """The current into solids that are part of the electrode, over the mean density, m²."""
    skin = scene.triangles_of("solid")
    if not skin.any():
        return 0j
    on = scene.facets(skin)
    edges = np.einsum("pka,mkx->mpax", slopes(GAUSS_POINTS), scene.mesh.points[scene.mesh.triangles[skin]])
    areas = np.cross(edges[:, :, 0], edges[:, :, 1]) / 2
    nodes = scene.mesh.points[scene.mesh.tetrahedra[on.owner, :4]]
    face = np.take_along_axis(nodes, on.corners[:, :, None], axis=1).mean(axis=1)
    outward = np.sign(np.sum(areas * (face - nodes.mean(axis=1))[:, None, :], axis=2))
    density = scene.current_density(number, on.owner, on.inside(GAUSS_POINTS))
    return complex(np.sum(np.sum(density * areas, axis=2) * outward * GAUSS_WEIGHTS))
