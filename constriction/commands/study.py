"""`constriction study`: many cases, planned, run, and collected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from constriction.base.errors import FailedCasesError, InputError, counted
from constriction.base.ranks import agree
from constriction.commands.job.guard import guarded
from constriction.commands.job.options import FLAG, Debug, Memory, memory_limit, memory_of
from constriction.commands.job.steps import Titled, print_agreed, wait_for_compilers
from constriction.commands.job.study_results import collect, plot, status
from constriction.view.terminal.streams import tell

if TYPE_CHECKING:
    from mpi4py import MPI

    from constriction.study.run.lock import Shard
    from constriction.study.run.plan import Plan
    from constriction.study.run.runner import Package, Summary
    from constriction.study.run.store import Store

HELP = """Many cases from one study file: plan them, run them on any number of ranks, collect the results.

Example: constriction study plan studies/pitch/study.toml

Example: mpiexec -n 4 constriction study run studies/pitch/study.toml --out results/pitch

Example: constriction study collect results/pitch

A run that was killed goes on where it was when the same command is given again.
"""

study = App(name="study", help=HELP, help_format="plaintext", result_action="return_value")
for _command in (status, collect, plot):
    study.command(_command)


@Parameter(name="*")
@dataclass(frozen=True)
class PlanOptions:
    """What is planned."""

    out: Path | None = None
    """Folder of the results, to see what is done. [default: results/NAME, of the file or of study.toml's folder]"""
    memory: Memory = None
    yes: Annotated[bool, FLAG] = False
    """Also plan more than 100000 cases."""
    debug: Debug = False


@Parameter(name="*")
@dataclass(frozen=True)
class StudyRunOptions:
    """How a study is run."""

    out: Path | None = None
    """Folder of the results; what it holds stays. [default: results/NAME, of the file or of study.toml's folder]"""
    ranks_per_case: int | None = None
    """MPI processes that solve one geometry together. [default: 1, more where a mesh needs the memory]"""
    shard: str = "1/1"
    """Only part i of n of the geometries, such as 3/8, for job arrays; the parts may run at the same time."""
    retry_failed: Annotated[bool, FLAG] = False
    """Also compute again what failed before."""
    memory: str | None = None
    """Memory that all processes together may use, such as "8 GB". [default: 80% of what is free]"""
    break_lock: Annotated[bool, FLAG] = False
    """Take over the folder from a run on another machine, which must be dead."""
    strict: Annotated[bool, FLAG] = False
    """End with exit code 1 if any case of this part has failed, now or before: for batch systems."""
    yes: Annotated[bool, FLAG] = False
    """Also run more than 100000 cases."""
    quiet: Annotated[bool, FLAG] = False
    """Print no line per case."""
    debug: Debug = False


@study.command
def plan(file: Path, /, *, options: PlanOptions = PlanOptions()) -> int:  # noqa: B008 - frozen, so no state is shared
    """Say how many cases a study has, what is done, which axes cost no solve, and about how long it takes.

    Example: constriction study plan studies/pitch/study.toml

    Nothing is computed. Exit codes: 0 done; 2 wrong input; 1 anything else.

    Parameters
    ----------
    file:
        The study file (TOML).
    """
    return guarded(partial(_plan, file, options), options.debug)


@study.command
def run(file: Path, /, *, options: StudyRunOptions = StudyRunOptions()) -> int:  # noqa: B008 - frozen, so no state is shared
    """Compute the cases of a study that are not done yet; cases of one geometry share mesh and model.

    Example: mpiexec -n 4 constriction study run studies/pitch/study.toml --out results/pitch

    Each finished case is a file at once: give the same command again after a run was killed. A case that fails is
    noted with its error, and the others go on. Exit codes: 0 done, even with failed cases unless --strict; 2 wrong
    input; 1 anything else.

    Parameters
    ----------
    file:
        The study file (TOML).
    """
    return guarded(partial(_run, file, options), options.debug)


def _plan(file: Path, options: PlanOptions, comm: MPI.Comm) -> None:
    def rows() -> Titled:
        from constriction.base.versions import package_version
        from constriction.study.run.store import Store, check_folder, notices

        planned = _planned(file, options.memory, options.yes)
        folder = options.out or default_folder(file)
        check_folder(folder)
        table = list(plan_rows(planned, Store(folder, package_version()), comm.size))
        notes = [("note", text) for text in notices(folder, planned.study)]
        return planned.study.title or str(file), [*table, *notes]

    print_agreed(comm, rows)


def default_folder(file: Path) -> Path:
    """Where the results of a study go if nothing is said: studies/pitch/study.toml → results/pitch."""
    name = file.resolve().parent.name if file.stem == "study" else file.stem
    return Path("results") / (name or "study")


def _planned(file: Path, memory: str | None, sure: bool) -> Plan:
    from constriction.study.file.file import load_study
    from constriction.study.run.plan import check_number, plan_of

    read = load_study(file)
    check_number(read, sure)
    return plan_of(read, memory_of(memory))


def plan_rows(planned: Plan, store: Store, ranks: int) -> Iterator[tuple[str, str]]:
    """The lines of a plan's table.

    Args:
        planned: the cases.
        store: what is done.
        ranks: on which the time is to be estimated.
    """
    from constriction.base.quantities import duration
    from constriction.study.run.lock import Shard
    from constriction.study.run.plan import solves_along
    from constriction.study.run.runner import packages_of
    from constriction.view.terminal.words import gigabytes

    done, failed = store.finished()
    keys = planned.keys
    axes = planned.study.axes
    yield "cases", f"{len(planned.entries)} ({' × '.join(f'{axis.name} {len(axis.rows)}' for axis in axes)})"
    if len(keys) < len(planned.entries):
        yield "different", f"{len(keys)}; the others are equal to one of them"
    yield "geometries", f"{len(planned.geometries)} to be meshed and solved, each once for all its cases"
    for name, values, solves in solves_along(planned):
        yield "axis", f"{name}: {_cost(values, solves)}"
    yield "done", f"{len(done & keys)} of {len(keys)}" + (f", {len(failed & keys)} failed" if failed & keys else "")
    problems = list(filter(None, (entry.problem for entry in planned.entries)))
    if problems:
        yield "impossible", f"{len(problems)}, the first: {problems[0]}"
    packages = packages_of(planned, store, Shard())
    seconds = expected_seconds(packages)
    where = "on one core" if ranks == 1 else f"on {ranks} ranks"
    yield "time left", f"about {duration(seconds / ranks)} {where}, within a factor of three or so"
    if planned.geometries:
        largest = max(geometry.effort.memory for geometry in planned.geometries)
        yield "memory", f"up to about {gigabytes(largest)} per process beside the libraries, for the largest mesh"
    yield "folder", str(store.folder)


def _cost(values: int, solves: int) -> str:
    """What the values of an axis cost."""
    if values == 1:
        return "one value"
    if solves == 1:
        return f"{values} values, which cost no solve"
    return f"{values} values, a solve for each" if solves == values else f"{values} values, {solves} solves"


def expected_seconds(packages: list[Package]) -> float:
    """What is left to do, on one core."""
    from constriction.study.run.geometry import SECONDS_PER_CASE

    return sum(package.effort.seconds + SECONDS_PER_CASE * len(package.pending) for package in packages)


def _run(file: Path, options: StudyRunOptions, comm: MPI.Intracomm) -> None:
    from constriction.study.run.lock import locked, released_when_killed
    from constriction.study.run.runner import How, run
    from constriction.view.terminal.progress import study_progress

    shard, memory = agree(comm, lambda: _checked(options))
    planned, folder = agree(comm, lambda: _prepare(file, options))
    if any(entry.case.accuracy.method == "finite_elements" for entry in planned.entries):
        import constriction.field.finite_elements  # noqa: F401 - on all ranks at once: PETSc starts here

        wait_for_compilers()
    with locked(comm, folder, shard, options.break_lock), released_when_killed(comm, folder, shard):
        store, packages, notes = agree(comm, lambda: _open(planned, folder, shard, options))
        cases = sum(len(package.pending) for package in packages)
        with study_progress(cases, options.quiet, comm.rank) as report:
            for line in notes if comm.rank == 0 else ():
                report.note(line)
            summary = run(packages, store, How(comm, options.ranks_per_case, memory, report.case))
        if comm.rank == 0:
            _tell(summary, store)
        failed = agree(comm, lambda: _failed(planned, store, shard)) if options.strict else 0
    if failed:
        raise FailedCasesError(f"{counted(failed, 'case')} failed: see constriction study status {folder}")


def _failed(planned: Plan, store: Store, shard: Shard) -> int:
    """How many cases of a part that was run have failed, in this run or in an earlier one."""
    from constriction.study.run.runner import packages_of

    return sum(len(package.pending) for package in packages_of(planned, store, shard, retry_failed=True))


def _checked(options: StudyRunOptions) -> tuple[Shard, float | None]:
    """The options that may be wrong, before any file is read."""
    if options.ranks_per_case is not None and options.ranks_per_case < 1:
        raise InputError(f"--ranks-per-case {options.ranks_per_case}: expected at least 1")
    return shard_of(options.shard), memory_limit(options.memory)


def _prepare(file: Path, options: StudyRunOptions) -> tuple[Plan, Path]:
    """The cases, and the folder, which is made."""
    from constriction.study.run.store import check_folder

    planned, folder = _planned(file, options.memory, options.yes), options.out or default_folder(file)
    check_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return planned, folder


def shard_of(text: str) -> Shard:
    """The part of a study that i/n means.

    Raises:
        InputError: not 1/n to n/n.
    """
    from constriction.study.run.lock import Shard

    parts = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if not parts or not 1 <= int(parts[1]) <= int(parts[2]):
        raise InputError(f"--shard {text!r}: expected i/n with i from 1 to n, such as 3/8")
    return Shard(int(parts[1]), int(parts[2]))


def _open(
    planned: Plan, folder: Path, shard: Shard, options: StudyRunOptions
) -> tuple[Store, list[Package], list[str]]:
    """What is to be done, and what is worth a word about what was there; with the folder's lock held."""
    from constriction.study.run.runner import packages_of
    from constriction.study.run.store import notices, open_store

    notes = notices(folder, planned.study)
    store = open_store(folder, planned.study)
    packages = packages_of(planned, store, shard, options.retry_failed)
    store.log("start", shard=str(shard), cases=sum(len(package.pending) for package in packages))
    return store, packages, notes


def _tell(summary: Summary, store: Store) -> None:
    """The end of a run, in the log and on the screen."""
    from constriction.base.quantities import duration
    from constriction.view.terminal.words import print_table

    store.log("end", done=summary.done, failed=summary.failed, seconds=summary.seconds, busy=list(summary.busy))
    print_table("", run_rows(summary))
    if summary.failed:
        tell(f"{summary.failed} cases failed: see {store.folder / 'log.jsonl'}; --retry-failed computes them again")
    tell(f"Finished in {duration(summary.seconds)}: {store.folder}")


def run_rows(summary: Summary) -> Iterator[tuple[str, str]]:
    """The lines of a run's table."""
    yield "done", str(summary.done)
    yield "failed", str(summary.failed)
    if len(summary.busy) > 1 and summary.seconds > 0:
        shares = ", ".join(f"{100 * busy / summary.seconds:.0f} %" for busy in summary.busy)
        yield "ranks were busy", shares
