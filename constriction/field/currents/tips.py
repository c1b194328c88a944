"""The density of direct current at the tips of metal solids, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tip:
    """The largest density at the tips of a table's solids, over its mean over the interface; `table` from 0."""

    table: int
    density: float


@dataclass(frozen=True)
class BarredTip(Tip):
    """A tip with its error bar."""

    error: float
