"""Apparent values of the cases that docs/physics.md#expectations works out, and the relaxation times of a geometry.

Problem: NZSP of 1.5 mm (30 Ω·cm²), grain boundaries at 1 MHz, islands on a lattice. Answers of §9: a visible arc has
R_int near R_cstr = 14.78 Ω·cm² and 0.23 µF/cm²; a high gap leaves no arc, and R_SE is 4 % larger; two signals share
R_cstr out, the larger part to R_SE. The relaxation times are exact: as RC elements they are the impedance again.
"""

import functools

import numpy as np
import pytest
from cases import SQUARE, conductor
from support.ratios import gap_ratio
from support.together import simulate_together

from constriction.case.schema import parse_case
from constriction.laws.electrolyte import resistivity
from constriction.simulation.network.times import constriction_times, electrolyte_times
from constriction.simulation.reading import read_off
from constriction.simulation.record import apparent_record
from constriction.simulation.simulate import simulate

ISLANDS = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"}
CASES = {
    "visible": (ISLANDS, {"height": "5 nm"}, {}, {}),
    "hidden": ({"pattern": "hexagonal", "contact_fraction": 0.4, "pitch": "500 um"}, {"height": "11 um"}, {}, {}),
    "two signals": ({"pattern": "square", "contact_fraction": 0.1, "pitch": "100 um"}, {"height": "100 nm"}, {}, {}),
    "two signals, 10 GHz": (
        {"pattern": "square", "contact_fraction": 0.1, "pitch": "100 um"},
        {"height": "100 nm"},
        {},
        {"sweep": {"from": "10 GHz"}},
    ),
    "transforms": (ISLANDS, {"height": "5 nm"}, {}, {"accuracy": {"method": "spectral"}}),
    "depressed": (ISLANDS, {"height": "5 nm"}, {"grain_boundary_exponent": 0.9}, {}),
    "small beside large": (
        {"pattern": "hexagonal", "contact_fraction": 0.5, "pitch": "200 um"},
        {"height": "1 nm"},
        {},
        {},
    ),
    "insulating": (ISLANDS, {"height": "none"}, {}, {}),
    "depressed and insulating": (ISLANDS, {"height": "none"}, {"grain_boundary_exponent": 0.9}, {}),
    "no boundaries": (ISLANDS, {"height": "5 nm"}, {"grain_boundary_conductivity": "none"}, {}),
    "full contact": (ISLANDS | {"contact_fraction": 1.0}, {}, {}, {}),
    "three points": (ISLANDS, {"height": "5 nm"}, {}, {"sweep": {"from": "1 MHz", "to": "700 kHz"}}),
}
FREQUENCIES = np.logspace(-1, 12, 131)


def case_of(name):
    interface, gap, electrolyte, more = CASES[name]
    return parse_case({"interface": interface, "gap": gap, "electrolyte": electrolyte, **more})


def geometry_of(name):
    case = case_of(name)
    return str(case.interface), case.accuracy.method


@functools.cache
def results_on(geometry):
    names = [name for name in CASES if geometry_of(name) == geometry]
    return dict(zip(names, simulate_together([case_of(name) for name in names]), strict=True))


def result_of(name):
    return results_on(geometry_of(name))[name]


@functools.cache
def record_of(name):
    return apparent_record(read_off([result_of(name)])[0])


def test_visible_arc():
    record, result = record_of("visible"), result_of("visible")
    assert record["apparent_circuit"] == "R-RQ-RQ"
    for name, expected in (("R_int", result.R_cstr * 1e4), ("R_SE", 30.0)):
        value, bar = (record[f"apparent_{name}_{part}ohm_cm2"] for part in ("", "error_"))
        assert abs(value - expected) < 2 * bar < 0.005 * expected
    assert record["apparent_R_int_ohm_cm2"] == pytest.approx(14.78, rel=0.005)
    assert record["apparent_C_int_farad_per_cm2"] == pytest.approx(0.235e-6, rel=0.05)
    total = record["apparent_R_SE_ohm_cm2"] + record["apparent_R_int_ohm_cm2"]
    assert total == pytest.approx(result.R_dc * 1e4, rel=1e-3)
    assert 0.005 < record["apparent_R_int_error_ohm_cm2"] < 0.1
    assert record["apparent_remark"] is None


