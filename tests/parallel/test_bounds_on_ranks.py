"""The bounds of a mesh spread over ranks are those of the same mesh on one: only sums are taken in another order."""

import pytest
from cases import HEXAGONAL, STRIPES, conductor, tube
from mpi4py import MPI

from constriction.field.bounds.bounds import bound, solve_potential
from constriction.field.elements.assembly import assemble
from constriction.field.fineness import mesh_sizes
from constriction.field.mesh.cells import mesh_cell
from constriction.geometry.cell import lay_out

WORLD = MPI.COMM_WORLD
CASES = {
    "discs": (HEXAGONAL, None, [0.0]),
    "thin gap": (HEXAGONAL, None, [2.0]),
    "gap volume": (HEXAGONAL, 3e-5, [0.0]),
    "stripes": (STRIPES, None, [0.0]),
    "pore in a tube": (tube(0.6, inverted=True), None, [0.0]),
    "film": (HEXAGONAL, None, [5.0, 0.0]),
    "film and leak": (STRIPES, None, [0.02, 0.5]),
    "thin film": (tube(0.2), None, [1e5, 0.0]),
}


def solve(name, comm):
    interface, gap_height, theta = CASES[name]
    case = conductor(interface)
    layout = lay_out(case.interface)
    sizes = mesh_sizes(layout, case.electrolyte.thickness, gap_height, 1.3)
    cell = mesh_cell(layout, sizes, comm)
    problem = assemble(cell, sizes, film=len(theta) == 2)
    potential = solve_potential(problem, theta)
    bounds = bound(problem, potential, theta)
    return bounds


@pytest.mark.parametrize("name", CASES)
def test_as_alone(name):
    shared, alone = (solve(name, comm) for comm in (WORLD, MPI.COMM_SELF))
    assert shared.unknowns == alone.unknowns
    assert (shared.lower, shared.upper) == pytest.approx((alone.lower, alone.upper), rel=1e-8)
    assert len(set(WORLD.allgather((shared.lower, shared.upper)))) == 1


def test_a_fault_is_raised_on_every_rank():
    case = conductor(HEXAGONAL)
    layout = lay_out(case.interface)
    sizes = mesh_sizes(layout, case.electrolyte.thickness, None, 1.3)
    cell = mesh_cell(layout, sizes, WORLD)
    problem = assemble(cell, sizes)
    potential = solve_potential(problem, [0.0])
    with pytest.raises(ValueError, match="θ ≥ 0"):
        bound(problem, potential, [-1.0])
    WORLD.barrier()
