"""What the pages claim of calibrated intervals is what docs/numerics/calibration.csv holds."""

import csv
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BANDS = {"68": (0.60, 0.76), "95": (0.90, 0.99)}
BINS = 10
MANY = 80  # spectra from which on each unknown is counted by itself; of fewer, all of a model's intervals together


def rows(many):
    with (DOCS / "numerics" / "calibration.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if (int(row["spectra"]) >= MANY) == many]


def page():
    return " ".join((DOCS / "how_to" / "interpret.md").read_text("utf-8").split())


def share(level, *of):
    return sum(int(row[f"within_{level}"]) for row in of) / sum(int(row["spectra"]) for row in of)


def inside(level, *of):
    low, high = BANDS[level]
    return low <= share(level, *of) <= high


def test_counts_agree():
    for row in rows(many=True) + rows(many=False):
        assert sum(int(row[f"bin_{k + 1}"]) for k in range(BINS)) == int(row["spectra"]) >= int(row["trusted"])
        assert int(row["within_68"]) <= int(row["within_95"])
    assert all(row["trusted"] == row["spectra"] for row in rows(many=True))


def test_how_many_are_within_the_bands():
    """Of pairs of an unknown and a model, both levels each by itself, as the page says."""
    pairs = rows(many=True)
    for level, (low, high) in BANDS.items():
        told = re.search(
            rf"(\d+) of (\d+) {level} % intervals held {100 * low:.0f} to {100 * high:.0f} % of the truths", page()
        )
        assert (int(told[1]), int(told[2])) == (sum(inside(level, row) for row in pairs), len(pairs))
        assert int(told[1]) >= 0.9 * int(told[2])


@pytest.mark.parametrize("model", sorted({(row["model"], row["pattern"]) for row in rows(many=False)}))
def test_of_few_spectra_all_intervals_of_a_model_together_are_within_the_bands(model):
    of = [row for row in rows(many=False) if (row["model"], row["pattern"]) == model]
    told = re.search(rf"\| `{model[0]}` {model[1]} \| (\d+) \| (\d+) \| (\d+) % \| (\d+) % \|", page())
    found = int(of[0]["spectra"]), int(of[0]["trusted"]), *(round(100 * share(level, *of)) for level in BANDS)
    assert tuple(int(number) for number in told.groups()) == found
    assert all(inside(level, *of) for level in BANDS)


def test_spectra_are_counted():
    counts = {(row["model"], row["pattern"]): int(row["spectra"]) for row in rows(many=True)}
    assert f"{sum(counts.values())} spectra of {len(counts)} models" in page()
