"""Two-sided bounds on F(s) from one mesh: they hold, they are sharp, and what makes them hold is so.

Problem: the cells of docs/physics.md#reference-values, a slab of σ = 1 with an equipotential below. Exact answers:
the strips in closed form, −(1/π) ln sin(πf/2); the disc and the pore in a tube, over a slab of any depth and with a
thin gap at real s, from the Bessel expansions of tests/alternatives.py. With F in pitches (the tube's is 2b) R_cstr
is F(0) − F(∞).

Meshes are those that `simulate` ends with at 1e-3: level 0.526, and half of it for small pores.
"""

import functools
import math
from dataclasses import replace

import numpy as np
import pytest
from alternatives import TUBE, tube_impedance, tube_pore
from cases import HEXAGONAL, MORPHOLOGIES, PORES, SQUARE, STRIPES, conductor, tube
from support import closed_forms as analytic
from support.bounded_cells import ASKED, LEVEL, Solved

from constriction.field.bounds.bounds import Bounds, bound, solve_potential
from constriction.field.bounds.equilibration import build_system, equilibrate
from constriction.field.bounds.faces import FRAMES, rim_corners
from constriction.field.bounds.fluxes import CORNERS, Quadrature, rules_by_rim
from constriction.field.elements.sampling import slopes
from constriction.field.mesh.simplices import TETRAHEDRON_EDGES
from constriction.field.mesh.tags import SURFACES
from constriction.field.mesh_response import MeshResponse, MeshSolution
from constriction.field.reduction.poles import ReducedModel
from constriction.simulation.simulate import simulate

WIDTH = 5e-3  # of R_cstr, on the mesh that ASKED asks for
SQUARES = {**SQUARE, "shape": "square"}
SOLUTION = MeshSolution(
    model=None,
    resolution=0.0,
    flat_storage=None,
    direct=None,
    cells=1,
    unknowns=1,
    seconds_mesh=0.0,
    seconds_gmsh=0.0,
    seconds_solve=0.0,
    fineness=1.0,
    bounds=(),
)


def constriction(interface, level=LEVEL, ratio=0.0, thickness="6 mm"):
    """Bounds on F(s) − F(∞) in pitches."""
    return Solved(interface, level, (ratio,), thickness).bounds().interface


def assert_brackets(bounds, exact, width=WIDTH):
    """The exact value inside, and the bounds no further apart than `width` of it."""
    lower, upper = bounds
    assert lower <= exact <= upper
    assert upper - lower <= width * exact


# --- exact values ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("epsilon", [0.05, *TUBE])
def test_disc_in_a_tube(epsilon):
    """The smallest is Holm's disc on a half space, but for 7 %, which the exact value knows."""
    exact = tube_impedance(epsilon) / 2
    assert_brackets(constriction(tube(epsilon**2)), exact)
    if epsilon == 0.05:
        holm = analytic.disc_resistance(epsilon / 2, 1.0) * math.pi / 4
        assert exact == pytest.approx(holm * (1 - 1.40978 * epsilon), rel=1e-4)


@pytest.mark.parametrize("epsilon", [0.3, 0.5])
@pytest.mark.parametrize("depth_over_b", [0.1, 0.3, 1.0])
def test_disc_in_a_tube_over_a_slab(epsilon, depth_over_b):
    exact = tube_impedance(epsilon, 0.0, depth_over_b) / 2
    assert_brackets(constriction(tube(epsilon**2), thickness=f"{depth_over_b} mm"), exact)


@pytest.mark.parametrize("fraction", [0.03, 0.1, 0.3, 0.5, 0.8])
@pytest.mark.parametrize("inverted", [False, True])
def test_strips(fraction, inverted):
    interface = {"pattern": "stripes", "pitch": "1 mm", "contact_fraction": fraction, "inverted": inverted}
    assert_brackets(constriction(interface), analytic.strip_constriction(fraction, 1.0, 1.0))


