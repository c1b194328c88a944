"""Reports of comparisons and studies: what is measured stands in the page, and a page comes from the command alone."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from constriction import load, simulate
from constriction.cli import main
from constriction.spectra.spectrum import Spectrum, write_csv

CASE = Path(__file__).parents[2] / "meshes" / "sodium_islands.toml"
STUDY = """
title = "Pitch <1 mm"
[base]
interface = {pattern = "hexagonal", contact_fraction = 0.2, pitch = "1 mm"}
gap = {height = "5 nm"}
accuracy = {relative_error = 2e-2, method = "spectral"}
[grid]
"interface.pitch" = ["0.2 mm", "0.5 mm"]
"""


def text_of(page: Path) -> str:
    """What is read without JavaScript, symbols in one piece."""
    html = re.sub(r"<(script|style)\b.*?</\1>", " ", page.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a comparison of a case with itself, 10 % larger."""
    folder = tmp_path_factory.mktemp("compared")
    spectrum = simulate(load(CASE)).spectrum
    noise = np.random.default_rng(2).standard_normal((2, spectrum.frequency.size)) * 1e-3
    measured = spectrum.impedance * (1.1 + noise[0] + 1j * noise[1])
    write_csv(Spectrum(spectrum.frequency, measured, "ohm m2"), folder / "larger.csv")
    assert main(["compare", str(CASE), str(folder / "larger.csv"), "--out", str(folder / "out"), "--report"]) == 0
    return folder / "out"


def test_a_comparison_has_its_differences_on_the_page(compared: Path) -> None:
    record = json.loads((compared / "comparison.json").read_text("utf-8"))
    text = text_of(compared / "report.html")
    percent = record["files"][0]["R_SE"]["difference_percent"]
    assert percent == pytest.approx(10, abs=1)
    assert f"R_SE is {percent:.3g} % above" in text.replace("RSE", "R_SE")
    assert "differences are larger than 2 error bars" in text
    assert "compare" in text
    assert "--report" in text  # how to repeat it


def test_a_comparison_without_the_option_leaves_no_old_report(compared: Path) -> None:
    source = compared.parent / "larger.csv"
    assert main(["compare", str(CASE), str(source), "--out", str(compared)]) == 0
    assert not (compared / "report.html").exists()


def test_a_study_has_its_cases_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text(STUDY, "utf-8")
    out = tmp_path / "out"
    assert main(["study", "run", str(tmp_path / "study.toml"), "--out", str(out), "--quiet"]) == 0
    assert main(["study", "plot", str(out), "--report"]) == 0
    page = (out / "report.html").read_text("utf-8")
    text = text_of(out / "report.html")
    assert "2 of 2 cases done" in text
    assert "Pitch &lt;1 mm" in text
    assert "<1 mm</h1>" not in page
    assert "data:image/png;base64," in page
