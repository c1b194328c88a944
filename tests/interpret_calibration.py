"""How often the intervals hold the truth: `python tests/interpret_calibration.py COUNT [FIRST] [--atlas]`.

COUNT synthetic spectra of a lattice whose unknowns are all drawn from the prior, with 0.2 % noise, are interpreted by
the model they are from. The table gives for each unknown the share of truths within the 68 and 95 % intervals and the
binomial spread of that share is; the last column is the mean rank, 0.5 if the posterior is neither high nor low.
Without `--atlas` the interfaces are those of `poles_atlas`, which cost nothing.
"""

import sys
import time

import numpy as np
from poles_atlas import PolesAtlas

from constriction.interpret.interpretation import interpret
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import InterfaceModel, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.setting import Setting
from constriction.spectra.spectrum import Spectrum

NOISE, THICKNESS = 2e-3, 1.5e-3
FREQUENCY = np.geomspace(7e6, 100, 49)


def synthetic(number, atlas, pattern):
    """The spectrum of that number, its true values, and what is known beforehand."""
    random = np.random.default_rng(number)
    model = InterfaceModel("lattice", pattern)
    priors = default_priors()
    space = space_of(model, priors, atlas)
    scores = space.draw(1, random)
    z = Forward(model, space, atlas, FREQUENCY, THICKNESS).impedance(scores)[0]
    errors = random.standard_normal(z.size) + 1j * random.standard_normal(z.size)
    measured = Spectrum(FREQUENCY, z + NOISE * np.abs(z) * errors, "ohm m2")
    return measured, space.values(scores), Setting(THICKNESS, priors, (model,), seed=number)


def ranks(number, atlas, pattern):
    """Of the truth among the samples, by the name of the unknown; and whether the samples are trusted."""
    measured, truth, setting = synthetic(number, atlas, pattern)
    (fitted,) = interpret(measured, setting, atlas, NOISE).fitted
    found = {}
    for name in fitted.best.forward.space.names:
        found[name] = float(fitted.weights[fitted.values[name] < truth[name][0]].sum())
    return found, fitted.trusted


def main(arguments):
    count = int(arguments[0])
    first = int(arguments[1]) if len(arguments) > 1 and arguments[1].isdigit() else 0
    if "--atlas" in arguments:
        from constriction.interpret.atlas import load_atlas

        atlas = load_atlas()
    else:
        atlas = PolesAtlas()
    pattern = next((word for word in arguments if word in atlas.patterns), "hexagonal")
    start, every, trusted = time.process_time(), [], 0
    for number in range(first, first + count):
        found, sure = ranks(number, atlas, pattern)
        every.append(found)
        trusted += sure
    seconds = (time.process_time() - start) / count
    print(f"{count} spectra, {pattern}; {trusted} with enough effective samples; {seconds:.1f} s each")
    for name in every[0]:
        rank = np.array([found[name] for found in every])
        inside = [float(np.mean(np.abs(rank - 0.5) < level / 2)) for level in (0.68, 0.95)]
        spread = [(level * (1 - level) / count) ** 0.5 for level in (0.68, 0.95)]
        print(
            f"{name:32} 68 %: {inside[0]:.0%} ± {spread[0]:.0%}   95 %: {inside[1]:.0%} ± {spread[1]:.0%}   "
            f"mean rank {rank.mean():.2f} ± {(1 / 12 / count) ** 0.5:.2f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
