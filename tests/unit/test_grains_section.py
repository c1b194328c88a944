"""Grains in the case file, and where they lie: what is accepted, what is refused in one line, and exact geometry."""

import numpy as np
import pytest

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.case.schema import resolved_toml
from constriction.geometry.cell import lay_out_case
from constriction.geometry.grains.placed import expected_grains
from constriction.geometry.grains.polycrystal import cubes, voronoi
from constriction.laws.electrolyte import dc_resistivity, resistivity
from constriction.simulation.flat.solving import check_flat
from constriction.simulation.grains.laws import boundary_law, grain_laws
from constriction.simulation.grains.solving import crystal_of
from constriction.simulation.simulate import Options, check_geometry
from constriction.study.run.geometry import geometry_key

SQUARE = {"pattern": "square", "contact_fraction": 0.1, "pitch": "16 um"}
GRAINS = {"mean_size": "2 um", "depth": "8 um"}


def case_with(grains=GRAINS, interface=SQUARE, **sections):
    return parse_case({"interface": interface, "grains": grains, **sections})


def volume_of(crystal, grain):
    """A convex grain's volume, by pyramids from its middle."""
    rings = [crystal.points[list(crystal.faces[face])] for face in grain]
    middle = np.concatenate(rings).mean(axis=0)
    area = [np.cross(ring[1:-1] - ring[0], ring[2:] - ring[0]).sum(axis=0) / 2 for ring in rings]
    return sum(abs(vector @ (ring[0] - middle)) / 3 for vector, ring in zip(area, rings, strict=True))


@pytest.mark.parametrize("make", [lambda box: cubes(box, 0.3), lambda box: voronoi(box, 0.3, 1)])
def test_grains_fill_the_box_and_share_faces(make):
    box = np.array([1.0, 0.7, 1.3])
    crystal = make(box)
    assert sum(volume_of(crystal, grain) for grain in crystal.grains) == pytest.approx(np.prod(box), rel=1e-9)
    owners = np.bincount([face for grain in crystal.grains for face in grain])
    assert set(owners) == {1, 2}
    assert np.all(crystal.points >= [0, 0, -1.3]) and np.all(crystal.points <= [1, 0.7, 0])
    for face in np.flatnonzero(owners == 1):  # on a wall
        corners = crystal.points[list(crystal.faces[face])]
        assert any(np.allclose(corners[:, k], wall) for k in range(3) for wall in (0, box[k], -box[k]))
    for face in crystal.faces:  # flat
        ring = crystal.points[list(face)] - crystal.points[face[0]]
        assert np.linalg.svd(ring)[1][2:] == pytest.approx(0, abs=1e-9)


def test_cubes_are_halves_at_the_interface_and_at_the_bottom():
    crystal = cubes(np.array([1.0, 1.0, 2.0]), 0.5)
    assert len(crystal.grains) == 2 * 2 * 5
    assert crystal.sheets == pytest.approx(4)
    assert np.unique(crystal.points[:, 2]) == pytest.approx([-2, -1.75, -1.25, -0.75, -0.25, 0])


def test_one_seed_gives_the_same_grains():
    box = np.array([1.0, 1.0, 1.0])
    same, other = voronoi(box, 0.4, 3), voronoi(box, 0.4, 4)
    assert np.array_equal(voronoi(box, 0.4, 3).points, same.points)
    assert not np.array_equal(other.points[:5], same.points[:5])


@pytest.mark.parametrize("shape", ["cubes", "voronoi"])
def test_boundaries_have_what_the_electrolyte_has(shape):
    """A current that is even everywhere meets ρ_gb times the depth, at every frequency."""
    case = case_with({**GRAINS, "shape": shape}, electrolyte={"grain_boundary_exponent": 0.9})
    layout = lay_out_case(case)
    crystal = crystal_of(case, layout)
    f = np.array([0.0, 1e3, 1e6, 1e9])
    bulk = case.electrolyte.model_copy(update={"grain_boundary_conductivity": None})
    expected = (resistivity(case.electrolyte, f) - resistivity(bulk, f)) * 8e-6
    met = crystal.sheets * boundary_law(case, layout, crystal).impedance(f)
    assert met == pytest.approx(expected, rel=1e-9)
    if shape == "cubes":  # brick layer: one boundary for each cube
        per_boundary = 2e-6 / case.electrolyte.grain_boundary_conductivity
        assert boundary_law(case, layout, crystal).resistance == pytest.approx(per_boundary, rel=1e-12)


