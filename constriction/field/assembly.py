"""From a mesh to the frequency-free matrices of the impedance problem.

Lengths are in pitches and the electrolyte's conductivity is one. At a complex ratio s of gap to electrolyte the
potential makes ½ φᵀ(K + s G)φ stationary with φ = 0 on the metals and φ = 1 on the counter electrode; the admittance
is Y(s) = φᵀ(K + s G)φ and the area-specific impedance F(s) = area / Y(s), in pitches. K is the electrolyte's
stiffness; G is the mass matrix of the gap's plane for a thin gap, and h times the gap's stiffness for a gap volume of
height h (in pitches), so that in both s = κ_gap·pitch / (κ_SE·gap height) with the lengths in metres.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
import ufl
from dolfinx import fem, la
from dolfinx.la.petsc import create_vector
from numpy.typing import NDArray
from petsc4py import PETSc

from constriction.field.meshing import SURFACES, VOLUMES, CellMesh, MeshPlan

# Where the distance to a rim is mapped quadratically the Jacobian vanishes: on edges, and on the walls of islands.
# Basix's rules of degree 4, 5 and 7 have points there, that of degree 3 has negative weights; 6 is good and leaves 2
# % of the mesh's own error.
VOLUME_QUADRATURE = 6
SURFACE_QUADRATURE = 6

METALS = ("contact", "copper", "island_wall")


@dataclass(frozen=True)
class GapProblem:
    """Matrices of one cell on its free unknowns: those of the slab, and those inside a gap volume (`inner`).

    `stiffness` = K on slab × slab; `gap`, `gap_coupling`, `gap_inner` = G on slab × slab, slab × inner, inner × inner
    (the last two None for a thin gap). `drive` = −K·1 over the counter electrode's unknowns, (slab,); `drive_energy`
    = 1ᵀK1 over them. `flat` is the field of the flat interface, (slab,). `area` is the cell's in pitches², `depth`
    the slab's in pitches.
    """

    stiffness: PETSc.Mat
    gap: PETSc.Mat
    gap_coupling: PETSc.Mat | None
    gap_inner: PETSc.Mat | None
    drive: PETSc.Vec
    flat: PETSc.Vec
    drive_energy: float
    area: float
    depth: float

    @property
    def unknowns(self) -> int:
        """Number of free unknowns on all ranks."""
        inner = self.gap_inner.getSize()[0] if self.gap_inner else 0
        return int(self.stiffness.getSize()[0] + inner)

    def destroy(self) -> None:
        """Give PETSc's memory back."""
        for field in fields(self):
            thing = getattr(self, field.name)
            if isinstance(thing, PETSc.Object):
                thing.destroy()


@dataclass(frozen=True)
class _Unknowns:
    """Global numbers, (n,) each, of the unknowns this rank owns."""

    slab: NDArray[np.int32]
    inner: NDArray[np.int32]
    counter: NDArray[np.int32]


def assemble(cell: CellMesh, plan: MeshPlan) -> GapProblem:
    """Assemble second-order Lagrange elements on a cell meshed after a plan."""
    mesh = cell.mesh
    space = fem.functionspace(mesh, ("Lagrange", 2))
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    dx = ufl.Measure("dx", domain=mesh, subdomain_data=cell.volumes, metadata=_degree(VOLUME_QUADRATURE))
    ds = ufl.Measure("ds", domain=mesh, subdomain_data=cell.surfaces, metadata=_degree(SURFACE_QUADRATURE))
    conduction = ufl.inner(ufl.grad(u), ufl.grad(v))
    if plan.gap_height is None:
        gap_form = ufl.inner(u, v) * ds(SURFACES["gap"])
    else:
        height = fem.Constant(mesh, np.float64(plan.gap_height))
        gap_form = height * conduction * dx(VOLUMES["gap_volume"])
    counter_area = fem.form(fem.Constant(mesh, np.float64(1)) * ds(SURFACES["counter_electrode"]), dtype=np.float64)
    area = mesh.comm.allreduce(fem.assemble_scalar(counter_area))
    stiffness, gap = (_matrix(form) for form in (conduction * dx(VOLUMES["electrolyte"]), gap_form))
    flat = _flat_field(space, plan.slab_depth)
    problem = _restrict((stiffness, gap), _unknowns(space, cell), flat, area, plan.slab_depth)
    for thing in (stiffness, gap, flat):
        thing.destroy()
    return problem


