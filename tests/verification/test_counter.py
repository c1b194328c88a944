"""A counter electrode with an interface of its own: symmetric cells, unlike electrodes, and what is refused.

Problem: two interfaces on one slab. Exact answers: Z = slab + (Z_1 − slab) + (Z_2 − slab) of each solved alone; for
equal ones the plane in the middle is an equipotential, so half the slab with one interface, twice, is the cell at any
thickness. The difference of the two is what adding leaves out: at most the error that a thin slab is refused with.
"""

import json
import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from cases import HEXAGONAL, SQUARE, STRIPES, tube
from study_files import SPECTRAL, write_study

from constriction import parse_case, simulate
from constriction.base.errors import InputError
from constriction.cli import main
from constriction.compare.cell import Cell, cell_case, half_cell
from constriction.geometry.cell import lay_out
from constriction.simulation.counter import check_apart, slowest_decay
from constriction.spectra.spectrum import Spectrum, write_csv

TRANSFER = {"law": "p(R1,C1)", "R1": "2 ohm cm2", "C1": "1 uF/cm2"}
OTHER = """
[interface]
pattern = "hexagonal"
contact_fraction = 0.4
pitch = "1 mm"
[gap]
height = "1 um"
"""


def case_with(interface, thickness="6 mm", **sections):
    return parse_case(
        {
            "electrolyte": {"thickness": thickness},
            "interface": interface,
            "gap": {"height": "5 nm"},
            "sweep": {"from": "10 MHz", "to": "100 Hz", "points_per_decade": 1},
            "accuracy": {"method": "spectral", "relative_error": 0.01, **sections.pop("accuracy", {})},
            **sections,
        },
        folder={"other.toml": OTHER},
    )


@pytest.mark.parametrize("contact", [{}, TRANSFER], ids=["ideal", "film"])
def test_symmetric_is_twice_one_side(contact):
    one = simulate(case_with(SQUARE, contact=contact))
    two = simulate(case_with(SQUARE, contact=contact, counter={"symmetric": True}))
    expected = 2 * one.spectrum.impedance - one.slab.impedance
    np.testing.assert_allclose(two.spectrum.impedance, expected, rtol=1e-12)
    assert two.R_cstr == pytest.approx(2 * one.R_cstr, rel=1e-12)
    assert two.R_dc == pytest.approx(one.R_electrolyte + 2 * one.R_interface, rel=1e-12)
    assert two.C_cstr == pytest.approx(one.C_cstr / 2, rel=1e-6)
    assert two.spectrum_error == pytest.approx(2 * one.spectrum_error)
    np.testing.assert_allclose(two.impedance(two.spectrum.frequency), two.spectrum.impedance, rtol=1e-12)


def test_two_unlike_electrodes_add():
    cell = simulate(case_with(SQUARE, contact=TRANSFER, counter={"file": "other.toml"}))
    near = simulate(case_with(SQUARE, contact=TRANSFER))
    far = simulate(case_with({**HEXAGONAL, "contact_fraction": 0.4}, gap={"height": "1 um"}))
    expected = near.spectrum.impedance + far.spectrum.impedance - near.slab.impedance
    np.testing.assert_allclose(cell.spectrum.impedance, expected, rtol=1e-12)
    assert cell.R_cstr == pytest.approx(near.R_cstr + far.R_cstr, rel=1e-12)
    assert cell.R_full_contact == pytest.approx(near.R_electrolyte + 2e-4, rel=1e-12)
    assert [side.R_cstr for side in cell.sides] == [near.R_cstr, far.R_cstr]
    assert cell.spectrum_error == near.spectrum_error + far.spectrum_error


CELLS = {
    "square": SQUARE,
    "stripes": STRIPES,
    "small stripes": {**STRIPES, "contact_fraction": 0.05},
    "tube": tube(0.1),
}


