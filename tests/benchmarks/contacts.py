"""Unknowns on the contacts: what their error bars say of their errors, and what many discs take.

    python tests/benchmarks/contacts.py --calibrate     # errors over bars on a library of patterns, some minutes
    python tests/benchmarks/contacts.py 1600 10000 1e5  # so many random discs, contact fraction 0.2, whole spectra

Errors are those against densities of a far higher degree with a far sharper split, at rest and at real θ up to a
thousand; of lattices against exact sums (`tests/verification/test_contact_method.py`). Measures and never asserts.
"""

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from cases import case_of

from constriction import Options, parse_case, simulate
from constriction.field.contacts import convergence
from constriction.field.contacts.choice import first_degree
from constriction.field.contacts.discs import discs_of
from constriction.field.contacts.solves import solve_at
from constriction.field.reduction.curves import Curve
from constriction.field.response import Goal
from constriction.geometry.cell import lay_out

ASKED = 1e-2, 1e-3, 1e-4, 1e-5
SHIFTS = 0.0, 0.3, 3.0, 30.0, 300.0
EXACT, FINEST, MANY = 12, 1e-6, 30
"""Degree of what is taken for exact, its accuracy, and of how many discs the degree is two less."""
DEEP = 5.0


def random(fraction, spots, seed, **more):
    """A random pattern."""
    keys = {"pattern": "random", "contact_fraction": fraction, "spots": spots, "seed": seed, "pitch": "1 mm"}
    return {**keys, **more}


def lattice(pattern, fraction):
    """A lattice."""
    return {"pattern": pattern, "contact_fraction": fraction, "pitch": "1 mm"}


def near(gap):
    """Two discs of 0.5 mm that are so many mm apart, beside a small one."""
    discs = [["1 mm", "1.5 mm", "0.5 mm"], [f"{2 + gap} mm", "1.5 mm", "0.5 mm"], ["3.4 mm", "0.7 mm", "0.2 mm"]]
    return {"pattern": "list", "cell": ["4 mm", "3 mm"], "discs": discs}


CLUSTERS = {
    **{"pattern": "clustered", "contact_fraction": 0.1, "clusters": 4, "spots_per_cluster": 8},
    **{"cluster_radius": "1.5 mm", "seed": 7, "pitch": "1 mm"},
}
LIBRARY = {
    "random": [(random(f, n, n + int(100 * f)), DEEP) for f in (0.02, 0.1, 0.2, 0.3, 0.4) for n in (9, 25)],
    "crowded": [(random(0.46, 36, 7), DEEP), (random(0.44, 64, 8), DEEP), (CLUSTERS, DEEP)],
    "unlike radii": [(random(0.25, 49, seed, size_spread=s), DEEP) for seed, s in ((4, 0.2), (5, 0.4), (6, 0.8))],
    "thin and deep slabs": [(random(0.25, 36, 9), depth) for depth in (0.1, 0.3, 50.0)],
    "periodic": [(random(0.3, 25, seed, sides="periodic"), DEEP) for seed in (10, 11)],
    "lattices": [
        *((lattice("square", f), DEEP) for f in (0.05, 0.3, 0.6, 0.75)),
        *((lattice("hexagonal", f), DEEP) for f in (0.2, 0.5, 0.8)),
    ],
    "near discs": [(near(gap), 3.0) for gap in (0.1, 0.03)],
}


def quiet(message):
    """Report nothing."""


def exact_at(layout, depth):
    """F − depth at SHIFTS, as good as exact."""
    discs = discs_of(layout)
    degree = EXACT if len(discs.radii) < MANY else EXACT - 2
    contacts = convergence.prepared(discs, depth, degree, Goal(FINEST, np.inf))
    return np.array([solve_at(contacts, shift, (degree,), 1e-14)[0].value for shift in SHIFTS])


def errors_over_bars(layout, depth, asked, exact):
    """Errors over error bars at SHIFTS, without what the reduced model leaves, and the bar over what is asked."""
    discs, goal = discs_of(layout), Goal(asked, np.inf, (CURVE,))
    degree = first_degree(discs, goal)
    response = convergence.solved(discs, depth, degree, goal, quiet)
    model = response.fine.model
    contacts = convergence.prepared(discs, depth, degree, goal)
    found = np.array([solve_at(contacts, shift, (degree,), 1e-12)[0].value for shift in SHIFTS])
    bars = response.errors(CURVE) - model.errors_at(CURVE.every)
    return np.abs(found - exact) / bars, response.misses(goal)


CURVE = Curve(np.array(SHIFTS[1:], dtype=complex)[:, None], np.zeros(1))


def calibrate():
    """Print errors over bars by family."""
    every = []
    for family, members in LIBRARY.items():
        found = []
        for keys, depth in members:
            layout = lay_out(case_of(keys).interface)
            exact = exact_at(layout, depth)
            for asked in ASKED:
                ratios, misses = errors_over_bars(layout, depth, asked, exact)
                found.append(ratios)
                shown = " ".join(f"{ratio:.2f}" for ratio in ratios)
                print(f"  {family}: asked {asked:g}, error / bar {shown}, bar / asked {misses:.2f}", flush=True)
        every += found
        tell(family, np.array(found))
    tell("all", np.array(every))


def tell(name, ratios):
    """Print one row of the table."""
    for where, values in (("at rest", ratios[:, 0]), ("with θ", ratios[:, 1:].max(axis=1))):
        middle, most, inside = np.median(values), values.max(), np.mean(values <= 1)
        print(f"| {name}, {where} | {len(values)} | {middle:.2f} | {most:.2f} | {100 * inside:.0f} % |", flush=True)


def measure(spots, asked, spread):
    """Solve so many random discs with the whole spectrum, and print what it takes."""
    case = parse_case(
        {
            "electrolyte": {"thickness": "1.5 mm"},
            "interface": random(0.2, spots, 1, size_spread=spread) | {"pitch": "100 um"},
            "gap": {"height": "100 nm"},
            "accuracy": {"method": "contacts", "relative_error": asked},
        }
    )
    said: list[str] = []
    start, before = time.process_time(), time.perf_counter()
    result = simulate(case, Options(report=said.append))
    seconds, wall = time.process_time() - start, time.perf_counter() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    reached = result.relative_error_reached
    at_rest = next(line for line in said if "θ = 0:" in line).split()[-2]
    fine = result.response.fine
    what = f"| {spots} | {asked:g} | {reached:.1e} | {fine.degree} | {fine.model.solves} | {at_rest} "
    print(f"{what}| {seconds:.1f} s | {wall:.1f} s | {memory:.2f} GB |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("discs", nargs="*", type=float)
    parser.add_argument("--asked", type=float, default=1e-3)
    parser.add_argument("--size-spread", type=float, default=0.0)
    parser.add_argument("--calibrate", action="store_true")
    given = parser.parse_args()
    if given.calibrate:
        calibrate()
    for spots in given.discs:
        measure(int(spots), given.asked, given.size_spread)
