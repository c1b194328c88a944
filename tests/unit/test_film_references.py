"""The references for contacts with a film agree with closed forms, with other methods and with themselves, refined."""

import math

import alternatives
import pytest
from support import closed_forms, film_limits
from support.film_modes import modes_disc_in_tube, modes_stripes, volumes_current_above, volumes_stripes
from support.film_references import (
    disc_current_above,
    film_disc_in_tube,
    film_stripes,
    stripes_current_above,
)

IDEAL = math.inf
SHAPES = {"stripes": (film_stripes, modes_stripes), "disc": (film_disc_in_tube, modes_disc_in_tube)}
# Contact fraction or radius ratio, θ of contact and gap, depth.
FILMS = (
    (0.3, 1.0, 0.0, 2.0),
    (0.3, 5.0, 0.2, 0.3),
    (0.5, 3 + 4j, 0.5j, 1.0),
    (0.7, 0.01, 0.0, 1.0),
    (0.6, 0.5, 2 + 3j, 0.1),
)


def close(found, expected, relative):
    return abs(found - expected) <= relative * abs(expected)


@pytest.mark.parametrize("f", [0.02, 0.3, 0.5, 0.97])
def test_ideal_stripes_are_the_logarithm(f):
    assert close(film_stripes(f, IDEAL), closed_forms.strip_constriction(f, 1, 1), 1e-7)


@pytest.mark.parametrize(("epsilon", "psi"), [(0.1, 0.859414), (0.5, 0.339609), (0.8, 0.067228)])
def test_ideal_disc_is_the_published_one(epsilon, psi):
    # ψ = 4aR with R = (F − depth)/area, a = ε/2, area = π/4; published to six decimals
    assert 8 * epsilon / math.pi * film_disc_in_tube(epsilon, IDEAL).real == pytest.approx(psi, abs=6e-7)


@pytest.mark.parametrize(("epsilon", "depth_over_b"), [(0.3, 0.1), (0.3, 0.3), (0.5, 1.0)])
def test_ideal_disc_on_a_thin_slab(epsilon, depth_over_b):
    expected = alternatives.tube_impedance(epsilon, depth_over_b=depth_over_b) / 2
    assert close(film_disc_in_tube(epsilon, IDEAL, depth=depth_over_b / 2), expected, 1e-8)


def test_ideal_contact_beside_a_gap():
    # That expansion is cut after so many modes: its error is |θ_g|/(π · modes)², 1e-9.
    expected = alternatives.tube_impedance(0.5, (1 + 2j) / 2) / 2
    assert close(film_disc_in_tube(0.5, IDEAL, 1 + 2j), expected, 1e-8)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("size", "theta_c", "theta_g", "depth"), FILMS)
def test_two_methods_agree(shape, size, theta_c, theta_g, depth):
    one, other = (way(size, theta_c, theta_g, depth) for way in SHAPES[shape])
    # of the modes: ln N/N³ times the square of the jump; measured at most 1.2e-9 here
    assert close(one, other, 5e-9)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("size", "theta_c", "theta_g", "depth"),
    [(0.03, 1e3 + 1e3j, 1e-3j, 0.05), (0.9, 1e-4, 1e-6j, 1.0), (0.3, 1e7j, 10j, math.inf), (0.97, IDEAL, 1.0, 0.02)],
)
def test_more_degrees_change_nothing(shape, size, theta_c, theta_g, depth):
    found = SHAPES[shape][0](size, theta_c, theta_g, depth)
    finer = SHAPES[shape][0](size, theta_c, theta_g, depth, order=10, step=2.0)
    # Measured over 120 random ones, fractions from 0.01 to 0.99: at most 1.8e-7.
    assert close(found, finer, 2e-7)


@pytest.mark.parametrize(("f", "theta_c", "theta_g", "depth"), FILMS[:3])
def test_volumes_agree(f, theta_c, theta_g, depth):
    depth = min(depth, 0.5)
    coarse, fine = (volumes_stripes(f, theta_c, theta_g, depth, cells) for cells in (40, 80))
    exact = film_stripes(f, theta_c, theta_g, depth)
    assert close(fine, exact, 1e-3)
    assert abs(fine - exact) < 0.4 * abs(coarse - exact)  # second order but for a logarithm at the rim


def test_contact_and_gap_of_stripes_may_be_exchanged():
    assert close(film_stripes(0.3, 20.0, 0.5j, 0.4), film_stripes(0.7, 0.5j, 20.0, 0.4), 1e-8)


