"""The explorer's numerics in headless Chromium, beside the program's own."""

import json

import numpy as np
import pytest
from chromium import find_chromium
from support.explorer_numerics import NZSP, STATE, complexes, in_page, opened
from support.explorer_states import impedance_of, nzsp_state, random_state, slab_of

from constriction.base.quantities import KINDS, format_quantity, parse_quantity
from constriction.case.schema import parse_case
from constriction.geometry.profiles import foil_of
from constriction.interpret.atlas.atlas import load_atlas
from constriction.simulation.peaks import find_peaks, main_peak
from constriction.simulation.simulate import simulate
from constriction.spectra.reading.reading import RESOLUTION, Weight, read_all_beside
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies
from constriction.view.explorer.data import atlas_data

if find_chromium() is None:
    pytest.skip("no Chromium here: apt-get install chromium runs the browser tests", allow_module_level=True)

STATES, READ, MILLISECONDS = 200, 24, 5
SWEEP = logarithmic_frequencies(7e6, 100, 10)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with opened(tmp_path_factory) as page:
        yield page


def test_the_atlas_is_small():
    assert len(json.dumps(atlas_data())) < 3e6


def test_impedances_are_those_of_the_atlas(page):
    rng, frequency = np.random.default_rng(1), np.geomspace(1e8, 0.1, 30)
    states = [random_state(rng) for _ in range(STATES)]
    given = {"states": states, "frequency": frequency.tolist()}
    found = in_page(page, "return given.states.map(s => impedance(atlas, s, given.frequency))", given)
    for state, parts in zip(states, found, strict=True):
        expected, resistance = impedance_of(state, frequency)
        assert np.abs(complexes(parts) - expected).max() < 1e-6 * resistance, state


@pytest.mark.parametrize(("held", "size"), [("stack_pressure", 1e5), ("adhesion", 1.0)])
def test_a_foil_is_a_straight_zone(page, held, size):
    frequency, rise, height, pitch, share = np.geomspace(7e6, 100, 20), 8.8e-6, 1e-7, 2e-3, 0.3
    unit = "Pa" if held == "stack_pressure" else "J/m2"
    case = parse_case(
        {
            "interface": {"pattern": "stripes", "contact_fraction": share, "pitch": f"{pitch} m"},
            "gap": {"height": f"{height} m", "profile": "plate", "rise": f"{rise} m", "model": "thin"},
            "collector": {
                "thickness": "5 um",
                "youngs_modulus": "120 GPa",
                "poisson_ratio": 0.34,
                held: f"{size} {unit}",
            },
            "accuracy": {"relative_error": 3e-3},
        }
    )
    given = {"thickness": 5e-6, "modulus": 120e9, "pressure": None, "adhesion": None}
    told = in_page(page, "return zoneOfFoil(given[0], given[1])", [given | {held.split("_")[-1]: size}, rise - height])
    assert told["lifted"] == pytest.approx(foil_of(case.gap, case.collector).lifted_length, rel=1e-12)
    zone = {"share": told["length"] / (pitch * (1 - share) / 2), "ratio": rise / height}
    state = STATE | {"pattern": "stripes", "contactFraction": share, "pitch": pitch, "gapHeight": height, "zone": zone}
    result = simulate(case)
    found = complexes(in_page(page, "return impedance(atlas, given[0], given[1])", [state, frequency.tolist()]))
    assert np.abs(found - result.impedance(frequency)).max() < 5e-3 * result.R_cstr


def test_any_laplace_variable_and_the_sweep(page):
    assert in_page(page, "return frequencies(given)", STATE["sweep"]) == pytest.approx(SWEEP.tolist(), rel=1e-13)
    both = in_page(page, "return [impedanceAt(atlas, given, 0, 2e5), impedance(atlas, given, [1e5 / Math.PI])]", STATE)
    assert both[0]["re"] == pytest.approx(both[1]["re"][0]) and both[0]["im"] == pytest.approx(both[1]["im"][0])
    real = in_page(page, "return impedanceAt(atlas, given, 2e5, 0)", STATE)
    assert real["im"] == 0 and 0 < real["re"]


def test_a_hundred_frequencies_are_quick(page):
    timed = (
        "const f = frequencies({from: 1e7, to: 1e-3, pointsPerDecade: 10}); impedance(atlas, given, f);"
        "const began = performance.now(); for (let k = 0; k < 20; k++) impedance(atlas, given, f);"
        "return (performance.now() - began) / 20"
    )
    film = {"pattern": "stripes", "film": {"resistance": 1e-3, "capacitance": 1e-2, "exponent": 0.9}}
    assert max(in_page(page, timed, STATE), in_page(page, timed, STATE | film)) < MILLISECONDS


def test_the_summary_is_what_a_result_says(page):
    rng = np.random.default_rng(3)
    states = [nzsp_state(rng) for _ in range(12)]
    for state, told in zip(states, in_page(page, "return given.map(s => summary(atlas, s))", states), strict=True):

        def constriction(frequency, state=state):
            return impedance_of(state, frequency)[0] - slab_of(state, frequency).parts(frequency).sum(axis=0)

        peaks = find_peaks(constriction, 1e-4, 1e14)
        apex = main_peak(peaks, constriction)
        assert [peak["frequency"] for peak in told["peaks"]] == pytest.approx([p.frequency for p in peaks], rel=1e-4)
        assert [peak["resistance"] for peak in told["peaks"]] == pytest.approx([p.resistance for p in peaks], rel=1e-3)
        resistance = impedance_of(state, SWEEP)[1]
        assert told["R_cstr"] == pytest.approx(resistance, rel=1e-9)
        assert told["C_cstr"] == pytest.approx(1 / (2 * np.pi * apex.frequency * resistance), rel=1e-4)
        assert told["R_dc"] == pytest.approx(told["R_electrolyte"] + told["R_interface"])
        assert told["C_high"] <= told["C_low"] * (1 + 1e-3)