def test_small_arc_is_not_taken_for_the_electrolyte():
    """1 % of R_SE at a fifth of the grain boundaries' frequency: free arcs exchange their names here."""
    record, result = record_of("small beside large"), result_of("small beside large")
    assert record["apparent_R_SE_ohm_cm2"] == pytest.approx(30.0, rel=2e-3)
    bar = record["apparent_R_int_error_ohm_cm2"]
    assert abs(record["apparent_R_int_ohm_cm2"] - result.R_cstr * 1e4) < 2 * bar < 0.2 * result.R_cstr * 1e4


def test_circuit_does_not_depend_on_the_accuracy():
    """From τ_cstr/τ_gb = 30 to 0.3, at three relative errors."""
    solved = []
    for relative_error in (5e-3, 1e-3, 2e-4):
        case = {"interface": ISLANDS | {"pitch": "300 um"}, "accuracy": {"relative_error": relative_error}}
        heights = "1 nm", "3 nm", "10 nm", "30 nm", "100 nm"
        solved.append(simulate_together([parse_case(case | {"gap": {"height": height}}) for height in heights]))
    for results in zip(*solved, strict=True):  # of one height
        records = map(apparent_record, read_off(results))
        found = [(record["apparent_circuit"], record["apparent_R_int_ohm_cm2"] or 0.0) for record in records]
        circuits, values = zip(*found, strict=True)
        assert len(set(circuits)) == 1
        assert values[:2] == pytest.approx([values[2]] * 2, rel=5e-3)


def test_hidden_arc_makes_the_electrolyte_look_worse():
    record = record_of("hidden")
    assert record["apparent_circuit"] == "R-RQ"
    assert record["apparent_R_SE_ohm_cm2"] / 30.0 == pytest.approx(1.04, abs=0.006)
    assert record["apparent_R_int_ohm_cm2"] is None
    assert record["apparent_C_int_farad_per_cm2"] is None
    assert "R-RQ-RQ not taken" in record["apparent_remark"]


def test_two_signals():
    """In the paper's window all of R_cstr looks like electrolyte; one to 10 GHz shows the third that follows σ_b."""
    narrow, wide, result = record_of("two signals"), record_of("two signals, 10 GHz"), result_of("two signals")
    assert narrow["apparent_circuit"] == "R-RQ"
    assert narrow["apparent_R_SE_ohm_cm2"] == pytest.approx(result.R_dc * 1e4, rel=2e-3)
    assert wide["apparent_circuit"] == "R-RQ-RQ-RQ"
    assert wide["apparent_R_int_ohm_cm2"] / (result.R_cstr * 1e4) == pytest.approx(1 / 3, abs=0.06)
    total = wide["apparent_R_SE_ohm_cm2"] + wide["apparent_R_int_ohm_cm2"]
    assert total == pytest.approx(result.R_dc * 1e4, rel=1e-3)


def test_both_methods_agree():
    one, other = record_of("visible"), record_of("transforms")
    for name in ("R_SE_{}ohm_cm2", "R_int_{}ohm_cm2", "C_int_{}farad_per_cm2"):
        value, error = f"apparent_{name.format('')}", f"apparent_{name.format('error_')}"
        assert abs(one[value] - other[value]) < one[error] + other[error]


def test_depressed_boundaries_are_no_interface():
    record = record_of("depressed")
    assert record["apparent_circuit"] == "R-RQ-RQ"
    assert record["apparent_R_int_ohm_cm2"] == pytest.approx(14.78, rel=0.02)


