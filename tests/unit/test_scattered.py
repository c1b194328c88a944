"""Random spots of unlike sizes, spots that merge: what is drawn, and what cannot be."""

import itertools
import math
import random

import numpy as np
import pytest
import shapely
from cases import case_of
from scipy.stats import kstest, norm
from shapely.geometry import Point

from constriction.base.errors import InputError
from constriction.case.schema import parse_case, resolved_toml
from constriction.geometry.cell import lay_out
from constriction.geometry.outlines import Spot
from constriction.geometry.patterns.scattered import relative_sizes

RANDOM = {"pattern": "random", "pitch": "1 um", "contact_fraction": 0.3, "spots": 40, "seed": 3}
MERGED = {**RANDOM, "overlap": "merge"}


def interface_of(**keys):
    return case_of({**RANDOM, **keys}).interface


def plan_of(**keys):
    return lay_out(interface_of(**keys))


def test_sizes_are_log_normal():
    """500 logarithms have the asked standard deviation: a test of Kolmogorov and Smirnov at one in a thousand."""
    interface = interface_of(spots=500, size_spread=0.4, contact_fraction=0.1)
    sizes = relative_sizes(interface, random.Random(5).random)
    assert kstest(np.log(sizes), norm(scale=0.4).cdf).pvalue > 1e-3
    assert sizes == sorted(sizes, reverse=True)


def test_ends_of_the_draws_are_sizes():
    """No draw has an infinite size or none at all."""
    interface = interface_of(spots=1, size_spread=2)
    low, high = (relative_sizes(interface, lambda draw=draw: draw)[0] for draw in (0.0, 1 - 2**-53))
    assert 0 < low < 1 < high < math.inf


@pytest.mark.parametrize("shape", ["disc", "square"])
@pytest.mark.parametrize("inverted", [False, True])
def test_unlike_spots_keep_apart(shape, inverted):
    plan = plan_of(shape=shape, size_spread=0.5, inverted=inverted, contact_fraction=0.7 if inverted else 0.3)
    assert plan.contact_fraction == pytest.approx(0.7 if inverted else 0.3, abs=1e-12)
    assert len({round(spot.size, 12) for spot in plan.spots}) == 40
    for a, b in itertools.combinations(plan.spots, 2):
        (x, y), (u, v) = (spot.polygon().centroid.coords[0] for spot in (a, b))
        apart = math.hypot(x - u, y - v) if shape == "disc" else max(abs(x - u), abs(y - v))
        assert apart > 1.05 * (a.size + b.size) * (1 - 1e-9)
    widest = max(plan.spots, key=lambda spot: spot.size)
    left, front, right, back = widest.polygon().bounds
    assert min(left, front, plan.width - right, plan.depth - back) > 0.04 * widest.size


def test_no_spread_is_a_plain_pattern():
    plain = plan_of()
    assert plain == plan_of(size_spread=0.0, overlap="none")
    sizes = {spot.size for spot in plain.spots}
    assert sizes == {math.sqrt(0.3 / math.pi) * 1e-6}


@pytest.mark.parametrize("shape", ["disc", "square"])
@pytest.mark.parametrize("spread", [0.0, 0.6])
@pytest.mark.parametrize("fraction", [1e-3, 0.3, 0.7, 0.95])
@pytest.mark.parametrize("inverted", [False, True])
def test_merged_spots_meet_the_fraction(shape, spread, fraction, inverted):
    wanted = 1 - fraction if inverted else fraction
    plan = plan_of(overlap="merge", shape=shape, size_spread=spread, contact_fraction=wanted, inverted=inverted)
    assert plan.contact_fraction == pytest.approx(wanted, abs=1e-12)
    whole = shapely.union_all(plan.contacts())
    assert whole.is_valid
    assert whole.area / (plan.width * plan.depth) == pytest.approx(wanted, abs=1e-11)
    assert all(0 <= place <= plan.width for spot in plan.spots for edge in spot.edges for place in edge.start)


def test_merged_spots_are_the_union_of_discs():
    """At the radius that the area gives, the union of true discs at the same places is the same but for chords."""
    plan = plan_of(overlap="merge", contact_fraction=0.6)
    draw = random.Random(3).random
    side = math.sqrt(40)
    places = [(side * draw(), side * draw()) for _ in range(40)]
    drawn = shapely.union_all(plan.contacts())
    radii = np.linspace(0.4, 0.9, 101)
    cell = shapely.box(0, 0, side * 1e-6, side * 1e-6)

    def union(radius):
        discs = [Point(1e-6 * x, 1e-6 * y).buffer(1e-6 * radius, quad_segs=256) for x, y in places]
        return shapely.union_all(discs).intersection(cell)

    areas = [union(radius).area for radius in radii]
    radius = float(np.interp(0.6 * cell.area, areas, radii))
    assert union(radius).symmetric_difference(drawn).area < 2e-3 * drawn.area
    assert any(spot.holes for spot in plan_of(overlap="merge", contact_fraction=0.8, spots=100).spots)


