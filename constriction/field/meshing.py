"""From the plan of a mirror cell to a tagged second-order mesh with quarter-point elements at the rim.

All lengths in this module are in units of the pitch (gmsh's tolerances are absolute). gmsh runs on rank 0 only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import gmsh
import numpy as np
from dolfinx import la
from dolfinx.io import gmsh as gmsh_io
from dolfinx.mesh import Mesh, MeshTags, entities_to_geometry
from mpi4py import MPI
from numpy.typing import NDArray

from constriction.case.contacts import Layout, rim_lengths
from constriction.case.shapes import Edge, Outline, Point

VOLUMES = {"electrolyte": 1, "gap_volume": 2}
SURFACES = {"contact": 3, "gap": 4, "copper": 5, "island_wall": 6, "counter_electrode": 7, "side": 8}

# vertices at the ends of each edge of basix's tetrahedron, in the order of its mid-edge nodes
TETRAHEDRON_EDGES = ((2, 3), (1, 3), (1, 2), (0, 3), (0, 2), (0, 1))

SAMPLES_PER_SIZE = 2.0  # points on a rim per mesh size, for gmsh's distance field


class MeshError(RuntimeError):
    """gmsh could not make a mesh; the message says of what."""


@dataclass(frozen=True)
class MeshPlan:
    """What a mesh of a cell shall be like; lengths in units of the pitch.

    `rim_size` is the mesh size at the rim of each spot, relative to the local length there: the smaller of the
    spot's size and of half the distance to its nearest neighbour. The size grows by `slope` per length away from the
    rim. `slab_depth` is how much of the electrolyte is meshed, `gap_height` the height of a meshed gap (None: no gap volume).
    """

    rim_size: float
    slope: float
    slab_depth: float
    gap_height: float | None = None
    gap_layers: int = 2


@dataclass(frozen=True)
class CellMesh:
    """A mesh of one mirror cell with cells tagged by VOLUMES and facets by SURFACES; `smallest_quality` is gmsh's
    signed inverse condition number of the worst straight-sided tetrahedron."""

    mesh: Mesh
    volumes: MeshTags
    surfaces: MeshTags
    smallest_quality: float

    @property
    def cells(self) -> int:
        """Number of tetrahedra on all ranks."""
        return int(self.mesh.topology.index_map(3).size_global)


def mesh_cell(layout: Layout, plan: MeshPlan, comm: MPI.Comm) -> CellMesh:
    """Mesh a mirror cell on rank 0, distribute it over `comm`, and move mid-nodes at the rim to quarter points.

    Args:
        layout: the cell, in metres.
        plan: sizes.
        comm: communicator of the mesh.

    Raises:
        MeshError: gmsh failed; on every rank.
    """
    gmsh.initialize(interruptible=False)
    try:
        quality = comm.bcast(_generate_or_fail(layout, plan) if comm.rank == 0 else None)
        if isinstance(quality, MeshError):
            raise quality
        data = gmsh_io.model_to_mesh(gmsh.model, comm, 0, gdim=3)
    finally:
        gmsh.finalize()
    cell = CellMesh(data.mesh, data.cell_tags, data.facet_tags, quality)
    move_to_quarter_points(cell)
    return cell


def _generate_or_fail(layout: Layout, plan: MeshPlan) -> float | MeshError:
    """An exception of rank 0 alone would leave the others waiting: it is handed over instead."""
    try:
        return _generate(layout, plan)
    except Exception as error:  # gmsh raises bare Exceptions
        return MeshError(f"gmsh could not mesh the cell ({len(layout.spots)} spots, {plan}): {error}")


def _generate(layout: Layout, plan: MeshPlan) -> float:
    """Put the second-order mesh into gmsh's model; returns the smallest quality."""
    for name in ("ExtendFromBoundary", "FromPoints", "FromCurvature"):
        gmsh.option.setNumber("Mesh.MeshSize" + name, 0)
    gmsh.option.setNumber("General.Terminal", 0)
    gmsh.option.setNumber("General.NumThreads", 1)
    gmsh.option.setNumber("Mesh.Algorithm3D", 10)  # HXT
    rims = _build_geometry(layout, plan)
    _grade(rims, layout, plan)
    gmsh.model.mesh.generate(3)
    tetrahedra, _ = gmsh.model.mesh.getElementsByType(4)
    quality = float(np.min(gmsh.model.mesh.getElementQualities(tetrahedra, "minSICN")))
    gmsh.model.mesh.setOrder(2)
    return quality


