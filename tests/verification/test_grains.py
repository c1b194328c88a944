"""Grains against what is known without them: the series of a brick layer, closed forms, homogenised electrolyte."""

import math

import numpy as np
import pytest

from constriction import parse_case
from constriction.field.grains import meshed
from constriction.field.grains.converge import GrainResponse, solve_grains
from constriction.field.grains.meshed import GrainCell
from constriction.field.reduction.curves import Curve
from constriction.field.response import Goal
from constriction.geometry.grains.polycrystal import cubes, voronoi
from constriction.geometry.outlines import rectangle
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY
from constriction.simulation.simulate import Options, simulate

INSULATING = {"height": "none"}
INTERIOR = 3.0  # θ of NZSP's grains: 15 over 5 mS/cm
THETAS = np.array([[INTERIOR, 30.0, 0.0], [2.0 - 0.5j, 9.0 + 4.0j, 0.3j], [1.1 + 0.2j, 50.0j + 1, 5.0j]])


def cell_of(crystal, spots, size, depth=None, background="gap"):
    """A mirror cell of a polycrystal, with spots that are rectangles."""
    width, height, deep = crystal.box
    return GrainCell(
        cell=rectangle(0.0, 0.0, width, height),
        spots=tuple(spots),
        regions=("contact",) * len(spots),
        background=background,
        crystal=crystal,
        slab_depth=depth or deep,
        room=size,
        mean_size=size,
    )


def goal_at(thetas, relative_error=1e-2):
    """A goal whose model is good at θ (n, 3), the first of them at rest."""
    curve = Curve(np.asarray(thetas, dtype=complex), np.asarray(thetas[0]).real, least=0.01)
    return Goal(relative_error, 8e9, (curve,))


@pytest.mark.parametrize("depth", [None, 1.5])
def test_cubes_in_full_contact_are_the_series_of_interiors_and_boundaries(depth):
    crystal = cubes(np.array([0.6, 0.4, 1.0]), 0.2)
    cell = cell_of(crystal, [], 0.2, depth, background="contact")
    model = solve_grains(cell, 1.0, goal_at(THETAS)).model
    series = 1.0 / THETAS[:, 0] + 5 / THETAS[:, 1] + (depth or 1.0) - 1.0
    assert model.whole(THETAS) == pytest.approx(series, rel=1e-9)
    assert model.full(THETAS) == pytest.approx(series, rel=1e-9)
    assert np.abs(model.interface(THETAS)).max() < 1e-9


@pytest.mark.parametrize("shape", [cubes, voronoi])
def test_boundaries_without_resistance_are_no_boundaries(shape, monkeypatch):
    """On one mesh, once with nodes of its own for each grain, once without."""
    box = np.array([0.6, 0.6, 1.0])
    crystal = shape(box, 0.3, *([1] if shape is voronoi else []))
    cell = cell_of(crystal, [rectangle(0.0, 0.0, 0.35, 0.35)], 0.3)
    thetas = np.array([[INTERIOR, 1e8, 0.0]])
    grains = solve_grains(cell, 1.0, goal_at(thetas))
    draw = meshed.draw
    monkeypatch.setattr(meshed, "draw", lambda *drawn: dict.fromkeys(draw(*drawn), 0))
    whole = solve_grains(cell, 1.0, goal_at(thetas))
    assert whole.cells == grains.cells and whole.unknowns < grains.unknowns
    assert grains.model.interface(thetas) == pytest.approx(whole.model.interface(thetas), rel=1e-6)
    assert grains.model.full(thetas) == pytest.approx(1 / INTERIOR, rel=1e-6)


def strip(count, size=1.4):
    """F − depth of a contact over half of a cell of `count` cubes of brick layer, one cube deep along the strip."""
    crystal = cubes(np.array([1.0, 1 / count, 0.5]), 1 / count)
    cell = cell_of(crystal, [rectangle(0.0, 0.0, 0.5, 1 / count)], 1 / count, 2.5)
    theta = np.array([[INTERIOR, crystal.sheets / (0.5 * (1 - 1 / INTERIOR)), 0.0]])
    return solve_grains(cell, size, goal_at(theta)).model.interface(theta)[0].real


HOMOGENISED = math.log(2) / math.pi  # −2/π ln sin(π/4): docs/physics.md#strips


