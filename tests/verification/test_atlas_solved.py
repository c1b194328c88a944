"""The shipped atlas against interfaces solved anew, and against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from atlas_errors import ALLOWED, drawn, drawn_zone, error_at, zone_error_at

from constriction import parse_case, simulate
from constriction.field.reduction.curves import Curve
from constriction.field.response import AT_REST
from constriction.interpret.atlas import Atlas, load_atlas
from constriction.interpret.atlas.atlas import PatternTable
from constriction.interpret.atlas.axes import TableAxis
from constriction.interpret.atlas.building import FILMS, RECIPES
from constriction.interpret.atlas.scattered import SCATTERED
from constriction.interpret.atlas.solving import film_scale, pairs, response_of, solve_point
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel
from constriction.interpret.model.space import ScoreSpace
from constriction.interpret.model.unknowns import BOUNDARIES, BULK


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.pattern)
def test_an_interface_that_the_atlas_was_not_made_of(recipe, number):
    share, depth = drawn(recipe, np.random.default_rng([number, len(recipe.pattern)]))
    at_rest, on_theta, _ = error_at(recipe, share, depth, relative_error=2e-3)
    assert max(at_rest, on_theta) < ALLOWED


@pytest.mark.parametrize("share", [0.005, 0.03, 0.2, 0.6, 0.97])
def test_stripes_on_a_deep_slab_have_their_closed_form(share):
    """F(0) − d = −ln(sin(πf/2))/π: two-dimensional, by a conformal map."""
    rest = load_atlas().interface("stripes", np.array([share]), np.array([3.0]), np.zeros((1, 1), complex))[0, 0]
    assert rest.real == pytest.approx(-np.log(np.sin(np.pi * share / 2)) / np.pi, rel=3e-3)


@pytest.mark.parametrize("pattern", ["hexagonal", "square", "stripes", "pores"])
def test_on_a_thin_slab_current_flows_straight(pattern):
    """F(0) = d/f where the slab is far thinner than contacts and ways between them: the excess is d(1/f − 1)."""
    share, depth = np.array([0.5]), np.array([0.02])
    rest = load_atlas().interface(pattern, share, depth, np.zeros((1, 1), complex))[0, 0].real
    assert rest == pytest.approx(0.02 * (1 / 0.5 - 1), rel=0.15)
    assert rest < 0.02


@pytest.mark.parametrize("pattern", load_atlas().patterns)
def test_more_contact_constricts_less_and_a_shorted_gap_not_at_all(pattern):
    share = np.linspace(*load_atlas().limits(pattern), 40)
    gap = np.tile([0, 1e4j], (40, 1))
    found = load_atlas().interface(pattern, share, np.full(40, 0.7), gap)
    assert np.all(np.diff(found[:, 0].real) < 0)
    assert np.all(np.abs(found[:, 1]) < 0.02 * found[:, 0].real + 1e-3)


@pytest.mark.parametrize("recipe", SCATTERED, ids=lambda recipe: recipe.pattern)
def test_cells_that_a_table_at_random_was_not_made_of(recipe):
    """Their mean over seeds is the table's within four standard errors, and they differ as much as it says.

    At rest only, which takes a fifth of the time of all that a table wants.
    """
    share, depth, seeds = 0.04, 0.6, range(5001, 5013)
    rests = np.array([response_of(recipe.case(share, depth, seed), (AT_REST,)).constriction for seed in seeds])
    assert np.exp(solve_point(recipe, share, depth, seeds[0]).rest) == pytest.approx(rests[0], rel=1e-5)
    at = np.array([share]), np.array([depth])
    mean = load_atlas().interface(recipe.pattern, *at, np.zeros((1, 1), complex))[0, 0].real
    spread = load_atlas().spread(recipe.pattern, *at)[0]
    assert rests.mean() == pytest.approx(mean, rel=4 * spread * (1 / len(seeds) + 10 / 256) ** 0.5)
    assert 0.5 < rests.std(ddof=1) / rests.mean() / spread < 2


def test_a_film_on_stripes_is_what_was_solved_and_has_its_limits():
    """One point of a table of films: at θ that it was not fitted at, where both laws are alike, and ideal contacts."""
    recipe = next(one for one in FILMS if one.pattern == "stripes")
    share, depth = 0.3, 0.5
    point = solve_point(recipe, share, depth)
    axes = TableAxis("logit", share, share + 1e-9, 1), TableAxis("log", depth, depth + 1e-9, 1)
    rest, residues = (np.array(part)[None, None] for part in (point.rest, point.residues))
    atlas = Atlas({}, {"stripes": PatternTable("stripes", *axes, rest, residues)})
    at = np.array([share]), np.array([depth])

    contact, gap = pairs(np.array([0.2, 3 - 1j, 20j]), np.array([0.05, 0.7j, 8 + 8j])).T[:, None]
    found = atlas.interface("stripes", *at, gap, contact)[0]
    asked = Curve(np.stack([contact[0], gap[0]], axis=-1), np.array([0.2, 0.0]), True)
    solved = response_of(recipe.case(share, depth), (asked,))(asked.points)
    assert np.all(np.abs(found - solved) < 1e-2 * film_scale(np.array(share), contact[0], np.exp(point.rest), solved))

    alike = np.array([[0.3, 2 + 1j, 9j]])
    assert atlas.interface("stripes", *at, alike, alike) == pytest.approx(1 / alike)
    ideal = load_atlas().interface("stripes", *at, gap)[0]
    assert np.abs(atlas.interface("stripes", *at, gap, np.full_like(gap, 1e7))[0] - ideal).max() < 5e-3 * ideal[0].real


@pytest.mark.parametrize("number", range(4))
def test_a_filmed_interface_that_the_atlas_was_not_made_of(number):
    recipe = next(one for one in FILMS if one.pattern == "stripes")
    share, depth = drawn(recipe, np.random.default_rng([number, 1]))
    at_rest, on_theta, _ = error_at(recipe, share, depth, relative_error=2e-3)
    assert max(at_rest, on_theta) < ALLOWED


@pytest.mark.parametrize(("pattern", "share", "depth"), [("hexagonal", 0.0107, 0.289), ("pores", 0.2122, 0.437)])
def test_filmed_spots_that_the_atlas_was_not_made_of(pattern, share, depth):
    recipe = next(one for one in FILMS if one.pattern == pattern)
    at_rest, on_theta, _ = error_at(recipe, share, depth, relative_error=3e-3)
    assert max(at_rest, on_theta) < ALLOWED


@pytest.mark.parametrize(("pattern", "number"), [("stripes", 0), ("stripes", 1), ("stripes", 2), ("hexagonal", 3)])
def test_a_zone_beside_contacts_is_what_is_solved(pattern, number):
    """The metal is lifted: no table, but sums of Bessel functions, against finite elements on a wedge."""
    at_rest, on_theta, _ = zone_error_at(pattern, *drawn_zone(pattern, np.random.default_rng([number, 7])))
    assert max(at_rest, on_theta) < ALLOWED


MICRO = """
[interface]
pattern = "hexagonal"
contact_fraction = 0.05
pitch = "12 um"
[electrolyte]
thickness = "0.5 mm"
[gap]
height = "5 nm"
"""
UNDER = {
    "lattice_film": ({"law": "p(R1,C1)", "R1": "2 ohm cm2", "C1": "20 nF/cm2"}, {"film_resistance": 2e-4,
                     "film_capacitance": 2e-4, "film_exponent": 1.0}),
    "two_levels": ({"fine": "micro.toml"}, {"fine_contact_fraction": 0.05, "fine_gap_height": 5e-9,
                   "fine_ratio": 12e-6 / (0.25 * 0.8e-3)}),
    "lifted_zone": ({}, {"zone_share": 0.6, "rise_ratio": 60.0}),
}  # fmt: skip
WEDGE = {"profile": "linear", "rise": "300 nm", "length": "0.18 mm"}  # 60 · 5 nm; 0.6 of half the gap, 0.6 mm wide


@pytest.mark.parametrize("kind", UNDER)
def test_a_model_of_stripes_is_the_case_that_it_stands_for(tmp_path, kind):
    """The whole way: unknowns to Z against the program's own solve of the same cell, at 13 frequencies."""
    contact, unknowns = UNDER[kind]
    (tmp_path / "micro.toml").write_text(MICRO)
    tables = {
        "interface": {"pattern": "stripes", "contact_fraction": 0.25, "pitch": "0.8 mm"},
        "contact": contact,
        "gap": {"height": "5 nm"} | (WEDGE if kind == "lifted_zone" else {}),
        "electrolyte": {"thickness": "0.5 mm"},
        "accuracy": {"relative_error": 1e-3},
    }
    result = simulate(parse_case(tables, folder=tmp_path))
    frequency = np.geomspace(1e7, 10, 13)
    electrolyte = {name: getattr(result.case.electrolyte, name) for name in (*BULK, *BOUNDARIES)}
    shape = {"contact_fraction": 0.25, "pitch": 0.8e-3, "gap_height": 5e-9, "gap_permittivity": 1.0}
    values = {name: np.array([value]) for name, value in (electrolyte | shape | unknowns).items()}
    forward = Forward(InterfaceModel(kind, "stripes"), ScoreSpace({}), load_atlas(), frequency, 0.5e-3)
    solved = result.impedance(frequency)
    assert forward.at(values)[0] == pytest.approx(solved, abs=ALLOWED * result.R_cstr)
    lattice = replace(forward, model=InterfaceModel("lattice", "stripes"))
    ideal = lattice.at({name: value for name, value in values.items() if name not in unknowns})[0]
    assert np.abs(ideal - solved).max() > 0.1 * result.R_cstr  # what lies under or beside the contacts is seen
