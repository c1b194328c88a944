"""The mesh of a cell with its metals: islands and gap stood on the interface, and the foil on both."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from mpi4py import MPI

from constriction.field.mesh.cells import CellMesh, mesh_made_by
from constriction.field.mesh.flat import MeshSizes, linear_mesh
from constriction.field.mesh.simplices import LinearMesh, Reals, lifted_curves, split_prisms
from constriction.field.mesh.tags import METAL_VOLUMES, SURFACES, VOLUMES
from constriction.geometry.cell import Layout

FEWEST = 3  # sheets of the foil, and of half of the islands


@dataclass(frozen=True)
class MetalCell:
    """A cell and its metals, which are as high as the gap over the contacts, and a foil over both.

    Attributes:
        layout: of the interface, in metres.
        thickness: of the electrolyte, m.
        height: of the islands and of the gap, m.
        foil: thickness of the foil, m; its back is an equipotential.
        foil_over_island: conductivity of the foil's metal over that of the islands'.
    """

    layout: Layout
    thickness: float
    height: float
    foil: float
    foil_over_island: float


@dataclass(frozen=True)
class Sheets:
    """How metals and gap are cut: `first` pitches thick at interface and foil, each next sheet `growth` times that."""

    first: float
    growth: float


def mesh_with_metals(cell: MetalCell, sizes: MeshSizes, sheets: Sheets) -> CellMesh:
    """Mesh a cell with its metals on the calling rank.

    Args:
        cell: what is meshed.
        sizes: of the slab below.
        sheets: of what stands on it.

    Raises:
        MeshError: gmsh failed.
    """
    height, foil = cell.height / cell.layout.pitch, cell.foil / cell.layout.pitch
    island = sheets_between(height, sheets)

    def make(nudge: float) -> tuple[LinearMesh, float]:
        slab, quality = linear_mesh(cell.layout, replace(sizes, slope=nudge * sizes.slope))
        return stacked(slab, island, height + sheets_over(foil, sheets)), quality

    return mesh_made_by(make, MPI.COMM_SELF)


def sheets_over(height: float, sheets: Sheets) -> Reals:
    """Heights of the tops of sheets that grow from below, rising to `height`, in pitches; (sheets,)."""
    count = math.log(1 + max(height / sheets.first, 1.0) * (sheets.growth - 1)) / math.log(sheets.growth)
    thickness = sheets.growth ** np.arange(max(math.ceil(count), FEWEST))
    return np.asarray(height * np.cumsum(thickness) / thickness.sum())


def sheets_between(height: float, sheets: Sheets) -> Reals:
    """The same of sheets that grow from below and from above to the middle of `height`, in pitches."""
    below = sheets_over(height / 2, sheets)
    return np.concatenate([below, height - below[-2::-1], [height]])


def stacked(mesh: LinearMesh, island: Reals, foil: Reals) -> LinearMesh:
    """Stand sheets of tetrahedra on the interface of a slab.

    Args:
        mesh: of the slab, its interface at z = 0.
        island: heights of the tops of the sheets of islands and gap, rising, (n,).
        foil: those of the foil above them, (m,).

    Returns:
        The mesh with islands, gap and foil, regions as in VOLUMES and METAL_VOLUMES.
    """
    on_contact = mesh.tags == SURFACES["contact"]
    base = mesh.facets[on_contact | (mesh.tags == SURFACES["gap"])]
    contact = on_contact[on_contact | (mesh.tags == SURFACES["gap"])]
    heights = np.concatenate([island, foil])
    nodes, local = np.unique(base, return_inverse=True)
    local = local.reshape(base.shape)
    count, start = len(nodes), len(mesh.points)
    sheets = np.concatenate([nodes[None], start + np.arange(len(heights) * count).reshape(len(heights), count)])
    lifted = np.tile(mesh.points[nodes], (len(heights), 1))
    lifted[:, 2] = np.repeat(heights, count)
    cells = [split_prisms(np.hstack([low[local], high[local]])) for low, high in zip(sheets, sheets[1:], strict=False)]
    below = np.where(contact, METAL_VOLUMES["island"], VOLUMES["gap_volume"])
    above = np.full(len(base), METAL_VOLUMES["foil"])
    regions = [*[np.repeat(below, 3)] * len(island), *[np.repeat(above, 3)] * len(foil)]
    curved, axes = lifted_curves(mesh, nodes, sheets)
    return replace(
        mesh,
        points=np.concatenate([mesh.points, lifted]),
        cells=np.concatenate([mesh.cells, *cells]),
        regions=np.concatenate([mesh.regions, *regions]),
        to_rim=np.concatenate([mesh.to_rim, np.tile(mesh.to_rim[nodes], len(heights))]),
        curved=curved,
        axes=axes,
    )
