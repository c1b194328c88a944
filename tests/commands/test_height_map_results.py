"""A map of heights on the command line: what a run says, prints and leaves behind, and its exit codes."""

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
pattern = "height_map"
[gap]
profile = "map"
file = "deep/heights.tif"
pixel = "25 um"
unit = "1 nm"
level = true
offset = "1 um"
missing = 0
outliers = 8
contact_below = "500 nm"
[sweep]
points_per_decade = 1
[accuracy]
relative_error = 0.1
"""


@pytest.fixture
def case(tmp_path):
    """A case with its map in a folder beside it."""
    noise = np.random.default_rng(1).normal(size=(40, 50))
    values = np.where(blobs(1, 0.2, (40, 50), 4.0) > 0, 5000, 6000) + 10 * noise
    values[3, 3:5], values[20, 20] = 0, 60_000
    (tmp_path / "deep").mkdir()
    Image.fromarray(values.astype(np.uint16)).save(tmp_path / "deep" / "heights.tif")
    (tmp_path / "case.toml").write_text(CASE)
    return tmp_path / "case.toml"


def test_a_run_tells_what_it_did_to_the_heights(case, tmp_path, capsys):
    out, again = tmp_path / "out", tmp_path / "again"
    assert main(["run", str(case), "--out", str(out), "--report"]) == 0
    told = re.sub(r"\s+", " ", capsys.readouterr().out)
    record = json.loads((out / "result.json").read_text())
    assert (out / "heights.tif").read_bytes() == (case.parent / "deep" / "heights.tif").read_bytes()
    assert list(record["referred_files"]) == ["heights.tif"]
    assert record["map_changes"] == ["contact below 500 nm"] and record["height_error_ohm_cm2"] > 0
    page = re.sub(r"\s+", " ", unescape((out / "report.html").read_text()))
    outliers, plane, filled = record["height_map_changes"]
    assert "outliers replaced" in outliers and "levelled" in plane and "2 points without a value filled" in filled
    assert "done to heights" in told and outliers in told
    assert "; ".join(record["height_map_changes"]) in page
    assert "The metal touches where the map heights.tif has it below 500 nm" in page
    assert main(["run", str(out / "case.toml"), "--out", str(again)]) == 0
    repeated = json.loads((again / "result.json").read_text())
    assert repeated["R_cstr_ohm_cm2"] == record["R_cstr_ohm_cm2"]
    assert repeated["case_sha256"] == record["case_sha256"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("missing = 0", "missing = 0\nmost_missing = 0.0001", "gap.file = 'heights.tif': a share of 0.00"),
        ('"1 um"', '"9 um"', "no pixel is in contact"),
        ('pattern = "height_map"', 'pattern = "square"\npitch = "1 mm"\ncontact_fraction = 0.2', "gap.contact_below"),
        ("heights.tif", "other.tif", "other.tif: No such file"),
    ],
)
def test_what_cannot_be_exits_with_2(case, tmp_path, capsys, old, new, said):
    case.write_text(CASE.replace(old, new))
    assert main(["run", str(case), "--out", str(tmp_path / "out")]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and said in line
    assert not (tmp_path / "out").exists()


def test_both_methods_solve_it_and_agree(case, tmp_path, capsys):
    assert main(["run", str(case), "--cross-check", "--out", str(tmp_path / "out")]) == 0
    assert "they agree" in capsys.readouterr().out
