"""The cases of a study, spread over groups of ranks: what shares a geometry is solved once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mpi4py import MPI

from constriction.base.errors import InputError, StoreError
from constriction.base.memory import free_memory, release
from constriction.base.ranks import agree
from constriction.case.schema import Case
from constriction.field.reduction.curves import Curve, merged
from constriction.field.response import Response
from constriction.simulation.result import sweep_frequencies
from constriction.simulation.simulate import Options, laws_of, solve_geometry
from constriction.simulation.weights import curve_of
from constriction.study.run.counter import DONE, FAILED, NEXT, Counter
from constriction.study.run.geometries import Geometries
from constriction.study.run.geometry import Effort, layout_of
from constriction.study.run.lock import Shard
from constriction.study.run.plan import Plan, PlannedCase
from constriction.study.run.records import TOLD, batches, failure, records_of
from constriction.study.run.store import Record, Store

# Unknowns of all meshes, from which several ranks solve one geometry if there are ranks to spare.
WORTH_SHARING = 50_000
FEWEST_IN_PART = 20  # cases of one geometry, which take as long as a small one


@dataclass(frozen=True)
class Package:
    """Cases of one geometry: all of them say how accurate it must be, those in `pending` are still to be done.

    Without a geometry there is one case, whose contacts cannot be made.
    """

    entries: tuple[PlannedCase, ...]
    pending: frozenset[str]
    effort: Effort

    @property
    def to_do(self) -> list[PlannedCase]:
        """One entry for each record that is still to be made."""
        return list({entry.key: entry for entry in self.entries if entry.key in self.pending}.values())


@dataclass(frozen=True)
class Event:
    """A case that was finished: its entry and record, and how many of all are."""

    entry: PlannedCase
    record: Record
    finished: int
    total: int


@dataclass(frozen=True)
class How:
    """How a study is run.

    `comm`: all ranks; `ranks_per_case`: size of a group, None: as the meshes need; `memory`: bytes for all ranks
    together, None: 80 % of what is free; `report`: told of every finished case by the rank that finished it.
    """

    comm: MPI.Intracomm
    ranks_per_case: int | None
    memory: float | None
    report: Callable[[Event], None]


@dataclass(frozen=True)
class Summary:
    """What a run did: cases done and failed by it, the time it took (s), and how long each rank was busy (s)."""

    done: int
    failed: int
    seconds: float
    busy: tuple[float, ...]


@dataclass
class _Worker:
    """A group of ranks, the first of which writes."""

    group: MPI.Intracomm
    counter: Counter
    store: Store
    how: How
    memory: float
    total: int
    geometries: Geometries
    alone: Options  # how its first rank does what a case needs beside its geometry: finer cases and far sides
    busy: float = field(default=0.0)


def packages_of(plan: Plan, store: Store, shard: Shard, retry_failed: bool = False) -> list[Package]:
    """What is still to be done of a part of a study, longest first.

    Args:
        plan: all cases.
        store: what is there.
        shard: which part of the geometries.
        retry_failed: also what failed before.
    """
    done, failed = store.finished()
    settled = done if retry_failed else done | failed
    groups = [(plan.cases_of(one), one.effort) for number, one in enumerate(plan.geometries) if shard.has(number)]
    without = filter(lambda entry: entry.geometry is None, plan.entries)
    groups += [((entry,), Effort(0, 0, 0)) for entry in without if shard.has(entry.number)]
    packages = [Package(entries, frozenset(e.key for e in entries) - settled, effort) for entries, effort in groups]
    longest_first = sorted(packages, key=lambda package: package.effort.seconds, reverse=True)
    return [package for package in longest_first if package.pending]  # stable: ties in plan order


def in_parts(packages: Sequence[Package], groups: int) -> list[Package]:
    """Packages of very many cases in parts, so that all groups have some; their order stays, later parts come last.

    By then the geometry is mostly there. Where it is not, as in a study of one geometry, groups that would have nothing
    else to do solve it, too, and come to the same.
    """
    first, later = list[Package](), list[Package]()
    for package in packages:
        keys = [entry.key for entry in package.to_do]
        count = min(groups, max(len(keys) // FEWEST_IN_PART, 1))
        parts = [replace(package, pending=frozenset(keys[start::count])) for start in range(count)]
        first.append(parts[0])
        later += parts[1:]
    return first + later


def run(packages: Sequence[Package], store: Store, how: How) -> Summary:
    """Do all packages; collective over `how.comm`.

    A case that fails is a record with its error. Whenever the job is killed, what was finished stays, and the same
    call with what remains goes on.

    Raises:
        StoreError: a record cannot be written.
    """
    start = time.perf_counter()
    comm = how.comm
    total = sum(len(package.pending) for package in packages)
    share = memory_of_a_rank(how)
    size = how.ranks_per_case or ranks_per_case([package.effort for package in packages], comm.size, share)
    group = _group(comm, size)
    packages = in_parts(packages, max(comm.size // size, 1))
    with Counter(comm) as counter:
        alone = Options(respond=Geometries(store, solve_geometry).respond)  # what it remembers, other ranks do not
        worker = _Worker(
            group, counter, store, how, share * group.size, total, Geometries(store, solve_geometry), alone
        )
        for number in _numbers(worker, len(packages)):
            began = time.perf_counter()
            _do(packages[number], worker)
            release()
            worker.busy += time.perf_counter() - began
        comm.Barrier()
        done, failed = (comm.bcast(counter.add(which, 0) if comm.rank == 0 else None) for which in (DONE, FAILED))
    busy = comm.allgather(worker.busy)
    if group is not MPI.COMM_SELF:
        group.Free()
    return Summary(done, failed, time.perf_counter() - start, tuple(busy))


def ranks_per_case(efforts: Sequence[Effort], ranks: int, memory: float) -> int:
    """How many ranks should solve a geometry together: as few as fit.

    Args:
        efforts: of what is to be solved.
        ranks: how many there are.
        memory: bytes of one rank.

    Returns:
        One, unless the largest mesh needs the memory of several, or there are more ranks than large meshes.
    """
    if not efforts:
        return 1
    fit = math.ceil(max(effort.memory for effort in efforts) / memory)
    large = max(effort.unknowns for effort in efforts) >= WORTH_SHARING
    spread = ranks // len(efforts) if large else 1
    return min(max(fit, spread, 1), ranks)


def memory_of_a_rank(how: How) -> float:
    """Bytes that one rank may use, the same on all; collective."""
    comm = how.comm
    if how.memory is not None:
        return how.memory / comm.size
    node = comm.Split_type(MPI.COMM_TYPE_SHARED)
    share = free_memory() / node.size
    node.Free()
    return float(comm.allreduce(share, MPI.MIN))


def _group(comm: MPI.Intracomm, size: int) -> MPI.Intracomm:
    """The group of this rank; ranks that are left over join the last one."""
    if size == 1:
        return MPI.COMM_SELF
    groups = max(comm.size // size, 1)
    return comm.Split(min(comm.rank // size, groups - 1), comm.rank)  # type: ignore[return-value]  # what is split off an Intracomm is one


def _numbers(worker: _Worker, count: int) -> Iterator[int]:
    """Numbers below `count` that this group is to do, as long as there are any."""
    while True:
        number = worker.counter.add(NEXT) if worker.group.rank == 0 else 0
        number = worker.group.bcast(number)
        if number >= count:
            return
        yield number


# --- one package ---------------------------------------------------------------------------------------------------


def _do(package: Package, worker: _Worker) -> None:
    """Solve a geometry and make its cases; collective over the group."""
    try:
        response, seconds = _respond(package, worker)
    except StoreError:
        raise
    except Exception as error:
        # these all ranks of a group raise together, which leaves them in step; of anything else the others know nothing
        together = worker.group.size == 1 or isinstance(error, TOLD)
        if worker.group.rank == 0 or not together:
            _finish(package.to_do, [failure(entry.case, error) for entry in package.to_do], worker)
        if not together:
            raise
        return
    for entries in batches(package.to_do) if worker.group.rank == 0 else ():
        _finish(entries, records_of(entries, response, seconds, worker.alone), worker)


def _respond(package: Package, worker: _Worker) -> tuple[Response[Any], float]:
    """The response of a geometry, as accurate as any of its cases needs it, done or not: so it is always the same.

    That of an earlier run where it will do.
    """
    start = time.perf_counter()
    first = package.entries[0]
    if first.problem is not None:
        raise InputError(first.problem)
    # meshing and solving in one process may not enter MPI for long, but others wait for what is in this one's window
    options = Options(worker.group, memory=worker.memory, report=lambda _: _enter_mpi(worker.how.comm))
    curves = agree(worker.group, lambda: merged(_curve(entry.case, worker.alone) for entry in package.entries))
    response = worker.geometries.respond(first.case, layout_of(first.case), curves, options)
    return response, time.perf_counter() - start


def _enter_mpi(comm: MPI.Comm) -> None:
    comm.Iprobe()


def _curve(case: Case, alone: Options) -> Curve:
    contacts = layout_of(case)
    return curve_of(case, contacts, laws_of(case, contacts, alone), sweep_frequencies(case))


def _finish(entries: Sequence[PlannedCase], records: Sequence[Record], worker: _Worker) -> None:
    """Keep records and tell of them."""
    for entry, record in zip(entries, records, strict=True):
        store, failed = worker.store, record["status"] == "failed"
        store.write(entry.key, record)
        others = worker.counter.add(DONE if failed else FAILED, 0)
        finished = 1 + worker.counter.add(FAILED if failed else DONE) + others
        told = {"key": entry.key, "case": dict(entry.labels), "rank": worker.how.comm.rank, "error": record["error"]}
        store.log(record["status"], **told)
        worker.how.report(Event(entry, record, finished, worker.total))
