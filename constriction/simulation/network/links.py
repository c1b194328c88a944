"""What a network is made of: small circuits in series, in the words of impedance.py, and their impedance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from constriction.laws.circuit import impedance, parse_circuit
from constriction.simulation.network.positive_sums import PositiveSum
from constriction.simulation.network.times import RelaxationTimes

RESISTOR, CAPACITOR, PAIR = "R", "C", "p(R,C)"
ARC = "p(R,CPE)"
AROUND_ARC = "p(p(R,C)-p(R,CPE),C)"

_ELEMENT = re.compile("CPE|R|C")


@dataclass(frozen=True)
class Link:
    """One of the parts in series.

    Attributes:
        pattern: its circuit, elements without numbers.
        values: of its elements from the left, SI per area: Ω·m², F/m²; a CPE has two, S·s^a/m² and the exponent.
    """

    pattern: str
    values: tuple[float, ...]

    @property
    def kinds(self) -> list[str]:
        """Its elements from the left, R, C or CPE."""
        return _ELEMENT.findall(self.pattern)


@dataclass(frozen=True)
class Network:
    """A result as a circuit.

    Attributes:
        electrolyte: the slab in full contact, in series.
        interface: what the interface adds to it, in series; nothing where it adds nothing.
        lowest, highest: Hz, between which it was compared with the result.
        difference: the largest distance there of its impedance from the result's, relative to |Z|.
    """

    electrolyte: tuple[Link, ...]
    interface: tuple[Link, ...]
    lowest: float
    highest: float
    difference: float

    @property
    def links(self) -> tuple[Link, ...]:
        """Electrolyte and interface."""
        return self.electrolyte + self.interface


def numbered(links: Iterable[Link]) -> list[str]:
    """The circuits of links; elements are numbered from 1, each kind by itself, as in p(R1,C1), p(R2,C2)."""
    counts: Counter[str] = Counter()

    def name(found: re.Match[str]) -> str:
        counts[found[0]] += 1
        return f"{found[0]}{counts[found[0]]}"

    return [_ELEMENT.sub(name, link.pattern) for link in links]


def impedance_of(links: tuple[Link, ...], frequency: ArrayLike) -> NDArray[np.complex128]:
    """Impedance of links in series at frequencies (n,) in Hz, positive; (n,) in Ω·m²."""
    total = np.zeros(np.shape(frequency), dtype=np.complex128)
    for link in links:
        total += impedance(parse_circuit(link.pattern), link.values, frequency)
    return total


def links_of_times(found: RelaxationTimes) -> tuple[Link, ...]:
    """Relaxation times as resistors with capacitors across them, in series."""
    pairs = zip(found.resistances.tolist(), found.times.tolist(), strict=True)
    return tuple(Link(PAIR, (resistance, time / resistance)) for resistance, time in pairs if resistance > 0)


def links_of_sum(found: PositiveSum) -> tuple[Link, ...]:
    """A sum over x = iω, of values in Ω·m², as resistors and capacitors in series."""
    links = []
    for time, weight in zip(found.times.tolist(), found.weights.tolist(), strict=True):
        if time == 0:
            links.append(Link(RESISTOR, (weight,)))
        elif np.isinf(time):
            links.append(Link(CAPACITOR, (1 / weight,)))
        else:
            links.append(Link(PAIR, (weight, time / weight)))
    return tuple(links)
