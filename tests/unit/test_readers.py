"""Reading spectra: every measured file of the data folder, and every common form of a header."""

import hashlib
import importlib.util
import sys

import numpy as np
import pytest
from measured import EIS, FREQUENCY, IMPEDANCE, cell, needs_data, table

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import recognise
from constriction.spectra.columns.units import unit_of
from constriction.spectra.columns.vocabulary import SPECTRUM
from constriction.spectra.files.readers import read
from constriction.spectra.spectrum import Spectrum, write_csv

needs_galvani = pytest.mark.skipif(
    importlib.util.find_spec("galvani") is None, reason="galvani is not installed (extra 'biologic')"
)

# File → points, lowest and highest frequency, Z at the highest; then instrument and date.
MEASURED = {
    "EISFitpython/CSV_Example.csv": (50, 0.3, 1e6, 2369.7656 - 6737.6167j, "", ""),
    "EISFitpython/Example2b.txt": (50, 1.0, 1e6, 3603.82 - 8578.35j, "", ""),
    "EISFitpython/Example2c.txt": (42, 0.04, 1e6, 17362.7 - 68814.5j, "", ""),
    "EISFitpython/Example_header.txt": (50, 0.003, 1e7, 30323.58 + 38291.88j, "", ""),
    "EISFitpython/Example_noheader.txt": (42, 0.04, 1e6, 17362.7 - 68814.5j, "", ""),
    "EISFitpython/s04147-140deg.txt": (42, 0.03, 1e6, 22142.3 - 54311.5j, "", ""),
    "EISFitpython/s04147-160deg.txt": (42, 0.03, 1e6, 21112.2 - 39556.8j, "", ""),
    "EISFitpython/s04147-180deg.txt": (41, 0.045773, 1e6, 19624.1 - 27606.6j, "", ""),
    "EISFitpython/s04147-200deg.txt": (40, 0.069838, 1e6, 15859.6 - 18347.1j, "", ""),
    "LPSCl_SS_blocking_-25C_RelaxIS.txt": (
        *(79, 0.10002180933952332, 7000018.5, 359.241455078125 - 290.92038j),
        *("RelaxIS", "12/16/2025 2:29:15 PM"),
    ),
    "LPSCl_SS_blocking_-25C_eclab.txt": (
        *(79, 0.10002181, 7000018.5, 359.24146 - 290.92038j),
        *("EC-Lab (BioLogic)", "05/15/2025 01:18:45.867"),
    ),
    "gamry_galvanostatic.DTA": (71, 0.1001603, 1000078.0, 0.04711733 + 0.1695821j, "Gamry", "10/25/2024"),
    "impedance.py/Circuit1_EIS_1.z": (48, 1.0, 5e4, 29.036 + 0.63662j, "ZPlot (Scribner)", "10-12-2018"),
    "impedance.py/exampleData.csv": (66, 3.1623e-3, 1e4, 1.577148266e-2 + 1.015747456e-2j, "", ""),
    "impedance.py/exampleDataAutolab.txt": (41, 0.1, 1e4, 0.013785863964 + 0.0071919463058j, "Autolab", ""),
    "impedance.py/exampleDataBioLogic.mpt": (
        *(43, 0.01689554, 1000.3201, 65.470886 - 0.38998979j),
        *("EC-Lab (BioLogic)", "02/04/2018 10:02:46"),
    ),
    "impedance.py/exampleDataCHInstruments.txt": (
        *(73, 0.1, 99610.0, 98.91 - 2.748j),
        *("CH Instruments", "Feb. 20, 2020   15:55:08"),
    ),
    "impedance.py/exampleDataGamry.DTA": (72, 0.0158898, 200015.6, 825.8584 - 1367.239j, "Gamry", "4/23/2018"),
    "impedance.py/exampleDataParstat.txt": (31, 10.0, 1e4, -0.00049816280 + 0.0175143479976j, "Parstat", ""),
    "impedance.py/exampleDataVersaStudio.par": (
        *(61, 0.02154435, 1e5, 55.31571 + 4.575431j),
        *("VersaStudio", "Thursday, July 19, 2018"),
    ),
    "impedance.py/exampleDataZPlot.z": (21, 3e3, 3e5, 147.77 - 11.335j, "ZPlot (Scribner)", "10-12-2018"),
}
MPR = "LPSCl_SS_blocking_-25C.mpr"
NO_SPECTRA = {
    "EISFitpython/Example2_EIS_fit_report.txt",
    "EISFitpython/Example3_Batch_EISfit_Report.txt",
    "EISFitpython/LICENSE.txt",
    "hybrid-drt_LICENSE",
    "hybrid-drt_sample_info.txt",
    "impedance.py/LICENSE",
}


