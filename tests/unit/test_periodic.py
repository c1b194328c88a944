"""Cells that repeat without mirrors: what crosses their sides, how far spots are apart, and what is refused."""

import itertools
import json
import math
import random

import numpy as np
import pytest
import shapely
from cases import case_of
from scipy.fft import fftfreq
from shapely import affinity
from support.maps import map_case, map_file

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.case.interface import PATTERNS, Sided
from constriction.case.maps.files import MapFile
from constriction.case.schema import resolved_toml
from constriction.field.fineness import check_mesh
from constriction.field.transforms.waves import filtered, half_phases
from constriction.geometry.cell import lay_out
from constriction.geometry.coverage import Raster
from constriction.geometry.height_maps import sampled
from constriction.geometry.maps.levels import labelled
from constriction.geometry.outlines import Spot
from constriction.geometry.patterns.placing import Anywhere, around_middles, place_spots
from constriction.geometry.periodic import pieces_of_spot, unmatched_length
from constriction.study.run.geometry import geometry_key

PERIODIC = {"sides": "periodic"}
RANDOM = {"pattern": "random", "pitch": "1 um", "contact_fraction": 0.3, "spots": 12, "seed": 3, **PERIODIC}
LIST = {"pattern": "list", "cell": ["4 um", "3 um"], **PERIODIC}
SHIFTS = list(itertools.product((-1, 0, 1), (-1, 0, 1)))


def plan_of(**keys):
    return lay_out(case_of(keys).interface)


def tiled(plan, copies=SHIFTS):
    """The contacts of a cell and of those around it, those that meet as one."""
    parts = [affinity.translate(p, i * plan.width, j * plan.depth) for p in plan.contacts() for i, j in copies]
    return shapely.union_all(shapely.buffer(parts, 1e-9 * plan.pitch))


# --- spots at the sides --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["disc", "square"])
@pytest.mark.parametrize(
    ("centre", "count"), [((2, 1.5), 1), ((0.4, 1.6), 2), ((0, 1.4), 2), ((0.3, 2.7), 4), ((4, 3), 4), ((1, 1.5), 1)]
)
def test_pieces_make_the_whole_spot(shape, centre, count):
    pieces = pieces_of_spot(Spot(shape, *centre, 1.0), (4.0, 3.0))
    assert len(pieces) == count
    whole = math.pi if shape == "disc" else 4.0
    assert math.fsum(piece.area for piece in pieces) == pytest.approx(whole, rel=1e-14)
    for piece in pieces:
        assert all(a.end == b.start for a, b in itertools.pairwise((*piece.edges, piece.edges[0])))
        polygon = piece.polygon()
        assert polygon.is_valid and shapely.box(0, 0, 4, 3).covers(polygon)


def test_a_disc_beside_a_corner_has_three_pieces():
    """It crosses two sides, but not the corner between them."""
    x = 0.9
    pieces = pieces_of_spot(Spot("disc", x, x, 1.0), (4.0, 3.0))
    assert len(pieces) == 3
    assert math.fsum(piece.area for piece in pieces) == pytest.approx(math.pi, rel=1e-14)


@pytest.mark.parametrize("place", ["1.7 um", "0 um", "0.1 um", "0.49999999 um", "0.45 um", "4 um"])
def test_rooms_know_no_sides(place):
    """One disc of 0.5 µm in 4 × 3 µm: its size, wherever it lies; one spot."""
    plan = plan_of(**LIST, discs=[[place, "0.2 um", "0.5 um"]])
    assert plan.rooms == pytest.approx([0.5e-6] * len(plan.spots), rel=1e-12)
    assert plan.islands == 1
    assert plan.contact_fraction == pytest.approx(math.pi * 0.25 / 12, rel=1e-12)


