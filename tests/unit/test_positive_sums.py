"""Sums of positive weights against sums that are known, and against what no finite sum is."""

import numpy as np
import pytest

from constriction.simulation.network import positive_sums
from constriction.simulation.network.positive_sums import GOOD, follow

OMEGA = 2j * np.pi * np.geomspace(10, 1e8, 85)


def test_a_finite_sum_is_found():
    """Two times a factor of 2 apart, and a constant."""
    values = 1 + 2 / (1 + OMEGA * 1e-3) + 3 / (1 + OMEGA * 2e-3)
    found = follow(OMEGA, values, np.abs(values))
    assert found.times == pytest.approx([0, 1e-3, 2e-3], rel=1e-6)
    assert found.weights == pytest.approx([1, 2, 3], rel=1e-6)
    assert np.allclose(found(OMEGA), values, rtol=1e-9)


@pytest.mark.parametrize("exponent", [0.5, 0.7, 0.9])
def test_a_depressed_arc_is_followed_and_at_rest_too(exponent):
    x = np.append(OMEGA, 0.0)
    values = 1 / (1 + (x / 6e4) ** exponent)
    found = follow(x, values, np.abs(values))
    assert found.error <= GOOD and np.all(found.weights > 0)
    assert len(found.times) < 75  # four per decade that x has, and the decades beyond


def test_what_blocks_ends_in_a_capacitor():
    values = 5 + 1 / (OMEGA * 1e-4)
    found = follow(OMEGA, values, np.abs(values), blocking=True)
    assert found.times == pytest.approx([0, np.inf]) and found.weights == pytest.approx([5, 1e4])


def test_a_difference_of_sums_is_followed_as_well_as_it_can_be():
    """A negative weight of 1e-3 where there is nothing positive: the error is about that, and it is told."""
    values = 1 / (1 + OMEGA * 1e-6) - 1e-3 / (1 + OMEGA * 1e-3)
    found = follow(OMEGA, values, np.ones(len(OMEGA)))
    assert np.all(found.weights > 0) and 1e-4 < found.error < 2e-3
    assert found.error == pytest.approx(np.max(np.abs(found(OMEGA) - values)), rel=1e-9)


def test_where_non_negative_least_squares_goes_in_circles_another_way_is_taken(monkeypatch):
    def circles(*args, **keys):
        raise RuntimeError("Maximum number of iterations reached.")

    monkeypatch.setattr(positive_sums, "nnls", circles)
    values = 1 + 2 / (1 + OMEGA * 1e-3)
    assert follow(OMEGA, values, np.abs(values)).error < 1e-3
