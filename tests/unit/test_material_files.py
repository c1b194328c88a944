"""Materials in files of one's own: they go with their case, into a folder of results and into a study."""

import hashlib
import json
import shutil
import tomllib

import pytest
from study_files import BASE, MEMORY, TEMPERATURES

from constriction.base.errors import InputError
from constriction.case.materials.entries import shipped_text
from constriction.case.schema import case_sha256, load, parse_case, referred_files, resolved_toml
from constriction.simulation.record import files_record, write_case
from constriction.study.file.file import load_study, study_of
from constriction.study.run.plan import plan_of
from constriction.study.run.store import open_store, read_store

INTERFACE = '[interface]\npattern = "square"\npitch = "{pitch}"\ncontact_fraction = 0.2\n'
OWN = shipped_text("LLZO").replace("0.46 mS/cm", "0.5 mS/cm")
OTHER = shipped_text("LLZO").replace("0.46 mS/cm", "0.7 mS/cm")


@pytest.fixture
def far(tmp_path):
    """A case whose material lies in another folder."""
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "mine.toml").write_text(OWN, "utf-8")
    path = tmp_path / "far.toml"
    path.write_text('[electrolyte]\nmaterial = "lab/mine.toml"\n' + INTERFACE.format(pitch="1 mm"))
    return path


# --- a folder of results ---------------------------------------------------------------------------------------------


def test_a_case_and_its_material_move_together(far, tmp_path):
    case = load(far)
    assert referred_files(case) == {"mine.toml": OWN}
    folder = tmp_path / "result"
    folder.mkdir()
    write_case(case, folder)
    shutil.rmtree(tmp_path / "lab")
    again = load(folder / "case.toml")
    assert again == case and resolved_toml(again) == (folder / "case.toml").read_text("utf-8")
    assert files_record(case) == {
        "referred_files": {"mine.toml": hashlib.sha256((folder / "mine.toml").read_bytes()).hexdigest()}
    }


def test_what_the_file_says_is_part_of_the_hash(far, tmp_path):
    before = case_sha256(load(far))
    assert f'material = "mine.toml"  # SHA-256 {hashlib.sha256(OWN.encode()).hexdigest()}' in resolved_toml(load(far))
    (tmp_path / "lab" / "mine.toml").write_text(OWN + "# another remark\n", "utf-8")
    assert case_sha256(load(far)) != before


def test_texts_may_stand_for_the_files(far):
    data = tomllib.loads(resolved_toml(load(far)))
    assert parse_case(data, folder={"mine.toml": OWN}) == load(far)
    with pytest.raises(
        InputError, match=r"^case: electrolyte\.material = mine\.toml: not there; expected one of a, b$"
    ):
        parse_case(data, folder={"a": "", "b": ""})


def test_a_shipped_material_needs_no_file():
    case = parse_case({**tomllib.loads(INTERFACE.format(pitch="1 mm")), "electrolyte": {"material": "LLZO"}})
    assert referred_files(case) == {} and files_record(case) == {}


@pytest.mark.parametrize(("name", "kept"), [("lab/Fine.toml", "Fine-2.toml"), ("lab/case.toml", "case-2.toml")])
def test_a_name_that_is_taken_is_another_one_in_the_folder(tmp_path, name, kept):
    """By a finer case, or by the case itself; the finer one has the outer case's material, under its new name."""
    (tmp_path / "lab").mkdir()
    (tmp_path / name).write_text(OWN, "utf-8")
    (tmp_path / "fine.toml").write_text('[electrolyte]\nmaterial = "LPSCl"\n' + INTERFACE.format(pitch="1 um"))
    text = f'[electrolyte]\nmaterial = "{name}"\n[contact]\nfine = "fine.toml"\n' + INTERFACE.format(pitch="1 mm")
    (tmp_path / "outer.toml").write_text(text)
    case = load(tmp_path / "outer.toml")
    files = referred_files(case)
    assert len(files) == 2 and files[case.electrolyte.material.name] == OWN
    assert len({file.casefold() for file in files}) == 2
    assert case.contact.fine_case.electrolyte == case.electrolyte
    assert (case.electrolyte.material.name == kept) == (name == "lab/case.toml")
    folder = tmp_path / "result"
    folder.mkdir()
    write_case(case, folder)
    again = load(folder / "case.toml")
    assert again == case and referred_files(again) == files and case_sha256(again) == case_sha256(case)


