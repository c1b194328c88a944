"""Closed forms against independent solutions (tests/alternatives.py) and docs/physics.md#reference-values."""

import math

import numpy as np
import pytest
from alternatives import TUBE, strip_constriction, tube_constriction, tube_gap_slope, tube_impedance, tube_pore
from support import closed_forms as analytic

# Half a unit of the sixth decimal, in which docs/physics.md#reference-values is written.
SIXTH = 5.1e-7


@pytest.mark.parametrize(("f", "value"), [(0.1, 0.590502), (0.3, 0.251363), (0.5, 0.110318), (0.8, 0.015973)])
def test_strips(f, value):
    assert analytic.strip_constriction(f, 1, 1) == pytest.approx(value, abs=SIXTH)
    # The collocation converges to rounding; the kernel loses three digits at f = 0.8.
    assert analytic.strip_constriction(f, 1, 1) == pytest.approx(strip_constriction(f), rel=1e-12)


def test_strips_scale_and_end_at_full_contact():
    assert analytic.strip_constriction(0.3, 2e-6, 0.5) == pytest.approx(4e-6 * 0.2513626347900999, rel=1e-14)
    assert analytic.strip_constriction(1, 1, 1) == 0


@pytest.mark.parametrize(("epsilon", "psi"), TUBE.items())
def test_disc_in_a_tube(epsilon, psi):
    exact = tube_constriction(epsilon)
    assert exact == pytest.approx(psi, abs=SIXTH)
    # More terms change nothing: the expansion has converged.
    assert exact == pytest.approx(tube_constriction(epsilon, terms=20), rel=1e-12)
    # The correlation promises 0.04 %.
    assert analytic.tube_disc_factor(epsilon) == pytest.approx(exact, rel=4e-4)


@pytest.mark.parametrize(
    ("epsilon", "depth", "psi"),
    [
        (0.3, 0.1, 0.284820),
        (0.3, 0.3, 0.512338),
        (0.3, 1, 0.586145),
        (0.5, 0.1, 0.151437),
        (0.5, 0.3, 0.291108),
        (0.5, 1, 0.339369),
    ],
)
def test_disc_in_a_tube_over_a_slab(epsilon, depth, psi):
    assert tube_constriction(epsilon, depth) == pytest.approx(psi, abs=SIXTH)


def test_disc_in_a_wide_tube_is_holms():
    # ψ = 1 − 1.41 ε
    assert tube_constriction(1e-5) == pytest.approx(1, abs=2e-5)
    # 0.5 S/m, 1 mm: 500 Ω.
    assert analytic.disc_resistance(1e-3, 0.5) == pytest.approx(500, rel=1e-15)


def test_tube_disc_constriction_is_per_area():
    a, b, sigma = 2e-4, 5e-4, 0.5
    # The independent solution counts in b/σ; the correlation is within 0.04 %.
    exact = tube_impedance(a / b) * b / sigma
    assert analytic.tube_disc_constriction(a, b, sigma) == pytest.approx(exact, rel=4e-4)


def test_small_pore():
    # b = σ = 1, so the pore's fraction is ε². The next order was seen as 0.34 ε³.
    for epsilon in (0.01, 0.05, 0.1):
        exact = tube_pore(epsilon)
        assert analytic.small_pore_constriction(epsilon**2, epsilon, 1) == pytest.approx(exact, rel=0.4 * epsilon**3)


def test_pore_over_a_slab_comes_to_the_deep_one():
    # The first mode decays as e^{−2·3.83·L}.
    assert tube_pore(0.4, 5) == pytest.approx(tube_pore(0.4), rel=1e-12)
    assert tube_pore(0.4, 0.1) < 0.9 * tube_pore(0.4)


@pytest.mark.parametrize(("f", "low", "apex"), [(0.1, 1.1480, 1.1505), (0.3, 1.5069, 1.5127)])
def test_three_capacitances_of_a_disc_in_a_tube(f, low, apex):
    """C_high, C_low and C at the apex of −Im Z, over c_g, with y = iω c_g and σ = b = 1."""
    epsilon = math.sqrt(f)
    # docs/physics.md#tube-gap has four decimals.
    assert tube_gap_slope(epsilon) == pytest.approx(low, abs=6e-5)
    x = np.linspace(math.log(0.3), math.log(3), 41)
    height = [-tube_impedance(epsilon, 1j * s, modes=2000).imag for s in np.exp(x)]
    top = int(np.argmax(height))
    a, b, _ = np.polyfit(x[top - 1 : top + 2] - x[top], height[top - 1 : top + 2], 2)
    at_apex = 1 / (math.exp(x[top] - b / (2 * a)) * tube_impedance(epsilon))
    # docs/physics.md#tube-gap: this expansion and collocation with rings give 1.1500, 1.5138.
    assert at_apex == pytest.approx(apex, rel=1e-3)
    assert at_apex == pytest.approx({0.1: 1.15002, 0.3: 1.51384}[f], rel=1e-4)
    # The current beside the rim adapts within σ/s of it: the limit is approached like ln s/s.
    far = 1 / (1e3j * tube_impedance(epsilon, 1e3j)).real
    assert analytic.high_frequency_capacitance(1, f) == pytest.approx(far, rel=5e-3)


def test_slab_arc_and_gap():
    assert analytic.slab_resistance(1.5e-3, 0.5) == pytest.approx(30e-4, rel=1e-15)
    r, c = 14.78e-4, 2.3e-3
    f = np.geomspace(1e3, 1e6, 300_001)
    apex = f[np.argmax(-(r / (1 + 2j * math.pi * f * r * c)).imag)]
    # The grid's step is 2.3e-5.
    assert analytic.arc_capacitance(r, apex) == pytest.approx(c, rel=2.4e-5)
    # 1 µm of vacuum: 0.8854 nF/cm².
    assert analytic.gap_capacitance(1e-6, 1) * 1e5 == pytest.approx(0.8854188, rel=1e-7)
