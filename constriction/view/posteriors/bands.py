"""The measured spectrum over what the posterior predicts: does the model follow it within its own uncertainty?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from constriction.laws.arrays import Complexes
from constriction.spectra.spectrum import EDGE_UNITS, Spectrum
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.charts.spectra_charts import FREQUENCY
from constriction.view.writers.planes import draw_planes
from constriction.view.writers.plots import LEGEND, two_columns

SEEN = (2.5, 97.5)  # per cent of the predictions
DRAWN = 60  # predictions
HEIGHT = 66 / 25.4  # inches


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
    with two_columns(path, title, HEIGHT) as figure:
        _, upper, _ = draw_planes(figure, plane_chart(spectrum, predicted), bands_chart(spectrum, predicted, noise))
        upper.legend(ncols=2, **LEGEND)


def plane_chart(spectrum: Spectrum, predicted: Complexes) -> Chart:
    """−Im Z over Re Z: the measured points, below them some draws from the posterior.

    Args:
        spectrum: n points.
        predicted: (k, n) draws from the posterior, in its unit.
    """
    unit = EDGE_UNITS[spectrum.unit]
    z, draws = spectrum.impedance * unit.factor, predicted[:DRAWN] * unit.factor
    told = ["drawn from the posterior", *[""] * len(draws)]
    look: dict[str, Any] = {"line": "solid", "symbol": "", "width": 0.4}
    lines = [Series(label, draw.real, -draw.imag, **look) for label, draw in zip(told, draws, strict=False)]
    y = ChartAxis(f"−Im Z ({unit.label})")
    panel = Panel(y, (*lines, Series("measured", z.real, -z.imag, "c5")))
    return Chart("Nyquist plot", "", ChartAxis(f"Re Z ({unit.label})"), (panel,), equal=True)


def bands_chart(spectrum: Spectrum, predicted: Complexes, noise: float) -> Chart:
    """Measured less median prediction of both parts in per cent of |Z|, with the bands of the predictions.

    Args:
        spectrum: n points.
        predicted: (k, n) draws from the posterior, in its unit.
        noise: standard deviation of one part, relative to |Z|, that is added to the band.
    """
    size = np.abs(spectrum.impedance)
    flat = np.zeros(size.size)
    panels = []
    for part in ("real", "imag"):
        low, middle, high = np.percentile(getattr(predicted, part) / size, [SEEN[0], 50, SEEN[1]], axis=0)
        inner = 100 * np.array([low - middle, high - middle])
        outer = np.hypot(inner, 196 * noise) * np.array([[-1], [1]])
        apart = 100 * (getattr(spectrum.impedance, part) / size - middle)
        series = (
            Series("95 % with noise", spectrum.frequency, flat, "muted", symbol="", band=outer),
            Series("95 %", spectrum.frequency, flat, symbol="", band=inner),
            Series("", spectrum.frequency, apart, "c5"),
        )
        panels.append(Panel(ChartAxis(f"Δ {part[:2].title()} Z (% of |Z|)"), series, (0.0,)))
    return Chart("Differences", "", FREQUENCY, tuple(panels))
