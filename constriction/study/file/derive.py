"""What [derive] says: which key or parameter follows from which others by which rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel

from constriction.base.errors import InputError, naming, nearest
from constriction.base.quantities import shown
from constriction.case.electrolyte import OF_MATERIAL, completed
from constriction.case.schema import Case
from constriction.study.file.axes import Point, check_case_key, table_of
from constriction.study.file.parameters import Quantity, quantity_at, quantity_of, read_at, without
from constriction.study.file.rules import LIMITS, RULES, Rule, apply_rule

type Input = str | Quantity  # a name, or a value


@dataclass(frozen=True)
class Step:
    """One entry of [derive]: `target` is set by a rule from inputs and lists of inputs."""

    target: str
    rule: str
    inputs: Mapping[str, Input]
    lists: Mapping[str, tuple[Input, ...]]

    @property
    def names(self) -> set[str]:
        """The names it needs."""
        every = [*self.inputs.values(), *(item for items in self.lists.values() for item in items)]
        return {item for item in every if isinstance(item, str)}


@dataclass(frozen=True)
class Derivation:
    """Steps in an order in which each finds its inputs, and the [assumptions] that they may use.

    `files` are the texts of the files, by name, that the cases refer to.
    """

    steps: tuple[Step, ...]
    assumptions: Mapping[str, Quantity]
    files: Mapping[str, str]
    where: str

    @property
    def targets(self) -> tuple[str, ...]:
        """What is derived, in the order of the study file."""
        return tuple(step.target for step in self.steps)


def is_case_key(name: str) -> bool:
    """Whether a name is a key of the case; a parameter has no dot."""
    return "." in name


def derivation_of(data: Mapping[str, Any], varied: Iterable[str], files: Mapping[str, str], source: str) -> Derivation:
    """Read [derive] and [assumptions].

    Args:
        data: the tables of the study file.
        varied: the keys of its axes.
        files: the texts of the files, by name, that its cases refer to.
        source: what an error begins with.

    Raises:
        InputError: an unknown rule, key or name, a missing input, a circle, a parameter that nothing uses.
    """
    varied = list(varied)
    assumptions = {key: _assumption(source, key, value) for key, value in data.get("assumptions", {}).items()}
    derived = data.get("derive", {})
    steps = [_step(f"{source}: [derive] {target}", target, given) for target, given in derived.items()]
    known = {*varied, *assumptions, *derived}
    for step in steps:
        if step.target in varied:
            raise InputError(f"{source}: {step.target}: varied by an axis and set by [derive]; expected one of them")
        for name in sorted(step.names - known):
            _check_name(f"{source}: [derive] {step.target}", name, known)
    _check_used([*varied, *assumptions], steps, source)
    return Derivation(_in_order(steps, source), assumptions, files, f"{source}: [derive]")


def _check_used(names: Iterable[str], steps: Iterable[Step], source: str) -> None:
    """Whether every key is one of the case, and every parameter does something."""
    used = {name for step in steps for name in step.names}
    for name in names:
        if is_case_key(name):
            check_case_key(name, source)
        elif name not in used:
            raise InputError(
                f"{source}: {shown(name)}: no rule of [derive] uses it; expected a case key such as 'gap.height', "
                "or a parameter that a rule uses"
            )


def derive(derivation: Derivation, point: Point, case: Mapping[str, Any]) -> dict[str, Quantity]:
    """The derived values of one case.

    Args:
        derivation: what is derived.
        point: the values of the axes, which come before assumptions of the same name.
        case: sections of the case as in a case file, with the point's values.

    Raises:
        InputError: a rule has no value.
    """
    known = {**derivation.assumptions, **{key: value for key, value in point.items() if not is_case_key(key)}}
    derived: dict[str, Quantity] = {}
    for step in derivation.steps:
        where = f"{derivation.where} {step.target}"
        given = partial(_from_case, case=case, files=derivation.files, where=where)
        find = partial(_find, known=known, given=given, where=where)
        inputs = {key: find(item) for key, item in step.inputs.items()}
        lists = {key: list(map(find, items)) for key, items in step.lists.items()}
        with naming(where):
            known[step.target] = derived[step.target] = apply_rule(step.rule, inputs, lists)
    return derived


def _find(item: Input, known: Mapping[str, Any], given: Callable[[str], Any], where: str) -> Quantity:
    """The value of an input: as given, derived, of an axis or assumed, or of the case."""
    if isinstance(item, Quantity):
        return item
    found = known[item] if item in known else given(item)
    return found if isinstance(found, Quantity) else quantity_at(f"{where}: {item}", found)


def _from_case(key: str, case: Mapping[str, Any], files: Mapping[str, str], where: str) -> Any:
    """A key of the case, or its default; of the electrolyte that of its material at its temperature."""
    section = key.partition(".")[0]
    with naming(where):
        given, name = table_of(case, key)
    if not isinstance(given, dict):  # the case's own check would tell, but the rule comes first
        return given
    if name in OF_MATERIAL and section == "electrolyte":
        with naming(f"{where}: {section}", "."):
            given = completed(given, files)
    if name in given:
        return given[name]
    default = Case.model_fields[section].default
    return default.model_dump(by_alias=True).get(name) if isinstance(default, BaseModel) else None


# --- reading -------------------------------------------------------------------------------------------------------


def _assumption(source: str, name: str, value: Any) -> Quantity:
    where = f"{source}: [assumptions] {name}"
    if is_case_key(name):
        raise InputError(f"{where}: expected a name without a dot; keys of the case belong into base or an axis")
    return quantity_at(where, value)


def _step(where: str, target: str, given: Any) -> Step:
    """One entry, its rule and inputs checked."""
    name = _rule_of(where, given)
    if is_case_key(target):
        check_case_key(target, where)
    rest = dict(given)
    rule = _rule_that_takes(where, rest.pop("rule"), rest)
    lists = {key: _items(f"{where}: {key}", rest.pop(key)) for key in rule.lists}
    inputs = {key: _input(f"{where}: {key}", value) for key, value in rest.items()}
    return Step(target, name, inputs, lists)


def _rule_of(where: str, given: Any) -> str:
    """The name of an entry's rule."""
    if not isinstance(given, dict) or not isinstance(given.get("rule"), str):
        raise InputError(f'{where} = {shown(given)}: expected {{rule = "island_height", charge = …, …}}')
    return str(given["rule"])


