"""Many discs on grids of pixels, beside unknowns on the contacts alone (`support/contact_unknowns.py`).

At rest these are exact to some 1e-5 however many discs there are, and share nothing with pixels; they are themselves
held against the sums over lattices of tests/alternatives.py.
"""

import math

import numpy as np
import pytest
from alternatives import lattice_constriction
from cases import case_of
from support.contact_unknowns import constriction_of_discs
from support.ratios import ratio_curve

from constriction.field.response import Goal
from constriction.field.transforms import gradients
from constriction.field.transforms.convergence import converge, solve_grid
from constriction.field.transforms.gradients import solve
from constriction.field.transforms.grids import plate_of, raster_of
from constriction.geometry.cell import lay_out

CURVE = ratio_curve(1j * np.logspace(-2, 2, 21))
MEMORY = 4e9
DEEP = 5.0


def quietly(message):
    pass


def discs(spots, fraction, seed, **more):
    words = {"pattern": "random", "contact_fraction": fraction, "spots": spots, "seed": seed, "pitch": "1 mm"}
    return lay_out(case_of({**words, **more}).interface)


@pytest.mark.parametrize("fraction", [0.05, 0.3, 0.6])
def test_contact_unknowns_of_a_lattice(fraction):
    """A disc between mirrors is a square lattice; the series in l converges beyond the sum over the lattice."""
    layout = lay_out(case_of({"pattern": "square", "contact_fraction": fraction, "pitch": "1 mm"}).interface)
    radius = math.sqrt(fraction / math.pi)
    one = [["0.5 mm", "0.5 mm", f"{radius} mm"]]
    centred = lay_out(case_of({"pattern": "list", "cell": ["1 mm", "1 mm"], "discs": one}).interface)
    assert centred.contact_fraction == pytest.approx(layout.contact_fraction, rel=1e-9)
    found = constriction_of_discs(centred, DEEP, order=8)
    assert found * centred.pitch / layout.pitch == pytest.approx(lattice_constriction(radius, 90), rel=1e-5)


@pytest.mark.parametrize(
    ("spots", "fraction", "depth", "asked"),
    [(9, 0.3, DEEP, 1e-3), (49, 0.05, DEEP, 3e-3), (100, 0.2, 0.5, 1e-3), (36, 0.45, DEEP, 1e-3)],
)
def test_error_bars_of_random_discs_cover_the_error(spots, fraction, depth, asked):
    layout = discs(spots, fraction, spots + 7)
    exact = constriction_of_discs(layout, depth)
    response = converge(layout, depth, Goal(asked, MEMORY, (CURVE,)), quietly)
    bar = response.errors(CURVE)[0]
    assert abs(response.constriction - exact) < bar + 3e-5 * exact
    assert bar < asked * exact


def test_the_first_grids_of_very_many_discs_will_do():
    """What the noise of many spots leaves falls with their number, what goes with the pixel's area does not."""
    layout = discs(1500, 0.2, 3)
    response = converge(layout, DEEP, Goal(3e-3, MEMORY, (CURVE,)), quietly)
    assert len(response.solutions) == 4
    bar = response.errors(CURVE)[0]
    exact = constriction_of_discs(layout, DEEP, order=3)  # to 1e-4
    assert abs(response.constriction - exact) < bar
    assert bar < 3e-3 * exact


def test_single_precision_leaves_nothing(monkeypatch):
    """Steps in single precision, measured in double: the same F, also where the gap takes nearly all current."""
    layout, found = discs(16, 0.2, 5), []
    theta = 1j * np.logspace(-3, 4, 15)[:, None]
    for first in (0, math.inf):
        monkeypatch.setattr(gradients, "SINGLE_FROM", first)
        found.append(solve_grid(layout, DEEP, 20_000, Goal(1e-3, MEMORY, (CURVE,))).model)
    single, double = found
    assert single.constriction == pytest.approx(double.constriction, rel=1e-8)
    np.testing.assert_allclose(single.interface(theta), double.interface(theta), atol=1e-7 * double.constriction)
    assert single.error == pytest.approx(double.error, rel=0.01)


def test_single_precision_gives_way_to_double(monkeypatch):
    """Fields are double; a tolerance that rounding would not let through, or a film, is solved in double."""
    layout, precisions = discs(9, 0.2, 5), []
    steps = gradients._conjugate_gradients
    monkeypatch.setattr(gradients, "SINGLE_FROM", 0)
    monkeypatch.setattr(
        gradients,
        "_conjugate_gradients",
        lambda plate, *rest: precisions.append(plate.symbol.dtype) or steps(plate, *rest),
    )
    plain, film = (plate_of(layout, DEEP, raster_of(layout, 5_000), film) for film in (False, True))
    for plate, theta, tolerance in (
        (plain, np.array([3j]), 1e-7),
        (plain, np.array([3j]), 1e-11),
        (film, np.array([2.0, 1.0]), 1e-7),
    ):
        assert solve(plate, theta, tolerance).field.dtype == np.result_type(theta, np.float64)
    assert precisions == [np.float32, np.float64, np.float64]
