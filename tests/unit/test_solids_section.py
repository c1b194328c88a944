"""The tables [[solid]]: what is read, what is written back, and the one line that every wrong one gets."""

import pickle
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.case.interface import Hexagonal
from constriction.case.schema import Case, case_sha256, load, parse_case, resolved_toml
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY
from constriction.study.run.geometry import geometry_key
from constriction.view.pages.case_words import case_in_words

HEXAGONAL = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "40 um"}
RANDOM = {"pattern": "random", "contact_fraction": 0.2, "pitch": "40 um"}
LIST = {"pattern": "list", "cell": ["1 mm", "1 mm"], "discs": [["0.3 mm", "0.3 mm", "0.1 mm"]]}
F = np.geomspace(1e-2, 1e8, 31)
S = 2j * np.pi * F


def case(*tables: dict[str, Any], interface: dict[str, Any] | None = None, **sections: Any) -> Case:
    return parse_case({"interface": interface or HEXAGONAL, **sections, "solid": list(tables)}, "here")


def pit(radius: str = "5 um", **keys: Any) -> dict[str, Any]:
    return {"kind": "pit", "radius": radius, **keys}


def void(**keys: Any) -> dict[str, Any]:
    return {"kind": "void", "radius": "5 um", **keys}


def layer(**keys: Any) -> dict[str, Any]:
    return {"kind": "layer", "thickness": "2 um", **keys}


def spheroid(**keys: Any) -> dict[str, Any]:
    return {"kind": "spheroid", "radius": "2 um", "depth": "9 um", **keys}


TABLES = [
    pit(),
    pit(depth="4.7 um", x="3 um", y="0 um"),
    pit(density="2e4 /cm2", floating=True),
    {"kind": "whisker", "radius": "1 um", "depth": "12 um"},
    spheroid(below="3 um", floating=True, density="1e4 1/cm2", seed=7),
    void(),
    void(depth="2 um", below="1 um", relative_permittivity=4.5),
    layer(law="bulk"),
    layer(law="p(R1,C1)", R1="1e5 ohm cm", C1="1e-12 F/cm", below="4 um"),
    layer(law="RQ1-W2", R1="3 kohm m", Q1="2 uS s^0.9/cm", a1=0.9, W2="3 ohm cm s^-0.5"),
    layer(conductivity="1 mS/cm"),
    layer(conductivity="1 mS/cm", relative_permittivity=20),
]


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_a_table_comes_back_from_the_resolved_case(table: dict[str, Any], tmp_path: Path) -> None:
    given = case(table, pit("1 nm"))
    path = tmp_path / "case.toml"
    path.write_text(resolved_toml(given), encoding="utf-8")
    again = load(path)
    assert again == given and hash(again) == hash(given) and case_sha256(again) == case_sha256(given)
    assert pickle.loads(pickle.dumps(given)) == given
    assert set(table) <= set(tomllib.loads(resolved_toml(given))["solid"][0])


def test_defaults_are_written_out() -> None:
    written = tomllib.loads(resolved_toml(case(pit(density="1e4 /cm2"), void(), layer(law="bulk"))))["solid"]
    assert written == [
        {
            "kind": "pit",
            "radius": "5 um",
            "depth": "5 um",
            "density": "100 1/mm2",
            "seed": 0,
            "floating": False,
        },
        {"kind": "void", "radius": "5 um", "depth": "5 um", "below": "0 m"},
        {"kind": "layer", "below": "0 m", "thickness": "2 um", "law": "bulk"},
    ]


def test_a_case_without_solids_is_written_and_named_as_before_there_were_any() -> None:
    plain = parse_case({"interface": HEXAGONAL})
    assert plain.solid == () and "solid" not in resolved_toml(plain)
    assert case_sha256(plain) == "8f6515eec2eced89a94645ae469c1a26366e0706e12dc282a04fc390f5e281cb"
    assert parse_case({"interface": HEXAGONAL, "solid": []}) == plain


def test_an_empty_list_is_no_solids() -> None:
    """As programs write it: the case, its text and its method are those without the key."""
    beside = {"interface": HEXAGONAL}, {"interface": RANDOM, "accuracy": {"method": "spectral"}}
    for sections in beside:
        empty, without = parse_case({**sections, "solid": []}), parse_case(sections)
        assert empty == without and resolved_toml(empty) == resolved_toml(without)


