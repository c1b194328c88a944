"""Laws: limits at zero frequency against closed forms, impedance against the textbook, and what is not passive."""

import math
import warnings

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.case.electrolyte import Electrolyte
from constriction.laws.circuit import impedance, parse_circuit
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY, dc_resistivity, resistivity, resistivity_law
from constriction.laws.law import CircuitLaw

F = np.geomspace(1e-3, 1e9, 25)
S = 2j * math.pi * F


def law(text: str, *values: float) -> CircuitLaw:
    return CircuitLaw(parse_circuit(text), values)


# --- zero frequency ------------------------------------------------------------------------------------------------

AT_REST = [
    ("R1", [5e-5], 5e-5),
    ("C1", [0.2], math.inf),
    ("Q1", [0.2, 0.9], math.inf),
    ("W1", [2e-4], math.inf),
    ("RQ1", [5e-5, 0.2, 0.9], 5e-5),
    ("Wo1", [5e-5, 0.1], math.inf),
    ("Ws1", [5e-5, 0.1], 5e-5),
    ("G1", [5e-5, 0.1], 5e-5),
    ("p(R1,C1)", [5e-5, 0.2], 5e-5),
    ("p(R1,Q1)", [5e-5, 0.2, 0.9], 5e-5),
    ("p(C,Q1)", [0.1, 0.2, 0.9], math.inf),
    ("R0-Q1", [5e-5, 0.2, 0.9], math.inf),
    ("R0-p(R1,C1)", [1e-4, 5e-5, 0.2], 1e-4 + 5e-5),
    ("p(R1,R2)", [3.0, 6.0], 2.0),
    ("p(R1-C2,R3-Ws4)", [1.0, 1.0, 3.0, 4.0, 1.0], 7.0),
    ("p(R1-C2,Q3)", [1.0, 1.0, 1.0, 0.5], math.inf),
    ("p(RQ1,R2,G3)", [3.0, 1.0, 0.5, 3.0, 3.0, 1.0], 1.0),
]


