"""The measured spectrum over what the posterior predicts: does the model follow it within its own uncertainty?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from constriction.laws.arrays import Complexes
from constriction.spectra.spectrum import EDGE_UNITS, Spectrum
from constriction.view.writers.lettering import title_text
from constriction.view.writers.panels import bare, frequency_axis
from constriction.view.writers.plots import BLUE, GREY, LABEL, LEGEND, TWO_COLUMNS, journal_style, new_figure, save

SEEN = (2.5, 97.5)  # per cent of the predictions


def draw_bands(path: Path, title: str, spectrum: Spectrum, predicted: Complexes, noise: float) -> None:
    """Draw the Nyquist plane and both parts' differences over frequency, 174 mm wide, and save them.

    Args:
        path: file to write, .png.
        title: put above.
        spectrum: that was interpreted, n points.
        predicted: (k, n) draws from the posterior, in its unit.
        noise: standard deviation of one part, relative to |Z|, that is added to the band.

    Raises:
        StoreError: the file cannot be written.
    """
    unit = EDGE_UNITS[spectrum.unit]
    z, draws = spectrum.impedance * unit.factor, predicted * unit.factor
    with journal_style():
        figure = new_figure(TWO_COLUMNS, 66 / 25.4, layout="constrained")
        figure.suptitle(title_text(figure, title, 3), fontsize=8, x=0.01, ha="left").set_parse_math(False)
        grid = figure.add_gridspec(2, 2, width_ratios=(1.3, 1), wspace=0.06, hspace=0.06)
        plane = figure.add_subplot(grid[:, 0])
        for draw in draws[:60]:
            plane.plot(draw.real, -draw.imag, color=BLUE, lw=0.4, alpha=0.3, zorder=2)
        plane.plot([], [], color=BLUE, label="drawn from the posterior")
        plane.plot(z.real, -z.imag, "o", color="black", ms=2.4, mew=0, zorder=3, label="measured")
        plane.set_aspect("equal", adjustable="datalim")
        plane.set_xlabel(f"Re Z  ({unit.label})", labelpad=2, fontsize=LABEL)
        plane.set_ylabel(f"−Im Z  ({unit.label})", labelpad=2, fontsize=LABEL)
        plane.legend(ncols=2, **LEGEND)
        bare(plane)
        upper = figure.add_subplot(grid[0, 1])
        lower = figure.add_subplot(grid[1, 1], sharex=upper)
        for axes, part in ((upper, "Re"), (lower, "Im")):
            _draw_part(axes, spectrum, predicted, (part, noise))
        upper.set_xlabel("")
        upper.tick_params(labelbottom=False)
        upper.legend(ncols=2, **LEGEND)
    save(figure, path)


def _draw_part(axes: Axes, spectrum: Spectrum, predicted: Complexes, what: tuple[str, float]) -> None:
    """Measured less median prediction in per cent of |Z|, and the band; `what`: which part, and the noise."""
    part, noise = what
    draws = (predicted.real if part == "Re" else predicted.imag) / np.abs(spectrum.impedance)
    measured = (spectrum.impedance.real if part == "Re" else spectrum.impedance.imag) / np.abs(spectrum.impedance)
    low, middle, high = np.percentile(draws, [SEEN[0], 50, SEEN[1]], axis=0)
    f = spectrum.frequency
    band = [100 * np.hypot(end - middle, 1.96 * noise) for end in (low, high)]
    axes.fill_between(f, -band[0], band[1], color=GREY, alpha=0.18, lw=0, label="95 % with noise")
    axes.fill_between(f, 100 * (low - middle), 100 * (high - middle), color=BLUE, alpha=0.35, lw=0, label="95 %")
    axes.plot(f, 100 * (measured - middle), "o", color="black", ms=2, mew=0)
    axes.axhline(0, color=GREY, lw=0.4)
    axes.set_ylabel(f"Δ {part} Z  (% of |Z|)", labelpad=2, fontsize=LABEL)
    frequency_axis(axes)
    bare(axes)
