"""What `constriction doctor` finds, with faults that are simulated where they would stand."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from constriction.case.materials.entries import shipped_names
from constriction.cli import main
from constriction.commands.job import checkup
from constriction.commands.job.checkup import FAULT, OK, WARNING


def test_compiler_that_fails(monkeypatch, tmp_path):
    broken = tmp_path / "cc"
    broken.write_text("#!/bin/sh\necho 'no space left' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CC", str(broken))
    check = checkup.check_compiler()
    assert check.status == FAULT and "no space left" in check.found


def test_compiler_of_this_machine_compiles():
    assert checkup.check_compiler().status == OK


def test_gmsh_without_its_libraries(monkeypatch, tmp_path):
    (tmp_path / "gmsh.py").write_text("raise OSError('libGLU.so.1: cannot open shared object file')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    check = checkup.check_gmsh()
    assert check.status == FAULT
    assert "libGLU.so.1" in check.found and "libglu1-mesa" in check.advice


def test_petsc_with_real_scalars(monkeypatch, tmp_path):
    (tmp_path / "petsc4py").mkdir()
    (tmp_path / "petsc4py" / "__init__.py").write_text("class PETSc:\n    ScalarType = float\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    check = checkup.check_petsc()
    assert check.status == FAULT and check.found == "scalars are float64"


def test_mpi_whose_ranks_do_not_meet(monkeypatch, tmp_path):
    launcher = tmp_path / "mpiexec"
    launcher.write_text("#!/bin/sh\nfor i in 1 2; do echo ranks 1; done\n")
    launcher.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    check = checkup.check_mpi()
    assert check.status == WARNING and "do not see each other" in check.found and "make setup" in check.advice


def test_command_tells_every_check_and_fails_for_a_fault(monkeypatch, capsys):
    monkeypatch.setenv("CC", "no-such-compiler")
    assert main(["doctor", "--json"]) == 1
    checks = {check["name"]: check for check in json.loads(capsys.readouterr().out)}
    needed = {"Python", "MPI", "PETSc", "C compiler", "form cache", "gmsh", "3D pictures", "memory", "threads"}
    assert needed | set(checkup.EXTRAS) == set(checks)
    assert [name for name, check in checks.items() if check["status"] == FAULT] == ["C compiler"]


def test_command_prints_a_line_each(monkeypatch, capsys):
    found = [checkup.Check("memory", OK, "8 GB free"), checkup.Check("threads", WARNING, "many", "fewer")]
    monkeypatch.setattr(checkup, "check_all", lambda ranks: found)
    assert main(["doctor"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["memory", "ok", "8", "GB", "free"],
        ["threads", "WARNING", "many;", "fewer"],
    ]
    assert main(["doctor", "--ranks", "0"]) == 2
    assert "--ranks 0" in capsys.readouterr().err


# --- constriction examples -------------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[2]
SHIPPED = {path.name: path.read_bytes() for kind in ("*.toml", "*_map.png") for path in (ROOT / "meshes").glob(kind)}


def test_examples_are_the_cases_of_meshes(tmp_path, capsys):
    assert main(["examples", str(tmp_path / "new")]) == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == SHIPPED
    assert capsys.readouterr().out.count("Written:") == len(SHIPPED)


def test_examples_never_replace_what_was_changed(tmp_path, capsys):
    mine = tmp_path / "stripes.toml"
    mine.write_text("mine")
    assert main(["examples", str(tmp_path)]) == 2
    assert "holds other files called stripes.toml; expected another folder, or --force" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["stripes.toml"] and mine.read_text() == "mine"
    assert main(["examples", str(tmp_path), "--force"]) == 0
    assert mine.read_bytes() == SHIPPED["stripes.toml"]
    assert main(["examples", str(tmp_path)]) == 0  # the same again
    assert main(["examples", str(mine)]) == 2


def test_wheel_holds_the_examples_and_the_materials(tmp_path, monkeypatch):
    import subprocess
    import zipfile

    copy = tmp_path / "checkout"
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", ".venv", ".git", "tests", "results")
    shutil.copytree(ROOT, copy, symlinks=True, ignore=ignore)
    build = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
    monkeypatch.delenv("PYTHONPATH", raising=False)
    command = [sys.executable, "-W", "ignore", "-c", build, str(tmp_path)]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {Path(n).name: archive.read(n) for n in archive.namelist() if n.startswith("constriction/examples/")}
        paths = [re.fullmatch(r"constriction/case/materials/(\w+)\.toml", name) for name in archive.namelist()]
        materials = {path[1] for path in paths if path}
    assert {name: data for name, data in packed.items() if not name.endswith(".py")} == SHIPPED  # and what makes maps
    assert materials == set(shipped_names())


@pytest.mark.parametrize("variables", [{"PYTHONUNBUFFERED": "1"}, {"PYTHONWARNINGS": "error", "LC_ALL": "C"}])
def test_ranks_meet_however_python_speaks(monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for _ in range(3):  # what two processes write at once is mixed now and then only
        check = checkup.check_mpi()
        assert check.status == OK or "no mpiexec" in check.found, check.found


def test_children_do_not_wait_for_words_from_the_terminal(monkeypatch):
    monkeypatch.setenv("PYTHONINSPECT", "1")
    assert checkup._ask([sys.executable, "-c", "print(1)"]) == ("1", "")
