"""What the comparison with rivals counts and says, on made-up records; and its exact values where they are known."""

import math
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest
import reference
import rival
import rivals


def task(count=5):
    exact = np.linspace(0.1, 1.0, count) - 0.2j
    return rivals.Task({}, 0.2, 1.0, np.arange(count) * 1j, np.full(count, 0.5), exact, 1.0)


def record(task, which, error, seconds_solve=2.0):
    values = task.exact[which] + error
    return {
        "constriction": [[value.real, value.imag] for value in values],
        "unknowns": 10,
        "seconds_mesh": 1.0,
        "seconds_assemble": 0.5,
        "seconds_solve": seconds_solve,
        "seconds_total": 1.5 + seconds_solve,
        "seconds_processor": 1.5 + seconds_solve,
        "peak_memory_bytes": 1e6,
    }


def test_errors_are_relative_to_the_resistance():
    problem = task()
    error, spectrum_error = problem.errors(problem.exact + np.array([0, 0, 4e-3j, 0, -1e-3]), slice(None))
    assert error == pytest.approx(-1e-3)
    assert spectrum_error == pytest.approx(0.5 * 4e-3)


def test_frequencies_left_out_are_counted_in():
    problem, which = task(61), slice(0, None, 15)
    done = rivals.finished("x", record(problem, which, 1e-3), problem, which)
    assert done["frequencies_solved"] == 5
    assert done["error_R_cstr"] == pytest.approx(1e-3)
    assert done["seconds_spectrum"] == pytest.approx(1.5 + 2.0 * 61 / 5)
    assert done["seconds_per_frequency"] == pytest.approx((1.5 + 2.0 * 61 / 5) / 61)
    assert done["processor_seconds_per_frequency"] == pytest.approx(done["seconds_per_frequency"])


def test_all_frequencies_need_no_scaling():
    problem = task()
    done = rivals.finished("x", record(problem, slice(None), 0.0), problem, slice(None))
    assert done["seconds_spectrum"] == done["seconds_total"] == pytest.approx(3.5)


def test_ratios_and_verdicts():
    problem = task()
    own = rivals.finished("ours", record(problem, slice(None), 0.0, 0.01), problem, slice(None))
    own = {**own, "dc": {"mesh": 0.9, "assemble": 0.5, "solve": 0.1, "total": 1.5}}
    slow = rivals.finished("slow", record(problem, slice(None), 9e-4, 200.0), problem, slice(None))
    slow = rivals.with_ratios({**slow, "required": 100.0}, own)
    assert slow["times_ours"] == pytest.approx(201.5 / 1.51)
    assert slow["times_ours_solving"] == pytest.approx(20_000)
    bad = {**slow, "name": "bad", "error_R_cstr": 0.1}
    said = list(rivals.verdicts([slow, bad, {"name": "gone", "failed": "why"}], own, 1e-3))
    assert said[0] == "slow: 133 × ours per frequency, ≥ 100 met"
    assert said[1] == "bad: 0.001 was not reached within the limit"
    assert "1.01 ×, ≤ 3 met" in said[2]
    assert next(rivals.verdicts([slow], own, 1e-2)) == "slow: 133 × ours per frequency at 0.01"
    assert rivals.row(rivals.COLUMNS, {"name": "gone", "failed": "why"}).endswith("failed: why")
    assert rivals.row(rivals.COLUMNS, rivals.with_ratios(slow, own)).startswith("slow")


@pytest.mark.parametrize(("seconds", "stride"), [(0.1, 1), (2.0, 2), (40.0, 21), (1e6, 61)])
def test_patience_leaves_frequencies_out(seconds, stride):
    assert rivals.stride_of(61, seconds, 120.0) == stride


@pytest.mark.parametrize("slope", [0.5, 0.8, 1.0])
def test_refining_ends_just_below_the_asked_error(slope):
    size = 1.0
    while size**slope > 1e-3:
        size = rivals.next_size(size, size**slope, 1e-3)
    assert 0.7e-3 < size**slope <= 1e-3


def test_refining_ends_where_it_would_take_too_long():
    assert rivals.affordable(1.0, 0.5, 1.0, 100.0) == 0.5
    assert rivals.affordable(1.0, 0.1, 1.0, 2**2.5) == pytest.approx(0.5)
    assert rivals.affordable(1.0, 0.1, 99.0, 100.0) is None


def test_missing_network_is_said_in_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(rivals, "ENVIRONMENT", rivals.HERE / "no-such-folder")
    failed = SimpleNamespace(returncode=1, stderr="a\nERROR: No matching distribution found for ngsolve\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    assert rivals.environment() is None
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("NGSolve's environment could not be made")
    assert last.endswith("No matching distribution found for ngsolve")


def test_best_of_the_runs_counts():
    seconds = iter([3.0, 1.0, 2.0])

    def solve(problem, mesh):
        return rival.Answer([problem.depth + 0.5 - 1j], 7, 3, 0.0, 0.0, next(seconds))

    problem = rival.Problem(0.2, 1.0, (1j,))
    done = rival.measured(solve, problem, {}, {"repeat": 3, "patience": 60})
    assert done["seconds_total"] == 1.0
    assert done["seconds_total_median"] == 2.0
    assert done["runs"] == 3
    assert done["constriction"] == [[0.5, -1.0]]
    assert done["peak_memory_bytes"] > 1e6


# --- the exact values -----------------------------------------------------------------------------------------------


def test_small_disc_is_holms():
    """R → 1/(4a) − c, c the same for all small discs: the difference of two has no c, and an error like a²."""
    small, smaller = (reference.constriction(a, [0.0])[0].real for a in (0.01, 0.005))
    assert smaller - small == pytest.approx(25.0, rel=1e-5)


def test_exact_value_does_not_depend_on_the_split(monkeypatch):
    at_12 = reference.constriction(0.2, [0.0, 1j], modes=100)
    monkeypatch.setattr(reference, "ETA", 16.0)
    assert reference.constriction(0.2, [0.0, 1j], modes=100) == pytest.approx(at_12, rel=1e-9)


def test_exact_value_has_converged():
    few, many = (reference.constriction(0.2003, [0.0, 1 + 1j, 20j], terms, 200) for terms in (6, 12))
    assert few == pytest.approx(many, abs=1e-6)


def test_fast_current_crosses_the_gap_evenly():
    """s·(F − F(∞)) → 1 − f for s → ∞; the rim's neighbourhood, as wide as 1/s, leaves a few times 1/s."""
    f, s = math.pi * 0.2**2, 100.0
    assert s * reference.constriction(0.2, [s])[0].real == pytest.approx(1 - f, rel=5e-2)


def test_too_large_a_disc_is_refused():
    with pytest.raises(ValueError, match=r"radius = 0.3: expected 0 < radius <= 0.25"):
        reference.constriction(0.3, [0.0])
