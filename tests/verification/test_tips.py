"""The current density at the tips of metal solids, against a conducting spheroid's in a uniform field."""

from __future__ import annotations

import math

import pytest

from constriction.case.schema import parse_case
from constriction.simulation.simulate import simulate
from constriction.simulation.solids.tips import tips_record


def depolarisation(aspect: float) -> float:
    """Of a prolate spheroid along its long axis; a third for a sphere (docs/physics.md#solids)."""
    if aspect == 1:
        return 1 / 3
    e = math.sqrt(1 - aspect**-2)
    return (1 - e**2) / e**3 * (math.atanh(e) - e)


def full_contact_with(solid: dict[str, object]) -> dict[str, object]:
    return {
        "electrolyte": {"thickness": "200 um"},
        "interface": {"pattern": "square", "contact_fraction": 1.0, "pitch": "100 um"},
        "solid": [solid],
        "accuracy": {"relative_error": 2e-3},
    }


@pytest.mark.parametrize("aspect", [1.0, 3.0, 10.0])
def test_a_spheroid_in_full_contact_has_its_tip_at_one_over_its_depolarisation(aspect):
    radius = 4 / aspect ** (2 / 3)  # µm, so far from its images that it is alone
    case = full_contact_with({"kind": "spheroid", "radius": f"{radius} um", "depth": f"{aspect * radius} um"})
    (tip,) = simulate(parse_case(case)).response.tips
    assert abs(tip.density - 1 / depolarisation(aspect)) <= tip.error
    assert tip.error < 0.1 * tip.density


def test_a_table_tells_its_worst_tip_and_voids_have_none():
    case = full_contact_with({"kind": "pit", "radius": "8 um", "x": "0 m", "y": "0 m"})
    case["solid"].append({"kind": "void", "radius": "5 um", "x": "50 um", "y": "50 um"})
    record = tips_record(simulate(parse_case(case)))
    assert [tip["solid"] for tip in record["tips"]] == [0]
    assert record["tips"][0]["current_density_over_mean"] == pytest.approx(3.0, rel=0.05)


def test_without_metal_there_is_no_tip():
    assert tips_record(simulate(parse_case(full_contact_with({"kind": "void", "radius": "8 um"})))) == {}
