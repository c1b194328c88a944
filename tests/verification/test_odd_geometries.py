"""Cells that are hard to mesh are solved, within the asked accuracy, and obey what any geometry must.

More contact never raises a resistance (Rayleigh), so R_cstr of several discs lies below that of the largest of them
alone, and above zero.
"""

import math
import random

import pytest
from support.closed_forms import small_pore_constriction, strip_constriction, tube_disc_constriction

import constriction
from constriction.base.errors import InputError

ASKED = 2e-2


def solve(interface, height="1 um", model="auto", method="finite_elements", thickness="6 mm"):
    case = {
        "interface": interface,
        "gap": {"height": height, "model": model},
        "electrolyte": {"thickness": thickness},
        "accuracy": {"relative_error": ASKED, "method": method},
    }
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


def test_a_square_that_nearly_touches_its_round_wall():
    """Moving the corners nearer to the wall changes hardly anything; gmsh crashed where it overlooked the short way."""
    touching = 2 / math.pi
    square = {"pattern": "single", "cell_shape": "circular", "shape": "square", "pitch": "1 mm"}
    found = [solve({**square, "contact_fraction": touching * (1 - way)}, model="thin") for way in (3e-4, 1e-4, 1e-5)]
    for farther, nearer in zip(found, found[1:], strict=False):
        assert nearer.accuracy_reached
        assert abs(farther.R_cstr - nearer.R_cstr) <= farther.R_cstr_error + nearer.R_cstr_error


# σ of NZSP is 0.5 S/m, the slab deep; R_cstr in Ω·m² of a pitch of 1 mm.
NEARLY_NOTHING = [
    ({"pattern": "stripes", "contact_fraction": 1e-4}, strip_constriction(1e-4, 1e-3, 0.5)),
    ({"pattern": "stripes", "contact_fraction": 0.99}, strip_constriction(0.99, 1e-3, 0.5)),
    # Holm's disc, less 1.41 ε of a tube
    (
        {"pattern": "single", "cell_shape": "circular", "contact_fraction": 1e-9},
        tube_disc_constriction(0.5e-3 * math.sqrt(1e-9), 0.5e-3, 0.5),
    ),
    (
        {"pattern": "square", "contact_fraction": 1 - 1e-6, "inverted": True},
        small_pore_constriction(1e-6, 1e-3 * math.sqrt(1e-6 / math.pi), 0.5),
    ),
]


@pytest.mark.parametrize(("interface", "exact"), NEARLY_NOTHING)
def test_hardly_any_contact_or_hardly_any_gap(interface, exact):
    result = solve({**interface, "pitch": "1 mm"}, model="thin")
    assert abs(result.R_cstr - exact) <= result.R_cstr_error <= 0.02 * exact


def test_transforms_of_stripes_with_hardly_any_gap():
    interface = {"pattern": "stripes", "contact_fraction": 0.9999, "pitch": "1 mm"}
    result = solve(interface, model="thin", method="spectral")
    exact = -1e-3 / (math.pi * 0.5) * 0.5 * math.log1p(-(math.sin(math.pi / 2 * 1e-4) ** 2))
    assert abs(result.R_cstr - exact) <= result.R_cstr_error <= 0.02 * exact


def test_a_cell_as_long_as_a_thousand_spots_is_a_factor_where_multigrid_stalls():
    """Far from the spot the current spreads as in a plane: R grows by P/(πσ)·ln 10 from one to the next."""
    lengths = 1e-3, 1e-4, 1e-5, 1e-6
    found = [
        solve(
            {"pattern": "list", "cell": ["1 mm", f"{w} m"], "discs": [["0.5 mm", f"{w / 2} m", f"{w / 5} m"]]}, "1 nm"
        )
        for w in lengths[1:]
    ]
    for wider, narrower in zip(found, found[1:], strict=False):
        exact = 1e-3 / (math.pi * 0.5) * math.log(10)
        assert abs(narrower.R_cstr - wider.R_cstr - exact) <= wider.R_cstr_error + narrower.R_cstr_error


UNSOLVABLE = [
    ({"pattern": "stripes", "contact_fraction": 1e-7}, {}, "elements need 2e-06; expected larger spots and wider ways"),
    ({"pattern": "stripes", "contact_fraction": 0.9999}, {}, "sides are 2e\\+04 to 1, .*drown in rounding"),
    ({"pattern": "square", "contact_fraction": 1 - 1e-9, "inverted": True}, {}, "nearly everything is in contact"),
    ({"pattern": "single", "cell_shape": "circular", "contact_fraction": 0.9999}, {}, "so near to each other"),
    ({"pattern": "single", "cell_shape": "circular", "contact_fraction": 1 - 1e-9}, {}, "elements need 2e-06"),
    (
        {"pattern": "square", "shape": "square", "contact_fraction": 1e-9, "inverted": True},
        {},
        "elements need 2e-06",
    ),
    (
        {"pattern": "single", "cell_shape": "circular", "contact_fraction": 1 - 1e-9},
        {"method": "spectral"},
        "too small for transforms",
    ),
    ({"pattern": "square", "shape": "square", "contact_fraction": 0.9999}, {}, "so near to each other"),
    ({"pattern": "square", "contact_fraction": 0.2}, {"thickness": "20 nm"}, "as wide as the slab is thick"),
    ({"pattern": "square", "contact_fraction": 1e-9}, {"method": "spectral"}, "only 1e-09 of the interface"),
    ({"pattern": "square", "contact_fraction": 1e-6}, {"method": "spectral"}, "pixels for each spot"),
    (
        {"pattern": "single", "cell_shape": "circular", "contact_fraction": 1e-9},
        {"method": "spectral"},
        "too small for transforms",
    ),
]


@pytest.mark.parametrize(("interface", "how", "words"), UNSOLVABLE)
def test_what_cannot_be_solved_is_refused_before_computing(interface, how, words):
    with pytest.raises(InputError, match=words) as refusal:
        solve({**interface, "pitch": "1 mm"}, model="thin", **how)
    assert "\n" not in str(refusal.value)


def test_stripes_of_contact_are_stripes_of_gap():
    """Exchanging contact and gap stripes moves the pattern by half a period and nothing else."""
    stripes = {"pattern": "stripes", "contact_fraction": 0.02, "pitch": "1 mm"}
    both = [solve(stripes), solve({**stripes, "inverted": True})]
    difference = abs(both[0].R_cstr - both[1].R_cstr)
    assert difference <= both[0].R_cstr_error + both[1].R_cstr_error
