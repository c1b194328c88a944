"""Bad files: one line with file, line number and what is expected; never a traceback, never more than 5 s."""

import os
import random
import re

import numpy as np
import pytest
from damage import damaged
from measured import EIS, FREQUENCY, IMPEDANCE, cell, needs_data, survives, table

from constriction.base import files
from constriction.base.errors import InputError
from constriction.spectra.files.readers import read

HEADER = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm"
ROWS = table("", (FREQUENCY, IMPEDANCE.real, -IMPEDANCE.imag)).splitlines()


def changed(number, line):
    """A good file with one of its lines (from 1) exchanged."""
    lines = [HEADER, *ROWS]
    lines[number - 1] = line
    return "\n".join(lines)


# What a file holds → what the line must say after its path.
BAD = {
    "empty": ("", r": empty, expected a file of an impedance instrument"),
    "blank": ("\n \n\t\n", r": empty, expected a file of an impedance instrument"),
    "words": ("Dear reader,\nthis is no spectrum.\n", r": no spectrum in it, expected a header that names"),
    "header alone": (HEADER + "\n", r", line 1: a header without data below, expected at least 5 points"),
    "header and words": (HEADER + "\nnothing\nwas measured\n", r", line 1: a header without data below"),
    "four points": ("\n".join([HEADER, *ROWS[:4]]), r", line 2: 4 points, expected at least 5"),
    "one point": ("\n".join([HEADER, *ROWS[:1]]), r", line 2: 1 points, expected at least 5"),
    "four points without header": ("\n".join(ROWS[:4]), r", line 1: 4 points, expected at least 5"),
    "decimal comma between commas": (
        "f/Hz,Re/Ohm,Im/Ohm\n1000,5,2,3,1,1\n",
        r", line 2: 6 values below 3 names .*decimal commas need semicolons or tabs",
    ),
    "unit": (changed(1, "freq/Hz\tRe(Z) [furlong]\t-Im(Z)/Ohm"), r", line 1: unit 'furlong' of column 'Re\(Z\) \[furl"),
    "unit of frequency": (changed(1, "freq [Ohm]\tRe(Z)/Ohm\tIm(Z)/Ohm"), r", line 1: unit 'Ohm' .* Hz, rad/s"),
    "two units": (
        changed(1, "freq/Hz\tRe(Z)/Ohm\tIm(Z) [Ohm cm2]"),
        r"'Im\(Z\) \[Ohm cm2\]' in ohm m2, expected the sam",
    ),
    "two spectra beside": (
        "f\tRe\tIm\tf\tRe\tIm\n" + "1\t1\t1\t1\t1\t1\n" * 6,
        r", line 1: columns 1 and 4 are both freq",
    ),
    "two columns": ("1\t2\n" * 9, r": no spectrum in it"),
    "five columns": ("1\t2\t3\t4\t5\n" * 9, r", line 1: 5 columns of numbers without a header; expected 3"),
    "all frequencies 0": (HEADER + "\n0\t0\t0" * 6, r", line 2: all frequencies are 0, expected an impedance spectrum"),
    "huge logarithm": (
        changed(1, "log f\tRe(Z)/Ohm\t-Im(Z)/Ohm"),
        r", line 2: frequency inf Hz, expected frequencies from 1e-09 to 1e\+15 Hz",
    ),
    "polar overflow": ("f\t|Z|/MOhm\tphase/deg\n" + "".join(f"{n}\t1e305\t1\n" for n in range(1, 9)), r"line 2: imped"),
}


