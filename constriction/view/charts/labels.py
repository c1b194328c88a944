"""Numbers with a decimal prefix, as pictures, pages and terminal write them."""

from __future__ import annotations

PREFIXES = {12: "T", 9: "G", 6: "M", 3: "k", 0: "", -3: "m", -6: "µ", -9: "n", -12: "p", -15: "f"}


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


def _two_digits(value: float, unit: str, highest: int) -> str:
    rounded = float(f"{value:.1e}")
    size, prefix = decimal_prefix(rounded, highest=highest)
    return f"{float(f'{rounded / size:.2g}'):g} {prefix}{unit}"
