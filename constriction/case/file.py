"""TOML files: read with errors of one line, and how a value is written."""

import json
import os
import tomllib
from typing import Any

from constriction.base.errors import InputError
from constriction.base.files import read_file


def read_toml(path: str | os.PathLike[str], what: str = "case file") -> dict[str, Any]:
    """Read a TOML file as nested dictionaries.

    Args:
        path: the file, UTF-8.
        what: what an error calls it.

    Raises:
        InputError: the file cannot be read or is not TOML; one line that begins with the path.
    """
    source = os.fspath(path)
    try:
        text = read_file(source, f"the path of a readable {what} (TOML)").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{source}: not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    return toml_tables(text, source)


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


def toml_value(value: Any) -> str:
    """A value as TOML; what JSON writes is TOML but for the one control character it leaves as it is."""
    if isinstance(value, tuple) and isinstance(value[0], tuple):
        return "[\n" + "".join(f"  {toml_value(row)},\n" for row in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", r"\u007f")
