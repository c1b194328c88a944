"""The made-up deposition: a step of it solved again, and what its README says of its tables."""

import csv
import importlib.util
from pathlib import Path

import pytest

from constriction import parse_case, simulate

FOLDER = Path(__file__).parents[2] / "studies" / "interpretation"


def rows_of(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_step_is_what_it_was():
    spec = importlib.util.spec_from_file_location("make_series", FOLDER / "make_series.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result, row = simulate(parse_case(module.case_of(5))), rows_of("truth.csv")[4]
    assert result.R_cstr * 1e4 == pytest.approx(float(row["R_cstr_ohm_cm2"]), rel=1e-3)
    assert module.growth(5)[0] == pytest.approx(float(row["contact_fraction"]), abs=1e-4)


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("summary.csv", {"contact_fraction": 1, "pitch_mm": 1, "gap_height_nm": 3, "R_cstr_ohm_cm2": 10}),
        (
            "summary_known_pitch.csv",
            dict.fromkeys(("contact_fraction", "pitch_mm", "gap_height_nm", "R_cstr_ohm_cm2"), 10),
        ),
    ],
)
def test_what_is_claimed_of_intervals(name, within):
    rows = rows_of(name)
    for quantity, count in within.items():
        own = [row for row in rows if row["quantity"] == quantity]
        held = [
            [float(row[f"low{level}"]) <= float(row["truth"]) <= float(row[f"high{level}"]) for row in own]
            for level in (68, 95)
        ]
        assert list(map(sum, held)) == [count, 10]


def test_what_is_claimed_of_widths():
    rows = [row for row in rows_of("summary_known_pitch.csv") if row["quantity"] == "contact_fraction"]
    widths = [(float(row["high68"]) - float(row["low68"])) / 2 / float(row["best"]) for row in rows]
    assert 0.10 < min(widths) < max(widths) < 0.16
    wide = [row for row in rows_of("summary.csv") if row["quantity"] == "contact_fraction"]
    assert all(row["determined"] == "False" for row in wide)
    for quantity, (least, most) in {"contact_fraction": (11.5, 22), "pitch_mm": (6, 10)}.items():
        own = [row for row in rows_of("summary.csv") if row["quantity"] == quantity]
        assert all(least < float(row["high68"]) / float(row["low68"]) < most for row in own)
