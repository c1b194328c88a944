"""Who works on a study's folder: a file per run that names its owner, so that two runs do not do the same work."""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from mpi4py import MPI

from constriction.base.errors import InputError
from constriction.base.files import read_file, telling_where, write_whole
from constriction.base.ranks import agree
from constriction.study.run.store import GUARD, LOCK

# Of a shell: $1 is the lock, $2 what it says while it is this run's.
DELETE_AT_THE_END = 'trap "" HUP INT TERM; read -r end; [ "$(cat "$1")" = "$2" ] && rm -f "$1"'


@dataclass(frozen=True)
class Shard:
    """Part `number` of `count` of a study's geometries; 1/1 is all of it."""

    number: int = 1
    count: int = 1

    def has(self, geometry: int) -> bool:
        """Whether a geometry, numbered from 0, is in this part."""
        return geometry % self.count == self.number - 1

    def meets(self, other: Shard) -> bool:
        """Whether two parts have geometries in common, however many there are."""
        return (self.number - other.number) % math.gcd(self.count, other.count) == 0

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


@dataclass(frozen=True)
class Owner:
    """Who holds a lock: `started` is the process's start (s since 1970), which tells it from a later one of its pid.

    `job` is the batch job that it runs in, and `restarts` how often that was put back into its queue before.
    """

    shard: str
    host: str
    pid: int
    started: float
    job: str = ""
    restarts: int = 0

    @property
    def is_dead(self) -> bool:
        """Whether it surely runs no more: of another machine's that is known only of this same job, started anew."""
        if self.host != socket.gethostname():
            return bool(self.job) and self.job == _job()[0] and self.restarts < _job()[1]
        try:
            process = psutil.Process(self.pid)
            return bool(abs(process.create_time() - self.started) > 1 or process.status() == psutil.STATUS_ZOMBIE)
        except psutil.Error:
            return True


@contextlib.contextmanager
def locked(comm: MPI.Comm, folder: Path, shard: Shard, force: bool = False) -> Iterator[None]:
    """Hold the lock of a part of a study, as one for all ranks; collective.

    Args:
        comm: all ranks of the run; rank 0 is the owner.
        folder: of the study; it exists.
        shard: which part.
        force: take over what a run on another machine holds.

    Raises:
        InputError: another run that is alive, or on another machine, works on geometries of this part.
    """
    path = _path(folder, shard)
    me = agree(comm, lambda: _acquire(path, shard, force))
    try:
        yield
    finally:
        if comm.rank == 0 and _owner(path) == me:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def released_when_killed(comm: MPI.Comm, folder: Path, shard: Shard) -> Iterator[None]:
    """Have the lock of a part deleted should rank 0 be killed: the study can then go on on any machine, without asking.

    A process can do nothing about its own end, which SIGTERM of a batch system may bring in the middle of a library's
    work. A shell beside it can: it waits for the end of a pipe that only rank 0 holds, and deletes the lock if it is
    still that one. Only SIGKILL of both at once, or the end of the machine, leaves the lock.
    """
    path = _path(folder, shard)
    watch = None
    with contextlib.suppress(OSError):  # no shell, no file: then the lock stays, which is told
        if comm.rank == 0:
            words = ["sh", "-c", DELETE_AT_THE_END, "sh", str(path), path.read_text("utf-8").rstrip("\n")]
            none = subprocess.DEVNULL  # nobody waits for the end of what it inherits
            watch = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=none, stderr=none, start_new_session=True)
    try:
        yield
    finally:
        if watch is not None:
            watch.kill()
            watch.communicate()


def holders(folder: Path) -> list[Owner]:
    """Who holds locks on a study's folder, dead or alive."""
    owners = (_owner(path) for path in sorted(folder.glob(f"{LOCK}*.json")))
    return [owner for owner in owners if owner is not None]


def _path(folder: Path, shard: Shard) -> Path:
    return folder / f"{LOCK}{shard.number}of{shard.count}.json"


def _job() -> tuple[str, int]:
    """The job of SLURM that this process runs in, "" if none, and how often it was started before."""
    restarts = os.environ.get("SLURM_RESTART_COUNT", "")
    return os.environ.get("SLURM_JOB_ID", ""), int(restarts) if restarts.isdecimal() else 0


def _acquire(path: Path, shard: Shard, force: bool) -> Owner:
    me = Owner(str(shard), socket.gethostname(), os.getpid(), psutil.Process().create_time(), *_job())
    with telling_where(path), _alone(path.parent):
        for other in path.parent.glob(f"{LOCK}*.json"):
            _claim(other, shard, force)
        write_whole(path, (json.dumps(asdict(me)) + "\n").encode())
    return me


def _claim(path: Path, shard: Shard, force: bool) -> None:
    """Delete the lock of a dead run; refuse to go on beside one that lives and shares geometries."""
    owner = _owner(path)
    if owner is None or owner.is_dead:
        path.unlink(missing_ok=True)
        return
    if not shard.meets(_shard(owner.shard)):
        return
    if force and owner.host != socket.gethostname():
        path.unlink(missing_ok=True)
        return
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(path.stat().st_mtime))
    end = "" if owner.host == socket.gethostname() else "; if that run is dead, add --break-lock"
    raise InputError(
        f"{path.parent}: process {owner.pid} on {owner.host} works on it (shard {owner.shard}, since {since}); "
        f"expected one run at a time, or other shards of as many{end}"
    )


def _owner(path: Path) -> Owner | None:
    """Who holds a lock; None if it is gone or unreadable."""
    try:
        return Owner(**json.loads(read_file(path, "a lock")))
    except (ValueError, TypeError):  # InputError too
        return None


def _shard(text: str) -> Shard:
    number, _, count = text.partition("/")
    return Shard(int(number), int(count))


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes out while locks are looked at; the kernel lets go when this one dies."""
    handle = os.open(folder / GUARD, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
