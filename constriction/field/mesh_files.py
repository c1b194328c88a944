"""The mesh and the field as files for other programs.

What is written is the mesh as it is solved: second-order tetrahedra whose mid-nodes next to the rim of a contact sit
at the quarter points, so that the potential's √r is held exactly. A program that checks meshes may call those
elements distorted; straightening them would lose the accuracy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import meshio
import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
from dolfinx.cpp.io import perm_vtk
from dolfinx.mesh import CellType, entities_to_geometry
from mpi4py import MPI
from numpy.typing import ArrayLike, NDArray

from constriction.base.errors import InputError
from constriction.base.files import whole_files
from constriction.field.direct import Field, solve_field
from constriction.field.elements.forms import Extents, area
from constriction.field.elements.uneven_gaps import weight_of
from constriction.field.fineness import check_mesh, memory_of, mesh_sizes
from constriction.field.grains.fields import solve_grain_fields
from constriction.field.grains.meshed import GRAINS_LAW, ORDER, GrainCell, GrainMesh, mesh_grains
from constriction.field.mesh.cells import CellMesh, mesh_cell
from constriction.field.mesh.flat import MeshSizes
from constriction.field.mesh.tags import SURFACES, VOLUMES, body_tag
from constriction.field.solids.converge import cell_of
from constriction.field.solids.meshed import mesh_solids
from constriction.geometry.cell import Layout
from constriction.geometry.grains.placed import memory_of_grains
from constriction.geometry.height_maps import Height
from constriction.geometry.solids.bodies import Solids

SUFFIXES = (".msh", ".vtu", ".xdmf")
COARSEST_ERROR = 0.5  # that a case may ask: what no mesh reaches then, none shows
ALMOST_DC = 1e-9  # ratio s at which a gap volume takes no current that a double could show, yet its field is determined


@dataclass(frozen=True)
class MeshArrays:
    """A mesh as plain arrays, nodes in the order of VTK and meshio.

    `points` (N, 3) in metres; `tetrahedra` (n, 10) and `triangles` (m, 6) second-order, the latter on the named
    surfaces; `regions` (n,) as in VOLUMES, `surfaces` (m,) as in SURFACES; `grains` as of a `CellMesh`.
    """

    points: NDArray[np.float64]
    tetrahedra: NDArray[np.int32]
    regions: NDArray[np.int32]
    triangles: NDArray[np.int32]
    surfaces: NDArray[np.int32]
    grains: NDArray[np.int32] | None = None


def check_suffix(path: Path) -> None:
    """Refuse a file that is no mesh's.

    Raises:
        InputError: names the suffixes that can be written.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: suffix {path.suffix!r}; expected one of {', '.join(SUFFIXES)}")


def mesh_arrays(cell: CellMesh, pitch: float) -> MeshArrays:
    """Take a mesh out of DOLFINx; on a communicator of one rank.

    Args:
        cell: the mesh, in pitches.
        pitch: in metres.
    """
    mesh, tags = cell.mesh, cell.surfaces
    mesh.topology.create_connectivity(2, 3)
    cells = mesh.geometry.dofmaps[0][:, np.argsort(perm_vtk(CellType.tetrahedron, 10))]
    facets = entities_to_geometry(mesh, 2, tags.indices, False)[:, np.argsort(perm_vtk(CellType.triangle, 6))]
    regions = np.zeros(len(cells), dtype=np.int32)
    regions[cell.volumes.indices] = cell.volumes.values
    return MeshArrays(mesh.geometry.x * pitch, cells, regions, facets, tags.values, cell.grains)


