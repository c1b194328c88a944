"""studies/summary.py: from a folder of results to the small table beside a study file."""

import csv
import runpy
import sys
from pathlib import Path

from study_files import BASE, SPECTRAL, write_study

from constriction.cli import main

SCRIPT = Path(__file__).parents[2] / "studies" / "summary.py"
FOIL = """
[base.gap]
height = "100 nm"
profile = "plate"
rise = "100 nm"
[base.collector]
stack_pressure = "4 MPa"
[grid]
"gap.rise" = ["100 nm", "200 nm"]
"""


def test_a_row_for_each_case(tmp_path, monkeypatch):
    path, results, target = write_study(tmp_path, FOIL, BASE + SPECTRAL), tmp_path / "results", tmp_path / "summary.csv"
    main(["study", "run", str(path), "--out", str(results)])
    monkeypatch.setattr(sys, "argv", ["summary.py", str(results), str(target)])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    with target.open(encoding="utf-8") as lines:
        flat, lifted = csv.DictReader(lines)
    assert float(flat["gap.rise"]) == 1e-7 and float(lifted["gap.rise"]) == 2e-7
    assert float(flat["lifted_share"]) == 0.0 < float(lifted["lifted_share"])
    assert not flat["largest_bending_strain"] and float(lifted["largest_bending_strain"]) > 0
    assert 0 < float(flat["R_cstr_error_ohm_cm2"]) < 0.1 * float(flat["R_cstr_ohm_cm2"])
