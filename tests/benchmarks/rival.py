"""What the rivals have in common; only Python's own library, as each runs in an environment of its own.

Lengths in pitches, conductivity 1. The quarter cell [0, ½]², a slab of `depth` below it, the quarter disc of `radius`
round the origin at potential 0, the counter electrode at 1, and beside the disc a gap of admittance s. A rival finds
F(s) = area/Y(s), from the energy Y, for each s; from it the common part takes F(s) − depth, the constriction.

A rival is a script: it reads a job as JSON from its standard input and prints its record as JSON on the last line.
"""

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """One disc per square cell, and the ratios s of gap to electrolyte to solve for."""

    radius: float
    depth: float
    ratios: tuple[complex, ...]
    half_side: float = 0.5

    @property
    def area(self) -> float:
        return self.half_side**2


@dataclass(frozen=True)
class Answer:
    """F(s) at each of the ratios, and what it took; seconds of the three stages."""

    impedance: list[complex]
    unknowns: int
    cells: int
    seconds_mesh: float
    seconds_assemble: float
    seconds_solve: float
    iterations: int | None = None
    seconds_processor: float = 0.0

    @property
    def seconds_total(self) -> float:
        return self.seconds_mesh + self.seconds_assemble + self.seconds_solve


Solver = Callable[[Problem, dict[str, Any]], Answer]


class Stages:
    """A stopwatch: `lap` returns the seconds since the last lap."""

    def __init__(self) -> None:
        self.last = time.perf_counter()

    def lap(self) -> float:
        before, self.last = self.last, time.perf_counter()
        return self.last - before


def on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def peak_memory() -> int:
    """Of this process so far, bytes. What getrusage says of a child counts its parent's memory, too."""
    about = Path("/proc/self/status")
    for line in about.read_text("utf-8").splitlines() if about.exists() else ():
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measured(solve: Solver, problem: Problem, mesh: dict[str, Any], job: Record) -> Record:
    """Solve at most `repeat` times, but start no further time after `patience` seconds; the record of the best."""
    start, answers, memory = time.perf_counter(), [], 0
    while len(answers) < job["repeat"] and (not answers or time.perf_counter() - start < job["patience"]):
        before = time.process_time()
        answer = solve(problem, mesh)
        answers.append(replace(answer, seconds_processor=time.process_time() - before))
        memory = memory or peak_memory()
    best = min(answers, key=lambda answer: answer.seconds_total)
    return {
        "constriction": [[(value - problem.depth).real, value.imag] for value in map(complex, best.impedance)],
        "unknowns": best.unknowns,
        "cells": best.cells,
        "iterations": best.iterations,
        "seconds_mesh": best.seconds_mesh,
        "seconds_assemble": best.seconds_assemble,
        "seconds_solve": best.seconds_solve,
        "seconds_total": best.seconds_total,
        "seconds_total_median": statistics.median(answer.seconds_total for answer in answers),
        "seconds_processor": min(answer.seconds_processor for answer in answers),
        "runs": len(answers),
        "peak_memory_bytes": memory,
    }


def main(solve: Solver, warm_up: dict[str, Any] | None = None) -> None:
    """Do the job on standard input; before it, untimed, one with `warm_up` in its mesh, which compiles and loads."""
    on_one_core()
    job = json.load(sys.stdin)
    given = job["problem"]
    problem = Problem(given["radius"], given["depth"], tuple(complex(*ratio) for ratio in given["ratios"]))
    if warm_up is not None:
        solve(replace(problem, ratios=(0j, 1 + 1j)), {**job["mesh"], **warm_up})
    print(json.dumps(measured(solve, problem, job["mesh"], job), allow_nan=False))
