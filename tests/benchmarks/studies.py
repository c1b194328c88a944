"""What a study costs: 1 000 cases of 40 geometries, or of one, memory over 300 geometries, two ranks against one.

    python tests/benchmarks/studies.py [--quick] [--out FILE.json]

Measures and never asserts. Each study runs in processes of its own on lattices with `relative_error` 1e-3 (the
memory's: 1e-2). Beside the wall's seconds stand those of the processors, and the share of the time in which the ranks
had something to do: on a busy machine other work only ever adds to the former. The memory is that of the process
after each geometry; `growth` compares the mean of the last tenth with that of the second one, as the first meshes
fill pools.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

Record = dict[str, Any]

MPIEXEC = str(Path(sys.prefix) / "bin" / "mpiexec")
SETTINGS = {
    "gap.height": ["5 nm", "10 nm", "20 nm", "40 nm", "80 nm"],
    "electrolyte.bulk_conductivity": ["1 mS/cm", "5 mS/cm", "15 mS/cm", "30 mS/cm", "60 mS/cm"],
}
LAWS = """
[base.contact]
law = "p(R1,C1)"
C1 = "1 uF/cm2"
"""
PITCH = "2 mm"  # with gaps of nanometres: they are thin at every fraction


def fractions(count: int) -> list[float]:
    return [round(0.05 + 0.55 * n / count, 6) for n in range(count)]


def study(geometries: int, settings: dict[str, list[str]], relative_error: float) -> str:
    """A study file of hexagonal lattices."""
    grid = {"interface.contact_fraction": fractions(geometries), **settings}
    return "\n".join(
        [
            "[base.interface]",
            f'pattern = "hexagonal"\npitch = "{PITCH}"',
            f"[base.accuracy]\nrelative_error = {relative_error}",
            "[grid]",
            *(f'"{key}" = {json.dumps(values)}' for key, values in grid.items()),
        ]
    )


def one_geometry(count: int, key: str) -> str:
    """A study file of one square lattice: values of a law of its contacts, or of its gap's height."""
    base = f'[base.interface]\npattern = "square"\npitch = "{PITCH}"\ncontact_fraction = 0.2\n'
    decades = [3 * n / count - 1 for n in range(count)]
    laws, unit = (LAWS, "ohm cm2") if key == "contact.R1" else ("", "nm")
    values = [f"{10 ** (x if laws else x + 1):.6g} {unit}" for x in decades]
    return f'{base}{laws}[base.accuracy]\nrelative_error = 1e-2\n[grid]\n"{key}" = {json.dumps(values)}\n'


def per_case(few: Record, many: Record) -> Record:
    """Processor milliseconds that one more case of the same geometry takes, start-up and solve left out."""
    if "failed" in few or "failed" in many:
        return {"failed": few.get("failed", many.get("failed"))}
    more = many["cases"] - few["cases"]
    milliseconds = 1e3 * (many["seconds_processor"] - few["seconds_processor"]) / more
    return {"milliseconds_processor_per_case": milliseconds, "seconds": many["seconds"], "cases": many["cases"]}


