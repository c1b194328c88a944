"""What the header of a column means: the quantity, its sign and its unit, whatever instrument wrote it."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

PREFIXES = {"G": 1e9, "Meg": 1e6, "M": 1e6, "k": 1e3, "K": 1e3, "m": 1e-3, "u": 1e-6, "n": 1e-9}


class Unit(NamedTuple):
    """A unit: what it measures (the SI unit of that, or rad/s) and the factor to it."""

    kind: str
    factor: float


UNKNOWN = Unit("", math.nan)

# Without blanks, dots, underscores, carets and brackets, in lower case.
UNITS: Mapping[str, Unit] = {
    **dict.fromkeys(("hz", "hertz"), Unit("Hz", 1.0)),
    **dict.fromkeys(("rad/s", "rads-1", "rad/sec"), Unit("rad/s", 1.0)),
    **dict.fromkeys(("ohm", "ohms"), Unit("ohm", 1.0)),
    **dict.fromkeys(("ohmcm2", "ohmscm2"), Unit("ohm m2", 1e-4)),
    "ohmm2": Unit("ohm m2", 1.0),
    "ohmcm": Unit("ohm m", 1e-2),
    "ohmm": Unit("ohm m", 1.0),
    **dict.fromkeys(("deg", "degs", "degree", "degrees"), Unit("rad", math.pi / 180)),
    **dict.fromkeys(("rad", "radian", "radians"), Unit("rad", 1.0)),
    **dict.fromkeys(("s", "sec", "second", "seconds"), Unit("s", 1.0)),
    "min": Unit("s", 60.0),
    **dict.fromkeys(("h", "hr", "hour", "hours"), Unit("s", 3600.0)),
    **dict.fromkeys(("v", "volt", "volts", "vvsref"), Unit("V", 1.0)),
    **dict.fromkeys(("a", "amp", "amps", "ampere"), Unit("A", 1.0)),
    **dict.fromkeys(("a/cm2", "acm-2"), Unit("A/m2", 1e4)),
    **dict.fromkeys(("a/m2", "am-2"), Unit("A/m2", 1.0)),
}


@dataclass(frozen=True)
class Role:
    """A quantity that a column may hold.

    Attributes:
        names: how headers call it: lower case, without blanks, brackets, dots and underscores.
        kinds: the kinds of unit it may have; the first is assumed where no unit is written.
    """

    names: frozenset[str]
    kinds: tuple[str, ...]


def _role(names: str, *kinds: str) -> Role:
    return Role(frozenset(names.split()), kinds)


OHMS = ("ohm", "ohm m2", "ohm m")
SPECTRUM: Mapping[str, Role] = {
    "frequency": _role("f freq frequency frequenz fréquence frequence frecuencia", "Hz", "rad/s"),
    "angular frequency": _role("ω omega w angularfrequency angularfreq kreisfrequenz", "rad/s"),
    "log frequency": _role("logf logfreq logfrequency log10f log10freq log10frequency lgf lgfreq lgfrequency", "Hz"),
    "Re Z": _role(
        "z' zre zreal rez re real realpart realz realpartofz zr zs' z'a zrealpart realteil rs r partieréelle", *OHMS
    ),
    "Im Z": _role(
        "z'' zim zimag imz im imag imaginary imaginarypart imaginaryz imagz imagpart imaginarypartofz zi zs'' z''b "
        "zimaginary zimagpart imaginärteil xs x partieimaginaire",
        *OHMS,
    ),
    "|Z|": _role("|z| zmod modz mod modulus magnitude magnitudez mag zmag z abs absz zabs betrag zmodulus", *OHMS),
    "phase": _role(
        "phase phasez zphz zphase theta thetaz θ phi φ φz argz arg phaseangle phaseanglez angle phasenwinkel", "rad"
    ),
    "cycle": _role("cyclenumber zcycle cycle cycleno segment# segment sweep sweepnumber zyklus"),
}
SERIES: Mapping[str, Role] = {
    "time": _role("time t elapsedtime testtime zeit temps times", "s"),
    "potential": _role("ewe <ewe> ecell <ecell> e potential we1potential voltage v vf u spannung ewe/ref", "V"),
    "current": _role("i <i> current we1current strom im j currentdensity stromdichte", "A", "A/m2"),
    "frequency": SPECTRUM["frequency"],
}

_QUOTES = str.maketrans({"′": "'", "’": "'", "‘": "'", "`": "'", "´": "'", "″": "''", "”": "''", '"': "''", "−": "-"})
_SIGN = re.compile(r"\s*(?:[-–—]|minus\b|neg(?:ative)?\b)\s*", re.IGNORECASE)
_LOG_OF_UNIT = re.compile(r"(log|log10|lg)\s?\(\s?([a-zω]{1,9})\s?[/,]?\s?[(\[]?\s?(\w{0,2}hz)[\])]{0,2}\)?", re.I)
LONGEST_CELL = 80


class Column(NamedTuple):
    """What a header cell says.

    Attributes:
        role: a key of the vocabulary.
        sign: −1 where the header has a minus in front.
        unit: what is written, None where nothing is, `UNKNOWN` where it is no known unit.
        unit_text: the unit as written.
        name: the header cell as written.
    """

    role: str
    sign: int
    unit: Unit | None
    unit_text: str
    name: str

    def with_unit(self, text: str) -> "Column":
        """The column with the unit of another row, where its header has none."""
        return self if self.unit else self._replace(unit=unit_of(text) or UNKNOWN, unit_text=text)


@lru_cache(maxsize=4096)
def unit_of(text: str) -> Unit | None:
    """Read a unit such as `kOhm`, `Ω·cm²`, `rad/s` or `(mA/cm²)`; None when it is not known.

    The case of a prefix counts (mHz, MHz), that of a unit does not.
    """
    plain = _plain(text).translate(str.maketrans("", "", " \t·⋅*.^_()[]×"))
    plain = re.sub(r"-(?=[A-Za-z])", "", plain).replace("Ω", "ohm").replace("μ", "u").replace("°", "deg")
    if (unit := UNITS.get(plain.lower())) is not None:
        return unit
    for prefix, factor in PREFIXES.items():
        if plain.startswith(prefix) and (unit := UNITS.get(plain[len(prefix) :].lower())) is not None:
            return Unit(unit.kind, unit.factor * factor)
    return None


def recognise(cell: str, vocabulary: Mapping[str, Role]) -> Column | None:
    """Say what a header cell means.

    Args:
        cell: such as `freq/Hz`, `-Im(Z)/Ohm`, `Zs'' [Ohms]`, `real_impedance_ohm_cm2`.
        vocabulary: `SPECTRUM` or `SERIES`.

    Returns:
        The column, None when its name is not in the vocabulary.
    """
    text = _plain(cell).strip()
    if not text or len(text) > LONGEST_CELL:
        return None
    sign = -1 if (minus := _SIGN.match(text)) else 1
    text = text[minus.end() :] if minus else text
    if parts := _LOG_OF_UNIT.fullmatch(text):
        text = f"{parts[1]}{parts[2]} [{parts[3]}]"
    for name, unit_text in _splits(text):
        role = _role_named(_simple(name), vocabulary)
        if role is not None:
            unit = (unit_of(unit_text) or UNKNOWN) if unit_text else None
            return Column(role, sign, unit, unit_text, cell)
    return None


def _plain(text: str) -> str:
    """One way to write what looks alike: Ohm signs, primes, superscripts, blanks."""
    return unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)


def _splits(text: str) -> list[tuple[str, str]]:
    """The ways to take a header for a name and a unit, the likeliest first."""
    ways = [(text, "")]
    if (parts := re.fullmatch(r"([^\[\]]+)\[([^\[\]]*)\]", text)) or (
        (parts := re.fullmatch(r"(.+)\(([^()]*)\)", text)) and parts[2].strip().lower() != "z"
    ):
        ways.append((parts[1], parts[2].strip()))
    for place in (place for place, letter in enumerate(text) if letter == "/"):
        if unit_of(text[place + 1 :]):
            ways.append((text[:place], text[place + 1 :].strip()))
    words = [word for word in re.split(r"[\s_,]+", text) if word]
    for count in range(min(3, len(words) - 1), 0, -1):
        if unit_of(" ".join(words[-count:])):
            ways.append((" ".join(words[:-count]).removesuffix(" in"), " ".join(words[-count:])))
    return ways


def _simple(name: str) -> str:
    simple = re.sub(r"[\s_.()\[\],:]+", "", name.replace("Ω", "").lower())
    without = simple.removeprefix("data").replace("impedance", "").replace("impedanz", "")
    return without or "|z|" * (simple != without)


def _role_named(name: str, vocabulary: Mapping[str, Role]) -> str | None:
    return next((role for role, what in vocabulary.items() if name in what.names), None)
