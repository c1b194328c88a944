"""Discs by unknowns on the contacts, method = "contacts".

A disc that is far from all others resists 1/(4σa) (Holm). Discs on lattices have sums of their own
(`tests/alternatives.py`), exact to 1e-7. Random discs: pixels, which share no line with the method, finite elements,
and at rest the older `support/contact_unknowns.py`. Mirrors: a cell, mirrored, and its four images in a cell that
repeats are one pattern. At complex θ: each solved by itself on pixels, in complex arithmetic.
"""

import json
import math

import numpy as np
import pytest
from alternatives import lattice_constriction
from cases import case_of
from support.contact_unknowns import constriction_of_discs
from support.ratios import ratio_curve

from constriction import Options, parse_case, simulate
from constriction.base.errors import InputError
from constriction.cli import main
from constriction.field.contacts import convergence
from constriction.field.contacts.choice import first_degree
from constriction.field.contacts.convergence import converge
from constriction.field.contacts.discs import Discs, discs_of
from constriction.field.contacts.kernels import Kernel
from constriction.field.contacts.solves import solve_at
from constriction.field.kept import Kept, from_plain, plain
from constriction.field.response import Goal
from constriction.field.transforms.convergence import solve_grid
from constriction.geometry.cell import lay_out
from constriction.simulation.cross_check import cross_check
from constriction.study.run.geometry import effort_of

MEMORY, DEEP = 4e9, 5.0
AT_REST = ratio_curve([])
CURVE = ratio_curve(np.concatenate([1j * np.logspace(-2, 3, 21), np.exp(0.5j) * np.logspace(-2, 3, 21)]))


def quietly(message):
    pass


def discs(spots, fraction, seed, **more):
    words = {"pattern": "random", "contact_fraction": fraction, "spots": spots, "seed": seed, "pitch": "1 mm"}
    return lay_out(case_of({**words, **more}).interface)


def lattice(pattern, fraction):
    return lay_out(case_of({"pattern": pattern, "contact_fraction": fraction, "pitch": "1 mm"}).interface)


def solved(layout, asked, curve=AT_REST, depth=DEEP):
    return converge(layout, depth, Goal(asked, MEMORY, (curve,)), quietly)


def case_with(interface, **sections):
    """A case of some hundred Hz to MHz, its gap thin."""
    return parse_case(
        {
            "electrolyte": {"thickness": "5 mm"},
            "interface": {"pitch": "1 mm", "contact_fraction": 0.2, **interface},
            "gap": {"height": "10 nm"},
            "sweep": {"from": "1 MHz", "to": "100 Hz", "points_per_decade": 3},
            **sections,
        }
    )


RANDOM = {"pattern": "random", "spots": 9, "seed": 2}


# --- exact values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [1e-2, 1e-3, 1e-4, 1e-5])
@pytest.mark.parametrize(("pattern", "angle"), [("square", 90), ("hexagonal", 60)])
@pytest.mark.parametrize("fraction", [0.05, 0.3, 0.6])
def test_bars_of_lattices_cover_the_error(pattern, angle, fraction, asked):
    layout = lattice(pattern, fraction)
    radius = layout.spots[0].size / layout.pitch
    exact = lattice_constriction(radius, angle)
    response = solved(layout, asked)
    bar = response.errors(AT_REST)[0]
    assert abs(response.constriction - exact) < bar + 2e-7 * exact
    assert bar <= asked * exact


def listed_lattice(pattern, fraction, moved=0.0):
    """Sixteen discs of a lattice as a list in a cell that repeats, each moved by a part of the way between rims."""
    square = pattern == "square"
    starts, rows = ([(0.5, 0.5)], (4, 1.0)) if square else ([(0.25, 0.25), (0.75, 0.75)], (2, math.sqrt(3)))
    places = [(i + x, (j + y) * rows[1]) for i in range(4) for j in range(rows[0]) for x, y in starts]
    radius = math.sqrt(fraction * (rows[1] if square else rows[1] / 2) / math.pi)
    random = np.random.default_rng(3)
    places = np.array(places) + moved * (1 - 2 * radius) * (random.random((16, 2)) - 0.5)
    return Discs(places, np.full(16, radius), np.array([4.0, rows[0] * rows[1]]), periodic=True)