NOT = "expected 3 values as in the other rows"
# What a row is changed to → its line, and what the note says of it. It costs that row and no other.
COSTS_A_ROW = {
    "frequency twice": (changed(5, ROWS[2]), 5, "frequency 398107 Hz again"),
    "frequency again later": (changed(9, ROWS[2]), 9, "frequency 398107 Hz again"),
    "negative frequency": (changed(7, "-5\t1\t1"), 7, "frequency -5 Hz"),
    "zero frequency": (changed(7, "0\t1\t1"), 7, "frequency 0 Hz"),
    "nothing measured": (changed(7, "10.5\t0\t0"), 7, "|Z| = 0"),
    "nan": (changed(7, "10\tnan\t1"), 7, "'nan' in column 'Re(Z)/Ohm'"),
    "NaN frequency": (changed(7, "NaN\t1\t1"), 7, "'NaN' in column 'freq/Hz'"),
    "infinite": (changed(7, "10\t1\t-inf"), 7, "'-inf' in column '-Im(Z)/Ohm'"),
    "overflow": (changed(7, "10\t1e999\t1"), 7, "'1e999' in column 'Re(Z)/Ohm'"),
    "frequency at the limit": (changed(7, "1.7e308\t1\t1"), 7, "frequency 1.7e+308 Hz"),
    "impedance at the limit": (changed(7, "10.5\t1.7e308\t1.7e308"), 7, "impedance not finite"),
    "text": (changed(7, "10\tOVERLOAD\t1"), 7, "'OVERLOAD' in column 'Re(Z)/Ohm'"),
    "lines": (changed(7, "10\t---\t---"), 7, "'---' in column 'Re(Z)/Ohm'"),
    "all overloaded": (changed(7, "OVERLOAD\tOVERLOAD\tOVERLOAD"), 7, NOT),
    "all missing": (changed(7, "n/a\tn/a\tn/a"), 7, NOT),
    "all lines": (changed(7, "---\t---\t---"), 7, NOT),
    "stars as frequency": (changed(7, "****\t1\t1"), 7, "'****' as frequency"),
    "a spreadsheet's error": (changed(7, "#N/A\t1\t1"), 7, "'#N/A' as frequency"),
    "text as frequency": (changed(7, "abc\t1\t1"), 7, "'abc' as frequency"),
    "text in the first row": (changed(2, "abc\t1\t1"), 2, "'abc' as frequency"),
    "overloaded in the first row": (changed(2, "OVERLOAD\tOVERLOAD\tOVERLOAD"), 2, NOT),
    "lines in the first row": (changed(2, "---\t---\t---"), 2, NOT),
    "two values in the first row": (changed(2, "1e6\t10"), 2, NOT),
    "text in the second row without header": ("\n".join([ROWS[0], "5e5\tabc\t1", *ROWS[2:]]), 2, "'abc' in column"),
    "text in the last row": (changed(32, "abc\t1\t1"), 32, "'abc' as frequency"),
    "no value": (changed(7, "10\t\t1"), 7, "'' in column 'Re(Z)/Ohm'"),
    "two values": (changed(7, "10\t1"), 7, NOT),
    "four values": (changed(7, "10\t1\t1\t1"), 7, NOT),
    "words between rows": (changed(7, "the door was open"), 7, NOT),
    "underscore": (changed(7, "1_0\t1\t1"), 7, "'1_0' in column 'freq/Hz'"),
    "mixed decimals": (changed(7, "1,5\t1\t1"), 7, "'1,5' in column 'freq/Hz'"),
    "text without header": ("\n".join([*ROWS[:9], "10\tabc\t1", *ROWS[10:]]), 10, "'abc' in column 'column 2'"),
    "text first without header": ("\n".join(["1e9\tabc\t1", *ROWS[1:]]), 1, "'abc' in column 'column 2'"),
}


@pytest.mark.parametrize(("content", "line", "why"), COSTS_A_ROW.values(), ids=COSTS_A_ROW)
def test_bad_row_costs_that_row(tmp_path, content, line, why):
    (tmp_path / "x.csv").write_text(content)
    (measurement,) = read(tmp_path / "x.csv")
    header = content.startswith(HEADER)
    lost = FREQUENCY[line - 1 - header]
    left = [f for f in FREQUENCY if f != lost]
    np.testing.assert_allclose(measurement.spectrum.frequency, left, rtol=1e-8)
    np.testing.assert_allclose(measurement.spectrum.impedance, IMPEDANCE[FREQUENCY != lost], rtol=1e-8)
    (note,) = (note for note in measurement.notes if "left out" in note)
    assert note.startswith(f"1 row left out (line {line}: ") and why in note, note


def test_header_of_a_broken_off_experiment_costs_no_other(tmp_path):
    (tmp_path / "x.csv").write_text("\n".join([HEADER, "aborted", HEADER, *ROWS, HEADER]))
    (measurement,) = read(tmp_path / "x.csv")
    np.testing.assert_allclose(measurement.spectrum.impedance, IMPEDANCE, rtol=1e-8)


