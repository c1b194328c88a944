"""From a mesh to the frequency-free matrices of the impedance problem.

Lengths are in pitches and the electrolyte's conductivity is one. The operator is A(θ) = K + Σ θ_k M_k, a term for each
region of the interface that has a law: θ_k is the region's admittance per area × pitch / the electrolyte's
conductivity. The potential makes ½ φᵀAφ stationary with φ = 0 on the metals and φ = 1 on the counter electrode; the
admittance is Y(θ) = φᵀAφ and the area-specific impedance F(θ) = area / Y, in pitches. K is the electrolyte's stiffness;
M is the mass matrix of the region's plane, and of a gap volume of height h (in pitches) h times the gap's stiffness. An
ideal contact is a metal and no term; with a law on it, a film, the contact's potential is free.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
import ufl
from dolfinx import cpp, fem, la
from dolfinx.common import IndexMap
from numpy.typing import NDArray
from scipy import sparse
from ufl.core.expr import Expr

from constriction.field.elements.forms import (
    Extents,
    area,
    body_form,
    compiled,
    conduction,
    contact_form,
    electrolyte_form,
    everywhere,
    gap_form,
)
from constriction.field.elements.operators import (
    Numbering,
    Operator,
    Vector,
    neighbours_together,
    on_facets,
    restricted,
    spread,
    touched,
)
from constriction.field.elements.uneven_gaps import WeightedBy, add_gap
from constriction.field.mesh.cells import CellMesh
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES
from constriction.field.mesh.tags import METALS, METALS_BESIDE_FILMS, VOLUMES, body_tag

type Theta = Sequence[complex] | NDArray[Any]


@dataclass(frozen=True)
class ContactRows:
    """Rows of K and all M_k of the owned unknowns on contacts, `numbers` in the space, × owned and ghost `columns`."""

    numbers: NDArray[np.int32]
    columns: IndexMap
    matrices: tuple[sparse.csr_array, ...]

    def currents(self, potential: Vector, problem: CellProblem, theta: Theta) -> NDArray[np.float64]:
        """What flows into the contact, tested with each of its functions, at a potential of θ real; (rows,)."""
        values = la.vector(self.columns)
        values.array[:] = 0
        values.array[problem.numbers] = potential
        values.array[problem.counter] = 1
        values.scatter_forward()
        stiffness, *terms = self.matrices
        if problem.film:
            return np.asarray(theta[0] * (terms[0] @ values.array))
        return np.asarray(-(stiffness @ values.array) - theta[-1] * (terms[-1] @ values.array))


@dataclass(frozen=True, kw_only=True)
class Level:
    """The problem in elements of one order, on its free unknowns.

    `stiffness` = K, `terms` = M_k, the gap's last, on all unknowns; `inner` marks those inside a gap volume, which K
    does not know. `drive` = −K·1 over the counter electrode's unknowns; `drive_energy` = 1ᵀK1 over them. Vectors are
    (owned,); `numbers` are the owned unknowns' local numbers in the space, `counter` those of the counter electrode,
    `contact` the rows of the contacts.
    """

    stiffness: Operator
    terms: tuple[Operator, ...]
    inner: NDArray[np.bool_]
    numbers: NDArray[np.int32]
    counter: NDArray[np.int32]
    contact: ContactRows
    drive: NDArray[np.float64]
    drive_energy: float

    @property
    def numbering(self) -> Numbering:
        """Of the free unknowns."""
        return self.stiffness.numbering

    @property
    def gap(self) -> Operator:
        """The gap's M."""
        return self.terms[-1]

    def matrix(self, theta: Theta) -> Operator:
        """K + Σ θ_k M_k; with θ_gap = 0 the unit matrix inside a gap volume, which K does not know."""
        start = self.stiffness if theta[-1] != 0 else self.stiffness.within(~self.inner)
        return start.plus(theta, self.terms)


@dataclass(frozen=True, kw_only=True)
class CoarseLevel(Level):
    """The same problem in first-order elements.

    `prolongation` takes a vector with ghosts to the second-order unknowns, (fine owned, coarse owned + ghosts).
    """

    prolongation: sparse.csr_array


