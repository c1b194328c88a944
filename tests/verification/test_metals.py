"""Metals as conducting bodies: what they add, against exact limits and against electrolyte and metals solved at once.

Lengths are in pitches, the islands' conductivity is one. What metals add to F, times their conductivity over the
electrolyte's:

- all contact: height + foil / (its conductivity over the islands');
- low islands under a deep foil of their own metal: current spreads in it as in the electrolyte, which has the same
  potential turned over. So metal and electrolyte constrict alike: stripes −(1/π) ln sin(πf/2), and a disc in a tube by
  its ψ. A foil that is a slab of metal adds its thickness;
- islands far higher than wide: another pitch of height is a column of metal on the part f of the area, 1/f;
- a gap that conducts far better than the electrolyte takes its part of an even current to the foil: islands then add
  f·height, the foil its thickness.
"""

import math

import numpy as np
import pytest
from cases import tube

from constriction import parse_case, simulate
from constriction.field.metals.converge import COARSE, MetalMesh, converge_metals, problem_of
from constriction.field.metals.stacked import MetalCell, Sheets
from constriction.geometry.cell import lay_out
from constriction.simulation.metals.added import SECOND_ORDER
from constriction.simulation.record import result_record
from constriction.simulation.simulate import Options

STRIPES = {"pattern": "stripes", "pitch": "1 mm", "contact_fraction": 0.25}
SQUARE = {"pattern": "square", "pitch": "1 mm", "contact_fraction": 0.2}
PAIR = {
    "pattern": "list",
    "cell": ["1 mm", "0.7 mm"],
    "discs": [["0 mm", "0.3 mm", "0.15 mm"], ["0.6 mm", "0.35 mm", "0.25 mm"]],
}
NOTHING = 1e-9  # m: of islands that are no more than the contact itself


def cell_of(interface, *, height, foil, foil_over_island=1.0, thickness=2e-3):
    """A cell with metals; lengths in m."""
    layout = lay_out(parse_case({"interface": interface}).interface)
    return MetalCell(layout, thickness, height, foil, foil_over_island)


def added(cell, theta=0.0):
    """What metals add, in pitches, and its error bar."""
    found = converge_metals(cell, [theta], print)
    return complex(found.values[0]), float(found.errors[0])


def test_full_contact_is_a_series():
    cell = cell_of({**SQUARE, "contact_fraction": 1.0}, height=20e-6, foil=5e-6, foil_over_island=2.5)
    assert added(cell) == (pytest.approx(0.02 + 0.002), 0.0)


def test_a_deep_foil_constricts_as_the_electrolyte_does():
    value, error = added(cell_of(STRIPES, height=NOTHING, foil=2e-3))
    exact = 2 - math.log(math.sin(0.25 * math.pi / 2)) / math.pi
    assert abs(value - exact) < error < 2e-2 * exact


def test_a_disc_in_a_tube_of_metal_is_the_one_in_a_tube_of_electrolyte():
    """ψ = 0.586509 at ε = 0.3: R = ψ/(4σa), over an area of πb²; b is half a pitch."""
    value, error = added(cell_of(tube(0.09), height=NOTHING, foil=2e-3))
    pitch, radius = 2e-3, 0.3e-3
    exact = 1 + 0.586509 / (4 * radius) * math.pi * (1e-3) ** 2 / pitch
    assert abs(value - exact) < error < 2e-2 * exact


@pytest.mark.parametrize("interface", [STRIPES, SQUARE])
def test_high_islands_are_columns(interface):
    low, high = (added(cell_of(interface, height=height, foil=5e-6)) for height in (0.5e-3, 1.5e-3))
    assert high[0] - low[0] == pytest.approx(1 / interface["contact_fraction"], rel=1e-3)


@pytest.mark.parametrize("interface", [STRIPES, SQUARE, PAIR])
def test_a_gap_that_conducts_takes_its_part_to_the_foil(interface):
    cell = cell_of(interface, height=1e-6, foil=5e-6, foil_over_island=2.5)
    value, error = added(cell, theta=1e7)
    exact = cell.layout.contact_fraction * 1e-6 / cell.layout.pitch + 2e-6 / cell.layout.pitch
    assert value == pytest.approx(exact, rel=5e-3)
    assert error < 3e-2 * exact