@needs_data
def test_every_file_of_the_folder_is_known():
    found = {path.relative_to(EIS).as_posix() for path in EIS.rglob("*") if path.is_file()}
    assert found == set(MEASURED) | NO_SPECTRA | {MPR}


@needs_data
@pytest.mark.parametrize("name", MEASURED)
def test_measured_file(name):
    points, lowest, highest, first, instrument, date = MEASURED[name]
    (measurement,) = read(EIS / name)
    f, z = measurement.spectrum.frequency, measurement.spectrum.impedance
    assert f.size == points
    assert (f[-1], f[0]) == pytest.approx((lowest, highest), rel=1e-6)
    assert z[0] == pytest.approx(first, rel=1e-7)
    metadata = measurement.metadata
    assert (metadata.instrument, metadata.date) == (instrument, date)
    assert metadata.file == (EIS / name).name
    assert metadata.sha256 == hashlib.sha256((EIS / name).read_bytes()).hexdigest()
    assert any(note.startswith("sign of Im Z: ") for note in measurement.notes)
    # The one fault in them: the first point of Parstat, far above what the potentiostat can do.
    expected = ["Re Z is negative at 1 of 31 points"] if "Parstat" in name else []
    assert [warning[: len(expected[0])] if expected else warning for warning in measurement.warnings] == expected


@needs_data
@pytest.mark.parametrize("name", sorted(NO_SPECTRA))
def test_other_file_is_refused(name):
    with pytest.raises(InputError, match="no spectrum in it, expected a header that names frequency and impedance"):
        read(EIS / name)


@needs_data
def test_one_measurement_by_two_exports():
    eclab, relaxis = (read(EIS / f"LPSCl_SS_blocking_-25C_{form}.txt")[0].spectrum for form in ("eclab", "RelaxIS"))
    # EC-Lab writes eight digits.
    np.testing.assert_allclose(eclab.frequency, relaxis.frequency, rtol=1e-7)
    np.testing.assert_allclose(eclab.impedance, relaxis.impedance, rtol=1e-7)


@needs_data
@needs_galvani
def test_binary_of_the_same_measurement():
    text, (binary,) = read(EIS / "LPSCl_SS_blocking_-25C_eclab.txt")[0], read(EIS / MPR)
    np.testing.assert_allclose(binary.spectrum.frequency, text.spectrum.frequency, rtol=1e-7)
    np.testing.assert_allclose(binary.spectrum.impedance, text.spectrum.impedance, rtol=1e-7)
    assert binary.metadata.cycle == text.metadata.cycle == 1
    assert binary.metadata.date == "2025-05-15"


@needs_data
def test_binary_without_galvani(monkeypatch):
    monkeypatch.setitem(sys.modules, "galvani.BioLogic", None)
    with pytest.raises(InputError, match=r"need galvani, .* pip install galvani"):
        read(EIS / MPR)


@needs_data
def test_areas_of_files():
    areas = {name: read(EIS / "impedance.py" / name)[0].metadata.area for name in ("exampleDataBioLogic.mpt",)}
    assert areas == {"exampleDataBioLogic.mpt": pytest.approx(1e-7)}  # 0.001 cm²


