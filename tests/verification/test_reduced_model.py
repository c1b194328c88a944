"""The reduced model against complex solves of the whole system at every frequency, on the same meshes.

Problem: F(s) = area/Y(s) from 100 Hz to 10 GHz on NZSP with its grain boundary. Exact answer for a mesh: (K + sG)φ = b
solved in complex arithmetic at each s, which `Options(direct=True)` and `solve_directly` do. No s used to build the
model is among them: it is built from s = 0, its derivatives there and s = ∞.

Tolerance 1e-5 of R_cstr: asked for by the issue, and the tolerance the model is built with.
"""

import functools

import numpy as np
import pytest
from cases import HEXAGONAL, MORPHOLOGIES, RANDOM, case_of
from mpi4py import MPI
from support.fields import reduce
from support.ratios import gap_ratio

from constriction.field.direct import flat_storage, solve_directly
from constriction.field.elements.assembly import assemble
from constriction.field.fineness import mesh_sizes
from constriction.field.mesh.cells import mesh_cell
from constriction.geometry.cell import lay_out
from constriction.simulation.simulate import Options, simulate

SWEEP = {"from": "10 GHz", "to": "100 Hz", "points_per_decade": 1}
# The gap relaxes in the middle of the sweep, or far above it, or is so thin that it relaxes below the grain boundary.
HEIGHTS = {"thin": "3 nm", "volume": "30 um"}


@pytest.mark.parametrize("model", HEIGHTS)
@pytest.mark.parametrize("interface", [HEXAGONAL, RANDOM], ids=lambda case: case["pattern"])
def test_sweep_with_and_without_reduction(interface, model):
    gap = {"height": HEIGHTS[model], "model": model}
    case = case_of(interface, electrolyte={"thickness": "1.5 mm"}, gap=gap, sweep=SWEEP, relative_error=0.05)
    reduced, direct = simulate(case), simulate(case, Options(direct=True))
    assert reduced.gap_model == direct.gap_model == model
    assert reduced.R_cstr == pytest.approx(direct.R_cstr, rel=1e-9)  # the same solves
    difference = np.abs(reduced.spectrum.impedance - direct.spectrum.impedance)
    assert np.max(difference) <= 1e-5 * direct.R_cstr
    # The sweep goes through the gap's relaxation or at least into it: otherwise nothing is tested.
    assert abs(reduced.constriction(1e10)) < 0.9 * abs(reduced.constriction(100.0))


def problem_of(interface, height, model, level=2.0):
    """The matrices of one mesh; the slab's depth is that of the disturbance."""
    layout = lay_out(case_of(interface).interface)
    sizes = mesh_sizes(layout, 1.0, height if model == "volume" else None, level)
    return assemble(mesh_cell(layout, sizes, MPI.COMM_SELF), sizes)


MAGNITUDES = np.array([0.03, 0.8, 7.0, 60.0, 900.0])
RATIOS = np.outer([1, 1j, np.exp(0.25j * np.pi), np.exp(-0.4j * np.pi)], MAGNITUDES).ravel()


@functools.cache
def solved_directly(name, model):
    """The matrices of a mesh, and F at RATIOS."""
    problem = problem_of(MORPHOLOGIES[name], 3e-5, model)
    return problem, solve_directly(problem, RATIOS[:, None])


@pytest.mark.parametrize("tolerance", [1e-2, 1e-5])
@pytest.mark.parametrize("model", HEIGHTS)
@pytest.mark.parametrize("name", ["square", "stripes", "random", "pores"])
def test_error_bound_covers_the_difference(name, model, tolerance):
    """At real, imaginary and other s with Re s ≥ 0, which is where κ_gap/κ_SE lies."""
    problem, direct = solved_directly(name, model)
    reduced = reduce(problem, tolerance)
    resistance = reduced(0.0).real - reduced.depth
    worst = np.max(np.abs(reduced(RATIOS) - direct))
    # Beside the bound, the rounding of a direct solve: condition number 1e4 times 1e-16, with a margin.
    assert worst <= reduced.error + 1e-11 * abs(direct[0])
    assert reduced.error <= tolerance * resistance


@pytest.mark.parametrize("model", HEIGHTS)
def test_limits_are_those_of_the_matrices(model):
    problem = problem_of(RANDOM, 3e-5, model)
    reduced = reduce(problem, 1e-3)
    step = 1e-4
    dc, plus, minus = solve_directly(problem, np.array([[0], [step], [-step]], dtype=complex)).real
    # F(0), F'(0) and F(∞) are in the model exactly, however few vectors it has.
    assert reduced(0.0).real == pytest.approx(dc, rel=1e-11)
    # A central difference in s: its error is F'''·step²/6, 1e-8 of F'; rounding 1e-15/1e-4.
    assert reduced.stored == pytest.approx((minus - plus) / (2 * step), rel=1e-6)
    assert reduced(1e14).real == pytest.approx(problem.depth, rel=1e-11)
    if model == "volume":
        far = 1e7
        (value,) = solve_directly(problem, np.array([[far]], dtype=complex)).real
        # s·(F − depth) approaches its limit like 1/√s, and F loses seven digits to depth.
        assert far * (value - problem.depth) == pytest.approx(flat_storage(problem), rel=5e-3)


def test_tighter_tolerance_takes_more_solves_and_errs_less():
    problem = problem_of(MORPHOLOGIES["unequal discs"], 3e-5, "thin")
    models = [reduce(problem, tolerance) for tolerance in (1e-2, 1e-4, 1e-7)]
    assert [m.solves for m in models] == sorted({m.solves for m in models})
    assert [m.error for m in models] == sorted((m.error for m in models), reverse=True)


def test_ratio_is_the_gaps_admittance_over_the_electrolytes():
    """s at 1 MHz from the equations of docs/physics.md#one-ratio, written out once more."""
    case = case_of(HEXAGONAL, gap={"height": "3 nm", "relative_permittivity": 2.5}, electrolyte={"thickness": "1.5 mm"})
    omega, epsilon_0 = 2 * np.pi * 1e6, 8.8541878188e-12
    rho = 1 / (1.5 + 1j * omega * epsilon_0 * 30) + (1 / 0.75) / (1 + 1j)
    expected = 1j * omega * epsilon_0 * 2.5 / 3e-9 * rho * 1e-3
    assert complex(gap_ratio(case, lay_out(case.interface), 1e6)) == pytest.approx(expected, rel=1e-9)
