"""`constriction compare`: what it writes and prints, and what bad input gets."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from cases import ISLANDS

from constriction.cli import main
from constriction.compare.records import COLUMNS, COMPARISON
from constriction.spectra.spectrum import Spectrum, write_csv

CASE = f'title = "Islands"\n{ISLANDS}method = "spectral"\n'
FREQUENCY = np.geomspace(5e6, 200.0, 45)
AREA = 1.13  # cm²


def made_up(frequency=FREQUENCY, area=AREA):
    """A cell in Ω: the electrolyte of the case, an arc of 14.7 Ω·cm² at 45 kHz, and a ripple of 0.1 % for noise."""
    arcs = 20 / (1 + 1j * frequency / 1e6) + 14.7 / (1 + 1j * frequency / 45e3)
    ripple = 1 + 1e-3 * np.exp(2.4j * np.arange(frequency.size))
    return Spectrum(frequency, (10 + arcs) * ripple / area, "ohm")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with a case, a measured file and some bad ones."""
    monkeypatch.chdir(tmp_path)
    Path("case.toml").write_text(CASE)
    write_csv(made_up(), "cell.csv")
    write_csv(made_up(np.geomspace(50.0, 0.1, 20)), "slow.csv")
    write_csv(made_up(np.geomspace(50.0e6, 6e6, 20)), "fast.csv")
    write_csv(Spectrum(FREQUENCY, made_up(area=1e4).impedance, "ohm m2"), "per_area.csv")
    write_csv(Spectrum(FREQUENCY, made_up().impedance, "ohm m"), "normalised.csv")
    Path("broken.csv").write_text("frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm\n1,2\n")
    Path("both.toml").write_text(CASE + "[counter]\nsymmetric = true\n")
    Path("foreign").mkdir()
    Path("foreign/notes.txt").write_text("mine")
    return tmp_path


BAD = {
    "no area": ("case.toml cell.csv", r"cell\.csv: in Ω, and the file names no area .* expected --area, such as"),
    "wrong unit": ("case.toml cell.csv --area 1.13mm", r"--area '1\.13mm': expected an area such as '1\.13 cm2'"),
    "no unit": ("case.toml cell.csv --area 1.13", r"--area '1\.13': expected an area with its unit"),
    "no size": ("case.toml cell.csv --area 0cm2", r"--area '0cm2': expected an area above zero"),
    "below": (
        "case.toml slow.csv --area 1cm2",
        r"slow\.csv: measured from 0\.1 to 50 Hz, simulated from 100 to 7e\+06",
    ),
    "too little": (
        "case.toml fast.csv --area 1cm2",
        r"fast\.csv: window 6e\+06 to 7e\+06 Hz: 2 points of 20 .* at least 5",
    ),
    "unreadable": ("case.toml broken.csv --area 1cm2", r"broken\.csv, line 2"),
    "no such file": ("case.toml nofile.csv --area 1cm2", r"nofile\.csv: No such file"),
    "no thickness": (
        "case.toml cell.csv --area 1cm2 --thickness 1",
        r"--thickness '1': expected a length with its unit",
    ),
    "interfaces": ("case.toml cell.csv --area 1cm2 --interfaces 3", r"--interfaces 3: expected 1 or 2"),
    "two counters": (
        "both.toml cell.csv --area 1cm2 --interfaces 2",
        r"--interfaces 2: \[counter\] of both\.toml is the second one already; expected 1",
    ),
    "circuit": ("case.toml cell.csv --area 1cm2 --circuit R-RX", r"circuit 'R-RX', position 4"),
    "per area already": ("case.toml per_area.csv --area 1cm2", r"per_area\.csv: in Ω·cm², so per area already"),
    "cell constant": (
        "case.toml normalised.csv",
        r"normalised\.csv: in Ω·cm, normalised to the cell constant; expected",
    ),
    "no files": ("case.toml", r"no measured file: expected at least one after the case"),
    "no case": ("nocase.toml cell.csv --area 1cm2", r"nocase\.toml: No such file or directory; expected"),
    "accuracy": ("case.toml cell.csv --area 1cm2 --relative-error 2", r"--relative-error 2\.0: expected a number"),
    "memory": ("case.toml cell.csv --area 1cm2 --memory 8", r"--memory '8': expected a memory"),
    "foreign folder": (
        "case.toml cell.csv --area 1cm2 --out foreign",
        r"foreign: holds other things than a comparison",
    ),
}


