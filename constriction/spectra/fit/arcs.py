"""Arcs of a fitted circuit: resistance, capacitance and apex frequency of every R parallel to C or Q."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from constriction.laws.arrays import Flags, Reals
from constriction.laws.circuit import Circuit, Element, Node, ParallelPart
from constriction.spectra.fit.covariance import error_of_sum
from constriction.spectra.normalisation import scaled


@dataclass(frozen=True)
class Arc:
    """One arc: R parallel to C or to a constant phase element, in series with the rest.

    Standard errors are None where the fit gives none. Ω stands for the unit of the spectrum (Ω·m², Ω·m if normalised).

    Attributes:
        resistance: R in Ω.
        resistance_stderr: in Ω.
        capacitance: C = (R^(1−α) Q)^(1/α) = τ/R in F.
        capacitance_stderr: in F.
        exponent: α, 1 for a capacitor.
        exponent_stderr: of α; 0 for a capacitor.
        time_constant: τ = (RQ)^(1/α) in s.
        f_apex: 1/(2πτ) in Hz.
        f_apex_stderr: in Hz.
        parameters: names of R, Q (or C) and, unless it is a capacitor, α in the circuit.
    """

    resistance: float
    resistance_stderr: float | None
    capacitance: float
    capacitance_stderr: float | None
    exponent: float
    exponent_stderr: float | None
    time_constant: float
    f_apex: float
    f_apex_stderr: float | None
    parameters: tuple[str, ...]


def distance(here: Arc, there: Arc) -> float:
    """How unlike two arcs are: squared differences of ln τ and of ln R."""
    by_time = math.log(here.time_constant / there.time_constant)
    return by_time**2 + math.log(here.resistance / there.resistance) ** 2


class Indices(NamedTuple):
    """Where an arc's R, its Q or C, and its exponent (None: a capacitor) stand among the parameters."""

    resistance: int
    storage: int
    exponent: int | None

    @property
    def places(self) -> list[int]:
        """All that there are."""
        return [place for place in self if place is not None]


class ArcPair(NamedTuple):
    """Two arcs of a circuit, neighbours in time, the faster one first."""

    fast: Indices
    slow: Indices


def exponent_of(point: Reals, arc: Indices) -> float:
    """α of an arc at a (P,) point, 1 for a capacitor."""
    return 1.0 if arc.exponent is None else float(point[arc.exponent])


def log_time_of(point: Reals, arc: Indices) -> float:
    """Ln τ of an arc at a (P,) point, τ in s."""
    return float(point[arc.resistance] + point[arc.storage]) / exponent_of(point, arc)


def resistances_of(point: Reals, pair: ArcPair) -> Reals:
    """Both resistances of a pair in Ω at a (P,) point, (2,)."""
    resistances: Reals = np.exp(point[[pair.fast.resistance, pair.slow.resistance]])
    return resistances


def log_ratio_of(point: Reals, pair: ArcPair) -> float:
    """Ln of the slower arc's resistance over the faster one's."""
    return float(point[pair.slow.resistance] - point[pair.fast.resistance])


def shape(point: Reals, arc: Indices, resistance: float, log_time: float, exponent: float) -> None:
    """Give an arc another R in Ω, ln τ (τ in s) and exponent, in place; a capacitor keeps its exponent of 1."""
    if arc.exponent is not None:
        point[arc.exponent] = exponent
    point[arc.resistance] = math.log(resistance)
    point[arc.storage] = (1.0 if arc.exponent is None else exponent) * log_time - math.log(resistance)


def in_order(point: Reals, pair: ArcPair) -> Reals:
    """Exchange two equal arcs if they have passed each other."""
    alike = (pair.fast.exponent is None) == (pair.slow.exponent is None)
    if not alike or log_time_of(point, pair.fast) <= log_time_of(point, pair.slow):
        return point
    fast, slow = pair.fast.places, pair.slow.places
    ordered = point.copy()
    ordered[fast], ordered[slow] = point[slow], point[fast]
    return ordered


def matched(pairs: Iterable[tuple[float, int, int]]) -> dict[int, int]:
    """Whom each takes: the nearest first, everybody once.

    Args:
        pairs: how far two are from each other, and their numbers on both sides.
    """
    found: dict[int, int] = {}
    for _, here, there in sorted(pairs):
        if here not in found and there not in found.values():
            found[here] = there
    return found


