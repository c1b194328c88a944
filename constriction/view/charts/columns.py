"""Columns of studies in words: name, unit, and numbers with the prefix that suits them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from constriction.base.catalogue import QUANTITIES, edge_unit
from constriction.study.results.table import is_number
from constriction.view.terminal.numbers import decimal_prefix


class Shown(NamedTuple):
    """How a column is shown: its words, its unit, and shown = (SI or file's value + `shift`) · `factor`."""

    words: str
    unit: str
    factor: float
    shift: float = 0.0


# unit of a column → unit shown and what multiplies it; None: with a decimal prefix that suits the values
USUAL_UNITS: Mapping[str, tuple[str, float, float]] = {
    "K": ("°C", 1.0, -273.15),
    "C/m2": ("mAh/cm²", 1 / 36_000, 0.0),
    "A/m2": ("µA/cm²", 100.0, 0.0),
    "1/m2": ("1/mm²", 1e-6, 0.0),
    "S/m": ("mS/cm", 10.0, 0.0),
    "eV": ("eV", 1.0, 0.0),
}

WORDS = {"gap.height": "gap height", "electrolyte.thickness": "slab thickness", "tau_ratio": "τ_cstr/τ_gb"}

PREFIXED = ("m", "Hz", "Pa")


def shown_as(name: str, units: Mapping[str, str], values: np.ndarray[Any, Any]) -> Shown:
    """How a column is shown, in the unit of the field and with a prefix that suits its values."""
    unit, words = units.get(name, ""), in_words(name)
    if unit in USUAL_UNITS:
        return Shown(words, *USUAL_UNITS[unit])
    base = edge_unit(name).label if not unit else unit if unit in PREFIXED else ""
    if not base:
        return Shown(words, "", 1.0)
    largest = float(np.max(np.abs(values), initial=0.0))
    if largest == 0 or (base.startswith("Ω") and 1e-2 <= largest < 1e4):
        return Shown(words, base, 1.0)
    size, prefix = decimal_prefix(largest)
    return Shown(words, prefix + base, 1 / size)


def in_words(name: str) -> str:
    """A column in words: interface.contact_fraction → contact fraction, R_cstr_ohm_cm2 → R_cstr."""
    if name in QUANTITIES:
        return QUANTITIES[name].symbol
    return WORDS.get(name, name.rpartition(".")[2].replace("_", " "))


def titled(shown: Shown) -> str:
    """Words with the unit, for an axis: gap height  (nm)."""
    return f"{shown.words}  ({shown.unit})" if shown.unit else shown.words


def value_in_words(units: Mapping[str, str], key: str, value: Any) -> str:
    """A value of a column with its unit, as it is shown.

    Args:
        units: of columns, in SI.
        key: the column.
        value: in SI, or a name.
    """
    if not is_number(value):
        return str(value)
    shown = shown_as(key, units, np.array([float(value)]))
    return f"{float(f'{(value + shown.shift) * shown.factor:.4g}'):g} {shown.unit}".strip().replace("-", "−")
