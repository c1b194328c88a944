"""Height maps in a case: what is done to them and told, what is wrong with one, and what a case with one is."""

import tomllib

import numpy as np
import pytest
from support.maps import blobs, map_file

from constriction import load, parse_case
from constriction.base.errors import InputError
from constriction.case.maps.files import MapFile
from constriction.case.schema import case_sha256, referred_files, resolved_toml
from constriction.geometry.cell import lay_out
from constriction.geometry.maps.heights import heights_of, mapped_gap
from constriction.simulation.record import write_case
from constriction.simulation.weights import uneven_gap
from constriction.study.file.file import load_study
from constriction.study.run.geometry import geometry_key
from constriction.study.run.plan import plan_of
from constriction.view.pages.case_words import case_in_words

ROWS, COLUMNS = 30, 40
SQUARE = {"pattern": "square", "pitch": "2 mm", "contact_fraction": 0.2}  # whose mirror cell is 1 mm wide
OF_HEIGHTS = {"pattern": "height_map"}


def heights(seed=1):
    """Islands with soles at 0 beside a gap of 1 µm with noise of 10 nm, in µm."""
    noise = 0.01 * np.random.default_rng(seed).normal(size=(ROWS, COLUMNS))
    return np.where(blobs(3, 0.2, (ROWS, COLUMNS), 4.0) > 0, 0.0, 1.0) + noise


def gap_of(values, **keys):
    """A gap with a map whose counts are µm and whose points are 25 µm apart."""
    return {"profile": "map", "file": map_file(values), "pixel": "25 um", "unit": "1 um", **keys}


def case_of(values, interface=OF_HEIGHTS, **keys):
    """A case with such a gap; contacts are below 0.5 µm unless the pattern says it."""
    below = {"contact_below": "500 nm"} if interface == OF_HEIGHTS else {}
    return parse_case({"interface": interface, "gap": gap_of(values, **{**below, **keys})})


def told(case):
    """What is said of a case that cannot be: in one line."""
    with pytest.raises(InputError) as error:
        found = case()
        uneven_gap(found, lay_out(found.interface))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_what_is_done_to_a_map_is_told():
    values = heights()
    true = values.copy()
    y, x = np.indices(values.shape) * 25.0
    values += 0.003 * x - 0.002 * y + 7
    values[3, 4], values[20, 31], values[15, 15:17] = 90.0, -70.0, np.nan
    case = case_of(values, outliers=8, level=True, offset="1 um")
    found = heights_of(case.gap.height_map)
    outliers, plane, filled = found.changes
    assert outliers == "2 outliers replaced, beyond 8 spreads"
    assert plane.startswith("levelled: a plane that rises by 0.00")
    slopes, near = plane.split(" along y taken off, half of the points within ")
    assert [float(word) for word in slopes.split() if word[0].isdigit()] == pytest.approx([0.003, 0.002], rel=0.02)
    assert 8 < float(near.removesuffix(" nm of it")) < 10  # the noise, and the fifth of the points on islands
    assert filled == "2 points without a value filled, 0.167 %"
    kept = np.ones(values.shape, dtype=bool)
    kept[3, 4] = kept[20, 31] = kept[15, 15:17] = False
    assert found.values[kept] == pytest.approx(true[kept] * 1e-6, abs=3e-8)


def test_a_value_may_mean_that_there_is_none():
    values = heights() + 1
    values[5, 5] = values[9, 9] = 0
    assert heights_of(case_of(values, missing=0).gap.height_map).changes == (
        "2 points without a value filled, 0.167 %",
    )
    text = "\n".join(",".join("nan" if value == 0 else repr(value) for value in row) for row in values.tolist())
    case = case_of(values, file=MapFile("a.csv", text.encode()))
    assert heights_of(case.gap.height_map).changes == ("2 points without a value filled, 0.167 %",)


def test_lower_points_are_raised_to_the_least_gap_and_told():
    values = np.full((40, 40), 1.0)
    values[2, 30:33], values[39, 0] = 0.05, -3.0  # the last one lies under the contact in the lower left corner
    profile = uneven_gap(*with_plan(case_of(values, SQUARE)))
    assert profile.changes == ("3 points beside the contacts, lower than 100 nm, taken as so high",)
    assert profile.largest == pytest.approx(10)
    # row 2 is the third from the top
    assert profile.height(np.array([31.5 * 25e-6]), np.array([37.5 * 25e-6])) == pytest.approx([1.0])


