"""The folder of compiled forms: whoever begins a form and dies leaves nothing that anybody waits for."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from constriction.field.elements import form_cache
from constriction.field.elements.form_cache import Claims, ready, watch


def finish(source):
    source.touch()
    source.with_suffix(".c.cached").touch()


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
