"""The sections [contact], [gap] and [counter]: laws with their keys, other cases by their files, what is refused."""

import math
import os
import pickle
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from constriction.base.errors import InputError
from constriction.case.regions import Contact, CounterElectrode, Gap
from constriction.case.schema import Case, case_sha256, load, parse_case, referred_files, resolved_toml
from constriction.laws.electrolyte import VACUUM_PERMITTIVITY

HEXAGONAL = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"}
F = np.geomspace(1e-2, 1e8, 31)
S = 2j * math.pi * F


def case(interface: dict[str, Any] | None = None, **sections: Any) -> Case:
    return parse_case({"interface": {**HEXAGONAL, **(interface or {})}, **sections}, "here")


def film(**keys: Any) -> Case:
    return case(contact=keys)


# --- laws ----------------------------------------------------------------------------------------------------------


def test_without_sections_contact_and_counter_are_ideal_and_the_gap_is_a_capacitor() -> None:
    plain = case()
    assert plain.contact.law_of() is None and plain.contact.fine_case is None
    assert plain.counter == CounterElectrode() and not plain.counter.symmetric and plain.counter.other_case is None
    law = plain.gap.law_of()
    assert law is not None and plain.gap.capacitor_only
    np.testing.assert_allclose(law.admittance(F), S * VACUUM_PERMITTIVITY / 1e-7, rtol=1e-13)
    assert case(gap={"height": "none"}).gap.law_of() is None


LAWS = [
    ({"law": "R", "R0": "0.5 ohm cm2"}, 5e-5 + 0 * S),
    ({"law": "p(R1,C1)", "R1": "0.5 ohm cm2", "C1": "20 uF/cm2"}, 5e-5 / (1 + S * 5e-5 * 0.2)),
    ({"law": "p(R,C)", "R1": "0.5 ohm*cm**2", "C2": "0.2 F/m2"}, 5e-5 / (1 + S * 5e-5 * 0.2)),
    ({"law": "p(R1,Q1)", "R1": "500 mohm cm2", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}, 5e-5 / (1 + 1e-5 * S**0.9)),
    ({"law": "RQ1", "R1": "5e-5 ohm m2", "Q1": "20 uS*s**0.9 cm^-2", "a1": 0.9}, 5e-5 / (1 + 1e-5 * S**0.9)),
    ({"law": "RQ", "R1": "0.5 ohm cm2", "Q1": "20 µS·s^a/cm2", "a1": 0.9}, 5e-5 / (1 + 1e-5 * S**0.9)),
    ({"law": "Q1", "Q1": "0.2 S s/m2", "a1": 1}, 1 / (S * 0.2)),
    ({"law": "R0-W1", "R0": "0.5 ohm cm2", "W1": "2 ohm cm2 s^-0.5"}, 5e-5 + 2e-4 * math.sqrt(2) / np.sqrt(S)),
    ({"law": "R0-W1", "R0": "0.5 ohm cm2", "W1": "2 ohm cm2/s^0.5"}, 5e-5 + 2e-4 * math.sqrt(2) / np.sqrt(S)),
    ({"law": "G1", "R1": "0.5 ohm cm2", "T1": "20 ms"}, 5e-5 / np.sqrt(1 + S * 0.02)),
]


@pytest.mark.parametrize(("keys", "expected"), LAWS, ids=[str(keys) for keys, _ in LAWS])
def test_a_law_is_read_in_si_and_comes_back_from_the_resolved_case(keys: dict[str, Any], expected: np.ndarray) -> None:
    given = film(**keys)
    law = given.contact.law_of()
    assert law is not None
    np.testing.assert_allclose(law.impedance(F), expected, rtol=1e-13)
    again = parse_case(tomllib.loads(resolved_toml(given)))
    assert again == given and hash(again) == hash(given) and again.contact.law_of() == law
    assert resolved_toml(again) == resolved_toml(given)


