"""BioLogic's binary .mpr files, through galvani (the optional extra `biologic`)."""

import hashlib
import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from constriction.errors import InputError
from constriction.spectra.columns import Column, Role, recognise
from constriction.spectra.instruments import Head
from constriction.spectra.tables import Complete, Table
from constriction.spectra.texts import MPR


def mpr_table(data: bytes, path: str, roles: Mapping[str, Role], complete: Complete) -> tuple[Table, Head]:
    """Read the columns of an .mpr file.

    Args:
        data: the bytes of the file.
        path: for messages.
        roles: `columns.SPECTRUM` or `columns.SERIES`.
        complete: picks the columns to read; () when they make no whole.

    Returns:
        The table, its line numbers counting the records, and the date.

    Raises:
        InputError: galvani is missing, the file is damaged, or lacks the columns.
    """
    if not data.startswith(MPR):
        raise InputError(f"{path}: does not begin as a BioLogic .mpr file; expected 'BIO-LOGIC MODULAR FILE'")
    records, date = _records(data, path)
    found: dict[str, Column] = {}
    for name in records.dtype.names or ():
        if (column := recognise(name, roles)) and column.role not in found:
            found[column.role] = column
    wanted = complete(frozenset(found))
    if not wanted or not len(records):
        names = ", ".join(records.dtype.names or ())
        raise InputError(f"{path}: {len(records)} records of {names:.200}; expected the columns that are looked for")
    values = {role: np.asarray(records[found[role].name], dtype=np.float64) for role in wanted}
    for role, numbers in values.items():
        bad = np.flatnonzero(~np.isfinite(numbers))
        if bad.size:
            raise InputError(
                f"{path}, record {bad[0] + 1}: {numbers[bad[0]]} in column {found[role].name!r}, expected a finite "
                "number"
            )
    lines = np.arange(1, len(records) + 1)
    columns = {role: found[role] for role in wanted}
    return Table(columns, values, lines, 1, ()), Head("EC-Lab (BioLogic)", date)


def sha256(data: bytes) -> str:
    """Of bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _records(data: bytes, path: str) -> tuple[Any, str]:
    """The records of a file, and its date."""
    try:
        from galvani.BioLogic import MPRfile
    except ImportError:
        raise InputError(
            f"{path}: .mpr files need galvani, which is not installed; run pip install 'constriction-fem[biologic]', "
            "or export the file as text (.mpt)"
        ) from None
    try:
        file = MPRfile(io.BytesIO(data))
        return file.data, str(getattr(file, "startdate", "") or "")
    except Exception as error:  # galvani has no errors of its own: any file that it does not know
        why = " ".join(str(error).split())
        raise InputError(f"{path}: galvani cannot read it ({type(error).__name__}: {why:.100})") from None
