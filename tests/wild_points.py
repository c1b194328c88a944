"""Random spectra with wild points: how many of them the Kramers-Kronig rule leaves out, and how many good ones.

By hand: `python tests/wild_points.py 1000 --seed 7`; a few of them run in `tests/unit/test_wild_points.py`.
"""

import argparse
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from constriction.spectra.exclusion import exclude
from constriction.spectra.spectrum import Spectrum

# Least change of Z, relative to |Z|, that makes a point wild: that of the factor 1/1.15.
LEAST = 1 - 1 / 1.15
# A point this far off must never stay.
NEVER = 1 - 1 / 1.5


@dataclass
class Tally:
    """Counts over many spectra: points, those left out, and what a wild point that stayed was."""

    good: int = 0
    good_lost: int = 0
    wild: int = 0
    wild_kept: int = 0
    gross_kept: int = 0
    spectra_that_lose: int = 0
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)


def random_spectrum(
    rng: np.random.Generator, per_decade: Sequence[int] = (5, 6, 8, 10, 12), noise: tuple[float, float] = (5e-4, 3e-3)
) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """R-RQ, R-RQ-RQ or three arcs, with or without inductance, blocking Q, Warburg tail; noise 0.05 to 0.3 %."""
    high = 10 ** rng.uniform(4.5, 7)
    decades = rng.uniform(4, 8)
    frequency = np.geomspace(high, high / 10**decades, math.ceil(decades * rng.choice(per_decade)) + 1)
    omega = 2 * math.pi * frequency
    z = np.full(frequency.size, 10 ** rng.uniform(-0.5, 1), dtype=complex)
    for _ in range(rng.choice([1, 2, 2, 2, 3])):
        tau = 1 / (2 * math.pi * high / 10 ** rng.uniform(-0.3, decades + 0.3))
        z += 10 ** rng.uniform(0, 2) / (1 + (1j * omega * tau) ** rng.uniform(0.7, 1))
    tail = rng.choice(["none", "none", "blocking", "Warburg"])
    if tail != "none":
        exponent = 0.5 if tail == "Warburg" else rng.uniform(0.8, 1)
        z += 10 ** rng.uniform(0, 2) / (1j * omega / omega[-1] * 10 ** rng.uniform(-1, 0.5)) ** exponent
    if rng.random() < 0.3:
        z += 1j * omega * abs(z[0]) * rng.uniform(0.05, 0.5) / omega[0]
    size = 10 ** rng.uniform(*np.log10(noise))
    scatter = rng.standard_normal((2, z.size))
    return frequency, z + size * np.abs(z) * (scatter[0] + 1j * scatter[1])


def with_wild_points(
    z: NDArray[np.complex128], rng: np.random.Generator
) -> tuple[NDArray[np.complex128], NDArray[np.intp]]:
    """Multiply one to three points by 1.15 to 10, or divide them; often the first, the last, or neighbours."""
    count = rng.integers(1, 4)
    first = rng.choice([0, z.size - count, rng.integers(0, z.size - count + 1)], p=[0.1, 0.15, 0.75])
    together = rng.random() < 0.35 or first in (0, z.size - count)
    where = first + np.arange(count) if together else rng.choice(z.size, count, replace=False)
    bent = z.copy()
    for k in where.tolist():
        factor = math.exp(rng.uniform(math.log(1.15), math.log(10)) * rng.choice([-1, 1]))
        part = rng.choice(["both", "both", "real", "imaginary"])
        bent[k] = complex(
            z[k].real * (factor if part != "imaginary" else 1), z[k].imag * (factor if part != "real" else 1)
        )
    # A factor on a small part of Z is no wild point.
    wild = where[np.abs(bent[where] - z[where]) >= LEAST * np.abs(z[where])]
    untouched = np.setdiff1d(where, wild)
    bent[untouched] = z[untouched]
    return bent, np.sort(wild)


def tally(count: int, seed: int) -> Tally:
    """Apply the rule to so many random spectra."""
    found = Tally()
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        frequency, z = random_spectrum(rng)
        bent, wild = with_wild_points(z, rng)
        start = time.perf_counter()
        rule = exclude(Spectrum(frequency, bent, "ohm"))
        found.seconds += time.perf_counter() - start
        out = np.array([point.index for point in rule.excluded], dtype=int)
        kept, lost = np.setdiff1d(wild, out), np.setdiff1d(out, wild)
        found.good += z.size - wild.size
        found.wild += wild.size
        found.good_lost += lost.size
        found.wild_kept += kept.size
        found.spectra_that_lose += bool(lost.size)
        off = np.abs(bent - z) / np.maximum(np.abs(z), np.abs(bent))
        found.gross_kept += int(np.count_nonzero(off[kept] > NEVER))
        if kept.size or lost.size:
            changes = ", ".join(f"{k}: ×{abs(bent[k] / z[k]):.3g}" for k in wild)
            found.told.append(f"{number}: {z.size} points, wild {changes}; kept {kept}, good ones lost {lost}")
    return found


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    found = tally(given.count, given.seed)
    if given.verbose:
        print("\n".join(found.told))
    print(f"wild points that stay   {found.wild_kept} of {found.wild} ({found.wild_kept / max(found.wild, 1):.2%})")
    print(f"beyond a factor of 1.5  {found.gross_kept}")
    print(f"good points that go     {found.good_lost} of {found.good} ({found.good_lost / found.good:.2%})")
    print(f"spectra that lose some  {found.spectra_that_lose} of {given.count}")
    print(f"time per spectrum       {1e3 * found.seconds / given.count:.1f} ms")


if __name__ == "__main__":
    main()
