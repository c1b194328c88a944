"""What a run reads off its own spectrum, against what the geometry has: random interfaces, electrolytes and sweeps.

    python tests/readings.py 300 1        # so many cases, seed

R_int is right if it is within two of its error bars of R_cstr where −Im Z_cstr has one peak, else of the sum of its
peaks that stand apart from every peak of the electrolyte's own; None is right too. Exit code 1 if fewer than 97 % are
right, if R_SE is ever not between the electrolyte's resistance and R_dc (as when names are exchanged), if a reading
changes with the accuracy of the simulation, or if fewer than 90 % of the arcs are read that can be: τ_cstr/τ_gb ≥ 8,
R_cstr ≥ 5 % of R_SE, and in other electrolytes than NZSP or other sweeps than the default the apex in the sweep.

A geometry is solved once, for three gaps in three electrolytes; half of these are NZSP in the default sweep.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from constriction.base.errors import InputError
from constriction.case.schema import Case, Electrolyte, Sweep, parse_case
from constriction.geometry.cell import Layout, lay_out
from constriction.laws.electrolyte import resistivity
from constriction.simulation.peaks import find_peaks
from constriction.simulation.reading import read_off
from constriction.simulation.record import apparent_record
from constriction.simulation.result import Result, result_of, sweep_frequencies
from constriction.simulation.simulate import Options, simulate, solve_geometry
from constriction.simulation.weights import Laws, curve_of, gap_model
from constriction.spectra.reading.slab import APART

# Largest contact fraction of each pattern that always finds its place, and how often it is drawn.
PATTERNS = {
    "hexagonal": (0.8, 0.2),
    "square": (0.75, 0.15),
    "stripes": (0.8, 0.12),
    "tube": (0.8, 0.08),
    "square spots": (0.8, 0.08),
    "pores": (0.8, 0.07),
    "random": (0.42, 0.3),
}
MOST_SPOTS = 12
PER_GEOMETRY = 3
COARSE, RANDOM, FINE = 5e-3, 2e-2, 1e-3  # accuracy of lattices, of random spots, of what is solved again
AGAIN = 6  # every so many geometries, if they are lattices
LEAST_SIZE = 1e-6  # peaks of a smaller part of R_cstr are the error of the solution
RIGHT, READ = 0.97, 0.9  # parts that the check asks for


@dataclass(frozen=True)
class Outcome:
    """One case: what was read, and what is there; Ω·cm².

    `ratio`: time of the gap over that of the slowest arc of the electrolyte, inf without one. `reached`: whether the
    apex of −Im Z_cstr lies in the sweep; of NZSP in the default sweep always True, as these are asked to be read.
    """

    words: str
    record: dict[str, Any]
    truth: float
    R_cstr: float
    R_electrolyte: float
    ratio: float
    reached: bool

    @property
    def in_bars(self) -> float | None:
        """(R_int − truth) in its error bars; None if none was read."""
        value, bar = (self.record[f"apparent_R_int_{part}ohm_cm2"] for part in ("", "error_"))
        return None if value is None else (value - self.truth) / bar

    @property
    def right(self) -> bool:
        return self.in_bars is None or abs(self.in_bars) <= 2

    @property
    def sensible(self) -> bool:
        """Whether R_SE holds the electrolyte and no more than everything."""
        value, bar = (self.record[f"apparent_R_SE_{part}ohm_cm2"] for part in ("", "error_"))
        return bool(self.R_electrolyte - 2 * bar <= value <= self.R_electrolyte + self.R_cstr + 2 * bar)

    @property
    def readable(self) -> bool:
        return self.reached and self.ratio >= 8 and self.R_cstr >= 0.05 * self.R_electrolyte

    def __str__(self) -> str:
        read = {key.removeprefix("apparent_"): value for key, value in self.record.items() if "definition" not in key}
        return (
            f"{self.words}: R_cstr/R_SE {self.R_cstr / self.R_electrolyte:.3g}, time ratio {self.ratio:.3g}, "
            f"truth {self.truth:.4g}, bars {self.in_bars}: {read}"
        )


@dataclass(frozen=True)
class Flip:
    """A reading that changed with the accuracy of the simulation."""

    words: str
    circuits: tuple[str, str]


def outcomes(size: int, seed: int) -> Iterator[Outcome | Flip]:
    """About so many cases, and what changes where a geometry is solved again."""
    rng = np.random.default_rng(seed)
    for number in range(math.ceil(size / PER_GEOMETRY)):
        pattern, cases = _cases(rng)
        results = list(_results(cases))
        yield from (_outcome(pattern, result) for result in results)
        if number % AGAIN == 0 and pattern != "random":
            fine = [case.model_copy(update={"accuracy": _accuracy(case, FINE)}) for case in cases]
            for one, other in zip(results, _results(fine), strict=True):
                circuits = tuple(apparent_record(read_off([result])[0])["apparent_circuit"] for result in (one, other))
                if circuits[0] != circuits[1]:
                    yield Flip(_outcome(pattern, one).words, circuits)


def verdict(found: Sequence[Outcome | Flip]) -> tuple[str, bool]:
    """A line of numbers, and whether they are what is asked."""
    cases = [item for item in found if isinstance(item, Outcome)]
    flips = [item for item in found if isinstance(item, Flip)]
    right = sum(case.right for case in cases)
    insane = sum(not case.sensible for case in cases)
    readable = [case for case in cases if case.readable]
    read = sum(case.in_bars is not None for case in readable)
    given = [abs(case.in_bars) for case in cases if case.in_bars is not None]
    spread = ", ".join(f"{value:.2f}" for value in np.quantile(given, [0.5, 0.9, 1.0])) if given else "none"
    words = (
        f"{len(cases)} cases, R_int read in {len(given)}, right or null {right}; R_SE out of range {insane}; "
        f"readable {len(readable)}, read {read}; flips {len(flips)}; error bars off (median, 90 %, all): {spread}"
    )
    fine = right >= RIGHT * len(cases) and not insane and not flips and read >= READ * len(readable)
    return words, fine


def truth_of(result: Result) -> float:
    """What R_int has to be, Ω·m²."""
    peaks = [peak for peak in result.peaks if peak.resistance > LEAST_SIZE * result.R_cstr]
    if len(peaks) == 1:
        return result.R_cstr
    own = [peak.frequency for peak in find_peaks(lambda f: resistivity(result.case.electrolyte, f), 1e-4, 1e14)]
    return math.fsum(
        peak.resistance for peak in peaks if all(abs(math.log(peak.frequency / f)) > math.log(APART) for f in own)
    )


def _outcome(pattern: str, result: Result) -> Outcome:
    case = result.case
    electrolyte, pitch = case.electrolyte, getattr(case.interface, "pitch", math.nan)
    slowest = math.inf if electrolyte.grain_boundary_conductivity is None else electrolyte.grain_boundary_frequency
    ratio = 2 * math.pi * slowest * result.R_cstr * (result.C_low or 0.0)
    words = (
        f"{pattern}, f {result.layout.contact_fraction:.3g}, pitch {pitch:.3g} m, "
        f"gap {case.gap.height:.3g} m, f_gb {slowest:.3g} Hz, {case.sweep.stop:.3g} to {case.sweep.start:.3g} Hz"
    )
    nzsp = Electrolyte().model_copy(update={"thickness": electrolyte.thickness})
    defaults = electrolyte == nzsp and case.sweep == Sweep()
    reached = defaults or case.sweep.stop <= (result.f_cstr or 0.0) <= case.sweep.start
    per_area = 1e4
    truth, R_cstr, R_SE = (per_area * value for value in (truth_of(result), result.R_cstr, result.R_electrolyte))
    return Outcome(words, apparent_record(read_off([result])[0]), truth, R_cstr, R_SE, ratio, reached)


def _results(cases: Sequence[Case]) -> Iterator[Result]:
    """One solution for all cases whose gap is thin; a meshed gap is solved by itself."""
    layout = lay_out(cases[0].interface)
    thin = [case for case in cases if gap_model(case, layout) == "thin"]
    response = _response(thin, layout) if thin else None
    for case in cases:
        yield (
            simulate(case)
            if response is None or case not in thin
            else result_of(case, layout, _laws(case), response, 0.0)
        )


def _response(cases: Sequence[Case], layout: Layout) -> Any:
    curves = tuple(curve_of(case, layout, _laws(case), sweep_frequencies(case)) for case in cases)
    return solve_geometry(cases[0], layout, curves, Options())


def _laws(case: Case) -> Laws:
    return Laws(case.contact.law_of(), case.gap.law_of())


def _cases(rng: np.random.Generator) -> tuple[str, list[Case]]:
    pattern = str(rng.choice(list(PATTERNS), p=[share for _, share in PATTERNS.values()]))
    interface = _placed(rng, pattern)
    thickness = 1.5e-3 if rng.random() < 0.7 else _between(rng, 1e-4, 5e-3)
    accuracy = RANDOM if pattern == "random" else COARSE
    cases = []
    for _ in range(PER_GEOMETRY):
        electrolyte, sweep = _electrolyte(rng)
        gap = {"height": _m(_between(rng, 1e-10, 1e-5)), "model": "thin" if pattern == "random" else "auto"}
        parts = {"interface": interface, "gap": gap, "sweep": sweep, "accuracy": {"relative_error": accuracy}}
        cases.append(parse_case({**parts, "electrolyte": {**electrolyte, "thickness": _m(thickness)}}))
    return pattern, cases


def _placed(rng: np.random.Generator, pattern: str) -> dict[str, Any]:
    """An interface whose spots find their places."""
    while True:
        interface = _interface(rng, pattern)
        try:
            lay_out(parse_case({"interface": interface}).interface)
        except InputError:
            continue
        return interface


def _interface(rng: np.random.Generator, pattern: str) -> dict[str, Any]:
    largest, _ = PATTERNS[pattern]
    fraction = _between(rng, 0.02, largest)
    common = {"contact_fraction": fraction, "pitch": _m(_between(rng, 10e-6, 5e-3))}
    if pattern == "tube":
        return common | {"pattern": "single", "cell_shape": "circular"}
    if pattern == "square spots":
        return common | {"pattern": "square", "shape": "square"}
    if pattern == "pores":
        return common | {"pattern": "hexagonal", "inverted": True, "contact_fraction": max(fraction, 0.3)}
    if pattern == "random":
        return common | {"pattern": "random", "spots": int(rng.integers(2, MOST_SPOTS + 1)), "seed": _seed(rng)}
    return common | {"pattern": pattern}


def _electrolyte(rng: np.random.Generator) -> tuple[dict[str, Any], dict[str, Any]]:
    """Electrolyte and sweep: half of them the defaults."""
    if rng.random() < 0.5:
        return {}, {}
    bulk = _between(rng, 0.01, 3)
    electrolyte = {"bulk_conductivity": f"{bulk!r} S/m", "relative_permittivity": _between(rng, 8, 60)}
    if rng.random() < 0.2:
        electrolyte["grain_boundary_conductivity"] = "none"
    else:
        electrolyte["grain_boundary_conductivity"] = f"{bulk * _between(rng, 0.1, 10)!r} S/m"
        electrolyte["grain_boundary_frequency"] = f"{_between(rng, 1e4, 1e7)!r} Hz"
        electrolyte["grain_boundary_exponent"] = 1.0 if rng.random() < 0.5 else float(rng.uniform(0.75, 1))
    if rng.random() < 0.5:
        return electrolyte, {}
    window = {"from": f"{_between(rng, 1e6, 1e9)!r} Hz", "to": f"{_between(rng, 0.1, 1e3)!r} Hz"}
    return electrolyte, window | {"points_per_decade": int(rng.integers(6, 20))}


def _accuracy(case: Case, relative_error: float) -> Any:
    return case.accuracy.model_copy(update={"relative_error": relative_error})


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """Log-uniform."""
    return float(math.exp(rng.uniform(math.log(low), math.log(high))))


def _m(length: float) -> str:
    return f"{length!r} m"


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(1, 10_000))


def main(size: int, seed: int) -> int:
    """Print what fell short, and the numbers."""
    found = []
    for item in outcomes(size, seed):
        found.append(item)
        if isinstance(item, Flip):
            print("FLIP", item)
        elif not item.right or not item.sensible:
            print("WRONG", item)
        elif item.readable and item.in_bars is None:
            print("NOT READ", item)
    words, fine = verdict(found)
    print(words)
    return 0 if fine else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: python tests/readings.py CASES SEED, such as 300 1")
    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2])))
