"""Relaxation times that are called sure are there: sums of ZARCs with known times, near ones, tails, ripples."""

import numpy as np
import pytest
import relaxation_pairs

from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.drt.processes import UNCONFIRMED, UNRESOLVED, find_processes
from constriction.spectra.drt.relaxation_times import StabilityScan, stability_scan
from constriction.spectra.spectrum import Spectrum

F = np.logspace(6, -2, 81)
OMEGA = 2j * np.pi * F


def noisy(z, seed=0, noise=2e-3):
    scatter = np.random.default_rng(seed).standard_normal((2, F.size))
    return Spectrum(F, z + noise * np.abs(z) * (scatter[0] + 1j * scatter[1]), "ohm")


def zarcs(*arcs):
    """1 Ω and arcs of (R in Ω, τ in s, exponent)."""
    return 1 + sum(r / (1 + (OMEGA * tau) ** a) for r, tau, a in arcs)


def processes_of(spectrum, noise=2e-3):
    return find_processes(spectrum, noise, stability_scan(spectrum))


@pytest.mark.parametrize("kind", relaxation_pairs.KINDS)
def test_random_cells_have_no_ghosts(kind):
    """The counts that `relaxation_pairs.py` makes by hand over hundreds; near pairs need only be said to be near."""
    found = relaxation_pairs.tally(2 if "pair" in kind else 1, 3, kind)
    assert found.ghosts == 0
    assert kind == "near pair" or found.found == found.times


@pytest.mark.parametrize("second", [1e-2, 3e-2])
def test_two_zarcs_have_times_and_resistances_within_their_errors(second):
    found = processes_of(noisy(zarcs((1, 1e-3, 0.8), (1, second, 0.8))))
    assert len(found.items) == len(found.sure) == 2
    for item, tau in zip(found.sure, (1e-3, second), strict=True):
        assert abs(np.log10(item.time_constant / tau)) < 4 * item.decades_stderr < 0.1
        assert abs(item.resistance - 1) < 4 * item.resistance_stderr < 0.2
        assert item.share == pytest.approx(0.5, abs=0.05)
    assert found.margin > 10 and found.unresolved == ()


def test_what_is_too_near_is_told_with_its_sum():
    """A third of a decade apart: two are seen, but which is which is not determined; their sum is."""
    spectrum = noisy(zarcs((1, 1e-3, 0.95), (1, 2.2e-3, 0.8)), seed=1)
    found = processes_of(spectrum)
    assert found.sure == ()
    assert {item.why for item in found.items} == {UNRESOLVED}
    (group,) = found.unresolved
    assert group.first < 2.2e-3 and group.last > 1e-3
    assert abs(group.resistance - 2) < 4 * group.resistance_stderr < 0.1


@pytest.mark.parametrize("seed", [12, 3])  # 12 made one
def test_an_exponent_that_ends_at_1_beside_a_near_neighbour_makes_no_ghost(seed):
    """0.45 decades apart with a = 0.91 and 0.92: the fit ends at a = 1, whose bars hold the split."""
    f = np.geomspace(4.14e6, 9.41e-2, 69)
    omega, scatter = 2j * np.pi * f, np.random.default_rng(seed).standard_normal((2, f.size))
    z = 2 + 1 / (1 + (omega * 10**-6.07) ** 0.91) + 0.41 / (1 + (omega * 10**-5.62) ** 0.92)
    found = processes_of(Spectrum(f, z * (1 + 2e-3 * (scatter[0] + 1j * scatter[1])), "ohm"))
    near = [np.abs(np.log10(item.time_constant) - [-6.07, -5.62]).min() for item in found.sure]
    assert max(near, default=0) < relaxation_pairs.NEAR
    for group in found.unresolved:
        assert abs(group.resistance - 1.41) < 4 * group.resistance_stderr < 0.1


def test_a_large_relaxation_that_no_track_has_is_told():
    """Where the fit does not follow, and the distribution shows nothing at all, both times are told, none is sure."""
    nothing = StabilityScan(np.zeros(0), (), ())
    found = find_processes(noisy(zarcs((1, 1e-4, 0.85), (2, 1e-2, 0.9))), 1e-4, nothing)
    assert found.sure == ()
    assert [item.time_constant for item in found.items] == pytest.approx([1e-4, 1e-2], rel=0.1)
    assert {item.why for item in found.items} == {UNCONFIRMED}
    assert [item.share for item in found.items] == pytest.approx([1 / 3, 2 / 3], abs=0.03)


def test_a_broad_arc_is_not_sure():
    found = processes_of(noisy(zarcs((1, 1e-2, 0.55))))
    assert found.sure == () and "broad" in found.items[0].why


def test_errors_are_those_of_many_samples():
    """Standard errors of τ against the scatter over 12 noises, itself known to 21 % (three times that is allowed)."""
    nothing = StabilityScan(np.zeros(0), (), ())
    cell = zarcs((1, 1e-3, 0.85), (0.6, 5e-2, 0.9))
    samples = [find_processes(noisy(cell, seed), 2e-3, nothing).sure for seed in range(12)]
    assert all(len(sure) == 2 for sure in samples)
    for k in (0, 1):
        times = np.log10([sure[k].time_constant for sure in samples])
        told = np.mean([sure[k].decades_stderr for sure in samples])
        assert np.std(times, ddof=1) == pytest.approx(told, rel=0.63)


def test_two_within_the_resolution_are_one_and_beyond_it_two():
    """The distance told for one ZARC, from its derivatives alone, against fits of two equal ones in its place."""
    (one,) = processes_of(noisy(zarcs((2, 1e-3, 0.9)))).sure
    assert 0.2 < one.resolution < 0.6
    for factor, count in ((0.5, 1), (2.0, 2)):
        apart = 10 ** (factor * one.resolution / 2)
        found = processes_of(noisy(zarcs((1, 1e-3 / apart, 0.95), (1, 1e-3 * apart, 0.95)), seed=3))
        assert len(found.items) == count


def test_where_no_zarcs_follow_both_ways_must_agree():
    """A spectrum with 2 % ripples that are no noise, told to have 0.01 %: what is sure has both errors."""
    z = zarcs((5, 1e-2, 0.9)) * (1 + 4e-3 * np.sin(3 * np.log(F)))
    found = processes_of(Spectrum(F, z, "ohm"), 1e-5)
    assert found.misfit > 1e-3
    near = [item for item in found.sure if abs(np.log10(item.time_constant / 1e-2)) < 0.1]
    assert len(near) == len(found.sure) == 1
    assert abs(near[0].resistance - 5) < 0.3 and near[0].exponent is None


def test_no_arc_no_time():
    z = impedance(parse_circuit("L-R"), [1e-7, 3.0], F)
    found = processes_of(noisy(z))
    assert found.sure == () and found.unresolved == ()


def test_without_noise_nothing_is_added():
    """Followed to rounding by two, so a third one, or a second half of one, would only follow rounding."""
    z = zarcs((1, 10**-4.91, 0.79), (0.58, 10**-2.3, 0.83))
    found = processes_of(Spectrum(F, z, "ohm"), 0.0)
    assert [item.time_constant for item in found.sure] == pytest.approx([10**-4.91, 10**-2.3], rel=1e-6)
    assert len(found.items) == 2
