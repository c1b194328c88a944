"""A process beside the command, which draws its pictures: as if it were not there, but sooner."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from constriction.base import beside
from constriction.base.beside import Helper, helper

CASE = Path(__file__).parents[2] / "meshes" / "single_spot.toml"


@pytest.fixture
def as_command(monkeypatch):
    monkeypatch.setattr(beside, "_cores", lambda: 2)
    token = beside.as_program.set(True)
    yield
    beside.as_program.reset(token)


def test_it_is_another_process_that_does_it(tmp_path, as_command):
    with helper(["json"]) as beside_this:
        beside_this.call("os", "symlink", "/proc/self", tmp_path / "link")
        beside_this.call("shutil", "copyfile", "/proc/self/stat", tmp_path / "stat")
    assert (tmp_path / "link").is_symlink()
    assert int((tmp_path / "stat").read_text().split()[0]) != os.getpid()


def test_its_errors_are_those_of_a_call(tmp_path, as_command):
    with helper([]) as beside_this, pytest.raises(FileNotFoundError, match="none"):
        beside_this.call("os", "remove", tmp_path / "none")


@pytest.mark.parametrize("modules", [["no.such.module"], []])
def test_without_it_all_is_called_here(tmp_path, as_command, modules):
    """It could not import, or was killed; and where nobody wanted it there is none."""
    with helper(modules) as beside_this:
        if not modules:
            beside_this._process.kill()
        beside_this.call("shutil", "copyfile", "/proc/self/stat", tmp_path / "stat")
    assert int((tmp_path / "stat").read_text().split()[0]) == os.getpid()
    with helper([], wanted=False) as none:
        assert none._process is None
    Helper().call("os", "remove", tmp_path / "stat")


def test_a_command_leaves_the_same_pictures_with_and_without(tmp_path):
    """The same case by the command itself, on as many cores as there are, and on one."""
    program = "import os, sys; from constriction.cli import main; {}sys.exit(main())"
    for name, pinned in (("two", ""), ("one", "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); ")):
        line = [sys.executable, "-c", program.format(pinned), "run", str(CASE), "--out", name, "--json"]
        done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)["contact_fraction"] == 0.09
    names = sorted(path.name for path in (tmp_path / "two").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "one").iterdir())
    for name in ("nyquist.png", "currents.png"):
        assert (tmp_path / "two" / name).read_bytes() == (tmp_path / "one" / name).read_bytes()
