"""Why a file with a header is refused: what the header names, and what it lacks."""

import re

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import Column, recognise
from constriction.spectra.columns.headers import LONGEST_HEADER, cells_of_header
from constriction.spectra.columns.vocabulary import FREQUENCIES, SERIES, SPECTRUM
from constriction.spectra.files.cutting import blanks, is_void, number_rows
from constriction.spectra.files.texts import NUMBER, Text

_TOUCHSTONE = re.compile(r"#\s*[kmgt]?hz\s+[syzgh]\b", re.IGNORECASE)
MOST_LINES_OF_OPTIONS = 100
# Lines above the first numbers among which the header is.
MOST_LINES_ABOVE = 8
# What an incomplete header most likely wants.
_LACKS = {
    "|Z|": "the phase",
    "phase": "|Z|",
    "phase Z": "|Z|",
    "Re Z": "Im Z",
    "Im Z": "Re Z",
    "|Y|": "the phase of Y",
    "Re Y": "Im Y",
    "Im Y": "Re Y",
    "C": "whether C is in series (Cs) or in parallel (Cp)",
    "L": "whether L is in series (Ls) or in parallel (Lp)",
    "Cs": "D, Q or Rs",
    "Cp": "D, Q, G or Rp",
    "Ls": "Q, D or Rs",
    "Lp": "Q, D, G or Rp",
    "R": "X",
    "Rs": "Xs",
    "X": "R",
    "ε'": "ε''",
    "ε''": "ε'",
    "σ'": "σ''",
    "σ''": "σ'",
    "M'": "M''",
    "M''": "M'",
    "ρ'": "ρ''",
    "ρ''": "ρ'",
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


def _header_above(text: Text, start: int, width: int) -> tuple[int, list[Column]] | None:
    """The line above some numbers that names columns; None without."""
    above = [number for number in range(max(start - MOST_LINES_ABOVE, 0), start) if text.lines[number].strip()]
    if above and (only := recognise(text.lines[above[-1]].strip("#%!*; \t"), SPECTRUM)) and only.unit:
        return above[-1], [only]  # one column with its unit, none of the others
    return _several_above(text, above, width)


def _several_above(text: Text, above: list[int], width: int) -> tuple[int, list[Column]] | None:
    for number in reversed(above):
        line = text.lines[number]
        if len(line) > LONGEST_HEADER:
            continue
        for split, names in cells_of_header(line):
            known = [column for name in names if (column := _known(name))]
            if len(known) > 1 and (split is not blanks or len(names) == width):
                return number, known
    if above and not is_void(text.lines[above[-1]]):
        for _, names in cells_of_header(text.lines[above[-1]]):
            words = [name for name in names if any(map(str.isalpha, name)) and not NUMBER.fullmatch(name)]
            if len(words) == len(names) == width:
                return above[-1], [column for name in names if (column := _known(name))]
    return None


def _known(name: str) -> Column | None:
    return recognise(name, SPECTRUM) or recognise(name, SERIES)


def _told(columns: list[Column]) -> str:
    roles = list(dict.fromkeys(column.role for column in columns))
    if not roles:
        return "names no quantity that is known"
    names = f"names {', '.join(roles)}"
    if not any(role in FREQUENCIES for role in roles):
        series = {"time", "potential", "current"} & set(roles)
        return f"{names}: a time series, no impedance" if series else f"{names} and lacks a frequency"
    lacks = next((_LACKS[role] for role in roles if role in _LACKS), "an impedance")
    return f"{names} and lacks {lacks}"
