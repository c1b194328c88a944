"""A simulation laid over a measurement whose answer is known, because it was simulated too.

Problem: islands under copper with an arc of their own. Noise of 0.2 % of |Z| on both parts is the measurement. Answer:
against the same case nothing differs by more than the error bars say; against twice the pitch R_int differs twofold.
"""

import functools

import numpy as np
import pytest
from measured import EIS, needs_data

from constriction.base.errors import InputError
from constriction.case.schema import parse_case
from constriction.compare.cell import Cell, half_cell
from constriction.compare.differences import overlay
from constriction.compare.measured import load_all
from constriction.compare.records import inductance_of
from constriction.simulation.simulate import simulate
from constriction.spectra.spectrum import Spectrum

NOISE = 2e-3
FREQUENCY = np.geomspace(9e6, 30.0, 60)  # wider than the sweep on both sides
SEEDS = range(24)
ISLANDS = {"pattern": "hexagonal", "contact_fraction": 0.2}


@functools.cache
def cell_of(pitch="2 mm", interfaces=1, thickness="1.5 mm", fraction=0.2):
    case = parse_case(
        {
            "electrolyte": {"thickness": thickness},
            "interface": {**ISLANDS, "contact_fraction": fraction, "pitch": pitch},
            "gap": {"height": "5 nm"},
        }
    )
    return Cell(simulate(half_cell(case, interfaces)), interfaces)


def measurement(cell, seed, noise=NOISE):
    rng = np.random.default_rng(seed)
    clean = cell.spectrum(FREQUENCY)
    parts = rng.normal(size=FREQUENCY.size) + 1j * rng.normal(size=FREQUENCY.size)
    return Spectrum(FREQUENCY, clean.impedance + noise * np.abs(clean.impedance) * parts, clean.unit)


def in_bars(found):
    return [item.in_bars for item in found.differences]


@functools.cache
def round_trips():
    return [overlay(measurement(cell_of(), seed), cell_of()) for seed in SEEDS]


def test_round_trip_is_within_three_error_bars():
    for found in round_trips():
        assert found.measured_reading.circuit == found.simulated_reading.circuit == "R-RQ-RQ"
        assert np.abs(in_bars(found)).max() < 3
        assert found.noise == pytest.approx(NOISE, rel=0.3)
        assert found.remarks == ()


def test_error_bars_are_neither_too_small_nor_too_large():
    """Root mean square of (difference / bar): 1 for perfect bars; 24 values know it to 14 %, and exponents that stop at
    1 bend the distribution."""
    sizes = np.sqrt(np.mean(np.square([in_bars(found) for found in round_trips()]), axis=0))
    assert np.all((sizes > 0.6) & (sizes < 1.4)), sizes


def test_window_is_what_both_share():
    found = round_trips()[0]
    assert found.window == (100.0, 7e6)
    used = found.screened.spectrum.frequency
    assert set(used) <= set(FREQUENCY)
    assert used.max() <= 7e6 and used.min() >= 100.0
    assert np.array_equal(found.simulated.frequency, used)
    assert np.allclose(found.simulated.impedance, cell_of().result.impedance(used), rtol=1e-12)


def test_twice_the_pitch_is_seen():
    """R_cstr ∝ pitch (docs/physics.md#stieltjes, for a deep slab), and the gap's capacitance per area stays."""
    found = overlay(measurement(cell_of(), 1), cell_of("4 mm"))
    r_se, r_int, c_int = found.differences
    assert r_int.relative == pytest.approx(-0.5, abs=0.05)
    assert r_int.in_bars < -50
    assert abs(r_se.relative) < 0.03
    assert abs(c_int.relative) < 0.15
    rms = np.sqrt(np.mean(np.abs(found.residuals) ** 2))
    assert rms > 20 * NOISE


def test_spike_is_left_out_of_both():
    spiked = measurement(cell_of(), 3)
    z = spiked.impedance.copy()
    z[30] *= 1.1
    found = overlay(Spectrum(FREQUENCY, z, "ohm m2"), cell_of())
    left_out = [point.frequency for point in found.screened.excluded]
    assert FREQUENCY[30] in left_out and len(left_out) <= 2  # a large spike may pull one point at the edge with it
    assert FREQUENCY[30] not in found.simulated.frequency
    assert np.abs(in_bars(found)).max() < 3


def test_arc_that_only_one_of_both_has():
    full = cell_of(fraction=1.0)
    found = overlay(measurement(cell_of(), 5), full)
    assert found.measured_reading.circuit == "R-RQ-RQ"
    assert found.simulated_reading.circuit == "R-RQ"
    assert found.differences[1].simulated is None and found.differences[1].in_bars is None
    assert "the measurement needs R-RQ-RQ; at its noise the simulation shows R-RQ only" in found.remarks
    turned = overlay(measurement(full, 5), cell_of())
    assert turned.measured_reading.circuit == turned.simulated_reading.circuit == "R-RQ"
    assert "at the measurement's noise the simulation alone would need R-RQ-RQ" in turned.remarks[-1]


