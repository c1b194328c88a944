"""The spectral twin by itself: its theory, its references and what it refuses. Nothing here needs FEniCSx.

Exact or known: strips of period P, σR = −(P/π) ln sin(πf/2); strips whose gap has any profile, discs on square and
hexagonal lattices, discs and pores in tubes from the expansions of tests/alternatives.py, which share nothing with
grids of pixels. The error bars must cover the true error, and be within what is asked.
"""

import math

import numpy as np
import pytest
from alternatives import lattice_constriction, strip_constriction, strip_impedance, tube_impedance, tube_pore
from cases import HEXAGONAL, MORPHOLOGIES, PORES, SQUARE, SQUARE_SPOTS, STRIPES, UNEQUAL_DISCS, case_of, conductor, tube
from scipy.integrate import quad
from support import closed_forms as analytic
from support.ratios import ratio_curve

from constriction.base.errors import InputError, SolverError
from constriction.field.response import Goal
from constriction.field.transforms import gradients
from constriction.field.transforms import grids as pixels
from constriction.field.transforms.convergence import converge, solve_grid
from constriction.field.transforms.gradients import solve
from constriction.field.transforms.grids import POWER, RIM_ADMITTANCE, plate_of, raster_of
from constriction.field.transforms.pixels import reduce_plate
from constriction.geometry.cell import lay_out
from constriction.geometry.coverage import Raster
from constriction.geometry.height_maps import sampled
from constriction.simulation.simulate import Options, simulate

MEMORY = 4e9
RATIOS = 1j * np.logspace(-2, 2, 21)
CURVE = ratio_curve(RATIOS)
THETA = CURVE.points
NO_RATIOS = np.zeros(0, dtype=np.complex128)


def spectral(case):
    accuracy = case.accuracy.model_copy(update={"method": "spectral"})
    return case.model_copy(update={"accuracy": accuracy})


def quietly(message):
    pass


# --- the theory of the rim -----------------------------------------------------------------------------------------


def test_rim_of_the_grid_is_the_edge_of_the_pixels():
    """Wiener and Hopf: −∫ ln g / (4π sin²(ξ/2)) dξ = −1/4 for Λ = ξ/sinc^p; g₀² is the geometric mean of Λ."""

    def symbol(xi):
        return xi / np.sinc(xi / 2 / math.pi) ** POWER

    def shift(xi):
        return -math.log(symbol(xi) / (2 * math.sin(xi / 2))) / (4 * math.pi * math.sin(xi / 2) ** 2)

    assert quad(shift, 1e-4, math.pi)[0] == pytest.approx(-0.25, abs=1e-5)
    mean = quad(lambda xi: math.log(symbol(xi)), 0, math.pi)[0] / math.pi
    assert math.exp(mean) == pytest.approx(RIM_ADMITTANCE, rel=1e-6)


@pytest.mark.parametrize("fraction", [0.3, 0.3137, 0.5, 0.61])
def test_strips_have_no_error_of_first_order(fraction):
    """Wherever the rim lies in its pixel: the error of one grid stays below 0.3 (pixel / room)²."""
    layout = lay_out(case_of({**STRIPES, "contact_fraction": fraction}).interface)
    exact = analytic.strip_constriction(fraction, 1.0, 1.0)
    for across in (40, 80, 160, 320):
        plate = plate_of(layout, 8.0, Raster(layout.width, layout.depth, across, 1))
        width = 0.5 / across / (0.5 * min(fraction, 1 - fraction))
        assert solve(plate, np.zeros(1), 1e-9).field.mean() == pytest.approx(exact, rel=0.3 * width**2)


# --- references ----------------------------------------------------------------------------------------------------

RADIUS = 1e-3  # m, of the tubes
PITCH = 1e-3  # m, of everything else