def test_rooms_reach_across_a_side():
    """Two discs 0.4 µm apart across the left side; 0.2 µm is half of that."""
    plan = plan_of(**LIST, discs=[["0.7 um", "1 um", "0.5 um"], ["3.3 um", "1 um", "0.5 um"]])
    assert plan.rooms == pytest.approx([0.2e-6, 0.2e-6], rel=1e-3)  # arcs are chords


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"shape": "square"},
        {"size_spread": 0.6},
        {"spots": 1},
        {"spots": 2},
        {"contact_fraction": 0.7, "inverted": True},
        {"overlap": "merge", "contact_fraction": 0.6},
        {"overlap": "merge", "contact_fraction": 0.4, "inverted": True},
        {"overlap": "merge", "size_spread": 1.5, "spots": 3},
        {"pattern": "clustered", "clusters": 3, "spots_per_cluster": 4, "cluster_radius": "1.3 um"},
    ],
)
@pytest.mark.parametrize("seed", range(4))
def test_scattered_cells_repeat(keys, seed):
    """The fraction is exact, and any window as large as the cell has as much contact."""
    given = {**RANDOM, "seed": seed, **keys}
    if given["pattern"] == "clustered":
        del given["spots"]
    given.setdefault("contact_fraction", 0.3)
    plan = plan_of(**given)
    wanted = given["contact_fraction"]
    assert plan.contact_fraction == pytest.approx(wanted, abs=1e-12)
    assert plan.periodic and plan.geojson()["properties"]["sides"] == "periodic"
    json.dumps(plan.geojson(), allow_nan=False)
    around, cell = tiled(plan), shapely.box(0, 0, plan.width, plan.depth)
    shifted = affinity.translate(cell, 0.37 * plan.width, -0.61 * plan.depth)
    inside = shapely.intersection(around, shifted).area / cell.area
    assert inside == pytest.approx(shapely.intersection(around, cell).area / cell.area, abs=1e-7)
    assert inside == pytest.approx(wanted, abs=1e-4)  # arcs are 256 chords
    if given.get("overlap") != "merge":
        assert plan.islands == (12 if "spots" not in keys and "clusters" not in keys else keys.get("spots", 12))


@pytest.mark.parametrize("shape", ["disc", "square"])
def test_places_keep_apart_across_the_sides(shape):
    side, sizes = 4.0, [0.35, 0.3, *[0.2] * 15]
    places = place_spots(sizes, side, shape, Anywhere(side, random.Random(2).random), periodic=True)
    near_side = False
    for (p, a), (q, b) in itertools.combinations(zip(places, sizes, strict=True), 2):
        ways = [(p[0] - q[0] + side * i, p[1] - q[1] + side * j) for i, j in SHIFTS]
        apart = min(math.hypot(*way) if shape == "disc" else max(map(abs, way)) for way in ways)
        assert apart >= 1.05 * (a + b) * (1 - 1e-12)
    for place, size in zip(places, sizes, strict=True):
        near_side |= min(*place, side - place[0], side - place[1]) < size
    assert near_side


def test_a_spot_that_would_touch_its_own_image_finds_no_place():
    with pytest.raises(InputError, match=r"placed 0 of 1 spots.*expected a smaller contact fraction"):
        plan_of(**{**RANDOM, "spots": 1, "contact_fraction": 0.75})


def test_clusters_go_on_at_the_other_side():
    places = around_middles([(0.1, 0.2)], 0.5, 4.0, random.Random(1).random, periodic=True)
    found = np.array([places(n, 0.0) for n in range(400)])
    assert ((found >= 0) & (found <= 4)).all() and (found > 3).any(axis=0).all()
    away = np.abs(found - [0.1, 0.2])
    assert np.hypot(*np.minimum(away, 4 - away).T).max() <= 0.5


# --- lists and polygons --------------------------------------------------------------------------------------------


def test_long_spots_cross_sides():
    plan = plan_of(
        **LIST,
        ellipses=[["0.2 um", "1.5 um", "0.8 um", "0.3 um", 30]],
        rectangles=[["2 um", "2.9 um", "1 um", "0.5 um", 10]],
    )
    assert plan.islands == 2
    assert plan.contact_fraction == pytest.approx((math.pi * 0.24 + 0.5) / 12, rel=1e-12)
    assert {round(1e6 * spot.size, 9) for spot in plan.spots} == {0.3, 0.25}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"discs": [["4.2 um", "1 um", "0.1 um"]]}, r"disc 1 \(x 4.2 um, y 1 um\) has its middle outside of the cell"),
        ({"discs": [["1 um", "1 um", "1.6 um"]]}, "disc 1 overlaps or touches an image of itself"),
        ({"discs": [["0.3 um", "1 um", "0.5 um"], ["3.6 um", "1 um", "0.5 um"]]}, "disc 1 overlaps or touches disc 2"),
        ({"discs": [["0.3 um", "1 um", "0.5 um"], ["3.3 um", "1 um", "0.5 um"]]}, "disc 1 overlaps or touches disc 2"),
        (
            {"discs": [["0.3 um", "1 um", "0.4 um"]], "rectangles": [["3.9 um", "1 um", "0.2 um", "0.3 um", 0]]},
            "disc 1 overlaps or touches rectangle 1, perhaps across a side",
        ),
        ({"ellipses": [["1 um", "1 um", "2 um", "0.1 um", 0]]}, "ellipse 1 overlaps or touches an image of itself"),
    ],
)
def test_lists_that_do_not_fit_are_refused(keys, words):
    with pytest.raises(InputError, match=rf"^interface: {words}.*; expected (it inside|them apart)$"):
        plan_of(**LIST, **keys)


