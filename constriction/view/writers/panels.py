"""What the panels of several pictures share: their axes, and residuals over frequency."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from constriction.laws.arrays import Complexes, Reals
from constriction.spectra.drt.processes import OUTSIDE, SMALL, Processes
from constriction.spectra.drt.relaxation_times import Distribution
from constriction.view.charts.analysis import Residuals
from constriction.view.charts.curves import SpectrumCurve
from constriction.view.writers.lettering import RAISED, logarithmic, plain
from constriction.view.writers.plots import BLUE, DOT, GREY, LABEL, LEGEND, VERMILION, draw_curve

# Residuals beyond so many limits stand at the edge of their panel.
FAR_BEYOND = 4.0


def draw_residuals(axes: Axes, residuals: Residuals) -> None:
    """Draw both parts of relative differences over frequency, in per cent of |Z|, with the limit as two lines.

    What is far beyond the limit stands at the edge as a cross, so that the other points can still be seen.
    """
    percent = 100 * residuals.values
    most = math.inf if residuals.limit is None else FAR_BEYOND * 100 * residuals.limit
    far = np.maximum(np.abs(percent.real), np.abs(percent.imag)) > most
    axes.axhline(0, color=GREY, lw=0.4, zorder=1)
    # Dots inside rings: both are seen where they fall on each other.
    for values, name, fill, size in ((percent.real, "Re", BLUE, 2.0), (percent.imag, "Im", "none", 3.4)):
        f, near = residuals.frequency[~far], values[~far]
        axes.plot(f, near, "o", ms=size, mec=BLUE, mew=0.6, mfc=fill, label=name, zorder=3)
    reach = 1.15 * max(float(np.abs([percent.real, percent.imag])[:, ~far].max(initial=0.0)), 1e-6)
    reach = max(reach, 115 * (residuals.limit or 0))
    if far.any():
        f, edge = residuals.frequency[far], 0.93 * reach * np.sign(_larger(percent[far]))
        axes.plot(f, edge, "x", ms=3.2, mec=VERMILION, mew=0.8, ls="", label=f"> {most:.3g} %", zorder=3)
    if residuals.limit is not None:
        for side in (-1, 1):
            axes.axhline(side * 100 * residuals.limit, color=VERMILION, lw=0.7, ls=(0, (4, 2)), zorder=2)
    axes.set_ylim(-reach, reach)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.set_title(residuals.title, fontsize=7, loc="left", pad=3)
    axes.set_ylabel("residual  (% of |Z|)", labelpad=2, fontsize=7)
    axes.legend(
        ncols=3, handletextpad=0.1, columnspacing=0.6, **LEGEND | {"loc": "lower right", "bbox_to_anchor": (1, 1)}
    )
    frequency_axis(axes)
    bare(axes)


def draw_bode(
    pair: tuple[Axes, Axes], curves: Sequence[SpectrumCurve], unit: tuple[float, str], dot: float = DOT
) -> None:
    """Draw |Z| and −phase over frequency.

    Args:
        pair: axes of |Z| above, of the phase below; they share the frequency.
        curves: of one unit, from below.
        unit: from `curves.common_unit`.
        dot: size of filled points, pt.
    """
    modulus, phase = pair
    scale, name = unit
    for curve in curves:
        f, z = curve.spectrum.frequency, curve.spectrum.impedance
        draw_curve(modulus, f, np.abs(z) * scale, curve, dot)
        draw_curve(phase, f, -np.degrees(np.angle(z)), curve, dot)
    modulus.set_yscale("log")
    logarithmic(modulus.yaxis, *modulus.get_ylim())
    modulus.tick_params(labelbottom=False)
    modulus.set_ylabel(f"|Z|  ({name})", labelpad=2, fontsize=LABEL)
    phase.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 1.5, 2, 3, 10]))
    phase.set_ylabel("−phase  (°)", labelpad=2, fontsize=LABEL)
    frequency_axis(phase)
    for axes in pair:
        bare(axes)


def _larger(values: Complexes) -> Reals:
    """Return the part of each value that is further from zero."""
    larger: Reals = np.where(np.abs(values.real) > np.abs(values.imag), values.real, values.imag)
    return larger


def frequency_axis(axes: Axes) -> None:
    """Make the horizontal axis one of frequency in Hz, with a tick for each decade."""
    axes.set_xscale("log")
    decade_ticks(axes)
    axes.set_xlabel("frequency  (Hz)", labelpad=2, fontsize=LABEL)


def bare(axes: Axes) -> None:
    """Leave out the lines above and at the right, and make small ticks fine."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="minor", width=0.4, size=1.5)


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
        axes.legend(ncols=3, **LEGEND)
    bare(axes)


def decade_ticks(axes: Axes) -> None:
    """Give a logarithmic horizontal axis a tick for each decade, written as plain text, which is drawn faster."""
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda x, _: "10" + str(round(math.log10(x))).translate(RAISED) if x > 0 else "")


def _marks(found: Distribution, processes: Processes | None) -> list[tuple[str, str, list[float]]]:
    """Label, filling and times of each kind of mark."""
    if processes is None:
        return [("peak", BLUE, [peak.time_constant for peak in found.peaks])]
    unsure = [item.time_constant for item in processes.items if item.why not in ("", OUTSIDE, SMALL)]
    return [
        ("sure", BLUE, [item.time_constant for item in processes.sure]),
        ("not resolved or not sure", "white", unsure),
    ]
