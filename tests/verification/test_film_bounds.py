"""Two-sided bounds on F(θ) with a film on the contacts and a leaking gap, at real θ.

Problem: the cells of test_bounds.py, with ∂φ/∂n = θφ on the contacts and in the gap. Exact answers: stripes and discs
in a tube from tests/support/film_references.py, one θ everywhere (F − depth = 1/θ, whatever the pattern), an ideal
contact for θ → ∞ and 1/(θf) for θ → 0. For 40 random films and patterns the bounds of a coarse mesh hold the value
that the finest meshes give.
"""

import math

import numpy as np
import pytest
from cases import CONDUCTOR, HEXAGONAL, PORES, SQUARE, STRIPES, tube
from support.bounded_cells import LEVEL, Solved
from support.film_references import film_disc_in_tube, film_stripes

from constriction import Options, parse_case, simulate
from constriction.base.errors import InputError
from constriction.field.bounds import interface as faces_with_law
from constriction.field.bounds.fluxes import CORNERS, Quadrature
from constriction.field.reduction.curves import Curve
from constriction.geometry.cell import lay_out
from constriction.simulation.simulate import solve_geometry

WIDTH = 8e-3  # of F − depth without a leak, on the mesh that 1e-3 asks for; measured: at most 7e-3, at θ = 1000
SIDE = 3e-6  # what the side of a circular cell, inside the cylinder, makes of F − depth (docs/numerics/bounds.md)
FILMS = [1e-3, 1.0, 30.0, 1e3, 1e6]
LEAKS = [0.0, 1.0, 30.0]


def with_laws(interface, theta_contact=None, theta_gap=0.0, **accuracy):
    """A case of σ = 1 S/m whose laws are resistances with these θ."""
    pitch = float(interface["pitch"].removesuffix(" mm")) * 1e-3
    data = {
        "electrolyte": {**CONDUCTOR, "thickness": "6 mm"},
        "interface": interface,
        "gap": {"height": "none"},
        "sweep": {"from": "1 MHz", "to": "1 Hz", "points_per_decade": 1},
        "accuracy": accuracy,
    }
    if theta_contact is not None:
        data["contact"] = {"law": "R1", "R1": f"{pitch / theta_contact * 1e4!r} ohm cm2"}
    if theta_gap:
        data["gap"] |= {"law": "R1", "R1": f"{pitch / theta_gap * 1e4!r} ohm cm2"}
    return parse_case(data)


# --- exact values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fraction", [0.05, 0.3, 0.8])
def test_stripes(fraction):
    solved = Solved({**STRIPES, "contact_fraction": fraction}, LEVEL, (1.0, 0.0))
    for contact in FILMS:
        for gap in LEAKS:
            lower, upper = solved.change(contact, gap).bounds().interface
            exact, tight = (film_stripes(fraction, contact, one, 6.0).real for one in (gap, 0.0))
            assert lower - 1e-9 * exact <= exact <= upper + 1e-9 * exact  # as well as the reference is known
            assert upper - lower <= WIDTH * tight


@pytest.mark.parametrize("radius_ratio", [0.1, 0.3, 0.7])
def test_disc_in_a_tube(radius_ratio):
    solved = Solved(tube(radius_ratio**2), LEVEL, (1.0, 0.0))
    for contact in FILMS:
        for gap in LEAKS:
            lower, upper = solved.change(contact, gap).bounds().interface
            exact, tight = (film_disc_in_tube(radius_ratio, contact, one, 3.0).real for one in (gap, 0.0))
            assert lower * (1 - SIDE) <= exact <= upper * (1 + SIDE)
            assert upper - lower <= WIDTH * tight


@pytest.mark.parametrize("interface", [SQUARE, STRIPES, PORES], ids=lambda one: one["pattern"])
@pytest.mark.parametrize("theta", [1e-3, 1.0, 1e3])
def test_one_law_everywhere_is_known_whatever_the_pattern(interface, theta):
    """The potential is exact but for rounding.

    An even flux is not linear in cells at rims: 1e-3 of the slab's depth of a pitch, and where θ is small 5e-6 of 1/θ.
    """
    bounds = Solved(interface, 1.0, (theta, theta)).bounds()
    lower, upper = bounds.interface
    assert lower <= 1 / theta <= upper
    assert 1 / theta - lower <= 1e-11 * bounds.upper
    assert upper - lower <= 1e-3 + 5e-6 / theta


@pytest.mark.parametrize(("interface", "width"), [(STRIPES, 5e-4), (SQUARE, 3e-3), (tube(0.09), 2e-3)], ids=str)
def test_ever_better_films_end_in_an_ideal_contact(interface, width):
    """Below, the bounds are the same; above, the four powers of the further fluxes leave 2e-4 of F − depth."""
    (ideal_lower, ideal_upper), (lower, upper) = (
        Solved(interface, LEVEL, theta).bounds().interface for theta in ((0.0,), (1e9, 0.0))
    )
    assert lower == pytest.approx(ideal_lower, rel=1e-6)
    assert ideal_upper <= upper <= ideal_upper * (1 + 3e-4)
    assert upper - lower <= width * lower


