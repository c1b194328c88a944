"""A disc or a pore on the axis of a tube whose contact has a film, by the expansion of `transforms/tube_films`.

Exact: tests/support/film_references.py, which solves the rectangle around the rim in logarithmic polar coordinates and
shares nothing with Bessel functions: 1e-7 or better. Limits: a good film is the ideal contact, whose expansion is
older and has references of its own; a poor one is 1/(fθ); finite elements where a whole case is run.
"""

import math
from functools import cache

import numpy as np
import pytest
from cases import tube
from support.together import simulate_together
from support.tube_cases import TubeCase, measure, random_case

from constriction import parse_case
from constriction.field.reduction.curves import Curve
from constriction.field.response import Goal
from constriction.field.transforms import tube_films
from constriction.field.transforms.convergence import converge
from constriction.field.transforms.tube_films import solve_tube_film
from constriction.field.transforms.tubes import converge_tube
from constriction.simulation.cross_check import CrossCheck, twin

MEMORY = 4e9
FILMS = (
    Curve(np.array([[3 + 3j, 0.1j], [40j, 1j]]), np.array([3.0, 0.0]), True),
    Curve(np.array([[1e3 + 1e3j, 300j], [1e4j, 1e3j]]), np.array([1e3, 0.0]), True),
    Curve(np.array([[1e5 + 1j, 5.0], [30 - 30j, 10 + 10j]]), np.array([10.0, 2.0]), True),
    Curve(np.array([[0.01j, 1e-3j], [100j, 10j]]), None, True),
)
TUBES = (
    (0.05, False, 4.0),
    (0.95, False, 0.3),
    (0.3, False, 0.05),
    (0.6, False, 4.0),
    (0.3, True, 4.0),
    (0.9, True, 0.1),
)
# Within a few seconds the ideal contact of the first two does not get to 1e-5 either.
GOALS = [(*one, goal) for goal in (1e-3, 1e-4, 1e-5) for one in (TUBES[2:] if goal == 1e-5 else TUBES)]


def quietly(message):
    pass


@cache
def exact(ratio, pore, depth):
    """F − depth at every θ of every film."""
    return [TubeCase(ratio, pore, depth, curve, 0.0).exact() for curve in FILMS]


@pytest.mark.parametrize(("ratio", "pore", "depth", "goal"), GOALS)
def test_error_bar_covers_the_true_error(ratio, pore, depth, goal):
    layout = TubeCase(ratio, pore, depth, FILMS[0], goal).layout
    response = converge(layout, depth, Goal(goal, MEMORY, FILMS), quietly)
    for curve, values in zip(FILMS, exact(ratio, pore, depth), strict=True):
        bars = response.errors(curve)
        assert np.all(np.abs(response(curve.every) - values) <= bars)
        assert np.all(bars <= goal * curve.scale(response))


@pytest.mark.parametrize("seed", range(24))
def test_random_films(seed):
    """Tubes, films, gaps and goals as they come; how many more were measured stands in docs/numerics/transforms.md."""
    found = measure(random_case(np.random.default_rng(seed), narrowest=0.1))
    assert found.true <= 1.0 and found.asked <= 1.0


@pytest.mark.parametrize("pore", [False, True])
def test_a_good_film_is_the_ideal_contact(pore):
    """To the error of both, however good: no digit is lost to a θ of 1e16."""
    layout = TubeCase(0.5, pore, 1.0, FILMS[0], 1e-5).layout
    ideal = converge_tube(layout, 1.0, Goal(1e-5, MEMORY), quietly)
    film = converge(layout, 1.0, Goal(1e-5, MEMORY, FILMS), quietly)
    for theta in (1e10, 1e13, 1e16):
        assert film(np.array([theta, 0.0])).real == pytest.approx(ideal.constriction, rel=2e-6)
    assert film.constriction == pytest.approx(ideal.constriction, rel=2e-6)
    assert film.stored == pytest.approx(ideal.stored, rel=1e-4)  # no error bar asks for it


@pytest.mark.parametrize("pore", [False, True])
def test_a_poor_film_takes_all(pore):
    """F − depth → 1/(fθ), but for a spread of the current that does not go with 1/θ: here less than 1."""
    layout = TubeCase(0.4, pore, 1.0, FILMS[0], 1e-3).layout
    response = converge(layout, 1.0, Goal(1e-3, MEMORY, FILMS), quietly)
    for theta in (1e-6, 1e-9):
        exact = 1 / (layout.contact_fraction * theta)
        assert abs(response(np.array([theta, 0.0])) - exact) <= 1.0
        assert response(np.array([theta, theta])).real == pytest.approx(1 / theta, rel=1e-9)