@pytest.mark.parametrize("epsilon", [0.1, 0.3, 0.5, 0.7])
def test_pore_in_a_tube(epsilon):
    assert_brackets(constriction(tube(1 - epsilon**2, inverted=True), LEVEL / 2), tube_pore(epsilon) / 2)


@pytest.mark.parametrize("epsilon", [0.3, 0.5])
@pytest.mark.parametrize("ratio", [0.1, 1.0, 10.0, 1e3])
def test_thin_gap_at_real_ratios(epsilon, ratio):
    """The pitch is 2b: y b/σ = s/2. Sharpness in terms of what the gap changes, F(0) − F(∞)."""
    lower, upper = constriction(tube(epsilon**2), ratio=ratio)
    assert lower <= tube_impedance(epsilon, ratio / 2) / 2 <= upper
    assert upper - lower <= WIDTH * tube_impedance(epsilon) / 2


def test_thin_gap_without_a_tube():
    """F falls with s, so the upper bound at one s is above the lower bound at any larger one, down to the slab."""
    ranges = [constriction(SQUARE, 1.0, ratio) for ratio in (0.0, 0.1, 1.0, 10.0, 100.0)]
    assert all(low[0] < high[1] for high, low in zip(ranges, ranges[1:], strict=False))
    assert all(lower < upper for lower, upper in ranges)
    assert 0 < ranges[-1][0] < 0.05 * ranges[0][0]


@pytest.mark.parametrize("interface", [SQUARE, tube(0.5)], ids=["square", "tube"])
@pytest.mark.parametrize("ratio", [0.0, 3.0])
def test_full_contact_leaves_rounding(interface, ratio):
    lower, upper = constriction({**interface, "contact_fraction": 1}, ratio=ratio)
    assert lower <= 0 <= upper
    assert upper - lower <= 1e-10


# --- other cells ----------------------------------------------------------------------------------------------------


@functools.cache
def levels(name):
    interface = {"strips": STRIPES, "disc": SQUARE, "pores": PORES, "squares": SQUARES}[name]
    finest = LEVEL if name == "squares" else LEVEL / 2
    return [constriction(interface, factor * finest) for factor in (4, 2, 1)]


@pytest.mark.parametrize("name", ["strips", "disc", "pores", "squares"])
def test_bounds_close_in_with_the_level(name):
    """Both sides' errors go with the level: each step halves them, roughly."""
    distances = [upper - lower for lower, upper in levels(name)]
    assert distances[1] < 0.7 * distances[0]
    assert distances[2] < 0.7 * distances[1]


@pytest.mark.parametrize("name", ["strips", "disc", "pores", "squares"])
def test_bounds_of_all_levels_agree(name):
    """One number lies between all of them. Rims of discs are polygons whose effect is far below the distances."""
    assert max(lower for lower, _ in levels(name)) < min(upper for _, upper in levels(name))


@pytest.mark.parametrize("name", ["square", "hexagonal", "stripes", "tube", "pores"])
def test_extrapolated_value_lies_between(name):
    case = conductor(MORPHOLOGIES[name], relative_error=ASKED)
    accuracy = case.accuracy.model_copy(update={"bounds": True})  # so fine as bounds want it
    result = simulate(case.model_copy(update={"accuracy": accuracy}))
    lower, upper = constriction(MORPHOLOGIES[name], result.response.fine.fineness)
    assert lower <= result.response.constriction <= upper
    assert upper - lower <= WIDTH * result.response.constriction


SAME = 0.5  # a fineness at which cells of discs are cut alike below thin gaps and meshed ones


def test_a_meshed_gap_carries_no_direct_current():
    """At s = 0 the cells of the gap are left out and the slab below it is the same."""
    thin = Solved(HEXAGONAL, SAME).bounds()
    volume = Solved(HEXAGONAL, SAME, gap_height=5e-5)
    bounds = volume.bounds()
    assert (bounds.lower, bounds.upper) == pytest.approx((thin.lower, thin.upper), rel=1e-4)
    assert bounds.lower < thin.upper and thin.lower < bounds.upper
    assert bounds.unknowns == thin.unknowns


