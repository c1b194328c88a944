"""From a cell with solids to its mesh of second-order tetrahedra, curved along the bodies. Lengths in pitches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gmsh
import numpy as np
import shapely
from mpi4py import MPI

from constriction.field.elements.sampling import slopes
from constriction.field.mesh.cells import NUDGES, CellMesh, mesh_made_by
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES, Ints, LinearMesh, Reals, edges_of
from constriction.field.mesh.tags import SURFACES, VOLUMES, body_tag
from constriction.field.solids.drawing import DrawnSolids, draw
from constriction.field.solids.flat_rims import place_rims
from constriction.field.solids.nodes import ON_PLANE, Nodes, meshed_nodes, set_options
from constriction.field.solids.sizes import SizeField, set_after, set_first
from constriction.field.solids.surfaces import moved_onto
from constriction.geometry.outlines import Outline
from constriction.geometry.patches import CONTACT
from constriction.geometry.solids.bodies import METAL, VOID, Body, Layer, Solids

LARGEST = 0.5  # size / the cell's largest extent; a circular side must also be followed
LARGEST_OF_ROUND = 0.2
TURN = 2.5  # angle: seams of bodies on the sides x = 0 and in the corners then lie outside the cell


@dataclass(frozen=True)
class SolidCell:
    """A mirror cell with bodies.

    `cell` and `spots` are outlines, `regions` the spots' and `background` that beside them; the electrolyte is meshed
    down to `slab_depth`. `room` is the length over which the field varies at flat rims.
    """

    cell: Outline
    spots: tuple[Outline, ...]
    regions: tuple[str, ...]
    background: str
    bodies: tuple[Body, ...]
    layers: tuple[Layer, ...]
    slab_depth: float
    room: float

    @property
    def laws(self) -> tuple[int, ...]:
        """The numbers of the tables with a law of their own, rising."""
        return Solids(self.bodies, self.layers).laws

    @property
    def gap_height(self) -> None:
        """Gaps over solids are thin."""

    @property
    def ideal(self) -> bool:
        """Whether there is metal that the electrolyte touches, whatever its law."""
        standing = any(body.role == METAL for body in self.bodies)
        return standing or CONTACT in (*self.regions, self.background)

    @property
    def circular(self) -> bool:
        """Whether the cell is a part of a tube."""
        return any(edge.centre is not None for edge in self.cell.edges)

    @property
    def largest(self) -> float:
        """The largest size of an element."""
        extent = max(max(edge.start) for edge in self.cell.edges)
        return LARGEST_OF_ROUND * extent if self.circular else LARGEST * max(extent, min(self.slab_depth, 2 * extent))


def mesh_solids(cell: SolidCell, sizes: SizeField | None, comm: MPI.Comm, scale: float = 1.0) -> CellMesh:
    """Mesh a cell on rank 0 and distribute it.

    Args:
        cell: what is meshed.
        sizes: that an earlier mesh asks for; None: first ones.
        comm: communicator of the mesh.
        scale: how many times as large elements shall be.

    Raises:
        MeshError: gmsh failed; on every rank.
    """
    return mesh_made_by(lambda nudge: _linear_mesh(cell, sizes, scale, nudge), comm)


def _linear_mesh(cell: SolidCell, sizes: SizeField | None, scale: float, nudge: float) -> tuple[LinearMesh, float]:
    """The straight-sided mesh with sizes `scale · nudge` times as large, and its smallest quality.

    Gmsh is initialised. A body's seam on a side of the cell may not be cut there: a second try has it elsewhere.
    """
    set_options(scale * nudge)
    turn = 0.0 if nudge == NUDGES[0] else TURN
    drawn = draw(cell.cell, cell.spots, cell.bodies, cell.layers, cell.slab_depth, turn)
    if sizes is None:
        set_first(drawn, cell.bodies, cell.room, cell.largest)
    else:
        set_after(sizes)
    nodes, quality = meshed_nodes()
    return _collect(cell, drawn, nodes), quality


def _collect(cell: SolidCell, drawn: DrawnSolids, nodes: Nodes) -> LinearMesh:
    """Gmsh's mesh with all that curves it; flat rims are placed in the nodes' points."""
    points = nodes.points
    cells, regions = _cells(nodes, drawn)
    facets = {one: nodes.elements(2, one) for one in _border()}
    names = {one: _name(cell, drawn, one, points[triangles]) for one, triangles in facets.items()}
    to_rim = place_rims(cell.cell, cell.spots, points, nodes.together(1, drawn.rims))
    bent, bends = _bent(cell, points, cells, [nodes.together(2, own) for own in drawn.bodies])
    curved = _round_side(points, nodes.together(2, (one for one in facets if names[one] == "side")), cell.circular)
    return LinearMesh(
        points=points,
        cells=cells,
        regions=regions,
        facets=np.concatenate(list(facets.values())),
        tags=np.concatenate([np.full(len(facets[one]), SURFACES[names[one]]) for one in facets]),
        to_rim=to_rim,
        curved=curved,
        axes=np.zeros((len(curved), 2)),
        bent=bent,
        bends=bends,
    )


def _cells(nodes: Nodes, drawn: DrawnSolids) -> tuple[Ints, Ints]:
    """All cells and their regions."""
    own = {tag: body_tag(law) for law, tags in drawn.regions.items() for tag in tags}
    volumes = [tag for _, tag in gmsh.model.getEntities(3)]
    pieces = [nodes.elements(4, tag) for tag in volumes]
    regions = [
        np.full(len(piece), own.get(tag, VOLUMES["electrolyte"])) for tag, piece in zip(volumes, pieces, strict=True)
    ]
    return np.concatenate(pieces), np.concatenate(regions)


def _border() -> list[int]:
    """Surfaces of one volume only."""
    surfaces = (tag for _, tag in gmsh.model.getEntities(2))
    return [tag for tag in surfaces if len(gmsh.model.getAdjacencies(2, tag)[0]) == 1]


def _round_side(points: Reals, sides: Ints, circular: bool) -> Ints:
    """The edges of a cell's sides with both ends on the cylinder, not on the mirrors inside it, (e, 2)."""
    if not circular:
        return np.zeros((0, 2), dtype=np.int64)
    edges, radius = edges_of(sides), np.hypot(points[:, 0], points[:, 1])
    return np.asarray(edges[(radius[edges] > np.max(radius) * (1 - ON_PLANE)).all(axis=1)])


