"""Gaps from maps of heights, against profiles that are known.

A map of one height is the even gap; one that is sampled from a wedge is the wedge, but for what lies between its
points; C_high = ε0/(∫ h dA / A) over the gap exactly.
"""

import numpy as np
import pytest
from support.maps import blobs, map_file

from constriction import parse_case
from constriction.geometry.cell import lay_out
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY
from constriction.simulation.record import result_record
from constriction.simulation.simulate import simulate
from constriction.simulation.weights import uneven_gap

SQUARE = {"pattern": "square", "pitch": "2 mm", "contact_fraction": 0.2}
PORES = {"pattern": "square", "pitch": "2 mm", "contact_fraction": 0.75, "inverted": True, "shape": "square"}
LINEAR = {"profile": "linear", "rise": "5 um", "length": "200 um"}
METHODS = pytest.mark.parametrize("method", ["spectral", "finite_elements"])


def case_of(gap, method="spectral", interface=SQUARE, relative_error=1e-2):
    return parse_case(
        {
            "interface": interface,
            "gap": gap,
            "sweep": {"from": "1 GHz", "points_per_decade": 4},
            "accuracy": {"method": method, "relative_error": relative_error},
        }
    )


def map_of(values, side=1000.0, **keys):
    """A gap with a map (rows, columns) in nm over a square cell of so many µm."""
    return {"profile": "map", "file": map_file(values), "pixel": f"{side / len(values)!r} um", "unit": "1 nm", **keys}


def sampled(gap, count):
    """The height of a gap in nm at count × count places of the quarter cell of SQUARE."""
    case = case_of(gap)
    x = (np.arange(count) + 0.5) * 1e-3 / count
    return 100 * uneven_gap(case, lay_out(case.interface)).height(x[:, None], x[None, :]).T[::-1]


def apart(one, other):
    return np.abs(one.spectrum.impedance - other.spectrum.impedance).max()


@METHODS
def test_a_map_of_one_height_is_the_even_gap(method):
    even = simulate(case_of({}, method))
    found = simulate(case_of(map_of(np.full((20, 20), 100.0)), method))
    assert found.spectrum.impedance == pytest.approx(even.spectrum.impedance, rel=1e-12)
    assert (found.R_cstr, found.C_high) == pytest.approx((even.R_cstr, even.C_high), rel=1e-12)
    assert result_record(found)["height_error_ohm_cm2"] < 1e-12  # rounding


@METHODS
def test_a_map_of_a_wedge_is_the_wedge(method):
    wedge = simulate(case_of(LINEAR, method))
    found = simulate(case_of(map_of(sampled(LINEAR, 50)), method))
    assert abs(wedge.R_cstr - found.R_cstr) <= 1e-7 * wedge.R_cstr  # to which fields are solved: no current passes gaps
    assert apart(wedge, found) <= wedge.spectrum_error + found.spectrum_error
    if method == "spectral":  # on the same grids the distance of the points alone is left
        assert 0 < apart(wedge, found) <= found.height_error
    # trapezoids leave (point distance / length)² of what is lifted
    assert found.C_high == pytest.approx(wedge.C_high, rel=1e-3)
    assert found.C_low == pytest.approx(wedge.C_low, rel=0.02)


@pytest.mark.parametrize("kind", ["steps", "waves"])
def test_the_bar_holds_what_lies_between_the_points(kind):
    x = (np.arange(320) + 0.5) / 320 * 1e-3
    wave = np.sin(2 * np.pi * x[:, None] / 137e-6) * np.cos(2 * np.pi * x[None, :] / 171e-6)
    fine = 100 + (3000.0 * (wave > 0) if kind == "steps" else 2000 * (1 + wave))
    coarse = fine.reshape(40, 8, 40, 8)[:, 4, :, 4]  # five points a wave
    whole, found = (simulate(case_of(map_of(values))) for values in (fine, coarse))
    assert apart(whole, found) <= found.height_error + whole.height_error
    assert found.height_error < found.spectrum_error


@METHODS
def test_c_high_is_that_of_the_mean_height(method):
    """Square pores of 1 mm in a cell of 2 mm, a quarter of which is 0.5 mm wide: h is linear in x and y there."""
    x = (np.arange(40) + 0.5) * 25
    values = (200 + x[None, :] + 2 * (1000 - x[:, None])) * np.ones((40, 40))
    found = simulate(case_of(map_of(values), method, PORES))
    # beyond the outermost points, half a pixel from mirrors and rims, the height stays: both cancel
    mean = 1e-9 * (200 + 250 + 2 * 250)
    assert VACUUM_PERMITTIVITY / (0.25 * mean) == pytest.approx(found.C_high, rel=1e-6)


def test_contacts_of_the_heights_are_those_of_a_picture():
    """The same contacts from a mask, and from heights that are low there; the gap beside is even."""
    mask = blobs(3, 0.25, (40, 40), 4.0) > 0
    image = {"pattern": "image", "file": map_file(np.where(mask, 255, 0).astype(np.uint8)), "pixel": "25 um"}
    first = {"relative_error": 0.05}  # so that the first grids do for both
    drawn = simulate(case_of({"height": "1 um"}, interface=image, **first))
    beside = simulate(case_of(map_of(np.full((40, 40), 1000.0), height="1 um"), interface=image, **first))
    below = map_of(np.where(mask, 0.0, 1000.0), height="1 um", contact_below="500 nm")
    both = simulate(case_of(below, interface={"pattern": "height_map"}, **first))
    for found in (beside, both):
        assert found.spectrum.impedance == pytest.approx(drawn.spectrum.impedance, rel=1e-9)
        assert found.R_cstr_map_error == pytest.approx(drawn.R_cstr_map_error, rel=1e-9)
    assert both.layout.contact_fraction == pytest.approx(drawn.layout.contact_fraction, rel=1e-12)
