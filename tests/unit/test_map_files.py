"""Maps of contacts: how files are read, what is done to them, their outlines, and what is wrong with one."""

import io
import json
import struct
import tomllib
import zlib
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter, label

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.base.files import LARGEST_INPUT
from constriction.case.maps.files import MapFile, as_bytes
from constriction.case.schema import case_sha256, referred_files, resolved_toml
from constriction.geometry.cell import lay_out
from constriction.geometry.coverage import Raster, coverage
from constriction.geometry.maps.decoding import decode
from constriction.geometry.maps.drawing import shifted_map
from constriction.geometry.maps.levels import level_map, otsu
from constriction.simulation.record import files_record, write_case
from constriction.study.file.file import load_study, study_of
from constriction.study.run.plan import plan_of
from constriction.study.run.store import notices, open_store


def chunk(name, data):
    """A part of a PNG file."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


VALUES = np.array([[0, 10, 20], [255, 40, 50]], dtype=np.uint8)
LARGE_HEAD = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0)) + chunk(b"IDAT", b"")
)
DISC = np.hypot(*(np.indices((24, 24)) - 11.5)) < 7
BLACK_AND_WHITE = np.where(DISC, 255, 0).astype(np.uint8)


def packed(array, suffix, **how):
    """The bytes of a file with an array."""
    file = io.BytesIO()
    if suffix == ".npy":
        np.save(file, array)
    elif suffix == ".csv":
        return "\n".join(",".join(map(repr, row)) for row in array.tolist()).encode()
    else:
        image = array if isinstance(array, Image.Image) else Image.fromarray(array)
        image.save(file, "PNG" if suffix == ".png" else "TIFF", **how)
    return file.getvalue()


def on_disk(folder, array, name="map.png"):
    """A file with an array in a folder; its path."""
    path = folder / name
    path.write_bytes(packed(array, path.suffix))
    return path


def mapped(path, **keys):
    """The case of a map."""
    return parse_case({"interface": {"pattern": "image", "file": str(path), "pixel": "2 um", **keys}})


def complaint(*args, **keys):
    """What is said of a map that cannot be drawn."""
    with pytest.raises(InputError) as error:
        lay_out(mapped(*args, **keys).interface)
    assert "\n" not in str(error.value)
    return str(error.value)


# --- readers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        (".png", np.uint8),
        (".png", np.uint16),
        (".tif", np.uint8),
        (".tif", np.uint16),
        (".tif", np.int32),
        (".tif", np.float32),
        (".npy", np.float64),
        (".npy", np.uint16),
        (".npy", bool),
        (".csv", np.int64),
        (".csv", np.float64),
    ],
)
def test_values_are_read_as_they_are_stored(suffix, kind):
    array = (VALUES > 30) if kind is bool else (VALUES * (100.25 if np.dtype(kind).kind == "f" else 1)).astype(kind)
    stored = decode(MapFile(f"a{suffix}", packed(array, suffix)))
    np.testing.assert_array_equal(stored.values, array)
    assert stored.changes == ()


@pytest.mark.parametrize("separator", [",", ";", "\t", " "])
def test_separators_of_tables(separator):
    text = "\ufeff# a comment\n" if separator == "," else ""
    text += "\n".join(separator.join(map(str, row)) for row in VALUES.tolist())
    np.testing.assert_array_equal(decode(MapFile("a.csv", text.encode())).values, VALUES)


def test_bits_are_black_and_white():
    stored = decode(MapFile("a.png", packed(Image.fromarray(VALUES).convert("1", dither=0), ".png")))
    assert set(np.unique(stored.values)) == {0, 255}


def test_colours_become_luminance_and_are_told():
    grey = Image.fromarray(VALUES).convert("RGB")
    assert decode(MapFile("a.png", packed(grey, ".png"))).changes == ()
    np.testing.assert_array_equal(decode(MapFile("a.png", packed(grey, ".png"))).values, VALUES)
    red = Image.new("RGB", (4, 3), (200, 0, 0))
    stored = decode(MapFile("a.png", packed(red, ".png")))
    assert stored.changes == ("colours taken as their luminance",)
    assert np.unique(stored.values).tolist() == [60]  # 0.299 of 200
    clear = decode(MapFile("a.png", packed(Image.new("RGBA", (4, 3), (200, 0, 0, 9)), ".png")))
    assert clear.changes == ("colours taken as their luminance", "transparency left out")
    assert decode(MapFile("a.png", packed(Image.new("LA", (4, 3), (7, 9)), ".png"))).changes == (
        "transparency left out",
    )


# --- what is done to a map -------------------------------------------------------------------------------------------


def test_rows_run_from_the_top_down(tmp_path):
    values = np.zeros((20, 30), dtype=np.uint8)
    values[2:6, 4:10] = 200
    plan = lay_out(mapped(on_disk(tmp_path, values), pixel=["2 um", "3 um"]).interface)
    (polygon,) = plan.contacts()
    assert polygon.bounds == pytest.approx([4 * 2e-6, (20 - 6) * 3e-6, 10 * 2e-6, (20 - 2) * 3e-6])
    assert (plan.width, plan.depth) == pytest.approx((60e-6, 60e-6))


def test_the_value_of_the_threshold_is_no_contact(tmp_path):
    values = np.add.outer(np.zeros(12, dtype=np.uint8), np.arange(12, dtype=np.uint8))
    for threshold, columns in ((5, 6), (5.5, 6), (4.999, 7)):
        about = lay_out(mapped(on_disk(tmp_path, values), threshold=threshold).interface)
        assert about.traced.contact_fraction_pixels == pytest.approx(columns / 12)
    inverted = lay_out(mapped(on_disk(tmp_path, values), threshold=5, inverted=True).interface)
    assert inverted.traced.contact_fraction_pixels == pytest.approx(0.5)


@pytest.mark.parametrize("keys", [{}, {"smooth": 1.5}, {"threshold": [0, 255]}, {"threshold": "otsu"}])
def test_inverted_is_the_rest(tmp_path, keys):
    path = on_disk(tmp_path, BLACK_AND_WHITE)
    one, other = (lay_out(mapped(path, inverted=inverted, **keys).interface) for inverted in (False, True))
    assert one.contact_fraction + other.contact_fraction == pytest.approx(1.0, abs=1e-12)
    raster = Raster(one.width, one.depth, 7, 11)
    total = coverage(one.spots, raster) + coverage(other.spots, raster)
    np.testing.assert_allclose(total, 1.0, atol=1e-12)


def test_otsu_parts_two_heaps():
    draw = np.random.default_rng(1)
    values = np.concatenate([draw.normal(50, 5, 4000), draw.normal(150, 5, 1000)])
    assert 60 < otsu(values) < 140
    assert otsu(np.array([3, 3, 7])) == 5.0
    whole = values.round().astype(np.int16)
    assert abs(otsu(whole) - otsu(values)) < 2


def test_otsu_is_told(tmp_path):
    plan = lay_out(mapped(on_disk(tmp_path, BLACK_AND_WHITE), threshold="otsu").interface)
    assert plan.traced.changes == ("threshold 127.5 found by Otsu's method",)


@pytest.mark.parametrize(("inverted", "side"), [(False, "above"), (True, "up to")])
def test_a_threshold_among_values_that_are_no_bytes_is_told(tmp_path, inverted, side):
    deep = np.where(BLACK_AND_WHITE > 0, 40_000, 90).astype(np.uint16)
    plan = lay_out(mapped(on_disk(tmp_path, deep, "map.tif"), inverted=inverted).interface)
    assert plan.traced.changes == (f"contact {side} 128, of 90 to 40000",)


def test_spots_and_holes_are_counted(tmp_path):
    values = BLACK_AND_WHITE.copy()
    values[1, 1] = values[1, 20] = values[1, 21] = 255
    values[11, 11] = 0
    before = lay_out(mapped(on_disk(tmp_path, values)).interface)
    assert len(before.spots) == 3 and len(before.spots[0].holes) + len(before.spots[1].holes) == 1
    for smallest in (3, "12 um2"):
        plan = lay_out(mapped(on_disk(tmp_path, values), despeckle=smallest).interface)
        assert plan.traced.changes == ("despeckled: 2 spots and 1 hole of fewer than 3 pixels taken away",)
        assert plan.contact_fraction == pytest.approx(
            lay_out(mapped(on_disk(tmp_path, BLACK_AND_WHITE)).interface).contact_fraction, rel=1e-12
        )
    assert len(lay_out(mapped(on_disk(tmp_path, values), despeckle=2).interface).spots) == 2


def test_crop_in_pixels_and_lengths(tmp_path):
    path = on_disk(tmp_path, BLACK_AND_WHITE)
    for crop in ([4, 0, 24, 16], ["8 um", "0 um", "48 um", "32 um"]):
        plan = lay_out(mapped(path, crop=crop).interface)
        assert (plan.width, plan.depth) == pytest.approx((40e-6, 32e-6))
        assert plan.traced.changes == ("cropped to 20 × 16 of 24 × 24 pixels",)
        assert plan.traced.contact_fraction_pixels == DISC[0:16, 4:24].mean()


def test_smoothing_is_told_and_keeps_a_straight_rim(tmp_path):
    values = np.zeros((16, 16), dtype=np.uint8)
    values[:, :8] = 255
    for smooth, words in ((2, "2 pixels"), ("4 um", "4 um")):
        plan = lay_out(mapped(on_disk(tmp_path, values), smooth=smooth).interface)
        assert plan.traced.changes == (f"smoothed by a Gaussian of {words}",)
        assert plan.contact_fraction == pytest.approx(0.5, abs=1e-9)


# --- outlines ------------------------------------------------------------------------------------------------------


def blobs(seed, share, shape=(40, 50)):
    """Random black and white shapes."""
    rough = gaussian_filter(np.random.default_rng(seed).normal(size=shape), 2.0)
    return np.where(rough > np.quantile(rough, 1 - share), 255, 0).astype(np.uint8)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.03, 0.3, 0.6, 0.9])
def test_outlines_have_the_area_of_their_pixels(tmp_path, seed, share):
    plan = lay_out(mapped(on_disk(tmp_path, blobs(seed, share))).interface)
    # A corner cuts an eighth of a pixel: a closed outline has four more outward than inward, one on a side fewer.
    pixels, parts = (
        plan.traced.contact_fraction_pixels,
        label(blobs(seed, share))[1] + label(255 - blobs(seed, share))[1],
    )
    assert abs(plan.contact_fraction - pixels) <= 4 / 8 * parts / 2000
    assert all(spot.polygon().is_valid for spot in plan.spots)
    assert sum(polygon.area for polygon in plan.contacts()) == pytest.approx(plan.contact_fraction * plan.cell.area)
    for raster in (Raster(plan.width, plan.depth, 13, 9), Raster(plan.width, plan.depth, 50, 40)):
        assert coverage(plan.spots, raster).mean() == pytest.approx(plan.contact_fraction, rel=1e-12)


@pytest.mark.parametrize("shift", [-0.25, 0.25])
def test_shifted_outlines(tmp_path, shift):
    values = np.zeros((20, 30), dtype=np.uint8)
    values[5:10, 4:12] = values[15:, 20:] = 255  # one inside, one in a corner
    case = mapped(on_disk(tmp_path, values))
    plan, moved = lay_out(case.interface), shifted_map(case.interface, shift)
    pixel2, corners = 4e-12, 4 * (1 - np.pi / 4) * shift**2
    inside, corner = 2 * (8 + 5) * shift + 4 * shift**2, (10 + 5) * shift + shift**2
    change = (moved.contact_fraction - plan.contact_fraction) * plan.cell.area / pixel2
    # the cut corners' rims are shorter by 2 − √2 halves of a pixel each
    assert change == pytest.approx(inside + corner, abs=5 * (2 - np.sqrt(2)) / 2 * abs(shift) + abs(corners))
    assert moved.pitch == pytest.approx(plan.pitch)


def test_nothing_is_left_of_small_spots(tmp_path):
    values = np.zeros((20, 20), dtype=np.uint8)
    values[10, 10] = 255
    assert shifted_map(mapped(on_disk(tmp_path, values)).interface, -0.5) is None


# --- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "keys", "told"),
    [
        (BLACK_AND_WHITE, {"threshold": [-1, 600]}, "no pixel is in contact"),
        (np.where(DISC, 300, 299).astype(np.uint16), {"threshold": [0, 300]}, "every pixel is in contact"),
        (BLACK_AND_WHITE, {"threshold": 300}, "interface.threshold = 300.0: the map's values are from 0 to 255"),
        (BLACK_AND_WHITE, {"threshold": [300, 400]}, "[300.0, 400.0]: the map's values are from 0 to 255"),
        (BLACK_AND_WHITE, {"threshold": 255}, "the map's values are from 0 to 255"),
        (BLACK_AND_WHITE, {"despeckle": 1000}, "no pixel is in contact (despeckled: 1 spot of fewer than 1000"),
        (BLACK_AND_WHITE, {"crop": [0, 0, 25, 24]}, "interface.crop: from 0, 0 to 25, 24 pixels"),
        (BLACK_AND_WHITE, {"crop": [5, 5, 5, 20]}, "expected a part of the 24 × 24 of the map"),
        (BLACK_AND_WHITE, {"crop": [0, 0, 24, 9]}, "24 × 9 pixels; expected at least 10 along each side"),
        (BLACK_AND_WHITE[:9], {}, "24 × 9 pixels; expected at least 10 along each side"),
    ],
)
def test_maps_that_cannot_be_drawn(tmp_path, values, keys, told):
    assert told in complaint(on_disk(tmp_path, values), **keys)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.png", packed(BLACK_AND_WHITE, ".png")[:70], "no whole picture"),
        ("a.png", b"no picture", "no whole picture (not known, begins with b'no pictu')"),
        ("a.png", LARGE_HEAD, "far more than 50 million pixels"),
        ("a.png", b"", "no whole picture"),
        ("a.tif", packed(BLACK_AND_WHITE, ".tif")[:200], "no whole picture"),
        ("a.npy", packed(VALUES, ".npy")[:-1], "no whole array"),
        ("a.npy", b"\x93NUMPY", "no whole array"),
        ("a.npy", packed(np.array([[object()]]), ".npy"), "no whole array"),
        ("a.npy", packed(np.zeros((12, 12), complex), ".npy"), "of shape (12, 12) and type complex128"),
        ("a.npy", packed(np.zeros(12), ".npy"), "of shape (12,) and type float64"),
        ("a.npy", packed(np.where(DISC, np.nan, 1.0), ".npy"), "pixels without a finite number"),
        ("a.npy", packed(np.zeros((7001, 7200), np.uint8), ".npy")[:200], "7200 × 7001 pixels, that is 50.4 million"),
        ("a.csv", b"1,2\n\n3", "no table of numbers (line 3 has 1 number, those before have 2)"),
        ("a.csv", b"# x\nheight,1\n3,4", "no table of numbers (line 2 has 'height')"),
        ("a.csv", b"1,,2\n3,,4", "no table of numbers (line 1 has '')"),
        ("a.csv", b"1,nan\n3,4", "1 pixel without a finite number"),
        ("a.csv", b"\xff\xfe", "no table of numbers"),
        ("a.csv", b"", "of shape (0, 1)"),
    ],
)
def test_files_that_are_no_maps(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    message = complaint(tmp_path / name)
    assert message.startswith(f"interface.file = '{name}': ") and told in message


@pytest.mark.parametrize("threshold", [128, "otsu", [0, 255]])
def test_a_map_of_one_value_is_told(tmp_path, threshold):
    path = on_disk(tmp_path, np.full((20, 20), 7, np.uint8))
    assert "every pixel has the value 7; expected contacts and gaps" in complaint(path, threshold=threshold)


def test_a_filter_that_is_wider_than_the_map_is_refused(tmp_path):
    path = on_disk(tmp_path, BLACK_AND_WHITE)
    for smooth in (1e9, "1 m"):
        assert "; expected less than the map's 24 × 24 pixels" in complaint(path, smooth=smooth)


def test_a_large_picture_is_not_decoded(tmp_path):
    """Only its head is looked at: the rest of the file is not there."""
    (tmp_path / "a.png").write_bytes(packed(Image.new("1", (8000, 6300)), ".png")[:60])
    assert "8000 × 6300 pixels, that is 50.4 million; expected at most 50 million" in complaint(tmp_path / "a.png")


def test_pictures_of_several_frames(tmp_path):
    frames = [Image.fromarray(BLACK_AND_WHITE)] * 2
    (tmp_path / "a.tif").write_bytes(packed(frames[0], ".tif", save_all=True, append_images=frames[1:]))
    assert "2 pictures in one file; expected one" in complaint(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"pixel": 2}, "interface.pixel = 2: expected a length such as '1.7 um', or two of them, x and y"),
        ({"pixel": "2"}, "interface.pixel = '2': expected a length with its unit"),
        ({"pixel": ["2 um"]}, "or two of them, x and y"),
        ({"file": "map.jpg"}, "interface.file = 'map.jpg': expected a file that ends with .png, .tif, .npy or .csv"),
        ({"file": "none.png"}, "none.png: No such file or directory"),
        ({"threshold": "half"}, "interface.threshold = 'half': expected a number, 'otsu', or two numbers"),
        ({"threshold": [1, 1]}, "expected a number, 'otsu', or two numbers"),
        ({"smooth": -1}, "interface.smooth = -1: expected a number of pixels from 0, or a length"),
        ({"despeckle": "3 um"}, "interface.despeckle = '3 um': expected an area"),
        ({"crop": [1, 2, 3]}, "interface.crop = [1, 2, 3]: expected [left, top, right, bottom]"),
        ({"contact_fraction": 0.2}, "does not apply to pattern 'image'"),
        ({"pitch": "2 um"}, "does not apply to pattern 'image'"),
    ],
)
def test_keys_that_are_wrong(tmp_path, monkeypatch, keys, told):
    monkeypatch.chdir(tmp_path)
    path = on_disk(tmp_path, BLACK_AND_WHITE)
    with pytest.raises(InputError) as error:
        mapped(**{"path": path, **keys}) if "file" not in keys else parse_case(
            {"interface": {"pattern": "image", "pixel": "2 um", **keys}}
        )
    assert told in str(error.value) and "\n" not in str(error.value)


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "suffixes"),
    [
        ({"pattern": "image", "pixel": "1 um"}, ".png, .tif, .npy or .csv"),
        ({"pattern": "polygons", "unit": "um", "cell": ["9 um", "9 um"]}, ".wkt or .geojson"),
    ],
)
def test_the_file_that_is_missing_is_told_by_pattern(keys, suffixes):
    with pytest.raises(InputError, match=rf"pattern '{keys['pattern']}' expects a file that ends with {suffixes}$"):
        parse_case({"interface": keys})


def test_a_map_may_be_named_by_a_path(tmp_path):
    path = on_disk(tmp_path, BLACK_AND_WHITE)
    data = {"interface": {"pattern": "image", "file": path, "pixel": "2 um"}}
    assert parse_case(data).interface.file.data == path.read_bytes()
    data["interface"]["file"] = np.zeros((20, 20))  # an array is none, and is told in one line
    with pytest.raises(InputError, match=r"interface.file = array\(.*: expected a file that ends with") as error:
        parse_case(data)
    assert "\n" not in str(error.value)


def test_the_method_follows_the_pattern(tmp_path):
    case = mapped(on_disk(tmp_path, BLACK_AND_WHITE))
    assert case.accuracy.method == "spectral"
    square = parse_case({"interface": {"pattern": "square", "pitch": "1 mm", "contact_fraction": 0.2}})
    assert square.accuracy.method == "finite_elements"


def test_a_result_has_its_map_beside_it(tmp_path):
    (tmp_path / "deep").mkdir()
    path = on_disk(tmp_path / "deep", BLACK_AND_WHITE, "nyquist.png")  # a name that a picture of the result has
    case = mapped(path, crop=["0 um", "2 um", "40 um", "40 um"], despeckle="8 um2", smooth=0.5, threshold=[3, 250])
    folder = tmp_path / "result"
    folder.mkdir()
    write_case(case, folder)
    assert {file.name for file in folder.iterdir()} == {"case.toml", "nyquist-2.png"}
    assert (folder / "nyquist-2.png").read_bytes() == path.read_bytes()
    again = parse_case(tomllib.loads((folder / "case.toml").read_text()), "case", folder)
    assert again == case and case_sha256(again) == case_sha256(case)
    carried = parse_case(tomllib.loads(resolved_toml(case)), "case", referred_files(case))
    assert carried == case
    assert list(files_record(case)["referred_files"]) == ["nyquist-2.png"]
    assert as_bytes(referred_files(case)["nyquist-2.png"]) == path.read_bytes()
    assert case.interface.file.hash in resolved_toml(case)


def test_a_study_tells_that_its_map_has_changed_and_is_read_again_whatever_its_size(tmp_path):
    path, text = on_disk(tmp_path, BLACK_AND_WHITE), '[base.interface]\npattern = "image"\nfile = "map.png"\n'
    (tmp_path / "study.toml").write_text(f'{text}pixel = "2 um"\n[grid]\n"gap.height" = ["50 nm", "100 nm"]\n')
    (tmp_path / "out").mkdir()
    open_store(tmp_path / "out", load_study(tmp_path / "study.toml"))
    first = path.read_bytes()
    on_disk(tmp_path, BLACK_AND_WHITE.T[:20])
    with (tmp_path / "out" / "study.json").open("a") as file:
        file.write(" " * LARGEST_INPUT)
    (told,) = notices(tmp_path / "out", load_study(tmp_path / "study.toml"))
    names = [f"{len(data)} bytes (SHA-256 {sha256(data).hexdigest()[:8]}…)" for data in (first, path.read_bytes())]
    assert told == f"the study has changed: map.png: {' → '.join(names)}; only what is new is computed"


def test_a_study_varies_its_map(tmp_path):
    on_disk(tmp_path, BLACK_AND_WHITE, "one.png"), on_disk(tmp_path, BLACK_AND_WHITE.T[:20], "two.png")
    (tmp_path / "deep").mkdir()
    on_disk(tmp_path / "deep", blobs(3, 0.2), "one.png")
    (tmp_path / "study.toml").write_text(
        '[base.interface]\npattern = "image"\nfile = "one.png"\npixel = "2 um"\n'
        '[grid]\n"interface.file" = ["one.png", "two.png", "deep/one.png"]\n"gap.height" = ["50 nm", "100 nm"]\n'
    )
    study = load_study(tmp_path / "study.toml")
    assert sorted(study.files) == ["one-2.png", "one.png", "two.png"]
    plan = plan_of(study, 1e9)
    assert len(plan.geometries) == 3
    assert len({entry.key for entry in plan.entries}) == 6
    carried = study_of(json.loads(json.dumps(study.data)), "study.json", json.loads(json.dumps(study.files)))
    assert [entry.key for entry in plan_of(carried, 1e9).entries] == [entry.key for entry in plan.entries]


def test_a_missing_map_of_a_study_is_told(tmp_path):
    (tmp_path / "study.toml").write_text(
        '[base.interface]\npattern = "image"\nfile = "none.png"\npixel = "2 um"\n[grid]\n"gap.height" = ["50 nm"]\n'
    )
    with pytest.raises(InputError, match=r"base interface.file = 'none.png': .*none.png: No such file"):
        load_study(tmp_path / "study.toml")


def test_what_was_done_in_a_level_map_is_kept(tmp_path):
    interface = mapped(on_disk(tmp_path, BLACK_AND_WHITE)).interface
    assert level_map(interface) is level_map(interface)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("a;b;c\n0;10;20\n255;40;50\n", ("the first line left out, of names: 'a b c'",)),
        ("0,10,20,\n255,40,50,\n", ("',' at the end of each line left out",)),
        ("# x\nleft\tmiddle\tright\t\r\n0\t10\t20\t\r\n255\t40\t50\t\r\n", None),
        ("\ufeffx y z\n0 10 20\n255 40 50\n", ("the first line left out, of names: 'x y z'",)),
    ],
)
def test_names_and_last_separators_of_tables_are_left_out_and_told(text, changes):
    found = decode(MapFile("a.csv", text.encode()))
    np.testing.assert_array_equal(found.values, VALUES)
    assert found.changes == changes if changes else len(found.changes) == 2


@pytest.mark.parametrize("text", ["1,a,3\n4,5,6\n7,8,9\n", "1,2,\n3,4,5\n", "a,b\nc,d\n1,2\n"])
def test_other_words_and_missing_cells_of_tables_are_refused(text):
    with pytest.raises(InputError, match="no table of numbers"):
        decode(MapFile("a.csv", text.encode()))


def test_contacts_of_few_pixels_are_told(tmp_path):
    values = np.where(DISC, 255, 0).astype(np.uint8)
    values[2, 2] = values[2, 20] = values[20, 20] = values[20, 21] = 255
    told = lay_out(mapped(on_disk(tmp_path, values)).interface).traced.changes
    assert told == ("3 contacts of fewer than 4 pixels drawn smaller than these are, of one pixel by half",)
    lone = np.where(DISC, 255, 0).astype(np.uint8)
    lone[2, 2] = 255
    spots = lay_out(mapped(on_disk(tmp_path, lone)).interface).spots
    assert min(spot.area for spot in spots) == pytest.approx(0.5 * 2e-6**2)


def test_slender_pixels_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"one side is 1e\+03 times the other; expected at most 100 times"):
        mapped(on_disk(tmp_path, np.where(DISC, 255, 0).astype(np.uint8)), pixel=["1 um", "1 mm"])
