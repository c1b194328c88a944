"""How much of a pixel shapes cover, against shapely's intersections and exact areas."""

import math

import numpy as np
import pytest
import shapely
from cases import HEXAGONAL, MORPHOLOGIES, case_of

from constriction.geometry.cell import lay_out
from constriction.geometry.coverage import Raster, coverage
from constriction.geometry.outlines import Edge, Outline, Spot, rectangle

FLAT = {name: interface for name, interface in MORPHOLOGIES.items() if name != "tube"}


@pytest.mark.parametrize("name", FLAT)
@pytest.mark.parametrize("across", [1, 7, 64, 301])
def test_mean_is_the_contact_fraction(name, across):
    layout = lay_out(case_of(FLAT[name]).interface)
    covered = coverage(layout.spots, Raster(layout.width, layout.depth, across, 3 * across // 2))
    share = math.fsum(spot.area for spot in layout.spots) / layout.cell.area
    assert covered.mean() == pytest.approx(share, rel=1e-12)
    assert covered.min() >= 0.0 and covered.max() <= 1.0


def test_every_pixel_of_discs():
    layout = lay_out(case_of(HEXAGONAL).interface)
    raster = Raster(layout.width, layout.depth, 9, 16)
    dx, dy = raster.pixel
    spots = shapely.union_all([spot.polygon(20_000) for spot in layout.spots])
    boxes = [[shapely.box(i * dx, j * dy, (i + 1) * dx, (j + 1) * dy) for j in range(16)] for i in range(9)]
    exact = shapely.area(shapely.intersection(np.array(boxes), spots)) / (dx * dy)
    # Chords of 20 000 to the circle leave 2e-8 of its area.
    np.testing.assert_allclose(coverage(layout.spots, raster), exact, atol=1e-6)


def test_every_pixel_of_an_oblique_polygon():
    corners = [(0.1, 0.2), (0.8, 0.05), (0.95, 0.9), (0.5, 0.55), (0.2, 0.95)]
    outline = Outline(tuple(Edge(a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)))
    boxes = [[shapely.box(i / 8, j / 5, (i + 1) / 8, (j + 1) / 5) for j in range(5)] for i in range(8)]
    exact = shapely.area(shapely.intersection(np.array(boxes), shapely.Polygon(corners))) * 40
    np.testing.assert_allclose(coverage([outline], Raster(1.0, 1.0, 8, 5)), exact, atol=1e-14)


def test_edges_on_the_lines_between_pixels():
    covered = coverage([rectangle(0.25, 0.0, 0.5, 0.5)], Raster(1.0, 1.0, 4, 2))
    np.testing.assert_allclose(covered, [[0, 0], [1, 0], [0, 0], [0, 0]], atol=1e-15)
    disc = Spot("disc", 0.5, 0.5, 0.25).cut(1.0, 1.0)  # touches lines between pixels at four points
    quarter = math.pi * 0.25**2 / 4 / 0.25**2
    inner = coverage([disc], Raster(1.0, 1.0, 4, 4))[1:3, 1:3]
    np.testing.assert_allclose(inner, np.full((2, 2), quarter), rtol=1e-12)


def test_no_outline_covers_nothing():
    assert not coverage([], Raster(1.0, 1.0, 3, 3)).any()
