"""Numbers with as many digits as they have, one rule for terminal and pages."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

PREFIXES = {12: "T", 9: "G", 6: "M", 3: "k", 0: "", -3: "m", -6: "µ", -9: "n", -12: "p", -15: "f"}
PLAIN = 1e-4, 1e6  # numbers of an axis below and from here on are written as powers of ten
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def decimal_prefix(value: float, least: float = 1.0, highest: int = 12) -> tuple[float, str]:
    """The largest decimal prefix, up to 10 to the `highest`, that leaves at least `least` of a value: (size, name)."""
    powers = [power for power in PREFIXES if power <= highest]
    power = next((p for p in powers if abs(value) >= least * 10.0**p * (1 - 1e-9)), powers[-1])
    return 10.0**power, PREFIXES[power]


def hertz(frequency: float) -> str:
    """A frequency in Hz with two significant digits: 46 kHz."""
    return _two_digits(frequency, "Hz", 12)


def seconds(time: float) -> str:
    """A time in s with two significant digits: 1.6 ms."""
    return _two_digits(time, "s", 0)


def metres(length: float) -> str:
    """A length in m with two significant digits, at most in mm: 1.8 mm."""
    return _two_digits(length, "m", -3)


def round_down(length: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not above a length in m."""
    power = 10.0 ** math.floor(math.log10(length))
    return next(m * power for m in (5, 2, 1) if m * power <= length * (1 + 1e-9))


def _two_digits(value: float, unit: str, highest: int) -> str:
    rounded = float(f"{value:.1e}")
    size, prefix = decimal_prefix(rounded, highest=highest)
    return f"{float(f'{rounded / size:.2g}'):g} {prefix}{unit}"


LARGEST_PLAIN = 1e6  # larger numbers have an exponent
LEAST_OHM, MOST_OHM = 0.1, 1e4  # resistances between have no decimal prefix
LEAST_FARAD = 0.1  # capacitances: 0.240 µF, not 240 nF
UNSURE = 10.0  # error bar / value from which the value is told nevertheless
MOST_PLACES = 9


def engineering(value: float, unit: str, least: float = 1.0, digits: int = 3) -> str:
    """A number of at least `least` and so many digits with a decimal prefix: 4.6e4, Hz → 46.0 kHz."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g} {unit}"
    size, prefix = decimal_prefix(float(f"{value:.{digits - 1}e}"), least)
    return f"{significant(value / size, digits)} {prefix}{unit}"


def farad(capacitance: float) -> str:
    """A capacitance per area (F/cm²): 0.240 µF/cm²."""
    return engineering(capacitance, "F/cm²", LEAST_FARAD)


def significant(value: float, digits: int) -> str:
    """A number with so many significant digits, without exponent where that reads well."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = digits - 1 - math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    if not -3 <= places <= MOST_PLACES:
        return f"{value:.{digits - 1}e}"
    return f"{round(value, places):.{max(places, 0)}f}"


def with_error(value: float, error: float, unit: str) -> str:
    """A number rounded where its error bar begins: 14.814 ± 0.009."""
    if value == 0 or not 0 < error < math.inf:
        return f"{significant(value, 4)} {unit}"
    places = _places(error)
    if error > UNSURE * abs(value):
        return f"{value:.2g} ± {error:.1g} {unit}"
    if -4 <= places < 0 and abs(value) < LARGEST_PLAIN:
        return f"{round(value, places):.0f} ± {round(error, places):.0f} {unit}"
    if not 0 <= places <= MOST_PLACES:
        return f"{value:.4g} ± {error:.1g} {unit}"
    return f"{value:.{places}f} ± {error:.{places}f} {unit}"


def quantity(value: float, error: float | None, unit: str) -> str:
    """A number with its error bar and, where that reads better, a decimal prefix: 44.8 ± 0.3 kΩ.

    Args:
        value: in `unit`.
        error: its error bar; 0 where there is nothing to say about it; None: told as "(no error bar)".
        unit: without prefix, such as Ω·cm², F/cm², Hz; one that takes no prefix is left as it is.
    """
    bar = error or 0.0
    if not _takes_prefix(value, unit):
        text = with_error(value, bar, unit).strip()
    elif value == 0 or not 0 < bar < math.inf:
        text = engineering(value, unit, _least(unit))
    else:
        size, prefix = decimal_prefix(float(f"{value:.2e}"), _least(unit))
        text = with_error(value / size, bar / size, f"{prefix}{unit}")
    return f"{text} (no error bar)" if error is None else text


def _takes_prefix(value: float, unit: str) -> bool:
    """Whether a number reads better with a decimal prefix: those that have many decades, and extreme resistances."""
    if unit.startswith("Ω"):
        return not LEAST_OHM <= abs(value) < MOST_OHM
    return unit.startswith(("F", "S", "H")) or unit in ("m", "s", "eV")


def _least(unit: str) -> float:
    return LEAST_FARAD if unit.startswith("F") else 1.0


def between(lower: float, upper: float) -> tuple[str, str]:
    """Two bounds in the digits of their distance, rounded away from each other, so that they stay bounds."""
    places = _places(upper - lower) if 0 < upper - lower < math.inf else MOST_PLACES + 1
    if not -4 <= places <= MOST_PLACES:
        return significant(lower, 6), significant(upper, 6)
    unit = Decimal(1).scaleb(-places)
    low, high = Decimal(repr(lower)).quantize(unit, ROUND_FLOOR), Decimal(repr(upper)).quantize(unit, ROUND_CEILING)
    return f"{low:f}", f"{high:f}"


def percent_apart(relative: float) -> str:
    """A relative difference with its sign, in per cent with one digit behind the point; nothing has no sign."""
    rounded = round(100 * relative, 1)
    return f"{rounded:+.1f}%" if rounded else "0.0%"


def _places(error: float) -> int:
    """Digits behind the point that an error bar leaves: two of 1.5, one of 9; negative in front of it."""
    rounded = float(f"{error:.1e}")
    power = math.floor(math.log10(rounded))
    return -power + (1 if rounded < 2 * 10.0**power else 0)


def plain(value: float) -> str:
    """A number of an axis: 0.05, 200, 20 000; powers of ten where these would be long: 2·10⁻⁷."""
    if value == 0 or PLAIN[0] * (1 - 1e-9) <= abs(value) < PLAIN[1]:
        text = f"{float(f'{value:.7g}'):.7f}".rstrip("0").rstrip(".")
        whole, dot, rest = text.partition(".")
        grouped = f"{int(whole):,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if len(whole.lstrip("-")) > 4 else whole
        return f"{grouped}{dot}{rest}".replace("-", "−")
    mantissa, exponent = f"{value:.3e}".split("e")
    power = power_of_ten(int(exponent))
    digits = f"{float(mantissa):g}"
    return power if digits == "1" else f"{digits}·{power}".replace("-", "−")


def power_of_ten(exponent: int) -> str:
    """Ten to a power: 10⁻⁷."""
    return "10" + str(exponent).translate(RAISED)
