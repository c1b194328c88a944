"""What several MPI processes do as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mpi4py import MPI


def agree[Value](comm: MPI.Comm, decide: Callable[[], Value]) -> Value:
    """Let rank 0 decide, and every rank have its value or raise its exception; collective.

    `decide` must not start PETSc (import DOLFINx's solvers), which all ranks do together.
    """
    outcome: tuple[Value | None, Exception | None] = (None, None)
    if comm.rank == 0:
        try:
            outcome = decide(), None
        except Exception as error:
            outcome = None, error
    value, failure = comm.bcast(outcome)
    if failure is not None:
        raise failure
    return value  # type: ignore[no-any-return]  # mpi4py's bcast has no type
