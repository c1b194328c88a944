"""Code of the documentation: Python runs, command lines have options that exist, cases and files are there."""

import itertools
import re
import shlex
import tomllib
from pathlib import Path

import numpy as np
import pytest

from constriction import parse_case
from constriction.case.materials.electrolytes import SolidElectrolyte
from constriction.case.materials.entries import parsed
from constriction.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# What the reader has: a spectrum of two arcs in Ω, and a deposition of 0.5 mAh on 0.785 cm².
OMEGA = 2 * np.pi * np.geomspace(7e6, 100, 50)
IMPEDANCE = 10 + 100 / (1 + 1j * OMEGA * 1e-6) + 40 / (1 + 1j * OMEGA * 1e-4)
STUDY = """
[base.interface]
pattern = "square"
pitch = "40 um"
contact_fraction = 0.2
[base.accuracy]
method = "spectral"
[grid]
"gap.height" = ["50 nm", "100 nm"]
"""
ANOTHER_LAW = STUDY[: STUDY.index("[grid]")].replace("base.", "") + '[gap]\nlaw = "p(C,R1)"\nR1 = "5 kohm cm2"\n'


def blocks(language):
    """Page and text of the blocks in a language."""
    found = [
        (page, text) for page in PAGES for kind, text in BLOCK.findall(page.read_text("utf-8")) if kind == language
    ]
    return [pytest.param(text, id=f"{page.stem}-{number}") for number, (page, text) in enumerate(found)]


def commands():
    """Each command line as words, from where `constriction` is called."""
    for block in blocks("sh"):
        for line in block.values[0].replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words[:2] in (["podman", "build"], ["podman", "save"], ["apptainer", "build"]):
                continue
            starts = [number for number, word in enumerate(words) if Path(word).name == "constriction"]
            if starts:
                yield pytest.param(words[starts[-1] + 1 :], id=line[:60])


def files():
    """Paths into the repository that command lines name."""
    text = itertools.chain.from_iterable(block.values[0].split() for block in blocks("sh"))
    return sorted({word for word in text if re.match(r"(?:meshes|studies)/", word)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a reader of the pages is: beside the shipped cases, with measured files."""
    place = tmp_path_factory.mktemp("reader")
    (place / "meshes").symlink_to(ROOT / "meshes")
    columns = [OMEGA / (2 * np.pi), IMPEDANCE.real, -IMPEDANCE.imag]
    rows = ["freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm", *("\t".join(f"{v:.9e}" for v in row) for row in np.transpose(columns))]
    (place / "measured.mpt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    time = np.linspace(0, 36000, 361)
    potential = -0.02 - 0.03 * np.exp(-time / 300)
    rows = ["time/s\tEwe/V\tI/mA", *(f"{t:.3f}\t{u:.6f}\t0.0392500" for t, u in zip(time, potential, strict=True))]
    (place / "deposition.mpt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (place / "study.toml").write_text(STUDY, encoding="utf-8")
    assert app(["study", "run", str(place / "study.toml"), "--out", str(place / "results" / "pitch"), "--quiet"]) == 0
    (place / "another_law.toml").write_text(ANOTHER_LAW, encoding="utf-8")
    return place


@pytest.mark.parametrize("text", blocks("python"))
def test_python_runs(text, folder, monkeypatch):
    monkeypatch.chdir(folder)
    exec(compile(text, "documentation", "exec"), {})


@pytest.mark.parametrize("words", list(commands()))
def test_command_line_is_understood(words):
    app.parse_args(words, print_error=False, exit_on_error=False)


@pytest.mark.parametrize("words", [["run", "a.toml", "--no-such-option"], ["mesh", "a.toml"]])
def test_a_wrong_command_line_is_not(words):
    with pytest.raises(Exception, match=r"(?i)no-such-option|--output"):
        app.parse_args(words, print_error=False, exit_on_error=False)


@pytest.mark.parametrize("name", files())
def test_file_that_is_named_is_there(name):
    assert (ROOT / name).exists()


@pytest.mark.parametrize("text", blocks("toml"))
def test_case_is_valid(text):
    """Whole cases and materials; of a study file only that it is TOML."""
    data = tomllib.loads(text)
    if "interface" in data:
        parse_case(data, "the page", ROOT / "meshes")
    elif "grains" in data:
        parse_case({"interface": {"pattern": "square", "contact_fraction": 0.3, "pitch": "20 um"}, **data}, "the page")
    elif "bulk_conductivity" in data:
        parsed(SolidElectrolyte, data, "the page")
    else:
        assert {"grid", "derive", "repeat"} & data.keys()