def write_mesh(cell: CellMesh, pitch: float, path: Path) -> tuple[Path, ...]:
    """Write a mesh with its named regions and surfaces, in metres; on a communicator of one rank.

    A .msh file (format 2.2) has them as physical groups, .vtu and .xdmf as the cell data `region` (VOLUMES,
    SURFACES). An .xdmf file holds one kind of cell, so the surfaces go into a second one beside it,
    NAME_surfaces.xdmf.

    Args:
        cell: the mesh, in pitches.
        pitch: in metres.
        path: the file; its suffix chooses the format.

    Returns:
        The files written.

    Raises:
        InputError: another suffix than .msh, .vtu, .xdmf.
    """
    check_suffix(path)
    arrays = mesh_arrays(cell, pitch)
    solid, surfaces = ("tetra10", arrays.tetrahedra), ("triangle6", arrays.triangles)
    tags = [arrays.regions, arrays.surfaces]
    if path.suffix.lower() == ".msh":
        data = {"gmsh:physical": tags, "gmsh:geometrical": tags}
        mesh = meshio.Mesh(arrays.points, [solid, surfaces], cell_data=data, field_data=_group_names(arrays))
        meshio.write(path, mesh, file_format="gmsh22")
        return (path,)
    if path.suffix.lower() == ".vtu":
        mesh = meshio.Mesh(arrays.points, [solid, surfaces], cell_data={"region": tags})
        meshio.write(path, mesh, file_format="vtu")
        return (path,)
    beside = path.with_name(f"{path.stem}_surfaces{path.suffix}")
    for file, cells, tag in ((path, solid, arrays.regions), (beside, surfaces, arrays.surfaces)):
        mesh = meshio.Mesh(arrays.points, [cells], cell_data={"region": [tag]})
        meshio.write(file, mesh, file_format="xdmf", data_format="XML", compression=None)
    return path, beside


def _group_names(arrays: MeshArrays) -> dict[str, NDArray[np.int32]]:
    """Name → (tag, dimension) of the groups that the mesh has."""
    volumes = {name: (tag, 3) for name, tag in VOLUMES.items() if np.any(arrays.regions == tag)}
    surfaces = {name: (tag, 2) for name, tag in SURFACES.items() if np.any(arrays.surfaces == tag)}
    return {name: np.array(group, dtype=np.int32) for name, group in (volumes | surfaces).items()}


def meshed_contact_fraction(cell: CellMesh) -> float:
    """Area of the contacts over that of the counter electrode, on the second-order mesh; collective.

    Where solids stand in the interface, all that is no gap.
    """
    counter = area(cell, "counter_electrode")
    return 1 - area(cell, "gap") / counter if area(cell, "solid") > 0 else area(cell, "contact") / counter


@dataclass(frozen=True)
class CellCase:
    """Which cell is meshed: `layout` at a `fineness`.

    `thickness` of the electrolyte and `gap_height` of a meshed gap (None: thin or none) in m; `height` of a gap at x
    and y in m, relative to the one that θ is made with (None: even), and the `largest` of a meshed one. `solids` lie in
    the electrolyte, or it consists of `grains`.
    """

    layout: Layout
    thickness: float
    gap_height: float | None
    fineness: float
    height: Height | None = None
    largest: float = 1.0
    solids: Solids = Solids()
    grains: GrainCell | None = None

    @property
    def sizes(self) -> MeshSizes:
        """The mesh's sizes, in pitches."""
        return mesh_sizes(self.layout, self.thickness, self.gap_height, self.fineness, self.largest)

    @property
    def rest(self) -> float:
        """Thickness of the undisturbed electrolyte below the mesh, in pitches."""
        return self.thickness / self.layout.pitch - self.extents.slab_depth

    @property
    def extents(self) -> Extents:
        """How far the mesh reaches, in pitches."""
        if self.grains is not None:
            return self.grains
        return cell_of(self.layout, self.thickness, self.solids) if self.solids.any else self.sizes

    def meshed(self) -> CellMesh:
        """The mesh, on one rank.

        Raises:
            MeshError: gmsh failed.
        """
        if self.grains is not None:
            return self.polycrystal(self.grains).cell
        if not self.solids.any:
            return mesh_cell(self.layout, self.sizes, MPI.COMM_SELF, self.height)
        cell = cell_of(self.layout, self.thickness, self.solids)
        return mesh_solids(cell, None, MPI.COMM_SELF, math.sqrt(self.fineness))

    def polycrystal(self, grains: GrainCell) -> GrainMesh:
        """The mesh of grains, on one rank; raises as `meshed`."""
        return mesh_grains(grains, self.fineness ** (1 / ORDER))

    @property
    def conducting(self) -> tuple[int, ...]:
        """The numbers of volumes whose conductivity is a θ of its own, in the order of these."""
        if self.grains is None:
            return tuple(map(body_tag, self.solids.laws))
        return (body_tag(GRAINS_LAW) if self.grains.laws else VOLUMES["electrolyte"],)


