"""Writes the pages of docs/ that say what the program itself knows: the keys of a case file, the commands.

Usage: generate_docs.py. What stands around the tables is in .ci/docs/; `{{ name }}` there is replaced. A test compares
what this makes with what is in docs/.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any, get_args
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pydantic import BeforeValidator  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402

from constriction import Case, parse_case  # noqa: E402
from constriction.base.quantities import KINDS, format_quantity  # noqa: E402
from constriction.case.fields import Section  # noqa: E402
from constriction.case.interface import PATTERNS  # noqa: E402
from constriction.case.materials.electrolytes import DEFAULT, material_of  # noqa: E402
from constriction.case.materials.entries import METALS, shipped_data, shipped_names  # noqa: E402
from constriction.case.schema import fields_of  # noqa: E402
from constriction.case.solids.kinds import SOLIDS  # noqa: E402
from constriction.cli import app  # noqa: E402

HEAD = "<!-- Made by .ci/generate_docs.py: change the program or .ci/docs/, then run it again. -->\n\n"
# A docstring speaks to a programmer: SI units and None, where the case file has strings and "none".
SPOKEN = (
    (r"[;,] ``\w+`` in the case file", ""),
    (r"^(?:m|S/m|Hz|K); |, (?:m|S/m|Hz)(?=[.;]|$)", ""),
    (r"\bNone: ", '`"none"`: '),
)


# Words, circuits and names of files are code; what is in brackets stays as it is.
QUOTED = r"'([A-Za-z_]+|p\([^']*\)|[a-z]+\.toml)'"


# --- the case file -------------------------------------------------------------------------------------------------


def meanings(section: str) -> dict[str, str]:
    """What the docstrings of a section's models say of each of its keys, in the words of a case file."""
    models = KINDS_OF[section].values() if section in KINDS_OF else [Case.model_fields[section].annotation]
    kinds = {kind for model in models for kind in inspect.getmro(model) if issubclass(kind, Section)}  # type: ignore[arg-type]
    told: dict[str, str] = {}
    for kind in kinds:
        _, _, attributes = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")
        for name, text in re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", attributes, re.MULTILINE):
            told[kind.model_fields[name].alias or name] = _spoken(" ".join(text.split()))
    return told


def _spoken(text: str) -> str:
    for pattern, replacement in SPOKEN:
        text = re.sub(pattern, replacement, text)
    return text.strip(" ,.;")


def quantity_readers(annotation: Any, metadata: list[Any]) -> Iterator[partial[Any]]:
    """The functions that read the quantities of a field, outer first."""
    for item in metadata:
        if isinstance(item, BeforeValidator) and isinstance(item.func, partial):
            yield item.func
    inner = getattr(annotation, "__metadata__", ())
    for argument in get_args(annotation):
        yield from quantity_readers(argument, list(inner))


def expected(field: FieldInfo) -> str:
    """What a key takes: a kind of quantity with its range, the choices, or what its error says is expected."""
    if field.description:
        return re.sub(QUOTED, r'`"\1"`', field.description).replace("'", '"')
    readers = list(quantity_readers(field.annotation, field.metadata))
    if readers:
        kind = KINDS[readers[0].keywords["kind"]]
        none = ' or `"none"`' if "none" in readers[0].func.__name__ else ""
        return f'{kind.noun} above zero such as `"{kind.example}"`{none}'
    return ", ".join(f'`"{choice}"`' for choice in get_args(field.annotation))


def default_of(section: str, key: str, field: FieldInfo) -> str:
    """The default as the case file has it."""
    if f"{section}.{key}" in DEFAULTS_IN_WORDS:
        return DEFAULTS_IN_WORDS[f"{section}.{key}"]
    if field.is_required() or (field.default is None and section == "interface"):
        return "required"
    value = field.default if section == "solid" else DEFAULTS[section].get(key, field.default)
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return "`[]`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value:g}`"


def rows_of(section: str) -> Iterator[list[str]]:
    """One row per key: the key, its default, what it takes, what it means; the patterns, or the kinds, that have it."""
    told = meanings(section)
    for key, field in keys_of(section).items():
        row = [f"`{key}`", default_of(section, key, field), expected(field), told[key]]
        kinds = KINDS_OF.get(section, {})
        some = [name for name, model in kinds.items() if key in model.model_fields]
        every = "all" if len(some) == len(kinds) else ", ".join(some)
        yield [*row, every] if kinds else row


def keys_of(section: str) -> dict[str, FieldInfo]:
    """The fields of a section by their keys; of [[solid]] those of every kind."""
    if section != "solid":
        return fields_of(section)
    fields: dict[str, FieldInfo] = {}
    for model in SOLIDS.values():
        fields = {**model.model_fields, **fields}
    kind = copy(fields.pop("kind"))
    kind.description = ", ".join(f"'{name}'" for name in SOLIDS)
    order = ["radius", "depth", "below", "thickness", "x", "y", "density", "seed", "floating", "law", "conductivity"]
    return {"kind": kind, **{key: fields[key] for key in [*order, "relative_permittivity"]}}


