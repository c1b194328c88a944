"""An electrode in the middle of a wider pellet, drawn as a map or as a list (docs/case_file.md#pellet).

Holm: a disc of radius a on a half space has R = 1/(4σa). In a tube of radius b = a/ε it is less by about 1.41 ε; a
square cell of the tube's area disturbs it by the same to 1e-3 of R. The gap lies below the electrode alone, so that
only a part of what constricts has a capacitor beside it.
"""

import math
import re

import numpy as np
import pytest
from cases import CONDUCTOR
from support.maps import map_file

from constriction import parse_case, simulate
from constriction.base.errors import InputError
from constriction.geometry.cell import lay_out
from constriction.simulation.record import result_record
from constriction.simulation.weights import uneven_gap
from constriction.study.run.geometry import geometry_key

SIDE, RADIUS, PELLET = 1e-3, 0.4e-3, 8e-3


def disc_map(pixels=40, parts=8):
    """A disc of RADIUS in the middle of SIDE, grey where it covers a part of a pixel."""
    places = (np.arange(pixels * parts) + 0.5) / (pixels * parts) - 0.5
    inside = np.hypot(places[:, None], places[None]) < RADIUS / SIDE
    return 255 * inside.reshape(pixels, parts, pixels, parts).mean((1, 3))


IMAGE = {"pattern": "image", "file": map_file(disc_map()), "pixel": "25 um", "threshold": [0, 255], "pellet": "8 mm"}
DISC = {"pattern": "list", "cell": ["1 mm", "1 mm"], "discs": [["0.5 mm", "0.5 mm", "0.4 mm"]], "pellet": "8 mm"}

FULL = {"pattern": "random", "contact_fraction": 1, "pitch": "1 mm", "spots": 1, "pellet": "8 mm"}


def pellet_case(interface, gap=None, relative_error=5e-3, **accuracy):
    return parse_case(
        {
            "electrolyte": {**CONDUCTOR, "thickness": "8 mm"},
            "interface": interface,
            "gap": gap or {"height": "none"},
            "sweep": {"from": "1 MHz", "to": "1 Hz", "points_per_decade": 1},
            "accuracy": {"relative_error": relative_error, **accuracy},
        }
    )


def test_disc_of_a_map_on_a_wide_pellet_is_the_electrode_on_a_pellet():
    found = simulate(pellet_case(IMAGE))
    tube = {
        "pattern": "single",
        "cell_shape": "circular",
        "pitch": f"{2 * PELLET / math.sqrt(math.pi)!r} m",
        "contact_fraction": math.pi * RADIUS**2 / PELLET**2,
    }
    round_one = simulate(pellet_case(tube, relative_error=1e-3))
    bars = found.R_cstr_error + found.R_cstr_map_error + round_one.R_cstr_error + 1e-3 * round_one.R_cstr
    assert found.R_cstr == pytest.approx(round_one.R_cstr, abs=bars)
    epsilon = RADIUS / (PELLET / math.sqrt(math.pi))
    in_ohm = found.R_cstr / PELLET**2
    assert in_ohm == pytest.approx((1 - 1.4098 * epsilon) / (4 * RADIUS), rel=5e-3)
    record = result_record(found)
    assert record["electrode_area_cm2"] == pytest.approx(0.01)
    assert record["pellet_area_cm2"] == pytest.approx(0.64)
    assert record["R_cstr_ohm"] == pytest.approx(in_ohm)
    assert record["electrode_contact_fraction"] == pytest.approx(math.pi * 0.4**2, rel=1e-3)
    alone = lay_out(pellet_case({**IMAGE, "pellet": "none"}).interface).traced.contact_fraction_pixels
    assert record["contact_fraction_pixels"] == pytest.approx(alone * (SIDE / PELLET) ** 2)


def test_map_and_list_agree_with_a_gap_under_the_electrode():
    gap = {"height": "100 nm"}
    mapped, listed = (simulate(pellet_case(interface, gap)) for interface in (IMAGE, DISC))
    off = np.abs(mapped.spectrum.impedance - listed.spectrum.impedance).max()
    assert off < mapped.spectrum_error + listed.spectrum_error + mapped.R_cstr_map_error
    # far above the gap's relaxation all of the electrode passes current, and what is left is its own constriction
    high = mapped.response(np.array([[1e6]])).item() * mapped.layout.pitch
    assert high == pytest.approx(simulate(pellet_case(FULL)).R_cstr, abs=mapped.R_cstr_error)
    assert mapped.C_high is None and mapped.C_low > 0


