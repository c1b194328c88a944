"""Prisms cut into tetrahedra, layers stood on triangles, mid-nodes: volumes, conformity, and where √r is half way."""

import numpy as np
import pytest

from constriction.field.elements.sampling import slopes
from constriction.field.mesh.simplices import (
    STEEPEST,
    TETRAHEDRON_EDGES,
    LinearMesh,
    elevate,
    extrude,
    raised,
    split_prisms,
    split_quadrilaterals,
)

TAGS = {"gap_volume": 2, "copper": 5, "island_wall": 6, "side": 8}
FACES = ((0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3))


def volumes(points, cells):
    a, b, c, d = (points[cells[:, k]] for k in range(4))
    return np.abs(np.einsum("ij,ij->i", np.cross(b - a, c - a), d - a)) / 6


def faces_by_count(cells):
    faces = np.sort(np.concatenate([cells[:, face] for face in FACES]), axis=1)
    unique, counts = np.unique(faces, axis=0, return_counts=True)
    return {count: {tuple(f) for f in unique[counts == count].tolist()} for count in np.unique(counts).tolist()}


@pytest.mark.parametrize("seed", range(20))
def test_neighbouring_prisms_agree_on_every_face(seed):
    """A ring of six prisms round an axis, with their corners numbered at random: no face is left open inside."""
    rng = np.random.default_rng(seed)
    angles = np.arange(6) * np.pi / 3
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    layout = np.vstack([[0, 0], ring])
    points = np.vstack([np.column_stack([layout, np.full(7, z)]) for z in (0.0, 1.0)])
    low = np.array([[0, 1 + k, 1 + (k + 1) % 6] for k in range(6)])
    prisms = np.hstack([low, low + 7])
    number = rng.permutation(14)
    shuffled = np.empty_like(points)
    shuffled[number] = points
    cells = split_prisms(number[prisms])
    counts = faces_by_count(cells)
    assert set(counts) == {1, 2}
    # the hull: two hexagons of six triangles, six squares of two
    assert len(counts[1]) == 24
    outer = number[np.array([[1 + k, 1 + (k + 1) % 6, 8 + (k + 1) % 6, 8 + k] for k in range(6)])]
    assert {tuple(sorted(t)) for t in split_quadrilaterals(outer).tolist()} <= counts[1]
    assert volumes(shuffled, cells).sum() == pytest.approx(3 * np.sqrt(3) / 2, rel=1e-12)


def square_plate():
    """Two triangles on z = 0 above one tetrahedron; the edge x = 0 is a rim."""
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0.5, 0.5, -1]], dtype=float)
    base = np.array([[0, 1, 2], [0, 2, 3]])
    mesh = LinearMesh(
        points=points,
        cells=np.array([[0, 1, 2, 4], [0, 2, 3, 4]]),
        regions=np.array([1, 1]),
        facets=base,
        tags=np.array([4, 4]),
        to_rim=np.array([0.0, 1.0, 1.0, 0.0, np.hypot(0.5, 1.0)]),
        curved=np.zeros((0, 2), dtype=np.int64),
        axes=np.zeros((0, 2)),
    )
    return mesh, base


def test_layers_fill_the_gap_and_their_walls_are_told_apart():
    mesh, base = square_plate()
    whole = extrude(mesh, base, np.array([0.1, 0.4]), TAGS)
    gap = whole.cells[whole.regions == 2]
    assert volumes(whole.points, gap).sum() == pytest.approx(0.4, rel=1e-12)
    counts = faces_by_count(whole.cells)
    assert set(counts) == {1, 2}
    hull = {tuple(sorted(f)) for f in whole.facets[whole.tags != 4].tolist()}
    assert hull <= counts[1]
    walls = whole.points[whole.facets[whole.tags == TAGS["island_wall"]]]
    np.testing.assert_array_equal(walls[:, :, 0], 0.0)
    sides = whole.points[whole.facets[whole.tags == TAGS["side"]]]
    areas = [np.linalg.norm(np.cross(t[:, 1] - t[:, 0], t[:, 2] - t[:, 0]), axis=1).sum() / 2 for t in (walls, sides)]
    np.testing.assert_allclose(areas, [0.4, 1.2], rtol=1e-12)


def test_mid_nodes_are_where_the_root_of_the_distance_is_half_way():
    mesh, base = square_plate()
    curved = elevate(extrude(mesh, base, np.array([0.2]), TAGS))
    middles = {tuple(np.round(p, 12)) for p in curved.points.tolist()}
    assert (0.25, 0.0, 0.0) in middles  # quarter point of an edge with one end on the rim
    assert (0.0, 0.5, 0.0) in middles  # an edge of the rim stays
    assert (1.0, 0.5, 0.0) in middles  # both ends as far
    assert (0.25, 0.0, 0.1) in middles or (0.25, 0.0, 0.2) in middles  # in the gap: graded along, not in height
    r = np.hypot(0.5, 1.0)
    end = np.array([0.5, 0.5, -1.0])
    start = np.array([1.0, 1.0, 0.0])
    half_way = ((1 + np.sqrt(r)) / 2) ** 2
    share = (half_way - 1) / (r - 1)
    assert tuple(np.round(start + share * (end - start), 12)) in middles


def test_tops_follow_the_profile_and_no_element_turns_inside_out():
    """Heights over six decades from corner to corner: STEEPEST of them is left, and no volume falls below zero."""
    mesh, base = square_plate()
    whole = extrude(mesh, base, np.array([0.1, 0.4]), TAGS)
    even, gap = elevate(whole), whole.regions == TAGS["gap_volume"]

    def profile(x, y):
        return 10 ** (3 * np.cos(np.pi * x) * np.cos(2 * y))

    moved, factor = raised(even, gap, profile)
    np.testing.assert_array_equal(moved.points[:, :2], even.points[:, :2])
    np.testing.assert_allclose(moved.points[:, 2], factor * even.points[:, 2], rtol=1e-15)
    solid = even.cells[~gap]
    np.testing.assert_array_equal(moved.points[solid], even.points[solid])
    ends = even.cells[gap][:, TETRAHEDRON_EDGES]
    assert np.all(factor[ends].max(axis=2) <= STEEPEST * factor[ends].min(axis=2) * (1 + 1e-12))
    np.testing.assert_allclose(factor[even.cells[gap][:, 4:]], factor[ends].mean(axis=2), rtol=1e-15)
    places = np.random.default_rng(6).dirichlet(np.ones(4), 50)
    slope = slopes(places, TETRAHEDRON_EDGES)
    jacobians = [np.linalg.det(np.einsum("qnk,cnx->cqkx", slope, points[even.cells[gap]])) for points in
                 (even.points, moved.points)]  # fmt: skip
    assert np.all(jacobians[0] * jacobians[1] > 0)
