"""Circuits against closed forms, derivatives against differences, and what bad text gets."""

import math
import random

import numpy as np
import pytest

from constriction.errors import InputError
from constriction.spectra.circuits import evaluate, impedance, parse_circuit, to_internal, unit_of

F = np.geomspace(1e6, 1e-2, 33)
S = 2j * math.pi * F


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("R-RQ-RQ", "R0 R1 Q1 a1 R2 Q2 a2"),
        ("R - RQ - Q", "R0 R1 Q1 a1 Q2 a2"),
        ("RQ-RQ-Q", "R1 Q1 a1 R2 Q2 a2 Q3 a3"),
        ("L-R-p(R-W,Q)", "L1 R2 R3 W4 Q5 a5"),
        ("R-(RQ-(C))", "R0 R1 Q1 a1 C2"),
        ("p(R,C)", "R1 C2"),
    ],
)
def test_names_are_numbered_from_the_left(text: str, names: str) -> None:
    assert parse_circuit(text).names == tuple(names.split())


CLOSED_FORMS = [
    ("R", [7.0], 7.0 + 0 * S),
    ("C", [3e-6], 1 / (S * 3e-6)),
    ("L", [2e-5], S * 2e-5),
    ("Q", [3e-6, 0.8], 1 / (3e-6 * S**0.8)),
    ("W", [5.0], 5.0 * (1 - 1j) / np.sqrt(2 * np.pi * F)),
    ("RQ", [50.0, 3e-6, 0.8], 1 / (1 / 50.0 + 3e-6 * S**0.8)),
    ("p(R,Q)", [50.0, 3e-6, 0.8], 1 / (1 / 50.0 + 3e-6 * S**0.8)),
    ("R-p(R-W,C)-L", [2, 50, 5, 1e-6, 1e-7], 2 + 1 / (S * 1e-6 + 1 / (50 + 5 * np.sqrt(2) / np.sqrt(S))) + S * 1e-7),
    ("p(R,R,R)", [3.0, 6.0, 2.0], 1.0 + 0 * S),
]


@pytest.mark.parametrize(("text", "values", "expected"), CLOSED_FORMS)
def test_impedance_is_the_textbook_one(text: str, values: list[float], expected: np.ndarray) -> None:
    np.testing.assert_allclose(impedance(parse_circuit(text), values, F), expected, rtol=1e-13)


@pytest.mark.parametrize("text", ["R-RQ-RQ", "L-R-p(R-W,Q)-p(R,C)-C", "p(p(R,C)-R,Q-L)"])
def test_derivatives_are_those_of_central_differences(text: str) -> None:
    circuit = parse_circuit(text)
    point = np.array([0.3 * k if p.logarithmic else 0.8 for k, p in enumerate(circuit.parameters)])[np.newaxis]
    omega, h = np.geomspace(0.01, 100, 9), 1e-5
    slopes = evaluate(circuit, point, omega)[1]
    for k in range(point.size):
        step = np.zeros_like(point)
        step[0, k] = h
        difference = (evaluate(circuit, point + step, omega)[0] - evaluate(circuit, point - step, omega)[0]) / (2 * h)
        # Truncation h² and rounding ε/h are both below 1e-9 of the largest derivative.
        np.testing.assert_allclose(slopes[:, k], difference, atol=1e-8 * np.abs(slopes).max())


def test_values_go_by_name_too() -> None:
    circuit = parse_circuit("R-RQ")
    by_name = impedance(circuit, {"a1": 0.9, "R0": 1.0, "Q1": 1e-6, "R1": 5.0}, F)
    np.testing.assert_array_equal(by_name, impedance(circuit, [1.0, 5.0, 1e-6, 0.9], F))


BAD = [
    ("", "0 characters"),
    ("R-", "position 3: 'the end': expected an element"),
    ("R--R", "position 3"),
    ("R-X", "position 3: 'X': expected an element"),
    ("R0-RQ", "position 2: '0-RQ': expected '-' or the end"),
    ("p(R)", "position 4.*second branch"),
    ("p(R,C", r"position 6.*expected '\)'"),
    ("R-RQ)", "position 5"),
    ("(" * 99, "more than 20 brackets"),
    ("R" * 999, "999 characters"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_bad_text_is_told_in_one_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_circuit(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_any_text_is_read_or_refused_in_one_line() -> None:
    dice = random.Random(1)
    read = 0
    for _ in range(5000):
        text = "".join(dice.choice("RRCLQWp(),-- x1") for _ in range(dice.randint(0, 12)))
        try:
            names = parse_circuit(text).names
        except InputError as error:
            assert "\n" not in str(error)
            continue
        read += 1
        assert len(set(names)) == len(names) > 0
    assert read > 50


@pytest.mark.parametrize("values", [[1.0], [1.0, -2.0], [1.0, math.nan], {"R0": 1.0, "C7": 1.0}])
def test_bad_values_are_refused(values: object) -> None:
    with pytest.raises(InputError, match="expected"):
        to_internal(parse_circuit("R-C"), values)  # type: ignore[arg-type]


def test_units_follow_the_spectrum() -> None:
    circuit = parse_circuit("R-RQ-C-W")
    units = [unit_of(parameter, "ohm m2") for parameter in circuit.parameters]
    assert units == ["ohm m2", "ohm m2", "siemens s^a/m2", "1", "farad/m2", "ohm m2 s^-1/2"]
    assert unit_of(circuit.parameters[2], "ohm m") == "siemens s^a/m"
