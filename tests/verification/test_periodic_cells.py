"""Cells that repeat without mirrors, by transforms.

Exact answers: a pattern with mirrors of its own has the same field in a periodic cell as between mirrors; where a
periodic cell begins is nobody's choice, so that moving the pattern by any way, or taking two cells as one, changes
nothing but how the rims lie in the pixels. All comparisons are within both error bars.
"""

import json
import math
import random

import numpy as np
import pytest
from cases import conductor
from scipy.ndimage import gaussian_filter
from support.maps import map_case, map_file, solved_case

from constriction import parse_case
from constriction.case.maps.files import MapFile
from constriction.field.transforms.gradients import solve
from constriction.field.transforms.grids import plate_of, raster_of
from constriction.geometry.cell import lay_out
from constriction.geometry.patterns.placing import Anywhere, place_spots
from constriction.simulation.record import result_record
from constriction.simulation.simulate import Options, simulate

FILM = {"law": "p(R1,C1)", "R1": "0.02 ohm cm2", "C1": "20 uF/cm2"}
GAP = {"height": "1 um"}
SIDE = 1.0  # mm


def case_of(discs, cell=(SIDE, SIDE), sides="periodic", relative_error=5e-3, **more):
    """Discs (x, y, radius) of a cell, all in mm; what leaves the cell comes in at the other side."""
    width, depth = cell
    wrapped = [[f"{x % width!r} mm", f"{y % depth!r} mm", f"{radius!r} mm"] for x, y, radius in discs]
    interface = {"pattern": "list", "cell": [f"{width!r} mm", f"{depth!r} mm"], "discs": wrapped, "sides": sides}
    return parse_case({**beside(relative_error), "interface": interface, **more})


def beside(relative_error):
    """What the cases have in common."""
    return {
        "electrolyte": {"thickness": "3 mm"},
        "gap": GAP,
        "sweep": {"from": "1 GHz", "points_per_decade": 1},
        "accuracy": {"relative_error": relative_error, "method": "spectral"},
    }


def unlike_discs(seed, count=6):
    """Random discs of unlike sizes in a periodic cell, mm."""
    draw = random.Random(seed).random
    sizes = sorted((0.04 + 0.1 * draw() for _ in range(count)), reverse=True)
    places = place_spots(sizes, SIDE, "disc", Anywhere(SIDE, draw), periodic=True)
    return [(x, y, size) for (x, y), size in zip(places, sizes, strict=True)]


def moved(discs, x, y):
    return [(u + x, v + y, radius) for u, v, radius in discs]


def assert_same(one, other):
    """R_cstr and every Z within both error bars together."""
    assert abs(one.R_cstr - other.R_cstr) <= one.R_cstr_error + other.R_cstr_error
    apart = np.abs(one.spectrum.impedance - other.spectrum.impedance).max()
    assert apart <= one.spectrum_error + other.spectrum_error


# --- with mirrors of its own ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"contact": FILM}], ids=["ideal", "film"])
def test_a_lattice_is_the_same_between_mirrors_and_without(more):
    """A square lattice: its quarter cell, its whole cell between mirrors, and that without, wherever it begins."""
    fraction, radius = math.pi * 0.3**2, 0.3
    asked = 2e-2 if more else 5e-3  # films take long
    square = {"pattern": "square", "pitch": "1 mm", "contact_fraction": fraction}
    quarter = parse_case({**beside(asked), "interface": square, **more})
    exact = simulate(quarter)
    assert_same(exact, simulate(case_of([(0.5, 0.5, radius)], sides="mirror", relative_error=asked, **more)))
    for x, y in ((0.5, 0.5), (0.0, 0.0), (0.123, 0.777)):
        assert_same(exact, simulate(case_of([(x, y, radius)], relative_error=asked, **more)))


def test_finite_elements_have_the_same_lattice():
    """An independent method: finite elements of the mirror cell."""
    keys = {"pattern": "hexagonal", "pitch": "1 mm", "contact_fraction": 0.3}
    meshed = simulate(conductor(keys, relative_error=2e-3))
    radius, tall = math.sqrt(0.3 * math.sqrt(3) / 2 / math.pi), math.sqrt(3)
    discs = [[f"{x!r} mm", f"{y!r} mm", f"{radius!r} mm"] for x, y in ((0.21, 0.33), (0.71, 0.33 + tall / 2))]
    interface = {"pattern": "list", "cell": ["1 mm", f"{tall!r} mm"], "discs": discs, "sides": "periodic"}
    periodic = simulate(conductor(interface, relative_error=2e-3))
    assert periodic.layout.contact_fraction == pytest.approx(0.3, rel=1e-12)
    assert abs(meshed.R_cstr - periodic.R_cstr) <= meshed.R_cstr_error + periodic.R_cstr_error


