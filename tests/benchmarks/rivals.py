"""`make bench`, second part: this project beside what a user would otherwise write, all in one run.

One disc per square cell, 61 frequencies. Each rival gets the coarsest mesh whose true error of R_cstr is at most the
asked one, found here by refinement; how its mesh grows was tuned before (`--tune` does it again). Then all solve the
whole spectrum, from the geometry to the last frequency, each in a process of its own on one core; the best of several
runs counts. True errors are those against `reference`, an expansion that shares nothing with any of them. This project
is also asked for no more than it takes: the loosest accuracy whose true error is at most the asked one.

A rival that would take longer than `--limit` seconds of processor time for direct current alone is refined no further
and is shown with the error it has reached. One that would solve longer than `--patience` seconds solves only some of
the frequencies, evenly spread, and its spectrum is their mean times 61.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import reference
from run import ONE_DISC, Columns, line, machine, row

Record = dict[str, Any]

HERE = Path(__file__).parent
ENVIRONMENT, REQUIREMENTS = HERE / ".venv", HERE / "rivals.txt"
ERROR_ASKED = 1e-3
LOOSER = 4.0, 2.8, 2.0, 1.4, 1.0  # times the asked error, tried for this project in this order
COST_EXPONENT = 2.5  # a mesh half as fine takes at most about 2^2.5 times as long
SPECTRUM_PER_DC = 3  # × the time of one own solve for direct current


@dataclass(frozen=True)
class Rival:
    """A script, and how it is refined: `size` is the mesh size that shrinks from `start`, `tuned` the rest.

    `tuning`: what else was tried for `tuned`.
    """

    script: str
    size: str
    start: float
    tuned: dict[str, Any]
    tuning: tuple[dict[str, Any], ...] = ()
    own_environment: bool = True
    required: float | None = None  # × our time per frequency at least, at ERROR_ASKED


RIVALS = {
    "a: DOLFINx, P2": Rival(
        "rival_dolfinx.py",
        "rim",
        0.01,
        {"growth": 0.35, "largest": 0.3, "order": 1},
        tuple({"growth": g, "largest": 0.3, "order": o} for g, o in ((0.25, 1), (0.3, 1), (0.4, 1), (0.35, 2))),
        own_environment=False,
        required=500.0,
    ),
    "b: NGSolve, P2": Rival(
        "rival_ngsolve.py",
        "rim",
        0.01,
        {"grading": 0.3, "largest": 0.3},
        tuple({"grading": g, "largest": 0.3} for g in (0.25, 0.4)),
        required=500.0,
    ),
    # more than is asked of (b): what those who know NGSolve well would do
    "NGSolve, hp": Rival(
        "rival_ngsolve.py",
        "rim",
        0.14,
        {"grading": 0.3, "largest": 0.3, "levels": 3, "order": 3, "optsteps3d": 0},
        tuple(
            {"grading": g, "largest": 0.3, "levels": levels, "factor": factor, "order": order}
            for g, levels, factor, order in ((0.2, 4, 0.25, 2), (0.3, 3, 0.125, 3), (0.3, 2, 0.125, 4))
        ),
        required=20.0,
    ),
    "c: voxels, pyamg": Rival(
        "rival_voxels.py",
        "step",
        0.01,
        {"growth": 1.1, "margin": 2, "amg": "rs"},
        (
            {"growth": 1.0, "amg": "sa"},
            {"growth": 1.05, "margin": 2, "amg": "rs"},
            {"growth": 1.2, "margin": 2, "amg": "rs"},
        ),
    ),
}


# --- the task -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """The problem in pitches, and what is exact: F(s) − F(∞) at each ratio and at 0.

    `weights` = |ρ(f)/ρ(0)|, with which errors of F become errors of Z relative to R_cstr.
    """

    case: Record
    radius: float
    depth: float
    ratios: np.ndarray
    weights: np.ndarray
    exact: np.ndarray
    exact_dc: float

    def errors(self, values: np.ndarray, which: slice) -> tuple[float, float]:
        """Of R_cstr, from the lowest of the frequencies, with its sign, and of Z at any of them; relative to R_cstr."""
        off = values - self.exact[which]
        return float(off[-1].real) / self.exact_dc, float(np.max(np.abs(off) * self.weights[which])) / self.exact_dc


def task(relative_error: float) -> Task:
    """What `run.ONE_DISC` means, frequencies falling."""
    from constriction import parse_case
    from constriction.field.fineness import disturbed_depth
    from constriction.geometry.cell import lay_out
    from constriction.laws.electrolyte import dc_resistivity, resistivity
    from constriction.simulation.weights import Laws, theta_of
    from constriction.spectra.spectrum import logarithmic_frequencies

    described = {**ONE_DISC, "accuracy": {"relative_error": relative_error}}
    case = parse_case(described, "one disc")
    layout, sweep = lay_out(case.interface), case.sweep
    frequency = logarithmic_frequencies(sweep.start, sweep.stop, sweep.points_per_decade)
    ratios, radius = (
        theta_of(case, layout, Laws(None, case.gap.law_of()), frequency)[:, 0],
        layout.spots[0].size / layout.pitch,
    )
    return Task(
        case=described,
        radius=radius,
        depth=disturbed_depth(layout) / layout.pitch,
        ratios=ratios,
        weights=np.abs(resistivity(case.electrolyte, frequency)) / dc_resistivity(case.electrolyte),
        exact=reference.constriction(radius, ratios),
        exact_dc=float(reference.constriction(radius, [0.0])[0].real),
    )


# --- environments and processes -------------------------------------------------------------------------------------


def environment() -> Path | None:
    """The interpreter that has NGSolve and pyamg, made if need be; None, after one line that says why, without it."""
    python, stamp = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "installed.txt"
    wanted = REQUIREMENTS.read_text("utf-8")
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    print(f"Making the environment of NGSolve and pyamg, {ENVIRONMENT.relative_to(HERE.parents[1])}", flush=True)
    install = ["install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"]
    patience = ["--retries", "1", "--timeout", "20"]
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)],
        [str(python), "-m", "pip", *install, *patience, "-r", str(REQUIREMENTS)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"NGSolve's environment could not be made, so (b) and (c) are left out: {last_line(done.stderr)}")
            return None
    stamp.write_text(wanted, "utf-8")
    return python


def last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]


def do(script: str, job: Record, python: Path | None = None) -> Record:
    """Have a script do a job in a process of its own, with one thread; a failure is a record, too."""
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [str(python or sys.executable), str(HERE / script)]
    done = subprocess.run(command, input=json.dumps(job), capture_output=True, text=True, env=one_thread, check=False)
    if done.returncode != 0:
        return {"failed": f"exit code {done.returncode}: {last_line(done.stderr)}"}
    return json.loads(done.stdout.splitlines()[-1])


def job_of(task: Task, ratios: np.ndarray, mesh: Record, repeat: int = 1, patience: float = 0.0) -> Record:
    pairs = [[ratio.real, ratio.imag] for ratio in np.asarray(ratios, dtype=complex)]
    problem = {"radius": task.radius, "depth": task.depth, "ratios": pairs}
    return {"problem": problem, "mesh": mesh, "repeat": repeat, "patience": patience}


def values_of(record: Record) -> np.ndarray:
    return np.array([complex(*pair) for pair in record["constriction"]])


# --- refinement -----------------------------------------------------------------------------------------------------


def next_size(size: float, error: float, asked: float) -> float:
    """Smaller by what an error in proportion to the size lacks, if it lacks much; creeping near the goal."""
    return size * (0.87 if error < 1.3 * asked else max(1.2 * asked / error, 0.25))


def affordable(size: float, wanted: float, seconds: float, limit: float) -> float | None:
    """The wanted smaller size, or what is expected to take no longer than the limit; None if that is hardly smaller."""
    finest = size * (seconds / limit) ** (1 / COST_EXPONENT)
    if finest > 0.9 * size:
        return None
    return max(wanted, finest)


def coarsest(rival: Rival, task: Task, given: argparse.Namespace, python: Path | None) -> Record | None:
    """The coarsest mesh that reaches the asked error, or the finest within the limit, as the record of its DC solve."""
    size, best = rival.start, None
    while size is not None:
        mesh = {rival.size: size, **rival.tuned}
        record = {"mesh": mesh, **do(rival.script, job_of(task, np.zeros(1), mesh), python)}
        if "failed" in record:
            print(f"    {rival.size} {size:.2e}: {record['failed']}", flush=True)
            return best
        error, seconds = float(values_of(record)[0].real) / task.exact_dc - 1, record["seconds_processor"]
        print(
            f"    {rival.size} {size:.2e}: error {error:+.1e}, {record['unknowns']} unknowns,"
            f" direct current in {record['seconds_total']:.1f} s",
            flush=True,
        )
        best = {**record, "error_dc": error}
        if abs(error) <= given.error:
            return best
        size = affordable(size, next_size(size, abs(error), given.error), seconds, given.limit)
    return best


def tune(rival: Rival, task: Task, given: argparse.Namespace, python: Path | None) -> Rival:
    """Of all ways to grow, the one with the shortest solve at the asked error."""
    found = []
    for tuned in (rival.tuned, *rival.tuning):
        print(f"  {tuned}", flush=True)
        candidate = Rival(rival.script, rival.size, rival.start, tuned, (), rival.own_environment, rival.required)
        record = coarsest(candidate, task, given, python)
        if record is None:
            continue
        job = job_of(task, np.array([0, 1 + 1j, 3 + 3j, 1j]), record["mesh"])
        timed = do(rival.script, job, python)
        if "failed" not in timed:
            print(f"    four frequencies: {timed['seconds_processor']:.2f} s of processor time", flush=True)
            reached = abs(record["error_dc"]) <= given.error
            found.append((not reached, timed["seconds_processor"] if reached else abs(record["error_dc"]), candidate))
    return min(found, key=lambda entry: entry[:2])[2] if found else rival


# --- timing ---------------------------------------------------------------------------------------------------------


def timed(name: str, rival: Rival, task: Task, given: argparse.Namespace, python: Path | None) -> Record:
    """The rival's record at its coarsest sufficient mesh, all frequencies or as many as patience allows."""
    print(f"  {name}", flush=True)
    found = coarsest(rival, task, given, python)
    if found is None:
        return {"name": name, "failed": "no mesh was solved"}
    count = len(task.ratios)
    stride = stride_of(count, found["seconds_solve"], given.patience)
    which = slice((count - 1) % stride, None, stride)
    job = job_of(task, task.ratios[which], found["mesh"], given.repeat, given.patience)
    record = do(rival.script, job, python)
    if "failed" in record:
        return {"name": name, **record}
    return {**finished(name, record, task, which), "mesh": found["mesh"], "required": rival.required}


