"""A process beside this one, that imports what is needed last while this one computes, and calls functions of it.

It is worth it where importing takes longer than the work before it, and a second core is there.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

as_program: ContextVar[bool] = ContextVar("as_program", default=False)
"""Whether this is the command itself, not a call from Python, which is left without processes of its own."""

SERVE = "import sys; from constriction.base.beside import serve; serve(sys.argv[1:])"


class Helper:
    """Calls functions, in the process beside if there is one that answers, else here."""

    def __init__(self, process: subprocess.Popen[bytes] | None = None) -> None:
        self._process = process

    def call(self, module: str, name: str, *arguments: object) -> None:
        """Call a function of a module for what it does, and wait for its end.

        Raises:
            Exception: what the function raises.
        """
        if self._process is None:
            getattr(import_module(module), name)(*arguments)
            return
        try:
            assert self._process.stdin is not None and self._process.stdout is not None
            _say((module, name, arguments), self._process.stdin)
            error = pickle.load(self._process.stdout)
        except (OSError, EOFError, pickle.PickleError, TypeError, AttributeError):
            # it is gone, or the words cannot be said; what it began is done over again
            self._process.kill()
            self._process = None
            self.call(module, name, *arguments)
        else:
            if error is not None:
                raise error


@contextmanager
def helper(modules: Sequence[str], wanted: bool = True) -> Iterator[Helper]:
    """A helper that has imported, or is about to import, these modules; it ends with the block.

    Args:
        modules: their whole names.
        wanted: without it, without a second core and where this is not the command itself, all is called here.
    """
    process = _started(modules) if wanted and as_program.get() and _cores() > 1 else None
    try:
        yield Helper(process)
    finally:
        if process is not None:
            process.kill()
            process.communicate()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _started(modules: Sequence[str]) -> subprocess.Popen[bytes] | None:
    import subprocess

    # -P: nothing of the current folder is imported; a session of its own: Ctrl-C is this process's to handle
    words = [sys.executable, "-P", "-c", SERVE, *modules]
    none, pipe = subprocess.DEVNULL, subprocess.PIPE
    try:
        return subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=none, start_new_session=True)
    except OSError:
        return None


def serve(modules: Sequence[str]) -> None:
    """Import modules, then call what is asked for, until nobody asks any more: the process beside."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a function prints is no answer
    for module in modules:
        import_module(module)
    while True:
        try:
            module, name, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        error: Exception | None = None
        try:
            getattr(import_module(module), name)(*arguments)
        except Exception as raised:
            error = raised
        _say(error, answers)


def _say(what: Any, stream: IO[bytes]) -> None:
    stream.write(pickle.dumps(what))
    stream.flush()
