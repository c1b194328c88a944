"""Which circuit a spectrum needs, and which of its arcs are the electrolyte's.

Spectra are sums of RC elements with known values, so every answer is known.
"""

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.spectra.fit.arcs import Arc
from constriction.spectra.fit.problem import FitOptions
from constriction.spectra.reading.apparent import with_numerical_error
from constriction.spectra.reading.identification import (
    RESOLUTION,
    candidates,
    choose,
    electrolyte_arcs,
    identify,
    known_resolution,
    read_sample,
)
from constriction.spectra.spectrum import Spectrum

WINDOW = np.geomspace(7e6, 100.0, 50)
BULK, BOUNDARY = (10.0, 900e6), (20.0, 1e6)  # NZSP, 1.5 mm: Ω·cm² and Hz


def spectrum(*arcs, frequency=WINDOW, series=0.0):
    """Σ R/(1 + if/f_apex) with (R, f_apex) of each arc."""
    z = series + sum(r / (1 + 1j * frequency / apex) for r, apex in arcs)
    return Spectrum(frequency, z, "ohm m2")


def noisy(clean, share, seed):
    rng = np.random.default_rng(seed)
    parts = rng.normal(size=clean.frequency.size) + 1j * rng.normal(size=clean.frequency.size)
    return Spectrum(clean.frequency, clean.impedance + share * np.abs(clean.impedance) * parts, clean.unit)


def own(frequency=WINDOW):
    return electrolyte_arcs(spectrum(BULK, BOUNDARY, frequency=frequency))


def arc(time_constant):
    return Arc(1.0, None, time_constant, None, 1.0, None, time_constant, 0.16 / time_constant, None, ())


def test_electrolyte_in_the_papers_window_is_one_arc():
    reading = own()
    assert reading.circuit == "R-RQ"  # the bulk's own arc has its apex at 900 MHz, and only its flank shows
    assert candidates(reading) == ("R-RQ", "R-RQ-RQ")
    assert reading.apparent.R_SE == pytest.approx(30.0, rel=1e-3)
    assert reading.identities == (0,)


def test_electrolyte_in_a_wider_window_is_two():
    reading = own(np.geomspace(1e10, 100.0, 80))
    assert reading.circuit == "R-RQ-RQ"
    assert reading.identities == (0, 0)
    assert reading.apparent.R_SE == pytest.approx(30.0, rel=1e-6)


def test_electrolyte_whose_arc_is_out_of_sight_is_a_resistance():
    reading = own(np.geomspace(10e3, 1.0, 41))
    assert reading.circuit == "R"
    assert reading.apparent.R_SE == pytest.approx(30.0, rel=1e-3)


# Apex of the interface's arc; the grain boundaries' is at 1 MHz.
@pytest.mark.parametrize("apex", [300.0, 45e3, 5e6])
def test_interface_is_told_from_the_electrolyte(apex):
    electrolyte = spectrum((20.0, 30e3), series=10.0) if apex > 1e6 else spectrum(BULK, BOUNDARY)
    whole = Spectrum(WINDOW, electrolyte.impedance + spectrum((14.8, apex)).impedance, "ohm m2")
    reading = read_sample(whole, electrolyte_arcs(electrolyte))
    assert reading.circuit == "R-RQ-RQ"
    assert reading.identities == ((1, 0) if apex > 1e6 else (0, 1))
    # The bulk's flank, 0.8 % of |Z| at 7 MHz, is not in the circuit.
    assert reading.apparent.R_SE == pytest.approx(30.0, rel=5e-3)
    assert reading.apparent.R_int == pytest.approx(14.8, rel=1e-2)
    assert reading.apparent.C_int == pytest.approx(1 / (2 * np.pi * apex * 14.8), rel=2e-2)
    assert reading.remark == ""


def test_electrolytes_arc_at_the_edge_of_the_window_does_not_hide_the_interfaces():
    frequency = np.geomspace(0.9e6, 100.0, 50)
    reading = read_sample(spectrum(BULK, BOUNDARY, (14.8, 45e3), frequency=frequency), own(frequency))
    assert reading.circuit == "R-RQ-RQ"
    assert reading.apparent.R_int == pytest.approx(14.8, rel=1e-2)


def test_without_the_electrolytes_arc_every_arc_is_the_interfaces():
    frequency = np.geomspace(10e3, 1.0, 41)
    reading = read_sample(spectrum(BULK, BOUNDARY, (14.8, 400.0), frequency=frequency), own(frequency))
    assert reading.circuit == "R-RQ"
    assert reading.identities == (1,)
    # At 10 kHz the flank of the grain boundaries' arc is 0.7 % of |Z|.
    assert reading.apparent.R_SE == pytest.approx(30.0, rel=5e-3)
    assert reading.apparent.R_int == pytest.approx(14.8, rel=5e-3)


def test_arc_outside_the_window_is_none_of_the_interface():
    reading = read_sample(spectrum(BULK, BOUNDARY, (3.0, 60e6)), own())
    assert reading.circuit == "R-RQ"
    assert reading.apparent.R_int is None
    assert "R-RQ-RQ not taken: an arc would have its apex at" in reading.remark


