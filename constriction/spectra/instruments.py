"""Which program wrote a text file, and what else it tells: date, area, thickness."""

import math
import re
from dataclasses import dataclass

from constriction.spectra.texts import Text

# Where a file tells about itself; no export has a longer head.
HEAD_LINES, HEAD_COLUMNS = 400, 300

_SIGNATURES = {
    "EC-Lab (BioLogic)": re.compile(r"^EC-Lab ASCII FILE|^BT-Lab ASCII FILE"),
    "Gamry": re.compile(r"^EXPLAIN\b"),
    "ZPlot (Scribner)": re.compile(r"^\s*ZPLOT2? ASCII"),
    "VersaStudio": re.compile(r"^<Application>|^Name=VersaStudio"),
    "RelaxIS": re.compile(r"^RelaxIS"),
    "Autolab": re.compile(r'^"?Z60W Data File'),
    "CH Instruments": re.compile(r"^Instrument Model:\s*CHI|^A\.C\. Impedance"),
    "Parstat": re.compile(r"^Potential \(V\)\tCurrent \(A\)\tElapsed Time \(s\)\tFrequency"),
    "constriction": re.compile(r"^frequency_hertz,real_impedance_"),
}
_DATES = (
    re.compile(r"^Acquisition started on : ([0-9/.: -]{8,30})"),
    re.compile(r"^DATE\tLABEL\t([0-9/.-]{6,12})"),
    re.compile(r"^DateAcquired=(.{6,40})"),
    re.compile(r"^\s*Date:\s+(.{6,40})"),
    re.compile(r"^([A-Z][a-z]{2}\. \d{1,2}, \d{4}\s+[\d:]{5,8})"),
)
_NUMBER = r"([0-9]{1,9}[.,]?[0-9]{0,9}(?:[eE][+-]?[0-9]{1,3})?)"
_AREAS = (
    re.compile(rf"^Electrode surface area : {_NUMBER} cm"),
    re.compile(rf"^AREA\tQUANT\t{_NUMBER}"),
    re.compile(rf"^Working Electrode Area \(cm2\)={_NUMBER}"),
    re.compile(rf"^\s*Surface Area:\s+{_NUMBER}"),
)
_THICKNESS = re.compile(
    rf"^#?\s*(?:sample )?thickness\s*[:=(]+\s*(?:(mm|cm|um|µm)\)\s*[:=]\s*)?{_NUMBER}\s*(mm|cm|um|µm)?", re.I
)
_LENGTHS = {"mm": 1e-3, "cm": 1e-2, "um": 1e-6, "µm": 1e-6}


@dataclass(frozen=True)
class Head:
    """What a file tells about itself.

    Attributes:
        instrument: the program that wrote it, "" when nothing says.
        date: as written, "" without.
        area: in m², None without.
        thickness: in m, None without.
    """

    instrument: str = ""
    date: str = ""
    area: float | None = None
    thickness: float | None = None


def head_of(text: Text) -> Head:
    """Read instrument, date, area and thickness from the first lines of a file; nothing is an error."""
    lines = [line[:HEAD_COLUMNS] for line in text.lines[:HEAD_LINES]]
    instrument = next((name for name, mark in _SIGNATURES.items() if any(map(mark.match, lines[:30]))), "")
    date = next((found[1].strip() for mark in _DATES for line in lines if (found := mark.match(line))), "")
    areas = [found[1] for mark in _AREAS for line in lines if (found := mark.match(line))]
    lengths = [
        (found[2], unit)
        for line in lines
        if (found := _THICKNESS.match(line)) and (unit := (found[1] or found[3] or "").lower())
    ]
    return Head(
        instrument,
        date,
        _positive(areas[0], 1e-4) if areas else None,
        _positive(lengths[0][0], _LENGTHS[lengths[0][1]]) if lengths else None,
    )


def _positive(text: str, factor: float) -> float | None:
    value = float(text.replace(",", ".")) * factor
    return value if 0 < value < math.inf else None
