"""Contacts with a film, and gaps with a law: limits, exact solutions, the reduced model, transforms, symmetries.

Problem: −∇²φ = 0 in the slab, ∂φ/∂n = θφ on the contact (its film) and in the gap, θ = y(ω)·pitch·ρ(ω). Exact answers:

- a film far poorer than the slab: R_interface = R_f/f; full contact: Z = slab + Z_f; one law everywhere: the same,
  whatever the pattern; no contact: Z = slab + Z_gap;
- stripes and discs in a tube: `support/film_references`, 5e-7 here, at any θ of film and gap, real or complex;
- a mesh's or a grid's own answer: its matrices solved in complex arithmetic at each frequency;
- lengths ten times as large, with films that resist ten times as much per area: ten times Z.

Tolerances of values are 1e-3, which is what the cases ask for, and the error bar. σ_total = 5 mS/cm, so that θ = 1 is a
film of 20 Ω·cm², and a gap of 5 nm at 45 kHz.
"""

import math
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest
from cases import HEXAGONAL, PORES, RANDOM, SQUARE, SQUARE_SPOTS, STRIPES, tube
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mpi4py import MPI
from support import film_references
from support.together import simulate_together

from constriction import Options, parse_case, simulate
from constriction.field.direct import solve_directly
from constriction.field.elements import multigrid
from constriction.field.elements.assembly import assemble, coarsen
from constriction.field.elements.multigrid import hierarchy
from constriction.field.fineness import mesh_sizes, sizes_for
from constriction.field.finite_elements import solve_mesh
from constriction.field.mesh.cells import mesh_cell
from constriction.field.reduction.curves import Curve
from constriction.field.reduction.greedy import Wanted, least_weights
from constriction.field.reduction.mesh_space import MeshNorm, MeshSpace, reduce_film
from constriction.field.response import Goal
from constriction.field.transforms.gradients import solve
from constriction.field.transforms.grids import plate_of, raster_of
from constriction.field.transforms.pixels import reduce_plate
from constriction.geometry.cell import lay_out
from constriction.simulation.simulate import solve_geometry
from constriction.simulation.weights import curve_of

film_stripes, film_disc_in_tube = (
    partial(one, order=6, step=5.0) for one in (film_references.film_stripes, film_references.film_disc_in_tube)
)  # five times as fast, 5e-7
METHODS = "finite_elements", "spectral"
SWEEP = {"from": "10 MHz", "to": "1 kHz", "points_per_decade": 1}
FILM = {"law": "R1", "R1": "20 ohm cm2"}
TRANSFER = {"law": "p(R1,C1)", "R1": "20 ohm cm2", "C1": "1 uF/cm2"}
LAYER = {"law": "p(R1,Q1)", "R1": "2 ohm cm2", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}
BLOCKING = {"law": "Q1", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}
THIN = {"height": "5 nm"}
BONDED = {"law": "p(C,Q1)", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}
LEAK = {"law": "p(C,R1)", "R1": "20 ohm cm2", "height": "5 nm"}


def case_with(interface, contact=None, gap=None, **accuracy):
    """A case on NZSP, 1.5 pitches thick."""
    return parse_case(
        {
            "electrolyte": {"thickness": "1.5 mm"},
            "interface": interface,
            "contact": contact or {},
            "gap": gap or THIN,
            "sweep": SWEEP,
            "accuracy": accuracy,
        }
    )


def solved(interface, contact=None, gap=None, **accuracy):
    return simulate(case_with(interface, contact, gap, **accuracy))


def curve(result):
    return curve_of(result.case, result.layout, result.laws, result.spectrum.frequency)


