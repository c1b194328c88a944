"""Fields and pictures of grains: what crosses a boundary is its law times the jump, and no current is lost.

Tested with a function that is one in a grain and zero elsewhere, the equations say that what crosses the boundaries of
a grain adds up to nothing: to rounding, however coarse the mesh. Through all boundaries at one depth of a brick layer
passes the whole current. Slopes of the potential are as exact as the mesh.
"""

from functools import cache

import meshio
import numpy as np
import pytest

from constriction import parse_case
from constriction.cli import main
from constriction.field.bounds.fluxes import triangle_rule
from constriction.field.elements.sampling import GAUSS_POINTS, shapes, slopes
from constriction.field.grains import jumps
from constriction.field.grains.converge import solve_grains
from constriction.field.grains.fields import solve_grain_fields
from constriction.field.grains.meshed import mesh_grains
from constriction.field.reduction.curves import Curve
from constriction.field.response import Goal
from constriction.simulation.grains.flow import crossings
from constriction.simulation.grains.solving import grain_cell
from constriction.simulation.record import write_field_of
from constriction.simulation.scene import gap_frequency, solve_scene
from constriction.simulation.simulate import simulate
from constriction.simulation.weights import theta_of
from constriction.view.pictures.captions import caption
from constriction.view.pictures.cutaway import Cutaway
from constriction.view.pictures.lines import current_lines
from constriction.view.pictures.pictures import KINDS, panels

SPOT = {"pattern": "square", "contact_fraction": 0.2, "pitch": "10 um"}
FULL = SPOT | {"contact_fraction": 1.0}
CUBES = {"shape": "cubes", "mean_size": "2.5 um", "depth": "5 um"}
VORONOI = {"mean_size": "2.5 um", "depth": "5 um", "seed": 3}
FREQUENCIES = (0.0, 1e6, 1e9)
RULE = triangle_rule(jumps.POINTS)


def silent(_):
    pass


def scene_of(interface, grains, thickness, frequencies=FREQUENCIES, fineness=1.0, gap="20 nm"):
    sections = {"gap": {"height": gap}, "electrolyte": {"thickness": thickness}}
    case = parse_case({"interface": interface, "grains": grains, **sections})
    return solve_scene(case, frequencies, fineness, silent)


@cache
def bricks(thickness):
    return scene_of(FULL, CUBES, thickness)


@pytest.fixture(scope="module")
def voronoi():
    return scene_of(SPOT, VORONOI, "20 um", (0.0, 1e9), 0.3)


def through(scene, found):
    """The current through each triangle over the mean density, m², by the rule of the equations: edges are graded."""
    edges = np.einsum("pka,mkx->mpxa", slopes(RULE.places), scene.mesh.points[found.nodes])
    sizes = np.linalg.norm(np.cross(edges[..., 0], edges[..., 1]), axis=2)
    return np.sum(found.density @ shapes(RULE.places).T * sizes * RULE.weights, axis=1)


@pytest.mark.parametrize("thickness", ["5 um", "20 um"])
@pytest.mark.parametrize("number", range(len(FREQUENCIES)))
def test_in_full_contact_the_jump_is_the_law_times_the_normal_current(thickness, number):
    """Bricks: the mean current through all boundaries that lie flat, none through those that stand."""
    scene = bricks(thickness)
    found = crossings(scene, number)
    assert found.density == pytest.approx(np.repeat(found.normals[:, 2:], 6, axis=1), abs=1e-8)
    flow = scene.current_density(number, found.on.owner, found.on.inside(GAUSS_POINTS))
    across = np.einsum("mpx,mx->mp", flow, found.normals)
    assert across == pytest.approx(found.density @ shapes(GAUSS_POINTS).T, abs=1e-7)
    jump = scene.potentials[number][found.nodes] - scene.potentials[number][found.beyond]
    assert np.abs(jump[np.abs(found.normals[:, 2]) > 0.5]).min() > 1e-4  # V, far above rounding


def test_both_sides_of_a_boundary_tell_of_the_same_current(voronoi):
    found = crossings(voronoi, 0)
    assert through(voronoi, found).sum() == pytest.approx(0, abs=1e-12 * np.abs(through(voronoi, found)).sum())
    assert np.linalg.norm(found.normals, axis=1) == pytest.approx(1)
    assert voronoi.mesh.points[found.nodes] == pytest.approx(voronoi.mesh.points[found.beyond], abs=1e-15)
    shared = voronoi.mesh.points[found.nodes[found.nodes == found.beyond], 2]
    assert shared == pytest.approx(-5e-6)  # on the electrolyte below


