"""The study grain_size: its README says what its tables say, and a row of each is computed again."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from constriction.simulation.simulate import simulate
from constriction.study.file.file import load_study
from constriction.study.run.plan import plan_of

FOLDER = Path(__file__).parents[2] / "studies" / "grain_size"
README = (FOLDER / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(FOLDER / "wrong.py"))


def test_spots_constrict_between_the_bulk_alone_and_the_homogenised_electrolyte(script):
    grains = script["spots"]("summary.csv")
    assert [spot.ratio for spot in grains] == [0.3, 0.6, 1, 2, 3, 5, 10]
    assert {len(spot.values) for spot in grains} == {3}
    means = np.array([spot.mean for spot in grains])
    assert np.all((script["BULK"] < means) & (means < 1))
    assert np.polyfit(np.log([spot.ratio for spot in grains]), means, 1)[0] > 0.05  # it rises with the ratio
    for spot in grains:  # polycrystals differ by far more than meshes leave
        assert max(spot.values) - min(spot.values) > 3 * max(spot.errors)


def test_strips_come_near_about_in_proportion_to_the_cube(script):
    rows = {float(row["strip_over_cube"]): float(row["over_homogenised"]) for row in script["rows_of"]("strips.csv")}
    assert max(rows) == 30
    off = {ratio: value - 1 for ratio, value in rows.items()}
    assert 0 < off[30] < off[20] < off[10] < off[4] < off[2]
    assert 0.2 < off[10] * 10 < 0.5 and 0.2 < off[30] * 30 < 0.5


def test_the_readme_has_the_numbers_of_the_tables(script):
    rows = re.findall(r"^\| ([\d.]+) \| ([\d.]+) \(([\d.]+) to ([\d.]+)\) \| ([\d.–]+) \|", README, re.MULTILINE)
    told = [tuple(map(float, row[:4])) for row in rows]
    found = [(spot.ratio, spot.mean, *spot.spread) for spot in script["spots"]("summary.csv")]
    assert np.array(told) == pytest.approx(np.array(found), abs=6e-4)
    cubes = [(spot.ratio, spot.mean) for spot in script["spots"]("cubes.csv")]
    assert [(float(row[0]), float(row[4])) for row in rows if row[4] != "–"] == [
        (ratio, pytest.approx(mean, abs=6e-4)) for ratio, mean in cubes
    ]
    strips = re.findall(r"\| strip/cube((?: \| \d+)+) \|\n\|[-|]+\|\n\| R_cstr/homogenised((?: \| [\d.]+)+) \|", README)
    ratios, values = ([float(x) for x in row.split("|")[1:]] for row in strips[0])
    table = script["rows_of"]("strips.csv")
    assert ratios == [float(row["strip_over_cube"]) for row in table]
    assert values == pytest.approx([float(row["over_homogenised"]) for row in table], abs=6e-4)


@pytest.mark.parametrize("name", ["cubes", "homogenised"])
def test_the_first_row_is_computed_again(script, name):
    case = plan_of(load_study(FOLDER / f"{name}.toml"), 8e9).entries[0].case
    result, row = simulate(case), script["rows_of"](f"{name}.csv")[0]
    assert script["ratio_of"](row) == pytest.approx(0.3)
    assert 1e4 * result.R_cstr == pytest.approx(float(row[script["R_CSTR"]]), abs=float(row[script["ERROR"]]))


def test_a_strip_is_computed_again():
    script = runpy.run_path(str(FOLDER / "strips.py"))
    value, _ = script["strip"](4)
    (row,) = [line for line in (FOLDER / "strips.csv").read_text("utf-8").splitlines() if line.startswith("4,")]
    assert value == pytest.approx(float(row.split(",")[1]), abs=2e-3)
