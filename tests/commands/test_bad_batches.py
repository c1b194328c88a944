"""One bad file never costs the others, whatever goes wrong with it; an empty one costs no time."""

import json
import subprocess
import sys

import numpy as np
import pytest

from constriction.cli import main
from constriction.spectra.files import readers
from constriction.spectra.reading import batch
from constriction.view.writers import spectra_plots

F = np.geomspace(1e6, 1.0, 25)
Z = 20 + 100 / (1 + (2j * np.pi * F * 1e-5) ** 0.9)
HEADER = "f/Hz,Z'/Ohm,-Z''/Ohm\n"
GOOD = HEADER + "".join(f"{f:.8g},{z.real:.8g},{-z.imag:.8g}\n" for f, z in zip(F, Z, strict=True))


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text(GOOD)
    monkeypatch.setattr(spectra_plots, "draw_picture", lambda *_: None)  # seconds
    return tmp_path


BAD = {
    "empty": "",
    "words": "no spectrum\n",
    "huge row": GOOD + "1e308,1e308,1e308\n",
    "huge": HEADER + "".join(f"{10.0**n},1e{200 + n},1e{200 + n}\n" for n in range(20)),
    "tiny": HEADER + "".join(f"{10.0**n},1e-{200 + n},1e-{200 + n}\n" for n in range(20)),
    "constant": HEADER + "".join(f"{10.0**n},1,0\n" for n in range(9)),
    "wild": HEADER + "".join(f"{10.0**n},{(-1) ** n * 10.0**n},{10.0 ** (9 - n)}\n" for n in range(9)),
    "time series": "time/s,E/V,I/A\n1,2,3\n2,3,4\n3,4,5\n",
}


@pytest.mark.parametrize("series", [[], ["--series"]], ids=["single", "series"])
def test_good_file_among_bad_ones(here, capfd, series):
    for name, content in BAD.items():
        (here / f"{name}.csv").write_text(content)
    names = [f"{name}.csv" for name in BAD]
    given = [*names[:4], "good.csv", *names[4:]]
    assert main(["analyze", *given, "--circuit", "R-RQ", "--out", "x", *series]) == 0
    files = json.loads((here / "x/fit.json").read_text())["files"]
    (good,) = (item for item in files if item["file"] == "good.csv")
    assert good["error"] is None and good["R_SE_ohm"] == pytest.approx(120, rel=1e-3)
    assert len(files) == len(BAD) + 1
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("stage", ["read", "screen", "compare_circuits", "relaxation_times"])
def test_unexpected_exception_becomes_an_error_of_its_file(here, monkeypatch, capfd, stage):
    (here / "bad.csv").write_text(GOOD)
    true, calls = getattr(batch, stage), []

    def sometimes(*arguments, **options):
        calls.append(arguments)
        if len(calls) == 1:
            raise ZeroDivisionError("nobody\nforesaw this")
        return true(*arguments, **options)

    monkeypatch.setattr(batch, stage, sometimes)
    assert main(["analyze", "bad.csv", "good.csv", "--circuit", "R-RQ", "--drt", "--out", "x"]) == 0
    first, second = json.loads((here / "x/fit.json").read_text())["files"]
    assert first["error"] == "bad.csv: unexpected ZeroDivisionError: nobody foresaw this"
    assert second["error"] is None and second["R_SE_ohm"] == pytest.approx(120, rel=1e-3)
    assert "1 of 2 failed" in capfd.readouterr().out


def test_a_picture_that_cannot_be_drawn_costs_no_file(here, monkeypatch, capfd):
    def fails(*arguments):
        raise ZeroDivisionError("no axes")

    monkeypatch.setattr(spectra_plots, "draw_picture", fails)
    assert main(["analyze", "good.csv", "--circuit", "R-RQ", "--out", "x"]) == 0
    (record,) = json.loads((here / "x/fit.json").read_text())["files"]
    assert record["picture"] is None and record["R_SE_ohm"] == pytest.approx(120, rel=1e-3)
    assert "WARNING: good.csv: no picture (good.csv: unexpected ZeroDivisionError: no" in capfd.readouterr().out


