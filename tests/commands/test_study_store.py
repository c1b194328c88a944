"""What a study keeps: whole records, one run at a time, and the same tables however often it was killed.

The kill tests run in processes of their own, which SIGKILL ends at a random moment; what is collected in the end must
be, byte for byte, what an undisturbed run gives.
"""

import contextlib
import csv
import errno
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import xarray
from mpi4py import MPI
from study_files import BASE, GRID, MEMORY, SPECTRAL, load, write_study

from constriction import simulate
from constriction.base.errors import StoreError
from constriction.cli import main
from constriction.simulation.record import result_record
from constriction.simulation.simulate import Options
from constriction.study.run import lock, records, runner, store
from constriction.study.run.lock import Owner, Shard, locked
from constriction.study.run.plan import plan_of
from constriction.study.run.runner import How, Summary, packages_of
from constriction.study.run.store import open_store

ROOT = Path(__file__).parents[2]
TUBES = BASE.replace('pattern = "square"', 'pattern = "single"\ncell_shape = "circular"') + SPECTRAL
MANY = """
[grid]
"interface.contact_fraction" = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]
"gap.height" = ["5 nm", "7 nm", "10 nm", "14 nm", "20 nm", "28 nm", "40 nm", "56 nm", "80 nm", "112 nm"]
"""


def run_here(plan, folder, shard=Shard(), retry_failed=False, report=lambda _: None):  # noqa: B008 - frozen
    folder.mkdir(exist_ok=True)
    kept = open_store(folder, plan.study)
    packages = packages_of(plan, kept, shard, retry_failed)
    return runner.run(packages, kept, How(MPI.COMM_SELF, None, MEMORY, report))


def command(*words):
    return [sys.executable, "-m", "mpi4py", "-m", "constriction", "study", *map(str, words)]


def collected(folder):
    assert main(["study", "collect", str(folder)]) == 0
    return (folder / "cases.csv").read_bytes(), (folder / "study.nc").read_bytes()


