"""Random sums of ZARCs: which of their relaxation times are found, and what is called sure that is not there.

By hand: `python tests/relaxation_pairs.py 300 --seed 7`; a few of them run in `tests/unit/test_processes.py`.
"""

import argparse
import math
import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constriction.spectra.drt.persistence import stability_scan
from constriction.spectra.drt.processes import find_processes
from constriction.spectra.drt.relaxation_times import DistributionOptions
from constriction.spectra.reading.analysis import screen
from constriction.spectra.spectrum import Spectrum

# A time is found if a sure one is nearer than this, in decades; a sure one that is near none is a ghost.
NEAR = 0.15
# ZARCs at least so many decades apart must be told apart.
RESOLVABLE = 1.2
# Both times lie at least so many decades within the window.
MARGIN = 1.0
KINDS = ("single", "near pair", "pair", "three", "pair + Q", "pair + W", "pair + L", "single + Q", "three + L + Q")


@dataclass
class Tally:
    """Counts over many spectra of one kind."""

    spectra: int = 0
    times: int = 0
    found: int = 0
    ghosts: int = 0
    silent: int = 0  # spectra with a time that was neither found nor said to be unresolved
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)


def random_cell(rng: np.random.Generator, kind: str, noise: float = 2e-3) -> tuple[Spectrum, NDArray[np.float64]]:
    """A spectrum of ZARCs with exponents of 0.75 to 1 and R of 0.4 to 2.5 times the first, and its log10 times."""
    decades, per_decade = rng.uniform(7, 9), rng.integers(8, 13)
    high = 10 ** rng.uniform(5, 7)
    f = np.geomspace(high, high / 10**decades, math.ceil(decades * per_decade) + 1)
    omega = 2 * math.pi * f
    count = {"single": 1, "pair": 2, "near": 2, "three": 3}[kind.split(maxsplit=1)[0]]
    nearest, furthest = (0.1, RESOLVABLE) if kind.startswith("near") else (RESOLVABLE, 3.0 if count == 2 else 2.4)
    apart = rng.uniform(nearest, furthest, count - 1)
    first = rng.uniform(MARGIN, decades - MARGIN - apart.sum()) - math.log10(omega[0])
    times = first + np.concatenate([[0.0], np.cumsum(apart)])
    resistances = np.concatenate([[1.0], np.exp(rng.uniform(math.log(0.4), math.log(2.5), count - 1))])
    z = np.full(f.size, 10 ** rng.uniform(-1, 0.5), dtype=complex)
    for tau, resistance in zip(10**times, resistances, strict=True):
        z += resistance / (1 + (1j * omega * tau) ** rng.uniform(0.75, 1))
    if "Q" in kind or "W" in kind:
        exponent = 0.5 if "W" in kind else rng.uniform(0.8, 1)
        z += 10 ** rng.uniform(-1, 1) / (1j * omega / omega[-1]) ** exponent
    if "L" in kind:
        z += 1j * omega / omega[0] * rng.uniform(0.1, 1) * abs(z[0])
    scatter = rng.standard_normal((2, f.size))
    return Spectrum(f, z + noise * np.abs(z) * (scatter[0] + 1j * scatter[1]), "ohm"), times


def tally(count: int, seed: int, kind: str) -> Tally:
    """Look for the times of so many random cells of a kind."""
    result = Tally(spectra=count)
    for number in range(count):
        spectrum, times = random_cell(np.random.default_rng([seed, KINDS.index(kind), number]), kind)
        kept = screen(spectrum)
        start = time.perf_counter()
        scan = stability_scan(kept.spectrum, DistributionOptions(capacitance=kept.test.capacitance))
        found = find_processes(kept.spectrum, kept.test.noise, scan)
        result.seconds += time.perf_counter() - start
        sure = np.log10([item.time_constant for item in found.sure])
        off = np.abs(sure[:, np.newaxis] - times)
        hit = (off < NEAR).any(axis=0)
        ghosts = int((off >= NEAR).all(axis=1).sum())
        groups = [np.log10([group.first, group.last]) + [-NEAR, NEAR] for group in found.unresolved]
        groups += [math.log10(item.time_constant) + np.array([-1, 1]) * (item.resolution or 0) for item in found.sure]
        told = np.array([any(low <= t <= high for low, high in groups) for t in times])
        result.times += times.size
        result.found += int(hit.sum())
        result.ghosts += ghosts
        result.silent += not (hit | told).all()
        if ghosts or not hit.all():
            items = [f"{math.log10(item.time_constant):.2f} {item.why or 'sure'}" for item in found.items]
            result.told.append(f"{kind} {number}: {times.round(2)}, {ghosts} ghosts; {found.circuit}: {items}")
    return result


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    for kind in given.kind or KINDS:
        found = tally(given.count, given.seed, kind)
        if given.verbose:
            print("\n".join(found.told))
        print(
            f"{kind:14} {found.found} of {found.times} times found ({found.found / found.times:.1%}), {found.ghosts} "
            f"ghosts, {found.silent} of {found.spectra} spectra neither find nor name one as unresolved, "
            f"{1e3 * found.seconds / found.spectra:.0f} ms each",
            flush=True,
        )


if __name__ == "__main__":
    main()
