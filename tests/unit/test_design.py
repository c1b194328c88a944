"""What a measurement could tell, against numbers found otherwise and against what must hold of any information."""

import json

import numpy as np
import pytest

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.cli import main
from constriction.interpret.atlas import load_atlas
from constriction.interpret.design import SHAPE, forward_of, measured, sharpness, variations, warmer
from constriction.interpret.responses import responses

NOISE = 2e-3
# Contact fraction, pitch, gap height; to 7 MHz; standard deviations of their logarithms, with an electrolyte that is
# known within 30 % (f_gb 70 %) and with one that is known: worked out by another program, with other solves.
ELSEWHERE = [
    (0.2, "2 mm", "5 nm", [0.97, 1.1, 0.27], [0.60, 0.70, 0.16]),
    (0.3, "5 mm", "100 nm", [1.1, 1.8, 0.50], [0.56, 0.92, 0.25]),
    (0.1, "100 um", "100 nm", [1.8, 1.6, 2.1], [1.7, 1.5, 0.26]),
]


def case_of(share, pitch, gap, **more):
    interface = {"pattern": "hexagonal", "contact_fraction": share, "pitch": pitch}
    return parse_case({"interface": interface, "gap": {"height": gap}} | more)


def seen(share, pitch, gap, highest=7e6, **more):
    forward, values = forward_of(case_of(share, pitch, gap, **more), load_atlas())
    return measured(forward, 100, highest, 10), values


@pytest.mark.parametrize(("share", "pitch", "gap", "free", "known"), ELSEWHERE)
def test_deviations_are_those_that_were_found_elsewhere(share, pitch, gap, free, known):
    """Other priors of exponent and permittivity, another lowest frequency: within a factor of 1.4."""
    found = sharpness(*seen(share, pitch, gap), NOISE)
    assert np.abs(np.log(found.deviations / free)).max() < np.log(1.4)
    assert np.abs(np.log(found.known / known)).max() < np.log(1.4)


def test_the_slope_is_that_of_the_spectrum():
    """A spectrum that moves by one deviation along the sharpest direction moves by its noise, all points together."""
    forward, values = seen(0.2, "2 mm", "5 nm")
    found = sharpness(forward, values, NOISE)
    step = 1e-3
    moved = dict(values)
    for name, part in zip(SHAPE, found.directions[0], strict=True):
        moved[name] = values[name] * np.exp(step * part)
    before, after = forward.at(values)[0], forward.at(moved)[0]
    alone = np.linalg.norm(np.abs(after - before) / np.abs(before)) / step / NOISE
    # The electrolyte may follow, so together with it the direction is at most as sharp as alone.
    assert 1 / alone <= found.along[0] * 1.001 < 10 / alone


def test_more_is_never_told_less_sharply():
    forward, values = seen(0.2, "2 mm", "5 nm")
    first = sharpness(forward, values, NOISE)
    wider = sharpness(measured(forward, 100, 1e8, 10), values, NOISE)
    quieter = sharpness(forward, values, NOISE / 4)
    for other in (wider.deviations, quieter.deviations, first.known):
        assert np.all(other <= first.deviations * 1.001)
    assert np.all(np.diff(first.along) > 0)
    assert first.directions @ first.directions.T == pytest.approx(np.eye(3), abs=1e-9)


def test_a_pitch_from_a_microscope_is_worth_more_than_a_decade_of_frequency():
    found = dict(variations(case_of(0.2, "2 mm", "5 nm"), *seen(0.2, "2 mm", "5 nm"), NOISE))
    assert found["pitch to 10 %"].deviations[0] < 0.3 * found["to 100 MHz"].deviations[0]
    assert list(found)[0] == "this measurement" and len(found) == 9


def test_warmer_is_the_material_at_that_temperature():
    for electrolyte in ({"material": "NZSP"}, {"material": "LLZO"}):
        cold = parse_case(
            {"interface": {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "1 mm"}, "electrolyte": electrolyte}
        )
        there = cold.electrolyte.temperature + 30
        named = {**electrolyte, "temperature": f"{there} K"}
        written = parse_case(
            {"interface": {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "1 mm"}, "electrolyte": named}
        )
        found = warmer(cold, 30).electrolyte
        for key in ("bulk_conductivity", "grain_boundary_conductivity", "grain_boundary_frequency"):
            assert getattr(found, key) == pytest.approx(getattr(written.electrolyte, key), rel=1e-9)
            assert getattr(found, key) > getattr(cold.electrolyte, key)
    own = {"bulk_conductivity": "2 mS/cm"}
    twice = warmer(case_of(0.2, "1 mm", "5 nm", electrolyte=own), 30).electrolyte
    once = warmer(case_of(0.2, "1 mm", "5 nm"), 30).electrolyte
    factor = 0.2 / case_of(0.2, "1 mm", "5 nm").electrolyte.bulk_conductivity
    assert twice.bulk_conductivity == pytest.approx(factor * once.bulk_conductivity, rel=1e-9)


