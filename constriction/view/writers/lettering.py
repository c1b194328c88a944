"""How pictures write: fonts for any script, numbers on logarithmic axes, and symbols; the same in every picture."""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Any

from matplotlib.axis import Axis
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from constriction.view.terminal.numbers import hertz, plain, power_of_ten, seconds

MOST = 7  # numbers on one axis
QUANTITIES = re.compile(r"\b([RCZfτ])_(cstr|low|high|dc|electrolyte|interface|full_contact|SE|int|series|gb)\b")


MAIN = "DejaVu Sans"  # comes with matplotlib
# Looked for where the main one has no glyph, for Chinese, Japanese, Korean and what else is often missing there.
FALLBACKS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Sans SC",
    "Source Han Sans",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "IPAGothic",
    "IPAexGothic",
    "Droid Sans Fallback",
    "Microsoft YaHei",
    "SimHei",
    "Yu Gothic",
    "Malgun Gothic",
    "PingFang SC",
    "Hiragino Sans",
    "Noto Sans",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Symbols2",
    "Noto Emoji",
    "Symbola",
    "Unifont",
)
# Letters a line of a title has, as many of these as fit that part of the width; for one column, in inches.
TITLE_LETTERS, TITLE_LINES, TITLE_SHARE, COLUMN = (50, 40, 32, 25, 20), 6, 0.82, 84 / 25.4
TITLE_FONT: Mapping[str, Any] = {"fontsize": 8}
MISSING = "□"
LEFT_TO_RIGHT = "\u200e"  # a mark that is not seen
UNSEEN = ("Cf", "Mn", "Me")  # categories: joiners, variation selectors, marks on what stands before


@cache
def families() -> tuple[str, ...]:
    """The main font and those fallbacks that are installed, as matplotlib takes them."""
    installed = {entry.name for entry in fontManager.ttflist}
    return (MAIN, *(name for name in FALLBACKS if name in installed))


@cache
def _known() -> frozenset[int]:
    """Every character that one of these fonts has."""
    found = (FT2Font(findfont(FontProperties(family=[name]))).get_charmap() for name in families())
    return frozenset(code for charmap in found for code in charmap)


def legible(text: str) -> str:
    """A line as it can be drawn: a box for each character that no installed font has; control characters are spaces.

    Arabic words in a line of others stay where they are: the line runs from left to right.
    """
    drawn = "".join(map(_drawn, text))
    directions = {unicodedata.bidirectional(letter) for letter in text}
    mixed = "L" in directions and not directions.isdisjoint({"R", "AL"})
    return LEFT_TO_RIGHT + drawn if mixed and ord(LEFT_TO_RIGHT) in _known() else drawn


def _drawn(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cc":
        return letter if letter == "\n" else " "
    if ord(letter) in _known():
        return letter
    return "" if category in UNSEEN else MISSING


def title_text(
    figure: Figure | SubFigure, title: str, lines: int = TITLE_LINES, font: Mapping[str, Any] = TITLE_FONT
) -> str:
    """A title as it fits above a picture: what is too long for so many lines is left out."""
    # A dollar sign in a title is a dollar sign, no formula.
    words = Text(parse_math=False, figure=figure, **font)
    across = figure.bbox.width / figure.dpi / COLUMN
    for letters in TITLE_LETTERS:
        width = round(across * letters)
        wrapped = textwrap.wrap(title, width, max_lines=lines, placeholder=" …")
        if wrapped[-1:] == ["…"]:  # of a word that is longer than a line, its begin
            wrapped[-1] = textwrap.wrap(title, width)[len(wrapped) - 1][: width - 2] + " …"
        words.set_text("\n".join(map(legible, wrapped)))
        if words.get_window_extent().width <= TITLE_SHARE * figure.bbox.width:
            break
    return words.get_text()


def log_ticks(low: float, high: float) -> list[float]:
    """Where numbers stand on a logarithmic axis: decades; 1, 2, 5 of each where these are few; else equal steps.

    Args:
        low: smallest value that is shown, above 0.
        high: largest one.
    """
    decades = math.log10(high / low)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    if decades < 0.7:
        found = [float(value) for value in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]
    else:
        digits = (1, 2, 5) if 3 * decades <= MOST else (1,)
        step = math.ceil(decades / MOST)
        found = [digit * 10.0**power for power in powers if power % step == 0 for digit in digits]
    return [value for value in found if low * (1 - 1e-9) <= value <= high * (1 + 1e-9) and value > 0]


def logarithmic(axis: Axis, low: float, high: float) -> None:
    """Give an axis of matplotlib, which is logarithmic already, its numbers; none stands between them.

    Args:
        axis: with its final limits.
        low: of its limits.
        high: of its limits.
    """
    axis.set_major_locator(FixedLocator(log_ticks(low, high)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axis.set_minor_formatter(NullFormatter())


def decade_ticks(axis: Axis) -> None:
    """Give a logarithmic axis a tick for each decade, written as plain text, which is drawn faster."""
    axis.set_major_locator(LogLocator(numticks=12))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(lambda x, _: power_of_ten(round(math.log10(x))) if x > 0 else "")


def symbols(text: str) -> str:
    r"""A text for matplotlib with its symbols set: R_SE → $R_\mathrm{SE}$; a dollar sign stays one."""
    return QUANTITIES.sub(lambda found: rf"${found[1]}_\mathrm{{{found[2]}}}$", text.replace("$", r"\$"))


def named_ticks(scale: str, low: float, high: float) -> list[tuple[float, str]]:
    """Decades between two frequencies in Hz or times in s, at most about nine, with their names."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    step = max(1, math.ceil((last - first + 1) / 9))
    name = hertz if scale == "frequency" else seconds
    return [(10.0**power, name(10.0**power)) for power in range(first, last + 1, step)]


def ticks_of(scale: str, low: float, high: float) -> list[tuple[float, str]]:
    """The numbers of a logarithmic axis, a little beyond its values, with their names."""
    if scale != "log":
        return named_ticks(scale, low, high)
    air = (high / low) ** 0.05
    return [(value, plain(value)) for value in log_ticks(low / air, high * air)]
