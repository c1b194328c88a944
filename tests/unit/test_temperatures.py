"""Several temperatures in one file, however they stand there."""

import numpy as np
import pytest
from support.temperatures import CELSIUS, HEADER, KELVIN, SPECTRA, F, column, rows

from constriction.spectra.files.readers import read


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
