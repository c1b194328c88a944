"""Finite elements and the spectral twin agree within both error bars; test_shipped_cases.py has the cases of meshes/.

The two share the layout of the contacts and nothing else: meshes against grids or Bessel functions, MUMPS against
conjugate gradients, residual bounds of their own. Agreement of R_cstr and of every Z of the sweep, in units of the sum
of both error bars, must be below one; C_cstr and f_cstr follow from the same spectrum.
"""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cases import MORPHOLOGIES, SQUARE, case_of, tube

from constriction import load, parse_case
from constriction.base.errors import SolverError
from constriction.cli import main
from constriction.simulation.cross_check import CrossCheck, twin
from constriction.simulation.simulate import simulate

MESHES = Path(__file__).parents[2] / "meshes"


def check_of(case):
    return CrossCheck(simulate(case), simulate(twin(case)))


GAP = {"height": "2 nm", "model": "thin"}  # relaxes within the sweep


@pytest.mark.parametrize("name", [*MORPHOLOGIES, "pore in a tube", "shallow slab"])
def test_both_methods_agree_on_other_morphologies(name):
    interface = {**MORPHOLOGIES, "pore in a tube": tube(0.6, inverted=True), "shallow slab": SQUARE}[name]
    electrolyte = {"thickness": "0.1 mm"} if name == "shallow slab" else None
    check = check_of(case_of(interface, gap=GAP, electrolyte=electrolyte, relative_error=1e-2))
    assert check.agrees, check.record()


