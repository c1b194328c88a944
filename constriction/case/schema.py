"""A case as data: pydantic models, read from TOML with errors of one line, written back with every default.

Values with a dimension are strings with their unit on the way in and SI floats afterwards.
"""

import hashlib
import os
from typing import Any

from pydantic import ValidationError

from constriction.base.errors import InputError
from constriction.case.complaints import describe
from constriction.case.electrolyte import Electrolyte
from constriction.case.fields import Section, Text
from constriction.case.file import read_case, toml_value
from constriction.case.interface import Gap, Interface, takes
from constriction.case.numerics import Accuracy, Sweep


class Case(Section):
    """A whole case file; only the interface has no default."""

    title: Text = ""
    electrolyte: Electrolyte = Electrolyte()
    interface: Interface
    gap: Gap = Gap()
    sweep: Sweep = Sweep()
    accuracy: Accuracy = Accuracy()


def load(path: str | os.PathLike[str]) -> Case:
    """Read a case file.

    Args:
        path: a TOML file of the form of docs/case_file.md#case-file.

    Returns:
        The case, every dimensional value in SI units.

    Raises:
        InputError: the file cannot be read, is not TOML, or describes no valid case; one line that begins
            with the path and names key, value and what is expected.
    """
    return parse_case(read_case(path), os.fspath(path))


def parse_case(data: dict[str, Any], source: str = "case") -> Case:
    """Check a case given as nested dictionaries with the keys and strings of the case file.

    Args:
        data: what `tomllib` gives, e.g. ``{"interface": {"pattern": "square", "pitch": "40 um", ...}}``; a file
            named in it is looked for from where the program stands.
        source: what an error begins with.

    Returns:
        The case, every dimensional value in SI units.

    Raises:
        InputError: no valid case; one line with source, dotted key, value and what is expected.
    """
    try:
        return Case.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        # A misspelt key comes first: it is usually why another one is missing.
        problems = sorted(error.errors(), key=lambda problem: problem["type"] != "extra_forbidden")
        others = len(problems) - 1
        more = f" (and {others} more error{'s' if others > 1 else ''})" if others else ""
        raise InputError(f"{source}: {describe(problems[0], Case)}{more}") from None


def resolved_toml(case: Case) -> str:
    """The case as TOML with every default written out; `load` of it gives an equal case.

    Args:
        case: the case; equal cases give equal text.

    Returns:
        Only the keys that apply to the pattern. A comment behind a value that is the material's names its source, or
        says ``assumed``.
    """
    sections = case.model_dump(by_alias=True)
    lines = [f"title = {toml_value(sections.pop('title'))}"]
    for section, values in sections.items():
        lines += ["", f"[{section}]"]
        for key, value in values.items():
            if section == "interface" and not takes(case.interface.pattern, key):
                continue
            remark = case.electrolyte.remark(key) if section == "electrolyte" else ""
            lines.append(f"{key} = {toml_value(value)}" + (f"  # {remark}" if remark else ""))
    return "\n".join(lines) + "\n"


def case_sha256(case: Case) -> str:
    """SHA-256 of the resolved TOML text, 64 hexadecimal digits."""
    return hashlib.sha256(resolved_toml(case).encode()).hexdigest()