def test_interruption_still_interrupts(here, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(batch, "read", interrupted)
    assert main(["analyze", "good.csv", "--out", "x"]) == 130


def test_left_out_rows_are_in_the_table(here, capfd):
    lines = GOOD.splitlines()
    lines[3] = "1000,OVERLOAD,---"
    (here / "x.csv").write_text("\n".join(lines))
    assert main(["analyze", "x.csv", "--circuit", "R-RQ", "--out", "x"]) == 0
    assert "note              1 row left out (line 4: 'OVERLOAD' in column \"Z'/Ohm\")" in capfd.readouterr().out


def test_empty_file_is_refused_before_anything_heavy_is_imported(here, capfd):
    (here / "empty.csv").write_text("")
    code = (
        "import sys; from constriction.cli import main; code = main(['analyze', 'empty.csv', '--out', 'x']); "
        "heavy = {'numpy', 'scipy', 'matplotlib', 'dolfinx', 'rich.console'} & set(sys.modules); print(code, heavy)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "2 set()\n"
    assert ran.stderr == "constriction: empty.csv: empty, expected a file of an impedance instrument\n"
    assert main(["analyze", "empty.csv", "none.csv", "--out", "x"]) == 2
    assert "none of 2 could be analysed: empty.csv: empty" in capfd.readouterr().err
    assert not (here / "x").exists()


def test_mpr_that_galvani_does_not_know_names_the_export(here, monkeypatch, capfd):
    """And that export, with every variable of EC-Lab, is read."""
    biologic = pytest.importorskip("galvani.BioLogic", reason="galvani is not installed (extra 'biologic')")

    def unknown(*arguments):
        raise NotImplementedError("Column ID 500 after column I/mA is unknown")

    monkeypatch.setattr(biologic, "MPRfile", unknown)
    (here / "x.mpr").write_bytes(b"BIO-LOGIC MODULAR FILE\x1a" + bytes(200))
    assert main(["convert", "x.mpr", "-o", "x.csv"]) == 2
    line = capfd.readouterr().err
    assert "Column ID 500" in line and "export it as text (.mpt) with freq, Re(Z) and -Im(Z)" in line
    (here / "x.mpt").write_text("EC-Lab ASCII FILE\nNb header lines : 3\n" + MPT)
    cycles = readers.read(here / "x.mpt")
    assert [m.metadata.cycle for m in cycles] == [1, 2]
    np.testing.assert_allclose([m.spectrum.impedance for m in cycles], [Z, Z], rtol=1e-7)


NAMES = (
    "mode\tox/red\terror\tcontrol changes\tNs changes\tcounter inc.\tNs\ttime/s\tcontrol/V/mA\tEwe/V\tI/mA\t"
    "dq/mA.h\tx\t"
    "(Q-Qo)/mA.h\tI Range\tfreq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\tCs/µF\tCp/µF\tcycle number\tR/Ohm\t"
    "THD Ewe/%\tNSD Ewe/%\tNSR Ewe/%\tRe(Y)/Ohm-1\tIm(Y)/Ohm-1\t|Y|/Ohm-1\tPhase(Y)/deg\tRe(C)/nF\tIm(C)/nF\tRe(M)\t"
    "Im(M)\tRe(Permittivity)\tIm(Permittivity)\tTan(Delta)\tResistivity/Ohm.cm\tConductivity/S.cm-1\tP/W"
).split("\t")


def mpt_row(cycle, f=0.0, z=0j):
    """A row of Modulo Bat: a spectrum's point, or direct current."""
    known = {"freq/Hz": f, "Re(Z)/Ohm": z.real, "-Im(Z)/Ohm": -z.imag, "|Z|/Ohm": abs(z), "cycle number": cycle}
    return "\t".join(f"{known.get(name, 0.125):.9E}" for name in NAMES)


MPT = "\n".join(
    ["\t".join(NAMES)]
    + [
        row
        for cycle in (1, 2)
        for row in [*[mpt_row(cycle)] * 3, *(mpt_row(cycle, f, z) for f, z in zip(F, Z, strict=True)), mpt_row(cycle)]
    ]
)
