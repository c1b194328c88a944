"""What a unit in a header means: what it measures, and the factor to SI."""

import math
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PREFIXES = {"T": 1e12, "G": 1e9, "Meg": 1e6, "M": 1e6}
PREFIXES |= {"k": 1e3, "K": 1e3, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}


class Unit(NamedTuple):
    """A unit: what it measures (the SI unit of that, or rad/s) and the factor to it."""

    kind: str
    factor: float


UNKNOWN = Unit("", math.nan)

# Without blanks, dots, underscores, carets and brackets, in lower case.
UNITS: Mapping[str, Unit] = {
    **dict.fromkeys(("hz", "hertz", "1/s", "s-1"), Unit("Hz", 1.0)),
    **dict.fromkeys(("rad/s", "rads-1", "rad/sec"), Unit("rad/s", 1.0)),
    **dict.fromkeys(("ohm", "ohms"), Unit("ohm", 1.0)),
    **dict.fromkeys(("ohmcm2", "ohmscm2"), Unit("ohm m2", 1e-4)),
    "ohmm2": Unit("ohm m2", 1.0),
    **dict.fromkeys(("ohmcm", "ohmscm"), Unit("ohm m", 1e-2)),
    **dict.fromkeys(("ohmm", "ohmsm"), Unit("ohm m", 1.0)),
    **dict.fromkeys(("s", "siemens", "mho", "1/ohm", "ohm-1", "ohms-1", "1/ohms"), Unit("S", 1.0)),
    **dict.fromkeys(("s/cm2", "scm-2", "siemens/cm2", "ohm-1cm-2"), Unit("S/m2", 1e4)),
    **dict.fromkeys(("s/m2", "sm-2"), Unit("S/m2", 1.0)),
    **dict.fromkeys(("s/cm", "scm-1", "ohm-1cm-1", "siemens/cm"), Unit("S/m", 1e2)),
    **dict.fromkeys(("s/m", "sm-1", "ohm-1m-1", "siemens/m"), Unit("S/m", 1.0)),
    **dict.fromkeys(("f", "farad", "farads"), Unit("F", 1.0)),
    **dict.fromkeys(("f/cm2", "fcm-2", "farad/cm2"), Unit("F/m2", 1e4)),
    **dict.fromkeys(("f/m2", "fm-2"), Unit("F/m2", 1.0)),
    **dict.fromkeys(("h", "henry", "henries", "henrys"), Unit("H", 1.0)),
    **dict.fromkeys(("deg", "degs", "degree", "degrees", "grad", "o"), Unit("rad", math.pi / 180)),
    **dict.fromkeys(("rad", "rads", "radian", "radians"), Unit("rad", 1.0)),
    **dict.fromkeys(("sec", "second", "seconds"), Unit("s", 1.0)),
    "min": Unit("s", 60.0),
    **dict.fromkeys(("hr", "hour", "hours"), Unit("s", 3600.0)),
    **dict.fromkeys(("v", "volt", "volts", "vvsref"), Unit("V", 1.0)),
    **dict.fromkeys(("a", "amp", "amps", "ampere"), Unit("A", 1.0)),
    **dict.fromkeys(("a/cm2", "acm-2"), Unit("A/m2", 1e4)),
    **dict.fromkeys(("a/m2", "am-2"), Unit("A/m2", 1.0)),
    **dict.fromkeys(("degc", "c", "celsius", "degcelsius", "oc"), Unit("degC", 1.0)),
    **dict.fromkeys(("degf", "fahrenheit", "degfahrenheit"), Unit("degF", 1.0)),
    **dict.fromkeys(("k", "kelvin"), Unit("K", 1.0)),
    **dict.fromkeys(("%", "percent"), Unit("1", 0.01)),
}
# One letter for two quantities: the column's name tells which.
SECOND_MEANING: Mapping[str, Unit] = {
    "s": Unit("s", 1.0),
    "h": Unit("s", 3600.0),
    "1/s": Unit("rad/s", 1.0),
    "s-1": Unit("rad/s", 1.0),
}
_WITHOUT_PREFIX = {"degC", "degF", "K", "1"}

ZERO_CELSIUS = 273.15


def kelvin[T: (float, NDArray[np.float64])](value: T, kind: str) -> T:
    """A temperature in K.

    Args:
        value: as written.
        kind: "K", "degC" or "degF".
    """
    if kind == "K":
        return value
    return (value - 32) / 1.8 + ZERO_CELSIUS if kind == "degF" else value + ZERO_CELSIUS


_QUOTES = str.maketrans({
    **dict.fromkeys("′’‘`´ʹ", "'"), **dict.fromkeys('″”“"ʺ', "''"), "‴": "'''", **dict.fromkeys("−‐‑", "-")
})  # fmt: skip


# UTF-8 that was read as Latin-1 on its way.
_TWICE_ENCODED = {"Î©": "Ω", "â„¦": "Ω", "Â°": "°", "Âµ": "µ", "Â²": "²", "Â·": "·", "â€²": "'", "â€³": "''"}


def plain(text: str) -> str:
    """One way to write what looks alike: Ohm signs, primes, superscripts, blanks."""
    if not text.isascii():
        for wrong, right in _TWICE_ENCODED.items():
            text = text.replace(wrong, right)
    return unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)


@lru_cache(maxsize=4096)
def unit_of(text: str, kinds: tuple[str, ...] = ()) -> Unit | None:
    """Read a unit such as `kOhm`, `Ω·cm²`, `rad/s` or `(mA/cm²)`; None when it is not known.

    The case of a prefix counts (mHz, MHz), that of a unit does not.

    Args:
        text: as written.
        kinds: the kinds it may have, which tells seconds from siemens and hours from henries; (): any.
    """
    bare = plain(text).translate(str.maketrans("", "", " \t·⋅*.^_()[]×"))
    bare = re.sub(r"(?<![0-9])-(?=[A-Za-zΩ])", "", bare).replace("Ω", "ohm").replace("μ", "u").replace("µ", "u")
    bare = re.sub("[°º˚]", "deg", bare)
    for prefix, factor in (("", 1.0), *PREFIXES.items()):
        if not bare.startswith(prefix):
            continue
        rest = bare[len(prefix) :].lower()
        for unit in (UNITS.get(rest), SECOND_MEANING.get(rest)):
            if unit and (not kinds or unit.kind in kinds) and (not prefix or unit.kind not in _WITHOUT_PREFIX):
                return Unit(unit.kind, unit.factor * factor)
    return None
