"""Edges of cells with solids and grains: no contact at all, fields as files, full contact."""

from __future__ import annotations

import gmsh
import meshio
import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.case.schema import parse_case
from constriction.field.solids.converge import cell_of
from constriction.field.solids.drawing import draw
from constriction.field.solids.nodes import set_options
from constriction.geometry.cell import lay_out_case
from constriction.geometry.solids.placed import solids_of
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


@pytest.mark.parametrize("below", ["10 um", "1 nm"])
def test_a_small_void_in_a_corner_is_cut_out(below):
    # its seam lay on a side of the cell, where OpenCASCADE left a surface without a volume
    case = lattice(1.0, solid=[{"kind": "void", "radius": "100 nm", "below": below}])
    result = simulate(parse_case(case))
    half_added = 2 * np.pi * 0.1e-6**3 / 40e-6**2 * result.R_electrolyte / 100e-6
    # alone in the bulk it adds 3/2 of its volume; close to its own image, of opposite sign, a tenth less
    share = {"10 um": 1.0, "1 nm": 0.905}[below]
    assert result.R_cstr == pytest.approx(share * half_added, rel=5e-3)


def test_a_body_that_opencascade_loses_is_told():
    case = parse_case(lattice(1.0, solid=[{"kind": "spheroid", "radius": "30 nm", "depth": "30 um"}]))
    layout = lay_out_case(case)
    cell = cell_of(layout, 100e-6, solids_of(case, layout))
    gmsh.initialize()
    try:
        set_options(1.0)
        with pytest.raises(ValueError, match=r"solid\[0\] is too slender"):  # it had no effect, without a word
            draw(cell.cell, cell.spots, cell.bodies, cell.layers, cell.slab_depth)
    finally:
        gmsh.finalize()


def test_a_pit_as_flat_as_a_thousandth_fills_its_volume():
    result = simulate(parse_case(lattice(1.0, solid=[{"kind": "pit", "radius": "10 um", "depth": "10 nm"}])))
    volume = np.pi * 10e-9 * (3 * 10e-6**2 + 10e-9**2) / 6
    assert result.R_cstr == pytest.approx(-volume / 40e-6**2 * result.R_electrolyte / 100e-6, rel=3e-3)
    assert result.response.fine.cells < 20_000


def test_a_slender_spheroid_takes_few_cells():
    needle = {"kind": "spheroid", "radius": "1 um", "depth": "30 um"}
    result = simulate(parse_case(lattice(1.0, solid=[needle]) | {"accuracy": {"relative_error": 2e-3}}))
    finer = -0.17712419e-4  # at 3e-4: ± 5.4e-10
    assert result.R_cstr == pytest.approx(finer, abs=result.R_cstr_error)
    assert result.response.fine.cells < 8_000  # 18 000, most of them with straight edges, when arms were bent along z


@pytest.mark.parametrize("kind", ["void", "spheroid"])
def test_what_is_too_flat_under_the_interface_is_refused(kind):
    solid = {"kind": kind, "radius": "10 um", "depth": "0.1 um", "below": "3 um"}
    if kind == "spheroid":
        solid["floating"] = True
    with pytest.raises(InputError, match=r"expected 0.03 to 1000 times under the interface"):
        parse_case(lattice(1.0, solid=[solid]))


def test_a_thousand_times_is_not_too_slender():
    solid = parse_case(lattice(1.0, solid=[{"kind": "spheroid", "radius": "30 nm", "depth": "30 um"}])).solid[0]
    assert solid.depth == pytest.approx(30e-6)


def test_how_deep_a_top_lies_may_be_nothing():
    with pytest.raises(InputError, match=r"below = '-1 um': expected a length above zero, or nothing: '0 m'"):
        parse_case(lattice(1.0, solid=[{"kind": "void", "radius": "3 um", "below": "-1 um"}]))


@pytest.mark.parametrize(
    ("fraction", "below", "thickness"), [(1.0, "0 m", "1 nm"), (0.2, "60 um", "1 nm"), (0.2, "98.9999 um", "1 um")]
)
def test_a_layer_of_any_thickness_takes_few_cells_where_the_field_is_even(fraction, below, thickness):
    film = {"kind": "layer", "thickness": thickness, "below": below, "conductivity": "0.02 mS/cm"}
    result = simulate(parse_case(lattice(fraction, solid=[film])))  # gmsh had no end where cells were as wide as high
    assert result.response.fine.cells < 2_000
    # in even current it is in series, and R_cstr is counted from it: docs/physics.md#solids
    without = simulate(parse_case(lattice(fraction)))
    assert result.R_cstr == pytest.approx(without.R_cstr, abs=2 * result.R_cstr_error + 1e-12)
