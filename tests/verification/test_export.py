"""What other programs are given: the mesh as it is solved, and the potential in it.

`export.solve_field` solves slab and gap at once with Dirichlet conditions and a complex LU. It shares the mesh with the
reduced model and nothing else, so that both F(s) agree to rounding of the factorisations (measured: 1e-14; the reduced
model at s ≠ 0 to its own tolerance, 1e-5 of R_cstr).
"""

import re

import gmsh
import meshio
import numpy as np
import pytest
import pyvista
from cases import SQUARE, STRIPES, tube
from mpi4py import MPI
from support.fields import reduce

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.field.elements.assembly import assemble
from constriction.field.mesh.cells import mesh_cell
from constriction.field.mesh.tags import SURFACES, VOLUMES
from constriction.field.mesh_files import (
    CellCase,
    check_cell_case,
    mesh_arrays,
    mesh_case,
    meshed_contact_fraction,
    solve_field,
    write_field,
    write_mesh,
)
from constriction.geometry.cell import lay_out

THICKNESS = 1e-3  # of the electrolyte, m; less than is disturbed, so that the mesh is as deep
INTERFACES = {"square": SQUARE, "stripes": STRIPES, "tube": tube(0.3), "pore": tube(0.7, inverted=True)}
GAPS = {"thin": None, "volume": 2e-4}
every_cell = pytest.mark.parametrize("interface", INTERFACES.values(), ids=INTERFACES)
every_gap = pytest.mark.parametrize("height", GAPS.values(), ids=GAPS)


def cell_case(interface, height=None, level=4.0):
    return CellCase(lay_out(parse_case({"interface": interface}).interface), THICKNESS, height, level)


def meshed(case):
    return mesh_cell(case.layout, case.sizes, MPI.COMM_SELF)


@every_gap
@every_cell
def test_monolithic_solution_has_the_reduced_models_impedance(interface, height):
    case = cell_case(interface, height)
    cell = meshed(case)
    problem = assemble(cell, case.sizes)
    model = reduce(problem, 1e-5)
    at_rest = solve_field(cell, case.sizes, 0.0 if height is None else 1e-9)
    # The gap of a volume needs some s to be determined; F changes by s·F'(0), of the order of s.
    assert at_rest.impedance == pytest.approx(complex(model(0.0)), rel=1e-8)
    constriction = abs(complex(model(0.0)) - model.depth)
    for ratio in (2j, 5 + 30j):
        field = solve_field(cell, case.sizes, ratio)
        assert abs(field.impedance - complex(model(ratio))) < 1e-5 * constriction


@every_cell
def test_meshed_contact_fraction_follows_the_arcs(interface):
    case = cell_case(interface)
    # Straight edges are met exactly; second-order arcs of a quarter circle in a few elements to 1e-5.
    assert meshed_contact_fraction(meshed(case)) == pytest.approx(case.layout.contact_fraction, rel=1e-4)


@every_gap
def test_arrays_are_in_metres_and_in_the_order_of_vtk(height):
    case = cell_case(SQUARE, height)
    arrays = mesh_arrays(meshed(case), case.layout.pitch)
    low, high = arrays.points.min(axis=0), arrays.points.max(axis=0)
    assert low == pytest.approx([0, 0, -THICKNESS], abs=1e-12)
    assert high == pytest.approx([case.layout.width, case.layout.depth, height or 0], abs=1e-12)
    edges = [(0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3)]  # VTK's quadratic tetrahedron
    for cells, pairs in ((arrays.tetrahedra, edges), (arrays.triangles, edges[:3])):
        corners = len(pairs) // 2 + 1 if len(pairs) == 6 else 3
        for number, (i, j) in enumerate(pairs):
            a, b, middle = (arrays.points[cells[:, k]] for k in (i, j, corners + number))
            detour = np.linalg.norm(middle - a, axis=1) + np.linalg.norm(middle - b, axis=1)
            # On the edge or on its arc, which is longer by no more than a few per cent.
            assert np.all(detour < 1.05 * np.linalg.norm(a - b, axis=1))


