"""The rules of [derive]: named formulas that make a key of the case, or another parameter, from inputs.

Each rule is a function of quantities. There is no language of formulas: what a study assumes can be read off the
rule's name and its inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from constriction.base.constants import BOLTZMANN
from constriction.base.errors import InputError
from constriction.spectra.timeseries import sodium_thickness
from constriction.study.file.parameters import NUMBER, TEMPERATURE, Quantity

type Inputs = Mapping[str, Quantity]
type Lists = Mapping[str, list[Quantity]]

LIMITS: Mapping[str, Callable[[float, float], float]] = {"least": max, "most": min}  # that every rule takes


@dataclass(frozen=True)
class Rule:
    """A formula, the kinds of its inputs (None: any), its lists, and what may be left out."""

    formula: Callable[[Inputs, Lists], Quantity]
    inputs: Mapping[str, str | None]
    lists: tuple[str, ...] = ()
    optional: Mapping[str, Quantity] = field(default_factory=dict)


def apply_rule(name: str, inputs: Inputs, lists: Lists) -> Quantity:
    """The value of a rule.

    Args:
        name: a key of `RULES`.
        inputs: with all that the rule demands; `least` and `most` limit what comes out.
        lists: the same for inputs that are lists.

    Raises:
        InputError: an input of another kind than the rule takes, or a value that is not finite.
    """
    rule = RULES[name]
    _check_kinds(rule, inputs)
    try:
        result = rule.formula({**rule.optional, **inputs}, lists)
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"rule '{name}' has no value for {_told(inputs)}") from None
    result = _limited(result, inputs)
    if isinstance(result.value, complex) or not math.isfinite(result.value):
        raise InputError(f"rule '{name}' has no finite value for {_told(inputs)}")
    return result


def _check_kinds(rule: Rule, inputs: Inputs) -> None:
    for key, kind in rule.inputs.items():
        if key in inputs and kind not in (None, inputs[key].kind):
            raise InputError(f"{key}: expected a {kind}, given a {inputs[key].kind}")


def _told(inputs: Inputs) -> str:
    return ", ".join(f"{key} = {quantity.value:g}" for key, quantity in inputs.items())


def _limited(value: Quantity, inputs: Inputs) -> Quantity:
    """A value between what `least` and `most` say, where they are given."""
    for name, choose in LIMITS.items():
        if name in inputs and inputs[name].kind != value.kind:
            raise InputError(f"{name}: expected a {value.kind}, given a {inputs[name].kind}")
        if name in inputs:
            value = Quantity(choose(inputs[name].value, value.value), value.kind)
    return value


def _ratio(inputs: Inputs, of: str, by: str) -> float:
    """One input over another of the same kind."""
    _same_kind(inputs, of, by)
    return inputs[of].value / inputs[by].value


def _same_kind(inputs: Inputs, first: str, second: str) -> str:
    """The kind of two inputs that must be of one."""
    if inputs[first].kind != inputs[second].kind:
        raise InputError(f"{second}: expected a {inputs[first].kind} as {first} is, given a {inputs[second].kind}")
    return inputs[first].kind


# --- deposits ------------------------------------------------------------------------------------------------------


def _mean_thickness(x: Inputs, _: Lists) -> Quantity:
    """q·M_Na/(F·ρ_Na) (docs/physics.md#sodium-thickness)."""
    return Quantity(sodium_thickness(x["charge"].value), "length")


def _island_height(x: Inputs, _: Lists) -> Quantity:
    """The mean thickness, gathered on the contact fraction: the volume of sodium is conserved."""
    return Quantity(sodium_thickness(x["charge"].value) / x["contact_fraction"].value, "length")


def _hexagonal_pitch(x: Inputs, _: Lists) -> Quantity:
    """√(2/(√3·n)): distance of neighbours on a hexagonal lattice with n spots per area."""
    return Quantity(math.sqrt(2 / (math.sqrt(3) * x["density"].value)), "length")


def _square_pitch(x: Inputs, _: Lists) -> Quantity:
    """1/√n: the same on a square lattice, and the pitch of random spots."""
    return Quantity(1 / math.sqrt(x["density"].value), "length")


# --- temperature ---------------------------------------------------------------------------------------------------


def _arrhenius(x: Inputs, _: Lists) -> Quantity:
    """value·exp(−E/k·(1/T − 1/T₀)), times T₀/T for σT (`times_temperature = 1`)."""
    t, t0 = x["temperature"].value, x["at"].value
    exponent = -x["activation_energy"].value / BOLTZMANN * (1 / t - 1 / t0)
    prefactor = (t0 / t) ** x["times_temperature"].value
    return Quantity(x["value"].value * prefactor * math.exp(exponent), x["value"].kind)


# --- shapes of a dependence ----------------------------------------------------------------------------------------


def _power_law(x: Inputs, _: Lists) -> Quantity:
    """value·(of/reference)^exponent."""
    return Quantity(x["value"].value * _ratio(x, "of", "reference") ** x["exponent"].value, x["value"].kind)


def _line(x: Inputs, _: Lists) -> Quantity:
    """Start + (end − start)·of/scale."""
    kind, part = _same_kind(x, "start", "end"), _ratio(x, "of", "scale")
    return Quantity(x["start"].value + (x["end"].value - x["start"].value) * part, kind)


def _saturation(x: Inputs, _: Lists) -> Quantity:
    """Start + (end − start)·(1 − exp(−of/scale))."""
    kind, part = _same_kind(x, "start", "end"), -math.expm1(-_ratio(x, "of", "scale"))
    return Quantity(x["start"].value + (x["end"].value - x["start"].value) * part, kind)


def _excess(x: Inputs, _: Lists) -> Quantity:
    """Start + slope·(of/threshold − 1)^exponent above the threshold, start below it."""
    kind, above = _same_kind(x, "start", "slope"), max(_ratio(x, "of", "threshold") - 1, 0.0)
    return Quantity(x["start"].value + x["slope"].value * (above ** x["exponent"].value if above else 0.0), kind)


def _step(x: Inputs, _: Lists) -> Quantity:
    """`below` up to the threshold, `above` beyond it."""
    kind = _same_kind(x, "below", "above")
    return Quantity(x["above" if _ratio(x, "of", "threshold") > 1 else "below"].value, kind)


def _interpolate(x: Inputs, lists: Lists) -> Quantity:
    """Straight lines between the values at given points, constant beyond them."""
    places, values, of = lists["at"], lists["values"], x["of"]
    _check_table(places, values, of)
    kind = values[0].kind
    if of.value <= places[0].value:
        return Quantity(values[0].value, kind)
    for (left, low), (right, high) in pairwise(zip(places, values, strict=True)):
        if of.value <= right.value:
            part = (of.value - left.value) / (right.value - left.value)
            return Quantity(low.value + part * (high.value - low.value), kind)
    return Quantity(values[-1].value, kind)


def _check_table(places: list[Quantity], values: list[Quantity], of: Quantity) -> None:
    if len(places) != len(values) or not places:
        raise InputError(f"at and values: expected lists of one length, given {len(places)} and {len(values)}")
    if {place.kind for place in places} != {of.kind} or len({value.kind for value in values}) > 1:
        raise InputError(f"at and values: expected one kind each, at of the kind of 'of', a {of.kind}")
    if any(left.value >= right.value for left, right in pairwise(places)):
        raise InputError(f"at: expected a rising list, given {', '.join(f'{place.value:g}' for place in places)}")


# --- combinations --------------------------------------------------------------------------------------------------


def _copy(x: Inputs, _: Lists) -> Quantity:
    """The input itself, for a parameter that several keys follow."""
    return x["of"]


def _whole(x: Inputs, _: Lists) -> Quantity:
    """The nearest whole number."""
    return Quantity(float(round(x["of"].value)))


def _quotient(x: Inputs, _: Lists) -> Quantity:
    """of/by, a number if both are of one kind."""
    if x["by"].kind == NUMBER:
        return Quantity(x["of"].value / x["by"].value, x["of"].kind)
    return Quantity(_ratio(x, "of", "by"))


def _product(_: Inputs, lists: Lists) -> Quantity:
    """The product of numbers and at most one other quantity."""
    kinds = [factor.kind for factor in lists["factors"] if factor.kind != NUMBER]
    if len(kinds) > 1:
        raise InputError(f"factors: expected at most one that is no plain number, given a {' and a '.join(kinds)}")
    return Quantity(math.prod(factor.value for factor in lists["factors"]), kinds[0] if kinds else NUMBER)


def _sum(_: Inputs, lists: Lists) -> Quantity:
    """The sum of quantities of one kind."""
    kinds = sorted({term.kind for term in lists["terms"]})
    if len(kinds) != 1:
        raise InputError(f"terms: expected quantities of one kind, given {', '.join(kinds) or 'none'}")
    return Quantity(math.fsum(term.value for term in lists["terms"]), kinds[0])


RULES: Mapping[str, Rule] = {
    "mean_thickness": Rule(_mean_thickness, {"charge": "charge per area"}),
    "island_height": Rule(_island_height, {"charge": "charge per area", "contact_fraction": NUMBER}),
    "hexagonal_pitch": Rule(_hexagonal_pitch, {"density": "number density"}),
    "square_pitch": Rule(_square_pitch, {"density": "number density"}),
    "arrhenius": Rule(
        _arrhenius,
        {
            "value": None,
            "at": TEMPERATURE,
            "temperature": TEMPERATURE,
            "activation_energy": "energy",
            "times_temperature": NUMBER,
        },
        optional={"times_temperature": Quantity(0.0)},
    ),
    "power_law": Rule(_power_law, {"value": None, "of": None, "reference": None, "exponent": NUMBER}),
    "line": Rule(_line, {"of": None, "scale": None, "start": None, "end": None}),
    "saturation": Rule(_saturation, {"of": None, "scale": None, "start": None, "end": None}),
    "excess": Rule(
        _excess,
        {"of": None, "threshold": None, "start": None, "slope": None, "exponent": NUMBER},
        optional={"exponent": Quantity(1.0)},
    ),
    "step": Rule(_step, {"of": None, "threshold": None, "below": None, "above": None}),
    "interpolate": Rule(_interpolate, {"of": None}, ("at", "values")),
    "copy": Rule(_copy, {"of": None}),
    "whole": Rule(_whole, {"of": NUMBER}),
    "quotient": Rule(_quotient, {"of": None, "by": None}),
    "product": Rule(_product, {}, ("factors",)),
    "sum": Rule(_sum, {}, ("terms",)),
}
