"""The Kramers-Kronig test: what obeys the relations passes; a spike, a drift, a sign do not."""

import math

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.exclusion import exclude
from constriction.spectra.kramers_kronig import KramersKronigOptions, kramers_kronig
from constriction.spectra.spectrum import Spectrum

F = np.geomspace(7e6, 100, 70)
CELLS = {
    "R-RQ-RQ": [10, 200, 2e-9, 0.9, 80, 3e-6, 0.85],
    "R-RQ": [10, 200, 2e-9, 0.9],
    "R-RQ-Q": [10, 200, 2e-9, 0.9, 3e-6, 0.85],
    "R-p(R,C)-p(R,C)": [10, 200, 2e-9, 50, 1e-6],
    "L-R-RQ-RQ-W": [1e-7, 10, 200, 2e-9, 0.9, 80, 3e-6, 0.8, 500],
}


def measured(cell: str, seed: int = 0, noise: float = 2e-3) -> np.ndarray:
    z = impedance(parse_circuit(cell), CELLS[cell], F)
    rng = np.random.default_rng(seed)
    return z + noise * np.abs(z) * (rng.standard_normal(F.size) + 1j * rng.standard_normal(F.size))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("noise", [0.0, 2e-3])
def test_a_clean_file_passes(cell: str, noise: float) -> None:
    for seed in range(5 if noise else 1):
        test = kramers_kronig(Spectrum(F, measured(cell, seed, noise), "ohm"))
        assert test.consistent
        assert test.message == "consistent"
        assert test.flagged == ()
        # The noise is found within a third from 138 differences.
        assert not noise or test.noise == pytest.approx(noise, rel=0.33)
        # Noise-free, a Warburg element is followed a little better with one, far below what could be flagged.
        assert test.capacitance == (cell == "R-RQ-Q") or not noise


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("factor", [1.06, 0.94, 1 + 0.06j])
def test_a_spike_is_flagged_and_nothing_else(cell: str, factor: complex) -> None:
    z = measured(cell)
    z[30] *= factor
    rule = exclude(Spectrum(F, z, "ohm"))
    assert not rule.test.consistent
    assert [point.index for point in rule.excluded] == [30]
    assert rule.excluded[0].frequency == F[30]
    assert 0.04 < rule.excluded[0].residual < 0.07
    assert "limit 2.00%" in rule.excluded[0].why
    np.testing.assert_array_equal(rule.spectrum.frequency, np.delete(F, 30))
    np.testing.assert_array_equal(rule.spectrum.impedance, np.delete(z, 30))


DRIFTS = {
    "over the last decade": 1 + 0.05 * np.clip(1 - np.log10(F / 100), 0, 1),
    "over two decades": 1 + 0.05 * np.clip(1 - np.log10(F / 100) / 2, 0, 1),
    "with the time a point takes": 1 + 0.05 * 100 / F,
    "at once": 1 + 0.05 * (F < 500),
}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("drift", DRIFTS)
def test_a_low_frequency_drift_of_5_percent_is_flagged(cell: str, drift: str) -> None:
    for seed in range(5):
        test = kramers_kronig(Spectrum(F, measured(cell, seed) * DRIFTS[drift], "ohm"))
        assert not test.consistent
        assert test.trend_flagged
        assert test.trend_frequency < 2e4
        assert "trend of" in test.message


def test_an_exact_chain_is_followed_to_rounding() -> None:
    """The test's own model with 9 elements: nothing remains, and μ = 1 as no resistance is negative."""
    omega = 2 * math.pi * F
    tau = np.geomspace(1 / omega[0], 1 / omega[-1], 9)
    z = 5 + (np.arange(1, 10) / (1 + 1j * np.outer(omega, tau))).sum(axis=1) + 1j * omega * 1e-8
    test = kramers_kronig(Spectrum(F, z, "ohm"), KramersKronigOptions(elements=9, capacitance=False))
    assert np.abs(test.residuals).max() < 1e-12
    assert test.mu == pytest.approx(1, abs=1e-12)
    assert test.elements == 9


def test_mu_counts_negative_resistances() -> None:
    """One of three resistances negative: μ = 1 − |−2|/(4 + 1)."""
    omega = 2 * math.pi * F
    tau = np.geomspace(1 / omega[0], 1 / omega[-1], 3)
    z = 50 + (np.array([4, -2, 1]) / (1 + 1j * np.outer(omega, tau))).sum(axis=1)
    options = KramersKronigOptions(elements=3, capacitance=False, inductance=False)
    assert kramers_kronig(Spectrum(F, z, "ohm"), options).mu == pytest.approx(0.6, abs=1e-10)


@pytest.mark.parametrize("test", ["real", "imaginary"])
def test_one_part_foretells_the_other(test: str) -> None:
    """Noise-free: the prediction is as good as the fit; a spike in Re Z alone shows in Re Z."""
    options = KramersKronigOptions(test=test, capacitance=False)
    clean = kramers_kronig(Spectrum(F, measured("R-RQ-RQ", noise=0), "ohm"), options)
    assert clean.flagged == ()
    z = measured("R-RQ-RQ", noise=1e-4)
    z[40] += 0.06 * abs(z[40])
    spiked = kramers_kronig(Spectrum(F, z, "ohm"), options)
    assert 40 in spiked.flagged
    assert abs(spiked.residuals[40].real) > 0.03


def test_a_swapped_sign_of_the_imaginary_part_fails() -> None:
    test = kramers_kronig(Spectrum(F, measured("R-RQ").conj(), "ohm"))
    assert not test.consistent


def test_switches_are_as_asked() -> None:
    z = measured("R-RQ-Q")
    test = kramers_kronig(Spectrum(F, z, "ohm"), KramersKronigOptions(capacitance=False))
    assert not test.capacitance
    assert not test.consistent
    assert kramers_kronig(Spectrum(F, z, "ohm"), KramersKronigOptions(capacitance=True)).consistent


@pytest.mark.parametrize("unit", [1e-8, 1e8])
def test_any_unit_gives_the_same_verdict(unit: float) -> None:
    z = measured("R-RQ-RQ")
    one, other = kramers_kronig(Spectrum(F, z, "ohm")), kramers_kronig(Spectrum(F, z * unit, "ohm"))
    assert one.elements == other.elements
    np.testing.assert_allclose(one.residuals, other.residuals, atol=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (KramersKronigOptions(test="best"), "test = 'best': expected one of 'complex'"),
        (KramersKronigOptions(elements=71), "elements = 71"),
        (KramersKronigOptions(mu=0), "mu = 0"),
        (KramersKronigOptions(limit=math.nan), "limit = nan"),
    ],
)
def test_bad_options_are_refused(options: KramersKronigOptions, message: str) -> None:
    with pytest.raises(InputError, match=message):
        kramers_kronig(Spectrum(F, measured("R-RQ"), "ohm"), options)


def test_too_few_points_and_zero_impedance_are_refused() -> None:
    with pytest.raises(InputError, match="4 points: expected at least 5"):
        kramers_kronig(Spectrum(F[:4], [1, 1, 1, 1], "ohm"))
    with pytest.raises(InputError, match="impedance = 0"):
        kramers_kronig(Spectrum(F[:5], [1, 1, 0, 1, 1], "ohm"))
    with pytest.raises(InputError, match="expected at least one to stay"):
        exclude(Spectrum(F, measured("R-RQ", noise=0.5), "ohm"), limit=1e-9)