def stride_of(count: int, seconds: float, patience: float) -> int:
    """Every how many-th frequency to solve, if one takes so many seconds; the last one always is solved."""
    return max(1, min(count, int(np.ceil(count * seconds / patience))))


def finished(name: str, record: Record, task: Task, which: slice) -> Record:
    """Errors, and the whole spectrum's seconds from those of the frequencies that were solved."""
    error, spectrum_error = task.errors(values_of(record), which)
    solved, count = len(record["constriction"]), len(task.ratios)
    more = record["seconds_solve"] * (count / solved - 1)
    total = record["seconds_total"] + more
    return {
        "name": name,
        **record,
        "error_R_cstr": error,
        "error_spectrum": spectrum_error,
        "frequencies_solved": solved,
        "frequencies": count,
        "seconds_spectrum": total,
        "seconds_per_frequency": total / count,
        "processor_seconds_per_frequency": record["seconds_processor"] * total / record["seconds_total"] / count,
        "seconds_solve_per_frequency": record["seconds_solve"] / solved,
    }


def ours(task: Task, asked: float, repeat: int) -> Record:
    """Ours at the loosest accuracy whose true error is at most the asked one, as it is with the rivals' meshes."""
    for factor in LOOSER:
        case = {**task.case, "accuracy": {"relative_error": factor * asked}}
        tried = do("ours.py", {"case": case, "repeat": 1})
        if "failed" not in tried and abs(finished("", tried, task, slice(None))["error_R_cstr"]) <= asked:
            break
    record = do("ours.py", {"case": case, "repeat": repeat})
    if "failed" in record:
        return {"name": "this project", **record}
    return {**finished("this project", record, task, slice(None)), "relative_error": factor * asked}


