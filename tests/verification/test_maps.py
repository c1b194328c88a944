"""Maps of contacts: outlines from pixels give R_cstr of what was drawn.

Known answers:
- discs, whose own outlines are exact, at known places: images of them at 8 to 64 pixels per pitch converge to them;
- pores in a contact, which percolates: the list with `inverted`;
- a strip from side to side: σR = −(P/π) ln sin(πf/2);
- a ring, which has a hole: a quarter of it, which has none, is the same problem, for the cell's sides are mirrors;
- random shapes, islands and networks: a grid that is much finer.
"""

import math

import numpy as np
import pytest
from support.closed_forms import strip_constriction
from support.maps import blobs, map_case, solved_case

from constriction import simulate
from constriction.geometry.cell import lay_out
from constriction.geometry.coverage import Raster, coverage
from constriction.simulation.maps.record import interface_at

SIGMA = 0.5  # S/m, of NZSP at ω → 0
PIXELS_PER_PITCH = np.array([8, 16, 32, 64])
AT_REST = np.zeros(1)


def on_grid(case, pixels=160**2):
    """F(0) − depth of a case in m, on one grid."""
    layout = lay_out(case.interface)
    return interface_at(layout, case.electrolyte.thickness / layout.pitch, pixels, AT_REST) * layout.pitch


def discs(share, x, y):
    """Four discs in a cell of 2 mm, each at x, y (mm) of its square of 1 mm."""
    radius = math.sqrt(share / math.pi)
    places = [[f"{x + i} mm", f"{y + j} mm", f"{radius!r} mm"] for i in (0, 1) for j in (0, 1)]
    return solved_case({"pattern": "list", "cell": ["2 mm", "2 mm"], "discs": places})


def drawn(covered):
    """The rows of an image, from the top down, of what is covered (across, along)."""
    return covered.T[::-1]


@pytest.mark.parametrize("share", [0.2, 0.5])
def test_images_of_discs_converge(share):
    """Grey images with the square of the pixel; black and white ones with the pixel, as their rims stay rough."""
    draw, errors = np.random.default_rng(3), {"grey": [], "black and white": []}
    places = 0.5 + (draw.random((10, 2)) - 0.5) / PIXELS_PER_PITCH[0]
    exact = [discs(share, x, y) for x, y in places]
    true = [on_grid(case) for case in exact]
    for pixels in 2 * PIXELS_PER_PITCH:
        each = {kind: [] for kind in errors}
        for case, value in zip(exact, true, strict=True):
            layout = lay_out(case.interface)
            grey = drawn(coverage(layout.spots, Raster(layout.width, layout.depth, pixels, pixels)))
            centres = (np.arange(pixels) + 0.5) * layout.width / pixels
            on = layout.on_contact(np.stack(np.meshgrid(centres, centres[::-1]), axis=-1).reshape(-1, 2))
            white = on.reshape(pixels, pixels).astype(np.uint8)
            each["grey"].append(abs(on_grid(map_case(grey, 2.0, threshold=[0, 1])) / value - 1))
            each["black and white"].append(abs(on_grid(map_case(white, 2.0, threshold=0)) / value - 1))
        for kind, found in each.items():
            errors[kind].append(np.mean(found))
    rate = {kind: -np.polyfit(np.log(PIXELS_PER_PITCH), np.log(found), 1)[0] for kind, found in errors.items()}
    assert rate["grey"] >= 1.5 and rate["black and white"] >= 1.0, (rate, errors)
    assert errors["grey"][-1] < 2e-3 and errors["black and white"][-1] < 8e-3


@pytest.mark.parametrize("inverted", [False, True])
def test_a_disc_on_the_sides_is_that_of_the_lattice(inverted):
    """A quarter of a disc in a corner, drawn on 160 pixels; inverted it is a pore in a contact that percolates."""
    pattern = {"pattern": "square", "contact_fraction": 0.7 if inverted else 0.2, "pitch": "2 mm", "inverted": inverted}
    lattice = simulate(solved_case(pattern, 3e-3))
    grey = coverage(lattice.layout.spots, Raster(lattice.layout.width, lattice.layout.depth, 160, 160))
    found = simulate(map_case(drawn(grey), 1.0, 3e-3, threshold=[0, 1], inverted=inverted))
    assert found.accuracy_reached
    assert found.layout.contact_fraction == pytest.approx(lattice.layout.contact_fraction, rel=2e-4)
    assert abs(found.R_cstr - lattice.R_cstr) <= found.R_cstr_error + lattice.R_cstr_error


