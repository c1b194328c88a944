"""Arcs of a fitted circuit: resistance, capacitance and apex frequency of every R parallel to C or Q."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from constriction.laws.circuit import Circuit, Element, Node, ParallelPart

type Reals = NDArray[np.float64]


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


def arcs_of(circuit: Circuit, point: Reals, covariance: Reals, held: NDArray[np.bool_]) -> tuple[Arc, ...]:
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


def arc_indices(part: Node) -> Indices | None:
    """Tell where the parameters of an arc stand, or None if the part is not one."""
    if isinstance(part, Element):
        return Indices(part.first, part.first + 1, part.first + 2) if part.kind == "RQ" else None
    if not (
        isinstance(part, ParallelPart) and len(part.parts) == 2 and all(isinstance(p, Element) for p in part.parts)
    ):
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


def _arc(circuit: Circuit, indices: Indices, point: Reals, covariance: Reals, held: NDArray[np.bool_]) -> Arc:
    log_r, log_q = point[indices.resistance], point[indices.storage]
    alpha = 1.0 if indices.exponent is None else float(point[indices.exponent])
    log_tau = (log_r + log_q) / alpha
    names = [circuit.names[i] for i in indices if i is not None]

    def error(by_r: float, by_q: float, by_alpha: float) -> float | None:
        """Standard error of what has these derivatives with respect to ln R, ln Q and α."""
        pairs = [(indices.resistance, by_r), (indices.storage, by_q)]
        if indices.exponent is not None:
            pairs.append((indices.exponent, by_alpha))
        used = [(index, slope) for index, slope in pairs if slope]
        index, slope = [i for i, _ in used], np.array([s for _, s in used])
        variance = float(slope @ covariance[np.ix_(index, index)] @ slope)
        return math.sqrt(variance) if 0 < variance < math.inf else None

    resistance, capacitance, f_apex = math.exp(log_r), math.exp(log_tau - log_r), math.exp(-log_tau) / (2 * math.pi)
    by_tau = (1 / alpha, 1 / alpha, -float(log_r + log_q) / alpha**2)
    return Arc(
        resistance=resistance,
        resistance_stderr=None if held[indices.resistance] else _times(resistance, error(1.0, 0.0, 0.0)),
        capacitance=capacitance,
        capacitance_stderr=_times(capacitance, error(by_tau[0] - 1.0, by_tau[1], by_tau[2])),
        exponent=alpha,
        exponent_stderr=_exponent_error(indices.exponent, held, error(0.0, 0.0, 1.0)),
        time_constant=math.exp(log_tau),
        f_apex=f_apex,
        f_apex_stderr=_times(f_apex, error(*by_tau)),
        parameters=tuple(names),
    )


def _times(value: float, relative: float | None) -> float | None:
    return None if relative is None else value * relative


def _exponent_error(index: int | None, held: NDArray[np.bool_], stderr: float | None) -> float | None:
    if index is None:
        return 0.0
    return None if held[index] else stderr
