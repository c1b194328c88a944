"""TOML files: read with errors of one line, and how a value is written."""

import json
import os
import tomllib
from typing import Any

from constriction.base.errors import InputError
from constriction.base.files import read_file

FILES = {"electrolyte": ("material",)}
"""The keys that may name a TOML file, by section."""


def read_toml(path: str | os.PathLike[str], what: str = "case file") -> dict[str, Any]:
    """Read a TOML file as nested dictionaries.

    Args:
        path: the file, UTF-8.
        what: what an error calls it.

    Raises:
        InputError: the file cannot be read or is not TOML; one line that begins with the path.
    """
    return toml_tables(read_text(path, what), os.fspath(path))


def read_case(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The tables of a case file, what they name found as `beside` has it.

    Raises:
        InputError: as `read_toml`.
    """
    return beside(read_toml(path), os.path.dirname(path))


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


def toml_tables(text: str, source: str) -> dict[str, Any]:
    """The nested dictionaries of a TOML text.

    Raises:
        InputError: the text is not TOML; one line that begins with the source.
    """
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        last = f"at line {text.rstrip().count(chr(10)) + 1}, end of document"
        reason = str(error).replace("at end of document", last)
        raise InputError(f"{source}: not valid TOML: {reason}") from None


def beside(data: dict[str, Any], folder: str | os.PathLike[str]) -> dict[str, Any]:
    """The tables of a case with the TOML files that they name found where the case file is.

    Args:
        data: tables as in a case file, where names of files are relative to it.
        folder: of the case file.

    Returns:
        The same, names of files relative to where the program stands; what is no table is left to the case's checks.
    """
    return {
        section: {
            key: _found(value, folder) if key in FILES.get(section, ()) else value for key, value in table.items()
        }
        if isinstance(table, dict)
        else table
        for section, table in data.items()
    }


def _found(value: Any, folder: str | os.PathLike[str]) -> Any:
    return os.path.join(folder, value) if names_file(value) else value


def names_file(value: Any) -> bool:
    """Whether the value of one of `FILES` is a file, not a name of something else."""
    return isinstance(value, str) and value.endswith(".toml")


def toml_value(value: Any) -> str:
    """A value as TOML; what JSON writes is TOML but for the one control character it leaves as it is."""
    if isinstance(value, tuple) and isinstance(value[0], tuple):
        return "[\n" + "".join(f"  {toml_value(row)},\n" for row in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", r"\u007f")