def test_limits_of_the_capacitance_are_limits(page):
    electrolyte = NZSP | {"bulkConductivity": 1.0, "relativePermittivity": 1e-9, "grainBoundaryConductivity": None}
    state = STATE | {"electrolyte": electrolyte}
    told = in_page(page, "return summary(atlas, given)", state)
    slow, fast = (x / (told["R_cstr"] * told["C_low"]) for x in (1e-4, 1e4))
    z = in_page(
        page,
        "return given.omega.map(w => impedanceAt(atlas, given.state, 0, w))",
        {"omega": [slow, fast], "state": state},
    )
    assert -z[0]["im"] / (slow * told["R_cstr"] ** 2) == pytest.approx(told["C_low"], rel=1e-4)
    assert -1 / (fast * z[1]["im"]) == pytest.approx(told["C_high"], rel=3e-3)


def test_relaxation_times_add_up(page):
    rng = np.random.default_rng(4)
    wide = {"from": 1e14, "to": 1e-4, "pointsPerDecade": 5}
    states = [random_state(rng) | {"film": None, "fine": None, "sweep": wide} for _ in range(20)]
    both = in_page(page, "return given.map(s => [relaxation(atlas, s), summary(atlas, s)])", states)
    for state, told in zip(states, both, strict=True):
        found, summary = told
        tau, gamma = np.array(found["tau"]), np.array(found["gamma"])
        assert np.trapezoid(gamma, np.log(tau)) == pytest.approx(summary["R_dc"], rel=1e-3)
        assert np.array(found["interface"]).min() > -0.01 * max(found["interface"]) and found["delta"] > 0
        exact = (
            state["electrolyte"]["grainBoundaryConductivity"] is None
            or state["electrolyte"]["grainBoundaryExponent"] == 1
        )
        assert (found["poles"] is not None) == exact
        if exact:
            assert all(pole["resistance"] > 0 and pole["tau"] > 0 for pole in found["poles"])
            assert sum(pole["resistance"] for pole in found["poles"]) == pytest.approx(summary["R_dc"], rel=1e-9)


def test_readings_are_the_program_s(page):
    rng = np.random.default_rng(5)
    states = [nzsp_state(rng) for _ in range(READ)]
    pairs = [(Spectrum(SWEEP, impedance_of(one, SWEEP)[0], "ohm m2"), slab_of(one, SWEEP)) for one in states]
    expected = read_all_beside(pairs, Weight(RESOLUTION, noise=False))
    found = in_page(page, "return given.map(s => readings(atlas, s))", states)
    for reading, told in zip(expected, found, strict=True):
        apparent = reading.apparent
        assert told["reason"] == (reading.remark or None) and told["circuit"] == reading.circuit
        for name in ("R_SE", "R_int", "C_int"):
            value = getattr(apparent, name)
            assert told[name] is None if value is None else told[name] == pytest.approx(value, rel=1e-4)
    assert 0 < sum(told["R_int"] is None for told in found) < READ


def test_what_the_atlas_does_not_cover_is_told(page):
    low, high = load_atlas().limits("hexagonal")
    film = {"resistance": 1, "capacitance": 1, "exponent": 1}
    wrong = {
        "contactFraction": STATE | {"contactFraction": (1 + high) / 2},
        "pitch": STATE | {"pitch": 0.2},
        "film": STATE | {"pattern": "random", "contactFraction": 0.2, "film": film},
        "gapHeight": STATE | {"gapHeight": 1e-3},
        "pattern": STATE | {"pattern": "triangles"},
    }
    told = in_page(page, "return given.map(s => outside(atlas, s))", list(wrong.values()))
    assert [[one["name"] for one in those] for those in told] == [[name] for name in wrong]
    assert f"{low:g} to {high:g}" in told[0][0]["message"]
    deep = STATE | {"pitch": 1e-6, "gapHeight": 1e-8}
    assert in_page(page, "return [outside(atlas, given), summary(atlas, given).R_cstr]", deep)[0] == []


def test_quantities_are_written_as_in_a_case_file(page):
    kinds = ("length", "conductivity", "frequency", "area", "area resistance", "area capacitance", "time")
    texts = [(KINDS[kind].example, kind) for kind in kinds] + [("7e6 1/s", "frequency"), ("0.3 S m^-1", "conductivity")]
    given = [[text, KINDS[kind].unit] for text, kind in texts]
    values = in_page(page, "return given.map(([text, unit]) => parseQuantity(text, unit))", given)
    assert values == [parse_quantity(text, kind) for text, kind in texts]
    pairs = [[value, unit] for value, (_, unit) in zip(values, given, strict=True)]
    shown = in_page(page, "return given.map(([value, unit]) => showQuantity(value, unit))", pairs)
    assert shown == [format_quantity(value, kind) for value, (_, kind) in zip(values, texts, strict=True)]
    caught = (
        "return given.map(([text, unit]) => { try { return parseQuantity(text, unit) }"
        " catch (error) { return error.message } })"
    )
    for said in in_page(page, caught, [["3", "m"], ["3 Hz", "m"], ["ten", "S/m"], ["5 rad/s", "Hz"]]):
        assert "expected a" in said and "\n" not in said