def with_plan(case):
    return case, lay_out(case.interface)


def test_contacts_lie_where_the_map_is_low():
    case = case_of(heights())
    mask = np.where(blobs(3, 0.2, (ROWS, COLUMNS), 4.0) > 0, 255, 0).astype(np.uint8)
    drawn = lay_out(parse_case({"interface": {"pattern": "image", "file": map_file(mask), "pixel": "25 um"}}).interface)
    plan = lay_out(case.interface)
    # noise of 1 % of the step moves a rim by about 1 % of a pixel
    assert plan.contact_fraction == pytest.approx(drawn.contact_fraction, rel=0.01)
    assert (plan.width, plan.depth) == (drawn.width, drawn.depth)
    assert plan.traced.changes == ("contact below 500 nm",)
    rough = heights()
    rough[0, 20] = 0.0
    small = lay_out(case_of(rough, {**OF_HEIGHTS, "despeckle": 4}, contact_below="500 nm").interface)
    assert "despeckled: 1 spot of fewer than 4 pixels taken away" in small.traced.changes


def test_points_deep_in_the_electrolyte_are_told():
    values = heights()
    values[3, 4], values[3, 9] = -9999.0, -0.6
    assert lay_out(case_of(values).interface).traced.changes == (
        "contact below 500 nm",
        "2 points of it below -500 nm, the lowest at -9.999 mm",
        "1 contact of fewer than 4 pixels drawn smaller than these are, of one pixel by half",
    )


def test_heights_that_no_gap_has_are_refused():
    values = heights()
    values[3, 4] = values[9, 4] = 3.4e38
    said = told(lambda: case_of(values))
    assert said.startswith("gap.file = 'map.npy': 2 points higher or lower than 1 m, the first 3.4e+32 m in row 4,")
    assert " column 5; expected another gap.unit, or its value as gap.missing" in said
    assert heights_of(case_of(values, missing=3.4e38).gap.height_map).changes[0].startswith("2 points without a value")


def test_a_map_of_contacts_may_have_a_map_of_heights():
    mask = np.where(blobs(3, 0.2, (ROWS, COLUMNS), 4.0) > 0, 255, 0).astype(np.uint8)
    image = {"pattern": "image", "file": map_file(mask, "mask.npy"), "pixel": "25 um"}
    case = case_of(np.abs(heights()), image)
    assert uneven_gap(*with_plan(case)).largest == pytest.approx(10, rel=0.1)
    assert set(referred_files(case)) == {"mask.npy", "map.npy"}
    said = told(lambda: case_of(np.ones((ROWS - 1, COLUMNS)), image))
    assert said == (
        "gap.file = 'map.npy': 40 × 29 points over 1 mm × 725 um; expected a map of the cell of [interface], "
        "1 mm × 750 um, to less than a pixel"
    )
    assert "points over 500 um" in told(lambda: case_of(np.abs(heights()), image, pixel="12.5 um"))
    finer = np.abs(np.kron(heights(), np.ones((2, 2))))
    assert uneven_gap(*with_plan(case_of(finer, image, pixel="12.5 um"))).largest > 9


def test_a_case_is_written_and_read_again(tmp_path):
    case = case_of(heights(), missing=-1, outliers=8, level=True, offset="1 um")
    again = parse_case(tomllib.loads(resolved_toml(case)), folder=referred_files(case))
    assert again == case and case_sha256(again) == case_sha256(case)
    assert f'file = "map.npy"  # SHA-256 {case.gap.file.hash}' in resolved_toml(case)
    write_case(case, tmp_path)
    assert (tmp_path / "map.npy").read_bytes() == case.gap.file.data
    assert load(tmp_path / "case.toml") == case
    assert lay_out(load(tmp_path / "case.toml").interface) == lay_out(again.interface)


def test_keys_of_maps_are_written_for_maps_only():
    assert "level" not in resolved_toml(parse_case({"interface": SQUARE}))
    assert 'offset = "0 m"\nlevel = false\nmost_missing = 0.05\n' in resolved_toml(case_of(heights()))