@pytest.mark.parametrize("film", [False, True])
@pytest.mark.parametrize("theta", [0.0, 3.0, 2.0 + 5.0j])
def test_the_doubled_grid_is_the_grid_between_mirrors(film, theta):
    """Pixel by pixel: with its mirror images a mirror cell is a periodic one, of the same equations."""
    few = [(0.4, 0.5, 0.3), (1.3, 1.2, 0.41), (1.7, 0.3, 0.15)]
    mirror = lay_out(case_of(few, sides="mirror", cell=(2.0, 2.0)).interface)
    raster = raster_of(mirror, 900)
    plate = plate_of(mirror, 3.0, raster, film)
    ways = [(sx, sy) for sx in (1, -1) for sy in (1, -1)]
    discs = [(sx * x, sy * y, r) for sx, sy in ways for x, y, r in few]
    double = lay_out(case_of(discs, cell=(4.0, 4.0)).interface)
    assert double.contact_fraction == pytest.approx(mirror.contact_fraction, rel=1e-9)
    doubled = plate_of(double, 3.0 * mirror.pitch / double.pitch, _twice(raster), film)
    at = np.array([10.0, theta] if film else [theta])
    small, large = solve(plate, at, 1e-10), solve(doubled, at * double.pitch / mirror.pitch, 1e-10)
    scaled = large.field.mean() * double.pitch / mirror.pitch
    assert scaled == pytest.approx(small.field.mean(), rel=1e-7)


def _twice(raster):
    return raster._replace(
        width=2 * raster.width, depth=2 * raster.depth, across=2 * raster.across, along=2 * raster.along
    )


# --- where the cell begins -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_moving_the_pattern_changes_nothing(seed):
    """By ways that are no whole number of pixels."""
    discs, draw = unlike_discs(seed), random.Random(seed).random
    plain = simulate(case_of(discs))
    for _ in range(3):
        found = simulate(case_of(moved(discs, draw(), draw())))
        assert_same(plain, found)
        assert found.layout.islands == plain.layout.islands
        assert found.C_high == pytest.approx(plain.C_high, rel=1e-9)


def test_moving_a_film_changes_nothing():
    discs = unlike_discs(5)
    one, other = (
        simulate(case_of(moved(discs, *way), relative_error=3e-2, contact=FILM)) for way in ((0, 0), (0.377, 0.613))
    )
    assert_same(one, other)


def test_the_current_spreads_over_the_contacts_alike():
    discs = unlike_discs(6)
    one, other = (simulate(case_of(moved(discs, way, way))).currents for way in (0.0, 0.411))
    for multiple in (2, 5):
        area, area_bar, current, current_bar = one.above(multiple)
        again, again_bar, carried, carried_bar = other.above(multiple)
        assert abs(area - again) <= area_bar + again_bar
        assert abs(current - carried) <= current_bar + carried_bar


@pytest.mark.parametrize("long", ["ellipses", "rectangles"])
def test_moving_long_spots_changes_nothing(long):
    def found(x, y):
        keys = {"pattern": "list", "cell": ["1 mm", "0.8 mm"], "sides": "periodic"}
        spots = [[f"{(0.2 + x) % 1!r} mm", f"{(0.3 + y) % 0.8!r} mm", "0.35 mm", "0.12 mm", 25]]
        return simulate(solved_case({**keys, long: spots}))

    plain = found(0, 0)
    for way in ((0.13, 0.47), (0.77, 0.55)):
        assert_same(plain, found(*way))


@pytest.mark.parametrize("error", [2e-2, 5e-3])
@pytest.mark.parametrize("overlap", ["none", "merge"])
def test_bars_of_random_cells_hold(overlap, error):
    """Against a finer solution of the same cell, whose own error is a tenth."""
    keys = {"pattern": "random", "pitch": "1 mm", "contact_fraction": 0.3, "spots": 9, "sides": "periodic"}
    for seed in range(1, 4):
        interface = {**keys, "overlap": overlap, "seed": seed}
        coarse, fine = (simulate(solved_case(interface, asked)) for asked in (error, error / 10))
        assert abs(coarse.R_cstr - fine.R_cstr) <= coarse.R_cstr_error


# --- two cells as one ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_two_cells_are_as_one(seed):
    discs = unlike_discs(seed)
    one = simulate(case_of(discs))
    assert_same(one, simulate(case_of([*discs, *moved(discs, SIDE, 0)], cell=(2 * SIDE, SIDE))))


