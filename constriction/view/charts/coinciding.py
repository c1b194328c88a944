"""Which curves of a panel lie on others, so that they can be drawn such that both are seen."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike

NEAR = 0.01  # of the panel's height: about a line's width
MOST = 0.6  # of the points in common that lie on each other, from which curves are said to coincide
WORDS = "thin and dashed: lies on another curve"
WIDEST, THINNEST = 2.2, 0.8  # of lines that lie on each other, relative to the usual one


def lying(curves: Sequence[tuple[ArrayLike, ArrayLike]], logarithmic: bool) -> list[set[int]]:
    """On which of the curves before it each curve lies, by their numbers.

    Args:
        curves: (x, y) of each, (n,) and (n,); points that are not finite are left out.
        logarithmic: whether y is laid out so.
    """
    placed = [_placed(x, y, logarithmic) for x, y in curves]
    heights = list(chain(*(curve.values() for curve in placed)))
    near = NEAR * (max(heights, default=0.0) - min(heights, default=0.0))
    return [{m for m in range(n) if _same(curve, placed[m], near)} for n, curve in enumerate(placed)]


def widths(below: Sequence[AbstractSet[int]]) -> list[float]:
    """Of lines, relative to the usual one: the lowest of several is the widest, so that each is seen beside the others.

    Args:
        below: from `lying`.
    """
    deepest = max(map(len, below), default=0)
    covered = set().union(*below)
    return [
        WIDEST * (THINNEST / WIDEST) ** (len(lower) / deepest) if lower or number in covered else 1.0
        for number, lower in enumerate(below)
    ]


def _placed(x: ArrayLike, y: ArrayLike, logarithmic: bool) -> dict[float, float]:
    places, values = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    known = np.isfinite(places) & np.isfinite(values) & ((values > 0) | (not logarithmic))
    heights = np.log(values[known]) if logarithmic else values[known]
    return {float(f"{place:.9g}"): height for place, height in zip(places[known], heights.tolist(), strict=True)}


def _same(one: dict[float, float], other: dict[float, float], near: float) -> bool:
    common = [abs(one[x] - other[x]) <= near for x in one.keys() & other.keys()]
    return bool(common) and sum(common) >= MOST * len(common)