@dataclass(frozen=True, kw_only=True)
class CellProblem(Level):
    """The problem of one cell in second-order elements.

    `film`: the contact has a law. `weight` of the gap and `laws` of solids, as in `assemble`. `flat` is the field of
    the flat interface, (owned,). `area` is the cell's in pitches², `depth` the slab's in pitches.
    """

    cell: CellMesh
    sizes: Extents
    film: bool
    weight: WeightedBy | None
    laws: tuple[int, ...]
    space: fem.FunctionSpace
    flat: NDArray[np.float64]
    area: float
    depth: float

    @property
    def unknowns(self) -> int:
        """Number of free unknowns on all ranks."""
        return self.numbering.size

    @property
    def gap_volume(self) -> bool:
        """Whether the gap is meshed."""
        return self.sizes.gap_height is not None

    def energy(self, field: Vector) -> float:
        """φᵀKφ of a field that is one on the counter electrode, given on the free unknowns."""
        free = self.stiffness.energy(field) - 2 * self.numbering.dot(field, self.drive)
        return float(free + self.drive_energy)

    @property
    def flat_energy(self) -> float:
        """The same of the flat interface's field: area / depth, but for a round cell's side, 1e-6 off the cylinder."""
        return self.energy(self.flat)

    def on_cells(self, field: Vector) -> NDArray[np.float64]:
        """A field on the free unknowns, with its values on electrodes, at the ten nodes of cells; (cells, 10)."""
        values = la.vector(self.space.dofmap.index_map)
        values.array[:] = 0
        values.array[self.numbers] = field
        values.array[self.counter] = 1
        values.scatter_forward()
        return np.asarray(values.array[self.space.dofmap.list])


def assemble(
    cell: CellMesh,
    sizes: Extents,
    film: bool = False,
    weight: WeightedBy | None = None,
    laws: tuple[int, ...] = (),
) -> CellProblem:
    """Assemble second-order Lagrange elements.

    Args:
        cell: meshed after the sizes.
        sizes: of its mesh.
        film: the contact has a law.
        weight: one over the relative height of the gap, at x and y in pitches; None: it is even.
        laws: the numbers of those that solids have; their terms lie between the contact's and the gap's.
    """
    space = fem.functionspace(cell.mesh, ("Lagrange", 2))
    level, _ = _level(space, cell, sizes, film, weight, laws)
    flat = fem.Function(space, dtype=np.float64)
    flat.interpolate(lambda x: np.maximum(-x[2], 0.0) / sizes.slab_depth)  # −z/depth in the slab, 0 above it
    return CellProblem(
        **vars(level),
        cell=cell,
        sizes=sizes,
        film=film,
        weight=weight,
        laws=laws,
        space=space,
        flat=flat.x.array[level.numbers],
        area=area(cell, "counter_electrode"),
        depth=sizes.slab_depth,
    )


def coarsen(problem: CellProblem) -> CoarseLevel:
    """Assemble first-order elements on the same mesh."""
    space = fem.functionspace(problem.cell.mesh, ("Lagrange", 1))
    level, numbers = _level(space, problem.cell, problem.sizes, problem.film, problem.weight, problem.laws)
    return CoarseLevel(**vars(level), prolongation=_prolongation(problem, space, numbers))


