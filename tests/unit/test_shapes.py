"""Ellipses, rectangles and rings: exact areas, limits, and what cannot be drawn."""

import math

import pytest
import shapely
from cases import case_of

from constriction.base.errors import InputError
from constriction.geometry.cell import lay_out
from constriction.geometry.patches import Layout

LATTICES = ["single", "square", "hexagonal"]


def plan_of(**interface) -> Layout:
    return lay_out(case_of(interface).interface)


def lattice(pattern, fraction, **keys):
    return plan_of(pattern=pattern, pitch="3 um", contact_fraction=fraction, **keys)


def listed(**keys):
    return plan_of(pattern="list", cell=["100 um", "80 um"], **keys)


# --- lattices ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", LATTICES)
@pytest.mark.parametrize("kind", ["ellipse", "rectangle"])
@pytest.mark.parametrize("aspect", [0.2, 1.0, 3.0])
@pytest.mark.parametrize("inverted", [False, True])
def test_long_spots_meet_the_fraction(pattern, kind, aspect, inverted):
    fraction = 0.9 if inverted else 0.1
    plan = lattice(pattern, fraction, shape=kind, aspect=aspect, inverted=inverted)
    assert plan.contact_fraction == pytest.approx(fraction, abs=1e-12)
    left, front, right, back = plan.spots[0].polygon().bounds
    assert (left, front) == (0, 0)
    assert right / back == pytest.approx(aspect, rel=1e-3)


@pytest.mark.parametrize("pattern", LATTICES)
@pytest.mark.parametrize(("kind", "like"), [("ellipse", "disc"), ("rectangle", "square")])
def test_aspect_one_is_a_disc_or_a_square(pattern, kind, like):
    """Of squares exactly; a polygon of a disc's area differs from it by what 128 chords cut and add."""
    one, other = (shapely.union_all(lattice(pattern, 0.3, shape=shape).contacts(4096)) for shape in (kind, like))
    assert one.symmetric_difference(other).area < (1e-12 if like == "square" else 1e-3) * other.area


LIMITS = [
    ("square", "ellipse", 1.0, math.pi / 4),
    ("square", "ellipse", 4.0, math.pi / 16),
    ("square", "rectangle", 0.5, 0.5),
    ("hexagonal", "ellipse", 1.0, math.pi / math.sqrt(12)),
    ("hexagonal", "rectangle", 1.0, math.sqrt(3) / 2),
    # rows of rectangles that fill the lattice like bricks
    ("hexagonal", "rectangle", 2 / math.sqrt(3), 1.0),
]


@pytest.mark.parametrize(("pattern", "kind", "aspect", "limit"), LIMITS)
def test_long_spots_touch_where_they_do(pattern, kind, aspect, limit):
    lattice(pattern, 0.999 * limit, shape=kind, aspect=aspect)
    if limit < 1:
        with pytest.raises(InputError, match=f"touch there; expected below {limit:.6g}"):
            lattice(pattern, 1.0001 * limit, shape=kind, aspect=aspect)


