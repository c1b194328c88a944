"""Spectrum: what it accepts, and that its file says the same."""

import math
import re

import numpy as np
import pytest
from support.spectrum_csv import read_csv

from constriction.base.errors import InputError, StoreError
from constriction.spectra.spectrum import Spectrum, logarithmic_frequencies, write_csv

HEADER = "frequency_hertz,real_impedance_ohm_cm2,imaginary_impedance_ohm_cm2\n"


def spectrum(unit="ohm m2"):
    f = logarithmic_frequencies(7e6, 100, 10)
    return Spectrum(f, 3e-3 + 1e-3 / (1 + 1j * f / 46e3), unit)


def refused(message, f, z, unit="ohm m2"):
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        Spectrum(f, z, unit)
    assert "\n" not in str(caught.value)


def test_arrays_are_copied_and_cannot_be_changed():
    f, z = np.array([2.0, 1.0]), np.array([1 - 1j, 2 - 1j])
    s = Spectrum(f, z, "ohm")
    f[0], z[0] = 9, 9
    assert s.frequency[0] == 2 and s.impedance[0] == 1 - 1j
    with pytest.raises(ValueError, match="read-only"):
        s.impedance[0] = 3


@pytest.mark.parametrize(
    ("message", "f", "z"),
    [
        ("frequency has shape (2,) and impedance (1,)", [2, 1], [1]),
        ("frequency has shape (0,)", [], []),
        ("frequency has shape (1, 1)", [[1]], [[1]]),
        ("spectrum.frequency[1] = 0.0 Hz: expected a finite positive", [1, 0], [1, 1]),
        ("spectrum.frequency[0] = nan Hz", [math.nan, 1], [1, 1]),
        ("spectrum.frequency[0] = inf Hz", [math.inf, 1], [1, 1]),
        ("spectrum.impedance[1] = ", [2, 1], [1, complex(1, math.nan)]),
        ("spectrum.impedance[0] = ", [2, 1], [math.inf, 1]),
        ("spectrum.frequency[1] = 2.0 Hz after 1.0 Hz: expected strictly falling", [1, 2], [1, 1]),
        ("spectrum.frequency[1] = 1.0 Hz after 1.0 Hz", [1, 1], [1, 1]),
        ("expected numbers", ["fast", 1], [1, 1]),
    ],
)
def test_wrong_arrays_are_refused_with_their_place(message, f, z):
    refused(message, f, z)


def test_unknown_unit_is_refused():
    refused("spectrum.unit = 'ohm cm2': expected one of 'ohm', 'ohm m2', 'ohm m'", [1], [1], "ohm cm2")


def test_sorting_keeps_pairs_together():
    s = Spectrum.sorted_spectrum([1, 3, 2], [1 - 1j, 3 - 3j, 2 - 2j], "ohm")
    assert s.frequency.tolist() == [3, 2, 1]
    assert s.impedance.tolist() == [3 - 3j, 2 - 2j, 1 - 1j]


def test_sorting_refuses_a_frequency_given_twice():
    with pytest.raises(InputError, match=r"2\.0 Hz after 2\.0 Hz"):
        Spectrum.sorted_spectrum([2, 1, 2], [1, 1, 1], "ohm")


@pytest.mark.parametrize(
    ("unit", "suffix", "factor"), [("ohm m2", "ohm_cm2", 1e4), ("ohm", "ohm", 1), ("ohm m", "ohm_cm", 100)]
)
def test_file_is_in_centimetres_and_comes_back(tmp_path, unit, suffix, factor):
    s, path = spectrum(unit), tmp_path / "spectrum.csv"
    write_csv(s, path)
    lines = path.read_bytes().decode().split("\n")
    assert lines[0] == f"frequency_hertz,real_impedance_{suffix},imaginary_impedance_{suffix}"
    assert lines[-1] == "" and len(lines) == s.frequency.size + 2
    # Read by numpy, not by us. Multiplying by the factor rounds once.
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    np.testing.assert_array_equal(table[:, 0], s.frequency)
    np.testing.assert_allclose(table[:, 1:], factor * np.c_[s.impedance.real, s.impedance.imag], rtol=3e-16)
    back = read_csv(path)
    assert back.unit == unit
    np.testing.assert_array_equal(back.frequency, s.frequency)
    # There and back: two roundings.
    np.testing.assert_allclose(back.impedance.real, s.impedance.real, rtol=5e-16)
    np.testing.assert_allclose(back.impedance.imag, s.impedance.imag, rtol=5e-16)


