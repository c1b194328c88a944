"""The kernels of unknowns on the contacts, their densities and their reduced model: closed forms and brute force."""

import math

import numpy as np
import pytest
from cases import case_of
from scipy.integrate import dblquad
from scipy.special import erfc, j0

from constriction.base.errors import InputError
from constriction.field.contacts.basis import basis_of, near_energies, whole_energies
from constriction.field.contacts.discs import Discs, discs_of
from constriction.field.contacts.kernels import STEP, Kernel
from constriction.field.contacts.near import by_radius
from constriction.field.contacts.sampled import ShiftSamples, grown
from constriction.geometry.cell import lay_out

SHIFTS = 0.0, 0.01, 1.0, 30.0, 2.0 + 5.0j
WAVES = np.array([0.3, 1.0, 2.0, 20.0, 29.0])


def kernel_at(shift, depth=2.0):
    return Kernel(shift, 0.1, depth, 3.2)


def transformed(kernel):
    """The near kernel's Fourier transform at WAVES, by quadrature in √r."""
    x, weights = np.polynomial.legendre.leggauss(400)
    roots = (x + 1) / 2 * math.sqrt(1.3)
    weights = weights / 2 * math.sqrt(1.3) * 2 * roots
    return 2 * np.pi * (j0(np.outer(WAVES, roots**2)) @ (weights * kernel.near(roots**2)))


@pytest.mark.parametrize("shift", SHIFTS)
def test_near_and_far_make_the_half_space(shift):
    """Hankel's transform of the near kernel is 1/(k + θ) less what is beyond: they share no formula."""
    kernel = kernel_at(shift)
    assert transformed(kernel) == pytest.approx(1 / (WAVES + shift) - kernel.beyond(WAVES), rel=1e-10)


def test_without_a_gap_the_split_is_ewalds():
    r = np.array([0.01, 0.2, 0.5])
    assert kernel_at(0.0).near(r) == pytest.approx(erfc(r / 0.2) / (2 * np.pi), rel=1e-12)
    assert kernel_at(0.0).beyond(WAVES) == pytest.approx(erfc(WAVES * 0.1) / WAVES, rel=1e-12)


@pytest.mark.parametrize("shift", SHIFTS)
def test_far_adds_the_slab(shift):
    """Near and far kernel together are 1/(k coth(k·depth) + θ); of the mean only the near one is there."""
    kernel = kernel_at(shift, depth=0.05)
    whole = 1 / (WAVES / np.tanh(WAVES * 0.05) + shift)
    assert kernel.far(WAVES) + transformed(kernel) == pytest.approx(whole, rel=1e-9)
    x, weights = np.polynomial.legendre.leggauss(400)
    roots = (x + 1) / 2 * math.sqrt(1.3)
    mean = 2 * np.pi * np.sum(weights * math.sqrt(1.3) * roots * kernel.near(roots**2))
    assert kernel.far(np.array([0.0]))[0] == pytest.approx(-mean, rel=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.01, 1.0, 30.0])
@pytest.mark.parametrize("what", ["near", "beyond"])
def test_a_small_complex_step_is_the_derivative(shift, what):
    """Against differences; at 29, near the shift of 30, where numerator and denominator vanish."""
    at = WAVES if what == "beyond" else WAVES / 100
    step = 1e-4 * (shift + 0.1)
    ends = [getattr(kernel_at(shift + way), what)(at) for way in (0.0, step, 2 * step)]
    difference = (4 * ends[1] - 3 * ends[0] - ends[2]) / (2 * step)
    found = getattr(kernel_at(shift).stepped(), what)(at).imag / STEP
    assert found == pytest.approx(difference, rel=1e-4, abs=1e-7 * np.abs(difference).max())


def test_a_uniform_potential_makes_the_known_charge():
    """On a half space the density 1/√(1 − ρ²) has the potential π/2: a disc's resistance is 1/(4a)."""
    basis = basis_of(4)
    first = basis.charges[:, 0].sum()
    assert first**2 / basis.kernel[0] == pytest.approx(4.0, rel=1e-12)
    assert basis.charges[:, 1:].sum(axis=0) ** 2 / basis.kernel[1:] == pytest.approx(0.0, abs=1e-20)


