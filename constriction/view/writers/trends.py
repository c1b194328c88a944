"""A series of spectra: R_SE, R_int and C_int against charge or file order; and the deposition between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from constriction.base.errors import InputError
from constriction.spectra.timeseries import MAH_PER_CM2, PLATEAU, Nucleation
from constriction.view.charts.analysis import CHARGE_AXIS, SeriesOfTrends, Trend
from constriction.view.writers.lettering import logarithmic
from constriction.view.writers.plots import BLUE, GREY, VERMILION, WIDTH, journal_style, new_figure, save

# A quantity that changes by more than this factor has a logarithmic axis.
WIDE = 50


def draw_trends(series: SeriesOfTrends, path: str | Path) -> None:
    """Draw and save quantities along a series, one panel each, 84 mm wide.

    Args:
        series: what is drawn.
        path: file to write, `.png` (300 dpi) or `.pdf`.

    Raises:
        InputError: no quantity has a value, another suffix.
        StoreError: the file cannot be written.
    """
    save(trends_figure(series), path)


def trends_figure(series: SeriesOfTrends) -> Figure:
    """Draw what `draw_trends` saves.

    Raises:
        InputError: no quantity has a value.
    """
    shown = [trend for trend in series.trends if any(value is not None for value in trend.values)]
    if not shown:
        names = ", ".join(trend.name for trend in series.trends)
        raise InputError(f"no spectrum of the series has a value: expected at least one of {names}")
    with journal_style():
        figure, panels = _stack(len(shown))
        for axes, trend in zip(panels, shown, strict=True):
            _draw_trend(axes, np.array(series.x, dtype=np.float64), trend, series.pristine)
        panels[-1].set_xlabel(series.axis, labelpad=2, fontsize=7.5)
        if series.axis != CHARGE_AXIS:
            panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        labels = {label: line for axes in panels for line, label in zip(*axes.get_legend_handles_labels(), strict=True)}
        figure.legend(
            list(labels.values()), list(labels), loc="upper left", ncols=2, frameon=False, fontsize=6.5, borderpad=0.3
        )
    return figure


def draw_deposition(
    path: str | Path, charge: NDArray[np.float64], potential: NDArray[np.float64], found: Nucleation
) -> None:
    """Draw and save potential over charge, with the initial drop and the plateau of the nucleation overpotential.

    Args:
        path: file to write, `.png` (300 dpi) or `.pdf`; 84 mm wide.
        charge: (N,) in C/m²; its absolute value is drawn.
        potential: (N,) in V.
        found: from `timeseries.nucleation`.

    Raises:
        InputError: another suffix.
        StoreError: the file cannot be written.
    """
    with journal_style():
        figure, (axes,) = _stack(1)
        axes.plot(np.abs(charge) / MAH_PER_CM2, 1e3 * potential, color=BLUE, lw=0.8)
        low, high = (q / MAH_PER_CM2 for q in PLATEAU)
        axes.plot([low, high], [1e3 * found.plateau_potential] * 2, color=VERMILION, lw=1.4, label="plateau (mean)")
        axes.plot(found.lowest_charge / MAH_PER_CM2, 1e3 * found.lowest_potential, "v", color="black", ms=4)
        axes.lines[-1].set_label("initial drop")
        # The potential at rest, of a volt or more, would flatten everything else.
        reach = max(abs(found.overpotential), 1e-3) * 1e3
        axes.set_ylim(1e3 * found.lowest_potential - 0.3 * reach, 1e3 * found.plateau_potential + 2 * reach)
        axes.set_xlabel(CHARGE_AXIS, labelpad=2, fontsize=7.5)
        axes.set_ylabel("potential  (mV)", labelpad=2, fontsize=7.5)
        figure.legend(loc="upper left", ncols=2, frameon=False, fontsize=6.5, borderpad=0.3)
    save(figure, path)


def _stack(panels: int) -> tuple[Figure, Sequence[Axes]]:
    """A figure one column wide with panels of one horizontal axis, below room for a legend."""
    height = 0.25 + 1.35 * panels + 0.35
    figure = new_figure(WIDTH, height)
    axes = figure.subplots(panels, 1, sharex=True, squeeze=False)[:, 0]
    figure.subplots_adjust(left=0.19, right=0.975, bottom=0.38 / height, top=1 - 0.25 / height, hspace=0.12)
    for one in axes:
        one.spines[["top", "right"]].set_visible(False)
    figure.align_ylabels(list(axes))
    return figure, list(axes)


def _draw_trend(axes: Axes, x: NDArray[np.float64], trend: Trend, pristine: bool) -> None:
    """Points joined by a line; with an error bar filled, without hollow; the pristine cell's grey and not joined."""
    values = np.array(trend.values, dtype=np.float64)
    errors = np.array(trend.stderr, dtype=np.float64)
    first = np.zeros(x.size, dtype=bool)
    first[0] = pristine
    axes.plot(x[~first], values[~first], "-", color=BLUE, lw=0.7, zorder=2)
    known, barred = np.isfinite(values), np.isfinite(errors)
    for kind, label, color, fill in (
        (~first & barred, "fit with standard error", BLUE, BLUE),
        (~first & ~barred, "no error bar: see fit.json", BLUE, "white"),
        (first & barred, "pristine", GREY, GREY),
        (first & ~barred, "pristine, no error bar", GREY, "white"),
    ):
        which = kind & known
        if which.any():
            axes.plot(x[which], values[which], "o", ms=3.6, mew=0.7, mec=color, mfc=fill, label=label, zorder=3)
    axes.errorbar(x[known & barred], values[known & barred], errors[known & barred], fmt="", ls="", ecolor=BLUE, lw=0.9)
    if values[known].min() > 0 and values[known].max() > WIDE * values[known].min():
        axes.set_yscale("log")
        logarithmic(axes.yaxis, *axes.get_ylim())
    else:
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.set_ylabel(trend.name, labelpad=2, fontsize=7.5)
    middle = float(values[known].mean())
    if np.ptp(values[known]) < 0.02 * abs(middle):  # noise of a constant should not look like a trend
        reach = 0.05 * abs(middle) + float(errors[barred & known].max(initial=0.0))
        axes.set_ylim(middle - reach, middle + reach)
