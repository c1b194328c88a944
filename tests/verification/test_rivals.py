"""The rivals of `make bench` solve the same problem as we do: one disc per square cell beside a thin gap.

Exact: the lattice expansion in tests/benchmarks/reference.py. Each rival must come closer to it on a finer mesh, and
our own result must hold it inside its error bar; otherwise the comparison of their times would not be fair.
NGSolve and pyamg live in an environment that `make bench` makes; without it their tests are skipped.
"""

import numpy as np
import pytest
import rival
import rivals

from constriction import parse_case, simulate
from constriction.laws.electrolyte import resistivity

RATIOS = np.array([0.0, 1 + 1j, 10j])


@pytest.fixture(scope="module")
def task():
    return rivals.task(1e-3)


def errors(constriction, task):
    exact = rivals.reference.constriction(task.radius, RATIOS)
    return np.abs(constriction - exact) / task.exact_dc


def test_own_result_holds_the_exact_one(task):
    result = simulate(parse_case(task.case, "one disc"))
    unit = resistivity(result.case.electrolyte, result.spectrum.frequency) * result.layout.pitch
    error, spectrum_error = task.errors((result.spectrum.impedance - result.slab.impedance) / unit, slice(None))
    assert abs(error) <= result.R_cstr_error / result.R_cstr <= 1e-3
    assert spectrum_error <= result.spectrum_error / result.R_cstr


@pytest.mark.parametrize("order", [1, 2])
def test_dolfinx_finds_the_same(task, order):
    """The error goes about as the size at the rim to the 0.8: a fourth of the size, less than half of the error."""
    import rival_dolfinx

    problem = rival.Problem(task.radius, task.depth, tuple(RATIOS.tolist()))
    meshes = [{"rim": rim, "growth": 0.35, "largest": 0.3, "order": order} for rim in (0.016, 0.004)]
    answers = [np.array(rival_dolfinx.solve(problem, mesh).impedance) for mesh in meshes]
    coarse, fine = (errors(impedance - task.depth, task) for impedance in answers)
    assert np.all(fine < 0.5 * coarse)
    assert np.max(fine) < 8e-3


@pytest.mark.parametrize(
    ("name", "sizes", "most"),
    [("b: NGSolve, P2", (0.016, 0.004), 8e-3), ("NGSolve, hp", (0.3, 0.03), 1e-3)]
    + [("c: voxels, pyamg", (0.02, 0.01), 2.5e-2)],
)
def test_others_find_the_same(task, name, sizes, most):
    python = rivals.ENVIRONMENT / "bin" / "python"
    if not python.exists():
        pytest.skip("NGSolve and pyamg are absent: `make bench` makes their environment")
    chosen = rivals.RIVALS[name]
    found = []
    for size in sizes:
        job = rivals.job_of(task, RATIOS, {chosen.size: size, **chosen.tuned})
        done = rivals.do(chosen.script, job, python)
        assert "failed" not in done, done
        found.append(errors(rivals.values_of(done), task))
    assert np.max(found[1]) < most
    assert np.max(found[1]) < 0.7 * np.max(found[0])
