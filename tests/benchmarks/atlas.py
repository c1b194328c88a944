"""What a spectrum of the atlas costs: one interface at 100 frequencies, and ten thousand of them.

    python tests/benchmarks/atlas.py [--out FILE.json]

Measures and never asserts: seconds of the processor.
"""

import argparse
import json
import time
import timeit
from pathlib import Path

import numpy as np

from constriction.interpret.atlas import load_atlas

FREQUENCIES, MANY, TIMES = 100, 10_000, 300


def measure(pattern="hexagonal"):
    """Seconds of one interface and of many."""
    atlas, random = load_atlas(), np.random.default_rng(1)
    gap = 1j * np.logspace(-3, 3, FREQUENCIES)[None]
    one = np.array([0.2]), np.array([0.5])
    many = random.uniform(*atlas.limits(pattern), MANY), random.uniform(0.02, 2, MANY)
    each = timeit.timeit(lambda: atlas.interface(pattern, *one, gap), number=TIMES, timer=time.process_time) / TIMES
    gaps = np.tile(gap, (MANY, 1))
    together = timeit.timeit(lambda: atlas.interface(pattern, *many, gaps), number=1, timer=time.process_time)
    return {"frequencies": FREQUENCIES, "seconds_one": each, "interfaces": MANY, "seconds_many": together}


def main():
    """Print and write the seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("results/bench-atlas.json"), metavar="FILE")
    given = parser.parse_args()
    found = measure()
    print(f"one interface at {FREQUENCIES} frequencies: {1e3 * found['seconds_one']:.3f} ms")
    print(f"{MANY} interfaces: {found['seconds_many']:.2f} s")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