def test_rims_on_a_side():
    """A square at the left side that nothing faces, and one that goes on for a half of its height."""
    left = np.array([[0, 0.2], [1, 0.2], [1, 1.2], [0, 1.2], [0, 0.2]])
    right = np.array([[3, 0.7], [4, 0.7], [4, 2.7], [3, 2.7], [3, 0.7]])
    assert unmatched_length([left], (4.0, 3.0), 1e-9) == pytest.approx(1.0)
    assert unmatched_length([right], (4.0, 3.0), 1e-9) == pytest.approx(2.0)
    assert unmatched_length([left, right], (4.0, 3.0), 1e-9) == pytest.approx(0.5 + 1.5)
    assert unmatched_length([left, left + [0.0, 1.3]], (4.0, 3.0), 1e-9) == pytest.approx(2.0)


# --- maps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("grey", [False, True])
def test_outlines_of_a_map_meet_across_its_sides(grey):
    """Rolled by whole pixels a map has the same area, islands and lengths of rims."""
    from scipy.ndimage import gaussian_filter

    rough = gaussian_filter(np.random.default_rng(4).normal(size=(40, 50)), 2.0, mode="wrap")
    values = rough if grey else np.where(rough > np.quantile(rough, 0.6), 255, 0).astype(np.uint8)
    keys = {"threshold": float(np.quantile(rough, 0.6)), **PERIODIC} if grey else PERIODIC
    plain = lay_out(map_case(values, 1.0, **keys).interface)
    for down, across in ((7, 0), (0, 13), (21, 30)):
        rolled = lay_out(map_case(np.roll(values, (down, across), (0, 1)), 1.0, **keys).interface)
        assert rolled.islands == plain.islands
        assert rolled.contact_fraction == pytest.approx(plain.contact_fraction, abs=1e-12)
        assert rolled.pitch == pytest.approx(plain.pitch, rel=1e-12)
        assert rolled.traced.room == pytest.approx(plain.traced.room, rel=1e-9)


def test_despeckling_and_smoothing_cross_the_sides():
    """A spot of 8 pixels that the corner cuts into four is kept where spots of fewer than 8 are taken away."""
    values = np.zeros((20, 20), np.uint8)
    values[5:9, 5:9] = 255
    values[[0, 0, 0, 0, -1, -1, -1, -1], [0, 1, -1, -2, 0, 1, -1, -2]] = 255
    mirror, periodic = (
        lay_out(map_case(values, 1.0, despeckle=8, sides=sides).interface) for sides in ("mirror", "periodic")
    )
    assert (mirror.islands, periodic.islands) == (1, 2)
    assert labelled(values > 0, periodic=True)[1] == 2
    smooth = [
        lay_out(map_case(np.roll(values, by, (0, 1)), 1.0, smooth=1.5, threshold=60, **PERIODIC).interface)
        for by in ((0, 0), (10, 7))
    ]
    assert smooth[0].contact_fraction == pytest.approx(smooth[1].contact_fraction, abs=1e-9)


def test_heights_between_points_cross_the_sides():
    values, raster = np.array([[0.0, 1.0], [4.0, 5.0], [8.0, 9.0]]), Raster(3.0, 2.0, 3, 2)
    height = sampled(values, raster, periodic=True)
    assert height(np.array([0.0, 3.0]), np.array([0.5, 0.5])) == pytest.approx([4.0, 4.0])
    assert height(np.array([0.5]), np.array([2.0])) == pytest.approx([0.5])
    assert height(np.array([1.5, 2.5]), np.array([0.5, 1.5])) == pytest.approx([4.0, 9.0])
    coarse = sampled(values, raster, every=2, periodic=True)  # points at 0.5 and 2.5, then at 3.5
    assert coarse(np.array([1.5, 3.0, 0.0]), np.array([0.5, 0.5, 0.5])) == pytest.approx([4.0, 4.0, 4.0])


# --- waves ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(6, 5), (5, 6), (8, 1), (1, 4)])
def test_waves_are_filtered(shape):
    """As the whole complex transform does it; real and complex fields."""
    rng = np.random.default_rng(1)
    x, y = half_phases(*shape, periodic=True)
    factors = 1 / (0.3 + np.hypot(x, y))
    whole = 1 / (0.3 + np.hypot(np.pi * fftfreq(shape[0])[:, None], np.pi * fftfreq(shape[1])[None, :]))
    field = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    expected = np.fft.ifftn(whole * np.fft.fftn(field))
    assert filtered(field, factors, periodic=True) == pytest.approx(expected, abs=1e-13)
    assert filtered(field.real, factors, periodic=True) == pytest.approx(expected.real, abs=1e-13)


