"""Gaps of uneven height: what follows exactly, and both methods against each other."""

import math

import numpy as np
import pytest

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.field.response import Goal
from constriction.field.transforms.convergence import solve_grid
from constriction.field.transforms.gradients import solve
from constriction.field.transforms.grids import plate_of, raster_of
from constriction.geometry.cell import lay_out
from constriction.geometry.profiles import profile_of
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY
from constriction.simulation.record import result_record
from constriction.simulation.simulate import Options, simulate
from constriction.simulation.weights import curve_of, uneven_gap
from constriction.study.run.geometry import geometry_key

TUBE = {"pattern": "single", "cell_shape": "circular", "pitch": "2 mm", "contact_fraction": 0.2}
SQUARE = {"pattern": "square", "pitch": "2 mm", "contact_fraction": 0.2}
LINEAR = {"profile": "linear", "rise": "5 um", "length": "200 um"}
PLATE = {"profile": "plate", "rise": "8.8 um"}
PRESSED = {"stack_pressure": "0.1 MPa"}


def case_of(gap, method="spectral", interface=SQUARE, relative_error=1e-2, **sections):
    return parse_case(
        {
            "interface": interface,
            "gap": gap,
            "sweep": {"points_per_decade": 4, **sections.pop("sweep", {})},
            "accuracy": {"method": method, "relative_error": relative_error},
            **sections,
        }
    )


@pytest.mark.parametrize("method", ["spectral", "finite_elements"])
def test_no_slope_is_the_even_gap(method):
    even = simulate(case_of({}, method))
    flat = simulate(case_of({"profile": "linear", "rise": "100 nm", "length": "50 um"}, method))
    assert flat.spectrum.impedance == pytest.approx(even.spectrum.impedance, rel=1e-9)
    assert (flat.C_low, flat.C_high) == pytest.approx((even.C_low, even.C_high), rel=1e-6)
    assert flat.R_cstr == pytest.approx(even.R_cstr, rel=1e-12)


@pytest.mark.parametrize("collector", [{"stack_pressure": "1000 GPa"}, {"stack_pressure": "10 GPa"}])
def test_a_foil_that_is_not_lifted_is_the_even_gap(collector):
    if collector["stack_pressure"] == "1000 GPa":
        with pytest.raises(InputError, match="expected a pressure from 1 Pa to 10 GPa"):
            case_of(PLATE, collector=collector)
        return
    flat = simulate(case_of({**PLATE, "rise": "100 nm"}, collector=collector))
    even = simulate(case_of({}))
    assert flat.spectrum.impedance == pytest.approx(even.spectrum.impedance, rel=1e-12)


@pytest.mark.parametrize(
    ("gap", "sections"),
    [(LINEAR, {}), (PLATE, {"collector": PRESSED}), (PLATE, {"collector": {"adhesion": "0.1 J/m2"}})],
    ids=["linear", "pressed", "adheres"],
)
@pytest.mark.parametrize("relative_error", [1e-2, 2e-3])
def test_both_methods_agree(gap, sections, relative_error):
    grid, mesh = (
        simulate(case_of(gap, method, relative_error=relative_error, sweep={"from": "1 GHz"}, **sections), Options())
        for method in ("spectral", "finite_elements")
    )
    assert abs(grid.R_cstr - mesh.R_cstr) <= grid.R_cstr_error + mesh.R_cstr_error
    apart = np.abs(grid.spectrum.impedance - mesh.spectrum.impedance).max()
    assert apart <= grid.spectrum_error + mesh.spectrum_error
    assert grid.C_high == mesh.C_high
    assert grid.C_low == pytest.approx(mesh.C_low, rel=0.03)
    assert grid.C_high < grid.C_low


def wedge_mean(radius, length, rise, width):
    """∫h dA over the cell's area in m, round a quarter disc in a square quarter cell that the wedge does not leave."""
    far = 1e-7 * (width**2 - math.pi * radius**2 / 4)
    more = 0.5 * math.pi * (rise - 1e-7) * (radius * length / 2 + length**2 / 6)
    return (far + more) / width**2


@pytest.mark.parametrize("method", ["spectral", "finite_elements"])
def test_c_high_is_that_of_the_mean_height(method):
    case = case_of(LINEAR, method)
    found = simulate(case)
    radius = math.sqrt(0.2 / math.pi) * 2e-3
    exact = VACUUM_PERMITTIVITY / wedge_mean(radius, 200e-6, 5e-6, 1e-3)
    assert found.C_high == pytest.approx(exact, rel=1e-6)


def test_mean_height_is_where_the_response_goes():
    stripes = {"pattern": "stripes", "pitch": "2 mm", "contact_fraction": 0.3}
    case = case_of({**LINEAR, "rise": "200 nm"}, interface=stripes)
    plan, theta = lay_out(case.interface), 1e6
    profile = uneven_gap(case, plan)
    assert profile.mean == pytest.approx(0.7 + 0.2 / 2, rel=1e-5)
    plate = plate_of(plan, 0.75, raster_of(plan, 2000), height=profile.height)  # rims on edges of pixels
    found = solve(plate, np.array([theta]), 1e-8).field.mean()
    assert theta * found == pytest.approx(profile.mean, rel=1e-3)


def test_plate_is_told():
    record = result_record(simulate(case_of(PLATE, collector=PRESSED)))
    assert 0.2 < record["lifted_share"] < 0.6
    assert 2.5e-3 < record["largest_bending_strain"] < 5e-3
    assert 0 < record["height_error_ohm_cm2"] < record["spectrum_error_ohm_cm2"]
    assert "largest_bending_strain" not in result_record(simulate(case_of(LINEAR)))


