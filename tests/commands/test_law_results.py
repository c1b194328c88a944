"""What is said of cells with laws: films, blocking and pristine cells, two levels, a pellet; no number is made up."""

import json
import re
from html import unescape

import pytest

from constriction import parse_case, simulate
from constriction.cli import main
from constriction.compare.records import left_out
from constriction.simulation.cross_check import CrossCheck
from constriction.simulation.record import result_record
from constriction.view.pages.case_words import case_in_words
from constriction.view.pages.run_report import answer, number_rows
from constriction.view.terminal.result_rows import run_rows, two_levels_warning
from constriction.view.terminal.words import cross_check_rows

SPOTS = {"pattern": "square", "contact_fraction": 0.2, "pitch": "100 um"}
FILM = {"law": "p(R1,C1)", "R1": "0.5 ohm cm2", "C1": "20 uF/cm2"}
BLOCKING = {"law": "Q1", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}
BONDED = {"law": "p(C,Q1)", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}
LEAK = {"law": "p(C,R1)", "R1": "20 ohm cm2"}
MICRO = """
[interface]
pattern = "square"
contact_fraction = 0.2
pitch = "{}"
"""
PELLET = {"pattern": "single", "cell_shape": "circular", "contact_fraction": 0.3, "pitch": "1 mm"}
CASES = {
    "ideal": {},
    "film": {"contact": FILM},
    "blocking": {"contact": BLOCKING},
    "bonded": {"gap": BONDED},
    "pristine": {"interface": SPOTS | {"contact_fraction": 0}, "gap": BONDED},
    "leak": {"interface": SPOTS | {"contact_fraction": 0}, "gap": LEAK},
    "everywhere": {"interface": SPOTS | {"contact_fraction": 1}, "contact": FILM},
    "both block": {"contact": BLOCKING, "gap": BONDED},
    "leak beside a blocking film": {"contact": BLOCKING, "gap": LEAK},
    "two levels": {"contact": {"fine": "micro.toml"}},
    "pellet": {"interface": PELLET, "gap": {"height": "none"}},
}


def case_of(name, micro="5 um", method="spectral"):
    sections = {"interface": SPOTS, "accuracy": {"method": method, "relative_error": 0.05}, **CASES[name]}
    return parse_case(sections, name, {"micro.toml": MICRO.format(micro)})


@pytest.fixture(scope="module")
def solved():
    results = {}

    def result_of(name):
        if name not in results:
            results[name] = simulate(case_of(name))
        return results[name]

    return result_of


@pytest.fixture(scope="module")
def records(solved):
    return lambda name: json.loads(json.dumps(result_record(solved(name))))


def has(record):
    """Which of the DC resistances a record has."""
    names = ("R_cstr", "R_interface", "R_full_contact", "R_dc")
    return [name for name in names if record[f"{name}_ohm_cm2"] is not None]


EVERY = ["R_cstr", "R_interface", "R_full_contact", "R_dc"]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("ideal", EVERY),
        ("film", EVERY),
        ("blocking", []),
        ("bonded", EVERY),
        ("pristine", ["R_full_contact"]),
        ("leak", EVERY),
        ("everywhere", EVERY),
        ("both block", []),
        ("leak beside a blocking film", ["R_interface", "R_dc"]),
        ("two levels", EVERY),
        ("pellet", EVERY),
    ],
)
def test_what_diverges_is_null(records, name, there):
    record = records(name)
    assert has(record) == there
    assert (record["R_interface_error_ohm_cm2"] is None) == ("R_interface" not in there)
    assert (record["R_cstr_error_ohm_cm2"] is None) == ("R_cstr" not in there)
    assert record["accuracy_reached"]


