"""Files of maps: pictures and tables of values, which a case carries as they are."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from constriction.base.errors import InputError
from constriction.base.files import read_file
from constriction.base.quantities import shown
from constriction.case.file import Folder

SUFFIXES = (".png", ".tif", ".tiff", ".npy", ".csv")
OUTLINE_SUFFIXES = (".wkt", ".geojson")
"""Of files with polygons, which a case carries like maps."""
OUTLINES_TAKE = "a file that ends with .wkt or .geojson"
LARGEST = 400_000_000
"""Bytes of a file."""
TAKES = "a file that ends with .png, .tif, .npy or .csv"
_AS_TEXT = "data:;base64,"


@dataclass(frozen=True)
class MapFile:
    """A file with a map.

    Attributes:
        name: what a case file says: a path from its folder, or the name beside it.
        data: all bytes of the file.
    """

    name: str
    data: bytes = field(repr=False)

    @property
    def suffix(self) -> str:
        """The end of the name, small letters: .png."""
        return os.path.splitext(self.name)[1].lower()

    @cached_property
    def text(self) -> str:
        """The bytes as text, as a study carries them."""
        return _AS_TEXT + base64.b64encode(self.data).decode("ascii")

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the file, 64 hexadecimal digits."""
        return sha256(self.data).hexdigest()


def map_of(name: object, folder: Folder, suffixes: tuple[str, ...] = SUFFIXES, takes: str = TAKES) -> MapFile:
    """The map that a case names.

    Args:
        name: the path of a file.
        folder: from where the path is, or the texts of files by name.
        suffixes: that the name may end with.
        takes: these in words.

    Raises:
        InputError: another kind of file, or one that cannot be read; one line that begins with the name.
    """
    if isinstance(name, MapFile):
        return name
    name = os.fspath(name) if isinstance(name, Path) else name
    if not isinstance(name, str) or not name.lower().endswith(suffixes):
        raise InputError(f"{shown(name)}: expected {takes}")
    if isinstance(folder, Mapping):
        return MapFile(name, _bytes_of(name, folder))
    return read_map_file(folder / name)


def read_map_file(path: Path) -> MapFile:
    """The map of a file; its name is the last part of the path.

    Raises:
        InputError: it cannot be read; one line that begins with the path.
    """
    takes = OUTLINES_TAKE if path.suffix.lower() in OUTLINE_SUFFIXES else TAKES
    return MapFile(path.name, read_file(path, takes, "crop the map", LARGEST))


def is_map_text(value: object) -> bool:
    """Whether a study's value is the text of a map."""
    return isinstance(value, str) and value.startswith(_AS_TEXT)


def as_bytes(text: str) -> bytes:
    """The content of a file that a case refers to, from its text: of a map its own bytes."""
    if is_map_text(text):
        return base64.b64decode(text.removeprefix(_AS_TEXT))
    return text.encode()


def _bytes_of(name: str, texts: Mapping[str, str]) -> bytes:
    if name not in texts:
        raise InputError(f"{shown(name)}: not there; expected one of {', '.join(texts) or 'no files'}")
    try:
        return as_bytes(texts[name])
    except binascii.Error as error:
        raise InputError(f"{shown(name)}: no file in base64 ({error}); expected {TAKES}") from None
