"""The electrolyte's resistivity against its limits, its circuit and the paper's numbers."""

import math
import warnings

import numpy as np
import pytest

from constriction.case.schema import Electrolyte, parse_case
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY, dc_resistivity, resistivity

FREQUENCIES = np.array([[0.0, 1.0, 1e3], [1e6, 7e6, 1e10]])


def electrolyte(**keys: object) -> Electrolyte:
    interface = {"pattern": "square", "contact_fraction": 0.2, "pitch": "40 um"}
    return parse_case({"interface": interface, "electrolyte": keys}).electrolyte


def test_default_is_nzsp() -> None:
    """σ_total = 5 mS/cm (Ma et al. 2019); a slab of 1.5 mm has 30 Ω·cm² = 3e-3 Ω·m²."""
    nzsp = Electrolyte()
    assert 1 / dc_resistivity(nzsp) == pytest.approx(0.5, rel=1e-15)
    assert dc_resistivity(nzsp) * nzsp.thickness == pytest.approx(3e-3, rel=1e-15)


@pytest.mark.parametrize("exponent", [1.0, 0.9, 0.5, 0.01])
def test_zero_frequency_is_direct_current_without_a_warning(exponent: float) -> None:
    described = electrolyte(grain_boundary_exponent=exponent)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rho = resistivity(described, FREQUENCIES)
    assert rho[0, 0] == dc_resistivity(described)


def test_against_the_circuit() -> None:
    """Bulk R‖C in series with grain boundary R‖C, written with capacitances instead of frequencies."""
    nzsp = electrolyte(relative_permittivity=30, grain_boundary_frequency="2 MHz")
    omega = 2 * math.pi * FREQUENCIES[1]
    bulk_capacity = 8.8541878188e-12 * 30  # F/m
    boundary_capacity = 0.75 / (2 * math.pi * 2e6)  # σ_gb / ω_gb, F/m
    expected = 1 / (1.5 + 1j * omega * bulk_capacity) + 1 / (0.75 + 1j * omega * boundary_capacity)
    # 1e-14: a few roundings of either formula
    np.testing.assert_allclose(resistivity(nzsp, FREQUENCIES[1]), expected, rtol=1e-14)


def test_grain_boundary_at_its_own_frequency() -> None:
    """At f_gb a grain boundary of exponent α has the impedance R/(1 + i^α): phase −απ/4, R/(2 cos(απ/4))."""
    alpha = 0.8
    with_boundary = electrolyte(grain_boundary_exponent=alpha)
    bulk = electrolyte(grain_boundary_conductivity="none")
    boundary = resistivity(with_boundary, 1e6) - resistivity(bulk, 1e6)
    assert abs(boundary) == pytest.approx(1 / 0.75 / (2 * math.cos(alpha * math.pi / 4)), rel=1e-13)
    assert np.angle(boundary) == pytest.approx(-alpha * math.pi / 4, rel=1e-13)


def test_without_grain_boundaries_there_is_one_relaxation() -> None:
    bulk = electrolyte(grain_boundary_conductivity="none")
    assert dc_resistivity(bulk) == 1 / 1.5
    expected = 1.5 + 2j * math.pi * FREQUENCIES * VACUUM_PERMITTIVITY * 30
    np.testing.assert_allclose(1 / resistivity(bulk, FREQUENCIES), expected, rtol=1e-14)


def test_resistivity_keeps_the_shape() -> None:
    nzsp = Electrolyte()
    rho = resistivity(nzsp, FREQUENCIES)
    assert rho.shape == FREQUENCIES.shape
    scalar = resistivity(nzsp, 7e6)
    assert scalar.shape == () and scalar.dtype == np.complex128 and scalar == rho[1, 1]


@pytest.mark.parametrize("exponent", [1.0, 0.7])
def test_passive_capacitive_and_hermitian(exponent: float) -> None:
    """Re ρ > 0, Im ρ < 0 for ω > 0 (e^{+iωt}), |ρ| falls, and ρ(−ω) is the conjugate."""
    described = electrolyte(grain_boundary_exponent=exponent)
    f = np.logspace(0, 11, 50)
    rho = resistivity(described, f)
    assert (rho.real > 0).all() and (rho.imag < 0).all() and (np.diff(abs(rho)) < 0).all()
    np.testing.assert_allclose(resistivity(described, -f), rho.conj(), rtol=1e-14)
