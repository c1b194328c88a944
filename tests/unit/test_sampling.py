"""Second-order elements between their nodes: shape functions, parts, gradients and faces."""

import itertools
import math

import numpy as np
import pytest

from constriction.field.elements.sampling import (
    EDGES,
    GAUSS_POINTS,
    GAUSS_WEIGHTS,
    faces,
    gradients,
    shapes,
    slopes,
    subdivided,
)

every_simplex = pytest.mark.parametrize("corners", [2, 3, 4])


def nodes_of(corners):
    """Barycentric coordinates of an element's nodes."""
    return np.concatenate([np.eye(corners), [(np.eye(corners)[i] + np.eye(corners)[j]) / 2 for i, j in EDGES[corners]]])


@every_simplex
def test_each_shape_function_is_one_at_its_node_and_zero_at_the_others(corners):
    assert shapes(nodes_of(corners)) == pytest.approx(np.eye(len(nodes_of(corners))))


@every_simplex
def test_slopes_are_differences_of_shapes(corners):
    place, step = np.full(corners, 1 / corners), 1e-6
    for i in range(1, corners):
        turn = np.zeros(corners)
        turn[i], turn[0] = step, -step
        numeric = (shapes(place + turn) - shapes(place - turn)) / (2 * step)
        assert slopes(place)[:, i - 1] == pytest.approx(numeric, abs=1e-9)


@every_simplex
@pytest.mark.parametrize("times", [0, 1, 2])
def test_parts_fill_the_simplex_once(corners, times):
    places, parts = subdivided(corners, times)
    assert len(parts) == 2 ** ((corners - 1) * times)
    edges = places[parts][:, 1:, 1:] - places[parts][:, :1, 1:]
    sizes = np.abs(np.linalg.det(edges))
    assert sizes == pytest.approx(np.full(len(parts), 1 / len(parts)))
    assert len(np.unique(places, axis=0)) == len(places)


def test_gradient_of_a_quadratic_is_exact_in_a_curved_element():
    draw = np.random.default_rng(1)
    corners = np.array([[0, 0, 0], [1, 0.1, 0], [0, 1, 0.2], [0.1, 0, 1]])
    nodes = shapes(nodes_of(4)) @ np.concatenate([corners, [(corners[i] + corners[j]) / 2 for i, j in EDGES[4]]])
    places = draw.dirichlet(np.ones(4), 5)
    at = shapes(places) @ nodes
    quadratic = nodes[:, 0] ** 2 + 3j * nodes[:, 1] * nodes[:, 2]
    exact = np.column_stack([2 * at[:, 0], 3j * at[:, 2], 3j * at[:, 1]])
    assert gradients(nodes[None], quadratic[None], places)[0] == pytest.approx(exact)
    bent = nodes + 0.05 * draw.normal(size=nodes.shape)  # a linear function stays linear however the element is bent
    assert gradients(bent[None], (bent @ [1, 2j, 3])[None], places)[0] == pytest.approx(np.tile([1, 2j, 3], (5, 1)))


@pytest.mark.parametrize("powers", [p for p in itertools.product(range(6), repeat=2) if sum(p) <= 5])
def test_gauss_points_integrate_polynomials_of_degree_five(powers):
    a, b = powers
    exact = 2 * math.factorial(a) * math.factorial(b) / math.factorial(a + b + 2)  # over an area of one
    assert np.sum(GAUSS_WEIGHTS * GAUSS_POINTS[:, 0] ** a * GAUSS_POINTS[:, 1] ** b) == pytest.approx(exact, rel=1e-12)


def test_faces_find_the_last_owner_and_its_corners():
    tetrahedra = np.array([[0, 1, 2, 3], [4, 2, 1, 0]], dtype=np.int32)
    found = faces(tetrahedra, np.array([[2, 0, 1], [3, 0, 1]], dtype=np.int32))
    assert found.owner.tolist() == [1, 0]
    assert [tetrahedra[o][c].tolist() for o, c in zip(found.owner, found.corners, strict=True)] == [
        [2, 0, 1],
        [3, 0, 1],
    ]
    inside = found.inside(np.array([[0.2, 0.3, 0.5]]))
    assert inside[0, 0].tolist() == [0, 0.2, 0.5, 0.3]
    with pytest.raises(ValueError, match="expected triangles that are faces"):
        faces(tetrahedra, np.array([[1, 3, 4]], dtype=np.int32))
