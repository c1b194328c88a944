"""The shipped atlas against interfaces solved anew, and against closed forms."""

import numpy as np
import pytest
from atlas_errors import ALLOWED, drawn, error_at

from constriction.interpret.atlas import load_atlas
from constriction.interpret.atlas.building import RECIPES
from constriction.interpret.atlas.scattered import SCATTERED
from constriction.interpret.atlas.solving import solve_point


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
    """Their mean over seeds is the table's within four standard errors, and they differ as much as it says."""
    share, depth, seeds = 0.04, 0.6, range(5001, 5013)
    rests = np.exp([solve_point(recipe, share, depth, seed).rest for seed in seeds])
    at = np.array([share]), np.array([depth])
    mean = load_atlas().interface(recipe.pattern, *at, np.zeros((1, 1), complex))[0, 0].real
    spread = load_atlas().spread(recipe.pattern, *at)[0]
    assert rests.mean() == pytest.approx(mean, rel=4 * spread * (1 / len(seeds) + 10 / 256) ** 0.5)
    assert 0.5 < rests.std(ddof=1) / rests.mean() / spread < 2
