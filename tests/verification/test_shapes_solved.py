"""Ellipses, rectangles and rings, solved: what they become at the ends of their keys, and both methods."""

import pytest
from cases import case_of

from constriction.simulation.simulate import simulate

SQUARE = {"pattern": "square", "pitch": "1 mm", "contact_fraction": 0.2}


def solved(interface, method=None, error=1e-3):
    case = case_of({**SQUARE, **interface}, relative_error=error)
    if method:
        case = case.model_copy(update={"accuracy": case.accuracy.model_copy(update={"method": method})})
    return simulate(case)


def agree(one, other):
    return abs(one.R_cstr - other.R_cstr) <= one.R_cstr_error + other.R_cstr_error


@pytest.mark.parametrize(
    ("like", "shape"),
    [
        ({"shape": "ellipse"}, "disc"),
        ({"shape": "rectangle"}, "square"),
        ({"pattern": "annulus", "inner_ratio": 0}, "disc"),
        ({"pattern": "frame", "inner_ratio": 0}, "square"),
        # a hole of a millionth of the ring's area
        ({"pattern": "annulus", "inner_ratio": 1e-3}, "disc"),
        ({"pattern": "frame", "inner_ratio": 1e-3}, "square"),
    ],
)
def test_ends_of_the_keys(like, shape):
    assert agree(solved(like, "spectral"), solved({"shape": shape}))


def test_longer_spots_of_one_area_resist_less():
    """An ellipse's rim is the longer, the longer it is: its isolated resistance falls (Holm)."""
    resistances = [
        solved({"shape": "ellipse", "aspect": aspect, "contact_fraction": 0.02}).R_cstr for aspect in (1, 2, 4)
    ]
    assert resistances[0] > resistances[1] > resistances[2]


def test_a_ring_resists_less_than_its_disc_and_more_than_a_filled_one():
    ring = solved({"pattern": "annulus", "inner_ratio": 0.8, "contact_fraction": 0.1}, error=3e-3)
    same_area = solved({"contact_fraction": 0.1}, error=3e-3)
    filled = solved({"contact_fraction": 0.1 / (1 - 0.64)}, error=3e-3)
    assert filled.R_cstr < ring.R_cstr < same_area.R_cstr


@pytest.mark.parametrize(
    "interface",
    [
        {"shape": "rectangle", "aspect": 2},
        {"pattern": "hexagonal", "shape": "rectangle", "aspect": 0.4},
    ],
)
def test_rectangles_by_both_methods(interface):
    assert agree(solved(interface), solved(interface, "spectral"))


def test_turned_rectangles_by_both_methods():
    listed = {
        "pattern": "list",
        "cell": ["1 mm", "0.8 mm"],
        "rectangles": [["0.3 mm", "0.4 mm", "0.4 mm", "0.2 mm", 30], ["1 mm", "0.6 mm", "0.2 mm", "0.1 mm", 0]],
        "discs": [["0.7 mm", "0.2 mm", "0.1 mm"]],
    }
    case = case_of(listed, relative_error=1e-3)
    other = case.model_copy(update={"accuracy": case.accuracy.model_copy(update={"method": "spectral"})})
    assert agree(simulate(case), simulate(other))


@pytest.mark.parametrize("interface", [{"shape": "ellipse", "aspect": 2}, {"pattern": "frame", "inner_ratio": 0.5}])
def test_curves_and_frames_by_both_methods(interface):
    """Ellipses are meshed with fewer corners; the transforms are the default all the same."""
    meshed, exact = solved(interface, "finite_elements"), solved(interface)
    assert exact.case.accuracy.method == "spectral"
    assert (meshed.response.outlines is None) == ("shape" not in interface)
    assert meshed.accuracy_reached and agree(meshed, exact)


@pytest.mark.parametrize(
    "keys",
    [
        {"inner_ratio": 0.5},
        {"inner_ratio": 0.02},  # a hole far smaller than its spot
        {"inner_ratio": 0.8, "contact_fraction": 0.1},
        {"inner_ratio": 0.5, "contact_fraction": 0.7, "inverted": True},
    ],
    ids=str,
)
def test_round_rings_by_both_methods(keys):
    ring = {"pattern": "annulus", "contact_fraction": 0.3, **keys}
    meshed, exact = solved(ring, "finite_elements"), solved(ring)
    assert exact.case.accuracy.method == "spectral"
    assert meshed.accuracy_reached and agree(meshed, exact)


def test_bounds_of_a_ring_hold_its_resistance():
    case = case_of({**SQUARE, "pattern": "annulus", "inner_ratio": 0.5, "contact_fraction": 0.3}, relative_error=1e-2)
    update = {"method": "finite_elements", "bounds": True}
    found = simulate(case.model_copy(update={"accuracy": case.accuracy.model_copy(update=update)}))
    low, high = found.R_cstr_bounds
    exact = solved({"pattern": "annulus", "inner_ratio": 0.5, "contact_fraction": 0.3})
    assert low - exact.R_cstr_error < exact.R_cstr < high + exact.R_cstr_error
    assert high - low < 5e-3 * exact.R_cstr
