"""Local levels where rims carry unlike currents, and spots that nearly touch.

Problem: an insulated interface with equipotential spots, or with pores, in a mirror cell of σ = 1. Exact: a disc or a
pore that leaves a narrow ring in a circular tube, from the expansions of tests/alternatives.py. Where there is no exact
value, two families of meshes (with local levels and without) must agree within their error bars, and more contact must
not raise the resistance (Rayleigh).
"""

import math

import numpy as np
import pytest
from alternatives import tube_constriction, tube_pore
from cases import conductor, tube
from mpi4py import MPI

from constriction import simulate
from constriction.base.errors import MeshError
from constriction.field import finite_elements as convergence
from constriction.field.elements import sizes as indicator
from constriction.field.elements.assembly import assemble
from constriction.field.fineness import mesh_sizes
from constriction.field.finite_elements import solve_mesh
from constriction.field.mesh.cells import mesh_cell
from constriction.field.mesh_response import MeshResponse
from constriction.field.response import AT_REST, Goal
from constriction.geometry.cell import lay_out

THICKNESS = 6e-3  # m, of the slab of `conductor`
# a large and a small pore that nearly touch: next to no current at the small one's rim
UNLIKE_PORES = {
    "pattern": "list",
    "cell": ["1 mm", "1 mm"],
    "discs": [["0.4 mm", "0.5 mm", "0.3 mm"], ["0.731 mm", "0.5 mm", "0.03 mm"]],
    "inverted": True,
}


def pair(gap, *, inverted=False):
    """Two discs of radius 0.15 mm, `gap` radii apart."""
    places = [0.5 - 0.15 * (1 + gap / 2), 0.5 + 0.15 * (1 + gap / 2)]
    discs = [[f"{x!r} mm", "0.5 mm", "0.15 mm"] for x in places]
    return {"pattern": "list", "cell": ["1 mm", "1 mm"], "discs": discs, "inverted": inverted}


def plan_at(interface, level, weights=()):
    """The layout of an interface and its mesh sizes."""
    layout = lay_out(conductor(interface).interface)
    sizes = mesh_sizes(layout, THICKNESS, None, level)
    return layout, type(sizes)(**{**vars(sizes), "weights": weights})


def solved(interface, level, weights=()):
    layout, sizes = plan_at(interface, level, weights)
    return solve_mesh(layout, sizes, level, Goal(1e-3, 1e9), MPI.COMM_SELF)


def value(solution):
    return float(solution.model.constriction)


# --- local levels ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [(0.5, 2.0), (2.0, 0.5, 2.0), (0.4, 1.0, 2.5, 1.0)])
@pytest.mark.parametrize("inverted", [False, True])
def test_error_bar_holds_on_meshes_with_local_levels(weights, inverted):
    """Both meshes of a pair have the same weights, so their errors go with the level: the exact value is inside."""
    interface = tube(0.36 if not inverted else 0.64, inverted=inverted)
    response = MeshResponse(tuple(solved(interface, level, (weights,)) for level in (1.0, 0.5)))
    exact = tube_pore(0.6) / 2 if inverted else tube_constriction(0.6) * math.pi / (8 * 0.6)
    assert abs(response.constriction - exact) <= float(response.errors(AT_REST)[0]) <= 4e-3 * exact


def test_shares_are_what_refining_one_rim_gains():
    """The indicator against meshes with only one rim refined, relative to both refined.

    Shares add up to one; a rim's elements reach into its neighbour's surroundings, hence the tolerance.
    """
    layout, sizes = plan_at(UNLIKE_PORES, 2.6)
    energies, cells = indicator.collar_shares(assemble(mesh_cell(layout, sizes, MPI.COMM_SELF), sizes), layout, sizes)
    assert np.sum(energies) == pytest.approx(1.0)
    assert np.all(np.sum(cells, axis=1) > 0)
    predicted = np.sum(energies, axis=1)
    one, every = (1.0, 1.0), (0.5, 0.5)
    base = value(solved(UNLIKE_PORES, 1.3))
    whole = value(solved(UNLIKE_PORES, 1.3, (every, every))) - base
    gained = [value(solved(UNLIKE_PORES, 1.3, weights)) - base for weights in ((every, one), (one, every))]
    assert gained[0] / whole == pytest.approx(predicted[0], abs=0.15)
    assert gained[0] > gained[1]
    assert predicted[0] > 10 * predicted[1]


def test_accuracy_for_fewer_unknowns(monkeypatch):
    """Measured: 46k unknowns instead of 100k; the two families agree within their error bars."""
    local = simulate(conductor(UNLIKE_PORES, relative_error=4e-4))
    monkeypatch.setattr(convergence, "ADAPT_BELOW", 0.0)
    alike = simulate(conductor(UNLIKE_PORES, relative_error=4e-4))
    assert local.accuracy_reached and alike.accuracy_reached
    assert local.response.fine.unknowns < 0.7 * alike.response.fine.unknowns
    assert abs(local.R_cstr - alike.R_cstr) <= math.hypot(local.R_cstr_error, alike.R_cstr_error)