def key_table(section: str) -> str:
    """The table of one section as Markdown."""
    title = ["key", "default", "takes", "meaning", *({"interface": ["patterns"], "solid": ["kinds"]}.get(section, []))]
    lines = [title, ["---"] * len(title), *rows_of(section)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


SECTIONS = [name for name in Case.model_fields if name != "title"]
KINDS_OF: dict[str, Mapping[str, type[Section]]] = {"interface": PATTERNS, "solid": SOLIDS}
SMALLEST_CASE = {"interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "40 um"}}
DEFAULTS = parse_case(SMALLEST_CASE).model_dump(by_alias=True)
DEFAULTS_IN_WORDS = {
    "interface.pellet": '`"none"`',
    "accuracy.method": "of the pattern, [below](#method)",
    "solid.depth": "`radius` of a pit and a void, else required",
    "solid.below": '`"0 m"`',
    "solid.x": "the lattice points",
    "solid.y": "the lattice points",
    "solid.seed": "`0` beside a density",
}


def case_file() -> str:
    """docs/case_file.md."""
    return filled("case_file.md", {section: key_table(section) for section in SECTIONS})


# --- the materials -------------------------------------------------------------------------------------------------


def materials() -> str:
    """docs/materials.md."""
    electrolytes = sorted(set(shipped_names()) - set(METALS), key=lambda name: (name != DEFAULT, name))
    parts = {"electrolytes": (electrolytes, derived_rows), "metals": (METALS, lambda _: [])}
    tables = {
        part: "\n\n".join(material_table(name, more(name)) for name in names) for part, (names, more) in parts.items()
    }
    return filled("materials.md", tables)


def material_table(name: str, more: list[list[str]]) -> str:
    """The table of one material: its keys, values and sources."""
    data = shipped_data(name)
    entries = [(key, entry) for key, entry in data.items() if isinstance(entry, dict)]
    rows = [[f"`{key}`", str(entry["value"]), told_source(entry)] for key, entry in entries]
    lines = [["at " + str(data["temperature"]).replace("degC", "°C"), "value", "source"], ["---"] * 3, *rows, *more]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"### {name} {{#{name.lower()}}}\n\n{data['title']}.\n\n{table}"


def told_source(entry: dict[str, Any]) -> str:
    """Where a value is from."""
    return f"**assumed**: {entry['reason']}" if entry.get("assumed") else entry["source"]


def derived_rows(name: str) -> list[list[str]]:
    """What follows from the grains, where a material has them."""
    material = material_of(name)
    if "grain_size" not in shipped_data(name):
        return []
    keys = {"grain_boundary_conductivity": "conductivity", "grain_boundary_frequency": "frequency"}
    values = {key: float(f"{material.at(material.file.temperature, key):.4g}") for key in keys}
    return [
        [f"`{key}`", format_quantity(values[key], kind), "the brick layer of these grains"]
        for key, kind in keys.items()
    ]


# --- the commands --------------------------------------------------------------------------------------------------


OPTION = re.compile(r"--[a-z][a-z-]+")


def commands() -> str:
    """docs/commands.md: what `--help` says of every command."""
    with patch.object(sys, "argv", ["constriction"]):  # what a usage begins with
        text = app.generate_docs(output_format="markdown")
    parts = re.split(r"^#+ (constriction(?: [a-z-]+)*)\n", text, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    sections = [_section(name, body) for name, body in sorted(found.items()) if " " in name]
    return filled("commands.md", {"commands": "\n\n".join(sections)})


def _section(name: str, body: str) -> str:
    """One command: usage and examples as code, its options as a list."""
    body = body.partition("**Commands**")[0].replace("```console", "```text")
    examples = re.findall(r"^Example: (.*)\n", body, re.MULTILINE)
    body = re.sub(r"^Example: .*\n+", "", body, flags=re.MULTILINE).strip()
    body = re.sub(r"\\\[(default: .*?)\]", r"*[\1]*", body)
    body = "`".join(part if n % 2 else OPTION.sub(r"`\g<0>`", part) for n, part in enumerate(body.split("`")))
    if examples:
        body += "\n\n```sh\n" + "\n".join(examples) + "\n```"
    anchor = name.replace("constriction ", "").replace(" ", "-")
    return f"## {name} {{#{anchor}}}\n\n{body}"


# --- files ---------------------------------------------------------------------------------------------------------


def filled(name: str, values: dict[str, str]) -> str:
    """The template of a page with its places filled."""
    text = (ROOT / ".ci" / "docs" / name).read_text("utf-8")
    return HEAD + re.sub(r"\{\{ (\w+) \}\}", lambda match: values[match[1]], text)


PAGES: dict[str, Callable[[], str]] = {
    "case_file.md": case_file,
    "commands.md": commands,
    "materials.md": materials,
}


def main() -> None:
    """Write the pages."""
    for name, make in PAGES.items():
        (ROOT / "docs" / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