def test_finite_elements_agree():
    gap = {"height": "100 nm"}
    flat = simulate(pellet_case(DISC, gap, 1e-2))
    meshed = simulate(pellet_case(DISC, gap, 3e-2, method="finite_elements"))
    off = np.abs(flat.spectrum.impedance - meshed.spectrum.impedance).max()
    assert off < flat.spectrum_error + meshed.spectrum_error
    assert flat.R_cstr == pytest.approx(meshed.R_cstr, abs=flat.R_cstr_error + meshed.R_cstr_error)


@pytest.mark.parametrize("profile", ["map", "linear", "plate"])
def test_gap_over_the_electrode_is_that_of_the_electrode_alone(profile):
    pixels = np.linspace(1.0, 2.0, 20)[None, :] * np.ones((20, 1))
    of_profile = {
        "map": {"file": map_file(pixels, "h.npy"), "pixel": "50 um", "unit": "100 nm"},
        "linear": {"rise": "300 nm", "length": "100 um"},
        "plate": {"rise": "300 nm"},
    }[profile]
    case = {
        "interface": DISC,
        "gap": {"height": "100 nm", "profile": profile, "model": "thin", **of_profile},
        **({"collector": {"stack_pressure": "0.1 MPa"}} if profile == "plate" else {}),
    }
    on, alone = parse_case(case), parse_case({**case, "interface": {**DISC, "pellet": "none"}})
    plans = [lay_out(one.interface) for one in (on, alone)]
    profiles = [uneven_gap(one, plan) for one, plan in zip((on, alone), plans, strict=True)]
    x, y = np.linspace(0.01e-3, 0.99e-3, 7)[:, None], np.linspace(0.02e-3, 0.97e-3, 8)[None, :]
    corner = (PELLET - SIDE) / 2
    assert profiles[0].height(x + corner, y + corner) == pytest.approx(profiles[1].height(x, y), rel=1e-9)
    assert profiles[0].mean * PELLET**2 == pytest.approx(profiles[1].mean * SIDE**2, rel=2e-2)


def test_even_map_is_an_even_gap():
    file = {"file": map_file(np.ones((20, 20)), "h.npy"), "pixel": "50 um", "unit": "100 nm"}
    smaller = {**DISC, "pellet": "2 mm"}
    mapped = simulate(pellet_case(smaller, {"height": "100 nm", "profile": "map", **file}, 2e-2))
    even = simulate(pellet_case(smaller, {"height": "100 nm"}, 2e-2))
    assert mapped.spectrum.impedance == pytest.approx(even.spectrum.impedance, abs=1e-4 * even.R_cstr)


def test_pellet_parts_geometries():
    keys = {geometry_key(pellet_case({**DISC, "pellet": pellet})) for pellet in ("none", "8 mm", ["8 mm", "9 mm"])}
    assert len(keys) == 3


@pytest.mark.parametrize(
    ("interface", "gap", "told"),
    [
        ({"pellet": "0.9 mm"}, {}, "interface.pellet: 900 um × 900 um, under an electrode of 1 mm × 1 mm"),
        ({"pellet": 12}, {}, "interface.pellet = 12: expected a length such as '12 mm'"),
        ({"pellet": ["1 mm", "2"]}, {}, "interface.pellet"),
        ({"sides": "periodic"}, {}, "sides = 'periodic': beside a pellet"),
        ({"inverted": True}, {}, "interface.inverted = true: 1 pores in an electrode"),
        ({}, {"height": "1 um", "model": "volume"}, "gap.model = 'volume': a gap beside which a pellet lies bare"),
        ({}, {"height": "300 um"}, "one on a pellet is not meshed"),
    ],
)
def test_what_a_pellet_refuses(interface, gap, told):
    with pytest.raises(InputError, match=re.escape(told)):
        simulate(pellet_case({**DISC, **interface}, gap or None))
