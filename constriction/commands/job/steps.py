"""The steps that several commands have alike, from the case to what is told at the end."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from constriction.base.errors import InputError
from constriction.base.ranks import agree
from constriction.view.terminal.streams import note, tell

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.case.schema import Case

type Titled = tuple[str, list[tuple[str, str]]]


def case_file(source: Path) -> Path:
    """The case file that a path means: itself, or that of an earlier run.

    Raises:
        InputError: a folder without one.
    """
    if not os.path.isdir(source):  # Path.is_dir raises where a name is too long for a file
        return source
    inside = source / "case.toml"
    if not inside.is_file():
        raise InputError(f"{source}: holds no case.toml; expected a case file or the folder of an earlier run")
    return inside


def load_case(path: Path, relative_error: float | None) -> Case:
    """The case of a file or of an earlier run's folder, perhaps with another accuracy.relative_error.

    Raises:
        InputError: as `case.schema.load`, or of --relative-error.
    """
    from pydantic import ValidationError

    from constriction.case.numerics import Accuracy
    from constriction.case.schema import load

    case = load(case_file(path))
    if relative_error is None:
        return case
    try:
        accuracy = Accuracy.model_validate({**case.accuracy.model_dump(), "relative_error": relative_error})
    except ValidationError:
        expected = Accuracy.model_fields["relative_error"].description
        raise InputError(f"--relative-error {relative_error!r}: expected {expected}") from None
    return case.model_copy(update={"accuracy": accuracy})


def wait_for_compilers() -> None:
    """Wait until no other process compiles the same forms, and say so."""
    from constriction.field.elements.compiler import wait_for_other_compilers

    wait_for_other_compilers(note)


def print_agreed(comm: MPI.Comm, rows: Callable[[], Titled]) -> None:
    """Print the table, title and rows, that rank 0 makes; collective."""
    from constriction.view.terminal.words import print_table

    title, table = agree(comm, rows)
    if comm.rank == 0:
        print_table(title, table)


def tell_folder(folder: Path) -> None:
    """Say what a folder holds now."""
    tell(f"Written: {folder}{os.sep} ({', '.join(sorted(os.listdir(folder)))})")
