"""BioLogic's binary .mpr files, through galvani (the optional extra `biologic`)."""

import hashlib
import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import HeaderColumn, recognise
from constriction.spectra.columns.headers import OPTIONAL, Fault, TextTable, Variant, Vocabulary, variants_of
from constriction.spectra.files.formats import MPT
from constriction.spectra.files.instruments import Head
from constriction.spectra.files.texts import MPR


def mpr_tables(data: bytes, path: str, vocabulary: Vocabulary) -> tuple[list[TextTable], Head]:
    """Read the columns of an .mpr file.

    Args:
        data: the bytes of the file.
        path: for messages.
        vocabulary: of spectra or of time series.

    Returns:
        The tables side by side, their line numbers counting the records, and the date.

    Raises:
        InputError: galvani is missing or does not know the file, or it lacks the columns.
    """
    if not data.startswith(MPR):
        raise InputError(f"{path}: does not begin as a BioLogic .mpr file; expected 'BIO-LOGIC MODULAR FILE'")
    records, date = _records(data, path)
    names = list(records.dtype.names or ())
    found = variants_of([recognise(name, vocabulary.roles) for name in names], vocabulary.complete)
    if not found or not len(records):
        raise InputError(
            f"{path}: {len(records)} records of {', '.join(names):.200}; expected the columns that are looked for, or "
            f"{MPT}"
        )
    tables = [_table(records, variant, columns) for variant, columns in found.items()]
    return tables, Head("EC-Lab (BioLogic)", date)


def _table(records: Any, variant: Variant, columns: Mapping[str, tuple[int, HeaderColumn]]) -> TextTable:
    """One variant, without the records that have something else than finite numbers."""
    values = {role: np.asarray(records[column.name], dtype=np.float64) for role, (_, column) in columns.items()}
    finite = {role: np.isfinite(numbers) for role, numbers in values.items() if role not in OPTIONAL}
    good = np.all(list(finite.values()), axis=0)
    faults = []
    for row in np.flatnonzero(~good).tolist():
        role = next(role for role, right in finite.items() if not right[row])
        faults.append(Fault(row + 1, f"{values[role][row]} in column {columns[role][1].name!r:.40}"))
    return TextTable(
        {role: column for role, (_, column) in columns.items()},
        {role: numbers[good] for role, numbers in values.items()},
        np.flatnonzero(good) + 1,
        1,
        faults=tuple(faults),
        label=variant[0],
        temperature=variant[1],
    )


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
            f"or {MPT}"
        ) from None
    try:
        file = MPRfile(io.BytesIO(data))
        return file.data, str(getattr(file, "startdate", "") or "")
    except Exception as error:  # galvani has no errors of its own: any file that it does not know
        why = " ".join(str(error).split())
        raise InputError(f"{path}: galvani cannot read it ({type(error).__name__}: {why:.100}); {MPT}") from None
