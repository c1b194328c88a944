"""`constriction interpret`: what it writes, prints and refuses. Interfaces are those of `poles_atlas`."""

import json

import pytest
from poles_atlas import PolesAtlas
from support.made_up_cells import FREQUENCY, made_up

from constriction.cli import main
from constriction.interpret.model.models import InterfaceModel
from constriction.spectra.spectrum import Spectrum, write_csv

THICK = ["--thickness", "1.5 mm"]


@pytest.fixture(autouse=True)
def poles(monkeypatch):
    monkeypatch.setattr("constriction.interpret.atlas.load_atlas", PolesAtlas)


@pytest.fixture
def measured(tmp_path):
    """A film's arc, per area and of a cell of 1.13 cm²."""
    film = {"film_resistance": 12e-4, "film_capacitance": 5e-3, "film_exponent": 0.95}
    spectrum = made_up(InterfaceModel("film"), 1, film)
    write_csv(spectrum, tmp_path / "area.csv")
    write_csv(Spectrum(FREQUENCY, spectrum.impedance / 1.13e-4, "ohm"), tmp_path / "cell.csv")
    return tmp_path


def run(*arguments):
    return main(["interpret", *map(str, arguments)])


def test_a_folder_is_written(measured, capsys):
    out = measured / "out"
    films = ["--model", "film", "--model", "full_contact"]
    area = ["--area", "1.13 cm2", "--with", "inductance"]
    assert run(measured / "cell.csv", measured / "lost.csv", *THICK, *films, *area, "--out", out) == 0
    told = capsys.readouterr().out
    assert "film resistance" in told
    assert "not interpreted" in told
    assert "verdict" in told
    assert sorted(path.name for path in out.iterdir()) == ["corner-01.png", "interpretation.json", "predicted-01.png"]
    record = json.loads((out / "interpretation.json").read_text("utf-8"))
    first, second = record["files"]
    assert first["film_resistance_ohm_cm2"]["low95"] < 12 < first["film_resistance_ohm_cm2"]["high95"]
    assert first["area_cm2"] == pytest.approx(1.13)
    assert {"inductance_henry_cm2", "bulk_conductivity_siemens_per_m"} <= first.keys()
    assert "contact_fraction" not in first
    assert second["error"]
    assert [model["model"] for model in first["evidence"]] == ["film", "full_contact"]


def test_a_report_is_one_page_and_an_earlier_one_is_replaced(measured):
    out = measured / "out"
    for _ in range(2):
        assert run(measured / "area.csv", *THICK, "--model", "film", "--report", "--out", out) == 0
    page = (out / "report.html").read_text("utf-8")
    assert "constriction interpret" in page and "area.csv" in page and "data:image/png;base64," in page
    assert run(measured / "area.csv", *THICK, "--model", "film", "--out", out) == 0
    assert not (out / "report.html").exists()


def test_json_is_all_that_is_printed(measured, capsys):
    priors = measured / "priors.toml"
    priors.write_text("[priors]\nfilm_exponent = 0.95\ngrain_boundary_exponent = 0.9\n", encoding="utf-8")
    arguments = [*THICK, "--model", "film", "--priors", priors, "--json", "--out", measured / "out"]
    assert run(measured / "area.csv", *arguments) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["files"][0]["priors"]["film_exponent"] == "0.95, held"
    assert "film_exponent" not in record["files"][0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["cell.csv", *THICK], "expected --area, such as --area '1.13 cm2'"),
        (["area.csv", *THICK, "--area", "1 cm2"], "expected no --area"),
        (["area.csv"], "--thickness: given nothing, expected that of the electrolyte"),
        (["area.csv", *THICK, "--pattern", "hexagon"], "the nearest is 'hexagonal'"),
        (["area.csv", *THICK, "--seed=-1"], "--seed -1: expected a whole number that is not negative"),
        (["area.csv", *THICK, "--metal", "lithium"], "--metal lithium: expected the charge that deposited it"),
        (["area.csv", *THICK, "--triples", "--mask", "1 kHz"], "--mask '1 kHz': expected none with --triples"),
        (["area.csv", *THICK, "--triples", "--impedance", "Zce"], "--impedance 'Zce': expected none with --triples"),
        (["area.csv", *THICK, "--kk-limit", "3"], "expected a number between 0 and 1"),
        (["area.csv", *THICK, "--priors", "lost.toml"], "lost.toml"),
        (["area.csv", *THICK, "--from", "10 kHz", "--to", "3 kHz"], "points"),
        (["lost.csv", *THICK], "lost.csv"),
        (THICK, "no file to interpret"),
    ],
)
def test_wrong_input_is_one_line_and_nothing_is_written(arguments, words, measured, capsys, monkeypatch):
    monkeypatch.chdir(measured)
    assert run(*arguments, "--out", "out") == 2
    said = capsys.readouterr().err
    assert words in said
    assert len([line for line in said.splitlines() if line.startswith("constriction:")]) == 1
    assert not (measured / "out").exists()


