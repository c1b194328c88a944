"""Numbers as terminal and pages show them: rounded where the error bar begins, in the unit that reads best."""

import pytest

from constriction.view.terminal.numbers import between, engineering, farad, percent_apart, quantity, with_error


@pytest.mark.parametrize(
    ("value", "expected"),
    [(4.6e4, "46.0 kHz"), (999.6, "1.00 kHz"), (1e6, "1.00 MHz"), (0.5, "500 mHz"), (0, "0 Hz"), (123.4, "123 Hz")],
)
def test_engineering(value, expected):
    assert engineering(value, "Hz") == expected


def test_capacitance_keeps_its_usual_unit():
    assert farad(2.397e-7) == "0.240 µF/cm²"
    assert farad(1.41e-10) == "0.141 nF/cm²"
    assert farad(1.41e-8) == "14.1 nF/cm²"


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (14.81416, 0.00899, "14.814 ± 0.009 Ω"),
        (14.81416, 0.0150, "14.814 ± 0.015 Ω"),
        (1.475, 0.3, "1.5 ± 0.3 Ω"),
        (1.475, 0.0996, "1.48 ± 0.10 Ω"),
        (30.0, 0.0, "30.00 Ω"),
        (0.0, 0.0, "0 Ω"),
        (1234.5, 50.0, "1230 ± 50 Ω"),
        (22171.0, 168.0, "22170 ± 170 Ω"),
        (2.4e7, 5e5, "2.4e+07 ± 5e+05 Ω"),
        (0.012, 300.0, "0.012 ± 3e+02 Ω"),
    ],
)
def test_error_bar_sets_the_digits(value, error, expected):
    assert with_error(value, error, "Ω") == expected


@pytest.mark.parametrize(
    ("value", "stderr", "expected"),
    [
        (44832.0, 251.3, "44.8 ± 0.3 kΩ"),
        (2.4003e-9, 4.07e-11, "2.40 ± 0.04 nΩ"),
        (111.39, 0.51, "111.4 ± 0.5 Ω"),
        (1470.0, 12.0, "1470 ± 12 Ω"),
        (19.0, None, "19.00 Ω (no error bar)"),
        (592.0, 231.0, "600 ± 200 Ω"),
        (5.0, 0.0, "5.000 Ω"),
        (3.0, 1e9, "3 ± 1e+09 Ω"),
    ],
)
def test_quantities_are_rounded_where_their_error_begins(value, stderr, expected):
    assert quantity(value, stderr, "Ω") == expected


@pytest.mark.parametrize(
    ("value", "error", "unit", "expected"),
    [
        (2.397e-7, 9e-10, "F/cm²", "0.2397 ± 0.0009 µF/cm²"),
        (2.397e-7, 0.0, "F/cm²", "0.240 µF/cm²"),
        (1.23e-3, 2e-5, "S/cm", "1.23 ± 0.02 mS/cm"),
        (0.3201, 0.0012, "eV", "320.1 ± 1.2 meV"),
        (0.0, None, "F", "0 F (no error bar)"),
        (0.85903, 4.7e-4, "", "0.8590 ± 0.0005"),
    ],
)
def test_units_of_many_decades_have_prefixes(value, error, unit, expected):
    assert quantity(value, error, unit) == expected


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (14.8071, 14.8224, ("14.807", "14.823")),
        (14.807, 14.823, ("14.807", "14.823")),
        (-0.00012, 0.00034, ("-0.0002", "0.0004")),
        (1234.5, 1987.0, ("1200", "2000")),
        (3.0, 3.0, ("3.00000", "3.00000")),
    ],
)
def test_bounds_have_the_digits_of_their_distance_and_stay_bounds(lower, upper, expected):
    found = between(lower, upper)
    assert found == expected
    assert float(found[0]) <= lower and upper <= float(found[1])


def test_no_difference_has_no_sign():
    found = [percent_apart(x) for x in (-2e-4, 3e-4, -6e-4, 0.0123, 1.5)]
    assert found == ["0.0%", "0.0%", "-0.1%", "+1.2%", "+150.0%"]
