"""A periodic cell on the command line: what a run says and leaves behind, and what is refused in one line."""

import json

import pytest

from constriction.cli import main

CASE = """
[interface]
pattern = "random"
contact_fraction = 0.2
pitch = "40 um"
spots = 4
sides = "periodic"
[gap]
height = "100 nm"
[sweep]
points_per_decade = 1
[accuracy]
relative_error = 0.05
"""


def command(*words):
    """The exit code of a command line."""
    return main([str(word) for word in words])


@pytest.fixture
def case(tmp_path):
    (tmp_path / "case.toml").write_text(CASE)
    return tmp_path / "case.toml"


def test_a_run_says_its_sides(case, tmp_path):
    out, again = tmp_path / "out", tmp_path / "again"
    assert command("run", case, "--out", out, "--report", "--circuit") == 0
    record, contacts = (json.loads((out / name).read_text()) for name in ("result.json", "contacts.geojson"))
    assert (record["method"], contacts["properties"]["sides"]) == ("spectral", "periodic")
    assert record["contact_fraction"] == pytest.approx(0.2, abs=1e-12)
    assert record["contact_area_above_2"] is not None
    assert "The cell repeats without mirrors." in (out / "report.html").read_text()
    assert command("run", out, "--out", again) == 0  # the folder stands for its case
    assert json.loads((again / "result.json").read_text())["R_cstr_ohm_cm2"] == record["R_cstr_ohm_cm2"]


def test_the_interface_is_drawn_from_above(case, tmp_path):
    assert command("picture", case, "--what", "interface", "--output", tmp_path / "a.png") == 0
    assert (tmp_path / "a.png").stat().st_size > 5_000
    assert command("picture", case, "--what", "interface", "--output", tmp_path / "a.gif") == 2


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--cross-check"],
        ["run", "--bounds"],
        ["run", "--field"],
        ["mesh", "--output", "a.msh"],
        ["picture", "--output", "a.png"],
    ],
)
def test_what_needs_a_mesh_is_refused(case, tmp_path, monkeypatch, capsys, words):
    monkeypatch.chdir(tmp_path)
    assert command(words[0], case, *words[1:]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "spectral" in told and "expected" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.toml"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"periodic"', '"open"'), "interface.sides = 'open': expected 'mirror' or 'periodic'"),
        (('"periodic"', "true"), "interface.sides = true: expected 'mirror' or 'periodic'"),
        (('"random"', '"square"'), "interface.sides = 'periodic': does not apply to pattern 'square'"),
        (
            ("[accuracy]", '[accuracy]\nmethod = "finite_elements"'),
            "interface.sides = 'periodic': finite elements mesh",
        ),
        (("[accuracy]", "[accuracy]\nbounds = true"), "accuracy.bounds = true: transforms have no bounds"),
        (('"100 nm"', '"100 nm"\nprofile = "linear"\nrise = "1 um"\nlength = "1 um"'), "gap.profile = 'linear': "),
    ],
)
def test_bad_input_exits_with_2(case, tmp_path, capsys, change, told):
    case.write_text(CASE.replace(*change).replace("spots = 4\n", "" if "square" in change[1] else "spots = 4\n"))
    assert command("run", case, "--out", tmp_path / "out") == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and f"{case}: {told}" in line
    assert not (tmp_path / "out").exists()
