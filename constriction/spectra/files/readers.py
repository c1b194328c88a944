"""Any impedance instrument's file becomes spectra with notes on how it was read.

Text files are read by what their header says, not by their suffix: the same code reads BioLogic .mpt, Gamry .DTA,
ZPlot .z, VersaStudio .par, RelaxIS, Autolab, CH Instruments and Parstat text, csv and tsv of any common kind, our own
spectrum.csv, and three columns of numbers without header. Only .mpr is binary and takes another way. A header is never
overruled: it names quantities that make an impedance (`conversions.PAIRS`), or the file is refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from constriction.base.errors import InputError, naming
from constriction.spectra.columns.conversions import SampleGeometry, pair_of
from constriction.spectra.columns.headers import TextTable, Vocabulary
from constriction.spectra.columns.quantities import complete, some
from constriction.spectra.columns.vocabulary import DRIFT_CORRECTED, SERIES, SPECTRUM
from constriction.spectra.files.biologic import mpr_tables, sha256
from constriction.spectra.files.formats import named_as
from constriction.spectra.files.instruments import head_of
from constriction.spectra.files.refusals import check_no_header
from constriction.spectra.files.sweeps import MeasuredSweep, sweeps_of
from constriction.spectra.files.tables import find_tables, plain_table
from constriction.spectra.files.texts import Text, load_bytes, text_of
from constriction.spectra.files.traces import joined
from constriction.spectra.measurement import Measurement, Metadata, suspicions
from constriction.spectra.spectrum import Spectrum
from constriction.spectra.timeseries import TimeSeries, series_columns, series_of

_HINT = re.compile(r"fr|hz|ω|omega|\bf\b|\bw\b|\bl(?:o)?g|f_|[π]|[频頻周주]", re.IGNORECASE)
SPECTRUM_HEADER = Vocabulary(SPECTRUM, complete, _HINT)
TRACE_HEADER = Vocabulary(SPECTRUM, some, _HINT)
SERIES_HEADER = Vocabulary(SERIES, series_columns, re.compile(r"time|zeit|temps|\bt\b", re.IGNORECASE))
# Of several impedances in a file, the one that is read where none is asked for.
PREFERRED = ("", "Zwe-ce", "Zstack")
EXPECTED = (
    "expected a header that names frequency and impedance (such as 'freq/Hz, Re(Z)/Ohm, -Im(Z)/Ohm') with numbers "
    "below, or three columns of numbers"
)


@dataclass(frozen=True)
class ReadOptions:
    """How a file is read.

    Attributes:
        geometry: of the sample, for quantities of materials (permittivity, modulus, conductivity, resistivity); what
            it does not know is taken from the file.
        impedance: of several in a file, such as "Zce" or "drift-corrected"; "": Z, else Zwe-ce, else the first.
    """

    geometry: SampleGeometry = SampleGeometry()
    impedance: str = ""


def read(path: str | Path, options: ReadOptions | None = None) -> list[Measurement]:
    """Read all spectra of a file.

    Args:
        path: a file of an impedance instrument or program, of any name.
        options: geometry of the sample and choice of the impedance; None: as the file says.

    Returns:
        One measurement per sweep (at least one), in the order of the file, in SI units.

    Raises:
        InputError: no file, none with a spectrum, or a mistake in it; one line with file, line number, what is
            expected and what is given.
    """
    options = ReadOptions() if options is None else options
    data = load_bytes(path)
    if Path(path).suffix.lower() == ".mpr":
        tables, head = mpr_tables(data, str(path), SPECTRUM_HEADER)
    else:
        text = text_of(data, path)
        head = head_of(text)
        tables = _tables(text, data)
    chosen, remarks = _chosen(tables, options.impedance, str(path))
    geometry = options.geometry.completed(SampleGeometry(head.area, head.thickness))
    metadata = Metadata(Path(path).name, sha256(data), head.instrument, head.date, head.area, head.thickness)
    found = [(sweep, table) for table in _with_spectra(chosen) for sweep in sweeps_of(table, str(path), geometry)]
    return [
        _measurement(sweep, replace(metadata, sweep=number, geometry_used=_of_material(table)), remarks, str(path))
        for number, (sweep, table) in enumerate(found, start=1)
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
        tables, _ = mpr_tables(data, str(path), SERIES_HEADER)
    else:
        tables = find_tables(text_of(data, path), SERIES_HEADER)
    if not tables:
        raise InputError(
            f"{path}: no time series in it, expected a header that names time, potential and current (such as "
            "'time/s, Ewe/V, I/mA') with numbers below"
        )
    return series_of(tables, str(path))


def _tables(text: Text, data: bytes) -> list[TextTable]:
    """The tables of a text with an impedance.

    Raises:
        InputError: there is none, or a header names something else.
    """
    tables = find_tables(text, SPECTRUM_HEADER) or joined(_parts(text), text)
    if tables:
        return tables
    check_no_header(text)
    if plain := plain_table(text, ("frequency", "Re Z", "Im Z")):
        return [plain]
    native = named_as(data, text.path)
    raise InputError(f"{text.path}: no spectrum in it, {EXPECTED}{f'; the file is {native}' if native else ''}")


def _parts(text: Text) -> list[TextTable]:
    """Tables that may be parts of one, [] when one of their headers is none."""
    try:
        return find_tables(text, TRACE_HEADER)
    except InputError:
        return []


def _chosen(tables: list[TextTable], wanted: str, path: str) -> tuple[list[TextTable], list[str]]:
    """The tables of one impedance, and a remark on the others.

    Raises:
        InputError: the one that is asked for is not there.
    """
    labels = list(dict.fromkeys(table.label for table in tables))
    label = _label(labels, wanted, path)
    return [table for table in tables if table.label == label], list(_other_labels(labels, label))


def _other_labels(labels: list[str], label: str) -> Iterator[str]:
    """Remarks on the impedances that were not taken."""
    if len(labels) > 1:
        others = ", ".join(f"--impedance {_name(other)}" for other in labels if other != label)
        yield f"the file has {_names(labels)}; read is {_name(label)}, for the others: {others}"
    if DRIFT_CORRECTED in labels and label == "":
        yield "columns corrected for drift are there and were not taken"


def _label(labels: list[str], wanted: str, path: str) -> str:
    """The impedance that is asked for, else the preferred one.

    Raises:
        InputError: it is not there.
    """
    if not wanted:
        return next((label for label in PREFERRED if label in labels), labels[0])
    for label in labels:
        if _same(_name(label), wanted):
            return label
    raise InputError(f"{path}: --impedance {wanted!r}: the file has {_names(labels)}; expected one of these")


def _names(labels: list[str]) -> str:
    return ", ".join(map(_name, labels))


def _name(label: str) -> str:
    return label or "Z"


def _same(label: str, wanted: str) -> bool:
    one, other = (re.sub(r"[^a-z0-9]", "", text.lower()) for text in (label, wanted))
    return one in (other, f"z{other}")


def _of_material(table: TextTable) -> bool:
    pair = pair_of(frozenset(table.columns))
    return pair is not None and pair.of_material


def _with_spectra(tables: list[TextTable]) -> list[TextTable]:
    """Without the tables that have direct current only, if others have more."""
    alive = [table for table in tables if _is_alive(table)]
    return alive or tables


def _is_alive(table: TextTable) -> bool:
    pair = pair_of(frozenset(table.columns))
    return pair is not None and any(np.any(table.values[role]) for role in pair.roles)


def _measurement(sweep: MeasuredSweep, metadata: Metadata, remarks: Sequence[str], path: str) -> Measurement:
    with naming(path):
        spectrum = Spectrum.sorted_spectrum(sweep.frequency, sweep.impedance, sweep.unit)
    metadata = replace(metadata, cycle=sweep.cycle, temperature=sweep.temperature)
    return Measurement(spectrum, metadata, (*sweep.notes, *remarks), sweep.warnings + suspicions(spectrum))
