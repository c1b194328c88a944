"""Peaks of −Im Z against spectra whose peaks are known in closed form or by an independent search."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from constriction.base.errors import InputError
from constriction.simulation import peaks
from constriction.simulation.peaks import Peak, belongs_to, find_peaks, main_peak


def arc(resistance, frequency):
    return lambda f: resistance / (1 + 1j * f / frequency)


def together(*arcs):
    return lambda f: sum(a(f) for a in arcs)


@pytest.mark.parametrize("frequency", [46e3, 1.0, 12345.678, 10 ** (4 + 1 / 100)])
def test_one_arc_gives_its_own_values(frequency):
    (peak,) = find_peaks(arc(14.78e-4, frequency), frequency * 1e-9, frequency * 1e9)
    # The interpolant's derivative is good to 1e-12; the ends of the range cut 1e-18 of R.
    assert peak.frequency == pytest.approx(frequency, rel=1e-11)
    assert peak.resistance == pytest.approx(14.78e-4, rel=1e-12)
    assert peak.capacitance == pytest.approx(1 / (2 * math.pi * frequency * 14.78e-4), rel=1e-11)


def test_a_grain_boundary_exponent_keeps_the_apex():
    # 1/(1 + (iωτ)^α) is symmetric in ln ω: its apex is at ωτ = 1 whatever α.
    (peak,) = find_peaks(lambda f: 2 / (1 + (1j * f / 1e6) ** 0.6), 1e-15, 1e27)
    assert peak.frequency == pytest.approx(1e6, rel=1e-11)
    # (1e21)^−0.6 of R is left out at each end.
    assert peak.resistance == pytest.approx(2, rel=1e-12)


def test_two_arcs_against_roots_of_the_derivative():
    parts = ((1.0, 1e6), (0.5, 27e6))

    def slope(x):
        # d/dx of R t/(1 + t²), t = e^x/f0
        t = [(r, math.exp(x) / f0) for r, f0 in parts]
        return sum(r * q * (1 - q * q) / (1 + q * q) ** 2 for r, q in t)

    z = together(*(arc(r, f) for r, f in parts))
    low, high = find_peaks(z, 1e0, 1e14)
    ln = [brentq(slope, *np.log(bracket), xtol=1e-15) for bracket in ((5e5, 3e6), (3e6, 1e7), (1e7, 5e7))]
    apex1, valley, apex2 = np.exp(ln)
    assert low.frequency == pytest.approx(apex1, rel=1e-11)
    assert high.frequency == pytest.approx(apex2, rel=1e-11)
    re = [z(f).real for f in (1e0, valley, 1e14)]
    assert low.resistance == pytest.approx(re[0] - re[1], rel=1e-11)
    assert high.resistance == pytest.approx(re[1] - re[2], rel=1e-11)


def test_many_peaks_rise_in_frequency_and_share_all_resistance():
    z = together(*(arc(1 + k, 10.0 ** (3 * k)) for k in range(5)), lambda f: 7.0)
    peaks = find_peaks(z, 1e-3, 1e15)
    f = [peak.frequency for peak in peaks]
    assert len(peaks) == 5 and f == sorted(f)
    # Telescoping: only rounding of five subtractions.
    assert sum(p.resistance for p in peaks) == pytest.approx(z(1e-3).real - z(1e15).real, rel=1e-14)


def test_merged_arcs_are_one_peak():
    # Two Debye arcs closer than 0.77 decades, ratio 3 + 2√2 = 5.83, have one maximum; further apart, two.
    for ratio, count in ((5.7, 1), (6.0, 2)):
        assert len(find_peaks(together(arc(1, 1e3), arc(1, 1e3 * ratio)), 1, 1e7)) == count


@pytest.mark.parametrize(
    "z",
    [
        lambda f: np.full(f.shape, 3.0 + 0j),
        lambda f: np.zeros(f.shape, dtype=complex),
        lambda f: 1 / (1j * f),
        lambda f: 1j * f,
        arc(1, 1e9),
    ],
    ids=["resistor", "nothing", "capacitor", "coil", "apex outside"],
)
def test_no_maximum_inside_no_peak(z):
    assert find_peaks(z, 1.0, 1e6) == ()


def test_noise_is_no_peak_but_a_small_arc_is():
    rng = np.random.default_rng(1)

    def noisy(f):
        return arc(1, 1e3)(f) + 1e-11j * rng.standard_normal(f.shape)

    # At both ends the arc's own height is below the noise.
    assert len(find_peaks(noisy, 1e-12, 1e18)) == 1
    # A real arc of 1e-6 of the height, far from the large one's flank (1e-9 there).
    small = find_peaks(together(arc(1, 1e3), arc(1e-6, 1e12)), 1e-3, 1e18)
    assert [p.frequency for p in small] == pytest.approx([1e3, 1e12], rel=1e-2)


def test_rounding_of_a_resistor_is_no_peak():
    rng = np.random.default_rng(2)

    def resistor(f):
        return 1 + 1e-16 * (rng.standard_normal(f.shape) + 1j * rng.standard_normal(f.shape))

    assert find_peaks(resistor, 1, 1e8) == ()


def test_a_coarse_range_is_enough():
    (peak,) = find_peaks(arc(1, 1e3), 9e2, 1.2e3)
    assert peak.frequency == pytest.approx(1e3, rel=1e-10)


def test_main_peak_is_the_highest_not_the_first():
    z = together(arc(1, 1e2), arc(5, 1e6), arc(2, 1e10))
    peaks = find_peaks(z, 1, 1e13)
    assert main_peak(peaks, z) is peaks[1]
    assert main_peak((), z) is None


def test_peaks_are_plain_floats():
    (peak,) = find_peaks(arc(1, 1e3), 1, 1e6)
    assert [type(v) for v in (peak.frequency, peak.resistance, peak.capacitance)] == [float] * 3
    assert peak == Peak(peak.frequency, peak.resistance, peak.capacitance)


@pytest.mark.parametrize("limits", [(0, 1), (2, 1), (1, 1), (1, math.inf), (math.nan, 1)])
def test_wrong_limits_are_refused(limits):
    with pytest.raises(InputError, match=r"expected 0 < lowest < highest"):
        find_peaks(arc(1, 1), *limits)


# A lumped constriction: Z = R(ω)/(1 + iωR(ω)C), R(ω) = 1 − share + share/(1 + iω/2πf_gb), so C_low = C and R_cstr = 1.
@pytest.mark.parametrize("share", [0.667, 0.9])
@pytest.mark.parametrize(
    ("ratio", "owner"), [(1e-4, "electrolyte"), (0.1, "electrolyte"), (0.3, "electrolyte"), (2.0, "gap"), (30.0, "gap")]
)
def test_the_highest_peak_is_the_electrolytes_where_the_gap_is_faster(share, ratio, owner):
    f_gb = 1e6

    def resistance(f):
        return 1 - share + share / (1 + 1j * f / f_gb)

    def constriction(f):
        capacitance = ratio / (2 * np.pi * f_gb)
        return resistance(f) / (1 + 2j * np.pi * f * capacitance * resistance(f))

    top = main_peak(find_peaks(constriction, 1e-4, 1e14), constriction)
    own = [peak.frequency for peak in find_peaks(resistance, 1e-4, 1e14)]
    found = 1 / (2 * np.pi * top.frequency)
    assert belongs_to(top.frequency, found, ratio / (2 * np.pi * f_gb), own) == owner
    assert belongs_to(top.frequency, found, None, own) == ("electrolyte" if top.frequency > f_gb / 2 else "several")


def test_a_peak_far_from_gap_and_electrolyte_is_one_of_several():
    assert belongs_to(1e8, 1e-3, 1e-5, [1e6]) == "several"
    assert belongs_to(1e8, 1e-3, 1e-5, [1e6, 0.6e8]) == "electrolyte"
    assert belongs_to(1e8, 1e-3, 1.9e-3, [1e6, 0.6e8]) == "gap"


def twins(ratio):
    """Two arcs of one height, whose maxima merge where their frequencies are (2 + √3)² apart."""
    return together(arc(1.0, 1e4), arc(1.0, 1e4 * ratio))


def drawn(number):
    """Arcs of random heights, one of which may be negative, widths and frequencies, perhaps on a resistor."""
    draw = np.random.default_rng(number)
    count = draw.integers(1, 7)
    apexes = 10 ** (draw.uniform(0, 9) + draw.uniform(-1.5, 1.5, count))
    heights = 10 ** draw.uniform(-5, 0, count) * draw.choice([1, 1, 1, -0.3], count)
    exponents = np.where(draw.random(count) < 0.5, 1.0, draw.uniform(0.6, 1.0, count))
    resistor = draw.choice([0.0, 1e3])
    return lambda f: resistor + (heights / (1 + (1j * f[..., None] / apexes) ** exponents)).sum(axis=-1)


@pytest.mark.parametrize(
    "impedance",
    [*map(drawn, range(150)), *(twins((2 + math.sqrt(3)) ** 2 * (1 + x)) for x in (-1e-2, -1e-6, 1e-6, 1e-2))],
)
def test_what_is_not_computed_changes_no_peak(impedance, monkeypatch):
    asked = []

    def counted(f):
        asked.append(f.size)
        return impedance(f)

    found = find_peaks(counted, 1e-4, 1e14)
    assert sum(asked) < 400  # of 901
    monkeypatch.setattr(peaks, "scan", lambda z, x, count: np.array(z([np.exp(x)] * count)))
    expected = find_peaks(impedance, 1e-4, 1e14)
    assert [peak.frequency for peak in found] == pytest.approx([peak.frequency for peak in expected], rel=1e-10)
    assert [peak.resistance for peak in found] == pytest.approx([peak.resistance for peak in expected], rel=1e-10)