@pytest.mark.parametrize(("arguments", "expected"), BAD.values(), ids=BAD)
def test_bad_input_gets_one_line(here, capfd, arguments, expected):
    before = sorted(here.rglob("*"))
    code = main(["compare", *arguments.split(), *([] if "--out" in arguments else ["--out", "out"])])
    out, err = capfd.readouterr()
    assert (code, out) == (2, "")
    assert sorted(here.rglob("*")) == before
    assert re.fullmatch(r"constriction: [^\n]+\n", err), err
    assert re.search(expected, err), err


def test_out_must_be_given(here, capfd):
    assert main(["compare", "case.toml", "cell.csv"]) == 2
    assert "--out" in capfd.readouterr().err


def test_folder_and_numbers(here, capfd):
    assert main(["compare", "case.toml", "cell.csv", "--area", "1.13 cm2", "--out", "out"]) == 0
    out, _ = capfd.readouterr()
    names = {path.name for path in Path("out").iterdir()}
    pictures = {"overlay.png", "residuals.png", "relaxation_times.png"}
    assert names == pictures | {"comparison.json", "table.csv", "case.toml"}
    assert all(Path("out", name).read_bytes().startswith(b"\x89PNG") for name in pictures)
    record = json.loads(Path("out/comparison.json").read_text())
    (entry,) = record["files"]
    assert entry["error"] is None
    assert entry["area_cm2"] == pytest.approx(AREA)
    assert entry["window_hertz"] == pytest.approx([200.0, 5e6])
    assert entry["points"] == FREQUENCY.size
    assert entry["measured_circuit"] == "R-RQ-RQ"
    r_int = entry["R_int"]
    assert r_int["measured_ohm_cm2"] == pytest.approx(14.7, rel=0.01)
    assert r_int["difference_percent"] == pytest.approx(
        100 * (r_int["measured_ohm_cm2"] / r_int["simulated_ohm_cm2"] - 1), rel=1e-9
    )
    bar = np.hypot(r_int["measured_stderr_ohm_cm2"], r_int["simulated_error_ohm_cm2"])
    apart = r_int["measured_ohm_cm2"] - r_int["simulated_ohm_cm2"]
    assert r_int["difference_in_error_bars"] == pytest.approx(apart / bar, rel=1e-9)
    assert len(record["not_simulated"]) == 3
    assert "Not simulated: inductance of cables" in out
    assert re.search(r"R_int +measured 14\.\d+ ± 0\.\d+ Ω·cm², simulated 1\d\.\d+ ± \d\.\d+ Ω·cm²: [+−]\d\.\d%", out), (
        out
    )
    rows = list(csv.DictReader(Path("out/table.csv").read_text().splitlines()))
    assert list(rows[0]) == COLUMNS.split(",")
    assert [row["quantity"] for row in rows] == ["R_SE", "R_int", "C_int"]
    assert float(rows[1]["measured"]) == r_int["measured_ohm_cm2"]


def test_relaxation_times_are_written(here, capfd):
    main(["compare", "case.toml", "per_area.csv", "--out", "out"])
    times = json.loads(Path("out/comparison.json").read_text())["relaxation_times"]
    assert times["exact"]
    assert sum(times["electrolyte_ohm_cm2"]) == pytest.approx(30.0, rel=1e-9)
    main_one = times["constriction_seconds"][int(np.argmax(times["constriction_ohm_cm2"]))]
    assert 1 / (2 * np.pi * main_one) == pytest.approx(45e3, rel=0.05)
    capfd.readouterr()


def test_failure_stays_in_the_table_and_the_others_go_on(here, capfd):
    files = ["broken.csv", "cell.csv", "slow.csv"]
    assert main(["compare", "case.toml", *files, "--area", "1.13 cm2", "--out", "out", "--json"]) == 0
    out, err = capfd.readouterr()
    record = json.loads(out)
    assert record == json.loads(Path("out/comparison.json").read_text())
    assert [entry["error"] is None for entry in record["files"]] == [False, True, False]
    assert "broken.csv, line 2" in record["files"][0]["error"]
    assert [line.split(":")[0] for line in err.splitlines()] == ["constriction"] * 2
    assert {path.name for path in Path("out").glob("*.png")} == {
        f"{kind}-2.png" for kind in ("overlay", "residuals", "relaxation_times")
    }
    rows = list(csv.DictReader(Path("out/table.csv").read_text().splitlines()))
    assert [row["file"] for row in rows] == ["broken.csv", *["cell.csv"] * 3, "slow.csv"]
    assert "line 2" in rows[0]["remark"]


