"""What the spectra of a series leave possible, over charge: a panel for each unknown, with its intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from constriction.laws.arrays import Reals
from constriction.view.charts.charts import Chart, ChartAxis, Panel, Series
from constriction.view.posteriors.rows import labelled
from constriction.view.terminal.numbers import decimal_prefix

type Record = Mapping[str, Any]

SHOWN = ("contact_fraction", "pitch", "gap_height", "zone_share", "film_resistance", "film_capacitance")
R_CSTR = "R_cstr", "R_cstr_ohm_cm2", "Ω·cm²"
ENDS = "best", "low95", "low68", "high68", "high95"
WIDE = 3.0  # from which factor on an axis is logarithmic
CAPTION = "Bands: 95 and 68 % of the posterior; hollow: not determined."


def interval_chart(records: Sequence[Record]) -> Chart | None:
    """Contact fraction, pitch, gap height, R_cstr and their like along a series; None where fewer than two have any.

    Args:
        records: the elements of `files` in interpretation.json, in their order; over the charge if each tells one.
    """
    charges = [record.get("charge_mAh_per_cm2") for record in records]
    known = all(charge is not None for charge in charges)
    x = np.array(charges if known else range(1, len(records) + 1), dtype=float)
    axis = ChartAxis("charge  (mAh/cm²)") if known else ChartAxis("spectrum", "whole")
    panels = [_panel(records, x, *quantity) for quantity in (*map(labelled, SHOWN), R_CSTR)]
    found = tuple(panel for panel in panels if panel is not None)
    return Chart(_title(records), CAPTION, axis, found) if found else None


def _title(records: Sequence[Record]) -> str:
    """Whether they are one cell's, in its order, or any."""
    series = any("electrolyte_deviations" in record or "charge_mAh_per_cm2" in record for record in records)
    return "Along the series" if series else "Spectrum by spectrum"


def _panel(records: Sequence[Record], x: Reals, words: str, key: str, unit: str) -> Panel | None:
    """One quantity over x; None where fewer than two records have it."""
    having = [(place, record[key]) for place, record in zip(x, records, strict=True) if record.get(key)]
    if len(having) < 2:
        return None
    places = np.array([place for place, _ in having])
    ends, label = _ends([numbers for _, numbers in having], words, unit)
    outer, inner = np.array([ends["low95"], ends["high95"]]), np.array([ends["low68"], ends["high68"]])
    bands = [Series("", places, ends["best"], symbol="", band=band) for band in (outer, inner)]
    told = np.array([bool(numbers["determined"]) for _, numbers in having])
    scale = "log" if outer.max() > WIDE * outer.min() > 0 else "linear"
    axis = ChartAxis(label, scale, limits=_limits(outer, scale))
    return Panel(axis, (*bands, *_points(places, ends["best"], told)))


def _ends(having: Sequence[Record], words: str, unit: str) -> tuple[Mapping[str, Reals], str]:
    """Best values and ends of intervals in the unit with the prefix that suits them, and the axis's label."""
    ends = {name: np.array([numbers[name] for numbers in having]) for name in ENDS}
    if not unit:
        return ends, words
    size, prefix = decimal_prefix(float(np.median(ends["best"])))
    return {name: values / size for name, values in ends.items()}, f"{words}  ({prefix}{unit})"


def _points(places: Reals, best: Reals, told: np.ndarray[Any, np.dtype[np.bool_]]) -> Iterator[Series]:
    """Best fits, hollow where they are not determined."""
    for label, which, hollow in (("best fit", told, False), ("best fit, not determined", ~told, True)):
        if which.any():
            yield Series(label, places[which], best[which], hollow=hollow)


def _limits(band: Reals, scale: str) -> tuple[float, float]:
    """What holds a band with a little around it."""
    low, high = float(band.min()), float(band.max())
    if scale == "log":
        margin = 0.05 * math.log(high / low)
        return low * math.exp(-margin), high * math.exp(margin)
    margin = 0.08 * (high - low)
    return low - margin, high + margin