def test_modes_left_out_add_what_the_tail_says(monkeypatch):
    """Thrice the modes draw more by two thirds of the tail, and with the rest of it as much as before.

    Polynomials, whose tail is the longest; what it leaves is of the third order in 1/modes.
    """
    layout = TubeCase(0.37, False, 1.0, FILMS[0], 1e-3).layout
    fields, sums, tails = [], [], []
    drawn, tail = tube_films._drawn, tube_films._tail

    def recorded(a, depth, modes, given, points):
        fields.append(given)
        found = drawn(a, depth, modes, given, points)
        sums.append(found @ found.T)
        return found

    def recorded_tail(a, last, given):
        tails.append(tail(a, last, given))
        return tails[-1]

    monkeypatch.setattr(tube_films, "_drawn", recorded)
    monkeypatch.setattr(tube_films, "_tail", recorded_tail)
    for modes in (20.0, 60.0):
        monkeypatch.setattr(tube_films, "MODES", modes)
        solve_tube_film(layout, 1.0, 4, Goal(1e-3, MEMORY, FILMS))
    some = np.ix_(fields[0].rounding == 0, fields[0].rounding == 0)
    size = np.sqrt(np.diag(tails[0][some]))
    more, rest = ((one[1] - one[0])[some] / np.outer(size, size) for one in (sums, tails))
    np.testing.assert_allclose(np.diag(more), 2 / 3, rtol=0.1)  # the first order alone
    np.testing.assert_allclose(more + rest, 0.0, atol=5e-3)


def test_roots_outside_and_inside_do_not_mix():
    """α√x outside and β√|x| inside: α² + β² in the first order, the phases being three quarters of a turn apart."""
    here, there = 3.0, 2.0
    field = tube_films._Fields(
        np.zeros((3, 0)), np.array([here, -1j * there, here - 1j * there]), np.zeros(3) + 0j, np.zeros(3), np.zeros(3)
    )
    last = 1e6
    found = tube_films._tail(0.2, last, field) * last
    assert found[2, 2] == pytest.approx(found[0, 0] + found[1, 1], rel=1e-4)
    assert found[0, 0] / here**2 == pytest.approx(0.2 / (2 * 0.5**2), rel=1e-4)  # as in `tubes`


def test_the_model_is_passive():
    for ratio, pore, depth in TUBES[3:5]:
        layout = TubeCase(ratio, pore, depth, FILMS[0], 1e-3).layout
        goal = Goal(1e-3, MEMORY, FILMS, direct=True)
        solution = solve_tube_film(layout, depth, 9, goal)
        for matrix in solution.model.matrices:
            np.testing.assert_allclose(matrix, matrix.T, rtol=0, atol=1e-13)
            assert np.linalg.eigvalsh(matrix)[0] >= -1e-13
        assert np.all(solution.model.interface(goal.points).real > 0)
        np.testing.assert_allclose(solution.direct, solution.model.interface(goal.points), rtol=1e-12)


CONTACTS = (
    {"law": "p(R1,C1)", "R1": "0.5 ohm cm2", "C1": "20 uF/cm2"},
    {"law": "R1", "R1": "1e-3 ohm cm2"},
    {"law": "Q1", "Q1": "20 uS s^0.9/cm2", "a1": 0.9},
)


SOLVED_TWICE = {"disc": tube(0.2), "pore": tube(0.6, inverted=True)}


@cache
def checks_of(name):
    """Both methods' results with each contact."""
    shared = {"gap": {"height": "20 nm", "model": "thin"}, "accuracy": {"relative_error": 2e-3}}
    cases = [parse_case({"interface": SOLVED_TWICE[name], "contact": one, **shared}) for one in CONTACTS]
    both = simulate_together(cases), simulate_together(list(map(twin, cases)))
    return list(map(CrossCheck, *both))


@pytest.mark.parametrize("contact", CONTACTS, ids=[contact["law"] for contact in CONTACTS])
@pytest.mark.parametrize("name", SOLVED_TWICE)
def test_finite_elements_agree(name, contact):
    check = checks_of(name)[CONTACTS.index(contact)]
    assert check.agrees, check.record()
    assert check.asked.accuracy_reached and check.other.accuracy_reached
    assert math.isclose(check.asked.C_low, check.other.C_low, rel_tol=1e-2)
    assert (check.other.R_cstr is None) == (contact["law"] == "Q1")  # which lets no direct current pass
