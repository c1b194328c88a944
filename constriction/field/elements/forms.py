"""The weak form of the impedance problem, for matrices and for energies alike.

Nothing is conjugated: real, the forms make the matrices K and M of `assembly`; complex, the symmetric ones of a solve
at one θ.
"""

from __future__ import annotations

from typing import Protocol

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from constriction.field.mesh.cells import CellMesh
from constriction.field.mesh.tags import SURFACES, VOLUMES, body_tag

# Where the distance to a rim is mapped quadratically the Jacobian vanishes: on edges, and on the walls of islands.
# Basix's rules of degree 4, 5 and 7 have points there, that of degree 3 has negative weights; 6 is good and leaves 2
# % of the mesh's own error.
VOLUME_QUADRATURE = 6
SURFACE_QUADRATURE = 6

type Number = type[np.float64] | type[np.complex128]


class Extents(Protocol):
    """How far a mesh reaches, in pitches: the slab's depth, and a meshed gap's height, None where there is none."""

    @property
    def slab_depth(self) -> float:
        """Of the electrolyte."""

    @property
    def gap_height(self) -> float | None:
        """Of the gap."""


def conduction(a: Expr, b: Expr) -> Expr:
    """∇a·∇b."""
    return ufl.dot(ufl.grad(a), ufl.grad(b))


def within(cell: CellMesh, *names: str) -> ufl.Measure:
    """The measure of named volumes."""
    return _volumes(cell)(tuple(VOLUMES[name] for name in names))


def in_volume(cell: CellMesh, number: int) -> ufl.Measure:
    """The measure of the volumes of a number."""
    return _volumes(cell)(number)


def everywhere(cell: CellMesh) -> ufl.Measure:
    """The measure of all volumes."""
    return _volumes(cell)


def _volumes(cell: CellMesh) -> ufl.Measure:
    metadata = {"quadrature_degree": VOLUME_QUADRATURE}
    return ufl.Measure("dx", domain=cell.mesh, subdomain_data=cell.volumes, metadata=metadata)


def on(cell: CellMesh, *names: str) -> ufl.Measure:
    """The measure of named surfaces."""
    metadata = {"quadrature_degree": SURFACE_QUADRATURE}
    ds = ufl.Measure("ds", domain=cell.mesh, subdomain_data=cell.surfaces, metadata=metadata)
    return ds(tuple(SURFACES[name] for name in names))


def electrolyte_form(cell: CellMesh, a: Expr, b: Expr) -> ufl.Form:
    """∫∇a·∇b over the electrolyte: K."""
    return conduction(a, b) * within(cell, "electrolyte")


def body_form(cell: CellMesh, law: int, a: Expr, b: Expr) -> ufl.Form:
    """∫∇a·∇b over what in the electrolyte has a law of its own, by the law's number: its M."""
    return conduction(a, b) * in_volume(cell, body_tag(law))


def contact_form(cell: CellMesh, a: Expr, b: Expr) -> ufl.Form:
    """∫ab over the contact, solids that are part of it too: M of a film."""
    return a * b * on(cell, "contact", "solid")


def gap_form(
    cell: CellMesh, sizes: Extents, a: Expr, b: Expr, kind: Number = np.float64, weight: Expr | float = 1.0
) -> ufl.Form:
    """∫ab over a thin gap, h ∫∇a·∇b over a gap volume of height h: its M; `kind` of numbers, `weight` of a thin gap."""
    if sizes.gap_height is None:
        return weight * a * b * on(cell, "gap")
    return fem.Constant(cell.mesh, kind(sizes.gap_height)) * conduction(a, b) * within(cell, "gap_volume")


def area(cell: CellMesh, name: str) -> float:
    """Area of a named surface on the second-order mesh, in pitches²; collective."""
    form = fem.form(fem.Constant(cell.mesh, np.float64(1)) * on(cell, name), dtype=np.float64)
    return float(cell.mesh.comm.allreduce(fem.assemble_scalar(form)))


def mean_section(cell: CellMesh, depth: float) -> float:
    """Mean area of level sections of a slab on the second-order mesh, in pitches², from its sides; collective.

    Sides at x = 0 and y = 0 add nothing, and what is cut out inside does not count.
    """
    x, outward = ufl.SpatialCoordinate(cell.mesh), ufl.FacetNormal(cell.mesh)
    form = fem.form((x[0] * outward[0] + x[1] * outward[1]) / 2 * on(cell, "side"), dtype=np.float64)
    return float(cell.mesh.comm.allreduce(fem.assemble_scalar(form))) / depth


def compiled(form: ufl.Form) -> fem.Form:
    """In real numbers, whatever PETSc's are: half the time; compiled with sums in any order: a fourth less again."""
    return fem.form(form, dtype=np.float64, jit_options={"cffi_extra_compile_args": ["-O3", "-ffast-math"]})