def test_a_file_from_a_spreadsheet_is_read(tmp_path):
    path = tmp_path / "s.csv"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + "2e3, 40 ,-1\n1e3,50,-2\n\n").replace("\n", "\r\n").encode())
    s = read_csv(path)
    assert s.frequency.tolist() == [2000, 1000]
    # Centimetres to metres is one rounding.
    np.testing.assert_allclose(s.impedance, [4e-3 - 1e-4j, 5e-3 - 2e-4j], rtol=1e-15)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty, expected the header frequency_hertz,"),
        ("f,re,im\n1,2,3\n", "line 1: header 'f,re,im', expected 'frequency_hertz,"),
        (HEADER, "no point below the header"),
        (HEADER + "2,1,1\n1,1\n", "line 3: 2 values, expected 3"),
        (HEADER + "2,1,1\n\n1,x,1\n", "line 4: 'x', expected a finite number"),
        (HEADER + "2,1,nan\n", "line 2: 'nan', expected a finite number"),
        (HEADER + "2,1,1e999\n", "line 2: '1e999', expected a finite number"),
        (HEADER + "-2,1,1\n", "line 2: frequency -2.0 Hz, expected a positive number"),
        (HEADER + "1,1,1\n2,1,1\n", "line 3: frequency 2.0 Hz after 1.0 Hz, expected falling"),
    ],
)
def test_wrong_files_name_path_and_line(tmp_path, text, message):
    path = tmp_path / "s.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=re.escape(message)) as caught:
        read_csv(path)
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)


def test_files_that_are_no_text_or_not_there(tmp_path):
    with pytest.raises(InputError, match="No such file or directory; expected a spectrum"):
        read_csv(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        read_csv(tmp_path / "b.csv")
    with pytest.raises(StoreError, match="cannot be written"):
        write_csv(spectrum(), tmp_path / "none" / "s.csv")


def test_grid_has_both_ends_and_equal_steps():
    f = logarithmic_frequencies(7e6, 100, 10)
    assert f[0] == 7e6 and f[-1] == 100
    # 4.845 decades at ten points: 49 steps, the smallest number with at most a tenth of a decade each.
    assert f.size == 50
    steps = -np.diff(np.log10(f))
    # Logarithms of numbers near 1e6 carry a few 1e-16.
    np.testing.assert_allclose(steps, steps[0], rtol=1e-12)
    assert steps[0] <= 0.1


def test_whole_decades_get_no_extra_point():
    assert logarithmic_frequencies(1e6, 1e-3, 7).size == 64
    # Ten, three roundings too high, as a change of units leaves it.
    assert logarithmic_frequencies(10 + 6e-15, 1, 10).size == 11
    assert logarithmic_frequencies(1e3, 1e3, 10).tolist() == [1e3]
    assert logarithmic_frequencies(1.0001, 1, 10).tolist() == [1.0001, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 2, 10), "sweep.from = 1 Hz is below sweep.to = 2 Hz"),
        ((1, 0, 10), "sweep.to = 0: expected a finite positive number"),
        ((math.inf, 1, 10), "sweep.from = inf"),
        ((2, 1, math.nan), "sweep.points_per_decade = nan"),
    ],
)
def test_wrong_grids_are_refused(arguments, message):
    with pytest.raises(InputError, match=re.escape(message)):
        logarithmic_frequencies(*arguments)
