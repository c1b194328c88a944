"""What pydantic found wrong with a case, said in one line of the user's words."""

import re

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from constriction.base.errors import InputError, nearest
from constriction.base.quantities import shown

Place = tuple[int | str, ...]
"""Where in the case: section, key, indices."""

UNKNOWN = "extra_forbidden", "unknown_key"
"""Types of a problem with a key that the section does not have; the second is that of sections with a law."""
_DEPTH_OF_KEYS = 2


def describe(problem: ErrorDetails, model: type[BaseModel]) -> str:
    """One problem as: dotted key, value given, what is expected.

    Args:
        problem: an entry of ``ValidationError.errors()``.
        model: of the whole case; the descriptions of its sections' fields say what is expected.

    Returns:
        Such as ``gap.height = '5 mS': expected a length such as '100 nm' or 'none'``.
    """
    place, context = problem["loc"], problem.get("ctx", {})
    if problem["type"] == "unknown_key":
        place = *place, context["key"]
    if problem["type"] in UNKNOWN:
        return _unknown_key(place, model)
    if problem["type"] == "missing" and len(place) <= _DEPTH_OF_KEYS:
        return f"{_dotted(place)}: missing; expected {_expected(place, model)}"
    if isinstance(context.get("error"), InputError):
        joint = ("", ".", " = ")[min(len(place), _DEPTH_OF_KEYS)]  # an error of a whole section begins with its key
        return f"{_dotted(place)}{joint}{context['error']}"
    if problem["type"] == "missing":
        place = place[:-1]  # the list that is too short, not the entry it lacks
    expected = context["expected"] if problem["type"] == "literal_error" else _expected(place, model)
    given = shown(problem["input"])
    return f"{_dotted(place)} = {given}: expected {expected}" if place else f"{given}: expected {expected}"


def _unknown_key(place: Place, model: type[BaseModel]) -> str:
    """What to say about a key that the section does not have."""
    section = _section(place[:-1], model)
    known = [field.alias or name for name, field in section.model_fields.items()]
    more = " and the keys of its law" if section.model_config.get("extra") == "allow" else ""
    near = nearest(str(place[-1]), known)
    where = f"[{place[0]}]" if len(place) > 1 else "a case"
    return f"{_dotted(place)}: unknown key, the nearest is '{near}'; {where} takes {', '.join(known)}{more}"


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
    if not (isinstance(section, type) and issubclass(section, BaseModel)):
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
