"""`--hold` and `--bound` of `analyze`: texts such as "a1=1" or "R1=10..100 ohm" become bounds of a fit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from constriction.base.errors import InputError

PREFIXES = {"": 1.0, "f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
# Of each kind of parameter: its unit behind the prefix, such as "ohm" or "S s^a", {} for what normalises it.
WRITTEN = {"R": "ohm{}", "W": "ohm{} s^-1/2", "L": "H{}", "C": "F{}", "Q": "S s^a{}", "T": "s{}"}
TIMES = {"ohm": ("", 1.0), "ohm m2": (" cm2", 1e-4), "ohm m": (" cm", 1e-2)}
PER = {"ohm": ("", 1.0), "ohm m2": ("/cm2", 1e4), "ohm m": ("/cm", 1e2)}
ALIKE = {"Ohm": "ohm", "Ω": "ohm", "\N{OHM SIGN}": "ohm", "\N{MICRO SIGN}": "u", "\N{GREEK SMALL LETTER MU}": "u"}
ALIKE |= {"cm^2": "cm2", "²": "2", "½": "1/2", "α": "a", "·": " ", "*": " "}
EXAMPLES = {"--hold": "'a1=1' or 'R0=12 ohm'", "--bound": "'R1=10..100 ohm' or 'a1=0.8..1'"}
NAME = re.compile(r"\s*([A-Za-z]+[0-9]+)\s*=(.*)", re.DOTALL)
NUMBER = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*", re.DOTALL)


class Limits(NamedTuple):
    """What parameters may be: smallest and largest by name, SI, and the spectrum's unit that they are meant for.

    `unit` is None where no value depends on it (exponents and times only). `given` is how each was written.
    """

    bounds: Mapping[str, tuple[float, float]]
    unit: str | None
    given: Mapping[str, str]


class _Value(NamedTuple):
    """A number, SI, and the unit of the spectra that it fits; None: any."""

    number: float
    unit: str | None


def limits(hold: Sequence[str], bound: Sequence[str]) -> Limits:
    """Read all of `--hold` and `--bound`.

    Args:
        hold: such as "a1=1", "R0=12 ohm".
        bound: such as "R1=10..100 ohm"; an end may be left open, "a1=0.8..".

    Raises:
        InputError: one cannot be read, a parameter is given twice, or units belong to different spectra.
    """
    found: dict[str, tuple[float, float]] = {}
    units: dict[str, str] = {}
    given: dict[str, str] = {}
    options = ["--hold"] * len(hold) + ["--bound"] * len(bound)
    for option, text in zip(options, (*hold, *bound), strict=True):
        name, values = _read(option, text)
        if name in found:
            raise InputError(f"{option} {text!r:.60}: {name} is held or bounded already, expected each parameter once")
        low, high = (value.number for value in values)
        if not 0 < low <= high < math.inf:
            raise InputError(f"{option} {text!r:.60}: expected positive values, the smaller one first")
        found[name] = low, high
        given[name] = f"{option} {text!r:.60}"
        units |= {value.unit: text for value in values if value.unit is not None}
    if len(units) > 1:
        raise InputError(f"{' and '.join(map(repr, units.values()))}: units of different spectra, expected one kind")
    return Limits(found, next(iter(units), None), given)


def _read(option: str, text: str) -> tuple[str, tuple[_Value, _Value]]:
    from constriction.laws.elements import KINDS

    parts = NAME.fullmatch(text)
    where = f"{option} {text!r:.60}"
    if parts is None or parts[1][0] not in KINDS:
        raise InputError(f"{where}: expected a parameter and its value, such as {EXAMPLES[option]}")
    name, kind = parts[1], parts[1][0]
    if option == "--hold":
        value = _value(where, parts[2], kind)
        return name, (value, value)
    low, high = _ends(where, parts[2])
    smallest, largest = KINDS[kind][1:]
    return name, (
        _value(where, low, kind) if low else _Value(smallest, None),
        _value(where, high, kind) if high else _Value(largest, None),
    )


def _ends(where: str, text: str) -> tuple[str, str]:
    """Both ends of a range, "" for an open one; one unit behind both is that of both."""
    ends = text.split("..")
    if len(ends) != 2 or not any(end.strip() for end in ends):
        raise InputError(f"{where}: expected two values with '..' between, such as {EXAMPLES['--bound']}")
    low, high = (end.strip() for end in ends)
    bare, above = NUMBER.fullmatch(low), NUMBER.fullmatch(high)
    return (f"{low} {above[2]}" if bare and above and not bare[2] else low), high


def _value(where: str, text: str, kind: str) -> _Value:
    parts = NUMBER.fullmatch(text)
    if kind == "a":
        return _exponent(where, parts)
    if parts is None:
        raise InputError(f"{where}: expected a number with its unit")
    unit = parts[2]
    for letter, word in ALIKE.items():
        unit = unit.replace(letter, word)
    unit = re.sub(r"\s+", " ", unit).strip()
    for written, factor, spectrum_unit in _units(kind):
        prefix = unit.removesuffix(written)
        if unit.endswith(written) and prefix in PREFIXES:
            return _Value(float(parts[1]) * PREFIXES[prefix] * factor, spectrum_unit)
    known = ", ".join(f"'{written}'" for written, _, _ in _units(kind))
    raise InputError(f"{where}: expected a number in {known}, with or without a prefix such as k, m, u, n")


def _exponent(where: str, parts: re.Match[str] | None) -> _Value:
    if parts is None or parts[2]:
        raise InputError(f"{where}: expected a plain number")
    if not 0 < (number := float(parts[1])) <= 1:
        raise InputError(f"{where}: expected an exponent above 0, at most 1")
    return _Value(number, None)


def _units(kind: str) -> Iterator[tuple[str, float, str | None]]:
    """Units of a kind of parameter: as written, SI value, and the spectra that have it."""
    if kind == "T":
        yield "s", 1.0, None
        return
    for spectrum_unit, (suffix, factor) in (PER if kind in "CQ" else TIMES).items():
        yield WRITTEN[kind].format(suffix), factor, spectrum_unit