@pytest.mark.parametrize("asked", [1e-2, 1e-3])
@pytest.mark.parametrize(
    ("pattern", "angle", "fraction"), [("square", 90, 0.5), ("square", 90, 0.7), ("hexagonal", 60, 0.8)]
)
def test_bars_of_long_lists_that_are_lattices_cover_the_error(pattern, angle, fraction, asked, monkeypatch):
    """Of discs that stand so evenly some degrees say nothing of the next: a hexagonal list was off by 24 bars."""
    listed = listed_lattice(pattern, fraction)
    monkeypatch.setattr(convergence, "discs_of", lambda _: listed)
    response = solved(lattice(pattern, fraction), asked)
    exact = lattice_constriction(listed.radii[0], angle, eta=60.0)  # rims are near
    bar = response.errors(AT_REST)[0]
    assert abs(response.constriction - exact) < bar <= asked * exact


@pytest.mark.parametrize("moved", [0.02, 0.2, 0.6])
@pytest.mark.parametrize(("pattern", "fraction"), [("square", 0.5), ("square", 0.7), ("hexagonal", 0.8)])
def test_bars_of_shaken_lattices_cover_the_error(pattern, fraction, moved, monkeypatch):
    monkeypatch.setattr(convergence, "discs_of", lambda _: listed_lattice(pattern, fraction, moved))
    layout = lattice(pattern, fraction)
    response, fine = solved(layout, 1e-2), solved(layout, 1e-5)
    assert abs(response.constriction - fine.constriction) < response.errors(AT_REST)[0] <= 1e-2 * fine.constriction


def test_a_lone_disc_is_holms():
    """4σaR → 1 − c·a: two fractions extrapolated to none."""
    found = []
    for fraction in (1e-4, 4e-4):
        layout = lattice("square", fraction)
        radius = math.sqrt(fraction / math.pi)
        found.append(4 * radius * solved(layout, 1e-5).constriction)
    assert 2 * found[0] - found[1] == pytest.approx(1.0, abs=1e-5)


def test_a_deep_slab_is_as_good_as_any():
    layout = discs(9, 0.2, 3)
    deep, deeper = (solved(layout, 1e-5, depth=depth).constriction for depth in (20.0, 200.0))
    assert deep == pytest.approx(deeper, rel=1e-6)


# --- symmetry ---------------------------------------------------------------------------------------------------------


def value_of(discs, shift, degree=4):
    contacts = convergence.prepared(discs, DEEP, degree, Goal(1e-5, MEMORY))
    return solve_at(contacts, shift, (degree,), 1e-14)[0]


@pytest.mark.parametrize("shift", [0.0, 2.0, 50.0])
def test_a_mirrored_cell_is_its_four_images(shift):
    one = discs_of(discs(9, 0.3, 4, size_spread=0.3))
    images = [one.centres * (x, y) % (2 * one.sides) for x in (1, -1) for y in (1, -1)]
    four = Discs(np.concatenate(images), np.tile(one.radii, 4), 2 * one.sides, periodic=True)
    mirrored, whole = value_of(one, shift), value_of(four, shift)
    assert mirrored.value == pytest.approx(whole.value, rel=2e-6)
    assert mirrored.slope == pytest.approx(whole.slope, rel=2e-5)


@pytest.mark.parametrize("shift", [0.0, 5.0])
def test_mirroring_the_pattern_changes_nothing(shift):
    one = discs_of(discs(16, 0.3, 5))
    mirrored = Discs(one.sides * (1, 0) - one.centres * (1, -1), one.radii, one.sides, periodic=False)
    assert value_of(one, shift).value == pytest.approx(value_of(mirrored, shift).value, rel=1e-7)


def test_moving_a_pattern_that_repeats_changes_nothing():
    one = discs_of(discs(16, 0.3, 6, sides="periodic"))
    moved = Discs((one.centres + (0.37, 1.21)) % one.sides, one.radii, one.sides, periodic=True)
    assert value_of(one, 1.0).value == pytest.approx(value_of(moved, 1.0).value, rel=3e-6)


def test_what_the_cut_leaves_is_on_the_grid(monkeypatch):
    """With a kernel that is cut early: ten times nearer to one that is cut late than without its transform."""
    one = discs_of(discs(16, 0.3, 14))

    def at(asked):
        return solve_at(convergence.prepared(one, DEEP, 4, Goal(asked, MEMORY)), 0.0, (4,), 1e-14)[0].value

    exact, with_cut = at(1e-6), at(1e-2)
    monkeypatch.setattr(Kernel, "cut", lambda _, k: 0 * k)
    assert abs(with_cut - exact) < 0.1 * abs(at(1e-2) - exact)


# --- at real and complex θ --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", [0.0, 0.5, 5.0, 100.0])
def test_the_slope_is_the_derivative(shift):
    one = discs_of(discs(9, 0.3, 7))
    step = 1e-3 * (shift + 1)
    first, middle, last = (value_of(one, shift + way).value for way in (0.0, step, 2 * step))
    assert value_of(one, shift).slope == pytest.approx((4 * middle - 3 * first - last) / (2 * step), rel=1e-4)