def test_what_has_no_bounds():
    volume = Solved(HEXAGONAL, 1.3, gap_height=5e-5)
    for wrong, message in (
        ([2.0], r"0 of a gap volume, got 2"),
        ([-1.0], r"θ ≥ 0 of 1 terms, got \[-1"),
        ([math.nan], r"θ ≥ 0 of 1 terms, got \[nan"),
        ([1.0, 0.0], r"θ ≥ 0 of 1 terms, got \[1.0, 0.0"),
    ):
        with pytest.raises(ValueError, match=message):
            bound(volume.problem, volume.potential, wrong)
        with pytest.raises(ValueError, match=message):
            solve_potential(volume.problem, wrong)
    with pytest.raises(ValueError, match=r"lets current pass, got θ = \[0.0, 0.0\]"):
        Solved(SQUARE, 2.0, (0.0, 0.0))
    with pytest.raises(ValueError, match=r"at most 2 corners on a rim, got 1 with more"):
        rules_by_rim(np.array([[True, True, True, False], [True, True, False, False]]), Quadrature())


def test_any_potential_bounds_from_below():
    """Not only the solution: the flat interface's field is admissible too, and much worse."""
    solved = Solved(SQUARE, 1.0)
    best = solved.bounds()
    worse = bound(solved.problem, solved.problem.flat, [0.0])
    assert 0 <= worse.interface[0] + 1e-9 < best.lower - best.depth < best.upper
    assert best.lower < worse.upper < 1.1 * best.upper  # where the flux starts from matters little


# --- what makes them hold -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interface", "level", "theta"),
    [
        (SQUARE, 1.3, (0.0,)),
        (SQUARE, LEVEL, (0.0,)),
        (STRIPES, LEVEL, (0.0,)),
        (tube(0.25), 1.0, (0.0,)),
        (SQUARES, 2.6, (0.0,)),
        (SQUARE, 1.3, (3.0,)),
        (SQUARE, 1.3, (1e-2, 0.0)),
        (STRIPES, LEVEL, (30.0, 1.0)),
        (SQUARES, 2.6, (1e3, 0.0)),
        (tube(0.25), 1.0, (1e6, 10.0)),
    ],
    ids=str,
)
def test_quadrature_is_far_below_the_distance(interface, level, theta):
    """Energies are not polynomial at the rim: raise the degrees off rims, at corners and at edges on them.

    Measured: at most 4e-6 of the bounds' distance. Bounds that moved on as the degree rises would tell of an infinite
    energy.
    """
    solved = Solved(interface, level, theta)
    usual = solved.bounds()
    distance = usual.upper - usual.lower
    for quadrature in (Quadrature(10, 6, 8), Quadrature(12, 10, 14)):
        finer = solved.bounds(quadrature)
        assert abs(finer.lower - usual.lower) <= 1e-5 * distance
        assert abs(finer.upper - usual.upper) <= 1e-5 * distance


def test_quadrature_of_degree_thirty():
    solved = Solved(SQUARE, 1.3, (2.0,))
    usual, finer, finest = (solved.bounds(q) for q in (Quadrature(), Quadrature(20, 12, 20), Quadrature(30, 16, 30)))
    distance = usual.upper - usual.lower
    assert abs(finest.upper - finer.upper) + abs(finest.lower - finer.lower) <= 1e-9 * distance
    assert abs(usual.upper - finest.upper) + abs(usual.lower - finest.lower) <= 1e-5 * distance


class Equilibrated:
    """The flux of a cell, to be looked at from outside."""

    def __init__(self, interface, contact, gap):
        self.slab = Solved(interface, 1.3, (gap,) if math.isinf(contact) else (contact, gap)).slab()
        self.system = build_system(self.slab, {"contact": contact, "gap": gap}, Quadrature())
        self.faces = self.system.faces
        self.flux = equilibrate(self.system)


@functools.cache
def equilibrated(contact, gap):
    return Equilibrated(SQUARE, contact, gap)


