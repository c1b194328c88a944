"""The folder of compiled forms, where the process that begins a form is killed or stops."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from constriction.field.elements.form_cache import Claims, lock_of, ready

ROOT = Path(__file__).parents[2]
# Begins a form as FFCx does, and is then stopped or killed.
MAKER = """
import sys, time
from pathlib import Path
from constriction.field.elements.form_cache import Claims
source = Path(sys.argv[1])
Claims(print).settle(source)
source.touch()
print("begun", flush=True)
time.sleep(60)
"""


@pytest.fixture
def maker(tmp_path):
    """A process that is compiling a form, and its source."""
    source = tmp_path / "libffcx_forms_a.c"
    line = [sys.executable, "-c", MAKER, str(source)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(line, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        yield process, source
        process.kill()


def finish(source):
    source.touch()
    source.with_suffix(".c.cached").touch()


def test_what_a_killed_process_began_is_cleared_at_once(maker):
    process, source = maker
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert source.exists() and not ready(source)
    told, start = [], time.monotonic()
    claims = Claims(told.append)
    claims.settle(source)
    assert time.monotonic() - start < 1 and not told
    assert not source.exists(), "FFCx would wait for it"
    finish(source)
    claims.release()
    assert ready(source) and not lock_of(source).exists()


def test_a_living_process_is_waited_for_and_named(maker):
    process, source = maker
    told = []

    def tell(text):
        told.append(text)
        finish(source)  # while we wait

    claims = Claims(tell)
    claims.settle(source)
    assert told == [f"waiting for process {process.pid} on {os.uname().nodename}, which compiles a form ({source})"]
    assert not claims.held


def test_a_wait_has_an_end(maker):
    with pytest.raises(TimeoutError, match=r"process \d+ on .* has been compiling .*libffcx_forms_a.c for"):
        Claims(lambda _: None, patience=0.3).settle(maker[1])