@every_gap
@pytest.mark.parametrize("suffix", [".vtu", ".xdmf"])
def test_files_hold_every_region_and_surface(tmp_path, suffix, height):
    case = cell_case(SQUARE, height)
    cell = meshed(case)
    files = write_mesh(cell, case.layout.pitch, tmp_path / f"mesh{suffix}")
    meshes = [meshio.read(file) for file in files]
    tags = {"tetra10": set(), "triangle6": set()}
    for mesh in meshes:
        for block, values in zip(mesh.cells, mesh.cell_data["region"], strict=True):
            tags[block.type] |= set(np.unique(values))
    volume = height is not None
    assert tags["tetra10"] == set(VOLUMES.values() if volume else [VOLUMES["electrolyte"]])
    thin = {SURFACES[name] for name in ("contact", "gap", "counter_electrode", "side")}
    beside = thin | {SURFACES[name] for name in ("copper", "island_wall")}
    assert tags["triangle6"] == (beside if volume else thin)
    assert len(meshes[0].cells_dict["tetra10"]) == cell.cells


@every_gap
def test_gmsh_reads_the_mesh_with_its_names(tmp_path, height):
    case = cell_case(SQUARE, height)
    write_mesh(meshed(case), case.layout.pitch, tmp_path / "mesh.msh")
    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.open(str(tmp_path / "mesh.msh"))
        groups = {gmsh.model.getPhysicalName(*group): group for group in gmsh.model.getPhysicalGroups()}
        tetrahedra, _ = gmsh.model.mesh.getElementsByType(11)
        volume = sum(gmsh.model.mesh.getElementQualities(tetrahedra, "volume"))
    finally:
        gmsh.finalize()
    thin = {"electrolyte": (3, 1), "contact": (2, 3), "gap": (2, 4), "counter_electrode": (2, 7), "side": (2, 8)}
    more = {"gap_volume": (3, 2), "copper": (2, 5), "island_wall": (2, 6)}
    assert groups == (thin if height is None else thin | more)
    # gmsh integrates the second-order elements, quarter points and all; the arc of the wall is met to 1e-5.
    exact = case.layout.cell.area * (THICKNESS + (height or 0) * (1 - case.layout.contact_fraction))
    assert volume == pytest.approx(exact, rel=1e-5)


@every_gap
def test_field_is_per_volt_on_the_counter_electrode(tmp_path, height):
    case = cell_case(SQUARE, height)
    write_field(case, (0.0, 3j), tmp_path / "field.vtu")
    mesh = pyvista.read(tmp_path / "field.vtu")
    values = {name: np.asarray(mesh.point_data[name]) for name in mesh.point_data}
    assert set(values) == {"potential_dc_volt", "potential_real_volt", "potential_imag_volt"}
    dc, z = values["potential_dc_volt"], mesh.points[:, 2]
    assert 0 <= dc.min() < 1e-12
    # The slab is as deep as the mesh, so its lowest plane is the counter electrode.
    assert dc[z < -0.999 * THICKNESS] == pytest.approx(1)
    assert values["potential_imag_volt"][z < -0.999 * THICKNESS] == pytest.approx(0, abs=1e-12)
    assert np.abs(values["potential_imag_volt"]).max() > 0.01
    assert set(mesh.cell_data["region"]) == ({1} if height is None else {1, 2})


def test_undisturbed_rest_takes_its_share(tmp_path):
    case = CellCase(cell_case(SQUARE).layout, 100e-3, None, 4.0)  # far deeper than the mesh
    write_field(case, (0.0,), tmp_path / "field.vtu")
    mesh = pyvista.read(tmp_path / "field.vtu")
    assert mesh.point_data.keys() == ["potential_dc_volt"]
    bottom = mesh.points[:, 2].min()
    potential = np.asarray(mesh.point_data["potential_dc_volt"])[mesh.points[:, 2] < 0.999 * bottom]
    # Below the mesh the potential falls evenly; R_cstr of this square lattice is worth 0.402 pitches, found
    # within 1 % on this coarse mesh.
    depth, worth = 100.0, 0.402
    assert potential == pytest.approx((-bottom * 1e3 + worth) / (depth + worth), rel=5e-3)


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(InputError, match=re.escape("expected one of .msh, .vtu, .xdmf")):
        mesh_case(cell_case(SQUARE), tmp_path / "mesh.stl")
    assert not list(tmp_path.iterdir())


def test_mesh_too_large_to_solve_is_refused():
    check_cell_case(cell_case(SQUARE), 1e9)
    with pytest.raises(InputError, match=r"level 0\.01 would take about \S+ GB"):
        check_cell_case(cell_case(SQUARE, level=0.01), 1e9)
    with pytest.raises(InputError, match="nearly everything is in contact"):
        check_cell_case(cell_case(SQUARE | {"contact_fraction": 1 - 1e-9, "inverted": True}), 1e9)