def references():
    for epsilon in (0.05, 0.1, 0.3, 0.5, 0.8, 0.95):
        yield f"disc in tube, {epsilon}", tube(epsilon**2), "6 mm", tube_impedance(epsilon) * RADIUS
    for epsilon, depth in ((0.3, 0.1), (0.5, 0.3)):
        exact = tube_impedance(epsilon, 0.0, depth) * RADIUS
        yield f"disc in tube, {epsilon}, slab {depth}", tube(epsilon**2), f"{depth} mm", exact
    for epsilon in (0.1, 0.7, 0.9):
        yield f"pore in tube, {epsilon}", tube(1 - epsilon**2, inverted=True), "6 mm", tube_pore(epsilon) * RADIUS
    for fraction in (0.03, 0.1, 0.3, 0.5, 0.663, 0.8, 0.9):
        exact = analytic.strip_constriction(fraction, PITCH, 1.0)
        yield f"strips, {fraction}", {**STRIPES, "contact_fraction": fraction}, "6 mm", exact
    for fraction in (0.05, 0.2, 0.3927, 0.5, 0.65):
        exact = lattice_constriction(math.sqrt(fraction / math.pi)) * PITCH
        yield f"square lattice, {fraction}", {**SQUARE, "contact_fraction": fraction}, "6 mm", exact
    for fraction in (0.1, 0.4, 0.6):
        exact = lattice_constriction(math.sqrt(fraction * math.sqrt(3) / 2 / math.pi), 60) * PITCH
        yield f"hexagonal lattice, {fraction}", {**HEXAGONAL, "contact_fraction": fraction}, "6 mm", exact


REFERENCES = list(references())


@pytest.mark.parametrize("asked", [3e-3, 1e-3, 2e-4])
@pytest.mark.parametrize(("name", "interface", "thickness", "exact"), REFERENCES, ids=[r[0] for r in REFERENCES])
def test_error_bar_covers_the_true_error(name, interface, thickness, exact, asked):
    result = simulate(spectral(conductor(interface, thickness=thickness, relative_error=asked)))
    assert abs(result.R_cstr - exact) <= result.R_cstr_error <= asked * exact
    assert result.accuracy_reached


def test_references_agree_with_each_other():
    """A sparse square lattice is a tube of the same area to 1e-3, and both expansions of the strips are the formula."""
    lattice, in_tube = lattice_constriction(0.05), tube_impedance(0.05 * math.sqrt(math.pi)) / math.sqrt(math.pi)
    assert lattice == pytest.approx(in_tube, rel=2e-3)
    assert strip_impedance(0.3) == pytest.approx(strip_constriction(0.3), rel=1e-8)


# --- with a gap ------------------------------------------------------------------------------------------------------


def test_strips_with_a_gap_of_any_profile():
    """h(x) = 1 + ½ cos 2πx about the middle of the gap, as a function and as a map."""
    layout = lay_out(case_of(STRIPES).interface)
    goal = Goal(1e-3, MEMORY, (CURVE,))

    def height(x, y):
        return 1 - 0.5 * np.cos(2 * np.pi * x / PITCH) + 0 * y

    x = (np.arange(400) + 0.5) / 400 * layout.width
    table = sampled(np.column_stack([height(x, 0.0)] * 2), Raster(layout.width, layout.depth, 400, 2))
    exact = np.array([strip_impedance(0.3, lambda x, s=s: s / (1 + 0.5 * np.cos(2 * np.pi * x))) for s in RATIOS])
    even = np.array([strip_impedance(0.3, lambda x, s=s: s + 0 * x) for s in RATIOS])
    assert np.max(np.abs(exact - even)) > 0.1 * exact[0].real  # the profile matters
    for shape, values in ((height, exact), (table, exact), (pixels.even_height, even)):
        response = converge(layout, 8.0, goal, quietly, shape)
        assert np.max(np.abs(response(THETA) - values)) <= np.max(response.errors(CURVE))
        assert np.max(response.errors(CURVE)) <= 1e-3 * response.constriction


@pytest.mark.parametrize("fraction", [0.1, 0.3])
def test_tube_with_a_gap(fraction):
    layout = lay_out(case_of(tube(fraction)).interface)
    response = converge(layout, 4.0, Goal(1e-3, MEMORY, (CURVE,), direct=True), quietly)
    exact = np.array([tube_impedance(math.sqrt(fraction), s / 2, modes=5000) / 2 for s in RATIOS])
    assert np.max(np.abs(response(THETA) - exact)) <= np.max(response.errors(CURVE))
    np.testing.assert_allclose(response.direct, response(THETA), rtol=1e-10)
    slope = np.diff(response(np.array([[-1e-4], [1e-4]])).real)[0] / 2e-4
    assert response.stored == pytest.approx(-slope, rel=1e-6)


def test_an_uneven_gap_in_a_tube_is_refused():
    layout = lay_out(case_of(tube(0.3)).interface)
    with pytest.raises(InputError, match="expected an even gap, given a map"):
        converge(layout, 4.0, Goal(1e-3, MEMORY), quietly, lambda x, y: 1 + x + y)


