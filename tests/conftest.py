"""What all tests share: see the developers' page for how they stay quick."""

import gc

import pytest


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