def run(text: str, ranks: int) -> Record:
    """Run a study in a folder of its own; times and shares from its log."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.toml"
        path.write_text(text, "utf-8")
        start = [MPIEXEC, "-n", str(ranks), sys.executable] if ranks > 1 else [sys.executable]
        words = [*start, "-m", "mpi4py", "-m", "constriction", "study", "run", str(path), "--out", f"{folder}/out"]
        before = os.times()
        one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run([*words, "--quiet"], capture_output=True, text=True, env=one_thread, check=False)
        after = os.times()
        if done.returncode != 0:
            return {"failed": f"exit code {done.returncode}: {done.stderr.strip()[-200:]}"}
        end = json.loads((Path(folder) / "out" / "log.jsonl").read_text("utf-8").splitlines()[-1])
    processor = after.children_user + after.children_system - before.children_user - before.children_system
    return {
        "ranks": ranks,
        "cases": end["done"],
        "failed_cases": end["failed"],
        "seconds": end["seconds"],
        "seconds_with_start": after.elapsed - before.elapsed,
        "seconds_processor": processor,
        "busy_shares": [busy / end["seconds"] for busy in end["busy"]],
        "load_average": os.getloadavg()[0],
    }


def memory(geometries: int) -> Record:
    """Resident memory of one rank after each of many geometries; in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--memory-of", str(geometries)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return {"failed": f"exit code {done.returncode}: {done.stderr.strip()[-200:]}"}
    sizes = json.loads(done.stdout.splitlines()[-1])
    tenth = max(len(sizes) // 10, 1)
    early, late = statistics.fmean(sizes[tenth : 2 * tenth]), statistics.fmean(sizes[-tenth:])
    return {"geometries": len(sizes), "early_bytes": early, "late_bytes": late, "growth": late / early - 1}


def memory_of(geometries: int) -> list[int]:
    """Resident bytes after each geometry, whichever comes first."""
    import tomllib

    import psutil
    from mpi4py import MPI

    from constriction.study.file.file import study_of
    from constriction.study.run.lock import Shard
    from constriction.study.run.plan import plan_of
    from constriction.study.run.runner import How, packages_of
    from constriction.study.run.runner import run as run_study
    from constriction.study.run.store import open_store

    process, sizes = psutil.Process(), list[int]()
    with tempfile.TemporaryDirectory() as folder:
        plan = plan_of(study_of(tomllib.loads(study(geometries, {}, 1e-2)), "memory"), 8e9)
        store = open_store(Path(folder), plan.study)
        how = How(MPI.COMM_SELF, None, 8e9, lambda _: sizes.append(process.memory_info().rss))
        run_study(packages_of(plan, store, Shard()), store, how)
    return sizes


def measure(quick: bool) -> dict[str, Record]:
    """All of it, told as it comes."""
    geometries, equal, many, variations = (4, 8, 30, 200) if quick else (40, 40, 300, 1000)
    alike = study(equal, {}, 1e-3)
    tasks = {
        "lattices, two ranks": lambda: run(study(geometries, SETTINGS, 1e-3), 2),
        "alike, one rank": lambda: run(alike, 1),
        "alike, two ranks": lambda: run(alike, 2),
        "memory": lambda: memory(many),
    }
    table = {}
    for name, task in tasks.items():
        table[name] = task()
        print(f"{name:22} {told(table[name])}", flush=True)
    for name, key in (("laws", "contact.R1"), ("gaps", "gap.height")):
        for ranks, words in ((1, "one rank"), (2, "two ranks")):
            few, most = (run(one_geometry(count, key), ranks) for count in (variations // 10, variations))
            table[place := f"{name} of one geometry, {words}"] = per_case(few, most)
            print(f"{place:34} {told(table[place])}", flush=True)
    one, two = table["alike, one rank"], table["alike, two ranks"]
    if "failed" not in one and "failed" not in two:
        print(f"Two ranks were {one['seconds'] / two['seconds']:.2f} times as fast as one.")
    return table


def told(record: Record) -> str:
    if "failed" in record:
        return f"failed: {record['failed']}"
    if "growth" in record:
        sizes = f"{record['early_bytes'] / 1e6:.1f} → {record['late_bytes'] / 1e6:.1f} MB"
        return f"{record['geometries']} geometries: {sizes}, {100 * record['growth']:+.1f} %"
    if "milliseconds_processor_per_case" in record:
        each = record["milliseconds_processor_per_case"]
        return f"{record['cases']} cases in {record['seconds']:.1f} s, {each:.1f} ms of processors for each more"
    shares = ", ".join(f"{100 * share:.0f} %" for share in record["busy_shares"])
    return (
        f"{record['cases']} cases in {record['seconds']:.1f} s ({record['seconds_processor']:.1f} s of processors, "
        f"load {record['load_average']:.1f}); busy {shares}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--out", type=Path, default=Path("results/bench-studies.json"), metavar="FILE")
    parser.add_argument("--memory-of", type=int, help="resident memory after each of so many geometries, as JSON")
    given = parser.parse_args()
    if given.memory_of:
        print(json.dumps(memory_of(given.memory_of)))
        return
    table = measure(given.quick)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(table, indent=2) + "\n", "utf-8")
    print(f"Written: {given.out}")


if __name__ == "__main__":
    main()