def test_values_are_written_in_the_unit_that_reads_best_and_in_the_order_of_the_law() -> None:
    given = film(a1=0.9, Q1="2e-5 S s^a/cm2", R1="5e-5 ohm m2", law="p(R1,Q1)")
    assert tomllib.loads(resolved_toml(given))["contact"] == {
        "law": "p(R1,Q1)",
        "R1": "500 mohm cm2",
        "Q1": "20 uS s^0.9/cm2",
        "a1": 0.9,
    }
    assert list(tomllib.loads(resolved_toml(given))["contact"]) == ["law", "R1", "Q1", "a1"]


@pytest.mark.parametrize("value", ["0.1 ohm cm2", "1.2345678901234567 kohm cm2", "3.3e-12 ohm cm2", "7e14 ohm cm2"])
def test_values_keep_all_their_digits(value: str) -> None:
    given = film(law="p(R1,Q1)", R1=value, Q1="1.2345678901234567 mS s^0.8765432109876543/cm2", a1=0.8765432109876543)
    assert parse_case(tomllib.loads(resolved_toml(given))) == given
    assert parse_case(tomllib.loads(resolved_toml(given))).contact.law_of() == given.contact.law_of()


@pytest.mark.parametrize("text", ["p(R1,Q1)", "RQ1", "p(Q1,R1,C2)", "R0-p(R1,Q1)"])
def test_c1_stands_for_q1_where_q_is_parallel_to_one_r(text: str) -> None:
    """C1 = (R1^(1−a1) Q1)^(1/a1) is what a fit reports: the apex is at ω = 1/(R1 C1)."""
    more = {"C2": "1 pF/cm2"} if "C2" in text else {"R0": "1 ohm cm2"} if "R0" in text else {}
    given = film(law=text, R1="0.5 ohm cm2", C1="20 uF/cm2", a1=0.8, **more)
    law = given.contact.law_of()
    assert law is not None
    values = dict(zip(law.circuit.names, law.values, strict=True))
    assert (values["R1"] ** 0.2 * values["Q1"]) ** (1 / 0.8) == pytest.approx(0.2, rel=1e-13)
    assert parse_case(tomllib.loads(resolved_toml(given))) == given and "C1" in resolved_toml(given)


def test_the_gaps_capacitor_is_in_its_law_and_has_no_key() -> None:
    bonded = case(gap={"law": "p(C,Q1)", "Q1": "20 uS s^0.9/cm2", "a1": 0.9, "relative_permittivity": 3})
    law = bonded.gap.law_of()
    assert law is not None and not bonded.gap.capacitor_only
    expected = S * VACUUM_PERMITTIVITY * 3 / 1e-7 + 0.2 * S**0.9
    np.testing.assert_allclose(law.admittance(F), expected, rtol=1e-13)
    assert parse_case(tomllib.loads(resolved_toml(bonded))) == bonded


def test_a_gap_law_without_that_capacitor_knows_no_height() -> None:
    leak = {"law": "p(C1,R1)", "C1": "1 nF/cm2", "R1": "1 kohm cm2"}
    near, none = case(gap={**leak, "height": "5 nm"}).gap, case(gap={**leak, "height": "none"}).gap
    assert near.law_of() == none.law_of() and not near.capacitor_only
    assert none.law_of().resistance == 0.1  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["C", " C ", "(C)"])
def test_the_capacitor_may_be_said(text: str) -> None:
    said, plain = case(gap={"law": text, "model": "volume"}).gap, case().gap
    assert said.capacitor_only and said.law_of().values == plain.law_of().values  # type: ignore[union-attr]


def test_models_are_built_in_python_too() -> None:
    assert Contact(law="R1", R1="1 ohm cm2").law_of() == film(law="R1", R1="1 ohm cm2").contact.law_of()
    assert Gap(law="p(C,R1)", R1="1 ohm cm2").law_of() is not None
    with pytest.raises(InputError, match="not read; expected a case from load or parse_case"):
        Contact(fine="micro.toml").law_of()
    with pytest.raises(InputError, match="not read; expected a case from load or parse_case"):
        assert CounterElectrode(file="other.toml").other_case


def test_no_contact_where_the_gap_has_a_law() -> None:
    pristine = {"law": "p(C,Q1)", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}
    for gap in (pristine, {"law": "C"}):
        none = case({"contact_fraction": 0}, gap=gap)
        assert none.interface.contact_fraction == 0
        assert parse_case(tomllib.loads(resolved_toml(none))) == none


