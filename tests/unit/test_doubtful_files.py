"""Files that say something else than they seem to: read right, or with a warning, or refused."""

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.spectra.files.readers import read

F = np.geomspace(1e6, 1, 25)
Z = 10 + 100 / (1 + 2j * np.pi * F * 1e-5) + 50 / (1 + 2j * np.pi * F * 1e-2)


def written(folder, header, *columns, between=",", form="{:.6g}"):
    """A file of columns, numbers or cells."""
    path = folder / "cell.txt"
    cells = [[cell if isinstance(cell, str) else form.format(cell) for cell in column] for column in columns]
    path.write_text("\n".join([*header, *(between.join(row) for row in zip(*cells, strict=True))]) + "\n")
    return path


def block(header, *columns):
    return "\n".join([header, *(",".join(f"{value:.8g}" for value in row) for row in zip(*columns, strict=True))])


def same(measurement, rel=1e-4):
    assert measurement.spectrum.frequency == pytest.approx(F, rel=rel)
    assert np.abs(measurement.spectrum.impedance / Z - 1).max() < rel


def test_a_block_without_partner_is_told(tmp_path):
    path = tmp_path / "cell.csv"
    blocks = [block("f/Hz,|Z|/Ohm", F, 2 * abs(Z)), block("f/Hz,|Z|/Ohm", F, abs(Z))]
    path.write_text("\n\n".join([*blocks, block("f/Hz,phase/deg", F, np.angle(Z, deg=True))]))
    (found,) = read(path)
    same(found)
    assert any("line 1 " in warning and "left out" in warning for warning in found.warnings)


def test_blocks_with_frequencies_in_two_units(tmp_path):
    path = tmp_path / "cell.csv"
    blocks = block("f/kHz,|Z|/Ohm", F / 1e3, abs(Z)), block("f/Hz,phase/deg", F, np.angle(Z, deg=True))
    path.write_text("\n\n".join(blocks))
    (found,) = read(path)
    same(found)
    assert found.warnings == ()


def test_a_clock_in_the_first_column_is_doubted(tmp_path):
    (found,) = read(written(tmp_path, [], np.arange(1, 26) * 0.5, Z.real, -Z.imag))
    assert any("equal steps" in warning for warning in found.warnings)
    (found,) = read(written(tmp_path, [], F, Z.real, -Z.imag))
    assert found.warnings == ()


def test_a_header_of_one_column_for_three_is_refused(tmp_path):
    with pytest.raises(InputError, match="line 1: header 'f \\(Hz\\)' names frequency and lacks"):
        read(written(tmp_path, ["f (Hz)", ""], F, Z.real, Z.imag))


def test_many_lost_rows_are_a_warning_and_few_are_none(tmp_path):
    for lost, told in ((2, False), (4, True)):
        cells = [f"{f:.6g}" for f in F]
        cells[3 : 3 + lost] = ["12q"] * lost
        (found,) = read(written(tmp_path, ["f/Hz,Z'/Ohm,Z''/Ohm"], cells, Z.real, Z.imag))
        assert found.spectrum.frequency.size == 25 - lost
        assert any(f"{lost} of 25 rows" in warning for warning in found.warnings) is told


def test_prefixes_behind_numbers_are_read_where_the_frequencies_stay_in_order(tmp_path):
    cells = [f"{f / 1e6:.8g}M" if f >= 1e6 else f"{f / 1e3:.8g}k" if f >= 1e3 else f"{f:.8g}" for f in F]
    (found,) = read(written(tmp_path, ["f/Hz,Z'/Ohm,Z''/Ohm"], cells, Z.real, Z.imag))
    same(found)
    assert any("prefixes" in note for note in found.notes)
    wrong = [cell.replace("k", "m") for cell in cells]
    (found,) = read(written(tmp_path, ["f/Hz,Z'/Ohm,Z''/Ohm"], wrong, Z.real, Z.imag))
    assert found.spectrum.frequency.max() < 1e3
    assert any("rows cannot be read" in warning for warning in found.warnings)


