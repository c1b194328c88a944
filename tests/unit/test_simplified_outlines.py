"""What outlines lose before they are meshed: room beside rims, corners left out, corners rounded, areas kept."""

import math

import numpy as np
import pytest
from shapely.geometry import Polygon, box

from constriction.field.mesh.folds import widest
from constriction.field.mesh.straight import StraightRim
from constriction.geometry.maps.clearance import Line, clearances
from constriction.geometry.maps.corners import BLUNTEST, rounded
from constriction.geometry.maps.simplified import farthest, simplified
from constriction.geometry.outlines import rectangle
from constriction.geometry.patches import CONTACT, GAP, Layout, Patch
from constriction.geometry.patterns.polygons import outline_of, widths_of

SIDES = (10.0, 8.0)


def plan_of(*polygons):
    widths = widths_of(polygons, SIDES, inverted=False)
    spots = tuple(outline_of(polygon, SIDES) for polygon in polygons)
    return Layout(rectangle(0, 0, *SIDES), (Patch(CONTACT, spots), Patch(GAP)), *SIDES, 5.0, 1, outlined=widths)


def circle(x, y, radius, corners=200):
    angles = 2 * math.pi * np.arange(corners) / corners
    return np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles)])


def turns(points):
    steps = np.roll(points, -1, axis=0) - points
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    return (angles - np.roll(angles, 1) + math.pi) % (2 * math.pi) - math.pi


def test_room_between_two_discs_and_of_one_alone():
    near, far = Line(circle(3, 4, 1), True), Line(circle(6, 4, 1), True)
    (alone,) = clearances([near], SIDES, 2.0)
    assert alone.min() == pytest.approx(2.0)  # the sides are no nearer, and its own rim never twice as far along it
    both = clearances([near, far], SIDES, 2.0)[0]
    assert both[0] == pytest.approx(0.5) and both[0] == both.min()


def test_room_in_a_neck_and_before_a_mirror():
    x = np.linspace(0, 10, 101)
    neck = np.concatenate([np.column_stack([x, 0 * x + 3]), np.column_stack([x[::-1], 0 * x + 3.4])])
    found = clearances([Line(neck, True)], SIDES, 2.0)[0]
    assert found[50] == pytest.approx(0.2)
    low = Line(np.column_stack([x, 0 * x + 0.3]), False)  # from side to side, along a third one
    assert clearances([low], SIDES, 2.0)[0][50] == pytest.approx(0.3)


def test_corners_are_rounded_by_arcs_that_touch_both_edges():
    square = np.array([[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]])
    found = rounded(Line(square, True), np.full(4, 0.2)).points
    assert len(found) == 8 and np.abs(turns(found)).max() <= BLUNTEST
    cut = Polygon(square).area - Polygon(found).area
    assert 0 < cut < 4 * 0.2**2 / 2  # less than the corners that the cuts' ends would leave


@pytest.mark.parametrize("tolerance", [0.4, 0.1])
def test_few_corners_and_the_same_areas(tolerance):
    disc = Polygon(circle(3, 4, 1))
    ring = Polygon(circle(7, 5, 1.5), [circle(7, 5, 0.8)])
    on_side = Polygon(circle(5, 0, 1)).intersection(box(0, 0, *SIDES))
    plan = plan_of(disc, ring, on_side)
    simpler = simplified(plan, tolerance)
    for one, other in zip(plan.spots, simpler.spots, strict=True):
        assert other.area == pytest.approx(one.area, rel=1e-9)
        assert len(other.holes) == len(one.holes)
        assert all(len(chain) < 50 for chain in other.chains)
    assert farthest(plan, simpler) < 0.4 * tolerance
    assert min(y for edge in simpler.spots[2].edges for _, y in (edge.start,)) == 0.0


def test_what_would_cross_is_simplified_less():
    """Two discs that nearly touch stay apart, however large the tolerance is."""
    plan = plan_of(Polygon(circle(3, 4, 1)), Polygon(circle(5.02, 4, 1)))
    one, other = (spot.polygon() for spot in simplified(plan, 3.0).spots)
    assert one.is_valid and other.is_valid and one.distance(other) > 0


def test_collars_of_an_octagon_do_not_fold():
    """Between the corners no wider than the circle inside; at corners less than the way to the next station."""
    corners = circle(0, 0, 1, corners=8)
    ring = tuple((x, y) for x, y in [*corners.tolist(), corners[0].tolist()])
    t = np.linspace(0, 1, 17)[:-1]  # corners and the middles of edges
    found = widest(StraightRim(ring, 1.0), t)
    inside = math.cos(math.pi / 8)
    assert np.all(found[1::2] <= inside) and np.all(found[1::2] > 0.5 * inside)
    edge = 2 * math.sin(math.pi / 8)
    assert found[::2] == pytest.approx(0.45 * edge / 2 / math.tan(math.pi / 8))


def test_squares_keep_their_collars():
    square = StraightRim(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)), 0.5)
    assert np.all(np.isinf(widest(square, np.linspace(0, 1, 9)[:-1])))


def test_an_oblique_end_bends_with_its_image():
    rim = StraightRim(((0.0, 0.0), (1.0, 1.0), (1.0, 2.0)), 0.5, ((1.0, 0.0), (1.0, 0.0)))
    assert np.degrees(rim.bends) == pytest.approx([-90, 45, 0])
    normals = rim.at(np.array([0.0, 1.0]))[1]
    assert normals == pytest.approx(np.array([[math.sqrt(2), 0.0], [1.0, 0.0]]))
