"""What a run leaves behind: the numbers at the edge of the program, and a folder that is never half of one."""

import hashlib
import json
import math
import os
import time
from pathlib import Path

import pytest
from support.results import VERSIONS, WRITTEN, result
from support.spectrum_csv import read_csv

from constriction.base import folders
from constriction.base.errors import InputError, StoreError
from constriction.base.folders import check_place
from constriction.case.schema import case_sha256, load, parse_case, resolved_toml
from constriction.simulation import record as results
from constriction.simulation.record import FILES, RESULT, result_record, write_result

# The keys of docs/results.md#result-json.
KEYS = set(
    "contact_fraction R_cstr_ohm_cm2 R_cstr_error_ohm_cm2 C_cstr_farad_per_cm2 C_low_farad_per_cm2 "
    "C_high_farad_per_cm2 C_cstr_belongs_to f_cstr_hertz R_electrolyte_ohm_cm2 R_dc_ohm_cm2 "
    "R_full_contact_ohm_cm2 R_interface_ohm_cm2 R_interface_error_ohm_cm2 "
    "peaks cells unknowns solves seconds_mesh seconds_solve seconds_total gap_model method case_sha256 versions "
    "spectrum_error_ohm_cm2 accuracy_reached relative_error_asked relative_error_reached cell_mirror_images "
    "R_cstr_lower_ohm_cm2 R_cstr_upper_ohm_cm2 seconds_gmsh "
    "apparent_R_SE_ohm_cm2 apparent_R_SE_error_ohm_cm2 apparent_R_int_ohm_cm2 apparent_R_int_error_ohm_cm2 "
    "apparent_C_int_farad_per_cm2 apparent_C_int_error_farad_per_cm2 apparent_circuit apparent_resolution "
    "apparent_definition apparent_remark".split()
) | {
    f"contact_{part}_above_{multiple}{end}"
    for part in ("area", "current")
    for multiple in (2, 5, 10)
    for end in ("", "_error")
}


@pytest.fixture(autouse=True)
def no_version_lookups(monkeypatch):
    monkeypatch.setattr(results, "versions", lambda method: VERSIONS)


def tree(folder):
    """Every path below a folder with its content."""
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(Path(folder).rglob("*"))}


# --- numbers


def test_record_has_the_contracts_keys_and_units():
    record = result_record(result())
    assert set(record) == KEYS
    assert record["R_cstr_ohm_cm2"] == pytest.approx(14.8, rel=1e-12)  # 1 Ω·m² = 10⁴ Ω·cm²
    assert record["R_cstr_error_ohm_cm2"] == pytest.approx(1e-3, rel=1e-12)
    assert record["R_cstr_upper_ohm_cm2"] - record["R_cstr_lower_ohm_cm2"] == pytest.approx(5e-3, rel=1e-9)
    assert record["spectrum_error_ohm_cm2"] == pytest.approx(2e-3, rel=1e-12)
    assert record["R_electrolyte_ohm_cm2"] == pytest.approx(30, rel=1e-12)
    assert record["R_dc_ohm_cm2"] == pytest.approx(44.8, rel=1e-12)
    assert record["C_cstr_farad_per_cm2"] == pytest.approx(2.4e-7, rel=1e-12)  # 1 F/m² = 10⁻⁴ F/cm²
    assert record["C_low_farad_per_cm2"] == pytest.approx(2.3e-7, rel=1e-12)
    assert record["C_high_farad_per_cm2"] == pytest.approx(2.2e-7, rel=1e-12)
    (peak,) = record["peaks"]
    assert peak == {
        "frequency_hertz": 4.5e4,
        "resistance_ohm_cm2": pytest.approx(14, rel=1e-12),
        "capacitance_farad_per_cm2": pytest.approx(2.5e-7, rel=1e-12),
    }


def test_record_sums_times_over_meshes_and_counts_the_finest():
    record = result_record(result())
    assert (record["seconds_mesh"], record["seconds_solve"], record["solves"]) == (2.0, 2.5, 23)
    assert record["seconds_gmsh"] == 1.0
    assert (record["cells"], record["unknowns"]) == (400, 800)