# --- rings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["annulus", "frame"])
@pytest.mark.parametrize("ratio", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("inverted", [False, True])
def test_rings_meet_the_fraction(pattern, ratio, inverted):
    fraction = 0.9 if inverted else 0.1
    plan = lattice(pattern, fraction, inner_ratio=ratio, inverted=inverted)
    assert plan.contact_fraction == pytest.approx(fraction, abs=1e-12)
    polygon = plan.spots[0].polygon(4096)
    assert polygon.is_valid
    assert polygon.area == pytest.approx(plan.spots[0].area, rel=1e-6)
    corner = shapely.Point(0, 0)
    outer = polygon.bounds[2]
    assert polygon.distance(corner) == pytest.approx(ratio * outer, abs=1e-6 * outer)


@pytest.mark.parametrize(("pattern", "shape"), [("annulus", "disc"), ("frame", "square")])
def test_a_ring_without_a_hole_is_a_spot(pattern, shape):
    ring, spot = lattice(pattern, 0.3, inner_ratio=0), lattice("square", 0.3, shape=shape)
    for edge, like in zip(ring.spots[0].edges, spot.spots[0].edges, strict=True):
        assert edge.start == pytest.approx(like.start, rel=1e-15)


@pytest.mark.parametrize(("pattern", "each"), [("annulus", math.pi), ("frame", 4.0)])
def test_rings_that_touch(pattern, each):
    limit = each / 4 * (1 - 0.25)
    lattice(pattern, 0.999 * limit, inner_ratio=0.5)
    with pytest.raises(InputError, match=f"touch there; expected below {limit:.6g}"):
        lattice(pattern, 1.001 * limit, inner_ratio=0.5)


# --- lists ---------------------------------------------------------------------------------------------------------


def test_lists_have_exact_areas():
    plan = listed(
        discs=[["10 um", "10 um", "5 um"]],
        ellipses=[["40 um", "40 um", "20 um", "10 um", 30], ["0 um", "60 um", "4 um", "2 um", 90]],
        rectangles=[["80 um", "20 um", "20 um", "10 um", 45], ["100 um", "60 um", "10 um", "8 um", 0]],
    )
    covered = math.pi * 25 + math.pi * 200 + math.pi * 8 / 2 + 200 + 80 / 2
    assert plan.contact_fraction == pytest.approx(covered / 8000, abs=1e-12)
    ellipse = plan.spots[1].polygon()
    x, y = ellipse.centroid.coords[0]
    assert (x, y) == pytest.approx((40e-6, 40e-6), rel=1e-9)
    # the long axis points 30° up
    tip = shapely.Point(40e-6 + 19.9e-6 * math.cos(math.pi / 6), 40e-6 + 19.9e-6 * math.sin(math.pi / 6))
    assert ellipse.contains(tip)
    assert plan.spots[3].polygon().bounds[2] == pytest.approx(80e-6 + 15e-6 / math.sqrt(2), rel=1e-9)


LISTS = [
    ({"ellipses": [["5 um", "40 um", "6 um", "3 um", 0]]}, "interface.ellipses: ellipse 1 (x 5 um, y 40 um) touches"),
    ({"ellipses": [["0 um", "40 um", "6 um", "3 um", 10]]}, "its middle on the edge and its angle a multiple of 90"),
    ({"rectangles": [["10 um", "40 um", "20 um", "3 um", 0]]}, "interface.rectangles: rectangle 1"),
    ({"rectangles": [["-1 m", "40 um", "20 um", "3 um", 0]]}, "touches, crosses or lies outside the cell"),
    ({"rectangles": [["0 um", "40 um", "300 um", "3 um", 0]]}, "touches, crosses or lies outside the cell"),
    (
        {"discs": [["40 um", "40 um", "5 um"]], "ellipses": [["50 um", "40 um", "6 um", "3 um", 0]]},
        "interface: disc 1 and ellipse 1 overlap or touch",
    ),
    (
        {"rectangles": [["40 um", "40 um", "10 um", "5 um", 0], ["50 um", "40 um", "10 um", "3 um", 0]]},
        "interface: rectangle 1 and rectangle 2 overlap or touch",
    ),
    ({"rectangles": [["40 um", "40 um", "10 um", "5 um"]]}, "expected rectangles [x, y, width, depth, angle]"),
    ({"rectangles": [["40 um", "40 um", "10 um", "5 um", "30 deg"]]}, "interface.rectangles[0][4] = '30 deg'"),
    ({}, "interface.discs = []: expected at least one of discs, ellipses and rectangles"),
]


@pytest.mark.parametrize(("keys", "words"), LISTS)
def test_lists_that_cannot_be_drawn(keys, words):
    with pytest.raises(InputError) as error:
        listed(**keys)
    assert words in str(error.value) and "\n" not in str(error.value)


WRONG = [
    ({"shape": "disc", "aspect": 2}, "interface.aspect = 2: expected shape = 'ellipse' or 'rectangle' beside it"),
    ({"shape": "ellipse", "aspect": 1000}, "interface.aspect = 1000: expected a number from 0.01 to 100"),
    ({"pattern": "annulus"}, "interface.inner_ratio: missing; pattern 'annulus' expects a number from 0 to 0.999"),
    ({"pattern": "frame", "inner_ratio": 1}, "interface.inner_ratio = 1: expected a number from 0 to 0.999"),
    (
        {"pattern": "single", "cell_shape": "circular", "shape": "ellipse"},
        "interface.shape = 'ellipse': expected 'disc' or 'square' in a circular cell",
    ),
]


@pytest.mark.parametrize(("keys", "words"), WRONG)
def test_wrong_keys(keys, words):
    with pytest.raises(InputError) as error:
        plan_of(**{"pattern": "square", "pitch": "1 um", "contact_fraction": 0.1, **keys})
    assert words in str(error.value)
