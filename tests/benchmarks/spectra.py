"""Times of what is done to a measured spectrum: one fit, one Kramers-Kronig test, one distribution.

    python tests/benchmarks/spectra.py [--repeats 30] [--out FILE.json]

R-RQ-RQ, 70 points from 7 MHz to 100 Hz, 0.2 % noise, another seed each time. Prints medians and the slowest, and
writes the same numbers as JSON. One thread: set OMP_NUM_THREADS=1.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.drt.persistence import stability_scan
from constriction.spectra.drt.relaxation_times import relaxation_times
from constriction.spectra.fit.fitting import fit_circuit
from constriction.spectra.kramers_kronig import kramers_kronig
from constriction.spectra.spectrum import Spectrum

CIRCUIT = "R-RQ-RQ"
VALUES = [10, 200, 2e-9, 0.9, 80, 3e-6, 0.85]

TASKS: dict[str, Callable[[Spectrum], object]] = {
    "fit_R_RQ_RQ": lambda spectrum: fit_circuit(spectrum, CIRCUIT),
    "kramers_kronig": kramers_kronig,
    "drt_paper": lambda spectrum: relaxation_times(spectrum, preset="paper"),
    "drt_l_curve": relaxation_times,
    "drt_stability_scan": stability_scan,
}


def noisy(seed: int) -> Spectrum:
    frequency = np.geomspace(7e6, 100, 70)
    z = impedance(parse_circuit(CIRCUIT), VALUES, frequency)
    rng = np.random.default_rng(seed)
    error = rng.standard_normal(z.size) + 1j * rng.standard_normal(z.size)
    return Spectrum(frequency, z + 2e-3 * np.abs(z) * error, "ohm")


def measure(repeats: int) -> dict[str, dict[str, float]]:
    """Median and longest time of each task in seconds; the first call, which warms up, does not count."""
    table = {}
    for name, task in TASKS.items():
        times = []
        for seed in range(repeats + 1):
            spectrum = noisy(seed)
            start = time.perf_counter()
            task(spectrum)
            times.append(time.perf_counter() - start)
        table[name] = {"median_seconds": statistics.median(times[1:]), "longest_seconds": max(times[1:])}
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description="Times of fit, Kramers-Kronig test and distribution")
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    table = measure(max(arguments.repeats, 1))
    for name, row in table.items():
        print(f"{name:20} {1e3 * row['median_seconds']:8.1f} ms, longest {1e3 * row['longest_seconds']:8.1f} ms")
    if arguments.out:
        arguments.out.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
