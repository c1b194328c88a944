"""Files: those that are read are real files of a bearable size, those that are written are whole.

Whenever a process is killed, or the disk is full, there is the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from constriction.base.errors import InputError, StoreError

LARGEST_INPUT = 32_000_000  # bytes
LITTLE_ROOM = 1_000_000  # bytes; a disk that has less is full
HIDDEN = ".constriction-"  # what the names of files and folders begin with that are not finished, or to be deleted

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_NOT_ALLOWED = {errno.EROFS, errno.EACCES, errno.EPERM}
_NOT_THE_PLACE = _NO_ROOM | {errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM}


def read_file(path: str | os.PathLike[str], expected: str, advice: str = "", largest: int = LARGEST_INPUT) -> bytes:
    """The content of a regular file that is not too large.

    A device, a pipe (also one that the shell makes for `<(command)` or /dev/stdin) or a socket might never end, or
    never begin: it is refused without reading.

    Args:
        path: the file.
        expected: what an error says was expected, such as "a case file".
        advice: what an error about the size adds.
        largest: the most bytes that it may have.

    Raises:
        InputError: no such file, or it cannot be read; one line that begins with the path.
    """
    name = os.fspath(path)
    check_name(name)
    try:
        _check_regular(os.stat(name), name, expected)
        # What became a pipe meanwhile must not block.
        handle = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            _check_regular(status, name, expected)
            data = b"" if status.st_size > largest else file.read(largest + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte
        if isinstance(error, InputError):
            raise
        reason = error.strerror if isinstance(error, OSError) else "has a null character"
        raise InputError(f"{name}: {reason}; expected {expected}") from None
    if (size := max(status.st_size, len(data))) > largest:
        told = f"{name}: {size / 1e6:.0f} MB, expected at most {largest / 1e6:.0f} MB"
        raise InputError("; ".join(filter(None, (told, advice))))
    return data


def check_name(path: str | os.PathLike[str]) -> None:
    """See that a name can stand in results, reports and pictures.

    Raises:
        InputError: it has bytes that are no UTF-8.
    """
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError:
        raise InputError(f"{os.fspath(path)}: has bytes that are no UTF-8 in its name; expected another name") from None


def _check_regular(status: os.stat_result, name: str, expected: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{name}: {os.strerror(errno.EISDIR)}; expected {expected}")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{name}: is a device or a pipe; expected {expected}")


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Rows as csv: floats with all their digits, nothing for None; equal rows give equal bytes."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


# --- writing -------------------------------------------------------------------------------------------------------


def check_file(path: Path) -> None:
    """See, before anything is computed, that a file can be written; nothing stays there.

    Raises:
        InputError: it is a folder, a device or a pipe, or its folder cannot be written or made.
        StoreError: the disk is full or broken.
    """
    check_name(path)
    try:
        with contextlib.suppress(FileNotFoundError):
            mode = os.stat(path).st_mode
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if not stat.S_ISREG(mode):
                raise OSError(errno.EINVAL, "is a device or a pipe")
        check_writable(Path(os.path.realpath(path)).parent)
    except (OSError, ValueError) as error:  # ValueError: a null byte
        refuse_place(path, error, "a file in a writable place")


def check_writable(folder: Path) -> None:
    """Make and remove a folder in the nearest existing ancestor: what the permissions say is not the whole truth.

    Raises:
        OSError: it cannot be made.
    """
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    probe = tempfile.mkdtemp(prefix=HIDDEN, dir=folder)
    os.rmdir(probe)


def refuse_place(path: str | os.PathLike[str], error: OSError | ValueError, expected: str) -> NoReturn:
    """Say why nothing can be written at a place.

    Raises:
        InputError: another place might do.
        StoreError: the place may be right, but there is no room, or the disk is broken.
    """
    if isinstance(error, OSError) and error.errno in _NOT_THE_PLACE:
        raise store_error(path, error) from error
    reason = getattr(error, "strerror", None) or error
    raise InputError(f"{os.fspath(path)}: cannot be written ({reason}); expected {expected}") from None


def store_error(path: str | os.PathLike[str], error: OSError) -> StoreError:
    """What to say about a file that could not be written."""
    number, reason = error.errno, error.strerror or str(error)
    if number is None and _is_full(Path(path)):  # from libraries that only count bytes
        number, reason = errno.ENOSPC, os.strerror(errno.ENOSPC)
    advice = "run again"
    if number in _NO_ROOM:
        advice = "make room and run again"
    elif number in _NOT_ALLOWED:
        advice = "make the place writable and run again"
    return StoreError(f"{os.fspath(path)}: cannot be written ({reason}); what was finished before is kept: {advice}")


def _is_full(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return shutil.disk_usage(path if path.is_dir() else path.parent).free < LITTLE_ROOM
    return False


@contextlib.contextmanager
def telling_where(
    path: str | os.PathLike[str], hidden: str | os.PathLike[str] | None = None, named: Path | None = None
) -> Iterator[None]:
    """Say of a file that cannot be written which it is, and what that means.

    Args:
        path: what is written, as the user knows it.
        hidden: where it is made; what is inside tells its own name, for which `path` stands.
        named: what an error is about that names no file; None: `path`.

    Raises:
        StoreError: instead of an OSError about what is written; one about another file stays.
    """
    try:
        yield
    except StoreError as error:
        if hidden is None:
            raise
        raise StoreError(str(error).replace(os.fspath(hidden), os.fspath(path))) from error
    except OSError as error:
        if (file := _written_file(path, hidden, error)) is None:
            raise
        raise store_error(named if named and file == path else file, error) from error


def _written_file(
    path: str | os.PathLike[str], hidden: str | os.PathLike[str] | None, error: OSError
) -> str | os.PathLike[str] | None:
    """What could not be written, as the user knows it; None if the error is about something else."""
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return path
    inner = Path(os.fsdecode(error.filename))
    if hidden is not None and inner.is_relative_to(hidden):
        return Path(path) / inner.relative_to(hidden)
    folder, inner = map(Path, map(os.path.realpath, (Path(path).parent, inner)))
    return path if folder.is_relative_to(inner) or inner.is_relative_to(folder) else None


@contextlib.contextmanager
def whole_files(folder: Path, named: Path | None = None) -> Iterator[Path]:
    """Give a hidden folder to fill with files, and put all of them into a folder when that went well.

    Args:
        folder: where they go, made if needed; a file of the same name is replaced in one step.
        named: what an error is about that is no single file's; None: the folder.

    Raises:
        StoreError: one cannot be written; all that was there before is as it was, unless a rename fails.
    """
    with telling_where(named or folder), contextlib.ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        hidden = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=HIDDEN, dir=folder)))
        with telling_where(folder, hidden, named):
            yield hidden
            sync(hidden)
            for file in sorted(hidden.iterdir()):
                file.replace(os.path.realpath(folder / file.name))  # a link stays one
        sync_entries(folder)


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a hidden path of the same name to write, and put it in place when that went well.

    Args:
        path: where it goes; a file there is replaced in one step.

    Raises:
        StoreError: it cannot be written; what was there before is as it was.
    """
    with whole_files(path.parent, path) as hidden:
        yield hidden / path.name


def write_whole(path: Path, content: bytes) -> None:
    """Write a file such that, whenever the process is killed, there is the old one or the new one, on the disk.

    Raises:
        OSError: it cannot be written; nothing was changed.
    """
    handle, name = tempfile.mkstemp(prefix=HIDDEN, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())  # mkstemp's is for the owner alone
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    sync_entries(path.parent)


def sync(folder: Path) -> None:
    """Have the disk hold a folder's files, so that a power cut after the rename finds them whole."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_entries(folder)


def sync_entries(folder: Path) -> None:
    """Have the disk hold the names in a folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    with contextlib.suppress(OSError):  # some file systems cannot sync a folder
        os.fsync(handle)
    os.close(handle)


def _umask() -> int:
    """The permissions that new files lack; the only way to ask is to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
