"""From the layout of a mirror cell to a mesh of straight-sided tetrahedra.

gmsh fills the slab between the collars of the rims (see `collars`) with a graded mesh; the collars, gap volumes and
mid-nodes are made here as arrays. All lengths are in units of the pitch (gmsh's tolerances are absolute). All of it
happens on rank 0, then the mesh is distributed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

import gmsh
import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np

from constriction.field.mesh.collars import Collar, CollarSizes, build_collar
from constriction.field.mesh.drawing import Drawn, draw
from constriction.field.mesh.layouts.scaled import in_pitches
from constriction.field.mesh.rims import Rim, Surroundings, rims_in
from constriction.field.mesh.simplices import Ints, LinearMesh, Reals, edges_of, extrude
from constriction.field.mesh.surroundings import check_apart, survey
from constriction.field.mesh.tags import SURFACES, VOLUMES
from constriction.geometry.cell import Layout
from constriction.geometry.distances import nearest_of
from constriction.geometry.outlines import Outline

GMSH_OPTIONS = {
    "General.Terminal": 0,
    "General.NumThreads": 1,
    "Mesh.Algorithm3D": 10,  # HXT
    # mend what is worse than this; at the default, 0.3, mending beside stretched collars takes ten times as long
    "Mesh.OptimizeThreshold": 0.05,
    "Mesh.MeshSizeExtendFromBoundary": 0,
    "Mesh.MeshSizeFromPoints": 0,
    "Mesh.MeshSizeFromCurvature": 0,
    "Mesh.Renumber": 0,  # the collars know their nodes by number
    "Mesh.LcIntegrationPrecision": 1e-3,  # the default, 1e-9, takes as long as meshing the volume
}

SMALLEST = 0.3  # size that grows from a rim / spacing of its stations, where collars are wide and the growth is fast


@dataclass(frozen=True)
class MeshSizes:
    """What a mesh of a cell shall be like; lengths in units of the pitch.

    `collar` tells how the surroundings of a rim are cut. Away from a rim the size grows by `slope` per length.
    `slab_depth` is how much of the electrolyte is meshed, `gap_height` the height of a meshed gap (None: no gap
    volume), cut into `gap_layers`. `weights`, if any, are per rim its fineness / that of the mesh, at equally spaced
    places along it.
    """

    collar: CollarSizes
    slope: float
    slab_depth: float
    gap_height: float | None = None
    gap_layers: int = 2
    weights: tuple[tuple[float, ...], ...] = ()


def linear_mesh(layout: Layout, sizes: MeshSizes) -> tuple[LinearMesh, float]:
    """The straight-sided mesh of a cell, and the smallest quality; gmsh must be initialised."""
    cell, spots = in_pitches(layout)
    own = [rims_in(cell, spot) for spot in spots]
    rims, surroundings = _surveyed(layout, cell, own, sizes)
    collars = [build_collar(rim, near, sizes.collar) for rim, near in zip(rims, surroundings, strict=True)]
    check_apart(collars, cell)
    for option, value in GMSH_OPTIONS.items():
        gmsh.option.setNumber(option, value)
    in_turn = iter(collars)
    drawn = draw(cell, spots, [list(islice(in_turn, len(rims))) for rims in own], sizes.slab_depth)
    _grade(_sources(collars, sizes.slope), _largest_size(cell, sizes))
    gmsh.model.mesh.generate(3)
    tetrahedra, _ = gmsh.model.mesh.getElementsByType(4)
    quality = float(np.min(gmsh.model.mesh.getElementQualities(tetrahedra, "gamma")))
    mesh = _collect(drawn, collars, _regions(layout, own), layout)
    if sizes.gap_height is not None:
        heights = sizes.gap_height * (np.arange(1, sizes.gap_layers + 1) / sizes.gap_layers) ** 2  # finer at the rim
        mesh = extrude(mesh, mesh.facets[mesh.tags == SURFACES["gap"]], heights, {**VOLUMES, **SURFACES})
    return mesh, quality


def rims_of(layout: Layout, sizes: MeshSizes) -> tuple[list[Rim], list[Surroundings]]:
    """The rims of all spots, and what is near them."""
    cell, spots = in_pitches(layout)
    return _surveyed(layout, cell, [rims_in(cell, spot) for spot in spots], sizes)


def _surveyed(
    layout: Layout, cell: Outline, own: Sequence[Sequence[Rim]], sizes: MeshSizes
) -> tuple[list[Rim], list[Surroundings]]:
    """The rims of all spots, one spot after another, and what is near them."""
    rims = list(chain.from_iterable(own))
    return rims, survey(rims, _regions(layout, own), cell, sizes.slab_depth, sizes.weights)


def _regions(layout: Layout, own: Sequence[Sequence[Rim]]) -> list[str]:
    """The region inside of each rim."""
    return [region for region, rims in zip(layout.regions, own, strict=True) for _ in rims]


# --- sizes ----------------------------------------------------------------------------------------------------------


def _sources(collars: Sequence[Collar], slope: float) -> dict[tuple[float, float], list[int]]:
    """What the mesh size grows from: size at no distance and growth per length → gmsh points at the stations.

    On a collar's outside the size is the spacing of its stations. Every field costs time at each evaluation of the
    size: like ones are put together, in steps of a fourth of an octave.
    """
    sources: dict[tuple[float, float], list[int]] = {}
    for collar in collars:
        for number, radius, spacing, scale in zip(collar.rim, collar.radii, collar.spacings, collar.scale, strict=True):
            growth = slope * 2 ** round(math.log2(scale))
            size = max(spacing - growth * radius, SMALLEST * spacing)
            like = 2 ** (round(4 * math.log2(size)) / 4)
            sources.setdefault((like, growth), []).append(gmsh.model.geo.addPoint(*collar.points[number]))
    gmsh.model.geo.synchronize()
    return sources


def _grade(sources: dict[tuple[float, float], list[int]], largest: float) -> None:
    """The mesh size at a place is the smallest that any source gives: its own size, growing with the distance."""
    field = gmsh.model.mesh.field
    thresholds = []
    for (size, growth), points in sources.items():
        distance, threshold = field.add("Distance"), field.add("Threshold")
        field.setNumbers(distance, "PointsList", points)
        field.setNumber(threshold, "InField", distance)
        field.setNumber(threshold, "SizeMin", min(size, largest))
        field.setNumber(threshold, "SizeMax", largest)
        field.setNumber(threshold, "DistMin", 0.0)
        field.setNumber(threshold, "DistMax", max((largest - size) / growth, 1e-9))
        thresholds.append(threshold)
    if not thresholds:
        thresholds = [field.add("MathEval")]
        field.setString(thresholds[0], "F", repr(largest))
    smallest = field.add("Min")
    field.setNumbers(smallest, "FieldsList", thresholds)
    field.setAsBackgroundMesh(smallest)


def _largest_size(cell: Outline, sizes: MeshSizes) -> float:
    """Half the cell's largest extent; a circular side must also be followed (a P2 arc of 0.2 rad is true to 1e-6)."""
    extent = max(abs(x) for edge in cell.edges for x in edge.start)
    if any(edge.centre is not None for edge in cell.edges):
        return 0.2 * extent
    return 0.5 * max(extent, sizes.slab_depth)


