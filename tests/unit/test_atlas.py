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
from constriction.interpret.atlas.poles import fitted, gap_basis, of_transform, transform
from constriction.interpret.atlas.scattered import scattered
from constriction.interpret.atlas.solving import (
    FILM_CONTACT,
    FILM_GAP,
    GAP,
    Recipe,
    SolvedPoint,
    film_point,
    film_scale,
    pairs,
)

RECIPE = Recipe("made up", {}, (0.005, 0.9))
RANDOM = np.random.default_rng(7)


def closed_form(share, depth):
    """F − d at rest and the one time that it relaxes with: as F of discs goes, √f, (1 − f) and tanh of the depth."""
    rest = 0.28 * (1 - share) ** 1.5 / np.sqrt(share) * np.tanh(6 * depth)
    return rest, 0.4 + share


def made_up(recipe, share, depth):
    rest, time = closed_form(share, depth)
    values = 1 / (1 + GAP)
    return SolvedPoint(math.log(rest), fitted(gap_basis(GAP), values, np.ones(len(GAP))), math.log(time))


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


# --- behind a film ---------------------------------------------------------------------------------------------------


def between_walls(share, depth, contact, gap):
    """F − d of a slab that insulating walls divide at the rims, as a very thin slab is."""
    return 1 / (share / (depth + 1 / contact) + (1 - share) / (depth + 1 / gap)) - depth


def joined(share, depth, contact, gap):
    """F − d of two such columns whose tops, each an equipotential, are joined by a resistor."""
    link = 0.3 * depth
    legs = 1 / contact, 1 / gap
    admittances = share / depth, (1 - share) / depth
    # Nodes under the contact and under the gap; the electrode at 1, the counter electrode at 0.
    a = share / legs[0] + admittances[0] + 1 / link
    b = (1 - share) / legs[1] + admittances[1] + 1 / link
    right = share / legs[0], (1 - share) / legs[1]
    under = (right[0] * b + right[1] / link) / (a * b - 1 / link**2)
    beside = (right[1] * a + right[0] / link) / (a * b - 1 / link**2)
    current = share / legs[0] * (1 - under) + (1 - share) / legs[1] * (1 - beside)
    return 1 / current - depth


DRAWN = (
    10.0 ** RANDOM.uniform(-3, 5, 200) * np.exp(1j * RANDOM.uniform(-np.pi / 4, np.pi / 2, 200)),
    10.0 ** RANDOM.uniform(-3, 5, 200) * np.exp(1j * RANDOM.uniform(0, np.pi / 2, 200)),
)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_between_walls_the_transform_is_the_depth(share):
    values = between_walls(share, 0.1, *DRAWN)
    assert of_transform(np.array(share), *DRAWN, np.full(200, 0.1)) == pytest.approx(values, rel=1e-12)
    small = (np.abs(DRAWN[0]) < 1e3) & (np.abs(DRAWN[1]) < 1e3) & (np.abs(DRAWN[0] / DRAWN[1] - 1) > 0.1)
    at = DRAWN[0][small], DRAWN[1][small]
    assert transform(np.array(share), *at, values[small]) == pytest.approx(0.1, rel=1e-6)


def test_equal_laws_are_not_constricted_and_an_ideal_contact_has_its_constriction():
    theta, share = DRAWN[1], np.array(0.2)
    y = RANDOM.uniform(0.01, 1, 200) * np.exp(1j * RANDOM.uniform(-1, 1, 200))
    assert of_transform(share, theta, theta, y) == pytest.approx(1 / theta, rel=1e-12)
    ideal = of_transform(share, np.array([1e12 + 0j]), np.array([0j]), np.array([0.25 * 0.7 + 0j]))
    assert ideal == pytest.approx(0.7)  # Y is R f/(1 - f)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
@pytest.mark.parametrize("model", [between_walls, joined])
def test_behind_a_film_a_table_of_one_interface_is_that_interface(share, model):
    depth = 0.05
    rest = model(share, depth, 1e12, 1e-12)
    solved = pairs(FILM_CONTACT, FILM_GAP).T
    point = film_point(np.array(share), rest, tuple(solved), model(share, depth, *solved))
    axes = TableAxis("logit", 0.005, 0.98, 1), TableAxis("log", 0.02, 1.0, 1)
    table = PatternTable("p", *axes, np.array([[point.rest]]), point.residues[None, None])
    atlas = Atlas({}, {"p": table})
    found = atlas.interface("p", np.full(200, share), np.full(200, depth), DRAWN[1][:, None], DRAWN[0][:, None])[:, 0]
    values = model(share, depth, *DRAWN)
    assert np.max(np.abs(found - values) / film_scale(np.array(share), DRAWN[0], rest, values)) < 1e-3


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
    film = PatternTable("f", table.shares, table.depths, table.rest, np.ones((*table.rest.shape, 16, 16)))
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
    return SolvedPoint(math.log(rest), fitted(gap_basis(GAP), 1 / (1 + GAP), np.ones(len(GAP))), math.log(0.5))


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
    # A quadratic that is fitted to 1536 squares is off by a tenth near its corners, one standard deviation.
    assert atlas.spread("at random", share, depth) == pytest.approx([spread] * 3, rel=0.25, abs=1e-6)


def test_cells_differ_more_in_deep_slabs_where_they_do():
    def deeper(recipe, share, depth, seed):
        return one_of_many(replace(recipe, interface={"spread": 0.03 * depth**0.3}), share, depth, seed)

    atlas = Atlas({"at random": scattered(CELLS, 1024, lambda line: None, deeper)})
    depth = np.array([0.1, 1.0, 3.0])
    assert atlas.spread("at random", np.full(3, 0.1), depth) == pytest.approx(0.03 * depth**0.3, rel=0.2)


def test_spots_without_a_place_are_tried_with_other_seeds():
    asked = []

    def crowded(recipe, share, depth, seed):
        asked.append(seed)
        if seed <= 64:
            raise InputError("placed 1 of 2 spots, then found no free place in 20000 tries")
        return one_of_many(recipe, share, depth, seed)

    scattered(CELLS, 64, lambda line: None, crowded)
    assert set(asked) == set(range(1, 129))


def test_what_else_is_wrong_is_told():
    def broken(*at):
        raise InputError("something else")

    with pytest.raises(InputError, match="something else"):
        scattered(CELLS, 64, lambda line: None, broken)
