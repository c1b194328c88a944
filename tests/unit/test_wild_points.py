"""Wild points are found, good ones stay: known spectra with points multiplied, drift, and spectra as they are."""

import math

import numpy as np
import pytest
import wild_points

from constriction.spectra.exclusion import exclude
from constriction.spectra.kramers_kronig import kramers_kronig
from constriction.spectra.spectrum import Spectrum
from constriction.spectra.wild_points import find_wild_points

F = np.logspace(6, 0, 31)
LIMIT = 0.02


def arc(frequency=F, seed=5, noise=1e-3):
    """20 Ω and an arc of 80 Ω at 1.6 kHz."""
    z = 20 + 80 / (1 + (2j * np.pi * frequency * 1e-4) ** 0.9)
    scatter = np.random.default_rng(seed).standard_normal((2, z.size))
    return z * (1 + noise * (scatter[0] + 1j * scatter[1]))


def test_random_spectra_lose_their_wild_points_and_nothing_else():
    """The counts that `wild_points.py` makes by hand over thousands, here over 60 spectra."""
    found = wild_points.tally(60, seed=1)
    assert found.wild > 80
    assert found.wild_kept <= 0.01 * found.wild and found.gross_kept == 0
    assert found.good_lost <= 0.01 * found.good


@pytest.mark.parametrize("where", [[0], [30], [0, 1], [29, 30], [0, 1, 2], [28, 29, 30], [24, 26, 28], [14, 15, 16]])
@pytest.mark.parametrize("factor", [0.1, 0.7, 1.4, 10.0])
def test_ends_and_neighbours_hide_nothing(where, factor):
    z = arc()
    z[where] *= factor
    rule = exclude(Spectrum(F, z, "ohm"))
    assert [point.index for point in rule.excluded] == where
    assert rule.test.wild == tuple(where)
    # The noise is that of the good points.
    assert rule.test.noise == pytest.approx(1e-3, rel=0.5)


@pytest.mark.parametrize("part", ["real", "imaginary"])
def test_one_wrong_part_is_enough(part):
    z = arc()
    z[15] = complex(z[15].real * (1.5 if part == "real" else 1), z[15].imag * (1.5 if part == "imaginary" else 1))
    assert np.flatnonzero(find_wild_points(F, z, LIMIT)).tolist() == [15]


@pytest.mark.parametrize("per_decade", [4, 6, 12])
def test_good_spectra_keep_their_points(per_decade):
    lost = 0
    for number in range(20):
        f, z = wild_points.random_spectrum(np.random.default_rng([2, number]), (per_decade,))
        lost += int(np.count_nonzero(find_wild_points(f, z, LIMIT)))
    assert lost <= 1


@pytest.mark.parametrize("decades", [1.0, 2.0])
def test_a_drift_is_not_hidden(decades):
    """15 % over the last decades: either its points are left out, or a trend is told; and it is never consistent."""
    f = np.geomspace(1e6, 1, 61)
    drift = 1 + 0.15 * np.clip(1 - np.log10(f) / decades, 0, 1)
    for seed in range(5):
        test = kramers_kronig(Spectrum(f, arc(f, seed) * drift, "ohm"))
        assert not test.consistent
        low = [f[k] < 3 * 10**decades for k in test.flagged]
        assert all(low) and (test.trend_flagged or sum(low) >= 3)


def test_a_wrong_spectrum_has_no_wild_points_but_fails():
    """Every point wrong, as a sign of Im Z: which of them to leave out cannot be told, so the test is that of all."""
    z = arc().conj()
    assert not find_wild_points(F, z, LIMIT).any()
    assert not kramers_kronig(Spectrum(F, z, "ohm")).consistent


def test_any_unit_finds_the_same():
    z = arc()
    z[[3, 20]] *= 1.2
    expected = find_wild_points(F, z, LIMIT)
    assert np.flatnonzero(expected).tolist() == [3, 20]
    for unit in (1e-9, 1e9):
        np.testing.assert_array_equal(find_wild_points(F, z * unit, LIMIT), expected)


def test_few_points_are_enough_to_ask():
    f = np.geomspace(1e5, 1, 5)
    assert not find_wild_points(f, arc(f), LIMIT).any()
    assert math.isfinite(kramers_kronig(Spectrum(f, arc(f), "ohm")).noise)
