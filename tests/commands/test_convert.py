"""`constriction convert`: what it writes and prints, and what bad input gets."""

import re

import numpy as np
import pytest
from measured import EIS, FREQUENCY, IMPEDANCE, needs_data, table
from support.spectrum_csv import read_csv

from constriction.cli import main

HEADER = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm"
ONE = table(HEADER, (FREQUENCY, IMPEDANCE.real, -IMPEDANCE.imag))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.txt").write_text(ONE)
    (tmp_path / "two.txt").write_text(ONE + ONE)
    (tmp_path / "one.csv").write_text(ONE)
    return tmp_path


def test_one_sweep(here, capfd):
    assert main(["convert", "one.txt", "-o", "new/spectrum.csv"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert "one.txt, sweep 1 of 1\n" in out
    assert re.search(r"points +31, 1\.00 Hz to 1\.00 MHz, in Ω\n", out)
    assert "sign of Im Z: from the column name '-Im(Z)/Ohm'" in out
    assert re.search(r"written +new/spectrum\.csv\n", out)
    written = read_csv(here / "new/spectrum.csv")
    np.testing.assert_allclose(written.impedance, IMPEDANCE, rtol=1e-8)
    assert written.unit == "ohm"


def test_two_sweeps_are_numbered(here, capfd):
    assert main(["convert", "two.txt", "--output", "spectrum.csv"]) == 0
    out = capfd.readouterr().out
    assert "two.txt, sweep 2 of 2\n" in out
    assert sorted(path.name for path in here.glob("spectrum*")) == ["spectrum-1.csv", "spectrum-2.csv"]
    assert (here / "spectrum-1.csv").read_bytes() == (here / "spectrum-2.csv").read_bytes()


def test_converting_again_changes_nothing(here, capfd):
    assert main(["convert", "one.txt", "-o", "a.csv"]) == 0
    assert main(["convert", "a.csv", "-o", "b.csv"]) == 0
    assert (here / "a.csv").read_bytes() == (here / "b.csv").read_bytes()
    capfd.readouterr()


def test_warnings_are_printed(here, capfd):
    (here / "x.txt").write_text(ONE.replace("-Im", "Im"))
    assert main(["convert", "x.txt", "-o", "x.csv"]) == 0
    assert re.search(r"WARNING +the sign of Im Z seems wrong: the phase differs by \d+° ", capfd.readouterr().out)


@needs_data
def test_metadata_are_printed(here, capfd):
    assert main(["convert", str(EIS / "impedance.py/exampleDataBioLogic.mpt"), "-o", "x.csv"]) == 0
    out = capfd.readouterr().out
    for line in (
        r"instrument +EC-Lab \(BioLogic\)",
        r"date +02/04/2018 10:02:46",
        r"area in file +0\.001 cm², not app",
    ):
        assert re.search(line, out)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("none.txt -o x.csv", r"none\.txt: No such file or directory; expected a file of an impedance instrument"),
        (". -o x.csv", r"\.: Is a directory; expected"),
        ("one.txt -o x.txt", r"x\.txt: suffix '\.txt'; expected \.csv"),
        ("one.txt -o x", r"x: suffix ''; expected \.csv"),
        ("one.csv -o one.csv", r"one\.csv: is the file to convert; expected another name"),
        ("one.txt -o one.txt/x.csv", r"one\.txt/x\.csv: cannot be written \(Not a directory\)"),
        ("one.txt", r"--output"),
    ],
)
def test_bad_input_gets_one_line(here, capfd, arguments, expected):
    before = sorted(here.rglob("*"))
    assert main(["convert", *arguments.split()]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert re.fullmatch(r"constriction: [^\n]+\n", err) and re.search(expected, err), err
    assert sorted(here.rglob("*")) == before
