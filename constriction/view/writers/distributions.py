"""Distributions of relaxation times, with the exact ones of a simulated geometry beside them if there are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from constriction.spectra.drt.processes import OUTSIDE, SMALL, Processes
from constriction.spectra.drt.relaxation_times import Distribution
from constriction.view.writers.plots import BLUE, VERMILION
from constriction.view.writers.ticks import RAISED, plain


def draw_distribution(
    axes: Axes,
    found: Distribution,
    processes: Processes | None = None,
    exact: Sequence[float] = (),
    unit: tuple[float, str] = (1.0, "Ω"),
) -> None:
    """Draw γ over the relaxation time, its peaks, and exact relaxation times as vertical marks.

    Args:
        axes: drawn on.
        found: the distribution.
        processes: which relaxation times are sure; what is not is drawn hollow. None: the peaks, filled.
        exact: relaxation times in s, poles of a simulated geometry.
        unit: factor from the unit of `found` to the axis, and the name of the axis' unit.
    """
    factor, name = unit
    axes.plot(found.tau, found.gamma * factor, color=BLUE, zorder=3)
    axes.fill_between(found.tau, found.gamma * factor, color=BLUE, alpha=0.12, lw=0)
    for label, fill, times in _marks(found, processes):
        if times:
            y = np.interp(np.log(times), np.log(found.tau), found.gamma) * factor
            axes.plot(times, y, "D", ms=3.4, mec=BLUE, mew=0.7, mfc=fill, ls="", label=label, zorder=4)
    for number, tau in enumerate(exact):
        axes.axvline(tau, color=VERMILION, lw=0.8, ls=(0, (4, 2)), label="" if number else "simulated, exact")
    axes.set_xscale("log")
    decade_ticks(axes)
    axes.set_ylim(0, 1.08 * (float(found.gamma.max()) * factor or 1.0))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.set_xlabel(
        f"relaxation time τ  (s);  λ = {plain(float(f'{found.regularisation:.2g}'))}", labelpad=2, fontsize=7.5
    )
    axes.set_ylabel(f"γ per ln τ  ({name})", labelpad=2, fontsize=7.5)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=6.5, borderpad=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="minor", width=0.4, size=1.5)


def decade_ticks(axes: Axes) -> None:
    """Give a logarithmic horizontal axis a tick for each decade, written as plain text, which is drawn faster."""
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda x, _: "10" + str(round(math.log10(x))).translate(RAISED) if x > 0 else "")


def _marks(found: Distribution, processes: Processes | None) -> list[tuple[str, str, list[float]]]:
    """Label, filling and times of each kind of mark."""
    if processes is None:
        return [("peak", BLUE, [peak.time_constant for peak in found.peaks])]
    unsure = [item for item in processes.items if not item.sure and item.why not in (OUTSIDE, SMALL)]
    return [
        ("sure", BLUE, [item.time_constant for item in processes.sure]),
        ("not resolved or not sure", "white", [item.time_constant for item in unsure]),
    ]
