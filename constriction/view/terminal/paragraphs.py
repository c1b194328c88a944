"""Texts of the help, which the source breaks into lines, as a terminal of any width breaks them."""

from __future__ import annotations

import re

EXAMPLE = "Example: "
_BLANK_LINES = re.compile(r"\n\s*\n")
_OPTION = re.compile(r"\s(?=--?[A-Za-z])")


def flowing(text: str, width: int) -> str:
    """Paragraphs as one line each, which the terminal breaks; examples broken as a shell goes on with them.

    Args:
        text: paragraphs with blank lines between; those that begin with EXAMPLE hold a command.
        width: of the terminal, in characters.
    """
    parts = (" ".join(part.split()) for part in _BLANK_LINES.split(text))
    return "\n\n".join(_command(part, width) if part.startswith(EXAMPLE) else part for part in parts)


def _command(line: str, width: int) -> str:
    """A command in lines of at most `width` characters where it can be broken before an option."""
    first, *others = _OPTION.split(line)
    lines = [first]
    for words in others:
        if len(f"{lines[-1]} {words} \\") <= width:
            lines[-1] += f" {words}"
        else:
            lines.append(" " * len(EXAMPLE) + words)
    return " \\\n".join(lines)
