"""`constriction doctor`: what this machine has and lacks."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Annotated

from cyclopts import Parameter

from constriction.commands.job.guard import DONE, FAILED, WRONG_INPUT, complain
from constriction.commands.job.options import FLAG
from constriction.view.terminal.streams import tell_record


@Parameter(name="*")
@dataclass(frozen=True)
class DoctorOptions:
    """How it is told."""

    ranks: int = 1
    """Processes that you mean to run with mpiexec -n."""
    json: Annotated[bool, FLAG] = False
    """Print the checks as JSON to stdout and nothing else."""


def doctor(*, options: DoctorOptions = DoctorOptions()) -> int:  # noqa: B008 - frozen, so no state is shared
    """Check Python, MPI, PETSc, compiler, gmsh, rendering, memory, disk and threads, and say what to do.

    Example: constriction doctor --ranks 2

    Exit codes: 0 what is needed works; 2 wrong input; 1 something needed is broken.
    """
    from constriction.commands.job.checkup import FAULT, check_all
    from constriction.view.terminal.words import print_table

    if options.ranks < 1:
        complain(f"--ranks {options.ranks}: expected a number of processes from 1")
        return WRONG_INPUT
    checks = check_all(options.ranks)
    if options.json:
        tell_record(json.dumps([asdict(check) for check in checks], indent=2) + "\n")
    else:
        print_table("", ((check.name, check.line) for check in checks))
    return FAILED if any(check.status == FAULT for check in checks) else DONE
