"""Numbers with a decimal prefix, as pictures, pages and terminal write them."""

from __future__ import annotations

TIME_PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p"))
PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"))


def decimal_prefix(value: float) -> tuple[float, str]:
    """Return the largest decimal prefix not above a positive value, as (size, name)."""
    return next((p for p in PREFIXES if value >= p[0]), PREFIXES[-1])


def hertz(frequency: float) -> str:
    """Return a frequency with two significant digits: 46 kHz."""
    rounded = float(f"{frequency:.1e}")
    size, prefix = decimal_prefix(rounded)
    return f"{float(f'{rounded / size:.2g}'):g} {prefix}Hz"


def seconds(time: float) -> str:
    """Return a time with two significant digits: 1.6 ms."""
    rounded = float(f"{time:.1e}")
    size, prefix = next((p for p in TIME_PREFIXES if rounded >= p[0]), TIME_PREFIXES[-1])
    return f"{float(f'{rounded / size:.2g}'):g} {prefix}s"
