"""Random tubes with films: how far the expansion is off, in units of its own error bar.

Run as a script it prints what docs/numerics/transforms.md tells:

    PYTHONPATH=.:tests python tests/support/tube_cases.py 130 3
"""

import math
import sys
from typing import NamedTuple

import numpy as np
from cases import case_of, tube
from support.film_references import film_disc_in_tube

from constriction.field.reduction.curves import Curve
from constriction.field.response import Goal
from constriction.field.transforms.convergence import converge
from constriction.geometry.cell import lay_out

MEMORY = 4e9


class TubeCase(NamedTuple):
    """A disc or a pore in a tube: radius / the tube's, depth in pitches, where F is asked and how exactly."""

    ratio: float
    pore: bool
    depth: float
    curve: Curve
    goal: float

    @property
    def layout(self):
        """The layout."""
        share = self.ratio**2
        return lay_out(case_of(tube(1 - share if self.pore else share, inverted=self.pore)).interface)

    def solved(self):
        """Return the response."""
        goal = Goal(self.goal, MEMORY, (self.curve,))
        return converge(self.layout, self.depth, goal, lambda message: None)

    def exact(self):
        """Return F − depth on `every` θ of the curve, from the references."""
        pairs = self.curve.every[:, ::-1] if self.pore else self.curve.every
        return np.array([film_disc_in_tube(self.ratio, *pair, self.depth) for pair in pairs])


class Measured(NamedTuple):
    """Largest of the true errors, and of the error bars over what was asked: true errors are in units of the bars."""

    true: float
    asked: float


def measure(case):
    """Return the largest true error of a case, over its bar, and the largest bar, over what is asked."""
    response = case.solved()
    bars = response.errors(case.curve)
    true = np.abs(response(case.curve.every) - case.exact()) / bars
    return Measured(float(true.max()), float((bars / case.curve.scale(response)).max() / case.goal))


def random_case(generator, narrowest=0.04):
    """Return a case: θ of the film from 1e-6 to 1e8 and beyond, resistive, capacitive or blocking; any gap or none."""
    room = min(10 ** generator.uniform(math.log10(narrowest), 0), 1 - narrowest)
    ratio = room if generator.random() < 0.5 else 1 - room
    depth = 10 ** generator.uniform(-1.5, 0.7) if generator.random() < 0.6 else 4.0
    film = 10 ** generator.uniform(-6, 8)
    leak = 10 ** generator.uniform(-4, 4) if generator.random() < 0.3 else 0.0
    points = [_point(generator, film, leak) for _ in range(2)]
    blocking = leak == 0 and generator.random() < 0.25
    curve = Curve(np.array(points), None if blocking else np.array([film, leak]), True)
    return TubeCase(ratio, bool(generator.random() < 0.5), depth, curve, generator.choice([1e-3, 1e-4, 1e-5]))


def _point(generator, film, leak):
    """θ of both at a frequency: admittances between real and imaginary, times an electrolyte's resistivity."""
    resistivity = np.exp(-0.5j * math.pi * generator.random() * (generator.random() < 0.5))
    contact = film * 10 ** generator.uniform(0, 4) * np.exp(0.5j * math.pi * generator.random())
    gap = leak + 10 ** generator.uniform(-3, 4) * np.exp(0.25j * math.pi * (1 + generator.random()))
    return contact * resistivity, gap * resistivity


def main(count, seed):
    """Print the statistics of random cases."""
    generator = np.random.default_rng(seed)
    found = [measure(random_case(generator)) for _ in range(count)]
    true = np.sort([one.true for one in found])
    print(f"{count} cases: true error / error bar at most {true[-1]:.2g}, in the middle {np.median(true):.2g}")
    print(f"error bar / asked at most {max(one.asked for one in found):.2g}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
