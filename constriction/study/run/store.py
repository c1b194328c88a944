"""The folder of a study: one file per finished case, always whole, named by what was computed.

- `study.json`: the study, with its base, its list and the files that it refers to written out;
- `cases/VERSION/KEY.json`: a finished case;
- `cases/VERSION/KEY.failed.json`: a case that failed, with its error;
- `geometries/KEY.json`: the response of a geometry, kept for further laws (`geometries`);
- `log.jsonl`: what happened, a line each.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from constriction.base.errors import InputError
from constriction.base.files import (
    HIDDEN,
    LARGEST_INPUT,
    check_name,
    check_writable,
    read_file,
    refuse_place,
    telling_where,
    write_whole,
)
from constriction.base.folders import STALE_AFTER
from constriction.base.versions import package_version
from constriction.case.maps.files import as_bytes, is_map_text
from constriction.study.file.file import Study, study_of
from constriction.study.file.parameters import without

STUDY, CASES, GEOMETRIES, LOG = "study.json", "cases", "geometries", "log.jsonl"
LOCK = "lock-"  # what the names of locks begin with
GUARD = f"{HIDDEN}guard"  # held while locks are looked at; it stays
DONE, FAILED = ".json", ".failed.json"
OURS = "constriction study"

type Record = dict[str, Any]


@dataclass(frozen=True)
class Store:
    """The records of one study by one version of the package."""

    folder: Path
    version: str

    @property
    def cases(self) -> Path:
        """The folder of the records."""
        return self.folder / CASES / self.version.replace(" ", "-")

    @property
    def geometries(self) -> Path:
        """The folder of the geometries' responses; it is made when the first one is kept."""
        return self.folder / GEOMETRIES

    def finished(self) -> tuple[set[str], set[str]]:
        """The keys of done and of failed cases."""
        names = [entry.name for entry in os.scandir(self.cases)] if self.cases.is_dir() else []
        failed = {name.removesuffix(FAILED) for name in names if name.endswith(FAILED)}
        done = {name.removesuffix(DONE) for name in names if name.endswith(DONE) and not name.endswith(FAILED)}
        return done, failed - done

    def read(self, key: str) -> Record | None:
        """The record of a case, done or failed; None if there is none."""
        for suffix in (DONE, FAILED):
            path = self.cases / f"{key}{suffix}"
            try:
                if path.exists():
                    record = json.loads(read_file(path, "a record"))
                    return record if isinstance(record, dict) else None
            except ValueError as error:
                raise InputError(f"{path}: cannot be read ({error}); expected a record; delete it, run again") from None
        return None

    def write(self, key: str, record: Record) -> None:
        """Put a record in place, as a whole; one that failed before makes room for one that is done.

        Raises:
            StoreError: no space, no permission, or a broken disk.
        """
        failed = record["status"] == "failed"
        path = self.cases / f"{key}{FAILED if failed else DONE}"
        text = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
        with telling_where(path):
            write_whole(path, text.encode())
            if not failed:
                (self.cases / f"{key}{FAILED}").unlink(missing_ok=True)

    def log(self, event: str, **facts: Any) -> None:
        """Add a line to the log, in one piece.

        Raises:
            StoreError: as `write`.
        """
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = json.dumps({"time": stamp, "event": event, **facts}, ensure_ascii=False) + "\n"
        path = self.folder / LOG
        with telling_where(path):
            _append(path, line.encode())

    def tidy(self) -> None:
        """Delete half-written files of killed runs; young ones may be another run's that is alive."""
        for path in (path for place in (self.folder, self.cases, self.geometries) for path in place.glob(f"{HIDDEN}*")):
            with contextlib.suppress(OSError):
                if path.name != GUARD and time.time() - path.stat().st_mtime > STALE_AFTER:
                    path.unlink()


