"""How often the right model is preferred: `python tests/interpret_model_choice.py COUNT [FIRST]`.

COUNT spectra each of a lattice, a film and full contact, whose unknowns are drawn from the prior, with 0.2 % noise and
the interfaces of `poles_atlas`. A model is called sure if its kind has 95 % of the probability; else it cannot be told.
"""

import sys
import time
from collections import Counter

import numpy as np
from poles_atlas import PolesAtlas

from constriction.interpret.interpretation import interpret
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import models_of, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.setting import Setting
from constriction.interpret.verdict import verdict
from constriction.spectra.spectrum import Spectrum

NOISE, THICKNESS, SURE = 2e-3, 1.5e-3, 0.95
FREQUENCY = np.geomspace(7e6, 100, 49)
KINDS = ("lattice", "film", "full_contact")


def chosen(model, number, models, atlas):
    """Which kind is sure for a synthetic spectrum of a model, or "cannot tell"; and what the arc is called."""
    random, priors = np.random.default_rng(number), default_priors()
    space = space_of(model, priors, atlas)
    z = Forward(model, space, atlas, FREQUENCY, THICKNESS).impedance(space.draw(1, random))[0]
    errors = random.standard_normal(z.size) + 1j * random.standard_normal(z.size)
    measured = Spectrum(FREQUENCY, z + NOISE * np.abs(z) * errors, "ohm m2")
    found = interpret(measured, Setting(THICKNESS, priors, models, seed=number), atlas, NOISE)
    sure = next((kind for kind in KINDS if found.probability((kind,)) > SURE), "cannot tell")
    return sure, verdict(found).arc


def main(arguments):
    count, first = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0
    atlas = PolesAtlas()
    models = models_of(KINDS, ("hexagonal",))
    for model in models:
        start = time.process_time()
        found = [chosen(model, number, models, atlas) for number in range(first, first + count)]
        seconds = (time.process_time() - start) / count
        kinds, arcs = Counter(kind for kind, _ in found), Counter(arc for _, arc in found)
        print(f"{model.name:18} sure of {dict(kinds)}; arcs called {dict(arcs)}; {seconds:.1f} s each", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