# --- made-up files


def reads(folder, text, encoding="utf-8", points=IMPEDANCE, rtol=1e-8):
    """The one measurement of a text, which must be the made-up cell."""
    path = folder / "x.txt"
    path.write_bytes(text.encode(encoding))
    (measurement,) = read(path)
    np.testing.assert_allclose(measurement.spectrum.frequency, FREQUENCY, rtol=rtol)
    np.testing.assert_allclose(measurement.spectrum.impedance, points, rtol=rtol)
    assert not measurement.warnings
    return measurement


F, RE, IM = FREQUENCY, IMPEDANCE.real, IMPEDANCE.imag
MODULUS, PHASE = np.abs(IMPEDANCE), np.angle(IMPEDANCE)
HEADERS = {
    "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm": (F, RE, -IM),
    "Frequency (kHz)\tZ' (kOhm)\t-Z'' (kOhm)": (F / 1e3, RE / 1e3, -IM / 1e3),
    "f [mHz]\tZreal [mΩ]\tZimag [mΩ]": (F * 1e3, RE * 1e3, IM * 1e3),
    "f [MHz]\tRe Z [MΩ]\tIm Z [MOhm]": (F / 1e6, RE / 1e6, IM / 1e6),
    "ω [rad/s]\tRe(Z) [Ohm]\tIm(Z) [Ohm]": (2 * np.pi * F, RE, IM),
    "Freq (rad/s)\tZre (ohms)\t−Zim (ohms)": (2 * np.pi * F, RE, -IM),
    "log(f/Hz)\tZ′/Ω\tZ″/Ω": (np.log10(F), RE, IM),
    "log10 f\tReal\t- Imag": (np.log10(F), RE, -IM),
    "Frequency/Hz\t|Z|/Ohm\tPhase(Z)/deg": (F, MODULUS, np.degrees(PHASE)),
    "Frequency/Hz\tZmod/Ohm\t-Phase/°": (F, MODULUS, -np.degrees(PHASE)),
    "freq\t|Z| (Ω)\ttheta (rad)": (F, MODULUS, PHASE),
    "freq\tImpedance\tphase": (F, MODULUS, PHASE),
    "freq\tmagnitude\tphase angle": (F, MODULUS, np.degrees(PHASE)),
    "# frequency_hertz\treal_impedance_ohm\timaginary_impedance_ohm": (F, RE, IM),
    "Zreal / Ohm\tfrequency in Hz\tZimag / Ohm": (RE, F, IM),
    "Pt\tFreq\tZreal\tZimag\tZmod\n#\tHz\tkohm\tkohm\tkohm": (F * 0, F, RE / 1e3, IM / 1e3, F),
    "Frequenz [Hz]\tRealteil [Ω]\tImaginärteil [Ω]": (F, RE, IM),
    "Freq. [Hz]\t\t Zs' [Ohms]\t\tZs'' [Ohms]": (F, RE, IM),
    '"Freq (Hz)"\t"Z\' (a)"\t"Z\'\' (b)"': (F, RE, IM),
}


@pytest.mark.parametrize(("header", "columns"), HEADERS.items(), ids=HEADERS)
def test_header(tmp_path, header, columns):
    assert reads(tmp_path, table(header, columns)).spectrum.unit == "ohm"


@pytest.mark.parametrize("unit", ["Ω·cm²", "Ohm cm^2", "ohm*cm2", "Ohm.cm2", "ohm cm**2", "Ohm-cm2"])
def test_area_specific(tmp_path, unit):
    measurement = reads(tmp_path, table(f"f/Hz\tZ' ({unit})\t-Z'' ({unit})", (F, RE * 1e4, -IM * 1e4)))
    assert measurement.spectrum.unit == "ohm m2"


