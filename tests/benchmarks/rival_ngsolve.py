"""The rival (b): NGSolve, curved second-order elements, its sparse Cholesky at every frequency.

Tuned: the symmetric half is stored and factored, ordered once for all frequencies; unknowns inside elements are
condensed, before the frequencies as the gap does not touch them (second-order tetrahedra have none). Mesh: `rim`, the
size at the rim; `grading`, netgen's growth; `largest` size. For those who know more of NGSolve: `levels` of its
geometric refinement towards the rim, each by `factor`, and the `order` of elements and geometry.
"""

import math
from typing import Any

import ngsolve
import rival
from netgen.occ import Axes, Box, Glue, OCCGeometry, Pnt, TopoDS_Shape, WorkPlane, X, Z
from ngsolve import H1, BilinearForm, GridFunction, InnerProduct, ds, dx, grad


def draw(problem: rival.Problem, rim: float) -> TopoDS_Shape:
    """The quarter cell with its faces named; its rim marked and given a size."""
    a, b = problem.radius, problem.half_side
    slab = Box(Pnt(0, 0, -problem.depth), Pnt(b, b, 0))
    disc = WorkPlane(Axes((0, 0, 0), n=Z, h=X)).MoveTo(0, 0).LineTo(a, 0).Rotate(90).Arc(a, 90).LineTo(0, 0).Face()
    shape = Glue([slab, disc])
    for face in shape.faces:
        if abs(face.center.z) < 1e-9:
            face.name = "contact" if math.isclose(face.mass, math.pi * a**2 / 4, rel_tol=1e-6) else "gap"
        else:
            face.name = "counter" if abs(face.center.z + problem.depth) < 1e-9 else "side"
    for edge in shape.edges:
        if all(abs(math.hypot(end.x, end.y) - a) + abs(end.z) < 1e-9 for end in (edge.start, edge.end)):
            edge.maxh, edge.hpref = rim, 1
    return shape


def mesh_cell(problem: rival.Problem, size: dict[str, Any]) -> ngsolve.Mesh:
    geometry = OCCGeometry(draw(problem, size["rim"]))
    more = {key: size[key] for key in ("optsteps3d", "blockfill") if key in size}
    mesh = ngsolve.Mesh(geometry.GenerateMesh(maxh=size["largest"], grading=size["grading"], **more))
    if size.get("levels"):
        mesh.RefineHP(size["levels"], size.get("factor", 0.125))
    mesh.Curve(size.get("order", 2))
    return mesh


def solve(problem: rival.Problem, size: dict[str, Any]) -> rival.Answer:
    watch = rival.Stages()
    mesh = mesh_cell(problem, size)
    seconds_mesh = watch.lap()
    space = H1(mesh, order=size.get("order", 2), complex=True, dirichlet="contact|counter")
    u, v = space.TnT()
    slab, both = (BilinearForm(space, symmetric=True, condense=True) for _ in range(2))
    slab += grad(u) * grad(v) * dx
    both += grad(u) * grad(v) * dx + u * v * ds("gap")
    slab.Assemble()
    both.Assemble()
    gap = slab.mat.CreateMatrix()
    gap.AsVector().data = both.mat.AsVector() - slab.mat.AsVector()
    driven = GridFunction(space)
    driven.Set(1, definedon=mesh.Boundaries("counter"))
    current = (slab.mat * driven.vec).Evaluate()
    free, matrix, inverse = space.FreeDofs(True), slab.mat.CreateMatrix(), None
    seconds_assemble = watch.lap()
    whole = InnerProduct(driven.vec, current, conjugate=False)
    impedance = []
    for ratio in problem.ratios:
        matrix.AsVector().data = slab.mat.AsVector() + ratio * gap.AsVector()
        if inverse is None:
            inverse = matrix.Inverse(free, inverse="sparsecholesky")
        else:
            inverse.Update()
        field = (inverse * current).Evaluate()
        impedance.append(problem.area / (whole - InnerProduct(field, current, conjugate=False)))
    return rival.Answer(
        impedance=impedance,
        unknowns=sum(free),
        cells=mesh.ne,
        seconds_mesh=seconds_mesh,
        seconds_assemble=seconds_assemble,
        seconds_solve=watch.lap(),
    )


if __name__ == "__main__":
    ngsolve.SetNumThreads(1)
    ngsolve.ngsglobals.msg_level = 0
    rival.main(solve, warm_up={"rim": 0.2})
