"""The bias that mirrors leave in the mean over seeds."""

import pytest

from constriction.base.catalogue import QUANTITIES
from constriction.study.results.side_bias import KEYS, side_bias


def row(value, bar=0.1, status="done"):
    return {"status": status, "R_cstr_ohm_cm2": value, "R_cstr_error_ohm_cm2": bar}


def told(mirror, periodic):
    found = side_bias(mirror, periodic)
    return found["side_bias_repeats"], *(found[key] for key in KEYS)


def test_differences_are_taken_seed_by_seed():
    """1, 2 and 3 apart: the mean is 2, its standard error 1/√3; a bar of 0.1 and one of 0.2 are 0.3 together."""
    mirror, periodic = [row(11.0), row(22.0), row(33.0)], [row(10.0, 0.2), row(20.0, 0.2), row(30.0, 0.2)]
    assert told(mirror, periodic) == pytest.approx((3, 2.0, 3**-0.5, 0.3))


def test_seeds_without_both_do_not_count():
    mirror = [row(11.0), row(None, None), row(33.0), row(None, None, "failed")]
    periodic = [row(10.0), row(20.0), row(None, None, "missing"), row(5.0)]
    assert told(mirror, periodic) == pytest.approx((1, 1.0, None, 0.2))
    assert told(mirror[1:2], periodic[1:2]) == (0, None, None, None)


def test_periodic_cells_have_no_bias_to_tell():
    rows = [row(1.0)]
    assert told(rows, rows) == (None, None, None, None)


def test_keys_are_in_the_catalogue():
    assert set(KEYS) <= set(QUANTITIES)
