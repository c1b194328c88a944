"""Which fonts write a text: titles and names of files come in any script."""

from __future__ import annotations

import unicodedata
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font

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
