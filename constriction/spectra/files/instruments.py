"""Which program wrote a text file, and what else it tells: date, area, thickness."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from constriction.spectra.columns.units import kelvin
from constriction.spectra.files.texts import Text

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
_NUMBER = r"([0-9]{1,9}[.,]?[0-9]{0,18}(?:[eE][+-]?[0-9]{1,3})?)"
_AREAS = (
    re.compile(rf"^Electrode surface area : {_NUMBER} cm"),
    re.compile(rf"^AREA\tQUANT\t{_NUMBER}"),
    re.compile(rf"^Working Electrode Area \(cm2\)={_NUMBER}"),
    re.compile(rf"^\s*Surface Area:\s+{_NUMBER}"),
)
_LENGTHS = {"nm": 1e-9, "um": 1e-6, "µm": 1e-6, "μm": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0}
_SQUARES = {f"{unit}{two}": factor**2 for unit, factor in _LENGTHS.items() for two in ("2", "²", "^2")}


def _sized(names: str, units: Iterable[str]) -> re.Pattern[str]:
    """A size with its unit before or behind: Diameter[mm] 10, thickness (cm) = 0.1, Area: 0.785 cm²."""
    unit = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    name = rf"(?<!\w)(?<!spacer )(?<!electrode )(?:{names})"
    before = rf"\s*(?:[\[(/]\s*({unit})\s*[\])]?)?\s*[:=,;\t ]\s*"
    return re.compile(rf"{name}{before}{_NUMBER}\s*[\[(]?({unit})?(?![\w/])", re.I)


_SIZED_AREA = _sized("(?:electrode )?(?:surface )?area|(?:elektroden)?fläche", _SQUARES)
_DIAMETER = _sized("diameter|durchmesser|diam\\.?", _LENGTHS)
_THICKNESS = _sized("thickness|dicke|height|höhe", _LENGTHS)
_DEGREES = r"[°º˚]\s?[CF]|deg\.?\s?[CF]|C|F|K"
_TEMPERATURE = re.compile(
    rf"(?<![A-Za-z])(?:temp(?:erature?|eratur|\.)?|t)\s*(?:[\[(/]\s*({_DEGREES})\s*[\])]?)?\s*[:=]\s*([-+]?{_NUMBER})\s*"
    rf"({_DEGREES})?(?![\w/])",
    re.I,
)
_TEMPERATURE_ALONE = re.compile(rf"\W*?([-+]?{_NUMBER})\s*([°º˚]\s?[CF]|deg\.?\s?[CF]|C|K)\W*")


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
    areas = [
        area
        for mark in _AREAS
        for line in lines
        if (found := mark.match(line)) and (area := _positive(found[1], 1e-4)) is not None
    ]
    return Head(instrument, date, areas[0] if areas else _area_of(lines), _size(lines, _THICKNESS, _LENGTHS))


def temperature_of(lines: Iterable[str]) -> float | None:
    """The last temperature in K that some lines tell with its unit, None without."""
    last = None
    for line in lines:
        short = line[:HEAD_COLUMNS]
        if found := _TEMPERATURE_ALONE.fullmatch(short):
            last = _kelvin(found[1], found[3])
        else:
            for found in _TEMPERATURE.finditer(short):
                if unit := found[1] or found[4]:
                    last = _kelvin(found[2], unit)
    return last


def _kelvin(number: str, unit: str) -> float | None:
    kind = {"K": "K", "F": "degF"}.get(unit[-1].upper(), "degC")
    value = kelvin(float(number.replace(",", ".")), kind)
    return value if 0 < value < 5000 else None


def _area_of(lines: Sequence[str]) -> float | None:
    """An area with its unit, or that of a disc whose diameter is told."""
    if (area := _size(lines, _SIZED_AREA, _SQUARES)) is not None:
        return area
    diameter = _size(lines, _DIAMETER, _LENGTHS)
    return None if diameter is None else math.pi / 4 * diameter**2


def _size(lines: Sequence[str], mark: re.Pattern[str], units: Mapping[str, float]) -> float | None:
    for line in lines:
        for found in mark.finditer(line):
            if unit := found[1] or found[3]:
                return _positive(found[2], units[unit.lower()])
    return None


def _positive(text: str, factor: float) -> float | None:
    value = float(text.replace(",", ".")) * factor
    return value if 0 < value < math.inf else None
