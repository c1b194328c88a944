"""The command line: what bad input gets, and what good input prints and writes."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
from importlib import import_module, metadata
from pathlib import Path

import pytest

from constriction.cli import main

GOOD = """
title = "A case"
[electrolyte]
thickness = "1 mm"
[interface]
pattern = "square"
contact_fraction = 0.2
pitch = "40 um"
[gap]
height = "100 nm"
[sweep]
from = "1 MHz"
to = "100 Hz"
[accuracy]
relative_error = 0.1
"""


def case_with(before, after):
    assert before in GOOD
    return GOOD.replace(before, after)


def interface(text):
    return f"[interface]\n{text}\n"


DISC = '["20 um", "20 um", "10 um"]'
DISCS = 'pattern = "list"\ncell = ["100 um", "80 um"]\ndiscs = '
MILLION = 'pattern = "random"\ncontact_fraction = 0.2\npitch = "40 um"\nspots = 1000000\nseed = 1'

# A case file → what the one line must say, after the path of the file.
BAD_CASES = {
    "syntax": ('[interface]\npattern = "square\n', r"not valid TOML: .*line 2"),
    "unknown key": (case_with("pitch", "pich"), r"interface\.pich: unknown key, the nearest is 'pitch'"),
    "unknown section": (GOOD + "[gab]\n", r"gab: unknown key, the nearest is 'gap'"),
    "no unit": (case_with('"40 um"', "40"), r"interface\.pitch = 40: expected a length with its unit"),
    "dimension": (case_with('"100 nm"', '"5 mS"'), r"gap\.height = '5 mS': expected a length"),
    "no contact": (case_with("0.2", "0.0"), r"interface\.contact_fraction = 0\.0: expected"),
    "negative contact": (case_with("0.2", "-0.2"), r"interface\.contact_fraction = -0\.2: expected"),
    "too much contact": (case_with("0.2", "1.01"), r"interface\.contact_fraction = 1\.01: expected"),
    "touching discs": (case_with("0.2", "0.79"), r"interface\.contact_fraction = 0\.79: .* expected below 0\.785398"),
    "overlapping": (interface(DISCS + f'[{DISC}, ["30 um", "20 um", "5 um"]]'), r"disc 1 .* and disc 2 .* overlap"),
    "outside": (interface(DISCS + '[["95 um", "20 um", "10 um"]]'), r"disc 1 .* outside the cell"),
    "from below to": (case_with('"1 MHz"', '"1 Hz"'), r"sweep\.from = '1 Hz': expected a frequency above sweep\.to"),
    "negative length": (case_with('"1 mm"', '"-1 mm"'), r"electrolyte\.thickness = '-1 mm': expected a length above"),
    "zero length": (case_with('"40 um"', '"0 um"'), r"interface\.pitch = '0 um': expected a length above zero"),
    "nan": (case_with("0.2", "nan"), r"interface\.contact_fraction = nan: expected"),
    "nan length": (case_with('"40 um"', '"nan um"'), r"interface\.pitch = 'nan um': expected a length"),
    "inf": (case_with("0.1", "inf"), r"accuracy\.relative_error = inf: expected"),
    "inf length": (case_with('"1 mm"', '"inf mm"'), r"electrolyte\.thickness = 'inf mm': expected a length"),
    "million spots": (interface(MILLION), r"interface\.spots: 1000000 spots would take about \S+ GB of memory"),
}

# Arguments, with {case} a good case → what the one line must say.
BAD_ARGUMENTS = {
    "missing file": ("run nofile.toml", r"nofile\.toml: No such file or directory; expected"),
    "folder without a case": ("run foreign", r"foreign: holds no case\.toml; expected a case file or the folder of"),
    "out below a file": ("run {case} --out {case}/out", r"case\.toml/out: cannot be written \(Not a directory\)"),
    "out is a file": ("run {case} --out {case}", r"case\.toml: is not a folder; expected"),
    "out in /proc": ("run {case} --out /proc/out", r"/proc/out: cannot be written"),
    "foreign folder": ("run {case} --out foreign", r"foreign: holds other things than a result \(notes\.txt\)"),
    "memory": ("run {case} --memory 8", r"--memory '8': expected a memory above zero with its unit"),
    "too little memory": ("run {case} --memory 1kB", r"case\.toml: .* 1e-06 GB may be used"),
    "accuracy": ("run {case} --relative-error 2", r"--relative-error 2\.0: expected a number from 1e-6 to 0\.5"),
    "no number": ("run {case} --relative-error x", r"--relative-error: .*\"x\".* See constriction --help"),
    "unknown option": ("run {case} --ouut x", r"Unknown option: --ouut.* --out\? See constriction --help"),
    "no case": ("run", r"CASE requires an argument.* See constriction --help"),
    "two cases": ("run {case} {case}", r"case\.toml.* See constriction --help"),
    "unknown command": ("rnu {case}", r"Unknown command \"rnu\".* See constriction --help"),
    "mesh suffix": ("mesh {case} -o x.stl", r"x\.stl: suffix '\.stl'; expected one of \.msh, \.vtu, \.xdmf"),
    "mesh nowhere": ("mesh {case} -o /proc/x.msh", r"/proc/x\.msh: cannot be written"),
    "mesh on a folder": ("mesh {case} -o folder.msh", r"folder\.msh: cannot be written \(Is a directory\)"),
    "mesh without file": ("mesh {case}", r"--output requires an argument"),
    "mesh level": ("mesh {case} -o x.msh --level nan", r"--level nan: expected a number from 0\.001 to 100"),
    "mesh too fine": ("mesh {case} -o x.msh --level 0.001 --memory 1GB", r"case\.toml: a mesh of level 0\.001 would"),
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with a good case, a folder of somebody else and a folder named like a mesh."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.toml").write_text(GOOD)
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign/notes.txt").write_text("mine")
    (tmp_path / "folder.msh").mkdir()
    return tmp_path


def tree(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def refused(arguments, here, capfd):
    """The one line on stderr of a command that must end with 2 and write nothing."""
    before = tree(here)
    code = main(arguments)
    out, err = capfd.readouterr()
    assert code == 2
    assert out == ""
    assert tree(here) == before
    assert re.fullmatch(r"constriction: [^\n]+\n", err), err
    return err.removeprefix("constriction: ")


@pytest.mark.parametrize("command", ["run {0}", "mesh {0} -o x.msh"], ids=["run", "mesh"])
@pytest.mark.parametrize(("text", "expected"), BAD_CASES.values(), ids=BAD_CASES)
def test_bad_case_gets_one_line(here, capfd, command, text, expected):
    (here / "bad.toml").write_text(text)
    line = refused(command.format("bad.toml").split(), here, capfd)
    assert line.startswith("bad.toml: ")
    assert re.search(expected, line), line


@pytest.mark.parametrize(("arguments", "expected"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
def test_bad_arguments_get_one_line(here, capfd, arguments, expected):
    line = refused(arguments.format(case="case.toml").split(), here, capfd)
    assert re.search(expected, line), line


def test_random_spots_without_room(here, capfd):
    (here / "bad.toml").write_text(interface('pattern = "random"\ncontact_fraction = 0.75\npitch = "1 mm"\nspots = 9'))
    line = refused(["run", "bad.toml"], here, capfd)
    assert re.search(r"placed \d+ of 9 spots, then found no free place", line), line


# --- what good input gets


def test_run_prints_a_table_and_writes_the_folder(here, capfd):
    assert main(["run", "case.toml"]) == 0
    out, err = capfd.readouterr()
    record = json.loads((here / "results/case/result.json").read_text())
    assert re.search(rf"R_cstr +{record['R_cstr_ohm_cm2']:.2g}\d* ± \d\.\d+ Ω·cm²\n", out), out
    assert f"{record['cells']} cells, {record['unknowns']} unknowns" in out
    assert "f_cstr" in out and "µF/cm²" in out
    written = {path.name for path in (here / "results/case").iterdir()}
    assert written == {"case.toml", "spectrum.csv", "result.json", "contacts.geojson", "nyquist.png", "currents.png"}
    assert all(name in out for name in written)
    assert "unknowns" in err and "\x1b" not in err  # plain lines: stderr is no terminal here


def test_json_is_all_that_is_printed(here, capfd):
    assert main(["run", "case.toml", "--json", "--out", "out", "--relative-error", "0.2"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out) == json.loads((here / "out/result.json").read_text())
    assert json.loads(out)["relative_error_asked"] == 0.2
    assert err == ""


def test_direct_and_field(here, capfd):
    for name, more in (("reduced", []), ("direct", ["--direct", "--field"])):
        assert main(["run", "case.toml", "--json", "--out", name, *more]) == 0
    reduced, direct = (Path(name, "spectrum.csv").read_text().split() for name in ("reduced", "direct"))
    assert reduced != direct  # not the same numbers, only close ones: tests/verification says how close
    assert (here / "direct/field.vtu").exists()
    assert not (here / "reduced/field.vtu").exists()
    capfd.readouterr()


def test_vector_graphics(here, capfd):
    assert main(["run", "case.toml", "--pdf"]) == 0
    for name in ("nyquist.pdf", "bode.pdf"):
        assert (here / "results/case" / name).read_bytes().startswith(b"%PDF")
    assert main(["run", "case.toml"]) == 0  # an earlier result is replaced as a whole
    assert not (here / "results/case/bode.pdf").exists()
    capfd.readouterr()


def test_circuits(here, capfd, monkeypatch):
    assert main(["run", "case.toml", "--circuit"]) == 0
    assert "circuit:" not in capfd.readouterr().err
    names = ("circuit.txt", "circuit.json", "circuit.sp")
    assert all((here / "results/case" / name).stat().st_size for name in names)
    assert main(["run", "case.toml"]) == 0  # an earlier result is replaced as a whole
    assert not any((here / "results/case" / name).exists() for name in names)
    monkeypatch.setattr("constriction.simulation.network.files.DIFFERENT", 1e-15)
    capfd.readouterr()
    assert main(["run", "case.toml", "--circuit", "--json"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out) and re.search(r"circuit: differs from Z by up to \S+ of \|Z\|, expected at most 1e-15", err)


def test_full_contact_has_no_apex(here, capfd):
    (here / "slab.toml").write_text(case_with("0.2", "1.0"))
    assert main(["run", "slab.toml"]) == 0
    out = capfd.readouterr().out
    assert "C_cstr" not in out and "not reached" not in out
    record = json.loads((here / "results/slab/result.json").read_text())
    assert record["C_cstr_farad_per_cm2"] is None and record["relative_error_reached"] is None


def test_missed_accuracy_is_said(here, capfd):
    asked = ["run", "case.toml", "--relative-error", "1e-6", "--memory", "400MB"]
    assert main(asked) == 0
    out = capfd.readouterr().out
    record = json.loads((here / "results/case/result.json").read_text())
    assert record["accuracy_reached"] is False
    assert f"Accuracy not reached: asked 1e-06, reached {record['relative_error_reached']:.3g}" in out


@pytest.mark.parametrize("name", ["x.msh", "new/x.vtu", "x.xdmf"])
def test_mesh_writes_and_tells(here, capfd, name):
    assert main(["mesh", "case.toml", "-o", name, "--level", "4"]) == 0
    out, _ = capfd.readouterr()
    # The meshed fraction differs by what second-order arcs leave of a circle.
    exact, meshed = map(float, re.search(r"contact fraction +(\S+), meshed (\S+)\n", out).groups())
    assert exact == pytest.approx(0.2, rel=1e-9)
    assert meshed == pytest.approx(0.2, rel=1e-4)
    assert re.search(r"cells +\d+", out) and re.search(r"smallest quality +0\.\d+", out)
    assert (here / name).stat().st_size > 0
    assert not list((here / name).parent.glob(".*"))


# --- errors that are not the input's fault


@pytest.fixture
def broken(here, monkeypatch):
    """Make `simulate` raise what it is given."""

    def breaks(error):
        def fails(case, options):
            raise error

        monkeypatch.setattr(sys.modules["constriction.simulation.simulate"], "simulate", fails)

    import_module("constriction.simulation.simulate")
    return breaks


def test_unexpected_error_is_one_line_unless_debugged(broken, capfd):
    broken(RuntimeError("two\nlines"))
    assert main(["run", "case.toml"]) == 1
    assert capfd.readouterr().err == (
        "constriction: error: RuntimeError: two lines (run again with --debug to see where)\n"
    )
    assert main(["run", "case.toml", "--debug"]) == 1
    assert "Traceback" in capfd.readouterr().err


def test_solver_error_needs_no_type(broken, capfd):
    from constriction.field.elements.solvers import SolverError

    broken(SolverError("MUMPS failed"))
    assert main(["run", "case.toml"]) == 1
    assert capfd.readouterr().err == "constriction: error: MUMPS failed\n"


def test_compiler_trouble_is_explained(broken, capfd, monkeypatch):
    verification = type("VerificationError", (Exception,), {})
    broken(verification("CompileError: command 'nocc' failed"))
    monkeypatch.setenv("CC", "nocc -O2")
    assert main(["run", "case.toml"]) == 1
    assert re.search(r"there is no C compiler 'nocc'; install one \(apt-get install gcc", capfd.readouterr().err)
    monkeypatch.setenv("CC", sys.executable)
    monkeypatch.setattr("sysconfig.get_path", lambda name: "nowhere")
    assert main(["run", "case.toml"]) == 1
    assert re.search(r"there is no nowhere/Python\.h; install .*python3-dev", capfd.readouterr().err)


def test_a_full_disk_under_the_compiled_forms_is_named(broken, capfd, monkeypatch, tmp_path):
    from dolfinx import jit

    monkeypatch.setitem(jit.DOLFINX_DEFAULT_JIT_OPTIONS, "cache_dir", (tmp_path, "as in DOLFINx"))
    broken(type("VerificationError", (Exception,), {})("CompileError: command failed"))
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 100}))
    assert main(["run", "case.toml"]) == 1
    assert f"compiled forms in {tmp_path}, where no room is left; make some" in capfd.readouterr().err


def test_lock_of_a_killed_compiler_is_named(broken, capfd):
    # The words of FFCx 0.11.
    broken(
        TimeoutError("JIT compilation timed out. Try cleaning cache (e.g. remove /a b/x.c) or increase timeout option.")
    )
    assert main(["run", "case.toml"]) == 1
    assert "delete /a b/x.c and run again" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("place", "named"),
    [("new/fenics/forms_1.c", True), ("new/fenics", True), ("new", True), (".", False), ("x", False)],
)
def test_forms_that_cannot_be_kept_are_explained(broken, capfd, monkeypatch, tmp_path, place, named):
    from dolfinx import jit

    cache = tmp_path / "new" / "fenics"
    monkeypatch.setitem(jit.DOLFINX_DEFAULT_JIT_OPTIONS, "cache_dir", (cache, "as in DOLFINx"))
    broken(OSError(errno.EROFS, "Read-only file system", str(tmp_path / place)))
    assert main(["run", "case.toml"]) == 1
    advice = f"forms in {cache}, which cannot be written (Read-only file system); set XDG_CACHE_HOME"
    assert (advice in capfd.readouterr().err) == named


def test_interrupt_is_one_line(broken, capfd):
    broken(KeyboardInterrupt())
    assert main(["run", "case.toml"]) == 130
    assert capfd.readouterr().err == "constriction: interrupted\n"


# --- as a command


def command(arguments, **options):
    # A minute is a hang.
    return subprocess.run(
        [sys.executable, "-m", "constriction", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


def test_command_ends_with_the_code(here):
    done = command(["run", "nofile.toml"], env=ENVIRONMENT)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("constriction: nofile.toml: No such file")


def test_help_and_version_load_nothing_heavy(here):
    for arguments in (["--help"], ["run", "--help"], ["mesh", "--help"], ["convert", "--help"], ["--version"]):
        done = command(arguments, env=ENVIRONMENT | {"PYTHONPROFILEIMPORTTIME": "1"})
        assert done.returncode == 0, done.stderr
        loaded = set(re.findall(r"\| +([\w.]+)$", done.stderr, re.MULTILINE))
        assert "cyclopts" in loaded  # or the list was not read
        assert not loaded & {"numpy", "mpi4py", "pydantic", "pint", "shapely", "dolfinx", "gmsh", "matplotlib", "scipy"}


def test_help_tells_what_a_user_needs(capfd):
    for arguments in (["convert", "--help"], ["--help"], ["run", "--help"], ["mesh", "--help"]):
        assert main(arguments) == 0
        out = capfd.readouterr().out
        assert "Example: " in out
        assert "Exit codes: 0 done; 2" in out
    assert "R_cstr" in out


def test_version(capfd):
    assert main(["--version"]) == 0
    try:
        expected = metadata.version("constriction-fem")
    except metadata.PackageNotFoundError:
        expected = "not installed"
    assert capfd.readouterr().out == f"{expected}\n"


def test_terminal_without_greek_letters(here):
    done = command(["run", "case.toml"], env=ENVIRONMENT | {"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert re.search(r"R_cstr +\d\.\d+ \? \d\.\d+ \?\?cm\?\n", done.stdout), done.stdout


def test_interrupted_command_writes_nothing(here):
    process = subprocess.Popen(
        [sys.executable, "-m", "constriction", "run", "case.toml", "--relative-error", "1e-4"],
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        # a job in the background, such as this test's own runner, hands down that it ignores the signal
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no other thread
    )
    process.stderr.readline()  # the first mesh is solved
    process.send_signal(signal.SIGINT)
    err = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert err.splitlines()[-1] == "constriction: interrupted"
    assert not (here / "results").exists()


# --- on several ranks

MPIEXEC = Path(sys.executable).with_name("mpiexec")
on_two_ranks = pytest.mark.skipif(not MPIEXEC.exists(), reason="no mpiexec beside this Python")


def on_ranks(arguments):
    line = [MPIEXEC, "-n", "2", sys.executable, "-m", "constriction", *arguments]
    # A minute is a hang.
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, env=ENVIRONMENT)


@on_two_ranks
def test_only_rank_0_prints_and_writes(here):
    done = on_ranks(["run", "case.toml", "--json", "--field"])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads((here / "results/case/result.json").read_text())
    assert (here / "results/case/field.vtu").exists()
    meshed = on_ranks(["mesh", "case.toml", "-o", "x.vtu"])
    assert meshed.returncode == 0, meshed.stderr
    assert meshed.stdout.count("contact fraction") == 1
    assert (here / "x.vtu").exists()


@on_two_ranks
@pytest.mark.parametrize(
    "arguments", ["run nofile.toml", "run touching.toml", "mesh touching.toml -o x.msh", "run --x"]
)
def test_wrong_input_is_told_once(here, arguments):
    (here / "touching.toml").write_text(case_with("0.2", "0.79"))
    done = on_ranks(arguments.split())
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1, done.stderr


@on_two_ranks
def test_failure_of_one_rank_ends_the_job(here):
    code = (
        "import sys; from mpi4py import MPI; from constriction.commands.job.guard import guarded\n"
        "def work(comm):\n"
        "    if comm.rank == 1: raise RuntimeError('only here')\n"
        "    comm.barrier()\n"
        "sys.exit(guarded(work, False))"
    )
    line = [MPIEXEC, "-n", "2", sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, env=ENVIRONMENT)
    assert done.returncode == 1
    assert done.stderr.startswith("constriction: error: RuntimeError: only here")