def test_pores_are_those_of_the_list():
    """Four pores of unlike size, one on a side, in one contact with holes."""
    places = [["0.5 mm", "0 mm", "0.3 mm"], ["1.4 mm", "0.6 mm", "0.25 mm"], ["0.6 mm", "1.1 mm", "0.2 mm"]]
    listed = solved_case({"pattern": "list", "cell": ["2 mm", "1.5 mm"], "discs": places, "inverted": True}, 3e-3)
    exact, layout = simulate(listed), lay_out(listed.interface)
    grey = 1 - coverage(layout.spots, Raster(layout.width, layout.depth, 240, 180))
    found = simulate(map_case(drawn(grey), 2.0, 3e-3, threshold=[0, 1]))
    assert len(found.layout.spots) == 1 and len(found.layout.spots[0].holes) == 2
    assert abs(found.R_cstr - exact.R_cstr) <= found.R_cstr_error + exact.R_cstr_error


@pytest.mark.parametrize("turned", [False, True])
def test_strips_from_side_to_side(turned):
    values = np.zeros((20, 30), dtype=np.uint8)
    values[:, :12] = 255
    found = simulate(map_case(values.T if turned else values, 1.0, 3e-3))
    exact = strip_constriction(0.4, 3e-3 if turned else 2e-3, SIGMA)
    assert abs(found.R_cstr - exact) <= found.R_cstr_error


def ring(rows, columns):
    """A ring about the middle of a map."""
    y, x = np.indices((rows, columns))
    far = np.hypot((x - (columns - 1) / 2) / columns, (y - (rows - 1) / 2) / rows)
    return np.where((far > 0.15) & (far < 0.35), 255, 0).astype(np.uint8)


@pytest.mark.parametrize("smooth", [0.0, 1.0])
def test_a_ring_is_its_quarter(smooth):
    whole = ring(40, 48)
    full = simulate(map_case(whole, 2.0, 3e-3, smooth=smooth))
    quarter = simulate(map_case(whole[:20, :24], 1.0, 3e-3, smooth=smooth))
    assert len(full.layout.spots[0].holes) == 1 and not quarter.layout.spots[0].holes
    assert full.layout.contact_fraction == pytest.approx(quarter.layout.contact_fraction, rel=1e-12)
    assert abs(full.R_cstr - quarter.R_cstr) <= full.R_cstr_error + quarter.R_cstr_error


def test_a_map_turned_or_mirrored_is_the_same():
    values = blobs(4, 0.5)
    first = simulate(map_case(values, 1.0))
    for other in (values[::-1], values[:, ::-1]):
        found = simulate(map_case(other, 1.0))
        assert found.R_cstr == pytest.approx(first.R_cstr, rel=1e-3)  # of what the solves leave


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8])
def test_bars_hold_for_random_maps(share):
    """Many more, and rectangles, are counted in docs/numerics/error_bars.md#calibration."""
    values = blobs(int(100 * share), share, smooth=2.5)
    true = simulate(map_case(values, 0.1, 1e-3))
    found = simulate(map_case(values, 0.1, 1e-2))
    assert found.accuracy_reached and true.accuracy_reached
    assert abs(found.R_cstr - true.R_cstr) <= found.R_cstr_error


def test_a_quarter_pixel():
    """Of a disc it is what the radius changes, a quarter of a pixel both ways."""
    pixels, share = 64, 0.2
    radius = math.sqrt(share / math.pi)
    step = 0.25 / pixels
    shares = [math.pi * (radius + shift) ** 2 for shift in (-step, 0.0, step)]
    less, as_is, more = (on_grid(discs(s, 0.5, 0.5)) for s in shares)
    layout = lay_out(discs(share, 0.5, 0.5).interface)
    grey = coverage(layout.spots, Raster(layout.width, layout.depth, 2 * pixels, 2 * pixels))
    found = simulate(map_case(drawn(grey), 2.0, threshold=[0, 1]))
    expected = max(less - as_is, as_is - more) / SIGMA
    assert found.R_cstr_map_error == pytest.approx(expected, rel=0.1)  # of the coarsest grid


def test_a_gap_and_a_law_beside_a_map():
    """A map has all that other patterns have: capacitances, a film, another interface on the far side."""
    values = blobs(1, 0.3)
    found = simulate(map_case(values, 0.1, 3e-2, gap={"height": "100 nm"}))
    assert found.C_low > found.C_high > 0 and found.peaks
    assert found.R_cstr_map_error > 0
