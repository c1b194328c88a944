"""The study dendrite_or_delamination: a row of its table computed again."""

from __future__ import annotations

import csv
import runpy
from pathlib import Path

import numpy as np
import pytest

from constriction.case.schema import parse_case
from constriction.simulation.simulate import simulate

FOLDER = Path(__file__).parents[2] / "studies" / "dendrite_or_delamination"


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(FOLDER / "told_apart.py"))


@pytest.fixture(scope="module")
def rows():
    with (FOLDER / "summary.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_dendrites_lower_and_lost_contact_raises_it(rows):
    table = {
        (float(row["interface.contact_fraction"]), float(row["solid.0.depth"])): float(row["R_cstr_ohm_cm2"])
        for row in rows
    }
    fractions, depths = (sorted(set(values)) for values in zip(*table, strict=True))
    grid = np.array([[table[fraction, depth] for depth in depths] for fraction in fractions])
    assert grid.shape == (6, 6)
    assert np.all(np.diff(grid, axis=1) < 0)
    assert np.all(np.diff(grid, axis=0) < 0)


def test_a_tenth_of_lost_contact_is_hidden_in_the_window_and_seen_beyond_it(script, rows):
    depth = script["hidden_depths"](rows)[0.9]
    assert depth == pytest.approx(192e-6, rel=0.01)
    result = simulate(parse_case(script["hidden"](0.9, depth)))
    assert abs(result.R_cstr) < 0.05 * 0.15e-4  # of what either does alone, Ω·m²
    off = np.abs(result.spectrum.impedance - result.slab.impedance) / np.abs(result.slab.impedance)
    low, high = (float(np.max(off[result.spectrum.frequency <= end])) for end in script["ENDS"])
    assert low == pytest.approx(1.0e-3, rel=0.1)
    assert high == pytest.approx(4.5e-3, rel=0.1)