def test_solids_are_solved_by_finite_elements() -> None:
    annulus = {"pattern": "annulus", "contact_fraction": 0.2, "pitch": "40 um", "inner_ratio": 0.5}
    assert parse_case({"interface": annulus}).accuracy.method == "spectral"
    assert case(layer(law="bulk"), interface=annulus).accuracy.method == "finite_elements"


def test_solids_tell_geometries_apart() -> None:
    cases = [case(), case(pit()), case(pit("6 um")), case(pit(), pit("1 um", x="10 um", y="20 um", floating=True))]
    full = {"contact_fraction": 1, "pitch": "40 um"}
    cases += [case(pit(), interface={"pattern": name, **full}) for name in ("square", "hexagonal")]
    assert len({geometry_key(one) for one in cases}) == len(cases)


# --- laws ----------------------------------------------------------------------------------------------------------

LAWS = [
    (layer(law="p(R1,C1)", R1="1e5 ohm cm", C1="1e-12 F/cm"), 1e3 / (1 + S * 1e3 * 1e-10)),
    (layer(law="RQ1", R1="1 kohm m", Q1="2 uS s^0.9/cm", a1=0.9), 1e3 / (1 + 1e3 * 2e-4 * S**0.9)),
    (layer(law="R1-W1", R1="5 ohm m", W1="2 ohm cm s^-0.5"), 5 + 2e-2 * np.sqrt(2) / np.sqrt(S)),
    (layer(conductivity="1 mS/cm"), 10 + 0 * S),
    (layer(conductivity="1 mS/cm", relative_permittivity=20), 10 / (1 + S * 10 * 20 * VACUUM_PERMITTIVITY)),
    (layer(law="bulk"), 1 / (1.5 + S * 30 * VACUUM_PERMITTIVITY)),
]


@pytest.mark.parametrize(("table", "expected"), LAWS, ids=[str(table) for table, _ in LAWS])
def test_the_law_of_a_layer_is_per_length(table: dict[str, Any], expected: np.ndarray) -> None:
    given = case(table)
    np.testing.assert_allclose(given.solid[0].law_of(given.electrolyte).impedance(F), expected, rtol=1e-12)
    again = parse_case(tomllib.loads(resolved_toml(given)))
    np.testing.assert_allclose(again.solid[0].law_of(again.electrolyte).impedance(F), expected, rtol=1e-12)


def test_a_void_insulates_or_is_a_dielectric() -> None:
    empty, filled = case(void(below="1 um"), void(below="20 um", relative_permittivity=5)).solid
    assert empty.law_of() is None
    np.testing.assert_allclose(filled.law_of().impedance(F), 1 / (S * 5 * VACUUM_PERMITTIVITY), rtol=1e-12)


# --- what is wrong -------------------------------------------------------------------------------------------------

