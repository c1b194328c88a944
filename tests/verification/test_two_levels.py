"""A finer case as the film of a contact, and an electrode on a pellet (docs/physics.md#two-levels).

Problem: a square island of side L, one per mirror cell, touches at n × n spots of pitch p = L/n. Two levels solve one
spot in its cell, and the island with that as its film; one grid resolves all spots. Exact: where p/L → 0 both are the
same, and their difference falls like p/L. Measured over R_interface and per p/L: 0.15 for a twentieth in contact on an
island of a tenth of the cell, 0.4 to 0.5 for a fifth on a third, 0.9 for a half on 0.6: TWO_LEVELS_ERROR = 0.5 is one
number for all of them.

On a pellet the island is the electrode. Newman's disc of radius a on a wide and thick pellet has R = 1/(4σa).
Full contact with a finer case is slab and film in series, exactly.
"""

import math

import numpy as np
import pytest

from constriction import parse_case, simulate
from constriction.base.errors import InputError
from constriction.case.schema import resolved_toml
from constriction.field.error_bars import film_share
from constriction.geometry.cell import lay_out
from constriction.simulation.finer import LEAST_ERROR, TWO_LEVELS_ERROR, as_exact, pitch_over_island
from constriction.simulation.record import result_record
from constriction.simulation.result import sweep_frequencies
from constriction.simulation.weights import curve_of

SIDE = 1e-3  # of the cell, m
SWEEP = {"from": "10 MHz", "to": "10 Hz", "points_per_decade": 2}
ELECTROLYTE = {"thickness": "6 mm"}


def metres(length):
    return f"{length * 1e6:.14g} um"


def two_levels(interface, finer, gap, accuracy, electrolyte=ELECTROLYTE):
    """The case of an interface whose contacts are a finer one, both with one gap."""
    texts = {"finer.toml": resolved_toml(parse_case({"interface": finer, "gap": gap}))}
    case = {
        "electrolyte": electrolyte,
        "interface": interface,
        "contact": {"fine": "finer.toml"},
        "gap": gap,
        "sweep": SWEEP,
        "accuracy": accuracy,
    }
    return parse_case(case, "case", texts)


