"""Polygons from a file, solved by transforms: the same contacts by other patterns."""

import pytest
import shapely
from cases import case_of
from shapely.geometry import box

from constriction.simulation.simulate import simulate

CELL = {"pattern": "list", "cell": ["1 mm", "0.8 mm"]}


def solved(folder, *polygons, **keys):
    path = folder / "contacts.wkt"
    path.write_text(shapely.to_wkt(shapely.MultiPolygon(polygons), rounding_precision=17))
    interface = {**CELL, "pattern": "polygons", "file": str(path), "unit": "mm", **keys}
    return simulate(case_of(interface, relative_error=1e-3))


def agree(one, other):
    return abs(one.R_cstr - other.R_cstr) <= one.R_cstr_error + other.R_cstr_error


def test_rectangles(tmp_path):
    """Transforms of polygons, and finite elements of the same rectangles in a list."""
    polygons = solved(tmp_path, box(0.1, 0.3, 0.5, 0.5), box(0.6, 0.0, 0.8, 0.2))
    rectangles = [["0.3 mm", "0.4 mm", "0.4 mm", "0.2 mm", 0], ["0.7 mm", "0 mm", "0.2 mm", "0.4 mm", 0]]
    assert agree(polygons, simulate(case_of({**CELL, "rectangles": rectangles})))


@pytest.mark.parametrize("inverted", [False, True])
def test_a_ring_is_a_frame(tmp_path, inverted):
    """A square ring about the middle of its cell, of which the frame's quarter is a part."""
    ring = box(0.2, 0.2, 0.8, 0.8).difference(box(0.4, 0.4, 0.6, 0.6))
    polygon = solved(tmp_path, ring, cell=["1 mm", "1 mm"], inverted=inverted)
    share = 0.68 if inverted else 0.32
    frame = {"pattern": "frame", "pitch": "1 mm", "contact_fraction": share, "inner_ratio": 1 / 3, "inverted": inverted}
    assert agree(polygon, simulate(case_of(frame)))


def test_bars_of_an_l_shape_and_a_triangle(tmp_path):
    corners = [(0.1, 0.1), (0.6, 0.1), (0.6, 0.3), (0.3, 0.3), (0.3, 0.6), (0.1, 0.6)]
    path = tmp_path / "contacts.wkt"
    triangle = [(0.7, 0.4), (0.95, 0.5), (0.75, 0.7)]
    path.write_text(shapely.to_wkt(shapely.MultiPolygon([shapely.Polygon(corners), shapely.Polygon(triangle)])))
    interface = {**CELL, "pattern": "polygons", "file": str(path), "unit": "mm"}
    coarse, fine = (simulate(case_of(interface, relative_error=error)) for error in (5e-3, 5e-4))
    assert fine.relative_error_reached <= 5e-4
    assert abs(coarse.R_cstr - fine.R_cstr) <= coarse.R_cstr_error
