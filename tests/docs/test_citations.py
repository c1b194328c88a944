"""What README, code, tests and cases cite of the documentation is there: `docs/PAGE.md` or `docs/PAGE.md#ANCHOR`."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CITATION = re.compile(r"\bdocs/([\w/]+\.md)(?:#([\w-]+))?")
CITING = ("constriction", "meshes", "studies", "tests")
SUFFIXES = {".py", ".toml", ".md"}


def missing(text):
    """Citations in a text that lead nowhere."""
    for page, anchor in CITATION.findall(text):
        path = ROOT / "docs" / page
        if not path.is_file() or (anchor and f"{{#{anchor}}}" not in path.read_text("utf-8")):
            yield f"docs/{page}#{anchor}"


def test_every_citation_leads_somewhere():
    paths = [path for room in CITING for path in (ROOT / room).rglob("*") if path.suffix in SUFFIXES]
    paths.append(ROOT / "README.md")
    faults = [
        f"{path}: {name}" for path in paths if path != Path(__file__) for name in missing(path.read_text("utf-8"))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("text", "count"),
    [("(docs/physics.md#c-low)", 0), ("docs/physics.md", 0), ("docs/physics.md#c-lowest", 1), ("docs/no.md#c-low", 1)],
)
def test_a_citation_that_leads_nowhere_is_seen(text, count):
    assert len(list(missing(text))) == count


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: path.stem)
def test_anchors_are_unique(page):
    anchors = re.findall(r"\{#([\w-]+)\}", page.read_text("utf-8"))
    assert len(anchors) == len(set(anchors))
