"""Materials: each value and its source, temperature by Arrhenius' closed form, round trips, what wrong ones get.

Closed forms, by hand: the brick layer σ_gb = σ_local·D/δ, f_gb = σ_local/(2πε0ε); Arrhenius
σ(T) = σ(T₀)·(T₀/T)·exp(−E/k·(1/T − 1/T₀)) for the energy of σT, without T₀/T for that of σ.
"""

import math
import pickle
import re
import tomllib
from pathlib import Path

import pytest

from constriction.base.errors import InputError
from constriction.case.electrolyte import OF_MATERIAL, Electrolyte
from constriction.case.materials import electrolytes
from constriction.case.materials.entries import METALS, shipped_data, shipped_names, shipped_text
from constriction.case.materials.metals import metal
from constriction.case.schema import Case, case_sha256, load, parse_case, resolved_toml
from constriction.laws.electrolyte import dc_resistivity
from constriction.laws.material import arrhenius, brick_layer
from constriction.spectra.timeseries import SODIUM_DENSITY, SODIUM_MOLAR_MASS

INTERFACE = {"pattern": "square", "contact_fraction": 0.2, "pitch": "1 mm"}
K = 8.617333262e-5  # eV/K
EPSILON_0 = 8.8541878188e-12  # F/m
ELECTROLYTES = [name for name in shipped_names() if name not in METALS]
MINE = """\
title = "mine"
temperature = "22 degC"
[bulk_conductivity]
value = "1.2 mS/cm"
source = "me"
[relative_permittivity]
value = 20
assumed = true
reason = "not measured"
"""
ENERGY = '[bulk_activation_energy]\nvalue = "0.3 eV"\nsource = "me"\n[arrhenius]\nvalue = "sigma"\nsource = "me"\n'
BOUNDARIES = (
    '[grain_boundary_conductivity]\nvalue = "2 mS/cm"\nsource = "me"\n'
    '[grain_boundary_frequency]\nvalue = "10 kHz"\nsource = "me"\n'
    '[grain_boundary_activation_energy]\nvalue = "0.4 eV"\nsource = "me"\n'
)


def case_of(**electrolyte: object) -> Case:
    return parse_case({"interface": INTERFACE, "electrolyte": electrolyte})


def of(**electrolyte: object) -> Electrolyte:
    return case_of(**electrolyte).electrolyte


def growth(energy: float, kelvin: float, *, from_kelvin: float = 298.15, times_temperature: bool = True) -> float:
    factor = math.exp(-energy / K * (1 / kelvin - 1 / from_kelvin))
    return factor * from_kelvin / kelvin if times_temperature else factor


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MINE + ENERGY + BOUNDARIES, encoding="utf-8")
    return path


# --- values ---------------------------------------------------------------------------------------------------------


def test_the_default_is_nzsp_at_25_degrees_with_the_numbers_it_always_had() -> None:
    default = Electrolyte()
    assert default == of() == of(material="NZSP", temperature="298.15 K")
    assert (default.material.name, default.temperature) == ("NZSP", 298.15)
    assert [getattr(default, key) for key in OF_MATERIAL] == [1.5, 30.0, 0.75, 1e6, 1.0]
    assert 1 / dc_resistivity(default) == pytest.approx(0.5, rel=1e-15)


def test_llzo_follows_from_its_grain_boundaries() -> None:
    """Eckhardt et al. 2023: 5.97 µS/cm, 10 nm thick, grains of 10 µm, ε_r = 150; 5.97 mS/cm and 71.5 kHz effective."""
    boundaries = brick_layer(10e-6, 10e-9, 5.97e-4, 150.0)
    assert boundaries.conductivity == pytest.approx(0.597, rel=1e-12)
    assert boundaries.frequency == pytest.approx(5.97e-4 / (2 * math.pi * EPSILON_0 * 150), rel=1e-12)
    assert boundaries.frequency == pytest.approx(71.5e3, abs=50)  # the digits of 71.5 kHz
    llzo = of(material="LLZO")
    assert (llzo.grain_boundary_conductivity, llzo.grain_boundary_frequency) == boundaries
    assert (llzo.bulk_conductivity, llzo.relative_permittivity) == (0.046, 150.0)