def test_no_current_is_lost_in_a_grain():
    """Of grains at no contact and no electrolyte below: all they have is boundaries, mirrors, a gap that insulates."""
    scene = scene_of(SPOT, VORONOI | {"depth": "7.5 um"}, "20 um", (0.0, 1e6), gap="none")
    mesh = scene.mesh
    low = (mesh.points[mesh.tetrahedra, 2] < -7.5e-6 + 1e-12).any(axis=1)
    ends = {0, *mesh.grains[low], *mesh.grains[scene.facets(scene.triangles_of("contact")).owner]}
    inner = [grain for grain in range(1, mesh.grains.max() + 1) if grain not in ends]
    assert len(inner) >= 3
    for number in range(2):
        found = crossings(scene, number)
        owner, passed = mesh.grains[found.on.owner], through(scene, found)
        for grain in inner:
            assert abs(passed[owner == grain].sum()) < 1e-9 * np.abs(passed[owner == grain]).sum()


@pytest.mark.parametrize("thickness", ["10 um", "30 um"])
def test_the_whole_current_passes_every_layer_of_bricks(thickness):
    """Under a disc, four layers: through the boundaries at each depth the current is the same, and the whole."""
    scene = scene_of(SPOT, CUBES | {"depth": "10 um"}, thickness, (0.0, 1e6))
    for number in range(2):
        found = crossings(scene, number)
        height = scene.mesh.points[found.nodes[:, 0], 2]
        rising = through(scene, found)[found.normals[:, 2] > 0.5]
        depths = np.round(height[found.normals[:, 2] > 0.5] * 1e9).astype(int)
        assert sorted(set(depths)) == [-8750, -6250, -3750, -1250]  # nm: bricks are halves above and below
        for depth in set(depths):
            assert rising[depths == depth].sum() / scene.layout.cell.area == pytest.approx(1.0, abs=1e-8)


def test_slopes_carry_the_same_current_through_every_depth(voronoi):
    """Slopes on planes through grains and boundaries: 2 % of the mesh, whichever depth."""
    grid = Cutaway(voronoi, 0).solid
    for depth in (0.5e-6, 1.3e-6, 2.5e-6, 4.1e-6, 7e-6, 12e-6):
        plane = grid.slice("z", origin=(0, 0, -depth))
        passed = plane.point_data_to_cell_data().compute_cell_sizes()
        total = np.sum(passed.cell_data["flow"][:, 2] * passed.cell_data["Area"])
        assert total / voronoi.layout.cell.area == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("depth", ["5 um", "8 um"])
def test_a_field_has_the_impedance_of_the_reduced_model(depth):
    case = parse_case(
        {"interface": SPOT, "grains": VORONOI, "gap": {"height": "20 nm"}, "electrolyte": {"thickness": depth}}
    )
    from constriction.geometry.cell import lay_out_case
    from constriction.simulation.simulate import Options, laws_of

    layout = lay_out_case(case)
    cell, laws = grain_cell(case, layout), laws_of(case, layout, Options())
    theta = theta_of(case, layout, laws, np.array(FREQUENCIES))
    model = solve_grains(cell, 1.0, Goal(1e-3, 8e9, (Curve(theta[1:], theta[0].real, least=0.01),))).model
    mesh = mesh_grains(cell, 1.0)
    for one in theta:
        field = solve_grain_fields(mesh, cell, [one])[0]
        assert field.impedance == pytest.approx(complex(model.whole(one)), rel=1e-5)
        assert np.abs(field.potential).max() == pytest.approx(1.0)


def test_the_field_is_written_with_its_jumps(tmp_path):
    sections = {"gap": {"height": "20 nm"}, "accuracy": {"relative_error": 0.05}}
    result = simulate(parse_case({"interface": SPOT, "grains": VORONOI, **sections}))
    write_field_of(result, tmp_path)
    written = meshio.read(tmp_path / "field.vtu")
    assert len(written.cells_dict["tetra10"]) == result.response.fine.cells
    grains = np.concatenate(written.cell_data["grain"])
    assert sorted(set(grains)) == list(range(9))  # 0 is the electrolyte below eight of them
    places, counts = np.unique(np.round(written.points * 1e13), axis=0, return_counts=True)
    assert counts.max() >= 3 and len(places) < len(written.points)
    potential = written.point_data["potential_dc_volt"]
    assert potential.min() == 0.0 and 0.0 < potential.max() < 1.0


