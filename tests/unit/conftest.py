"""Tests of parts start no process: what runs a command, a compiler or a browser stands in tests/commands."""

import sys

import pytest

STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "pty.spawn"}
started: list[str] = []


def note(event: str, arguments: tuple[object, ...]) -> None:
    if event in STARTS:
        started.append(f"{event} {arguments[:2]!r}"[:200])


sys.addaudithook(note)


def fail_if_any() -> None:
    if found := "; ".join(started):
        started.clear()
        pytest.fail(f"a unit test started a process ({found}); expected it in tests/commands", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item):
    """Also fixtures of a module or of the session are set up in here."""
    started.clear()
    result = yield
    fail_if_any()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    result = yield
    fail_if_any()
    return result


@pytest.fixture
def no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit that a result names is asked of git, in a process."""
    monkeypatch.setattr("constriction.simulation.record.git_commit", lambda: None)