def test_minus_zero_is_no_contact_either() -> None:
    cases = [case({"contact_fraction": fraction}, gap={"law": "C"}) for fraction in (0, -0.0)]
    assert case_sha256(cases[0]) == case_sha256(cases[1])


def test_ideal_sections_leave_the_hash_of_a_case_alone() -> None:
    assert case(contact={}, counter={"symmetric": False}) == case()
    assert not re.search(r"contact\]|counter\]|law|fine", resolved_toml(case()))
    laws = [film(law="R1", R1=f"{k} ohm cm2") for k in (1, 2)]
    assert len({case_sha256(given) for given in (case(), case(counter={"symmetric": True}), *laws)}) == 4


FILM = {"law": "p(R1,Q1)", "R1": "0.5 ohm cm2", "Q1": "20 uS s^0.9/cm2", "a1": 0.9}
Q_EXPECTED = "expected a constant phase element per area such as '20 uS s^0.9/cm2', s to the power a1"
WRONG = [
    # not passive
    (
        {"contact": {**FILM, "R1": "-0.5 ohm cm2"}},
        "contact.R1 = '-0.5 ohm cm2': expected a resistance times area above zero",
    ),
    ({"contact": {**FILM, "R1": "0 ohm cm2"}}, "contact.R1 = '0 ohm cm2': expected a resistance times area above zero"),
    (
        {"contact": {**FILM, "R1": "nan ohm cm2"}},
        "contact.R1 = 'nan ohm cm2': expected a resistance times area such as '0.5 ohm cm2'",
    ),
    ({"contact": {**FILM, "Q1": "nan S s^0.9/cm2"}}, f"contact.Q1 = 'nan S s^0.9/cm2': {Q_EXPECTED}"),
    (
        {"contact": {**FILM, "Q1": "-1 S s^0.9/cm2"}},
        "contact.Q1 = '-1 S s^0.9/cm2': expected, but for the seconds, a conductance per area above zero",
    ),
    ({"contact": {**FILM, "a1": 1.01}}, "contact.a1 = 1.01: expected a number from 0.01 to 1"),
    ({"contact": {**FILM, "a1": 0}}, "contact.a1 = 0: expected a number from 0.01 to 1"),
    ({"contact": {**FILM, "a1": math.nan}}, "contact.a1 = nan: expected a number from 0.01 to 1"),
    ({"contact": {**FILM, "a1": True}}, "contact.a1 = true: expected a number from 0.01 to 1"),
    ({"contact": {**FILM, "a1": "0.9"}}, "contact.a1 = '0.9': expected a number from 0.01 to 1"),
    (
        {"contact": {"law": "R0-L1", "R0": "1 ohm cm2", "L1": "1 H"}},
        "contact.law: circuit 'R0-L1', L: expected a passive law of R, C, Q, W, RQ, Wo, Ws, G",
    ),
    # circuits
    (
        {"contact": {"law": "p(R1"}},
        "contact.law: circuit 'p(R1', position 5: 'the end': expected ',' and a second branch of p(…, …)",
    ),
    (
        {"gap": {"law": "p(R1,R1)"}},
        "gap.law: circuit 'p(R1,R1)', position 6: 'R1)': R1 is there already, written or counted from the left;"
        " expected another number",
    ),
    ({"contact": {"law": 3}}, "contact.law = 3: expected a circuit per area such as 'p(R1,C1)'"),
    ({"contact": {"law": ""}}, "contact.law: circuit '': 0 characters, expected 1 to 900, for instance 'R-RQ-RQ'"),
    # keys
    (
        {"contact": {"law": "p(R1,C1)", "R1": "1 ohm cm2"}},
        "contact.C1: missing; law 'p(R1,C1)' expects a capacitance per area such as '20 uF/cm2'",
    ),
    (
        {"contact": {"law": "p(R1,Q1)", "R1": "1 ohm cm2", "a1": 0.9}},
        "contact.Q1: missing; law 'p(R1,Q1)' expects a constant phase element per area such as '20 uS s^0.9/cm2',"
        " s to the power a1, or C1",
    ),
    (
        {"contact": {"law": "R0-Q1", "R0": "1 ohm cm2", "C1": "1 F/cm2", "a1": 0.9}},
        "contact.C1 = '1 F/cm2': does not apply to law 'R0-Q1', which takes R0, Q1, a1",
    ),
    (
        {"contact": {**FILM, "R2": "1 ohm cm2"}},
        "contact.R2 = '1 ohm cm2': does not apply to law 'p(R1,Q1)', which takes R1, Q1, a1",
    ),
    (
        {"contact": {**FILM, "C1": "1 uF/cm2"}},
        "contact.Q1 = '20 uS s^0.9/cm2': does not apply to law 'p(R1,Q1)', which takes R1, C1, a1",
    ),
    (
        {"contact": {"R1": "1 ohm cm2"}},
        "contact.R1 = '1 ohm cm2': there is no law; expected law = 'p(R1,C1)' or another circuit",
    ),
    (
        {"contact": {**FILM, "r1": 1}},
        "contact.r1: unknown key, the nearest is 'law'; "
        "[contact] takes law, fine, conductivity and the keys of its law",
    ),
    (
        {"contact": {"fin": "a.toml"}},
        "contact.fin: unknown key, the nearest is 'fine'; "
        "[contact] takes law, fine, conductivity and the keys of its law",
    ),
    ({"contact": 3}, "contact = 3: expected a section [contact]"),
    (
        {"counter": {"symetric": True}},
        "counter.symetric: unknown key, the nearest is 'symmetric'; [counter] takes symmetric, file",
    ),
    # units
    (
        {"contact": {**FILM, "R1": 0.5}},
        "contact.R1 = 0.5: expected a resistance times area with its unit, such as '0.5 ohm cm2'",
    ),
    (
        {"contact": {**FILM, "R1": "1 ohm"}},
        "contact.R1 = '1 ohm': expected a resistance times area such as '0.5 ohm cm2'",
    ),
    (
        {"contact": {**FILM, "R1": "1e20 ohm cm2"}},
        "contact.R1 = '1e20 ohm cm2': expected a resistance times area from 1e-12 ohm cm2 to 1e15 ohm cm2",
    ),
    ({"contact": {**FILM, "Q1": "20 uF/cm2"}}, f"contact.Q1 = '20 uF/cm2': {Q_EXPECTED}"),
    ({"contact": {**FILM, "Q1": 2e-5}}, f"contact.Q1 = 2e-05: {Q_EXPECTED}"),
    ({"contact": {**FILM, "Q1": "20 uS s^0.8/cm2"}}, f"contact.Q1 = '20 uS s^0.8/cm2': {Q_EXPECTED} = 0.9"),
    ({"contact": {**FILM, "Q1": "20 uS s^-0.9/cm2"}}, f"contact.Q1 = '20 uS s^-0.9/cm2': {Q_EXPECTED} = 0.9"),
    ({"contact": {**FILM, "Q1": "20 uS/s^0.9/cm2"}}, f"contact.Q1 = '20 uS/s^0.9/cm2': {Q_EXPECTED} = 0.9"),
    ({"contact": {**FILM, "Q1": "20 uS s^9^9/cm2"}}, f"contact.Q1 = '20 uS s^9^9/cm2': {Q_EXPECTED}"),
    ({"contact": {**FILM, "Q1": "20 ohm s^0.9"}}, f"contact.Q1 = '20 ohm s^0.9': {Q_EXPECTED}"),
    (
        {"contact": {"law": "W1", "W1": "2 ohm cm2/s"}},
        "contact.W1 = '2 ohm cm2/s': expected a Warburg coefficient times area such as '2 ohm cm2 s^-0.5'",
    ),
    (
        {"contact": {"law": "G1", "R1": "1 ohm cm2", "T1": "1 m"}},
        "contact.T1 = '1 m': expected a time such as '20 ms'",
    ),
    # what does not go together
    (
        {"contact": {**FILM, "fine": "a.toml"}},
        "contact.fine = 'a.toml': beside law = 'p(R1,Q1)'; expected one of them",
    ),
    (
        {"counter": {"symmetric": True, "file": "a.toml"}},
        "counter.file = 'a.toml': beside symmetric = true; expected one of them",
    ),
    ({"counter": {"symmetric": 1}}, "counter.symmetric = 1: expected true or false"),
    (
        {"gap": {"law": "p(C,R1)", "R1": "1 ohm cm2", "height": "none"}},
        "gap.height = 'none': the C of law = 'p(C,R1)' comes from the height; expected a length such as '100 nm', or a"
        " C with a number",
    ),
    (
        {"gap": {"law": "p(C,R1)", "R1": "1 ohm cm2", "model": "volume"}},
        "gap.model = 'volume': law = 'p(C,R1)' needs a thin gap; expected 'thin' or 'auto'",
    ),
    (
        {"contact": FILM, "gap": {"model": "volume"}},
        "gap.model = 'volume': a contact with a law beside it has a potential at its rim, where the wall of a meshed "
        "gap has none; expected gap.model = 'thin' or 'auto', or a contact without law or fine",
    ),
    ({"gap": {"law": "p(C,C)"}}, "gap.law = 'p(C,C)': more than one C without a number; expected at most one"),
    (
        {"gap": {"law": "p(C,R2)", "R2": "1 ohm cm2", "C1": "1 uF/cm2"}},
        "gap.C1 = '1 uF/cm2': does not apply to law 'p(C,R2)', which takes R2",
    ),
    (
        {"interface": {**HEXAGONAL, "contact_fraction": 0}},
        "interface.contact_fraction = 0.0: expected a number from 1e-9 to 1 - 1e-9, or 1 for full contact,"
        " or 0 with a gap.law",
    ),
    # files
    (
        {"contact": {"fine": "none.toml"}},
        "contact.fine = 'none.toml': none.toml: No such file or directory;"
        " expected the path of a readable case file (TOML)",
    ),
    ({"contact": {"fine": 3}}, "contact.fine = 3: expected the path of a case file such as 'micro.toml'"),
    (
        {"counter": {"file": "a\0b"}},
        "counter.file = 'a\\x00b': a\0b: has a null character; expected the path of a readable case file (TOML)",
    ),
]