def test_a_mesh_names_the_boundaries_of_grains(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = '[interface]\npattern = "square"\ncontact_fraction = 0.2\npitch = "10 um"\n'
    (tmp_path / "grains.toml").write_text(text + '[grains]\nmean_size = "2.5 um"\ndepth = "5 um"\n')
    assert main(["mesh", "grains.toml", "-o", "grains.msh"]) == 0
    assert '"grain_boundary"' in (tmp_path / "grains.msh").read_text("latin-1")


def test_a_picture_has_the_lines_of_boundaries_and_current_that_crosses_them(voronoi):
    view = Cutaway(voronoi, 0)
    lines = view.boundary_lines(range(3))
    on = np.min([np.abs(lines.points[:, k] - at) for k, at in ((0, 0), (0, 5e-6), (1, 0), (1, 5e-6), (2, 0))], axis=0)
    ends = lines.lines.reshape(-1, 3)[:, 1:]
    assert len(ends) and np.all(on[ends] < 1e-11)
    drawn = current_lines(view)
    assert len(drawn) == 64 and not any(line.through_gap for line in drawn)
    for line in drawn:  # from below all grains to the contact, through whatever boundaries lie between
        assert line.points[0, 2] < -0.99 * voronoi.depth < -5e-6 and line.points[-1, 2] == 0.0
        steps = np.linalg.norm(np.diff(line.points, axis=0), axis=1)
        assert steps[-1] < 0.5e-6  # led on to the interface from near it
    assert "8 grains in the meshed cell, thin lines are their boundaries" in caption(voronoi, "current")


@pytest.mark.parametrize("what", KINDS)
def test_every_kind_of_picture_is_made_of_grains(voronoi, what):
    plain = scene_of(SPOT, VORONOI, "20 um", (), 1.0) if what == "mesh" else voronoi
    for panel in panels(plain, what):
        assert all(np.isfinite(layer.mesh.points).all() for layer in panel.layers if layer.mesh.n_points)


def test_a_cell_without_mirror_images_is_cut_through_its_grains():
    discs = {"pattern": "list", "cell": ["8 um", "6 um"], "discs": [["3 um", "3 um", "1.5 um"]]}
    scene = scene_of(discs, CUBES | {"depth": "2.5 um"}, "5 um", (0.0,))
    view = Cutaway(scene, 0)
    inside = view.boundaries().points
    assert np.any((np.abs(inside[:, 0]) < 1e-12) & (np.abs(inside[:, 1]) > 1e-7))  # on the plane of the cut


def test_the_gap_takes_half_at_the_chosen_frequency():
    case = parse_case({"interface": SPOT, "grains": VORONOI, "gap": {"height": "20 nm"}})
    from constriction.simulation.solids.shares import shares

    found = gap_frequency(case, 1.0)
    scene = solve_scene(case, (found, 1e13), 1.0, silent)
    here, far = (shares(scene, number).gap.real for number in range(2))
    assert here / far == pytest.approx(0.5, abs=0.17)


@pytest.mark.parametrize("interface", [SPOT, {"pattern": "list", "cell": ["8 um", "6 um"]}])
def test_on_the_cut_the_potential_jumps(interface):
    """Nodes of two grains at one place are not joined: the largest jump on the cut is that of the mesh."""
    discs = {} if interface is SPOT else {"discs": [["3 um", "3 um", "1.5 um"]]}
    scene = scene_of(interface | discs, CUBES, "5 um", (0.0,))
    cut = Cutaway(scene, 0).cut_faces()
    _, place = np.unique(np.round(cut.points * 1e10), axis=0, return_inverse=True)
    highest, lowest = (np.full(place.max() + 1, sign * np.inf) for sign in (-1, 1))
    np.maximum.at(highest, place.reshape(-1), cut.point_data["potential"])
    np.minimum.at(lowest, place.reshape(-1), cut.point_data["potential"])
    found = crossings(scene, 0)
    jumps_there = np.abs(scene.potentials[0][found.nodes] - scene.potentials[0][found.beyond])
    assert (highest - lowest).max() > 0.3 * jumps_there.max() > 1e-3