def test_ever_worse_films_let_pass_what_their_area_does():
    """F → 1/(θf); R_cstr less that tends to a constant, which is therefore bounded only relative to 1/θ."""
    solved = Solved(HEXAGONAL, LEVEL, (1.0, 0.0))
    fraction = lay_out(parse_case({"interface": HEXAGONAL}).interface).contact_fraction
    for theta in (1e-2, 1e-3, 1e-4):
        lower, upper = solved.change(theta, 0.0).bounds().interface
        assert 0 < lower * theta * fraction - 1 < 2 * theta
        assert upper - lower <= 1e-5 * lower


def test_a_contact_that_blocks_beside_a_gap_that_leaks():
    """Pores turn the two round, and the bounds are the same."""
    lower, upper = Solved({**STRIPES, "contact_fraction": 0.3}, LEVEL, (0.0, 2.0)).bounds().interface
    exact = film_stripes(0.7, 2.0, 0.0, 6.0).real
    assert lower <= exact <= upper
    assert upper - lower <= WIDTH * exact


def test_f_falls_with_either_law():
    solved = Solved(SQUARE, 1.0, (1.0, 0.0))
    for walk in ([(1.0, g) for g in (0.0, 0.1, 1.0, 10.0)], [(c, 0.1) for c in (0.01, 1.0, 10.0, 1e3)]):
        ranges = [solved.change(*theta).bounds().interface for theta in walk]
        assert all(low[1] < high[0] for high, low in zip(ranges, ranges[1:], strict=False))


@pytest.mark.parametrize("theta", [(0.1, 0.0), (30.0, 0.0), (30.0, 1.0)], ids=str)
@pytest.mark.parametrize("interface", [STRIPES, SQUARE], ids=lambda one: one["pattern"])
def test_bounds_close_in_and_agree(interface, theta):
    found = [Solved(interface, factor * LEVEL, theta).bounds().interface for factor in (4, 2, 1)]
    distances = [upper - lower for lower, upper in found]
    assert distances[1] < 0.7 * distances[0]
    assert distances[2] < 0.7 * distances[1]
    assert max(lower for lower, _ in found) < min(upper for _, upper in found)


# --- random films and patterns --------------------------------------------------------------------------------------


def random_interface(random):
    """One of seven sorts of pattern."""
    f = round(float(random.uniform(0.05, 0.6)), 3)
    return (
        {**STRIPES, "contact_fraction": f, "inverted": bool(random.integers(2))},
        {**SQUARE, "contact_fraction": f},
        {**SQUARE, "contact_fraction": f, "shape": "square"},
        {**HEXAGONAL, "contact_fraction": f},
        {**PORES, "contact_fraction": round(1 - f / 2, 3)},
        tube(f),
        {"pattern": "random", "pitch": "1 mm", "contact_fraction": round(f / 2, 3), "spots": 2, "seed": int(10 * f)},
    )[random.integers(7)]


# Every other of forty: all of them take two minutes.
@pytest.mark.parametrize("number", range(0, 40, 2))
def test_the_finest_value_lies_between(number):
    """θ of the film from 1e-3 to 1e6, of the gap 0 or 1e-3 to 100; the finest value has a bar of 1e-3 or less.

    What the value may lie outside by is the bound on its reduced model's error, and the side of a circular cell.
    """
    random = np.random.default_rng(number)
    interface, contact = random_interface(random), 10 ** float(random.uniform(-3, 6))
    gap = 10 ** float(random.uniform(-3, 2)) if random.integers(2) else 0.0
    lower, upper = Solved(interface, 1.3, (contact, gap)).bounds().interface
    finest = simulate(with_laws(interface, contact, gap, relative_error=1e-3))
    value = float(finest.response(np.array([contact, gap])).real)
    slack = finest.response.fine.model.error + (SIDE * value if "cell_shape" in interface else 0.0)
    assert lower - slack <= value <= upper + slack
    assert upper - lower <= 0.03 * value


# --- in a run -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("contact", "gap"), [(None, 3.0), (0.02, 0.0), (20.0, 0.3), (1e5, 0.0)])
def test_a_result_lies_between_its_bounds(contact, gap):
    case = with_laws(SQUARE, contact, gap, bounds=True)
    result = simulate(case)
    lower, upper = result.R_cstr_bounds
    assert lower <= result.R_cstr <= upper
    assert upper - lower <= WIDTH * (result.R_cstr + (0.0 if contact is None else 1e-3 / contact))
    (bounds,) = result.response.fine.bounds
    np.testing.assert_allclose(bounds.theta, [gap] if contact is None else [contact, gap], rtol=1e-12)
    full = 0.0 if contact is None else 1 / contact
    assert (lower, upper) == pytest.approx(tuple(1e-3 * (one - full) for one in bounds.interface), rel=1e-9)
    alone = simulate(with_laws(SQUARE, contact, gap))
    assert abs(alone.R_cstr - result.R_cstr) <= alone.R_cstr_error + result.R_cstr_error


