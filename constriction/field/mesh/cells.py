"""The mesh of a mirror cell on all ranks: made by rank 0, distributed, its volumes and surfaces tagged."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import basix.ufl
import gmsh
import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
from dolfinx.graph import adjacencylist
from dolfinx.io.utils import distribute_entity_data
from dolfinx.mesh import Mesh, MeshTags, create_mesh, meshtags, meshtags_from_entities
from mpi4py import MPI
from numpy.typing import NDArray

from constriction.base.errors import MeshError
from constriction.field.mesh.flat import MeshSizes, linear_mesh
from constriction.field.mesh.simplices import Ints, LinearMesh, QuadraticMesh, elevate, raised
from constriction.field.mesh.tags import SURFACES, VOLUMES
from constriction.geometry.cell import Layout
from constriction.geometry.height_maps import Height

FLAT = 1e-4  # quality of a tetrahedron that ruins solvers
NUDGES = 1.0, 0.97, 1.04, 0.93  # of the growth of the size, tried in this order


@dataclass(frozen=True)
class CellMesh:
    """A mesh of one mirror cell, cells tagged by VOLUMES and facets by SURFACES.

    `smallest_quality` is the mean-ratio quality (1 = regular) of the worst tetrahedron that gmsh made; collars are
    stretched along the rim on purpose. `seconds_alone` passed while rank 0 drew and meshed and the others waited.
    `tops` is the relative height of an uneven gap's volume over this rank's nodes, (nodes,); None: even or thin.
    `grains`: which grain each cell is of, from 1, and 0 of electrolyte below them, (cells,); None: there are none.
    """

    mesh: Mesh
    volumes: MeshTags
    surfaces: MeshTags
    smallest_quality: float
    seconds_alone: float
    tops: NDArray[np.float64] | None = None
    grains: NDArray[np.int32] | None = None

    @property
    def cells(self) -> int:
        """Number of tetrahedra on all ranks."""
        return int(self.mesh.topology.index_map(3).size_global)

    def facets(self, *names: str) -> NDArray[np.int32]:
        """Numbers of this rank's facets on named surfaces."""
        return np.concatenate([self.surfaces.find(SURFACES[name]) for name in names])


def mesh_cell(layout: Layout, sizes: MeshSizes, comm: MPI.Comm, height: Height | None = None) -> CellMesh:
    """Mesh a mirror cell on rank 0 and distribute it over `comm`.

    Args:
        layout: the cell, in metres.
        sizes: how fine.
        comm: communicator of the mesh.
        height: of a gap volume at x and y in m, relative to the one of the sizes; None: it is even.

    Raises:
        MeshError: gmsh failed; on every rank.
    """

    def make(nudge: float) -> tuple[LinearMesh, float]:
        return linear_mesh(layout, replace(sizes, slope=nudge * sizes.slope))

    return mesh_made_by(make, comm, _profile(layout, sizes, height))


def mesh_made_by(
    make: Callable[[float], tuple[LinearMesh, float]], comm: MPI.Comm, height: Height | None = None
) -> CellMesh:
    """A mesh that rank 0 makes, straight-sided and with its smallest quality, curved and distributed over `comm`.

    Args:
        make: makes it in gmsh, which is initialised, from how many times the growth of sizes is what it should be.
        comm: communicator of the mesh.
        height: of a gap volume at x and y in pitches, relative to its own; None: it is even.

    Raises:
        MeshError: it could not be made; on every rank.
    """
    start = time.perf_counter()
    made = _generate_or_fail(make) if comm.rank == 0 else None
    failure = comm.bcast(str(made) if isinstance(made, MeshError) else None)
    seconds = comm.bcast(time.perf_counter() - start)
    if failure is not None:
        raise MeshError(failure)
    assert made is None or not isinstance(made, MeshError)
    return _distribute(made, seconds, comm, height)


def _profile(layout: Layout, sizes: MeshSizes, height: Height | None) -> Height | None:
    """The relative height of a gap volume at places in pitches; None: it is even, or there is no volume."""
    if height is None or sizes.gap_height is None:
        return None
    return lambda x, y: height(x * layout.pitch, y * layout.pitch)


def _generate_or_fail(make: Callable[[float], tuple[LinearMesh, float]]) -> tuple[LinearMesh, float] | MeshError:
    """An exception of rank 0 alone would leave the others waiting: it is handed over instead.

    Between two sides that are meshed alike a tetrahedron may be left flat, its corners in one plane, which gmsh cannot
    mend: with sizes that differ a little it is not there.
    """
    best: tuple[LinearMesh, float] | None = None
    failure = "no mesh is found between its rims"
    for nudge in NUDGES:
        gmsh.initialize(interruptible=False)
        try:
            made = make(nudge)
            best = made if best is None or made[1] > best[1] else best
        except ValueError as error:  # rims too near to each other
            failure = str(error)
        except Exception:  # gmsh raises bare Exceptions, which tell of numbers that only it knows
            pass
        finally:
            gmsh.finalize()
        if best is not None and best[1] >= FLAT:
            return best
    return best or MeshError(
        f"the cell cannot be meshed: {failure}; expected larger spots, or farther from each other and the sides"
    )


def _distribute(
    made: tuple[LinearMesh, float] | None, seconds: float, comm: MPI.Comm, height: Height | None
) -> CellMesh:
    """Curve the mesh of rank 0 and share it out."""
    nothing = np.zeros(0, dtype=np.int64)
    curved = QuadraticMesh(np.zeros((0, 3)), nothing.reshape(0, 10), nothing.reshape(0, 6))
    regions, tags, quality, tops = nothing, nothing, 0.0, None
    if made is not None:
        linear, quality = made
        curved, regions, tags = elevate(linear), linear.regions, linear.tags
        if height is not None:
            curved, tops = raised(curved, regions == VOLUMES["gap_volume"], height)
    element = basix.ufl.element("Lagrange", "tetrahedron", 2, shape=(3,))
    mesh = create_mesh(comm, curved.cells, element, curved.points)
    several = comm.bcast(len(np.unique(regions)) > 1)
    volumes = _tags(mesh, 3, curved.cells, regions) if several else _one_region(mesh)
    tops = comm.bcast(tops)
    here = None if tops is None else tops[mesh.geometry.input_global_indices]
    return CellMesh(mesh, volumes, _tags(mesh, 2, curved.facets, tags), comm.bcast(quality), seconds, here)


def _one_region(mesh: Mesh) -> MeshTags:
    """All cells are electrolyte: no need to send tags round."""
    cells = mesh.topology.index_map(3)
    count = cells.size_local + cells.num_ghosts
    return meshtags(mesh, 3, np.arange(count, dtype=np.int32), np.full(count, VOLUMES["electrolyte"], dtype=np.int32))


def _tags(mesh: Mesh, dimension: int, nodes: Ints, values: Ints) -> MeshTags:
    entities, local = distribute_entity_data(mesh, dimension, nodes, values.astype(np.int32))
    mesh.topology.create_connectivity(dimension, 3)
    return meshtags_from_entities(mesh, dimension, adjacencylist(entities), local.astype(np.int32))
