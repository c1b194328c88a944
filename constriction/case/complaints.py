"""What pydantic found wrong with a case, said in one line of the user's words."""

import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from constriction.base.errors import InputError, nearest
from constriction.base.quantities import shown
from constriction.case.interface import PATTERNS, AnyPattern

Place = tuple[int | str, ...]
"""Where in the case: section, key, indices."""

UNKNOWN = "extra_forbidden", "unknown_key"
"""Types of a problem with a key that the section does not have; the second is that of sections with a law."""
_DEPTH_OF_KEYS = 2
NO_PATTERN = ""
"""Stands where pydantic has the pattern, behind its section, in the place of what is wrong inside [interface]."""


class InTableError(InputError):
    """What is wrong with one of several tables of a name: begins with its number and its key, ``[0].depth = ...``."""


def all_wrong(error: ValidationError) -> list[ErrorDetails]:
    """Everything that is wrong with a case; a misspelt key comes first: it is usually why another one is missing.

    Args:
        error: what validation of the whole case raised.

    Returns:
        Entries as those of ``ValidationError.errors()``, keys of a wrong or no pattern among them.
    """
    found = [entry for problem in error.errors() for entry in _of_any_pattern(problem)]
    return sorted(found, key=_rank)


def _rank(problem: ErrorDetails) -> int:
    """Unknown keys, then keys of other patterns, then everything else."""
    if problem["type"] not in UNKNOWN:
        return 2
    return int(_misplaced_key(*_without_pattern(problem["loc"]), None) != "")


def _of_any_pattern(problem: ErrorDetails) -> Iterator[ErrorDetails]:
    """A problem; for a pattern that there is not, what else is wrong beside it."""
    if not problem["type"].startswith("union_tag"):
        yield problem
        return
    try:
        AnyPattern.model_validate(problem["input"], by_alias=True, by_name=False)
    except ValidationError as error:
        for entry in error.errors():
            entry["loc"] = (*problem["loc"], NO_PATTERN, *entry["loc"])
            yield entry


def describe(problem: ErrorDetails, model: type[BaseModel], whole: str = "a case") -> str:
    """One problem as: dotted key, value given, what is expected.

    Args:
        problem: an entry of `all_wrong`.
        model: of the whole case; the descriptions of its sections' fields say what is expected.
        whole: what it is a model of.

    Returns:
        Such as ``gap.height = '5 mS': expected a length such as '100 nm' or 'none'``.
    """
    place, pattern = _without_pattern(problem["loc"])
    context = problem.get("ctx", {})
    if problem["type"] == "unknown_key":
        place = *place, context["key"]
    if problem["type"] in UNKNOWN:
        return _misplaced_key(place, pattern, problem["input"]) or _unknown_key(place, model, whole)
    if problem["type"] == "missing" and len(place) <= _DEPTH_OF_KEYS:
        return f"{_dotted(place)}: missing; {_who_expects(pattern)} {_expected(place, model, pattern)}"
    if isinstance(context.get("error"), InputError):
        return f"{_dotted(place)}{_joint(place, model, context['error'])}{context['error']}"
    if problem["type"] == "missing":
        place = place[:-1]  # the list that is too short, not the entry it lacks
    expected = context["expected"] if problem["type"] == "literal_error" else _expected(place, model)
    given = shown(problem["input"])
    return f"{_dotted(place)} = {given}: expected {expected}" if place else f"{given}: expected {expected}"


def _joint(place: Place, model: type[BaseModel], error: InputError) -> str:
    """What stands between a place and its error, which begins with a value, or with a key if it is a section's."""
    if not place or isinstance(error, InTableError):
        return ""
    return "." if len(place) == 1 and _section_of(place[0], model) is not None else " = "


def _without_pattern(place: Place) -> tuple[Place, str]:
    """A place as the case has it, and the pattern's name that stands behind [interface]."""
    if len(place) > 1 and place[0] == "interface":
        return (place[0], *place[2:]), str(place[1])
    return place, NO_PATTERN


def _who_expects(pattern: str) -> str:
    return f"pattern '{pattern}' expects" if pattern else "expected"


def _misplaced_key(place: Place, pattern: str, given: Any) -> str:
    """What to say about a key of another pattern; nothing if no pattern has it."""
    if not pattern or place[-1] not in AnyPattern.model_fields:
        return ""
    takes = ", ".join(PATTERNS[pattern].model_fields)
    return f"{_dotted(place)} = {shown(_as_kept(given))}: does not apply to pattern '{pattern}', which takes {takes}"


def _as_kept(given: Any) -> Any:
    """A value as a case would hold it, which has no lists."""
    return tuple(map(_as_kept, given)) if isinstance(given, list) else given


def _unknown_key(place: Place, model: type[BaseModel], whole: str) -> str:
    """What to say about a key that the section does not have."""
    section = _section(place[:-1], model)
    known = [field.alias or name for name, field in section.model_fields.items()]
    more = " and the keys of its law" if section.model_config.get("extra") == "allow" else ""
    near = nearest(str(place[-1]), known)
    where = f"[{place[0]}]" if len(place) > 1 else whole
    return f"{_dotted(place)}: unknown key, the nearest is '{near}'; {where} takes {', '.join(known)}{more}"


def _expected(place: Place, model: type[BaseModel], pattern: str = NO_PATTERN) -> str:
    """What belongs at a place of the case, from its field's description."""
    if not place:
        return "a table with the sections of a case"
    key = str(place[min(len(place), _DEPTH_OF_KEYS) - 1])
    section = PATTERNS.get(pattern) or _section(place[:1] if len(place) > 1 else (), model)
    for name, field in section.model_fields.items():
        if key in (name, field.alias) and field.description:
            return field.description
    return f"a section [{key}]"


def _section(place: Place, model: type[BaseModel]) -> type[BaseModel]:
    """The model of a section, of [interface] the one with all keys, or of the whole case for no place."""
    section = _section_of(place[0], model) if place else model
    if section is None:
        raise TypeError(f"{_dotted(place)} is {model.model_fields[str(place[0])].annotation!r}, expected a section")
    return section


def _section_of(key: int | str, model: type[BaseModel]) -> type[BaseModel] | None:
    """The model of what stands under a key of the whole case, None for a plain value."""
    kind = model.model_fields[str(key)].annotation
    if any(one in PATTERNS.values() for one in get_args(kind)):
        return AnyPattern
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _dotted(place: Place) -> str:
    """A place as the user would write it: ``interface.discs[3][2]``, odd keys in quotes."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += ("." if text else "") + (step if re.fullmatch(r"[\w-]{1,40}", step) else shown(step))
    return text
