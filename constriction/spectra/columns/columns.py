"""What the header of a column means: the quantity, its sign, its unit, and which of several impedances it is."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from constriction.spectra.columns.units import UNKNOWN, Unit, kelvin, plain, unit_of
from constriction.spectra.columns.vocabulary import SERIES, SPECTRUM, Role, named

_SIGN = re.compile(
    r"\s*(?:\(\s*[-–—]\s*\)|[-–—](?:\s*1\s*[*·×x]\s*)?|minus\b|neg(?:ative\b|ated\b|\.|\b))\s*", re.IGNORECASE
)
_LOG_OF_UNIT = re.compile(r"(log|log10|lg)\s?\(\s?([a-zω]{1,9})\s?[/,]?\s?[(\[]?\s?(\w{0,2}hz)[\])]{0,2}\)?", re.I)
# A temperature in the name of a column: Z' 25C, Re(Z) @ 298.15 K, Z'(-10 °C).
_TEMPERATURE = re.compile(
    r"[(\[@_,;\s]*(?:at\s+|T\s*=\s*)?(?<![A-Za-z0-9.])([-+]?[0-9]{1,4}(?:[.,][0-9]{1,3})?)\s?(?:deg\.?\s?|[°º˚])?\s?(C|K)(?![\w'])[)\]]?"
)
# What marks a quantity without unit: nothing, a line, a one, a degree sign that lost its encoding.
_NO_UNIT = {"", "-", "–", "—", "1", "-/-", "a.u."}
# What is left of a sign that its encoding lacks.
_LOST = ("?", "\ufffd")
LONGEST_CELL = 80


class HeaderColumn(NamedTuple):
    """What a header cell says.

    Attributes:
        role: a key of the vocabulary.
        sign: −1 where the header has a minus in front.
        unit: what is written, None where nothing is, `UNKNOWN` where it is no known unit.
        unit_text: the unit as written.
        name: the header cell as written.
        label: which of several impedances, such as Zce; "" for the main one.
        temperature: in K, where the name has one.
    """

    role: str
    sign: int
    unit: Unit | None
    unit_text: str
    name: str
    label: str = ""
    temperature: float | None = None

    def with_unit(self, text: str) -> "HeaderColumn":
        """The column with the unit of another row, where its header has none."""
        if not self.lacks_unit or text.strip("()[] ") in _NO_UNIT:
            return self
        return self._replace(unit=_any_unit(text, self.kinds), unit_text=text)

    @property
    def lacks_unit(self) -> bool:
        """Whether no unit is written although its quantity may have one."""
        return self.unit is None and bool(self.kinds)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of unit that its quantity may have."""
        return (SPECTRUM.get(self.role) or SERIES[self.role]).kinds


def recognise(cell: str, vocabulary: Mapping[str, Role]) -> HeaderColumn | None:
    """Say what a header cell means.

    Args:
        cell: such as `freq/Hz`, `-Im(Z)/Ohm`, `Zs'' [Ohms]`, `real_impedance_ohm_cm2`, `Z' 25C/Ohm`.
        vocabulary: `SPECTRUM` or `SERIES`.

    Returns:
        The column, None when its name is not in the vocabulary.
    """
    return _recognise(cell, vocabulary is SPECTRUM) if len(cell) <= LONGEST_CELL else None


@lru_cache(maxsize=4096)
def _recognise(cell: str, spectrum: bool) -> HeaderColumn | None:
    text = plain(cell).strip().strip(";")
    if not text or (spectrum and text == "x"):  # EC-Lab's degree of insertion, no reactance
        return None
    text, temperature = _without_temperature(text) if spectrum else (text, None)
    sign, text = _signed(text)
    vocabulary = SPECTRUM if spectrum else SERIES
    for name, unit_text, sure in _splits(_with_unit_of_logarithm(text)):
        for role, label in named(name, vocabulary):
            kinds = vocabulary[role].kinds
            unit = _unit(unit_text, kinds)
            if _fits(name, role, unit, kinds, sure):
                return HeaderColumn(role, sign, unit, unit_text, cell, label, temperature)
    return None


