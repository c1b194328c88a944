"""How much each part of a cell weighs at a frequency: today the gap's one ratio to the electrolyte, s."""

from __future__ import annotations

import statistics

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.case.schema import Case
from constriction.geometry.cell import Layout, rim_lengths
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY, resistivity

# Difference of thin and meshed gap / R_cstr per (gap height / local length)²: docs/physics.md#thin-gap-error.
THIN_GAP_ERROR = 0.3


def gap_model(case: Case, plan: Layout) -> str:
    """How the gap is solved: none, thin or volume; `auto` decides by the thin law's error."""
    if case.gap.height is None:
        return "none"
    if case.gap.model != "auto" or not plan.spots:
        return "thin" if case.gap.model == "auto" else case.gap.model
    error = THIN_GAP_ERROR * (case.gap.height / statistics.fmean(rim_lengths(plan))) ** 2
    return "thin" if error < case.accuracy.relative_error else "volume"


def meshed_height(case: Case, plan: Layout) -> float | None:
    """Height of a gap that is solved as a volume, m; None where nothing above the electrolyte is meshed."""
    return case.gap.height if gap_model(case, plan) == "volume" else None


def gap_ratio(case: Case, plan: Layout, frequency: ArrayLike) -> NDArray[np.complex128]:
    """Return s = iωε₀ε_gap·pitch / (κ_SE·height): the gap's admittance over a pitch of electrolyte's; same shape."""
    if case.gap.height is None:
        return np.zeros(np.shape(frequency), dtype=np.complex128)
    gap = 2j * np.pi * np.asarray(frequency) * VACUUM_PERMITTIVITY * case.gap.relative_permittivity / case.gap.height
    return gap * plan.pitch * resistivity(case.electrolyte, frequency)