@pytest.mark.parametrize(("resistance", "rings"), [("20 ohm cm2", 0), ("2 ohm cm2", 1), ("0.02 ohm cm2", 2)])
def test_collars_have_rings_where_a_layer_is_not_seen(resistance, rings):
    """A layer of 1, 0.1 and 0.001 pitches beside collars of 0.04; what was made for one film is not good for all."""
    found = solved(SQUARE, {"law": "R1", "R1": resistance})
    assert {one.rings for one in found.response.solutions} == {rings}
    thin = Curve(np.array([[1e3 + 0j, 1.0]]), np.array([1e3, 0.0]), film=True)
    goal = Goal(1e-3, math.inf, (curve(found),))
    assert found.response.resolves(goal)
    assert found.response.resolves(replace(goal, curves=(curve(found), thin))) == (rings == 2)


def test_rings_take_nothing_from_ideal_contacts():
    """Stripes: −ln sin(πf/2)/π pitches. Elements of rings are pieces of one without, so the mesh is only finer."""
    case = case_with({**STRIPES, "contact_fraction": 0.3})
    plan, exact = lay_out(case.interface), -math.log(math.sin(0.15 * math.pi)) / math.pi
    errors = []
    for rings in (0, 1, 2):
        sizes = sizes_for(mesh_sizes(plan, case.electrolyte.thickness, None, 1.0), (), rings)
        model = solve_mesh(plan, sizes, 1.0, Goal(1e-3, math.inf), MPI.COMM_SELF).model
        errors.append(exact - model.constriction)
    assert 0 < errors[2] <= errors[1] <= errors[0] < 3e-4 * exact


