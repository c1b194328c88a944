"""Equivalent circuits: a small typed tree, read from a string such as `R-RQ-RQ`, and its impedance.

`-` puts in series, `p(…, …)` in parallel, `(…)` groups; `p(R,L)` is R with L in parallel. An element may carry its
number, `p(R1,C1)`; CPE, as in impedance.py, is Q. What they are is in `elements`. Sign convention e^{+iωt}.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import add
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from constriction.base.errors import InputError
from constriction.laws.arrays import Complexes, Reals
from constriction.laws.elements import ELEMENTS, KINDS, Coordinates, Parameter, Slopes

type Node = Element | SeriesPart | ParallelPart

LONGEST_TEXT, DEEPEST = 900, 20
# Every spelling of an element, the longest first, and which element it is.
SPELLINGS = dict(sorted({**{kind: kind for kind in ELEMENTS}, "CPE": "Q"}.items(), key=lambda pair: -len(pair[0])))
_NUMBER = re.compile(r"0|[1-9][0-9]{0,2}")


@dataclass(frozen=True)
class Element:
    """One element: `kind` as in `ELEMENTS`, `first` the index of its first parameter in the circuit."""

    kind: str
    first: int


@dataclass(frozen=True)
class SeriesPart:
    """Parts one after the other: impedances add."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class ParallelPart:
    """Parts side by side: admittances add."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Circuit:
    """A circuit.

    Attributes:
        text: as it was written, without blanks.
        parts: what is in series at the top level, from the left.
        parameters: from the left. An element without a number has the one of its place, counted from the left and
            beginning with 0 if the first one is a plain `R` (the series resistance), else with 1.
        numbered: of each element from the left, whether its number was written.
    """

    text: str
    parts: tuple[Node, ...]
    parameters: tuple[Parameter, ...]
    numbered: tuple[bool, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, from the left."""
        return tuple(parameter.name for parameter in self.parameters)


@lru_cache  # of one text, many cases
def parse_circuit(text: str) -> Circuit:
    """Read a circuit.

    Args:
        text: for instance `R-RQ-RQ`, `R-RQ-Q`, `L-R-p(R-W,Q)` or `R0-p(R1,C1)`. Blanks do not matter.

    Returns:
        The circuit with named parameters.

    Raises:
        InputError: not a circuit, or two parameters of one name; one line that names the position, counted from 1.
    """
    bare = re.sub(r"\s+", "", text)
    if not bare or len(bare) > LONGEST_TEXT:
        raise InputError(
            f"circuit {text!r:.60}: {len(bare)} characters, expected 1 to {LONGEST_TEXT}, for instance 'R-RQ-RQ'"
        )
    reader = _Reader(bare)
    root = reader.series(0)
    if reader.at < len(bare):
        raise reader.error("expected '-' or the end")
    parts = root.parts if isinstance(root, SeriesPart) else (root,)
    parameters = _parameters(reader, offset=0 if parts[0] == Element("R", 0) else 1)
    return Circuit(bare, parts, parameters, tuple(found.number is not None for found in reader.found))


class _Found(NamedTuple):
    """An element in the text: its kind, the number that it carries, and where it begins."""

    kind: str
    number: int | None
    at: int


def _parameters(reader: "_Reader", offset: int) -> tuple[Parameter, ...]:
    """The parameters of what was read; raises InputError where a name comes twice."""
    named: dict[str, Parameter] = {}
    for place, (kind, number, at) in enumerate(reader.found):
        for letter in ELEMENTS[kind].parameters:
            name = f"{letter}{place + offset if number is None else number}"
            if name in named:
                reader.at = at
                raise reader.error(
                    f"{name} is there already, written or counted from the left; expected another number"
                )
            named[name] = Parameter(name, letter, *KINDS[letter])
    return tuple(named.values())