def test_a_film_of_the_case_is_not_taken_for_another_electrolyte():
    """Its arc at 8 kHz beside the constriction's: neither is the slab's."""
    contact = {"law": "p(R1,C1)", "R1": "20 ohm cm2", "C1": "1 uF/cm2"}
    case = cell_of().result.case
    film = parse_case({"interface": {**ISLANDS, "pitch": "2 mm"}, "gap": {"height": "5 nm"}, "contact": contact})
    cell = Cell(simulate(film.model_copy(update={"electrolyte": case.electrolyte})), 1)
    found = overlay(measurement(cell, 2), cell)
    assert [remark.split(",")[0] for remark in found.remarks] == ["the slab of the case in full contact has no film"]
    assert np.abs(in_bars(found)).max() < 3


def test_another_electrolyte_is_read_with_free_arcs():
    """Grain boundaries at 300 kHz, not at 1 MHz: beside the simulated slab they would leave 10 % of |Z|."""
    case = cell_of().result.case
    slower = case.electrolyte.model_copy(update={"grain_boundary_frequency": 3e5})
    sample = Cell(simulate(case.model_copy(update={"electrolyte": slower})), 1)
    found = overlay(measurement(sample, 2), cell_of())
    assert found.remarks[0].startswith("the measurement's electrolyte is not the simulated one")
    assert found.measured_reading.circuit == found.simulated_reading.circuit == "R-RQ-RQ"
    assert found.measured_reading.fit is not None
    assert found.noise == pytest.approx(NOISE, rel=0.3)
    r_se, r_int, _ = found.differences
    assert abs(r_se.relative) < 0.02 and abs(r_int.relative) < 0.03


def test_what_is_not_told_apart_is_in_neither():
    """2 µm of gap relax faster than the grain boundaries: both sides have R_SE only, and it is the same."""
    case = cell_of().result.case
    high = case.model_copy(update={"gap": case.gap.model_copy(update={"height": 2e-6})})
    cell = Cell(simulate(high), 1)
    found = overlay(measurement(cell, 3), cell)
    assert found.measured_reading.circuit == found.simulated_reading.circuit == "R-RQ"
    r_se, r_int, _ = found.differences
    assert (r_int.measured, r_int.simulated) == (None, None)
    assert abs(r_se.in_bars) < 3


@pytest.mark.parametrize("seed", range(7, 12))
def test_inductance_of_the_instrument_is_fitted_away(seed):
    inductive = measurement(cell_of(), seed)
    z = inductive.impedance + 2j * np.pi * FREQUENCY * 3e-12  # H·m²
    found = overlay(Spectrum(FREQUENCY, z, "ohm m2"), cell_of(), "L-R-RQ-RQ")
    # The flank of the bulk's arc at 7 MHz looks like −1.8e-13 H·m²; the arcs take up some of that.
    assert found.measured_reading.fit.values["L1"] == pytest.approx(3e-12, rel=0.06)
    assert np.abs(in_bars(found)).max() < 3


def test_an_inductance_is_told_of_where_there_is_one_only():
    """None in clean spectra, though the flank of the bulk's arc lets a distribution have some."""
    for found in round_trips():
        assert inductance_of(found) is None
    inductive = measurement(cell_of(), 7)
    z = inductive.impedance + 2j * np.pi * FREQUENCY * 3e-12  # H·m²
    found = overlay(Spectrum(FREQUENCY, z, "ohm m2"), cell_of())
    told = inductance_of(found)
    assert told.value == pytest.approx(3e-12, rel=0.1)


def test_two_interfaces_are_twice_one():
    """In a slab that is deep against the pitch both ends are independent: Z = slab + 2 Z_cstr."""
    one, two = cell_of("0.5 mm"), cell_of("0.5 mm", interfaces=2)
    frequency = np.geomspace(7e6, 100.0, 20)
    expected = one.result.impedance(frequency) + one.result.constriction(frequency)
    assert np.abs(two.spectrum(frequency).impedance - expected).max() < 2 * one.error + two.error
    assert np.allclose(two.pristine(frequency).impedance, one.pristine(frequency).impedance, rtol=1e-12)
    constriction, electrolyte = two.times()
    assert constriction.resistances.sum() == pytest.approx(2 * one.result.R_cstr, rel=3e-3)
    assert electrolyte.resistances.sum() == pytest.approx(one.result.R_electrolyte, rel=1e-9)


def test_windows_that_do_not_meet():
    low = np.geomspace(50.0, 1.0, 20)
    with pytest.raises(InputError, match=r"measured from 1 to 50 Hz, simulated from 100 to 7e\+06 Hz"):
        overlay(cell_of().spectrum(low), cell_of())


@needs_data
@pytest.mark.parametrize("file", ["EISFitpython/Example2b.txt", "LPSCl_SS_blocking_-25C_eclab.txt"])
def test_measured_file_of_another_material(file):
    """LAGP and LPSCl are no NZSP: they run, and the differences are large."""
    (loaded,) = load_all([EIS / file], 0.5e-4)
    found = overlay(loaded.spectrum, cell_of())
    assert np.abs(found.residuals).max() > 1
    measured, r_se = found.measured_reading, found.differences[0]
    assert r_se.in_bars is None or r_se.in_bars > 10
    assert (r_se.measured is None) == (measured.apparent.R_SE_stderr is None)