# --- limits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("interface", [SQUARE, STRIPES, PORES], ids=lambda one: one["pattern"])
def test_a_film_far_poorer_than_the_slab_is_all_that_counts(interface, method):
    """5000 times poorer: the constriction is 2e-5 of it."""
    found = solved(interface, {"law": "R1", "R1": "1e5 ohm cm2"}, method=method)
    assert 0 < found.R_interface * found.layout.contact_fraction / 10 - 1 < 1e-3
    assert found.R_cstr == pytest.approx(found.R_dc - found.R_full_contact, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("contact", [FILM, LAYER, BLOCKING], ids=str)
def test_full_contact_is_slab_and_film(contact, method):
    found = solved({**SQUARE, "contact_fraction": 1}, contact, method=method)
    film = found.laws.contact.impedance(found.spectrum.frequency)
    np.testing.assert_allclose(found.spectrum.impedance, found.slab.impedance + film, rtol=1e-10)
    assert found.response.fine.model.solves == 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("interface", [HEXAGONAL, PORES], ids=["discs", "pores"])
def test_one_law_everywhere_is_known_whatever_the_pattern(interface, method):
    """The potential is constant, and that is one of a mesh's fields; pixels at a rim have a resistance of their own.

    R_cstr is nothing, so what is asked of it cannot be relative to it.
    """
    found = solved(interface, LAYER, {**LAYER, "height": "none"}, method=method, relative_error=0.1)
    film = found.laws.contact.impedance(found.spectrum.frequency)
    error = np.abs(found.spectrum.impedance - found.slab.impedance - film)
    assert found.accuracy_reached
    assert error.max() <= (1e-9 * np.abs(film).max() if method == "finite_elements" else found.spectrum_error)
    assert abs(found.R_cstr) <= (1e-9 * found.R_dc if method == "finite_elements" else found.R_cstr_error)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("interface", [SQUARE, STRIPES], ids=lambda one: one["pattern"])
def test_a_film_of_nothing_is_an_ideal_contact(interface, method):
    film, ideal = (
        solved(interface, {"law": "R1", "R1": "1e-8 ohm cm2"}, method=method),
        solved(interface, method=method),
    )
    assert film.R_cstr == pytest.approx(ideal.R_cstr, abs=film.R_cstr_error + ideal.R_cstr_error)
    difference = np.abs(film.spectrum.impedance - ideal.spectrum.impedance)
    assert difference.max() <= film.spectrum_error + ideal.spectrum_error
    assert (film.C_low, film.C_high) == pytest.approx((ideal.C_low, ideal.C_high), rel=5e-3)
    assert film.f_cstr == pytest.approx(ideal.f_cstr, rel=5e-3)


@pytest.mark.parametrize("method", METHODS)
def test_a_film_that_blocks_leaves_the_current_to_the_gap(method):
    """As if the contact were insulated, where the film passes a millionth of what the gap does."""
    found = solved(STRIPES, {"law": "C1", "C1": "1e-12 F/cm2"}, {"height": "5 nm"}, method=method)
    assert found.R_dc is found.R_interface is found.R_cstr is found.R_full_contact is found.R_cstr_error is None
    theta = curve(found).points
    blocked = np.array([film_stripes(0.3, 0.0, gap, 1.5) for _, gap in theta])
    relative = np.abs(found.response(theta) / blocked - 1)
    # it takes ε/h = 177 nF/cm² and 1 pF/cm²
    assert relative.max() <= 1e-3


# --- exact solutions ------------------------------------------------------------------------------------------------

EXACT = {
    "stripes": (STRIPES, lambda *at: film_stripes(0.3, *at)),
    "tube": (tube(0.3), lambda *at: film_disc_in_tube(math.sqrt(0.3), *at)),
}
LAWS = [
    (FILM, THIN),
    (TRANSFER, THIN),
    ({**TRANSFER, "R1": "0.2 ohm cm2"}, BONDED),
    (LAYER, LEAK),
    (BLOCKING, LEAK),
    (BLOCKING, BONDED),
]


def errors(response, asked, exact, depth=1.5):
    """Errors of F − depth at rest and at all frequencies over their scale and over their bars, the largest."""
    wrong = np.abs(response(asked.every) - np.array([exact(*theta, depth) for theta in asked.every]))
    return np.max(wrong / asked.scale(response)), np.max(wrong / response.errors(asked))


@pytest.mark.parametrize(
    ("name", "method"), [("stripes", "finite_elements"), ("stripes", "spectral"), ("tube", "finite_elements")]
)
def test_films_beside_gaps(name, method):
    """All laws of one geometry, from one model."""
    interface, exact = EXACT[name]
    laws = LAWS if name == "stripes" else LAWS[:4]
    for found in simulate_together([case_with(interface, *one, method=method) for one in laws]):
        relative, in_bars = errors(found.response, curve(found), exact, 1.5e-3 / found.layout.pitch)
        assert relative <= 1e-3
        assert in_bars <= 1


def random_case(rng, name, method):
    """A film of 1e-6 to 1000 Ω·cm² beside a gap of 5 nm to 1 µm, f from 0.05 to 0.9, an error of 3e-3 to 3e-2."""
    f = float(rng.uniform(0.05, 0.9))
    shape = {**STRIPES, "contact_fraction": f} if name == "stripes" else tube(f)
    contact = {**TRANSFER, "R1": f"{10 ** rng.uniform(-6, 3)} ohm cm2", "C1": f"{10 ** rng.uniform(-1, 2)} uF/cm2"}
    gap = {"height": str(rng.choice(["5 nm", "1 um"]))}
    found = solved(shape, contact, gap, method=method, relative_error=float(10 ** rng.uniform(-2.5, -1.5)))
    return found, lambda *at: film_stripes(f, *at) if name == "stripes" else film_disc_in_tube(math.sqrt(f), *at)


@pytest.mark.parametrize("seed", range(9))
def test_random_films_are_within_their_bars(seed):
    name, method = (("stripes", METHODS[0]), ("stripes", METHODS[1]), ("tube", METHODS[0]))[seed % 3]
    found, exact = random_case(np.random.default_rng(seed), name, method)
    relative, in_bars = errors(found.response, curve(found), exact, 1.5e-3 / found.layout.pitch)
    assert in_bars <= 1
    assert relative <= max(found.relative_error_reached, found.case.accuracy.relative_error)


@pytest.mark.parametrize("charge", [1.0, 0.010842774063244234])
def test_a_gap_that_takes_far_more_than_the_film(charge):
    """Products of a complex vector with itself come near zero here, where conjugate gradients break down."""
    contact = {"law": "p(R1,Q1)", "R1": "1 ohm cm2", "Q1": f"{charge!r} uS s^0.5/cm2", "a1": 0.5}
    gap = {"law": "p(C,Q1)", "Q1": "10 uS s^1.0/cm2", "a1": 1.0}
    found = solved({**STRIPES, "contact_fraction": 0.5}, contact, gap, method="spectral", relative_error=0.1)
    _, in_bars = errors(found.response, curve(found), lambda *at: film_stripes(0.5, *at))
    assert found.accuracy_reached
    assert in_bars <= 2  # bars hold 95 of 100 errors


# --- the reduced model ----------------------------------------------------------------------------------------------

CELLS = {
    "film": (FILM, THIN),
    "charge transfer": (TRANSFER, THIN),
    "film and bonded copper": (LAYER, BONDED),
    "blocking": (BLOCKING, BONDED),
    "bonded copper": (None, BONDED),
    "leak": (None, LEAK),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CELLS)
def test_reduced_is_as_direct(name, method):
    """1e-5 of R_cstr, or of |Z − slab| where there is none."""
    case = case_with(SQUARE, *CELLS[name], method=method, relative_error=0.05)
    reduced, direct = simulate(case), simulate(case, Options(direct=True))
    scale = direct.R_cstr or np.abs(direct.spectrum.impedance - direct.slab.impedance)
    assert np.max(np.abs(reduced.spectrum.impedance - direct.spectrum.impedance) / scale) <= 1e-5


def frequencies(contact, gap, sizes=(0.01, 1.0, 100.0)):
    """θ of a film of R‖C and of a gap's capacitor over five decades of frequency, (n, 2)."""
    s = 1j * np.logspace(-3, 2, 11)
    return np.concatenate([np.stack([contact * size * (1 + s), gap * size * s + 0 * s], axis=1) for size in sizes])


MIXED = (
    Curve(frequencies(1.0, 1.0), np.array([0.01, 0.0]), True),
    Curve(np.array([[1j, 0.5 + 1j], [0.1j, 0.5], [30j, 0.5 + 30j]]), np.array([0.0, 0.5]), True),
)
AREAS = {"one law": MIXED[:1], "contacts block or gaps insulate": MIXED}


@pytest.mark.parametrize("share", [1e-2, 1e-5])
@pytest.mark.parametrize("curves", AREAS.values(), ids=AREAS)
@pytest.mark.parametrize("levels", [False, True], ids=["factor", "multigrid"])
def test_bound_covers_the_error_on_a_mesh(levels, curves, share):
    plan = lay_out(case_with(SQUARE).interface)
    sizes = mesh_sizes(plan, 1e-3, None, 2.0)
    problem = assemble(mesh_cell(plan, sizes, MPI.COMM_SELF), sizes, film=True)
    wanted = Wanted(curves, share)
    model, _, _ = reduce_film(problem, wanted, hierarchy(problem, coarsen(problem)) if levels else None)
    assert_bounded(model, solve_directly(problem, wanted.points) - model.depth, wanted)


@pytest.mark.parametrize("share", [1e-2, 1e-5])
@pytest.mark.parametrize("curves", AREAS.values(), ids=AREAS)
def test_bound_covers_the_error_on_pixels(curves, share):
    plan = lay_out(case_with(SQUARE).interface)
    plate = plate_of(plan, 1.0, raster_of(plan, 400), film=True)
    wanted = Wanted(curves, share)
    exact = np.array([solve(plate, theta, 1e-13).field.mean() for theta in wanted.points])
    assert_bounded(reduce_plate(plate, 1.0, curves, share)[0], exact, wanted)


def assert_bounded(model, exact, wanted):
    """Beside the bound there is the rounding of a direct solve, or what conjugate gradients leave."""
    error = np.abs(model.interface(wanted.points) - exact)
    assert np.max(error - 1e-10 * np.abs(exact)) <= model.error
    assert np.all(error <= wanted.errors(model.interface, np.arange(len(wanted.points))) + 1e-10 * np.abs(exact))


@pytest.mark.parametrize("least", [0, 10**9], ids=["multigrid", "factor"])
@pytest.mark.parametrize("method", METHODS)
def test_a_study_where_one_contact_blocks_and_one_gap_insulates(method, least, monkeypatch):
    """The rests have no region in common that lets current pass."""
    monkeypatch.setattr(multigrid, "MULTIGRID_FROM", least)
    case = case_with(STRIPES, method=method)
    response = solve_geometry(case, lay_out(case.interface), MIXED, Options())
    for one in MIXED:
        exact = np.array([film_stripes(0.3, *theta, 1.5) for theta in one.every])
        error = np.abs(response(one.every) - exact)
        assert np.all(error <= response.errors(one))
        assert np.all(error <= 1e-3 * one.scale(response))


def test_norms_count_on_what_lets_current_pass():
    one = least_weights(np.array([[1, 0], [2j, 3]]))
    two = least_weights(np.array([[1, 0], [2j, 3], [0, 0.5], [0, 4j]]))
    np.testing.assert_array_equal(one, [[1, 0]])
    np.testing.assert_array_equal(two, [[1, 0], [0, 0.5]])


# --- finite elements and transforms ---------------------------------------------------------------------------------

FLAT = {
    "squares": SQUARE,
    "hexagons": HEXAGONAL,
    "random discs": RANDOM,
    "stripes": STRIPES,
    "pores": PORES,
    "square spots": SQUARE_SPOTS,
}


AGREED = {"transfer": (TRANSFER, THIN), "bonded": (LAYER, BONDED)}


@cache
def with_all_laws(name, method):
    asked = 0.05 if name == "square spots" else 0.02  # their corners take most of a minute at 0.02
    cases = [case_with(FLAT[name], *one, method=method, relative_error=asked) for one in AGREED.values()]
    return dict(zip(AGREED, simulate_together(cases), strict=True))


@pytest.mark.parametrize("name", FLAT)
@pytest.mark.parametrize("laws", AGREED)
def test_finite_elements_and_transforms_agree(name, laws):
    elements, transforms = (with_all_laws(name, method)[laws] for method in METHODS)
    bars = elements.error_bars.interface + transforms.error_bars.interface
    difference = elements.response(curve(elements).every) - transforms.response(curve(elements).every)
    assert np.all(np.abs(difference) <= bars)


# --- laws of the gap ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_a_cell_without_contacts_is_slab_and_gap(method):
    found = solved({**SQUARE, "contact_fraction": 0}, None, BONDED, method=method)
    gap = found.laws.gap.impedance(found.spectrum.frequency)
    np.testing.assert_allclose(found.spectrum.impedance, found.slab.impedance + gap, rtol=1e-10)
    assert found.R_dc is found.R_cstr is None
    assert found.response.fine.model.solves == 0


@pytest.mark.parametrize("method", METHODS)
def test_a_gap_leaks_little_or_much(method):
    """Beside ideal contacts, from nothing to nearly everything: θ = 1e-6 to 1e3, at rest and with its capacitor."""
    s = 1j * np.logspace(-2, 3, 6)
    curves = tuple(Curve((leak + s)[:, None], np.array([leak])) for leak in np.logspace(-6, 3, 10))
    case = case_with(STRIPES, method=method)
    response = solve_geometry(case, lay_out(case.interface), curves, Options())
    for one in curves:
        exact = np.array([film_stripes(0.3, math.inf, theta, 1.5) for (theta,) in one.every])
        error = np.abs(response(one.every) - exact)
        assert np.all(error <= response.errors(one))
        assert np.all(error <= 1e-3 * one.scale(response))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("interface", [HEXAGONAL, STRIPES], ids=lambda one: one["pattern"])
def test_laws_of_the_gap_cost_no_solve(interface, method):
    """Where a leak takes most of the current, R_cstr is small, and what is relative to it costs more."""
    weak = {**LEAK, "R1": "20 kohm cm2"}
    counts = [
        [one.model.solves for one in solved(interface, None, gap, method=method).response.solutions]
        for gap in (THIN, BONDED, weak)
    ]
    assert all(len(count) == len(counts[0]) and sum(count) <= sum(counts[0]) for count in counts), counts


# --- symmetries -----------------------------------------------------------------------------------------------------

SIZES = st.floats(-6, 4).map(lambda power: 10.0**power)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(SIZES, SIZES, st.floats(0.3, 1.0), SIZES, st.floats(0.3, 1.0), st.floats(0.02, 0.98))
@example(1.0, 1.0, 0.5, 10.0, 1.0, 0.5)  # the gap takes over at high frequency, where the contact hardly conducts
def test_every_law_is_passive(resistance, charge, exponent, bonded, other, fraction):
    """Re Z ≥ 0, nowhere above R_dc, and −Im Z ≥ 0: no part of the cell is inductive."""
    contact = {
        "law": "p(R1,Q1)",
        "R1": f"{resistance} ohm cm2",
        "Q1": f"{charge} uS s^{exponent!r}/cm2",
        "a1": exponent,
    }
    gap = {"law": "p(C,Q1)", "Q1": f"{bonded} uS s^{other!r}/cm2", "a1": other}
    found = solved({**STRIPES, "contact_fraction": fraction}, contact, gap, method="spectral", relative_error=0.1)
    z = found.spectrum.impedance
    assert np.all(z.real > 0)
    assert np.all(z.real <= found.R_dc * (1 + 1e-9))
    assert np.all(z.imag <= 1e-12 * np.abs(z))


@pytest.mark.parametrize("method", METHODS)
def test_ten_times_as_large(method):
    """Ω·cm² of film and cell are ten times as many, F/cm² a tenth; so is Ω, of 100 times the area."""
    small = solved(HEXAGONAL, TRANSFER, LEAK, method=method, relative_error=0.01)
    data = {
        "electrolyte": {"thickness": "15 mm"},
        "interface": {**HEXAGONAL, "pitch": "10 mm"},
        "contact": {**TRANSFER, "R1": "200 ohm cm2", "C1": "0.1 uF/cm2"},
        "gap": {**LEAK, "R1": "200 ohm cm2", "height": "50 nm"},
        "sweep": SWEEP,
        "accuracy": {"method": method, "relative_error": 0.01},
    }
    large = simulate(parse_case(data))
    np.testing.assert_allclose(large.spectrum.impedance, 10 * small.spectrum.impedance, rtol=1e-7)
    assert large.R_cstr == pytest.approx(10 * small.R_cstr, rel=1e-7)
    assert large.R_interface == pytest.approx(10 * small.R_interface, rel=1e-7)


THETAS = [np.array([1.0, 0.0]), np.array([3 + 30j, 5j]), np.array([1e4, 1e-3j]), np.array([1e-4j, 2.0])]


@pytest.mark.parametrize("levels", [False, True], ids=["factor", "multigrid"])
@pytest.mark.parametrize("theta", THETAS, ids=str)
def test_current_through_the_interface_is_that_of_the_counter_electrode(theta, levels):
    plan = lay_out(case_with(SQUARE).interface)
    sizes = mesh_sizes(plan, 1e-3, None, 2.0)
    problem = assemble(mesh_cell(plan, sizes, MPI.COMM_SELF), sizes, film=True)
    grids = hierarchy(problem, coarsen(problem)) if levels else None
    space = MeshSpace(problem, grids, (MeshNorm(problem, grids, np.array([1.0, 0.0])),))
    field = space.solve(theta + 0j, 0.0, 0j * space.load)
    through = sum(one * (term @ field[:-1]).sum() for one, term in zip(theta, problem.terms, strict=True))
    # current density 1 through the area, over the root of the area, which all fields are divided by
    assert through == pytest.approx(math.sqrt(problem.area), rel=1e-6)


@pytest.mark.parametrize("theta", THETAS, ids=str)
def test_current_through_pixels_is_what_is_given(theta):
    plan = lay_out(case_with(SQUARE).interface)
    plate = plate_of(plan, 1.0, raster_of(plan, 400), film=True)
    assert (plate.local(theta) * solve(plate, theta + 0j, 1e-12).field).mean() == pytest.approx(1, rel=1e-5)