# --- the table ------------------------------------------------------------------------------------------------------

COLUMNS: Columns = {
    "": (-21, lambda r: r["name"]),
    "R_cstr off": (10, lambda r: f"{r['error_R_cstr']:+.1e}"),
    "Z off": (7, lambda r: f"{r['error_spectrum']:.1e}"),
    "unknowns": (9, lambda r: str(r["unknowns"])),
    "mesh s": (7, lambda r: f"{r['seconds_mesh']:.2f}"),
    "assemble": (8, lambda r: f"{r['seconds_assemble']:.2f}" if r["seconds_assemble"] else "-"),
    "solve s": (8, lambda r: f"{r['seconds_solve']:.2f}"),
    "solved": (6, lambda r: str(r["frequencies_solved"])),
    "spectrum s": (10, lambda r: f"{r['seconds_spectrum']:.2f}"),
    "ms per f": (8, lambda r: f"{1e3 * r['seconds_per_frequency']:.2f}"),
    "cpu": (8, lambda r: f"{1e3 * r['processor_seconds_per_frequency']:.2f}"),
    "MB": (6, lambda r: f"{r['peak_memory_bytes'] / 1e6:.0f}"),
    "× ours": (7, lambda r: f"{r['times_ours']:.0f}"),
    "solving": (7, lambda r: f"{r['times_ours_solving']:.0f}"),
    "by cpu": (6, lambda r: f"{r['times_ours_processor']:.0f}"),
}