def rows_of(folder):
    with (folder / "cases.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def tubes(tmp_path):
    return write_study(tmp_path, GRID, TUBES)


# --- killed and resumed --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A study of many cases, and what is collected of a run of it that nothing disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    path = write_study(folder, MANY, TUBES)
    run_here(plan_of(load(path), MEMORY), folder / "quiet")
    return path, collected(folder / "quiet")


def count(folder):
    return sum(1 for _ in folder.glob("cases/*/*.json"))


RUNS = """
import os, sys, mpi4py
mpi4py.rc.initialize = False
import constriction.study.run.runner, constriction.cli as cli
from mpi4py import MPI
for _ in sys.stdin:
    if not (run := os.fork()):
        MPI.Init()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(cli.main(sys.argv[1:]))
    print(run, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(run, 0)[1]), flush=True)
"""
"""For each line it is given, a run in a process of its own: prints which, and how that ended. Imports are done once."""


def test_killed_at_random_moments_and_resumed_gives_the_same_bytes(tmp_path, undisturbed):
    """Twenty runs are killed, one after another."""
    path, expected = undisturbed
    folder, draw = tmp_path / "killed", random.Random(7)
    words = [sys.executable, "-c", RUNS, "study", "run", str(path), "--out", str(folder), "--quiet"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=ROOT, text=True, **pipes) as runs:
        for _ in range(20):
            runs.stdin.write("\n")
            runs.stdin.flush()
            run = int(runs.stdout.readline())
            target = min(count(folder) + draw.randint(0, 8), 75)  # a run goes on until it is seen and killed
            while count(folder) < target and psutil.pid_exists(run):
                time.sleep(0.002)
            time.sleep(0.01 * draw.random())
            os.kill(run, signal.SIGKILL)
            assert int(runs.stdout.readline()) == -signal.SIGKILL
        assert 0 < count(folder) < 100
        said, complained = runs.communicate("\n", timeout=60)  # the last one may finish
        assert said.split()[1:] == ["0"] and complained == ""
    assert collected(folder) == expected
    assert not list(folder.glob("lock-*"))


@pytest.mark.skipif(not (Path(sys.prefix) / "bin" / "mpiexec").exists(), reason="no mpiexec beside the interpreter")
def test_one_rank_of_two_is_killed_and_the_same_command_goes_on(tmp_path, undisturbed):
    path, expected = undisturbed
    folder = tmp_path / "killed"
    mpiexec = str(Path(sys.prefix) / "bin" / "mpiexec")
    words = [mpiexec, "-n", "2", *command("run", path, "--out", folder, "--quiet")]
    draw = random.Random(3)
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as job:
        while count(folder) < 20 and job.poll() is None:
            time.sleep(0.001)
        ranks = [p for p in psutil.Process(job.pid).children(recursive=True) if str(path) in p.cmdline()]
        draw.choice([p for p in ranks if "mpi4py" in p.cmdline() and "mpiexec" not in p.cmdline()[0]]).kill()
        job.wait(30)
    assert 20 <= count(folder) < 100
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert collected(folder) == expected


# --- shared geometries -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["", SPECTRAL])
def test_each_case_of_a_shared_geometry_is_as_if_it_were_alone(method, tmp_path):
    text = """
    [grid]
    "interface.pitch" = ["20 um", "2 mm"]
    "gap.height" = ["5 nm", "80 nm"]
    "electrolyte.bulk_conductivity" = ["15 mS/cm", "1 mS/cm"]
    """
    plan = plan_of(load(write_study(tmp_path, text, BASE.replace("1 mm", "30 mm") + method)), MEMORY)
    assert len(plan.geometries) == 1
    run_here(plan, tmp_path / "out")
    kept = store.Store(tmp_path / "out", store.package_version())
    for entry in plan.entries:
        shared, alone = kept.read(entry.key), simulate(entry.case)
        record = result_record(alone)
        bars = shared["result"]["spectrum_error_ohm_cm2"] + record["spectrum_error_ohm_cm2"]
        for part, values in (("real", alone.spectrum.impedance.real), ("imaginary", alone.spectrum.impedance.imag)):
            found = shared["spectrum"][f"{part}_impedance_ohm_cm2"]
            assert max(abs(a - b * 1e4) for a, b in zip(found, values, strict=True)) <= bars
        assert shared["result"]["accuracy_reached"]
        assert shared["result"]["case_sha256"] == record["case_sha256"]
        assert shared["result"]["R_electrolyte_ohm_cm2"] == record["R_electrolyte_ohm_cm2"]


def test_a_case_that_shares_with_none_is_exactly_what_simulate_gives(tmp_path):
    plan = plan_of(load(write_study(tmp_path, '[grid]\n"interface.contact_fraction" = [0.2]')), MEMORY)
    run_here(plan, tmp_path / "out")
    kept = store.Store(tmp_path / "out", store.package_version()).read(plan.entries[0].key)
    alone = result_record(simulate(plan.entries[0].case))
    assert kept["result"] == {key: value for key, value in alone.items() if key in kept["result"]}
    assert set(alone) - set(kept["result"]) == {"versions", *kept["times"]}


@pytest.mark.parametrize("method", ["", SPECTRAL])
def test_records_do_not_depend_on_which_cases_are_made_together(method, tmp_path):
    text = """
    [base.contact]
    law = "p(R1,C1)"
    C1 = "1 uF/cm2"
    [grid]
    "contact.R1" = ["0.1 ohm cm2", "1 ohm cm2", "30 ohm cm2"]
    "gap.height" = ["5 nm", "80 nm"]
    "electrolyte.bulk_conductivity" = ["15 mS/cm", "1 mS/cm"]
    """
    base = BASE.replace("points_per_decade = 2", "points_per_decade = 10")
    plan = plan_of(load(write_study(tmp_path, text, base + method)), MEMORY)
    first = plan.entries[0].case
    response = simulate(first).response

    def made(count):
        groups = [plan.entries[start : start + count] for start in range(0, len(plan.entries), count)]
        return [record for group in groups for record in records.records_of(group, response, 0.0, Options())]

    alone = made(1)
    assert all(record["status"] == "done" for record in alone)
    for count in (2, 5, 12):
        assert made(count) == alone


def test_what_is_left_of_a_geometry_is_solved_as_accurately_as_all_of_it(tmp_path, tubes):
    plan = plan_of(load(tubes), MEMORY)
    run_here(plan, tmp_path / "out")
    kept = store.Store(tmp_path / "out", store.package_version())
    before = {entry.key: kept.read(entry.key)["result"] for entry in plan.entries}
    for entry in plan.entries[1::2]:
        (kept.cases / f"{entry.key}.json").unlink()
    assert run_here(plan, tmp_path / "out").done == 6
    assert {entry.key: kept.read(entry.key)["result"] for entry in plan.entries} == before


# --- failures ------------------------------------------------------------------------------------------------------


def test_a_failed_case_is_a_record_and_is_repeated_when_asked(tmp_path, monkeypatch):
    text = '[grid]\n"interface.contact_fraction" = [0.2, 0.3, 0.9]'
    plan = plan_of(load(write_study(tmp_path, text, BASE + SPECTRAL)), MEMORY)
    solve = runner.solve_geometry

    def broken(case, *rest):
        if case.interface.contact_fraction == 0.3:
            raise ZeroDivisionError("a bug")
        return solve(case, *rest)

    monkeypatch.setattr(runner, "solve_geometry", broken)
    summary = run_here(plan, tmp_path / "out")
    assert (summary.done, summary.failed) == (1, 2)
    collected(tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert [row["status"] for row in rows] == ["done", "failed", "failed"]
    assert rows[1]["error"] == "ZeroDivisionError: a bug"
    assert "touch there" in rows[2]["error"]
    monkeypatch.setattr(runner, "solve_geometry", solve)
    assert run_here(plan, tmp_path / "out").failed == 0  # not repeated unasked
    assert rows_of(tmp_path / "out") == rows
    summary = run_here(plan, tmp_path / "out", retry_failed=True)
    assert (summary.done, summary.failed) == (1, 1)
    collected(tmp_path / "out")
    assert [row["status"] for row in rows_of(tmp_path / "out")] == ["done", "done", "failed"]


def test_bounds_of_a_contact_that_blocks_are_refused_as_by_run(tmp_path):
    base = f'{BASE}bounds = true\n[base.contact]\nlaw = "C1"\n'
    path = write_study(tmp_path, '[grid]\n"contact.C1" = ["1 uF/cm2"]\n', base)
    assert run_here(plan_of(load(path), MEMORY), tmp_path / "out").failed == 1
    collected(tmp_path / "out")
    (row,) = rows_of(tmp_path / "out")
    assert row["error"].startswith("accuracy.bounds = true: there is no R_cstr to bound")


def test_a_full_disk_ends_the_run_in_one_line_and_keeps_what_was_done(tmp_path, tubes, monkeypatch, capsys):
    write, written = store.write_whole, []

    def full(path, content):
        if path.parent.parent.name == "cases" and len(written) == 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(path)
        write(path, content)

    monkeypatch.setattr(store, "write_whole", full)
    plan = plan_of(load(tubes), MEMORY)
    with pytest.raises(StoreError, match="No space left on device.*kept: make room and run again"):
        run_here(plan, tmp_path / "out")
    assert 0 < count(tmp_path / "out") < 12
    assert main(["study", "run", str(tubes), "--out", str(tmp_path / "out")]) == 1
    complaint = capsys.readouterr().err.splitlines()[-1]
    assert re.search(r"error: .*\.json: cannot be written \(No space left", complaint)
    monkeypatch.setattr(store, "write_whole", write)
    assert main(["study", "run", str(tubes), "--out", str(tmp_path / "out")]) == 0
    assert count(tmp_path / "out") == 12


def test_a_file_that_the_kernel_cuts_short_is_not_left_there(tmp_path):
    program = (
        "import pathlib, resource, signal, sys\n"
        "from constriction.base.files import write_whole\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "write_whole(pathlib.Path(sys.argv[1]), b'x' * 1000)\n"
    )
    words = [sys.executable, "-c", program, str(tmp_path / "record.json")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


# --- folders and locks -----------------------------------------------------------------------------------------------


def test_a_changed_study_says_what_differs_and_computes_only_what_is_new(tmp_path, tubes, capsys):
    folder = tmp_path / "out"
    assert main(["study", "run", str(tubes), "--out", str(folder), "--quiet"]) == 0
    capsys.readouterr()
    tubes.write_text(tubes.read_text().replace("0.3]", "0.3, 0.4]"))
    assert main(["study", "run", str(tubes), "--out", str(folder), "--quiet"]) == 0
    printed, told = capsys.readouterr()
    assert told.splitlines() == [
        "the study has changed: grid.interface.contact_fraction: [0.1, 0.2, 0.3] → [0.1, 0.2, 0.3, 0.4]; "
        "only what is new is computed"
    ]
    assert re.search(r"done +4\n", printed)
    assert count(folder) == 16


def test_results_of_another_version_are_kept_and_computed_anew_beside(tmp_path, tubes, monkeypatch, capsys):
    folder = tmp_path / "out"
    assert main(["study", "run", str(tubes), "--out", str(folder), "--quiet"]) == 0
    old = {path: path.read_bytes() for path in folder.rglob("cases/*/*.json")}
    capsys.readouterr()
    for place in (store, "constriction.study.run.plan", "constriction.base.versions"):
        monkeypatch.setattr(place if place is store else sys.modules[place], "package_version", lambda: "9.9")
    assert main(["study", "run", str(tubes), "--out", str(folder), "--quiet"]) == 0
    assert "are kept; version 9.9 computes its own beside them" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in old} == old
    assert count(folder) == 24
    assert len(list((folder / "cases" / "9.9").iterdir())) == 12


@pytest.mark.parametrize(
    ("name", "message"), [("notes.txt", "holds other things"), ("study.json", "expected what constriction study run")]
)
def test_a_folder_with_something_else_is_refused(name, message, tmp_path, tubes, capsys):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / name).write_text("{}")
    assert main(["study", "run", str(tubes), "--out", str(folder)]) == 2
    assert message in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] in (
        [name],
        [".constriction-guard", name],
        [name, ".constriction-guard"],
    )


