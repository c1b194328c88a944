"""Circuits against closed forms, derivatives against differences, and what bad text gets."""

import math
import random
import re

import numpy as np
import pytest
from support.impedance_py import with_numbers

from constriction.base.errors import InputError
from constriction.laws.circuit import evaluate, impedance, parse_circuit, to_internal
from constriction.laws.elements import unit_of

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
        ("R-p(R-Wo,C)-Ws-G", "R0 R1 R2 T2 C3 R4 T4 R5 T5"),
    ],
)
def test_names_are_numbered_from_the_left(text: str, names: str) -> None:
    circuit = parse_circuit(text)
    assert circuit.names == tuple(names.split()) and not any(circuit.numbered)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("p(R1,C1)", "R1 C1"),
        ("R0-RQ1-RQ2", "R0 R1 Q1 a1 R2 Q2 a2"),
        ("R10-p(R7-Wo999,Q0)", "R10 R7 R999 T999 Q0 a0"),
        ("R0-p(R1,CPE1)-CPE2", "R0 R1 Q1 a1 Q2 a2"),
        ("R-p(R1,C)", "R0 R1 C2"),
        ("p(C,Q1)", "C1 Q1 a1"),
        ("R5-R", "R5 R1"),
    ],
)
def test_a_number_that_is_written_is_the_name(text: str, names: str) -> None:
    circuit = parse_circuit(text)
    assert circuit.names == tuple(names.split())
    written = [any(letter.isdigit() for letter in word) for word in re.findall(r"(?:CPE|Wo|RQ|[RCQ])[0-9]*", text)]
    assert circuit.numbered == tuple(written)


@pytest.mark.parametrize(
    "text",
    ["R-RQ-RQ", "R-RQ-Q", "L-R-p(R-W,Q)", "p(C,Q1)", "R-(RQ-(C))", "p(p(R,C)-R,Q-L)", "R-Wo-Ws-G", "p(RQ,R,p(C,Q))"],
)
def test_a_circuit_for_impedance_py_comes_back(text: str) -> None:
    """The same parameters, and the same impedance at values of all sizes."""
    circuit = parse_circuit(text)
    again = parse_circuit(with_numbers(circuit))
    assert again.names == circuit.names and all(again.numbered)
    values = [0.3 + 0.1 * k for k in range(len(circuit.names))]
    np.testing.assert_allclose(impedance(again, values, F), impedance(circuit, values, F), rtol=1e-13)


def test_words_of_impedance_py() -> None:
    assert with_numbers(parse_circuit("R-RQ-Q")) == "R0-p(R1,CPE1)-CPE2"
    assert with_numbers(parse_circuit("L-R-p(R-W,Q)")) == "L1-R2-p(R3-W4,CPE5)"


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
    ("p(R,L)", [3.0, 2e-5], 1 / (1 / 3.0 + 1 / (S * 2e-5))),
    ("Wo", [50.0, 1e-3], 50.0 / np.tanh(np.sqrt(S * 1e-3)) / np.sqrt(S * 1e-3)),
    ("Ws", [50.0, 1e-3], 50.0 * np.tanh(np.sqrt(S * 1e-3)) / np.sqrt(S * 1e-3)),
    ("G", [50.0, 1e-3], 50.0 / np.sqrt(1 + S * 1e-3)),
]


@pytest.mark.parametrize(("text", "values", "expected"), CLOSED_FORMS)
def test_impedance_is_the_textbook_one(text: str, values: list[float], expected: np.ndarray) -> None:
    np.testing.assert_allclose(impedance(parse_circuit(text), values, F), expected, rtol=1e-13)


@pytest.mark.parametrize("text", ["Wo-p(Ws,R)-G", "R-RQ-RQ", "L-R-p(R-W,Q)-p(R,C)-C", "p(p(R,C)-R,Q-L)"])
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


def line(values: list[float], shorted: bool, cells: int = 4000) -> np.ndarray:
    """Diffusion as a ladder of series resistances and shunt capacitances, summed from its end: R and T/R in all."""
    resistance, time = values
    step, shunt = resistance / cells, time / resistance / cells
    z = np.zeros_like(S) if shorted else np.full_like(S, 1e30)
    for _ in range(cells):
        # Half the resistance on either side of each capacitance: an error of the order of 1/cells².
        z = step / 2 + 1 / (S * shunt + 1 / (z + step / 2))
    return z


