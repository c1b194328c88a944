"""What stands beside the Dockerfile; `make container-test` builds the image and tries what the Dockerfile says."""

import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
CI = ROOT / ".ci"
JOBS = ROOT / "studies" / "slurm"
SHIPPED = [".ci/prune", "studies/constriction.def", "studies/Snakefile", *map(str, JOBS.glob("*.sh"))]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, CI / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[\w.-]+", line) for line in requirements)
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


# --- what goes into an image, and onto a cluster -------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_no_address_stands_in_what_a_site_gets(name):
    assert not re.search(r"\w+://|index-url|trusted-host|\d+\.\d+\.\d+\.\d+", text(name))


def test_everything_needed_is_pinned():
    project = tomllib.loads(text("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    needed = names([*project["dependencies"], *extras["biologic"], *extras["interactive"], "pytest", "hypothesis"])
    assert needed <= names(text("requirements.txt").splitlines())


def test_what_git_ignores_stays_out_of_the_image():
    left_out = {line.strip("/").removeprefix("**/") for line in text(".dockerignore").splitlines()}
    ignored = {line.strip("/") for line in text(".gitignore").splitlines() if line}
    assert ignored | {".git"} <= left_out


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


def test_the_workflow_reads_keys_that_results_have():
    (columns,) = re.findall(r"^COLUMNS = (\[.*\])$", text("studies/Snakefile"), re.MULTILINE)
    documented = set(re.findall(r"`(\w+)`", text("docs/results.md")))
    assert set(re.findall(r'"(\w+)"', columns)) <= documented