# --- the plan of the interface as a set of non-overlapping surfaces -----------------------------------------------


@dataclass(frozen=True)
class Arrangement:
    """The plan cut into loops: `border` per cell edge its pieces, `spots` the spots, `rest` what is left of the cell as
    outer loops with their holes; `rims` the edges between spot and rest, per spot."""

    border: tuple[tuple[Edge, ...], ...]
    spots: tuple[Outline, ...]
    rest: tuple[tuple[Outline, ...], ...]
    rims: tuple[tuple[Edge, ...], ...]


def key_of(point: Point) -> tuple[int, int]:
    """Points that are equal but for rounding have one key (lengths in units of the pitch)."""
    return round(point[0] * 1e9), round(point[1] * 1e9)


def _name(edge: Edge) -> tuple[tuple[int, int], tuple[int, int]]:
    return key_of(edge.start), key_of(edge.end)


def arrange(cell: Outline, spots: Sequence[Outline]) -> Arrangement:
    """Split a cell into spots and rest."""
    corners = {key_of(edge.start): edge.start for spot in spots for edge in spot.edges}
    border = tuple(tuple(_split(edge, corners.values())) for edge in cell.edges)
    pieces = {_name(piece) for side in border for piece in side}
    spot_edges = {_name(edge) for spot in spots for edge in spot.edges}
    rims = tuple(tuple(edge for edge in spot.edges if _name(edge) not in pieces) for spot in spots)
    free = [piece for side in border for piece in side if _name(piece) not in spot_edges]
    loops = _chain(free + [edge.reversed() for rim in rims for edge in rim])
    return Arrangement(border, tuple(spots), _nest(loops), rims)


def _split(edge: Edge, points: Iterable[Point]) -> list[Edge]:
    """Cut a straight edge at those of the points which lie inside it; arcs of the cell are never touched by a spot."""
    if edge.centre is not None:
        return [edge]
    (x0, y0), (x1, y1) = edge.start, edge.end
    dx, dy = x1 - x0, y1 - y0
    length = math.hypot(dx, dy)
    cuts = {}
    for x, y in points:
        along = ((x - x0) * dx + (y - y0) * dy) / length
        across = ((x - x0) * dy - (y - y0) * dx) / length
        if abs(across) < 1e-9 and 1e-9 < along < length - 1e-9:
            cuts[along] = (x, y)
    stops = [edge.start, *(cuts[k] for k in sorted(cuts)), edge.end]
    return [Edge(a, b) for a, b in zip(stops, stops[1:], strict=False)]


def _chain(edges: Sequence[Edge]) -> list[Outline]:
    """Join edges end to start into closed loops."""
    following = {key_of(edge.start): edge for edge in edges}
    loops = []
    while following:
        _, edge = following.popitem()
        loop = [edge]
        while key_of(loop[-1].end) in following:
            loop.append(following.pop(key_of(loop[-1].end)))
        loops.append(Outline(tuple(loop)))
    return loops


def _nest(loops: Sequence[Outline]) -> tuple[tuple[Outline, ...], ...]:
    """Group each outer loop (positive area) with the holes inside it."""
    outers = [loop for loop in loops if loop.area > 0]
    holes = [loop for loop in loops if loop.area < 0]
    if len(outers) == 1:
        return ((outers[0], *holes),)
    regions = []
    for outer in outers:
        polygon = outer.polygon(64)
        regions.append((outer, *(hole for hole in holes if polygon.contains(hole.polygon(64)))))
    return tuple(regions)


# --- gmsh ----------------------------------------------------------------------------------------------------------


class _Drawing:
    """Points and curves of gmsh's built-in kernel, each made once."""

    def __init__(self) -> None:
        self.points: dict[tuple[tuple[int, int], float], int] = {}
        self.curves: dict[tuple[tuple[tuple[int, int], tuple[int, int]], float], int] = {}

    def point(self, at: Point, z: float) -> int:
        place = (key_of(at), z)
        if place not in self.points:
            self.points[place] = gmsh.model.geo.addPoint(at[0], at[1], z)
        return self.points[place]

    def curve(self, edge: Edge, z: float) -> int:
        """Tag of the curve, negative when it was drawn the other way round."""
        a, b = _name(edge)
        if ((b, a), z) in self.curves:
            return -self.curves[(b, a), z]
        if ((a, b), z) not in self.curves:
            start, end = self.point(edge.start, z), self.point(edge.end, z)
            geo = gmsh.model.geo
            if edge.centre is None:
                tag = geo.addLine(start, end)
            else:
                tag = geo.addCircleArc(start, self.point(edge.centre, z), end)
            self.curves[(a, b), z] = tag
        return self.curves[(a, b), z]

    def loop(self, edges: Iterable[Edge], z: float = 0.0) -> int:
        return int(gmsh.model.geo.addCurveLoop([self.curve(edge, z) for edge in edges]))


