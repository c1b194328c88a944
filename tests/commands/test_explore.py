"""`constriction explore`: what it writes and what it refuses."""

import json
import re

import pytest

from constriction.cli import main

NAME = "</script><img src=x onerror=alert(1)>.csv".replace("/", "\N{DIVISION SLASH}")
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def embedded(path):
    text = path.read_text("utf-8")
    assert text.count("</script>") == 2 and "<img" not in text
    return json.loads(DATA.search(text)[1])


def test_a_measured_file_and_a_case_are_in_the_page(tmp_path, capsys):
    rows = [f"{10**k},{30 + 10 / (1 + 10**k / 1e4)},{k}" for k in range(6, 1, -1)]
    measured = tmp_path / NAME
    measured.write_text("\n".join(["freq/Hz,Re(Z)/Ohm,-Im(Z)/Ohm", *rows]) + "\n", "utf-8")
    page, case = tmp_path / "page.html", "meshes/stripes.toml"
    said = ["--measured", str(measured), "--area", "1.13 cm2", "--thickness", "1.5 mm", "--case", case]
    assert main(["explore", "-o", str(page), *said]) == 0
    data = embedded(page)
    assert data["start"]["state"]["pattern"] == "stripes"
    found = data["measured"][0]
    assert found["name"] == NAME
    assert (found["area"], found["thickness"]) == (1.13e-4, 1.5e-3)
    assert found["spectra"][0]["frequency"][0] == 1e6
    assert "Written: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "page.txt"], "expected .html"),
        (["-o", "page.html", "--case", "meshes/lifted_plate.toml"], "lifted"),
        (["-o", "page.html", "--measured", "gone.csv"], "gone.csv"),
        (["-o", "page.html", "--area", "3 m"], "--area"),
        (["-o", "page.html", "--area", "1 km2"], "--area: 1e+06 m2; expected 0.001 mm2"),
        (["-o", "page.html", "--thickness", "1 nm"], "--thickness: 1e-09 m; expected 10 um"),
        (["-o", "page.html", "--case", "gone.toml"], "constriction: gone.toml: No such file"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(tmp_path, capsys, arguments, said):
    path = tmp_path / arguments[1]
    assert main(["explore", "-o", str(path), *arguments[2:]]) == 2
    assert said in capsys.readouterr().err
    assert not path.exists()