def test_record_tells_what_accuracy_was_reached():
    record = result_record(result())
    assert record["relative_error_asked"] == 1e-3
    assert record["relative_error_reached"] == pytest.approx(2e-7 / 14.8e-4, rel=1e-12)
    assert record["accuracy_reached"] is True
    worse = result_record(result(R_cstr_error=2e-6))
    assert worse["relative_error_reached"] == pytest.approx(2e-6 / 14.8e-4, rel=1e-12)
    assert worse["accuracy_reached"] is False


def test_missing_and_infinite_values_are_null(tmp_path):
    bare = result(C_cstr=None, C_low=None, C_high=math.inf, f_cstr=None, peaks=(), spectrum_error=math.nan)
    write_result(bare, tmp_path / "out")
    text = (tmp_path / "out/result.json").read_text()
    record = json.loads(text)
    assert "NaN" not in text and "Infinity" not in text
    for key in (
        "C_cstr_farad_per_cm2",
        "C_cstr_belongs_to",
        "C_low_farad_per_cm2",
        "C_high_farad_per_cm2",
        "f_cstr_hertz",
    ):
        assert record[key] is None
    assert record["spectrum_error_ohm_cm2"] is None
    assert record["peaks"] == []


# --- files


def test_folder_holds_the_case_the_spectrum_and_the_contacts(tmp_path):
    given = result()
    extra = write_result(
        given, tmp_path / "a/b/out", [lambda folder: (folder / "nyquist.png").write_bytes(b"png") and None]
    )
    out = tmp_path / "a/b/out"
    assert {path.name for path in out.iterdir()} == WRITTEN | {"nyquist.png"}
    assert load(out / "case.toml") == given.case
    # Ω·m² → Ω·cm² → Ω·m² rounds twice.
    assert read_csv(out / "spectrum.csv").impedance == pytest.approx(given.spectrum.impedance, rel=1e-15)
    assert json.loads((out / "result.json").read_text()) == extra
    assert extra["case_sha256"] == case_sha256(given.case)
    contacts = json.loads((out / "contacts.geojson").read_text())
    assert contacts["properties"]["mirror_images_per_lattice_cell"] == 4
    assert [path.name for path in out.parent.iterdir()] == ["out"]  # nothing hidden stays


@pytest.mark.parametrize("swaps", [True, False], ids=["exchange", "two renames"])
def test_earlier_result_is_replaced_as_a_whole(tmp_path, monkeypatch, swaps):
    if not swaps:
        monkeypatch.setattr(folders, "exchange", lambda first, second: False)
    out = tmp_path / "out"
    write_result(result("old"), out, [lambda folder: (folder / "field.vtu").write_text("old") and None])
    write_result(result("new"), out)
    assert load(out / "case.toml").title == "new"
    assert {path.name for path in out.iterdir()} == WRITTEN  # the old field is not the new result's
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_this_file_system_exchanges_in_one_step(tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / f"was {name}").touch()
    if not folders.exchange(tmp_path / "a", tmp_path / "b"):
        pytest.skip("kernel or file system without RENAME_EXCHANGE")
    assert (tmp_path / "a/was b").exists() and (tmp_path / "b/was a").exists()


