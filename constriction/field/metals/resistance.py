"""What metals of finite conductivity add to the impedance of a cell, to first order in how badly they conduct.

Lengths are in pitches, conductivities of metals relative to the islands'. The equipotential problem (`assembly`) is
solved first: K + θM of electrolyte and gap, φ = 0 on the metals, φ = 1 on the counter electrode. What of it is left
on the metals' nodes, r = −(K + θM)φ, is the current that enters them, tested with each of their functions. The metals,
alone and with the back of the foil at 0, then have the potential ψ of K_m ψ = r, and

    F = F_equipotential + ε·area·rᵀψ / (Σr)² − O(ε²),   ε = conductivity of the electrolyte / that of the islands.
"""

from __future__ import annotations

from dataclasses import dataclass

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
import ufl
from dolfinx import fem
from numpy.typing import NDArray
from scipy import sparse

from constriction.field.elements.assembly import assembled, filler
from constriction.field.elements.forms import area, compiled, conduction, everywhere, in_volume
from constriction.field.elements.operators import Vector, alone, on_facets
from constriction.field.elements.solvers import factorise
from constriction.field.mesh.cells import CellMesh
from constriction.field.mesh.tags import METAL_VOLUMES, VOLUMES

Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class MetalProblem:
    """Matrices of a cell with its metals, on all unknowns of its mesh.

    Attributes:
        electrolyte: its stiffness K.
        gap: the gap's stiffness times its height: M.
        metals: stiffness of islands and foil, of conductivity 1 and `foil_over_island`.
        counter: marks of the counter electrode's unknowns, (unknowns,).
        back: those of the foil's back.
        area: of the cell in pitches².
    """

    electrolyte: sparse.csr_array
    gap: sparse.csr_array
    metals: sparse.csr_array
    counter: Marks
    back: Marks
    area: float

    @property
    def unknowns(self) -> int:
        """Of electrolyte, gap and metals together."""
        return len(self.counter)

    def added(self, theta: complex) -> complex:
        """What the metals add to F, in pitches, times the islands' conductivity over the electrolyte's: to first order.

        Args:
            theta: of the gap, 0 at rest.
        """
        current = self.entering(theta)
        metal, total = _touched(self.metals) & ~self.back, np.sum(current)
        potential = _solved(self.metals, metal, np.where(metal, current, 0.0))
        return complex(self.area * (current @ potential) / total**2)

    def entering(self, theta: complex) -> Vector:
        """The current into equipotential metals at 1 V, tested with each function on their surfaces; (unknowns,)."""
        matrix = _plus(self.electrolyte, theta, self.gap)
        metal = _touched(self.metals)
        free = _touched(matrix) & ~metal & ~self.counter
        potential = self.counter + _solved(matrix, free, np.where(free, -(matrix @ self.counter.astype(float)), 0.0))
        return np.where(metal, -(matrix @ potential), 0.0)

    def coupled(self, theta: complex, ratio: float) -> complex:
        """F in pitches of electrolyte, gap and metals solved at once.

        Args:
            theta: of the gap, 0 at rest.
            ratio: conductivity of the electrolyte over that of the islands; 0: all metals are equipotentials.
        """
        if ratio == 0:
            return complex(self.area / np.sum(self.entering(theta)))
        matrix = _plus(_plus(self.electrolyte, theta, self.gap), 1 / ratio, self.metals)
        free = _touched(matrix) & ~self.counter & ~self.back
        drive = matrix @ self.counter.astype(float)
        potential = self.counter + _solved(matrix, free, np.where(free, -drive, 0.0))
        return complex(self.area / (drive @ potential))


def _plus(matrix: sparse.csr_array, factor: complex, other: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array(matrix + factor * other) if factor != 0 else matrix


def _touched(matrix: sparse.csr_array) -> Marks:
    """Marks of the unknowns that a matrix knows."""
    return np.asarray(matrix.diagonal() != 0)


def _solved(matrix: sparse.csr_array, free: Marks, right: Vector) -> Vector:
    """The solution on the free unknowns, 0 elsewhere."""
    numbers = np.flatnonzero(free)
    found = np.zeros(len(free), dtype=np.complex128)
    with factorise(alone(sparse.csr_array(matrix[numbers][:, numbers]))) as factor:
        found[numbers] = factor.apply(right[numbers])
    return found


def pose(cell: CellMesh, foil_over_island: float) -> MetalProblem:
    """Assemble second-order elements on a mesh of `mesh_with_metals`.

    Args:
        cell: the mesh, on one rank.
        foil_over_island: conductivity of the foil's metal over that of the islands'.
    """
    space = fem.functionspace(cell.mesh, ("Lagrange", 2))
    u, v = ufl.TrialFunction(space), ufl.TestFunction(space)
    matrix = fem.create_matrix(compiled(conduction(u, v) * everywhere(cell)))

    def stiffness(number: int) -> sparse.csr_array:
        found = sparse.csr_array(
            assembled(matrix, filler(compiled(conduction(u, v) * in_volume(cell, number)))), copy=True
        )
        found.eliminate_zeros()
        return found

    height = cell.mesh.geometry.x[:, 2]
    island, foil = (stiffness(METAL_VOLUMES[name]) for name in ("island", "foil"))
    places = space.tabulate_dof_coordinates()[:, 2]
    gap_height = float(_lowest(cell, METAL_VOLUMES["foil"]))
    return MetalProblem(
        electrolyte=stiffness(VOLUMES["electrolyte"]),
        gap=gap_height * stiffness(VOLUMES["gap_volume"]),
        metals=sparse.csr_array(island + foil_over_island * foil),
        counter=on_facets(space, cell.facets("counter_electrode")),
        back=places >= height.max() * (1 - 1e-12),
        area=area(cell, "counter_electrode"),
    )


def _lowest(cell: CellMesh, number: int) -> float:
    """The least height of a volume's nodes."""
    nodes = cell.mesh.geometry.dofmaps[0][cell.volumes.find(number)]
    return float(cell.mesh.geometry.x[nodes, 2].min())