def check_cell_case(case: CellCase, memory: float) -> None:
    """Refuse a cell that no sensible mesh has, and a mesh that could not be solved, before anything is built.

    Args:
        case: what is meshed.
        memory: bytes that solving it may take.

    Raises:
        InputError: with what is too small or too near, or the memory that it would take.
    """
    if case.grains is None and not case.solids.any:
        check_mesh(case.layout, case.thickness, case.gap_height, COARSEST_ERROR, case.largest)
    grains = 0 if case.grains is None else len(case.grains.crystal.grains)
    needed = memory_of_grains(grains, case.fineness) if grains else memory_of(case.layout, case.fineness)
    if needed > memory:
        raise InputError(
            f"a mesh of level {case.fineness:g} would take about {needed / 1e9:.3g} GB to solve, "
            f"{memory / 1e9:.3g} GB may be used; expected a larger level, fewer spots, larger grains, or more memory "
            "(--memory)"
        )


def mesh_case(case: CellCase, path: Path) -> dict[str, Any]:
    """Mesh a cell and write it, on one rank.

    Args:
        case: what is meshed.
        path: the file, as in `write_mesh`; it is there as a whole or not at all.

    Returns:
        `contact_fraction` (exact) and `meshed_contact_fraction`, `cells`, `smallest_quality`, `files`.

    Raises:
        InputError: another suffix than those of meshes.
        StoreError: it cannot be written; what was there before is as it was.
    """
    cell = case.meshed()
    with whole_files(path.parent, path) as hidden:
        written = write_mesh(cell, case.layout.pitch, hidden / path.name)
    return {
        "contact_fraction": case.layout.contact_fraction,
        "meshed_contact_fraction": meshed_contact_fraction(cell),
        "cells": cell.cells,
        "smallest_quality": cell.smallest_quality,
        "files": [path.with_name(file.name) for file in written],
    }


def write_field(case: CellCase, thetas: Sequence[ArrayLike], path: Path) -> None:
    """Write the potential as .vtu with second-order cells, in metres; on one rank.

    `potential_dc_volt` and, at f_cstr, `potential_real_volt` and `potential_imag_volt` are for 1 V on the case's
    counter electrode. The mesh holds as much of the electrolyte as the contacts disturb: where that is not all, its
    lowest plane is below 1 V.

    Args:
        case: what is meshed.
        thetas: θ (terms,) at rest and, where something relaxes, at f_cstr.
        path: the file.
    """
    arrays, fields = mesh_and_fields(case, thetas)
    values = {"potential_dc_volt": fields[0].scaled(case.rest).real}
    if len(fields) > 1:
        apex = fields[1].scaled(case.rest)
        values |= {"potential_real_volt": apex.real, "potential_imag_volt": apex.imag}
    cells = [("tetra10", arrays.tetrahedra)]
    numbers = {"region": [arrays.regions]} | ({} if arrays.grains is None else {"grain": [arrays.grains]})
    mesh = meshio.Mesh(arrays.points, cells, point_data=values, cell_data=numbers)
    meshio.write(path, mesh, file_format="vtu")


def mesh_and_fields(case: CellCase, thetas: Sequence[ArrayLike]) -> tuple[MeshArrays, list[Field]]:
    """Mesh a cell and solve it at each θ; on one rank.

    Args:
        case: what is meshed.
        thetas: θ (terms,); 0 of the gap is taken as the limit θ → 0 where it is meshed.
    """
    if case.grains is not None:
        made = case.polycrystal(case.grains)
        return mesh_arrays(made.cell, case.layout.pitch), solve_grain_fields(made, case.grains, thetas)
    cell, extents = case.meshed(), case.extents
    least = 0.0 if extents.gap_height is None else ALMOST_DC
    weight = None if case.height is None or extents.gap_height else weight_of(case.height, case.layout.pitch)
    moved = [theta if np.any(theta) else least + np.asarray(theta) for theta in thetas]
    fields = [solve_field(cell, extents, theta, weight, case.solids.laws) for theta in moved]
    return mesh_arrays(cell, case.layout.pitch), fields