def reference_flux(made, cell, places):
    """τ̂ of a cell at barycentric places (p, 4), from the densities at the corners of its faces; (p, 3)."""
    vertices = np.vstack([np.zeros(3), np.eye(3)])
    value = np.zeros((len(places), 3))
    for face in range(4):
        number = made.faces.of[cell, face]
        densities = made.faces.sign[cell, face] * FRAMES[made.faces.frame[number]] @ made.flux[number]
        for corner in CORNERS[face]:
            position = list(made.faces.corners[number]).index(made.slab.corners[cell, corner])
            value += densities[position] * places[:, corner, None] * (vertices[corner] - vertices[face])
    return value


def physical_flux(made, cell, places):
    """Positions (p, 3), τ = J τ̂ / |det J| (p, 3) and J (p, 3, 3) of a cell at places."""
    points = made.slab.points[cell]
    jacobian = np.einsum("nx,pnk->pxk", points, slopes(places, TETRAHEDRON_EDGES))
    middles = [4 * places[:, i] * places[:, j] for i, j in TETRAHEDRON_EDGES]
    tau = np.einsum("pxk,pk->px", jacobian, reference_flux(made, cell, places))
    positions = np.column_stack([places * (2 * places - 1), *middles]) @ points
    return positions, tau / np.abs(np.linalg.det(jacobian))[:, None], jacobian


def outward_current(made, cell, face, places):
    """Positions, and τ·n dS per reference area, at places on a face; n outward."""
    points, tau, jacobian = physical_flux(made, cell, places)
    slopes = np.vstack([-np.ones(3), np.eye(3)])
    cofactor = np.abs(np.linalg.det(jacobian))[:, None] * np.linalg.solve(
        jacobian.transpose(0, 2, 1), np.broadcast_to(-slopes[face], (len(places), 3))[..., None]
    ).squeeze(-1)
    return points, np.einsum("px,px->p", tau, cofactor)


def on_face(face, count, seed):
    """Random places on a face, off its edges."""
    inside = np.random.default_rng(seed).dirichlet([2.0, 2.0, 2.0], count)
    places = np.zeros((count, 4))
    places[:, CORNERS[face]] = inside
    return places


LAWS = [(math.inf, 0.0), (math.inf, 2.0), (3.0, 0.0), (3.0, 2.0), (0.0, 2.0)]  # θ of contact and gap


@pytest.mark.parametrize("theta", LAWS)
def test_flux_is_continuous_across_faces(theta):
    """Seen from both cells, in space: the same points, opposite currents."""
    made = equilibrated(*theta)
    scale = np.max(np.abs(made.flux))
    inner = np.flatnonzero(made.faces.second >= 0)[::7]
    for number in inner:
        (one, here), (two, there) = (divmod(int(side[number]), 4) for side in (made.faces.first, made.faces.second))
        places = on_face(here, 4, int(number))
        mirrored = np.zeros_like(places)
        for corner in CORNERS[here]:
            mirrored[:, list(made.slab.corners[two]).index(made.slab.corners[one, corner])] = places[:, corner]
        points, current = outward_current(made, one, here, places)
        others, back = outward_current(made, two, there, mirrored)
        np.testing.assert_allclose(points, others, atol=1e-12)
        np.testing.assert_allclose(current, -back, atol=1e-11 * scale)


@pytest.mark.parametrize("theta", LAWS)
def test_flux_has_no_sources_and_respects_insulation(theta):
    made = equilibrated(*theta)
    scale = np.max(np.abs(made.flux))
    corners = np.array([[2 / 3, 1 / 6, 1 / 6], [1 / 6, 2 / 3, 1 / 6], [1 / 6, 1 / 6, 2 / 3]])  # exact for linear ones
    closed = [
        SURFACES["side"],
        *(SURFACES[name] for name, one in zip(("contact", "gap"), theta, strict=True) if not one),
    ]
    total = {}
    for cell in range(len(made.slab.points)):
        currents = []
        for face in range(4):
            places = np.zeros((3, 4))
            places[:, CORNERS[face]] = corners
            density = outward_current(made, cell, face, places)[1]
            currents.append(density.sum() / 6)
            tag = made.slab.tags[cell, face]
            total[tag] = total.get(tag, 0.0) + currents[-1]
            if tag in closed:
                assert np.max(np.abs(density)) <= 1e-12 * scale
        assert abs(sum(currents)) <= 1e-12 * scale
    through = total[SURFACES["counter_electrode"]]
    metal = -total[SURFACES["contact"]] - total[SURFACES["gap"]]
    assert through == pytest.approx(metal, rel=1e-11)
    assert through == pytest.approx(float(np.vdot(made.system.drive, made.flux)), rel=1e-11)


