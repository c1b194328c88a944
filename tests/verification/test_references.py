"""Every reference value of docs/physics.md#reference-values, through `simulate`, at the default accuracy of 1e-3.

Problem: a slab of σ = 1 S/m, an equipotential below, equipotential contacts above and no flux beside them. Exact
answers: the strips in closed form, −(1/π) ln sin(πf/2); the disc in a tube, over a slab of any depth, with and without
a thin gap, and the pore in a tube from the Bessel expansions of tests/alternatives.py, which share nothing with the
package.

The asked error is 1e-3 of R_cstr, so each value must be within 1e-3 of the exact one, and the error bar must not exceed
what was asked. Bars hold 95 of 100 errors: all references together are counted, and none may be off by two of them.
"""

import functools
import math

import numpy as np
import pytest
from alternatives import TUBE, tube_constriction, tube_gap_slope, tube_impedance, tube_pore
from cases import conductor, tube
from scipy.optimize import minimize_scalar
from support import closed_forms as analytic

from constriction.laws.electrolyte import VACUUM_PERMITTIVITY
from constriction.simulation.simulate import simulate

ASKED = 1e-3
MOST_BARS = 2
RADIUS = 1e-3  # m, of the tube
GAP = {"height": "1 nm", "model": "thin"}
GAP_CAPACITANCE = VACUUM_PERMITTIVITY / 1e-9  # F/m²


def assert_honest(result, exact):
    """Within what was asked, not off by two error bars, and the error bar within what was asked."""
    assert result.R_cstr == pytest.approx(exact, rel=ASKED)
    assert abs(result.R_cstr - exact) <= MOST_BARS * result.R_cstr_error
    assert result.R_cstr_error <= ASKED * result.R_cstr
    assert result.accuracy_reached


def tube_resistance(psi, epsilon):
    """Area-specific R, Ω·m², of a disc in the tube of RADIUS: ψ/(4σa) times the tube's area."""
    return psi / (4 * epsilon * RADIUS) * math.pi * RADIUS**2


@pytest.mark.parametrize(("epsilon", "psi"), TUBE.items())
def test_disc_in_a_tube(epsilon, psi):
    result = simulate(conductor(tube(epsilon**2)))
    # ψ is given to six decimals; the comparison takes all of them.
    assert tube_constriction(epsilon) == pytest.approx(psi, abs=5.1e-7)
    assert_honest(result, tube_resistance(tube_constriction(epsilon), epsilon))


@pytest.mark.parametrize(
    ("epsilon", "depth_over_b", "psi"),
    [
        (0.3, 0.1, 0.284820),
        (0.3, 0.3, 0.512338),
        (0.3, 1.0, 0.586145),
        (0.5, 0.1, 0.151437),
        (0.5, 0.3, 0.291108),
        (0.5, 1.0, 0.339369),
    ],
)
def test_disc_in_a_tube_over_a_slab(epsilon, depth_over_b, psi):
    result = simulate(conductor(tube(epsilon**2), thickness=f"{depth_over_b} mm"))
    exact = tube_constriction(epsilon, depth_over_b)
    assert exact == pytest.approx(psi, abs=5.1e-7)
    assert_honest(result, tube_resistance(exact, epsilon))


@pytest.mark.parametrize(("fraction", "value"), [(0.1, 0.590502), (0.3, 0.251363), (0.5, 0.110318), (0.8, 0.015973)])
def test_strips(fraction, value):
    period = 1e-3
    result = simulate(conductor({"pattern": "stripes", "pitch": "1 mm", "contact_fraction": fraction}))
    exact = analytic.strip_constriction(fraction, period, 1.0)
    assert exact == pytest.approx(value * period, abs=5.1e-7 * period)
    assert_honest(result, exact)


def test_inverted_strips_are_strips():
    """Strips with the rest in contact: the same problem, drawn the other way round."""
    stripes = {"pattern": "stripes", "pitch": "1 mm", "contact_fraction": 0.3, "inverted": True}
    assert_honest(simulate(conductor(stripes)), analytic.strip_constriction(0.3, 1e-3, 1.0))


def test_small_disc_is_holms():
    """ψ → 1 − 1.40978 ε for a small spot: at ε = 0.05 the next term, 0.344 ε³, is 4e-5."""
    epsilon = 0.05
    result = simulate(conductor(tube(epsilon**2)))
    assert_honest(result, tube_resistance(tube_constriction(epsilon), epsilon))
    holm = analytic.disc_resistance(epsilon * RADIUS, 1.0) * math.pi * RADIUS**2
    assert result.R_cstr / (1 - 1.40978 * epsilon) == pytest.approx(holm, rel=5e-3)


def test_small_pore():
    """R·A → 4qa/(3πσ): at a/b = 0.1 the exact value is larger by 0.34 q^(3/2) = 3.4e-4, well within 0.5 %."""
    q = 0.1**2
    result = simulate(conductor(tube(1 - q, inverted=True)))
    assert_honest(result, tube_pore(0.1) * RADIUS)
    assert result.R_cstr == pytest.approx(analytic.small_pore_constriction(q, 0.1 * RADIUS, 1.0), rel=5e-3)


def test_large_pore():
    result = simulate(conductor(tube(1 - 0.7**2, inverted=True)))
    assert_honest(result, tube_pore(0.7) * RADIUS)


# --- error bars elsewhere ------------------------------------------------------------------------------------------