@pytest.mark.parametrize("name", CELLS)
def test_adding_leaves_out_at_most_what_a_thin_slab_is_refused_with(name):
    """So thin that it is 3 % of R_cstr."""
    interface, fine = CELLS[name], {"relative_error": 1e-3}
    decay = slowest_decay(lay_out(case_with(interface).interface))
    thickness = f"{-math.log(0.015) / decay * 1e3!r} mm"
    exact = simulate(half_cell(case_with(interface, thickness, accuracy=fine), 2))
    one = simulate(case_with(interface, thickness, accuracy=fine))
    assert abs(one.R_cstr / exact.R_cstr - 1) <= 0.03
    symmetric = case_with(interface, thickness, counter={"symmetric": True}, accuracy={"relative_error": 0.0299})
    with pytest.raises(
        InputError, match=r"^counter: the interfaces are .* error of 0\.03; expected electrolyte\.thick"
    ):
        simulate(symmetric)
    check_apart(
        symmetric.model_copy(update={"accuracy": symmetric.accuracy.model_copy(update={"relative_error": 0.031})})
    )


@pytest.mark.parametrize("thickness", ["2 mm", "0.4 mm"], ids=["deep", "thin"])
def test_a_comparison_solves_the_whole_cell_where_it_is_deep_and_else_half_of_it(thickness):
    case = case_with(SQUARE, thickness)
    cell, half = (Cell(simulate(one), 2) for one in (cell_case(case, 2), half_cell(case, 2)))
    assert cell.result.case.counter.symmetric == (thickness == "2 mm")
    assert cell_case(case, 1) is case
    frequency = case_frequencies()
    difference = np.abs(cell.spectrum(frequency).impedance - half.spectrum(frequency).impedance)
    assert difference.max() <= cell.error + half.error
    np.testing.assert_allclose(cell.pristine(frequency).impedance, half.pristine(frequency).impedance, rtol=1e-12)
    assert cell.R_cstr[0] == pytest.approx(half.result.R_cstr, abs=cell.error)
    for mine, other in zip(cell.times(), half.times(), strict=True):
        assert mine.resistances.sum() == pytest.approx(other.resistances.sum(), rel=3e-3)


def case_frequencies():
    return np.geomspace(1e7, 100.0, 6)


def test_times_of_unlike_electrodes():
    both = Cell(simulate(case_with(SQUARE, counter={"file": "other.toml"})), 1)
    times, _ = both.times()
    assert times.exact and times.times.size > 4
    frequency = case_frequencies()
    whole = both.result.constriction(frequency)
    assert np.abs(times.impedance(frequency) - whole).max() <= 3e-3 * both.result.R_cstr


# --- commands -------------------------------------------------------------------------------------------------------

CASE = """
[electrolyte]
thickness = "{thickness}"
[interface]
pattern = "square"
contact_fraction = 0.2
pitch = "1 mm"
[gap]
height = "5 nm"
[accuracy]
relative_error = 0.01
method = "spectral"
{counter}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with a measured file of a symmetric cell."""
    monkeypatch.chdir(tmp_path)
    Path("other.toml").write_text(OTHER)
    cell = Cell(simulate(half_cell(parse_case(tomllib.loads(text())), 2)), 2)
    frequency = np.geomspace(5e6, 200.0, 45)
    ripple = 1 + 1e-3 * np.exp(2.4j * np.arange(frequency.size))
    write_csv(Spectrum(frequency, cell.spectrum(frequency).impedance * ripple, "ohm m2"), "cell.csv")
    return tmp_path


def text(thickness="2 mm", counter=""):
    return CASE.format(thickness=thickness, counter=counter)


@pytest.mark.parametrize("counter", ["symmetric = true", 'file = "other.toml"'])
def test_two_interfaces_are_not_told_twice(here, capfd, counter):
    Path("case.toml").write_text(text(counter=f"[counter]\n{counter}"))
    assert main(["compare", "case.toml", "cell.csv", "--interfaces", "2", "--out", "out"]) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1
    assert "--interfaces 2: [counter] of case.toml is the second one already; expected 1" in err
    assert not Path("out").exists()


