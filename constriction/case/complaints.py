"""What pydantic found wrong with a case, said in one line of the user's words."""

import re
from typing import TypeGuard

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from constriction.base.errors import InputError, nearest
from constriction.base.quantities import shown

Place = tuple[int | str, ...]
"""Where in the case: section, key, indices."""

_DEPTH_OF_KEYS = 2


def describe(problem: ErrorDetails, model: type[BaseModel], whole: str = "a case") -> str:
    """One problem as: dotted key, value given, what is expected.

    Args:
        problem: an entry of ``ValidationError.errors()``.
        model: of the whole case; the descriptions of its sections' fields say what is expected.
        whole: what it is a model of.

    Returns:
        Such as ``gap.height = '5 mS': expected a length such as '100 nm' or 'none'``.
    """
    place, context = problem["loc"], problem.get("ctx", {})
    if problem["type"] == "extra_forbidden":
        return _unknown_key(place, model, whole)
    if problem["type"] == "missing" and len(place) <= _DEPTH_OF_KEYS:
        return f"{_dotted(place)}: missing; expected {_expected(place, model)}"
    if isinstance(context.get("error"), InputError):
        return f"{_dotted(place)}{_joint(place, model)}{context['error']}"
    if problem["type"] == "missing":
        place = place[:-1]  # the list that is too short, not the entry it lacks
    expected = context["expected"] if problem["type"] == "literal_error" else _expected(place, model)
    given = shown(problem["input"])
    return f"{_dotted(place)} = {given}: expected {expected}" if place else f"{given}: expected {expected}"


def _joint(place: Place, model: type[BaseModel]) -> str:
    """What stands between a place and its error, which begins with a value, or with a key if it is a section's."""
    if not place:
        return ""
    return "." if len(place) == 1 and _is_section(model.model_fields[str(place[0])].annotation) else " = "


def _is_section(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _unknown_key(place: Place, model: type[BaseModel], whole: str) -> str:
    """What to say about a key that the section does not have."""
    known = [field.alias or name for name, field in _section(place[:-1], model).model_fields.items()]
    near = nearest(str(place[-1]), known)
    where = f"[{place[0]}]" if len(place) > 1 else whole
    return f"{_dotted(place)}: unknown key, the nearest is '{near}'; {where} takes {', '.join(known)}"


def _expected(place: Place, model: type[BaseModel]) -> str:
    """What belongs at a place of the case, from its field's description."""
    if not place:
        return "a table with the sections of a case"
    key = str(place[min(len(place), _DEPTH_OF_KEYS) - 1])
    for name, field in _section(place[:1] if len(place) > 1 else (), model).model_fields.items():
        if key in (name, field.alias) and field.description:
            return field.description
    return f"a section [{key}]"


def _section(place: Place, model: type[BaseModel]) -> type[BaseModel]:
    """The model of a section, or of the whole case for no place."""
    section = model.model_fields[str(place[0])].annotation if place else model
    if not _is_section(section):
        raise TypeError(f"{_dotted(place)} is {section!r}, expected a section")
    return section


def _dotted(place: Place) -> str:
    """A place as the user would write it: ``interface.discs[3][2]``, odd keys in quotes."""
    text = ""
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += ("." if text else "") + (step if re.fullmatch(r"[\w-]{1,40}", step) else shown(step))
    return text
