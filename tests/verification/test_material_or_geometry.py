"""The study of films and constriction: some of its rows computed again, and what its README claims of the tables."""

import csv
import importlib.util
import math
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "studies" / "material_or_geometry"


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("tell_apart", FOLDER / "tell_apart.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.SEEDS = 1
    return module


def rows_of(name):
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(("truth", "gap", "known"), [("film", 100e-9, "pristine cell"), ("islands", 3e-9, "recipe")])
def test_rows_of_one_spectrum(study, truth, gap, known):
    """Another noise changes little of a large ratio, and makes no small one sure."""
    (row,) = (
        row
        for row in rows_of("window")
        if (row["truth"], row["pitch_mm"], row["electrolyte_known_from"]) == (truth, "1", known)
        and math.isclose(float(row["gap_height_nm"]), gap * 1e9)
        and row["window"] == "7 MHz to 100 Hz"
    )
    values = study.islands(1e-3, gap)
    model, unknowns = (study.FILM, study.film_like(values)) if truth == "film" else (study.ISLANDS, values)
    found = study.told(model, unknowns, study.window(row["window"]), study.KNOWN[known])
    assert str(found > study.SURE) == row["told_apart"]
    assert found == pytest.approx(float(row["ln_evidence_ratio"]), rel=0.3, abs=3)


def test_what_is_claimed():
    rows = rows_of("window")
    told = [row["told_apart"] == "True" for row in rows if row["electrolyte_known_from"] == "recipe"]
    assert (len(told), sum(told)) == (48, 2)
    for row in rows:
        ratio = float(row["ln_evidence_ratio"])
        assert ratio > -math.log(60)
        if row["electrolyte_known_from"] == "pristine cell" and float(row["gap_height_nm"]) >= 10 * (
            1 if row["truth"] == "film" else 3
        ):
            assert ratio > math.log(1000)
    energies = {row["pitch_mm"]: [] for row in rows_of("temperature")}
    for row in rows_of("temperature"):
        energies[row["pitch_mm"]].append(float(row["difference_of_activation_energies_seen_eV"]))
    ends = {"0.3": (0.024, 0.028), "1": (0.0059, 0.0087), "3": (0.0017, 0.003)}
    assert {pitch: (min(found), max(found)) for pitch, found in energies.items()} == ends
    assert all(0.17 < float(row["over_pitch"]) < 0.38 for row in rows_of("thickness"))


def test_a_thin_slab_constricts_more(study):
    """R_cstr of a slab of a fifth of the pitch is above that of a deep one, of one pitch it is the same."""
    values = study.islands(1e-3, 30e-9)
    thin, one, deep = (study.resistance(values, depth) for depth in (2e-4, 1e-3, 5e-3))
    assert abs(one / deep - 1) < 2e-3 < abs(thin / deep - 1)