def test_direct_solves_agree_with_the_model():
    """Complex fields in waves: every frequency of the sweep by itself."""
    case = case_of(unlike_discs(4), relative_error=2e-2)
    model, direct = simulate(case), simulate(case, Options(direct=True))
    assert np.abs(model.spectrum.impedance - direct.spectrum.impedance).max() <= 1e-3 * model.R_cstr


# --- maps and polygons ---------------------------------------------------------------------------------------------


def wrapped_blobs(seed, share=0.4, shape=(40, 50)):
    """Black and white shapes that go on at the other side, 0 and 255."""
    rough = gaussian_filter(np.random.default_rng(seed).normal(size=shape), 2.5, mode="wrap")
    return np.where(rough > np.quantile(rough, 1 - share), 255, 0).astype(np.uint8)


@pytest.mark.parametrize("seed", range(3))
def test_maps_repeat(seed):
    """Rolled, and two of them side by side."""
    values = wrapped_blobs(seed)
    plain = simulate(map_case(values, 1.0, sides="periodic"))
    rolled = simulate(map_case(np.roll(values, (17, 23), (0, 1)), 1.0, sides="periodic"))
    twice = simulate(map_case(np.tile(values, (1, 2)), 2.0, sides="periodic"))
    assert_same(plain, rolled)
    assert_same(plain, twice)
    assert rolled.R_cstr_map_error == pytest.approx(
        plain.R_cstr_map_error, rel=0.3
    )  # of a grid that is not extrapolated


def test_a_map_with_its_mirror_images_is_the_map_between_mirrors():
    values = wrapped_blobs(7)
    double = np.block([[values, values[:, ::-1]], [values[::-1], values[::-1, ::-1]]])
    assert_same(simulate(map_case(values, 1.0)), simulate(map_case(double, 2.0, sides="periodic")))


def test_the_contacts_that_a_run_writes_are_the_same_polygons():
    first = simulate(case_of(unlike_discs(8), relative_error=1e-2))
    file = MapFile("contacts.geojson", json.dumps(first.layout.geojson()).encode())
    keys = {"pattern": "polygons", "file": file, "unit": "m", "cell": ["1 mm", "1 mm"], "sides": "periodic"}
    again = simulate(parse_case({**beside(1e-2), "interface": keys}))
    assert again.layout.islands == first.layout.islands
    # arcs are 256 chords here
    assert abs(again.R_cstr - first.R_cstr) <= again.R_cstr_error + first.R_cstr_error + 2e-4 * first.R_cstr


@pytest.mark.parametrize("bands", [[(0.3, 0.6)], [(0.0, 0.3)], [(0.7, 1.0)], [(0.0, 0.123), (0.823, 1.0)]])
def test_bands_are_stripes(bands):
    """Wherever a band lies: also with its rim on a side, and in two parts at both sides."""
    rings = ", ".join(f"(({a} 0, {b} 0, {b} 1, {a} 1, {a} 0))" for a, b in bands)
    keys = {"pattern": "polygons", "unit": "mm", "cell": ["1 mm", "1 mm"], "sides": "periodic"}
    keys["file"] = MapFile("bands.wkt", f"MULTIPOLYGON ({rings})".encode())
    stripes = {"pattern": "stripes", "pitch": "1 mm", "contact_fraction": 0.3}
    exact, found = (simulate(parse_case({**beside(5e-3), "interface": one})) for one in (stripes, keys))
    assert found.layout.striped and found.layout.islands == 1
    assert_same(exact, found)


def test_height_maps_repeat():
    """Rolled by a third of the cell: contacts, gap and error bars go on beyond the sides."""
    x = (np.arange(36) + 0.5) / 36
    heights = 1500 + 1000 * np.cos(2 * np.pi * x)[:, None] + 700 * np.sin(2 * np.pi * x)[None, :]

    def found(down, across):
        rolled = map_file(np.roll(heights, (down, across), (0, 1)))
        gap = {"profile": "map", "file": rolled, "pixel": "20 um", "unit": "1 nm", "contact_below": "500 nm"}
        return simulate(solved_case({"pattern": "height_map", "sides": "periodic"}, gap=gap))

    plain = found(0, 0)
    for way in ((12, 0), (7, 25)):
        other = found(*way)
        assert_same(plain, other)
        assert other.C_high == pytest.approx(plain.C_high, rel=1e-4)
        assert result_record(other)["height_error_ohm_cm2"] < plain.R_cstr * 1e4