@pytest.mark.parametrize(("thickness", "symmetric"), [("2 mm", True), ("0.6 mm", False)])
def test_what_stands_in_a_comparison_of_two_interfaces(here, thickness, symmetric):
    Path("case.toml").write_text(text(thickness))
    Path("twice.toml").write_text(text(thickness, "[counter]\nsymmetric = true"))
    assert main(["compare", "case.toml", "cell.csv", "--interfaces", "2", "--out", "out"]) == 0
    record = json.loads(Path("out/comparison.json").read_text())
    assert record["interfaces"] == 2
    assert ("symmetric = true" in Path("out/case.toml").read_text()) == symmetric
    assert sum(record["relaxation_times"]["electrolyte_ohm_cm2"]) == pytest.approx(40 if symmetric else 12)
    code = main(["compare", "twice.toml", "cell.csv", "--out", "said"])
    assert code == (0 if symmetric else 2)
    if symmetric:
        said = json.loads(Path("said/comparison.json").read_text())
        assert said["interfaces"] == 1
        assert said["R_cstr_ohm_cm2"] == pytest.approx(2 * record["R_cstr_ohm_cm2"])
        assert said["files"] == record["files"]


BAD = {
    "negative": ('[contact]\nlaw = "R1"\nR1 = "-1 ohm cm2"', "contact.R1 = '-1 ohm cm2': expected"),
    "no number": ('[contact]\nlaw = "R1"\nR1 = "nan ohm cm2"', "contact.R1 = 'nan ohm cm2': expected"),
    "exponent": ('[contact]\nlaw = "Q1"\nQ1 = "1 uS s^1.2/cm2"\na1 = 1.2', "contact.a1 = 1.2: expected a number from"),
    "inductor": ('[contact]\nlaw = "R1-L1"\nR1 = "1 ohm cm2"\nL1 = "1 uH"', "L: expected a passive law"),
    "inside itself": ('[contact]\nfine = "case.toml"', "a case inside itself"),
    "pitch above the island": ('[contact]\nfine = "other.toml"', "contact.fine: its pitch is 1 mm, and the narrowest"),
    "thin slab": ("[counter]\nsymmetric = true", "counter: the interfaces are 100 um apart, and adding them would"),
}


@pytest.mark.parametrize(("section", "message"), BAD.values(), ids=BAD)
def test_bad_laws_get_one_line(tmp_path, monkeypatch, capfd, section, message):
    monkeypatch.chdir(tmp_path)
    Path("other.toml").write_text(OTHER)
    Path("case.toml").write_text(text("100 um", section))
    assert_refused(capfd, message)


def test_no_contact_without_a_law_gets_one_line(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    Path("case.toml").write_text(text().replace("contact_fraction = 0.2", "contact_fraction = 0"))
    assert_refused(capfd, "interface.contact_fraction = 0.0: expected a number from")


def assert_refused(capfd, message):
    assert main(["run", "case.toml", "--out", "out"]) == 2
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1
    assert message in err
    assert not Path("out").exists()


def test_a_study_of_cells_with_two_interfaces(here):
    """Solved once for both thicknesses' gaps; a slab that is too thin is a failure of its own."""
    grid = SPECTRAL + '[base.gap]\nlaw = "C"\n[grid]\n"gap.height" = ["5 nm", "50 nm"]\n"electrolyte.thickness" = '
    sizes = '["1 mm", "8 um"]\n[base.counter]\nsymmetric = true\n'
    assert main(["study", "run", str(write_study(here, grid + sizes)), "--out", "two"]) == 0
    found = [json.loads(path.read_text()) for path in sorted(Path("two").rglob("*.json"))]
    done = [one["result"] for one in found if one.get("status") == "done"]
    failed = [one["error"] for one in found if one.get("status") == "failed"]
    assert len(done) == len(failed) == 2
    assert all(error.startswith("counter: the interfaces are 8 um apart") for error in failed)
    for one in done:
        assert one["R_cstr_ohm_cm2"] == pytest.approx(2 * one["near_R_cstr_ohm_cm2"])
        assert one["near_R_cstr_ohm_cm2"] == one["far_R_cstr_ohm_cm2"]
