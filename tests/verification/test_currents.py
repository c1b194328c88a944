"""Over which parts of the contacts the current density at rest is above 2, 5 and 10 times its mean.

Exact: stripes and discs in a tube, ideal and with a film, from `film_references` (a Galerkin method in the plane around
the rim that shares nothing with the package); an ideal disc alone has 1/(4x²) of its area and 1/(2x) of its current
above x. Elsewhere the two methods, which share the last step only, hold each other's values.
"""

import math
from functools import cache

import numpy as np
import pytest
from cases import tube
from support.film_references import disc_current_above, stripes_current_above

from constriction import parse_case, simulate
from constriction.field.currents.spread import MULTIPLES
from constriction.simulation.record import result_record

ERROR = 3e-3
LAYERS = {"ideal": None, "poor film": "0.05 ohm cm2", "film": "1 mohm cm2", "thin film": "0.1 mohm cm2"}
METHODS = ("finite_elements", "spectral")
PATTERNS = {
    "square": {"pattern": "square", "contact_fraction": 0.2, "pitch": "100 um"},
    "square spots": {"pattern": "square", "shape": "square", "contact_fraction": 0.3, "pitch": "100 um"},
    "pores": {"pattern": "hexagonal", "contact_fraction": 0.7, "pitch": "100 um", "inverted": True},
}
STRIPES = {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "100 um"}


@cache
def solved(interface, method, resistance, leak=None):
    """A result, cached; `interface` as a tuple of items."""
    case = {
        "interface": dict(interface),
        "accuracy": {"method": method, "relative_error": ERROR},
        "gap": {"height": "10 nm"} if leak is None else {"height": "10 nm", "law": "R9", "R9": leak},
        "sweep": {"from": "1 MHz", "to": "1 kHz", "points_per_decade": 1},
    }
    if resistance is not None:
        case["contact"] = {"law": "R1", "R1": resistance}
    return simulate(parse_case(case))


def compare(result, exact):
    for multiple, expected in zip(MULTIPLES, exact, strict=True):
        area, area_error, current, current_error = result.currents.above(multiple)
        assert abs(area - expected.area) <= area_error + 1e-12, multiple
        assert abs(current - expected.current) <= current_error + 1e-12, multiple
        # A bar that holds everything would say nothing. Near the largest density, and where a mesh this coarse does not
        # see a film's layer, it is as large as the share.
        assert area_error < max(expected.area, 0.03) and current_error < max(0.6 * expected.current, 0.1)


def thetas(result):
    """θ of contact and gap at rest, and the depth in pitches."""
    laws, pitch, rho = result.laws, result.layout.pitch, 2.0  # Ω·m, of the default electrolyte at rest
    film = math.inf if laws.contact is None else pitch * rho * float(laws.contact.admittance(0.0).real)
    gap = pitch * rho * float(laws.gap.admittance(0.0).real)
    return film, gap, result.case.electrolyte.thickness / pitch


@pytest.mark.parametrize("resistance", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("method", METHODS)
def test_stripes_are_exact_within_their_bars(method, resistance):
    result = solved(tuple(STRIPES.items()), method, resistance)
    film, gap, depth = thetas(result)
    assert gap == 0
    compare(result, stripes_current_above(0.3, film, MULTIPLES, gap, depth))


@pytest.mark.parametrize("resistance", LAYERS.values(), ids=LAYERS)
def test_discs_in_tubes_are_exact_within_their_bars(resistance):
    result = solved(tuple({**tube(0.2), "pitch": "100 um"}.items()), "finite_elements", resistance)
    film, gap, depth = thetas(result)
    compare(result, disc_current_above(math.sqrt(0.2), film, MULTIPLES, gap, depth))


@pytest.mark.parametrize("method", METHODS)
def test_beside_a_gap_that_leaks(method):
    result = solved(tuple(STRIPES.items()), method, None, "0.2 ohm cm2")
    _, gap, depth = thetas(result)
    compare(result, stripes_current_above(0.3, math.inf, MULTIPLES, gap, depth))


def test_a_small_disc_is_alone():
    result = solved(tuple({**tube(0.002), "pitch": "100 um"}.items()), "finite_elements", None)
    for multiple in MULTIPLES:
        area, area_error, current, current_error = result.currents.above(multiple)
        assert area == pytest.approx(1 / (4 * multiple**2), abs=area_error)
        assert current == pytest.approx(1 / (2 * multiple), abs=current_error)


@pytest.mark.parametrize("resistance", [None, "0.01 ohm cm2"])
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_two_methods_hold_each_other(pattern, resistance):
    one, other = (solved(tuple(pattern.items()), method, resistance).currents for method in METHODS)
    for multiple in MULTIPLES:
        a, b = np.array(one.above(multiple)), np.array(other.above(multiple))
        assert np.all(np.abs(a - b)[::2] <= (a + b)[1::2] + 1e-9)


def test_full_contact_is_even_and_blocked_contacts_have_none():
    full = solved((("pattern", "square"), ("contact_fraction", 1.0), ("pitch", "100 um")), "finite_elements", None)
    assert [full.currents.above(multiple) for multiple in MULTIPLES] == [(0, 0, 0, 0)] * 3
    blocked = parse_case(
        {
            "interface": {**STRIPES},
            "accuracy": {"method": "spectral", "relative_error": 0.01},
            "contact": {"law": "C1", "C1": "20 uF/cm2"},
            "sweep": {"from": "1 MHz", "to": "1 kHz", "points_per_decade": 1},
        }
    )
    result = simulate(blocked)
    assert result.currents is None
    assert result_record(result)["contact_area_above_2"] is None


def test_a_result_tells_the_parts():
    result = solved(tuple(STRIPES.items()), "finite_elements", None)
    record = result_record(result)
    told = [record[f"contact_{part}_above_5{end}"] for part in ("area", "current") for end in ("", "_error")]
    assert told == list(result.currents.above(5.0))