def test_energies_of_a_smooth_kernel_are_double_sums():
    """What near energies lack of whole ones, from points on the disc instead of Bessel functions."""
    basis, kernel, radius = basis_of(3, 10, 24), kernel_at(5.0), 0.25
    k, weights = np.polynomial.legendre.leggauss(400)
    k, weights = (k + 1) * 40, weights * 40
    r = radius * np.linalg.norm(basis.points[:, None] - basis.points[None], axis=-1)
    smooth = j0(r[..., None] * k) @ (weights * k * kernel.beyond(k)) / (2 * np.pi)
    expected = radius**4 * basis.charges.T @ smooth @ basis.charges
    found = whole_energies(basis, radius, kernel) - near_energies(basis, radius, kernel)
    assert found == pytest.approx(expected, abs=1e-7 * np.abs(expected).max())


def test_energy_of_a_gap_against_a_double_integral():
    """Of the density 1/√(1 − ρ²) in 1/(k + θ): ∫ (sin k/k)² / (1 + θ/k) dk, times 1/π² that of the kernel."""
    theta, radius = 3.0, 0.5
    density = 1 / math.sqrt(2 * math.pi)

    def integrand(z, k):
        return (math.sin(k) / k) ** 2 * math.exp(-z * (1 + theta * radius / k))

    last = 60 * math.pi
    bulk = dblquad(integrand, 1e-9, last, 0.0, 40.0, epsabs=1e-7)[0]
    tail = 0.5 / last - theta * radius / (4 * last**2)
    expected = 2 * math.pi * density**2 * (bulk + tail) * radius**3
    found = whole_energies(basis_of(2), radius, kernel_at(theta))[0, 0]
    assert found == pytest.approx(expected, rel=2e-4)


def test_many_radii_are_interpolated():
    basis, kernel = basis_of(3), kernel_at(2.0)
    radii = np.geomspace(0.05, 0.5, 40)
    found = by_radius(radii, lambda radius: near_energies(basis, radius, kernel))
    for place in (0, 17, 39):
        exact = near_energies(basis, float(radii[place]), kernel)
        assert found[place] == pytest.approx(exact, abs=1e-7 * np.abs(exact).max())


# --- the reduced model ------------------------------------------------------------------------------------------------


def made_up(poles, seed):
    """F of random times and weights, and what gives F and its derivative."""
    rng = np.random.default_rng(seed)
    times, weights = np.exp(rng.uniform(-6, 1, poles)), rng.uniform(0.1, 1.0, poles)

    def value(theta):
        return np.sum(weights / (1 + np.asarray(theta)[..., None] * times), axis=-1)

    return value, lambda s: [(float(value(s)), float(-np.sum(weights * times / (1 + s * times) ** 2)))]


def test_a_few_poles_are_found_exactly():
    value, sample = made_up(3, 1)
    shifts, norms = np.array([0.0, 1.0, 10.0]), np.array([3.0])
    pairs = np.array([sample(s)[0] for s in shifts])
    samples = ShiftSamples(shifts, pairs[:, 0], pairs[:, 1], norms, value(norms))
    model = samples.model(7.0, 0.0, 3)
    theta = np.array([1e-3j, 0.2j, 3.0 + 4.0j, 100j])
    assert model(theta) - 7.0 == pytest.approx(value(theta), rel=1e-9)
    assert model.stored == pytest.approx(-pairs[0, 1])
    assert samples.bounds(theta).max() < 1e-6


