"""The relaxation times that a geometry has: the poles of its reduced model, turned into times of its impedance.

Every pole of F(s) = Σ weight/(1 + s·time) is, with s = p·g·ρ(p) and p = iω, an impedance

    ρ·pitch·weight/(1 + p·g·time·ρ) = pitch·weight/(1/ρ + p·g·time),

the electrolyte with a capacitor across it. With a grain-boundary exponent of 1, ρ(p) is a rational function of degree
1 over 2, so this is one of degree 1 over 2 as well: two real negative roots with positive residues, two RC elements.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from constriction.case.electrolyte import Electrolyte
from constriction.case.schema import Case
from constriction.field.reduction.poles import ReducedModel
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY, dc_resistivity
from constriction.simulation.result import Result
from constriction.simulation.weights import theta_of

type Reals = NDArray[np.float64]

SMALLEST_SHARE = 1e-9  # of all weights: rounding
SEARCHED = np.logspace(-6, 15, 2101)  # Hz, where |s|·time = 1 is looked for


@dataclass(frozen=True, eq=False)
class RelaxationTimes:
    """Σ resistance/(1 + iω·time).

    Attributes:
        times: (n,) in s, rising.
        resistances: (n,) in Ω·m², positive.
        exact: whether the sum is the impedance itself. With a grain-boundary exponent below 1 no sum of that form is;
            then the times are 1/ω where |s|·(pole's time) = 1, and the resistances those at direct current.
    """

    times: Reals
    resistances: Reals
    exact: bool

    def impedance(self, frequency: Reals) -> NDArray[np.complex128]:
        """The sum at frequencies in Hz, (N,), in Ω·m²."""
        omega = 2j * math.pi * np.asarray(frequency)[:, np.newaxis]
        return np.asarray(np.sum(self.resistances / (1 + omega * self.times), axis=1))


def constriction_times(result: Result) -> RelaxationTimes:
    """Relaxation times of Z_cstr, those of the finest mesh or grid, moved to where the extrapolation says.

    All resistances by one factor and all times by another: R_cstr and the charge of the gap at rest are extrapolated.

    None where contact or gap have laws of their own, or where nothing constricts: Z_cstr is no such sum.
    """
    if result.sides:
        return _together([constriction_times(side) for side in result.sides if side.R_cstr != 0])
    response, case = result.response, result.case
    model = response.fine.model
    if not isinstance(model, ReducedModel) or not case.gap.capacitor_only:
        return RelaxationTimes(np.empty(0), np.empty(0), exact=False)
    moving = model.times > 0
    # What does not depend on s is the flat interface, but for rounding.
    times = np.append(model.times[moving], 0.0)
    weights = np.append(model.weights[moving], model.weights[~moving].sum() - model.depth)
    kept = np.abs(weights) > SMALLEST_SHARE * np.abs(weights).sum()
    larger = response.constriction / model.constriction
    times = times[kept] * (response.stored / (larger * model.stored) if model.stored else 1.0)
    weights = weights[kept] * larger * result.layout.pitch
    if is_rational(case.electrolyte):
        return partial_fractions(case.electrolyte, times * gap_storage(result), weights)
    ratio = np.abs(theta_of(case, result.layout, result.laws, SEARCHED)[:, -1])
    return _approximate(case, times, weights, ratio)


def _together(parts: list[RelaxationTimes]) -> RelaxationTimes:
    """The sum; nothing where one is none, equal times as one."""
    if not parts or not all(part.times.size for part in parts):
        return RelaxationTimes(np.empty(0), np.empty(0), exact=False)
    times, places = np.unique(np.concatenate([part.times for part in parts]), return_inverse=True)
    resistances = np.bincount(places, np.concatenate([part.resistances for part in parts]))
    return RelaxationTimes(times, resistances, all(part.exact for part in parts))


def electrolyte_times(case: Case) -> RelaxationTimes:
    """Relaxation times of the slab in full contact: bulk and, if there are any, grain boundaries."""
    electrolyte, thickness = case.electrolyte, np.array([case.electrolyte.thickness])
    if is_rational(electrolyte):
        return partial_fractions(electrolyte, np.zeros(1), thickness)
    bulk = VACUUM_PERMITTIVITY * electrolyte.relative_permittivity / electrolyte.bulk_conductivity
    boundary = 1 / (2 * math.pi * electrolyte.grain_boundary_frequency)
    shares = np.array([1 / electrolyte.bulk_conductivity, 1 / (electrolyte.grain_boundary_conductivity or math.inf)])
    return _sorted(np.array([bulk, boundary]), thickness * shares, exact=False)


def is_rational(electrolyte: Electrolyte) -> bool:
    """Whether resistors and capacitors make the electrolyte: no grain boundaries, or their exponent is 1."""
    return electrolyte.grain_boundary_conductivity is None or electrolyte.grain_boundary_exponent == 1.0


def gap_storage(result: Result) -> float:
    """The factor g in s = p·g·ρ: permittivity × pitch / height, F/m; 0 without a gap."""
    gap = result.case.gap
    if gap.height is None:
        return 0.0
    return VACUUM_PERMITTIVITY * gap.relative_permittivity * result.layout.pitch / gap.height


def partial_fractions(electrolyte: Electrolyte, storage: Reals, lengths: Reals) -> RelaxationTimes:
    """Partial fractions of Σ length/(1/ρ + p·storage).

    Args:
        electrolyte: with exponent 1, or without grain boundaries.
        storage: (n,) g·time, F/m.
        lengths: (n,) pitch·weight, m.
    """
    sigma, permittivity = electrolyte.bulk_conductivity, VACUUM_PERMITTIVITY * electrolyte.relative_permittivity
    boundary = electrolyte.grain_boundary_conductivity
    if boundary is None:
        return _sorted((permittivity + storage) / sigma, lengths / sigma)
    tau = 1 / (2 * math.pi * electrolyte.grain_boundary_frequency)
    # ρ = (n0 + n1 p)/((σ + εp)(1 + τp)), and the denominator of the sum's terms is c0 + c1 p + c2 p².
    n0, n1 = 1 + sigma / boundary, tau + permittivity / boundary
    c0, c1, c2 = sigma, permittivity + sigma * tau + storage * n0, permittivity * tau + storage * n1
    # Both roots without cancellation.
    far = (c1 + np.sqrt(c1**2 - 4 * c0 * c2)) / 2
    times = np.concatenate([far / c0, c2 / far])
    slope = np.concatenate([c1, c1]) - 2 * np.concatenate([c2, c2]) / times
    resistances = times * np.concatenate([lengths, lengths]) * (n0 - n1 / times) / slope
    return _sorted(times, resistances)


def _approximate(case: Case, times: Reals, weights: Reals, ratio: Reals) -> RelaxationTimes:
    """Times at which |s|·time = 1; poles that never get there follow the electrolyte and are left out."""
    reached = times * ratio[-1] > 1
    frequency = (
        np.exp(np.interp(-np.log(times[reached]), np.log(ratio), np.log(SEARCHED))) if reached.any() else times[:0]
    )
    return _sorted(1 / (2 * math.pi * frequency), weights[reached] * dc_resistivity(case.electrolyte), exact=False)


def _sorted(times: Reals, resistances: Reals, exact: bool = True) -> RelaxationTimes:
    order = np.argsort(times)
    return RelaxationTimes(times[order], resistances[order], exact)
