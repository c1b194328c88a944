"""docs/start/install.md names what the package asks for, as pyproject.toml does."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_dependencies_beside_dolfinx_are_those_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {name for name in project["dependencies"] if not name.startswith("dolfinx")}
    page = (ROOT / "docs" / "start" / "install.md").read_text("utf-8")
    assert set(re.findall(r'"([\w-]+[>=]=[\w.]+)"', page)) == asked