def elsewhere():
    """Contact fractions and depths between those of the references: case and exact value, Ω·m²."""
    for fraction in np.linspace(0.04, 0.78, 24).round(3).tolist():
        epsilon = math.sqrt(fraction)
        for depth in (0.3, 1.0, 6.0):
            exact = tube_resistance(tube_constriction(epsilon, depth), epsilon)
            yield conductor(tube(fraction), thickness=f"{depth} mm"), exact
    for fraction in np.linspace(0.03, 0.93, 28).round(3).tolist():
        stripes = {"pattern": "stripes", "pitch": "1 mm", "contact_fraction": fraction}
        yield conductor(stripes), analytic.strip_constriction(fraction, 1e-3, 1.0)


def test_ninety_five_of_a_hundred_are_inside_their_bars():
    found = [(simulate(case), exact) for case, exact in elsewhere()]
    bars = np.array([abs(result.R_cstr - exact) / result.R_cstr_error for result, exact in found])
    assert len(bars) == 100
    assert np.mean(bars <= 1) >= 0.95
    assert bars.max() <= MOST_BARS
    assert np.median(bars) >= 0.1  # nor are they far too long
    assert all(result.accuracy_reached for result, _ in found)


@pytest.mark.parametrize("asked", [1e-2, 3e-3, 2e-4])
def test_error_bar_at_other_accuracies(asked):
    """No part of the error stays behind when a finer mesh is asked for."""
    epsilon = 0.5
    cases = [
        (tube(epsilon**2), tube_resistance(tube_constriction(epsilon), epsilon)),
        (tube(1 - epsilon**2, inverted=True), tube_pore(epsilon) * RADIUS),
        ({"pattern": "stripes", "pitch": "1 mm", "contact_fraction": 0.3}, analytic.strip_constriction(0.3, 1e-3, 1.0)),
    ]
    for interface, exact in cases:
        result = simulate(conductor(interface, relative_error=asked))
        assert abs(result.R_cstr - exact) <= MOST_BARS * result.R_cstr_error
        assert abs(result.R_cstr - exact) <= asked * exact
        assert result.R_cstr_error <= asked * result.R_cstr


# --- with a thin gap ---------------------------------------------------------------------------------------------


def exact_with_gap(contact_fraction, frequency):
    """Z_cstr of the disc in the tube with the thin gap GAP, Ω·m²; its own error is below 1e-6 for s < 100."""
    s = 2j * math.pi * frequency * GAP_CAPACITANCE * RADIUS
    return tube_impedance(math.sqrt(contact_fraction), s, modes=5000) * RADIUS


@functools.cache
def with_gap(contact_fraction):
    sweep = {"from": "20 kHz", "to": "20 Hz", "points_per_decade": 3}  # s from 1e-3 to 1
    return simulate(conductor(tube(contact_fraction), gap=GAP, sweep=sweep))


@pytest.mark.parametrize("fraction", [0.1, 0.3])
def test_resistance_does_not_depend_on_the_gap(fraction):
    epsilon = math.sqrt(fraction)
    assert_honest(with_gap(fraction), tube_resistance(tube_constriction(epsilon), epsilon))


@pytest.mark.parametrize("fraction", [0.1, 0.3])
def test_high_frequency_capacitance(fraction):
    # C_high has no discretisation in it but the area of the gap.
    exact = analytic.high_frequency_capacitance(GAP_CAPACITANCE, fraction)
    assert with_gap(fraction).C_high == pytest.approx(exact, rel=1e-9)


@pytest.mark.parametrize(("fraction", "value"), [(0.1, 1.1480), (0.3, 1.5069)])
def test_low_frequency_capacitance(fraction, value):
    exact = tube_gap_slope(math.sqrt(fraction))
    assert exact == pytest.approx(value, abs=1e-4)
    # The error of R_cstr enters twice.
    assert with_gap(fraction).C_low == pytest.approx(exact * GAP_CAPACITANCE, rel=2 * ASKED)


@pytest.mark.parametrize(("fraction", "value"), [(0.1, 1.15002), (0.3, 1.5138)])
def test_apex_capacitance(fraction, value):
    """The expansion of docs/physics.md#tube-gap, computed here."""

    def height(log_f):
        return exact_with_gap(fraction, math.exp(log_f)).imag

    # −Im Z is flat at its apex: ln f to 1e-6 needs −Im Z to 1e-12, which the expansion has.
    apex = minimize_scalar(height, bracket=(math.log(1e3), math.log(1e4)), options={"xtol": 1e-8})
    resistance = tube_impedance(math.sqrt(fraction)) * RADIUS
    exact = 1 / (2 * math.pi * math.exp(apex.x) * resistance)
    assert exact == pytest.approx(value * GAP_CAPACITANCE, rel=1e-4)
    result = with_gap(fraction)
    # R_cstr and the apex frequency each carry the asked error.
    assert result.C_cstr == pytest.approx(exact, rel=2 * ASKED)
    assert result.f_cstr == pytest.approx(math.exp(apex.x), rel=2 * ASKED)


@pytest.mark.parametrize("fraction", [0.1, 0.3])
def test_spectrum(fraction):
    """Every Z within two error bars of the spectrum, which are within what was asked."""
    result = with_gap(fraction)
    frequency = result.spectrum.frequency
    exact = np.array([exact_with_gap(fraction, f) for f in frequency])
    simulated = result.spectrum.impedance - result.slab.impedance
    assert np.max(np.abs(simulated - exact)) <= min(MOST_BARS * result.spectrum_error, ASKED * result.R_cstr)
    assert result.spectrum_error <= ASKED * result.R_cstr