def island_of_spots(n, part, touching, gap):
    """One island that covers a part of its cell and touches at n × n spots, resolved, and as two levels."""
    island = SIDE * math.sqrt(part)
    pitch = island / n
    radius = pitch * math.sqrt(touching / math.pi)
    centres = [(k + 0.5) * pitch for k in range(n // 2)]
    discs = [[metres(x), metres(y), metres(radius)] for x in centres for y in centres]
    accuracy = {"method": "spectral", "relative_error": 3e-3}
    resolved = {
        "electrolyte": ELECTROLYTE,
        "interface": {"pattern": "list", "cell": [metres(SIDE / 2)] * 2, "discs": discs},
        "gap": gap,
        "sweep": SWEEP,
        "accuracy": accuracy,
    }
    outer = {"pattern": "square", "shape": "square", "contact_fraction": part, "pitch": metres(SIDE)}
    finer = {"pattern": "square", "contact_fraction": touching, "pitch": metres(pitch)}
    return simulate(parse_case(resolved)), simulate(two_levels(outer, finer, gap, accuracy))


def differences(n, part, touching, gap):
    """Of R_interface and, at most, of Z − slab, relative; with what the error bars leave open."""
    one, two = island_of_spots(n, part, touching, gap)
    interface = one.spectrum.impedance - one.slab.impedance
    apart = np.max(np.abs((one.spectrum.impedance - two.spectrum.impedance) / interface))
    bars = (one.R_interface_error + two.R_interface_error) / one.R_interface
    return (one.R_interface - two.R_interface) / one.R_interface, apart, bars


@pytest.mark.parametrize("gap", [{"height": "none"}, {"height": "100 nm"}], ids=["insulating", "capacitor"])
def test_difference_from_one_grid_falls_like_the_ratio(gap):
    (ten, spectrum, bars), (twenty, *_) = (differences(n, 0.36, 0.2, gap) for n in (10, 20))
    # Halved, but for the error bars and a term of the second order in the ratio.
    assert ten / twenty == pytest.approx(2, abs=0.2 + 2 * bars / twenty)
    assert spectrum == pytest.approx(ten, rel=0.1)
    for n, difference in ((10, ten), (20, twenty)):
        assert TWO_LEVELS_ERROR / 2 < difference * n < TWO_LEVELS_ERROR * 2


def test_electrode_on_a_pellet_of_36_and_of_144_spots():
    # A fifth of the radius of the pellet; wide pellets disturb the finer pattern less than crowded islands.
    (six, _, bars), (twelve, *_) = (differences(n, 0.04, 0.2, {"height": "none"}) for n in (6, 12))
    assert six / twelve == pytest.approx(2, abs=0.4 + 2 * bars / twelve)
    assert six < TWO_LEVELS_ERROR / 6


def test_finer_cases_error_bar_comes_along():
    interface = {"pattern": "square", "shape": "square", "contact_fraction": 0.36, "pitch": "400 um"}
    finer = {"pattern": "square", "contact_fraction": 0.2, "pitch": "20 um"}
    accuracy = {"method": "spectral", "relative_error": 0.02}
    result = simulate(two_levels(interface, finer, {"height": "100 nm"}, accuracy))
    curve = curve_of(result.case, result.layout, result.laws, sweep_frequencies(result.case))
    share, model = film_share(result.response, curve), result.response.fine.model
    step = 1e-6 / curve.every[:, 0]
    shifted = curve.every.copy()
    shifted[:, 0] = 1 / (1 / curve.every[:, 0] + step)
    difference = (model.interface(shifted) - model.interface(curve.every)) / step
    np.testing.assert_allclose(share, difference, rtol=1e-5)  # of a difference over 1e-6
    solved = result.laws.contact.result
    own = result.response.errors(curve)
    film = solved.error_bars.interface * solved.layout.pitch / result.layout.pitch
    bars = result.error_bars
    np.testing.assert_allclose(bars.interface, own + np.abs(share) * film, rtol=1e-12)
    np.testing.assert_allclose(bars.constriction, own + np.abs(share - 1) * film, rtol=1e-12)
    assert result.accuracy_reached and solved.accuracy_reached
    assert solved.case.accuracy.relative_error == pytest.approx(0.25 * 0.64 * 0.02)


@pytest.mark.parametrize(("asked", "expected"), [(1e-2, 1.6e-3), (1e-4, LEAST_ERROR), (1e-5, 1e-5)])
def test_finer_case_is_asked_for_a_share_of_the_error(asked, expected):
    interface = {"pattern": "square", "contact_fraction": 0.36, "pitch": "400 um"}
    finer = {"pattern": "stripes", "contact_fraction": 0.5, "pitch": "20 um"}
    case = two_levels(interface, finer, {"height": "none"}, {"method": "spectral", "relative_error": asked})
    asked_of_finer = as_exact(case.contact.fine_case, case, lay_out(case.interface)).accuracy
    assert asked_of_finer.relative_error == pytest.approx(expected, rel=1e-12)


def test_full_contact_is_slab_and_finer_case_in_series():
    interface = {"pattern": "square", "contact_fraction": 1, "pitch": "400 um"}
    finer = {"pattern": "square", "contact_fraction": 0.2, "pitch": "20 um"}
    result = simulate(two_levels(interface, finer, {"height": "100 nm"}, {"method": "spectral"}))
    solved = result.laws.contact.result
    np.testing.assert_allclose(result.spectrum.impedance, solved.spectrum.impedance, rtol=1e-12)
    assert result.R_cstr == 0 and result.R_cstr_error == 0
    assert result.spectrum_error == pytest.approx(solved.spectrum_error, rel=1e-12)
    assert result_record(result)["fine_pitch_over_island"] == 0


def test_finer_case_that_blocks_blocks():
    texts = {
        "finer.toml": resolved_toml(
            parse_case(
                {
                    "interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "20 um"},
                    "contact": {"law": "Q1", "Q1": "20 uS s^0.9/cm2", "a1": 0.9},
                }
            )
        )
    }
    case = {
        "interface": {"pattern": "square", "contact_fraction": 0.36, "pitch": "400 um"},
        "contact": {"fine": "finer.toml"},
        "accuracy": {"method": "spectral", "relative_error": 0.02},
    }
    result = simulate(parse_case(case, "case", texts))
    record = result_record(result)
    nothing = ("R_cstr", "R_interface", "R_full_contact", "R_dc", "fine_R_interface", "fine_R_interface_error")
    assert [record[f"{name}_ohm_cm2"] for name in nothing] == [None] * len(nothing)
    assert result.accuracy_reached and record["fine_spectrum_error_ohm_cm2"] > 0


@pytest.mark.parametrize(
    ("interface", "expected"),
    [
        ({"pattern": "square", "shape": "square", "contact_fraction": 0.25, "pitch": "400 um"}, 0.1),
        ({"pattern": "stripes", "contact_fraction": 0.25, "pitch": "400 um"}, 0.2),
        # pores of radius 50 µm, 300 µm from rim to rim: the field varies over the radius
        ({"pattern": "square", "contact_fraction": 1 - math.pi / 64, "pitch": "400 um", "inverted": True}, 0.2),
        ({"pattern": "square", "contact_fraction": 1, "pitch": "400 um"}, 0.0),
    ],
)
def test_width_of_what_the_finer_pattern_lies_on(interface, expected):
    finer = {"pattern": "square", "contact_fraction": 0.2, "pitch": "20 um"}
    layout, fine = (lay_out(parse_case({"interface": given}).interface) for given in (interface, finer))
    assert pitch_over_island(layout, fine) == pytest.approx(expected, rel=1e-9)


def test_finer_pitch_above_the_island_is_refused():
    interface = {"pattern": "square", "shape": "square", "contact_fraction": 0.25, "pitch": "400 um"}
    finer = {"pattern": "square", "contact_fraction": 0.2, "pitch": "201 um"}
    with pytest.raises(InputError, match="contact.fine: its pitch is 201 um, and the narrowest contact .* is 200 um"):
        simulate(two_levels(interface, finer, {"height": "none"}, {"method": "spectral"}))


def test_finer_case_that_adds_nothing_is_an_ideal_contact():
    interface = {"pattern": "square", "contact_fraction": 0.36, "pitch": "400 um"}
    everywhere = {"pattern": "square", "contact_fraction": 1, "pitch": "20 um"}
    gap, accuracy = {"height": "100 nm", "model": "thin"}, {"method": "spectral", "relative_error": 0.02}
    two = simulate(two_levels(interface, everywhere, gap, accuracy))
    accuracy = {**accuracy, "relative_error": 0.015}  # what two levels leave for the grids
    one = {"electrolyte": ELECTROLYTE, "interface": interface, "gap": gap, "sweep": SWEEP, "accuracy": accuracy}
    assert two.R_cstr == simulate(parse_case(one)).R_cstr
    assert two.R_interface == two.R_cstr


def test_widths_in_a_refusal_are_short():
    interface = {"pattern": "square", "contact_fraction": 0.1, "pitch": "200 um"}
    finer = {"pattern": "square", "contact_fraction": 0.2, "pitch": "200 um"}
    with pytest.raises(InputError, match=r"the narrowest contact that it lies on is 71\.4 um wide"):
        simulate(two_levels(interface, finer, {"height": "none"}, {"method": "spectral"}))


@pytest.mark.parametrize("film", ["1e9 ohm cm2", "1e12 ohm cm2", "1e15 ohm cm2"])
@pytest.mark.parametrize("method", ["finite_elements", "spectral"])
def test_film_that_hardly_conducts(film, method):
    case = parse_case(
        {
            "interface": {"pattern": "square", "contact_fraction": 0.3, "pitch": "100 um"},
            "contact": {"law": "R1", "R1": film},
            "sweep": SWEEP,
            "accuracy": {"method": method, "relative_error": 0.05},
        }
    )
    result = simulate(case)
    assert result.accuracy_reached
    # R_f/f, to what the pixels leave of f; the electrolyte is nothing beside it.
    expected = float(film.split()[0]) * 1e-4 / 0.3
    assert result.R_interface == pytest.approx(expected, rel=1e-6 if method == "finite_elements" else 2e-3)


def test_leak_that_nearly_is_a_contact_ends_on_few_pixels():
    case = parse_case(
        {
            "interface": {"pattern": "square", "contact_fraction": 0.3, "pitch": "100 um"},
            "gap": {"law": "p(C,R1)", "R1": "1e-6 ohm cm2"},
            "sweep": SWEEP,
            "accuracy": {"method": "spectral", "relative_error": 0.01},
        }
    )
    result = simulate(case)  # what the reduced model's bound misses, finer grids do not mend
    assert not result.accuracy_reached and result.response.fine.cells < 10_000
    assert 0 < result.R_cstr < 1e-10 + result.R_cstr_error


@pytest.mark.parametrize(
    ("section", "key", "message"),
    [
        ("contact", "fine", "^contact.fine = 'other.toml': gap.model = 'volume'"),
        ("counter", "file", "^counter.file = 'other.toml': gap.model = 'volume'"),
    ],
)
def test_a_refusal_names_the_file_that_it_is_about(section, key, message):
    other = {"interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "20 um"}, "gap": {"model": "volume"}}
    case = {
        "interface": {"pattern": "square", "contact_fraction": 0.36, "pitch": "400 um"},
        section: {key: "other.toml"},
        "sweep": SWEEP,
        "accuracy": {"method": "spectral", "relative_error": 0.02},
    }
    texts = {"other.toml": resolved_toml(parse_case(other))}
    with pytest.raises(InputError, match=message):
        simulate(parse_case(case, "case", texts))


def test_newmans_disc_on_a_pellet():
    radius, pellet = 50e-6, 20e-3
    case = {
        "electrolyte": {"thickness": "15 mm"},
        "interface": {
            "pattern": "single",
            "cell_shape": "circular",
            "contact_fraction": (radius / pellet) ** 2,
            "pitch": metres(2 * pellet),
        },
        "gap": {"height": "none"},
    }
    record = result_record(simulate(parse_case(case)))
    # The slab ends 300 radii below, which takes 2 ln 2/(π · 300) = 0.15 % off.
    assert record["R_dc_ohm"] == pytest.approx(1 / (4 * 0.5 * radius), rel=2e-3)
    assert record["electrode_area_cm2"] == pytest.approx(1e4 * math.pi * radius**2, rel=1e-9)