@pytest.mark.parametrize(("sections", "message"), WRONG, ids=[message.split(": expected")[0] for _, message in WRONG])
def test_a_wrong_section_gets_one_line(sections: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=f"^here: {re.escape(message)}$") as caught:
        parse_case({"interface": HEXAGONAL, **sections}, "here")
    assert "\n" not in str(caught.value)


# --- files of other cases ------------------------------------------------------------------------------------------

CASE = '[interface]\npattern = "{pattern}"\ncontact_fraction = {fraction}\npitch = "{pitch}"\n{more}'


def write(path: Path, more: str = "", pitch: str = "2 mm", fraction: float = 0.2, pattern: str = "hexagonal") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CASE.format(pattern=pattern, fraction=fraction, pitch=pitch, more=more), encoding="utf-8")
    return path


def fine(name: str) -> str:
    return f'[contact]\nfine = "{name}"\n'


def counter(name: str) -> str:
    return f'[counter]\nfile = "{name}"\n'


def copied(given: Case, folder: Path) -> Path:
    """A folder of a result: the case and all that it refers to."""
    folder.mkdir()
    for name, text in {"case.toml": resolved_toml(given), **referred_files(given)}.items():
        assert not (folder / name).exists()
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "case.toml"


def test_the_other_case_has_the_outer_ones_electrolyte_sweep_and_accuracy(tmp_path: Path) -> None:
    own = '[electrolyte]\nthickness = "9 mm"\n[sweep]\nto = "1 mHz"\n[accuracy]\nrelative_error = 0.1\n'
    write(tmp_path / "parts/micro.toml", own + '[gap]\nheight = "5 nm"\n' + counter("nowhere.toml"), "10 um", 0.01)
    outer = '[electrolyte]\nthickness = "1 mm"\n[sweep]\nto = "10 Hz"\n[accuracy]\nrelative_error = 0.01\n'
    given = load(write(tmp_path / "case.toml", outer + fine("parts/micro.toml")))
    inner = given.contact.fine_case
    assert inner is not None and given.contact.law_of() is None
    assert (inner.electrolyte, inner.sweep, inner.accuracy) == (given.electrolyte, given.sweep, given.accuracy)
    assert (inner.interface.pitch, inner.interface.contact_fraction, inner.gap.height) == (1e-5, 0.01, 5e-9)
    assert inner.counter == CounterElectrode()