@pytest.mark.parametrize("way", [film_stripes, film_disc_in_tube])
def test_full_contact_and_no_contact(way):
    assert way(1.0, 3j) == 1 / 3j
    assert way(1.0, IDEAL) == 0
    assert way(0.5, 0.0, 0.0).real == math.inf
    # the same law everywhere: nothing is constricted
    assert close(way(0.4, 2 + 1j, 2 + 1j, 0.3), 1 / (2 + 1j), 1e-8)


@pytest.mark.parametrize("theta", [1e-5, 1.0, 30.0, 1e5])
def test_stripes_lie_within_bounds(theta):
    low, high = film_limits.stripes_bounds(0.3, theta)
    # 1e-9: where the bounds meet
    assert low * (1 - 1e-9) < film_stripes(0.3, theta).real < high * (1 + 1e-9)


def test_film_much_poorer_than_the_slab():
    assert close(film_stripes(0.2, 1e-6), film_limits.series_film(0.2, 1e-6), 1e-5)
    assert close(film_disc_in_tube(0.4, 1e-6, depth=0.5), film_limits.series_film(0.16, 1e-6), 1e-5)


@pytest.mark.parametrize("way", [film_stripes, film_disc_in_tube])
def test_film_much_better_than_the_slab(way):
    # The film is felt as ln(θ)/θ.
    assert close(way(0.3, 1e9), way(0.3, IDEAL), 1e-6)


@pytest.mark.parametrize("film", [0.1, 1.0, 10.0, 100.0])
def test_small_disc_is_on_a_half_space(film):
    radius = 0.01
    theta = film / radius
    half_space = film_limits.film_disc_on_half_space(radius, theta)
    low, high = film_limits.half_space_disc_bounds(radius, theta)
    assert low < half_space < high
    more = (film_disc_in_tube(2 * radius, theta) - film_disc_in_tube(2 * radius, IDEAL)) * 4 / math.pi
    # The wall takes the same from both but for (a/b)³ = 8e-6.
    assert close(more, half_space - 1 / (4 * radius), 1e-5)


def test_half_space_limits():
    assert film_limits.film_disc_on_half_space(0.01, 1e7, terms=400) == pytest.approx(25, rel=1e-4)
    low, high = film_limits.half_space_disc_bounds(0.01, 1e-3)
    assert film_limits.film_disc_on_half_space(0.01, 1e-3) == pytest.approx(high, rel=1e-9)
    assert low < high


def test_current_above_ideal_stripes():
    multiples = (1.0, 1.5, 2.0, 5.0, 10.0)
    for x, found in zip(multiples, stripes_current_above(0.3, IDEAL, multiples), strict=True):
        assert tuple(found) == pytest.approx(film_limits.ideal_stripes_above(0.3, x), rel=2e-7)


def test_current_above_ideal_disc():
    multiples = (0.4, 0.6, 1.0, 2.0, 5.0, 10.0)
    for x, found in zip(multiples, disc_current_above(0.02, IDEAL, multiples), strict=True):
        # Nearly alone: the wall changes the density by (a/b)³ = 8e-6.
        assert tuple(found) == pytest.approx(film_limits.ideal_disc_above(x), rel=3e-5)


def test_current_above_a_film():
    every, most, none = stripes_current_above(0.3, 2.0, (0.5, 1.0, 2.0))
    assert tuple(every) == pytest.approx((1, 1))
    assert 0 < most.area < most.current < 1
    assert none == (0, 0)


@pytest.mark.parametrize("above", [stripes_current_above, disc_current_above])
def test_current_above_a_good_film_is_the_ideal_contacts(above):
    (good,), (ideal,) = (above(0.5, theta, (2.0,), theta_g=0.1, depth=0.3) for theta in (1e8, IDEAL))
    assert tuple(good) == pytest.approx(tuple(ideal), rel=1e-4)


@pytest.mark.parametrize(("theta", "multiple"), [(3.0, 1.0), (30.0, 1.3)])
def test_current_above_a_film_in_volumes(theta, multiple):
    (found,) = stripes_current_above(0.4, theta, (multiple,), depth=0.5)
    # measured 1.4e-3 at most, twice that with half the squares
    assert volumes_current_above(0.4, theta, multiple, 0.5, 80) == pytest.approx(tuple(found), abs=2e-3)