@pytest.mark.parametrize(
    "interface",
    [
        tube(0.3),
        {"pattern": "stripes", "pitch": "1 mm", "contact_fraction": 0.3},
        {"pattern": "square", "pitch": "1 mm", "contact_fraction": 0.2},
        {"pattern": "square", "shape": "square", "pitch": "1 mm", "contact_fraction": 0.3},
    ],
)
def test_even_rims_cost_no_mesh_more(interface):
    layout, sizes = plan_at(interface, 2.6)
    assert not indicator.may_be_uneven(layout, sizes)


def test_weights_do_not_depend_on_the_unit_of_length():
    metres = {**UNLIKE_PORES, "cell": ["1 m", "1 m"]}
    metres["discs"] = [[v.replace("mm", "m") for v in disc] for disc in UNLIKE_PORES["discs"]]
    layout, sizes = plan_at(UNLIKE_PORES, 2.6)
    weights = indicator.find_weights(layout, sizes, MPI.COMM_SELF)
    large = lay_out(conductor(metres).interface)
    assert weights
    assert weights == indicator.find_weights(large, mesh_sizes(large, 6.0, None, 2.6), MPI.COMM_SELF)


# --- spots that nearly touch -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("fraction", [0.8, 0.9, 0.95])
def test_narrow_ring_in_a_tube(fraction, inverted):
    epsilon = math.sqrt(fraction)
    interface = tube(1 - fraction if inverted else fraction, inverted=inverted)
    result = simulate(conductor(interface, relative_error=5e-3))
    exact = 1e-3 * (
        tube_pore(epsilon, terms=30) if inverted else tube_constriction(epsilon, terms=30) * math.pi / (4 * epsilon)
    )
    assert abs(result.R_cstr - exact) <= min(2 * result.R_cstr_error, 5e-3 * exact)  # bars hold 95 of 100 errors
    assert result.R_cstr_error <= 5e-3 * result.R_cstr


@pytest.mark.parametrize("inverted", [False, True])
def test_discs_that_nearly_touch(inverted):
    """The nearer two discs, the more they shade each other, and ever slower so; the limit is finite."""
    gaps = (1e-1, 1e-2, 1e-3) if inverted else (1e-2, 1e-3, 1e-4)  # a neck of contact takes more unknowns
    solutions = [simulate(conductor(pair(gap, inverted=inverted), relative_error=2e-2)) for gap in gaps]
    assert all(result.accuracy_reached for result in solutions)
    far, near, nearest = (result.R_cstr for result in solutions)
    slack = sum(result.R_cstr_error for result in solutions)
    assert far - slack < near < nearest + slack
    assert nearest < 1.03 * near


@pytest.mark.parametrize("inverted", [False, True])
def test_lattice_discs_up_to_where_they_touch(inverted):
    full = 0.7853  # π/4 = 0.785398 is the limit
    interface = {"pattern": "square", "pitch": "1 mm", "inverted": inverted}
    results = [
        simulate(conductor({**interface, "contact_fraction": 1 - f if inverted else f}, relative_error=2e-2))
        for f in (0.77, full)
    ]
    assert all(result.accuracy_reached for result in results)
    less, more = (result.R_cstr for result in results)
    assert less < more if inverted else more < less


@pytest.mark.parametrize("inverted", [False, True])
def test_disc_at_a_mirror_is_a_pair(inverted):
    """A disc 0.75 µm from the side of its cell is half of a pair twice as far apart."""
    gap = 1e-2
    x = 0.15 * (1 + gap / 2)
    half = {"pattern": "list", "cell": ["0.5 mm", "1 mm"], "discs": [[f"{x!r} mm", "0.5 mm", "0.15 mm"]]}
    one, two = (
        simulate(conductor(interface, relative_error=1e-2))
        for interface in ({**half, "inverted": inverted}, pair(gap, inverted=inverted))
    )
    assert abs(one.R_cstr - two.R_cstr) <= math.hypot(one.R_cstr_error, two.R_cstr_error)


def test_what_cannot_be_meshed_is_an_error_and_the_next_mesh_is_fine():
    layout, sizes = plan_at(pair(1e-3), 1.3)
    wide = type(sizes.collar)(**{**vars(sizes.collar), "radius": 1.2})  # collars that cross
    with pytest.raises(MeshError, match="spots 1 and 2 are too near to each other for this mesh"):
        mesh_cell(layout, type(sizes)(**{**vars(sizes), "collar": wide}), MPI.COMM_SELF)
    assert mesh_cell(layout, sizes, MPI.COMM_SELF).cells > 1000
