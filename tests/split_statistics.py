"""Do the error bars of two arcs hold, however near in time they are?

    python tests/split_statistics.py [--count 200]

Random spectra R-RQ-RQ: R of 32 to 316 ohm each, noise of 0.05 to 0.5 % of |Z|, 61 points from 1 MHz to 1 Hz; arcs near
(0 to 0.7 decades apart) and far (0.7 to 3), exponents of 0.75 to 1, of 0.96 to 1, and exactly 1, where half of the
fits have one on its bound. Right is a resistance within two of its error bars, or a fit that says that only the sum of
both is determined. Of far arcs it must not say that.
"""

import argparse
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from constriction.laws.circuit import impedance, parse_circuit
from constriction.spectra.fit.fitting import CircuitFit, fit_circuit
from constriction.spectra.spectrum import Spectrum

F = np.geomspace(1e6, 1.0, 61)
CIRCUIT = parse_circuit("R-RQ-RQ")
EXPONENTS: dict[str, Callable[[np.random.Generator], list[float]]] = {
    "free": lambda dice: dice.uniform(0.75, 1, 2).tolist(),
    "close": lambda dice: dice.uniform(0.96, 1, 2).tolist(),
    "one": lambda dice: [1.0, 1.0],
}
DECADES = {"near": (0.0, 0.7), "far": (0.7, 3.0)}


class Fitted(NamedTuple):
    """A fit and the resistances that are true, the faster arc's first, in ohm."""

    fit: CircuitFit
    true: tuple[float, float]

    @property
    def open(self) -> bool:
        """Whether the fit says that only the sum is determined."""
        return bool(self.fit.joint)

    @property
    def errors(self) -> list[float]:
        """Errors of what the fit gives, the sum or both resistances, in error bars; infinite without one."""
        if self.open:
            group = self.fit.joint[0]
            return [(group.resistance - sum(self.true)) / group.stderr]
        pairs = zip(self.fit.arcs, self.true, strict=True)
        return [(arc.resistance - r) / arc.resistance_stderr if arc.resistance_stderr else np.inf for arc, r in pairs]


def fits(exponents: str, distance: str, count: int) -> Iterator[Fitted]:
    """Fit that many random spectra; seeds from 0, so that a larger count begins with the same ones."""
    for seed in range(count):
        dice = np.random.default_rng([seed, list(EXPONENTS).index(exponents), list(DECADES).index(distance)])
        apart = dice.uniform(*DECADES[distance])
        fast = 10 ** dice.uniform(-4.8, -2 - 0.5 * apart)
        (r1, r2), (a1, a2) = 100 * 10 ** dice.uniform(-0.5, 0.5, 2), EXPONENTS[exponents](dice)
        slow, noise = fast * 10**apart, 10 ** dice.uniform(-3.3, -2.3)
        z = impedance(CIRCUIT, [10.0, r1, fast**a1 / r1, a1, r2, slow**a2 / r2, a2], F)
        error = noise * np.abs(z) * (dice.standard_normal(F.size) + 1j * dice.standard_normal(F.size))
        yield Fitted(fit_circuit(Spectrum(F, z + error, "ohm"), CIRCUIT), (float(r1), float(r2)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Coverage of the error bars of two arcs")
    parser.add_argument("--count", type=int, default=200)
    count = parser.parse_args().count
    for exponents in EXPONENTS:
        for distance in DECADES:
            found = list(fits(exponents, distance, count))
            bars = np.array([error for item in found if not item.open for error in item.errors])
            sums = np.array([error for item in found if item.open for error in item.errors])
            right = (np.abs(bars) <= 2).sum() + 2 * sums.size
            print(
                f"exponents {exponents:5}, {distance:4}: {sums.size} of {count} open; both resistances within 2 bars "
                f"or open {right / (2 * count):.1%}; of those with bars {np.mean(np.abs(bars) <= 2):.1%}, farthest "
                f"{np.abs(bars).max():.1f}; sums within 2 bars {np.mean(np.abs(sums) <= 2) if sums.size else 1:.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