def test_a_brick_layer_has_the_numbers_of_the_literature():
    """Eckhardt et al. 2023: slab of 100 µm, grains of 10 µm, boundaries of 10 nm with 5.97 µS/cm, bulk of 0.46 mS/cm.

    They state R_bulk = 12 R_GB; the brick layer of their numbers gives 13.
    """
    case = case_with(
        {"mean_size": "10 um", "shape": "cubes", "depth": "100 um"},
        {"pattern": "square", "contact_fraction": 1, "pitch": "40 um"},
        electrolyte={"material": "LLZO", "thickness": "100 um"},
    )
    layout = lay_out_case(case)
    crystal = crystal_of(case, layout)
    law = boundary_law(case, layout, crystal)
    assert law.resistance == pytest.approx(10e-9 / 5.97e-4, rel=1e-6)
    bulk = 100e-6 / case.electrolyte.bulk_conductivity
    assert 12 <= bulk / (crystal.sheets * law.resistance) <= 14
    assert bulk + crystal.sheets * law.resistance == pytest.approx(100e-6 * dc_resistivity(case.electrolyte), rel=1e-9)


def test_what_is_written_is_read_again():
    law = {"boundary_law": "p(R1,Q1)", "R1": "1 ohm cm2", "Q1": "1 uS s^a/cm2", "a1": 0.9}
    case = case_with({**GRAINS, **law})
    text = resolved_toml(case)
    assert "[grains]" in text and "seed = 0" in text
    assert "[grains]" not in resolved_toml(parse_case({"interface": SQUARE}))
    import tomllib

    assert parse_case(tomllib.loads(text)) == case


def test_geometries_are_told_apart():
    keys = {
        geometry_key(case_with({"mean_size": size, "depth": "8 um", **more}))
        for size, more in (("2 um", {}), ("3 um", {}), ("2 um", {"seed": 1}), ("2 um", {"shape": "cubes"}))
    }
    plain = geometry_key(parse_case({"interface": SQUARE}))
    assert len(keys | {plain}) == 5