def test_what_is_wrong_with_a_material_names_the_way_to_it(far, tmp_path):
    outer = '[contact]\nfine = "far.toml"\n' + INTERFACE.format(pitch="9 mm")
    (tmp_path / "outer.toml").write_text(outer)
    (tmp_path / "lab" / "mine.toml").write_text(OWN.replace("title", "titel"), "utf-8")
    way = r"outer\.toml: contact\.fine = 'far\.toml': .*far\.toml: electrolyte\.material = .*mine\.toml: titel: unknown"
    with pytest.raises(InputError, match=way):
        load(tmp_path / "outer.toml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('material = "NZSP"\nmatrial = "NZSP"', r"electrolyte\.matrial: unknown key, the nearest is 'material'"),
        ("material = 3", r"electrolyte\.material = 3: expected 'LLZO'"),
        ('temperature = "hot"', r"electrolyte\.temperature = 'hot': expected"),
    ],
)
def test_wrong_keys_of_a_plain_section(tmp_path, text, message):
    path = tmp_path / "wrong.toml"
    path.write_text(f"[electrolyte]\n{text}\n" + INTERFACE.format(pitch="1 mm"))
    with pytest.raises(InputError, match=message):
        load(path)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("[contact]\nR1 = '1 ohm cm2'", r"contact\.R1 = '1 ohm cm2': there is no law; expected law = "),
        ("[gap]\nlaw = 'p(C,R1)'", r"gap\.R1: missing"),
        ("[gap]\nhight = '1 nm'", r"gap\.hight: unknown key, the nearest is 'height'; .* and the keys of its law"),
    ],
)
def test_wrong_keys_of_a_section_with_a_law(tmp_path, section, message):
    path = tmp_path / "wrong.toml"
    path.write_text(section + "\n" + INTERFACE.format(pitch="1 mm"))
    with pytest.raises(InputError, match=message):
        load(path)


# --- studies ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_labs(tmp_path):
    """A study over two files of one name, and a shipped material."""
    for lab, text in (("one", OWN), ("two", OTHER)):
        (tmp_path / lab).mkdir()
        (tmp_path / lab / "mine.toml").write_text(text, "utf-8")
    text = '[grid]\n"electrolyte.material" = ["one/mine.toml", "two/mine.toml", "NZSP"]' + TEMPERATURES
    path = tmp_path / "study.toml"
    path.write_text(BASE + text)
    return path


def test_a_study_carries_the_materials_of_its_axes(two_labs, tmp_path):
    study = load_study(two_labs)
    assert study.files == {"mine.toml": OWN, "mine-2.toml": OTHER}
    planned = plan_of(study, MEMORY)
    found = [entry.case.electrolyte for entry in planned.entries]
    assert [e.bulk_conductivity for e in found][::2] == [0.05, 0.07, 1.5]
    for e in found:  # the rule knows the material and its temperature
        assert e.grain_boundary_conductivity == pytest.approx(2 * e.bulk_conductivity, rel=1e-12)
    assert [e.material.name for e in found][::2] == ["mine.toml", "mine-2.toml", "NZSP"]
    assert referred_files(planned.entries[2].case) == {"mine-2.toml": OTHER}
    for lab in ("one", "two"):
        shutil.rmtree(tmp_path / lab)
    carried = study_of(json.loads(json.dumps(study.data)), "study.json", json.loads(json.dumps(study.files)))
    assert [e.key for e in plan_of(carried, MEMORY).entries] == [e.key for e in planned.entries]


def test_a_folder_of_a_study_needs_no_other_file(two_labs, tmp_path):
    study = load_study(two_labs)
    open_store(tmp_path / "out", study)
    shutil.rmtree(tmp_path / "one")
    carried, _ = read_store(tmp_path / "out")
    assert carried.files == study.files
    assert [e.key for e in plan_of(carried, MEMORY).entries] == [e.key for e in plan_of(study, MEMORY).entries]


def test_materials_and_temperatures_share_a_geometry(two_labs):
    """They change θ only; nothing of them is in the cell, which is as deep as the slab disturbs it."""
    planned = plan_of(load_study(two_labs), MEMORY)
    assert len(planned.entries) == 6 and len(planned.geometries) == 1
    assert len({entry.key for entry in planned.entries}) == 6


def test_what_else_differs_keeps_geometries_apart(tmp_path):
    """A slab that is thinner than what the contacts disturb, and another fraction, beside equal materials."""
    text = """
[grid]
"electrolyte.material" = ["NZSP", "LLZO"]
"electrolyte.thickness" = ["10 um", "1 mm"]
"interface.contact_fraction" = [0.1, 0.2]
"""
    (tmp_path / "study.toml").write_text(BASE + text)
    planned = plan_of(load_study(tmp_path / "study.toml"), MEMORY)
    assert len(planned.geometries) == 4
    first, *_ = planned.geometries
    assert {entry.case.electrolyte.material.name for entry in planned.cases_of(first)} == {"NZSP", "LLZO"}


def test_a_base_names_its_material_from_its_own_folder(far, tmp_path):
    (tmp_path / "studies").mkdir()
    path = tmp_path / "studies" / "study.toml"
    path.write_text('base = "../far.toml"\n[grid]\n"interface.contact_fraction" = [0.1]\n')
    study = load_study(path)
    assert study.files == {"mine.toml": OWN}
    assert plan_of(study, MEMORY).entries[0].case.electrolyte.bulk_conductivity == 0.05
    (tmp_path / "lab" / "mine.toml").unlink()
    with pytest.raises(InputError, match=r"study\.toml: base electrolyte\.material = 'lab/mine\.toml': .*No such file"):
        load_study(path)
