"""What the page on solvers says of other tools is what the committed report of `make bench` holds."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RIVALS = {
    "a: DOLFINx, P2": "in DOLFINx",
    "b: NGSolve, P2": "curved elements in NGSolve",
    "NGSolve, hp": "hp refinement",
}


@pytest.mark.parametrize("name", RIVALS)
def test_times_are_those_of_the_last_report(name):
    report = json.loads((ROOT / "tests" / "benchmarks" / "last.json").read_text("utf-8"))
    (record,) = (one for one in report["rivals"] if one["name"] == name)
    page = (ROOT / "docs" / "numerics" / "solvers.md").read_text("utf-8")
    (row,) = (line for line in page.splitlines() if line.startswith("|") and RIVALS[name] in line)
    told = float(row.split("|")[2].replace(" ", ""))
    assert told == pytest.approx(record["times_ours_processor"], rel=0.02)
    assert record["times_ours_processor"] >= record["required"]