def test_decimal_commas_in_one_column_and_points_in_others(tmp_path):
    f = np.array([562.341, 316.228, 100.0, 56.2341, 31.6228, 10, 5.62341, 3.16228, 1.0])
    cells = [f"{value:.6g}".replace(".", ",") for value in f]
    z = 10 + 50 / (1 + 2j * np.pi * f * 1e-2)
    (found,) = read(written(tmp_path, ["f/Hz;Z'/Ohm;Z''/Ohm"], cells, z.real, z.imag, between=";"))
    assert found.spectrum.frequency == pytest.approx(f)
    assert np.abs(found.spectrum.impedance / z - 1).max() < 1e-4


@pytest.mark.parametrize("kind", ["corrected", "compensated"])
def test_corrected_columns_beside_raw_ones_can_be_chosen(tmp_path, kind):
    header = f"f/Hz,Z' raw,Z'' raw,Z' {kind},Z'' {kind}"
    path = written(tmp_path, [header], F, 2 * Z.real, 2 * Z.imag, Z.real, Z.imag)
    (found,) = read(path)
    assert found.spectrum.impedance[0] == pytest.approx(2 * Z[0], rel=1e-4)
    assert any("--impedance corrected" in note for note in found.notes)


@pytest.mark.parametrize(
    ("lines", "hertz", "ohm"),
    [
        (["Impedance unit: kOhm"], 1, 1e3),
        (["# Frequency unit = kHz"], 1e3, 1),
        (["Re, Im in mOhm"], 1, 1e-3),
        (["Unit of frequency: MHz", "Unit of impedance: Ohm"], 1e6, 1),
        (["units: kHz, kOhm"], 1e3, 1e3),
        (["Frequency in kHz, Impedance in kOhm"], 1e3, 1e3),
        (["Cell of 10 mm, unit: mm"], 1, 1),
    ],
)
@pytest.mark.parametrize("header", ["Frequency,Re,Im", "f,Z',Z''", "Frequency;Re;Im"])
def test_units_told_in_words_are_read(tmp_path, lines, hertz, ohm, header):
    between = ";" if ";" in header else ","
    (found,) = read(written(tmp_path, [*lines, header], F / hertz, Z.real / ohm, Z.imag / ohm, between=between))
    same(found)
    assert found.warnings == ()
    assert any("unit of" in note for note in found.notes) is (hertz != 1 or ohm != 1)


@pytest.mark.parametrize("line", ["Impedance unit: kOhm", "Re, Im in kOhm", "units: Hz, kOhm", "Z' and Z'' in kOhm"])
def test_units_in_words_above_plain_columns_are_read_or_the_file_is_refused(tmp_path, line):
    try:
        (found,) = read(written(tmp_path, [line, ""], F, Z.real / 1e3, Z.imag / 1e3))
    except InputError as error:
        assert "line 1: header" in str(error)
    else:
        same(found)


def test_a_unit_in_the_header_stands_and_a_doubtful_one_is_told(tmp_path):
    (found,) = read(written(tmp_path, ["Impedance unit: kOhm", "f/Hz,Re/Ohm,Im/Ohm"], F, Z.real, Z.imag))
    same(found)
    (found,) = read(written(tmp_path, ["everything below in kOhm", "f,Re,Im"], F, Z.real, Z.imag))
    same(found)
    assert any("may tell the unit of 'Re', 'Im'" in warning for warning in found.warnings)


@pytest.mark.parametrize("text", ["Temperature: 77 °F", "T = 77 deg F", "Temp (F): 77", "77 °F"])
def test_fahrenheit(tmp_path, text):
    (found,) = read(written(tmp_path, [text, "f/Hz,Re/Ohm,Im/Ohm"], F, Z.real, Z.imag))
    assert found.metadata.temperature == pytest.approx(298.15)


def test_a_column_in_fahrenheit(tmp_path):
    (found,) = read(written(tmp_path, ["f/Hz,Re/Ohm,Im/Ohm,T/°F"], F, Z.real, Z.imag, 77 + 0 * F))
    assert found.metadata.temperature == pytest.approx(298.15)
