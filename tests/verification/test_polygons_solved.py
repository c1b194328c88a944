"""Polygons from a file, solved by transforms: the same contacts by other patterns."""

import pytest
import shapely
from cases import case_of
from shapely.geometry import Polygon, box

from constriction.base.errors import InputError
from constriction.simulation.simulate import simulate

CELL = {"pattern": "list", "cell": ["1 mm", "0.8 mm"]}


def solved(folder, *polygons, **keys):
    path = folder / "contacts.wkt"
    path.write_text(shapely.to_wkt(shapely.MultiPolygon(polygons), rounding_precision=17))
    interface = {**CELL, "pattern": "polygons", "file": str(path), "unit": "mm", **keys}
    return simulate(case_of(interface, relative_error=1e-3))


L_SHAPE = [(0.1, 0.1), (0.6, 0.1), (0.6, 0.3), (0.3, 0.3), (0.3, 0.6), (0.1, 0.6)]
NOTCH = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.7), (0.63, 0.7), (0.5, 0.3), (0.37, 0.7), (0.2, 0.7)]
CORNERS = {
    "triangle": [(0.2, 0.2), (0.7, 0.3), (0.3, 0.7)],
    "L": L_SHAPE,
    "notch of 36°": NOTCH,
    "sharp, 31°": [(0.2, 0.2), (0.8, 0.2), (0.76, 0.535)],
}


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


def test_a_pore_in_a_contact_on_all_sides(tmp_path):
    """A contact of four edges that covers the cell but for a hole is no stripe."""
    whole = box(0, 0, 1, 0.8).difference(box(0.1, 0.3, 0.5, 0.5))
    pores = {**CELL, "rectangles": [["0.3 mm", "0.4 mm", "0.4 mm", "0.2 mm", 0]], "inverted": True}
    assert agree(solved(tmp_path, whole), simulate(case_of(pores)))


def test_bars_of_an_l_shape_and_a_triangle(tmp_path):
    path = tmp_path / "contacts.wkt"
    triangle = [(0.7, 0.4), (0.95, 0.5), (0.75, 0.7)]
    path.write_text(shapely.to_wkt(shapely.MultiPolygon([Polygon(L_SHAPE), Polygon(triangle)])))
    interface = {**CELL, "pattern": "polygons", "file": str(path), "unit": "mm"}
    coarse, fine = (simulate(case_of(interface, relative_error=error)) for error in (5e-3, 5e-4))
    assert fine.relative_error_reached <= 5e-4
    assert abs(coarse.R_cstr - fine.R_cstr) <= coarse.R_cstr_error


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("name", CORNERS)
def test_corners_by_both_methods(tmp_path, name, inverted):
    """Finite elements and transforms within both bars, at three accuracies of the meshes."""
    exact = solved(tmp_path, Polygon(CORNERS[name]), inverted=inverted)
    for error in (1e-2, 3e-3, 1e-3):
        accuracy = {"relative_error": error, "method": "finite_elements"}
        case = exact.case.model_copy(update={"accuracy": exact.case.accuracy.model_copy(update=accuracy)})
        meshed = simulate(case)
        assert meshed.relative_error_reached <= error
        assert agree(meshed, exact)


MESHED = {
    "a blunt corner": Polygon([(0.1, 0.1), (0.5, 0.1), (0.9, 0.11), (0.5, 0.5)]),
    "an oblique end": Polygon([(0.0, 0.1), (0.5, 0.2), (0.0, 0.5)]),
    "from side to side": Polygon([(0.0, 0.1), (0.4, 0.2), (1.0, 0.1), (1.0, 0.5), (0.0, 0.5)]),
    "a hole": box(0.2, 0.2, 0.8, 0.6).difference(box(0.4, 0.3, 0.6, 0.5)),
    "all but holes": box(0.0, 0.0, 1.0, 0.8).difference(box(0.1, 0.3, 0.4, 0.5)).difference(box(0.6, 0.3, 0.8, 0.6)),
}


@pytest.mark.parametrize("name", MESHED)
def test_other_polygons_by_both_methods(tmp_path, name):
    """Bars at 1 % of the meshes' against transforms at 0.1 %."""
    exact = solved(tmp_path, MESHED[name])
    accuracy = {"relative_error": 1e-2, "method": "finite_elements"}
    meshed = simulate(exact.case.model_copy(update={"accuracy": exact.case.accuracy.model_copy(update=accuracy)}))
    assert meshed.relative_error_reached <= 1e-2 and meshed.response.outlines is None
    assert agree(meshed, exact)


UNMESHED = [([(0.1, 0.1), (0.9, 0.2), (0.9, 0.3)], "has a corner of 6.91°, below 30°")]


@pytest.mark.parametrize(("corners", "words"), UNMESHED)
def test_what_is_not_meshed(tmp_path, corners, words):
    case = solved(tmp_path, Polygon(corners)).case
    accuracy = case.accuracy.model_copy(update={"method": "finite_elements"})
    with pytest.raises(InputError, match=f"interface: spot 1 {words}, which is not meshed; expected accuracy.method"):
        simulate(case.model_copy(update={"accuracy": accuracy}))
