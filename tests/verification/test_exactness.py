"""What holds exactly, whatever the mesh: the slab, frequency independence without a gap, similarity, equal cells.

Problem: Z = ρ(ω)·d for full contact; Z_cstr = ρ(ω)·p·[F(s) − F(∞)] with s = κ_gap·p/(κ_SE·h) otherwise, F a function of
the pattern alone, in pitches p. Hence no gap (s = 0) makes Z·κ_SE a constant; all lengths ×k leave s and F as they are,
so that the area-specific Z is k times and the cell's Z in ohm (area ×k²) 1/k of what it was; F(∞) is the slab.
"""

import math

import numpy as np
import pytest
from cases import HEXAGONAL, MORPHOLOGIES, PORES, RANDOM, SQUARE, STRIPES, case_of, conductor

from constriction.laws.electrolyte import resistivity
from constriction.simulation.simulate import Options, simulate

WIDE = {"from": "10 GHz", "to": "1 Hz", "points_per_decade": 2}
GRAIN_BOUNDARY = {"grain_boundary_exponent": 0.8}  # NZSP, with a constant-phase grain boundary

PATTERNS_AT_FULL_CONTACT = [
    {"pattern": "single"},
    {"pattern": "single", "cell_shape": "circular"},
    {"pattern": "square", "shape": "square"},
    {"pattern": "hexagonal", "inverted": True},
    {"pattern": "stripes"},
    {"pattern": "random", "spots": 50},
]


@pytest.mark.parametrize("pattern", PATTERNS_AT_FULL_CONTACT, ids=str)
def test_full_contact_is_the_slab(pattern):
    interface = {**pattern, "pitch": "1 mm", "contact_fraction": 1}
    case = case_of(interface, electrolyte=GRAIN_BOUNDARY, gap={"height": "5 nm"}, sweep=WIDE)
    result = simulate(case)
    slab = resistivity(case.electrolyte, result.spectrum.frequency) * case.electrolyte.thickness
    np.testing.assert_array_equal(result.spectrum.impedance, slab)
    assert result.R_cstr == result.R_cstr_error == result.spectrum_error == 0
    assert result.R_dc == pytest.approx((1 / 1.5 + 1 / 0.75) * case.electrolyte.thickness, rel=1e-10)
    assert result.layout.contact_fraction == 1
    assert result.accuracy_reached
    assert result.peaks == ()
    assert result.C_cstr is result.C_low is result.C_high is result.f_cstr is None


@pytest.mark.parametrize("direct", [False, True])
def test_without_a_gap_nothing_new_relaxes(direct):
    """Z·κ_SE is one number at all frequencies: there is no separate arc."""
    case = case_of(RANDOM, electrolyte=GRAIN_BOUNDARY, sweep=WIDE, relative_error=0.05)
    result = simulate(case, Options(direct=direct))
    numbers = result.spectrum.impedance / resistivity(case.electrolyte, result.spectrum.frequency)
    # Rounding only: the same solution at every frequency.
    np.testing.assert_allclose(numbers, numbers[-1].real, rtol=1e-9)
    assert numbers[-1].real > 1.05 * case.electrolyte.thickness
    assert result.C_low is result.C_high is None


def scaled(factor, interface=HEXAGONAL, model="thin"):
    """Everything with a length in it, times a factor."""
    lengths = {"pitch": f"{1 * factor} mm"}
    if interface["pattern"] == "list":
        lengths = {
            "cell": [f"{1 * factor} mm", f"{0.7 * factor} mm"],
            "discs": [[f"{factor * x} mm" for x in disc] for disc in [(0, 0.3, 0.15), (0.6, 0.35, 0.25)]],
        }
    return simulate(
        case_of(
            {**interface, **lengths},
            electrolyte={"thickness": f"{1.5 * factor} mm"},
            gap={"height": f"{20 * factor} um", "model": model},
            sweep={"from": "10 GHz", "to": "1 kHz", "points_per_decade": 2},
            relative_error=0.05,
        )
    )


@pytest.mark.parametrize(("name", "model"), [("hexagonal", "volume"), ("random", "thin"), ("unequal discs", "volume")])
def test_all_lengths_times_ten(name, model):
    once, ten = (scaled(factor, MORPHOLOGIES[name], model) for factor in (1, 10))
    assert once.layout.contact_fraction == pytest.approx(ten.layout.contact_fraction, rel=1e-12)
    # Meshed in pitches, so the meshes are equal up to rounding of the lengths.
    np.testing.assert_allclose(ten.spectrum.impedance, 10 * once.spectrum.impedance, rtol=1e-6)
    areas = [result.layout.cell.area for result in (once, ten)]
    np.testing.assert_allclose(
        ten.spectrum.impedance / areas[1], once.spectrum.impedance / areas[0] / 10, rtol=1e-6, err_msg="in ohm"
    )
    assert ten.R_cstr == pytest.approx(10 * once.R_cstr, rel=1e-6)
    # Capacitance per area ∝ 1/length; the apex frequency does not depend on the size.
    assert ten.C_low == pytest.approx(once.C_low / 10, rel=1e-6)
    assert ten.C_high == pytest.approx(once.C_high / 10, rel=1e-6)
    assert ten.f_cstr == pytest.approx(once.f_cstr, rel=1e-6)