@pytest.mark.parametrize("allowed", [1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("seed", range(5))
def test_the_bound_covers_the_error_and_the_model_is_passive(allowed, seed):
    value, sample = made_up(40, seed)
    theta = np.concatenate([1j * np.logspace(-4, 5, 60), np.exp(0.7j) * np.logspace(-4, 5, 60)])
    samples, error = grown(sample, True, allowed)
    model = samples.of(0).model(0.0, error, samples.solves)
    worst = np.abs(model(theta) - value(theta)).max()
    assert worst <= error <= allowed * value(0.0)
    assert worst > error / 30  # a bound that says something
    assert np.all(model.times >= 0) and np.all(model.weights >= 0)


@pytest.mark.parametrize("seed", range(8))
def test_samples_with_noise_beyond_what_the_fields_tell_make_a_passive_model(seed):
    """As conjugate gradients leave it: more shifts than the noise lets differ."""
    value, sample = made_up(40, seed)
    rng = np.random.default_rng(seed)
    shifts, norms = np.concatenate([[0.0], np.geomspace(3e-3, 300, 13)]), np.array([7.0, 70.0])
    pairs = np.array([sample(s)[0] for s in shifts]) * (1 + 1e-8 * rng.standard_normal((14, 2)))
    samples = ShiftSamples(shifts, pairs[:, 0], pairs[:, 1], norms, value(norms))
    model, theta = samples.model(0.0, 0.0, 14), 1j * np.logspace(-3, 4, 30)
    assert np.all(model.times >= 0) and np.all(model.weights >= 0)
    assert np.abs(model(theta) - value(theta)).max() <= samples.bounds(theta).max() <= 3e-3 * value(0.0)


def test_without_a_gap_one_shift_does():
    _, sample = made_up(5, 3)
    samples, error = grown(sample, False, 1e-9)
    assert samples.solves == 1 and error == 0.0


# --- discs ------------------------------------------------------------------------------------------------------------


def test_cut_discs_are_those_of_the_lattice():
    discs = discs_of(lay_out(case_of({"pattern": "hexagonal", "pitch": "1 mm", "contact_fraction": 0.3}).interface))
    assert discs.periodic and discs.sides == pytest.approx([1.0, math.sqrt(3)])
    assert len(discs.radii) == 2 and np.sum(np.pi * discs.radii**2) == pytest.approx(0.3 * math.sqrt(3))


def test_discs_across_the_sides_of_a_repeating_cell_are_whole():
    keys = {"pattern": "random", "contact_fraction": 0.3, "spots": 16, "seed": 3, "pitch": "1 mm", "sides": "periodic"}
    layout = lay_out(case_of(keys).interface)
    discs = discs_of(layout)
    assert len(layout.spots) > len(discs.radii) == 16
    assert np.sum(np.pi * discs.radii**2) == pytest.approx(0.3 * 16)


@pytest.mark.parametrize("periodic", [False, True])
def test_pairs_are_all_that_are_near(periodic):
    """Every image in 7 × 7 cells, by brute force, of discs in a cell that is narrower than the kernel."""
    rng = np.random.default_rng(5)
    sides, reach = np.array([1.0, 1.7]), 1.2
    discs = Discs(rng.uniform(0.1, 0.9, (5, 2)) * sides, rng.uniform(0.02, 0.09, 5), sides, periodic)
    found = set()
    for i, j, signs, shifts in zip(*discs.pairs(reach), strict=True):
        place = discs.centres[j] * signs + shifts
        found.add((int(i), int(j), *np.round(place, 9), *signs))
    expected = set()
    for i in range(5):
        for j in range(i, 5):
            for x in range(-3, 4):
                for y in range(-3, 4):
                    for signs in [(1, 1)] if periodic else [(1, 1), (-1, 1), (1, -1), (-1, -1)]:
                        place = discs.centres[j] * signs + np.array([x, y]) * sides * (1 if periodic else 2)
                        away = np.linalg.norm(place - discs.centres[i])
                        if 1e-9 < away < reach + discs.radii[i] + discs.radii[j]:
                            expected.add((i, j, *np.round(place, 9), *signs))
    assert found == expected


REFUSED = [
    ({"pattern": "square", "shape": "square"}, "contacts are no discs"),
    ({"pattern": "hexagonal", "inverted": True, "contact_fraction": 0.7}, "the discs are pores in a contact"),
    ({"pattern": "single", "cell_shape": "circular"}, "the cell is a tube"),
    ({"pattern": "stripes"}, "contacts are no discs"),
    ({"pattern": "random", "spots": 20, "seed": 1, "overlap": "merge"}, "contacts are outlines that may touch"),
    ({"pattern": "annulus", "inner_ratio": 0.5}, "contacts are no discs"),
]


@pytest.mark.parametrize(("keys", "what"), REFUSED)
def test_what_is_no_disc_is_refused(keys, what):
    layout = lay_out(case_of({"pitch": "1 mm", "contact_fraction": 0.2, **keys}).interface)
    with pytest.raises(InputError, match=f"accuracy.method = 'contacts': {what}; expected discs, or"):
        discs_of(layout)
