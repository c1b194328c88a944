"""Solids and grains to look at: the surfaces that reports draw hold the bodies' volumes."""

import numpy as np
import pytest

from constriction.case.schema import parse_case
from constriction.field.solids.surfaces import distances, moved_onto
from constriction.geometry.cell import lay_out_case
from constriction.geometry.grains.drawn import skins
from constriction.geometry.grains.polycrystal import cubes, voronoi
from constriction.geometry.relief import relief
from constriction.geometry.solids.bodies import CAP, METAL, SPHEROID, WHISKER, Body, Layer
from constriction.geometry.solids.drawn import slices, surface
from constriction.geometry.solids.placed import solids_of
from constriction.simulation.grains.solving import crystal_of
from constriction.view.pages.contact_scene import contact_scene

SQUARE = {"pattern": "square", "contact_fraction": 1, "pitch": "40 um"}
WHISKERS = {"kind": "whisker", "radius": "2 um", "depth": "30 um"}


def case_with(*solids, **interface):
    electrolyte = {"thickness": "40 um"}
    return parse_case({"interface": SQUARE | interface, "electrolyte": electrolyte, "solid": list(solids)})


def volume(solid):
    """By Gauss's theorem, m³; of a surface that is open at z = 0 alone, as nothing flows through it there."""
    a, b, c = np.moveaxis(solid.points[solid.triangles], 1, 0)
    return float(np.sum((a + b + c)[:, 2] / 3 * np.cross(b - a, c - a)[:, 2]) / 2)


@pytest.mark.parametrize(
    ("shape", "radius", "depth", "below"),
    [
        (CAP, 3e-6, 3e-6, 0),
        (CAP, 3e-6, 0.5e-6, 0),
        (SPHEROID, 2e-6, 9e-6, 0),
        (SPHEROID, 5e-6, 2e-6, 4e-6),
        (WHISKER, 1e-6, 7e-6, 0),
    ],
)
@pytest.mark.parametrize(("x", "y"), [(0, 0), (20e-6, 20e-6), (10e-6, 8e-6), (20e-6, 9e-6)])
def test_drawn_bodies_hold_their_volume(shape, radius, depth, below, x, y):
    layout = lay_out_case(case_with(WHISKERS))
    body = Body(shape, METAL, x, y, radius, depth, below)
    shown = relief(layout)
    # whole in the corner of its spot, half beyond each side of the lattice cell, and four images elsewhere
    expected = {(0, 0): 1, (20e-6, 20e-6): 1, (10e-6, 8e-6): 4, (20e-6, 9e-6): 2}[x, y] * body.volume
    drawn = surface((body,), layout, shown)
    assert volume(drawn) == pytest.approx(expected, rel=0.02)
    assert drawn.points[:, 2].min() == pytest.approx(-body.lowest)
    assert np.all(np.abs(drawn.points[:, :2]) <= 20e-6 * (1 + 1e-12))


def test_drawn_layers_end_with_the_slab_that_is_drawn():
    shown = relief(lay_out_case(case_with(WHISKERS)))
    layers = (Layer(1e-6, 2e-6), Layer(8e-6, 9e-6), Layer(30e-6, 1e-6))
    assert volume(slices(layers, shown, -10e-6)) == pytest.approx((2e-6 + 2e-6) * 40e-6**2)


def test_scene_has_solids_in_the_electrolyte():
    case = case_with(WHISKERS, {"kind": "layer", "thickness": "3 um", "conductivity": "1 mS/cm", "below": "35 um"})
    layout = lay_out_case(case)
    scene = contact_scene(layout, 1e-7, 40e-6, solids_of(case, layout))
    names = [part.get("name") for part in scene.figure["data"]]
    assert names[:5] == ["layer", "metal", "electrolyte", "contact", "copper"]
    assert "what lies in it is to scale" in scene.caption and "drawn whole" in scene.caption
    flat = contact_scene(layout, 1e-7, 40e-6)
    assert flat.figure["data"][0]["name"] == "electrolyte" and flat.figure["data"][0]["opacity"] == 1


@pytest.mark.parametrize("shape", [cubes, lambda box, size: voronoi(box, size, 3)])
@pytest.mark.parametrize("pattern", ["square", "hexagonal", "random"])
def test_drawn_grains_close_the_cell(shape, pattern):
    more = {"pattern": pattern, "contact_fraction": 0.2} | ({"spots": 9} if pattern == "random" else {})
    layout = lay_out_case(parse_case({"interface": SQUARE | more}))
    box = np.array([layout.width, layout.depth, 30e-6]) / layout.pitch
    groups = skins(shape(box, 0.2), layout, 5)
    total = sum(volume(group) for group in groups)
    assert total == pytest.approx(layout.lattice_images * np.prod(box) * layout.pitch**3)
    assert all(len(group.rims) for group in groups)


def test_scene_has_grains_above_the_slab():
    case = parse_case(
        {"interface": SQUARE | {"contact_fraction": 0.2}, "grains": {"mean_size": "8 um", "depth": "16 um"}}
    )
    layout = lay_out_case(case)
    scene = contact_scene(layout, 1e-7, 1e-3, crystal_of(case, layout))
    named = [part["name"] for part in scene.figure["data"] if part.get("showlegend")]
    assert named == ["electrolyte", "grains", "contact", "copper"]
    assert "what lies in it is to scale" in scene.caption and "cut off below" in scene.caption


def test_points_near_a_slender_spheroid_go_to_it_by_the_shortest_way():
    body = Body(SPHEROID, METAL, 0.0, 0.0, radius=0.01, depth=0.3)
    angle = np.linspace(0.1, 1.5, 15)
    on = np.stack([0.01 * np.sin(angle), 0 * angle, -0.3 * np.cos(angle)], axis=1)
    chords = (on[1:] + on[:-1]) / 2
    moved = moved_onto(body, chords)
    assert np.max(distances(body, moved)) < 1e-12
    assert np.all(np.linalg.norm(moved - chords, axis=1) < 1.2 * distances(body, chords))
