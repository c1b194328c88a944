"""The case file: what is accepted, the one line every wrong one gets, and the resolved text."""

import math
import random
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from constriction.base.errors import InputError
from constriction.case.interface import PATTERNS, Hexagonal
from constriction.case.schema import Case, Electrolyte, Gap, Sweep, case_sha256, fields_of, load, parse_case
from constriction.case.schema import resolved_toml as resolve

HEXAGONAL = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "40 um"}
DISCS = {"pattern": "list", "cell": ["100 um", "80 um"], "discs": [["20 um", "30 um", "5 um"]]}

FULL = """\
title = "Sodium islands on a hexagonal lattice"
[electrolyte]
thickness = "1.5 mm"
bulk_conductivity = "15 mS/cm"
relative_permittivity = 30
grain_boundary_conductivity = "7.5 mS/cm"
grain_boundary_frequency = "1 MHz"
grain_boundary_exponent = 1.0
[interface]
pattern = "hexagonal"
shape = "disc"
contact_fraction = 0.2
pitch = "40 um"
[gap]
height = "100 nm"
relative_permittivity = 1.0
model = "auto"
profile = "uniform"
[sweep]
from = "7 MHz"
to = "100 Hz"
points_per_decade = 10
[accuracy]
relative_error = 1e-3
method = "finite_elements"
bounds = false
"""


def interface(**keys: Any) -> dict[str, Any]:
    return {"interface": {**HEXAGONAL, **keys}}


def discs(**keys: Any) -> dict[str, Any]:
    return {"interface": {**DISCS, **keys}}


def section(name: str, **keys: Any) -> dict[str, Any]:
    return {"interface": HEXAGONAL, name: keys}


# --- what is accepted ---------------------------------------------------------------------------------------


