"""The folder of compiled forms: whoever begins a form and dies leaves nothing that anybody waits for."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from constriction.field.elements import form_cache
from constriction.field.elements.form_cache import Claims, lock_of, ready, watch

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


def test_what_another_program_began_is_cleared_when_it_is_old_and_its_maker_gone(tmp_path, monkeypatch):
    source, told = tmp_path / "libffcx_forms_a.c", []
    source.touch()
    os.utime(source, (time.time() - 30,) * 2)
    claims = Claims(told.append, patience=1.5)
    monkeypatch.setattr(form_cache, "_starts", lambda _: [time.time() - 100])
    with pytest.raises(TimeoutError, match="another program"):  # it may be at work
        claims.settle(source)
    assert len(told) == 1 and source.exists()
    monkeypatch.setattr(form_cache, "_starts", lambda _: [time.time() - 1])  # begun later than the form
    claims.settle(source)
    assert len(told) == 1 and not source.exists()


def test_an_interrupted_compilation_leaves_nothing(tmp_path):
    def load(name, objects, cache, timeout):
        source = Path(cache) / f"{name}.c"
        if ready(source):
            return "loaded", "module"
        source.touch(exist_ok=False)
        return None, None

    def compile_forms(interrupted):
        if compiler.get_cached_module("a", [], tmp_path, 1)[0] is not None:
            return "loaded"
        if interrupted:
            raise KeyboardInterrupt
        finish(tmp_path / "a.c")
        return "compiled"

    compiler = SimpleNamespace(get_cached_module=load, compile_forms=compile_forms, compile_expressions=compile_forms)
    for _ in range(2):  # commands may ask for it again and again
        watch(compiler, pytest.fail)
    with pytest.raises(KeyboardInterrupt):
        compiler.compile_forms(True)
    assert list(tmp_path.iterdir()) == []
    assert [compiler.compile_forms(False), compiler.compile_forms(False)] == ["compiled", "loaded"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.c", "a.c.cached"]


def test_the_compiler_that_is_installed_is_watched():
    """What is wrapped is there, and takes what FFCx hands it."""
    import inspect

    import mpi4py.MPI  # noqa: F401 - first, as everywhere
    from dolfinx import jit

    compiler = jit.ffcx.codegeneration.jit
    for name in ("compile_forms", "compile_expressions"):
        assert callable(getattr(compiler, name))
        assert "get_cached_module(module_name, " in inspect.getsource(inspect.unwrap(getattr(compiler, name)))
    found = inspect.signature(inspect.unwrap(compiler.get_cached_module))
    assert list(found.parameters) == ["module_name", "object_names", "cache_dir", "timeout"]