def test_maps_have_geometries_of_their_own():
    low = {"contact_below": "300 nm"}
    cases = [
        case_of(heights()),
        case_of(heights(2)),
        case_of(heights(), **low),
        case_of(heights(), offset="10 nm"),
        case_of(heights(), level=True, offset="1 um"),
        case_of(heights(), height="50 nm"),
    ]
    assert len({geometry_key(case) for case in cases}) == len(cases)
    assert cases[0] != cases[2] and lay_out(cases[0].interface) != lay_out(cases[2].interface)
    twice = case_of(heights(), pixel="50 um", unit="2 um", contact_below="1 um", height="200 nm")
    thick = twice.model_copy(
        update={"electrolyte": twice.electrolyte.model_copy(update={"thickness": 2 * twice.electrolyte.thickness})}
    )
    assert geometry_key(thick) == geometry_key(cases[0])


def test_another_gap_takes_the_contacts_with_it():
    case = case_of(heights())
    other = case.model_copy(update={"gap": case_of(heights(), contact_below="300 nm").gap})
    assert other.interface.heights.contact_below == pytest.approx(3e-7)
    with pytest.raises(InputError, match="no map of heights; expected a case from load"):
        _ = type(case.interface)(pattern="height_map").heights


def test_a_study_brings_its_height_maps(tmp_path):
    for name in ("one", "two"):
        np.save(tmp_path / f"{name}.npy", heights(1 + (name == "two")))
    (tmp_path / "study.toml").write_text(
        '[base.interface]\npattern = "height_map"\n[base.gap]\nprofile = "map"\nfile = "one.npy"\npixel = "25 um"\n'
        'unit = "1 um"\ncontact_below = "500 nm"\n[grid]\n"gap.file" = ["one.npy", "two.npy"]\n'
        '"gap.contact_below" = ["300 nm", "500 nm"]\n"gap.relative_permittivity" = [1.0, 2.0]\n'
    )
    study = load_study(tmp_path / "study.toml")
    plan = plan_of(study, 1e9)
    assert sorted(study.files) == ["one.npy", "two.npy"]
    assert (len(plan.geometries), len(plan.entries)) == (4, 8)


def test_a_case_says_it_in_words():
    words = case_in_words(case_of(heights()))
    assert "The metal touches where the map map.npy has it below 500 nm." in words
    assert "a gap is as high as the map map.npy says it, with points 25 µm apart, and 100 nm at least." in words


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"file": "a.docx"}, "gap.file = 'a.docx': expected a file that ends with .png, .tif, .npy or .csv"),
        ({"file": "none.npy"}, "gap.file = none.npy: No such file"),
        ({"pixel": "25"}, "gap.pixel = '25'"),
        ({"unit": 3}, "gap.unit = 3"),
        ({"unit": "2 m"}, "gap.unit = '2 m': expected a length from 1 pm to 1 m"),
        ({"offset": "1 s"}, "gap.offset = '1 s'"),
        ({"level": 1}, "gap.level = 1: expected true or false"),
        ({"missing": "0"}, "gap.missing = '0': expected a number"),
        ({"most_missing": 0.6}, "gap.most_missing = 0.6: expected a number from 0 to 0.5"),
        ({"outliers": 1}, "gap.outliers = 1: expected a number from 3 to 1e6"),
        ({"contact_below": "-1 nm"}, "gap.contact_below = '-1 nm': expected a length above zero"),
        ({"rise": "1 um"}, "gap.rise: does not apply to profile = 'map'; expected profile = 'linear' or 'plate'"),
        ({"height": "none"}, "gap.height = 'none': there is no gap for profile = 'map'"),
        ({"law": "R1", "R1": "1 ohm cm2"}, "gap.law = 'R1': does not follow the height of profile = 'map'"),
        ({"profile": "uniform"}, "gap.file: does not apply to profile = 'uniform'; expected profile = 'map'"),
    ],
)
def test_wrong_keys_are_told_in_one_line(keys, said):
    assert said in told(lambda: case_of(heights(), **keys))


@pytest.mark.parametrize("key", ["file", "pixel", "unit"])
def test_missing_keys_are_told(key):
    gap = {name: value for name, value in gap_of(heights()).items() if name != key}
    assert f"gap.{key}: missing; profile = 'map' expects a" in told(
        lambda: parse_case({"interface": SQUARE, "gap": gap})
    )