def test_empty_folder_is_filled_and_a_link_is_followed(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there")
    for title in ("first", "second"):
        write_result(result(title), tmp_path / "link")
        assert (tmp_path / "link").is_symlink()
        assert load(tmp_path / "there/case.toml").title == title


def foreign(tmp_path, name):
    """A place where no result may go."""
    out = tmp_path / "out"
    if name == "file":
        out.write_text("mine")
        return out
    if name == "below a file":
        out.write_text("mine")
        return out / "below"
    if name in ("beside a result", "folder in a result"):
        write_result(result("old"), out)
    out.mkdir(exist_ok=True)
    content = {"foreign result": "result.json", "half a result": "case.toml"}.get(name, "notes.txt")
    if name == "folder in a result":
        (out / "nyquist.png").mkdir()
    else:
        (out / content).write_text('{"R": 1}')
    return out


PLACES = ["file", "below a file", "notes", "foreign result", "half a result", "beside a result", "folder in a result"]


@pytest.mark.parametrize("name", PLACES)
def test_what_is_no_result_is_never_touched(tmp_path, name):
    out = foreign(tmp_path, name)
    before = tree(tmp_path)
    for attempt in (lambda place: check_place(place, RESULT), lambda place: write_result(result("new"), place)):
        with pytest.raises(InputError, match="expected a new or empty folder, or an earlier result"):
            attempt(out)
        assert tree(tmp_path) == before


@pytest.mark.parametrize("place", ["/proc/out", "a" * 300, "nul\0byte", "/proc"])
def test_place_that_cannot_be_written_is_found_before(tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="cannot be"):
        check_place(place, RESULT)
    assert not list(tmp_path.iterdir())


def test_check_leaves_nothing(tmp_path):
    assert check_place(tmp_path / "a/b/out", RESULT) == tmp_path.resolve() / "a/b/out"
    assert not list(tmp_path.iterdir())


def test_extra_that_fails_leaves_the_old_result(tmp_path):
    out = tmp_path / "out"
    write_result(result("old"), out)
    before = tree(tmp_path)

    def fails(folder):
        (folder / "field.vtu").write_text("half")
        raise OSError("disk full")

    with pytest.raises(StoreError, match=r"out: cannot be written \(disk full\)"):
        write_result(result("new"), out, [fails])
    assert tree(tmp_path) == before


def test_extra_may_only_write_known_files(tmp_path):
    with pytest.raises(ValueError, match=r"notes\.txt"):
        write_result(result(), tmp_path / "out", [lambda folder: (folder / "notes.txt").touch()])
    assert not (tmp_path / "out").exists()


def test_file_that_appears_meanwhile_is_not_lost(tmp_path):
    out = tmp_path / "out"
    write_result(result("old"), out)
    with pytest.raises(InputError, match=r"notes\.txt"):
        write_result(result("new"), out, [lambda _: (out / "notes.txt").write_text("mine") and None])
    assert (out / "notes.txt").read_text() == "mine"
    assert load(out / "case.toml").title == "old"


def test_half_deleted_result_is_not_brought_back(tmp_path):
    out = tmp_path / "out"
    write_result(result("old"), out)
    (out / FILES[0]).unlink()
    out.rename(folders._aside(out))
    with pytest.raises(StoreError, match="stop"):
        write_result(result("new"), out, [stop])
    assert not out.exists()


def test_result_between_two_renames_comes_back(tmp_path):
    out = tmp_path / "out"
    write_result(result("old"), out)
    out.rename(folders._aside(out))  # what a kill between the two renames leaves
    with pytest.raises(StoreError, match="stop"):
        write_result(result("new"), out, [stop])
    assert load(out / "case.toml").title == "old"


def stop(_):
    raise OSError("stop")


def test_hidden_folder_of_a_living_run_is_left_alone(tmp_path):
    old = time.time() - 2 * folders.STALE_AFTER

    def another_run(mine):
        os.utime(mine, (old, old))
        write_result(result("other"), tmp_path / "other")

    write_result(result("this"), tmp_path / "this", [another_run])
    assert {path.name for path in tmp_path.iterdir()} == {"this", "other"}
    assert set(FILES) > WRITTEN


# --- files that a case refers to


FINER = {"interface": {"pattern": "square", "contact_fraction": 0.2, "pitch": "20 um"}}


def layered(**more):
    """A result whose case refers to another one's file."""
    interface = {"pattern": "hexagonal", "contact_fraction": 0.2, "pitch": "2 mm"}
    case = {"interface": interface, "contact": {"fine": "micro.toml"}, **more}
    return result(case=parse_case(case, "case", {"micro.toml": resolved_toml(parse_case(FINER))}))


def test_result_keeps_what_its_case_refers_to(tmp_path):
    made = layered()
    record = write_result(made, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == WRITTEN | {"micro.toml"}
    again = load(tmp_path / "out" / "case.toml")
    assert again == made.case and case_sha256(again) == record["case_sha256"]
    text = (tmp_path / "out" / "micro.toml").read_bytes()
    assert record["referred_files"] == {"micro.toml": hashlib.sha256(text).hexdigest()}


def test_files_of_an_earlier_case_go_with_it(tmp_path):
    write_result(layered(), tmp_path / "out")
    record = write_result(result(), tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == WRITTEN
    assert "referred_files" not in record
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_case_file_of_the_user_is_never_replaced(tmp_path):
    write_result(layered(), tmp_path / "out")
    (tmp_path / "out" / "mine.toml").write_text("title = 'mine'")
    before = tree(tmp_path)
    with pytest.raises(InputError, match=r"holds other things than a result \(mine.toml\)"):
        write_result(layered(), tmp_path / "out")
    assert tree(tmp_path) == before
