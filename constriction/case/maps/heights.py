"""Height maps that a case names: their keys in [gap], and the same as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from constriction.case.maps.files import MapFile

NEEDED = ("file", "pixel", "unit")
MOST_MISSING = 0.5  # of the points, that may be asked to be filled
DEFAULTS: Mapping[str, Any] = {"offset": "0 nm", "level": False, "most_missing": 0.05}
KEYS = (*NEEDED, *DEFAULTS, "missing", "outliers", "contact_below")
"""Of [gap], for a profile that is a map alone."""


@dataclass(frozen=True)
class HeightMap:
    """A map of heights of the metal over the electrolyte, as a case names it: value · unit − plane + offset.

    Attributes:
        file: the map.
        pixel: distance of its columns and of its rows, m.
        unit: height of one count, m.
        offset: added to all heights, m.
        level: whether the plane that most points lie on is taken off before that.
        missing: value that stands where nothing was measured, beside NaN; None: there is none.
        most_missing: the share of the map that may be filled.
        outliers: how many spreads a point may stand out of its neighbours; None: any.
        contact_below: height in m below which the metal touches; None: contacts are given by another pattern.
    """

    file: MapFile
    pixel: tuple[float, float]
    unit: float
    offset: float = 0.0
    level: bool = False
    missing: float | None = None
    most_missing: float = 0.05
    outliers: float | None = None
    contact_below: float | None = None
