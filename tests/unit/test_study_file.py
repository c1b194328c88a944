"""Study files: what the axes, rules and repeats of a study become, and what bad ones get."""

import itertools
import math

import pytest
from study_files import BASE, GRID, MEMORY, TEMPERATURES, plan, study, write_study

from constriction import parse_case
from constriction.base.errors import InputError
from constriction.case.materials.entries import shipped_text
from constriction.geometry.outlines import Outline
from constriction.study.file.file import load_study
from constriction.study.file.parameters import Quantity, label_of, quantity_of
from constriction.study.file.rules import RULES, apply_rule
from constriction.study.run.plan import plan_of, solves_along

PITCH = '"interface.pitch"'


def test_grid_is_every_combination_the_last_axis_fastest():
    cases = [entry.case for entry in plan(GRID).entries]
    fractions, heights = (0.1, 0.2, 0.3), (5e-9, 1e-8, 2e-8, 4e-8)
    found = [(case.interface.contact_fraction, case.gap.height) for case in cases]
    assert found == list(itertools.product(fractions, heights))


def test_zip_goes_in_step_and_labels_are_si():
    entries = plan('[zip]\n"interface.pitch" = ["20 um", "50 um"]\n"gap.height" = ["5 nm", "none"]\n').entries
    assert [dict(entry.labels) for entry in entries] == [
        {"interface.pitch": 2e-5, "gap.height": 5e-9},
        {"interface.pitch": 5e-5, "gap.height": "none"},
    ]
    assert [entry.case.gap.height for entry in entries] == [5e-9, None]


def test_list_comes_from_a_file_beside_the_study_and_an_empty_cell_leaves_a_key_out(tmp_path):
    (tmp_path / "cases.csv").write_text("interface.pattern,interface.shape\nhexagonal,square\nstripes,\n")
    read = load_study(write_study(tmp_path, '[list]\nfile = "cases.csv"\n'))
    hexagonal, stripes = (entry.case.interface for entry in plan_of(read, MEMORY).entries)
    assert (hexagonal.pattern, hexagonal.shape, stripes.pattern) == ("hexagonal", "square", "stripes")
    assert not hasattr(stripes, "shape")


def test_base_is_a_path_relative_to_the_study(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "base.toml").write_text('[interface]\npattern = "square"\npitch = "7 um"\n')
    path = tmp_path / "deep" / "study.toml"
    path.write_text('base = "../base.toml"\n[grid]\n"interface.contact_fraction" = [0.1]\n')
    assert plan_of(load_study(path), MEMORY).entries[0].case.interface.pitch == 7e-6


def test_materials_and_temperatures_are_axes_and_a_rule_finds_their_values(tmp_path):
    text = '[grid]\n"electrolyte.material" = ["NZSP", "LLZO"]' + TEMPERATURES
    planned = plan(text)
    found = [entry.case.electrolyte for entry in planned.entries]
    assert [(e.material.name, e.temperature) for e in found] == [
        *itertools.product(("NZSP", "LLZO"), (298.15, 333.15)),
    ]
    assert [e.bulk_conductivity for e in found][::2] == [1.5, 0.046]
    for e in found:
        assert e.grain_boundary_conductivity == pytest.approx(2 * e.bulk_conductivity, rel=1e-12)
    assert planned.entries[1].labels["electrolyte.temperature"] == 333.15


def test_a_material_file_of_the_base_is_found_beside_it(tmp_path):
    (tmp_path / "cases").mkdir()
    material = shipped_text("LLZO").replace("0.46 mS/cm", "0.5 mS/cm")
    (tmp_path / "cases" / "mine.toml").write_text(material, "utf-8")
    interface = '[interface]\npattern = "square"\npitch = "7 um"\n'
    (tmp_path / "cases" / "base.toml").write_text('[electrolyte]\nmaterial = "mine.toml"\n' + interface)
    axis = '[grid]\n"interface.contact_fraction" = [0.1]\n'
    path = tmp_path / "study.toml"
    for base in (
        'base = "cases/base.toml"\n',
        f'[base.electrolyte]\nmaterial = "cases/mine.toml"\n[base.{interface[1:]}',
    ):
        path.write_text(base + axis)
        assert plan_of(load_study(path), MEMORY).entries[0].case.electrolyte.bulk_conductivity == 0.05


