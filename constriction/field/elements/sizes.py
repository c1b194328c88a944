"""How fine each rim wants to be: weights from the energy that its collar holds.

Near a rim the potential goes as K√r, so the energy within a fixed part of the room there is ∝ ∫K²·room dl. Elements cut
in proportion to the room lose a part of that energy which depends on their fineness alone: the collars' energies are
the shares e of the error at one fineness. With fineness w at a place the error is Σ e·w and the unknowns are Σ
n·w^-1.5, n those at w = 1; for a given error the unknowns are fewest where w ∝ (n/e)^0.4.
"""

from __future__ import annotations

import mpi4py.MPI  # noqa: F401 - the wheels of DOLFINx and PETSc find libmpi through it
import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI
from numpy.typing import NDArray

from constriction.field.elements.assembly import CellProblem, assemble
from constriction.field.elements.forms import conduction, within
from constriction.field.elements.multigrid import Hierarchy, solver_of, with_levels_or_factor
from constriction.field.elements.operators import Vector
from constriction.field.elements.solvers import Stop
from constriction.field.mesh.cells import mesh_cell
from constriction.field.mesh.flat import MeshSizes, rims_of
from constriction.geometry.cell import Layout

PLACES = 9  # per rim, equally spaced from t = 0 to 1
SMALLEST, LARGEST = 0.25, 4.0  # weight relative to the mean
STEPS = 4  # of the weights per octave: rounding must not change a mesh
WORTH = 0.85  # weights are used if they leave at most this part of the unknowns
NARROW = 0.2  # smallest / largest room along the rim of a single spot that asks for weights
SOLVED = 1e-4  # energy norm of the potential's error, relative

Reals = NDArray[np.float64]
Weights = tuple[tuple[float, ...], ...]


def may_be_uneven(layout: Layout, sizes: MeshSizes) -> bool:
    """Whether the rims of a cell may want unlike fineness: several spots, or one that is nearly touched."""
    _, surroundings = rims_of(layout, sizes)
    return len(surroundings) > 1 or any(np.min(near.room) < NARROW * np.max(near.room) for near in surroundings)


def find_weights(layout: Layout, sizes: MeshSizes, comm: MPI.Comm) -> Weights:
    """Mesh a cell coarsely and solve for the DC potential; the weights, empty if they are not worth it."""
    problem = assemble(mesh_cell(layout, sizes, comm), sizes)
    energies, cells = collar_shares(problem, layout, sizes)
    return weigh(energies, cells)


def collar_shares(problem: CellProblem, layout: Layout, sizes: MeshSizes) -> tuple[Reals, Reals]:
    """Each place's part of the DC energy in collars, and the collars' cells there; both (rims, PLACES), on all ranks.

    A cell counts for the two places beside it, linearly in t.
    """
    rims, surroundings = rims_of(layout, sizes)
    samples = np.concatenate([rim.at(near.t)[0] for rim, near in zip(rims, surroundings, strict=True)])
    owner = np.repeat(np.arange(len(rims)), [len(near.t) for near in surroundings])
    t, room = (np.concatenate([getattr(near, name) for near in surroundings]) for name in ("t", "room"))
    mesh, energy = problem.cell.mesh, _cell_energies(problem)
    corners = mesh.geometry.x[mesh.geometry.dofmaps[0][: len(energy), :4]].mean(axis=1)
    from scipy.spatial import cKDTree  # few meshes are uneven

    away, nearest = cKDTree(np.column_stack([samples, np.zeros(len(samples))])).query(corners)
    inside = (away < sizes.collar.radius * room[nearest]) & (corners[:, 2] < 0)
    place = t[nearest[inside]] * (PLACES - 1)
    low = np.minimum(place.astype(np.int64), PLACES - 2)
    first, beyond = owner[nearest[inside]] * PLACES + low, place - low
    sums = []
    for what in (energy[inside], np.ones(np.count_nonzero(inside))):
        parts = np.bincount(first, what * (1 - beyond), len(rims) * PLACES)
        parts += np.bincount(first + 1, what * beyond, len(rims) * PLACES)
        table = problem.cell.mesh.comm.allreduce(parts).reshape(len(rims), PLACES)
        for number, rim in enumerate(rims):
            if rim.closed:  # the last place is the first
                table[number, [0, -1]] = 0.5 * (table[number, 0] + table[number, -1])
        sums.append(table)
    return sums[0] / np.sum(sums[0]), sums[1]


def weigh(energies: Reals, cells: Reals) -> Weights:
    """Weights of the fineness at each place, (rims, PLACES) each, that keep the error; empty if they save little."""
    e, n = (_filled(table) for table in (energies, cells))
    wanted = (n / e) ** 0.4
    wanted = np.clip(wanted * np.sum(e) / np.sum(e * wanted), SMALLEST, LARGEST)
    wanted = np.exp(_smoothed(np.log(wanted)))
    wanted *= np.sum(e) / np.sum(e * wanted)
    if np.sum(n * wanted**-1.5) > WORTH * np.sum(n):
        return ()
    stepped = 2 ** (np.round(STEPS * np.log2(wanted)) / STEPS)
    return tuple(tuple(row) for row in stepped.tolist())


def _filled(table: Reals) -> Reals:
    """Places at which no cell happened to be get little, but something."""
    least = 0.1 * np.mean(table, axis=1, keepdims=True) + 1e-6 * np.mean(table)
    return np.asarray(np.maximum(table, least))


def _smoothed(table: Reals) -> Reals:
    """Each place averaged with its neighbours."""
    padded = np.pad(table, ((0, 0), (1, 1)), mode="edge")
    closed = table[:, 0] == table[:, -1]  # `collar_shares` makes them equal
    padded[closed, 0], padded[closed, -1] = table[closed, -2], table[closed, 1]
    return np.asarray(0.25 * padded[:, :-2] + 0.5 * padded[:, 1:-1] + 0.25 * padded[:, 2:])


def _cell_energies(problem: CellProblem) -> Reals:
    """∫|∇φ|² over each owned cell of the DC potential; zero in a gap volume."""
    mesh, space = problem.cell.mesh, problem.space
    potential = fem.Function(space, dtype=np.float64)
    potential.x.array[problem.counter] = 1.0
    potential.x.array[problem.numbers] = _direct_current(problem)
    potential.x.scatter_forward()
    test = ufl.TestFunction(fem.functionspace(mesh, ("DG", 0)))
    density = test * conduction(potential, potential) * within(problem.cell, "electrolyte")
    energy = fem.assemble_vector(fem.form(density, dtype=np.float64)).array
    return np.asarray(energy[: mesh.topology.index_map(3).size_local])


def _direct_current(problem: CellProblem) -> Reals:
    """The DC potential at the free unknowns of this rank."""

    def solve(levels: Hierarchy | None) -> Vector:
        solver = solver_of(problem, levels, [0.0])
        try:
            return np.asarray(solver.solve(problem.drive, Stop(relative=SOLVED)))
        finally:
            solver.destroy()

    return np.asarray(with_levels_or_factor(problem, solve))
