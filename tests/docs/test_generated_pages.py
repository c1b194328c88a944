"""The pages that say what the program itself knows are what it says today; built pages load nothing from a network."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def script(name):
    """A script of .ci/ as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = script("generate_docs")


@pytest.mark.parametrize("name", GENERATE.PAGES)
def test_page_is_up_to_date(name):
    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == GENERATE.PAGES[name](), f"docs/{name} is old: run python .ci/generate_docs.py"


def test_every_key_of_a_case_is_told_with_a_meaning():
    page = GENERATE.case_file()
    for section in GENERATE.SECTIONS:
        for key in GENERATE.keys_of(section):
            (row,) = [line for line in page.splitlines() if line.startswith(f"| `{key}` |")][:1] or [""]
            assert all(cell.strip() for cell in row.split("|")[1:-1]) and row.count("|") >= 5, f"{section}.{key}"


def test_keys_are_told_in_the_words_of_a_case_file():
    assert GENERATE._spoken("σ_gb, in series, S/m; None: a single relaxation.") == (
        'σ_gb, in series; `"none"`: a single relaxation'
    )


def test_every_command_is_there_with_its_options():
    page = GENERATE.commands()
    for name in ("run", "analyze", "compare", "convert", "study-run", "study-collect"):
        assert f"{{#{name}}}" in page
    assert "`--relative-error FLOAT`" in page and "constriction run meshes/sodium_islands.toml --out" in page


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ('<script src="https://example.org/a.js"></script>', 1),
        ('<link rel="stylesheet" href="//example.org/a.css">', 1),
        ("<style>@import url(https://example.org/a.css); p { src: url('http://example.org/a.woff') }</style>", 2),
        ('<a href="https://example.org">elsewhere</a> <img src="data:image/png;base64,AA=="> <img src="a.png">', 0),
        ('<link rel="canonical" href="https://example.org/">', 0),
    ],
)
def test_what_a_page_loads_from_a_network_is_seen(tmp_path, text, loads):
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert len(list(script("offline").far_loads(tmp_path))) == loads
