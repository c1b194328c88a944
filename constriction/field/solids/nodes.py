"""What gmsh has meshed with OpenCASCADE, as arrays. Lengths in pitches; gmsh must be initialised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import gmsh
import numpy as np

from constriction.field.mesh.flat import GMSH_OPTIONS
from constriction.field.mesh.simplices import Ints, Reals

OPTIONS = {**GMSH_OPTIONS, "Mesh.OptimizeThreshold": 0.3, "Mesh.Renumber": 1}
ON_PLANE = 1e-7
"""Pitches from a plane or a side, nearer than which a node is on it."""
_CORNERS = {1: 2, 2: 3, 4: 4}  # of gmsh's lines, triangles and tetrahedra


@dataclass(frozen=True)
class Nodes:
    """The nodes that tetrahedra use: `points` (N, 3), and the `number` of each among them by gmsh's tag."""

    points: Reals
    number: Ints

    def elements(self, kind: int, entity: int) -> Ints:
        """The corners of an entity's elements, lines, triangles or tetrahedra of `kind` 1, 2 or 4; (n, corners)."""
        found = gmsh.model.mesh.getElementsByType(kind, entity)[1].astype(np.int64)
        return np.asarray(self.number[found].reshape(-1, _CORNERS[kind]))

    def together(self, kind: int, entities: Iterable[int]) -> Ints:
        """Those of several entities."""
        nothing = np.zeros((0, _CORNERS[kind]), dtype=np.int64)
        return np.concatenate([nothing, *(self.elements(kind, one) for one in entities)])


def set_options(scale: float) -> None:
    """Gmsh's options for a mesh whose sizes are `scale` times those that are told."""
    for option, value in OPTIONS.items():
        gmsh.option.setNumber(option, value)
    gmsh.option.setNumber("Mesh.MeshSizeFactor", scale)


def meshed_nodes() -> tuple[Nodes, float]:
    """Fill what is drawn with tetrahedra: their nodes, and the smallest quality."""
    gmsh.model.mesh.generate(3)
    tetrahedra, corners = gmsh.model.mesh.getElementsByType(4)
    quality = float(np.min(gmsh.model.mesh.getElementQualities(tetrahedra, "gamma")))
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    place = np.zeros(int(tags.max()) + 1, dtype=np.int64)
    place[tags] = np.arange(len(tags))
    used = np.unique(corners)
    points = coordinates.reshape(-1, 3)[place[used]]
    points[np.abs(points[:, 2]) < ON_PLANE, 2] = 0.0
    number = np.full(len(place), -1)
    number[used] = np.arange(len(used))
    return Nodes(points, number), quality