def test_known_resolution_keeps_a_model_error_from_becoming_an_arc():
    """An arc of 1e-6 of |Z| is no arc of a measurement; without a stated resolution BIC takes it."""
    whole = spectrum((20.0, 1e6), (1e-4, 1e3), series=10.0)
    circuits = ("R-RQ", "R-RQ-RQ")
    assert choose(whole, circuits, FitOptions(profiles=False))[0] == "R-RQ-RQ"
    assert choose(whole, circuits, known_resolution(whole))[0] == "R-RQ"


def test_resolution_decides_what_shows():
    whole = spectrum((20.0, 1e6), (0.1, 10e3), series=10.0)  # 0.3 % of |Z|
    assert choose(whole, ("R-RQ", "R-RQ-RQ"), known_resolution(whole, 1e-3))[0] == "R-RQ-RQ"
    assert choose(whole, ("R-RQ", "R-RQ-RQ"), known_resolution(whole, 1e-2))[0] == "R-RQ"


def test_errors_are_those_of_a_measurement_with_that_resolution():
    """Scatter of 60 noisy spectra against the clean one's error bar: 60 values know it to 9 %, three times that."""
    whole = spectrum((20.0, 1e6), (14.8, 45e3), series=10.0)
    electrolyte = electrolyte_arcs(spectrum((20.0, 1e6), series=10.0))
    bars = read_sample(whole, electrolyte).apparent
    # With both exponents held at 1, as the clean spectrum has them.
    fixed = FitOptions(bounds={"a1": (1.0, 1.0), "a2": (1.0, 1.0)}, profiles=False, starts=2)
    found = []
    for seed in range(60):
        sample = noisy(whole, RESOLUTION, seed)
        apparent = read_sample(sample, electrolyte, ("R-RQ-RQ",), fixed_sigma(sample, fixed)).apparent
        found.append((apparent.R_SE, apparent.R_int, apparent.C_int))
    scatter = np.std(found, axis=0)
    assert scatter == pytest.approx([bars.R_SE_stderr, bars.R_int_stderr, bars.C_int_stderr], rel=0.27)


def fixed_sigma(sample, options):
    return known_resolution(sample, RESOLUTION, options)


def test_bars_are_wider_where_the_circuit_does_not_fit():
    depressed = spectrum((20.0, 1e6), (6.0, 20e3), (6.0, 2e3), series=10.0)  # three arcs, read as two
    electrolyte = electrolyte_arcs(spectrum((20.0, 1e6), series=10.0))
    reading = read_sample(depressed, electrolyte)
    index = reading.fit.circuit.names.index(reading.fit.arcs[1].parameters[0])
    at_its_word = reading.apparent.R_int * np.sqrt(reading.fit.covariance[index, index])
    misfit = np.sqrt(reading.fit.chi_squared / reading.fit.degrees_of_freedom)
    assert misfit > 2
    assert reading.apparent.R_int_stderr == pytest.approx(misfit * at_its_word, rel=1e-6)


def test_numerical_error_is_added_in_squares():
    whole = spectrum((20.0, 1e6), (14.8, 45e3), series=10.0)
    bars = read_sample(whole, electrolyte_arcs(spectrum((20.0, 1e6), series=10.0))).apparent
    wider = with_numerical_error(bars, 0.5)
    assert wider.R_SE_stderr == pytest.approx(np.hypot(bars.R_SE_stderr, 0.5))
    assert wider.R_int_stderr == pytest.approx(np.hypot(bars.R_int_stderr, 0.5))
    assert wider.C_int_stderr / bars.C_int == pytest.approx(np.hypot(bars.C_int_stderr / bars.C_int, 0.5 / bars.R_int))
    assert (wider.R_SE, wider.R_int, wider.C_int) == (bars.R_SE, bars.R_int, bars.C_int)


@pytest.mark.parametrize(
    ("times", "electrolyte", "expected"),
    [
        ([1e-7, 1e-5], [2e-7], (0, 1)),
        ([1e-7, 1e-5], [8e-6], (1, 0)),
        ([1e-10, 1e-7, 1e-5], [2e-10, 2e-7], (0, 0, 1)),
        ([1e-10, 1e-8, 1e-6], [2e-10, 2e-6], (0, 1, 0)),
        ([1e-7, 1e-5, 1e-3], [1e-7], (0, 1, 2)),
        ([1e-7], [], (1,)),
        ([], [1e-7], ()),
    ],
)
def test_arcs_are_paired_by_the_nearest_time(times, electrolyte, expected):
    assert identify([arc(t) for t in times], [arc(t) for t in electrolyte]) == expected


def test_too_few_points_are_refused():
    few = spectrum((20.0, 1e6), series=10.0, frequency=np.array([2e6, 1e6, 5e5]))
    with pytest.raises(InputError, match=r"3 points for the 7 parameters of R-RQ-RQ"):
        read_sample(few, own(), ("R-RQ-RQ",))
