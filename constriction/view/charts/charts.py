"""Charts as plain data; `writers.plotly` and `writers.svg` make of them what a page shows, `writers.journal` a picture.

Colours are names of the page's style sheet, so that the page decides on light or dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Up to six curves are told apart; `muted` is for what others are compared with.
PALETTE = ("c0", "c1", "c2", "c3", "c4", "c5")
SYMBOLS = ("circle", "square", "diamond", "triangle", "cross", "star")


@dataclass(frozen=True, eq=False)
class Series:
    """One curve, or points.

    Attributes:
        label: for the legend, "" for none; the same label in several panels is one entry.
        x: (n,) in the axis' unit.
        y: (n,) likewise; NaN leaves a gap.
        colour: one of PALETTE, "muted" or "ink".
        line: "", "solid" or "dashed".
        symbol: one of SYMBOLS, or "triangle-down"; "" for a line only.
        hollow: whether markers are open.
        width: of the line, relative to the usual one.
        error: (n,) half lengths of error bars of y; NaN: none.
        band: (n,) half heights of a band about y, cut at 0 where all y are above it; NaN: no height. Or (2, n), its
            lower and upper edge.
        hover: (n,) what is told of each point.
        names: (n,) what is written beside each point, "" for nothing.
        places: (n,) where, as plotly names it, such as "middle right"; () is above.
        optional: without JavaScript only those named points are drawn whose names find a free place.
        stems: whether a line leads from each point to 0.
    """

    label: str
    x: ArrayLike
    y: ArrayLike
    colour: str = "c0"
    line: str = ""
    symbol: str = "circle"
    hollow: bool = False
    width: float = 1.0
    error: ArrayLike | None = None
    band: ArrayLike | None = None
    hover: Sequence[str] = ()
    names: Sequence[str] = ()
    places: Sequence[str] = ()
    optional: bool = False
    stems: bool = False


@dataclass(frozen=True)
class ChartAxis:
    """Name with unit, and how numbers are laid out.

    `scale` is "linear", "whole" (ticks at integers only), "degrees", "log", or "frequency" and "time" (log, decades in
    words, so that the label needs no unit).
    `names` are written at 0, 1, 2 … instead of numbers. `limits` are shown whatever the values; None: what holds them.
    """

    label: str
    scale: str = "linear"
    names: tuple[str, ...] = ()
    limits: tuple[float, float] | None = None

    @property
    def logarithmic(self) -> bool:
        """Whether equal distances are equal factors."""
        return self.scale not in ("linear", "whole", "degrees")


@dataclass(frozen=True, eq=False)
class Panel:
    """Series over the chart's common x.

    Attributes:
        y: its own axis.
        series: from below.
        levels: horizontal lines, dashed but for that at 0.
        shaded: which part of x has a grey ground; None: no part.
    """

    y: ChartAxis
    series: tuple[Series, ...]
    levels: tuple[float, ...] = ()
    shaded: tuple[float, float] | None = None

    @property
    def places(self) -> NDArray[np.float64]:
        """The x of all series, in one row."""
        return _joined(series.x for series in self.series)

    @property
    def values(self) -> NDArray[np.float64]:
        """The y of all series, in one row."""
        return _joined(series.y for series in self.series)


@dataclass(frozen=True, eq=False)
class Chart:
    """Panels above each other with one horizontal axis.

    Attributes:
        title: what is shown, in a few words; the picture's name for those who do not see it.
        caption: below the picture.
        x: the common axis.
        panels: from above.
        equal: one unit is as long upwards as sideways; one panel only.
        heading: what tells the curves apart, above their names.
    """

    title: str
    caption: str
    x: ChartAxis
    panels: tuple[Panel, ...] = field(default=())
    equal: bool = False
    heading: str = ""

    @property
    def places(self) -> NDArray[np.float64]:
        """The x of all panels, in one row."""
        return _joined(panel.places for panel in self.panels)

    def __post_init__(self) -> None:
        """Check what no picture could show."""
        if not self.panels or (self.equal and len(self.panels) != 1):
            raise ValueError(
                f"chart {self.title!r}: {len(self.panels)} panels, expected one, or more without equal axes"
            )


def band_of(series: Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper edge of a series' band, (n,) each, in the unit of y; both are y where it has no height."""
    y, half = np.asarray(series.y, dtype=float), np.nan_to_num(np.asarray(series.band, dtype=float))
    if half.ndim == 2:
        return half[0], half[1]
    return np.maximum(y - half, 0) if np.all(y > 0) else y - half, y + half


def _joined(parts: Iterable[ArrayLike]) -> NDArray[np.float64]:
    return np.concatenate([np.empty(0), *(np.asarray(part, dtype=float) for part in parts)])
