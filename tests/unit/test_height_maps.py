"""Height maps: what is known of each step, on maps that are made here."""

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.geometry.coverage import Raster
from constriction.geometry.height_maps import (
    check_heights,
    filled,
    level,
    sampled,
    without_outliers,
)

PIXEL = 2e-6, 1e-6
ROWS, COLUMNS = 40, 60


def places():
    y, x = (np.arange(count) - (count - 1) / 2 for count in (ROWS, COLUMNS))
    return y[:, None] * PIXEL[0], x[None, :] * PIXEL[1]


def test_a_plane_is_taken_off_whatever_stands_on_it():
    y, x = places()
    rng = np.random.default_rng(1)
    rough = 1e-8 * rng.standard_normal((ROWS, COLUMNS))
    islands = np.where(np.hypot(y, x - 5e-6) < 1.5e-5, 1e-5, 0.0)
    assert 0.1 < (islands > 0).mean() < 0.4
    found = level(3e-6 + 0.02 * y - 0.01 * x + rough + islands, PIXEL)
    assert found.plane.slopes == pytest.approx((0.02, -0.01), abs=1e-4)
    assert found.plane.height == pytest.approx(3e-6, abs=5e-9)
    assert found.heights == pytest.approx(rough + islands, abs=2e-8)


def test_a_plane_is_fitted_to_what_is_marked():
    y, x = places()
    marks = np.broadcast_to(x < 0, (ROWS, COLUMNS))
    found = level(np.where(marks, 1e-6 + 0.01 * y, 5e-6 - 0.3 * x), PIXEL, marks)
    assert found.heights[marks] == pytest.approx(0, abs=1e-15)
    with pytest.raises(InputError, match="with 0 points to level"):
        level(np.full((ROWS, COLUMNS), np.nan), PIXEL)


def test_missing_points_are_filled_smoothly_and_counted():
    y, x = places()
    known = 1e-6 + 0.02 * y + 0.01 * x + 300 * (x**2 - y**2)
    holes = known.copy()
    holes[10:14, 20:26], holes[30, 5] = np.nan, np.nan
    found = filled(holes, 0.05)
    assert found.number == 25 and np.array_equal(found.changed, np.isnan(holes))
    assert found.heights == pytest.approx(known, abs=0.02 * np.ptp(known))
    assert np.array_equal(found.heights[~found.changed], known[~found.changed])
    assert np.isnan(holes).sum() == 25  # the argument is as it was
    with pytest.raises(InputError, match=r"a share of 0.0104 is missing: expected at most 0.01"):
        filled(holes, 0.01)
    with pytest.raises(InputError, match=r"a share of 1 is missing: expected at most 1 to fill$"):
        filled(np.full((4, 4), np.nan), 1.0)


def test_outliers_are_found_and_counted():
    rng = np.random.default_rng(2)
    heights = 1e-6 + 1e-8 * rng.standard_normal((ROWS, COLUMNS))
    heights[5, 5], heights[20, 30], heights[0, 0] = 3e-6, -2e-6, np.nan
    found = without_outliers(heights, 8)
    assert found.number == 2 and found.changed[5, 5] and found.changed[20, 30]
    assert np.isnan(found.heights).sum() == 3
    assert without_outliers(np.full((ROWS, COLUMNS), 1e-6), 8).number == 0
    step = np.where(np.arange(COLUMNS) < 30, 1e-6, 9e-6) + 1e-8 * rng.standard_normal((ROWS, COLUMNS))
    assert without_outliers(step, 8).number == 0


def test_what_is_no_height_is_refused():
    heights = np.full((3, 4), 1e-6)
    check_heights(heights)
    heights[1, 2] = -1e-9
    with pytest.raises(InputError, match="-1e-09 m in row 1, column 2"):
        check_heights(heights)
    heights[1, 2] = np.nan
    with pytest.raises(InputError, match="with 1 missing points"):
        check_heights(heights)
    with pytest.raises(InputError, match="of 1 x 4 points"):
        check_heights(np.ones((1, 4)))


def test_a_map_is_the_height_over_its_cell():
    heights = np.array([[3e-6, 4e-6, 5e-6], [0.0, 1e-6, 2e-6]])  # the second row is the lower one
    raster = Raster(3e-6, 4e-6, 3, 2)
    height = sampled(np.maximum(heights, 1e-9)[::-1].T, raster)
    x, y = raster.centres
    assert height(x, y) == pytest.approx(np.maximum(heights, 1e-9)[::-1].T)
    assert height(np.array([1.0e-6]), np.array([2e-6])) == pytest.approx([2.00025e-6])
    assert height(np.array([0.0, 3e-6]), np.array([0.0, 4e-6])) == pytest.approx([1e-9, 5e-6])
