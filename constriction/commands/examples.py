"""`constriction examples`: the shipped cases, for someone who has no checkout."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from constriction.base.errors import InputError
from constriction.base.files import check_file, telling_where, whole_files
from constriction.commands.job.guard import DONE
from constriction.commands.job.options import FLAG
from constriction.view.terminal.streams import tell


def examples(folder: Path = Path("constriction-examples"), /, *, force: Annotated[bool, FLAG] = False) -> int:
    """Copy the shipped cases into a folder, to run and to change.

    Example: constriction examples my-cases

    Exit codes: 0 done; 2 wrong input; 1 anything else.

    Parameters
    ----------
    folder:
        Where they go; made if it does not exist.
    force:
        Also replace files of the same names that were changed.
    """
    copied = copy_examples(folder, force)
    tell(*(f"Written: {path}" for path in copied), f"Now: constriction run {folder / 'sodium_islands.toml'}")
    return DONE


def shipped_cases() -> list[Path]:
    """The case files that came with the package, by name.

    Raises:
        InputError: they did not come with it.
    """
    place = Path(__file__).resolve().parents[1] / "examples"
    cases = sorted(place.glob("*.toml"))
    if not cases:
        raise InputError(f"{place}: the shipped cases are missing; expected a whole installation (pip install again)")
    return cases


def shipped_files() -> list[Path]:
    """The shipped cases and the maps that they refer to, by name.

    Raises:
        InputError: as `shipped_cases`.
    """
    cases = shipped_cases()
    return sorted([*cases, *cases[0].parent.glob("*_map.png")])


def copy_examples(folder: Path, force: bool) -> list[Path]:
    """Copy the shipped cases and their maps.

    Args:
        folder: where they go.
        force: also replace files of the same names that differ.

    Returns:
        The files, by name.

    Raises:
        InputError: a file of one of the names is there and differs, or nothing can be written; nothing was changed.
    """
    copies = {folder / case.name: case for case in shipped_files()}
    if os.path.lexists(folder) and not folder.is_dir():
        raise InputError(f"{folder}: is no folder; expected one, or a new name")
    if not force and (changed := [path.name for path, case in copies.items() if _differs(path, case)]):
        raise InputError(
            f"{folder}: holds other files called {', '.join(changed)}; expected another folder, or --force"
        )
    for path in copies:
        check_file(path)
    with whole_files(folder) as beside:
        for path, case in copies.items():
            with telling_where(beside / path.name):
                (beside / path.name).write_bytes(case.read_bytes())
    return list(copies)


def _differs(path: Path, case: Path) -> bool:
    """Whether something else has the place of a case."""
    return path.exists() and not (path.is_file() and path.read_bytes() == case.read_bytes())
