"""The study of current densities: some of its cells drawn and read again, and what its README claims of its tables.

Known: with conserved sodium height × contact fraction is the mean thickness; copper as high as the islands relaxes far
above the window, so that R-RQ reads R_SE = R_dc; what goes with charge either way has no sign.
"""

import csv
import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[2] / "studies" / "current_density"
LIFTED, ZONE = "copper as high as the islands", "lifted zone, beyond it a narrow gap"
ONE, NARROW, FILM = "one level, pristine gap", "one level, narrow gap", "lifted copper, film below"
PRISTINE_ZONE, FINER = "lifted zone, beyond it the pristine gap", "lifted copper, finer spots below"


@pytest.fixture(scope="module")
def study():
    sys.path.insert(0, str(FOLDER))
    try:
        yield importlib.import_module("predict")
    finally:
        sys.path.remove(str(FOLDER))
        for name in ("predict", "cells", "picture"):
            sys.modules.pop(name, None)


def rows_of(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def value_of(model, what, given="prior", contact="settled"):
    """Probability in per cent and its error."""
    (row,) = (
        row
        for row in rows_of("predicted.csv")
        if (row["contact"], row["model"], row["given"], row["what"]) == (contact, model, given, what)
    )
    return 100 * float(row["value"]), 100 * float(row["error"])


def readings(study, words, count):
    (scenario,) = (one for one in study.SCENARIOS if one.words == words)
    return study.readings_of(scenario, count, np.random.default_rng(5), study.SETTLED)


def test_sodium_is_conserved_and_within_the_thickness_of_the_cross_sections(study):
    from cells import HIGHEST, MEAN

    found = readings(study, LIFTED, 40)
    assert found.height * found.of_cells("contact_fraction") == pytest.approx(np.broadcast_to(MEAN, (40, 3)))
    assert pytest.approx(4.43e-6, rel=0.01) == MEAN[-1]
    assert found.height[:, -1].max() <= HIGHEST


def test_lifted_copper_shows_no_arc_and_all_of_R_dc_in_R_SE(study):
    found = readings(study, LIFTED, 60)
    assert not found.arc.all(axis=1).any()
    assert pytest.approx(found.R_dc) == found.R_SE


@pytest.mark.parametrize("words", [ZONE, NARROW])
def test_signs_are_computed_again(study, words):
    """Of 160 cells: within four standard errors of both."""
    found = study.signs(readings(study, words, 160))
    for what in ("arc seen", "R_SE rises", "C_int falls", "all three"):
        part, error = study.with_error(found[what])
        told, bar = value_of(words, what)
        assert 100 * part == pytest.approx(told, abs=4 * np.hypot(100 * max(error, 0.006), bar))


def test_what_is_claimed_of_signs():
    text = (FOLDER / "README.md").read_text("utf-8")
    for row in (line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith(("| one", "| lift"))):
        model, cells = row[0], row[1:]
        asked = [("arc seen", "prior"), ("all three", "prior"), ("all three", "arc seen")]
        asked += [(what, "R_int as reported") for what in ("R_SE rises", "C_int falls", "all three")]
        for cell, (what, given) in zip(cells, asked, strict=True):
            if cell == "–":
                continue
            told, bar = value_of(model, what, given)
            numbers = cell.removeprefix("below ").split(" ± ")
            places = len(numbers[0].partition(".")[2])
            assert float(numbers[0]) == pytest.approx(
                bar if cell.startswith("below") else told, abs=0.51 * 10.0**-places
            )
            if len(numbers) > 1:
                assert float(numbers[1]) == pytest.approx(bar, abs=0.51 * 10.0**-places)
    any_contact = {ONE: 0.7, NARROW: 6.0, PRISTINE_ZONE: 1.1, ZONE: 12.6, FINER: 5.0, FILM: 3.3}
    for model, told in any_contact.items():
        assert value_of(model, "all three", "arc seen", "any")[0] == pytest.approx(told, abs=0.06)
    best = value_of(ZONE, "all three", "arc seen")[0]
    others = [value_of(model, "all three", "arc seen")[0] for model in (NARROW, PRISTINE_ZONE, FINER, FILM)]
    assert 2 < best / max(others) < best / min(others) < 9.1
    assert 30 < best / value_of(ONE, "all three", "arc seen")[0] < 40
    assert value_of(LIFTED, "arc seen")[0] == 0 and value_of(LIFTED, "arc seen")[1] < 0.08


def test_what_is_claimed_of_sizes_and_signs_of_one():
    for model in (ZONE, PRISTINE_ZONE):
        assert 87 < value_of(model, "R_SE rises", "arc seen")[0] < 91
        (row,) = (
            row
            for row in rows_of("predicted.csv")
            if (row["contact"], row["model"], row["given"]) == ("settled", model, "arc seen")
            and row["what"].startswith("change of R_SE")
        )
        assert 0.0055 < float(row["q25"]) < 0.007 and 0.026 < float(row["q75"]) < 0.0295
    assert value_of(NARROW, "R_int falls first", "arc seen")[0] == pytest.approx(53, abs=1)


def test_what_is_claimed_of_pairs_and_of_what_decides():
    pairs = {
        (row["model"], row["pitch"], row["where coverage is less"]): float(row["value"])
        for row in rows_of("currents.csv")
    }
    direct, rise = "R_dc / R_pristine is higher", "R_SE rises more"
    same = [pairs[model, "same", direct] for model in (ONE, NARROW, LIFTED, PRISTINE_ZONE, ZONE)]
    assert 0.925 < min(same) < max(same) < 0.955
    models = (*(ONE, NARROW, LIFTED, PRISTINE_ZONE, ZONE), FINER, FILM)
    assert all(0.51 < pairs[model, pitch, rise] < 0.565 for model in models for pitch in ("any", "same"))
    assert all(0.54 < pairs[model, "any", direct] < 0.735 for model in models)
    bits = {row["measured"]: float(row["bits"]) for row in rows_of("deciding.csv")}
    told = {
        "gap midway between islands (m)": 0.96,
        "R_int / R_SE": 0.85,
        "width of the lift beside a rim (m)": 0.78,
        "C_int (F/cm2)": 0.58,
        "relative rise of R_SE": 0.34,
        "contact fraction": 0.12,
    }
    assert {name: bits[name] for name in told} == told
    assert max(bits, key=bits.get) == "gap midway between islands (m)"