def test_latin_hypercube_has_one_sample_in_every_equal_part_of_every_range():
    text = """
    [latin_hypercube]
    samples = 40
    seed = 3
    "gap.height" = {low = "1 nm", high = "1 um", scale = "log"}
    "interface.contact_fraction" = {low = 0.1, high = 0.5}
    """
    cases = [entry.case for entry in plan(text).entries]
    parts = [math.floor(40 * math.log(case.gap.height / 1e-9) / math.log(1e3)) for case in cases]
    assert sorted(parts) == list(range(40))
    parts = [math.floor(40 * (case.interface.contact_fraction - 0.1) / 0.4) for case in cases]
    assert sorted(parts) == list(range(40))
    assert cases == [entry.case for entry in plan(text).entries]
    assert cases != [entry.case for entry in plan(text.replace("seed = 3", "seed = 4")).entries]


def test_repeats_are_seeds_and_a_lattice_has_none():
    text = """
    [zip]
    "interface.pattern" = ["square", "random"]
    "interface.spots" = ["default", 4]
    [repeat]
    "interface.seed" = 3
    """
    made = plan(text)
    assert [entry.case.interface.seed for entry in made.entries if entry.case.interface.pattern == "random"] == [
        1,
        2,
        3,
    ]
    assert len(made.entries) == 6
    assert len(made.keys) == 4  # the three repeats of the lattice are one case


def test_side_bias_solves_each_seed_on_both_sides():
    text = """
    [grid]
    "interface.pattern" = ["square", "random"]
    [repeat]
    side_bias = true
    "interface.seed" = 2
    """
    made = plan(text)
    found = [
        (e.case.interface.sides, e.case.interface.seed) for e in made.entries if e.case.interface.pattern == "random"
    ]
    assert found == [("mirror", 1), ("mirror", 2), ("periodic", 1), ("periodic", 2)]
    assert len(made.keys) == 5  # a lattice has neither seeds nor sides
    assert [axis.name for axis in made.study.axes] == ["interface.pattern", "interface.sides", "interface.seed"]
    assert len(plan(text.replace("true", "false")).entries) == 4


def test_geometries_are_shared_by_what_does_not_enter_the_dimensionless_problem():
    text = """
    [grid]
    "interface.contact_fraction" = [0.1, 0.2]
    "interface.pitch" = ["20 um", "40 um"]
    "electrolyte.bulk_conductivity" = ["15 mS/cm", "5 mS/cm"]
    "gap.height" = ["5 nm", "10 um"]
    "sweep.to" = ["100 Hz", "1 kHz"]
    """
    made = plan(text)
    # the slab is deep, so thin gaps share over pitches; 10 µm is meshed, and is another height in other pitches
    assert len(made.geometries) == 2 * (1 + 2)
    costs = {name: solves for name, _, solves in solves_along(made)}
    assert costs == {
        "interface.contact_fraction": 2,
        "interface.pitch": 2,
        "electrolyte.bulk_conductivity": 1,
        "gap.height": 2,
        "sweep.to": 1,
    }


def test_outlines_are_drawn_once_however_many_cases_share_them(monkeypatch):
    drawn, polygon = [], Outline.polygon
    monkeypatch.setattr(Outline, "polygon", lambda *given: drawn.append(given) or polygon(*given))
    base = {"interface": {"pattern": "random", "spots": 7, "pitch": "40 um", "contact_fraction": 0.2, "seed": 5}}
    heights = ", ".join(f'"{height} nm"' for height in range(1, 101))
    made = plan(f'[grid]\n"gap.height" = [{heights}]\n', base=base)
    assert len(made.entries) == 100 and len(made.geometries) == 1
    assert len(drawn) == 7


