"""docs/results.md tells of every file and every key that a run leaves behind."""

import re
from collections import ChainMap
from pathlib import Path

import pytest
from support.maps import blobs, map_case

from constriction import parse_case, simulate
from constriction.simulation.cross_check import CrossCheck
from constriction.simulation.record import FILES, result_record

PAGE = (Path(__file__).parents[2] / "docs" / "results.md").read_text("utf-8")
CASE = {
    "interface": {"pattern": "single", "cell_shape": "circular", "contact_fraction": 0.2, "pitch": "1 mm"},
    "gap": {"height": "5 nm"},
    "accuracy": {"method": "spectral"},
}


LIFTED = {
    "interface": {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "2 mm"},
    "gap": {"profile": "plate", "rise": "8.8 um"},
    "collector": {"stack_pressure": "0.1 MPa"},
    "accuracy": {"method": "spectral", "relative_error": 0.05},
}
PELLET = {
    "interface": {"pattern": "single", "cell_shape": "circular", "contact_fraction": 1e-2, "pitch": "10 mm"},
    "contact": {"fine": "micro.toml"},
    "gap": {"height": "none"},
    "accuracy": {"relative_error": 0.1},
}
RESOLVED = {
    "interface": {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "1 mm"},
    "gap": {"height": "100 nm"},
    "accuracy": {"metals": "resolved", "relative_error": 0.05},
}
MICRO = """
[interface]
pattern = "stripes"
contact_fraction = 0.5
pitch = "10 um"
"""


@pytest.fixture(scope="module")
def record():
    result, pellet = simulate(parse_case(CASE)), simulate(parse_case(PELLET, "pellet", {"micro.toml": MICRO}))
    lifted = simulate(parse_case(LIFTED))
    mapped = simulate(map_case(blobs(1, 0.3), 0.1, 0.1))
    resolved = simulate(parse_case(RESOLVED))
    records = [result_record(one) for one in (pellet, lifted, mapped, resolved, result)]
    return dict(ChainMap(*reversed(records))) | CrossCheck(result, result).record()


def test_every_key_is_told(record):
    assert [key for key in record if f"`{key}`" not in PAGE] == []
    (peak,) = record["peaks"]
    assert [key for key in (peak | record["metals_impedance"][0]) if f"`{key}`" not in PAGE] == []


def test_keys_are_told_in_their_unit(record):
    """Each row of keys has one unit for all of them: the one that their names end with."""
    units = {"_ohm_cm2": "Ω·cm²", "_farad_per_cm2": "F/cm²", "_hertz": "Hz", "_ohm": "Ω", "_cm2": "cm²"}
    for key in record:
        for suffix, unit in units.items():
            if key.endswith(suffix):  # the longest first
                (row,) = re.findall(rf"^\|[^|]*`{key}`[^|]*\|([^|]*)\|", PAGE, re.MULTILINE)
                assert row.strip() == unit, key
                break


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_told(name):
    assert f"`{name}`" in PAGE
