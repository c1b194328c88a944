"""Files that are whole or not there, and texts that a terminal shows instead of obeying them."""

import contextlib
import errno
import os
from pathlib import Path

import pytest

from constriction.base import files
from constriction.base.errors import LONGEST_MESSAGE, InputError, StoreError, printable, shortened
from constriction.base.files import read_file, telling_where, whole_file, whole_files
from constriction.base.quantities import shown


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder with one file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.toml").write_text("")
    return tmp_path


def test_an_output_behind_a_link_is_replaced_and_the_link_stays(here):
    Path("link.csv").symlink_to("there.csv")
    for content in ("first", "second"):
        with whole_file(Path("link.csv")) as beside:
            beside.write_text(content)
        assert Path("link.csv").is_symlink() and Path("there.csv").read_text() == content


def test_a_file_that_turns_into_a_pipe_does_not_block(here, monkeypatch):
    os.mkfifo("fifo")
    regular = os.stat("case.toml")
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "stat", lambda *_, **__: regular)
        with contextlib.suppress(InputError):  # what it says is seen where `os` is itself again
            read_file("fifo", "a case")
            pytest.fail("was read")


def test_every_file_of_several_is_the_old_one_or_none(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(StoreError, match=r"b: cannot be written \(No space left on device\).*make room and run again"):
        with whole_files(tmp_path) as hidden:
            (hidden / "a").write_text("new")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(hidden / "b"))
    assert [path.name for path in tmp_path.iterdir()] == ["a"] and (tmp_path / "a").read_text() == "old"


def test_an_error_about_another_file_is_not_called_one_of_writing(tmp_path):
    with pytest.raises(PermissionError), telling_where(tmp_path / "out" / "x"):
        raise PermissionError(errno.EACCES, "Permission denied", "/proc/cache/form.c")


# --- what a terminal shows -------------------------------------------------------------------------------------------


def test_control_characters_are_shown_and_long_texts_are_cut_in_the_middle():
    assert printable("a\x1b[2J\x07\x00\u202eb\x9b\ud800\nc\td") == r"a\x1b[2J\x07\x00\u202eb\x9b\ud800 c\td"
    assert printable("Ω·cm² 日本語 [red]") == "Ω·cm² 日本語 [red]"
    text = shortened("file.toml: key = " + "x" * 9999 + " expected a length")
    assert (
        len(text) <= LONGEST_MESSAGE and text.startswith("file.toml: key = x") and text.endswith(" expected a length")
    )


@pytest.mark.parametrize("value", ["x" * 9999, [["y" * 999] * 9] * 9, {"k" * 999: {"z": ["w" * 999] * 9}}, [16**9999]])
def test_values_are_shown_in_bearable_length(value):
    assert len(shown(value)) <= 160
