"""A law in a case file: the circuit, and beside it the keys R1, C1, Q1, a1, … that its letters name.

Values are per area, of an interface, or per length, of what current passes in all directions.

Values go in with their units and stay text, in the unit that reads best: what a section holds is what is written. The
laws themselves need numpy, which most cases never do: it is imported where a law is given.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from constriction.base.errors import InputError
from constriction.base.quantities import KINDS, format_quantity, parse_quantity, shown
from constriction.case.fields import Section, Text, within

if TYPE_CHECKING:
    from constriction.laws.circuit import Circuit, Node
    from constriction.laws.law import CircuitLaw

type Written = str | float
"""A value as the section holds it: "0.5 ohm cm2", or an exponent."""

KEY = re.compile(r"[RCLQWTa](?:0|[1-9][0-9]{0,2})")
EXPONENT = "a number from 0.01 to 1"
# What multiplies the unit of the kind: 20 uS s^0.9/cm2, 2 ohm cm2 s^-0.5 or 2 ohm cm2/s^0.5.
_SECONDS = re.compile(r"(?P<joint>\s*[*·/]\s*|\s+)s(?:(?:\^|\*\*)(?P<power>a|[+-]?[0-9.]+))?(?![\w^])")


class Per(NamedTuple):
    """What the values of a law are per: the word for it, its unit, and the kinds of R and W, of C, and of Q."""

    word: str
    unit: str
    resistance: str
    capacitance: str
    conductance: str

    def kind(self, key: str) -> str:
        """The kind of quantity that a key takes, of Q and W but for the seconds."""
        kinds = {"R": self.resistance, "W": self.resistance, "C": self.capacitance, "Q": self.conductance}
        return kinds.get(key[0], "time")


PER_AREA = Per("area", "cm2", "area resistance", "area capacitance", "area conductance")
PER_LENGTH = Per("length", "cm", "resistivity", "length capacitance", "conductivity")


class QParallelToR(NamedTuple):
    """Names of a constant phase element and of the one resistance beside it, and what stands for it: Q1, R1, a1, C1."""

    charge: str
    resistance: str
    exponent: str
    capacitance: str


@lru_cache(maxsize=256)
def read_law(text: str) -> Circuit:
    """The circuit of a law.

    Raises:
        InputError: no circuit, or not passive; begins with ``law: ``.
    """
    from constriction.laws.circuit import parse_circuit
    from constriction.laws.law import check_passive

    try:
        circuit = parse_circuit(text)
        check_passive(circuit)
    except InputError as error:
        raise InputError(f"law: {error}") from None
    return circuit


def bare_capacitors(circuit: Circuit) -> tuple[str, ...]:
    """Names of the capacitors that carry no number."""
    from constriction.laws.circuit import elements

    found = (element for part in circuit.parts for element in elements(part))
    pairs = zip(found, circuit.numbered, strict=True)
    return tuple(circuit.names[e.first] for e, numbered in pairs if e.kind == "C" and not numbered)


def written_values(
    circuit: Circuit, given: Mapping[str, Any], known: tuple[str, ...] = (), per: Per = PER_AREA
) -> dict[str, Written]:
    """The keys of a law, checked, in the order of its parameters and in the unit that reads best.

    Args:
        circuit: the law's.
        given: keys and values as the case file has them.
        known: parameters that have no key, for their value comes from elsewhere.
        per: what the values are per.

    Raises:
        InputError: a key that is missing, wrong or does not apply; begins with the key.
    """
    wanted = _wanted(circuit, given, known)
    _check_keys(circuit, given, wanted, per)
    exponents = {key: _exponent(key, given[key]) for key in wanted if key[0] == "a"}
    return {key: exponents[key] if key in exponents else _read(key, given[key], exponents, per)[1] for key in wanted}


def _check_keys(circuit: Circuit, given: Mapping[str, Any], wanted: list[str], per: Per) -> None:
    """Refuse a key that does not apply, or that is missing."""
    for key, value in given.items():
        if key not in wanted:
            takes = ", ".join(wanted) or "no keys"
            raise InputError(f"{key} = {shown(value)}: does not apply to law '{circuit.text}', which takes {takes}")
    for key in wanted:
        if key not in given:
            raise InputError(f"{key}: missing; law '{circuit.text}' expects {_expected(key, per)}{_or(circuit, key)}")


@lru_cache(maxsize=256)
def law_of(text: str, written: tuple[tuple[str, Written], ...], per: Per = PER_AREA) -> CircuitLaw:
    """The law of a section.

    Args:
        text: its circuit.
        written: what `written_values` made of its keys, and a float in SI for a parameter that has no key.
        per: what the values are per.

    Returns:
        The law, SI per area, or per length.
    """
    from constriction.laws.circuit import parse_circuit
    from constriction.laws.law import CircuitLaw

    circuit, given = parse_circuit(text), dict(written)
    exponents = {key: value for key, value in given.items() if key[0] == "a" and isinstance(value, float)}
    values = {
        key: value if isinstance(value, float) else _read(key, value, exponents, per)[0] for key, value in given.items()
    }
    for pair in _replaceable(circuit):
        if pair.charge not in values:
            a, r = values[pair.exponent], values[pair.resistance]
            values[pair.charge] = values[pair.capacitance] ** a * r ** (a - 1)
    return CircuitLaw(circuit, tuple(values[name] for name in circuit.names))


def _wanted(circuit: Circuit, given: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    """The keys of a law in order, with C1 in the place of Q1 where that was given."""
    replaced = {pair.charge: pair.capacitance for pair in _replaceable(circuit) if pair.capacitance in given}
    return [replaced.get(name, name) for name in circuit.names if name not in known]


def _replaceable(circuit: Circuit) -> Iterator[QParallelToR]:
    """The constant phase elements that are parallel to one R, whose C may be given instead."""
    for part in circuit.parts:
        for resistance, charge, exponent in _pairs(circuit, part):
            if (capacitance := f"C{charge[1:]}") not in circuit.names:
                yield QParallelToR(charge, resistance, exponent, capacitance)


def _pairs(circuit: Circuit, node: Node) -> Iterator[tuple[str, str, str]]:
    """Names of R, Q and a of every RQ, and of every Q in the same bracket with one R."""
    from constriction.laws.circuit import Element, ParallelPart

    names = circuit.names
    if isinstance(node, Element):
        if node.kind == "RQ":
            yield names[node.first], names[node.first + 1], names[node.first + 2]
        return
    firsts: dict[str, list[int]] = {"R": [], "Q": []}
    for part in node.parts:
        yield from _pairs(circuit, part)
        if isinstance(part, Element):
            firsts.setdefault(part.kind, []).append(part.first)
    if isinstance(node, ParallelPart) and len(firsts["R"]) == 1:
        yield from ((names[firsts["R"][0]], names[first], names[first + 1]) for first in firsts["Q"])


def _or(circuit: Circuit, key: str) -> str:
    """What may be given instead of a key."""
    return next((f", or {pair.capacitance}" for pair in _replaceable(circuit) if pair.charge == key), "")


def _expected(key: str, per: Per) -> str:
    if key[0] == "a":
        return EXPONENT
    if key[0] == "Q":
        return f"a constant phase element per {per.word} such as '20 uS s^0.9/{per.unit}', s to the power a{key[1:]}"
    if key[0] == "W":
        return f"a Warburg coefficient times {per.word} such as '2 ohm {per.unit} s^-0.5'"
    kind = KINDS[per.kind(key)]
    return f"{kind.noun} such as '{kind.example}'"


def _exponent(key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.01 <= value <= 1:
        raise InputError(f"{key} = {shown(value)}: expected {EXPONENT}")
    return float(value)


def _read(key: str, value: Any, exponents: Mapping[str, float], per: Per) -> tuple[float, str]:
    """A value in SI, and as text in the unit that reads best."""
    kind = per.kind(key)
    if key[0] not in "QW":
        try:
            number = within(value, kind)
        except InputError as error:
            raise InputError(f"{key} = {error}") from None
        return number, format_quantity(number, kind)
    power = exponents[f"a{key[1:]}"] if key[0] == "Q" else -0.5
    number = _without_seconds(key, value, power, per)
    text = format_quantity(number, kind)
    if key[0] == "W":
        return number, f"{text} s^-0.5"
    return number, text.replace("/", f" s^{power!r}/")


def _without_seconds(key: str, value: Any, power: float, per: Per) -> float:
    """The number of a Q or W in its unit but for the seconds, whose power must be the one that is expected."""
    wrong = InputError(f"{key} = {shown(value)}: expected {_expected(key, per)}")
    bare, given = without_seconds(value) if isinstance(value, str) else ("", None)
    if bare == value or given is None:
        raise wrong
    if not math.isclose(power if given == "a" else given, power, rel_tol=1e-9):
        raise InputError(f"{wrong} = {power!r}" if key[0] == "Q" else str(wrong))
    try:
        parse_quantity(bare, per.kind(key))
    except InputError:
        raise wrong from None
    try:
        return within(bare, per.kind(key))
    except InputError as error:
        limits = str(error).partition(": expected ")[2]
        raise InputError(f"{key} = {shown(value)}: expected, but for the seconds, {limits}") from None


def without_seconds(text: str) -> tuple[str, float | Literal["a"] | None]:
    """A quantity without the seconds in its unit, and their power: a number, "a", or None for neither.

    Args:
        text: such as ``"20 uS s^0.9/cm2"`` or ``"2 ohm cm2/s^0.5"``.
    """
    if (parts := _SECONDS.search(text)) is None:
        return text, None
    bare = text[: parts.start()] + text[parts.end() :]
    if parts["power"] == "a":
        return bare, "a"
    try:
        power = float(parts["power"] or 1)
    except ValueError:
        return bare, None
    return bare, -power if "/" in parts["joint"] else power


class LawSection(Section):
    """A section that may have a law. What its letters name are further keys, held as they are written."""

    model_config = ConfigDict(extra="allow")
    PER: ClassVar[Per] = PER_AREA
    LAW_KEY: ClassVar[str] = "law"

    if TYPE_CHECKING:
        law: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _reads_law(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        own = {key: value for key, value in data.items() if key in cls.model_fields}
        keys = {key: value for key, value in data.items() if key not in own}
        if unknown := [key for key in keys if not KEY.fullmatch(str(key))]:
            raise PydanticCustomError("unknown_key", "unknown key", {"key": unknown[0]})
        return {**own, **cls._with_values(own.get(cls.LAW_KEY), keys)}

    @classmethod
    def _with_values(cls, law: Any, keys: dict[str, Any]) -> dict[str, Any]:
        """The keys of a law as the section holds them."""
        if isinstance(law, str):
            circuit = read_law(law)
            return {**written_values(circuit, keys, cls._known(circuit), cls.PER)}
        if keys and law is None:
            key, value = next(iter(keys.items()))
            raise InputError(f"{key} = {shown(value)}: there is no law; expected law = 'p(R1,C1)' or another circuit")
        return keys

    @classmethod
    def _known(cls, circuit: Any) -> tuple[str, ...]:
        """Parameters of the law that have no key."""
        return ()

    def written(self) -> tuple[tuple[str, str | float], ...]:
        """The keys that the law's letters name, with their values as they are written."""
        return tuple((self.__pydantic_extra__ or {}).items())
