"""Where numbers stand on logarithmic axes, how they are written, and how symbols are set; the same in every picture."""

from __future__ import annotations

import math
import re

from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator

MOST = 7  # numbers on one axis
PLAIN = 1e-4, 1e6  # numbers below and from here on are written as powers of ten
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
QUANTITIES = re.compile(r"\b([RCZfτ])_(cstr|low|high|dc|electrolyte|SE|int|series|gb)\b")


def log_ticks(low: float, high: float) -> list[float]:
    """Where numbers stand on a logarithmic axis: decades; 1, 2, 5 of each where these are few; else equal steps.

    Args:
        low: smallest value that is shown, above 0.
        high: largest one.
    """
    decades = math.log10(high / low)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    if decades < 0.7:
        found = [float(value) for value in MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]
    else:
        digits = (1, 2, 5) if 3 * decades <= MOST else (1,)
        step = math.ceil(decades / MOST)
        found = [digit * 10.0**power for power in powers if power % step == 0 for digit in digits]
    return [value for value in found if low * (1 - 1e-9) <= value <= high * (1 + 1e-9) and value > 0]


def plain(value: float) -> str:
    """A number of an axis: 0.05, 200, 20 000; powers of ten where these would be long: 2·10⁻⁷."""
    if value == 0 or PLAIN[0] * (1 - 1e-9) <= abs(value) < PLAIN[1]:
        text = f"{float(f'{value:.7g}'):.7f}".rstrip("0").rstrip(".")
        whole, dot, rest = text.partition(".")
        grouped = f"{int(whole):,}".replace(",", "\N{NARROW NO-BREAK SPACE}") if len(whole.lstrip("-")) > 4 else whole
        return f"{grouped}{dot}{rest}".replace("-", "−")
    mantissa, exponent = f"{value:.3e}".split("e")
    power = "10" + str(int(exponent)).translate(RAISED)
    digits = f"{float(mantissa):g}"
    return power if digits == "1" else f"{digits}·{power}".replace("-", "−")


def logarithmic(axis: Axis, low: float, high: float) -> None:
    """Give an axis of matplotlib, which is logarithmic already, its numbers; none stands between them.

    Args:
        axis: with its final limits.
        low: of its limits.
        high: of its limits.
    """
    axis.set_major_locator(FixedLocator(log_ticks(low, high)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))
    axis.set_minor_formatter(NullFormatter())


def symbols(text: str) -> str:
    r"""A text for matplotlib with its symbols set: R_SE → $R_\mathrm{SE}$; a dollar sign stays one."""
    return QUANTITIES.sub(lambda found: rf"${found[1]}_\mathrm{{{found[2]}}}$", text.replace("$", r"\$"))