def test_rows_of_direct_current_with_empty_cells(tmp_path):
    rest = [f"{n},3.7,0.001,,," for n in range(90)]
    rows = [f"{n},3.7,0," + row.replace("\t", ",") for n, row in enumerate(ROWS)]
    header = "time/s,E/V,I/A,freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm"
    (tmp_path / "x.csv").write_text("\n".join([header, *rest, *rows, *rest, *rows, *rest]))
    measurements = read(tmp_path / "x.csv")
    assert len(measurements) == 2
    for measurement in measurements:
        np.testing.assert_allclose(measurement.spectrum.impedance, IMPEDANCE, rtol=1e-8)
    assert "180 rows without these values left out" in measurements[0].notes


def test_many_bad_rows_are_counted(tmp_path):
    rows = [row if place % 3 else "1000\tOVERLOAD\t---" for place, row in enumerate(ROWS)]
    (tmp_path / "x.csv").write_text("\n".join([HEADER, *rows]))
    (measurement,) = read(tmp_path / "x.csv")
    assert measurement.spectrum.frequency.size == 20
    assert any(note.startswith("11 rows left out (line 2: 'OVERLOAD'") for note in measurement.notes)


def test_overlap_of_two_instruments(tmp_path):
    """The second one begins again two points before the first one ended; the first one's points stay."""
    f = 1.1 * FREQUENCY[8:10]
    second = table("", (f, cell(f).real, -cell(f).imag)).splitlines()
    (tmp_path / "x.csv").write_text("\n".join([HEADER, *ROWS[:10], *ROWS[8:]]))
    (measurement,) = read(tmp_path / "x.csv")
    np.testing.assert_allclose(measurement.spectrum.frequency, FREQUENCY, rtol=1e-8)
    assert any(note.startswith("2 rows left out (line 12: frequency ") for note in measurement.notes)
    (tmp_path / "y.csv").write_text("\n".join([HEADER, *ROWS[:10], *second, *ROWS[10:]]))
    assert read(tmp_path / "y.csv")[0].spectrum.frequency.size == 33


@pytest.mark.parametrize("header", ["time/s\tpotential/V\tcurrent/A", "alpha\tbeta\tgamma"])
def test_rows_of_another_table_are_not_taken(tmp_path, header):
    (tmp_path / "x.csv").write_text("\n".join([HEADER, *ROWS, header, "1\t2\t3", "2\t3\t4"]))
    (measurement,) = read(tmp_path / "x.csv")
    assert any("reads as names of other columns, the rows below are not read" in note for note in measurement.notes)
    np.testing.assert_allclose(measurement.spectrum.frequency, FREQUENCY, rtol=1e-8)


def refused(path, reader=read):
    """The one line of a file that must be refused, without its path."""
    with pytest.raises(InputError) as caught:
        reader(path)
    message = str(caught.value)
    assert message.startswith(str(path)) and len(message.splitlines()) == 1
    assert len(message) < len(str(path)) + 400
    return message.removeprefix(str(path))


@pytest.mark.parametrize(("content", "expected"), BAD.values(), ids=BAD)
def test_bad_text(tmp_path, content, expected):
    (tmp_path / "bad.csv").write_text(content)
    line = refused(tmp_path / "bad.csv")
    assert re.search(expected, line), line


BINARIES = {
    "mpr": (b"BIO-LOGIC MODULAR FILE\x1a" + bytes(99), "is a BioLogic .mpr file, expected text .*; rename it to .mpr"),
    "zip": (b"PK\x03\x04" + bytes(99), "is a zip archive or an Excel workbook, which is not read; export it as text"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(99), "is a picture, which is not read; take the file"),
    "random": (random.Random(1).randbytes(5000), "binary, expected text"),
    "zeros": (bytes(5000), "binary, expected text|no spectrum in it"),
    "control characters": (bytes(range(1, 9)) * 100, "binary, expected text"),
}


@pytest.mark.parametrize(("content", "expected"), BINARIES.values(), ids=BINARIES)
def test_binary_with_the_name_of_a_text(tmp_path, content, expected):
    (tmp_path / "bad.csv").write_bytes(content)
    assert re.search(expected, refused(tmp_path / "bad.csv"))


NATIVE = {
    "x.ism": "a Zahner Thales impedance file, which is not read; export it",
    "x.idf": "an Ivium data file, which is not read; export it in IviumSoft as ASCII",
    "x.ids": "an Ivium data set, which is not read; export it in IviumSoft as ASCII",
    "x.pssession": "a PalmSens PSTrace session, which is not read; export the measurement in PSTrace as csv",
    "x.dfr": "an Autolab FRA file, which is not read; export it",
    "x.mps": "the settings of a BioLogic measurement, without data, .* export it as text",
    "x.nox": "a Metrohm NOVA file, which is not read; export",
    "x.par": "a Parstat or VersaStudio file, which is not read; export it as text",
}


