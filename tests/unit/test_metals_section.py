"""Resolved metals in the case file: what is completed, what is refused in one line, and what is told."""

import tomllib

import pytest

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.case.schema import case_sha256, resolved_toml
from constriction.field.metals.stacked import Sheets, sheets_between, sheets_over
from constriction.geometry.cell import lay_out_case
from constriction.simulation.metals.added import check_metals_of
from constriction.view.terminal.result_rows import metal_rows

HEXAGONAL = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"}
RESOLVED = {"metals": "resolved"}


def case_with(accuracy=RESOLVED, interface=HEXAGONAL, **sections):
    return parse_case({"interface": interface, "accuracy": accuracy, **sections})


def test_conductivities_of_sodium_and_copper_are_completed_and_written_out():
    case = case_with()
    assert (case.contact.conductivity, case.collector.conductivity) == (2.1e7, 5.96e7)
    assert case.collector.thickness == 5e-6
    text = resolved_toml(case)
    assert 'metals = "resolved"' in text
    assert "conductivity = " in text.partition("[collector]")[2]
    own = case_with(contact={"conductivity": "1.08e7 S/m"}, collector={"thickness": "10 um"})
    assert (own.contact.conductivity, own.collector.thickness) == (1.08e7, 1e-5)
    assert own.collector.conductivity == 5.96e7


def test_a_resolved_case_is_read_as_it_was():
    case = case_with(contact={"conductivity": "1.08e7 S/m"})
    assert parse_case(tomllib.loads(resolved_toml(case))) == case


def test_equipotential_metals_are_as_if_nothing_was_said():
    said, unsaid = case_with({"metals": "equipotential"}), case_with({})
    assert said == unsaid
    assert case_sha256(said) == case_sha256(unsaid)
    assert "metals" not in resolved_toml(said)


LIST = {"pattern": "list", "cell": ["1 mm", "1 mm"], "discs": [["0.5 mm", "0.5 mm", "0.2 mm"]]}


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"accuracy": {"metals": "real"}}, "accuracy.metals = 'real': expected 'equipotential' or 'resolved'"),
        ({"accuracy": {"metals": 1}}, "accuracy.metals = 1: expected 'equipotential' or 'resolved'"),
        (
            {"contact": {"conductivity": "-1 S/m"}},
            "contact.conductivity = '-1 S/m': expected a conductivity above zero",
        ),
        ({"contact": {"conductivity": "2e7"}}, "contact.conductivity = '2e7'"),
        (
            {"contact": {"conductivity": "2e7 S/m"}, "accuracy": {}},
            "contact.conductivity = '20000000.0 S/m': metals are equipotentials; expected accuracy.metals = 'resolved'",
        ),
        (
            {"collector": {"conductivity": "6e7 S/m"}, "gap": {"profile": "plate", "rise": "5 um"}, "accuracy": {}},
            "collector.conductivity = '60000000.0 S/m': metals are equipotentials",
        ),
        ({"collector": {"adhesion": "1 J/m2"}}, "collector.adhesion: does not apply to gap.profile = 'uniform'"),
        ({"collector": {"thickness": "4 um"}, "accuracy": {}}, "collector: does not apply to gap.profile = 'uniform'"),
        ({"gap": {"height": "none"}}, "gap.height = 'none': with accuracy.metals = 'resolved' islands are as high"),
        ({"gap": {"law": "p(C,R1)", "R1": "1 ohm cm2"}}, "gap.law = 'p(C,R1)': not with accuracy.metals = 'resolved'"),
        (
            {
                "gap": {"profile": "plate", "rise": "5 um"},
                "collector": {"stack_pressure": "1 MPa"},
            },
            "gap.profile = 'plate': not with accuracy.metals = 'resolved' yet; expected profile = 'uniform'",
        ),
        ({"contact": {"law": "R1", "R1": "1 ohm cm2"}}, "contact.law = 'R1': not with accuracy.metals = 'resolved'"),
        ({"counter": {"symmetric": True}}, "counter.symmetric = true: not with accuracy.metals = 'resolved'"),
        ({"interface": {**LIST, "sides": "periodic"}}, "interface.sides = 'periodic': not with accuracy.metals"),
        ({"interface": {**LIST, "pellet": "3 mm"}}, "interface.pellet = '3 mm': not with accuracy.metals"),
        ({"grains": {"mean_size": "200 um"}}, "grains: not with accuracy.metals = 'resolved' yet"),
        (
            {"solid": [{"kind": "pit", "radius": "50 um"}]},
            "solid: 1 of them with accuracy.metals = 'resolved', not yet; expected none",
        ),
    ],
)
def test_bad_input_is_one_line(sections, words):
    with pytest.raises(InputError) as error:
        case_with(**{"accuracy": RESOLVED, **sections})
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_many_spots_are_refused_before_anything_is_solved():
    case = case_with(interface={**HEXAGONAL, "pattern": "random", "spots": 12})
    with pytest.raises(
        InputError, match="accuracy.metals = 'resolved': 12 spots in the mirror cell; expected at most 8"
    ):
        check_metals_of(case, lay_out_case(case))
    check_metals_of(case_with(), lay_out_case(case_with()))


def test_sheets_are_thin_at_both_ends():
    sheets = Sheets(first=0.01, growth=2.0)
    over = sheets_over(1.0, sheets)
    assert over[-1] == pytest.approx(1.0)
    assert over[0] <= 0.01
    between = sheets_between(1.0, sheets)
    assert between[-1] == 1.0
    assert list(1 - between[-2::-1]) == pytest.approx(list(between[:-1]))
    assert len(sheets_over(1e-6, sheets)) == 3


def test_a_line_of_the_table():
    record = {
        "metals_R_cstr_ohm_cm2": 5.8e-9,
        "metals_R_cstr_error_ohm_cm2": 4e-11,
        "metals_R_cstr_relative": 3.9e-10,
    }
    ((name, text),) = metal_rows(record)
    assert name == "metals"
    assert text == "add 5.8e-09 ± 4e-11 Ω·cm² to R_cstr, 3.9e-10 of it"
    assert list(metal_rows({})) == []