def test_complex_ratios_are_those_of_pixels_solved_one_by_one():
    """Pixels at 1e-3 of F at rest; their direct solves know no reduced model."""
    layout = discs(4, 0.2, 8)
    curve = ratio_curve(np.array([0.3j, 3j, 30j, 3 * np.exp(0.6j)]))
    goal = Goal(1e-4, MEMORY, (curve,), direct=True)
    values = [solve_grid(layout, DEEP, pixels, goal).direct for pixels in (25_000, 100_000)]
    exact = (4 * values[1] - values[0]) / 3
    response = solved(layout, 1e-4, curve)
    assert response(curve.points) == pytest.approx(exact, abs=1.5e-3 * response.constriction)


@pytest.mark.parametrize(
    ("spots", "fraction", "more", "depth"),
    [
        (9, 0.3, {}, DEEP),
        (25, 0.1, {"size_spread": 0.4}, DEEP),
        (16, 0.2, {}, 0.3),
        (16, 0.25, {"sides": "periodic"}, DEEP),
    ],
)
def test_pixels_agree_at_every_ratio(spots, fraction, more, depth):
    from constriction.field.transforms.convergence import converge as converge_pixels

    layout, goal = discs(spots, fraction, spots, **more), Goal(3e-3, MEMORY, (CURVE,))
    contacts, pixels = solved(layout, 1e-3, CURVE, depth), converge_pixels(layout, depth, goal, quietly)
    apart = np.abs(contacts(CURVE.every) - pixels(CURVE.every))
    assert np.all(apart <= contacts.errors(CURVE) + pixels.errors(CURVE))
    assert contacts.misses(Goal(1e-3, MEMORY, (CURVE,))) <= 1.0
    assert contacts.stored == pytest.approx(pixels.stored, rel=6e-3)


@pytest.mark.parametrize("fraction", [0.05, 0.3])
def test_rest_agrees_with_the_older_sum(fraction):
    layout = discs(25, fraction, 9)
    exact = constriction_of_discs(layout, DEEP)
    response = solved(layout, 1e-4)
    assert abs(response.constriction - exact) < response.errors(AT_REST)[0] + 1e-5 * exact


def test_finer_degrees_fall_into_the_bars():
    """Each bar, at rest and over θ, against one that is a hundred times finer."""
    layout = discs(16, 0.35, 10)
    fine = solved(layout, 1e-5, CURVE)
    for asked in (1e-2, 1e-3, 1e-4):
        response = solved(layout, asked, CURVE)
        apart = np.abs(response(CURVE.every) - fine(CURVE.every))
        assert np.all(apart <= response.errors(CURVE) + fine.errors(CURVE))
        assert response.misses(Goal(asked, MEMORY, (CURVE,))) <= 1.0


def test_steps_do_not_grow_with_the_discs():
    steps = []
    for spots in (25, 400):
        one = discs_of(discs(spots, 0.2, 11))
        steps.append(value_of(one, 0.0, degree=2).steps)
    assert steps[1] <= steps[0] + 8


# --- from the case file to the result ---------------------------------------------------------------------------------


def test_finite_elements_agree_over_the_sweep():
    by_elements = simulate(case_with(RANDOM, accuracy={"relative_error": 5e-3}))
    by_contacts = simulate(case_with(RANDOM, accuracy={"method": "contacts"}))
    assert abs(by_elements.R_cstr - by_contacts.R_cstr) < by_elements.R_cstr_error + by_contacts.R_cstr_error
    apart = np.abs(by_elements.spectrum.impedance - by_contacts.spectrum.impedance).max()
    assert apart < by_elements.spectrum_error + by_contacts.spectrum_error
    for name in ("C_cstr", "C_low", "C_high", "f_cstr"):
        assert getattr(by_contacts, name) == pytest.approx(getattr(by_elements, name), rel=1e-2)
    for multiple in (2, 5, 10):
        area, error, current, current_error = by_contacts.currents.above(multiple)
        other, bar, other_current, current_bar = by_elements.currents.above(multiple)
        assert abs(area - other) < error + bar and abs(current - other_current) < current_error + current_bar


def test_a_cross_check_takes_pixels():
    check = cross_check(simulate(case_with(RANDOM, accuracy={"method": "contacts", "relative_error": 3e-3})), Options())
    assert check.record()["cross_check_method"] == "spectral"
    assert check.agrees


