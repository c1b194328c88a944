"""From a polycrystal to its mesh, the nodes on grain boundaries once for each grain. Lengths in pitches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import gmsh
import numpy as np
import shapely
from mpi4py import MPI

from constriction.field.grains.drawing import BELOW, draw
from constriction.field.mesh.cells import CellMesh, mesh_made_by
from constriction.field.mesh.simplices import Ints, LinearMesh, Reals
from constriction.field.mesh.tags import SURFACES, VOLUMES, body_tag
from constriction.field.solids.flat_rims import place_rims
from constriction.field.solids.nodes import ON_PLANE, Nodes, meshed_nodes, set_options
from constriction.field.solids.sizes import grown, use
from constriction.geometry.grains.polycrystal import Polycrystal
from constriction.geometry.outlines import Outline

AT_RIM, IN_GRAIN = 0.08, 0.8  # size at rims / room there, elsewhere / a grain's size
ORDER = 1.5
"""The error goes with this power of the elements' size, between 1 at rims and 2 in grains: tests/grains_library.py."""
GRAINS_LAW = 0
"""The number of the grains' law where there is other electrolyte below them."""


@dataclass(frozen=True)
class GrainCell:
    """A mirror cell whose electrolyte is a polycrystal.

    `cell` and `spots` are outlines, `regions` the spots' and `background` that beside them. The grains reach down to
    the crystal's depth, the mesh to `slab_depth`. `room` is the length over which the field varies at rims, `mean_size`
    that of grains.
    """

    cell: Outline
    spots: tuple[Outline, ...]
    regions: tuple[str, ...]
    background: str
    crystal: Polycrystal
    slab_depth: float
    room: float
    mean_size: float

    @property
    def laws(self) -> tuple[int, ...]:
        """The numbers of laws beside that of the electrolyte: the grains', if there is electrolyte below them."""
        return (GRAINS_LAW,) if self.slab_depth > self.crystal.box[2] else ()

    @property
    def gap_height(self) -> None:
        """Gaps over grains are thin."""


@dataclass(frozen=True)
class GrainMesh:
    """A mesh, and the triangles of its grain boundaries as they belong to the one and to the other grain, (t, 3).

    Numbers of corners are those of the mesh's `input_global_indices`.
    """

    cell: CellMesh
    one: Ints
    other: Ints


class _Made(NamedTuple):
    """What a try to mesh has found beside the mesh: triangles of boundaries, as in `GrainMesh`, and cells' grains."""

    one: Ints
    other: Ints
    grains: Ints


def mesh_grains(cell: GrainCell, scale: float) -> GrainMesh:
    """Mesh a cell on the calling rank alone, with elements `scale` times the usual size.

    Raises:
        MeshError: gmsh failed.
    """
    tried: dict[float, _Made] = {}

    def make(nudge: float) -> tuple[LinearMesh, float]:
        mesh, quality, made = _linear_mesh(cell, scale * nudge)
        tried[quality] = made
        return mesh, quality

    found = mesh_made_by(make, MPI.COMM_SELF)
    made = tried[found.smallest_quality]
    grains = made.grains[found.mesh.topology.original_cell_index].astype(np.int32)
    return GrainMesh(replace(found, grains=grains), made.one, made.other)


def _linear_mesh(cell: GrainCell, scale: float) -> tuple[LinearMesh, float, _Made]:
    set_options(scale)
    owners = draw(cell.crystal, cell.spots, cell.slab_depth)
    names = {tag: _name(cell, tag) for _, tag in gmsh.model.getEntities(2)}
    rims = [tag for _, tag in gmsh.model.getEntities(1) if _is_rim(tag, names)]
    largest = IN_GRAIN * cell.mean_size
    use([grown("CurvesList", rims, AT_RIM * cell.room, largest)] if rims else [], largest)
    nodes, quality = meshed_nodes()
    to_rim = place_rims(cell.cell, cell.spots, nodes.points, nodes.together(1, rims))
    mesh, made = _collect(cell, owners, names, nodes, to_rim)
    return mesh, quality, made


def _name(cell: GrainCell, surface: int) -> str:
    """What a surface is; empty for a boundary of grains."""
    if len(gmsh.model.getAdjacencies(2, surface)[0]) != 1:
        return ""
    least, most = np.array(gmsh.model.getBoundingBox(2, surface)).reshape(2, 3)
    if least[2] > -10 * ON_PLANE:
        return _region(cell, surface)
    return "counter_electrode" if most[2] < 10 * ON_PLANE - cell.slab_depth else "side"