def arcs_of(circuit: Circuit, point: Reals, covariance: Reals, held: Flags) -> tuple[Arc, ...]:
    """Read the arcs off a fit.

    Args:
        circuit: with P parameters.
        point: (P,) internal coordinates: logarithms, exponents plain.
        covariance: (P, P) of these coordinates, 0 where a parameter is held, NaN where it is not determined.
        held: (P,) what is held or sits on a bound: it has no error bar of its own, others hold with it there.

    Returns:
        One arc for every `RQ`, `p(R,Q)` and `p(R,C)` of the top level, by rising time constant.
    """
    found = [
        _arc(circuit, indices, point, covariance, held) for part in circuit.parts if (indices := arc_indices(part))
    ]
    return tuple(sorted(found, key=lambda arc: arc.time_constant))


def series_resistances(circuit: Circuit) -> list[int]:
    """Where the resistances that are in series with everything else stand among the parameters."""
    return [part.first for part in circuit.parts if isinstance(part, Element) and part.kind == "R"]


def arc_indices(part: Node) -> Indices | None:
    """Tell where the parameters of an arc stand, or None if the part is not one."""
    if isinstance(part, Element):
        return Indices(part.first, part.first + 1, part.first + 2) if part.kind == "RQ" else None
    if not isinstance(part, ParallelPart) or len(part.parts) != 2:
        return None
    by_kind = {item.kind: item.first for item in part.parts if isinstance(item, Element)}
    if set(by_kind) == {"R", "Q"}:
        return Indices(by_kind["R"], by_kind["Q"], by_kind["Q"] + 1)
    if set(by_kind) == {"R", "C"}:
        return Indices(by_kind["R"], by_kind["C"], None)
    return None


def swap_into_order(circuit: Circuit, point: Reals) -> Reals:
    """Exchange the parameters of equal arcs (`RQ`) so that their time constants rise from the left.

    Args:
        circuit: with P parameters.
        point: (P,) internal coordinates.

    Returns:
        (P,) a point with the same impedance.
    """
    firsts = [part.first for part in circuit.parts if isinstance(part, Element) and part.kind == "RQ"]
    ordered = point.copy()
    rising = sorted(firsts, key=lambda first: float((point[first] + point[first + 1]) / point[first + 2]))
    for here, there in zip(firsts, rising, strict=True):
        ordered[here : here + 3] = point[there : there + 3]
    return ordered


def _arc(circuit: Circuit, indices: Indices, point: Reals, covariance: Reals, held: Flags) -> Arc:
    log_r, log_q = point[indices.resistance], point[indices.storage]
    alpha = exponent_of(point, indices)
    log_tau = (log_r + log_q) / alpha

    def error(*slopes: float) -> float | None:
        """Standard error of what has these derivatives with respect to ln R, ln Q and α."""
        used = {place: by for place, by in zip(indices, slopes, strict=True) if place is not None and by}
        return error_of_sum(covariance, list(used), np.array(list(used.values()))) or None

    resistance, capacitance, f_apex = math.exp(log_r), math.exp(log_tau - log_r), math.exp(-log_tau) / (2 * math.pi)
    by_tau = (1 / alpha, 1 / alpha, -float(log_r + log_q) / alpha**2)
    return Arc(
        resistance=resistance,
        resistance_stderr=None if held[indices.resistance] else scaled(error(1.0, 0.0, 0.0), resistance),
        capacitance=capacitance,
        capacitance_stderr=scaled(error(by_tau[0] - 1.0, by_tau[1], by_tau[2]), capacitance),
        exponent=alpha,
        exponent_stderr=_exponent_error(indices.exponent, held, error(0.0, 0.0, 1.0)),
        time_constant=math.exp(log_tau),
        f_apex=f_apex,
        f_apex_stderr=scaled(error(*by_tau), f_apex),
        parameters=tuple(map(circuit.names.__getitem__, indices.places)),
    )


def _exponent_error(index: int | None, held: Flags, stderr: float | None) -> float | None:
    if index is None:
        return 0.0
    return None if held[index] else stderr
