"""A foil that contacts lift: against closed forms and an axisymmetric solution, and what holds of any.

Beside a straight rim: L = (72 D H/p)^(1/4), w = H (1 − ξ)³(1 + 3ξ) under pressure, L = (18 D H²/Γ)^(1/4),
w = H (1 − 3ξ² + 2ξ³) held by adhesion. Round a disc both are solved here: the free constants of the plate's
equation, and the radius where the foil lies down.
"""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from constriction import parse_case
from constriction.geometry.cell import lay_out
from constriction.geometry.coverage import Raster
from constriction.geometry.plate.foil import Foil, rigidity
from constriction.geometry.plate.lifted import lift

COPPER = rigidity(5e-6, 120e9, 0.34)
H = 10e-6
PRESSURE, ADHESION = {"pressure": 2e6, "adhesion": 0.0}, {"pressure": 0.0, "adhesion": 0.1}


def foil(**held):
    return Foil(rigidity=COPPER, thickness=5e-6, lift=H, **held)


def plan_of(**interface):
    return lay_out(parse_case({"interface": interface}).interface)


def strip(one, cells, offset):
    """The foil beside a stripe, and where its nodes are from the rim in lifted lengths."""
    side = one.lifted_length / cells
    count = 16 * (cells // 4)
    half = (8 + offset) * side
    plan = plan_of(pattern="stripes", pitch=f"{2 * count * side!r} m", contact_fraction=half / (count * side))
    found, _ = lift(plan, one, Raster(plan.width, plan.depth, count, 1))
    return found, np.clip((found.raster.centres[0][:, 0] - half) / one.lifted_length, 0, 1)


@pytest.mark.parametrize("offset", [0.0, 0.3, 0.5, 0.8])
def test_strip_under_pressure(offset):
    found, xi = strip(foil(**PRESSURE), 60, offset)
    assert found.deflection[:, 0] == pytest.approx(H * (1 - xi) ** 3 * (1 + 3 * xi), abs=1e-3 * H)
    curvature = 12 * H / found.foil.lifted_length**2
    assert found.largest_strain == pytest.approx(0.5 * 5e-6 * curvature, rel=0.02)


@pytest.mark.parametrize("offset", [0.0, 0.3, 0.5, 0.8])
def test_strip_held_by_adhesion(offset):
    found, xi = strip(foil(**ADHESION), 60, offset)
    assert found.deflection[:, 0] == pytest.approx(H * (1 - 3 * xi**2 + 2 * xi**3), abs=1e-3 * H)


def test_error_falls_as_the_square_of_the_cell():
    errors = []
    for cells in (20, 40, 80):
        found, xi = strip(foil(**PRESSURE), cells, 0.3)
        errors.append(np.abs(found.deflection[:, 0] / H - (1 - xi) ** 3 * (1 + 3 * xi)).max())
    assert errors[0] / errors[1] > 3 and errors[1] / errors[2] > 3


def round_disc(one, radius):
    """Where a foil round a disc of a radius lies down, and its deflection over the lift at distances from the axis."""
    load = one.pressure / one.rigidity / one.lift * radius**4

    def values(r):
        return np.array([1, r**2, math.log(r), r**2 * math.log(r)])

    def slopes(r):
        return np.array([0, 2 * r, 1 / r, 2 * r * math.log(r) + r])

    def constants(end):
        system = np.array([values(1.0), slopes(1.0), values(end), slopes(end)])
        right = np.array([1 + load / 64, load / 16, load * end**4 / 64, load * end**3 / 16])
        return np.linalg.solve(system, right)

    def left(end):
        bent = np.array([0, 2, -(end**-2), 2 * math.log(end) + 3]) @ constants(end) - 3 * load * end**2 / 16
        return bent / radius**2 - math.sqrt(2 * one.adhesion / one.rigidity) / one.lift

    longest = one.lifted_length / radius
    end = brentq(left, 1 + 0.3 * longest, 1 + 1.2 * longest)
    a, b, c, d = constants(end)

    def deflection(distance):
        r = np.clip(distance / radius, 1, end)
        return a + b * r**2 + c * np.log(r) + d * r**2 * np.log(r) - load * r**4 / 64

    return end * radius, deflection


@pytest.mark.parametrize(
    "held", [{"pressure": 1e5, "adhesion": 0.0}, ADHESION, {"pressure": 1e5, "adhesion": 0.02}], ids=str
)
def test_disc_is_the_axisymmetric_solution(held):
    one, radius, width = foil(**held), 1.2e-4, 5e-4
    plan = plan_of(pattern="square", pitch=f"{2 * width!r} m", contact_fraction=math.pi * radius**2 / (2 * width) ** 2)
    found, _ = lift(plan, one, Raster(plan.width, plan.depth, 64, 64))
    end, deflection = round_disc(one, radius)
    assert end < width
    x, y = found.raster.centres
    assert found.deflection == pytest.approx(H * deflection(np.hypot(x, y)), abs=0.01 * H)


@pytest.fixture(scope="module")
def islands():
    """A foil under pressure on six discs."""
    plan = plan_of(pattern="random", pitch="0.7 mm", contact_fraction=0.08, spots=6, seed=3)
    return plan, lift(plan, foil(pressure=1e6, adhesion=0.0), Raster(plan.width, plan.depth, 96, 96))[0]


def test_base_pushes_only_where_the_foil_lies(islands):
    _, found = islands
    assert found.deflection.min() >= 0 and found.reaction.min() >= 0
    rest, scale = found.rest, found.foil.pressure
    assert 0.1 < rest.touching.mean() < 0.9
    assert np.all(rest.deflection[rest.touching] == 0)
    left = found.problem.residual(rest.deflection)[~rest.touching]
    loads = np.abs(found.problem.load).max()
    assert np.abs(left).max() <= 1e-8 * loads
    assert np.max(found.reaction * found.deflection) <= 1e-8 * scale * H


def test_no_admissible_neighbour_has_less_energy(islands):
    _, found = islands
    rng = np.random.default_rng(5)
    least = found.problem.energy(found.rest.deflection)
    for size in np.geomspace(1e-6, 1, 20):
        other = np.maximum(found.rest.deflection + size * rng.standard_normal(len(found.rest.deflection)), 0)
        assert found.problem.energy(other) > least


def test_much_pressure_leaves_the_gap_even():
    lifted = []
    for pressure in (1e6, 1e8, 1e10):
        found, _ = strip(foil(pressure=pressure, adhesion=0.0), 20, 0.3)
        lifted.append(found.foil.lifted_length)
    assert lifted[0] / lifted[2] == pytest.approx(10)
    plan = plan_of(pattern="square", pitch="1 mm", contact_fraction=0.2)
    found, _ = lift(plan, foil(pressure=1e12, adhesion=0.0), Raster(plan.width, plan.depth, 128, 128))
    beside = found.deflection[found.problem.held.free]
    assert (beside > 0.01 * H).mean() < 0.03


@pytest.mark.parametrize(("apart", "one_bridge"), [(0.5, True), (3.0, False)])
def test_islands_nearer_than_the_lifted_length_share_a_bridge(apart, one_bridge):
    one = foil(pressure=1e6, adhesion=0.0)
    length = one.lifted_length
    radius, across = 0.3 * length, 0.6 * length + apart * length
    left, right = 1.5 * length, 1.5 * length + across
    width = right + 1.5 * length
    discs = [[f"{x!r} m", f"{0.75 * length!r} m", f"{radius!r} m"] for x in (left, right)]
    plan = plan_of(pattern="list", cell=[f"{width!r} m", f"{1.5 * length!r} m"], discs=discs)
    found, _ = lift(plan, one, Raster(plan.width, plan.depth, 16 * round(width / length * 2), 48))
    column = int((left + right) / 2 / found.raster.pixel[0])
    touched = found.deflection[column].min() < 1e-6 * H
    assert touched != one_bridge
