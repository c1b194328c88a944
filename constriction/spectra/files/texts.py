"""From a file to lines of text, and from cells to numbers, whatever the encoding and the decimal mark."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from constriction.base.errors import InputError
from constriction.base.files import read_file
from constriction.spectra.columns.cutting import NUMBER
from constriction.spectra.columns.units import PREFIXES
from constriction.spectra.files.formats import begins_as, named_as

# With `base.files.LARGEST_INPUT` it keeps every file below five seconds.
MOST_LINES = 300_000

MPR = b"BIO-LOGIC MODULAR FILE"
TEXTS = "csv, txt, mpt, DTA, z, par"
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1a"))

_PREFIXED = re.compile(r"([+-]?[0-9][0-9.,]*)\s?(Meg|[GMkKmuµμn])")
STARTS_AS_NUMBER = re.compile(r"[+-]?[.,]?[0-9]|[+-]?(?:nan|inf)\b", re.IGNORECASE)
_GROUPED = {mark: re.compile(rf"[+-]?[0-9]{{1,3}}(?:\{mark}[0-9]{{3}})+") for mark in ",."}


@dataclass(frozen=True)
class Text:
    """A text file.

    Attributes:
        path: as the user gave it, for messages.
        lines: without their ends.
    """

    path: str
    lines: Sequence[str]


def load_bytes(path: str | Path) -> bytes:
    """Read a file that may hold a measurement.

    Raises:
        InputError: it is no file, cannot be read, is empty or larger than 32 MB.
    """
    data = read_file(path, "a file of an impedance instrument", "export only the impedance, or split the file")
    if not data.strip():
        raise InputError(f"{path}: empty, expected a file of an impedance instrument")
    return data


def text_of(data: bytes, path: str | Path) -> Text:
    """Decode UTF-8, UTF-16, Windows-1252 or Latin-1, with or without byte order mark and with any kind of newline.

    Raises:
        InputError: binary, or more than 300 000 lines.
    """
    if data.startswith(MPR):
        raise InputError(f"{path}: is a BioLogic .mpr file, expected text ({TEXTS}); rename it to .mpr")
    if what := begins_as(data, path):
        raise InputError(f"{path}: is {what}; expected text ({TEXTS})")
    text = _decode(data, path).replace("\r\n", "\n").replace("\r", "\n")
    lines = text.rstrip("\x1a\n").split("\n")
    if len(lines) > MOST_LINES:
        raise InputError(
            f"{path}: {len(lines)} lines, expected at most {MOST_LINES}; export only the impedance, or split the file"
        )
    return Text(str(path), lines)


def numbers(cells: Sequence[str]) -> tuple[list[float | None], str]:
    """Read the cells of a table as numbers, with the decimal mark that fits all of them.

    Args:
        cells: one table's, in any order.

    Returns:
        The numbers, None where a cell is none, and a remark on the marks ("" for plain numbers).
    """
    if (plain := _as_python_reads(cells)) is not None:
        return plain, ""
    decimal, remark = _decimal_mark(cells)
    found = _numbers(cells, decimal)
    if 2 * found.count(None) > len(found):  # a few cells with the other mark do not tell
        other = _numbers(cells, "," if decimal == "." else ".")
        if other.count(None) < found.count(None):
            return other, "" if decimal == "," else "decimal comma"
    return found, remark


def _as_python_reads(cells: Sequence[str]) -> list[float | None] | None:
    """All cells as numbers if they are plain ones; Python would also read 1_000."""
    try:
        return None if any("_" in cell for cell in cells) else [float(cell) for cell in cells]
    except ValueError:
        return None


def table_numbers(cells: Sequence[str], width: int) -> tuple[list[float | None], str]:
    """Read the cells of a table, row by row, where one column may have decimal commas and the others points.

    Args:
        cells: (N·width,) of N rows.
        width: number of columns.

    Returns:
        As `numbers`.
    """
    values, remark = numbers(cells)
    if not _with(",", cells) or not _with(".", cells):
        return values, remark
    columns = [cells[place::width] for place in range(width)]
    if not any(map(_is_pointed, columns)):
        return values, remark
    for place in (place for place, column in enumerate(columns) if _has_decimal_commas(column)):
        values[place::width] = numbers(columns[place])[0]
        remark = "decimal commas in some columns, points in others"
    return values, remark


def _is_pointed(column: Sequence[str]) -> bool:
    """Whether a column has numbers with a decimal point."""
    return any("." in cell for cell in column) and not any("," in cell for cell in column)


def _has_decimal_commas(column: Sequence[str]) -> bool:
    """Whether the commas of a column, which has no point, cannot all group thousands."""
    marked = [cell for cell in column if "," in cell]
    return not any("." in cell for cell in column) and not all(_GROUPED[","].fullmatch(cell) for cell in marked)


def without_prefix(cell: str) -> tuple[str, float]:
    """A cell such as 562.341k without the prefix behind its number, and the factor; 1 where there is none."""
    found = _PREFIXED.fullmatch(cell)
    return (found[1], PREFIXES[found[2].replace("µ", "u").replace("μ", "u")]) if found else (cell, 1.0)


def _decode(data: bytes, path: str | Path) -> str:
    if encoding := _encoding(data):
        return data.decode(encoding, errors="replace")
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if b"\0" in data or controls > 0.01 * len(data):
        what = named_as(data, path)
        raise InputError(f"{path}: binary, expected text ({TEXTS}){f'; by its name {what}' if what else ''}")
    for name in ("utf-8", "cp1252"):
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            pass
    return data.decode("latin-1")


def _encoding(data: bytes) -> str | None:
    """What a byte order mark tells, or zeros at every second place; None without."""
    for bom, name in _BOMS.items():
        if data.startswith(bom):
            return name
    head = data[:2000]
    for half, name in ((head[1::2], "utf-16-le"), (head[::2], "utf-16-be")):
        if len(head) > 8 and half.count(0) > 0.9 * len(half):
            return name
    return None


def _decimal_mark(cells: Sequence[str]) -> tuple[str, str]:
    marked = _with(",", set(cells))
    if not marked:
        dotted = any(cell.count(".") > 1 and _GROUPED["."].fullmatch(cell) for cell in cells)
        return (",", "points group thousands") if dotted else (".", "")
    both = _with(".", marked)
    if any(cell.rfind(",") > cell.rfind(".") for cell in both):
        return ",", "decimal comma, points group thousands"
    if both or any(cell.count(",") > 1 for cell in marked):
        return ".", "commas group thousands"
    return _mark_of_one_comma(marked, bool(_with(".", cells)))


def _mark_of_one_comma(marked: Sequence[str], dotted: bool) -> tuple[str, str]:
    """Of cells with a comma each and no point, when others have points or not."""
    if not all(map(_GROUPED[","].fullmatch, marked)):
        return ",", "decimal comma"
    if dotted:
        return ".", "commas group thousands"
    return ",", "decimal comma (commas that group thousands would look the same)"


def _with(mark: str, cells: Iterable[str]) -> list[str]:
    return [cell for cell in cells if mark in cell]


def _numbers(cells: Sequence[str], decimal: str) -> list[float | None]:
    return [_number(cell, decimal) for cell in cells]


def _number(cell: str, decimal: str) -> float | None:
    thousands = "," if decimal == "." else "."
    if thousands not in cell and "_" not in cell:  # most cells, and fast
        try:
            return float(cell.replace(decimal, ".", 1))
        except ValueError:
            pass
    if not NUMBER.fullmatch(cell):
        return None
    plain = re.sub("['’ \u00a0\u202f]", "", cell)
    mantissa = re.split("[eEdDnN]", plain, maxsplit=1)[0]
    if thousands in mantissa and not _well_grouped(mantissa, thousands, decimal):
        return None
    try:
        return float(plain.replace(thousands, "").replace(decimal, ".").replace("d", "e").replace("D", "e"))
    except ValueError:
        return None


def _well_grouped(mantissa: str, thousands: str, decimal: str) -> bool:
    """1.234.567 and 1,234 are; 1.5 among numbers with a decimal comma is a mistake."""
    return _GROUPED[thousands].fullmatch(mantissa.partition(decimal)[0]) is not None and (
        thousands not in mantissa.partition(decimal)[2]
    )
