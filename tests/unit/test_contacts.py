"""Shapes with exact areas, the layouts of every pattern, and what cannot be laid out."""

import itertools
import json
import math
import random

import numpy as np
import pytest
import shapely
from cases import MORPHOLOGIES, case_of
from shapely.geometry import Point, box, shape

from constriction.base.errors import InputError
from constriction.case.interface import PATTERNS
from constriction.geometry.cell import LAYOUTS, lay_out, rim_lengths
from constriction.geometry.outlines import Edge, Outline, Spot, rectangle
from constriction.geometry.patches import Patch
from constriction.geometry.patterns.placing import Anywhere, place_spots

CHORDS = 4096  # per circle: the polygon's area is short by (2π/4096)²/6 = 4e-7
CHORD_ERROR = (2 * math.pi / CHORDS) ** 2 / 6


def plan_of(**interface):
    return lay_out(case_of(interface).interface)


# --- shapes --------------------------------------------------------------------------------------------------------


def test_edges():
    arc = Edge((2.0, 1.0), (1.0, 2.0), (1.0, 1.0))
    half = math.sqrt(0.5)
    assert arc.turn == pytest.approx(math.pi / 2, rel=1e-15)
    assert arc.middle == pytest.approx((1 + half, 1 + half), rel=1e-15)
    back = arc.reversed()
    assert back.turn == pytest.approx(-arc.turn, rel=1e-15)
    assert back.middle == pytest.approx(arc.middle, rel=1e-15)
    assert back.swept_area == pytest.approx(-arc.swept_area, rel=1e-15)
    straight = Edge((0.0, 0.0), (4.0, 2.0))
    assert (straight.turn, straight.middle) == (0.0, (2.0, 1.0))
    assert straight.points(256) == [(0.0, 0.0)]
    chords = arc.points(128)
    assert len(chords) == 32
    assert all(math.dist(p, (1, 1)) == pytest.approx(1, rel=1e-14) for p in chords)


def test_rectangle():
    assert rectangle(1.0, 2.0, 4.0, 4.0).area == 6
    assert rectangle(1.0, 2.0, 4.0, 4.0).polygon().equals(box(1, 2, 4, 4))


# centres of a disc of radius 1 in the cell 4 × 3: inside, on each edge, in each corner
WHOLE = [(2.0, 1.5), (1.2, 1.7)]
HALVES = [(0.0, 1.5), (4.0, 1.5), (2.0, 0.0), (2.0, 3.0)]
QUARTERS = list(itertools.product((0.0, 4.0), (0.0, 3.0)))