def _rule_that_takes(where: str, name: str, given: Mapping[str, Any]) -> Rule:
    """The rule of a name, if there is one that takes what is given, and all that it needs is."""
    if name not in RULES:
        known = f"the nearest is '{nearest(name, RULES)}'; there are {', '.join(RULES)}"
        raise InputError(f"{where}: unknown rule '{name}', {known}")
    rule = RULES[name]
    takes = [*rule.inputs, *rule.lists]
    if unknown := without(given, {*takes, *LIMITS}):
        raise InputError(f"{where}: rule '{name}' has no input '{unknown[0]}'; it takes {', '.join(takes)}")
    if missing := without(takes, {*given, *rule.optional}):
        raise InputError(f"{where}: rule '{name}' lacks {', '.join(missing)}")
    return rule


def _items(where: str, values: Any) -> tuple[Input, ...]:
    if not isinstance(values, list) or not values:
        raise InputError(f"{where} = {shown(values)}: expected a list of names and values")
    return tuple(_input(where, value) for value in values)


def _input(where: str, value: Any) -> Input:
    """A quantity, or a name of something that has one."""
    quantity = read_at(where, quantity_of, value)
    if quantity is None and not isinstance(value, str):
        raise InputError(f"{where} = {shown(value)}: expected a name, a number or a quantity with its unit")
    return quantity or str(value)


def _check_name(where: str, name: str, known: set[str]) -> None:
    """An input that is no axis, assumption or derived value must be a key of the case."""
    if is_case_key(name):
        check_case_key(name, where)
        return
    hint = f", the nearest is '{nearest(name, known)}'" if known else ""
    raise InputError(f"{where}: {shown(name)}: no axis, assumption or derived value of that name{hint}")


def _in_order(steps: list[Step], source: str) -> tuple[Step, ...]:
    """Steps after those whose values they need, otherwise as in the file."""
    waiting, ordered = list(steps), list[Step]()
    while waiting:
        missing = {step.target for step in waiting}
        ready = next((step for step in waiting if not step.names & missing), None)
        if ready is None:
            raise InputError(f"{source}: [derive]: {', '.join(sorted(missing))} need each other; expected no circle")
        ordered.append(ready)
        waiting.remove(ready)
    return tuple(ordered)
