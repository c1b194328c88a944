"""`run --circuit`: the impedance of what is written is the spectrum's, to 1e-6 of |Z|, read by other means than ours.

The exact answer is the result's own Z. impedance.py's grammar and a nodal analysis of the SPICE file are evaluated by
`support/exported_circuits.py`, which shares nothing with the package.
"""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.exported_circuits import evaluate, nodal

from constriction import load, parse_case, simulate
from constriction.laws.circuit import impedance, parse_circuit
from constriction.simulation.network.files import write_circuit
from constriction.simulation.network.networks import SLAB_SHARE, ladder_of
from constriction.simulation.result import result_of

MESHES = Path(__file__).parents[2] / "meshes"
SHIPPED = ("single_spot", "two_signals", "stripes")
CLOSE = 1e-6  # of |Z|, what is asked of the files
WIDE = np.geomspace(1e-4, 1e14, 37)  # Hz, where peaks are searched for
FILM = {"law": "p(R1,C1)", "R1": "0.5 ohm cm2", "C1": "20 uF/cm2"}
CHARGE_TRANSFER = {"law": "p(R1,Q1)", "R1": "5 ohm cm2", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}
# What the case file says → whether the circuit has constant phases.
SPREAD = {
    "a film": ({"contact": FILM}, False),
    "a film of a constant phase": ({"contact": CHARGE_TRANSFER}, False),
    "that on grain boundaries of one": (
        {"contact": CHARGE_TRANSFER, "electrolyte": {"grain_boundary_exponent": 0.85}},
        True,
    ),
    "a film that blocks": ({"contact": {"law": "C1", "C1": "20 uF/cm2"}}, False),
    "a leak beside the gap": ({"gap": {"height": "100 nm", "law": "p(C,R1)", "R1": "100 ohm cm2"}}, False),
    "a gap that insulates": ({"gap": {"height": "none"}}, False),
    "no grain boundaries": ({"electrolyte": {"grain_boundary_conductivity": "none"}}, False),
    "two interfaces": ({"counter": {"symmetric": True}}, False),
    "full contact": ({"interface": {"pattern": "stripes", "contact_fraction": 1.0, "pitch": "500 um"}}, False),
}


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request):
    return simulate(load(MESHES / f"{request.param}.toml"))


def spread(keys):
    """Stripes by transforms, to an accuracy that takes no time: the files must be as near to any result."""
    stripes = {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "500 um"}
    accuracy = {"method": "spectral", "relative_error": 3e-3}
    return simulate(parse_case({"interface": stripes, "accuracy": accuracy, **keys}))


def written(result, folder):
    """The files' circuit, values and netlist."""
    difference = write_circuit(result, folder)
    assert difference <= CLOSE
    record = json.loads((folder / "circuit.json").read_text())
    return record["Circuit String"], record["Initial Guess"], (folder / "circuit.sp").read_text()


def distance(found, expected):
    """The largest, relative to |Z|; `found` in Ω·cm²."""
    return np.max(np.abs(found - expected * 1e4) / np.abs(expected * 1e4))


def check(result, folder, frequency):
    circuit, values, netlist = written(result, folder)
    z = result.impedance(frequency)
    assert distance(evaluate(circuit, values, frequency), z) < CLOSE
    spectrum = result.spectrum
    assert distance(nodal(netlist, spectrum.frequency), spectrum.impedance) < CLOSE
    # our own reader makes the same of it, so `analyze --circuit` knows every word
    assert np.allclose(impedance(parse_circuit(circuit), values, frequency), evaluate(circuit, values, frequency))
    assert all(value > 0 for value in values)
    return circuit, values, netlist


def test_shipped_cases(shipped, tmp_path):
    circuit, values, netlist = check(shipped, tmp_path, WIDE)
    assert "CPE" not in circuit
    # at direct current capacitors carry nothing
    resistors = [float(line.split()[3]) for line in netlist.splitlines() if line.startswith("R")]
    assert sum(resistors) == pytest.approx(shipped.R_dc * 1e4, rel=CLOSE)
    # Z_cstr is what stands after the electrolyte, with R_cstr the extrapolated one
    text = (tmp_path / "circuit.txt").read_text()
    interface = re.search(r"^interface: (.*)$", text, re.M)[1]
    beyond = values[2 * len(re.findall("R", re.search(r"^electrolyte: (.*)$", text, re.M)[1])) :]
    frequency = shipped.spectrum.frequency
    followed, z = evaluate(interface, beyond, frequency), 1e4 * shipped.constriction(frequency)
    assert np.all(np.abs(followed - z) < CLOSE * (np.abs(z) + SLAB_SHARE * np.abs(1e4 * shipped.slab.impedance)))
    assert evaluate(interface, beyond, [1e-4])[0].real == pytest.approx(shipped.R_cstr * 1e4, rel=CLOSE)


def test_grain_boundaries_of_a_constant_phase(shipped, tmp_path):
    """The circuit has CPEs and is as near; for SPICE resistors and capacitors follow them."""
    electrolyte = shipped.case.electrolyte.model_copy(update={"grain_boundary_exponent": 0.8})
    case = shipped.case.model_copy(update={"electrolyte": electrolyte})
    result = result_of(case, shipped.layout, shipped.laws, shipped.response, 0.0)
    circuit, _, netlist = check(result, tmp_path, WIDE)
    assert "CPE" in circuit and "CPE" not in netlist


@pytest.mark.parametrize("keys, phases", SPREAD.values(), ids=SPREAD)
def test_laws_that_spread_the_relaxation_times(keys, phases, tmp_path):
    result = spread(keys)
    circuit, _, netlist = check(result, tmp_path, result.spectrum.frequency)
    assert ("CPE" in circuit) == phases and "CPE" not in netlist
    if result.R_dc is not None:
        assert nodal(netlist, [0.0])[0] == pytest.approx(result.R_dc * 1e4, rel=CLOSE)


def test_heads_say_units_area_and_difference(tmp_path):
    result = spread({"contact": CHARGE_TRANSFER, "title": "Ä\x1b[2J"})
    written(result, tmp_path)
    for name in ("circuit.txt", "circuit.sp"):
        head = (tmp_path / name).read_text().splitlines()[:3]
        assert head[0].endswith(r"Ä\x1b[2J")
        assert "per cm2 of interface; for A cm2 divide every R by A and multiply every C" in head[1]
        said = float(re.search(r"at most (\S+) of \|Z\|, from 100 Hz to 7e\+07 Hz", head[2])[1])
        assert said == pytest.approx(ladder_of(result).difference, rel=0.05)  # two digits are shown


def test_what_is_told_is_the_difference_from_the_spectrum_that_is_there():
    """Spectra solved directly differ by the reduced model's error; a network that is off says so."""
    result = spread({})
    moved = replace(result.spectrum, impedance=result.spectrum.impedance * (1 + 1e-3))
    assert ladder_of(replace(result, spectrum=moved)).difference == pytest.approx(1e-3, rel=2e-3)