def _region(cell: GrainCell, surface: int) -> str:
    """Which region of the interface a surface lies in, by a place inside it."""
    place = _inside(surface)
    for spot, region in zip(cell.spots, cell.regions, strict=True):
        if shapely.contains_xy(spot.polygon(), *place):
            return region
    return cell.background


def _inside(surface: int) -> tuple[float, float]:
    """The x and y of a place well inside a flat surface."""
    least, most = (np.asarray(side) for side in gmsh.model.getParametrizationBounds(2, surface))
    for count in (1, 3, 7, 15, 31, 63):
        steps = (np.arange(count) + 0.5) / count
        u, v = (one.ravel() for one in np.meshgrid(*(least[k] + steps * (most[k] - least[k]) for k in (0, 1))))
        for at in np.column_stack([u, v]).tolist():
            if gmsh.model.isInside(2, surface, at, parametric=True):
                x, y, _ = gmsh.model.getValue(2, surface, at)
                return float(x), float(y)
    x, y, _ = gmsh.model.occ.getCenterOfMass(2, surface)
    return float(x), float(y)


def _is_rim(curve: int, names: dict[int, str]) -> bool:
    """Whether a curve lies between two regions of the interface."""
    around = {names[one] for one in gmsh.model.getAdjacencies(1, curve)[0].tolist()}
    return {"contact", "gap"} <= around


def _collect(
    cell: GrainCell, owners: dict[int, int], names: dict[int, str], nodes: Nodes, to_rim: Reals
) -> tuple[LinearMesh, _Made]:
    """Gmsh's mesh, each grain with nodes of its own."""
    points, split = nodes.points, _Split(cell, nodes.points)
    pieces = [split.of(nodes.elements(4, tag), owner) for tag, owner in owners.items()]
    sizes = [len(piece) for piece in pieces]
    facets, tags, ones, others = _surfaces(nodes, split, owners, names)
    used, (cells, border, one, other) = split.numbered(pieces, facets, ones, others)
    mesh = LinearMesh(
        points=points[used],
        cells=cells,
        regions=np.repeat([_region_of(cell, owner) for owner in owners.values()], sizes),
        facets=border,
        tags=np.concatenate(tags),
        to_rim=to_rim[used],
        curved=np.zeros((0, 2), dtype=np.int64),
        axes=np.zeros((0, 2)),
    )
    return mesh, _Made(one, other, np.repeat([1 + owner for owner in owners.values()], sizes))


def _surfaces(
    nodes: Nodes, split: _Split, owners: dict[int, int], names: dict[int, str]
) -> tuple[list[Ints], list[Ints], list[Ints], list[Ints]]:
    """Triangles of the border and of boundaries' both sides, their tags, and those of the one and of the other side."""
    facets, tags, ones, others = list[Ints](), list[Ints](), list[Ints](), list[Ints]()
    for surface, name in names.items():
        first, *second = (owners[one] for one in gmsh.model.getAdjacencies(2, surface)[0].tolist())
        triangles = nodes.elements(2, surface)
        if name:
            facets.append(split.of(triangles, first))
            tags.append(np.full(len(triangles), SURFACES[name]))
        elif BELOW not in (first, *second) and second != [first]:
            both = split.of(triangles, first), split.of(triangles, *second)
            ones.append(both[0])
            others.append(both[1])
            facets += both
            tags.append(np.full(2 * len(triangles), SURFACES["grain_boundary"]))
    return facets, tags, ones, others


def _region_of(cell: GrainCell, owner: int) -> int:
    return VOLUMES["electrolyte"] if owner == BELOW or not cell.laws else body_tag(GRAINS_LAW)


@dataclass(frozen=True)
class _Split:
    """Names of nodes by the grain that they are of; what lies on the electrolyte below is of that."""

    cell: GrainCell
    points: Reals

    def of(self, corners: Ints, owner: int) -> Ints:
        """The names of a grain's nodes."""
        own = np.full(corners.shape, owner + 1)
        if self.cell.laws:
            own[self.points[corners, 2] < ON_PLANE - self.cell.crystal.box[2]] = BELOW + 1
        return np.asarray(own * len(self.points) + corners)

    def numbered(self, *groups: Sequence[Ints]) -> tuple[Ints, list[Ints]]:
        """The node of each name that cells, the first group, use, and all groups by the number of the name."""
        corners = (4, 3, 3, 3)
        joined = [
            np.concatenate([np.zeros((0, n), dtype=np.int64), *group]) for n, group in zip(corners, groups, strict=True)
        ]
        names = np.unique(joined[0])
        return names % len(self.points), [np.searchsorted(names, one) for one in joined]
