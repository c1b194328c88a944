"""Window, Kramers-Kronig rule and fit in one call."""

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.reading.analysis import AnalysisOptions, Mask, analyse, in_window, screen
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies

VALUES = {"R0": 2.0, "R1": 30.0, "Q1": 1e-8, "a1": 0.95, "R2": 10.0, "Q2": 1e-5, "a2": 0.9}


def spectrum(circuit: str = "R-RQ-RQ", noise: float = 2e-3) -> Spectrum:
    parsed = parse_circuit(circuit)
    frequency = logarithmic_frequencies(7e6, 100.0, 10)
    names = [parameter.name for parameter in parsed.parameters]
    z = impedance(parsed, [VALUES[name] for name in names], frequency)
    scatter = np.random.default_rng(1).standard_normal((2, z.size)) * noise
    return Spectrum(frequency, z * (1 + scatter[0]) + 1j * scatter[1] * np.abs(z), "ohm")


@pytest.mark.parametrize("circuit", ["R-RQ", "R-RQ-RQ"])
def test_finds_the_circuit_that_made_the_spectrum(circuit: str) -> None:
    analysis = analyse(spectrum(circuit))
    assert analysis.fit.circuit.text == circuit
    assert analysis.fit.arcs[0].resistance == pytest.approx(30.0, rel=0.02)
    assert len(analysis.comparison) == 2


def test_a_spike_is_left_out_and_the_window_kept() -> None:
    whole = spectrum()
    bent = whole.impedance.copy()
    bent[20] *= 1.08
    screened = screen(Spectrum(whole.frequency, bent, "ohm"), AnalysisOptions(window=(1e3, 7e6)))
    assert screened.spectrum.frequency[-1] >= 1e3
    assert whole.frequency[20] in [point.frequency for point in screened.excluded]
    assert whole.frequency[20] not in screened.spectrum.frequency


def test_window_without_points_says_what_there_is() -> None:
    with pytest.raises(InputError, match=r"window 1 to 2 Hz: 0 points of \d+ between 100 and 7e\+06 Hz; expected"):
        in_window(spectrum(), (1.0, 2.0))


def test_no_window_is_the_whole_spectrum() -> None:
    whole = spectrum()
    assert in_window(whole, None) is whole


def test_masked_points_take_no_part_and_keep_their_places() -> None:
    whole = spectrum()
    bent = whole.impedance.copy()
    bent[[10, 20]] *= 1.5
    masks = (Mask("the tenth", *[float(whole.frequency[10]) * 1.02] * 2), Mask("nothing", 1.0, 2.0))
    screened = screen(Spectrum(whole.frequency, bent, "ohm"), AnalysisOptions(masks=masks))
    assert [point.index for point in screened.masked] == [10]
    assert [point.index for point in screened.excluded] == [20]
    assert "masked by hand, 'the tenth'" in screened.masked[0].why
    assert screened.remarks == ("mask 'nothing': no point there, all are from 100 to 7e+06 Hz; nothing masked",)
    n = whole.frequency.size
    assert screened.taken == (f"the Kramers-Kronig rule left out 1 of {n} points, the mask left out 1 of {n} points")
    np.testing.assert_array_equal(screened.spectrum.frequency, np.delete(whole.frequency, [10, 20]))


def test_errors_of_fits_name_who_took_the_points() -> None:
    short = Spectrum([1e5, 3e4, 1e4, 3e3, 1e3, 300.0], spectrum().impedance[[9, 14, 19, 24, 29, 34]], "ohm")
    options = AnalysisOptions(circuits=("R-RQ-RQ-RQ",), masks=(Mask("300 Hz", 300.0, 300.0),))
    with pytest.raises(InputError, match=r"points for the 10 parameters of .*mask left out 1 of 6 points\)"):
        analyse(short, options)