@pytest.mark.parametrize(
    "text",
    [
        '"interface.contact_fraction" = [0.2, 0.21]',
        '"interface.pattern" = ["square", "hexagonal"]',
        '"interface.contact_fraction" = [0.5]\n"interface.inverted" = [false, true]',
        '"accuracy.relative_error" = [0.1, 0.05]',
        '"accuracy.method" = ["finite_elements", "spectral"]',
        '"electrolyte.thickness" = ["10 um", "12 um"]',
    ],
)
def test_what_changes_the_solution_is_another_geometry(text):
    assert len(plan(f"[grid]\n{text}").geometries) == 2


def test_contacts_that_cannot_be_made_are_no_geometry_but_a_problem():
    made = plan('[grid]\n"interface.contact_fraction" = [0.2, 0.9]')
    assert [entry.geometry for entry in made.entries] == [0, None]
    assert "touch there" in made.entries[1].problem


# --- derived keys ---------------------------------------------------------------------------------------------------

ISLANDS = """
[grid]
charge = ["0.25 mAh/cm^2", "0.5 mAh/cm^2"]
temperature = ["25 °C", "-40 °C"]
[assumptions]
height_factor = 2.0
energy = "0.3 eV"
[derive]
"gap.height" = { rule = "product", factors = ["island", "height_factor"] }
island = { rule = "island_height", charge = "charge", contact_fraction = "interface.contact_fraction" }
[derive."electrolyte.bulk_conductivity"]
rule = "arrhenius"
value = "15 mS/cm"
at = "25 °C"
temperature = "temperature"
activation_energy = "energy"
"""


def test_rules_find_their_inputs_in_any_order_in_axes_assumptions_case_and_each_other():
    entries = plan(ISLANDS).entries
    assert entries[2].labels["charge"] == pytest.approx(18_000)
    # 0.5 mAh/cm² make 4.4 µm (docs/physics.md#sodium-thickness); gathered on a fifth of the area five times as much
    assert entries[2].labels["island"] == pytest.approx(5 * 4.43e-6, rel=2e-3)
    assert entries[2].case.gap.height == pytest.approx(2 * entries[2].labels["island"], rel=1e-15)
    assert entries[0].case.electrolyte.bulk_conductivity == 1.5
    expected = 1.5 * math.exp(-0.3 * 1.602176634e-19 / 1.380649e-23 * (1 / 233.15 - 1 / 298.15))
    assert entries[1].case.electrolyte.bulk_conductivity == pytest.approx(expected, rel=1e-9)


def test_an_axis_comes_before_an_assumption_of_its_name():
    text = ISLANDS.replace("[assumptions]", "height_factor = [1.0, 4.0]\n[assumptions]")
    heights = [entry.case.gap.height for entry in plan(text).entries[:2]]
    assert heights[1] == pytest.approx(4 * heights[0])


def n(value, kind="number"):
    return Quantity(value, kind)