def _level(
    space: fem.FunctionSpace,
    cell: CellMesh,
    sizes: Extents,
    film: bool,
    weight: WeightedBy | None,
    laws: tuple[int, ...],
) -> tuple[Level, NDArray[np.int32]]:
    """The level of a space, and the local numbers of its free unknowns, ghosts last."""
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    forms = _forms(cell, film, laws, (u, v))
    fill_gap = _gap_filler(space, cell, gap_form(cell, sizes, u, v), weight)
    uniform = sizes.gap_height is None and not laws  # one pattern, with all cells' ghosts, for all
    matrix = fem.create_matrix(forms[0] if uniform else compiled(conduction(u, v) * everywhere(cell)))
    columns = matrix.index_map(1)
    stiffness, *terms = (assembled(matrix, fill) for fill in (*map(filler, forms), fill_gap))
    counter = on_facets(space, cell.facets("counter_electrode"))
    current = stiffness @ spread(counter, columns).astype(np.float64)
    filled = np.concatenate([cell.volumes.find(tag) for tag in (VOLUMES["electrolyte"], *map(body_tag, laws))])
    slab = touched(space, np.unique(space.dofmap.list[filled]))
    metals = on_facets(space, cell.facets(*(METALS_BESIDE_FILMS if film else METALS)))
    free = np.flatnonzero(spread(~counter & ~metals, columns)).astype(np.int32)
    index_map, numbers = cpp.common.create_sub_index_map(columns, free, False)
    numbering = Numbering(index_map)
    if numbering.comm.size == 1:
        numbers = neighbours_together(stiffness, numbers)
    own = numbers[: numbering.owned]
    contact = np.flatnonzero(on_facets(space, cell.facets("contact"))).astype(np.int32)
    level = Level(
        stiffness=restricted(stiffness, numbers, numbering),
        terms=tuple(restricted(term, numbers, numbering) for term in terms),
        inner=~slab[own],
        numbers=own,
        counter=np.flatnonzero(counter).astype(np.int32),
        contact=ContactRows(contact, columns, tuple(matrix[contact] for matrix in (stiffness, *terms))),
        drive=-current[own],
        drive_energy=float(cell.mesh.comm.allreduce(float(counter @ current))),
    )
    return level, numbers


def _forms(cell: CellMesh, film: bool, laws: tuple[int, ...], functions: tuple[Expr, Expr]) -> list[fem.Form]:
    """Those of K, of a contact's law and of solids' laws."""
    films = [contact_form(cell, *functions)] if film else []
    bodies = [body_form(cell, law, *functions) for law in laws]
    return list(map(compiled, (electrolyte_form(cell, *functions), *films, *bodies)))


def filler(form: fem.Form) -> Callable[[la.MatrixCSR], object]:
    """What adds a form to a matrix."""
    return lambda matrix: fem.assemble_matrix(matrix, form, bcs=[])


def _gap_filler(
    space: fem.FunctionSpace, cell: CellMesh, form: ufl.Form, weight: WeightedBy | None
) -> Callable[[la.MatrixCSR], object]:
    """What adds the gap's M to a matrix: a form where it is even or a volume, and what is uneven of the thin law."""

    def fill(matrix: la.MatrixCSR) -> None:
        if weight is None or cell.tops is not None:
            filler(compiled(form))(matrix)
        if weight is not None:
            add_gap(matrix, space, cell, weight)

    return fill


def assembled(matrix: la.MatrixCSR, fill: Callable[[la.MatrixCSR], object]) -> sparse.csr_array:
    """Own rows × own and ghost columns; a copy, the matrix serves again."""
    matrix.set_value(0)
    fill(matrix)
    matrix.scatter_reverse()
    rows, columns = (matrix.index_map(k) for k in (0, 1))
    ends = matrix.indptr[: rows.size_local + 1]
    entries = slice(0, int(ends[-1]))
    shape = (rows.size_local, columns.size_local + columns.num_ghosts)
    data = matrix.data[entries].copy()
    return sparse.csr_array((data, matrix.indices[entries], ends.astype(np.int32)), shape=shape)


def _prolongation(problem: CellProblem, space: fem.FunctionSpace, free: NDArray[np.int32]) -> sparse.csr_array:
    """Values of first-order functions at the second-order nodes: vertices, and the middles of edges."""
    fine, coarse = problem.space.dofmap.list, space.dofmap.list
    rows = np.concatenate([fine[:, :4], np.repeat(fine[:, 4:], 2, axis=1)], axis=1).ravel()
    columns = np.concatenate([coarse, *(coarse[:, edge] for edge in TETRAHEDRON_EDGES)], axis=1).ravel()
    shape = int(fine.max()) + 1, int(free.max(initial=coarse.max())) + 1
    several = sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()  # once for each cell around
    nodes = several[problem.numbers]
    ends = np.diff(nodes.indptr)  # 1 at a vertex, 2 on an edge
    nodes.data[:] = np.repeat(1.0 / ends, ends)
    return sparse.csr_array(nodes[:, free])