def test_insulating_gap_has_no_arc():
    """Z is a multiple of ρ(ω) then: the electrolyte's arc, larger."""
    record, result = record_of("insulating"), result_of("insulating")
    assert record["apparent_circuit"] == "R-RQ"
    assert record["apparent_R_SE_ohm_cm2"] == pytest.approx(result.R_dc * 1e4, rel=1e-3)


def test_without_boundaries_the_arc_is_the_interfaces():
    record, result = record_of("no boundaries"), result_of("no boundaries")
    assert record["apparent_circuit"] == "R-RQ"
    assert record["apparent_R_int_ohm_cm2"] == pytest.approx(result.R_cstr * 1e4, rel=0.02)
    assert record["apparent_R_SE_ohm_cm2"] == pytest.approx(result.R_electrolyte * 1e4, rel=0.01)


def test_full_contact_is_the_electrolyte():
    record = record_of("full contact")
    assert record["apparent_R_SE_ohm_cm2"] == pytest.approx(30.0, rel=1e-3)
    assert record["apparent_R_int_ohm_cm2"] is None


def test_window_without_a_fit_tells_why():
    record = record_of("three points")
    assert record["apparent_remark"].startswith("the sweep does not allow a fit: 3 points")
    values = [record[key] for key in record if "ohm_cm2" in key or "farad" in key]
    assert values == [None] * 6


# --- relaxation times


@pytest.mark.parametrize("name", ["visible", "hidden", "two signals", "transforms", "insulating", "no boundaries"])
def test_times_are_the_impedance(name):
    """Poles of the finest solution, moved, against the extrapolated impedance: within its error bar everywhere."""
    result, times = result_of(name), constriction_times(result_of(name))
    assert times.exact
    assert np.all(times.times > 0) and np.all(times.resistances > 0)
    apart = np.abs(times.impedance(FREQUENCIES) - result.constriction(FREQUENCIES))
    assert apart.max() < result.spectrum_error
    # And to rounding it is the finest solution's own, moved.
    response = result.response
    model, larger = response.fine.model, response.constriction / response.fine.model.constriction
    longer = response.stored / (larger * model.stored)
    own = model.interface(longer * gap_ratio(result.case, result.layout, FREQUENCIES)[:, None])
    own = larger * own * resistivity(result.case.electrolyte, FREQUENCIES) * result.layout.pitch
    assert np.abs(times.impedance(FREQUENCIES) - own).max() < 1e-8 * result.R_cstr
    slab = electrolyte_times(result.case)
    expected = resistivity(result.case.electrolyte, FREQUENCIES) * result.case.electrolyte.thickness
    assert slab.exact
    assert slab.impedance(FREQUENCIES) == pytest.approx(expected, rel=1e-9)


def test_one_main_time_without_boundaries():
    """A conductor with a thin gap: the time with most resistance is that of the peak."""
    result = simulate(conductor(SQUARE, gap={"height": "5 nm"}))
    times = constriction_times(result)
    main = times.times[np.argmax(times.resistances)]
    assert 1 / (2 * np.pi * main) == pytest.approx(result.f_cstr, rel=0.05)


def test_no_exact_times_with_an_exponent_below_one():
    """No sum of RC elements is the impedance then. Where |s|·time = 1 is near the peak of −Im Z_cstr."""
    result = result_of("depressed")
    times = constriction_times(result)
    assert not times.exact
    main = times.times[np.argmax(times.resistances)]
    assert 1 / (2 * np.pi * main) == pytest.approx(result.f_cstr, rel=0.05)
    assert times.resistances.sum() == pytest.approx(result.R_cstr, rel=2e-3)
    assert not electrolyte_times(result.case).exact
    assert electrolyte_times(result.case).resistances.sum() == pytest.approx(result.R_electrolyte, rel=1e-12)


def test_depressed_and_insulating_has_no_times():
    assert constriction_times(result_of("depressed and insulating")).times.size == 0