def _name(cell: SolidCell, drawn: DrawnSolids, surface: int, triangles: Reals) -> str:
    """What a surface is, from its triangles, (n, 3, 3)."""
    for body, own in zip(cell.bodies, drawn.bodies, strict=True):
        if surface in own:
            return "void" if body.role == VOID else "solid"
    if surface in drawn.interface:
        return _region(cell, triangles)
    if np.all(triangles[:, :, 2] < -cell.slab_depth * (1 - ON_PLANE)):
        return "counter_electrode"
    return "side"


def _region(cell: SolidCell, triangles: Reals) -> str:
    """Which region of the interface the largest of its triangles lies in."""
    arms = triangles[:, 1:, :2] - triangles[:, :1, :2]
    middle = triangles[np.argmax(np.abs(np.linalg.det(arms)))].mean(axis=0)
    for spot, region in zip(cell.spots, cell.regions, strict=True):
        if shapely.contains_xy(spot.polygon(), *middle[:2]):
            return region
    return cell.background


def _bent(cell: SolidCell, points: Reals, cells: Ints, skins: Sequence[Ints]) -> tuple[Ints, Reals]:
    """Edges that lie on bodies, and where their middles go; not where a cell would be turned inside out."""
    edges, middles = [np.zeros((0, 2), dtype=np.int64)], [np.zeros((0, 3))]
    for body, skin in zip(cell.bodies, skins, strict=True):
        own = edges_of(skin)
        edges.append(own)
        middles.append(moved_onto(body, points[own].mean(axis=1)))
    bent, bends = np.concatenate(edges), np.concatenate(middles)
    keys = _keys(bent, len(points))
    cells = cells[np.isin(_edge_keys(cells, len(points)), keys).any(axis=1)]  # all others stay as they are
    turned = _turned(points, cells, bent, bends)
    straight = np.zeros(len(bent), dtype=bool)
    while turned.any():
        straight |= np.isin(keys, _edge_keys(cells[turned], len(points)))
        turned = _turned(points, cells, bent[~straight], bends[~straight]) & ~turned
    return bent[~straight], bends[~straight]


def _keys(edges: Ints, count: int) -> Ints:
    """A number for each edge between two of so many points, (…, 2), whichever end is first; (…)."""
    return np.asarray(edges.min(axis=-1) * count + edges.max(axis=-1))


def _edge_keys(cells: Ints, count: int) -> Ints:
    """The numbers of the edges of cells, (n, 6)."""
    return _keys(np.stack([cells[:, pair] for pair in TETRAHEDRON_EDGES], axis=1), count)


def _turned(points: Reals, cells: Ints, bent: Ints, bends: Reals) -> np.ndarray:
    """Which cells have a node at which the map with bent edges turns them inside out, (n,)."""
    ends = np.sort(np.stack([cells[:, pair] for pair in TETRAHEDRON_EDGES], axis=1), axis=2)
    keys, own_keys = _edge_keys(cells, len(points)), _keys(bent, len(points))
    order = np.argsort(own_keys)
    at = np.minimum(np.searchsorted(own_keys[order], keys), max(len(order) - 1, 0))
    middles = points[ends].mean(axis=2)
    if len(order):
        hit = own_keys[order][at] == keys
        middles[hit] = bends[order][at[hit]]
    nodes = np.concatenate([points[cells], middles], axis=1)
    places = np.concatenate([np.eye(4), [0.5 * (np.eye(4)[a] + np.eye(4)[b]) for a, b in TETRAHEDRON_EDGES]])
    jacobian = np.einsum("fnx,qnk->fqxk", nodes, slopes(places, TETRAHEDRON_EDGES), optimize=True)
    volumes = np.linalg.det(jacobian)
    straight = np.linalg.det(points[cells][:, 1:] - points[cells][:, :1])
    return np.asarray(np.min(volumes * np.sign(straight)[:, None], axis=1) < 0.05 * np.abs(straight))