def _signed(text: str) -> tuple[int, str]:
    """−1 and a name without the minus in front, or 1 and the name."""
    minus = _SIGN.match(text)
    return (-1, text[minus.end() :]) if minus else (1, text)


def _without_temperature(text: str) -> tuple[str, float | None]:
    """A name without the temperature in it, and that in K; None without."""
    found = _TEMPERATURE.search(text)
    if not found or not found.start():
        return text, None
    temperature = kelvin(float(found[1].replace(",", ".")), "degC" if found[2] == "C" else "K")
    return (text[: found.start()] + text[found.end() :]).strip(), temperature


def _with_unit_of_logarithm(text: str) -> str:
    """Log(f/Hz) as logf [Hz]."""
    parts = _LOG_OF_UNIT.fullmatch(text)
    return f"{parts[1]}{parts[2]} [{parts[3]}]" if parts else text


def _unit(text: str, kinds: tuple[str, ...]) -> Unit | None:
    """The unit, None where none is written; one of the kinds if it can be."""
    if text.strip() in _NO_UNIT or (_lost_degree(text) and text.strip("()[] ") in _LOST and "ohm" in kinds):
        return None
    return _any_unit(text, kinds)


def _any_unit(text: str, kinds: tuple[str, ...]) -> Unit:
    """The unit that a text is, one of the kinds if it can be; `UNKNOWN` where it is none."""
    return unit_of(text, kinds) or unit_of("deg" if _lost_degree(text) else text) or UNKNOWN


def _lost_degree(text: str) -> bool:
    """Whether this is what is left of a degree sign: a quote, a question mark."""
    return text.strip("()[] ") in (*_LOST, "'", "¡", "ø")


def _fits(name: str, role: str, unit: Unit | None, kinds: tuple[str, ...], sure: bool) -> bool:
    """Whether a unit may stand at a quantity; a wrong one in brackets is a mistake to tell, no other quantity."""
    ambiguous = role == "temperature"  # T is also a time
    if unit is None:
        return not ambiguous or len(name.strip()) > 1
    return not kinds or unit.kind in kinds or (sure and not ambiguous)


def _splits(text: str) -> Iterator[tuple[str, str, bool]]:
    """The ways to take a header for a name and a unit, the likeliest first, and whether it must be a unit."""
    yield text, "", True
    yield from _in_brackets(text)
    for place in (place for place, letter in enumerate(text) if letter == "/"):
        if unit_of(text[place + 1 :]):
            yield text[:place], text[place + 1 :].strip(), True
    if parts := re.fullmatch(r"([^/]+)/\s*(.{1,3})", text):
        yield parts[1], parts[2], False
    yield from _in_words(text)


def _in_brackets(text: str) -> Iterator[tuple[str, str, bool]]:
    """A word in round brackets is a unit only if it is one; in square brackets there is a unit, known or not."""
    for bracket in reversed(list(re.finditer(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]", text))):
        inside = (bracket[2] if bracket[1] is None else bracket[1]).strip()
        rest = f"{text[: bracket.start()]} {text[bracket.end() :]}"
        if _lost_degree(inside):
            yield rest, inside, False
            yield from _in_words(rest)
        elif inside in _NO_UNIT or bracket[1] is None or unit_of(inside):
            yield rest, inside, True
    if parts := re.fullmatch(r"([^\[\]]+)\[([^\[\]]*)\]", text):  # a unit with brackets of its own
        yield parts[1], parts[2].strip(), True


def _in_words(text: str) -> Iterator[tuple[str, str, bool]]:
    words = [word for word in re.split(r"[\s_,;]+", text) if word]
    for count in range(min(4, len(words) - 1), 0, -1):
        unit = " ".join(words[-count:])
        if not unit_of(words[-count]) and words[-count] not in ("in", "per", "1"):  # R_p Ohm has no picoohms
            continue
        if unit_of(unit) or unit_of(unit.replace("per ", "/")):
            yield " ".join(words[:-count]).removesuffix(" in"), unit.replace("per ", "/"), False
