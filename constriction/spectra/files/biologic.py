"""BioLogic's binary .mpr files, through galvani (the optional extra `biologic`)."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from constriction.base.errors import InputError
from constriction.spectra.columns.columns import recognise
from constriction.spectra.columns.headers import TextTable, Variants, Vocabulary, variants_of
from constriction.spectra.files.formats import MPT
from constriction.spectra.files.instruments import Head
from constriction.spectra.files.rows import ReadRows, whole_rows
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
    return _tables(records, names, found), Head("EC-Lab (BioLogic)", date)


def _tables(records: Any, names: Sequence[str], found: Variants) -> list[TextTable]:
    wanted = sorted({place for columns in found.values() for place, _ in columns.values()})
    values = np.stack([np.asarray(records[names[place]], dtype=np.float64) for place in wanted], axis=1)
    read = ReadRows(values.ravel().tolist(), np.arange(1, len(records) + 1), values)
    place_of = {place: index for index, place in enumerate(wanted)}
    tables = [whole_rows(read, variant, columns, place_of) for variant, columns in found.items()]
    return [replace(table, header=1) for table in tables]


def sha256(data: bytes) -> str:
    """Of bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _records(data: bytes, path: str) -> tuple[Any, str]:
    """The records of a file, and its date."""
    try:
        from galvani.BioLogic import MPRfile
    except ImportError:
        raise InputError(
            f"{path}: .mpr files need galvani, which is not installed; run pip install galvani, or {MPT}"
        ) from None
    try:
        file = MPRfile(io.BytesIO(data))
        return file.data, str(getattr(file, "startdate", "") or "")
    except Exception as error:  # galvani has no errors of its own: any file that it does not know
        why = " ".join(str(error).split())
        raise InputError(f"{path}: galvani cannot read it ({type(error).__name__}: {why:.100}); {MPT}") from None
