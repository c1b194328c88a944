"""A part of `make bench`: how long whole runs take, on how many unknowns, in how much memory.

Measures and never asserts. Each case runs in a process of its own on one core, so that its peak memory is its own.
The first run, which compiles the forms or loads the compiled ones, stands apart; of the others the best is held
against the bounds that the project sets itself (on a shared machine other work only ever adds time), and the median
stands beside it. Seconds of solving include assembling. Processor seconds well below the wall's show a busy machine.
"""

import argparse
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

Record = dict[str, Any]
Columns = dict[str, tuple[int, Callable[[Record], str]]]  # title: width and text


@dataclass(frozen=True)
class Benchmark:
    """A case in the words of a case file, or what makes them; `most`: upper bounds on entries of its record.

    `long`: it takes a minute or more, and runs only once.
    """

    case: dict[str, Any] | Callable[[], dict[str, Any]]
    direct: bool = False
    most: dict[str, float] = field(default_factory=dict)
    long: bool = False


def random_discs(spots: int, **accuracy: Any) -> dict[str, Any]:
    interface = {"pattern": "random", "contact_fraction": 0.2, "pitch": "40 um", "spots": spots, "seed": 1}
    return {"interface": interface, "accuracy": {"relative_error": 5e-3, **accuracy}}


def lattice(pattern: str, contact_fraction: float, pitch: str = "100 um", **more: Any) -> dict[str, Any]:
    return {"interface": {"pattern": pattern, "contact_fraction": contact_fraction, "pitch": pitch, **more}}


def random_map(smooth: float) -> dict[str, Any]:
    """A map of 471 x 471 pixels of 1.7 um, a fifth of it islands, as wide as so many pixels; 61 frequencies."""
    import io

    import numpy as np
    from scipy.ndimage import gaussian_filter

    from constriction.case.maps.files import MapFile

    rough = gaussian_filter(np.random.default_rng(7).normal(size=(471, 471)), smooth)
    file = io.BytesIO()
    np.save(file, (rough > np.quantile(rough, 0.8)).astype(np.uint8))
    return {
        "interface": {
            "pattern": "image",
            "file": MapFile("map.npy", file.getvalue()),
            "pixel": "1.7 um",
            "threshold": 0,
        },
        "accuracy": {"relative_error": 1e-2},
        "sweep": SIX_DECADES,
    }


# six decades, 61 frequencies, with the grain boundaries' peak and the gap's
SIX_DECADES = {"from": "1 GHz", "to": "1 kHz", "points_per_decade": 10}
ONE_DISC = {**lattice("square", 0.126), "sweep": SIX_DECADES}
OF_A_MAP = {"seconds_total": 15.0, "peak_memory_bytes": 2e9}

QUICK = ("one disc", "25 random discs")
BENCHMARKS = {
    "one disc": Benchmark(ONE_DISC, most={"unknowns": 15_000, "seconds_total": 1.5, "seconds_solve": 0.5}),
    "25 random discs": Benchmark(random_discs(25), most={"seconds_total": 8.0}),
    "100 random discs": Benchmark(random_discs(100), most={"seconds_total": 8.0, "peak_memory_bytes": 2.5e9}),
    "100, spectral": Benchmark(random_discs(100, relative_error=3e-3, method="spectral"), most={"seconds_total": 10.0}),
    "1600, spectral": Benchmark(random_discs(1600, relative_error=3e-3, method="spectral"), long=True),
    "10000, spectral": Benchmark(random_discs(10_000, relative_error=3e-3, method="spectral"), long=True),
    "one disc, bounds": Benchmark({**ONE_DISC, "accuracy": {"bounds": True}}, most={"bounds_width": 5e-3}),
    "25, bounds": Benchmark(random_discs(25, bounds=True)),
    "sodium islands": Benchmark({**lattice("hexagonal", 0.2, "2 mm"), "gap": {"height": "5 nm"}}),
    "square spots": Benchmark(lattice("square", 0.2, shape="square")),
    "stripes": Benchmark(lattice("stripes", 0.3)),
    "gap volume": Benchmark({**lattice("hexagonal", 0.3), "gap": {"height": "10 um", "model": "volume"}}),
    "one disc, direct": Benchmark(ONE_DISC, direct=True),
    "map, 101 islands": Benchmark(partial(random_map, 7.0), most=OF_A_MAP),
    "map, 606 islands": Benchmark(partial(random_map, 2.7), most=OF_A_MAP),
}


