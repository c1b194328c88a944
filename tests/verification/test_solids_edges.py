"""Edges of cells with solids and grains: no contact at all, fields as files, full contact."""

from __future__ import annotations

import meshio
import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.case.schema import parse_case
from constriction.simulation.record import write_field_of
from constriction.simulation.simulate import simulate

ELECTROLYTE = {"thickness": "100 um"}
LEAKING = {"height": "10 nm", "law": "p(C,R1)", "R1": "1 ohm cm2"}


def lattice(fraction: float, **sections: object) -> dict[str, object]:
    interface = {"pattern": "square", "contact_fraction": fraction, "pitch": "40 um"}
    return {"electrolyte": ELECTROLYTE, "interface": interface, "accuracy": {"relative_error": 1e-2}, **sections}


def test_a_leaking_gap_over_a_void_without_any_contact():
    void = {"kind": "void", "radius": "2 um", "below": "20 um"}
    result = simulate(parse_case(lattice(0.0, gap=LEAKING, solid=[void])))
    # deep under an even interface a sphere adds 3/2 of its share of the volume of its slab (docs/physics.md#solids)
    added = 1.5 * 4 / 3 * np.pi * 2e-6**3 / 40e-6**2 * result.R_electrolyte / 100e-6
    assert result.R_interface == pytest.approx(1e-4 + added, abs=2 * result.R_interface_error)
    assert result.R_interface_error < 0.1 * added


def test_the_field_beside_a_pit_is_written(tmp_path):
    result = simulate(parse_case(lattice(0.2, solid=[{"kind": "pit", "radius": "5 um"}])))
    write_field_of(result, tmp_path)
    potential = meshio.read(tmp_path / "field.vtu").point_data["potential_dc_volt"]
    assert potential.min() == 0.0
    assert 0.5 < potential.max() <= 1.0


@pytest.mark.parametrize("depth", ["50 um", "1 nm"])
def test_what_is_too_slender_is_refused(depth):
    solid = {"kind": "spheroid", "radius": "1 nm" if depth == "50 um" else "10 um", "depth": depth}
    with pytest.raises(InputError, match=r"solid\[0\].depth = .* times radius"):
        parse_case(lattice(1.0, solid=[solid]))


def test_grains_in_full_contact_constrict_nothing():
    case = lattice(1.0, grains={"shape": "cubes", "mean_size": "10 um", "depth": "20 um"})
    result = simulate(parse_case(case | {"accuracy": {"relative_error": 0.05}}))
    assert result.R_cstr == 0.0
    assert result.R_dc == pytest.approx(result.R_electrolyte)


def test_floating_metal_far_from_everything_takes_three_times_its_volume():
    ball = {"kind": "spheroid", "floating": True, "radius": "2 um", "depth": "2 um", "below": "40 um"}
    case = lattice(1.0, solid=[ball]) | {"accuracy": {"relative_error": 2e-3}}
    result = simulate(parse_case(case))
    share = 4 / 3 * np.pi * 2e-6**3 / 40e-6**2 / 100e-6
    assert result.accuracy_reached  # metal conducts 1e8 times as well: bounds went apart from mesh to mesh
    assert result.R_cstr == pytest.approx(-3 * share * result.R_electrolyte, abs=result.R_cstr_error)
    assert result.R_cstr_error < 0.01 * abs(result.R_cstr)


def test_a_pit_on_the_axis_of_a_tube_lifts_the_electrode():
    tube = {"pattern": "single", "cell_shape": "circular", "contact_fraction": 1.0, "pitch": "40 um"}
    case = lattice(1.0, solid=[{"kind": "pit", "radius": "2 um"}]) | {"interface": tube}
    result = simulate(parse_case(case | {"accuracy": {"relative_error": 2e-3}}))
    dilute = -2 * np.pi * 2e-6**3 / (np.pi * 20e-6**2) * result.R_electrolyte / 100e-6
    # the mesh's side is 1e-5 off the cylinder, which was 2 % of this; images of the dipole take 1.6e-3
    assert result.R_cstr == pytest.approx(dilute, rel=3e-3)