def _build_geometry(layout: Layout, plan: MeshPlan) -> list[list[int]]:
    """Draw the cell; returns the rim curves of each spot."""
    cell, spots = _in_pitches(layout)
    parts, draw, geo = arrange(cell, spots), _Drawing(), gmsh.model.geo
    rest = [geo.addPlaneSurface([draw.loop(loop.edges) for loop in loops]) for loops in parts.rest]
    filled = [geo.addPlaneSurface([draw.loop(spot.edges)]) for spot in parts.spots]
    contacts, gaps = (rest, filled) if layout.inverted else (filled, rest)
    bottom = geo.addPlaneSurface([draw.loop(cell.edges, -plan.slab_depth)])
    sides = [_draw_side(draw, edge, top, plan.slab_depth) for edge, top in zip(cell.edges, parts.border, strict=True)]
    slab = geo.addVolume([geo.addSurfaceLoop([*contacts, *gaps, bottom, *sides])])
    groups: dict[str, list[int]] = {"contact": contacts, "gap": gaps, "counter_electrode": [bottom], "side": sides}
    rims = [[abs(draw.curve(edge, 0.0)) for edge in rim] for rim in parts.rims]
    volumes = {"electrolyte": [slab]}
    if plan.gap_height is not None:
        extruded = [_extrude_gap(surface, plan) for surface in gaps]
        geo.synchronize()
        volumes["gap_volume"] = [volume for volume, _, _ in extruded]
        _sort_gap_walls(groups, extruded, {curve for rim in rims for curve in rim})
    geo.synchronize()
    _name_groups(3, volumes, VOLUMES)
    _name_groups(2, groups, SURFACES)
    return rims


def _in_pitches(layout: Layout) -> tuple[Outline, list[Outline]]:
    def scale(outline: Outline) -> Outline:
        return Outline(tuple(_scaled(edge, layout.pitch) for edge in outline.edges))

    return scale(layout.cell), [scale(spot) for spot in layout.spots]


def _scaled(edge: Edge, unit: float) -> Edge:
    points = [p and (p[0] / unit, p[1] / unit) for p in (edge.start, edge.end, edge.centre)]
    start, end, centre = points
    assert start is not None and end is not None
    return Edge(start, end, centre)


def _draw_side(draw: _Drawing, edge: Edge, top: Sequence[Edge], depth: float) -> int:
    geo = gmsh.model.geo
    a, b = (Edge(p, p) for p in (edge.start, edge.end))
    down = [_vertical(draw, e.start, depth) for e in (a, b)]
    curves = [draw.curve(edge, -depth), down[1], *(-draw.curve(piece, 0.0) for piece in reversed(top)), -down[0]]
    loop = geo.addCurveLoop(curves)
    return int(geo.addPlaneSurface([loop]) if edge.centre is None else geo.addSurfaceFilling([loop]))


def _vertical(draw: _Drawing, at: Point, depth: float) -> int:
    name = ((key_of(at), key_of(at)), -depth)
    if name not in draw.curves:
        draw.curves[name] = gmsh.model.geo.addLine(draw.point(at, -depth), draw.point(at, 0.0))
    return draw.curves[name]


def _extrude_gap(surface: int, plan: MeshPlan) -> tuple[int, int, list[int]]:
    """The volume, lid and side walls over one gap surface."""
    out = gmsh.model.geo.extrude([(2, surface)], 0, 0, plan.gap_height, numElements=[plan.gap_layers], heights=[1.0])
    return out[1][1], out[0][1], [tag for _, tag in out[2:]]


def _sort_gap_walls(
    groups: dict[str, list[int]], extruded: Sequence[tuple[int, int, list[int]]], rims: set[int]
) -> None:
    """A wall that stands on a rim is the island's; any other is a mirror side."""
    groups["copper"] = [lid for _, lid, _ in extruded]
    groups["island_wall"] = []
    for _, _, walls in extruded:
        for wall in walls:
            curves = {abs(tag) for _, tag in gmsh.model.getBoundary([(2, wall)], oriented=False)}
            groups["island_wall" if curves & rims else "side"].append(wall)


