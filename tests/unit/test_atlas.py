"""The atlas's parts against what is known of them, with interfaces made up so that their F has a closed form."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.interpret.atlas import Atlas
from constriction.interpret.atlas.atlas import PatternTable, read_atlas, write_atlas
from constriction.interpret.atlas.axes import TableAxis, leja
from constriction.interpret.atlas.building import MOST, grow
from constriction.interpret.atlas.poles import film_parts, fitted, gap_basis
from constriction.interpret.atlas.scattered import scattered
from constriction.interpret.atlas.solving import GAP, Recipe, SolvedPoint

RECIPE = Recipe("made up", {}, (0.005, 0.9))
RANDOM = np.random.default_rng(7)


def closed_form(share, depth):
    """F − d at rest and the one time that it relaxes with: as F of discs goes, √f, (1 − f) and tanh of the depth."""
    rest = 0.28 * (1 - share) ** 1.5 / np.sqrt(share) * np.tanh(6 * depth)
    return rest, 0.4 + share


def made_up(recipe, share, depth):
    rest, time = closed_form(share, depth)
    values = 1 / (1 + GAP)
    return SolvedPoint(math.log(rest), np.log([time]), fitted(gap_basis(GAP), values, np.ones(len(GAP))))


@pytest.fixture(scope="module")
def table():
    return grow(RECIPE, 1e-3, lambda line: None, made_up)


def test_leja_points_are_nested_and_differ():
    assert leja(12)[:7] == pytest.approx(leja(7), abs=0)
    assert len(set(leja(MOST).tolist())) == MOST
    assert np.abs(leja(MOST)).max() == 1


@pytest.mark.parametrize("kind", ["logit", "log"])
def test_polynomials_are_interpolated_exactly(kind):
    axis = TableAxis(kind, 0.02, 0.9, 6)
    smooth = (lambda x: np.log(x / (1 - x))) if kind == "logit" else np.log
    at = RANDOM.uniform(0.02, 0.9, 20)
    assert axis.weights(at) @ smooth(axis.points) ** 5 == pytest.approx(smooth(at) ** 5, rel=1e-10)
    assert axis.weights(axis.points) == pytest.approx(np.eye(6), abs=1e-6)


def test_beyond_its_ends_an_axis_is_as_there():
    axis = TableAxis("log", 0.02, 1.0, 5)
    assert axis.weights(np.array([7.0, 1.0]))[0] == pytest.approx(axis.weights(np.array([1.0]))[0])


@pytest.mark.parametrize("pole", 10.0 ** RANDOM.uniform(-1, 3.5, 12))
def test_a_relaxation_of_any_time_is_a_sum_over_the_poles(pole):
    weights = fitted(gap_basis(GAP), pole / (GAP + pole), np.ones(len(GAP)))
    at = 10.0 ** RANDOM.uniform(-2, 4, 50) * np.exp(1j * RANDOM.uniform(0, np.pi / 2, 50))
    assert gap_basis(at) @ weights == pytest.approx(pole / (at + pole), abs=5e-4)


@pytest.mark.parametrize("ratio", [1e-3, 0.1, 10, 1e3])
def test_without_constriction_regions_lie_in_parallel(ratio):
    share, gap = np.array(0.3), np.array([0.7 + 0.2j])
    even, factor = film_parts(share, ratio * gap, gap)
    assert even == pytest.approx(1 / (0.3 * ratio * gap + 0.7 * gap))
    assert factor == pytest.approx((0.3 * (ratio - 1) / (0.3 * ratio + 0.7)) ** 2)


def test_a_grown_table_is_right_where_nothing_was_solved(table):
    share, depth = RANDOM.uniform(0.005, 0.9, 60), 10.0 ** RANDOM.uniform(-1.7, 0.5, 60)
    gap = 10.0 ** RANDOM.uniform(-2, 4, (60, 15)) * np.exp(1j * RANDOM.uniform(0, np.pi / 2, (60, 15)))
    rest, time = closed_form(share, np.minimum(depth, 1.0))
    found = Atlas({"made up": table}).interface("made up", share, depth, gap)
    error = np.abs(found - rest[:, None] / (1 + gap * time[:, None])) / rest[:, None]
    assert error.max() < 3e-3
    assert 4 < table.shares.count < MOST


def test_a_table_that_nothing_can_say_ends_at_most_points():
    noise = np.random.default_rng(3)
    grown = grow(RECIPE, 1e-3, lambda line: None, lambda *at: replace(made_up(*at), rest=noise.normal()))
    assert (grown.shares.count, grown.depths.count) == (MOST, MOST)


def test_many_interfaces_at_once_are_each_by_itself(table, monkeypatch):
    atlas = Atlas({"made up": table})
    share, depth, gap = RANDOM.uniform(0.01, 0.8, 9), np.full(9, 0.3), np.tile(1j * np.logspace(-1, 2, 4), (9, 1))
    together = atlas.interface("made up", share, depth, gap)
    monkeypatch.setattr("constriction.interpret.atlas.atlas.AT_ONCE", 1)
    assert atlas.interface("made up", share, depth, gap) == pytest.approx(together, rel=1e-12)


def test_seeds_spread_and_lattices_do_not(table):
    spread = replace(table, spread=np.full(table.rest.shape, 0.2))
    at = np.array([0.1, 0.5]), np.array([0.3, 5.0])
    assert Atlas({"p": spread}).spread("p", *at) == pytest.approx([0.2, 0.2])
    assert not Atlas({"p": table}).spread("p", *at).any()


def test_written_and_read_it_is_the_same(table, tmp_path):
    film = PatternTable("f", table.shares, table.depths, table.rest, table.times, np.ones((*table.rest.shape, 20, 30)))
    write_atlas(tmp_path, Atlas({"made up": table}, {"f": film}, {"made up": {"tolerance": 1e-3}}))
    back = read_atlas(tmp_path)
    assert back.tables["made up"].residues == pytest.approx(table.residues, rel=1e-6, abs=1e-6)
    assert back.films["f"].residues.shape == film.residues.shape
    assert back.limits("made up") == (0.005, 0.9)
    said = json.loads((tmp_path / "atlas.json").read_text())
    (tmp_path / "atlas.json").write_text(json.dumps({**said, "version": 0}))
    with pytest.raises(InputError, match="tables of version 0; expected"):
        read_atlas(tmp_path)


def test_a_pattern_that_is_not_there_is_refused(table):
    at = np.array([0.1]), np.array([0.3]), np.array([[1j]])
    with pytest.raises(InputError, match="'no': not in the atlas; expected one of made up"):
        Atlas({"made up": table}).interface("no", *at)
    with pytest.raises(InputError, match="not in the atlas with films"):
        Atlas({"made up": table}).interface("made up", *at, contact=np.array([[1.0]]))


# --- patterns at random ----------------------------------------------------------------------------------------------

CELLS = Recipe("at random", {"spread": 0.15}, (0.01, 0.4), (0.05, 4.0))
TERMS = 10  # of a cubic


def one_of_many(recipe, share, depth, seed):
    """Cells that differ by factors which are log-normal, about a mean that is a cubic in the axes' variables."""
    x, y = math.log(share / (1 - share)), math.log(depth)
    spread = recipe.interface["spread"]
    factor = math.exp(spread * np.random.default_rng(seed).normal() - spread**2 / 2)
    rest = math.exp(0.3 - 0.6 * x + 0.05 * x * x * y + 0.2 * y) * factor
    return SolvedPoint(math.log(rest), np.log([0.5 + 0 * x]), fitted(gap_basis(GAP), 1 / (1 + GAP), np.ones(len(GAP))))