# --- from gmsh and the collars to one mesh --------------------------------------------------------------------------


def _collect(drawn: Drawn, collars: Sequence[Collar], regions: Sequence[str], layout: Layout) -> LinearMesh:
    """Join gmsh's mesh and the collars, each with the region inside its rim; facets there have its name."""
    tags, coordinates, _ = gmsh.model.mesh.getNodes()
    place = np.zeros(int(tags.max()) + 1, dtype=np.int64)
    place[tags] = np.arange(len(tags))
    points = [coordinates.reshape(-1, 3)]
    cells = [place[gmsh.model.mesh.getElementsByType(4)[1].astype(np.int64)].reshape(-1, 4)]
    facets = [
        (name, _triangles(surfaces, place))
        for name, surfaces in (
            *((region, [surface]) for region, surface in zip(layout.regions, drawn.spots, strict=True)),
            (layout.background, drawn.rest),
            ("counter_electrode", [drawn.bottom]),
            ("side", drawn.sides),
        )
    ]
    rim, inner, bent, bends = [], [], [np.zeros((0, 2), dtype=np.int64)], [np.zeros((0, 3))]
    curved = edges_of(_triangles(drawn.round_sides, place))
    count = len(tags)
    for collar, nodes, region in zip(collars, drawn.nodes, regions, strict=True):
        number = np.full(len(collar.points), -1)
        number[collar.outer] = place[nodes]
        own = number < 0
        number[own] = count + np.arange(np.count_nonzero(own))
        count += int(np.count_nonzero(own))
        points.append(collar.points[own])
        cells.append(number[collar.cells])
        beside = number[collar.rest]
        facets += [(region, number[collar.spot]), (layout.background, beside), ("side", number[collar.ends])]
        rim.append(number[collar.rim])
        inner.append((number[collar.inner], collar.distances))
        bent.append(number[collar.edges])
        bends.append(collar.middles)
    every, corners = np.concatenate(cells), np.concatenate(points)
    to_rim = _distances(corners, collars, np.concatenate([np.zeros(0, dtype=np.int64), *rim]))
    for numbers, distances in inner:  # a straight edge of the rim is farther off its arc than they may be
        to_rim[numbers] = distances
    return _without_loose_points(
        LinearMesh(
            points=corners,
            cells=every,
            regions=np.full(len(every), VOLUMES["electrolyte"]),
            facets=np.concatenate([triangles for _, triangles in facets]),
            tags=np.concatenate([np.full(len(triangles), SURFACES[name]) for name, triangles in facets]),
            to_rim=to_rim,
            curved=curved,
            axes=np.zeros((len(curved), 2)),  # of a circular cell: the origin
            bent=np.concatenate(bent),
            bends=np.concatenate(bends),
        )
    )


