"""By hand: how a film's error compares with its error bar, from films that no mesh sees to films that all do.

Prints, for stripes and discs in tubes, both methods and random films and gaps, the largest true error over the error
bar and how much of what was asked it is. `python tests/film_layers.py [CASES] [SEED] [RINGS]`; a case takes seconds.
With RINGS no mesh has more of them in its collars than so many, and it is told which cases call for more.
"""

import math
import sys

import numpy as np
from support.film_references import film_disc_in_tube, film_stripes

from constriction import parse_case, simulate
from constriction.field import layers
from constriction.field.response import Goal
from constriction.simulation.weights import curve_of


def case_of(rng, method):
    """A case, and what its exact F − depth is at θ of contact and gap and a depth in pitches."""
    stripes, f = bool(rng.random() < 0.5), float(rng.uniform(0.05, 0.9))
    shape = {"pattern": "stripes"} if stripes else {"pattern": "single", "cell_shape": "circular"}
    case = parse_case(
        {
            "interface": {**shape, "contact_fraction": f, "pitch": "100 um"},
            "accuracy": {"method": method, "relative_error": float(10 ** rng.uniform(-3.3, -2))},
            "contact": {"law": "p(R1,C1)", "R1": f"{10 ** rng.uniform(-6, 3)} ohm cm2", "C1": "20 uF/cm2"},
            "gap": {"height": str(rng.choice(["5 nm", "1 um"]))},
            "sweep": {"from": "100 MHz", "to": "10 Hz", "points_per_decade": 1},
        }
    )
    return case, (lambda *at: film_stripes(f, *at)) if stripes else (lambda *at: film_disc_in_tube(math.sqrt(f), *at))


def calls_for_more(case, result):
    """Whether a mesh has fewer rings than its films need, None for a grid."""
    curve = curve_of(case, result.layout, result.laws, result.spectrum.frequency)
    goal = Goal(case.accuracy.relative_error, math.inf, (curve,))
    return None if case.accuracy.method == "spectral" else not result.response.resolves(goal)


def main(cases=20, seed=0, rings=layers.FILM_RINGS):
    needed = layers.FILM_RINGS
    rng = np.random.default_rng(seed)
    for number in range(cases):
        method = ("finite_elements", "spectral")[number % 2]
        case, exact = case_of(rng, method)
        layers.FILM_RINGS = rings
        result = simulate(case)
        layers.FILM_RINGS = needed
        curve = curve_of(case, result.layout, result.laws, result.spectrum.frequency)
        theta, depth = curve.every[::2], case.electrolyte.thickness / result.layout.pitch
        true = np.array([exact(contact, gap, depth) for contact, gap in theta])
        errors = np.abs(result.response(theta) - true)
        over = errors / result.response.errors(curve)[::2]
        reached = result.relative_error_reached / case.accuracy.relative_error
        words = f"{case.interface.pattern}, f = {result.layout.contact_fraction:.3f}, R1 = {case.contact.R1}"
        effort = f"{result.response.fine.unknowns} unknowns, {result.seconds_total:.1f} s"
        words += ", too few rings" if calls_for_more(case, result) else ""
        print(f"{method}, {words}: error / bar {over.max():.2f}, bar / asked {reached:.2f}, {effort}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
