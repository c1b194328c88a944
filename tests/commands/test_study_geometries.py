"""What a study keeps of its geometries: no second solve for laws and frequencies that the kept model is good at.

A response is rebuilt from its file to the last digit, so that a run that was killed goes on with the same numbers, and
the bound on the reduced model's error is evaluated at θ that nobody had asked for.
"""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from study_files import BASE, MEMORY, SPECTRAL, load, plan, write_study

import constriction
from constriction.base.errors import InputError, StoreError
from constriction.field.kept import from_plain, plain
from constriction.field.reduction.curves import Curve
from constriction.field.response import Goal
from constriction.field.transforms import convergence
from constriction.field.transforms.grid_response import REDUCTION_TOLERANCE
from constriction.geometry.cell import lay_out
from constriction.simulation.simulate import Options, simulate
from constriction.study.run import geometries, runner
from constriction.study.run.geometries import Geometries, path_of, stored_result
from constriction.study.run.geometry import geometry_key
from constriction.study.run.lock import Shard
from constriction.study.run.plan import plan_of
from constriction.study.run.runner import How, packages_of
from constriction.study.run.store import open_store

FILM = '[base.contact]\nlaw = "p(R1,C1)"\nR1 = "1 ohm cm2"\nC1 = "10 uF/cm2"\n'
FILMS = '[grid]\n"contact.R1" = ["1 ohm cm2", "3 ohm cm2"]\n"gap.height" = ["10 nm", "100 nm"]\n'
MORE = FILMS.replace('"3 ohm cm2"', '"2 ohm cm2"')
FAR = FILMS.replace('"3 ohm cm2"', '"30 mohm cm2"').replace('"100 nm"', '"1 nm"')
IDEAL = '[grid]\n"gap.height" = ["10 nm", "100 nm"]\n'
MICRO = '[interface]\npattern = "square"\npitch = "{pitch}"\ncontact_fraction = 0.3\n[gap]\nmodel = "thin"\n'


@pytest.fixture
def solved(monkeypatch):
    """The contact fractions of what is solved, in order."""
    found = []
    real = runner.solve_geometry

    def counting(case, plan, curves, options):
        found.append(plan.contact_fraction)
        return real(case, plan, curves, options)

    monkeypatch.setattr(runner, "solve_geometry", counting)
    return found


def run(tmp_path, text, base=BASE + SPECTRAL, folder="out"):
    """Run a study in a folder, which may hold an earlier one; its plan, its records by key and its store."""
    made = plan_of(load(write_study(tmp_path, text, base)), MEMORY)
    (tmp_path / folder).mkdir(exist_ok=True)
    store = open_store(tmp_path / folder, made.study)
    summary = runner.run(packages_of(made, store, Shard()), store, How(MPI.COMM_SELF, None, MEMORY, lambda _: None))
    assert summary.failed == 0, {record["error"] for entry in made.entries if (record := store.read(entry.key))}
    return made, {entry.key: store.read(entry.key) for entry in made.entries}, store


def numbers(records):
    return {key: (record["result"], record["spectrum"]) for key, record in records.items()}


# --- kept and used again -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [FILM + FILMS, IDEAL])
def test_a_killed_run_goes_on_without_a_solve_and_with_the_same_numbers(text, tmp_path, solved):
    _, first, store = run(tmp_path, text)
    assert len(solved) == 1
    for path in list(store.cases.iterdir())[1:]:
        path.unlink()
    assert numbers(run(tmp_path, text)[1]) == numbers(first)
    assert len(solved) == 1
    shutil.rmtree(store.geometries)
    shutil.rmtree(store.cases)
    assert numbers(run(tmp_path, text)[1]) == numbers(first)  # solved anew
    assert len(solved) == 2


def test_ideal_contacts_take_any_gap_and_frequency(tmp_path, solved):
    run(tmp_path, IDEAL)
    run(tmp_path, IDEAL.replace("100 nm", "3 um"))
    run(tmp_path, IDEAL, (BASE + SPECTRAL).replace('"1 MHz"', '"1 GHz"'))
    leak = '[base.gap]\nlaw = "p(C,R1)"\nR1 = "5 kohm cm2"\n'
    run(tmp_path, leak + IDEAL)
    assert len(solved) == 1


