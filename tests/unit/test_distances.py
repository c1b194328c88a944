"""Distances to rims: of a disc and a square known, of many spots those that shapely finds along chords."""

import math

import numpy as np
import pytest
import shapely

from constriction import parse_case
from constriction.geometry import distances
from constriction.geometry.cell import lay_out
from constriction.geometry.distances import nearest_of, rim_distance


def plan_of(**interface):
    return lay_out(parse_case({"interface": interface}).interface)


def test_disc_in_a_corner():
    plan = plan_of(pattern="square", pitch="2 mm", contact_fraction=0.2)
    x, y = np.linspace(0, 1e-3, 7)[:, None], np.linspace(0, 1e-3, 9)[None, :]
    radius = math.sqrt(0.2 / math.pi) * 2e-3
    assert rim_distance(plan)(x, y) == pytest.approx(np.abs(np.hypot(x, y) - radius), abs=1e-15)


def test_square_has_corners():
    plan = plan_of(pattern="square", shape="square", pitch="2 mm", contact_fraction=0.25)
    x, y = np.array([0.9e-3, 0.8e-3, 0.2e-3, 0.1e-3]), np.array([0.9e-3, 0.1e-3, 0.3e-3, 0.0])
    expected = [math.hypot(0.4e-3, 0.4e-3), 0.3e-3, 0.2e-3, 0.4e-3]
    assert rim_distance(plan)(x, y) == pytest.approx(expected)


def test_many_spots_are_those_that_are_nearest():
    plan = plan_of(pattern="random", pitch="100 um", contact_fraction=0.35, spots=40, seed=2)
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, plan.width, 2000), rng.uniform(0, plan.depth, 2000)
    lines = shapely.multilinestrings([shapely.linestrings(line) for line in plan.rims(2048)])
    known = shapely.distance(shapely.points(x, y), lines)
    assert rim_distance(plan)(x, y) == pytest.approx(known, abs=1e-5 * plan.pitch)


@pytest.mark.parametrize("pairs", [0, distances.PAIRS])
def test_nearest_points_far_from_the_origin(pairs, monkeypatch):
    monkeypatch.setattr(distances, "PAIRS", pairs)
    random = np.random.default_rng(3)
    places, among = 1e4 + random.random((300, 2)), 1e4 + random.random((70, 2))
    found = np.linalg.norm(places - among[nearest_of(places, among)], axis=1)
    every = np.linalg.norm(places[:, np.newaxis] - among, axis=2)
    assert np.array_equal(found, every.min(axis=1))
