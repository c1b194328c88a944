"""How the current spreads over the contacts, as a chart; plain data in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from constriction.field.currents.spread import LEVELS, MULTIPLES, BarredSpread
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series

EVERY = 2  # levels from one bar of the histogram to the next
WHOLE = 1 - 1e-6  # share
LEAST = 1e-4  # share, below which nothing is drawn
CAPTION = (
    "Above: which part of the contacts' area, and of their current, has a current density of so many times its mean "
    "over the contacts, at rest; bars of {decades:.2g} decades. Below: the part above it, with error bars at "
    "{multiples}."
)

type Reals = NDArray[np.float64]


def current_chart(spread: BarredSpread) -> Chart:
    """A histogram of the current density over the contacts, and the parts above so many times its mean.

    Args:
        spread: of a result.
    """
    edges = LEVELS[~np.isin(LEVELS, MULTIPLES[:-1])][::EVERY]
    decades = float(np.log10(edges[1] / edges[0]))
    caption = CAPTION.format(decades=decades, multiples=", ".join(f"{m:g}" for m in MULTIPLES))
    both = (
        ("area", "c0", "solid", spread.area, spread.area_error),
        ("current", "c1", "dashed", spread.current, spread.current_error),
    )
    counted: list[Series] = []
    above: list[Series] = []
    marks = np.isin(LEVELS, MULTIPLES)
    lowest = edges[edges <= np.max(LEVELS[spread.area >= WHOLE], initial=edges[0])][-1]
    for name, colour, line, share, error in both:
        counted.append(Series(name, *_steps(edges, share), colour, line, ""))
        shown = np.where((share > LEAST) & (LEVELS >= lowest), 100 * share, np.nan)
        above.append(Series(name, LEVELS, shown, colour, line, ""))
        if np.any(share[marks] > LEAST):
            above.append(Series("", LEVELS[marks], shown[marks], colour, error=100 * error[marks]))
    x = ChartAxis("current density / mean over the contacts", "log")
    parts = Panel(ChartAxis(f"part per {decades:.2g} decades (%)"), tuple(counted))
    panels = parts, Panel(ChartAxis("part above (%)", "log"), tuple(above))
    return Chart("Current over the contacts", caption, x, panels, heading="of the contacts'")


def _steps(edges: Reals, above: Reals) -> tuple[Reals, Reals]:
    """The outline of a histogram in per cent, between bins that are empty; x and y, (n,) each."""
    at_edges = above[np.searchsorted(LEVELS, edges)]
    parts = 100 * -np.diff(at_edges)
    filled = np.flatnonzero(parts > 100 * LEAST)
    first, last = (int(filled[0]), int(filled[-1]) + 1) if filled.size else (0, 1)
    heights = np.concatenate([[0.0], np.repeat(parts[first:last], 2), [0.0]])
    return np.repeat(edges[first : last + 1], 2), heights