def test_a_model_without_a_gap_is_not_good_at_one(tmp_path, solved):
    run(tmp_path, '[base.gap]\nheight = "none"\n[grid]\n"electrolyte.thickness" = ["1 mm", "2 mm"]\n')
    run(tmp_path, IDEAL)
    assert len(solved) == 2


def test_films_inside_the_range_cost_no_solve_and_others_one_for_all(tmp_path, solved):
    run(tmp_path, FILM + FILMS)
    made, records, store = run(tmp_path, FILM + MORE)
    assert len(solved) == 1
    for entry in made.entries:  # as good as a solve for it alone
        alone, record = simulate(entry.case), records[entry.key]["result"]
        bar = record["R_interface_error_ohm_cm2"] / 1e4
        assert record["R_interface_ohm_cm2"] / 1e4 == pytest.approx(alone.R_interface, abs=1e-3 * bar, rel=1e-6)
    run(tmp_path, FILM + FAR)
    assert len(solved) == 2
    run(tmp_path, FILM + FILMS)
    run(tmp_path, FILM + MORE)
    run(tmp_path, FILM + FAR)
    assert len(solved) == 2
    assert [path.name for path in store.geometries.iterdir()] == [f"{made.geometries[0].key}.json"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "{}",
        lambda text: text.replace('"version": "', '"version": "0'),
    ],
)
def test_a_file_that_is_broken_or_of_another_version_is_made_anew(damage, tmp_path, solved):
    made, first, store = run(tmp_path, IDEAL)
    path = path_of(store, made.geometries[0].key)
    whole = path.read_text()
    path.write_text(damage(whole))
    shutil.rmtree(store.cases)
    assert numbers(run(tmp_path, IDEAL)[1]) == numbers(first)
    assert json.loads(path.read_text())["version"] == json.loads(whole)["version"]
    assert len(solved) == 2


def test_a_full_disk_ends_the_run(tmp_path, monkeypatch):
    def full(path, content):
        if path.parent.name == "geometries":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(geometries, "write_whole", full)
    with pytest.raises(StoreError, match="geometries"):
        run(tmp_path, IDEAL)


# --- what shares a geometry ------------------------------------------------------------------------------------------


def key_of(case):
    return geometry_key(case)


def case_of(tmp_path, text, **files):
    for name, content in files.items():
        (tmp_path / f"{name}.toml").write_text(content)
    text = BASE.replace("base.", "") + text
    path = tmp_path / "case.toml"
    path.write_text(text)
    return constriction.load(path)


def test_laws_and_finer_cases_and_far_sides_do_not_separate_geometries(tmp_path):
    film = '[contact]\nlaw = "p(R1,C1)"\nR1 = "{} ohm cm2"\nC1 = "10 uF/cm2"\n'
    one = case_of(tmp_path, film.format(1))
    assert key_of(one) == key_of(case_of(tmp_path, film.format(2)))
    assert key_of(one) == key_of(case_of(tmp_path, '[contact]\nlaw = "R1"\nR1 = "1 ohm cm2"\n'))
    assert key_of(one) == key_of(
        case_of(tmp_path, film.format(1) + '[gap]\nlaw = "Q1"\nQ1 = "1 uS s^0.9/cm2"\na1 = 0.9\n')
    )
    assert key_of(one) == key_of(case_of(tmp_path, film.format(1) + "[counter]\nsymmetric = true\n"))
    files = {"micro": MICRO.format(pitch="1 um"), "nano": MICRO.format(pitch="100 nm")}
    fine = case_of(tmp_path, '[contact]\nfine = "micro.toml"\n', **files)
    assert key_of(fine) == key_of(case_of(tmp_path, '[contact]\nfine = "nano.toml"\n', **files))
    assert key_of(case_of(tmp_path, "")) == key_of(case_of(tmp_path, '[counter]\nfile = "micro.toml"\n', **files))


def test_ideal_contacts_and_what_is_asked_of_meshes_separate_them(tmp_path):
    film = case_of(tmp_path, '[contact]\nlaw = "R1"\nR1 = "1 ohm cm2"\n')
    assert key_of(film) != key_of(case_of(tmp_path, ""))
    fine = case_of(tmp_path, '[contact]\nfine = "micro.toml"\n', micro=MICRO.format(pitch="1 um"))
    assert key_of(fine) != key_of(film)  # it leaves less of the error to the mesh,
    asked = film.accuracy.model_copy(update={"relative_error": 0.75 * film.accuracy.relative_error})
    assert key_of(fine) == key_of(film.model_copy(update={"accuracy": asked}))  # and only that


