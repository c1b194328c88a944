"""How time and memory of finite elements grow with the number of discs and with ranks.

Random discs of contact fraction 0.2 (seed 1), each run in processes of its own. Prints a table, the exponents of the
growth and where p-multigrid overtakes a factor, writes JSON and a log-log picture. Measures and never asserts.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Record = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """So many discs, solved to so much, on so many ranks with so many threads each.

    Bounds in seconds and bytes, all ranks together.
    """

    discs: int
    asked: float
    ranks: int
    threads: int = 1
    most_seconds: float | None = None
    most_bytes: float | None = None


ASKED = 5e-3
DISCS = (25, 100, 400, 1600)
RUNS = (
    Run(25, ASKED, 1, most_seconds=3),
    Run(100, ASKED, 1, most_seconds=8, most_bytes=2.5e9),
    Run(400, ASKED, 1),
    Run(1600, ASKED, 1, most_seconds=200),
    Run(100, ASKED, 1, threads=2),
    *(Run(discs, ASKED, 2) for discs in DISCS),
    Run(1000, 1e-2, 2, most_seconds=240, most_bytes=12e9),
)
QUICK = tuple(run for run in RUNS if run.discs <= 100)


# --- in processes of their own --------------------------------------------------------------------------------------


def measure(run: Run) -> Record | None:
    """Solve on all ranks of this program; the record on rank 0."""
    from mpi4py import MPI

    import constriction.field.finite_elements  # noqa: F401 - `simulate` imports it when it is called
    from constriction import Options, parse_case, simulate

    comm = MPI.COMM_WORLD
    interface = {"pattern": "random", "contact_fraction": 0.2, "pitch": "40 um", "spots": run.discs, "seed": 1}
    case = parse_case({"interface": interface, "accuracy": {"relative_error": run.asked}}, "bench")
    comm.barrier()
    start, before = time.perf_counter(), time.process_time()
    result = simulate(case, Options(comm=comm))
    seconds = time.perf_counter() - start
    processor = comm.gather(time.process_time() - before)
    memory = comm.gather(1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    if processor is None or memory is None:
        return None
    meshes = result.response.solutions
    return {
        **asdict(run),
        "seconds_total": seconds,
        "seconds_processor": processor,
        "seconds_mesh": math.fsum(mesh.seconds_mesh for mesh in meshes),
        "seconds_gmsh": math.fsum(mesh.seconds_gmsh for mesh in meshes),
        "seconds_solve": math.fsum(mesh.seconds_solve for mesh in meshes),
        "peak_memory_bytes": memory,
        "unknowns": [mesh.unknowns for mesh in meshes],
        "solves": [mesh.model.solves for mesh in meshes],
        "R_cstr_ohm_cm2": result.R_cstr * 1e4,
        "reached": max(result.R_cstr_error, result.spectrum_error) / result.R_cstr,
        "accuracy_reached": result.accuracy_reached,
    }


def crossover() -> Record:
    """Seconds of the reduced model by factor and by multigrid on meshes of one disc and of nine."""
    from mpi4py import MPI

    from constriction import parse_case
    from constriction.field.elements.assembly import assemble, coarsen
    from constriction.field.elements.multigrid import MULTIGRID_FROM, hierarchy
    from constriction.field.fineness import mesh_sizes
    from constriction.field.mesh.cells import mesh_cell
    from constriction.field.reduction.krylov import reduce_keeping_potential
    from constriction.geometry.cell import lay_out

    rows = []
    for spots, level in ((1, 1.0), (1, 0.3), (1, 0.15), (1, 0.08), (9, 2.0), (9, 1.0), (9, 0.6)):
        pattern: Record = {"pattern": "random", "spots": spots} if spots > 1 else {"pattern": "square"}
        case = parse_case({"interface": {**pattern, "contact_fraction": 0.2, "pitch": "40 um"}})
        layout = lay_out(case.interface)
        sizes = mesh_sizes(layout, case.electrolyte.thickness, None, level)
        problem = assemble(mesh_cell(layout, sizes, MPI.COMM_SELF), sizes)
        seconds = []
        for multigrid in (False, True):
            best = math.inf
            for _ in range(3):
                start = time.perf_counter()
                reduce_keeping_potential(problem, 1e-5, hierarchy(problem, coarsen(problem)) if multigrid else None)
                best = min(best, time.perf_counter() - start)
            seconds.append(best)
        rows.append({"spots": spots, "unknowns": problem.unknowns, "factor": seconds[0], "multigrid": seconds[1]})
    return {"multigrid_from_unknowns": MULTIGRID_FROM, "meshes": rows}


def in_own_processes(*arguments: str, ranks: int = 1, threads: int = 1) -> Record:
    """This program again under mpiexec; a failure is a record, too."""
    start = [Path(sys.executable).with_name("mpiexec"), "-n", str(ranks), sys.executable, "-m", "mpi4py", __file__]
    done = subprocess.run(
        [*map(str, start), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)},
    )
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1:] or ["no message"]
        return {"failed": f"exit code {done.returncode}: {reason[0]}"}
    answer: Record = json.loads(done.stdout.splitlines()[-1])
    return answer


# --- tables and picture ---------------------------------------------------------------------------------------------

TITLES = ("discs", "ranks", "asked", "reached", "unknowns", "gmsh s", "mesh s", "solve s", "total s", "GB a rank", "")
WIDTHS = (6, 6, 6, 8, 9, 7, 7, 8, 8, 11, 0)


def row(run: Run, record: Record) -> str:
    if "failed" in record:
        return f"{run.discs:>6} {run.ranks:>6} failed: {record['failed']}"
    memory = record["peak_memory_bytes"]
    texts = (
        str(run.discs),
        str(run.ranks),
        f"{run.asked:.0e}",
        f"{record['reached']:.1e}",
        str(record["unknowns"][-1]),
        *(f"{record[key]:.1f}" for key in ("seconds_gmsh", "seconds_mesh", "seconds_solve", "seconds_total")),
        " ".join(f"{share / 1e9:.2f}" for share in memory),
        verdict(run, record),
    )
    return " ".join(f"{text:>{width}}" for text, width in zip(texts, WIDTHS, strict=True))


def verdict(run: Run, record: Record) -> str:
    """What of the bounds was missed."""
    missed = [] if record["accuracy_reached"] else ["error above what was asked"]
    memory = sum(record["peak_memory_bytes"])
    if run.most_seconds is not None and record["seconds_total"] > run.most_seconds:
        missed.append(f"{record['seconds_total']:.1f} s > {run.most_seconds:g} s")
    if run.most_bytes is not None and memory > run.most_bytes:
        missed.append(f"{memory / 1e9:.1f} GB > {run.most_bytes / 1e9:g} GB")
    if missed:
        return "missed: " + ", ".join(missed)
    return "met" if run.most_seconds or run.most_bytes else ""


def exponent(records: list[Record], key: str) -> float | None:
    """Slope of log(key) over log(discs), least squares."""
    points = [(math.log(r["discs"]), math.log(r[key])) for r in records]
    if len(points) < 2:
        return None
    x, y = (sum(values) / len(points) for values in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def series(records: list[Record], ranks: int) -> list[Record]:
    """The records of the growth with the discs on so many ranks."""
    fits = (r for r in records if "failed" not in r and (r["ranks"], r["threads"], r["asked"]) == (ranks, 1, ASKED))
    return sorted(fits, key=lambda record: record["discs"])


def picture(records: list[Record], path: Path) -> None:
    """Time and memory over discs, log-log."""
    import matplotlib as mpl
    import matplotlib.ticker

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(7, 3), layout="constrained")
    for ranks, style in ((1, "o-"), (2, "s--")):
        runs = series(records, ranks)
        discs = [run["discs"] for run in runs]
        left.loglog(discs, [run["seconds_total"] for run in runs], style, label=f"{ranks} rank{'s'[: ranks - 1]}")
        memory = [max(run["peak_memory_bytes"]) / 1e9 for run in runs]
        right.loglog(discs, memory, style, label=f"largest of {ranks}" if ranks > 1 else "1 rank")
        if ranks == 1 and runs:
            first = runs[0]["seconds_total"] / discs[0]
            left.loglog(discs, [first * n for n in discs], ":", color="grey", label="slope 1")
    left.set(xlabel="discs", ylabel="time / s")
    right.set(xlabel="discs", ylabel="memory of a rank / GB")
    for axes in (left, right):
        axes.legend(frameon=False)
        shown = sorted({record["discs"] for record in records if "failed" not in record})
        axes.set_xticks(shown, [str(discs) for discs in shown])
        axes.minorticks_off()
        axes.yaxis.set_major_locator(mpl.ticker.LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(which="both", alpha=0.2)
    figure.savefig(path, dpi=200)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("results/growth.json"), metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="up to 100 discs")
    parser.add_argument("--measure", metavar="JSON", help="a run here and now; prints its record as JSON")
    parser.add_argument("--crossover", action="store_true", help="factor against multigrid, as JSON")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    if given.measure:
        record = measure(Run(**json.loads(given.measure)))
        if record:
            print(json.dumps(record))
        return
    if given.crossover:
        print(json.dumps(crossover()))
        return
    print(" ".join(f"{title:>{width}}" for title, width in zip(TITLES, WIDTHS, strict=True)), flush=True)
    records = []
    for run in QUICK if given.quick else RUNS:
        records.append(in_own_processes("--measure", json.dumps(asdict(run)), ranks=run.ranks, threads=run.threads))
        print(row(run, records[-1]), flush=True)
    exponents = {ranks: exponent(series(records, ranks), "seconds_total") for ranks in (1, 2)}
    for ranks, slope in exponents.items():
        if slope is not None:
            print(f"Time grows with the discs to the power of {slope:.2f} on {ranks} rank{'s'[: ranks - 1]}.")
    sizes = in_own_processes("--crossover")
    for mesh in sizes.get("meshes", ()):
        print(
            "{unknowns:>8} unknowns, {spots} discs: factor {factor:.3f} s, multigrid {multigrid:.3f} s".format(**mesh)
        )
    given.out.parent.mkdir(parents=True, exist_ok=True)
    report = {"runs": records, "exponents": exponents, "crossover": sizes}
    given.out.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    picture(records, given.out.with_suffix(".png"))
    print(f"Written: {given.out} and {given.out.with_suffix('.png')}")


if __name__ == "__main__":
    main()