@pytest.mark.parametrize(
    "content", [random.Random(2).randbytes(3000), b"Some words\nof a program\n"], ids=["binary", "text"]
)
@pytest.mark.parametrize(("name", "expected"), NATIVE.items())
def test_native_format_is_named_with_the_export_that_is_read(tmp_path, name, expected, content):
    (tmp_path / name).write_bytes(content)
    assert re.search(expected, refused(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("x.xlsx", b"PK\x03\x04" + bytes(99), "is an Excel workbook, which is not read; save the sheet as csv"),
        ("x.xls", b"\xd0\xcf\x11\xe0" + bytes(99), "is an Excel workbook, which is not read; save the sheet as csv"),
        ("x", '{"Type": "PalmSens.DataFiles.SessionFile"}'.encode("utf-16"), "a PalmSens PSTrace session"),
        ("x.txt", b"EC-LAB SETTING FILE\nNumber of linked techniques : 1", "without data, .* take the .mpr beside it"),
        ("x.txt", b"<?xml version='1.0'?>", "is an XML file, which is not read"),
    ],
)
def test_native_format_by_its_content(tmp_path, name, content, expected):
    (tmp_path / name).write_bytes(content)
    assert re.search(expected, refused(tmp_path / name))


def test_text_with_the_name_of_a_binary(tmp_path):
    (tmp_path / "bad.mpr").write_text(changed(1, HEADER))
    assert "does not begin as a BioLogic .mpr file" in refused(tmp_path / "bad.mpr")


@pytest.mark.parametrize("size", [22, 60, 3000])
def test_damaged_binary(tmp_path, size):
    pytest.importorskip("galvani", reason="galvani is not installed (extra 'biologic')")
    (tmp_path / "bad.mpr").write_bytes((b"BIO-LOGIC MODULAR FILE\x1a" + random.Random(1).randbytes(3000))[:size])
    line = refused(tmp_path / "bad.mpr")
    assert "galvani cannot read it" in line and "export it as text (.mpt)" in line


@needs_data
def test_binary_cut_off(tmp_path):
    pytest.importorskip("galvani", reason="galvani is not installed (extra 'biologic')")
    data = (EIS / "LPSCl_SS_blocking_-25C.mpr").read_bytes()
    for size in range(100, len(data) - 1, 1999):
        (tmp_path / "bad.mpr").write_bytes(data[:size])
        assert refused(tmp_path / "bad.mpr")


def test_no_file(tmp_path):
    assert refused(tmp_path / "none.csv").startswith(": No such file or directory; expected a file")
    assert refused(tmp_path).startswith(": Is a directory; expected a file")
    os.mkfifo(tmp_path / "pipe.csv")
    assert refused(tmp_path / "pipe.csv").startswith(": is a device or a pipe; expected a file")
    with pytest.raises(InputError, match=r"null"):
        read("a\0b")


def test_no_permission(tmp_path, monkeypatch):
    """Root may read everything, so the refusal is made by hand."""
    (tmp_path / "x.csv").write_text(changed(1, HEADER))

    def denied(path, flags):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "open", denied)
    assert refused(tmp_path / "x.csv") == ": Permission denied; expected a file of an impedance instrument"


def test_large_file_is_refused_unread(tmp_path):
    with open(tmp_path / "x.csv", "wb") as file:
        file.truncate(10**12)  # sparse: takes no space
    assert refused(tmp_path / "x.csv").startswith(": 1000000 MB, expected at most 32 MB")


# --- fuzzing


@needs_data
@pytest.mark.parametrize(
    "path", sorted(path for path in EIS.rglob("*") if path.suffix in (".txt", ".csv", ".z", ".mpt"))
)
def test_damaged_measured_files(tmp_path, path):
    luck = random.Random(path.name)
    data = path.read_bytes()[:9000]
    for _ in range(40):
        survives(tmp_path / "x.csv", damaged(data, luck))


def test_damaged_made_up_files(tmp_path):
    luck = random.Random(1)
    small = np.geomspace(1e5, 1, 6)
    for separator in "\t;, ":
        data = table(
            "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm".replace("\t", separator), (small, small, small), separator
        ).encode()
        for _ in range(150):
            survives(tmp_path / "x.csv", damaged(data, luck))