def test_a_boundary_has_the_impedance_of_its_own_plates() -> None:
    """N boundaries of area A in a slab: N·δ/(A(σ + iωε0ε)) is the law's (d/A)(1/σ_gb)/(1 + if/f_gb) with N = d/D."""
    size, thickness, local, permittivity = 3e-6, 7e-9, 2e-4, 80.0
    conductivity, frequency = brick_layer(size, thickness, local, permittivity)
    for f in (0.0, 1e3, 1e5, 1e7):
        plates = thickness / size / (local + 2j * math.pi * f * EPSILON_0 * permittivity)
        assert 1 / conductivity / (1 + 1j * f / frequency) == pytest.approx(plates, rel=1e-12)


def test_argyrodite_has_no_grain_boundaries_of_its_own() -> None:
    lpscl = of(material="LPSCl")
    assert (lpscl.bulk_conductivity, lpscl.grain_boundary_conductivity) == (0.195, None)
    own = of(material="LPSCl", grain_boundary_conductivity="10 mS/cm", grain_boundary_frequency="2 MHz")
    assert (own.grain_boundary_conductivity, own.grain_boundary_frequency) == (1.0, 2e6)


@pytest.mark.parametrize("name", shipped_names())
def test_every_value_says_where_it_is_from(name: str) -> None:
    data = shipped_data(name)
    entries = {key: entry for key, entry in data.items() if isinstance(entry, dict)}
    assert len(entries) >= 5 and shipped_text(name)
    for key, entry in entries.items():
        if entry.get("assumed"):
            assert len(entry["reason"]) > 10 and "source" not in entry, key
        else:
            assert re.search(r"doi 10\.\d+/|CRC|Singh|Ma et al", entry["source"]), key


def test_metals_have_what_the_project_computes_with() -> None:
    sodium, lithium = metal("sodium"), metal("lithium")
    assert (sodium.molar_mass.value, sodium.density.value) == (SODIUM_MOLAR_MASS, SODIUM_DENSITY)
    assert 0.2e6 <= sodium.yield_strength.value <= 0.3e6 < lithium.yield_strength.value == 0.81e6
    assert (lithium.molar_mass.value, lithium.density.value) == (6.94e-3, 534.0)
    assert sodium.youngs_modulus.value == 4.6e9 and lithium.poisson_ratio.value == 0.381
    # A bcc crystal has two atoms per cubed lattice parameter (429.06 pm): its density within a per cent.
    assert sodium.density.value == pytest.approx(2 * sodium.molar_mass.value / 6.02214076e23 / 429.06e-12**3, rel=0.01)


# --- temperature ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "bulk", "boundaries"), [("NZSP", 0.32, 0.32), ("LLZO", 0.34, 0.43)])
@pytest.mark.parametrize("celsius", [-20, 25, 60, 80])
def test_conductivities_follow_arrhenius(name: str, bulk: float, boundaries: float, celsius: int) -> None:
    cold, warm = of(material=name), of(material=name, temperature=f"{celsius} degC")
    kelvin = celsius + 273.15
    assert warm.bulk_conductivity == pytest.approx(cold.bulk_conductivity * growth(bulk, kelvin), rel=1e-12)
    factor = growth(boundaries, kelvin)
    assert warm.grain_boundary_conductivity == pytest.approx(cold.grain_boundary_conductivity * factor, rel=1e-12)
    assert warm.grain_boundary_frequency == pytest.approx(cold.grain_boundary_frequency * factor, rel=1e-12)
    assert (warm.relative_permittivity, warm.grain_boundary_exponent) == (
        cold.relative_permittivity,
        cold.grain_boundary_exponent,
    )


def test_nzsp_as_a_whole_has_the_measured_activation_energy() -> None:
    """Both parts share 0.32 eV, so the slope of ln(σ_total T) over 1/T is that."""
    hot, cold = (of(temperature=f"{celsius} degC") for celsius in (80, -20))
    (t, sigma_t), (t0, sigma_t0) = ((case.temperature, case.temperature / dc_resistivity(case)) for case in (hot, cold))
    assert -K * math.log(sigma_t / sigma_t0) / (1 / t - 1 / t0) == pytest.approx(0.32, rel=1e-12)


