"""The explorer as one HTML file: template, styles, the script of all modules, and the data that they start with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from constriction.view.explorer.bundle import bundled

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "worker-src blob:; base-uri 'none'; form-action 'none'"
)
"""What the file may load: what stands in it, and pictures and workers that it made itself. A browser enforces it."""
ENTRY = "main.js"


def explorer_html(data: Mapping[str, Any]) -> str:
    """The text of the page.

    Args:
        data: `atlas`, `materials`, `presets`, `start`, `measured` and `version`, all of it JSON.

    Raises:
        InputError: its modules do not fit together.
    """
    parts = {
        "policy": escape(POLICY),
        "styles": _text("explorer.css"),
        "data": json_element(data),
        "script": bundled(_modules(), ENTRY),
    }
    text = _text("template.html")
    for name, part in parts.items():
        text = text.replace(f"{{{{ {name} }}}}", part, 1)
    return text


def json_element(data: Mapping[str, Any]) -> str:
    """JSON that may stand in an element of HTML: it needs no "<"."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return text.replace("<", r"\u003c")


def _room() -> Traversable:
    return resources.files("constriction.view.explorer")


def _text(name: str) -> str:
    return _room().joinpath(name).read_text(encoding="utf-8")


def _modules() -> dict[str, str]:
    """The texts of all modules by file name."""
    files = _room().joinpath("js").iterdir()
    return {file.name: file.read_text(encoding="utf-8") for file in files if file.name.endswith(".js")}