@pytest.mark.parametrize("spread", [0.0, 0.02, 0.15])
def test_many_cells_have_their_mean_and_spread_in_common(spread):
    recipe = replace(CELLS, interface={"spread": spread})
    table = scattered(recipe, 1024, lambda line: None, one_of_many)
    atlas = Atlas({"at random": table})
    share, depth = np.array([0.02, 0.1, 0.35]), np.array([0.1, 1.0, 3.0])
    x, y = np.log(share / (1 - share)), np.log(depth)
    mean = np.exp(0.3 - 0.6 * x + 0.05 * x * x * y + 0.2 * y)
    found = atlas.interface("at random", share, depth, np.zeros((3, 1), complex))[:, 0].real
    assert found == pytest.approx(mean, rel=4 * spread * (TERMS / 1024) ** 0.5 + 1e-6)
    assert atlas.spread("at random", share, depth) == pytest.approx([spread] * 3, rel=0.1, abs=1e-6)


def test_spots_without_a_place_are_tried_with_other_seeds():
    asked = []

    def crowded(recipe, share, depth, seed):
        asked.append(seed)
        if seed <= 64:
            raise InputError("placed 1 of 2 spots, then found no free place in 20000 tries")
        return one_of_many(recipe, share, depth, seed)

    scattered(CELLS, 64, lambda line: None, crowded)
    assert sorted(asked) == list(range(1, 129))


def test_what_else_is_wrong_is_told():
    def broken(*at):
        raise InputError("something else")

    with pytest.raises(InputError, match="something else"):
        scattered(CELLS, 64, lambda line: None, broken)
