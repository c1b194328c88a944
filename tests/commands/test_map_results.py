"""A map on the command line: what a run says, prints and leaves behind, and its exit codes."""

import json
import re
from html import unescape

import numpy as np
import pytest
from PIL import Image
from support.maps import blobs

from constriction.cli import main

CASE = """
[interface]
pattern = "image"
file = "deep/map.png"
pixel = "2 um"
despeckle = 5
[sweep]
from = "1 MHz"
to = "1 Hz"
points_per_decade = 1
[accuracy]
relative_error = 0.1
"""


def command(*words):
    """The exit code of a command line."""
    return main([str(word) for word in words])


@pytest.fixture
def case(tmp_path):
    """A case with its map in a folder beside it."""
    (tmp_path / "deep").mkdir()
    values = blobs(1, 0.3)
    values[0, 0] = 255 - values[0, 0]
    Image.fromarray(values).save(tmp_path / "deep" / "map.png")
    (tmp_path / "case.toml").write_text(CASE)
    return tmp_path / "case.toml"


def test_a_run_leaves_its_map_behind_and_can_be_repeated(case, tmp_path, capsys):
    out, again = tmp_path / "out", tmp_path / "again"
    assert command("run", case, "--out", out, "--report") == 0
    told = capsys.readouterr().out
    record = json.loads((out / "result.json").read_text())
    assert (out / "map.png").read_bytes() == (case.parent / "deep" / "map.png").read_bytes()
    assert list(record["referred_files"]) == ["map.png"]
    assert record["R_cstr_map_error_ohm_cm2"] > 0 and 0 < record["contact_fraction_pixels"] < 1
    (change,) = record["map_changes"]
    assert change in told and "a quarter pixel of its rims changes R_cstr by" in told
    page = re.sub(r"\s+", " ", unescape((out / "report.html").read_text()))  # no-break blanks among them
    assert change in page
    assert "The metal touches where the map map.png says it" in page
    assert command("run", out / "case.toml", "--out", again) == 0
    repeated = json.loads((again / "result.json").read_text())
    assert repeated["R_cstr_ohm_cm2"] == record["R_cstr_ohm_cm2"]
    assert repeated["case_sha256"] == record["case_sha256"]
    assert command("run", out / "case.toml", "--out", out) == 0  # the folder is its own


def test_a_map_is_cross_checked_by_finite_elements(case, tmp_path, capsys):
    assert command("run", case, "--cross-check", "--out", tmp_path / "out") == 0
    assert "they agree" in capsys.readouterr().out
    record = json.loads((tmp_path / "out" / "result.json").read_text())
    assert record["cross_check_method"] == "finite_elements" and "outline_tolerance_um" not in record


def test_a_map_by_finite_elements_says_how_its_rims_were_simplified(case, tmp_path, capsys):
    case.write_text(CASE + 'method = "finite_elements"\n')
    assert command("run", case, "--field", "--out", tmp_path / "out") == 0
    record = json.loads((tmp_path / "out" / "result.json").read_text())
    assert 0 < record["outline_tolerance_um"] < 10
    assert 0 < record["R_cstr_outline_error_ohm_cm2"] < record["R_cstr_error_ohm_cm2"]
    assert "meshed rims       simplified by up to" in capsys.readouterr().out
    assert (tmp_path / "out" / "field.vtu").exists()


def test_a_map_is_meshed(case, tmp_path):
    assert command("mesh", case, "--level", "2.6", "--output", tmp_path / "a.msh") == 0
    assert (tmp_path / "a.msh").stat().st_size > 1e5


def test_bounds_of_a_map_are_refused(case, capsys):
    assert command("run", case, "--bounds") == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "spectral" in told


@pytest.mark.parametrize(
    "pattern",
    [
        'pattern = "square"\nshape = "ellipse"\naspect = 2\npitch = "100 um"\ncontact_fraction = 0.3',
        'pattern = "random"\npitch = "100 um"\ncontact_fraction = 0.4\nspots = 5\noverlap = "merge"',
    ],
)
def test_contacts_without_a_mesh_are_drawn_from_above(tmp_path, capsys, pattern):
    (tmp_path / "case.toml").write_text(f"[interface]\n{pattern}\n")
    words = ["picture", tmp_path / "case.toml", "--what", "interface", "--output", tmp_path / "a.png"]
    assert command(*words) == 0 and (tmp_path / "a.png").exists()
    capsys.readouterr()
    narrow = Image.open(tmp_path / "a.png").width
    assert command(*words, "--frequency", "1 kHz", "--frequency", "1 MHz") == 0
    assert Image.open(tmp_path / "a.png").width == pytest.approx(1.5 * narrow, abs=2)


def test_a_picture_of_a_bad_map_tells_the_case(case, capsys):
    case.write_text(CASE.replace("despeckle = 5", "threshold = 300"))
    assert command("picture", case, "--what", "interface", "--output", case.parent / "a.png") == 2
    assert f"{case}: interface.threshold = 300.0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("threshold", "300"), "interface.threshold = 300.0"),
        (("crop", "[0, 0, 99, 9]"), "interface.crop: from 0, 0 to 99, 9"),
        (("smooth", "'x'"), "interface.smooth = 'x'"),
    ],
)
def test_bad_maps_exit_with_2(case, tmp_path, capsys, change, told):
    key, value = change
    case.write_text(CASE.replace("despeckle = 5", f"{key} = {value}"))
    assert command("run", case, "--out", tmp_path / "out") == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and f"{case}: {told}" in line
    assert not (tmp_path / "out").exists()


def test_a_broken_map_exits_with_2(case, tmp_path, capsys):
    (case.parent / "deep" / "map.png").write_bytes(np.arange(99, dtype=np.uint8).tobytes())
    assert command("run", case, "--out", tmp_path / "out") == 2
    assert "interface.file = 'map.png': no whole picture" in capsys.readouterr().err


def test_examples_bring_their_map(tmp_path):
    assert command("examples", tmp_path / "cases") == 0
    assert (tmp_path / "cases" / "measured_map.png").exists()