@pytest.mark.parametrize("count", [10, 20, 40])
def test_small_cubes_become_the_homogenised_electrolyte(count):
    """In proportion to cube over spot: within 10 % at a tenth, and half of that at half of it."""
    off = strip(count) / HOMOGENISED - 1
    share = 2 / count  # cube over spot
    assert 0.2 * share < off < 0.32 * share


def test_a_spot_far_smaller_than_a_grain_constricts_in_the_bulk():
    """ρ_bulk/(4a), as a is much smaller than anything else: of R_cstr the boundaries have what a grain spreads."""
    shares = []
    for fraction in (0.01, 0.0025):
        interface = {"pattern": "square", "contact_fraction": fraction, "pitch": "8 um"}
        grains = {"mean_size": "4 um", "shape": "cubes", "depth": "8 um"}
        sections = {"grains": grains, "gap": INSULATING, "accuracy": {"relative_error": 5e-3}}
        result = simulate(parse_case({"interface": interface, **sections}), Options())
        radius = 8e-6 * math.sqrt(fraction / math.pi)
        shares.append(result.R_cstr * 4 * radius / (8e-6) ** 2 / (1 / 1.5))  # of ρ_bulk/(4a) per spot
    first, second = shares
    assert abs(2 * second - first - 1) < 0.02  # the rest goes with the radius
    assert first < 1.5


def test_error_bars_hold_what_a_finer_mesh_finds():
    crystal = voronoi(np.array([1.0, 1.0, 1.5]), 0.4, 5)
    cell = cell_of(crystal, [rectangle(0.0, 0.0, 0.45, 0.5)], 0.4)
    theta = np.array([[INTERIOR, 12.0, 0.0]])
    solutions = tuple(solve_grains(cell, scale, goal_at(theta)) for scale in (1.0, 0.7, 0.35))
    response = GrainResponse(solutions[:2])
    bar = response.errors(Curve(theta.astype(complex), theta[0].real, least=0.01))[0]
    fine = solutions[2].model.interface(theta)[0].real
    assert abs(response(theta)[0].real - fine) <= bar
    assert bar < 0.01 * fine


@pytest.fixture(scope="module")
def case():
    interface = {"pattern": "square", "contact_fraction": 0.2, "pitch": "10 um"}
    sections = {"gap": {"height": "20 nm"}, "sweep": {"from": "10 GHz", "to": "10 kHz", "points_per_decade": 1}}
    return parse_case({"interface": interface, "grains": {"mean_size": "2.5 um", "depth": "5 um"}, **sections})


def test_the_reduced_model_is_what_direct_solves_give(case):
    reduced, direct = simulate(case), simulate(case, Options(direct=True))
    assert direct.spectrum.impedance == pytest.approx(reduced.spectrum.impedance, rel=1e-5)
    assert reduced.accuracy_reached and 0 < reduced.R_cstr_error < 0.01 * reduced.R_cstr


def test_where_all_relaxes_alike_grains_only_scale():
    """Boundaries as fast as the bulk: Z_cstr times the bulk's conductivity is one number, as without grains."""
    resistance, time = 3e-6, 30 * VACUUM_PERMITTIVITY / 1.5  # Ω·m², s
    law = {"R1": f"{resistance * 1e4!r} ohm cm2", "C1": f"{time / resistance * 1e-4!r} F/cm2"}
    grains = {"mean_size": "2.5 um", "depth": "5 um", "boundary_law": "p(R1,C1)", **law}
    electrolyte = {"grain_boundary_conductivity": "none", "relative_permittivity": 30.0, "thickness": "5 um"}
    interface = {"pattern": "square", "contact_fraction": 0.2, "pitch": "10 um"}
    sections = {"grains": grains, "electrolyte": electrolyte, "gap": INSULATING}
    result = simulate(parse_case({"interface": interface, **sections}))
    f = np.array([1e3, 1e8, 3e9])
    scaled = result.constriction(f) * (1.5 + 2j * math.pi * f * 30 * VACUUM_PERMITTIVITY)
    assert scaled == pytest.approx(np.full(3, scaled[0]), rel=1e-4)
    assert scaled[0] == pytest.approx(1.5 * result.R_cstr, rel=1e-6)