@pytest.mark.parametrize("interface", [STRIPES, SQUARE, PORES, SQUARE_SPOTS, UNEQUAL_DISCS])
def test_reduced_model_keeps_its_bound(interface):
    """Against complex solves that know nothing of the model; they are ten times as exact."""
    layout = lay_out(case_of(interface).interface)
    goal = Goal(1e-3, MEMORY, (ratio_curve(1j * np.logspace(-2, 4, 13)),), direct=True)
    solution = solve_grid(layout, 6.0, 3000, goal)
    model, resistance = solution.model, solution.model(0.0).real - 6.0
    assert np.max(np.abs(model.interface(goal.points) - solution.direct)) <= 1.1 * model.error <= 1.1e-5 * resistance
    assert np.all(model.times >= 0) and np.all(model.weights >= 0)
    assert model.solves <= 8


def test_large_s_is_the_perfect_slab():
    """s·(F − depth) → 1 − f, all of it through the gap."""
    layout = lay_out(case_of(SQUARE).interface)
    response = converge(layout, 6.0, Goal(1e-3, MEMORY, (CURVE,)), quietly)
    # the boundary layer at the rim, 1/s wide, is missing
    assert 1e3 * response(np.array([1e3])).real == pytest.approx(1 - layout.contact_fraction, rel=0.02)


# --- cells ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(MORPHOLOGIES) - {"tube"}))
def test_pixels_are_nearly_square_and_few(name):
    layout = lay_out(case_of(MORPHOLOGIES[name]).interface)
    for count in (300, 5000, 90_000):
        raster = raster_of(layout, count)
        assert 0.99 * count <= raster.across * raster.along <= 1.5 * count
        if not layout.striped:
            dx, dy = raster.pixel
            assert abs(math.log(dx / dy)) < 0.04


def test_only_stripes_are_striped():
    striped = {name for name, interface in MORPHOLOGIES.items() if lay_out(case_of(interface).interface).striped}
    assert striped == {"stripes"}


def test_full_contact_leaves_nothing():
    result = simulate(spectral(case_of({**SQUARE, "contact_fraction": 1})))
    assert result.R_cstr == 0 and result.accuracy_reached
    np.testing.assert_allclose(result.spectrum.impedance, result.slab.impedance, rtol=1e-12)


def test_insulating_gap_stores_nothing():
    result = simulate(spectral(case_of(SQUARE)))
    assert result.C_low is None and result.gap_model == "none"
    assert all(solution.model.solves == 1 for solution in result.response.solutions)


def test_direct_solves_agree_with_the_model():
    case = spectral(case_of(HEXAGONAL, gap={"height": "5 nm"}))
    direct, reduced = simulate(case, Options(direct=True)), simulate(case)
    apart = np.max(np.abs(direct.spectrum.impedance - reduced.spectrum.impedance))
    assert 0 < apart <= 1e-4 * reduced.R_cstr


# --- what is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interface", "gap", "words"),
    [
        (
            SQUARE,
            {"height": "1 um", "model": "volume"},
            "gap.model = 'volume': the gap is a volume.*expected gap",
        ),
        (SQUARE, {"height": "0.3 mm"}, "gap.model = 'auto': the gap becomes a volume.*expected gap.model = 'thin'"),
        ({**tube(0.2), "shape": "square"}, None, "interface.shape = 'square': .*expected shape = 'disc'"),
    ],
)
def test_what_is_not_flat_is_refused(interface, gap, words):
    with pytest.raises(InputError, match=words):
        simulate(spectral(case_of(interface, gap=gap)))


def test_too_little_memory_is_refused():
    crowd = {"pattern": "random", "pitch": "1 mm", "contact_fraction": 0.1, "spots": 1000}
    with pytest.raises(InputError, match="1000 spots would take about .* GB of memory"):
        simulate(spectral(case_of(crowd)), Options(memory=1e6))


@pytest.mark.parametrize("ratio", [0.0, 1j])
def test_divergence_is_an_error_with_its_history(monkeypatch, ratio):
    plate = plate_of(lay_out(case_of(UNEQUAL_DISCS).interface), 6.0, Raster(1e-3, 0.7e-3, 50, 35))
    monkeypatch.setattr(gradients, "MOST_ITERATIONS", 5)
    with pytest.raises(SolverError, match=r"50 x 35 pixels .* not converge; residual after 0 to 5 steps: 1.0e\+00, "):
        solve(plate, np.array([ratio]), 1e-12)


def test_no_number_comes_out_of_no_number():
    plate = plate_of(lay_out(case_of(SQUARE).interface), 6.0, Raster(0.5e-3, 0.5e-3, 20, 20))
    plate.symbol[3, 3] = math.nan
    with pytest.raises(SolverError, match="nan"):
        reduce_plate(plate, 6.0, (CURVE,), 1e-5)
