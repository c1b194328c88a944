"""The container's files, read without building it: `make container-test` builds and tries it."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
CI = ROOT / ".ci"
JOBS = ROOT / "studies" / "slurm"
SHIPPED = ["Dockerfile", ".ci/prune", "studies/constriction.def", "studies/Snakefile", *map(str, JOBS.glob("*.sh"))]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def instructions() -> list[tuple[str, str]]:
    """Keyword and rest of every instruction of the Dockerfile, continued lines joined."""
    lines = [line for line in text("Dockerfile").splitlines() if line and not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    return [(keyword, rest) for keyword, _, rest in (line.partition(" ") for line in joined)]


def runs(needle: str) -> list[str]:
    return [rest for keyword, rest in instructions() if keyword == "RUN" and needle in rest]


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, CI / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[\w.-]+", line) for line in requirements)
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


# --- Dockerfile ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_no_address_stands_in_what_goes_into_an_image(name):
    assert not re.search(r"\w+://|index-url|trusted-host|\d+\.\d+\.\d+\.\d+", text(name))


def test_it_starts_from_debian_and_ends_with_what_runs():
    stages = [rest for keyword, rest in instructions() if keyword == "FROM"]
    assert ("ARG", "BASE=debian:trixie-slim") in instructions()
    assert stages[0] == "${BASE} AS system"
    assert {stage.split()[0] for stage in stages[1:]} == {"system", "runtime"}, "another base slipped in"
    assert stages[-1] == "runtime", "`podman build .` would make another stage"


def test_it_runs_the_command_as_nobody_in_particular():
    rest = text("Dockerfile").split("FROM system AS runtime")[1].split("\nFROM ")[0]
    assert 'USER constriction\nENTRYPOINT ["constriction"]\n' in rest
    assert rest.count("\nUSER") == rest.count("\nENTRYPOINT") == 1
    assert "XDG_CACHE_HOME=/var/cache/constriction" in rest
    assert re.search(r"chmod 1777 /var/cache/constriction /var/cache/constriction/fenics", rest)


def test_libraries_are_pinned_by_hash_and_only_one_step_downloads_them():
    (download,) = runs("pip download")
    assert all(option in download for option in ("--require-hashes", "--only-binary :all:", "requirements.txt"))
    place = instructions().index(("RUN", download))
    settings = [rest for keyword, rest in instructions()[place + 1 :] if keyword == "ENV"]
    assert "PIP_NO_INDEX=1" in settings[0] and "PIP_FIND_LINKS=/build/wheels" in settings[0]
    before = [rest for keyword, rest in instructions()[:place] if keyword == "RUN"]
    assert not [run for run in before if "pip install" in run or "pip --python" in run]


def test_what_a_site_hands_in_is_seen_by_downloading_steps_only():
    for run in runs(""):
        downloads = "apt-get update" in run or "pip download" in run
        assert ("--mount=type=secret" in run) == downloads, run
    for run in runs("apt-get update"):
        assert "id=apt,target=/etc/apt/sources.list.d/site.sources" in run
    first = runs("apt-get update")[0]
    assert "rm -rf" in first and "/var/lib/apt/lists/*" in first, "apt's lists name the mirror"


def test_everything_needed_is_pinned():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    needed = names([*project["dependencies"], *extras["biologic"], *extras["interactive"], "pytest", "hypothesis"])
    assert needed <= names(text("requirements.txt").splitlines())


def test_it_has_every_library_that_a_bare_machine_lacks():
    known = set(re.findall(r"^lib\S+\.so\.\d+ (\S+)$", text(".ci/missing-libraries"), re.MULTILINE))
    assert len(known) >= 8
    installed = set(runs("apt-get install")[0].split())
    assert known <= installed
    assert {"gcc", "libc6-dev", "libpython3-dev"} <= installed, "forms are compiled at run time"


def test_what_git_ignores_stays_out_of_the_image():
    left_out = {line.strip("/").removeprefix("**/") for line in text(".dockerignore").splitlines()}
    ignored = {line.strip("/") for line in text(".gitignore").splitlines() if line}
    assert ignored | {".git"} <= left_out


# --- what tries it -------------------------------------------------------------------------------------------------


def test_missing_tools_are_told_in_one_line(tmp_path):
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/bash", str(CI / "container-test")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    if os.geteuid() == 0:
        assert re.search(r"missing: podman.*apt-get install .*podman", line)
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


def test_an_error_bar_counts_as_what_it_is_the_error_of():
    same = load("same_result")
    values = {"R_cstr_ohm_cm2": 100.0}
    assert same.apart(1e-3, 2e-3, same.scale_of("R_cstr_error_ohm_cm2", values)) == pytest.approx(1e-5)
    assert same.apart(1e-3, 2e-3, same.scale_of("relative_error_reached", values)) == pytest.approx(1e-3)
    assert same.apart(1e-3, 2e-3, same.scale_of("C_low_farad_per_cm2", values)) == pytest.approx(0.5)
    of_c = same.scale_of("apparent_C_int_error_farad_per_cm2", {"apparent_C_int_farad_per_cm2": 1e-7})
    assert same.apart(1e-9, 2e-9, of_c) == pytest.approx(1e-2)
    assert same.apart(None, 0.0) == same.apart("a", "b") == float("inf")


def test_apt_sources_of_both_forms_are_read(tmp_path, monkeypatch):
    site = load("site")
    newer = "Types: deb deb-src\nURIs: http://a/debian\nSuites: bookworm bookworm-updates\nComponents: main\n"
    off = "Types: deb\nURIs: http://b/debian\nSuites: bookworm\nEnabled: no\n"
    source = "Types: deb-src\nURIs: http://c/debian\nSuites: bookworm\n"
    found = site.stanzas(f"{newer}\n{off}\n{source}")
    assert found == [("http://a/debian", "bookworm"), ("http://a/debian", "bookworm-updates")]
    release = {"ID": "debian", "VERSION_CODENAME": "bookworm"}
    older = "deb [signed-by=x] http://d/debian bookworm-security main\ndeb https://e/debian bookworm main\n"
    other = "deb http://f/apt stable main\n"
    assert site.for_release([newer, older, other], release) == [
        ("http://a/debian", "trixie"),
        ("http://a/debian", "trixie-updates"),
        ("http://d/debian", "trixie-security"),
    ]
    assert site.for_release([newer], {"ID": "ubuntu", "VERSION_CODENAME": "noble"}) == []


def test_hosts_of_a_configuration_are_found():
    assert load("site").host_names(["http://me:pw@one:80/simple file:///x", "https://two/"]) == {"one", "two"}


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
    assert command == [*expected, "--out", "out", "--memory", "6000 MB", "--quiet"]


def test_a_study_in_parts(tmp_path):
    parts = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "1", "CONSTRICTION_IMAGE": "other.sif"}
    command = submit(tmp_path, "array.sh", "study.toml", "out", "8", **parts)
    assert command[:3] == ["exec", "other.sif", "mpiexec"]
    assert command[command.index("--shard") + 1] == "3/8", "a part that is repeated alone stays the same part"


def test_the_workflow_reads_keys_that_results_have():
    (columns,) = re.findall(r"^COLUMNS = (\[.*\])$", text("studies/Snakefile"), re.MULTILINE)
    documented = set(re.findall(r"`(\w+)`", text("docs/results.md")))
    assert set(re.findall(r'"(\w+)"', columns)) <= documented


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