@pytest.mark.parametrize(
    ("centre", "share"), [(c, s) for s, cs in [(1, WHOLE), (1 / 2, HALVES), (1 / 4, QUARTERS)] for c in cs]
)
def test_cut_disc(centre, share):
    cut = Spot("disc", *centre, 1.0).cut(4.0, 3.0)
    assert cut.area == pytest.approx(share * math.pi, rel=1e-15)
    assert_closed(cut)
    reference = Point(centre).buffer(1, quad_segs=CHORDS // 4).intersection(box(0, 0, 4, 3))
    assert cut.polygon(CHORDS).symmetric_difference(reference).area <= 2 * CHORD_ERROR * reference.area
    # No arc is longer than a quarter of a circle: gmsh's limit is half of one.
    assert all(abs(edge.turn) <= math.pi / 2 + 1e-12 for edge in cut.edges)


@pytest.mark.parametrize("centre", [(0.3, 1.4), (-0.3, 1.4), (3.9, 1.5), (2.1, 0.5), (1.3, 3.2)])
def test_cut_disc_across_one_edge(centre):
    """By any amount, although the patterns ask for halves only."""
    cut = Spot("disc", *centre, 1.0).cut(4.0, 3.0)
    reference = Point(centre).buffer(1, quad_segs=CHORDS // 4).intersection(box(0, 0, 4, 3))
    assert_closed(cut)
    assert cut.area == pytest.approx(reference.area, rel=2 * CHORD_ERROR)
    assert cut.polygon(CHORDS).symmetric_difference(reference).area <= 3 * CHORD_ERROR * reference.area


@pytest.mark.parametrize(
    ("centre", "area"), [((2.0, 1.5), 4.0), ((0.0, 1.5), 2.0), ((4.0, 3.0), 1.0), ((0.0, 0.0), 1.0), ((3.5, 1.5), 3.0)]
)
def test_cut_square(centre, area):
    cut = Spot("square", *centre, 1.0).cut(4.0, 3.0)
    x, y = centre
    assert cut.area == pytest.approx(area, rel=1e-15)
    assert cut.polygon().equals(box(x - 1, y - 1, x + 1, y + 1).intersection(box(0, 0, 4, 3)))


def assert_closed(outline: Outline):
    """Each edge begins where the last one ended, to the last bit, and the outline turns left."""
    edges = outline.edges
    assert all(a.end == b.start for a, b in zip(edges, edges[1:] + edges[:1], strict=True))
    assert all(edge.start != edge.end for edge in edges)
    assert outline.area > 0
    assert outline.polygon().is_valid


# --- layouts -------------------------------------------------------------------------------------------------------

LATTICES = [
    {"pattern": "single"},
    {"pattern": "single", "cell_shape": "circular"},
    {"pattern": "square"},
    {"pattern": "hexagonal"},
    {"pattern": "stripes"},
    {"pattern": "random", "spots": 7, "seed": 2},
]
SHAPED = [
    {**pattern, **kind, **inverted}
    for pattern in LATTICES
    for kind in ([{}] if pattern["pattern"] == "stripes" else [{"shape": "disc"}, {"shape": "square"}])
    for inverted in ({}, {"inverted": True})
]


@pytest.mark.parametrize("share", [1e-4, 0.2, 0.5, 0.999])
@pytest.mark.parametrize("pattern", SHAPED, ids=str)
def test_contact_fraction_is_met_exactly(pattern, share):
    """From the areas of the mirror cell, for every pattern and shape, nearly up to where spots touch."""
    spots = share * largest(pattern)
    fraction = 1 - spots if pattern.get("inverted") else spots
    plan = plan_of(**pattern, pitch="3 um", contact_fraction=fraction)
    assert plan.contact_fraction == pytest.approx(fraction, rel=1e-12)
    # The same from shapely's polygons, which know nothing of arcs.
    polygons = shapely.union_all(plan.contacts(CHORDS))
    assert polygons.area / plan.cell.polygon(CHORDS).area == pytest.approx(fraction, abs=2 * CHORD_ERROR)
    inside, beside = ("gap", "contact") if pattern.get("inverted") else ("contact", "gap")
    assert set(plan.regions) == {inside} and plan.background == beside
    assert (plan.share("contact"), plan.share("gap")) == pytest.approx((fraction, 1 - fraction), rel=1e-12)
    for spot in plan.spots:
        assert_closed(spot)
    assert plan.pitch == pytest.approx(3e-6, rel=1e-15)


def largest(pattern):
    """What random placing reaches for sure, and the touching of lattices; as fractions of the spots."""
    kind = pattern.get("shape")
    if pattern["pattern"] == "random":
        return 0.25  # seven spots among their own mirror images
    if pattern.get("cell_shape") == "circular":
        return {"disc": 1, "square": 2 / math.pi}[kind]
    if pattern["pattern"] == "hexagonal":
        return {"disc": math.pi / math.sqrt(12), "square": math.sqrt(3) / 2}[kind]
    return {"disc": math.pi / 4, "square": 1, None: 1}[kind]


@pytest.mark.parametrize(
    ("pattern", "limit", "words"),
    [
        ({"pattern": "square"}, math.pi / 4, "discs on a square lattice"),
        ({"pattern": "single"}, math.pi / 4, "discs on a square lattice"),
        ({"pattern": "hexagonal"}, math.pi / math.sqrt(12), "discs on a hexagonal lattice"),
        ({"pattern": "hexagonal", "shape": "square"}, math.sqrt(3) / 2, "squares on a hexagonal lattice"),
        (
            {"pattern": "single", "cell_shape": "circular", "shape": "square"},
            2 / math.pi,
            "a square and its circular cell",
        ),
        ({"pattern": "random", "spots": 9}, math.pi / math.sqrt(12) / 1.05**2, "random discs"),
        ({"pattern": "random", "spots": 9, "shape": "square"}, 1 / 1.05**2, "random squares"),
    ],
    ids=str,
)
def test_too_large_a_contact_fraction(pattern, limit, words):
    with pytest.raises(InputError) as told:
        plan_of(**pattern, pitch="1 um", contact_fraction=limit + 1e-6)
    message = str(told.value)
    assert message.startswith(f"interface.contact_fraction = {limit + 1e-6}: {words}")
    assert f"expected below {limit:.6g} (or 1, the full contact)" in message
    assert "\n" not in message
    with pytest.raises(InputError, match=rf"{words}.*expected above {1 - limit:.6g} \(or 1"):
        plan_of(**pattern, pitch="1 um", contact_fraction=1 - limit - 1e-6, inverted=True)
    if pattern["pattern"] != "random":
        assert plan_of(**pattern, pitch="1 um", contact_fraction=limit - 1e-6).spots


@pytest.mark.parametrize("pattern", SHAPED, ids=str)
def test_full_contact_has_no_spots(pattern):
    plan = plan_of(**pattern, pitch="3 um", contact_fraction=1)
    assert (plan.spots, plan.patches, plan.contact_fraction) == ((), (Patch("contact"),), 1.0)
    assert sum(polygon.area for polygon in plan.contacts()) == pytest.approx(plan.cell.area, rel=1e-12)


@pytest.mark.parametrize("pattern", SHAPED, ids=str)
def test_no_contact_is_a_cell_of_one_gap(pattern):
    case = case_of({**pattern, "pitch": "3 um", "contact_fraction": 1})
    plan = lay_out(case.interface.model_copy(update={"contact_fraction": 0.0}))
    assert (plan.spots, plan.patches, plan.contact_fraction, plan.share("gap")) == ((), (Patch("gap"),), 0.0, 1.0)
    assert plan.contacts() == [] and not plan.on_contact(np.array([[1e-6, 1e-6]])).any()
    assert plan.rims() == [] and rim_lengths(plan) == ()


def test_every_pattern_is_drawn():
    assert set(LAYOUTS) == set(PATTERNS)


@pytest.mark.parametrize(
    ("pattern", "cell", "images"),
    [
        ({"pattern": "square"}, (0.5, 0.5), 4),
        ({"pattern": "hexagonal"}, (0.5, math.sqrt(3) / 2), 4),
        ({"pattern": "single", "cell_shape": "circular"}, (0.5, 0.5), 4),
        ({"pattern": "random", "spots": 9}, (3.0, 3.0), 1),
    ],
    ids=str,
)
def test_mirror_cells(pattern, cell, images):
    plan = plan_of(**pattern, pitch="2 um", contact_fraction=0.2)
    assert (plan.width, plan.depth) == pytest.approx((2e-6 * cell[0], 2e-6 * cell[1]), rel=1e-14)
    assert plan.lattice_images == images
    spots = 9 if pattern["pattern"] == "random" else 2 if pattern["pattern"] == "hexagonal" else 1
    assert len(plan.spots) == len(plan.regions) == spots
    assert all(spot.size > 0 for spot in plan.spots)


def test_hexagonal_neighbours_are_a_pitch_apart():
    """Unfolded by its mirrors, each disc has six neighbours at one distance."""
    plan = plan_of(pattern="hexagonal", pitch="1 um", contact_fraction=0.3)
    centres = [edge.centre for spot in plan.spots for edge in spot.edges if edge.centre]
    lattice = {
        (round((sx * x + 2 * i * plan.width) * 1e9), round((sy * y + 2 * j * plan.depth) * 1e9))
        for x, y in centres
        for sx, sy in itertools.product((1, -1), repeat=2)
        for i, j in itertools.product((-1, 0, 1), repeat=2)
    }
    distances = sorted(math.dist((0, 0), p) for p in lattice if p != (0, 0))
    assert distances[:6] == pytest.approx([1000] * 6, abs=1)
    assert distances[6] > 1700


def test_stripes_are_half_a_period():
    plan = plan_of(pattern="stripes", pitch="1 um", contact_fraction=0.3)
    assert plan.width == pytest.approx(0.5e-6, rel=1e-15)
    (spot,) = plan.spots
    assert spot.polygon().bounds == pytest.approx((0, 0, 0.15e-6, plan.depth), rel=1e-12)


def test_inverted_swaps_contact_and_rest():
    pores = plan_of(pattern="square", pitch="1 um", contact_fraction=0.8, inverted=True)
    spots = plan_of(pattern="square", pitch="1 um", contact_fraction=0.2)
    assert pores.spots[0].area == pytest.approx(spots.spots[0].area, rel=1e-12)
    (contact,) = pores.contacts(CHORDS)
    assert contact.area == pytest.approx(0.8 * pores.cell.area, rel=1e-6)
    assert contact.intersection(spots.contacts(CHORDS)[0]).area <= 1e-9 * contact.area


# --- random --------------------------------------------------------------------------------------------------------


def independent_places(count, side, size, seed):
    """The same places by looking at every pair: Python promises `Random(seed).random` for good."""
    generator, places = random.Random(seed), []
    while len(places) < count:
        low, span = 1.05 * size, side - 2 * 1.05 * size
        place = low + span * generator.random(), low + span * generator.random()
        if all(math.dist(place, other) >= 2 * 1.05 * size for other in places):
            places.append(place)
    return places


def places_of(seed):
    """Places of 25 discs in a cell of five."""
    size = math.sqrt(0.2 / math.pi)
    return place_spots([size] * 25, 5.0, "disc", Anywhere(5.0, random.Random(seed).random))


def test_random_places_are_reproducible():
    size = math.sqrt(0.2 / math.pi)
    places = places_of(7)
    # A fused multiply-add would change the last digit.
    np.testing.assert_allclose(places, independent_places(25, 5.0, size, 7), rtol=1e-15)
    # What the few lines above give on CPython 3.13 and Linux; any other platform must find the same.
    stored = [(1.7125074130422142, 0.9392461685383813), (3.1746985528988945, 0.5887294145101276)]
    stored.append((2.660397660608936, 1.899610363542105))
    np.testing.assert_allclose(places[:3], stored, rtol=1e-15)
    assert places != places_of(8)


def test_a_case_with_the_same_seed_has_the_same_layout():
    interface = {"pattern": "random", "pitch": "1 um", "contact_fraction": 0.2, "spots": 25, "seed": 7}
    assert plan_of(**interface) == plan_of(**interface)
    size = math.sqrt(0.2 / math.pi)
    centres = [spot.polygon().centroid.coords[0] for spot in plan_of(**interface).spots]
    # Centroids of polygons of 256 chords, in metres.
    np.testing.assert_allclose(centres, 1e-6 * np.array(independent_places(25, 5.0, size, 7)), rtol=1e-9)


@pytest.mark.parametrize("kind", ["disc", "square"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_spots_keep_their_distance(kind, seed):
    """1.05 diameters (sides, along the farther axis) between centres, mirror images among them."""
    plan = plan_of(pattern="random", shape=kind, pitch="1 um", contact_fraction=0.3, spots=40, seed=seed)
    (size,) = {spot.size for spot in plan.spots}
    centres = [spot.polygon().centroid.coords[0] for spot in plan.spots]
    mirrored = [(-x, y) for x, y in centres] + [(2 * plan.width - x, y) for x, y in centres]
    mirrored += [(x, -y) for x, y in centres] + [(x, 2 * plan.depth - y) for x, y in centres]

    def apart(p, q):
        return math.dist(p, q) if kind == "disc" else max(abs(p[0] - q[0]), abs(p[1] - q[1]))

    nearest = min(apart(p, q) for p, q in itertools.combinations(centres, 2))
    nearest_image = min(apart(p, q) for p in centres for q in mirrored)
    # Centroids of polygons are good to 1e-12.
    assert min(nearest, nearest_image) >= 1.05 * 2 * size * (1 - 1e-9)
    assert nearest < 1.5 * 2 * size  # dense enough that the rule has been needed
    assert len(centres) == 40


def test_random_spots_that_find_no_place():
    with pytest.raises(InputError, match=r"placed \d+ of 30 spots.*expected a smaller contact fraction, another seed"):
        plan_of(pattern="random", pitch="1 um", contact_fraction=0.75, spots=30)


def test_one_random_spot_that_cannot_fit():
    """f < the limit of touching, but the square cell of one spot is narrower than 2 × 1.05 radii from its walls."""
    with pytest.raises(InputError, match=r"interface\.pattern = 'random': placed 0 of 1 spots"):
        plan_of(pattern="random", pitch="1 um", contact_fraction=0.8, spots=1)


# --- list ----------------------------------------------------------------------------------------------------------


def listed(*discs, cell=("100 um", "80 um")):
    return plan_of(pattern="list", cell=list(cell), discs=[list(disc) for disc in discs])


def test_list():
    plan = listed(("20 um", "30 um", "5 um"), ("60 um", "30 um", "10 um"), ("0 um", "70 um", "4 um"))
    area = math.pi * (5**2 + 10**2 + 4**2 / 2)
    assert plan.contact_fraction == pytest.approx(area / 8000, rel=1e-12)
    assert [spot.size for spot in plan.spots] == pytest.approx((5e-6, 10e-6, 4e-6))
    assert (plan.width, plan.depth, plan.pitch, plan.lattice_images) == pytest.approx((1e-4, 8e-5, 1e-4, 1))


@pytest.mark.parametrize(
    ("second", "distance"),
    [("24 um", "4 um"), ("30 um", "10 um"), ("20 um", "0 m")],
    ids=["overlapping", "touching", "on top of each other"],
)
def test_overlapping_discs(second, distance):
    with pytest.raises(InputError) as told:
        listed(("20 um", "30 um", "5 um"), (second, "30 um", "5 um"))
    assert str(told.value) == (
        "interface.discs: disc 1 (radius 5 um) and disc 2 (radius 5 um) overlap or touch, "
        f"centres {distance} apart; expected more than 10 um"
    )


@pytest.mark.parametrize(
    "disc",
    [
        ("120 um", "30 um", "5 um"),
        ("-20 um", "30 um", "5 um"),
        ("3 um", "30 um", "5 um"),
        ("98 um", "30 um", "5 um"),
        ("5 um", "30 um", "5 um"),
        ("50 um", "77 um", "5 um"),
        ("0 um", "3 um", "5 um"),
        ("50 um", "40 um", "60 um"),
    ],
    ids=str,
)
def test_discs_outside(disc):
    """Outside, across an edge, touching one, half on one mirror and across another, larger than the cell."""
    with pytest.raises(InputError, match=r"interface\.discs: disc 2 .*expected it inside, or its centre on the edge"):
        listed(("50 um", "40 um", "1 um"), disc)


def test_disc_over_the_opposite_edge():
    """A disc centred on one edge that reaches over the other."""
    with pytest.raises(InputError, match=r"interface\.discs: disc 1 .*crosses or lies outside"):
        listed(("0 um", "40 um", "41 um"))


def test_a_centre_within_rounding_of_the_edge_is_on_it():
    plan = listed(("0.3 um", "0.2 um", "0.05 um"), cell=("0.3 um", "0.4 um"))
    nudged = listed(("0.30000000000000004 um", "0.2 um", "0.05 um"), cell=("0.3 um", "0.4 um"))
    assert nudged.contact_fraction == pytest.approx(plan.contact_fraction, rel=1e-12)
    assert plan.contact_fraction == pytest.approx(math.pi * 0.05**2 / 2 / 0.12, rel=1e-12)


# --- what is made of a layout --------------------------------------------------------------------------------------


def test_rim_lengths():
    """The radius, or half the way to the nearest rim, be it another spot's or a mirror image's."""
    plan = listed(
        ("20 um", "40 um", "5 um"), ("32 um", "40 um", "5 um"), ("60 um", "40 um", "5 um"), ("91 um", "40 um", "7 um")
    )
    # 2 µm between the first two; the last is 2 µm from the mirror, 4 µm from its image: half the way is 2 µm.
    assert rim_lengths(plan) == pytest.approx((1e-6, 1e-6, 5e-6, 2e-6), rel=1e-2)


def test_rim_length_of_a_disc_on_the_mirror():
    plan = plan_of(pattern="square", pitch="1 mm", contact_fraction=math.pi * 0.2**2)
    assert rim_lengths(plan) == pytest.approx([0.2e-3], rel=1e-12)
    crowded = plan_of(pattern="square", pitch="1 mm", contact_fraction=math.pi * 0.45**2)
    assert rim_lengths(crowded) == pytest.approx([0.05e-3], rel=1e-6)


@pytest.mark.parametrize("name", MORPHOLOGIES)
def test_geojson(name):
    plan = lay_out(case_of(MORPHOLOGIES[name]).interface)
    collection = json.loads(json.dumps(plan.geojson()))
    assert collection["type"] == "FeatureCollection"
    properties = collection["properties"]
    assert properties["contact_fraction"] == plan.contact_fraction
    assert properties["mirror_images_per_lattice_cell"] == plan.lattice_images
    assert (properties["cell_width_m"], properties["cell_depth_m"]) == (plan.width, plan.depth)
    polygons = [shape(feature["geometry"]) for feature in collection["features"]]
    assert all(polygon.is_valid and polygon.geom_type == "Polygon" for polygon in polygons)
    # 128 chords per circle are short by (2π/128)²/6 = 4e-4 of a disc.
    assert sum(p.area for p in polygons) == pytest.approx(plan.contact_fraction * plan.cell.area, rel=4.1e-4)
    inside = plan.cell.polygon(CHORDS).buffer(1e-6 * plan.width)
    assert all(inside.contains(polygon) for polygon in polygons)
    if plan.background == "contact":
        assert len(polygons) == 1
    else:
        assert len(polygons) == len(plan.spots)
        for polygon, spot in zip(polygons, plan.spots, strict=True):
            turn = sum(abs(edge.turn) for edge in spot.edges)
            assert len(polygon.exterior.coords) - 1 >= math.ceil(128 * turn / (2 * math.pi)) + (turn == 0) * 4


def test_geojson_of_a_pore_is_a_polygon_with_a_hole():
    plan = plan_of(pattern="random", pitch="1 um", contact_fraction=0.9, spots=3, inverted=True)
    (feature,) = plan.geojson()["features"]
    polygon = shape(feature["geometry"])
    assert len(polygon.interiors) == 3
    assert all(len(ring.coords) - 1 >= 128 for ring in polygon.interiors)