def test_far_above_the_electrolyte_in_time_what_is_read_goes_as_the_constriction_does():
    """Islands of 2 mm over 1 nm: their arc is far from the slab's, so R_int is R_cstr and C_int its capacitance."""
    forward, values = seen(0.2, "2 mm", "1 nm")
    found = responses(case_of(0.2, "2 mm", "1 nm"), forward, values)
    rest = [float(load_atlas().interface("hexagonal", np.array([f]), np.array([0.75]), np.zeros((1, 1)))[0, 0].real)
            for f in (0.2 * np.exp(0.02), 0.2 * np.exp(-0.02))]  # fmt: skip
    of_share = np.log(rest[0] / rest[1]) / 0.04
    assert found.powers["contact_fraction"]["R_int"] == pytest.approx(of_share, rel=0.03)
    assert found.powers["gap_height"]["R_int"] == pytest.approx(0, abs=0.02)
    assert found.powers["gap_height"]["C_int"] == pytest.approx(-1, abs=0.03)
    for name in ("contact_fraction", "pitch", "gap_height"):
        assert found.powers[name]["R_SE"] == pytest.approx(0, abs=0.02)
    # All resistances at rest together are inverse to both conductivities together.
    of_both = [sum(found.powers[f"{which}_conductivity"][read] for which in ("bulk", "grain_boundary"))
               for read in ("R_SE", "R_int")]  # fmt: skip
    assert of_both == pytest.approx([-1, -1], abs=0.03)


def test_what_is_not_read_has_no_response():
    found = responses(case_of(0.6, "10 um", "1 um"), *seen(0.6, "10 um", "1 um"))
    assert found.apparent.R_int is None and found.remark
    assert found.powers["pitch"]["R_int"] is None and found.powers["pitch"]["R_SE"] is not None
    assert found.changes["bulk_conductivity"] > 100 * found.changes["gap_height"]


def test_pores_are_those_of_the_atlas():
    interface = {"pattern": "hexagonal", "contact_fraction": 0.4, "pitch": "1 mm", "inverted": True}
    forward, _ = forward_of(parse_case({"interface": interface}), load_atlas())
    assert forward.model.pattern == "pores"


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ((1.0, "1 mm", "10 nm"), "contact fraction 1"),
        ((0.2, "20 mm", "10 nm"), "pitch 20 mm"),
        ((0.2, "1 mm", "100 um"), "gap height 100 um"),
    ],
)
def test_what_lies_beyond_the_priors_is_refused(case, words):
    """Full contact has no constriction, and nothing to see of a pitch or a gap."""
    with pytest.raises(InputError, match=f"{words}: expected"):
        forward_of(case_of(*case), load_atlas())


@pytest.mark.parametrize(
    "case",
    [
        {"interface": {"pattern": "square", "shape": "square", "contact_fraction": 0.2, "pitch": "1 mm"}},
        {"interface": {"pattern": "square", "inverted": True, "contact_fraction": 0.4, "pitch": "1 mm"}},
        {"interface": {"pattern": "list", "cell": ["1 mm", "1 mm"], "discs": [["0.5 mm", "0.5 mm", "0.1 mm"]]}},
        {
            "interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "1 mm"},
            "contact": {"law": "R1", "R1": "1 ohm cm2"},
        },
        {
            "interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "1 mm"},
            "gap": {"law": "p(C,R1)", "R1": "1 kohm cm2"},
        },
        {
            "interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "1 mm"},
            "gap": {"height": "none"},
        },
        {
            "interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "1 mm"},
            "counter": {"symmetric": True},
        },
    ],
)
def test_what_the_atlas_does_not_have_is_refused_in_one_line(case):
    with pytest.raises(InputError, match="expected discs, stripes or pores of the atlas") as error:
        forward_of(parse_case(case), load_atlas())
    assert "\n" not in str(error.value)


CASE = '[interface]\npattern = "stripes"\ncontact_fraction = 0.3\npitch = "2 mm"\n'


def test_the_command_prints_a_table_or_json(tmp_path, capsys):
    path = tmp_path / "case.toml"
    path.write_text(CASE)
    assert main(["sensitivity", str(path)]) == 0
    told = capsys.readouterr().out
    assert "this measurement" in told and "hardly told" in told
    assert main(["sensitivity", str(path), "--json", "--noise", "0.001"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["noise_relative"] == 0.001
    assert set(record["deviations_of_logarithms"]["this measurement"]) == set(SHAPE)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--noise", "0"], "--noise 0.0: expected a part of |Z|"),
        (["--to", "8 MHz"], "expected below --from '7 MHz'"),
        (["--from", "7"], "--from"),
    ],
)
def test_wrong_input_is_one_line(tmp_path, capsys, arguments, said):
    path = tmp_path / "case.toml"
    path.write_text(CASE)
    assert main(["sensitivity", str(path), *arguments]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and said in line