@pytest.mark.parametrize(("fraction", "contact", "gap"), [(1, 2.0, 0.0), (1, None, 0.0), (0, None, 2.0), (0, 3.0, 2.0)])
def test_one_region_leaves_nothing_between(fraction, contact, gap):
    result = simulate(with_laws({**SQUARE, "contact_fraction": fraction}, contact, gap, bounds=True))
    assert result.R_cstr_bounds == pytest.approx((result.R_cstr, result.R_cstr), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("interface", "laws", "where"),
    [
        (SQUARE, {"contact": {"law": "C1", "C1": "1 uF/cm2"}}, "interface"),
        (
            SQUARE,
            {"contact": {"law": "C1", "C1": "1 uF/cm2"}, "gap": {"law": "R1", "R1": "1 ohm cm2", "height": "none"}},
            "contact",
        ),
        ({**SQUARE, "contact_fraction": 0}, {"gap": {"law": "C", "height": "10 nm"}}, "interface"),
    ],
    ids=["film", "film beside a leak", "no contact"],
)
def test_what_diverges_has_no_bounds(interface, laws, where):
    data = {"interface": interface, "accuracy": {"relative_error": 0.1}, **laws}
    assert simulate(parse_case(data)).R_cstr_bounds is None
    data["accuracy"]["bounds"] = True
    message = rf"accuracy.bounds = true: there is no R_cstr to bound, as no direct current passes through the {where}; "
    with pytest.raises(InputError, match=message):
        simulate(parse_case(data))


def test_every_law_of_one_geometry_has_bounds():
    """And one that blocks has none."""
    case = with_laws(SQUARE, 1.0, bounds=True, relative_error=0.01)
    layout, points = lay_out(case.interface), np.zeros((0, 2), dtype=complex)
    at_rest = [np.array(one) for one in ([1.0, 0.1], [30.0, 0.5], [1.0, 0.1], [0.0, 0.5])]
    curves = [Curve(points, one, film=True) for one in at_rest] + [Curve(points, None, film=True)]
    response = solve_geometry(case, layout, tuple(curves), Options())
    assert len(response.fine.bounds) == 2
    for one in at_rest[:2]:
        lower, upper = response.bounds_at(one)
        assert lower <= response(one).real <= upper
        cell = Solved(SQUARE, response.fine.fineness, tuple(one), thickness="6 mm", rings=response.fine.rings)
        alone = cell.bounds().interface
        assert (lower, upper) == pytest.approx(alone, rel=1e-4)
    assert response.bounds_at(at_rest[3]) is None


# --- what makes them hold -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["edge", "corner"])
def test_further_fluxes_have_no_sources_and_pass_one_face_only(kind):
    """Corners 0, 1, 2 are the face's; 0 and 1 or 2 are on the rim, where nothing may pass nor run along an edge."""
    made = {"edge": faces_with_law._at_edge, "corner": faces_with_law._at_corner}[kind](Quadrature())
    gradients = np.vstack([-np.ones(3), np.eye(3)])
    places = np.random.default_rng(1).dirichlet([2.0] * 4, 50)
    step, divergence = 1e-6, 0.0
    for direction in range(3):
        shift = step * gradients[:, direction]
        divergence += (made.further(places + shift) - made.further(places - shift))[..., direction] / (2 * step)
    assert np.max(np.abs(divergence)) <= 1e-7
    for face in range(3):
        on_it = np.zeros((50, 4))
        on_it[:, CORNERS[face]] = np.random.default_rng(face).dirichlet([2.0] * 3, 50)
        assert np.max(np.abs(made.further(on_it) @ gradients[face])) <= 1e-12
    density = made.further(np.pad(made.surface.places, ((0, 0), (0, 1)))) @ gradients[3]
    np.testing.assert_allclose(made.surface.weights @ density, 0, atol=1e-12)
    on_rim = np.array([[0.3, 0.7, 0, 0]] if kind == "edge" else [[0, 0, 1.0, 0]])
    through = made.further(on_rim)
    assert np.max(np.abs(through if kind == "edge" else through @ gradients[3])) <= 1e-12
    assert made.surface.weights.sum() == pytest.approx(0.5)
    assert made.rule.weights.sum() == pytest.approx(1 / 6)
    assert math.isclose(made.rule.places.sum(), len(made.rule.weights))
