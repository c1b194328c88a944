"""From errors to exit codes: one line for the user, and no rank left waiting for another."""

from __future__ import annotations

import contextlib
import sys
import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

from constriction.base.errors import FailedCasesError, InputError, ToldError, printable, shortened

if TYPE_CHECKING:
    from mpi4py import MPI

DONE, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


def guarded(work: Callable[[MPI.Comm], None], debug: bool) -> int:
    """Do work on all ranks of the job; returns the exit code.

    Args:
        work: takes the communicator of all ranks.
        debug: also print the traceback of what is not the input's fault.
    """
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    try:
        work(comm)
    except InputError as error:
        if comm.rank == 0:
            complain(str(error))
        return WRONG_INPUT
    except FailedCasesError as error:
        if comm.rank == 0:
            complain(_failure(error, debug))
        return FAILED
    except KeyboardInterrupt:
        return _end("interrupted", INTERRUPTED, comm)
    except Exception as error:
        if debug:
            traceback.print_exc()
        return _end(_failure(error, debug), FAILED, comm)
    return DONE


def escaped(error: Exception, debug: bool) -> int:
    """Complain of what no command caught, such as a library that does not load; returns the exit code."""
    if isinstance(error, InputError):
        complain(str(error))
        return WRONG_INPUT
    if debug:
        traceback.print_exc()
    complain(_failure(error, debug))
    return FAILED


def complain(message: str) -> None:
    """One readable line on stderr, whatever the message holds; the only place where errors are printed."""
    with contextlib.suppress(OSError, ValueError):  # nobody can read it: full, closed
        print("constriction:", shortened(printable(message)), file=sys.stderr, flush=True)


def refused(message: str) -> int:
    """Complain once, on rank 0, of wrong input; returns the exit code."""
    if first_rank():
        complain(message)
    return WRONG_INPUT


def first_rank() -> bool:
    """Whether this process is rank 0 of its job."""
    from mpi4py import MPI

    return bool(MPI.COMM_WORLD.rank == 0)


def _end(message: str, code: int, comm: MPI.Comm) -> int:
    """Complain and end; other ranks are ended as well, for they may wait for this one forever."""
    if comm.rank != 0:
        time.sleep(0.5)  # an error that all ranks have is rank 0's to tell
    complain(message)
    if comm.size > 1:
        time.sleep(0.2)  # what mpiexec has not passed on by then may be lost
        comm.Abort(code)
    return code


def _failure(error: Exception, debug: bool) -> str:
    """An error in one line: with advice if there is some, with its type if it is unexpected."""
    if "dolfinx" in sys.modules:
        from constriction.field.elements.compiler import compiler_advice

        with contextlib.suppress(OSError):  # to look for the reason may fail for the same reason
            if advice := compiler_advice(error):
                return f"error: {advice}"
    if "home directory" in str(error):  # of Python, for DOLFINx keeps its compiled forms there
        return "error: this user has no home folder, where compiled forms are kept: export HOME=a folder of yours"
    if isinstance(error, ToldError):
        return f"error: {error}"
    hint = "" if debug else " (run again with --debug to see where)"
    return f"error: {type(error).__name__}: {error}{hint}"