def test_energy_is_that_of_the_flux():
    """∫|τ|² by adding up |τ|² dV at points in space, against the quadratic form."""
    made = equilibrated(math.inf, 0.0)
    gathered = made.system.gathered(made.flux)
    energies = np.einsum("ni,nij,nj->n", gathered, made.system.matrices, gathered)
    for which, rule in rules_by_rim(rim_corners(made.slab), Quadrature(10, 8, 10)):
        for cell in which[::3].tolist():
            _, tau, jacobian = physical_flux(made, cell, rule.places)
            energy = rule.weights @ (np.sum(tau**2, axis=1) * np.abs(np.linalg.det(jacobian)))
            # the rule of the matrices is a lower one
            assert energy == pytest.approx(energies[cell], rel=1e-4, abs=1e-12 * energies.sum())


def test_what_lies_outside_the_bounds_is_moved_in_with_the_whole_spectrum():
    """Two meshes with F(0) − F(∞) of 0.9 and 1 extrapolate to 1.1; where the bounds end below, all of F follows."""

    def solution(fineness, constriction, bounds):
        model = ReducedModel(np.array([0.0, 2.0]), np.array([1.0, constriction]), 1.0, 2 * constriction, 0.0, 1)
        return replace(SOLUTION, model=model, fineness=fineness, bounds=bounds)

    at_rest = np.zeros(1)
    free, bounded, inside = (
        MeshResponse((solution(2.0, 0.9, ()), solution(1.0, 1.0, bounds)))
        for bounds in ((), (Bounds(at_rest, 1.95, 2.05, 1.0, 1, 0.0),), (Bounds(at_rest, 1.95, 2.15, 1.0, 1, 0.0),))
    )
    assert free.constriction == inside.constriction == pytest.approx(1.1)
    assert bounded.constriction == pytest.approx(1.05)
    ratios = np.array([0.0, 1e-6j, 1j, 100j])[:, None]
    np.testing.assert_allclose(bounded(ratios), free(ratios) * 1.05 / 1.1, rtol=1e-12)
    assert bounded(at_rest).real == bounded.constriction  # one number
    assert bounded.stored == pytest.approx(free.stored * 1.05 / 1.1)
    assert bounded.bounds_at(at_rest) == pytest.approx((0.95, 1.05))
    assert bounded.bounds_at(np.ones(1)) is None  # another law


def test_a_mesh_is_extrapolated_with_one_that_is_coarse_enough():
    """F of 1.2 less a tenth of the fineness: any two meshes tell, but the last two are too near for unlike ones."""

    def solution(fineness, error=0.0):
        found = 1.2 - 0.1 * fineness + error
        model = ReducedModel(np.array([0.0, 2.0]), np.array([1.0, found]), 1.0, 2 * found, 0.0, 1)
        return replace(SOLUTION, model=model, fineness=fineness)

    first, second, third = solution(1.0), solution(0.5, 1e-3), solution(0.4)
    for found in (MeshResponse((first, second, third)), MeshResponse((first, third))):
        assert found.coarse.fineness == 1.0
        assert found.constriction == pytest.approx(1.2)
        assert found(np.zeros(1)).real == pytest.approx(1.2)
    assert MeshResponse((first, second)).coarse.fineness == 1.0
    assert MeshResponse((second, third)).coarse.fineness == 0.5