def test_earlier_comparison_is_replaced_as_a_whole(here, capfd):
    command = ["compare", "case.toml", "--area", "1.13 cm2", "--out", "out"]
    assert main([*command, "cell.csv", "broken.csv"]) == 0
    assert Path("out/overlay-1.png").exists()
    assert main([*command, "cell.csv"]) == 0
    assert not list(Path("out").glob("*-1.png"))
    assert COMPARISON.is_ours(Path("out"))
    capfd.readouterr()


def test_area_of_the_file_is_told(here, capfd):
    """VersaStudio-like headers name an area; many programs write 1 cm² when nobody typed one."""
    header = "Electrode surface area : 2.000 cm²\nfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\n"
    cell = made_up(area=2.0)
    rows = [f"{f:.9e}\t{z.real:.9e}\t{-z.imag:.9e}" for f, z in zip(cell.frequency, cell.impedance, strict=True)]
    Path("lab.mpt").write_text("EC-Lab ASCII FILE\nNb header lines : 4\n" + header + "\n".join(rows) + "\n")
    assert main(["compare", "case.toml", "lab.mpt", "--out", "out"]) == 0
    out, _ = capfd.readouterr()
    assert "area 2 cm² from the file; many programs write 1 cm² when nobody typed one" in out
    (entry,) = json.loads(Path("out/comparison.json").read_text())["files"]
    assert entry["R_SE"]["measured_ohm_cm2"] == pytest.approx(30.0, rel=0.01)


def test_thickness_gives_values_by_the_cell_constant(here, capfd):
    """R·A/d and C·d/A of a pellet of 2 mm, as `analyze` gives them; the case's electrolyte is 1.5 mm thick."""
    size = ["--area", "1.13 cm2", "--thickness", "2 mm"]
    assert main(["compare", "case.toml", "cell.csv", *size, "--out", "out", "--report"]) == 0
    out, _ = capfd.readouterr()
    (entry,) = json.loads(Path("out/comparison.json").read_text())["files"]
    assert entry["thickness_cm"] == pytest.approx(0.2, rel=1e-12)
    for name, area, constant, factor in (
        ("R_SE", "ohm_cm2", "ohm_cm", 5),
        ("R_int", "ohm_cm2", "ohm_cm", 5),
        ("C_int", "farad_per_cm2", "farad_per_cm", 0.2),
    ):
        for side in ("measured", "measured_stderr", "simulated", "simulated_error"):
            per_area = entry[name][f"{side}_{area}"]
            assert entry[name][f"{side}_{constant}"] == pytest.approx(per_area * factor, rel=1e-12)
    rows = list(csv.DictReader(Path("out/table.csv").read_text().splitlines()))
    assert [row["unit"] for row in rows] == ["ohm_cm2", "ohm_cm", "ohm_cm2", "ohm_cm", "farad_per_cm2", "farad_per_cm"]
    assert rows[2]["difference_percent"] == rows[3]["difference_percent"]
    assert float(rows[3]["measured"]) == entry["R_int"]["measured_ohm_cm"]
    assert re.search(r"R_int·A/d +measured 7\d\.\d+ ± 0\.\d+ Ω·cm, simulated 7\d\.\d+ ± \d\.\d+ Ω·cm\n", out), out
    assert re.search(r"C_int·d/A +measured \d+\.\d+ ± \d+\.\d+ nF/cm, simulated", out), out
    assert "note              the electrolyte is 2 mm thick, the case's 1.5 mm\n" in out
    assert "Ω·cm<" in Path("out/report.html").read_text("utf-8").replace("</var>", "")
    assert main(["analyze", "cell.csv", "--circuit", "R-RQ-RQ", *size, "--out", "fit"]) == 0
    (fit,) = json.loads(Path("fit/fit.json").read_text())["files"]
    assert fit["R_int_ohm_cm"] / fit["R_int_ohm_cm2"] == pytest.approx(5, rel=1e-9)
    capfd.readouterr()
