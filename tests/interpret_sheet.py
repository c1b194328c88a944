"""A film on a lattice's contacts, along a ridge and on its sheet: `python tests/interpret_sheet.py NUMBER...`.

NUMBERs are those of the synthetic spectra of `interpret_calibration.py`, hexagonal. Printed are the logarithm of the
evidence, effective samples, seconds, and mean and width of contact fraction, pitch and gap in scores: as importance
sampling about one ridge has them, without walkers, and on the sheet with two sequences of random numbers.
"""

import sys
import time

import numpy as np
from interpret_calibration import NOISE, synthetic

from constriction.interpret.atlas import load_atlas
from constriction.interpret.interpretation import best_fits, straightened
from constriction.interpret.model.models import FILMED, MODELS, InterfaceModel
from constriction.interpret.posterior.evidence import explore
from constriction.interpret.posterior.sheets.covering import sheet_evidence
from constriction.interpret.setting import Aids

SHOWN = "contact_fraction", "pitch", "gap_height"


def tell(words, found, names, start):
    """One line."""
    scores, weights = found.drawn.scores, found.weights
    mean = weights @ scores
    width = np.sqrt(weights @ (scores - mean) ** 2)
    places = [names.index(name) for name in SHOWN]
    told = ", ".join(f"{names[k]} {mean[k]:.2f} ± {width[k]:.2f}" for k in places)
    seconds = time.process_time() - start
    print(f"  {words:6} {found.log_evidence:.2f}, {found.effective:.0f} effective, {seconds:.0f} s; {told}", flush=True)


def main(numbers):
    atlas, model = load_atlas(), InterfaceModel(FILMED, "hexagonal")
    for number in numbers:
        measured, truth, setting = synthetic(number, atlas, model)
        (best,) = best_fits(measured, setting, atlas, NOISE, Aids())
        names, mode = best.forward.space.names, best.modes[0]
        true = best.forward.space.scores(truth)[0]
        print(number, ", ".join(f"{name} {true[names.index(name)]:.2f}" for name in SHOWN))
        start = time.process_time()
        tell("ridge", explore(straightened(best), best.modes, np.random.default_rng(0)), names, start)
        interface = [names.index(name) for name in MODELS[FILMED] if name in names]
        for seed in range(2):
            start = time.process_time()
            random = np.random.default_rng(seed)
            tell("sheet", sheet_evidence(best.likelihood, interface, mode.noise, random), names, start)


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]])