KINDS = "'pit', 'spheroid', 'whisker', 'void', 'layer'"
PIT_TAKES = "kind, radius, depth, x, y, density, seed, floating"
WRONG_TABLES = [
    ({}, f".kind: missing; expected {KINDS}"),
    ({"kind": "pot"}, f".kind = 'pot': expected {KINDS}"),
    ({"kind": 5}, f".kind = 5: expected {KINDS}"),
    (5, " = 5: expected a table [[solid]]"),
    ({"kind": "pit"}, ".radius: missing; expected a length such as '5 um'"),
    (pit("5 S"), ".radius = '5 S': expected a length such as '100 nm'"),
    (pit(radiu=5), f".radiu: unknown key, the nearest is 'radius'; kind 'pit' takes {PIT_TAKES}"),
    (
        pit(below="1 um"),
        f".below = '1 um': does not apply to kind 'pit', which takes {PIT_TAKES}; expected kind = 'spheroid' for "
        "metal under the interface",
    ),
    (pit(law="bulk"), f".law = 'bulk': does not apply to kind 'pit', which takes {PIT_TAKES}"),
    (
        pit(depth="6 um"),
        ".depth = '6 um': above radius = '5 um', deeper than half a sphere; expected at most the radius, or kind = "
        "'spheroid'",
    ),
    (pit(floating="no"), ".floating = 'no': expected true or false"),
    ({"kind": "spheroid", "radius": "5 um"}, ".depth: missing; expected a length such as '5 um'"),
    (
        spheroid(below="1 um"),
        ".below = '1 um': metal under the interface is no part of the electrode; expected floating = true beside it, "
        "or below = '0 m'",
    ),
    (
        {"kind": "whisker", "radius": "5 um", "depth": "5 um"},
        ".depth = '5 um': not above radius = '5 um' of its round tip; expected more, or kind = 'pit'",
    ),
    (void(x="1 um"), ".y: missing beside x; expected a length such as '20 um'"),
    (void(y="1 um"), ".x: missing beside y; expected a length such as '20 um'"),
    (
        void(x="1 um", y="1 um", density="1e4 /cm2"),
        ".density = '100 1/mm2': beside x or y; expected places, or a density",
    ),
    (void(density="3 um"), ".density = '3 um': expected a number per area such as '25 1/mm2'"),
    (
        void(seed=3),
        ".seed = 3: nothing is at random; expected density = '25 1/mm2' or another one beside it",
    ),
    (void(density="1e4 /cm2", seed=-3), ".seed = -3: expected an integer from 0 to 2^63 - 1"),
    (void(relative_permittivity=0.5), ".relative_permittivity = 0.5: expected a number from 1 to 1e9"),
    (
        layer(),
        ".law: missing; expected 'bulk' or a circuit per length such as 'p(R1,C1)', or a conductivity",
    ),
    (layer(law="bulk", R1="3 ohm cm"), ".R1 = '3 ohm cm': does not apply to law = 'bulk', which takes no keys"),
    (layer(law="L1"), ".law: circuit 'L1', L: expected a passive law of R, C, Q, W, RQ, Wo, Ws, G"),
    (
        layer(law="p(R1,C1)"),
        ".R1: missing; law 'p(R1,C1)' expects a resistance times length such as '100 ohm cm'",
    ),
    (
        layer(law="R1", R1="1 ohm cm2"),
        ".R1 = '1 ohm cm2': expected a resistance times length such as '100 ohm cm'",
    ),
    (
        layer(law="Q1", Q1="20 uS s^0.9/cm2", a1=0.9),
        ".Q1 = '20 uS s^0.9/cm2': expected a constant phase element per length such as '20 uS s^0.9/cm', s to the "
        "power a1",
    ),
    (
        layer(R1="1 ohm cm"),
        ".R1 = '1 ohm cm': there is no law; expected law = 'p(R1,C1)' or another circuit",
    ),
    (layer(law="bulk", conductivity="1 mS/cm"), ".conductivity = '1 mS/cm': beside law = 'bulk'; expected one of them"),
    (
        layer(law="bulk", relative_permittivity=3),
        ".relative_permittivity = 3: beside law = 'bulk'; expected it beside a conductivity, or as a C of the law",
    ),
]


@pytest.mark.parametrize(("table", "message"), WRONG_TABLES, ids=[message for _, message in WRONG_TABLES])
def test_a_wrong_table_gets_one_line(table: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"^here: {re.escape(f'solid[1]{message}')}$"):
        case(pit("1 um"), table)


def test_tables_are_a_list() -> None:
    with pytest.raises(InputError, match=re.escape("here: solid = 'pit': expected tables [[solid]]")):
        parse_case({"interface": HEXAGONAL, "solid": "pit"}, "here")


