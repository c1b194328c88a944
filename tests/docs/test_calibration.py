"""What the pages claim of calibrated intervals is what docs/numerics/calibration.csv holds."""

import csv
import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
BANDS = {"68": (0.60, 0.76), "95": (0.90, 0.99)}
BINS = 10


def rows():
    with (DOCS / "numerics" / "calibration.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def inside(row, level):
    low, high = BANDS[level]
    return low <= int(row[f"within_{level}"]) / int(row["spectra"]) <= high


def test_counts_agree():
    for row in rows():
        assert sum(int(row[f"bin_{k + 1}"]) for k in range(BINS)) == int(row["spectra"]) == int(row["trusted"])
        assert int(row["within_68"]) <= int(row["within_95"])


def test_how_many_are_within_the_bands():
    """Of pairs of an unknown and a model, both levels each by itself, as the page says."""
    text = " ".join((DOCS / "how_to" / "interpret.md").read_text("utf-8").split())
    for level, (low, high) in BANDS.items():
        told = re.search(
            rf"(\d+) of (\d+) {level} % intervals held {100 * low:.0f} to {100 * high:.0f} % of the truths", text
        )
        assert (int(told[1]), int(told[2])) == (sum(inside(row, level) for row in rows()), len(rows()))
        assert int(told[1]) >= 0.9 * int(told[2])


def test_spectra_are_counted():
    text = " ".join((DOCS / "how_to" / "interpret.md").read_text("utf-8").split())
    counts = {(row["model"], row["pattern"]): int(row["spectra"]) for row in rows()}
    assert f"{sum(counts.values())} spectra of {len(counts)} models" in text