def _append(path: Path, line: bytes) -> None:
    """Add a line to a file that others may add to: all of it, or nothing."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        if os.write(handle, line) < len(line):  # the disk was full in the middle of it
            os.ftruncate(handle, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)


# --- the folder ----------------------------------------------------------------------------------------------------


def check_folder(folder: Path) -> None:
    """See, before anything is computed, that a study can be kept in a folder.

    Raises:
        InputError: it is a file, holds something else than a study, or cannot be written.
        StoreError: the disk is full or broken.
    """
    check_name(folder)
    try:
        if os.path.lexists(folder) and not folder.is_dir():
            raise InputError(f"{folder}: is no folder; expected a new folder, or that of a study")
        if folder.exists() and not (folder / STUDY).exists() and (foreign := _foreign(folder)):
            names = ", ".join(foreign[:3])
            raise InputError(f"{folder}: holds other things ({names}); expected a new or empty folder, or a study's")
        check_writable(folder)
    except OSError as error:
        refuse_place(folder, error, "a writable place")


def _foreign(folder: Path) -> list[str]:
    """What a run that was killed before it had written what it is about did not leave in a folder."""
    empty = folder / CASES
    ours = {CASES} if empty.is_dir() and not any(map(Path.is_file, empty.rglob("*"))) else set()
    return sorted(name for name in os.listdir(folder) if not name.startswith((HIDDEN, LOCK)) and name not in ours)


def open_store(folder: Path, study: Study) -> Store:
    """The store of a study in a folder, made if needed; what the folder says of the study is brought up to date.

    Raises:
        StoreError: it cannot be written.
    """
    store = Store(folder, package_version())
    known = _read_state(folder) if (folder / STUDY).exists() else {}
    versions = [*known.get("versions", []), store.version]
    state = {"kind": OURS, "versions": list(dict.fromkeys(versions)), "study": study.data}
    if study.files:
        state["files"] = study.files
    with telling_where(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if state != known:  # first: by this file the folder is known again
            write_whole(folder / STUDY, (json.dumps(state, ensure_ascii=False, indent=1) + "\n").encode())
        store.cases.mkdir(parents=True, exist_ok=True)
    store.tidy()
    return store


def read_store(folder: Path) -> tuple[Study, Store]:
    """The study that a folder holds, and its records: this version's, or if it has none those of the latest that has.

    Raises:
        InputError: the folder holds no study.
    """
    if not (folder / STUDY).is_file():
        raise InputError(f"{folder}: no {STUDY} in it; expected the folder of a study (constriction study run … --out)")
    state = _read_state(folder)
    stores = [Store(folder, version) for version in (package_version(), *reversed(state["versions"]))]
    store = next((store for store in stores if any(store.finished())), stores[0])
    return study_of(state["study"], str(folder / STUDY), state.get("files")), store


def notices(folder: Path, study: Study) -> list[str]:
    """What differs between a study and what a folder holds of an earlier run, a line each."""
    if not (folder / STUDY).exists():
        return []
    state = _read_state(folder)
    lines = []
    before, now = {**state["study"], **state.get("files", {})}, {**study.data, **study.files}
    if differences := list(_differences(before, now)):
        more = f" (and {len(differences) - 3} more)" if len(differences) > 3 else ""
        lines.append(f"the study has changed: {'; '.join(differences[:3])}{more}; only what is new is computed")
    version = package_version()
    if others := without(state["versions"], [version]):
        lines.append(f"results of version {', '.join(others)} are kept; version {version} computes its own beside them")
    return lines


def _read_state(folder: Path) -> Record:
    path = folder / STUDY
    try:
        size = path.stat().st_size if path.is_file() else 0  # it carries the study's maps, of any size
        state = json.loads(read_file(path, "what constriction study run wrote", largest=max(size, LARGEST_INPUT)))
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{path}: cannot be read ({error}); expected what constriction study run wrote") from None
    if not isinstance(state, dict) or state.get("kind") != OURS:
        raise InputError(f"{path}: expected what constriction study run wrote")
    return state


def _differences(old: Any, new: Any, place: str = "") -> Iterable[str]:
    """What changed from one nest of tables to another: places and values."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(key), new.get(key), f"{place}.{key}" if place else key)
    elif old != new:
        yield f"{place}: {_brief(old)} → {_brief(new)}"


def _brief(value: Any) -> str:
    if is_map_text(value):
        data = as_bytes(value)
        return f"{len(data)} bytes (SHA-256 {sha256(data).hexdigest()[:8]}…)"
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
