"""What all tests share: see the developers' page for how they stay quick."""

import gc
import json
import os
from pathlib import Path

import pytest

SLOW = frozenset((Path(__file__).parent / "slow.txt").read_text(encoding="utf-8").splitlines())


def leave_alone() -> None:
    """Hide what is there from the garbage collector, which studies call after every geometry: imports, and caches."""
    gc.collect()
    gc.freeze()


def pytest_collection_finish() -> None:
    leave_alone()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None):
    """Once for every file: what its tests have imported stays too."""
    result = yield
    if nextitem is None or nextitem.path != item.path:
        leave_alone()
    return result


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `slow.txt` names, which `tests/slow_tests.py` writes."""
    for item in items:
        if item.nodeid in SLOW:
            item.add_marker("slow")


def processor_seconds() -> float:
    """Of this process and its children that have ended."""
    return sum(os.times()[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item):
    """Where PROCESSOR_TIMES names a file, write there what every test took, a line of JSON each."""
    before = processor_seconds()
    result = yield
    if path := os.environ.get("PROCESSOR_TIMES"):
        with open(path, "a", encoding="utf-8") as stream:  # lines are short enough to be written as a whole
            stream.write(json.dumps([item.nodeid, round(processor_seconds() - before, 3)]) + "\n")
    return result