def test_a_copy_with_another_section_tells_the_inner_cases(tmp_path: Path) -> None:
    write(tmp_path / "nano.toml", pitch="1 um")
    write(tmp_path / "micro.toml", fine("nano.toml"), "10 um")
    given = load(write(tmp_path / "a.toml", fine("micro.toml") + counter("micro.toml")))
    sharper = given.model_copy(update={"accuracy": given.accuracy.model_copy(update={"relative_error": 1e-4})})
    for inner in (sharper.contact.fine_case, sharper.counter.other_case):
        assert inner is not None and inner.contact.fine_case is not None
        assert inner.accuracy.relative_error == inner.contact.fine_case.accuracy.relative_error == 1e-4
    assert sharper.contact.fine_case != given.contact.fine_case


@pytest.mark.parametrize("absolute", [True, False])
def test_paths_are_relative_to_the_file_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absolute: bool
) -> None:
    write(tmp_path / "a/b/nano.toml", pitch="1 um")
    micro = write(tmp_path / "a/micro.toml", fine("b/nano.toml"), "10 um")
    write(tmp_path / "c/case.toml", fine(str(micro) if absolute else "../a/micro.toml"))
    monkeypatch.chdir(tmp_path)
    given = load("c/case.toml")
    assert given.contact.fine_case is not None and given.contact.fine_case.contact.fine_case is not None
    assert given.contact.fine_case.contact.fine_case.interface.pitch == 1e-6
    data = tomllib.loads((tmp_path / "c/case.toml").read_text("utf-8"))
    assert parse_case(data, "x", tmp_path / "c") == parse_case(data, "x", "c") == given
    monkeypatch.chdir(tmp_path / "c")
    assert parse_case(data) == given  # by default the current folder