# --- in a process of its own ----------------------------------------------------------------------------------------


def measure(name: str, repeat: int) -> Record:
    """Run one benchmark once and `repeat` times more on one core; the record of the best of the latter."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    benchmark = BENCHMARKS[name]
    start = time.perf_counter()
    import constriction.field.finite_elements  # noqa: F401 - `simulate` imports it when it is called
    from constriction import Options, parse_case, simulate

    imported, memory_imports = time.perf_counter() - start, peak_memory()
    data = benchmark.case() if callable(benchmark.case) else benchmark.case
    case, options = parse_case(data, name), Options(direct=benchmark.direct)
    first, memory_first = run(lambda: simulate(case, options)), peak_memory()
    runs = [first] if benchmark.long else [run(lambda: simulate(case, options)) for _ in range(repeat)]
    best = min(runs, key=lambda record: record["seconds_total"])
    return {
        **best,
        "seconds_total_median": statistics.median(record["seconds_total"] for record in runs),
        "seconds_total_runs": [record["seconds_total"] for record in runs],
        "seconds_first_run": first["seconds_total"],
        "seconds_imports": imported,
        "peak_memory_bytes": memory_first,
        "peak_memory_imports_bytes": memory_imports,
        "peak_memory_all_runs_bytes": peak_memory(),
    }


def run(solve: Callable[[], Any]) -> Record:
    """What result.json holds of one run, and what only a benchmark asks for."""
    from constriction.simulation.record import result_record

    before = time.process_time()
    result = solve()
    processor = time.process_time() - before
    meshes, spectrum = result.response.solutions, result.spectrum
    off = max(abs(result.impedance(spectrum.frequency) - spectrum.impedance)) / result.R_cstr
    return {
        **result_record(result),
        "seconds_processor": processor,
        "frequencies": len(spectrum.frequency),
        "bounds_width": None if (ends := result.R_cstr_bounds) is None else (ends[1] - ends[0]) / result.R_cstr,
        "direct_against_reduced": None if result.response.direct is None else float(off),
        "unknowns_of_all_meshes": sum(mesh.unknowns for mesh in meshes),
        "meshes": [
            {
                "level": getattr(mesh, "fineness", 0.0),  # a grid of transforms has none
                "cells": mesh.cells,
                "unknowns": mesh.unknowns,
                "solves": mesh.model.solves,
                "seconds_mesh": mesh.seconds_mesh,
                "seconds_solve": mesh.seconds_solve,
            }
            for mesh in meshes
        ],
    }


def peak_memory() -> int:
    """Of this process so far, bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


# --- all of them ----------------------------------------------------------------------------------------------------


def in_own_process(name: str, repeat: int) -> Record:
    """`measure` in a fresh interpreter; a failure is a record, too."""
    command = [sys.executable, __file__, "--measure", name, "--repeat", str(repeat)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=one_thread, check=False)
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1:] or ["no message"]
        return {"name": name, "failed": f"exit code {done.returncode}: {reason[0]}"}
    record = {"name": name, **json.loads(done.stdout.splitlines()[-1])}
    return {**record, "bounds": BENCHMARKS[name].most, "verdict": verdict(record, BENCHMARKS[name].most)}


def verdict(record: Record, most: dict[str, float]) -> str:
    if not most:
        return "no bound"
    missed = [f"{key} {record[key]:.3g} > {bound:g}" for key, bound in most.items() if record[key] > bound]
    if not record["accuracy_reached"]:
        missed.append("error above what was asked")
    return "missed: " + ", ".join(missed) if missed else "met"


def machine() -> Record:
    import psutil

    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "load_average": os.getloadavg(),
    }


def cpu_model() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text("utf-8").splitlines() if about.exists() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


# --- the table ------------------------------------------------------------------------------------------------------

