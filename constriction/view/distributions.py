"""Distributions of relaxation times, with the exact ones of a simulated geometry beside them if there are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from constriction.spectra.relaxation_times import SAME_PEAK, Distribution, RelaxationPeak, StabilityScan
from constriction.view.plots import BLUE, VERMILION
from constriction.view.ticks import RAISED, plain


def draw_distribution(
    axes: Axes,
    found: Distribution,
    scan: StabilityScan | None = None,
    exact: Sequence[float] = (),
    unit: tuple[float, str] = (1.0, "Ω"),
) -> None:
    """Draw γ over the relaxation time, its peaks, and exact relaxation times as vertical marks.

    Args:
        axes: drawn on.
        found: the distribution.
        scan: tells which peaks persist over λ; the others are drawn hollow. None: all are filled.
        exact: relaxation times in s, poles of a simulated geometry.
        unit: factor from the unit of `found` to the axis, and the name of the axis' unit.
    """
    factor, name = unit
    axes.plot(found.tau, found.gamma * factor, color=BLUE, zorder=3)
    axes.fill_between(found.tau, found.gamma * factor, color=BLUE, alpha=0.12, lw=0)
    kinds = (("peak" if scan is None else "peak at nearly all λ", BLUE, True), ("at some λ only", "white", False))
    for label, fill, kind in kinds:
        peaks = [peak for peak in found.peaks if persists(peak, scan) == kind]
        if peaks:
            x, y = [peak.time_constant for peak in peaks], [peak.height * factor for peak in peaks]
            axes.plot(x, y, "D", ms=3.4, mec=BLUE, mew=0.7, mfc=fill, ls="", label=label, zorder=4)
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


def persists(peak: RelaxationPeak, scan: StabilityScan | None) -> bool:
    """Whether a peak belongs to one that is there over most of the scanned λ; without a scan: yes."""
    if scan is None:
        return True
    times = [track.time_constant for track in scan.tracks if track.persistent]
    return bool(times) and float(np.abs(np.log(times) - math.log(peak.time_constant)).min()) < SAME_PEAK
