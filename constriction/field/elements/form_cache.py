"""The folder of compiled forms: what a killed process left there is cleared, what a living one makes is waited for.

FFCx marks a form that is being compiled by an empty source file and waits for it in silence, whether its maker lives
or not. Here the maker holds a lock beside the source, which the kernel takes from it when it dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 600.0  # s that a living process may take for one form on a busy machine
TELL_AFTER = 1.0  # s of waiting that need no word: ranks that begin together wait for the first
REMIND_AFTER = 60.0  # s between two words about the same wait
POLL = 0.2  # s
# A source without a lock is that of another program, perhaps on another machine. It is taken for left behind when
# nothing was written for so many seconds:
STALE_AFTER = 60.0  # where a process of this machine may be its maker
STALE_WITHOUT_MAKER = 5.0

type Tell = Callable[[str], None]


@dataclass
class Claims:
    """The forms that this process compiles: `held` maps their sources to the handles of their locks.

    `tell` is given a line when there is a wait.
    """

    tell: Tell
    patience: float = PATIENCE
    held: dict[Path, int] = field(default_factory=dict)

    def settle(self, source: Path) -> None:
        """Wait until a form is compiled, or this process may compile it.

        Args:
            source: of the form; what a killed process left of it is deleted.

        Raises:
            TimeoutError: another process has been compiling it for too long.
        """
        start, told = time.monotonic(), -REMIND_AFTER
        while not ready(source):
            handle, foreign = _claim(source)
            if handle is not None and not (foreign and _may_be_alive(source)):
                _clear(source)
                self.held[source] = handle
                return
            owner = "another program" if foreign else _owner(source)
            if handle is not None:
                _drop(source, handle)
            if handle is None and owner is None:
                return  # no locks here: as without them
            told = self._wait(source, owner, time.monotonic() - start, told)

    def _wait(self, source: Path, owner: str | None, waited: float, told: float) -> float:
        """Wait a little after so many seconds; when the wait was last told of, in seconds from its start."""
        if waited > self.patience:
            raise TimeoutError(f"{owner} has been compiling {source} for {waited:.0f} s; end it, or wait")
        if waited >= max(TELL_AFTER, told + REMIND_AFTER):
            self.tell(f"waiting for {owner}, which compiles a form ({source})")
            told = waited
        time.sleep(POLL)
        return told

    def release(self) -> None:
        """Let go of the forms that are compiled, or could not be."""
        while self.held:
            source, handle = self.held.popitem()
            if not ready(source):
                _clear(source)
            _drop(source, handle)


def watch(compiler: Any, tell: Tell) -> None:
    """Have a compiler of forms claim what it compiles.

    Args:
        compiler: the module `ffcx.codegeneration.jit`.
        tell: is given a line when there is a wait.
    """
    claims = Claims(tell)
    load = _unwatched(compiler.get_cached_module)

    @functools.wraps(load)
    def claiming(module_name: str, object_names: Any, cache_dir: Any, timeout: Any) -> Any:
        source = Path(cache_dir) / f"{module_name}.c"
        with contextlib.suppress(OSError):  # FFCx says what is wrong with the folder
            source.parent.mkdir(parents=True, exist_ok=True)
        claims.settle(source)
        try:
            return load(module_name, object_names, cache_dir, timeout)
        except ImportError:  # cut off, or deleted, behind the mark that it is ready
            _clear(source)
            claims.settle(source)
            return load(module_name, object_names, cache_dir, timeout)

    compiler.get_cached_module = claiming
    for name in ("compile_forms", "compile_expressions"):
        setattr(compiler, name, _releasing(_unwatched(getattr(compiler, name)), claims))


def _releasing(work: Callable[..., Any], claims: Claims) -> Callable[..., Any]:
    @functools.wraps(work)
    def released(*args: Any, **named: Any) -> Any:
        try:
            return work(*args, **named)
        finally:
            claims.release()

    return released


def _unwatched(function: Any) -> Any:
    return getattr(function, "__wrapped__", function)


# --- files beside a source -----------------------------------------------------------------------------------------


def ready(source: Path) -> bool:
    """Whether a form is compiled."""
    return source.exists() and source.with_suffix(".c.cached").exists()


def lock_of(source: Path) -> Path:
    """The lock of a form; what it says is who holds it."""
    return source.with_suffix(".c.lock")


def _claim(source: Path) -> tuple[int | None, bool]:
    """Try to lock a form.

    Returns:
        The lock's handle, None if another process holds it or there can be none; and whether the source, if there is
        one, was begun by a program that locks nothing.
    """
    path = lock_of(source)
    was_there = path.exists()
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError:  # FFCx says what is wrong with the folder
        return None, False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_ino == path.stat().st_ino:  # or its owner deleted it just now
            os.ftruncate(handle, 0)
            os.write(handle, f"process {os.getpid()} on {socket.gethostname()}".encode())
            return handle, source.exists() and not was_there
    except OSError:
        pass
    os.close(handle)
    return None, False


def _owner(source: Path) -> str | None:
    """Who holds the lock of a form; None if there is no lock."""
    try:
        return lock_of(source).read_text("utf-8", "replace") or "another process"
    except OSError:
        return None


def _drop(source: Path, handle: int) -> None:
    with contextlib.suppress(OSError):
        lock_of(source).unlink()
    os.close(handle)


def _clear(source: Path) -> None:
    """Delete the marks of a form that nobody compiles; what else there is of it is written over."""
    for path in (source, source.with_suffix(".c.cached")):
        with contextlib.suppress(OSError):
            path.unlink()


# --- makers that lock nothing --------------------------------------------------------------------------------------


def _may_be_alive(source: Path) -> bool:
    """Whether a program that locks nothing may still be compiling a form."""
    try:
        begun = source.stat().st_mtime
        written = max(
            path.stat().st_mtime for path in source.parent.glob(f"{source.stem}.*") if path != lock_of(source)
        )
    except (OSError, ValueError):
        return False
    age = time.time() - written
    if STALE_WITHOUT_MAKER <= age < STALE_AFTER:
        return any(start <= begun + 1 for start in _starts(source.parent))
    return age < STALE_AFTER


def _starts(cache: Path) -> Iterator[float]:
    """When the other processes of this machine that keep forms in a folder were started, in seconds since 1970."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        booted = int(Path("/proc/stat").read_text().split("btime ")[1].split()[0])
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if folder.name != str(os.getpid()) and _keeps_forms_in(cache, folder):
                    ticks = int((folder / "stat").read_text().rpartition(")")[2].split()[19])
                    yield booted + ticks / os.sysconf("SC_CLK_TCK")


def _keeps_forms_in(cache: Path, process: Path) -> bool:
    """Whether a process, by its folder in /proc, has loaded DOLFINx and would compile into a folder."""
    if b"dolfinx" not in (process / "maps").read_bytes():
        return False
    variables = (line.partition("=") for line in os.fsdecode((process / "environ").read_bytes()).split("\0"))
    named = {name: value for name, _, value in variables}
    place = named.get("XDG_CACHE_HOME") or os.path.join(named.get("HOME") or Path.home(), ".cache")
    return os.path.realpath(os.path.join(place, "fenics")) == os.path.realpath(cache)
