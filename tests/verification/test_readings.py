"""What runs read off their own spectra: R_int right within two bars or null, whatever interface, electrolyte, sweep.

The answer is the geometry's: R_cstr, or its peaks that stand apart from the electrolyte's. `tests/readings.py` does the
same with any number of cases.
"""

from readings import Flip, outcomes, verdict


def test_random_interfaces():
    found = list(outcomes(24, 5))
    words, fine = verdict(found)
    assert fine, words
    cases = [item for item in found if not isinstance(item, Flip)]
    assert len(cases) == 24
    assert all(case.right for case in cases), words
    assert sum(case.in_bars is not None for case in cases) > 10  # null is no way out