def test_bar_of_the_plate_holds_its_error():
    case = case_of(PLATE, collector=PRESSED, sweep={"from": "1 GHz"}, relative_error=0.05)
    found = simulate(case)
    fine = case_of(PLATE, collector=PRESSED, sweep={"from": "1 GHz"}, relative_error=1e-3)
    profile = uneven_gap(fine, found.layout)
    curve = curve_of(case, found.layout, found.laws, found.spectrum.frequency)
    depth, goal = case.electrolyte.thickness / found.layout.pitch, Goal(1e-4, math.inf, (curve,))
    values = [
        solve_grid(found.layout, depth, 40_000, goal, one.height).model.interface(curve.every)
        for one in (profile, uneven_gap(case, found.layout))
    ]
    assert np.abs(values[0] - values[1]).max() <= found.laws.height_error.max()


def test_stripes_and_pores_are_lifted():
    for interface in (
        {"pattern": "stripes", "pitch": "2 mm", "contact_fraction": 0.3},
        {"pattern": "square", "pitch": "2 mm", "contact_fraction": 0.6, "inverted": True},
        {"pattern": "random", "pitch": "1 mm", "contact_fraction": 0.2, "spots": 5, "seed": 3},
    ):
        case = case_of(PLATE, interface=interface, collector=PRESSED, relative_error=0.05)
        found = simulate(case)
        even = simulate(case_of({}, interface=interface, relative_error=0.05))
        assert found.C_high < even.C_high and found.C_low < even.C_low


def test_one_geometry_has_one_name_in_any_unit():
    names = {geometry_key(case_of(LINEAR)), geometry_key(case_of({}))}
    names.add(geometry_key(case_of({**LINEAR, "length": "210 um"})))
    names.add(geometry_key(case_of(PLATE, collector=PRESSED)))
    names.add(geometry_key(case_of(PLATE, collector={"stack_pressure": "0.2 MPa"})))
    names.add(geometry_key(case_of({**PLATE, "rise": PLATE.get("height", "100 nm")}, collector=PRESSED)))  # no lift
    assert len(names) == 6
    twice = {**SQUARE, "pitch": "4 mm"}
    scaled = {**LINEAR, "length": "400 um", "height": "200 nm", "rise": "10 um"}
    assert geometry_key(case_of(LINEAR, electrolyte={"thickness": "8 mm"})) == geometry_key(
        case_of(scaled, interface=twice, electrolyte={"thickness": "16 mm"})
    )


def test_wedge_falls_from_the_rim():
    case = case_of(LINEAR)
    plan = lay_out(case.interface)
    profile = profile_of(case.gap, case.collector, plan, 1e-2)
    radius = math.sqrt(0.2 / math.pi) * 2e-3
    at = radius + np.array([0.0, 50e-6, 100e-6, 200e-6, 300e-6])
    assert profile.height(at, np.zeros(5)) == pytest.approx([50, 37.75, 25.5, 1, 1])
    assert profile.height(at[:, None] / math.sqrt(2), at[None, :] / math.sqrt(2))[2, 2] == pytest.approx(25.5)


@pytest.mark.parametrize(
    ("gap", "sections", "words"),
    [
        (PLATE, {}, "neither stack_pressure nor adhesion"),
        (PLATE, {"collector": {"stack_pressure": "-1 MPa"}}, "expected a pressure above zero"),
        (PLATE, {"collector": {"adhesion": "-0.1 J/m2"}}, "expected an energy per area above zero"),
        (PLATE, {"collector": {**PRESSED, "thickness": "0 um"}}, "expected a length above zero"),
        ({**PLATE, "rise": "50 nm"}, {"collector": PRESSED}, "below height = '100 nm'"),
        ({"profile": "plate"}, {"collector": PRESSED}, "rise: missing"),
        ({"profile": "linear", "rise": "1 um"}, {}, "length: missing"),
        ({**PLATE, "length": "1 um"}, {"collector": PRESSED}, "length: does not apply"),
        ({"rise": "1 um"}, {}, "rise: does not apply to profile = 'uniform'"),
        ({**PLATE, "height": "none"}, {"collector": PRESSED}, "there is no gap"),
        ({}, {"collector": PRESSED}, "collector: does not apply to gap.profile = 'uniform'"),
        (LINEAR, {"interface": {**SQUARE, "contact_fraction": 1.0}}, "needs contacts and a gap"),
        ({**LINEAR, "law": "p(C,Q1)", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}, {}, "does not follow the height"),
        ({"profile": "wedge"}, {}, "expected 'uniform', 'linear', 'plate' or 'map'"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(gap, sections, words):
    with pytest.raises(InputError, match=words) as told:
        case_of(gap, **sections)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("gap", "sections", "words"),
    [
        (LINEAR, {"interface": TUBE},
         "transforms in a circular cell need an even gap"),
        (PLATE, {"collector": PRESSED, "method": "finite_elements", "interface": TUBE},
         "rectangular cells only"),
        ({**LINEAR, "rise": "300 um"}, {}, "becomes a volume, not thin against the asked accuracy"),
        ({**LINEAR, "model": "volume"}, {}, "the gap is a volume, and transforms need a flat interface"),
        ({**LINEAR, "rise": "300 um"}, {"contact": {"law": "R1", "R1": "1 ohm cm2"}},
         "the gap is not thin, an error of .*, and one beside a contact with a law is not meshed"),
    ],
)  # fmt: skip
def test_what_cannot_be_solved_is_told_in_one_line(gap, sections, words):
    with pytest.raises(InputError, match=words) as told:
        simulate(case_of(gap, **sections))
    assert "\n" not in str(told.value)