def test_a_response_is_kept_and_read_back():
    curve = ratio_curve([1j, 10j])
    kept = Kept(solved(discs(4, 0.2, 12), 1e-2, curve), (curve,))
    again = from_plain(json.loads(json.dumps(plain(kept))))
    assert np.array_equal(again.response(curve.every), kept.response(curve.every))
    assert np.array_equal(again.response.errors(curve), kept.response.errors(curve))


def test_a_gap_that_leaks_and_full_contact_are_solved():
    leaking = case_with(RANDOM, gap={"law": "R1", "R1": "200 ohm cm2"}, accuracy={"method": "contacts"})
    by_pixels = leaking.model_copy(update={"accuracy": leaking.accuracy.model_copy(update={"method": "spectral"})})
    one, other = simulate(leaking), simulate(by_pixels)
    assert abs(one.R_cstr - other.R_cstr) < one.R_cstr_error + other.R_cstr_error
    full = simulate(case_with({**RANDOM, "contact_fraction": 1}, accuracy={"method": "contacts"}))
    assert full.R_cstr == 0.0


def test_what_a_study_expects_grows_with_discs_and_accuracy():
    efforts = []
    for spots, asked in ((9, 1e-2), (36, 1e-2), (36, 1e-5)):
        case = case_with({**RANDOM, "spots": spots}, accuracy={"method": "contacts", "relative_error": asked})
        efforts.append(effort_of(case, lay_out(case.interface)))
    assert efforts[0].memory < efforts[1].memory < efforts[2].memory
    assert efforts[0].unknowns * 4 == efforts[1].unknowns < efforts[2].unknowns


def test_more_is_asked_of_more_contact():
    degrees = [first_degree(discs_of(discs(9, fraction, 13)), Goal(1e-3, MEMORY)) for fraction in (0.05, 0.4)]
    assert degrees[0] < degrees[1]


REFUSED = [
    ({}, {"contact": {"law": "R1", "R1": "1 ohm cm2"}}, "contact: accuracy.method = 'contacts' takes ideal contacts"),
    ({}, {"gap": {"height": "20 um", "model": "volume"}}, "gap.model = 'volume': the gap is a volume, and unknowns on"),
    (
        {},
        {"gap": {"height": "10 nm", "profile": "linear", "rise": "20 nm", "length": "0.2 mm"}},
        "gap.profile = 'linear': accuracy.method = 'contacts' takes an even gap",
    ),
    ({"shape": "square"}, {}, "accuracy.method = 'contacts': contacts are no discs; expected discs, or"),
    ({"inverted": True, "contact_fraction": 0.7}, {}, "the discs are pores in a contact; expected discs, or"),
]


@pytest.mark.parametrize(("keys", "sections", "message"), REFUSED)
def test_what_it_cannot_solve_is_refused_before_it_starts(keys, sections, message):
    case = case_with({**RANDOM, **keys}, **sections, accuracy={"method": "contacts"})
    with pytest.raises(InputError) as error:
        simulate(case)
    assert message in str(error.value) and "\n" not in str(error.value)
    assert "finite_elements" in str(error.value)


def test_too_many_discs_for_the_memory_are_refused():
    case = case_with({**RANDOM, "spots": 400}, accuracy={"method": "contacts"})
    with pytest.raises(InputError, match=r"400 discs by accuracy.method = 'contacts' would take about .* GB of memory"):
        simulate(case, Options(memory=3e6))


TEXT = """
[interface]
pattern = "hexagonal"
contact_fraction = 0.2
pitch = "2 mm"
[gap]
height = "5 nm"
[accuracy]
method = "contacts"
"""


def test_a_run_leaves_the_same_files_as_others(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.toml").write_text(TEXT, "utf-8")
    assert main(["run", "case.toml", "--out", "out"]) == 0
    record = json.loads((tmp_path / "out" / "result.json").read_text("utf-8"))
    assert record["method"] == "contacts" and record["accuracy_reached"] and record["unknowns"] > 0
    assert {"spectrum.csv", "currents.png", "nyquist.png"} <= {path.name for path in (tmp_path / "out").iterdir()}
    assert record["R_cstr_ohm_cm2"] == pytest.approx(14.811, abs=0.02)


@pytest.mark.parametrize("option", ["--direct", "--bounds", "--field"])
def test_options_of_other_methods_are_refused(option, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.toml").write_text(TEXT, "utf-8")
    assert main(["run", "case.toml", "--out", "out", option]) == 2
    line = capsys.readouterr().err.strip()
    assert option in line and "finite_elements" in line and "\n" not in line
    assert not (tmp_path / "out").exists()