@pytest.mark.parametrize("interface", [SQUARE, STRIPES, RANDOM, PORES], ids=lambda case: case["pattern"])
def test_resistance_is_proportional_to_the_pitch(interface):
    """At equal contact fraction, over a slab that is deep for every pitch."""
    resistances = [
        simulate(conductor({**interface, "pitch": pitch}, thickness="1 m", relative_error=0.05)).R_cstr / metres
        for pitch, metres in (("30 um", 3e-5), ("0.7 mm", 7e-4), ("1 cm", 1e-2))
    ]
    # Meshed in pitches, so the meshes are equal up to rounding of the lengths.
    assert resistances == pytest.approx([resistances[0]] * 3, rel=1e-6)


def test_single_in_a_square_cell_is_the_square_lattice():
    single = {"pattern": "single", "pitch": "1 mm", "contact_fraction": 0.2, "cell_shape": "square"}
    gap = {"height": "1 um"}
    one, lattice = (simulate(case_of(interface, gap=gap, relative_error=0.05)) for interface in (single, SQUARE))
    # The same mirror cell, so the same numbers.
    np.testing.assert_array_equal(one.spectrum.impedance, lattice.spectrum.impedance)
    assert (one.R_cstr, one.C_cstr, one.C_low) == (lattice.R_cstr, lattice.C_cstr, lattice.C_low)


def quarter_discs(contact_fraction):
    """A quarter of the hexagonal lattice's rectangle, as a list; metres."""
    width, depth = 0.5e-3, math.sqrt(3) / 2 * 1e-3
    radius = math.sqrt(contact_fraction * math.sqrt(3) / (2 * math.pi)) * 1e-3
    discs = [[0.0, 0.0, radius], [width, depth, radius]]
    return {
        "pattern": "list",
        "cell": [f"{width!r} m", f"{depth!r} m"],
        "discs": [[f"{x!r} m" for x in disc] for disc in discs],
    }


def test_hexagonal_lattice_is_a_list_of_two_quarter_discs():
    fraction, gap = HEXAGONAL["contact_fraction"], {"height": "1 um"}
    interfaces = HEXAGONAL, quarter_discs(fraction)
    lattice, listed = (simulate(case_of(interface, gap=gap, relative_error=3e-3)) for interface in interfaces)
    assert listed.layout.contact_fraction == pytest.approx(fraction, rel=1e-12)
    # One problem on two meshes: a list is meshed in units of its cell, not of the pitch.
    assert abs(lattice.R_cstr - listed.R_cstr) <= math.hypot(lattice.R_cstr_error, listed.R_cstr_error)
    difference = np.abs(lattice.spectrum.impedance - listed.spectrum.impedance)
    assert np.max(difference) <= math.hypot(lattice.spectrum_error, listed.spectrum_error)
    assert lattice.C_high == pytest.approx(listed.C_high, rel=1e-9)


def test_a_cell_and_its_mirror_images_are_one_problem():
    """Half a disc on the edge, and the same with its mirror image drawn: twice the cell."""
    half = {"pattern": "list", "cell": ["1 mm", "1 mm"], "discs": [["0 mm", "0.5 mm", "0.3 mm"]]}
    whole = {"pattern": "list", "cell": ["2 mm", "1 mm"], "discs": [["1 mm", "0.5 mm", "0.3 mm"]]}
    one, two = (simulate(conductor(interface, relative_error=3e-3)) for interface in (half, whole))
    assert one.layout.contact_fraction == pytest.approx(two.layout.contact_fraction, rel=1e-12)
    assert abs(one.R_cstr - two.R_cstr) <= math.hypot(one.R_cstr_error, two.R_cstr_error)


@pytest.mark.parametrize("name", MORPHOLOGIES)
def test_infinite_gap_admittance_is_the_slab(name):
    case = conductor(MORPHOLOGIES[name], gap={"height": "1 nm", "model": "thin"}, relative_error=0.05)
    result = simulate(case)
    # F − F(∞) falls like 1/s, once s is beyond what the mesh resolves at the rim: 1e12 is beyond any.
    assert abs(result.response(np.array([1e12]))) <= 1e-8 * result.response.constriction