COLUMNS: Columns = {
    "case": (-16, lambda r: r["name"]),
    "asked": (6, lambda r: f"{r['relative_error_asked']:.0e}"),
    "reached": (8, lambda r: f"{r['relative_error_reached']:.1e}"),
    "R_cstr ± (Ω·cm²)": (18, lambda r: f"{r['R_cstr_ohm_cm2']:.5g} ± {r['R_cstr_error_ohm_cm2']:.1g}"),
    "unknowns": (9, lambda r: str(r["unknowns"])),
    "of all": (7, lambda r: str(r["unknowns_of_all_meshes"])),
    "cells": (7, lambda r: str(r["cells"])),
    "levels": (-13, lambda r: " ".join(f"{mesh['level']:.2g}" for mesh in r["meshes"])),
    "solves": (6, lambda r: str(r["solves"])),
    "mesh s": (7, lambda r: f"{r['seconds_mesh']:.2f}"),
    "solve s": (8, lambda r: f"{r['seconds_solve']:.2f}"),
    "best s": (7, lambda r: f"{r['seconds_total']:.2f}"),
    "median": (7, lambda r: f"{r['seconds_total_median']:.2f}"),
    "cpu s": (6, lambda r: f"{r['seconds_processor']:.2f}"),
    "import": (6, lambda r: f"{r['seconds_imports']:.2f}"),
    "first": (6, lambda r: f"{r['seconds_first_run']:.2f}"),
    "MB": (5, lambda r: f"{r['peak_memory_bytes'] / 1e6:.0f}"),
    "bound": (-1, lambda r: r["verdict"]),
}


def line(columns: Columns, texts: dict[str, str]) -> str:
    """One row of a table; a negative width means: flush left."""
    widths = {title: width for title, (width, _) in columns.items()}
    return " ".join(f"{texts[t]:<{-w}}" if w < 0 else f"{texts[t]:>{w}}" for t, w in widths.items()).rstrip()


def row(columns: Columns, record: Record) -> str:
    """A record in the table; its name is in the first column."""
    if "failed" in record:
        width = -next(iter(columns.values()))[0]
        return f"{record['name']:<{width}} failed: {record['failed']}"
    return line(columns, {title: text(record) for title, (_, text) in columns.items()})


def comparisons(records: list[Record]) -> Iterator[str]:
    """What solving every frequency costs beside the reduced sweep, and bounds beside a run without."""
    by_name = {record["name"]: record for record in records if "failed" not in record}
    if {"one disc", "one disc, direct"} <= by_name.keys():
        reduced, direct = by_name["one disc"], by_name["one disc, direct"]
        yield (
            f"One disc, {direct['frequencies']} frequencies each solved on every mesh: "
            f"{direct['seconds_solve'] / reduced['seconds_solve']:.0f} × the solving time of the reduced sweep, "
            f"from which Z differs by {direct['direct_against_reduced']:.0e} of R_cstr at the most."
        )
    for plain, bounded in (("one disc", "one disc, bounds"), ("25 random discs", "25, bounds")):
        if {plain, bounded} <= by_name.keys():
            longer = by_name[bounded]["seconds_total"] / by_name[plain]["seconds_total"] - 1
            width = by_name[bounded]["bounds_width"]
            yield f"{plain.capitalize()}: bounds {100 * width:.2g} % apart take {longer:.2g} × the run's time more."


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("results/bench.json"), metavar="FILE")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="runs of each case beside its first")
    parser.add_argument("--quick", action="store_true", help=f"only {' and '.join(QUICK)}, once")
    parser.add_argument("--long", action="store_true", help="also what takes a minute or more")
    parser.add_argument("--measure", choices=BENCHMARKS, help="this case here and now; prints its record as JSON")
    given = parser.parse_args()
    if given.repeat < 1:
        parser.error(f"--repeat {given.repeat}: expected at least 1")
    return given


def main() -> None:
    given = arguments()
    if given.measure:
        print(json.dumps(measure(given.measure, given.repeat)))
        return
    every = tuple(name for name, benchmark in BENCHMARKS.items() if given.long or not benchmark.long)
    names, repeat = (QUICK, 1) if given.quick else (every, given.repeat)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    report: Record = {"date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), "machine": machine()}
    print("{cpu}, {cores} cores, one used; {kernel}".format(**report["machine"]))
    print(line(COLUMNS, {title: title for title in COLUMNS}), flush=True)
    records = []
    for name in names:
        records.append(in_own_process(name, repeat))
        print(row(COLUMNS, records[-1]), flush=True)
    versions = [record.pop("versions") for record in records if "versions" in record]
    report["versions"] = {"python": platform.python_version(), **(versions[0] if versions else {})}
    given.out.write_text(json.dumps({**report, "repeat": repeat, "cases": records}, indent=2) + "\n", "utf-8")
    print(*comparisons(records), f"Written: {given.out}", sep="\n")


if __name__ == "__main__":
    main()