def _distances(points: Reals, collars: Sequence[Collar], rim: Ints) -> Reals:
    """Distance of each point to the nearest rim, exactly 0 on it, inf if there is none."""
    distances = np.full(len(points), np.inf)
    if collars:
        stations = np.concatenate([collar.points[collar.rim] for collar in collars])
        owner = np.repeat(np.arange(len(collars)), [len(collar.rim) for collar in collars])
        nearest = owner[nearest_of(points, stations)]
        for number, collar in enumerate(collars):
            mine = nearest == number
            distances[mine] = collar.of.distance(points[mine])
    distances[rim] = 0.0
    return distances


def _triangles(surfaces: Sequence[int], place: Ints) -> Ints:
    found = [gmsh.model.mesh.getElementsByType(2, surface)[1].astype(np.int64) for surface in surfaces]
    return np.asarray(place[np.concatenate([np.zeros(0, dtype=np.int64), *found])].reshape(-1, 3))


def _without_loose_points(mesh: LinearMesh) -> LinearMesh:
    """Drop points that no cell uses: those that only told gmsh a size."""
    used = np.zeros(len(mesh.points), dtype=bool)
    used[mesh.cells] = True
    number = np.cumsum(used) - 1
    return LinearMesh(
        points=mesh.points[used],
        cells=number[mesh.cells],
        regions=mesh.regions,
        facets=number[mesh.facets],
        tags=mesh.tags,
        to_rim=mesh.to_rim[used],
        curved=number[mesh.curved],
        axes=mesh.axes,
        bent=number[mesh.bent],
        bends=mesh.bends,
    )
