"""TOML files: read with errors of one line, and how a value is written."""

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from constriction.base.errors import InputError
from constriction.base.files import read_file

type Folder = Path | Mapping[str, str]
"""Where the files lie that a case refers to, or their texts by name."""


def read_toml(path: str | os.PathLike[str], what: str = "case file") -> dict[str, Any]:
    """Read a TOML file as nested dictionaries.

    Args:
        path: the file, UTF-8.
        what: what an error calls it.

    Raises:
        InputError: the file cannot be read or is not TOML; one line that begins with the path.
    """
    return toml_tables(read_text(path, what), os.fspath(path))


def read_text(path: str | os.PathLike[str], what: str) -> str:
    """The text of a TOML file.

    Args:
        path: the file, UTF-8.
        what: what an error calls it.

    Raises:
        InputError: the file cannot be read; one line that begins with the path.
    """
    source = os.fspath(path)
    try:
        return read_file(source, f"the path of a readable {what} (TOML)").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{source}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def text_in(folder: Folder, name: str, what: str) -> str:
    """The text of a TOML file that a case refers to.

    Args:
        folder: where it lies, or the texts of all files by name.
        name: of the file, in a folder its path from there.
        what: what an error calls it.

    Raises:
        InputError: it cannot be read, or is not there; one line that begins with the path.
    """
    if isinstance(folder, Path):
        return read_text(folder / name, what)
    if name not in folder:
        raise InputError(f"{name}: not there; expected one of {', '.join(folder) or 'no files'}")
    return folder[name]


def toml_tables(text: str, source: str) -> dict[str, Any]:
    """The nested dictionaries of a TOML text.

    Args:
        text: as a file has it.
        source: what an error begins with.

    Raises:
        InputError: not TOML; one line with the place.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        last = f"at line {text.rstrip().count(chr(10)) + 1}, end of document"
        reason = str(error).replace("at end of document", last)
        raise InputError(f"{source}: not valid TOML: {reason}") from None


def names_file(value: Any) -> bool:
    """Whether a material's name is that of a file, not of a shipped one."""
    return isinstance(value, str) and value.endswith(".toml")


def toml_value(value: Any) -> str:
    """A value as TOML; what JSON writes is TOML but for the one control character it leaves as it is."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "[\n" + "".join(f"  {toml_value(row)},\n" for row in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", r"\u007f")
