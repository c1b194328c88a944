"""Do the error bars of a circuit fit mean what they say?

Problem: R-RQ-RQ with known values, 70 points from 7 MHz to 100 Hz, normal noise of 0.2 % of |Z| in both parts, 200
seeds, blind starts. Exact answer: a 68.3 % interval holds the truth in 68.3 % of the cases, with a binomial standard
deviation of 3.3 % over 200 of them.
"""

import math

import numpy as np
import pytest

from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.fit.fitting import CircuitFit, fit_circuit
from constriction.spectra.reading.apparent import apparent
from constriction.spectra.spectrum import Spectrum

F = np.geomspace(7e6, 100, 70)
TRUTH = {"R0": 10.0, "R1": 200.0, "Q1": 2e-9, "a1": 0.9, "R2": 80.0, "Q2": 3e-6, "a2": 0.85}
SEEDS = 200


@pytest.fixture(scope="module")
def fits() -> list[CircuitFit]:
    z = impedance(parse_circuit("R-RQ-RQ"), TRUTH, F)
    found = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        noise = 2e-3 * np.abs(z) * (rng.standard_normal(F.size) + 1j * rng.standard_normal(F.size))
        found.append(fit_circuit(Spectrum(F, z + noise, "ohm"), "R-RQ-RQ"))
    return found


def at_the_truth(fit: CircuitFit) -> bool:
    """Converged, and every parameter within 5.5 standard errors (one of 200·7 is beyond 3.4 by chance)."""
    pairs = [(item, TRUTH[item.name]) for item in fit.parameters]
    return fit.converged and all(item.stderr and abs(item.value - true) < 5.5 * item.stderr for item, true in pairs)


def test_blind_starts_converge(fits: list[CircuitFit]) -> None:
    assert sum(map(at_the_truth, fits)) >= 0.99 * SEEDS


@pytest.mark.parametrize("name", TRUTH)
def test_intervals_cover_the_truth(fits: list[CircuitFit], name: str) -> None:
    intervals = [fit.parameters[list(TRUTH).index(name)].interval for fit in fits]
    inside = sum(interval is not None and interval[0] <= TRUTH[name] <= interval[1] for interval in intervals)
    assert 0.60 <= inside / SEEDS <= 0.75


@pytest.mark.parametrize("arc", [0, 1])
@pytest.mark.parametrize("name", ["resistance", "capacitance", "f_apex"])
def test_error_bars_of_derived_values_cover_the_truth(fits: list[CircuitFit], arc: int, name: str) -> None:
    r, q, alpha = (TRUTH[f"{letter}{arc + 1}"] for letter in "RQa")
    tau = (r * q) ** (1 / alpha)
    true = {"resistance": r, "capacitance": tau / r, "f_apex": 1 / (2 * math.pi * tau)}[name]
    pairs = [(getattr(fit.arcs[arc], name), getattr(fit.arcs[arc], f"{name}_stderr")) for fit in fits]
    inside = sum(abs(value - true) <= stderr for value, stderr in pairs)
    assert 0.60 <= inside / SEEDS <= 0.75


def test_chi_squared_gives_the_noise(fits: list[CircuitFit]) -> None:
    """The mean of χ²/(2N − P) over 200 fits is σ² within 0.9 % (one standard deviation); three of them."""
    mean = np.mean([fit.chi_squared / fit.degrees_of_freedom for fit in fits])
    assert mean == pytest.approx(4e-6, rel=0.027)


def test_correlations_are_those_of_repeated_measurements(fits: list[CircuitFit]) -> None:
    """Of R_SE, R_int and C_int; 200 values give a correlation ρ to (1 − ρ²)/√199 (one standard deviation); three."""
    found = [apparent(fit) for fit in fits]
    measured = np.corrcoef([[one.R_SE, one.R_int, one.C_int] for one in found], rowvar=False)
    told = np.median([one.correlations for one in found], axis=0)
    for place, correlation in zip([(0, 1), (0, 2), (1, 2)], told, strict=True):
        assert measured[place] == pytest.approx(correlation, abs=3 * (1 - correlation**2) / math.sqrt(SEEDS - 1))