def with_ratios(record: Record, own: Record) -> Record:
    """With how many times our time per frequency it takes: in all, in processor time, and in solving alone."""
    if "failed" in record or "failed" in own:
        return record
    return {
        **record,
        "times_ours": record["seconds_per_frequency"] / own["seconds_per_frequency"],
        "times_ours_processor": record["processor_seconds_per_frequency"] / own["processor_seconds_per_frequency"],
        "times_ours_solving": record["seconds_solve_per_frequency"] / own["seconds_solve_per_frequency"],
    }


def verdicts(records: list[Record], own: Record, asked: float) -> Iterator[str]:
    """What the project asks of itself, in words; nothing is asserted."""
    for record in records:
        if "failed" in record:
            continue
        if abs(record["error_R_cstr"]) > asked:
            yield f"{record['name']}: {asked:g} was not reached within the limit"
        elif record.get("required"):
            met = "met" if record["times_ours"] >= record["required"] else "missed"
            bound = f", ≥ {record['required']:g} {met}" if asked == ERROR_ASKED else f" at {asked:g}"
            yield f"{record['name']}: {record['times_ours']:.0f} × ours per frequency{bound}"
    if "failed" in own:
        return
    ratio = own["seconds_spectrum"] / own["dc"]["total"]
    met = "met" if ratio <= SPECTRUM_PER_DC else "missed"
    yield (
        f"whole spectrum {own['seconds_spectrum']:.3f} s, own DC solve on the same meshes {own['dc']['total']:.3f} s"
        f" (mesh {own['dc']['mesh']:.3f}, assemble {own['dc']['assemble']:.3f}, solve {own['dc']['solve']:.3f}):"
        f" {ratio:.2f} ×, ≤ {SPECTRUM_PER_DC} {met}"
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("results/rivals.json"), metavar="FILE")
    parser.add_argument("--error", type=float, metavar="E", help="asked of R_cstr (1e-3; --quick: 1e-2)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="runs of a rival, three times as many ours")
    parser.add_argument("--patience", type=float, default=120.0, metavar="S", help="seconds of solving per rival")
    parser.add_argument("--limit", type=float, default=60.0, metavar="S", help="processor seconds of one solve")
    parser.add_argument("--quick", action="store_true", help="an error of 1e-2, one run each")
    parser.add_argument("--tune", action="store_true", help="try how the rivals' meshes grow before measuring them")
    parser.add_argument("--only", default="", metavar="WORD", help="rivals with this in their names")
    given = parser.parse_args()
    given.error = given.error or (10 * ERROR_ASKED if given.quick else ERROR_ASKED)
    if given.quick:
        given.repeat, given.patience, given.limit = 1, min(given.patience, 5.0), min(given.limit, 5.0)
    return given


def compare(given: argparse.Namespace) -> Iterator[Record]:
    """Ours first and last, as the machine may be busier at one time than at another; the rivals between."""
    problem = task(given.error)
    print(f"Exact: R_cstr = {problem.exact_dc:.7f} pitch/σ, f = 0.126; asked: {given.error:g}", flush=True)
    yield ours(problem, given.error, 3 * given.repeat)
    chosen = {name: rival for name, rival in RIVALS.items() if given.only in name}
    python = environment() if any(rival.own_environment for rival in chosen.values()) else None
    for name, rival in chosen.items():
        if rival.own_environment and python is None:
            continue
        own = python if rival.own_environment else None
        best = tune(rival, problem, given, own) if given.tune else rival
        yield timed(name, best, problem, given, own)
    yield ours(problem, given.error, 3 * given.repeat)


def main() -> None:
    given = arguments()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    about = machine()
    records = list(compare(given))
    first, *others, last = records
    own = min((r for r in (first, last) if "failed" not in r), key=lambda r: r["seconds_total"], default=last)
    table = [with_ratios(record, own) for record in (own, *others)]
    print(
        line(COLUMNS, {title: title for title in COLUMNS}),
        *(row(COLUMNS, record) for record in table),
        *verdicts(table[1:], own, given.error),
        sep="\n",
    )
    report = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": about,
        "python": platform.python_version(),
        "asked": given.error,
        "ours_first_and_last": [record.get("seconds_total") for record in (first, last)],
        "records": table,
    }
    given.out.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(f"Written: {given.out}")


if __name__ == "__main__":
    main()
