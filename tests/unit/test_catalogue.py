"""The catalogue has every number of a result once, with units that agree with each other."""

import pint
import pytest

from constriction import parse_case, simulate
from constriction.base.catalogue import EDGE_UNITS, QUANTITIES, edge_record, edge_unit
from constriction.simulation.cross_check import CrossCheck
from constriction.simulation.record import result_record


@pytest.mark.parametrize("unit", EDGE_UNITS)
def test_factors_take_the_unit_inside_to_the_one_written(unit):
    registry = pint.UnitRegistry()
    inside = registry(unit.replace("m2", "m^2") if unit != "1" else "dimensionless")
    written = registry(EDGE_UNITS[unit].label.replace("·", "*") or "dimensionless")
    assert (inside / written).to_base_units().magnitude == pytest.approx(EDGE_UNITS[unit].factor, rel=1e-14)
    assert inside.dimensionality == written.dimensionality


@pytest.mark.usefixtures("no_git")
def test_every_number_of_a_result_is_in_the_catalogue():
    case = {"interface": {"pattern": "single", "cell_shape": "circular", "contact_fraction": 0.2, "pitch": "1 mm"}}
    result = simulate(parse_case({**case, "accuracy": {"method": "spectral"}}))
    record = result_record(result) | CrossCheck(result, result).record()
    for part in (record, *record["peaks"]):
        numbers = [key for key, value in part.items() if isinstance(value, float | int) and not isinstance(value, bool)]
        assert [key for key in numbers if key not in QUANTITIES and "seconds_" not in key] == []


def test_keys_and_symbols_are_made_of_the_name():
    assert [QUANTITIES[key].symbol for key in ("C_low_farad_per_cm2", "apparent_R_SE_ohm_cm2", "contact_fraction")] == [
        "C_low",
        "apparent R_SE",
        "contact fraction",
    ]
    assert edge_unit("f_cstr_hertz").label == "Hz"
    assert edge_unit("my_own_ohm_cm2").label == ""  # a parameter of a study: nothing is read out of its name


def test_values_are_written_in_the_unit_of_their_key():
    given = {"R_cstr_ohm_cm2": 2e-4, "C_low_farad_per_cm2": None, "f_cstr_hertz": float("nan"), "solves": 3}
    assert edge_record(given) == {
        "R_cstr_ohm_cm2": 2.0,
        "C_low_farad_per_cm2": None,
        "f_cstr_hertz": None,
        "solves": 3,
    }