def test_a_result_folder_loads_by_itself(tmp_path: Path) -> None:
    write(tmp_path / "x/nano.toml", pitch="1 um")
    write(tmp_path / "x/micro.toml", fine("nano.toml"), "10 um")
    given = load(write(tmp_path / "case.toml", fine("x/micro.toml")))
    assert list(referred_files(given)) == ["nano.toml", "micro.toml"] and given.contact.fine == "micro.toml"
    again = load(copied(given, tmp_path / "result"))
    assert again == given and case_sha256(again) == case_sha256(given) and resolved_toml(again) == resolved_toml(given)
    assert referred_files(again) == referred_files(given)


def test_names_that_would_be_one_are_told_apart(tmp_path: Path) -> None:
    """Three files of one name: two of them differ, the third is a copy; one with the name of the case itself."""
    write(tmp_path / "x/micro.toml", pitch="10 um")
    write(tmp_path / "y/Micro.toml", pitch="20 um")
    write(tmp_path / "z/case.toml", fine("../y/Micro.toml"), "200 um")
    given = load(write(tmp_path / "a.toml", fine("x/micro.toml") + counter("z/case.toml")))
    assert list(referred_files(given)) == ["micro.toml", "Micro-2.toml", "case-2.toml"]
    again = load(copied(given, tmp_path / "result"))
    assert again == given and again.counter.other_case is not None
    assert again.counter.other_case.contact.fine_case.interface.pitch == 2e-5  # type: ignore[union-attr]
    write(tmp_path / "y/Micro.toml", pitch="10 um")
    same = load(tmp_path / "a.toml")
    assert list(referred_files(same)) == ["micro.toml", "Micro.toml", "case-2.toml"]
    assert len(set(referred_files(same).values())) == 2  # where capitals do not count it is one file
    assert load(copied(same, tmp_path / "other")) == same


def test_a_referred_file_never_takes_another_files_place(tmp_path: Path) -> None:
    write(tmp_path / "x/result.json")
    given = load(write(tmp_path / "a.toml", fine("x/result.json")))
    assert list(referred_files(given)) == ["result.json.toml"]


