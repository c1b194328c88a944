"""The potential in a polycrystal, from complex solves: no part of the reduced model is used."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.field.direct import Field
from constriction.field.elements.assembly import CellProblem
from constriction.field.elements.solvers import factorise
from constriction.field.grains.converge import BULK, own_theta, problem_of
from constriction.field.grains.meshed import GrainCell, GrainMesh


def solve_grain_fields(mesh: GrainMesh, cell: GrainCell, thetas: Sequence[ArrayLike]) -> list[Field]:
    """The potentials of a mesh per volt on its counter electrode, with their jumps, and F(θ) in pitches.

    Args:
        mesh: on the calling rank alone.
        cell: what it was made after.
        thetas: of interior, boundaries and gap, (3,) each.
    """
    problem, laws = problem_of(mesh, cell), bool(cell.laws)
    return [_solved(problem, np.asarray(theta, dtype=np.complex128), laws) for theta in thetas]


def _solved(problem: CellProblem, theta: NDArray[np.complex128], laws: bool) -> Field:
    """The field at one θ (3,); `laws`: grains are a law of their own in the mesh."""
    with factorise(problem.matrix(own_theta(theta, laws))) as factor:
        free = factor.apply(problem.drive.astype(np.complex128))
    impedance = problem.area / (problem.drive_energy - complex(problem.drive @ free))
    return Field(_at_nodes(problem, free), impedance / (1.0 if laws else complex(theta[BULK])))


def _at_nodes(problem: CellProblem, free: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """A potential at all nodes of the mesh, from that of the free unknowns: 0 on metal, 1 on the counter electrode."""
    space, geometry = problem.space, problem.cell.mesh.geometry
    values = np.zeros(space.dofmap.index_map.size_local, dtype=np.complex128)
    values[problem.numbers] = free
    values[problem.counter] = 1.0
    found = np.zeros(len(geometry.x), dtype=np.complex128)
    found[geometry.dofmaps[0]] = values[space.dofmap.list]
    return found