def test_holes_elsewhere_separate_them(tmp_path):
    """Of as many corners, as large and with as long rims; but one of them lies nearer to the rim."""
    keys = set()
    for x in (15, 20, 40):
        (tmp_path / "a.wkt").write_text(
            f"POLYGON ((10 10, 70 10, 70 70, 10 70, 10 10), ({x} 30, {x + 20} 30, {x + 20} 50, {x} 50, {x} 30))"
        )
        (tmp_path / "case.toml").write_text(
            '[interface]\npattern = "polygons"\nfile = "a.wkt"\nunit = "um"\ncell = ["100 um", "80 um"]\n'
        )
        keys.add(key_of(constriction.load(tmp_path / "case.toml")))
    assert len(keys) == 3


def test_finer_cases_and_far_sides_are_kept_too(tmp_path, solved):
    for name, pitch in (("micro", "1 um"), ("far", "30 um")):
        (tmp_path / f"{name}.toml").write_text(MICRO.format(pitch=pitch))
    text = '[base.contact]\nfine = "micro.toml"\n[base.counter]\nfile = "far.toml"\n'
    text += '[grid]\n"gap.height" = ["50 nm", "100 nm"]\n"electrolyte.bulk_conductivity" = ["10 mS/cm", "20 mS/cm"]\n'
    made, records, store = run(tmp_path, text)
    assert len(made.geometries) == 1
    assert len(solved) == len(list(store.geometries.iterdir())) == 3
    for entry in made.entries:
        alone, record = simulate(entry.case), records[entry.key]["result"]
        assert record["R_cstr_ohm_cm2"] / 1e4 == pytest.approx(alone.R_cstr, rel=1e-6)


# --- what is written --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("film", ["", FILM])
@pytest.mark.parametrize("shape", ["", 'pattern = "single"\ncell_shape = "circular"'])
def test_a_response_is_read_back_to_the_last_digit(film, shape, tmp_path):
    base = BASE.replace('pattern = "square"', shape) if shape else BASE
    made, _, store = run(tmp_path, film + IDEAL, base + SPECTRAL)
    text = path_of(store, made.geometries[0].key).read_text()
    kept = from_plain(json.loads(text)["kept"])
    assert json.loads(json.dumps(plain(kept))) == json.loads(text)["kept"]
    case = made.entries[0].case
    fresh = simulate(case)
    frequency = np.logspace(2, 6, 40)  # of the sweep
    found = stored_result(tmp_path / "out", case)
    assert found.impedance(frequency) == pytest.approx(fresh.impedance(frequency), rel=REDUCTION_TOLERANCE)


SOLIDS = """[[base.solid]]
kind = "{kind}"
radius = "{radius}"
depth = "{radius}"
{more}
"""
BODIES = {
    "pit": SOLIDS.format(kind="pit", radius="3 um", more=""),
    "dielectric": SOLIDS.format(kind="void", radius="3 um", more='below = "4 um"\nrelative_permittivity = 300'),
    "film": FILM + SOLIDS.format(kind="pit", radius="3 um", more=""),
    "grains": '[base.grains]\nmean_size = "10 um"\nshape = "cubes"\ndepth = "20 um"\n',
}


@pytest.mark.parametrize("body", BODIES)
def test_cells_with_bodies_are_read_back_and_solved_once(body, tmp_path, solved):
    made, records, store = run(tmp_path, BODIES[body] + IDEAL, BASE)
    assert len(solved) == len(made.geometries)
    path = path_of(store, made.geometries[0].key)
    text = path.read_text()
    kept = from_plain(json.loads(text)["kept"])
    assert json.loads(json.dumps(plain(kept))) == json.loads(text)["kept"] and len(text) < 3e6
    shutil.rmtree(tmp_path / "out" / "cases")
    _, again, _ = run(tmp_path, BODIES[body] + IDEAL, BASE)
    assert len(solved) == len(made.geometries) and numbers(again) == numbers(records)
    found = stored_result(tmp_path / "out", made.entries[0].case)
    assert found.R_cstr * 1e4 == pytest.approx(records[made.entries[0].key]["result"]["R_cstr_ohm_cm2"], rel=1e-12)


