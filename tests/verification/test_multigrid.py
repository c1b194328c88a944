"""p-multigrid against what it replaces, and against the identity that defines its coarse level.

Problems: K + σG of thin gaps and gap volumes, real σ from 0 to 10⁵. Exact answers: first-order elements are part of
the second-order ones on the same geometry and with the same quadrature, so Pᵀ K P is the first-order matrix to
rounding; MUMPS's solution of the same system; an iteration count that does not grow with the mesh.

The issue asks for at most 20 iterations to 1e-8 on every shipped case; gap volumes of a thousandth of the pitch, which
none of them has, take 21.
"""

from pathlib import Path

import numpy as np
import pytest
from cases import MORPHOLOGIES, case_of
from mpi4py import MPI
from support.fields import reduce

from constriction import load
from constriction.field.elements import multigrid as module
from constriction.field.elements.assembly import assemble, coarsen
from constriction.field.elements.multigrid import hierarchy, multigrid
from constriction.field.elements.solvers import SolverError, Stop, factorise
from constriction.field.fineness import mesh_sizes
from constriction.field.mesh.cells import mesh_cell
from constriction.geometry.cell import lay_out

MESHES = Path(__file__).parents[2] / "meshes"
SHIFTS = (0.0, 0.01, 1.0, 30.0, 1e3, 1e5)
GAPS = {"thin": None, "volume": 3e-5}
STOP = Stop(relative=1e-8)


def problem_of(interface, gap, level=1.3):
    layout = lay_out(case_of(interface).interface)
    sizes = mesh_sizes(layout, 1.0, GAPS[gap], level)
    return assemble(mesh_cell(layout, sizes, MPI.COMM_SELF), sizes)


def levels_of(problem):
    return hierarchy(problem, coarsen(problem))


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("name", ["square", "pores", "stripes"])
def test_first_order_matrices_are_projections_of_the_second_order_ones(name, gap):
    problem = problem_of(MORPHOLOGIES[name], gap)
    coarse = coarsen(problem)
    up = coarse.prolongation
    for fine, first in ((problem.stiffness, coarse.stiffness), (problem.gap, coarse.gap)):
        difference = (up.T @ fine.rows @ up - first.rows).toarray()
        assert np.max(np.abs(difference)) <= 1e-12 * np.max(np.abs(first.diagonal()))


@pytest.mark.parametrize("shift", SHIFTS)
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("name", ["square", "pores", "unequal discs"])
def test_solution_is_that_of_a_factor(name, gap, shift):
    problem = problem_of(MORPHOLOGIES[name], gap)
    solution = multigrid(levels_of(problem), [shift]).solve(problem.drive, STOP)
    matrix = problem.stiffness.plus([shift], [problem.gap]) if shift else problem.stiffness.within(~problem.inner)
    with factorise(matrix) as factor:
        exact = factor.solve(problem.drive)
    # the stop is on an estimate of the error's energy norm, which may be a few times too small
    assert matrix.energy(solution - exact) <= (1e-7) ** 2 * matrix.energy(exact)


MESHED = [path for path in sorted(MESHES.glob("*.toml")) if load(path).accuracy.method == "finite_elements"]


@pytest.mark.parametrize("shipped", MESHED, ids=lambda path: path.stem)
def test_iterations_on_the_shipped_cases(shipped):
    case = load(shipped)
    layout = lay_out(case.interface)
    sizes = mesh_sizes(layout, case.electrolyte.thickness, None, 1.3)
    levels = levels_of(assemble(mesh_cell(layout, sizes, MPI.COMM_SELF), sizes))
    for shift in SHIFTS:
        _, iterations = multigrid(levels, [shift]).iterate(levels.problem.drive, STOP)
        assert iterations <= 20


@pytest.mark.parametrize("gap", GAPS)
def test_iterations_do_not_grow_with_the_mesh(gap):
    counts, unknowns = [], []
    for level in (2.0, 0.15):
        problem = problem_of(MORPHOLOGIES["hexagonal"], gap, level)
        counts.append(multigrid(levels_of(problem), [3.0]).iterate(problem.drive, STOP)[1])
        unknowns.append(problem.unknowns)
    assert unknowns[1] > 8 * unknowns[0]
    assert counts[1] <= counts[0] + 3


def test_a_good_guess_saves_iterations():
    problem = problem_of(MORPHOLOGIES["square"], "thin")
    solver = multigrid(levels_of(problem), [1.0])
    solution, before = solver.iterate(problem.drive, STOP)
    goal = Stop(absolute=1e-8 * np.sqrt(problem.stiffness.energy(solution)))
    _, after = solver.iterate(problem.drive, goal, (1 + 1e-4) * solution)
    assert after < before / 1.5


@pytest.mark.parametrize("aggregated", [False, True], ids=["factored", "aggregated"])
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("name", ["square", "random"])
def test_reduced_model_is_that_of_a_factor(name, gap, aggregated, monkeypatch):
    """Shifts or Krylov vectors, the model is the same within its bound; F(0), F'(0) and F(∞) do not depend on it."""
    if aggregated:
        monkeypatch.setattr(module, "FACTORED_BELOW", 0)
    problem = problem_of(MORPHOLOGIES[name], gap)
    shifts, krylov = reduce(problem, 1e-5, levels_of(problem)), reduce(problem, 1e-9)
    constriction = krylov.constriction
    assert shifts.constriction == pytest.approx(constriction, rel=1e-9)
    assert shifts.depth == pytest.approx(krylov.depth, rel=1e-12)
    assert shifts.stored == pytest.approx(krylov.stored, rel=1e-6)
    ratios = np.outer([1, 1j, np.exp(0.25j * np.pi)], np.logspace(-3, 5, 60)).ravel()
    worst = np.max(np.abs(shifts(ratios) - krylov(ratios)))
    assert worst <= shifts.error + krylov.error
    assert 0 < shifts.error <= 1e-5 * constriction


def test_divergence_is_an_error_with_the_history(monkeypatch):
    """A smoother that takes the largest eigenvalue for a tenth of what it is blows up what it should damp."""
    problem = problem_of(MORPHOLOGIES["square"], "thin")
    monkeypatch.setattr(module, "MARGIN", 0.1)
    solver = multigrid(levels_of(problem), [0.0])
    with pytest.raises(SolverError, match=r"did not converge on \d+ unknowns in \d+ iterations; .*: -?\d\.\de[+-]\d\d"):
        solver.solve(problem.drive, STOP)
