"""`make bench`: what cases cost, how that grows, what rivals take, and what became slower since the last report.

    python tests/benchmarks/bench.py [--short] [--without WORD …] [--out FILE] [--against FILE]

Prints a table and writes it as JSON, with the machine and its load, and a picture; nothing is asserted. Every item runs
in processes of its own. `--short` leaves out what takes minutes (1 600 discs and more, two ranks, rivals);
`--without rivals` all whose names hold that word. The report is written after each item; `--resume` goes on with one,
and measures what it lacks. Then it is laid beside the committed report, `last.json`, by processor seconds over those of
a small kernel: see `comparison`. To commit a new one, run all of it on a quiet machine with
`--out tests/benchmarks/last.json`.
"""

import argparse
import datetime
import json
import os
import platform
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import growth
import numpy as np
import run
from comparison import compare, exponent, told
from scipy import sparse

Record = dict[str, Any]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LAST = HERE / "last.json"
LIBRARY = ROOT / "docs" / "numerics" / "error_bars.md"  # where the table of tests/error_library.py is kept
STARTS = 3  # of a whole process, of which the best counts


@dataclass(frozen=True)
class Item:
    """What is measured under a name; `long`: it takes a minute or more."""

    name: str
    measure: Callable[[], Record]
    long: bool = False


# --- the kernel -----------------------------------------------------------------------------------------------------


def kernel() -> float:
    """Processor seconds of what the program does most: products with sparse matrices, small dense ones, Python.

    The best of five, as other work only ever adds.
    """
    rng = np.random.default_rng(0)
    matrix = sparse.random_array((60_000, 60_000), density=4e-4, format="csr", rng=rng, dtype=np.float32)
    vector, dense = np.ones(60_000, dtype=np.float32), rng.normal(size=(300, 300))
    seconds = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(20):
            vector = matrix @ vector
            vector /= np.linalg.norm(vector)
            dense = np.linalg.qr(dense @ dense)[0]
        sum(k * k % 7 for k in range(1_000_000))
        seconds.append(time.process_time() - start)
    return min(seconds)


# --- items ----------------------------------------------------------------------------------------------------------


def of_case(name: str, repeat: int) -> Record:
    """A case of `run`: the best of its runs."""
    record = run.in_own_process(name, repeat)
    if "failed" in record:
        return {"failed": record["failed"]}
    return {
        "seconds": record["seconds_total"],
        "processor_seconds": record["seconds_processor"],
        "peak_memory_bytes": record["peak_memory_bytes"],
        "unknowns": record["unknowns_of_all_meshes"],
        "asked": record["relative_error_asked"],
        "reached": record["relative_error_reached"],
        "verdict": record["verdict"],
    }


def of_growth(case: growth.Run) -> Record:
    """Random discs on so many ranks and threads."""
    record = growth.in_own_processes("--measure", json.dumps(asdict(case)), ranks=case.ranks, threads=case.threads)
    if "failed" in record:
        return record
    return {
        "seconds": record["seconds_total"],
        "processor_seconds": sum(record["seconds_processor"]),
        "peak_memory_bytes": max(record["peak_memory_bytes"]),
        "unknowns": sum(record["unknowns"]),
        "asked": record["asked"],
        "reached": record["reached"],
        "verdict": growth.verdict(case, record),
        "discs": case.discs,
        "ranks": case.ranks,
        "threads": case.threads,
    }


def of_start() -> Record:
    """A small `constriction run`, from the start of Python to its end: the best of several."""
    best: Record = {"seconds": float("inf")}
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / "case.toml"
        case.write_text('[interface]\npattern = "hexagonal"\npitch = "100 um"\ncontact_fraction = 0.2\n', "utf-8")
        command = [sys.executable, "-m", "constriction", "run", str(case), "--out"]
        for number in range(STARTS + 1):  # the first one may compile
            before, start = children_seconds(), time.perf_counter()
            done = subprocess.run([*command, f"{folder}/{number}"], capture_output=True, text=True, check=False)
            seconds = time.perf_counter() - start
            if done.returncode != 0:
                return {"failed": f"exit code {done.returncode}: {done.stderr.strip()[-200:]}"}
            if number and seconds < best["seconds"]:
                best = {"seconds": seconds, "processor_seconds": children_seconds() - before}
    return best