def test_reads_the_case_file_of_the_design_in_si_units(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(FULL, encoding="utf-8")
    case = load(path)
    assert case.title == "Sodium islands on a hexagonal lattice"
    assert case.electrolyte == Electrolyte()
    assert (case.electrolyte.thickness, case.electrolyte.bulk_conductivity) == (1.5e-3, 1.5)
    assert (case.electrolyte.grain_boundary_conductivity, case.electrolyte.grain_boundary_frequency) == (
        0.75,
        1e6,
    )
    assert (case.interface.pattern, case.interface.contact_fraction, case.interface.pitch) == (
        "hexagonal",
        0.2,
        40e-6,
    )
    assert (case.gap.height, case.gap.relative_permittivity, case.gap.model) == (1e-7, 1.0, "auto")
    assert (case.sweep.start, case.sweep.stop, case.sweep.points_per_decade) == (7e6, 100.0, 10)
    assert case.accuracy.relative_error == 1e-3


def test_only_the_interface_has_no_default(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(FULL, encoding="utf-8")
    spelled_out = load(str(path)).model_copy(update={"title": ""})
    assert parse_case({"interface": HEXAGONAL}) == spelled_out


@pytest.mark.parametrize(
    "keys",
    [
        {
            "pattern": "single",
            "shape": "square",
            "contact_fraction": 1,
            "pitch": "1 mm",
            "cell_shape": "circular",
        },
        {"pattern": "square", "contact_fraction": 0.5, "pitch": "1 mm", "inverted": True},
        {"pattern": "stripes", "contact_fraction": 0.5, "pitch": "1 mm"},
        {"pattern": "random", "contact_fraction": 0.2, "pitch": "1 mm", "spots": 25, "seed": 2**63 - 1},
        DISCS,
    ],
)
def test_every_pattern_takes_its_own_keys_and_resolves_to_them(keys: dict[str, Any]) -> None:
    case = parse_case({"interface": keys})
    resolved = tomllib.loads(resolve(case))
    assert keys.items() <= resolved["interface"].items()
    assert parse_case(resolved) == case


def test_a_list_of_discs_is_in_metres() -> None:
    case = parse_case(discs(discs=[["20 um", "0 m", "5 um"], ["-1 mm", "30 um", "1 inch"]]))
    assert case.interface.cell == (100e-6, 80e-6)
    assert case.interface.discs == ((20e-6, 0.0, 5e-6), (-1e-3, 30e-6, 0.0254))


def test_the_ends_of_the_ranges_are_read() -> None:
    for fraction in (1e-9, 0.999999999, 1 - 1e-9, 1):
        assert parse_case(interface(contact_fraction=fraction)).interface.contact_fraction == fraction
    case = parse_case({**section("gap", height="0.01 nm"), "sweep": {"from": "1e15 Hz", "to": "1e-6 Hz"}})
    assert (case.gap.height, case.sweep.start, case.sweep.stop) == (1e-11, 1e15, 1e-6)
    assert parse_case(tomllib.loads(resolve(case))) == case


def test_none_switches_off() -> None:
    case = parse_case(
        {**section("gap", height="none"), "electrolyte": {"grain_boundary_conductivity": "none"}},
    )
    assert case.gap.height is None and case.electrolyte.grain_boundary_conductivity is None
    assert parse_case(tomllib.loads(resolve(case))) == case


def test_models_are_built_in_python_with_strings_and_python_names() -> None:
    sweep = Sweep(start="1 MHz", stop="1 kHz")
    assert (sweep.start, sweep.stop) == (1e6, 1e3)
    assert Hexagonal(**HEXAGONAL).pitch == 40e-6
    with pytest.raises(ValidationError, match="0.1: expected a length with its unit"):
        Gap(height=0.1)


def test_a_case_is_a_value() -> None:
    case = parse_case({"interface": HEXAGONAL})
    assert hash(case) == hash(parse_case({"interface": HEXAGONAL, "gap": {"height": "0.1 um"}}))
    with pytest.raises(ValidationError, match="frozen"):
        case.title = "other"


# --- the one line for a wrong case --------------------------------------------------------------------------

WRONG = [
    (section("gap", height="5 mS"), "gap.height = '5 mS': expected a length such as '100 nm' or 'none'"),
    (
        section("gap", height=1e-7),
        "gap.height = 1e-07: expected a length with its unit, such as '100 nm' or 'none'",
    ),
    (
        section("gap", height="7"),
        "gap.height = '7': expected a length with its unit, such as '100 nm' or 'none'",
    ),
    (
        section("gap", height=None),
        "gap.height = None: expected a length with its unit, such as '100 nm' or 'none'",
    ),
    (section("gap", height="0 nm"), "gap.height = '0 nm': expected a length above zero or 'none'"),
    (section("gap", height="nan m"), "gap.height = 'nan m': expected a length such as '100 nm' or 'none'"),
    (
        section("gap", relative_permittivity=0.99),
        "gap.relative_permittivity = 0.99: expected a number from 1 to 1e9",
    ),
    (section("gap", model="thick"), "gap.model = 'thick': expected 'thin', 'volume' or 'auto'"),
    (
        section("electrolyte", thickness="-1 mm"),
        "electrolyte.thickness = '-1 mm': expected a length above zero",
    ),
    (
        section("electrolyte", bulk_conductivity=15),
        "electrolyte.bulk_conductivity = 15: expected a conductivity with its unit, such as '15 mS/cm'",
    ),
    (
        section("electrolyte", grain_boundary_frequency="0 Hz"),
        "electrolyte.grain_boundary_frequency = '0 Hz': expected a frequency above zero",
    ),
    (
        section("electrolyte", relative_permittivity=True),
        "electrolyte.relative_permittivity = true: expected a number from 1 to 1e9",
    ),
    (
        section("electrolyte", relative_permittivity=math.inf),
        "electrolyte.relative_permittivity = inf: expected a number from 1 to 1e9",
    ),
    (
        section("electrolyte", grain_boundary_exponent=1.01),
        "electrolyte.grain_boundary_exponent = 1.01: expected a number from 0.01 to 1",
    ),
    (
        section("accuracy", relative_error=0.6),
        "accuracy.relative_error = 0.6: expected a number from 1e-6 to 0.5",
    ),
    (
        section("accuracy", relative_error=9e-7),
        "accuracy.relative_error = 9e-07: expected a number from 1e-6 to 0.5",
    ),
    (section("sweep", **{"from": "1 MS"}), "sweep.from = '1 MS': expected a frequency such as '7 MHz'"),
    (
        section("sweep", **{"from": "50 Hz"}),
        "sweep.from = '50 Hz': expected a frequency above sweep.to = '100 Hz'",
    ),
    (section("sweep", to="7 MHz"), "sweep.from = '7 MHz': expected a frequency above sweep.to = '7 MHz'"),
    (
        section("sweep", points_per_decade=1001),
        "sweep.points_per_decade = 1001: expected an integer from 1 to 1000",
    ),
    (
        section("sweep", points_per_decade=10.0),
        "sweep.points_per_decade = 10.0: expected an integer from 1 to 1000",
    ),
    ({**interface(), "title": 3}, "title = 3: expected a string"),
    ({**interface(), "title": "\ud800"}, r"title = '\ud800': expected a string"),
    # contact fraction
    (
        interface(contact_fraction=0),
        "interface.contact_fraction = 0.0: expected a number from 1e-9 to 1 - 1e-9, or 1 for full contact,"
        " or 0 with a gap.law",
    ),
    (
        interface(contact_fraction=-0.1),
        "interface.contact_fraction = -0.1: expected a number from 1e-9 to 1 - 1e-9, or 1 for full contact",
    ),
    (
        interface(contact_fraction=1.5),
        "interface.contact_fraction = 1.5: expected a number from 1e-9 to 1 - 1e-9, or 1 for full contact",
    ),
    (
        interface(contact_fraction=math.nan),
        "interface.contact_fraction = nan: expected a number from 1e-9 to 1 - 1e-9, or 1 for full contact",
    ),
    (
        interface(contact_fraction="0.2"),
        "interface.contact_fraction = '0.2': expected a number from 1e-9 to 1 - 1e-9, or 1 for full contact",
    ),
    (
        interface(contact_fraction=True),
        "interface.contact_fraction = true: expected a number from 1e-9 to 1 - 1e-9, or 1 for full contact",
    ),
    (
        interface(contact_fraction=1e-17, inverted=True),
        "interface.contact_fraction = 1e-17: expected a number from 1e-9 to 1 - 1e-9, or 1 for full contact",
    ),
    (
        interface(contact_fraction=1 - 1e-12),
        "interface.contact_fraction = 0.999999999999: expected a number from 1e-9 to 1 - 1e-9, or 1 for full contact",
    ),
    # far beyond what physics can want
    (section("gap", height="1 pm"), "gap.height = '1 pm': expected a length from 0.01 nm to 1 m or 'none'"),
    (
        section("gap", relative_permittivity=1.7e308),
        "gap.relative_permittivity = 1.7e+308: expected a number from 1 to 1e9",
    ),
    (interface(pitch="1e300 m"), "interface.pitch = '1e300 m': expected a length from 1 nm to 1 m"),
    (interface(pitch="1e-160 m"), "interface.pitch = '1e-160 m': expected a length from 1 nm to 1 m"),
    (discs(discs=[["1e9 km", "2 um", "1 um"]]), "interface.discs[0][0] = '1e9 km': expected a length from -1 m to 1 m"),
    (section("sweep", to="5e-324 Hz"), "sweep.to = '5e-324 Hz': expected a frequency from 1e-6 Hz to 1e15 Hz"),
    (
        section("electrolyte", bulk_conductivity="1e-200 S/m"),
        "electrolyte.bulk_conductivity = '1e-200 S/m': expected a conductivity from 1e-12 S/m to 1e9 S/m",
    ),
    (
        section("sweep", **{"from": "1e12 Hz", "to": "1e-2 Hz", "points_per_decade": 1000}),
        "sweep.points_per_decade = 1000: expected at most 10000 frequencies from sweep.from to sweep.to,"
        " these are 14001",
    ),
    # the interface's other keys
    (interface(pitch="none"), "interface.pitch = 'none': expected a length such as '100 nm'"),
    (interface(inverted="true"), "interface.inverted = 'true': expected true or false"),
    (interface(shape="hexagon"), "interface.shape = 'hexagon': expected 'disc', 'square', 'ellipse' or 'rectangle'"),
    (
        interface(pattern="hex"),
        f"interface.pattern = 'hex': expected {', '.join(map(repr, [*PATTERNS][:-1]))} or {[*PATTERNS][-1]!r}",
    ),
    (
        interface(pattern="random", spots=0),
        "interface.spots = 0: expected an integer from 1 to 1000000000",
    ),
    (
        interface(pattern="random", spots=10**9 + 1),
        "interface.spots = 1000000001: expected an integer from 1 to 1000000000",
    ),
    (
        interface(pattern="random", seed=2**63),
        "interface.seed = 9223372036854775808: expected an integer from 0 to 2^63 - 1",
    ),
    (discs(cell=["1 um"]), "interface.cell = ['1 um']: expected two lengths such as ['100 um', '80 um']"),
    (discs(cell=["1 um", 2]), "interface.cell[1] = 2: expected a length with its unit, such as '100 nm'"),
    (discs(cell=["1 um", "0 um"]), "interface.cell[1] = '0 um': expected a length above zero"),
    (
        discs(discs=[]),
        "interface.discs = []: expected at least one of discs, ellipses and rectangles, such as"
        " [['20 um', '30 um', '5 um']]",
    ),
    (
        discs(discs=[["1 um", "2 um", "3 um"], ["1 um", "2 um"]]),
        "interface.discs[1] = ['1 um', '2 um']: expected discs [x, y, radius] such as [['20 um', '30 um', '5 um']]",
    ),
    (discs(discs=[["1 um", "2 um", "0 um"]]), "interface.discs[0][2] = '0 um': expected a length above zero"),
    # missing
    ({}, "interface: missing; expected a section [interface]"),
    (
        {"interface": {}},
        f"interface.pattern: missing; expected {', '.join(map(repr, PATTERNS))}",
    ),
    (
        {"interface": {"pattern": "square", "pitch": "1 mm"}},
        "interface.contact_fraction: missing; pattern 'square' expects"
        " a number from 1e-9 to 1 - 1e-9, or 1 for full contact",
    ),
    (
        {"interface": {"pattern": "square", "contact_fraction": 0.2}},
        "interface.pitch: missing; pattern 'square' expects a length such as '40 um'",
    ),
    (
        {"interface": {"pattern": "list", "discs": DISCS["discs"]}},
        "interface.cell: missing; pattern 'list' expects two lengths such as ['100 um', '80 um']",
    ),
    (
        {"interface": {"pattern": "list", "cell": DISCS["cell"]}},
        "interface.discs = []: expected at least one of discs, ellipses and rectangles, such as"
        " [['20 um', '30 um', '5 um']]",
    ),
    (
        {"interface": HEXAGONAL, "accuracy": {"method": "spectral", "bounds": True}},
        "accuracy.bounds = true: transforms have no bounds; expected method = 'finite_elements'",
    ),
    # unknown keys, sections that are none
    (
        section("gap", hieght="1 nm"),
        "gap.hieght: unknown key, the nearest is 'height'; [gap] takes height, relative_permittivity, model, law,"
        " profile, rise, length, file, pixel, unit, offset, level, missing, most_missing,"
        " outliers, contact_below and the keys of its law",
    ),
    (
        section("sweep", start="1 MHz"),
        "sweep.start: unknown key, the nearest is 'to'; [sweep] takes from, to, points_per_decade",
    ),
    (
        section("gaps"),
        "gaps: unknown key, the nearest is 'gap'; a case takes"
        " title, electrolyte, interface, contact, gap, collector, counter, sweep, accuracy, grains, solid",
    ),
    (
        section("a\nb"),
        r"'a\nb': unknown key, the nearest is 'gap'; a case takes"
        " title, electrolyte, interface, contact, gap, collector, counter, sweep, accuracy, grains, solid",
    ),
    ({"interface": HEXAGONAL, "gap": 5}, "gap = 5: expected a section [gap]"),
    ([], "[]: expected a table with the sections of a case"),
    # several: a misspelt key comes first, the others are counted
    (
        {"interface": {"patern": "square", "pitch": 3}},
        "interface.patern: unknown key, the nearest is 'pattern'; [interface] takes"
        f" {', '.join(fields_of('interface'))} (and 2 more errors)",
    ),
    (
        {**section("gap", height=1, model=2), "accuracy": {"relative_error": 1}},
        "gap.height = 1: expected a length with its unit, such as '100 nm' or 'none' (and 2 more errors)",
    ),
]


@pytest.mark.parametrize(("data", "message"), WRONG, ids=[message.split(": expected")[0] for _, message in WRONG])
def test_a_wrong_case_gets_one_line(data: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^here: {re.escape(message)}$"):
        parse_case(data, "here")


@pytest.mark.parametrize(
    ("pattern", "key", "value", "applying"),
    [
        ("single", "spots", 3, "contact_fraction, pitch, shape, aspect, cell_shape"),
        ("square", "cell_shape", "square", "contact_fraction, pitch, shape, aspect"),
        ("hexagonal", "seed", 1, "contact_fraction, pitch, shape, aspect"),
        ("stripes", "shape", "disc", "contact_fraction, pitch"),
        (
            "random",
            "cell_shape",
            "circular",
            "sides, pellet, shape, contact_fraction, pitch, seed, size_spread, overlap, spots",
        ),
        ("list", "contact_fraction", 0.2, "sides, pellet, cell, discs, ellipses, rectangles"),
        ("list", "pitch", "40 um", "sides, pellet, cell, discs, ellipses, rectangles"),
        ("list", "shape", "disc", "sides, pellet, cell, discs, ellipses, rectangles"),
    ],
)
def test_a_key_of_another_pattern_is_refused(pattern: str, key: str, value: Any, applying: str) -> None:
    """Even with its default value: a key that is read over would mislead."""
    keys = {**(DISCS if pattern == "list" else HEXAGONAL), "pattern": pattern, key: value}
    message = f"interface.{key} = {value!r}: does not apply to pattern '{pattern}', which takes pattern, inverted"
    with pytest.raises(InputError, match=f"^case: {re.escape(message)}, {applying}$"):
        parse_case({"interface": keys})


@pytest.mark.parametrize("key", ["cell", "discs"])
def test_cell_and_discs_belong_to_a_list(key: str) -> None:
    with pytest.raises(InputError, match=rf"interface\.{key} = \(.*\): does not apply to pattern 'hexagonal'"):
        parse_case(interface(**{key: DISCS[key]}))


# --- files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[gap]\nheight "1 nm"\n', r"not valid TOML: .*\(at line 2, column 8\)"),
        (b'title = "x"\n\n[gap]\nheight = [1,', r"not valid TOML: .*\(at line 4, end of document\)"),
        (b"[gap]\n[gap]\n", r"not valid TOML: .*\(at line 2, column 5\)"),
        (b'title = "\xff"\n', r"not UTF-8 text \(byte 9\); save it as UTF-8"),
        (
            b"[interface]\npattern = 'square'\ncontact_fraction = nan\npitch = '1 mm'",
            "interface.contact_fraction = nan",
        ),
        (b"", r"interface: missing; expected a section \[interface\]"),
    ],
)
def test_a_wrong_file_gets_one_line_with_its_path(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"^{re.escape(str(path))}: {message}") as caught:
        load(path)
    assert len(str(caught.value).splitlines()) == 1


def test_a_missing_file_and_a_directory_are_told_apart(tmp_path: Path) -> None:
    expected = "expected the path of a readable case file"
    with pytest.raises(InputError, match=f"^{re.escape(str(tmp_path))}/none: No such file or directory; {expected}"):
        load(tmp_path / "none")
    with pytest.raises(InputError, match=f"^{re.escape(str(tmp_path))}: Is a directory; {expected}"):
        load(tmp_path)
    with pytest.raises(InputError, match=f"has a null character; {expected}"):
        load("a\0b")


def test_windows_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_bytes(b"\xef\xbb\xbf" + FULL.replace("\n", "\r\n").encode())
    assert load(path).title == "Sodium islands on a hexagonal lattice"


# --- the resolved case --------------------------------------------------------------------------------------


def test_every_default_is_written_out_and_the_assumed_ones_marked() -> None:
    resolved = resolve(parse_case({"interface": HEXAGONAL}))
    full = tomllib.loads(FULL)
    expected = full | {
        "title": "",
        "electrolyte": {"material": "NZSP", "temperature": "25 degC", **full["electrolyte"]},
        "interface": {**HEXAGONAL, "shape": "disc", "aspect": 1.0, "inverted": False},
    }
    assert tomllib.loads(resolved) == expected
    assert [line for line in resolved.splitlines() if "assumed" in line] == [
        "relative_permittivity = 30.0  # assumed: no measured source",
        'grain_boundary_frequency = "1 MHz"  # assumed: no measured source',
    ]


def test_a_value_of_ones_own_is_not_marked_as_assumed() -> None:
    own = section("electrolyte", relative_permittivity=31, grain_boundary_frequency="1.1 MHz")
    own["gap"] = {"relative_permittivity": 30}
    assert "assumed" not in resolve(parse_case(own))
    sourced = [line.split(" = ")[0] for line in resolve(parse_case(own)).splitlines() if "#" in line]
    assert sourced == ["bulk_conductivity", "grain_boundary_conductivity", "grain_boundary_exponent"]


@pytest.mark.parametrize(
    "title", ['say "Na"', "back\\slash", "two\nlines\r\n", "\x00\x1f\x7f\x85\u2028", "Na⁺ 鈉 # no"]
)
def test_titles_survive(tmp_path: Path, title: str) -> None:
    case = parse_case({"interface": HEXAGONAL, "title": title})
    path = tmp_path / "case.toml"
    path.write_text(resolve(case), encoding="utf-8")
    assert load(path).title == title


def _random_case(rng: random.Random) -> Case:
    """A case whose values have all their digits."""
    micrometres = [[f"{rng.uniform(1, 99)!r} um" for _ in range(3)] for _ in range(rng.randint(1, 5))]
    listed = {**DISCS, "discs": micrometres}
    spots = {**HEXAGONAL, "pattern": "random", "contact_fraction": rng.random(), "seed": rng.getrandbits(63)}
    return parse_case(
        {
            "interface": rng.choice([listed, spots]),
            "electrolyte": {
                "material": rng.choice(["NZSP", "LLZO", "LPSCl"]),
                "temperature": f"{rng.uniform(250, 400)!r} K",
                "thickness": f"{rng.random()!r} inch",
                "relative_permittivity": rng.uniform(1, 99),
            },
            "sweep": {"to": f"{rng.random()!r} Hz"},
            "accuracy": {"relative_error": 10 ** rng.uniform(-6, -1)},
        }
    )


def test_the_resolved_text_gives_an_equal_case_and_itself_again() -> None:
    rng = random.Random(3)
    for _ in range(200):
        case = _random_case(rng)
        again = parse_case(tomllib.loads(resolve(case)))
        assert again == case
        assert resolve(again) == resolve(case)


def test_the_hash_depends_on_the_values_only() -> None:
    reference = case_sha256(parse_case({"interface": HEXAGONAL}))
    assert re.fullmatch("[0-9a-f]{64}", reference)
    same = {**interface(pitch="0.04 mm", shape="disc"), "electrolyte": {"relative_permittivity": 30}}
    assert case_sha256(parse_case(same)) == reference
    assert case_sha256(parse_case(interface(pitch="0.041 mm"))) != reference
