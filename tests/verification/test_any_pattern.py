"""Any pattern that a case file can say is solved, with a bar, or refused in one line."""

import json
import math

import pytest
import shapely

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.case.interface import PATTERNS
from constriction.case.maps.files import MapFile
from constriction.geometry.cell import lay_out
from constriction.simulation.simulate import simulate

hypothesis = pytest.importorskip("hypothesis", reason="hypothesis is not installed (extra 'dev')")
from hypothesis import HealthCheck, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402


def polygon_file(corners):
    """Corners in their order around their middle: a polygon that does not cross itself, but for ties."""
    x, y = (sum(parts) / len(corners) for parts in zip(*corners, strict=True))
    around = sorted(corners, key=lambda corner: math.atan2(corner[1] - y, corner[0] - x))
    return MapFile("contacts.wkt", shapely.to_wkt(shapely.Polygon(around)).encode())


SHARE = st.floats(0.001, 0.999)
RATIO = st.floats(0.01, 100)
PITCH = st.just("1 um")
# Places are on a raster: a sliver of a nanometre beside a wall is solved too, in minutes.
RASTER = st.sampled_from([*range(17), 21]).map(lambda step: 50 * step)
PLACE = RASTER.map(lambda x: f"{x} nm")
EXTENT = st.integers(1, 5).map(lambda step: f"{50 * step} nm")
LONG = st.tuples(PLACE, PLACE, EXTENT, EXTENT, st.sampled_from([0, 30, 45, 90])).map(list)
FILLED = {"contact_fraction": SHARE, "pitch": PITCH, "inverted": st.booleans()}
ROUND = {**FILLED, "shape": st.sampled_from(["disc", "square"])}
SIDES = {"sides": st.sampled_from(["mirror", "periodic"])}
LATTICE = [
    ROUND,
    {**FILLED, "shape": st.sampled_from(["ellipse", "rectangle"]), "aspect": st.floats(0.4, 2.5)},
    {**ROUND, "shape": st.sampled_from(["disc", "square", "ellipse", "rectangle"]), "aspect": RATIO},
]
SCATTERED = {
    **FILLED,
    **SIDES,
    "shape": st.sampled_from(["disc", "square"]),
    "seed": st.integers(0, 2**63 - 1),
    "size_spread": st.floats(0, 2),
    "overlap": st.sampled_from(["none", "merge"]),
}
KEYS = {
    "single": [*LATTICE, {**ROUND, "cell_shape": st.sampled_from(["square", "circular"])}],
    "square": LATTICE,
    "hexagonal": LATTICE,
    "stripes": FILLED,
    "annulus": {**FILLED, "inner_ratio": st.floats(0, 0.999)},
    "frame": {**FILLED, "inner_ratio": st.floats(0, 0.999)},
    "random": {**SCATTERED, "spots": st.integers(1, 6)},
    "clustered": {
        **SCATTERED,
        "clusters": st.integers(1, 3),
        "spots_per_cluster": st.integers(1, 3),
        "cluster_radius": EXTENT,
    },
    "list": {
        **SIDES,
        "inverted": st.booleans(),
        "cell": st.just(["1 um", "0.8 um"]),
        "discs": st.lists(st.tuples(PLACE, PLACE, EXTENT).map(list), max_size=1),
        "ellipses": st.lists(LONG, max_size=2),
        "rectangles": st.lists(LONG, max_size=2),
    },
    "polygons": {
        "inverted": st.booleans(),
        "cell": st.just(["1 um", "0.8 um"]),
        "unit": st.just("nm"),
        "file": st.lists(st.tuples(RASTER, RASTER), min_size=3, max_size=6).map(polygon_file),
    },
}
DRAWS = 200
# A gap that is thin beside the smallest contact: one meshed as a volume takes minutes a draw.
QUICK = {"gap": {"height": "1 nm"}, "sweep": {"points_per_decade": 1}, "accuracy": {"relative_error": 0.2}}


def test_all_patterns_but_maps_are_tried():
    assert {*KEYS, "image", "height_map"} == set(PATTERNS)


@pytest.mark.parametrize("name", sorted(KEYS))
@settings(deadline=None, max_examples=DRAWS // len(KEYS), suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_any_pattern(name, data):
    kinds = KEYS[name] if isinstance(KEYS[name], list) else [KEYS[name]]
    interface = data.draw(st.one_of([st.fixed_dictionaries({"pattern": st.just(name), **kind}) for kind in kinds]))
    try:
        case = parse_case({"interface": interface, **QUICK})
        layout = lay_out(case.interface)
        share = interface.get("contact_fraction", layout.contact_fraction)
        assert math.isclose(layout.contact_fraction, share, abs_tol=1e-12)
        json.dumps(layout.geojson(), allow_nan=False)
        result = simulate(case)
    except InputError as error:
        assert "\n" not in str(error) and "expected" in str(error)
        return
    assert math.isfinite(result.R_cstr) and result.R_cstr > -result.R_cstr_error
    assert 0 < result.R_cstr_error
