"""Distributions of relaxation times against quadrature, the closed form of a ZARC, and noise."""

import math

import numpy as np
import pytest
from scipy.integrate import quad, trapezoid

from constriction.base.errors import InputError
from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.drt.persistence import stability_scan
from constriction.spectra.drt.relaxation_times import DistributionOptions, relaxation_times
from constriction.spectra.drt.tikhonov import gaussians, penalty_root
from constriction.spectra.spectrum import Spectrum

F = np.geomspace(7e6, 100, 70)
CELLS = {
    "R-RQ-RQ": [10, 200, 2e-8, 0.85, 80, 3e-6, 0.9],
    "R-p(R,C)-p(R,C)": [10, 100, 2e-9, 80, 3e-6],
    "L-R-RQ-RQ": [1e-7, 10, 100, 1e-8, 0.95, 80, 3e-6, 0.95],
}
TRUTH = {
    "R-RQ-RQ": (280, ((200 * 2e-8) ** (1 / 0.85), (80 * 3e-6) ** (1 / 0.9))),
    "R-p(R,C)-p(R,C)": (180, (2e-7, 2.4e-4)),
    "L-R-RQ-RQ": (180, (1e-6 ** (1 / 0.95), 2.4e-4 ** (1 / 0.95))),
}


def spectrum(cell: str, noise: float = 0.0, seed: int = 0, unit: float = 1.0) -> Spectrum:
    z = impedance(parse_circuit(cell), CELLS[cell], F) * unit
    rng = np.random.default_rng(seed)
    return Spectrum(F, z + noise * np.abs(z) * (rng.standard_normal(F.size) + 1j * rng.standard_normal(F.size)), "ohm")


def test_kernel_is_that_of_adaptive_quadrature() -> None:
    slope, centre = 1.7, math.log(1e-4)
    for omega in (1e2, 1e4, 3e5):

        def integrand(x: float, part: str, omega: float = omega) -> float:
            value = math.exp(-((slope * (x - centre)) ** 2)) / (1 + 1j * omega * math.exp(x))
            return value.real if part == "real" else value.imag

        ends = (centre - 8 / slope, centre + 8 / slope)
        exact = [quad(integrand, *ends, args=(part,), epsabs=1e-13)[0] for part in ("real", "imag")]
        ours = gaussians(np.array([omega]), np.array([centre]), slope)[0, 0]
        assert ours == pytest.approx(complex(*exact), abs=1e-11)


@pytest.mark.parametrize("order", [0, 1, 2])
def test_penalty_is_that_of_quadrature(order: int) -> None:
    """∫ (dᵏγ/dxᵏ)² dx of a sum of three Gaussians, differentiated on a fine grid."""
    log_tau, slope, weights = np.array([0.0, 0.4, 0.8]), 2.0, np.array([1.0, 2.0, 0.5])
    x = np.linspace(-4, 5, 20001)
    gamma = np.exp(-((slope * (x[:, np.newaxis] - log_tau)) ** 2)) @ weights
    for _ in range(order):
        gamma = np.gradient(gamma, x)
    root = penalty_root(log_tau, slope, order)
    # Second-order differences of step 4.5e-4.
    assert np.sum((root @ weights) ** 2) == pytest.approx(trapezoid(gamma**2, x), rel=1e-5)


def test_distribution_of_a_zarc_is_the_closed_form() -> None:
    """Cole and Cole: γ = R/(2π) sin((1 − α)π)/(cosh(α ln(τ/τ_0)) − cos((1 − α)π))."""
    r, tau_0, alpha = 100.0, 1e-4, 0.75
    f = np.geomspace(1e7, 1e-1, 100)
    z = impedance(parse_circuit("R-RQ"), [10, r, tau_0**alpha / r, alpha], f)
    result = relaxation_times(Spectrum(f, z, "ohm"), preset="paper")
    log_ratio = np.log(result.tau / tau_0)
    exact = r / (2 * math.pi) * math.sin((1 - alpha) * math.pi)
    exact = exact / (np.cosh(alpha * log_ratio) - math.cos((1 - alpha) * math.pi))
    inside = np.abs(log_ratio) < 7
    # The tail beyond the window and λ leave ripples of 2 % of the maximum.
    np.testing.assert_allclose(result.gamma[inside], exact[inside], atol=0.02 * exact.max())


@pytest.mark.parametrize("cell", CELLS)
def test_paper_settings_give_area_and_time_constants(cell: str) -> None:
    result = relaxation_times(spectrum(cell), preset="paper")
    polarisation, taus = TRUTH[cell]
    assert result.regularisation == 1e-6
    assert result.polarisation == pytest.approx(polarisation, rel=0.01)
    assert trapezoid(result.gamma, np.log(result.tau)) == pytest.approx(result.polarisation, rel=1e-4)
    two = sorted(sorted(result.peaks, key=lambda peak: -peak.resistance)[:2], key=lambda peak: peak.time_constant)
    assert [peak.time_constant for peak in two] == pytest.approx(taus, rel=0.08)
    assert sum(peak.resistance for peak in result.peaks) == pytest.approx(result.polarisation, rel=0.01)
    assert all(peak.capacitance * peak.resistance == pytest.approx(peak.time_constant) for peak in result.peaks)


