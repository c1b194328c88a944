"""Checks of `constriction doctor` that ask no other process."""

import os
import shutil

import pytest

from constriction.commands.job import checkup
from constriction.commands.job.checkup import FAULT, OK, WARNING


def test_missing_compiler(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    check = checkup.check_compiler()
    assert check.status == FAULT
    assert "there is no C compiler" in check.found and "apt-get install gcc" in check.advice


@pytest.mark.parametrize(
    ("threads", "ranks", "status"), [("64", 1, WARNING), ("1", 1, OK), ("1", 10_000, WARNING), (None, 1, OK)]
)
def test_threads_times_ranks_against_cores(monkeypatch, threads, ranks, status):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    for name in checkup.THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    if threads is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", threads)
    check = checkup.check_threads(ranks)
    assert check.status == status
    assert ("export OMP_NUM_THREADS=" in check.advice) == (status == WARNING)


def test_lock_of_a_killed_run(monkeypatch, tmp_path):
    for name in ("libffcx_forms_a.c", "libffcx_forms_a.c.cached", "libffcx_forms_b.c", "libffcx_forms_c.c"):
        (tmp_path / name).touch()
    for name in ("libffcx_forms_a.c", "libffcx_forms_b.c"):
        os.utime(tmp_path / name, (0, 0))
    assert [path.name for path in checkup.stale_locks(tmp_path)] == ["libffcx_forms_b.c"]
    monkeypatch.setattr(checkup, "_ask", lambda _: (str(tmp_path), ""))
    check = checkup.check_form_cache()
    assert check.status == WARNING and check.advice == f"rm {tmp_path / 'libffcx_forms_b.c'}"


def test_full_disk_and_little_memory(monkeypatch, tmp_path):
    import psutil

    monkeypatch.setattr(checkup, "_ask", lambda _: (str(tmp_path / "not" / "yet"), ""))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1e6}))
    assert checkup.check_form_cache().status == WARNING
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 1e8}))
    assert checkup.check_memory().status == WARNING


def test_a_user_without_a_home_is_told_to_name_one(monkeypatch):
    monkeypatch.setattr(checkup, "_ask", lambda _: ("", "RuntimeError: Could not determine home directory."))
    assert checkup.check_form_cache().advice == "export HOME=a folder of yours"