SEPARATORS = {
    "tab": ("\t", "freq/Hz\tZ'/Ohm\t-Z''/Ohm"),
    "comma": (", ", "freq/Hz, Z'/Ohm, -Z\"/Ohm"),
    "semicolon": (";", "freq/Hz;Z'/Ohm;-Z''/Ohm"),
    "blanks": ("   ", "freq/Hz Z'/Ohm -Z''/Ohm"),
    "blanks in names": ("   ", "Freq (Hz)   Z' (Ohm)   -Z'' (Ohm)"),
    "one blank": (" ", "freq Zreal -Zimag"),
    "two separators": (",", "\"Freq (Hz)   Z' (Ohm)   -Z'' (Ohm)\""),
}


@pytest.mark.parametrize(("separator", "header"), SEPARATORS.values(), ids=SEPARATORS)
def test_separator(tmp_path, separator, header):
    reads(tmp_path, table(header, (F, RE, -IM), separator))


def grouped(value):
    return f"{value:,.9f}"


MARKS = {
    "comma": ("\t", lambda value: f"{value:.9e}".replace(".", ","), "decimal comma"),
    "comma after semicolon": (";", lambda value: f"{value:.9e}".replace(".", ","), "decimal comma"),
    "thousands": (";", grouped, "commas group thousands"),
    "quoted thousands": (",", lambda value: f'"{grouped(value)}"', "commas group thousands"),
    "German": ("\t", lambda value: grouped(value).translate(str.maketrans(",.", ".,")), "points group thousands"),
    "Swiss": (";", lambda value: grouped(value).replace(",", "'"), None),
    "French": (";", lambda value: grouped(value).replace(",", "\u202f").replace(".", ","), "decimal comma"),
    "Fortran": ("\t", lambda value: f"{value:.9e}".replace("e", "D"), None),
}