@pytest.mark.parametrize(
    ("rule", "inputs", "expected"),
    [
        # hexagonal cells of side p have p²·√3/2 each
        ("hexagonal_pitch", {"density": n(1 / (math.sqrt(3) / 2 * 9e-10), "number density")}, n(3e-5, "length")),
        ("square_pitch", {"density": n(25e6, "number density")}, n(2e-4, "length")),
        ("mean_thickness", {"charge": n(9648.533212 * 968 / 22.98976928e-3 * 1e-6, "charge per area")}, None),
        (
            "power_law",
            {"value": n(2e-5, "length"), "of": n(400.0), "reference": n(100.0), "exponent": n(-0.5)},
            n(1e-5, "length"),
        ),
        ("line", {"of": n(3.0), "scale": n(4.0), "start": n(1.0), "end": n(5.0)}, n(4.0)),
        ("saturation", {"of": n(math.log(2)), "scale": n(1.0), "start": n(0.1), "end": n(0.5)}, n(0.3)),
        (
            "excess",
            {"of": n(3e5, "pressure"), "threshold": n(2e5, "pressure"), "start": n(1.0), "slope": n(4.0)},
            n(3.0),
        ),
        (
            "excess",
            {"of": n(1e5, "pressure"), "threshold": n(2e5, "pressure"), "start": n(1.0), "slope": n(4.0)},
            n(1.0),
        ),
        ("step", {"of": n(1.0), "threshold": n(1.0), "below": n(2.0), "above": n(3.0)}, n(2.0)),
        ("step", {"of": n(1.1), "threshold": n(1.0), "below": n(2.0), "above": n(3.0)}, n(3.0)),
        ("copy", {"of": n(3.0, "length"), "most": n(2.0, "length")}, n(2.0, "length")),
        ("whole", {"of": n(24.7)}, n(25.0)),
        ("quotient", {"of": n(6.0, "length"), "by": n(3.0, "length")}, n(2.0)),
        ("quotient", {"of": n(6.0, "length"), "by": n(3.0)}, n(2.0, "length")),
    ],
)
def test_rules_follow_their_formula(rule, inputs, expected):
    found = apply_rule(rule, inputs, {})
    if expected is None:  # FARADAY/10 of charge per molar volume: 1e-7 m
        expected = n(1e-7, "length")
    assert (found.kind, found.value) == (expected.kind, pytest.approx(expected.value, rel=1e-6))


@pytest.mark.parametrize(("of", "expected"), [(0.5, 10.0), (1.0, 10.0), (1.5, 15.0), (3.0, 30.0), (9.0, 40.0)])
def test_interpolation_is_straight_between_points_and_constant_beyond(of, expected):
    lists = {"at": [n(1.0), n(2.0), n(4.0)], "values": [n(10.0), n(20.0), n(40.0)]}
    assert apply_rule("interpolate", {"of": n(of)}, lists).value == expected


def test_sum_and_product_mind_the_kinds():
    lengths = [n(1.0, "length"), n(2.0, "length")]
    assert apply_rule("sum", {}, {"terms": lengths}) == n(3.0, "length")
    assert apply_rule("product", {}, {"factors": [n(2.0), lengths[1]]}) == n(4.0, "length")
    with pytest.raises(InputError, match="at most one"):
        apply_rule("product", {}, {"factors": lengths})
    with pytest.raises(InputError, match="one kind"):
        apply_rule("sum", {}, {"terms": [n(1.0), lengths[0]]})


def test_every_rule_says_what_it_does():
    assert all(rule.formula.__doc__ for rule in RULES.values())


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("0.5 mAh/cm^2", 18_000, "charge per area"),
        ("100 µA/cm²", 1.0, "current density"),
        ("2 MPa", 2e6, "pressure"),
        ("25 1/mm^2", 25e6, "number density"),
        ("320 meV", 0.32, "energy"),
        ("-40 °C", 233.15, "temperature"),
        ("300 K", 300, "temperature"),
        ("40 um", 4e-5, "length"),
    ],
)
def test_values_know_their_kind(text, value, kind):
    assert (quantity_of(text).kind, quantity_of(text).value) == (kind, pytest.approx(value, rel=1e-12))


def test_names_are_no_quantities():
    assert quantity_of("charge") is None
    assert [label_of(value) for value in ("none", 3, True, "40 um")] == ["none", 3, True, 4e-5]


def test_case_of_a_study_is_the_case_of_its_words():
    """What a study makes is what one would write by hand."""
    import tomllib

    data = tomllib.loads(BASE)["base"]
    data["interface"]["contact_fraction"] = 0.3
    data["gap"] = {"height": "40 nm"}
    assert plan(GRID).entries[-1].case == parse_case(data)
    assert study(GRID).title == ""
