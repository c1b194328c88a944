"""`constriction analyze` over several temperatures: activation energies that are known beforehand."""

import csv
import json
import re

import numpy as np
import pytest
from support.temperatures import BOLTZMANN, ENERGY, HEADER, KELVIN, SIGMA, SPECTRA, column, rows

from constriction.cli import main
from constriction.view.writers import spectra_plots


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(column())
    monkeypatch.setattr(spectra_plots, "draw_picture", lambda *_: None)  # seconds
    return tmp_path


def test_activation_energies(here, capfd):
    size = ["--area", "0.785 cm2", "--thickness", "1 mm"]
    assert main(["analyze", "t.csv", "--circuit", "R-RQ", *size, "--out", "x", "--report"]) == 0
    found = json.loads((here / "x/fit.json").read_text())["arrhenius"]
    assert found["of"] == "conductivity"
    hopping, plain = found["conductivity_times_temperature"], found["conductivity"]
    assert hopping["activation_energy_eV"] == pytest.approx(ENERGY, abs=1e-5)
    assert hopping["activation_energy_stderr_eV"] < 1e-5
    # E_a of σ is smaller by k_B times the temperature in the middle.
    assert plain["activation_energy_eV"] == pytest.approx(ENERGY - BOLTZMANN * np.mean(KELVIN), abs=1e-3)
    with (here / "x/arrhenius.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [float(row["temperature_kelvin"]) for row in table] == pytest.approx(list(KELVIN))
    assert [float(row["conductivity_siemens_per_cm"]) for row in table] == pytest.approx(list(SIGMA), rel=1e-5)
    out = capfd.readouterr().out
    assert "temperature       45.0 °C" in out
    assert re.search(r"E_a of σT +(300|299\.99)", out) and re.search(r"σ\(25\.0 °C\) +(100|99\.99)", out)
    told = re.search(r"E_a of σT +(.*)", out)[1].replace(" ", "\N{NO-BREAK SPACE}")
    page = (here / "x/report.html").read_text().replace(" ", "\N{NO-BREAK SPACE}")
    assert told in page and 'href="./arrhenius.csv"' in (here / "x/report.html").read_text()


def test_without_size_the_resistance_stands_for_the_conductivity(here, capfd):
    assert main(["analyze", "t.csv", "--circuit", "R-RQ", "--out", "x"]) == 0
    found = json.loads((here / "x/fit.json").read_text())["arrhenius"]
    assert found["of"] == "one_over_R_SE"
    assert found["one_over_R_SE_times_temperature"]["activation_energy_eV"] == pytest.approx(ENERGY, abs=1e-5)
    assert "1/R_SE stands for the conductivity, which needs --area and --thickness" in capfd.readouterr().out


def test_one_temperature_makes_no_series(here):
    (here / "one.csv").write_text("\n".join([HEADER, *rows(SPECTRA[0])]))
    assert main(["analyze", "one.csv", "--circuit", "R-RQ", "--out", "x"]) == 0
    assert json.loads((here / "x/fit.json").read_text())["arrhenius"] is None
    assert not (here / "x/arrhenius.csv").exists()
