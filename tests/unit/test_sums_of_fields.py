"""Sums of fields that are made part by part: the same as all at once, whatever the shape and the memory's order."""

import numpy as np
import pytest

from constriction.field.reduction.greedy import CACHED, plus
from constriction.field.transforms.grids import in_rows


@pytest.mark.parametrize("shape", [(3,), (2 * CACHED + 7,), (1, 5, 4), (2, 300, 200)])
@pytest.mark.parametrize("kind", [float, complex])
def test_a_field_plus_many(shape, kind):
    rng = np.random.default_rng(1)
    start, *fields = rng.normal(size=(4, *shape))
    coefficients = rng.normal(size=3).astype(kind) * (1 if kind is float else 1 + 2j)
    before = start.copy()
    for order in "CF":
        found = plus(np.asarray(start, order=order), coefficients, fields)
        assert found.dtype == kind
        np.testing.assert_allclose(found, start + np.tensordot(coefficients, fields, axes=1), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(start, before)


def test_nothing_added_is_a_copy():
    start = np.arange(4.0)
    found = plus(start, np.zeros(0), [])
    found += 1
    np.testing.assert_array_equal(start, np.arange(4.0))


@pytest.mark.parametrize("shape", [(1, 1), (7, 3 * CACHED), (500, 301), (CACHED, 1)])
def test_rows_are_all_there_once(shape):
    counts = np.zeros(shape)
    for rows in in_rows(counts):
        counts[rows] += 1
    assert np.all(counts == 1)