@pytest.mark.parametrize("shape", [(6, 5), (4, 1)])
def test_cosines_are_waves_of_the_doubled_cell(shape):
    field = np.random.default_rng(2).normal(size=shape)
    doubled = np.block([[field, field[:, ::-1]], [field[::-1], field[::-1, ::-1]]])
    small = filtered(field, np.hypot(*half_phases(*shape, periodic=False)), periodic=False)
    large = filtered(doubled, np.hypot(*half_phases(2 * shape[0], 2 * shape[1], periodic=True)), periodic=True)
    assert large[: shape[0], : shape[1]] == pytest.approx(small, abs=1e-13)


# --- cases ---------------------------------------------------------------------------------------------------------


def test_a_cell_says_its_sides():
    case = case_of(RANDOM)
    assert case.accuracy.method == "spectral"
    assert 'sides = "periodic"' in resolved_toml(case)
    assert case_of({**RANDOM, "sides": "mirror"}).accuracy.method == "finite_elements"
    assert {name for name, model in PATTERNS.items() if issubclass(model, Sided)} == {
        "random",
        "clustered",
        "list",
        "polygons",
        "image",
        "height_map",
    }


@pytest.mark.parametrize("pattern", ["single", "square", "hexagonal", "stripes", "annulus", "frame"])
def test_lattices_have_no_sides(pattern):
    keys = {"pattern": pattern, "pitch": "1 um", "contact_fraction": 0.2, "sides": "periodic"}
    keys |= {"inner_ratio": 0.5} if pattern in ("annulus", "frame") else {}
    with pytest.raises(
        InputError, match=rf"^case: interface\.sides = 'periodic': does not apply to pattern '{pattern}'"
    ):
        case_of(keys)


def test_sides_and_holes_tell_geometries_apart():
    """Cases of a study share a solution only if their sides, and the holes of their contacts, are the same."""

    def key(sides, hole):
        x, y = hole
        ring = f"{x} {y}, {x} {y + 1}, {x + 1} {y + 1}, {x + 1} {y}, {x} {y}"
        file = MapFile("ring.wkt", f"POLYGON ((1 1, 9 1, 9 9, 1 9, 1 1), ({ring}))".encode())
        return geometry_key(
            case_of({"pattern": "polygons", "file": file, "unit": "um", "cell": ["10 um", "10 um"], "sides": sides})
        )

    assert len({key("mirror", (2, 2)), key("periodic", (2, 2)), key("mirror", (4, 2))}) == 3
    assert key("periodic", (2, 2)) == key("periodic", (2, 2))


def test_unknown_sides_are_refused():
    with pytest.raises(InputError, match=r"^case: interface\.sides = 'open': expected 'mirror' or 'periodic'$"):
        case_of({**RANDOM, "sides": "open"})


@pytest.mark.parametrize(
    "gap", [{"profile": "linear", "rise": "1 um", "length": "1 um"}, {"profile": "plate", "rise": "1 um"}]
)
def test_lifted_metal_has_mirrors(gap):
    collector = {"collector": {"stack_pressure": "1 MPa"}} if gap["profile"] == "plate" else {}
    with pytest.raises(
        InputError, match=rf"^case: gap\.profile = '{gap['profile']}': .* expected interface\.sides = 'mirror'"
    ):
        parse_case({"interface": RANDOM, "gap": gap, **collector})


def test_finite_elements_refuse_them():
    with pytest.raises(
        InputError, match=r"^interface\.sides = 'periodic': finite elements .* expected accuracy\.method"
    ):
        check_mesh(plan_of(**RANDOM), 1e-3, None, 1e-3)


def test_polygons_may_face_each_other():
    """Two halves of a square at the left and the right side are one."""
    text = "MULTIPOLYGON (((0 1, 1 1, 1 2, 0 2, 0 1)), ((3 1, 4 1, 4 2, 3 2, 3 1)))"
    keys = {"pattern": "polygons", "unit": "um", "cell": ["4 um", "3 um"], **PERIODIC}
    plan = plan_of(**keys, file=MapFile("two.wkt", text.encode()))
    assert plan.islands == 1
    assert plan.outlined.contact_width == pytest.approx(2 * 2 / 6 * 1e-6)  # twice the area over the rim of 2 × 1 µm
    alone = plan_of(**keys, file=MapFile("one.wkt", b"POLYGON ((0 1, 1 1, 1 2, 0 2, 0 1))"))
    assert alone.outlined.contact_width == pytest.approx(2 * 1 / 4 * 1e-6)


def test_maps_of_heights_may_repeat():
    heights = np.full((12, 12), 500.0)
    heights[:3, :4] = heights[-2:, :4] = 0.0
    gap = {"profile": "map", "file": map_file(heights), "pixel": "1 um", "unit": "1 nm", "contact_below": "50 nm"}
    case = parse_case({"interface": {"pattern": "height_map", **PERIODIC}, "gap": gap})
    assert lay_out(case.interface).islands == 1
