"""Cases as states of the explorer: those that it can show say what they say elsewhere, the others why not."""

import re
from pathlib import Path

import numpy as np
import pytest

from constriction.case.schema import load, parse_case
from constriction.interpret.atlas import load_atlas
from constriction.view.explorer.materials import materials
from constriction.view.explorer.presets import header_of, preset_of, presets

CASES = Path(__file__).parents[2] / "meshes"
EXPECTED = re.compile(r"R_cstr = ([0-9.]+) Ω·cm²")
SPREAD = 3  # standard deviations of one random cell


@pytest.fixture(scope="module")
def found():
    return presets(load_atlas(), CASES.glob("*.toml"))


def constriction_of(state):
    """R_cstr in Ω·cm² by the atlas, and its spread between random interfaces."""
    atlas, own = load_atlas(), state["electrolyte"]
    at = np.array([state["contactFraction"]]), np.array([state["thickness"] / state["pitch"]])
    rest = atlas.interface(state["pattern"], *at, np.zeros((1, 1), complex))[0, 0].real
    resistivity = 1 / own["bulkConductivity"]
    if own["grainBoundaryConductivity"] is not None:
        resistivity += 1 / own["grainBoundaryConductivity"]
    return 1e4 * state["pitch"] * resistivity * rest, float(atlas.spread(state["pattern"], *at)[0])


def test_every_preset_has_what_its_text_says_or_a_reason(found):
    checked = 0
    for preset in found:
        assert (preset["state"] is None) == bool(preset["reason"]), preset["title"]
        said = EXPECTED.search(preset["note"])
        if preset["state"] is not None and said:
            value, spread = constriction_of(preset["state"])
            rounding = 0.5 * 10.0 ** -len(said[1].rstrip(".").partition(".")[2])
            allowed = rounding + (0.005 + SPREAD * spread) * value
            assert value == pytest.approx(float(said[1].rstrip(".")), abs=allowed), preset["title"]
            checked += 1
    assert checked >= 6


def test_every_shipped_case_is_in_the_list_once(found):
    files = [preset["file"] for preset in found if "file" in preset]
    assert sorted(files) == sorted(path.name for path in CASES.glob("*.toml"))
    shown = {preset["file"] for preset in found if preset.get("file") and preset["state"]}
    assert {"sodium_islands.toml", "stripes.toml", "two_signals.toml", "micro_contacts.toml"} <= shown
    assert not shown & {"single_spot.toml", "lifted_plate.toml", "symmetric_cell.toml", "llzo_square_spot.toml"}


def test_reasons_are_of_the_case():
    atlas = load_atlas()
    reasons = {path.name: preset_of(load(path), atlas)["reason"] for path in CASES.glob("*.toml")}
    assert "lifted" in reasons["lifted_plate.toml"]
    assert "two interfaces" in reasons["symmetric_cell.toml"]
    assert "of squares" in reasons["llzo_square_spot.toml"]
    assert "full" in reasons["dense_layer.toml"]
    assert "grains" in reasons["grains.toml"]


def test_a_film_on_stripes_is_a_state():
    case = parse_case(
        {
            "interface": {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "100 um"},
            "contact": {"law": "p(R1,Q1)", "R1": "2 ohm cm2", "C1": "20 uF/cm2", "a1": 0.9},
        }
    )
    film = preset_of(case, load_atlas())["state"]["film"]
    assert film == {"resistance": pytest.approx(2e-4), "capacitance": pytest.approx(0.2), "exponent": 0.9}


def wedge(pattern="stripes", **gap):
    """A case on a pitch of 1 mm whose metal is lifted in a straight line."""
    linear = {"height": "100 nm", "profile": "linear", "rise": "5 um", "length": "70 um"}
    return parse_case(
        {
            "interface": {"pattern": pattern, "contact_fraction": 0.3, "pitch": "1 mm"},
            "gap": {**linear, **gap},
        }
    )


def test_a_lifted_zone_is_a_state_as_far_as_it_is_known():
    atlas = load_atlas()
    state = preset_of(wedge(), atlas)["state"]
    assert state["zone"] == {"share": pytest.approx(0.2), "ratio": pytest.approx(50)}
    assert preset_of(wedge("hexagonal"), atlas)["state"]["zone"]["ratio"] == pytest.approx(50)
    for case, said in (
        (wedge("square"), "beside ideal contacts of stripes and hexagonal only"),
        (wedge(length="300 um"), "0.857 of half the gap's width, the atlas's at most 0.7"),
        (wedge(rise="50 um"), "500 times as high at the rims, the atlas's at most 200"),
    ):
        assert said in preset_of(case, atlas)["reason"]


def test_a_comment_at_the_head_is_the_note():
    assert header_of(CASES / "stripes.toml").startswith("A check with an exact answer: stripes")


def test_materials_have_the_values_of_a_case():
    for material in materials():
        case = parse_case(
            {
                "interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "1 mm"},
                "electrolyte": {"material": material["name"]},
            }
        )
        own = case.electrolyte
        assert material["electrolyte"]["bulkConductivity"] == own.bulk_conductivity
        assert material["electrolyte"]["grainBoundaryConductivity"] == own.grain_boundary_conductivity
        assert material["temperature"] == own.temperature
