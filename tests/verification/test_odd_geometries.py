"""Cells that are hard to mesh are solved, within the asked accuracy, and obey what any geometry must.

More contact never raises a resistance (Rayleigh), so R_cstr of several discs lies below that of the largest of them
alone, and above zero.
"""

import math
import random

import pytest

import constriction

ASKED = 2e-2


def solve(interface, height="1 um", model="auto"):
    case = {"interface": interface, "gap": {"height": height, "model": model}, "accuracy": {"relative_error": ASKED}}
    return constriction.simulate(constriction.parse_case(case))


def scattered_discs(seed):
    """Discs of very unlike sizes, some on the mirrors, some nearly touching."""
    rng = random.Random(seed)
    discs = []
    while len(discs) < 5:
        r, x, y = 10 ** rng.uniform(-1.8, -0.8), rng.choice((0.0, rng.uniform(0.2, 0.8))), rng.uniform(0.2, 0.6)
        if all(math.hypot(x - a, y - b) > 1.04 * (r + c) for a, b, c in discs) and r < 0.16:
            discs.append((x, y, r))
    return discs


def listed(discs):
    return {"pattern": "list", "cell": ["1 mm", "0.8 mm"], "discs": [[f"{v!r} mm" for v in disc] for disc in discs]}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("model", ["thin", "volume"])
def test_scattered_discs(seed, model):
    discs = scattered_discs(seed)
    result, largest = (
        solve(listed(discs), "8 um", model),
        solve(listed([max(discs, key=lambda d: d[2])]), "8 um", model),
    )
    assert result.accuracy_reached and largest.accuracy_reached
    assert 0 < result.R_cstr < largest.R_cstr


@pytest.mark.parametrize(
    "interface",
    [
        {"pattern": "square", "contact_fraction": 0.001},
        {"pattern": "square", "contact_fraction": 0.75},
        {"pattern": "hexagonal", "contact_fraction": 0.88},
        {"pattern": "square", "shape": "square", "contact_fraction": 0.95},
        {"pattern": "hexagonal", "shape": "square", "contact_fraction": 0.8},
        {"pattern": "single", "cell_shape": "circular", "contact_fraction": 0.9},
        {"pattern": "single", "cell_shape": "circular", "shape": "square", "contact_fraction": 0.6},
    ],
)
def test_extreme_fractions_and_their_pores(interface):
    contacts = solve({**interface, "pitch": "1 mm"})
    pores = solve(
        {**interface, "pitch": "1 mm", "inverted": True, "contact_fraction": 1 - interface["contact_fraction"]}
    )
    assert contacts.accuracy_reached and pores.accuracy_reached
    assert contacts.R_cstr > 0 and pores.R_cstr > 0


def test_stripes_of_contact_are_stripes_of_gap():
    """Exchanging contact and gap stripes moves the pattern by half a period and nothing else."""
    stripes = {"pattern": "stripes", "contact_fraction": 0.02, "pitch": "1 mm"}
    both = [solve(stripes), solve({**stripes, "inverted": True})]
    difference = abs(both[0].R_cstr - both[1].R_cstr)
    assert difference <= both[0].R_cstr_error + both[1].R_cstr_error
