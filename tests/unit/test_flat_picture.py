"""The interface from above without a mesh: heights are the profile's, contacts are the layout's, files are pictures."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from constriction import load, parse_case
from constriction.geometry.cell import lay_out
from constriction.geometry.relief import relief
from constriction.simulation.weights import uneven_gap
from constriction.view.pages.contact_scene import from_above
from constriction.view.pictures.flat import flat_png, heights_on

MESHES = Path(__file__).parents[2] / "meshes"
WEDGE = {"height": "100 nm", "profile": "linear", "rise": "5 um", "length": "200 um"}
PATTERNS = (
    {"pattern": "square", "pitch": "2 mm", "contact_fraction": 0.2},
    {"pattern": "hexagonal", "pitch": "2 mm", "contact_fraction": 0.2},
    {"pattern": "stripes", "pitch": "2 mm", "contact_fraction": 0.3},
    {"pattern": "single", "cell_shape": "circular", "pitch": "2 mm", "contact_fraction": 0.2},
    {"pattern": "random", "pitch": "2 mm", "contact_fraction": 0.2, "spots": 5, "seed": 1},
)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=int)


@pytest.mark.parametrize("interface", PATTERNS, ids=lambda interface: interface["pattern"])
def test_drawn_cell_has_the_profile_s_heights(interface):
    case = parse_case({"interface": interface, "gap": WEDGE})
    layout = lay_out(case.interface)
    found, profile = relief(layout), uneven_gap(case, layout)
    heights = heights_on(layout, found, profile, case.gap.height)
    assert heights.min() == pytest.approx(1e-7) and 4.9e-6 < heights.max() <= 5e-6 * (1 + 1e-12)
    left, front, right, back = found.cell.bounds
    assert np.shape(heights)[0] / np.shape(heights)[1] == pytest.approx((back - front) / (right - left), rel=0.01)
    if layout.lattice_images > 1:  # mirrors are seen as such
        np.testing.assert_allclose(heights, heights[:, ::-1], rtol=1e-9)
        np.testing.assert_allclose(heights, heights[::-1], rtol=1e-9)


@pytest.mark.parametrize("interface", PATTERNS, ids=lambda interface: interface["pattern"])
def test_area_of_contacts_is_seen(interface):
    case = parse_case({"interface": interface, "gap": {"height": "none"}})
    layout = lay_out(case.interface)
    image = pixels(flat_png(layout, None, None))
    orange, blue = (np.abs(image - colour).max(axis=2) < 12 for colour in ((230, 159, 0), (140, 199, 236)))
    share = orange.sum() / (orange.sum() + blue.sum())  # rims, and patches of the legend, are in neither
    assert share == pytest.approx(layout.contact_fraction, abs=0.015)


def test_map_is_drawn_whole():
    layout = lay_out(load(MESHES / "measured_map.toml").interface)
    found = relief(layout)
    assert sum(part.area for part in found.contacts) == pytest.approx(
        layout.contact_fraction * layout.cell.area, rel=1e-3
    )
    assert (found.width, found.depth) == (layout.width, layout.depth)
    section = from_above(layout, 1e-7, None)
    assert "traced" in section.caption and pixels(section.png).std() > 20


def test_lifted_part_is_told():
    case = parse_case({"interface": PATTERNS[0], "gap": WEDGE})
    layout = lay_out(case.interface)
    profile = uneven_gap(case, layout)
    section = from_above(layout, case.gap.height, profile)
    assert f"{100 * profile.lifted_share:.2g} % of the interface" in section.caption
    assert section.png == from_above(layout, case.gap.height, profile).png


def test_a_map_of_heights_lifts_nothing():
    case = load(MESHES / "height_map.toml")
    layout = lay_out(case.interface)
    section = from_above(layout, case.gap.height, uneven_gap(case, layout))
    assert section.title == "Height of the gap" and "lifted" not in section.caption
