"""Activation energies from resistances at several temperatures."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from constriction.base.constants import BOLTZMANN
from constriction.base.errors import InputError


@dataclass(frozen=True)
class Activation:
    """Straight line of ln(σT), or ln σ, against 1/T.

    Attributes:
        energy: E_a in eV.
        stderr: from the scatter about the line, in eV; None with two points, which have none.
        r_squared: coefficient of determination.
    """

    energy: float
    stderr: float | None
    r_squared: float


def activation_energy(temperature: ArrayLike, resistance: ArrayLike, times_temperature: bool = True) -> Activation:
    """Fit σT = σ_0 exp(−E_a/k_BT), with σ ∝ 1/R.

    Args:
        temperature: (N,) in K, N ≥ 2.
        resistance: (N,) in any unit.
        times_temperature: σT, as hopping conduction asks for; False: σ alone, which gives about k_BT less.

    Returns:
        The energy, each point with the same weight.

    Raises:
        InputError: fewer than two temperatures, numbers that are not positive and finite, lists of different length.
    """
    t, r = np.asarray(temperature, dtype=np.float64), np.asarray(resistance, dtype=np.float64)
    if t.ndim != 1 or t.shape != r.shape or np.unique(t).size < 2:
        raise InputError(f"temperatures {t.shape}, resistances {r.shape}: expected two lists, at least 2 temperatures")
    if (wrong := ~(np.isfinite(t) & np.isfinite(r) & (t > 0) & (r > 0))).any():
        raise InputError(f"temperature {t[wrong][0]} K, resistance {r[wrong][0]}: expected finite positive numbers")
    x, y = 1 / (BOLTZMANN * t), np.log(t / r) if times_temperature else -np.log(r)
    dx, dy = x - x.mean(), y - y.mean()
    slope = float(dx @ dy / (dx @ dx))
    rest = float(np.sum((dy - slope * dx) ** 2))
    stderr = math.sqrt(rest / (t.size - 2) / float(dx @ dx)) if t.size > 2 else None
    spread = float(dy @ dy)
    return Activation(-slope, stderr, 1 - rest / spread if spread else 1.0)
