"""Ideal contacts, where the gap's θ is the only one: s, as the tests of one ratio say it."""

import numpy as np

from constriction.field.reduction.curves import Curve
from constriction.simulation.weights import Laws, theta_of


def gap_ratio(case, layout, frequency):
    """s = iωε₀ε_gap·pitch / (κ_SE·height) at frequencies in Hz; same shape."""
    return theta_of(case, layout, Laws(None, case.gap.law_of()), frequency)[..., 0]


def ratio_curve(ratios):
    """The curve of ratios s, (n,)."""
    return Curve(np.asarray(ratios, dtype=np.complex128)[:, None], np.zeros(1))
