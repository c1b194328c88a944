"""Whether what is installed is what is pinned.

Usage: installed.py REQUIREMENTS [FOLDER...]. Names every package in the folders (without one: in this Python's) that is
not pinned or has another version, and ends with 1. The project itself and pip need no pin.
"""

import re
import sys
from collections.abc import Iterator
from importlib import metadata

OURS = {"constriction-fem", "pip"}


def plain(name: str) -> str:
    """A package's name as indices compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> dict[str, str]:
    """The version of each package that requirements name."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE)
    return {plain(name): version for name, version in found}


def strangers(pins: dict[str, str], folders: list[str]) -> Iterator[str]:
    """What is installed and not as pinned."""
    for package in metadata.distributions(path=folders):
        name = plain(package.metadata["Name"])
        if name not in OURS and pins.get(name) != package.version:
            yield f"{name} {package.version}, pinned {pins.get(name, 'not at all')}"


def main(requirements: str, *folders: str) -> None:
    """Look, and say what is wrong."""
    with open(requirements, encoding="utf-8") as file:
        pins = pinned(file.read())
    found = sorted(strangers(pins, list(folders) or sys.path))
    if found:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
