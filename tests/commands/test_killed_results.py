"""The folder of a result, whose writer is killed at a random moment: it holds the old result or the new one."""

import itertools
import multiprocessing
import os
import random
import signal
import time

import pytest
from support.results import VERSIONS, result, whole

from constriction.base import folders
from constriction.simulation import record as results
from constriction.simulation.record import write_result


@pytest.fixture(autouse=True)
def no_version_lookups(monkeypatch):
    monkeypatch.setattr(results, "versions", lambda method: VERSIONS)


def write_forever(out):
    for number in range(1_000_000):
        write_result(result(f"number {number}", resistance=1e-4 * (1 + number % 7)), out)


# The child only writes files, so threads of the parent's libraries do not matter.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
@pytest.mark.parametrize("swaps", [True, False], ids=["exchange", "two renames"])
def test_killed_at_any_moment_leaves_the_old_or_the_new(tmp_path, monkeypatch, swaps):
    if not swaps:
        monkeypatch.setattr(folders, "exchange", lambda first, second: False)
    out = tmp_path / "out"
    started = time.perf_counter()
    write_result(result("first"), out)
    one_write = time.perf_counter() - started  # a slow disk needs longer to get as far
    delays, context = random.Random(2), multiprocessing.get_context("fork")
    leftovers, titles = 0, set()
    for kills in itertools.count(1):  # a busy machine needs more of them to hit what they are for
        child = context.Process(target=write_forever, args=(out,))
        child.start()
        time.sleep(0.005 + delays.uniform(0.0, 6 * one_write * (1 + kills / 25)))  # the longer, the busier it is
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        assert child.exitcode == -signal.SIGKILL
        hidden = [path for path in tmp_path.iterdir() if path != out]
        leftovers += len(hidden)
        if not out.exists():  # between two renames the old one waits aside
            assert not swaps
            folders._tidy(out, results.RESULT)
        titles.add(whole(out))
        if kills >= 25 and leftovers > 5 and len(titles) > 3:
            break
        assert kills < 250, f"{leftovers} kills within a write, {len(titles)} results: the test showed nothing"
    old = time.time() - 2 * folders.STALE_AFTER
    for path in tmp_path.iterdir():
        os.utime(path, (old, old))
    write_result(result("last"), out)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