def test_command_line_prints_and_writes_both(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["run", str(MESHES / "stripes.toml"), "--cross-check", "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert (
        "they agree" in shown and "finite_elements   R_cstr 0.50" in shown and "spectral          R_cstr 0.50" in shown
    )
    record = json.loads((out / "result.json").read_text("utf-8"))
    assert record["method"] == "finite_elements" and record["cross_check_method"] == "spectral"
    assert record["cross_check_within_error_bars"] is True
    assert record["cross_check_difference_in_error_bars"] == pytest.approx(
        abs(record["R_cstr_ohm_cm2"] - record["cross_check_R_cstr_ohm_cm2"])
        / (record["R_cstr_error_ohm_cm2"] + record["cross_check_R_cstr_error_ohm_cm2"])
    )


def test_disagreement_is_told_and_written(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(CrossCheck, "difference", property(lambda self: 3.5))
    out = tmp_path / "out"
    assert main(["run", str(MESHES / "stripes.toml"), "--cross-check", "--out", str(out)]) == 1
    shown = capsys.readouterr()
    assert "they DISAGREE" in shown.out
    assert shown.err.splitlines()[-1].startswith(
        "constriction: error: the two methods disagree: R_cstr by 3.5, the spectrum by 0."
    )
    record = json.loads((out / "result.json").read_text("utf-8"))
    assert record["cross_check_within_error_bars"] is False


def widened(result, error):
    """The same result with other error bars."""
    bars = {"R_cstr_error": error * result.R_cstr, "spectrum_error": error * result.R_cstr}
    return replace(result, **bars, relative_error_reached=error)


@pytest.mark.parametrize(
    ("bars", "outcome"), [((1e-3, 1e-3), "agree"), ((0.2, 0.2), "agree"), ((0.3, 0.3), "not resolved")]
)
def test_bars_as_wide_as_the_value_agree_with_nothing(bars, outcome):
    result = simulate(load(MESHES / "stripes.toml"))
    check = CrossCheck(*(widened(result, bar) for bar in bars))
    assert check.outcome == outcome
    record = check.record()
    assert record["cross_check_outcome"] == outcome
    assert record["cross_check_within_error_bars"] is {"agree": True, "not resolved": None}[outcome]
    assert (record["cross_check_remark"] is None) is (outcome == "agree")


def test_far_apart_is_disagreement_however_wide_the_bars():
    result = simulate(load(MESHES / "stripes.toml"))
    other = replace(widened(result, 0.4), R_cstr=3 * result.R_cstr)
    assert CrossCheck(widened(result, 0.4), other).outcome == "disagree"


def test_full_contact_agrees_with_itself():
    case = case_of({**SQUARE, "contact_fraction": 1})
    check = check_of(case)
    assert check.outcome == "agree" and check.difference == check.spectrum_difference == check.bars == 0


@pytest.mark.parametrize(
    ("fraction", "contact", "gap"),
    [
        (1, {"law": "R1", "R1": "0.5 ohm cm2"}, {}),
        (0, {}, {"law": "p(C,Q1)", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}),
        (0.3, {"law": "Q1", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}, {}),
    ],
    ids=["film everywhere", "gap everywhere", "blocking"],
)
def test_methods_agree_where_nothing_constricts_or_nothing_passes(fraction, contact, gap):
    case = {"interface": {**SQUARE, "contact_fraction": fraction}, "contact": contact, "gap": gap}
    check = check_of(parse_case({**case, "accuracy": {"relative_error": 0.05}}))
    assert check.agrees, check.record()
    # What is exact by both differs by rounding only, which is no disagreement.
    assert (check.asked.spectrum_error == 0) == (fraction in (0, 1))


@pytest.mark.parametrize("error", [MemoryError(), SolverError("it does not converge"), ValueError("odd\nnumbers")])
def test_the_first_result_is_kept_when_the_second_method_fails(tmp_path, capsys, monkeypatch, error):
    def fails(case, options):
        assert (tmp_path / "out" / "result.json").exists()  # before the second is begun
        raise error

    monkeypatch.setattr("constriction.simulation.cross_check.simulate", fails)
    out = tmp_path / "out"
    assert main(["run", str(MESHES / "stripes.toml"), "--cross-check", "--out", str(out)]) == 1
    shown = capsys.readouterr()
    assert "not resolved: spectral gave no result" in shown.out
    last = shown.err.splitlines()[-1]
    assert last.startswith("constriction: error: not resolved: spectral gave no result: ")
    record = json.loads((out / "result.json").read_text("utf-8"))
    assert record["R_cstr_ohm_cm2"] == pytest.approx(0.5027, rel=1e-3)
    assert record["cross_check_outcome"] == "not resolved" and record["cross_check_R_cstr_ohm_cm2"] is None
    assert record["cross_check_within_error_bars"] is None
    assert {path.name for path in out.iterdir()} >= {"case.toml", "spectrum.csv", "nyquist.png", "contacts.geojson"}


def test_what_the_second_method_cannot_do_is_refused_first(tmp_path, capsys):
    """A spot of 6e-5 tube radii would take transforms terabytes."""
    path = tmp_path / "case.toml"
    interface = 'pattern = "single"\ncell_shape = "circular"\ncontact_fraction = 4e-9\npitch = "1 mm"'
    path.write_text(f'[interface]\n{interface}\n[gap]\nmodel = "thin"\n', "utf-8")
    assert main(["run", str(path), "--cross-check", "--out", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "too small for transforms" in line and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        ("", ["--cross-check"], "gap.model = 'auto': the gap becomes a volume"),
        ('[accuracy]\nmethod = "spectral"', [], "gap.model = 'auto': the gap becomes a volume"),
        ('[accuracy]\nmethod = "spectral"', ["--field"], "--field: expected accuracy.method = 'finite_elements'"),
        (
            '[accuracy]\nmethod = "fft"',
            [],
            "accuracy.method = 'fft': expected 'finite_elements', 'spectral' or 'contacts'",
        ),
    ],
)
def test_wrong_input_is_one_line(tmp_path, capsys, change, options, words):
    path = tmp_path / "case.toml"
    path.write_text((MESHES / "lifted_copper.toml").read_text("utf-8") + change, "utf-8")
    assert main(["run", str(path), *options, "--out", str(tmp_path / "out")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"constriction: {path}: ") and words in line
    assert not (tmp_path / "out").exists()


def test_spectral_run_from_the_command_line(tmp_path, capsys):
    """The asked accuracy on the command line keeps the method of the file."""
    path = tmp_path / "case.toml"
    text = (MESHES / "sodium_islands.toml").read_text("utf-8")
    path.write_text(text + '\n[accuracy]\nmethod = "spectral"\n', "utf-8")
    command = ["run", str(path), "--json", "--relative-error", "3e-4", "--out", str(tmp_path / "out")]
    assert main(command) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["method"] == "spectral" and record["accuracy_reached"]
    assert record["relative_error_asked"] == 3e-4
    assert set(record["versions"]) == {"constriction", "numpy", "scipy", "git_commit"}
    assert record["unknowns"] < record["cells"]  # pixels wholly in contact are not free
    assert np.isclose(record["R_cstr_ohm_cm2"], 14.81, atol=0.02) and math.isfinite(record["f_cstr_hertz"])
    main(command[:2] + ["--out", str(tmp_path / "out")])
    assert "finest grid" in capsys.readouterr().out
