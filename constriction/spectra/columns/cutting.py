"""How a line of a file is cut into cells."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence

type Split = Callable[[str], list[str]]
# No nested repetition: a cell of any length is matched in time proportional to it.
NUMBER = re.compile(r"[+-]?(?:[0-9][0-9.,'’ \u00a0\u202f]*|[.,][0-9]+)(?:[eEdD][+-]?[0-9]+)?|[+-]?(?:nan|inf)", re.I)
LONGEST_ROW = 20_000
# Heads of files are shorter.
MOST_LINES_TRIED = 5000
_COMMENT = ("#", "%", "!", "//", "*")


def is_void(line: str) -> bool:
    """Whether a line is blank or a comment."""
    bare = line.strip()
    return not bare or bare.startswith(_COMMENT)


def _cutter(mark: str) -> Split:
    def cut(line: str) -> list[str]:
        if '"' in line:
            try:
                return [cell.strip() for cell in next(csv.reader([line], delimiter=mark, skipinitialspace=True), [])]
            except csv.Error:
                return []
        return [cell.strip() for cell in line.split(mark)]

    return cut


TABS, _semicolons, _commas = _cutter("\t"), _cutter(";"), _cutter(",")


def _wide_blanks(line: str) -> list[str]:
    return re.split(r"(?<!\s)\s{2,}", line.strip())


def blanks(line: str) -> list[str]:
    """The words of a line."""
    return line.split()


SPLITS: tuple[Split, ...] = (TABS, _semicolons, _commas, _wide_blanks, blanks)


def trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    count = len(cells)
    while count and not cells[count - 1]:
        count -= 1
    return cells[:count]


def plain_split(line: str) -> Split | None:
    """The way to cut a line into at least three numbers and nothing else."""
    if not line or line.lstrip()[:1] not in tuple("+-.0123456789\"'"):
        return None
    for split in SPLITS:
        cells = split(line)
        if len(cells) >= 3 and all(map(NUMBER.fullmatch, cells)):
            return split
    return None


def number_rows(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Index and number of cells of the first line that is mostly numbers, with another such line below it."""
    before = last = 0
    for number, line in enumerate(lines[:MOST_LINES_TRIED]):
        if is_void(line) or len(line) > LONGEST_ROW:
            continue
        width = _width_of_numbers(line)
        if width and width == before:
            yield last, width
            return
        before, last = width, number


def _width_of_numbers(line: str) -> int:
    """The cells of a line of which two and at least half are numbers; 0 of other lines."""
    for split in SPLITS:
        cells = trimmed(split(line))
        if 2 <= len(cells) and 2 * sum(map(bool, map(NUMBER.fullmatch, cells))) >= max(4, len(cells)):
            return len(cells)
    return 0