@pytest.mark.parametrize(("text", "values", "expected"), AT_REST)
def test_zero_frequency_is_the_exact_limit_without_a_warning(text: str, values: list[float], expected: float) -> None:
    found = law(text, *values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        z, y = found.impedance(0.0), found.admittance(0.0)
    assert z.shape == y.shape == () and z.dtype == y.dtype == np.complex128
    assert z == expected == found.resistance and y == (0 if math.isinf(expected) else 1 / expected)
    assert (z.imag, y.imag) == (0, 0)


@pytest.mark.parametrize(("text", "values", "expected"), AT_REST)
def test_low_frequencies_go_to_the_limit(text: str, values: list[float], expected: float) -> None:
    z = law(text, *values).impedance(1e-24)
    if math.isinf(expected):
        assert abs(z) > 1e6
    else:
        assert z == pytest.approx(expected, rel=1e-9)


def test_one_branch_that_conducts_is_exact_to_the_last_digit() -> None:
    """1/(1/R) is not always R."""
    for k in range(1, 200):
        r = 1 / (k * 0.1)
        assert law("p(R1,C1)", r, 1.0).impedance(0.0) == r


# --- frequencies ---------------------------------------------------------------------------------------------------

CLOSED_FORMS = [
    ("p(R1,C1)", [5e-5, 0.2], 5e-5 / (1 + S * 5e-5 * 0.2)),
    ("p(R1,Q1)", [5e-5, 0.2, 0.9], 5e-5 / (1 + 5e-5 * 0.2 * S**0.9)),
    ("RQ1", [5e-5, 0.2, 0.9], 5e-5 / (1 + 5e-5 * 0.2 * S**0.9)),
    ("Q1", [0.2, 0.9], 1 / (0.2 * S**0.9)),
    ("p(C,Q1)", [9e-5, 0.2, 0.9], 1 / (S * 9e-5 + 0.2 * S**0.9)),
    ("R0-W1", [5e-5, 2e-4], 5e-5 + 2e-4 * (1 - 1j) / np.sqrt(2 * math.pi * F)),
]


@pytest.mark.parametrize(("text", "values", "expected"), CLOSED_FORMS)
def test_impedance_is_the_textbook_one(text: str, values: list[float], expected: np.ndarray) -> None:
    found = law(text, *values)
    # 1e-13: logarithms up to 30 in size are rounded before they are turned back.
    np.testing.assert_allclose(found.impedance(F), expected, rtol=1e-13)
    np.testing.assert_allclose(found.admittance(F), 1 / expected, rtol=1e-13)
    np.testing.assert_array_equal(found.impedance(F), impedance(found.circuit, list(values), F))


def test_any_shape_with_zeros_in_it() -> None:
    film = law("p(R1,C1)", 5e-5, 0.2)
    f = np.array([[0.0, 1.0, 1e3], [1e6, 0.0, 1e9]])
    z = film.impedance(f)
    assert z.shape == f.shape and z[0, 0] == z[1, 1] == 5e-5
    np.testing.assert_array_equal(z[f > 0], film.impedance(f[f > 0]))
    assert film.impedance([]).shape == film.admittance(np.zeros((0, 3))).shape[:1] == (0,)


def test_negative_frequencies_are_conjugate() -> None:
    film = law("R0-Q1", 5e-5, 0.2, 0.9)
    np.testing.assert_array_equal(film.impedance(-F), film.impedance(F).conj())


def test_a_law_is_a_value() -> None:
    film = law("p(R1,C1)", 5e-5, 0.2)
    assert film == law("p( R1, C1 )", 5e-5, 0.2) and hash(film) == hash(law("p(R1,C1)", 5e-5, 0.2))
    assert film != law("p(R1,C1)", 5e-5, 0.3)


# --- passive -------------------------------------------------------------------------------------------------------

NOT_PASSIVE = [
    ("L1", [1.0], "circuit 'L1', L: expected a passive law of R, C, Q, W, RQ, Wo, Ws, G"),
    ("R0-p(R1,L2)", [1.0, 1.0, 1.0], "L: expected a passive law"),
    ("R1", [-1.0], r"R1 = -1\.0: expected a finite positive number"),
    ("R1", [0.0], r"R1 = 0\.0: expected a finite positive number"),
    ("p(R1,C1)", [1.0, math.nan], "C1 = nan: expected a finite positive number"),
    ("C1", [math.inf], "C1 = inf: expected a finite positive number"),
    ("Q1", [1.0, 1.01], r"a1 = 1\.01: expected a number from 0\.01 to 1"),
    ("RQ1", [1.0, 1.0, 0.001], r"a1 = 0\.001: expected a number from 0\.01 to 1"),
    ("Q1", [1.0, -0.5], r"a1 = -0\.5: expected a finite positive number"),
    ("p(R1,C1)", [1.0], "1 values: expected 2, of R1, C1"),
]


@pytest.mark.parametrize(("text", "values", "message"), NOT_PASSIVE)
def test_what_is_not_passive_is_refused_in_one_line(text: str, values: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        law(text, *values)
    assert "\n" not in str(caught.value)


# --- the electrolyte -----------------------------------------------------------------------------------------------


def formula(electrolyte: Electrolyte, f: np.ndarray) -> np.ndarray:
    """ρ(ω) as docs/physics.md#electrolyte writes it."""
    rho = 1 / (
        electrolyte.bulk_conductivity + 2j * math.pi * f * VACUUM_PERMITTIVITY * electrolyte.relative_permittivity
    )
    if (sigma := electrolyte.grain_boundary_conductivity) is not None:
        dispersion = (1j * f / electrolyte.grain_boundary_frequency) ** electrolyte.grain_boundary_exponent
        rho = rho + (1 / sigma) / (1 + dispersion)
    return rho


@pytest.mark.parametrize("boundary", ["7.5 mS/cm", "3 uS/cm", "none"])
@pytest.mark.parametrize("exponent", [1.0, 0.93, 0.5, 0.01])
def test_resistivity_is_the_formula_and_the_impedance_of_its_circuit(boundary: str, exponent: float) -> None:
    electrolyte = Electrolyte(grain_boundary_conductivity=boundary, grain_boundary_exponent=exponent)
    f = np.geomspace(1e-4, 1e14, 200)
    rho = resistivity(electrolyte, f)
    np.testing.assert_allclose(rho, formula(electrolyte, f), rtol=1e-14)
    circuit = resistivity_law(electrolyte)
    assert circuit.circuit.text == ("p(R1,C1)" if boundary == "none" else "p(R1,C1)-RQ2")
    np.testing.assert_array_equal(rho, circuit.impedance(f))
    sigma = electrolyte.grain_boundary_conductivity
    assert dc_resistivity(electrolyte) == resistivity(electrolyte, 0.0) == 1 / 1.5 + (0 if sigma is None else 1 / sigma)