def children_seconds() -> float:
    """Processor seconds of all processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def items(repeat: int) -> Iterator[Item]:
    """All that is measured, short items first."""
    yield Item("a small run, start to end", of_start)
    for name, benchmark in run.BENCHMARKS.items():
        yield Item(name, lambda name=name: of_case(name, repeat), benchmark.long)
    for case in growth.RUNS:
        parts = (f"{case.discs} discs to {case.asked:g}", f"{case.ranks} ranks" * (case.ranks > 1))
        name = ", ".join(filter(None, (*parts, f"{case.threads} threads" * (case.threads > 1))))
        yield Item(name, lambda case=case: of_growth(case), long=case not in growth.QUICK)


# --- the rest of the report -----------------------------------------------------------------------------------------


def grown(measured: dict[str, Record]) -> Record:
    """Exponents of time over discs on one rank and two, by the clock and by processors."""
    found = {}
    for ranks in (1, 2):
        fits = [
            one
            for one in measured.values()
            if one.get("ranks") == ranks and one["threads"] == 1 and one["asked"] == growth.ASKED
        ]
        for key in ("seconds", "processor_seconds"):
            found[f"{ranks} ranks, {key}"] = exponent([(one["discs"], one[key]) for one in fits])
    return found


def rivals() -> list[Record]:
    """What `rivals.py` finds at an equal true error."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rivals.json"
        done = subprocess.run([sys.executable, str(HERE / "rivals.py"), "--out", str(out)], check=False)
        if done.returncode != 0:
            return [{"name": "rivals", "failed": f"exit code {done.returncode}"}]
        records = json.loads(out.read_text("utf-8"))["records"]
    kept = (
        "name",
        "failed",
        "error_R_cstr",
        "unknowns",
        "seconds_spectrum",
        "times_ours",
        "times_ours_processor",
        "required",
    )
    return [{key: record[key] for key in kept if key in record} for record in records]


def calibration() -> list[Record]:
    """How far error bars are from errors, by the stored table of tests/error_library.py."""
    rows = re.findall(r"^\| ((?:finite elements|transforms), \w+) \|(.+)\|$", LIBRARY.read_text("utf-8"), re.MULTILINE)
    if not rows:
        raise SystemExit(f"{LIBRARY}: expected a table of error bars by method and family, found none")
    keys = ("cases", "bars", "median", "below_1_percent", "largest", "sweep_median", "sweep_largest")
    return [
        {"family": family, **dict(zip(keys, (float(text.strip(" %")) for text in cells.split("|")), strict=True))}
        for family, cells in rows
    ]


def commit() -> str | None:
    """The commit that is measured, with a mark if files were changed since."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    return done.stdout.strip() or None


# --- table and picture ----------------------------------------------------------------------------------------------

COLUMNS: run.Columns = {
    "item": (-34, lambda r: r["name"]),
    "asked": (6, lambda r: f"{r['asked']:.0e}" if "asked" in r else ""),
    "reached": (8, lambda r: f"{r['reached']:.1e}" if "reached" in r else ""),
    "unknowns": (9, lambda r: str(r.get("unknowns", ""))),
    "s": (8, lambda r: f"{r['seconds']:.3g}"),
    "cpu s": (8, lambda r: f"{r['processor_seconds']:.3g}"),
    "kernels": (8, lambda r: f"{r['processor_seconds'] / r['kernel_seconds']:.3g}"),
    "MB": (6, lambda r: f"{r['peak_memory_bytes'] / 1e6:.0f}" if "peak_memory_bytes" in r else ""),
    "bound": (-1, lambda r: r.get("verdict", "")),
}


def picture(report: Record, last: Record | None, path: Path) -> None:
    """Time over discs, and beside it what every item takes of what it took."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    for ranks, style in ((1, "o-"), (2, "s--")):
        runs = [one for one in report["measured"].values() if one.get("ranks") == ranks and one["threads"] == 1]
        points = sorted((one["discs"], one["seconds"]) for one in runs if one["asked"] == growth.ASKED)
        if points:
            left.loglog(*zip(*points, strict=True), style, label=f"{ranks} rank{'s'[: ranks - 1]}")
            left.legend(frameon=False)
    left.set(xlabel="discs", ylabel="time / s")
    left.grid(which="both", alpha=0.2)
    changes = [] if last is None else [one for one in compare(last, report) if one.ratio is not None]
    colours = {"slower": "C3", "faster": "C2", "same": "0.6"}
    names, ratios = [one.name for one in changes], [one.ratio for one in changes]
    right.barh(names[::-1], ratios[::-1], color=[colours[one.verdict] for one in changes][::-1])
    right.axvline(1, color="0.3", lw=0.7)
    right.tick_params(axis="y", labelsize=6)
    right.set(xlabel="processor time / that of the last report")
    figure.savefig(path, dpi=200)
    plt.close(figure)


