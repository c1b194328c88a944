"""Polygons from files: what is read, drawn and refused, and that the file goes with the case."""

import json
import re
import tomllib

import pytest
import shapely
from shapely.geometry import Polygon, box

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.case.maps.files import as_bytes
from constriction.case.schema import load, referred_files, resolved_toml
from constriction.geometry.cell import lay_out
from constriction.geometry.patches import GAP
from constriction.simulation.record import CASE_FILES, write_case
from constriction.study.file.file import load_study, study_of
from constriction.study.run.plan import plan_of

L_SHAPE = "POLYGON ((10 10, 60 10, 60 30, 30 30, 30 60, 10 60, 10 10))"
CELL = {"unit": "um", "cell": ["100 um", "80 um"]}


def case_of(folder, text, name="contacts.wkt", **keys):
    (folder / name).write_text(text, encoding="utf-8")
    return parse_case({"interface": {"pattern": "polygons", "file": str(folder / name), **CELL, **keys}})


def plan(*args, **keys):
    return lay_out(case_of(*args, **keys).interface)


def complaint(*args, **keys):
    with pytest.raises(InputError) as error:
        plan(*args, **keys)
    assert "\n" not in str(error.value)
    return str(error.value)


def feature(geometry):
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def geojson(*polygons):
    features = [feature(json.loads(shapely.to_geojson(polygon))) for polygon in polygons]
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.mark.parametrize("inverted", [False, True])
def test_an_l_shape(tmp_path, inverted):
    drawn = plan(tmp_path, L_SHAPE, inverted=inverted)
    share = 1600 / 8000
    assert drawn.contact_fraction == pytest.approx(1 - share if inverted else share, abs=1e-12)
    assert (drawn.background == GAP) != inverted
    assert drawn.pitch == pytest.approx(100e-6)
    # twice the area over the rim, 200 µm
    assert drawn.outlined.contact_width == pytest.approx((6400 if inverted else 1600) * 2 / 200 * 1e-6)


def test_holes_and_sides(tmp_path):
    """A contact from side to side with a hole, and one in the corner: sides are no rims."""
    band = Polygon(box(0, 20, 100, 40).exterior, [box(40, 25, 50, 35).exterior])
    drawn = plan(tmp_path, geojson(band, box(90, 70, 100, 80)), "contacts.geojson")
    assert drawn.contact_fraction == pytest.approx((2000 - 100 + 100) / 8000, abs=1e-12)
    assert [len(spot.holes) for spot in drawn.spots] == [1, 0]
    assert drawn.outlined.contact_width == pytest.approx(2 * 2000 / (200 + 40 + 20) * 1e-6)


def test_polygons_that_share_an_edge_are_one(tmp_path):
    drawn = plan(tmp_path, geojson(box(10, 10, 20, 20), box(20, 10, 30, 20)), "contacts.geojson")
    assert len(drawn.spots) == 1
    assert drawn.contact_fraction == pytest.approx(200 / 8000, abs=1e-12)


def test_corners_by_rounding_outside_are_on_the_side(tmp_path):
    drawn = plan(tmp_path, "POLYGON ((-1e-9 10, 20 10, 20 80.00000000001, -1e-9 80.00000000001, -1e-9 10))")
    left, _, _, back = drawn.spots[0].polygon().bounds
    assert left == 0 and back == drawn.depth


def test_own_outlines_come_back(tmp_path):
    """What a run writes of random discs, in metres, is read as these."""
    discs = {"pattern": "random", "pitch": "10 um", "contact_fraction": 0.2, "spots": 9}
    written = lay_out(parse_case({"interface": discs}).interface)
    text = json.dumps(written.geojson())
    read = plan(tmp_path, text, "contacts.geojson", unit="m", cell=["30 um", "30 um"])
    assert len(read.spots) == 9
    assert read.contact_fraction == pytest.approx(0.2, rel=2e-4)  # 256 chords


@pytest.mark.parametrize(
    "text",
    [
        "MULTIPOLYGON (((10 10, 20 10, 20 20, 10 10)), ((30 10, 40 10, 40 20, 30 10)))",
        "GEOMETRYCOLLECTION (POLYGON ((10 10, 20 10, 20 20, 10 10)), POLYGON ((30 10, 40 10, 40 20, 30 10)))",
        "SRID=4326;POLYGON ((10 10, 30 10, 20 20, 10 10))",
        "\ufeffPOLYGON Z ((10 10 5, 30 10 5, 20 20 5, 10 10 5))\n",
    ],
)
def test_geometries_that_are_polygons(tmp_path, text):
    assert plan(tmp_path, text).contact_fraction == pytest.approx(100 / 8000, abs=1e-12)


