"""Numbers handed out to the ranks of a job, each once, without a rank that only hands out.

One-sided MPI: the counter lies in a window of rank 0, and a rank adds to it without rank 0 taking part. On one machine
the window is shared memory; over a network rank 0 must enter MPI now and then, which it does whenever it meshes or
solves.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import numpy as np
from mpi4py import MPI

NEXT, DONE, FAILED = range(3)


class Counter:
    """Three counters of a job, all from 0: the next number to hand out, cases done, cases failed.

    A context manager, entered and left by all ranks together. A rank alone does without MPI, which yields the processor
    to other work at every flush: 4 ms each on a busy machine.
    """

    def __init__(self, comm: MPI.Intracomm) -> None:
        self._own, self._window = np.zeros(3, dtype=np.int64), None
        if comm.size == 1:
            return
        self._window = MPI.Win.Allocate(self._own.nbytes if comm.rank == 0 else 0, self._own.itemsize, comm=comm)
        if comm.rank == 0:
            np.frombuffer(self._window.tomemory(), dtype=np.int64)[:] = 0
        comm.Barrier()

    def add(self, which: int, amount: int = 1) -> int:
        """Add to a counter; returns what it was before."""
        if self._window is None:
            self._own[which] += amount
            return int(self._own[which]) - amount
        before = np.zeros(1, dtype=np.int64)
        self._window.Fetch_and_op(np.array([amount], dtype=np.int64), before, 0, which, MPI.SUM)
        self._window.Flush(0)
        return int(before[0])

    def __enter__(self) -> Self:
        """Open the window to all ranks."""
        if self._window is not None:
            self._window.Lock_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, once all ranks are here; after an error no other rank will come, and the job ends."""
        if kind is None and self._window is not None:
            self._window.Unlock_all()
            self._window.Free()