class _Reader:
    """Recursive descent over the text; `found` collects the elements from the left."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: list[_Found] = []
        self.count = 0

    def error(self, expected: str) -> InputError:
        here = self.text[self.at : self.at + 8] or "the end"
        return InputError(f"circuit {self.text!r:.60}, position {self.at + 1}: {here!r}: {expected}")

    def take(self, token: str) -> bool:
        found = self.text.startswith(token, self.at)
        self.at += len(token) * found
        return found

    def series(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self.error(f"more than {DEEPEST} brackets inside each other")
        parts: list[Node] = []
        while not parts or self.take("-"):
            item = self.item(depth)
            parts += item.parts if isinstance(item, SeriesPart) else (item,)
        return SeriesPart(tuple(parts)) if len(parts) > 1 else parts[0]

    def item(self, depth: int) -> Node:
        if self.take("p("):
            parts = [self.series(depth + 1)]
            while self.take(","):
                parts.append(self.series(depth + 1))
            if len(parts) == 1:
                raise self.error("expected ',' and a second branch of p(…, …)")
            self.close()
            return ParallelPart(tuple(parts))
        if self.take("("):
            node = self.series(depth + 1)
            self.close()
            return node
        return self.element()

    def close(self) -> None:
        if not self.take(")"):
            raise self.error("expected ')'")

    def element(self) -> Element:
        begin = self.at
        for spelling, kind in SPELLINGS.items():
            if self.take(spelling):
                number = _NUMBER.match(self.text, self.at)
                self.at = number.end() if number else self.at
                self.found.append(_Found(kind, int(number[0]) if number else None, begin))
                node = Element(kind, self.count)
                self.count += len(ELEMENTS[kind].parameters)
                return node
        raise self.error(f"expected an element ({', '.join(ELEMENTS)}, perhaps with a number), 'p(' or '('")


def impedance(circuit: Circuit, values: Mapping[str, float] | Sequence[float], frequency: ArrayLike) -> Complexes:
    """Impedance of a circuit.

    Args:
        circuit: from `parse_circuit`.
        values: of all parameters by name, or in the order of `circuit.parameters`; positive.
        frequency: (N,) in Hz, positive.

    Returns:
        (N,) Z in Ω, or in whatever normalised unit the values are in.

    Raises:
        InputError: a parameter is missing, unknown or not positive.
    """
    point = to_internal(circuit, values)
    omega = 2 * math.pi * np.asarray(frequency, dtype=np.float64)
    return impedance_at(circuit, point.tolist(), omega)


def impedance_at(circuit: Circuit, point: Sequence[float], omega: Reals) -> Complexes:
    """Impedance alone, without its derivatives.

    Args:
        circuit: with P parameters.
        point: P internal coordinates: logarithms, exponents plain.
        omega: angular frequency in rad/s, positive, any shape.

    Returns:
        Z in Ω, of the shape of `omega`.
    """
    log_omega = np.log(omega)
    z: Complexes = reduce(add, [evaluate_node(part, point, log_omega)[0] for part in circuit.parts])
    return z if z.shape == omega.shape else np.full(omega.shape, z, complex)  # resistances alone are one number


def to_internal(circuit: Circuit, values: Mapping[str, float] | Sequence[float]) -> Reals:
    """Turn values into the coordinates of a fit.

    Args:
        circuit: with P parameters.
        values: by name or in order, as in `impedance`.

    Returns:
        (P,) natural logarithms of all values but the exponents, which stay.

    Raises:
        InputError: a parameter is missing, unknown or not positive.
    """
    if isinstance(values, Mapping):
        if set(values) != set(circuit.names):
            raise InputError(f"values of {', '.join(values)}: expected those of {', '.join(circuit.names)}")
        values = [values[name] for name in circuit.names]
    if len(values) != len(circuit.names):
        raise InputError(f"{len(values)} values: expected {len(circuit.names)}, of {', '.join(circuit.names)}")
    for name, value in zip(circuit.names, values, strict=True):
        if not (math.isfinite(value) and value > 0):
            raise InputError(f"{name} = {value!r}: expected a finite positive number")
    pairs = zip(circuit.parameters, values, strict=True)
    return np.array([math.log(value) if parameter.logarithmic else value for parameter, value in pairs])


def from_internal(circuit: Circuit, point: Reals) -> Reals:
    """Turn the (P,) coordinates of a fit back into values."""
    logarithmic = np.array([parameter.logarithmic for parameter in circuit.parameters])
    return np.where(logarithmic, np.exp(np.where(logarithmic, point, 0.0)), point)


def evaluate(circuit: Circuit, points: Reals, omega: Reals) -> tuple[Complexes, Complexes]:
    """Impedance and its analytic derivatives at many points at once.

    Args:
        circuit: with P parameters.
        points: (S, P) internal coordinates: logarithms, exponents plain.
        omega: (N,) angular frequency in rad/s.

    Returns:
        Z, (S, N) in Ω, and ∂Z/∂(internal coordinate), (S, P, N) in Ω.
    """
    log_omega = np.log(omega)
    value: Complexes = np.zeros((points.shape[0], omega.size), dtype=np.complex128)
    slopes: Complexes = np.zeros((points.shape[0], points.shape[1], omega.size), dtype=np.complex128)
    coordinates = points.T[:, :, np.newaxis]
    for part in circuit.parts:
        z, dz = evaluate_node(part, coordinates, log_omega)
        value += z
        for index, slope in dz():
            slopes[:, index] = slope
    return value, slopes


def evaluate_node(node: Node, point: Coordinates, log_omega: Reals) -> tuple[Complexes, Callable[[], Slopes]]:
    """Impedance of one node and what makes its derivatives.

    Args:
        node: of a circuit with P parameters.
        point: P internal coordinates, or (P, S, 1) of S points at once.
        log_omega: (N,) ln ω, ω in rad/s.

    Returns:
        Z in Ω, which broadcasts to (N,) or (S, N), and a function that returns for every parameter below the node its
        index and ∂Z/∂(internal coordinate).
    """
    if isinstance(node, Element):
        return ELEMENTS[node.kind].law(point[node.first : node.first + 3], log_omega, node.first)
    below = [evaluate_node(part, point, log_omega) for part in node.parts]
    if isinstance(node, SeriesPart):
        return reduce(add, [z for z, _ in below]), lambda: [item for _, dz in below for item in dz()]
    total = 1 / reduce(add, [1 / z for z, _ in below])
    return total, lambda: [(index, slope * (total / z) ** 2) for z, dz in below for index, slope in dz()]


def elements(node: Node) -> Iterator[Element]:
    """Yield the elements below a node, from the left."""
    if isinstance(node, Element):
        yield node
    else:
        for part in node.parts:
            yield from elements(part)
