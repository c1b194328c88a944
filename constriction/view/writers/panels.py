"""What the panels of several pictures share: their axes, and residuals over frequency."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from constriction.view.writers.distributions import decade_ticks
from constriction.view.writers.plots import BLUE, GREY, VERMILION
from constriction.view.writers.ticks import logarithmic

LABEL = 7.5
# Residuals beyond so many limits stand at the edge of their panel.
FAR_BEYOND = 4.0

type Complexes = NDArray[np.complex128]
type Reals = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Residuals:
    """Relative differences between a spectrum and what should follow it.

    Attributes:
        title: what follows it.
        frequency: (N,) in Hz.
        values: (N,) complex, relative to |Z|.
        limit: drawn as two lines, relative to |Z|; None: no lines.
    """

    title: str
    frequency: Reals
    values: Complexes
    limit: float | None = None


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
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=3,
        frameon=False,
        fontsize=6.5,
        borderpad=0,
        handletextpad=0.1,
        columnspacing=0.6,
    )
    frequency_axis(axes)
    plain(axes)


def modulus_axis(axes: Axes) -> None:
    """Make the vertical axis one of |Z|, logarithmic in every picture, with plain numbers; after all is drawn."""
    axes.set_yscale("log")
    logarithmic(axes.yaxis, *axes.get_ylim())


def _larger(values: Complexes) -> Reals:
    """Return the part of each value that is further from zero."""
    larger: Reals = np.where(np.abs(values.real) > np.abs(values.imag), values.real, values.imag)
    return larger


def frequency_axis(axes: Axes) -> None:
    """Make the horizontal axis one of frequency in Hz, with a tick for each decade."""
    axes.set_xscale("log")
    decade_ticks(axes)
    axes.set_xlabel("frequency  (Hz)", labelpad=2, fontsize=LABEL)


def plain(axes: Axes) -> None:
    """Leave out the lines above and at the right, and make small ticks fine."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(which="minor", width=0.4, size=1.5)
