"""The solids of the 3D scene: volumes and outlines against what the case says."""

import math

import numpy as np
import pytest

from constriction.case.schema import parse_case
from constriction.geometry.cell import lay_out
from constriction.geometry.relief import MOST_SPOTS, prisms, relief


def layout(**interface):
    given = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm", **interface}
    return lay_out(parse_case({"interface": {k: v for k, v in given.items() if v is not None}}).interface)


def volume(solid):
    """By the divergence theorem, so only a closed surface that is oriented outwards gives it; ⅙ Σ a·(b×c)."""
    a, b, c = (solid.points[solid.triangles[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum()) / 6


LIST = {"pattern": "list", "contact_fraction": None, "pitch": None}
LIST |= {"cell": ["100 um", "80 um"], "discs": [["20 um", "30 um", "5 um"], ["0 um", "80 um", "12 um"]]}

# Pattern, lattice cell in metres (pitch 2 mm), contacts in it (parts cut at the cell's edge count).
PATTERNS = [
    (layout(), (2e-3, 2e-3 * math.sqrt(3)), 5),
    (layout(pattern="square"), (2e-3, 2e-3), 1),
    (layout(pattern="square", shape="square"), (2e-3, 2e-3), 1),
    (layout(pattern="single", cell_shape="circular"), (2e-3, 2e-3), 1),
    (layout(pattern="square", inverted=True, contact_fraction=0.8), (2e-3, 2e-3), 1),
    (layout(pattern="stripes"), (2e-3, 2e-3), 1),
    (layout(pattern="random", spots=12), (2e-3 * math.sqrt(12),) * 2, 12),
    (layout(contact_fraction=1), (2e-3, 2e-3), 1),
    (layout(**LIST), (1e-4, 8e-5), 2),
]


@pytest.mark.parametrize(("drawn", "cell", "parts"), PATTERNS)
def test_mirror_images_make_a_lattice_cell(drawn, cell, parts):
    found = relief(drawn)
    assert found.whole
    assert (found.width, found.depth) == pytest.approx(cell, rel=1e-12)
    assert len(found.contacts) == parts
    share = sum(part.area for part in found.contacts) / found.cell.area
    # Chords instead of arcs: a disc of 96 corners lacks 2π²/(3·96²) = 0.07 % of its area.
    assert share == pytest.approx(drawn.contact_fraction, rel=1e-3)


@pytest.mark.parametrize(("drawn", "cell", "parts"), PATTERNS)
def test_prisms_are_closed_and_face_outwards(drawn, cell, parts):
    found = relief(drawn)
    solid = prisms(found.contacts, 1e-4, 3e-4)
    assert volume(solid) == pytest.approx(2e-4 * sum(part.area for part in found.contacts), rel=1e-9)
    assert set(solid.points[:, 2]) == {1e-4, 3e-4}
    assert len(solid.rims) == sum(1 + len(part.interiors) for part in found.contacts)
    assert all((rim[0] == rim[-1]).all() and (rim[:, 2] == 3e-4).all() for rim in solid.rims)


def test_pores_stay_open():
    found = relief(layout(pattern="square", inverted=True, contact_fraction=0.8))
    (contact,) = found.contacts
    assert len(contact.interiors) == 1
    assert contact.interiors[0].bounds == pytest.approx(
        [r * 1e-3 for r in (-0.504627, -0.504627, 0.504627, 0.504627)], rel=1e-5
    )


def test_of_very_many_spots_a_corner_is_drawn_and_said():
    given = layout(pattern="random", spots=3 * MOST_SPOTS)
    found = relief(given)
    assert not found.whole
    assert found.width == pytest.approx(given.width / math.sqrt(3), rel=1e-12)
    assert 0.9 * MOST_SPOTS < len(found.contacts) < 1.2 * MOST_SPOTS
    assert sum(len(rim) for rim in prisms(found.contacts, 0, 1).rims) < 50_000


def test_nothing_gives_nothing():
    assert prisms([], 0.0, 1.0).points.shape == (0, 3)