REFUSED = [
    ("", "no geometry"),
    ("POLYGON ((10 10, 20", "no geometry"),
    ("POLYGON EMPTY", "no polygon in 13 bytes; expected Polygon"),
    ("LINESTRING (10 10, 20 20)", "a LineString; expected Polygon, MultiPolygon"),
    ("POLYGON ((10 10, 30 30, 30 10, 10 30, 10 10))", "polygon 1 crosses itself or is none (Self-intersection"),
    ("POLYGON ((10 10, 30 10, 20 10, 10 10))", "polygon 1 crosses itself or is none"),
    ("POLYGON ((90 10, 110 10, 110 30, 90 10))", "crosses or lies outside the cell of 100 × 80 um; expected it inside"),
    ("POLYGON ((-1e9 10, 110 10, 110 30, -1e9 10))", "polygon 1 has corners far outside"),
    ("POLYGON ((nan 10, 110 10, 110 30, nan 10))", "expected"),
    ("POLYGON ((10 10, nan 10, 60 30, 10 30, 10 10))", "polygon 1 has corners far outside of the cell, or none"),
    (
        "MULTIPOLYGON (((10 10, 30 10, 30 30, 10 10)), ((20 10, 40 10, 40 30, 20 10)))",
        "polygons 1 and 2 overlap by",
    ),
    ("POLYGON ((0 0, 100 0, 100 80, 0 80, 0 0))", "the polygons cover 1 of the cell; expected contacts and gaps"),
    ("POLYGON ((10 10, 10.00001 10, 10.00001 10.00001, 10 10))", "the polygons cover 6.25e-15 of the cell"),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("text", "words"), REFUSED)
def test_what_is_refused(tmp_path, text, words):
    found = complaint(tmp_path, text)
    assert words in found and found.startswith("interface.file = ")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", "3", '{"type": "Feature"}', '{"type": "FeatureCollection", "features": [1]}', "[" * 9999],
)
def test_files_that_are_no_geojson(tmp_path, text):
    assert "expected" in complaint(tmp_path, text, "contacts.geojson")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"unit": "kg"}, "interface.unit = 'kg': expected a unit of length such as 'um'"),
        ({"unit": 1e-6}, "interface.unit = 1e-06: expected a unit of length"),
        ({"cell": ["1 um"]}, "interface.cell = ['1 um']: expected two lengths"),
        ({"file": "map.png"}, "interface.file = 'map.png': expected a file that ends with .wkt or .geojson"),
        ({"file": "absent.wkt"}, "absent.wkt: No such file"),
        ({"contact_fraction": 0.2}, "does not apply to pattern 'polygons', which takes"),
    ],
)
def test_wrong_keys(tmp_path, keys, words):
    (tmp_path / "contacts.wkt").write_text(L_SHAPE)
    interface = {"pattern": "polygons", "file": "contacts.wkt", **CELL, **keys}
    with pytest.raises(InputError) as error:
        parse_case({"interface": interface}, folder=tmp_path)
    assert words in str(error.value) and "\n" not in str(error.value)


# --- with the case -------------------------------------------------------------------------------------------------


def test_the_file_goes_with_the_case(tmp_path):
    case = case_of(tmp_path, L_SHAPE)
    assert case.accuracy.method == "spectral"
    assert f"# SHA-256 {case.interface.file.hash}" in resolved_toml(case)
    assert {name: as_bytes(text).decode() for name, text in referred_files(case).items()} == {"contacts.wkt": L_SHAPE}
    other = tmp_path / "result"
    other.mkdir()
    write_case(case, other)
    again = load(other / "case.toml")
    assert again == case
    assert lay_out(again.interface) == lay_out(case.interface)


def test_a_file_with_the_name_of_a_result_is_renamed(tmp_path):
    case = case_of(tmp_path, geojson(box(10, 10, 20, 20)), "contacts.geojson")
    assert tomllib.loads(resolved_toml(case))["interface"]["file"] == "contacts-2.geojson"


@pytest.mark.parametrize("name", ["contacts.wkt", "contacts-2.geojson", "MAP.PNG", "Scan 1.TIF"])
def test_a_folder_of_results_may_hold_the_file(name):
    assert re.fullmatch(CASE_FILES, name)


def test_a_study_over_files(tmp_path):
    (tmp_path / "a.wkt").write_text(L_SHAPE)
    (tmp_path / "b.wkt").write_text("POLYGON ((10 10, 30 10, 20 20, 10 10))")
    (tmp_path / "base.toml").write_text(
        '[interface]\npattern = "polygons"\nfile = "a.wkt"\nunit = "um"\ncell = ["100 um", "80 um"]\n'
    )
    (tmp_path / "study.toml").write_text('base = "base.toml"\n[grid]\n"interface.file" = ["a.wkt", "b.wkt"]\n')
    study = load_study(tmp_path / "study.toml")
    carried = study_of(json.loads(json.dumps(study.data)), "study.json", json.loads(json.dumps(study.files)))
    for plan_ in (plan_of(study, 1e9), plan_of(carried, 1e9)):
        fractions = [lay_out(entry.case.interface).contact_fraction for entry in plan_.entries]
        assert fractions == pytest.approx([0.2, 200 / 8000 / 2])
