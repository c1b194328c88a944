"""Solves of slab and interface together: the independent check of the reduced model, and the limit θ_gap → ∞."""

from __future__ import annotations

from dataclasses import dataclass

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
import ufl
from dolfinx import fem
from dolfinx.fem.petsc import LinearProblem
from numpy.typing import ArrayLike, NDArray
from ufl.core.expr import Expr

from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.forms import Extents, area, body_form, contact_form, electrolyte_form, gap_form
from constriction.field.elements.operators import Operator, Vector
from constriction.field.elements.solvers import factorise
from constriction.field.elements.uneven_gaps import WeightedBy, gap_weight
from constriction.field.mesh.cells import CellMesh
from constriction.field.mesh.tags import METALS, METALS_BESIDE_FILMS


def solve_directly(problem: CellProblem, theta: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """F(θ) in pitches, each from one complex solve; θ (…, terms) → (…)."""
    distinct, places = np.unique(theta.reshape(-1, theta.shape[-1]), axis=0, return_inverse=True)
    values = np.array([_solve_at(problem, one) for one in distinct])
    return np.asarray(values[places].reshape(theta.shape[:-1]))


def _solve_at(problem: CellProblem, theta: NDArray[np.complex128]) -> complex:
    return problem.area / (problem.drive_energy - _energy(problem.matrix(theta), problem.drive))


def _energy(matrix: Operator, load: Vector) -> complex:
    """bᵀA⁻¹b, without conjugation."""
    with factorise(matrix) as factor:
        product = complex(load @ factor.apply(load))
    return complex(matrix.numbering.comm.allreduce(product))


def flat_storage(problem: CellProblem) -> float:
    """The limit of θ·(F(θ) − depth) for θ = θ_gap → ∞ of a gap volume: a uniform current density enters it.

    Returns:
        bᵀG⁻¹b / area in pitches, G on the gap's unknowns and b the unit current density through its plane. For a thin
        gap the limit is the gap's area fraction and needs no solve.
    """
    if not problem.gap_volume:
        raise ValueError(
            f"flat_storage: expected a problem with a gap volume, got gap_height = {problem.sizes.gap_height}"
        )
    touched = problem.gap.diagonal() > 0
    # of the flat field into the plane z = 0: b / depth, with its sign turned
    current = -problem.depth * (problem.stiffness @ problem.flat - problem.drive)
    return _energy(problem.gap.within(touched), np.where(touched, current, 0.0)).real / problem.area


@dataclass(frozen=True)
class Field:
    """The potential of one cell per volt on the mesh's counter electrode, at one θ.

    `potential` (N,) complex, at the mesh's nodes; `impedance` = F(θ) in pitches, infinite where no current passes.
    """

    potential: NDArray[np.complex128]
    impedance: complex

    def scaled(self, rest: float) -> NDArray[np.complex128]:
        """The potential for 1 V across the mesh and an undisturbed rest of electrolyte, `rest` pitches thick; (N,)."""
        if np.isinf(self.impedance):
            return self.potential
        return self.potential * self.impedance / (self.impedance + rest)


def solve_field(
    cell: CellMesh,
    sizes: Extents,
    theta: ArrayLike,
    weight: WeightedBy | None = None,
    laws: tuple[int, ...] = (),
) -> Field:
    """Solve slab and gap at once with a complex LU: no part of the reduced model is used.

    Args:
        cell: a mesh on one rank.
        sizes: what it was made after.
        theta: θ of the contact's film, if it has one, of solids and of the gap, (terms,); one number is the gap's.
        weight: one over the relative height of a thin gap, at x and y in pitches; None: it is even.
        laws: the numbers of those that solids have.
    """
    *others, gap = np.atleast_1d(np.asarray(theta, dtype=np.complex128))
    film, bodies = others[: len(others) - len(laws)], others[len(others) - len(laws) :]
    space = fem.functionspace(cell.mesh, ("Lagrange", 2))
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    metals = METALS_BESIDE_FILMS if film else METALS
    fixed = [_fixed(space, cell, metals, 0.0), _fixed(space, cell, ("counter_electrode",), 1.0)]
    nothing = fem.Constant(cell.mesh, np.complex128(0))
    s = fem.Constant(cell.mesh, np.complex128(gap))
    uneven = 1.0 if weight is None else gap_weight(fem.functionspace(cell.mesh, ("DG", 2)), weight)

    def admittance(a: Expr, b: Expr) -> ufl.Form:
        form = electrolyte_form(cell, a, b) + s * gap_form(cell, sizes, a, b, np.complex128, uneven)
        for law, ratio in zip(laws, bodies, strict=True):
            form = form + fem.Constant(cell.mesh, np.complex128(ratio)) * body_form(cell, law, a, b)
        return form + fem.Constant(cell.mesh, np.complex128(film[0])) * contact_form(cell, a, b) if film else form

    problem = LinearProblem(
        admittance(u, ufl.conj(v)),
        ufl.inner(nothing, v) * ufl.dx,
        bcs=fixed,
        petsc_options_prefix="constriction_export_",
        petsc_options={"ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"},
    )
    phi = problem.solve()
    energy = fem.assemble_scalar(fem.form(admittance(phi, phi)))
    potential = np.zeros(len(cell.mesh.geometry.x), dtype=np.complex128)
    potential[cell.mesh.geometry.dofmaps[0]] = phi.x.array[space.dofmap.list]
    blocked = bool(film) and not np.any(film) and gap == 0
    return Field(potential, complex(np.inf) if blocked else complex(area(cell, "counter_electrode") / energy))


def _fixed(space: fem.FunctionSpace, cell: CellMesh, names: tuple[str, ...], potential: float) -> fem.DirichletBC:
    dofs = fem.locate_dofs_topological(space, 2, cell.facets(*names))
    return fem.dirichletbc(np.complex128(potential), dofs, space)
