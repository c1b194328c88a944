"""The scripts beside the Dockerfile and the batch scripts of clusters, run as they are."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CI = ROOT / ".ci"
JOBS = ROOT / "studies" / "slurm"


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


# --- what tries it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("script", "tool"), [("container-test", "podman"), ("cluster-test", "munge")])
def test_missing_tools_are_told_in_one_line(tmp_path, script, tool):
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/bash", str(CI / script)],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    if os.geteuid() == 0:
        lacking = re.search(rf"missing: {tool}.*apt-get install .*{tool}", line)
        assert lacking or (script == "cluster-test" and shutil.which("munged", path="/usr/sbin"))
    else:
        assert "needs root" in line


def result(folder: Path, resistance: float, seconds: float, version: str = "1") -> str:
    folder.mkdir()
    values = {"R_cstr_ohm_cm2": resistance, "seconds_total": seconds, "peaks": [], "versions": {"gmsh": version}}
    (folder / "result.json").write_text(json.dumps(values))
    (folder / "spectrum.csv").write_text("frequency,real,imaginary\n10.0,3.0,-1.0\n")
    return str(folder)


@pytest.mark.parametrize(
    ("resistance", "version", "tolerance", "code"),
    [
        (2.0, "1", "0", 0),
        (2.0, "2", "0", 1),
        (2.0, "2", "1e-8", 0),
        (2.0 + 1e-9, "1", "1e-8", 0),
        (2.0 + 1e-9, "1", "0", 1),
        (2.0 + 1e-7, "1", "1e-8", 1),
    ],
)
def test_results_are_compared_but_for_their_times(tmp_path, resistance, version, tolerance, code):
    folders = [result(tmp_path / "one", 2.0, 1.0), result(tmp_path / "other", resistance, 9.0, version)]
    line = [sys.executable, str(CI / "same_result.py"), *folders, tolerance]
    done = subprocess.run(line, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == code, done.stderr
    assert ("R_cstr_ohm_cm2: 2.0" in done.stderr) == (code == 1 and resistance != 2.0)


@pytest.mark.parametrize(
    ("pins", "told"),
    [
        ("Thing_one==1.0 \\\n    --hash=sha256:00\nother==2\n", ""),
        ("thing-one==1.1\n", "thing-one 1.0, pinned 1.1"),
        ("other==2\n", "thing-one 1.0, pinned not at all"),
    ],
)
def test_what_is_installed_is_compared_with_the_pins(tmp_path, pins, told):
    for name in ("thing.one", "constriction_fem"):
        folder = tmp_path / "site" / f"{name}-1.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (tmp_path / "pins.txt").write_text(pins)
    line = [sys.executable, str(CI / "installed.py"), str(tmp_path / "pins.txt"), str(tmp_path / "site")]
    done = subprocess.run(line, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr.strip()) == (1 if told else 0, told)


def log_of(folder: Path, keys: str, table: str) -> str:
    """The folder of a collected study whose log tells that cases were done."""
    folder.mkdir()
    lines = [{"event": "start"}, *({"event": "done", "key": key} for key in keys)]
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for name in ("cases.csv", "study.nc"):
        (folder / name).write_text(table)
    return str(folder)


@pytest.mark.parametrize(
    ("keys", "table", "told"),
    [
        ("ba", "1", ""),
        ("aba", "1", "case a was computed 2 times"),
        ("a", "1", "case b is in"),
        ("ab", "2", "cases.csv"),
    ],
)
def test_a_resumed_study_is_compared_with_one_that_ran_through(tmp_path, keys, table, told):
    folders = [log_of(tmp_path / "killed", keys, table), log_of(tmp_path / "whole", "ab", "1")]
    line = [sys.executable, str(CI / "same_study.py"), *folders]
    done = subprocess.run(line, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == bool(told) and told in done.stderr


# --- clusters ------------------------------------------------------------------------------------------------------


def submit(tmp_path: Path, name: str, *arguments: str, **more: str) -> list[str]:
    """The command that a batch script runs, written down by a stand-in for apptainer."""
    stand_in = tmp_path / "apptainer"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    stand_in.chmod(0o755)
    slurm = {"SLURM_NTASKS": "4", "SLURM_MEM_PER_CPU": "2000", **more}
    path = f"{tmp_path}:{os.environ['PATH']}"
    line = ["bash", str(JOBS / name), *arguments]
    return subprocess.run(
        line, env={"PATH": path, **slurm}, capture_output=True, text=True, timeout=20, check=True
    ).stdout.splitlines()


def test_a_study_on_one_node(tmp_path):
    command = submit(tmp_path, "one-node.sh", "a study.toml", "out")
    expected = ["exec", "constriction.sif", "mpiexec", "-n", "4", "constriction", "study", "run", "a study.toml"]
    assert command == [*expected, "--out", "out", "--memory", "6000 MB", "--quiet", "--strict"]


def test_a_study_without_a_container(tmp_path):
    (tmp_path / "mpiexec").symlink_to(tmp_path / "apptainer")
    more = {"CONSTRICTION_BIN": str(tmp_path), "SLURM_MEM_PER_CPU": "100"}
    command = submit(tmp_path, "one-node.sh", "study.toml", "out", "--retry-failed", **more)
    assert command[:2] == ["-n", "4"] and command[-4:] == ["300 MB", "--quiet", "--strict", "--retry-failed"]


def test_a_study_in_parts(tmp_path):
    parts = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "1", "CONSTRICTION_IMAGE": "other.sif"}
    command = submit(tmp_path, "array.sh", "study.toml", "out", "8", **parts)
    assert command[:3] == ["exec", "other.sif", "mpiexec"]
    assert command[command.index("--shard") + 1] == "3/8", "a part that is repeated alone stays the same part"


@pytest.mark.skipif(not shutil.which("git"), reason="no git here, as in the image")
def test_what_is_tested_is_what_git_tracks(tmp_path):
    """Whatever benchmarks, builds and results have left in the checkout."""
    checkout = tmp_path / "checkout"
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    (checkout / "tests" / "benchmarks").mkdir(parents=True)
    for name in ("a b.py", "tests/benchmarks/run.py", "gone.py"):
        (checkout / name).write_text("tracked")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], cwd=checkout, check=True, timeout=20)
    (checkout / "tests" / "benchmarks" / ".venv").mkdir()
    (checkout / "tests" / "benchmarks" / ".venv" / "left.py").write_text("not tracked")
    (checkout / "tests" / "benchmarks" / "run.py").write_text("changed")
    (checkout / "gone.py").unlink()
    subprocess.run(["bash", str(CI / "tracked"), str(tmp_path / "copy")], cwd=checkout, check=True, timeout=20)
    found = {
        path.relative_to(tmp_path / "copy").as_posix() for path in (tmp_path / "copy").rglob("*") if path.is_file()
    }
    assert found == {"a b.py", "tests/benchmarks/run.py"}
    assert (tmp_path / "copy" / "tests" / "benchmarks" / "run.py").read_text() == "changed"
    done = subprocess.run(
        ["bash", str(CI / "tracked"), "other"], cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 1 and "expected one: git clone" in done.stderr and not (tmp_path / "other").exists()
    assert re.search(r'podman build .* "\$scratch/source"', text(".ci/container-test"))