@pytest.mark.parametrize(("text", "shorted"), [("Ws", True), ("Wo", False)])
def test_finite_length_warburg_is_a_ladder_of_resistances_and_capacitances(text: str, shorted: bool) -> None:
    """With T = 1 s the highest frequency, 1 MHz, would not get to the end of a cell: up to 1 kHz."""
    slow = F <= 1e3
    found = impedance(parse_circuit(text), [50.0, 1.0], F[slow])
    np.testing.assert_allclose(found, line([50.0, 1.0], shorted)[slow], rtol=1e-4)


def test_diffusion_has_its_limits_at_any_argument() -> None:
    """Short: R; open: R/3 and the capacitance T/R; Gerischer: R. Far above all three are R/√(iωT)."""
    f = np.array([1e-30, 1e-9, 1e25])
    s = 2j * math.pi * f
    with np.errstate(all="raise", under="ignore"):
        short, blocked, reaction = (impedance(parse_circuit(text), [50.0, 2.0], f) for text in ("Ws", "Wo", "G"))
        slopes = evaluate(parse_circuit("Ws-Wo-G"), np.log([[50.0, 2.0] * 3]), s.imag)[1][0]
    assert np.isfinite(slopes).all()
    np.testing.assert_allclose(short[:2], 50.0, rtol=1e-7)
    np.testing.assert_allclose(reaction[:2], 50.0, rtol=1e-7)
    np.testing.assert_allclose(blocked[:2], 1 / (s[:2] * 2.0 / 50.0), rtol=1e-7)
    for found in (short, blocked, reaction):
        np.testing.assert_allclose(found[2], 50.0 / np.sqrt(s[2] * 2.0), rtol=1e-12)
    middle = impedance(parse_circuit("Wo"), [50.0, 1.0], [1e-5])  # here R/3 still shows beside the capacitance
    assert middle[0].real == pytest.approx(50.0 / 3, rel=1e-6)
    # ∂Z/∂ln T: nothing at ω→0 but for the capacitance, −Z/2 far above.
    np.testing.assert_allclose(slopes[[1, 3, 5], 2], -np.array([short[2], blocked[2], reaction[2]]) / 2, rtol=1e-12)
    np.testing.assert_allclose(slopes[3, :2], -blocked[:2], rtol=1e-7)


def test_values_go_by_name_too() -> None:
    circuit = parse_circuit("R-RQ")
    by_name = impedance(circuit, {"a1": 0.9, "R0": 1.0, "Q1": 1e-6, "R1": 5.0}, F)
    np.testing.assert_array_equal(by_name, impedance(circuit, [1.0, 5.0, 1e-6, 0.9], F))


BAD = [
    ("", "0 characters"),
    ("R-", "position 3: 'the end': expected an element"),
    ("R--R", "position 3"),
    ("R-X", "position 3: 'X': expected an element"),
    ("R01-RQ", "position 3: '1-RQ': expected '-' or the end"),
    ("R1000", "position 5: '0': expected '-' or the end"),
    ("R1-R1", "position 4: 'R1': R1 is there already"),
    ("R1-RQ2-p(C2,R2)", "position 13: 'R2.': R2 is there already"),
    ("R1-R", "position 4: 'R': R1 is there already, written or counted from the left; expected another number"),
    ("p(C,C1)", "position 5: 'C1.': C1 is there already"),
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
        text = "".join(dice.choice("RRCLQWGosp(),-- x12") for _ in range(dice.randint(0, 12)))
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
    circuit = parse_circuit("R-RQ-C-W-Wo")
    units = [unit_of(parameter, "ohm m2") for parameter in circuit.parameters]
    assert units == ["ohm m2", "ohm m2", "siemens s^a/m2", "1", "farad/m2", "ohm m2 s^-1/2", "ohm m2", "second"]
    assert unit_of(circuit.parameters[2], "ohm m") == "siemens s^a/m"