def test_spots_that_happen_not_to_merge_are_discs():
    """Few and small: circles of their area at random places, none of them cut."""
    plan = plan_of(overlap="merge", contact_fraction=1e-3, spots=4)
    assert len(plan.spots) == 4
    radius = math.sqrt(1e-3 / math.pi) * 1e-6
    for spot in plan.spots:
        assert spot.area == pytest.approx(math.pi * radius**2, rel=1e-12)
        x, y = spot.polygon().centroid.coords[0]
        disc = Spot("disc", x, y, radius).cut(plan.width, plan.depth).polygon(1024)
        assert disc.symmetric_difference(spot.polygon()).area < 1e-3 * disc.area


def test_merged_spots_are_solved_by_transforms():
    case = parse_case({"interface": MERGED})
    assert case.accuracy.method == "spectral"
    assert parse_case({"interface": RANDOM}).accuracy.method == "finite_elements"
    text = resolved_toml(case)
    assert 'overlap = "merge"' in text and "size_spread = 0.0" in text
    asked = parse_case({"interface": MERGED, "accuracy": {"method": "finite_elements"}})
    assert asked.accuracy.method == "finite_elements"


REFUSED = [
    ({"overlap": "merge", "contact_fraction": 0.96}, "cover at most 0.95 of the cell; expected at most 0.95"),
    ({"overlap": "merge", "contact_fraction": 0.04, "inverted": True}, "expected at least 0.05"),
    ({"contact_fraction": 0.7}, "then found no free place in 20000 tries; expected a smaller contact fraction"),
]


@pytest.mark.parametrize(("keys", "words"), REFUSED, ids=str)
def test_what_cannot_be_drawn(keys, words):
    with pytest.raises(InputError) as error:
        plan_of(**keys)
    assert words in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"size_spread": -0.1}, "interface.size_spread = -0.1: expected a number from 0 to 2"),
        ({"size_spread": "1 um"}, "interface.size_spread = '1 um': expected a number from 0 to 2"),
        ({"overlap": True}, "interface.overlap = true: expected 'none' or 'merge'"),
    ],
)
def test_wrong_keys(keys, words):
    with pytest.raises(InputError, match=words):
        interface_of(**keys)


# --- clusters ------------------------------------------------------------------------------------------------------

CLUSTERS = {
    "pattern": "clustered",
    "pitch": "10 um",
    "contact_fraction": 0.05,
    "clusters": 6,
    "spots_per_cluster": 8,
    "cluster_radius": "15 um",
    "seed": 4,
}


def clusters_of(**keys):
    return lay_out(case_of({**CLUSTERS, **keys}).interface)


@pytest.mark.parametrize("overlap", ["none", "merge"])
@pytest.mark.parametrize("spread", [0.0, 0.4])
def test_clusters_meet_the_fraction(overlap, spread):
    plan = clusters_of(overlap=overlap, size_spread=spread)
    assert plan.contact_fraction == pytest.approx(0.05, abs=1e-12)
    assert plan.width == plan.depth == pytest.approx(1e-5 * math.sqrt(48))


def test_spots_of_a_cluster_are_near_its_middle():
    """The middles are the first draws of the seed; every one has its spots, none farther away than asked."""
    draw = random.Random(4).random
    side = 1e-5 * math.sqrt(48)
    middles = np.array([(side * draw(), side * draw()) for _ in range(6)])
    centres = np.array([spot.polygon().centroid.coords[0] for spot in clusters_of().spots])
    assert len(centres) == 48
    away = np.linalg.norm(centres[:, None] - middles[None], axis=2)
    near = away <= 15e-6 * (1 + 1e-9)
    assert near.any(axis=1).all()
    assert (near.sum(axis=0) >= 8).all()


def test_clusters_are_reproducible():
    assert clusters_of() == clusters_of()
    assert clusters_of() != clusters_of(seed=5)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"cluster_radius": "1 m"}, "interface.cluster_radius = '1 m': the cell is 69.282 um wide; expected at most"),
        ({"cluster_radius": "1 um"}, "interface.pattern = 'clustered': placed "),
        ({"overlap": "merge", "contact_fraction": 0.99}, "cover at most 0.95 of the cell"),
    ],
)
def test_clusters_that_cannot_be_drawn(keys, words):
    with pytest.raises(InputError) as error:
        clusters_of(**keys)
    assert words in str(error.value) and "\n" not in str(error.value)