def test_priors_that_a_pattern_cannot_have_are_refused_before_anything_is_fitted(measured, capsys):
    priors = measured / "priors.toml"
    priors.write_text("[priors]\ncontact_fraction = 0.7\n", encoding="utf-8")
    assert run(measured / "area.csv", *THICK, "--priors", priors, "--out", measured / "out") == 2
    assert "pattern 'random' has 0.005 to 0.45" in capsys.readouterr().err
    priors.write_text("[priors]\ncontact_fraction = { log_uniform = [0.6, 0.9] }\n", encoding="utf-8")
    assert run(measured / "area.csv", *THICK, "--priors", priors, "--out", measured / "out") == 2
    assert "has 0.005 to 0.45 in this model; expected a prior that reaches into that" in capsys.readouterr().err


def test_a_misspelt_form_of_a_prior_is_told_with_the_nearest(measured, capsys):
    priors = measured / "priors.toml"
    priors.write_text("[priors]\npitch = { log_unifrom = ['0.1 mm', '2 mm'] }\n", encoding="utf-8")
    assert run(measured / "area.csv", *THICK, "--priors", priors, "--out", measured / "out") == 2
    said = capsys.readouterr().err
    assert "priors.pitch.log_unifrom" in said and "unknown, the nearest is 'log_uniform'" in said


def test_priors_beside_what_a_pattern_has_name_their_file(measured, capsys):
    priors = measured / "priors.toml"
    for text, words in (
        ("[priors]\ncontact_fraction = 0.7\n", "contact_fraction = 0.7: pattern 'random' has"),
        ('[priors]\npitch = { log_uniform = ["1 mm", "12 mm"] }\n', "priors.pitch = 1 mm to 12 mm, logarithmic: exp"),
        ('[electrolyte]\nthickness = "1 mm"\n', "electrolyte.thickness = '1 mm': expected none here, but the option"),
    ):
        priors.write_text(text, encoding="utf-8")
        assert run(measured / "area.csv", *THICK, "--priors", priors, "--out", measured / "out") == 2
        assert f"{priors}: {words}" in capsys.readouterr().err


def test_a_row_without_a_number_is_told(measured, capsys):
    lines = (measured / "area.csv").read_text("utf-8").splitlines()
    lines[12] = lines[12].split(",")[0] + ",NaN,-1"
    (measured / "area.csv").write_text("\n".join(lines), encoding="utf-8")
    assert run(measured / "area.csv", *THICK, "--model", "full_contact", "--out", measured / "out") == 0
    (item,) = json.loads((measured / "out" / "interpretation.json").read_text("utf-8"))["files"]
    assert any("1 row left out (line 13: 'NaN'" in note for note in item["notes"])
    assert "1 row left out" in capsys.readouterr().out


def test_a_folder_of_something_else_is_left_alone(measured, capsys):
    out = measured / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    assert run(measured / "area.csv", *THICK, "--out", out) == 2
    assert (out / "mine.txt").read_text("utf-8") == "mine"
    assert "out" in capsys.readouterr().err


# --- the pristine cell ------------------------------------------------------------------------------------------------


@pytest.fixture
def pristine(tmp_path):
    """Of the same cell without sodium: a slab with a constant phase in series."""
    model = InterfaceModel("full_contact", extras=("tail",))
    spectrum = made_up(model, 2, {"tail_capacitance": 0.05, "tail_exponent": 0.9})
    write_csv(spectrum, tmp_path / "pristine.csv")
    return tmp_path / "pristine.csv"


def test_the_electrolyte_of_a_pristine_cell_is_the_prior(measured, pristine):
    out = measured / "out"
    assert run(measured / "area.csv", *THICK, "--model", "film", "--pristine", pristine, "--out", out) == 0
    (first,) = json.loads((out / "interpretation.json").read_text("utf-8"))["files"]
    assert "within a factor of 1.35" not in first["priors"]["bulk_conductivity"]
    low, high = (first["bulk_conductivity_siemens_per_m"][end] for end in ("low68", "high68"))
    assert high / low < 1.1


@pytest.mark.parametrize("name", ["lost.csv", "area.csv"])
def test_a_pristine_cell_that_is_none_is_told_in_one_line(measured, pristine, capsys, name):
    """A file that is not there; and one whose electrolyte is another one, as its area is missing."""
    if name == "area.csv":
        lines = pristine.read_text("utf-8").splitlines()
        rows = [[float(cell) for cell in line.split(",")] for line in lines[1:]]
        scaled = [f"{f!r},{x * 100!r},{y * 100!r}" for f, x, y in (row[:3] for row in rows)]
        (measured / name).write_text("\n".join([",".join(lines[0].split(",")[:3]), *scaled]) + "\n", encoding="utf-8")
    assert (
        run(measured / "cell.csv", "--area", "1.13 cm2", *THICK, "--pristine", measured / name, "-o", measured / "o")
        == 2
    )
    told = capsys.readouterr().err.strip().splitlines()[-1]
    assert "--pristine" in told and name in told
    assert not (measured / "o").exists()


