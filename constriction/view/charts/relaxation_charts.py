"""Charts of relaxation times: of a measured spectrum, of its processes, and of a simulated geometry beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from constriction.laws.arrays import Reals
from constriction.spectra.drt.processes import OUTSIDE, SMALL, Processes
from constriction.spectra.drt.relaxation_times import Distribution
from constriction.spectra.spectrum import EDGE_UNITS
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.terminal.numbers import engineering, plain, seconds, significant

if TYPE_CHECKING:
    from constriction.compare.cell import Cell
    from constriction.compare.differences import Overlay
    from constriction.simulation.network.times import RelaxationTimes

TITLE = "Distribution of relaxation times"
TIME = ChartAxis("relaxation time τ", "time")
UNIT = EDGE_UNITS["ohm m2"]
# Relaxation times below this part of the largest resistance are not drawn; so many decades beyond the window are.
SMALLEST, BEYOND = 2e-3, 1.5
ROOM = 1.08  # of the highest value


def processes_chart(
    found: Distribution, processes: Processes | None, unit: tuple[float, str], caption: str = ""
) -> Chart:
    """A measured spectrum's distribution with its relaxation times, hollow where they are not sure.

    Args:
        found: the distribution.
        processes: which relaxation times are sure; None: the peaks are marked.
        unit: factor from the unit of `found` to the axis, and the name of the axis' unit.
        caption: below the picture.
    """
    factor, name = unit
    curve = _curve(f"distribution, {_regularised(found)}", found.tau, found.gamma * factor)
    if processes is None:
        marks = list(_marked("peak", curve, [peak.time_constant for peak in found.peaks], name))
    else:
        unsure = [item.time_constant for item in processes.items if item.why not in ("", OUTSIDE, SMALL)]
        marks = [
            *_marked("sure", curve, [item.time_constant for item in processes.sure], name),
            *_marked("not resolved or not sure", curve, unsure, name, hollow=True),
        ]
    return _chart(f"γ per ln τ ({name})", [curve, *marks], caption)


def times_chart(overlay: Overlay, cell: Cell) -> Chart:
    """The measurement's distribution of relaxation times, beside it the simulated cell's own, each at its resistance.

    Args:
        overlay: of one measured spectrum; without a distribution only the simulated cell's times are drawn.
        cell: gives the times.
    """
    constriction, electrolyte = cell.times()
    low, high = (1 / (2 * math.pi * f) for f in reversed(overlay.window))
    series = []
    if (found := overlay.distribution) is not None:
        series.append(_curve(f"measured, {_regularised(found)}", found.tau, UNIT.factor * found.gamma))
    least = SMALLEST * max(constriction.resistances.max(initial=0.0), electrolyte.resistances.max())
    series += _stems("simulated electrolyte", electrolyte, least, ("muted", "square"))
    words = "exact times" if constriction.exact else "where the gap's |s|·time = 1"
    series += _stems(f"simulated geometry: {words}", constriction, least, ("c1", "circle"))
    caption = "Lines: the simulated cell's own times, each at its R. Shaded: measured window."
    chart = _chart(f"γ per ln τ, R of each time ({UNIT.label})", series, caption)
    x = replace(chart.x, limits=(low / 10**BEYOND, high * 10**BEYOND))
    return replace(chart, x=x, panels=(replace(chart.panels[0], shaded=(low, high)),))


def _chart(label: str, series: Sequence[Series], caption: str) -> Chart:
    """Upwards from 0."""
    highest = float(Panel(ChartAxis(label), tuple(series)).values.max()) or 1.0
    y = ChartAxis(label, limits=(0.0, ROOM * highest))
    return Chart(TITLE, caption, TIME, (Panel(y, tuple(series)),))


def _curve(label: str, tau: Reals, gamma: Reals) -> Series:
    return Series(label, tau, gamma, line="solid", symbol="", band=[np.zeros(gamma.size), gamma])


def _regularised(found: Distribution) -> str:
    return f"λ = {plain(float(f'{found.regularisation:.2g}'))}"


def _marked(label: str, curve: Series, times: Sequence[float], unit: str, hollow: bool = False) -> Iterator[Series]:
    """Times in s as points on a curve."""
    if len(times):
        at = np.interp(np.log(times), np.log(np.asarray(curve.x)), np.asarray(curve.y)).tolist()
        hover, names = _told(list(zip(times, at, strict=True)), unit), list(map(seconds, times))
        yield Series(label, times, at, "ink", symbol="diamond", hollow=hollow, hover=hover, names=names)


def _stems(label: str, times: RelaxationTimes, least: float, look: tuple[str, str]) -> Iterator[Series]:
    """Those with more than `least` Ω·m²."""
    kept = times.resistances > least
    if kept.any():
        x, y = times.times[kept], UNIT.factor * times.resistances[kept]
        hover = _told(list(zip(x.tolist(), y.tolist(), strict=True)), UNIT.label)
        yield Series(label, x, y, look[0], symbol=look[1], hover=hover, stems=True)


def _told(points: Sequence[tuple[float, float]], unit: str) -> list[str]:
    """A relaxation time in s, the frequency of its apex, and what is drawn there: 1.00 ms (159 Hz): 2.00 Ω."""
    return [
        f"{engineering(tau, 's')} ({engineering(1 / (2 * math.pi * tau), 'Hz')}): {significant(value, 3)} {unit}"
        for tau, value in points
    ]
