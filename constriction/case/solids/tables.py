"""The tables [[solid]] of a case file: read with errors of one line, and written back."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from constriction.base.errors import InputError
from constriction.base.quantities import shown
from constriction.case.complaints import InTableError, all_wrong, describe
from constriction.case.solids.kinds import (
    SOLIDS,
    LayerTable,
    PitTable,
    SolidTable,
    SpheroidTable,
    VoidTable,
    WhiskerTable,
)

_KINDS = ", ".join(f"'{kind}'" for kind in SOLIDS)


def read_solids(given: Any) -> Any:
    """The tables as models.

    Args:
        given: what the case file has, or models that were read before; an empty list is no solids, as no key is.

    Raises:
        InputError: no tables.
        InTableError: the first thing that is wrong inside one of them.
    """
    if not isinstance(given, list | tuple):
        raise InputError(f"{shown(given)}: expected tables [[solid]]")
    return tuple(_read(number, table) for number, table in enumerate(given))


def _read(number: int, table: Any) -> SolidTable:
    if isinstance(table, SolidTable):
        return table
    kind = _kind(number, table)
    try:
        return SOLIDS[kind].model_validate(table, by_alias=True, by_name=False)
    except ValidationError as error:
        raise InTableError(f"[{number}].{_first_wrong(error, table, kind)}") from None


def _kind(number: int, table: Any) -> str:
    if not isinstance(table, dict):
        raise InTableError(f"[{number}] = {shown(table)}: expected a table [[solid]]")
    if "kind" not in table:
        raise InTableError(f"[{number}].kind: missing; expected {_KINDS}")
    kind = table["kind"]
    if isinstance(kind, str) and kind in SOLIDS:
        return kind
    raise InTableError(f"[{number}].kind = {shown(kind)}: expected {_KINDS}")


def _first_wrong(error: ValidationError, table: dict[str, Any], kind: str) -> str:
    """What is wrong with a table: first a key that its kind does not have, which may explain the rest."""
    model = SOLIDS[kind]
    for key, value in table.items():
        if key not in model.model_fields and any(key in other.model_fields for other in SOLIDS.values()):
            hint = "; expected kind = 'spheroid' for metal under the interface" if key == "below" else ""
            takes = ", ".join(model.model_fields)
            return f"{key} = {shown(value)}: does not apply to kind '{kind}', which takes {takes}{hint}"
    return describe(all_wrong(error)[0], model, f"kind '{kind}'")


SolidTables = Annotated[
    tuple[
        Annotated[PitTable | SpheroidTable | WhiskerTable | VoidTable | LayerTable, Field(discriminator="kind")], ...
    ],
    BeforeValidator(read_solids),
]
"""All tables of a case."""
