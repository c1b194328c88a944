"""Spots that merge: 500 discs against a finer grid, and discs that do not merge against circles."""

import pytest
from cases import case_of

from constriction.simulation.simulate import simulate

MERGED = {"pattern": "random", "pitch": "10 um", "spots": 500, "seed": 1, "overlap": "merge"}


@pytest.mark.parametrize("spread", [0.0, 0.5])
@pytest.mark.parametrize("fraction", [0.7, 0.9])
def test_bars_of_many_merged_discs(fraction, spread):
    """500 discs at 1 %, against a third of that: the finer grid's error is a third at most."""
    interface = {**MERGED, "contact_fraction": fraction, "size_spread": spread}
    coarse, fine = (simulate(case_of(interface, relative_error=error)) for error in (1e-2, 3e-3))
    assert coarse.relative_error_reached <= 1e-2
    assert abs(coarse.R_cstr - fine.R_cstr) <= coarse.R_cstr_error


def test_discs_that_do_not_merge():
    """Four small discs, as polygons by transforms, and as a list of circles by finite elements."""
    few = {**MERGED, "spots": 4, "contact_fraction": 0.02, "seed": 1}
    merged = simulate(case_of(few, relative_error=1e-3))
    discs = []
    for spot in merged.layout.spots:
        (x, y), radius = spot.polygon().centroid.coords[0], (spot.area / 3.141592653589793) ** 0.5
        discs.append([f"{x!r} m", f"{y!r} m", f"{radius!r} m"])
    side = f"{merged.layout.width!r} m"
    circles = simulate(case_of({"pattern": "list", "cell": [side, side], "discs": discs}, relative_error=1e-3))
    assert circles.layout.contact_fraction == pytest.approx(0.02, abs=1e-12)
    assert abs(merged.R_cstr - circles.R_cstr) <= merged.R_cstr_error + circles.R_cstr_error
