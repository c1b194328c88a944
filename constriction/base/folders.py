"""Folders that are always whole: filled out of sight, then put in place in one step.

Whenever a process is killed, there is the old folder or the new one, never half of one; and nothing that is not ours is
ever replaced.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constriction.base.errors import InputError
from constriction.base.files import HIDDEN, check_name, check_writable, refuse_place, sync, sync_entries, telling_where

STALE_AFTER = 60.0  # s; older hidden folders that nobody holds a lock on were left by killed runs

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h


@dataclass(frozen=True)
class FolderKind:
    """What a folder holds.

    `name` is what errors call it; `files`, and those whose whole name matches `pattern`, are the only ones it may have.
    The first of `files` is JSON, by whose `keys` a folder is known: it is deleted first, so that what is half deleted
    is never taken for whole. Where it has the key `listed`, files of `listed_pattern` that are named there belong to
    the folder, too; others of that pattern are somebody else's.
    """

    name: str
    files: tuple[str, ...]
    keys: frozenset[str]
    pattern: str = r"(?!)"  # matches nothing
    listed: str = ""
    listed_pattern: str = r"(?!)"

    def is_ours(self, folder: Path) -> bool:
        """Whether an earlier run of ours filled a folder."""
        record = self._record(folder)
        return record is not None and self.keys <= record.keys()

    def may_hold(self, name: str) -> bool:
        """Whether a folder of the kind may have a file of this name."""
        return self._always(name) or re.fullmatch(self.listed_pattern, name) is not None

    def foreign(self, folder: Path) -> list[str]:
        """The names in a folder that do not belong to it, sorted."""
        record = self._record(folder) or {}
        names = record.get(self.listed)
        own = {name for name in names if self.may_hold(name)} if isinstance(names, dict) else set()
        return sorted(
            entry.name
            for entry in os.scandir(folder)
            if not (self._always(entry.name) or entry.name in own) or not entry.is_file(follow_symlinks=False)
        )

    def _always(self, name: str) -> bool:
        return name in self.files or re.fullmatch(self.pattern, name) is not None

    def _record(self, folder: Path) -> dict[str, Any] | None:
        """The JSON object of the first file, None without one."""
        try:
            record = json.loads((folder / self.files[0]).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) else None


def check_place(folder: str | os.PathLike[str], kind: FolderKind) -> Path:
    """See, before anything is computed, that a folder can be put at a place; nothing stays there.

    Returns:
        Its path without symbolic links.

    Raises:
        InputError: there is something else than an empty folder or an earlier one of the kind, or it cannot be written.
        StoreError: the disk is full or broken.
    """
    check_name(folder)
    expected = f"a new or empty folder, or an earlier {kind.name}"
    try:
        target = Path(os.path.realpath(folder))
        complaint = _complaint(target, kind)
        if complaint is None:
            check_writable(target.parent)
    except (OSError, ValueError) as error:  # ValueError: a null byte
        refuse_place(folder, error, expected)
    if complaint:
        raise InputError(f"{os.fspath(folder)}: {complaint}; expected {expected}")
    return target


@contextlib.contextmanager
def whole_folder(folder: str | os.PathLike[str], kind: FolderKind) -> Iterator[Path]:
    """Give a hidden folder to fill, and put it in place when that went well.

    Args:
        folder: where it goes: nothing, an empty folder, or an earlier one of the kind, which is replaced.
        kind: what it holds.

    Raises:
        InputError: there is something else; nothing was changed.
        StoreError: it cannot be written; the old folder is as it was.
        ValueError: it was filled with other files than the kind has.
    """
    target = check_place(folder, kind)
    with telling_where(folder):
        target.parent.mkdir(parents=True, exist_ok=True)
        _tidy(target, kind)
        with _hidden_folder(target.parent, kind) as fresh, telling_where(folder, fresh):
            yield fresh
            _finish(fresh, target, kind)


def _finish(fresh: Path, target: Path, kind: FolderKind) -> None:
    """See that a filled folder holds what it may, and put it in place."""
    if unknown := [entry.name for entry in fresh.iterdir() if not kind.may_hold(entry.name)]:
        raise ValueError(f"{target}: filled with {sorted(unknown)}; a {kind.name} has {', '.join(kind.files)}")
    sync(fresh)
    _put_in_place(fresh, target, kind)


def exchange(first: Path, second: Path) -> bool:
    """Exchange two paths in one step; False where kernel or file system cannot."""
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return False
    if function(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), ctypes.c_uint(_RENAME_EXCHANGE)) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number), str(first), None, str(second))


def _complaint(target: Path, kind: FolderKind) -> str | None:
    """What speaks against replacing a folder, None if nothing does."""
    try:
        mode = os.lstat(target).st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISDIR(mode):
        return "is not a folder"
    if _is_mounted(target):
        return "is a mount point, which cannot be replaced (a folder inside it can)"
    return _complaint_about_content(target, kind)


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _complaint_about_content(target: Path, kind: FolderKind) -> str | None:
    if foreign := kind.foreign(target):
        more = ", …" if len(foreign) > 3 else ""
        return f"holds other things than {_with_article(kind.name)} ({', '.join(foreign[:3])}{more})"
    if any(target.iterdir()) and not kind.is_ours(target):
        return f"holds files that are not a whole {kind.name} of an earlier run"
    return None if os.access(target, os.W_OK | os.X_OK) else "cannot be written (Permission denied)"


def _is_mounted(folder: Path) -> bool:
    if os.path.ismount(folder):
        return True
    try:  # a bind mount of the same file system is seen in this table only
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return False
    escaped = str(folder).replace("\\", r"\134").replace(" ", r"\040")
    return any(line.split(" ")[4] == escaped for line in mounts.splitlines())


@contextlib.contextmanager
def _hidden_folder(parent: Path, kind: FolderKind) -> Iterator[Path]:
    """A locked new folder. What lies at its path in the end is deleted: nothing, the old folder, a failed new one."""
    path = parent / f"{HIDDEN}{secrets.token_hex(6)}"
    path.mkdir()
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: leftovers stay
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield path
    finally:
        os.close(lock)
        _delete(path, kind)


def _delete(folder: Path, kind: FolderKind) -> None:
    """Delete a folder of the kind, whole or not; one with anything else in it stays as it is."""
    with contextlib.suppress(OSError):
        entries = list(folder.iterdir())
        if all(kind.may_hold(entry.name) for entry in entries):
            for path in [*(folder / name for name in kind.files), *entries]:
                path.unlink(missing_ok=True)
            folder.rmdir()


def _tidy(target: Path, kind: FolderKind) -> None:
    """Delete what killed runs left beside a folder; bring back one that a run was killed while replacing."""
    aside = _aside(target)
    if aside.exists() and not target.exists() and kind.is_ours(aside):
        aside.rename(target)
    _delete(aside, kind)
    for path in target.parent.glob(f"{HIDDEN}*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE_AFTER and not _is_locked(path):
                _delete(path, kind)


def _is_locked(folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _aside(target: Path) -> Path:
    """Where the old folder waits when two renames are needed; short, for a name may already be as long as allowed."""
    return target.with_name(f".constriction_previous_{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}")


def _put_in_place(fresh: Path, target: Path, kind: FolderKind) -> None:
    try:
        fresh.rename(target)  # on nothing, or on an empty folder
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        _replace(fresh, target, kind)
    sync_entries(target.parent)


def _replace(fresh: Path, target: Path, kind: FolderKind) -> None:
    """Exchange two folders; where that needs two renames, the old one waits aside, where the next run would find it."""
    if exchange(fresh, target):
        if complaint := _complaint(fresh, kind):  # it came after the check: give it back
            exchange(fresh, target)
            raise InputError(f"{target}: {complaint}; expected an earlier {kind.name}")
        return
    old = _aside(target)
    target.rename(old)
    fresh.rename(target)
    _delete(old, kind)