def test_energies_may_be_of_sigma_itself(mine: Path) -> None:
    warm = of(material=str(mine), temperature="60 degC")
    factor = growth(0.3, 333.15, from_kelvin=295.15, times_temperature=False)
    assert warm.bulk_conductivity == pytest.approx(0.12 * factor, rel=1e-12)
    assert arrhenius(0.3, 300.0, 300.0, times_temperature=True) == 1.0


def test_the_capacitance_of_grain_boundaries_stays() -> None:
    """C = σ_gb/(2πf_gb) per length."""
    ratios = [
        case.grain_boundary_conductivity / case.grain_boundary_frequency
        for case in (of(material="LLZO", temperature=t) for t in ("-40 degC", "25 degC", "100 degC"))
    ]
    assert ratios == pytest.approx([ratios[0]] * 3, rel=1e-12)


def test_keys_given_beside_it_hold_at_the_temperature() -> None:
    given = of(material="LLZO", temperature="60 degC", bulk_conductivity="2 mS/cm", relative_permittivity=90)
    own = of(material="LLZO", temperature="60 degC")
    assert (given.bulk_conductivity, given.relative_permittivity) == (0.2, 90.0)
    assert given.grain_boundary_conductivity == own.grain_boundary_conductivity


@pytest.mark.parametrize("written", ["60 degC", "60 °C", "333.15 K", "140 degF", "599.67 degR"])
def test_temperatures_in_any_unit(written: str) -> None:
    assert of(temperature=written) == of(temperature="60 degC")


# --- files of one's own ---------------------------------------------------------------------------------------------