# --- a series ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def steps(pristine):
    """Three spectra of a film in the same cell, after the pristine one."""
    for number in (1, 2, 3):
        film = {"film_resistance": 12e-4 / number, "film_capacitance": 5e-3, "film_exponent": 0.95}
        write_csv(made_up(InterfaceModel("film"), 3 + number, film), pristine.parent / f"step{number}.csv")
    return [pristine, *(pristine.parent / f"step{number}.csv" for number in (1, 2, 3))]


def test_a_series_tells_charge_and_agreement(steps, capsys):
    out = steps[0].parent / "out"
    films = ["--model", "film", "--pristine", "first", "--charge-step", "0.05 mAh/cm2"]
    assert run(*steps, *THICK, *films, "--out", out) == 0
    record = json.loads((out / "interpretation.json").read_text("utf-8"))
    assert [item["name"] for item in record["files"]] == ["step1.csv", "step2.csv", "step3.csv"]
    thick = [item["mean_metal_thickness_m"] for item in record["files"]]
    assert thick == pytest.approx([0.443e-6, 0.886e-6, 1.329e-6], rel=2e-3)
    assert all(item["electrolyte_shared"] for item in record["files"])
    told = capsys.readouterr()
    assert "443 nm by the charge" in told.out
    assert "3 of 3, posterior of film" in told.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--pristine", "first", "--charge-step=-1 mC/cm2"], "--charge-step '-1 mC/cm2'"),
        (["--charge-step", "1 mC/cm2", "--charge", "0, 1, 2, 3 mC/cm2"], "expected one of them"),
        (["--charge", "0, 1 mC/cm2"], "2 values for 4 spectra; expected one for each"),
        (["--charge", "0, 0, -1, 0 mC/cm2"], "-1 is below zero; expected charges that passed"),
        (["--charge-step", "1 C/cm2", "--charge", "1, 2, 3 C/cm2", "--pristine", "lost.csv"], "one of them"),
        (["--charge", "1, 2, 3, 4 kC/cm2"], "contradict each other"),
    ],
)
def test_charges_that_cannot_be_are_refused(steps, arguments, words, capsys):
    assert run(*steps, *THICK, *arguments, "--out", steps[0].parent / "out") == 2
    assert words in capsys.readouterr().err
    assert not (steps[0].parent / "out").exists()


def test_a_file_is_heard_once_in_a_series(steps, capsys):
    again = steps[1].parent / "." / steps[1].name
    assert run(steps[1], again, *THICK, "--series", "--out", steps[0].parent / "out") == 2
    assert f"{again}: given twice; expected each file of a series once" in capsys.readouterr().err


HELD = """
[priors]  # as the cell was made: fewer unknowns are quicker
relative_permittivity = 30.0
grain_boundary_frequency = "1 MHz"
grain_boundary_exponent = 0.9
film_exponent = 0.95
"""


def test_a_killed_run_goes_on_where_it_was(steps, capsys, monkeypatch):
    """After the kill only what was not finished is fitted, and the result is that of a run in one go."""
    from constriction.interpret import interpretation

    whole, out, known = (steps[0].parent / name for name in ("whole", "out", "known.toml"))
    known.write_text(HELD, encoding="utf-8")
    arguments = [*steps[1:3], *THICK, "--model", "film", "--series", "--priors", known]
    assert run(*arguments, "--out", whole) == 0
    fit, calls = interpretation.find_modes, []

    def killed(*given):
        if len(calls) == 3:
            raise KeyboardInterrupt
        calls.append(1)
        return fit(*given)

    monkeypatch.setattr(interpretation, "find_modes", killed)
    assert run(*arguments, "--out", out) == 130
    assert json.loads((out / "interpretation.json").read_text("utf-8"))["unfinished"].startswith("stopped")
    assert len(list(out.glob("kept-*.npz"))) == 4  # two best fits; one more, and the samples about it
    monkeypatch.setattr(interpretation, "find_modes", lambda *given: calls.append(1) or fit(*given))
    assert run(*arguments, "--out", out) == 0
    assert len(calls) == 4
    names = sorted(path.name for path in out.iterdir())
    assert names == sorted(path.name for path in whole.iterdir()) and not any("kept" in name for name in names)
    assert (out / "interpretation.json").read_text("utf-8") == (whole / "interpretation.json").read_text("utf-8")