def test_numbers_of_all_kinds_survive():
    for thing in (
        np.array([1 / 3, np.inf, -0.0]),
        np.array([[1 + 1e-300j]]),
        np.zeros((0, 2), complex),
        np.inf,
        None,
        7,
    ):
        back = from_plain(json.loads(json.dumps(plain(thing), allow_nan=False)))
        assert np.array_equal(back, thing) and getattr(back, "dtype", 0) == getattr(thing, "dtype", 0)
    with pytest.raises(InputError, match="class 'Popen': expected a part of a response"):
        from_plain({"class": "Popen", "args": "true"})


def test_any_frequency_and_law_of_a_kept_response(tmp_path):
    made, _, _ = run(tmp_path, FILM + FILMS)
    case = made.entries[0].case
    between = case.model_copy(update={"sweep": case.sweep.model_copy(update={"points_per_decade": 7})})
    found = stored_result(tmp_path / "out", between)
    assert found.R_cstr == pytest.approx(simulate(case).R_cstr, rel=1e-5)
    assert found.response.solutions[0].seconds_solve > 0  # of the run
    other = plan(FILM + FAR).entries[-1].case
    spectral = other.accuracy.model_copy(update={"method": "spectral"})
    with pytest.raises(InputError, match=r"geometries.*a model that is not good at the laws of this case; expected"):
        stored_result(tmp_path / "out", other.model_copy(update={"accuracy": spectral}))
    with pytest.raises(InputError, match=r"no geometry of this case; expected a case of the study"):
        stored_result(tmp_path / "out", other)


# --- the bound -------------------------------------------------------------------------------------------------------


def test_the_bound_holds_at_laws_that_nobody_asked_for(tmp_path):
    """A model of few θ, its bound at others, and the same grid's answer from solves of each."""
    case = plan(FILM + FILMS).entries[0].case
    interface = lay_out(case.interface)
    few = Curve(np.array([[1.0 + 1j, 0.1j], [10.0 + 1j, 1j]]), np.array([1.0, 0.0]), True)
    theta = (
        np.exp(1j * np.radians([0, 40, 80]))[:, None] * np.array([[0.3, 0.01], [3, 3], [100, 30], [1e3, 1e-3]])[:, None]
    )
    many = Curve(theta.reshape(-1, 2), np.array([1.0, 0.0]), True)
    goal = Goal(0.03, MEMORY, (few,))
    model = convergence.solve_grid(interface, 5.0, 400, goal).model
    exact = convergence.solve_grid(interface, 5.0, 400, replace(goal, curves=(many,), direct=True)).direct
    errors, bounds = np.abs(model.interface(many.points) - exact), model.errors_at(many.points)
    assert np.all(errors <= bounds + 1e-6 * np.abs(exact))  # what the direct solves leave
    assert bounds.max() > 1e3 * model.errors_at(few.points).max()  # it tells where the model is not good
    assert np.all(model.errors_at(few.every) <= model.error)


def test_a_kept_response_says_what_it_covers(tmp_path):
    made, _, store = run(tmp_path, FILM + FILMS)
    kept = Geometries(store)._known(made.geometries[0].key, MPI.COMM_SELF)
    inside = Curve(1.1 * kept.curves[0].points, 1.1 * kept.curves[0].at_rest, True)
    outside = Curve(1e4 * kept.curves[0].points, 1e4 * kept.curves[0].at_rest, True)
    assert kept.covers(Goal(0.1, MEMORY, kept.curves))
    assert kept.covers(Goal(1e-9, MEMORY, kept.curves))  # asked before: no better answer would come
    assert kept.covers(Goal(0.1, MEMORY, (inside,)))
    assert not kept.covers(Goal(1e-9, MEMORY, (inside,)))
    assert not kept.covers(Goal(0.1, MEMORY, (outside,)))
    assert not kept.covers(Goal(0.1, MEMORY, (inside,), bounds=True))


def test_a_look_up_solves_nothing(tmp_path, solved):
    made, _, _ = run(tmp_path, IDEAL)
    before = len(solved)
    stored_result(tmp_path / "out", made.entries[0].case)
    simulate(made.entries[0].case, Options())
    assert len(solved) == before
