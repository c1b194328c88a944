"""From the bytes of a map to its values: pictures by Pillow, tables by numpy."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from constriction.base.errors import InputError, counted
from constriction.base.quantities import shown
from constriction.case.maps.files import MapFile

MOST_PIXELS = 50_000_000
FORMATS = ("PNG", "TIFF")
_GREY = ("1", "L", "LA", "La", "I", "F")
_SEPARATORS = (";", ",", "\t")
_TOLD = 40  # characters of a head


class StoredMap(NamedTuple):
    """The values of a map as they are stored, (rows, columns), the first row at the top; what was done to get them."""

    values: NDArray[Any]
    changes: tuple[str, ...] = ()


def decode(file: MapFile, may_miss: bool = False) -> StoredMap:
    """The values of a map.

    Args:
        file: of the map.
        may_miss: whether values may be missing, NaN.

    Raises:
        InputError: the file is not what its name says, is cut off, too large, or has values that are no numbers.
    """
    stored = _READERS[file.suffix](file.data)
    if stored.values.ndim != 2 or stored.values.size == 0 or stored.values.dtype.kind not in "biuf":
        raise InputError(
            f"an array of shape {stored.values.shape} and type {stored.values.dtype}; expected real numbers in rows "
            "and columns"
        )
    wrong = 0 if may_miss else int(stored.values.size - np.count_nonzero(np.isfinite(stored.values)))
    if wrong:
        raise InputError(f"{counted(wrong, 'pixel')} without a finite number; expected a map without missing values")
    return stored


def _check_size(columns: int, rows: int) -> None:
    """Refuse too many pixels."""
    if columns * rows > MOST_PIXELS:
        raise InputError(
            f"{columns} × {rows} pixels, that is {columns * rows / 1e6:.1f} million; "
            f"expected at most {MOST_PIXELS / 1e6:.0f} million"
        )


def _picture(data: bytes) -> StoredMap:
    """A picture; nothing is decoded before its size is known."""
    Image.init()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, about sizes that are checked here
            image = Image.open(io.BytesIO(data), formats=FORMATS)
            _check_size(*image.size)
            frames = getattr(image, "n_frames", 1)
            if frames != 1:
                raise InputError(f"{frames} pictures in one file; expected one")
            return _values_of(image)
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise InputError(f"far more than {MOST_PIXELS / 1e6:.0f} million pixels; expected at most that") from None
    except UnidentifiedImageError:
        raise InputError(
            f"no whole picture (not known, begins with {shown(data[:8])}); expected a PNG or TIFF file"
        ) from None
    except Exception as error:  # whatever Pillow makes of a broken file
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise InputError(f"no whole picture ({reason}); expected a PNG or TIFF file") from None


def _values_of(image: Image.Image) -> StoredMap:
    """Grey values as they are stored, colours as their luminance."""
    if image.mode == "1":
        return StoredMap(np.asarray(image.convert("L")))
    if image.mode in _GREY or image.mode.startswith("I;"):
        values = np.asarray(image)
        return StoredMap(values[..., 0], ("transparency left out",)) if values.ndim == 3 else StoredMap(values)
    clear = ("transparency left out",) if image.mode.endswith(("A", "a")) or "transparency" in image.info else ()
    colours = np.asarray(image.convert("RGB"))
    if (colours == colours[..., :1]).all():
        return StoredMap(colours[..., 0], clear)
    return StoredMap(np.asarray(image.convert("RGB").convert("L")), ("colours taken as their luminance", *clear))


def _array(data: bytes) -> StoredMap:
    """An array of numpy; its head says how large it is."""
    file = io.BytesIO(data)
    try:
        major, _ = np.lib.format.read_magic(file)
        head = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        shape, _, kind = head(file)
        if len(shape) == 2:
            _check_size(shape[1], shape[0])
        if kind.itemsize * int(np.prod(shape, dtype=object)) > len(data):
            raise ValueError(f"{len(data)} bytes for shape {shape}")
        return StoredMap(np.load(io.BytesIO(data), allow_pickle=False))
    except (ValueError, OSError, EOFError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"no whole array ({error}); expected a .npy file of real numbers") from None


def _table(data: bytes) -> StoredMap:
    """Numbers in lines, between commas, semicolons, tabs or blanks."""
    text, separator = "", None
    try:
        text = data.decode("utf-8-sig")
        first = next((line for line in io.StringIO(text) if line.strip() and not line.startswith("#")), "")
        separator = next((mark for mark in _SEPARATORS if mark in first), None)
        _check_size(len(first.split(separator)), text.count("\n") + 1)
        bare, changes = _without_extras(text, first, separator)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an empty file is told below
            return StoredMap(np.loadtxt(io.StringIO(bare), delimiter=separator, ndmin=2), changes)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        reason = _wrong_line(text, separator) or " ".join(str(error).split())[:120]
        raise InputError(
            f"no table of numbers ({reason}); expected UTF-8 text, equally many in each line, nan where one misses, "
            "# before comments"
        ) from None


def _without_extras(text: str, first: str, separator: str | None) -> tuple[str, tuple[str, ...]]:
    """A table without a head of names and without what separates each line's last number from nothing; what was done.

    Args:
        text: of the whole file.
        first: its first line that is no comment.
        separator: of its numbers, None for blanks.
    """
    changes: list[str] = []
    names = [cell.strip() for cell in first.strip("\n\r ").split(separator) if cell.strip()]
    if names and not any(map(_is_number, names)):
        text = text.replace(first, "\n", 1)
        changes.append(f"the first line left out, of names: {shown(' '.join(names)[:_TOLD])}")
    if separator is not None and _ends_each_line(text, separator):
        text = "\n".join(line.rstrip("\r ").removesuffix(separator) for line in text.split("\n"))
        changes.append(f"{shown(separator)} at the end of each line left out")
    return text, tuple(changes)


def _ends_each_line(text: str, separator: str) -> bool:
    """Whether every line that is no comment ends with the separator of its numbers."""
    lines = (line.rstrip("\r ") for line in text.split("\n") if not line.startswith("#"))
    return all(line.endswith(separator) for line in lines if line.strip())


def _wrong_line(text: str, separator: str | None) -> str:
    """The first line of a table that is wrong, and why; "" where none is."""
    columns = 0
    for number, line in enumerate(io.StringIO(text), start=1):
        cells = line.partition("#")[0].strip("\n\r ").split(separator)
        if not any(map(str.strip, cells)):
            continue
        wrong = next((cell for cell in cells if not _is_number(cell)), None)
        if wrong is not None:
            return f"line {number} has {shown(wrong.strip())}"
        columns = columns or len(cells)
        if len(cells) != columns:
            return f"line {number} has {counted(len(cells), 'number')}, those before have {columns}"
    return ""


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


_READERS: Mapping[str, Callable[[bytes], StoredMap]] = {
    ".png": _picture,
    ".tif": _picture,
    ".tiff": _picture,
    ".npy": _array,
    ".csv": _table,
}