@pytest.mark.parametrize("words", [["status"], ["collect"], ["plot"]])
def test_a_folder_without_a_study_is_refused(words, tmp_path, capsys):
    assert main(["study", *words, str(tmp_path)]) == 2
    assert "no study.json in it" in capsys.readouterr().err


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1", "a/b", "1/0"])
def test_wrong_shards_are_refused(shard, tubes, capsys):
    assert main(["study", "run", str(tubes), "--shard", shard]) == 2
    assert f"--shard '{shard}': expected i/n" in capsys.readouterr().err


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    for pid, started in ((child.pid, 0.0), (os.getpid(), 1.0)):  # the second: a pid that another process has now
        hold(tmp_path, Owner("1/1", socket.gethostname(), pid, started))
        with locked(MPI.COMM_SELF, tmp_path, Shard()):
            assert [owner.pid for owner in lock.holders(tmp_path)] == [os.getpid()]


HOLDING = """
import sys, time
from pathlib import Path
from mpi4py import MPI
from constriction.study.run.lock import Shard, locked, released_when_killed
folder = Path(sys.argv[1])
with locked(MPI.COMM_SELF, folder, Shard()), released_when_killed(MPI.COMM_SELF, folder, Shard()):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def held_by(folder, seconds):
    """A process that holds the lock of a folder for so long."""
    child = subprocess.Popen([sys.executable, "-c", HOLDING, folder, str(seconds)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "held\n" and lock.holders(folder)
    return child


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
def test_the_lock_of_a_killed_run_goes_with_it(tmp_path, signum):
    """So that a run on another machine, which cannot know of its end, need not be told."""
    with held_by(tmp_path, 60) as child:
        child.send_signal(signum)
        child.wait()
        wait_until(lambda: not lock.holders(tmp_path))


def test_another_runs_lock_stays_when_an_earlier_one_is_killed(tmp_path):
    with held_by(tmp_path, 60) as child:
        other = Owner("1/1", "elsewhere", 1, 0.0)
        hold(tmp_path, other)
        child.kill()
        child.wait()
        time.sleep(0.3)  # far longer than the shell takes that would delete it
        assert lock.holders(tmp_path) == [other]


def test_a_failed_case_ends_a_strict_run_with_an_error(tmp_path, capsys):
    grid = '[grid]\n"interface.contact_fraction" = [0.1, 0.9]\n'
    file, words = write_study(tmp_path, grid, BASE + SPECTRAL), ["--out", str(tmp_path / "out"), "--quiet"]
    assert main(["study", "run", str(file), *words]) == 0
    for _ in range(2):  # the failed case is not computed again, and has failed all the same
        capsys.readouterr()
        assert main(["study", "run", str(file), *words, "--strict"]) == 1
        (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("constriction: error")]
        assert line.startswith("constriction: error: 1 case failed: see constriction study status")
    status = [row["status"] for row in rows_of(tmp_path / "out")] if collected(tmp_path / "out") else []
    assert status == ["done", "failed"]


def wait_until(true, patience=20.0):
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def hold(folder, owner):
    (folder / "lock-1of1.json").write_text(json.dumps(vars(owner)))


# --- what is collected ---------------------------------------------------------------------------------------------


def test_table_and_data_set_hold_the_same(tmp_path, tubes):
    plan = plan_of(load(tubes), MEMORY)
    run_here(plan, tmp_path / "out")
    collected(tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert list(rows[0])[:2] == ["interface.contact_fraction", "gap.height"]
    assert list(rows[0])[-2:] == ["status", "error"]
    with xarray.open_dataset(tmp_path / "out" / "study.nc", engine="h5netcdf") as data:
        assert dict(data.sizes) | {"peak": 0} == {
            "interface.contact_fraction": 3,
            "gap.height": 4,
            "point": 9,
            "peak": 0,
        }
        for row in rows:
            place = {key: float(row[key]) for key in ("interface.contact_fraction", "gap.height")}
            cell = data.sel(place)
            assert float(cell["R_cstr_ohm_cm2"]) == float(row["R_cstr_ohm_cm2"])
            assert float(cell["peak_frequency_hertz"][0]) == json.loads(row["peaks"])[0]["frequency_hertz"]
            low = simulate(next(e.case for e in plan.entries if dict(e.labels) == place)).spectrum.impedance[-1]
            z = complex(cell["real_impedance_ohm_cm2"][-1], cell["imaginary_impedance_ohm_cm2"][-1])
            assert abs(z - 1e4 * low) < 0.1 * float(row["R_cstr_ohm_cm2"])
        assert data["gap.height"].attrs["units"] == "m"
        assert data["C_low_farad_per_cm2"].attrs["units"] == "F cm-2"


def test_missing_cases_are_rows_and_the_status_counts_them(tmp_path, tubes, capsys):
    plan = plan_of(load(tubes), MEMORY)
    run_here(plan, tmp_path / "out", Shard(1, 3))
    collected(tmp_path / "out")
    assert [row["status"] for row in rows_of(tmp_path / "out")] == ["done"] * 4 + ["missing"] * 8
    assert main(["study", "status", str(tmp_path / "out")]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"done +4 of 12 \(33 %\)\n +failed +0\n +missing +8", printed)


def test_means_and_spreads_over_seeds(tmp_path):
    base = BASE.replace('pattern = "square"', 'pattern = "random"\nspots = 4') + SPECTRAL
    text = '[grid]\n"interface.contact_fraction" = [0.1, 0.2]\n[repeat]\n"interface.seed" = 3\n'
    plan = plan_of(load(write_study(tmp_path, text, base)), MEMORY)
    run_here(plan, tmp_path / "out")
    collected(tmp_path / "out")
    values = [float(row["R_cstr_ohm_cm2"]) for row in rows_of(tmp_path / "out")][3:]
    with (tmp_path / "out" / "means.csv").open(newline="") as file:
        means = list(csv.DictReader(file))
    assert [row["repeats"] for row in means] == ["3", "3"]
    mean = sum(values) / 3
    assert float(means[1]["R_cstr_ohm_cm2"]) == pytest.approx(mean, rel=1e-12)
    spread = (sum((value - mean) ** 2 for value in values) / 2) ** 0.5
    assert float(means[1]["R_cstr_ohm_cm2_spread"]) == pytest.approx(spread, rel=1e-9)


def test_side_bias_of_the_seeds(tmp_path):
    """The mean difference seed by seed, and its standard error, as numpy has them."""
    base = BASE.replace('pattern = "square"', 'pattern = "random"\nspots = 4') + SPECTRAL
    text = '[grid]\n"interface.contact_fraction" = [0.1, 0.2]\n[repeat]\nside_bias = true\n"interface.seed" = 3\n'
    plan = plan_of(load(write_study(tmp_path, text, base)), MEMORY)
    run_here(plan, tmp_path / "out")
    collected(tmp_path / "out")
    shape = 2, 2, 3  # fractions, sides, seeds
    value, bar = (
        np.array([float(row[key]) for row in rows_of(tmp_path / "out")]).reshape(shape)
        for key in ("R_cstr_ohm_cm2", "R_cstr_error_ohm_cm2")
    )
    with (tmp_path / "out" / "means.csv").open(newline="") as file:
        means = list(csv.DictReader(file))
    assert [row["interface.sides"] for row in means] == ["mirror", "periodic"] * 2
    for number in range(2):
        mirror, periodic = means[2 * number : 2 * number + 2]
        apart = value[number, 0] - value[number, 1]
        assert mirror["side_bias_repeats"] == "3"
        assert float(mirror["R_cstr_side_bias_ohm_cm2"]) == pytest.approx(apart.mean(), rel=1e-9)
        assert float(mirror["R_cstr_side_bias_error_ohm_cm2"]) == pytest.approx(apart.std(ddof=1) / 3**0.5, rel=1e-9)
        both = bar[number].sum(axis=0).mean()
        assert float(mirror["R_cstr_side_bias_solver_error_ohm_cm2"]) == pytest.approx(both, rel=1e-9)
        assert periodic["R_cstr_side_bias_ohm_cm2"] == periodic["side_bias_repeats"] == ""
        assert float(periodic["R_cstr_ohm_cm2"]) == pytest.approx(value[number, 1].mean(), rel=1e-12)


def test_log_has_a_line_for_every_case(tmp_path, tubes):
    assert main(["study", "run", str(tubes), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    events = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert [event["event"] for event in events] == ["start", *["done"] * 12, "end"]


def test_without_a_terminal_there_is_a_line_for_every_case(tmp_path, tubes, capsys):
    assert main(["study", "run", str(tubes), "--out", str(tmp_path / "out")]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 12
    assert re.match(
        r" 1/12 interface\.contact_fraction = 0\.\d, gap\.height = \d+ nm: R_cstr .* Ω·cm², C_cstr", lines[0]
    )


@pytest.mark.parametrize("last", range(10))
def test_a_folder_of_a_run_that_was_killed_between_its_first_writes_is_used_again(tmp_path, tubes, monkeypatch, last):
    """The run ends after so many of the calls that change what is on the disk."""

    class Killed(BaseException):
        pass

    left = [last]

    def counting(name, function):
        def call(*words, **named):
            if left[0] == 0:
                raise Killed(name)
            left[0] -= 1
            return function(*words, **named)

        return call

    folder = tmp_path / "out"
    words = ["study", "run", str(tubes), "--out", str(folder), "--quiet"]
    monkeypatch.setattr(runner, "run", lambda *_: Summary(0, 0, 0.0, (0.0,)))  # nothing is solved
    monkeypatch.setattr(lock, "_owner", lambda _: None)  # of another process, which is dead
    with monkeypatch.context() as patch, contextlib.suppress(Killed):
        for name in ("mkdir", "replace", "rename", "unlink", "rmdir"):
            patch.setattr(os, name, counting(name, getattr(os, name)))
        main(words)
    assert left[0] == 0 or last > 5, "the run was not killed"
    assert main(words) == 0
    assert (folder / "study.json").exists()