@pytest.mark.parametrize("cell", CELLS)
def test_what_persists_over_lambda_are_the_two_processes(cell: str) -> None:
    """At 0.2 % noise λ = 1e-6 alone makes up to eight peaks of two processes."""
    polarisation, taus = TRUTH[cell]
    most = 0
    for seed in range(6):
        noisy = spectrum(cell, 2e-3, seed)
        most = max(most, len(relaxation_times(noisy, preset="paper").peaks))
        persistent = [track for track in stability_scan(noisy).tracks if track.persistent]
        assert [track.time_constant for track in persistent] == pytest.approx(taus, rel=0.08)
        assert sum(track.resistance for track in persistent) == pytest.approx(polarisation, rel=0.1)
    assert (most > 3) == (cell != "R-p(R,C)-p(R,C)")


@pytest.mark.parametrize("regularisation", ["l-curve", "gcv"])
@pytest.mark.parametrize("derivative", [0, 1, 2])
def test_lambda_is_found_from_the_data(regularisation: str, derivative: int) -> None:
    options = DistributionOptions(regularisation=regularisation, derivative=derivative)
    result = relaxation_times(spectrum("R-RQ-RQ", 2e-3, 1), options)
    assert 1e-8 <= result.regularisation <= 1e-2
    assert result.polarisation == pytest.approx(280, rel=0.02)
    # Neither followed noise (0.2 % per part: 0.28 %) nor smoothed the arcs away.
    assert 1e-3 < np.sqrt(np.mean(np.abs(result.residuals) ** 2)) < 6e-3


@pytest.mark.parametrize("parts", ["real", "imaginary"])
def test_one_part_is_enough(parts: str) -> None:
    result = relaxation_times(spectrum("L-R-RQ-RQ"), DistributionOptions(1e-6, parts=parts))
    assert result.polarisation == pytest.approx(180, rel=0.02)
    assert result.R_series == pytest.approx(10, rel=0.2)
    assert result.inductance == pytest.approx(1e-7, rel=0.05)
    assert np.abs(result.residuals).max() < 0.02


def test_series_capacitance_takes_a_blocking_branch() -> None:
    z = spectrum("R-RQ-RQ").impedance + 1 / (2j * math.pi * F * 1e-6)
    options = DistributionOptions(1e-6, weighting="modulus", capacitance=True)
    result = relaxation_times(Spectrum(F, z, "ohm"), options)
    assert result.capacitance == pytest.approx(1e-6, rel=1e-2)
    assert result.polarisation == pytest.approx(280, rel=0.03)
    assert relaxation_times(spectrum("R-RQ-RQ"), preset="paper").capacitance == math.inf


def test_nothing_is_negative_and_any_unit_gives_the_same() -> None:
    one = relaxation_times(spectrum("R-RQ-RQ", 5e-3), preset="paper")
    other = relaxation_times(spectrum("R-RQ-RQ", 5e-3, unit=1e-7), preset="paper")
    assert one.gamma.min() >= 0
    np.testing.assert_allclose(other.gamma, 1e-7 * one.gamma, atol=1e-7 * 1e-6 * one.gamma.max())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (DistributionOptions(regularisation="best"), "regularisation = 'best': expected a positive number"),
        (DistributionOptions(regularisation=-1.0), "regularisation = -1.0"),
        (DistributionOptions(derivative=3), "derivative = 3: expected one of 0, 1, 2"),
        (DistributionOptions(parts="re"), "parts = 're'"),
        (DistributionOptions(weighting="x"), "weighting = 'x'"),
        (DistributionOptions(shape=0.0), "shape = 0.0"),
        (DistributionOptions(beyond=9), "beyond = 9 decades"),
    ],
)
def test_bad_options_are_refused(options: DistributionOptions, message: str) -> None:
    with pytest.raises(InputError, match=message):
        relaxation_times(spectrum("R-RQ-RQ"), options)


def test_bad_presets_and_spectra_are_refused() -> None:
    with pytest.raises(InputError, match="preset 'best': expected 'paper'"):
        relaxation_times(spectrum("R-RQ-RQ"), preset="best")
    with pytest.raises(InputError, match="both given"):
        relaxation_times(spectrum("R-RQ-RQ"), DistributionOptions(), preset="paper")
    with pytest.raises(InputError, match="4 points: expected at least 5"):
        stability_scan(Spectrum(F[:4], np.ones(4), "ohm"))
