"""Any impedance instrument's file becomes spectra with notes on how it was read.

Text files are read by what their header says, not by their suffix: the same code reads BioLogic .mpt, Gamry .DTA,
ZPlot .z, VersaStudio .par, RelaxIS, Autolab, CH Instruments and Parstat text, csv and tsv of any common kind, our own
spectrum.csv, and three columns of numbers without header. Only .mpr is binary and takes another way.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from constriction.errors import InputError
from constriction.spectra.biologic import mpr_table, sha256
from constriction.spectra.columns import SERIES, SPECTRUM
from constriction.spectra.instruments import Head, head_of
from constriction.spectra.measurement import Measurement, Metadata, suspicions
from constriction.spectra.spectrum import Spectrum
from constriction.spectra.sweeps import Sweep, complete, sweeps_of
from constriction.spectra.tables import Table, Vocabulary, find_tables, plain_table
from constriction.spectra.texts import load_bytes, text_of
from constriction.spectra.timeseries import TimeSeries, series_columns, series_of

SPECTRUM_HEADER = Vocabulary(SPECTRUM, complete, re.compile(r"fr|hz|ω|omega|\bf\b|\bw\b|\bl(?:o)?g", re.IGNORECASE))
SERIES_HEADER = Vocabulary(SERIES, series_columns, re.compile(r"time|zeit|temps|\bt\b", re.IGNORECASE))


def read(path: str | Path) -> list[Measurement]:
    """Read all spectra of a file.

    Args:
        path: a file of an impedance instrument or program, of any name.

    Returns:
        One measurement per sweep (at least one), in the order of the file, in SI units.

    Raises:
        InputError: no file, none with a spectrum, or a mistake in it; one line with file, line number, what is
            expected and what is given.
    """
    data = load_bytes(path)
    if Path(path).suffix.lower() == ".mpr":
        table, head = mpr_table(data, str(path), SPECTRUM, complete)
        tables = [table]
    else:
        text = text_of(data, path)
        head = head_of(text)
        tables = find_tables(text, SPECTRUM_HEADER)
        if not tables and (plain := plain_table(text, ("frequency", "Re Z", "Im Z"))):
            tables = [plain]
    if not tables:
        raise InputError(
            f"{path}: no spectrum in it, expected a header that names frequency and impedance (such as "
            "'freq/Hz, Re(Z)/Ohm, -Im(Z)/Ohm') with numbers below, or three columns of numbers"
        )
    sweeps = [sweep for table in _with_spectra(tables) for sweep in sweeps_of(table, str(path))]
    metadata = _metadata(Path(path).name, sha256(data), head)
    return [
        _measurement(sweep, replace(metadata, sweep=number, cycle=sweep.cycle), str(path))
        for number, sweep in enumerate(sweeps, start=1)
    ]


def read_series(path: str | Path) -> TimeSeries:
    """Read the potential and current over time of a file (chronopotentiometry).

    Args:
        path: a file of a potentiostat; rows with a frequency above 0 in it are impedance and left out.

    Returns:
        All its tables in sequence, in SI units.

    Raises:
        InputError: as `read`, for time, potential and current.
    """
    data = load_bytes(path)
    if Path(path).suffix.lower() == ".mpr":
        tables = [mpr_table(data, str(path), SERIES, series_columns)[0]]
    else:
        tables = find_tables(text_of(data, path), SERIES_HEADER)
    if not tables:
        raise InputError(
            f"{path}: no time series in it, expected a header that names time, potential and current (such as "
            "'time/s, Ewe/V, I/mA') with numbers below"
        )
    return series_of(tables, str(path))


def _with_spectra(tables: list[Table]) -> list[Table]:
    """Without the tables that have direct current only, if others have more."""
    alive = [
        table for table in tables if any(np.any(table.values[role]) for role in ("Re Z", "|Z|") if role in table.values)
    ]
    return alive or tables


def _metadata(file: str, digest: str, head: Head) -> Metadata:
    return Metadata(file, digest, head.instrument, head.date, head.area, head.thickness)


def _measurement(sweep: Sweep, metadata: Metadata, path: str) -> Measurement:
    try:
        spectrum = Spectrum.sorted_spectrum(sweep.frequency, sweep.impedance, sweep.unit)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return Measurement(spectrum, metadata, sweep.notes, sweep.warnings + suspicions(spectrum))