@pytest.mark.parametrize(("separator", "number", "remark"), MARKS.values(), ids=MARKS)
def test_decimal_marks(tmp_path, separator, number, remark):
    header = separator.join(["freq/Hz", "Z'/Ohm", "-Z''/Ohm"])
    notes = reads(tmp_path, table(header, (F, RE, -IM), separator, number), rtol=1e-7).notes
    assert remark is None or any(remark in note for note in notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encoding_and_newline(tmp_path, encoding, newline):
    unit = "µF" if encoding == "latin-1" else "Ω"
    text = f"Größe in {unit}\n" + table("freq/Hz\tZ'/Ohm\t-Z''/Ohm", (F, RE, -IM)) + "\n\n"
    reads(tmp_path, text.replace("\n", newline), encoding)


def test_comments_and_words_around(tmp_path):
    rows = table("", (F, RE, -IM)).splitlines()
    rows.insert(7, "# the door was opened")
    rows.insert(9, "")
    text = ["Freq of my cell", "5 mm", "f/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm", "End Comments", *rows, "end of file"]
    reads(tmp_path, "\n".join(text))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("order", [1, -1])
def test_sign_without_header(tmp_path, sign, order):
    columns = [column[::order] for column in (F, RE, sign * IM)]
    notes = reads(tmp_path, table("", columns)).notes
    assert notes[0] == (
        f"sign of Im Z: column 3 is {'Im Z' if sign > 0 else '−Im Z'} by Bode's relation: the phase that |Z|(f) implies"
    )


def test_sign_of_an_inductive_cell_without_header(tmp_path):
    """Most points of a battery at high frequency are inductive: |Z|(f) knows, a count would not."""
    f = np.geomspace(1e6, 1e3, 31)
    z = 0.01 + 2j * np.pi * f * 1e-7
    (tmp_path / "x.txt").write_text(table("", (f, z.real, z.imag)))
    np.testing.assert_allclose(read(tmp_path / "x.txt")[0].spectrum.impedance, z, rtol=1e-8)


def test_unknown_header_above_three_columns_is_never_overruled(tmp_path):
    (tmp_path / "x.txt").write_text(table("alpha\tbeta\tgamma", (F, RE, IM)))
    with pytest.raises(InputError, match=r"line 1: header 'alpha\\tbeta\\tgamma' names no quantity that is known"):
        read(tmp_path / "x.txt")
    assert "no header: columns taken as frequency, Re Z, Im Z" in reads(tmp_path, table("", (F, RE, IM))).notes


@pytest.mark.parametrize("title", ["My cell, 25 °C", "# the second pellet of Monday, 1.2.2024", "cell 3\n\n"])
def test_title_above_three_columns_is_no_header(tmp_path, title):
    reads(tmp_path, table(title, (F, RE, IM)))


def test_own_file(tmp_path):
    write_csv(Spectrum(F, IMPEDANCE, "ohm m2"), tmp_path / "spectrum.csv")
    (measurement,) = read(tmp_path / "spectrum.csv")
    np.testing.assert_allclose(measurement.spectrum.impedance, IMPEDANCE, rtol=1e-15)
    assert measurement.spectrum.unit == "ohm m2"
    assert measurement.metadata.instrument == "constriction"


# --- several sweeps


def columns_of(*parts):
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def check_sweeps(folder, text, count):
    (folder / "x.txt").write_text(text)
    measurements = read(folder / "x.txt")
    assert [measurement.metadata.sweep for measurement in measurements] == list(range(1, count + 1))
    for number, measurement in enumerate(measurements, start=1):
        np.testing.assert_allclose(measurement.spectrum.frequency, F, rtol=1e-8)
        np.testing.assert_allclose(measurement.spectrum.impedance, number * cell(F), rtol=1e-8)
    return measurements


HEADER = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm"


def test_sweeps_below_each_other(tmp_path):
    check_sweeps(tmp_path, table(HEADER, columns_of((F, RE, -IM), (F, 2 * RE, -2 * IM))), 2)


def test_sweeps_back_and_forth(tmp_path):
    check_sweeps(tmp_path, table(HEADER, columns_of((F, RE, -IM), (F[::-1], 2 * RE[::-1], -2 * IM[::-1]))), 2)


def test_sweeps_with_headers(tmp_path):
    check_sweeps(tmp_path, table(HEADER, (F, RE, -IM)) + table(HEADER, (F, 2 * RE, -2 * IM)), 2)


def test_sweeps_with_files_joined(tmp_path):
    head = "EC-Lab ASCII FILE\nNb header lines : 3\n"
    check_sweeps(tmp_path, head + table(HEADER, (F, RE, -IM)) + head + table(HEADER, (F, 2 * RE, -2 * IM)), 2)


def test_cycles(tmp_path):
    halves = F.size // 2
    one = np.where(np.arange(F.size) < halves, 1, 1.0)
    text = table(HEADER + "\tcycle number", columns_of((F, RE, -IM, one), (F, 2 * RE, -2 * IM, 3 * one)))
    assert [measurement.metadata.cycle for measurement in check_sweeps(tmp_path, text, 2)] == [1, 3]


def test_direct_current_between(tmp_path):
    rest = np.zeros((3, 4))
    first = check_sweeps(tmp_path, table(HEADER, columns_of(rest, (F, RE, -IM), rest, (F, 2 * RE, -2 * IM))), 2)[0]
    assert "8 rows without frequency (direct current) left out" in first.notes


def test_broken_off_sweep(tmp_path):
    text = table(HEADER, columns_of((F, RE, -IM), (F, 2 * RE, -2 * IM), (F[:3], RE[:3], IM[:3])))
    (tmp_path / "x.txt").write_text(text)
    measurements = read(tmp_path / "x.txt")
    assert len(measurements) == 2
    assert measurements[0].warnings == ("a last sweep of 3 points (from line 64) left out",)


def test_points_in_any_order(tmp_path):
    order = np.random.default_rng(1).permutation(F.size)
    reads(tmp_path, table(HEADER, (F[order], RE[order], -IM[order])))


# --- what seems wrong


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ((F, IM, RE), "the columns of Re and Im seem exchanged"),
        ((F, -IM, RE), "the columns of Re and −Im seem exchanged"),
        ((F, RE, -IM), "the sign of Im Z seems wrong"),
    ],
)
def test_exchanged_columns(tmp_path, columns, expected):
    (tmp_path / "x.txt").write_text(table("f/Hz\tRe(Z)/Ohm\tIm(Z)/Ohm", columns))
    (measurement,) = read(tmp_path / "x.txt")
    assert measurement.warnings[0].startswith(expected)
    assert "(rms) from what |Z|(f) implies" in measurement.warnings[0]
    # Warned, not changed.
    np.testing.assert_allclose(measurement.spectrum.impedance, columns[1] + 1j * columns[2], rtol=1e-8)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_wrong_sign_shows_where_the_phase_is_small_too(tmp_path, sign):
    f = np.geomspace(1e6, 1, 25)
    z = 12 + 45 / (1 + (2j * np.pi * f * 2e-4) ** 0.92)  # up to 40°
    (tmp_path / "x.txt").write_text(table("f/Hz\tZ'/Ohm\tZ''/Ohm", (f, z.real, sign * z.imag)))
    (measurement,) = read(tmp_path / "x.txt")
    told = [line.startswith("the sign of Im Z seems wrong") for line in measurement.warnings]
    assert told == [True] * (sign < 0)


