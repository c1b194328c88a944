"""Which curves of a panel lie on others, so that they can be drawn such that both are seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

NEAR = 0.012  # of the panel's height: about a line's width
FEWEST = 2  # points in common that lie on each other, from which curves are said to coincide
WORDS = "thin and dashed: lies on another curve"
WIDEST, THINNEST = 2.6, 0.8  # of lines that lie on each other, relative to the usual one


def depths(curves: Sequence[tuple[ArrayLike, ArrayLike]], logarithmic: bool) -> list[int]:
    """How many of the curves before it each curve lies on.

    Args:
        curves: (x, y) of each, (n,) and (n,); points that are not finite are left out.
        logarithmic: whether y is laid out so.

    Returns:
        0 for a curve that lies on none before it.
    """
    placed = [_placed(x, y, logarithmic) for x, y in curves]
    heights = [height for curve in placed for height in curve.values()]
    near = NEAR * (max(heights) - min(heights)) if heights else 0.0
    return [sum(_same(curve, other, near) for other in placed[:n]) for n, curve in enumerate(placed)]


def widths(lying: Sequence[int]) -> list[float]:
    """Of lines, relative to the usual one: what lies on others is thinner, so that each is seen beside those below.

    Args:
        lying: from `depths`.
    """
    deepest = max(lying, default=0)
    if not deepest:
        return [1.0] * len(lying)
    return [WIDEST * (THINNEST / WIDEST) ** (depth / deepest) for depth in lying]


def _placed(x: ArrayLike, y: ArrayLike, logarithmic: bool) -> dict[float, float]:
    places, values = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    known = np.isfinite(places) & np.isfinite(values) & ((values > 0) | (not logarithmic))
    heights = np.log(values[known]) if logarithmic else values[known]
    return {float(f"{place:.9g}"): height for place, height in zip(places[known], heights.tolist(), strict=True)}


def _same(one: dict[float, float], other: dict[float, float], near: float) -> bool:
    common = [abs(one[x] - other[x]) <= near for x in one.keys() & other.keys()]
    return sum(common) >= min(FEWEST, len(one), len(other)) > 0
