"""Studies whose cases have laws, or refer to other cases' files, which the study carries with it."""

import re
import shutil

import pytest
from study_files import BASE, MEMORY, plan

from constriction.base.errors import InputError
from constriction.study.file.file import load_study
from constriction.study.file.parameters import quantity_of
from constriction.study.run.plan import plan_of, units_of
from constriction.study.run.store import notices, open_store, read_store

FILM = '[base.contact]\nlaw = "p(R1,Q1)"\nR1 = "0.5 ohm cm2"\nQ1 = "20 uS s^0.9/cm2"\na1 = 0.9\n'
MICRO = '[interface]\npattern = "square"\npitch = "{pitch}"\ncontact_fraction = 0.1\n'


def test_the_keys_of_a_law_vary():
    grid = '[grid]\n"contact.R1" = ["1 ohm cm2", "2 ohm cm2"]\n"contact.Q1" = ["1 mS s^a/cm2", "2 mS s^0.9/cm2"]\n'
    made = plan(FILM + grid)
    found = [entry.case.contact.law_of().values for entry in made.entries]
    assert found == [(r, q, 0.9) for r in (1e-4, 2e-4) for q in (10.0, 20.0)]
    assert dict(made.entries[-1].labels) == {"contact.R1": 2e-4, "contact.Q1": 20.0}
    assert units_of(made) == {"contact.R1": "ohm m2", "contact.Q1": "S s^a/m2"}


def test_a_hypercube_over_a_law():
    text = (
        '[latin_hypercube]\nsamples = 5\n"contact.Q1" = {low = "1 uS s^a/cm2", high = "1 mS s^a/cm2", scale = "log"}\n'
    )
    values = sorted(entry.case.contact.law_of().values[1] for entry in plan(FILM + text).entries)
    assert 0.01 < values[0] < values[-1] < 10
    warburg = '[base.contact]\nlaw = "W1"\n[latin_hypercube]\nsamples = 3\n"contact.W1" = '
    warburg += '{low = "1 ohm cm2 s^-0.5", high = "9 ohm cm2/s^0.5"}\n'
    assert all(1e-4 < entry.case.contact.law_of().values[0] < 9e-4 for entry in plan(warburg).entries)
    assert quantity_of("3 ohm cm2 s^-0.5").value == pytest.approx(3e-4)


def test_a_law_varies_and_takes_its_keys_from_a_list(tmp_path):
    (tmp_path / "cases.csv").write_text(
        'gap.law,gap.R1,gap.Q1,gap.a1\n"p(C,R1)",1 ohm cm2,,\n"p(C,Q1)",,1 mS s^a/cm2,1\n'
    )
    (tmp_path / "study.toml").write_text(BASE + '[list]\nfile = "cases.csv"\n')
    entries = plan_of(load_study(tmp_path / "study.toml"), MEMORY).entries
    assert [entry.case.gap.law for entry in entries] == ["p(C,R1)", "p(C,Q1)"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[grid]\n"contact.R2" = ["1 ohm cm2"]\n', "contact.R2 = '1 ohm cm2': does not apply to law 'p(R1,Q1)'"),
        ('[grid]\n"interface.R1" = ["1 ohm cm2"]\n', "'interface.R1': unknown key"),
        ('[grid]\n"contact.r1" = ["1 ohm cm2"]\n', "'contact.r1': unknown key"),
        (
            '[grid]\n"contact.R1" = ["-1 ohm cm2"]\n',
            "contact.R1 = '-1 ohm cm2': expected a resistance times area above",
        ),
    ],
)
def test_a_wrong_key_of_a_law_is_told(text, message):
    with pytest.raises(InputError, match=re.escape(message)):
        plan(FILM + text)


@pytest.fixture
def two_levels(tmp_path):
    """A study in one folder, its base in another, which refers to a third; an axis refers to files of its own."""
    for name, pitch in (("base/parts/micro.toml", "1 um"), ("study/micro.toml", "2 um"), ("study/other.toml", "3 um")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(MICRO.format(pitch=pitch))
    outer = MICRO.format(pitch="2 mm") + '[contact]\nfine = "parts/micro.toml"\n'
    (tmp_path / "base/base.toml").write_text(outer)
    (tmp_path / "study/study.toml").write_text(
        'base = "../base/base.toml"\n[grid]\n"counter.file" = ["micro.toml", "other.toml", "default"]\n'
    )
    return tmp_path / "study/study.toml"


def pitches(made):
    inner = [(entry.case.contact.fine_case, entry.case.counter.other_case) for entry in made.entries]
    return [(fine.interface.pitch, other and other.interface.pitch) for fine, other in inner]


def test_files_are_found_where_they_are_named(two_levels):
    read = load_study(two_levels)
    assert pitches(plan_of(read, MEMORY)) == [(1e-6, 2e-6), (1e-6, 3e-6), (1e-6, None)]
    assert sorted(read.files) == ["micro-2.toml", "micro.toml", "other.toml"]


def test_a_folder_of_results_needs_no_other_file(two_levels, tmp_path):
    read = load_study(two_levels)
    open_store(tmp_path / "out", read)
    keys = [entry.key for entry in plan_of(read, MEMORY).entries]
    shutil.rmtree(tmp_path / "base")
    shutil.rmtree(tmp_path / "study")
    again, _ = read_store(tmp_path / "out")
    assert [entry.key for entry in plan_of(again, MEMORY).entries] == keys and len(set(keys)) == 3


def test_what_is_in_a_file_is_part_of_a_cases_name(two_levels, tmp_path):
    read = load_study(two_levels)
    open_store(tmp_path / "out", read)
    (two_levels.parent / "other.toml").write_text(MICRO.format(pitch="4 um"))
    changed = load_study(two_levels)
    before, after = ([entry.key for entry in plan_of(each, MEMORY).entries] for each in (read, changed))
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True]
    assert "the study has changed: other.toml:" in notices(tmp_path / "out", changed)[0]


def test_a_file_that_is_not_there_is_told_with_the_place(two_levels):
    (two_levels.parent / "other.toml").unlink()
    with pytest.raises(
        InputError, match=r"study\.toml: \[grid\] counter\.file = 'other\.toml': .*other\.toml: No such"
    ):
        load_study(two_levels)
    (two_levels.parents[1] / "base/parts/micro.toml").write_text('[contact]\nfine = "micro.toml"\n' + MICRO)
    with pytest.raises(InputError, match=r"study\.toml: base contact\.fine = 'parts/micro\.toml': .*micro\.toml"):
        load_study(two_levels)


def test_interfaces_that_feel_each_other_are_a_problem():
    made = plan('[grid]\n"counter.symmetric" = [true, false]\n"electrolyte.thickness" = ["10 mm", "1 um"]\n')
    first, second, *alone = [entry.problem for entry in made.entries]
    assert first is None and alone == [None, None]
    assert second.startswith("counter: the interfaces are 1 um apart")
