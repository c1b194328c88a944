"""The page that `constriction run --report` writes."""

import json
import re
from html import unescape

import pytest
from cases import ISLANDS

from constriction.case.schema import parse_case
from constriction.cli import main
from constriction.simulation.record import result_record
from constriction.simulation.simulate import simulate
from constriction.view.pages.case_words import case_in_words
from constriction.view.pages.run_report import answer

CASE = f'title = "A <b>bold</b> & short title"\n{ISLANDS}method = "spectral"\n'


def said(text):
    """A page's text, one space between words."""
    plain = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", plain)).replace("\u00a0", " ").split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run by the command line, with its report."""
    place = tmp_path_factory.mktemp("run")
    (place / "case.toml").write_text(CASE, encoding="utf-8")
    assert main(["run", str(place / "case.toml"), "--out", str(place / "out"), "--report", "--json"]) == 0
    return place / "out"


def test_run_writes_a_report_of_its_own_numbers(folder):
    record = json.loads((folder / "result.json").read_text("utf-8"))
    html = (folder / "report.html").read_text("utf-8")
    text = said(html)
    assert "A <b>bold</b> & short title" in text and "<b>bold" not in html.split("<script")[0]
    assert f"Rcstr = {record['R_cstr_ohm_cm2']:.1f}" in text
    assert record["case_sha256"] in text and record["versions"]["scipy"] in text
    assert f"--out {folder} --report --json" in text
    for name in ("result.json", "spectrum.csv", "case.toml", "contacts.geojson", "nyquist.png"):
        assert f'href="./{name}"' in html and (folder / name).exists()
    assert "field.vtu" not in html
    assert (folder / "case.toml").read_text("utf-8").split("\n")[-3] in text
    figures = json.loads(re.search(r'id="figures">(.*?)</script>', html, re.DOTALL)[1])
    assert len(figures) == 4  # two of the spectrum, the interface, the current over the contacts
    last = [float(x) for x in (folder / "spectrum.csv").read_text().split()[-1].split(",")]
    assert figures["figure-1"]["data"][1]["x"][-1] == pytest.approx(last[1], rel=1e-6)


def test_report_goes_with_the_result_it_belongs_to(folder):
    case = folder.parent / "case.toml"
    assert main(["run", str(case), "--out", str(folder.parent / "again"), "--report", "--json"]) == 0
    assert (folder.parent / "again" / "report.html").exists()
    assert main(["run", str(case), "--out", str(folder.parent / "again"), "--json"]) == 0
    assert not (folder.parent / "again" / "report.html").exists()


def test_run_says_what_solids_in_full_contact_add():
    whisker = {"kind": "whisker", "radius": "2 um", "depth": "30 um"}
    interface = {"pattern": "square", "contact_fraction": 1, "pitch": "40 um"}
    result = simulate(parse_case({"interface": interface, "electrolyte": {"thickness": "40 um"}, "solid": [whisker]}))
    record = result_record(result)
    assert 0 < record["relative_error_reached"] <= 1e-3
    told = answer(record).sentences
    assert any("Solids in the electrolyte add this" in line for line in told)
    assert not any("exact" in line or "Nothing constricts" in line for line in told)
    words = case_in_words(result.case)
    assert words.startswith("The metal touches the whole interface. The electrolyte is 40 µm thick")