def test_the_hash_knows_what_is_in_the_other_file(tmp_path: Path) -> None:
    outer = write(tmp_path / "a.toml", fine("micro.toml"))
    hashes = set()
    for pitch in ("1 um", "2 um"):
        write(tmp_path / "micro.toml", pitch=pitch)
        hashes.add(case_sha256(load(outer)))
    assert len(hashes) == 2


def test_a_case_with_others_is_a_value(tmp_path: Path) -> None:
    write(tmp_path / "micro.toml", pitch="1 um")
    outer = write(tmp_path / "a.toml", fine("micro.toml"))
    given = load(outer)
    assert pickle.loads(pickle.dumps(given)) == given and given.model_copy(deep=True) == given
    assert hash(given) == hash(load(outer))
    write(tmp_path / "micro.toml", pitch="2 um")
    assert load(outer) != given


def refused(path: Path, folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message and message.startswith(f"{path}: ")
    return message.replace(f"{folder}{os.sep}", "")


def test_a_case_inside_itself_is_refused_with_the_way(tmp_path: Path) -> None:
    alone = write(tmp_path / "a.toml", fine("a.toml"))
    assert refused(alone, tmp_path) == (
        "a.toml: contact.fine = 'a.toml': a case inside itself, a.toml → a.toml;"
        " expected a file that does not lead back"
    )
    own = write(tmp_path / "s.toml", counter("s.toml"))
    assert "counter.file = 's.toml': a case inside itself, s.toml → s.toml" in refused(own, tmp_path)
    first = write(tmp_path / "b.toml", fine("c.toml"))
    write(tmp_path / "c.toml", fine("d.toml"))
    write(tmp_path / "d.toml", fine("b.toml"))
    assert "a case inside itself, b.toml → c.toml → d.toml → b.toml;" in refused(first, tmp_path)
    assert "a case inside itself, e.toml → b.toml → c.toml → d.toml → b.toml" in refused(
        write(tmp_path / "e.toml", counter("b.toml")), tmp_path
    )


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_does_not_hide_a_case_inside_itself(tmp_path: Path, link: Any) -> None:
    first = write(tmp_path / "a.toml", fine("b.toml"))
    link(first, tmp_path / "b.toml")
    assert "a case inside itself, a.toml → b.toml;" in refused(first, tmp_path)


def test_the_far_side_of_another_case_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path / "micro.toml", counter("case.toml"), "1 um")
    given = load(write(tmp_path / "case.toml", fine("micro.toml")))
    assert given.contact.fine_case is not None and given.contact.fine_case.counter == CounterElectrode()


def test_a_wrong_file_is_told_with_both_names(tmp_path: Path) -> None:
    outer = write(tmp_path / "a.toml", counter("b.toml"))
    write(tmp_path / "b.toml", '[gap]\nheight = "5 mS"\n')
    assert refused(outer, tmp_path) == (
        "a.toml: counter.file = 'b.toml': b.toml: gap.height = '5 mS': expected a length such as '100 nm' or 'none'"
    )
    (tmp_path / "b.toml").write_text("[", encoding="utf-8")
    assert refused(outer, tmp_path).startswith("a.toml: counter.file = 'b.toml': b.toml: not valid TOML:")
    (tmp_path / "b.toml").unlink()
    (tmp_path / "b.toml").mkdir()
    assert refused(outer, tmp_path).startswith("a.toml: counter.file = 'b.toml': b.toml: Is a directory;")
    inner = write(tmp_path / "c.toml", fine("no.toml"))
    assert refused(write(tmp_path / "d.toml", fine(inner.name)), tmp_path) == (
        "d.toml: contact.fine = 'c.toml': c.toml: contact.fine = 'no.toml': no.toml: No such file or directory;"
        " expected the path of a readable case file (TOML)"
    )


def test_more_than_ten_levels_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "0.toml")
    for level in range(1, 11):
        write(tmp_path / f"{level}.toml", fine(f"{level - 1}.toml"))
    assert load(tmp_path / "9.toml").contact.fine_case is not None
    assert "expected at most 10 cases inside each other" in refused(tmp_path / "10.toml", tmp_path)