@pytest.mark.parametrize("name", CASES)
def test_resistances_add_up(records, name):
    record = {key.removesuffix("_ohm_cm2"): value for key, value in records(name).items()}
    if record["R_dc"] is not None:
        assert record["R_electrolyte"] + record["R_interface"] == pytest.approx(record["R_dc"], rel=1e-12)
    if record["R_cstr"] is not None:
        assert record["R_full_contact"] + record["R_cstr"] == pytest.approx(record["R_dc"], rel=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_tables_and_reports_say_what_is_not_there(records, name):
    record = records(name)
    rows = dict(run_rows(record))
    texts = [*rows.values(), *answer(record).sentences, answer(record).headline]
    texts += [text for row in number_rows(record) for text in row]
    assert [text for text in texts if re.search(r"None|nan|inf\b", text)] == []
    assert ("R_interface" in rows) == (name not in ("ideal", "bonded", "leak", "pellet"))
    if record["R_dc_ohm_cm2"] is None:
        assert rows["R_dc"] == "none" and "no direct current" in rows["R_interface"]
        assert answer(record).headline == "No direct current passes"
    if "C_cstr" in rows and len(record["peaks"]) == 1:
        assert "several" not in rows["C_cstr"]


@pytest.mark.parametrize("name", CASES)
def test_methods_agree_with_themselves(solved, name):
    check = CrossCheck(solved(name), solved(name))
    record = json.loads(json.dumps(result_record(solved(name)) | check.record()))
    assert check.agrees
    assert "None" not in " ".join(text for row in cross_check_rows(record) for text in row)


def test_pellet_and_finer_case_have_lines_of_their_own(records):
    pellet, levels = (dict(run_rows(records(name))) for name in ("pellet", "two levels"))
    assert pellet["electrode"].startswith("0.002356 cm² on a pellet of 0.007854 cm²")
    assert re.fullmatch(r"R_cstr [\d.]+ ± [\d.]+ Ω, R_dc [\d.]+ Ω", pellet["pellet"])
    assert re.match(
        r"R_interface 0\.\d+ ± .* Ω·cm², its pitch is 0\.099 of the narrowest contact", levels["finer case"]
    )


def test_warning_of_a_finer_pitch_that_is_not_small(records):
    record = records("two levels")
    assert two_levels_warning(record) == ""
    coarse = record | {"fine_pitch_over_island": 0.4, "two_levels_relative_error": 0.2}
    assert "0.4 of the width" in two_levels_warning(coarse) and "about 20 % of R_interface" in two_levels_warning(
        coarse
    )
    assert answer(coarse).caution and two_levels_warning(coarse) in answer(coarse).sentences


def test_case_in_words_tells_laws():
    assert (
        "Where it touches, current passes p(R1,C1) per area with R1 = 500 mohm cm2, C1 = 20 uF/cm2."
        in case_in_words(case_of("film"))
    )
    pristine = case_in_words(case_of("pristine"))
    assert "touches nowhere. Everywhere a gap of 100 nm lies under flat copper; current passes p(C,Q1)" in pristine
    assert "in a finer pattern (micro.toml): discs on a square lattice, 5 µm apart" in case_in_words(
        case_of("two levels")
    )


def test_what_is_not_simulated_depends_on_the_case():
    assert left_out(case_of("ideal"))[2:] == ("the counter electrode, charge transfer and films",)
    assert left_out(case_of("film"))[2:] == ("the counter electrode",)


# --- commands


def written(path, name, micro="5 um"):
    """A case in a folder, with the file that it refers to."""
    from constriction.case.schema import referred_files, resolved_toml

    case = case_of(name, micro)
    for file, text in {"case.toml": resolved_toml(case), **referred_files(case)}.items():
        (path / file).write_text(text, "utf-8")
    return str(path / "case.toml")


@pytest.mark.parametrize("name", ["film", "blocking", "pristine", "two levels"])
def test_run_and_compare_take_it(tmp_path, capsys, name):
    case, out = written(tmp_path, name), tmp_path / "out"
    assert main(["run", case, "--out", str(out), "--report", "--pdf"]) == 0
    page = unescape(re.sub(r"<[^>]+>", "", (out / "report.html").read_text("utf-8").split("<script")[0]))
    assert re.findall(r"\bNone\b|\bnan\b", page) == []
    again = ["run", str(out / "case.toml"), "--out", str(out), "--json"]  # loads by itself, and is replaced by itself
    assert main(again) == 0
    assert main(["compare", case, str(out / "spectrum.csv"), "--out", str(tmp_path / "compared"), "--report"]) == 0
    record = json.loads((tmp_path / "compared" / "comparison.json").read_text("utf-8"))
    assert record["files"][0]["residual_largest"] < 1e-6
    assert (tmp_path / "compared" / "micro.toml").exists() == (name == "two levels")
    capsys.readouterr()


def test_run_warns_of_two_levels_and_refuses_what_is_no_film(tmp_path, capsys):
    case = written(tmp_path, "two levels", micro="20 um")
    assert main(["run", case, "--out", str(tmp_path / "out"), "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["fine_pitch_over_island"] == pytest.approx(0.396, abs=1e-3)
    (warning,) = [line for line in told.err.splitlines() if line.startswith("WARNING")]
    assert "about 20 % of R_interface" in warning
    case = written(tmp_path, "two levels", micro="60 um")
    assert main(["run", case, "--out", str(tmp_path / "other")]) == 2
    assert "contact.fine: its pitch is 60 um" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_pristine_cell_is_fitted_back(tmp_path, capsys):
    case, out = written(tmp_path, "pristine"), tmp_path / "out"
    assert main(["run", case, "--out", str(out)]) == 0
    given = [str(out / "spectrum.csv"), "--circuit", "R-RQ-Q", "--out", str(tmp_path / "fit"), "--json"]
    assert main(["analyze", *given]) == 0
    capsys.readouterr()
    (entry,) = json.loads((tmp_path / "fit" / "fit.json").read_text("utf-8"))["files"]
    found = {name: parameter["value"] for name, parameter in entry["parameters"].items()}
    # The circuit has neither the bulk's capacitance nor the gap's, 0.1 % of |Z|.
    assert entry["R_SE_ohm_cm2"] == pytest.approx(30, rel=2e-3)
    assert found["a2"] == pytest.approx(0.9, abs=2e-3)
    assert found["Q2"] == pytest.approx(0.2, rel=5e-3)
