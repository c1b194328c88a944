"""How current passes one square metre of an interface: a law, most often an equivalent circuit per area.

Fields vary as e^{+iωt}. An ideal contact, whose impedance is zero, has no law.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from constriction.base.errors import InputError
from constriction.laws.arrays import Complexes
from constriction.laws.circuit import Circuit, Element, Node, SeriesPart, elements, impedance_at, to_internal
from constriction.laws.elements import ELEMENTS

PASSIVE = ("R", "C", "Q", "W", "RQ", "Wo", "Ws", "G")
"""The elements that a law may have: none of them gives back more than it took, and none is an inductor."""
SMALLEST_EXPONENT, LARGEST_EXPONENT = 0.01, 1.0


class Law(Protocol):
    """What a region of the interface does to current, per area."""

    def impedance(self, frequency: ArrayLike) -> Complexes:
        """Z in Ω·m² at f ≥ 0 Hz, of any shape; at f = 0 the limit, infinite where the law blocks."""

    def admittance(self, frequency: ArrayLike) -> Complexes:
        """1/Z in S/m² at f ≥ 0 Hz, of any shape; at f = 0 the limit, 0 where the law blocks."""


@dataclass(frozen=True)
class CircuitLaw:
    """A law that is a circuit; refuses one that is not passive.

    Attributes:
        circuit: of the elements in `PASSIVE`.
        values: of its parameters, in their order, SI per area: Ω·m², F/m², S·s^a/m², Ω·m²·s^−½, s, 1. Of an
            electrolyte the same per length: Ω·m, F/m, …

    Raises:
        InputError: an element that a law cannot have, or a value that is not finite and positive, or an exponent
            outside 0.01 to 1.
    """

    circuit: Circuit
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is not passive."""
        check_passive(self.circuit)
        to_internal(self.circuit, self.values)
        for parameter, value in zip(self.circuit.parameters, self.values, strict=True):
            if parameter.kind == "a" and not SMALLEST_EXPONENT <= value <= LARGEST_EXPONENT:
                raise InputError(
                    f"{parameter.name} = {value!r}: expected a number from {SMALLEST_EXPONENT} to {LARGEST_EXPONENT:g}"
                )

    @cached_property
    def _point(self) -> list[float]:
        return [float(coordinate) for coordinate in to_internal(self.circuit, self.values)]

    @cached_property
    def resistance(self) -> float:
        """Z at zero frequency, in Ω·m²; infinite where the law blocks."""
        return resistance_at_rest(self.circuit, self.values)

    def impedance(self, frequency: ArrayLike) -> Complexes:
        """Impedance per area.

        Args:
            frequency: in Hz, any shape; at 0 the limit, infinite where the law blocks. At −f it is the conjugate.

        Returns:
            Z in Ω·m², of the shape of `frequency`.
        """
        f = np.asarray(frequency, dtype=np.float64)
        if np.count_nonzero(f > 0) == f.size:
            return impedance_at(self.circuit, self._point, 2 * math.pi * f)
        z = np.full(f.shape, self.resistance, dtype=np.complex128)
        if not f.any():
            return z
        moving = f != 0
        z[moving] = self.impedance(np.abs(f[moving]))
        return np.where(f < 0, z.conj(), z)

    def admittance(self, frequency: ArrayLike) -> Complexes:
        """Admittance per area.

        Args:
            frequency: in Hz, any shape; at 0 the limit, 0 where the law blocks.

        Returns:
            1/Z in S/m², of the shape of `frequency`.
        """
        return inverse(self.impedance(frequency))


def inverse(impedance: Complexes) -> Complexes:
    """Admittance in S/m² of an impedance in Ω·m², same shape: 0 where that is infinite, which blocks."""
    blocked = ~np.isfinite(impedance)
    return np.where(blocked, 0.0, 1 / np.where(blocked, 1.0, impedance))


def check_passive(circuit: Circuit) -> None:
    """Refuse a circuit with an element that a law cannot have.

    Raises:
        InputError: one line with the circuit, the element and what is allowed.
    """
    for part in circuit.parts:
        for element in elements(part):
            if element.kind not in PASSIVE:
                raise InputError(
                    f"circuit {circuit.text!r}, {element.kind}: expected a passive law of {', '.join(PASSIVE)}"
                )


def resistance_at_rest(circuit: Circuit, values: Sequence[float]) -> float:
    """Impedance at zero frequency, in Ω: infinite where the circuit blocks, exact where one branch alone conducts.

    Args:
        circuit: with P parameters.
        values: (P,) of all parameters, in order.
    """
    return sum(_node_at_rest(part, values) for part in circuit.parts)


def _node_at_rest(node: Node, values: Sequence[float]) -> float:
    if isinstance(node, Element):
        return ELEMENTS[node.kind].at_rest * values[node.first]
    below = [_node_at_rest(part, values) for part in node.parts]
    return sum(below) if isinstance(node, SeriesPart) else _parallel(below)


def _parallel(resistances: Sequence[float]) -> float:
    """Resistances side by side, in Ω; infinite and zero ones among them."""
    conducting = [resistance for resistance in resistances if resistance < math.inf]
    least = min(resistances)
    if len(conducting) <= 1 or least == 0:  # 1/(1/R) may differ from R in the last digit
        return least
    return 1 / sum(1 / resistance for resistance in conducting)
