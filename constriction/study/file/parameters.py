"""Values of a study file: numbers, quantities with their unit, temperatures, and names."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from constriction.base.errors import InputError, naming
from constriction.base.quantities import KINDS, format_quantity, parse_quantity, shown, usual_kinds
from constriction.case.law_keys import without_seconds

NUMBER, TEMPERATURE = "number", "temperature"
CELSIUS = 273.15  # K
LONGEST = 200  # characters of a quantity; no longer text is read as one
QUANTITIES_KEPT = 4096  # read last: every value of an axis comes back in many cases
# Of laws: their seconds have a power that is no whole number; what is left without them is of another kind.
CONSTANT_PHASE, WARBURG = "constant phase element per area", "Warburg coefficient times area"
_WITH_SECONDS = {CONSTANT_PHASE: "area conductance", WARBURG: "area resistance"}
UNITS = {
    **{kind: known.unit for kind, known in KINDS.items()},
    CONSTANT_PHASE: "S s^a/m2",
    WARBURG: "ohm m2 s^-0.5",
    TEMPERATURE: "K",
    NUMBER: "1",
}

_TEMPERATURE = re.compile(r"\s*([+\-−]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*(K|°C|degC)\s*")
_BEGINS_LIKE_A_NUMBER = re.compile(r"\s*[+\-−.]?[0-9]")


@dataclass(frozen=True)
class Quantity:
    """A number in the SI unit of its kind: one of `KINDS` or of a law, a temperature (K), or a plain number."""

    value: float
    kind: str = NUMBER


def quantity_of(value: object) -> Quantity | None:
    """The quantity that a value of a study file is; None for a text that begins like a name, and for anything else.

    Raises:
        InputError: a text that begins with a number but is no quantity of a known kind.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Quantity(_finite(value, value))
    if not isinstance(value, str) or len(value) > LONGEST or not _BEGINS_LIKE_A_NUMBER.match(value):
        return None
    return _temperature(value) or _of_some_kind(value)


def quantity_at(where: str, value: object) -> Quantity:
    """The quantity that a value of a study file must be.

    Raises:
        InputError: it is none; begins with where it stands.
    """
    quantity = read_at(where, quantity_of, value)
    if quantity is None:
        raise InputError(f"{where} = {shown(value)}: expected a number or a quantity with its unit")
    return quantity


def read_at[Value](where: str, read: Callable[[object], Value], value: object) -> Value:
    """What `read` makes of a value; its errors begin with where the value stands."""
    with naming(where, " = "):
        return read(value)


def without(keys: Iterable[str], left_out: Container[str]) -> list[str]:
    """Some keys without others, in their order."""
    return [key for key in keys if key not in left_out]


def _temperature(text: str) -> Quantity | None:
    if (parts := _TEMPERATURE.fullmatch(text)) is None:
        return None
    number = float(parts[1].replace("−", "-"))
    return Quantity(_finite(number if parts[2] == "K" else round(number + CELSIUS, 9), text), TEMPERATURE)


@lru_cache(maxsize=QUANTITIES_KEPT)
def _of_some_kind(text: str) -> Quantity:
    for kind in (*usual_kinds(text), *KINDS):
        try:
            return Quantity(parse_quantity(text, kind), kind)
        except InputError:
            continue
    bare, _ = without_seconds(text)
    for kind, without in _WITH_SECONDS.items():
        if bare != text:
            with contextlib.suppress(InputError):
                return Quantity(parse_quantity(bare, without), kind)
    known = ", ".join(f"'{kind.example}'" for kind in KINDS.values())
    raise InputError(f"{shown(text)}: expected a quantity such as {known}, '25 °C'")


def in_case_words(quantity: Quantity) -> Any:
    """A quantity as a case file would have it: whole numbers are integers."""
    if quantity.kind in KINDS:
        return format_quantity(quantity.value, quantity.kind)
    if quantity.kind == CONSTANT_PHASE:
        return format_quantity(quantity.value, _WITH_SECONDS[CONSTANT_PHASE]).replace("/", " s^a/")
    if quantity.kind == WARBURG:
        return f"{format_quantity(quantity.value, _WITH_SECONDS[WARBURG])} s^-0.5"
    if quantity.kind == TEMPERATURE:
        return f"{quantity.value!r} K"
    return int(quantity.value) if quantity.value.is_integer() else quantity.value


def label_of(value: object) -> Any:
    """What stands for a value in a table: SI for quantities, the value itself for anything else."""
    if isinstance(value, bool | int):
        return value
    quantity = quantity_of(value)
    return value if quantity is None else quantity.value


def _finite(number: float, given: object) -> float:
    try:
        number = float(number)
    except OverflowError:  # an integer beyond all doubles
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{shown(given)}: expected a finite number")
    return number