@pytest.mark.parametrize("columns", [(RE, -IM, F), (RE, F, -IM)], ids=["last", "second"])
def test_frequency_in_another_column_without_header(tmp_path, columns):
    (tmp_path / "x.txt").write_text(table("", columns))
    warnings = read(tmp_path / "x.txt")[0].warnings
    assert any("is spaced as frequencies are (evenly in its logarithm), column 1 is not" in line for line in warnings)


@pytest.mark.parametrize("sign", [1, -1])
def test_modulus_and_phase_without_header(tmp_path, sign):
    f = np.geomspace(1e5, 1, 26)
    z = 12 + 450 / (1 + (2j * np.pi * f * 2e-4) ** 0.92)
    (tmp_path / "x.txt").write_text(table("", (f, np.abs(z), sign * np.degrees(np.angle(z)))))
    assert any("seem to be |Z| and phase in degrees" in line for line in read(tmp_path / "x.txt")[0].warnings)
    (tmp_path / "y.txt").write_text(table("", (f, z.real, sign * z.imag)))
    assert read(tmp_path / "y.txt")[0].warnings == ()


# --- header cells


@pytest.mark.parametrize(
    "cell_text",
    ["E Real", "I Range", "|Ewe|/V", "Zsig", "", "x" * 10_000, "x", "dq/mA.h", "Re(Y)/Ohm/V", "THD Ewe/%"],
)
def test_other_columns(cell_text):
    assert recognise(cell_text, SPECTRUM) is None


@pytest.mark.parametrize(
    ("cell_text", "expected"),
    [
        ("Re(Y)/Ohm-1", ("Re Y", "", 1.0)),
        ("Z2 Real", ("Re Z", "Z2", None)),
        ("Re(Zce)/Ohm", ("Re Z", "Zce", 1.0)),
        ("Cs/µF", ("Cs", "", 1e-6)),
        ("Re(Permittivity)", ("ε'", "", None)),
        ("|Z| 25 °C [kΩ]", ("|Z|", "", 1e3)),
    ],
)
def test_quantities(cell_text, expected):
    column = recognise(cell_text, SPECTRUM)
    assert (column.role, column.label, column.unit and column.unit.factor) == expected


def test_prefix_counts_its_case():
    assert [unit_of(text).factor for text in ("mHz", "MHz", "kohm", "KOHM", "mΩ", "MΩ")] == [
        *(1e-3, 1e6, 1e3, 1e3, 1e-3, 1e6)
    ]
    assert unit_of("furlong") is None
