"""Constants that the pages under Numerics name have the value that the pages say."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `(\w+)\.([A-Z]\w*)` \| `(.+?)` \|", re.MULTILINE)
PAGES = sorted((ROOT / "docs" / "numerics").glob("*.md"))


def normal(expression):
    """An expression in one way of writing it."""
    return ast.unparse(ast.parse(expression, mode="eval"))


def pairs(target, value):
    """Names and expressions of an assignment; of a tuple each by itself."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from pairs(one, other)
    elif isinstance(target, ast.Name):
        yield target.id, ast.unparse(value)


def constants():
    """(module, name) → the expressions that modules of this name set it to, in whatever room they are."""
    found = defaultdict(set)
    for path in (ROOT / "constriction").rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            for name, expression in (pair for target in targets for pair in pairs(target, node.value)):
                found[path.stem, name].add(expression)
    return found


@pytest.fixture(scope="module")
def known():
    return constants()


def rows():
    return [(page.stem, *row) for page in PAGES for row in ROW.findall(page.read_text("utf-8"))]


def test_constants_are_named():
    assert len(rows()) > 50


@pytest.mark.parametrize(("page", "module", "name", "value"), rows(), ids=lambda text: text)
def test_constant_has_the_value_of_the_page(known, page, module, name, value):
    assert normal(value) in known[module, name]


def test_scripts_that_measure_are_there():
    for page in PAGES:
        for name in re.findall(r"`(tests/[\w/]+\.\w+)`", page.read_text("utf-8")):
            assert (ROOT / name).is_file(), f"{page.name}: {name}"
