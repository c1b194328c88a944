"""The weak form of the impedance problem, for matrices and for energies alike.

Nothing is conjugated: real, the forms make the matrices K and M of `assembly`; complex, the symmetric ones of a solve
at one θ.
"""

from __future__ import annotations

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from constriction.field.mesh.cells import CellMesh
from constriction.field.mesh.flat import MeshSizes
from constriction.field.mesh.tags import SURFACES, VOLUMES

# Where the distance to a rim is mapped quadratically the Jacobian vanishes: on edges, and on the walls of islands.
# Basix's rules of degree 4, 5 and 7 have points there, that of degree 3 has negative weights; 6 is good and leaves 2
# % of the mesh's own error.
VOLUME_QUADRATURE = 6
SURFACE_QUADRATURE = 6

type Number = type[np.float64] | type[np.complex128]


def conduction(a: Expr, b: Expr) -> Expr:
    """∇a·∇b."""
    return ufl.dot(ufl.grad(a), ufl.grad(b))


def within(cell: CellMesh, *names: str) -> ufl.Measure:
    """The measure of named volumes."""
    metadata = {"quadrature_degree": VOLUME_QUADRATURE}
    dx = ufl.Measure("dx", domain=cell.mesh, subdomain_data=cell.volumes, metadata=metadata)
    return dx(tuple(VOLUMES[name] for name in names))


def on(cell: CellMesh, name: str) -> ufl.Measure:
    """The measure of a named surface."""
    metadata = {"quadrature_degree": SURFACE_QUADRATURE}
    return ufl.Measure("ds", domain=cell.mesh, subdomain_data=cell.surfaces, metadata=metadata)(SURFACES[name])


def electrolyte_form(cell: CellMesh, a: Expr, b: Expr) -> ufl.Form:
    """∫∇a·∇b over the electrolyte: K."""
    return conduction(a, b) * within(cell, "electrolyte")


def contact_form(cell: CellMesh, a: Expr, b: Expr) -> ufl.Form:
    """∫ab over the contact: M of a film."""
    return a * b * on(cell, "contact")


def gap_form(
    cell: CellMesh, sizes: MeshSizes, a: Expr, b: Expr, kind: Number = np.float64, weight: Expr | float = 1.0
) -> ufl.Form:
    """∫ab over a thin gap, h ∫∇a·∇b over a gap volume of height h: its M; `kind` of numbers, `weight` of a thin gap."""
    if sizes.gap_height is None:
        return weight * a * b * on(cell, "gap")
    return fem.Constant(cell.mesh, kind(sizes.gap_height)) * conduction(a, b) * within(cell, "gap_volume")


def area(cell: CellMesh, name: str) -> float:
    """Area of a named surface on the second-order mesh, in pitches²; collective."""
    form = fem.form(fem.Constant(cell.mesh, np.float64(1)) * on(cell, name), dtype=np.float64)
    return float(cell.mesh.comm.allreduce(fem.assemble_scalar(form)))
