"""What --hold and --bound mean: values in the units of a spectrum."""

import pytest

from constriction.commands.job.limits import limits


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("R1=2 kΩ·cm²", 0.2, "ohm m2"),
        ("C2=3uF/cm2", 3e-2, "ohm m2"),
        ("Q1=2 nS s^a/cm", 2e-7, "ohm m"),
        ("W3=5 ohm cm s^-1/2", 5e-2, "ohm m"),
        ("L1=20 nH", 2e-8, "ohm"),
        ("T4=3 ms", 3e-3, None),
    ],
)
def test_limits_are_read_in_the_units_of_the_spectrum(text, value, unit):
    found = limits([text], [])
    low, high = found.bounds[text[:2]]
    assert low == high == pytest.approx(value, rel=1e-12) and found.unit == unit