@pytest.mark.parametrize("interface", [STRIPES, SQUARE])
@pytest.mark.parametrize("theta", [0.0, 2 + 20j])
def test_electrolyte_and_metals_at_once_are_that_to_first_order(interface, theta):
    """At ratios from 1e-2 to 1e-4 the rest goes with the ratio: at that of NZSP, 1e-8, nothing of it is left."""
    problem = problem_of(cell_of(interface, height=30e-6, foil=5e-6, foil_over_island=2.8), 1.0, COARSE)
    first, equipotential = problem.added(theta), problem.coupled(theta, 0)
    ratios = np.array([1e-2, 1e-3, 1e-4])
    rest = [abs((problem.coupled(theta, ratio) - equipotential) / ratio - first) for ratio in ratios]
    assert rest[0] < SECOND_ORDER * ratios[0] * abs(first)
    assert rest[1] == pytest.approx(0.1 * rest[0], rel=0.05)
    assert rest[2] < 0.02 * rest[0]


@pytest.mark.parametrize(
    "cell",
    [
        cell_of(STRIPES, height=5e-9, foil=5e-6, foil_over_island=2.8),
        cell_of({**STRIPES, "contact_fraction": 0.05}, height=5e-9, foil=5e-6, foil_over_island=2.8),
        cell_of(SQUARE, height=20e-6, foil=5e-6, foil_over_island=2.8),
        cell_of({**SQUARE, "inverted": True, "contact_fraction": 0.7}, height=1e-6, foil=50e-6),
    ],
    ids=["stripes", "narrow stripes", "square", "pores"],
)
@pytest.mark.parametrize("theta", [0.0, 1 + 30j])
def test_error_bars_hold_beside_a_finer_mesh(cell, theta):
    """A sixth of the fineness for stripes; of spots in three dimensions that would take minutes."""
    value, error = added(cell, theta)
    fineness = 0.08 if len(cell.layout.spots) == 1 and cell.layout.depth < 0.1e-3 else 0.25
    finer = problem_of(cell, fineness, MetalMesh(1.0, 4, Sheets(1e-4, 2.0))).added(theta)
    assert abs(value - finer) < error < 0.03 * abs(finer)


ISLANDS = {
    "interface": {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"},
    "gap": {"height": "5 nm"},
    "accuracy": {"metals": "resolved", "relative_error": 1e-2},
}
UNDER_10_UM = {
    "interface": {"pattern": "square", "contact_fraction": 0.4, "pitch": "500 um"},
    "gap": {"height": "11 um", "model": "volume"},
    "collector": {"thickness": "5 um"},
    "accuracy": {"metals": "resolved", "relative_error": 1e-2},
}


@pytest.mark.parametrize("case", [ISLANDS, UNDER_10_UM], ids=["sodium islands", "a meshed gap"])
def test_metals_on_nzsp_change_nothing(case):
    """Less than 1e-5 of R_cstr, which is what equipotential metals take for granted; it is some 1e-8 at the most."""
    result = simulate(parse_case(case))
    record = result_record(result)
    error, change = record["metals_R_cstr_error_ohm_cm2"], record["metals_R_cstr_ohm_cm2"]
    assert 0 < error < 0.03 * change
    assert record["metals_R_cstr_relative"] == pytest.approx(change / record["R_cstr_ohm_cm2"])
    assert record["metals_R_cstr_relative"] + error / record["R_cstr_ohm_cm2"] < 1e-7
    assert record["metals_R_dc_ohm_cm2"] == pytest.approx(change + record["metals_R_full_contact_ohm_cm2"])
    for one in record["metals_impedance"]:
        size = abs(complex(one["real_impedance_ohm_cm2"], one["imaginary_impedance_ohm_cm2"]))
        assert one["impedance_error_ohm_cm2"] < 0.03 * size < 1e-7 * record["R_cstr_ohm_cm2"]
    assert record["metals_impedance"][0]["frequency_hertz"] == pytest.approx(7e6)


def test_the_solver_of_r_cstr_has_no_part_in_it():
    """R_cstr by transforms, or asked more exactly: the metals are meshed on their own."""
    case = parse_case(ISLANDS)
    by_transforms = case.model_copy(update={"accuracy": case.accuracy.model_copy(update={"method": "spectral"})})
    told = [simulate(one, Options(report=lambda _: None)).metals for one in (case, by_transforms)]
    assert told[0].constriction == pytest.approx(told[1].constriction, rel=1e-12)
    assert simulate(replace_accuracy(case)).metals is None


def replace_accuracy(case):
    """The same case with equipotential metals."""
    return parse_case({key: value for key, value in ISLANDS.items() if key != "accuracy"})
