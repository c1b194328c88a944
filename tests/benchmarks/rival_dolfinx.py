"""The rival (a): DOLFINx, plain second-order elements on a graded mesh, MUMPS at every frequency.

Tuned: the symmetric half is factored (LDLᵀ), analysed once for all frequencies; unknowns of the electrodes are cut out.
Mesh: `rim`, the size at the rim; `growth` per distance from it; `largest` size; `order` of the geometry.
"""

import math
from typing import Any

import gmsh
import mpi4py.MPI  # before DOLFINx, whose wheel finds its MPI through it
import numpy as np
import rival
import ufl
from dolfinx import default_scalar_type, fem
from dolfinx.fem.petsc import assemble_matrix
from dolfinx.io.gmsh import MeshData, model_to_mesh
from petsc4py import PETSc

SLAB, CONTACT, GAP, COUNTER = 1, 2, 3, 4
ORDERING = 5  # MUMPS's ICNTL 7


def mesh_cell(problem: rival.Problem, size: dict[str, Any]) -> MeshData:
    gmsh.initialize(interruptible=False)
    options = {"General.Terminal": 0, "General.NumThreads": 1, "Mesh.Algorithm3D": size.get("algorithm", 10)}
    off = ("MeshSizeExtendFromBoundary", "MeshSizeFromPoints", "MeshSizeFromCurvature")
    for option, value in {**options, **{f"Mesh.{name}": 0 for name in off}}.items():
        gmsh.option.setNumber(option, value)
    arc = draw(problem)
    grade(arc, size)
    gmsh.model.mesh.generate(3)
    gmsh.model.mesh.setOrder(size.get("order", 1))
    data = model_to_mesh(gmsh.model, mpi4py.MPI.COMM_SELF, 0)
    gmsh.finalize()
    return data


def draw(problem: rival.Problem) -> int:
    """The quarter cell with its physical groups; returns the rim."""
    geo, a, b, d = gmsh.model.geo, problem.radius, problem.half_side, problem.depth
    top = [geo.addPoint(x, y, 0) for x, y in ((0, 0), (a, 0), (b, 0), (b, b), (0, b), (0, a))]
    low = [geo.addPoint(x, y, -d) for x, y in ((0, 0), (b, 0), (b, b), (0, b))]
    upper = [geo.addLine(top[i], top[(i + 1) % 6]) for i in range(6)]
    lower = [geo.addLine(low[i], low[(i + 1) % 4]) for i in range(4)]
    posts = [geo.addLine(low[i], top[j]) for i, j in enumerate((0, 2, 3, 4))]
    arc = geo.addCircleArc(top[1], top[0], top[5])
    contact, gap, counter = (
        geo.addPlaneSurface([geo.addCurveLoop(loop)])
        for loop in ([upper[0], arc, upper[5]], [*upper[1:5], -arc], lower)
    )
    walls = [
        geo.addPlaneSurface([geo.addCurveLoop([lower[i], posts[(i + 1) % 4], *back, -posts[i]])])
        for i, back in enumerate(([-upper[1], -upper[0]], [-upper[2]], [-upper[3]], [-upper[5], -upper[4]]))
    ]
    slab = geo.addVolume([geo.addSurfaceLoop([contact, gap, counter, *walls])])
    geo.synchronize()
    gmsh.model.addPhysicalGroup(3, [slab], SLAB)
    for surface, tag in ((contact, CONTACT), (gap, GAP), (counter, COUNTER)):
        gmsh.model.addPhysicalGroup(2, [surface], tag)
    return arc


def grade(arc: int, size: dict[str, Any]) -> None:
    field = gmsh.model.mesh.field
    distance, threshold = field.add("Distance"), field.add("Threshold")
    field.setNumbers(distance, "CurvesList", [arc])
    field.setNumber(distance, "Sampling", min(1000, math.ceil(0.5 / size["rim"])))
    reach = (size["largest"] - size["rim"]) / size["growth"]
    values = {"InField": distance, "SizeMin": size["rim"], "SizeMax": size["largest"], "DistMin": 0, "DistMax": reach}
    for name, value in values.items():
        field.setNumber(threshold, name, value)
    field.setAsBackgroundMesh(threshold)
    gmsh.option.setNumber("Mesh.LcIntegrationPrecision", 1e-3)  # its default takes as long as the volume


def solve(problem: rival.Problem, size: dict[str, Any]) -> rival.Answer:
    watch = rival.Stages()
    data = mesh_cell(problem, size)
    seconds_mesh = watch.lap()
    space = fem.functionspace(data.mesh, ("Lagrange", 2))
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    ds = ufl.Measure("ds", domain=data.mesh, subdomain_data=data.facet_tags)
    stiffness, gap = (
        assembled(form) for form in (ufl.inner(ufl.grad(u), ufl.grad(v)) * ufl.dx, ufl.inner(u, v) * ds(GAP))
    )
    contact, counter = (fem.locate_dofs_topological(space, 2, data.facet_tags.find(tag)) for tag in (CONTACT, COUNTER))
    driven = stiffness.createVecRight()
    driven.array[counter] = 1
    current = stiffness * driven
    kept = np.setdiff1d(np.arange(stiffness.getSize()[0], dtype=np.int32), np.concatenate([contact, counter]))
    free = PETSc.IS().createGeneral(kept, comm=mpi4py.MPI.COMM_SELF)
    k, g, load = stiffness.createSubMatrix(free, free), gap.createSubMatrix(free, free), current.getSubVector(free)
    seconds_assemble = watch.lap()
    admittances = driven.tDot(current) - energies(k, g, load, problem.ratios)
    return rival.Answer(
        impedance=list(problem.area / admittances),
        unknowns=len(kept),
        cells=data.mesh.topology.index_map(3).size_global,
        seconds_mesh=seconds_mesh,
        seconds_assemble=seconds_assemble,
        seconds_solve=watch.lap(),
    )


def assembled(form: ufl.Form) -> PETSc.Mat:
    matrix = assemble_matrix(fem.form(form, dtype=default_scalar_type))
    matrix.assemble()
    return matrix


def energies(k: PETSc.Mat, g: PETSc.Mat, load: PETSc.Vec, ratios: tuple[complex, ...]) -> np.ndarray:
    """bᵀ(K + s G)⁻¹b for each s, without conjugation."""
    matrix, field, found = k.duplicate(copy=True), load.duplicate(), []
    matrix.setOption(PETSc.Mat.Option.SYMMETRIC, True)
    matrix.setOption(PETSc.Mat.Option.SYMMETRY_ETERNAL, True)
    ksp = PETSc.KSP().create(mpi4py.MPI.COMM_SELF)
    ksp.setOperators(matrix)
    ksp.setType("preonly")
    ksp.getPC().setType("cholesky")
    ksp.getPC().setFactorSolverType("mumps")
    ksp.getPC().setFactorSetUpSolverType()
    ksp.getPC().getFactorMatrix().setMumpsIcntl(7, ORDERING)
    for ratio in ratios:
        k.copy(matrix, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        matrix.axpy(ratio, g, PETSc.Mat.Structure.SUBSET_NONZERO_PATTERN)
        ksp.setOperators(matrix)
        ksp.solve(load, field)
        if ksp.getConvergedReason() < 0:
            raise RuntimeError(f"MUMPS failed (PETSc reason {ksp.getConvergedReason()})")
        found.append(field.tDot(load))
    for thing in (matrix, field, ksp):
        thing.destroy()
    return np.array(found)


if __name__ == "__main__":
    rival.main(solve, warm_up={"rim": 0.1})
