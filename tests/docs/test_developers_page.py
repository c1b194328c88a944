"""What the developers' page names is there, under that name, in that file."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "constriction"
PAGE = (ROOT / "docs/developers.md").read_text("utf-8")
ROOMS = {path.name.removesuffix(".py") for path in PACKAGE.iterdir()}
# `field/mesh/rims`, `field/response.Response`; a name without a room is of the module before it.
WRITTEN = re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:\.\w+)*)`", PAGE)
NAMED = sorted({name for name in WRITTEN if re.split("[/.]", name)[0] in ROOMS})


def defined(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    return own | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def missing(name: str) -> list[str]:
    """What of a room's, a module's or a function's name is not there."""
    path, *inside = name.split(".")
    if (PACKAGE / path).is_dir() and not inside:
        return []
    module = PACKAGE / f"{path}.py"
    return [part for part in inside if part not in defined(module)] if module.is_file() else [path]


def test_every_place_is_there() -> None:
    assert len(NAMED) > 100
    assert [name for name in NAMED if missing(name)] == []


@pytest.mark.parametrize("name", ["field/mesh/rims.nowhere", "field/nowhere", "field/nowhere.there"])
def test_a_place_that_is_not_there_is_seen(name: str) -> None:
    assert missing(name)