BLOCKS = {"boundary_law": "C1", "C1": "1 uF/cm2"}
RANDOM = {"pattern": "random", "contact_fraction": 0.1, "pitch": "16 um", "spots": 5, "sides": "periodic"}
REFUSED = {
    "mean_size = '-2 um'": ({"mean_size": "-2 um"}, {}),
    "mean_size: missing": ({"seed": 2}, {}),
    "shape = 'hex'": ({**GRAINS, "shape": "hex"}, {}),
    "seed = 3": ({**GRAINS, "shape": "cubes", "seed": 3}, {}),
    "depth = '2 mm'": ({**GRAINS, "depth": "2 mm"}, {}),
    "grains.foo": ({**GRAINS, "foo": 1}, {}),
    "there is no boundary_law": ({**GRAINS, "R1": "1 ohm cm2"}, {}),
    "grains.C1: missing": ({**GRAINS, "boundary_law": "p(R1,C1)", "R1": "1 ohm cm2"}, {}),
    "grains.boundary_law: circuit 'p(R1,L1)'": ({**GRAINS, "boundary_law": "p(R1,L1)"}, {}),
    "lets no direct current pass": ({**GRAINS, **BLOCKS}, {}),
    "accuracy.method = 'spectral'": (GRAINS, {"accuracy": {"method": "spectral"}}),
    "accuracy.bounds": (GRAINS, {"accuracy": {"bounds": True}}),
    "grain_boundary_conductivity": (GRAINS, {"electrolyte": {"grain_boundary_conductivity": "none"}}),
    "contact.law": (GRAINS, {"contact": {"law": "R1", "R1": "1 ohm cm2"}}),
    "gap.model": (GRAINS, {"gap": {"height": "1 um", "model": "volume"}}),
    "gap.profile": (GRAINS, {"gap": {"height": "1 nm", "profile": "linear", "rise": "5 nm", "length": "2 um"}}),
    "counter.symmetric": (GRAINS, {"counter": {"symmetric": True}}),
    "interface.sides": (GRAINS, {"interface": RANDOM}),
    "interface.shape": (GRAINS, {"interface": {**SQUARE, "shape": "ellipse", "aspect": 2.0}}),
    "interface.pattern = 'stripes'": (GRAINS, {"interface": {**SQUARE, "pattern": "stripes"}}),
    "solid: 1 of them": (GRAINS, {"solid": [{"kind": "pit", "radius": "1 um"}]}),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_not_solved_is_refused_in_one_line(said):
    grains, sections = REFUSED[said]
    with pytest.raises(InputError) as refused:
        parse_case({"interface": SQUARE, "grains": grains, **sections})
    told = str(refused.value)
    assert said in told and "\n" not in told and any(word in told for word in ("expect", "takes"))


@pytest.mark.parametrize(
    ("grains", "interface", "said"),
    [
        ({"mean_size": "9 um"}, {}, "above the least of 8 um, 8 um"),
        ({"mean_size": "2 um", "depth": "1 um"}, {}, "above the least of 8 um, 8 um and 1 um"),
        ({"mean_size": "300 nm"}, {}, "grains in the mirror cell"),
        ({"mean_size": "300 nm", "shape": "cubes"}, {}, "expected at most 2000"),
        (GRAINS, {"pattern": "single", "cell_shape": "circular"}, "cell_shape = 'circular'"),
    ],
)
def test_grains_that_do_not_fit_are_refused_before_they_are_placed(grains, interface, said):
    case = case_with(grains, {**SQUARE, **interface})
    with pytest.raises(InputError) as refused:
        crystal_of(case, lay_out_case(case))
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_one_grain_has_no_boundaries_for_the_electrolytes_law():
    case = case_with({"mean_size": "8 um", "depth": "8 um"})
    layout = lay_out_case(case)
    with pytest.raises(InputError, match=r"mean_size = '8 um': 1 grain in the mirror cell, without a boundary"):
        boundary_law(case, layout, crystal_of(case, layout))
    own = case_with({"mean_size": "8 um", "depth": "8 um", "boundary_law": "R1", "R1": "1 ohm cm2"})
    assert boundary_law(own, layout, crystal_of(own, layout)).values == (1e-4,)


@pytest.mark.parametrize("shape", ["voronoi", "cubes"])
def test_grains_that_do_not_fit_into_the_memory_are_told_as_grains(shape):
    """256 grains: 1.9 GB. What is asked to change is no key of the interface."""
    case = case_with({"mean_size": "1 um", "depth": "4 um", "shape": shape})
    layout = lay_out_case(case)
    with pytest.raises(InputError) as refused:
        check_geometry(case, layout, Options(memory=1e9))
    told = str(refused.value)
    assert "grains.mean_size = '1 um': 256 grains in the mirror cell, down to 4 um, would take about 1.86 GB" in told
    assert "1 GB may be used; expected larger grains, a smaller grains.depth" in told and "interface." not in told
    check_geometry(case, layout, Options(memory=4e9))
    assert expected_grains(case, layout, 1.0)[0] == 256


def test_transforms_do_not_know_grains():
    case = case_with()
    with pytest.raises(InputError, match="grains: transforms need"):
        check_flat(case, lay_out_case(case))


def test_boundaries_that_hardly_conduct_are_refused():
    # their law was cut off without a word: 1e12 Ω·cm² gave the R_cstr of 3e8 Ω·cm², with a bar of 1e-3
    case = case_with({**GRAINS, "boundary_law": "R1", "R1": "1e8 ohm cm2"})
    layout = lay_out_case(case)
    with pytest.raises(InputError, match=r"^grains.boundary_law: a boundary conducts 3.2e-09 times as well"):
        grain_laws(case, layout, crystal_of(case, layout))
    case = case_with({**GRAINS, "boundary_law": "R1", "R1": "1e6 ohm cm2"})
    grain_laws(case, layout, crystal_of(case, layout))