def _name_groups(dimension: int, groups: dict[str, list[int]], tags: dict[str, int]) -> None:
    for name, entities in groups.items():
        if entities:
            gmsh.model.addPhysicalGroup(dimension, entities, tags[name], name)


def _grade(rims: Sequence[Sequence[int]], layout: Layout, plan: MeshPlan) -> None:
    """Size field: rim size at each rim, growing linearly away from it; rims of like size share a field."""
    largest = _largest_size(layout, plan)
    bins: dict[int, list[int]] = {}
    for curves, length in zip(rims, rim_lengths(layout), strict=True):
        bins.setdefault(round(4 * math.log2(length / layout.pitch)), []).extend(curves)
    field = gmsh.model.mesh.field
    thresholds = []
    for step, curves in bins.items():
        size = min(plan.rim_size * 2 ** (step / 4), largest)
        distance, threshold = field.add("Distance"), field.add("Threshold")
        longest = max(_length(c) for c in curves)
        field.setNumbers(distance, "CurvesList", curves)
        field.setNumber(distance, "Sampling", max(5, math.ceil(SAMPLES_PER_SIZE * longest / size)))
        field.setNumber(threshold, "InField", distance)
        field.setNumber(threshold, "SizeMin", size)
        field.setNumber(threshold, "SizeMax", largest)
        field.setNumber(threshold, "DistMin", 0.0)
        field.setNumber(threshold, "DistMax", max((largest - size) / plan.slope, 1e-12))
        thresholds.append(threshold)
    if not thresholds:
        thresholds = [field.add("MathEval")]
        field.setString(thresholds[0], "F", repr(largest))
    smallest = field.add("Min")
    field.setNumbers(smallest, "FieldsList", thresholds)
    field.setAsBackgroundMesh(smallest)


def _largest_size(layout: Layout, plan: MeshPlan) -> float:
    """Half the cell's largest extent; a circular side must also be followed (a P2 arc of 0.2 rad is true to 1e-6)."""
    width, depth = layout.width / layout.pitch, layout.depth / layout.pitch
    if any(edge.centre is not None for edge in layout.cell.edges):
        return 0.2 * width
    return 0.5 * max(width, depth, plan.slab_depth)


def _length(curve: int) -> float:
    (low,), (high,) = gmsh.model.getParametrizationBounds(1, curve)
    points = np.reshape(gmsh.model.getValue(1, curve, np.linspace(low, high, 9)), (-1, 3))
    return float(np.sum(np.linalg.norm(np.diff(points, axis=0), axis=1)))


# --- quarter points ------------------------------------------------------------------------------------------------


def vertices_of(mesh: Mesh, facets: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Mark the local and ghost vertices of facets, also those whose facets live on another rank; (vertices,)."""
    topology = mesh.topology
    topology.create_connectivity(2, 0)
    links = topology.connectivity(2, 0)
    marks = la.vector(topology.index_map(0))
    if len(facets):
        marks.array[np.unique(np.concatenate([links.links(facet) for facet in facets]))] = 1
    marks.scatter_reverse(la.InsertMode.add)
    marks.scatter_forward()
    return np.asarray(marks.array > 0)


def move_to_quarter_points(cell: CellMesh) -> None:
    """Move the mid-node of every edge with exactly one end on the rim to the quarter point next to the rim.

    The mapping of the second-order element then holds √r exactly, as the potential does at the rim of a contact
    (Henshell and Shaw 1975, Barsoum 1976). The rim is where contact and gap facets share vertices.
    """
    mesh, tags = cell.mesh, cell.surfaces
    on_rim = vertices_of(mesh, tags.find(SURFACES["contact"])) & vertices_of(mesh, tags.find(SURFACES["gap"]))
    rim = np.flatnonzero(on_rim).astype(np.int32)
    mesh.topology.create_connectivity(0, 3)
    nodes, cells = mesh.geometry.x, mesh.geometry.dofmaps[0]
    marked = np.zeros(len(nodes), dtype=bool)
    marked[entities_to_geometry(mesh, 0, rim, False).ravel()] = True
    for number, (i, j) in enumerate(TETRAHEDRON_EDGES):
        for near, far in ((cells[:, i], cells[:, j]), (cells[:, j], cells[:, i])):
            moved = marked[near] & ~marked[far]
            nodes[cells[moved, 4 + number]] = 0.75 * nodes[near[moved]] + 0.25 * nodes[far[moved]]