def _degree(degree: int) -> dict[str, int]:
    return {"quadrature_degree": degree}


def _matrix(form: ufl.Form) -> PETSc.Mat:
    """Assemble in real numbers, which takes half the time, into a PETSc matrix, which is complex."""
    matrix = fem.assemble_matrix(fem.form(form, dtype=np.float64))
    matrix.scatter_reverse()
    rows, columns = matrix.index_map(0), matrix.index_map(1)
    ends = matrix.indptr[: rows.size_local + 1].astype(np.int32)
    entries = slice(0, int(ends[-1]))
    numbers = columns.local_to_global(matrix.indices[entries]).astype(np.int32)
    values = matrix.data[entries].astype(np.complex128)
    size = ((rows.size_local, rows.size_global), (columns.size_local, columns.size_global))
    return PETSc.Mat().createAIJ(size, csr=(ends, numbers, values), comm=form.ufl_domain().ufl_cargo().comm)


def _flat_field(space: fem.FunctionSpace, depth: float) -> PETSc.Vec:
    """Potential of the flat interface: −z/depth in the slab, 0 above it; (unknowns,)."""
    field = fem.Function(space)
    field.interpolate(lambda x: np.maximum(-x[2], 0.0) / depth)
    vector = create_vector([(space.dofmap.index_map, 1)])
    vector.array[:] = field.x.array[: space.dofmap.index_map.size_local]
    return vector


def _unknowns(space: fem.FunctionSpace, cell: CellMesh) -> _Unknowns:
    """Sort the owned unknowns; a facet or cell that touches one may live on another rank, hence marks over ranks."""
    index_map = space.dofmap.index_map
    marks = la.vector(index_map)

    def marked(dofs: NDArray[np.int32]) -> NDArray[np.bool_]:
        marks.array[:] = 0
        marks.array[dofs] = 1
        marks.scatter_reverse(la.InsertMode.add)
        return np.asarray(marks.array[: index_map.size_local] > 0)

    def on_surfaces(*names: str) -> NDArray[np.bool_]:
        facets = np.concatenate([cell.surfaces.find(SURFACES[name]) for name in names])
        return marked(fem.locate_dofs_topological(space, 2, facets, remote=False))

    slab = marked(np.unique(space.dofmap.list[cell.volumes.find(VOLUMES["electrolyte"])]))
    metal, counter = on_surfaces(*METALS), on_surfaces("counter_electrode")
    numbers = index_map.local_range[0] + np.arange(index_map.size_local, dtype=np.int32)
    return _Unknowns(numbers[slab & ~metal & ~counter], numbers[~slab & ~metal], numbers[counter])


def _restrict(
    matrices: tuple[PETSc.Mat, PETSc.Mat], unknowns: _Unknowns, flat: PETSc.Vec, area: float, depth: float
) -> GapProblem:
    """Cut the blocks of the free unknowns out of the matrices."""
    stiffness, gap = matrices
    slab, inner = (PETSc.IS().createGeneral(n, comm=stiffness.comm) for n in (unknowns.slab, unknowns.inner))
    driven = flat.duplicate()
    driven.set(0)
    driven.setValues(unknowns.counter, np.ones(len(unknowns.counter)))
    driven.assemble()
    current = stiffness.createVecLeft()
    stiffness.mult(driven, current)
    energy = driven.dot(current).real
    current.scale(-1)
    meshed_gap = inner.getSize() > 0
    problem = GapProblem(
        stiffness=stiffness.createSubMatrix(slab, slab),
        gap=gap.createSubMatrix(slab, slab),
        gap_coupling=gap.createSubMatrix(slab, inner) if meshed_gap else None,
        gap_inner=gap.createSubMatrix(inner, inner) if meshed_gap else None,
        drive=_part(current, slab),
        flat=_part(flat, slab),
        drive_energy=energy,
        area=area,
        depth=depth,
    )
    for thing in (slab, inner, driven, current):
        thing.destroy()
    return problem


def _part(vector: PETSc.Vec, of: PETSc.IS) -> PETSc.Vec:
    view = vector.getSubVector(of)
    part = view.copy()
    vector.restoreSubVector(of, view)
    return part