def test_pattern_and_limit_belong_together():
    assert "gap.contact_below: missing" in told(lambda: parse_case({"interface": OF_HEIGHTS, "gap": gap_of(heights())}))
    assert "takes contacts from gap.profile = 'map', given 'uniform'" in told(
        lambda: parse_case({"interface": OF_HEIGHTS})
    )
    said = told(lambda: case_of(heights(), SQUARE, contact_below="1 um"))
    assert "gap.contact_below: does not apply to interface.pattern = 'square'" in said
    assert "interface.inverted = true: the metal touches where the map is low" in told(
        lambda: case_of(heights(), {**OF_HEIGHTS, "inverted": True})
    )


HOLES = np.where(np.arange(1600).reshape(40, 40) < 100, np.nan, 1.0)


@pytest.mark.parametrize(
    ("values", "interface", "said"),
    [
        (HOLES, SQUARE, "gap.file = 'map.npy': a share of 0.0625 is missing: expected at most 0.05 to fill, or a l"),
        (np.full((40, 40), np.nan), SQUARE, "gap.file = 'map.npy': a share of 1 is missing"),
        (np.full((40, 40), -0.2), SQUARE, "points beside the contacts below zero, the lowest at -200 nm"),
        (np.ones((40, 41)), SQUARE, "41 × 40 points over 1.025 mm × 1 mm; expected a map of the cell of [interface]"),
        (np.ones((1, 40)), SQUARE, "1 rows of 40 points; expected at least 2 of each"),
        (np.ones((40, 40)), {**SQUARE, "pattern": "single", "cell_shape": "circular"}, "does not fit a circular cell"),
        (np.ones((40, 40)), {**SQUARE, "pattern": "stripes"}, "does not fit stripes"),
        (np.ones((40, 40)), OF_HEIGHTS, "gap.file = 'map.npy': no pixel is in contact (contact below 500 nm)"),
        (np.zeros((40, 40)), OF_HEIGHTS, "every pixel is in contact (contact below 500 nm); expected contacts and"),
        (np.eye(9), OF_HEIGHTS, "gap.file = 'map.npy': 9 × 9 pixels; expected at least 10 along each side"),
        (np.ones(40), SQUARE, "an array of shape (40,)"),
    ],
    ids=["holes", "empty", "below", "wide", "row", "tube", "stripes", "none", "all", "small", "line"],
)  # fmt: skip
def test_wrong_maps_are_told_in_one_line(values, interface, said):
    assert said in told(lambda: case_of(values, interface))


def test_heights_below_zero_are_counted():
    values = np.ones((40, 40))
    values[3, 20:25] = -0.01
    assert "gap.file = 'map.npy': 5 points beside" in told(lambda: case_of(values, SQUARE))
    clipped = case_of(np.where(heights() < 0.5, -0.3, 1.0))
    assert mapped_gap(clipped.gap.height_map, lay_out(clipped.interface), 1e-7).largest == pytest.approx(10)


def test_a_map_that_repeats_is_cleaned_across_its_sides():
    # Moved by a half, what lay at a side lies in the middle: the same points are found and filled alike.
    values = heights()
    y, x = np.indices(values.shape)
    values += 0.2 * np.sin(2 * np.pi * x / COLUMNS) + 0.2 * np.cos(2 * np.pi * y / ROWS)
    values[0, 0], values[7, COLUMNS - 1] = 40.0, -30.0
    values[10:13, :2] = values[10:13, -2:] = np.nan
    moved = np.roll(values, (ROWS // 2, COLUMNS // 2), axis=(0, 1))
    at_side, inside = (heights_of(case_of(v, outliers=8).gap.height_map, periodic=True) for v in (values, moved))
    assert at_side.changes == inside.changes and "3 outliers" in at_side.changes[0]  # one is noise
    back = np.roll(inside.values, (-(ROWS // 2), -(COLUMNS // 2)), axis=(0, 1))
    np.testing.assert_allclose(at_side.values, back, atol=2e-9)
    mirrored = heights_of(case_of(values, outliers=8).gap.height_map)
    assert np.abs(mirrored.values - at_side.values).max() > 1e-8
