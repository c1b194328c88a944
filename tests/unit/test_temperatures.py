"""Several temperatures in one file, however they stand there, and the activation energies that they give.

σT = σ₀T₀ exp(−E_a (1/k_B T − 1/k_B T₀)) with E_a = 0.3 eV, so the energy is known before the fit.
"""

import csv
import json
import re

import numpy as np
import pytest

from constriction.cli import main
from constriction.spectra.files.readers import read
from constriction.view.writers import spectra_plots

F = np.geomspace(1e6, 1.0, 25)
CELSIUS = (25.0, 45.0, 70.0)
KELVIN = np.array(CELSIUS) + 273.15
ENERGY, BOLTZMANN = 0.3, 8.617333262e-5
SIGMA = 1e-4 * 298.15 / KELVIN * np.exp(-ENERGY / BOLTZMANN * (1 / KELVIN - 1 / 298.15))  # S/cm
RESISTANCE = 0.1 / 0.785 / SIGMA  # 1 mm and 0.785 cm²
SPECTRA = [r * (0.4 + 0.6 / (1 + (2j * np.pi * F * 1e-6) ** 0.9)) for r in RESISTANCE]
HEADER = "f/Hz,Z'/Ohm,-Z''/Ohm"


def rows(z, *more):
    return [",".join(f"{x:.9g}" for x in (f, value.real, -value.imag, *more)) for f, value in zip(F, z, strict=True)]


def one_block():
    return "\n".join(rows(SPECTRA[0]))


def column(first="T/°C", shift=0.0):
    lines = [row for t, z in zip(CELSIUS, SPECTRA, strict=True) for row in rows(z, t + shift)]
    return "\n".join([f"{HEADER},{first}", *lines])


def interleaved():
    """All temperatures at each frequency."""
    lines = [rows(z, t) for t, z in zip(CELSIUS, SPECTRA, strict=True)]
    return "\n".join([f"{HEADER},Temperature (°C)", *(row for same in zip(*lines, strict=True) for row in same)])


def blocks(line):
    return "\n".join(
        "\n".join([line.format(celsius=t, kelvin=t + 273.15), HEADER, *rows(z)])
        for t, z in zip(CELSIUS, SPECTRA, strict=True)
    )


def beside(name):
    names = [name.format(celsius=t, kelvin=t + 273.15) for t in CELSIUS]
    lines = [
        ",".join(f"{x:.9g}" for x in (f, *(part for value in values for part in (value.real, -value.imag))))
        for f, *values in zip(F, *SPECTRA, strict=True)
    ]
    return "\n".join(["f/Hz," + ",".join(f"Z' {name},-Z'' {name}" for name in names), *lines])


FILES = {
    "column": column(),
    "column in kelvin": column("Temp. [K]", 273.15),
    "column without unit": column("Temperature"),
    "all temperatures at each frequency": interleaved(),
    "blocks": blocks("T = {celsius} °C"),
    "blocks in kelvin": blocks("Fixed value(s) :  Temp. [K]={kelvin:.5e}"),
    "blocks with a title": blocks("# {celsius:g} C"),
    "beside each other": beside("{celsius:g}C/Ohm"),
    "beside each other in kelvin": beside("({kelvin:.2f} K)/Ohm"),
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_temperatures_are_found(tmp_path, text):
    (tmp_path / "x.csv").write_text(text)
    measurements = read(tmp_path / "x.csv")
    assert [m.metadata.temperature for m in measurements] == pytest.approx(list(KELVIN))
    for measurement, z in zip(measurements, SPECTRA, strict=True):
        np.testing.assert_allclose(measurement.spectrum.frequency, F, rtol=1e-8)
        np.testing.assert_allclose(measurement.spectrum.impedance, z, rtol=1e-7)


def test_a_scattering_temperature_is_one(tmp_path):
    lines = [row.rsplit(",", 1)[0] + f",{25 + 0.3 * np.sin(n):.3f}" for n, row in enumerate(rows(SPECTRA[0], 0))]
    (tmp_path / "x.csv").write_text("\n".join([f"{HEADER},T/°C", *lines, *lines]))
    first, second = read(tmp_path / "x.csv")
    assert first.metadata.temperature == second.metadata.temperature == pytest.approx(298.15, abs=0.3)


def test_a_temperature_that_lacks_costs_no_row(tmp_path):
    (tmp_path / "x.csv").write_text("\n".join([f"{HEADER},T/°C", *(f"{row},---" for row in rows(SPECTRA[0]))]))
    (measurement,) = read(tmp_path / "x.csv")
    assert measurement.metadata.temperature is None and measurement.spectrum.frequency.size == F.size


def test_a_temperature_that_cannot_be_is_none(tmp_path):
    """−999 of a sensor that is not there: no spectrum is torn by it, and no line through all files fails."""
    lines = [
        f"{row},{-999 if n % 7 == 0 else celsius}"
        for z, celsius in zip(SPECTRA[:2], (25, 45), strict=True)
        for n, row in enumerate(rows(z))
    ]
    (tmp_path / "x.csv").write_text("\n".join([f"{HEADER},T/°C", *lines]))
    found = read(tmp_path / "x.csv")
    assert [item.metadata.temperature for item in found] == [pytest.approx(298.15), pytest.approx(318.15)]
    assert [item.spectrum.frequency.size for item in found] == [F.size, F.size]
    (tmp_path / "y.csv").write_text("\n".join([f"{HEADER},T/°C", *(f"{row},-999" for row in rows(SPECTRA[0]))]))
    (item,) = read(tmp_path / "y.csv")
    assert item.metadata.temperature is None
    assert f"no possible temperature at {F.size} of {F.size} points" in item.notes


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