def test_a_file_is_found_beside_the_case_file(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case_file = mine.parent / "case.toml"
    case_file.write_text('[electrolyte]\nmaterial = "mine.toml"\n[interface]\npattern = "square"\npitch = "1 mm"\n')
    case_file.write_text(case_file.read_text() + "contact_fraction = 0.2\n")
    case = load(case_file)
    assert case.electrolyte.temperature == pytest.approx(295.15, rel=1e-15)  # its own, where the case names none
    assert case.electrolyte.bulk_conductivity == 0.12 and case.electrolyte.grain_boundary_frequency == 1e4
    material = case.electrolyte.material
    assert (material.name, material.text, material.shipped) == ("mine.toml", mine.read_text("utf-8"), False)
    monkeypatch.chdir(mine.parent)
    assert load("case.toml") == case


def test_a_result_is_the_same_case_once_the_file_is_beside_it(mine: Path, tmp_path: Path) -> None:
    case = case_of(material=str(mine), temperature="60 degC")
    folder = tmp_path / "result"
    folder.mkdir()
    (folder / "mine.toml").write_text(case.electrolyte.material.text, encoding="utf-8")
    (folder / "case.toml").write_text(resolved_toml(case), encoding="utf-8")
    assert load(folder / "case.toml") == case
    assert case_sha256(load(folder / "case.toml")) == case_sha256(case)


def test_another_file_of_the_same_name_is_another_material(mine: Path) -> None:
    case = case_of(material=str(mine))
    mine.write_text(mine.read_text().replace("1.2 mS/cm", "1.3 mS/cm"), encoding="utf-8")
    again = case_of(material=str(mine))
    assert again != case and again.electrolyte.bulk_conductivity == pytest.approx(0.13, rel=1e-15)


def test_a_case_takes_a_material_that_was_read_elsewhere(mine: Path) -> None:
    material = electrolytes.material_from("far/away/mine.toml", mine.read_text("utf-8"))
    assert case_of(material=material) == case_of(material=str(mine))
    with pytest.raises(InputError, match=r"^far/mine\.toml: title: missing"):
        electrolytes.material_from("far/mine.toml", MINE.replace('title = "mine"', ""))


def test_grains_of_ones_own(mine: Path) -> None:
    grains = {
        "grain_size": '"2 um"',
        "grain_boundary_thickness": '"5 nm"',
        "grain_boundary_local_conductivity": '"1 uS/cm"',
        "grain_boundary_permittivity": "40",
    }
    entries = [f'[{key}]\nvalue = {value}\nsource = "me"\n' for key, value in grains.items()]
    mine.write_text(MINE + "".join(entries), encoding="utf-8")
    own = of(material=str(mine))
    assert own.grain_boundary_conductivity == pytest.approx(1e-4 * 2e-6 / 5e-9, rel=1e-12)
    assert own.grain_boundary_frequency == pytest.approx(1e-4 / (2 * math.pi * EPSILON_0 * 40), rel=1e-12)


# --- the resolved case ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ELECTROLYTES)
@pytest.mark.parametrize("temperature", ["25 degC", "60 degC", "271.234567 K"])
@pytest.mark.parametrize("given", [{}, {"bulk_conductivity": "3 mS/cm", "grain_boundary_exponent": 0.9}])
def test_the_resolved_text_gives_an_equal_case_and_itself_again(
    name: str, temperature: str, given: dict[str, object]
) -> None:
    case = case_of(material=name, temperature=temperature, **given)
    text = resolved_toml(case)
    data = tomllib.loads(text)
    again = parse_case(data)
    assert again == case and resolved_toml(again) == text and hash(again) == hash(case)
    assert pickle.loads(pickle.dumps(case)) == case
    assert data["electrolyte"]["material"] == name and set(OF_MATERIAL) <= set(data["electrolyte"])


def test_comments_name_source_law_and_doubt() -> None:
    warm = dict(re.findall(r"^(\w+) = .*?  # (.*)$", resolved_toml(case_of(temperature="60 degC")), re.MULTILINE))
    assert warm["bulk_conductivity"].startswith("Ma et al., J. Mater. Chem. A 2019")
    assert warm["bulk_conductivity"].endswith("; from 25 degC with 0.32 eV of σT, assumed")
    assert warm["relative_permittivity"] == "assumed: no measured source"
    cold = resolved_toml(case_of(material="LLZO", bulk_conductivity="1 mS/cm"))
    assert 'bulk_conductivity = "1 mS/cm"\n' in cold  # a value of one's own has no source here
    assert re.search(r"^grain_boundary_frequency = .*  # brick layer: Eckhardt et al\. 2023", cold, re.MULTILINE)


def test_a_source_cannot_break_the_line(mine: Path) -> None:
    mine.write_text(MINE.replace('source = "me"', 'source = "me\\nthickness = 3\\u0007"'), encoding="utf-8")
    case = case_of(material=str(mine))
    assert "# me thickness = 3" in resolved_toml(case)
    assert tomllib.loads(resolved_toml(case))["electrolyte"]["thickness"] == "1.5 mm"


# --- what wrong ones get --------------------------------------------------------------------------------------------

KNOWN = "'LLZO', 'LPSCl', 'NZSP' or the path of a material's .toml"
WRONG_CASES = [
    ({"material": "NZSQ"}, f"material = 'NZSQ': unknown, the nearest is 'NZSP'; expected {KNOWN}"),
    ({"material": "lpscl"}, f"material = 'lpscl': unknown, the nearest is 'LPSCl'; expected {KNOWN}"),
    ({"material": "sodium"}, "material = 'sodium': unknown, the nearest is "),
    ({"material": 3}, f"material = 3: expected {KNOWN}"),
    ({"material": "none.toml"}, "material = none.toml: No such file or directory; expected the path of a readable"),
    ({"temperature": "-300 degC"}, "temperature = '-300 degC': below absolute zero; expected a temperature such as"),
    ({"temperature": "0 K"}, "temperature = '0 K': expected a temperature from 100 K to 2000 K"),
    ({"temperature": "-273.15 degC"}, "temperature = '-273.15 degC': expected a temperature from 100 K to 2000 K"),
    ({"temperature": "5000 K"}, "temperature = '5000 K': expected a temperature from 100 K to 2000 K"),
    ({"temperature": 300}, "temperature = 300: expected a temperature such as '25 degC' or '298.15 K'"),
    ({"temperature": "25"}, "temperature = '25': expected a temperature such as"),
    ({"temperature": "5 mm"}, "temperature = '5 mm': expected a temperature such as"),
    (
        {"matrial": "LLZO"},
        "matrial: unknown key, the nearest is 'material'; [electrolyte] takes material,",
    ),
    (
        {"material": "LLZO", "temperature": "100 K"},
        "bulk_conductivity = '",  # 0.046 S/m · 3 exp(−26): less than any conductivity of a case
    ),
]


@pytest.mark.parametrize(("keys", "message"), WRONG_CASES, ids=[message[:32] for _, message in WRONG_CASES])
def test_a_wrong_case_gets_one_line(keys: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=f"^case: electrolyte.{re.escape(message)}") as caught:
        case_of(**keys)
    assert len(str(caught.value).splitlines()) == 1


WRONG_FILES = [
    (MINE, {"temperature": "60 degC"}, "temperature = '60 degC': material 'mine.toml' has no bulk_activation_energy;"),
    (MINE + BOUNDARIES, {}, "grain_boundary_activation_energy needs it: 'sigma' or 'sigma T'"),
    (MINE + ENERGY.replace('"sigma"', '"ln sigma"'), {}, "arrhenius.value = 'ln sigma': expected 'sigma' or 'sigma T'"),
    (MINE + ENERGY.replace("0.3 eV", "30 eV"), {}, "bulk_activation_energy.value = '30 eV': expected an energy from"),
    (MINE.replace('source = "me"\n', ""), {}, "bulk_conductivity.source: missing; expected a paper, or assumed = true"),
    (MINE.replace('reason = "not measured"\n', ""), {}, "relative_permittivity.reason: missing; expected why"),
    (MINE.replace("value = 20", "value = 0.5"), {}, "relative_permittivity.value = 0.5: expected a number from 1 to"),
    (MINE.replace("value = 20\n", ""), {}, "relative_permittivity.value: missing; expected a number from 1 to 1e9"),
    (MINE.replace("[relative_", "[relatve_"), {}, "relatve_permittivity: unknown key, the nearest is 'relative_perm"),
    (MINE.replace("source", "sorce"), {}, "bulk_conductivity.sorce: unknown key, the nearest is 'source';"),
    (MINE.replace("1.2 mS/cm", "1.2 mm"), {}, "bulk_conductivity.value = '1.2 mm': expected a conductivity such as"),
    (MINE.replace("22 degC", "22"), {}, "temperature = '22': expected a temperature such as"),
    (MINE.replace("[bulk", "[["), {}, "not valid TOML"),
    (MINE + '[grain_size]\nvalue = "1 um"\nsource = "me"\n', {}, "grain_boundary_thickness: missing; grain_size needs"),
    (
        MINE + BOUNDARIES.split("[grain_boundary_frequency", maxsplit=1)[0],
        {},
        "grain_boundary_frequency: missing; grain_boundary_conductivity needs it",
    ),
]


@pytest.mark.parametrize(("text", "keys", "message"), WRONG_FILES, ids=[message[:40] for *_, message in WRONG_FILES])
def test_a_wrong_file_gets_one_line(tmp_path: Path, text: str, keys: dict[str, object], message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        case_of(material=str(path), **keys)
    told = str(caught.value)
    assert told.startswith("case: electrolyte.") and message in told and len(told.splitlines()) == 1
    assert keys or f"material = {path}: " in told


def test_effective_boundaries_and_grains_exclude_each_other(tmp_path: Path) -> None:
    path = tmp_path / "both.toml"
    path.write_text(
        shipped_text("LLZO") + BOUNDARIES.split("[grain_boundary_activation", maxsplit=1)[0], encoding="utf-8"
    )
    with pytest.raises(InputError, match="grain_boundary_conductivity: follows from grain_size, .*; expected one or"):
        case_of(material=str(path))


def test_no_law_is_needed_for_what_is_given(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE, encoding="utf-8")
    given = of(material=str(path), temperature="60 degC", bulk_conductivity="2 mS/cm")
    assert (given.bulk_conductivity, given.temperature) == (0.2, 333.15)


def test_only_shipped_names_are_metals_or_electrolytes() -> None:
    assert set(METALS) < set(shipped_names()) and electrolytes.DEFAULT in ELECTROLYTES
    with pytest.raises(InputError, match="no material is called 'natrium', the nearest is"):
        metal("natrium")