# --- all of it ------------------------------------------------------------------------------------------------------


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("results/bench.json"), metavar="FILE")
    parser.add_argument("--against", type=Path, default=LAST, metavar="FILE", help="the report to compare with")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="runs of each short case beside its first")
    parser.add_argument("--short", action="store_true", help="only what takes seconds each: some minutes in all")
    parser.add_argument("--resume", action="store_true", help="keep what the report in FILE holds already")
    parser.add_argument("--without", nargs="+", default=[], metavar="WORD", help="leave out items whose names hold it")
    given = parser.parse_args()
    if given.repeat < 1:
        parser.error(f"--repeat {given.repeat}: expected at least 1")
    return given


def is_left_out(name: str, words: list[str]) -> bool:
    return any(word in name for word in words)


def measure_all(given: argparse.Namespace, report: Record) -> None:
    """Enter each item's record into a report, printed and written as it comes."""
    measured, left_out = report["measured"], []
    print(run.line(COLUMNS, {title: title for title in COLUMNS}), flush=True)
    for item in items(given.repeat):
        if item.name not in measured or "failed" in measured[item.name]:
            if (given.short and item.long) or is_left_out(item.name, given.without):
                left_out.append(item.name)
                continue
            now = {"kernel_seconds": kernel(), "load": os.getloadavg()[0]}
            measured[item.name] = {**now, **item.measure()}
            write(given, {**report, "left_out": left_out})
        print(run.row(COLUMNS, {"name": item.name, **measured[item.name]}), flush=True)
    report["left_out"] = left_out


def write(given: argparse.Namespace, report: Record) -> None:
    """Write a report."""
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def report_of(given: argparse.Namespace) -> Record:
    """Measure everything that is not there yet."""
    about = run.machine()
    load = about.pop("load_average")[0]
    print("{cpu}, {cores} cores; {kernel}".format(**about), f"; load {load:.1f}", sep="")
    if load > 0.5 * about["cores"]:
        print("The machine is busy: seconds of the clock say little, those of processors are longer, too")
    old = json.loads(given.out.read_text("utf-8")) if given.resume and given.out.exists() else {}
    report = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": about,
        "python": platform.python_version(),
        "measured": old.get("measured", {}),
        "calibration": calibration(),
    }
    measure_all(given, report)
    report["exponents"] = grown(report["measured"])
    if "rivals" in old:
        report["rivals"] = old["rivals"]
    elif not given.short and not is_left_out("rivals", given.without):
        report["rivals"] = rivals()
    write(given, report)
    return report


def main() -> None:
    given = arguments()
    last = json.loads(given.against.read_text("utf-8")) if given.against.exists() else None
    report = report_of(given)
    for name, slope in report["exponents"].items():
        if slope is not None:
            print(f"Time grows with the discs to the power of {slope:.2f} ({name})")
    worst = max(report["calibration"], key=lambda row: row["largest"])
    held = "{family}: {below_1_percent:g} % hold, error / bar at most {largest:g}".format(**worst)
    print("Error bars, the worst of the library,", held)
    for record in report.get("rivals", ()):
        if "times_ours" in record:
            print("{name}: {times_ours:.0f} × our time, {times_ours_processor:.0f} × by processors".format(**record))
    drawn = Path("results") / f"{given.out.stem}.png"
    drawn.parent.mkdir(exist_ok=True)
    picture(report, last, drawn)
    print(f"Written: {given.out} and {drawn}")
    print(*(told(last, report) if last else [f"No report to compare with: {given.against}"]), sep="\n")


if __name__ == "__main__":
    main()