MEASURED = str(Path(__file__).parents[2] / "meshes" / "measured_map.png")
NOT_YET = [
    (
        {"accuracy": {"method": "spectral"}},
        "accuracy.method = 'spectral': solids in the electrolyte are meshed; expected accuracy.method = "
        "'finite_elements', without --cross-check",
    ),
    (
        {"contact": {"fine": "fine.toml"}},
        "contact.fine = 'fine.toml': a finer case is no law beside [[solid]] yet; expected contact.law such as "
        "'p(R1,C1)', or no section [contact]",
    ),
    (
        {"gap": {"model": "volume"}},
        "gap.model = 'volume': not beside [[solid]] yet; expected gap.model = 'thin' or 'auto'",
    ),
    (
        {"counter": {"symmetric": True}},
        "counter.symmetric = true: not beside [[solid]] yet; expected no section [counter]",
    ),
    (
        {"counter": {"file": "fine.toml"}},
        "counter.file = 'fine.toml': not beside [[solid]] yet; expected no section [counter]",
    ),
    (
        {"interface": {**RANDOM, "sides": "periodic"}},
        "interface.sides = 'periodic': not beside [[solid]] yet; expected sides = 'mirror'",
    ),
    (
        {"interface": {**RANDOM, "pellet": "12 mm"}},
        "interface.pellet = '12 mm': not beside [[solid]] yet; expected pellet = 'none'",
    ),
    (
        {"interface": {**HEXAGONAL, "shape": "ellipse", "aspect": 2}},
        "interface.shape = 'ellipse': not beside [[solid]] yet; expected 'disc' or 'rectangle'",
    ),
    (
        {"interface": {**LIST, "ellipses": [["0.6 mm", "0.6 mm", "0.1 mm", "0.05 mm", 0]]}},
        "interface.ellipses: 1 beside [[solid]], not yet; expected discs or rectangles",
    ),
    (
        {"interface": {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "40 um"}},
        "interface.pattern = 'stripes': beside bodies its cell has no depth; expected pattern = 'list' with rectangles "
        "for the stripes",
    ),
]


@pytest.mark.parametrize(("sections", "message"), NOT_YET, ids=[message for _, message in NOT_YET])
def test_what_does_not_go_with_solids_yet_gets_one_line(sections: dict[str, Any], message: str) -> None:
    data = {"interface": HEXAGONAL, "solid": [pit()], **sections}
    with pytest.raises(InputError, match=f"^here: {re.escape(message)}$"):
        parse_case(data, "here", {"fine.toml": '[interface]\npattern = "square"\ncontact_fraction = 1\npitch = "1 um"'})


def test_maps_do_not_go_with_solids_yet() -> None:
    with pytest.raises(InputError, match="'image': not beside .* yet; expected another pattern, such as 'polygons' of"):
        case(pit(), interface={"pattern": "image", "file": MEASURED, "pixel": "1 um"})
    gap = {"height": "100 nm", "profile": "map", "file": MEASURED, "pixel": "1 um", "unit": "1 nm"}
    with pytest.raises(InputError, match="interface.pattern = 'height_map': not beside"):
        case(pit(), interface={"pattern": "height_map"}, gap={**gap, "contact_below": "150 nm"})


def test_a_case_that_another_one_names_has_no_solids_yet() -> None:
    plain = '[interface]\npattern = "square"\ncontact_fraction = 1\npitch = "1 um"\n'
    fine = f'{plain}[[solid]]\nkind = "pit"\nradius = "9 nm"'
    for section in ({"contact": {"fine": "a.toml"}}, {"counter": {"file": "a.toml"}}):
        with pytest.raises(InputError, match=r"'a\.toml': solid: 1 of them in a case that another one names; expected"):
            parse_case({"interface": HEXAGONAL, **section}, "here", {"a.toml": fine})


def test_a_layer_alone_may_lie_under_stripes() -> None:
    stripes = {"pattern": "stripes", "contact_fraction": 0.3, "pitch": "40 um"}
    assert case(layer(law="bulk"), interface=stripes).solid


def test_a_report_tells_them() -> None:
    dielectric = void(below="10 um", density="1e5 /cm2", relative_permittivity=3)
    floating = spheroid(floating=True, x="10 um", y="12 um")
    text = case_in_words(case(pit(), dielectric, floating, layer(law="R1", R1="5 ohm cm", below="40 um")))
    assert (
        "In it there are metal pits (radius 5 µm, depth 5 µm) at every lattice point; dielectric (ε_r = 3) spheroids "
        "10 µm under the interface (radius 5 µm, depth 5 µm) at random places, 1000 1/mm2 (seed 0); floating metal "
        "half spheroids (radius 2 µm, depth 9 µm) at x 10 µm, y 12 µm; a layer 2 µm thick, 40 µm under the interface, "
        "that is R1 per length with R1 = 5 ohm cm." in text
    )
    assert "In it" not in case_in_words(parse_case({"interface": HEXAGONAL}))


def test_a_case_with_solids_may_be_changed() -> None:
    given = case(pit(), layer(law="bulk", below="9 um"))
    wider = given.model_copy(update={"interface": Hexagonal(pattern="hexagonal", contact_fraction=0.3, pitch="50 um")})
    assert wider.solid == given.solid and parse_case(tomllib.loads(resolved_toml(wider))) == wider
