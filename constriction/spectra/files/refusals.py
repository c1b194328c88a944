"""Why a file with a header is refused: what the header names, and what it lacks."""

import re
from collections.abc import Iterable

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import HeaderColumn, recognise
from constriction.spectra.columns.cutting import NUMBER, blanks, is_void, number_rows
from constriction.spectra.columns.headers import LONGEST_HEADER, cells_of_header
from constriction.spectra.columns.vocabulary import FREQUENCIES, SERIES, SPECTRUM
from constriction.spectra.files.texts import Text

_TOUCHSTONE = re.compile(r"#\s*[kmgt]?hz\s+[syzgh]\b", re.IGNORECASE)
MOST_LINES_OF_OPTIONS = 100
# Lines above the first numbers among which the header is.
MOST_LINES_ABOVE = 8
# What an incomplete header most likely wants.
_PARTNERS = (
    *(("R", "X"), ("Re Z", "Im Z"), ("Re Y", "Im Y")),
    *(("ε'", "ε''"), ("σ'", "σ''"), ("M'", "M''"), ("ρ'", "ρ''")),
)
_LACKS = {
    **dict(_PARTNERS),
    **{second: first for first, second in _PARTNERS},
    "|Z|": "the phase",
    **dict.fromkeys(("phase", "phase Z"), "|Z|"),
    "|Y|": "the phase of Y",
    "C": "whether C is in series (Cs) or in parallel (Cp)",
    "L": "whether L is in series (Ls) or in parallel (Lp)",
    "Cs": "D, Q or Rs",
    "Cp": "D, Q, G or Rp",
    "Ls": "Q, D or Rs",
    "Lp": "Q, D, G or Rp",
    "Rs": "Xs",
    "trace": "what the traces are",
}


def check_no_header(text: Text) -> None:
    """See that no line above the first numbers is a header, for it names no impedance.

    Raises:
        InputError: one is.
    """
    for number, option in enumerate(text.lines[:MOST_LINES_OF_OPTIONS], start=1):
        if _TOUCHSTONE.match(option):
            raise InputError(
                f"{text.path}, line {number}: {option.strip()!r:.60} begins a Touchstone file, whose parameters "
                "are not read; export impedance (f, Re Z, Im Z) as csv"
            )
    for start in number_rows(text.lines):
        if found := _header_above(text, *start):
            line, columns = found
            raise InputError(
                f"{text.path}, line {line + 1}: header {text.lines[line].strip()!r:.80} {_told(columns)}; expected "
                "frequency with Re and Im Z, |Z| and phase, Y, Cs or Cp with D, R or G, or ε, σ, ρ or M of a material"
            )


def _header_above(text: Text, start: int, width: int) -> tuple[int, list[HeaderColumn]] | None:
    """The line above some numbers that names columns; None without."""
    above = [number for number in range(max(start - MOST_LINES_ABOVE, 0), start) if text.lines[number].strip()]
    if above and (only := recognise(text.lines[above[-1]].strip("#%!*; \t"), SPECTRUM)) and only.unit:
        return above[-1], [only]  # one column with its unit, none of the others
    return _several_above(text, above, width)


def _several_above(text: Text, above: list[int], width: int) -> tuple[int, list[HeaderColumn]] | None:
    for number in reversed(above):
        if columns := _named(text.lines[number], width):
            return number, columns
    words = _in_words(text.lines[above[-1]], width) if above else None
    return None if words is None else (above[-1], words)


def _named(line: str, width: int) -> list[HeaderColumn]:
    """The known columns of a line if it is a header: two or more."""
    if len(line) > LONGEST_HEADER:
        return []
    for split, names in cells_of_header(line):
        known = _known(names)
        if len(known) > 1 and (split is not blanks or len(names) == width):
            return known
    return []


def _in_words(line: str, width: int) -> list[HeaderColumn] | None:
    """The known columns, if any, of a line with a word above each number; None if it has not."""
    if is_void(line):
        return None
    for _, names in cells_of_header(line):
        words = [name for name in names if any(map(str.isalpha, name)) and not NUMBER.fullmatch(name)]
        if len(words) == len(names) == width:
            return _known(names)
    return None


def _known(names: Iterable[str]) -> list[HeaderColumn]:
    return [column for name in names if (column := recognise(name, SPECTRUM) or recognise(name, SERIES))]


def _told(columns: list[HeaderColumn]) -> str:
    roles = list(dict.fromkeys(column.role for column in columns))
    if not roles:
        return "names no quantity that is known"
    names = f"names {', '.join(roles)}"
    if not any(role in FREQUENCIES for role in roles):
        series = {"time", "potential", "current"} & set(roles)
        return f"{names}: a time series, no impedance" if series else f"{names} and lacks a frequency"
    lacks = next(filter(None, map(_LACKS.get, roles)), "an impedance")
    return f"{names} and lacks {lacks}"
