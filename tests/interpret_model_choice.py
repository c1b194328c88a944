"""How often the right model is preferred: `python tests/interpret_model_choice.py COUNT [FIRST] [--atlas]`.

COUNT spectra each of a lattice, a film and full contact, whose unknowns are drawn from the prior, with 0.2 % noise. A
model is called sure if its kind has 95 % of the probability; else it cannot be told. Interfaces are those of
`poles_atlas`, or of the program's atlas. `--tempered` computes each evidence once more by tempering, as the true one:
of spectra whose true ratio of evidence, right model over the best other one, exceeds 100, how many cannot be told?
`--out FILE` keeps the logarithms of all evidences.
"""

import argparse
import csv
import time
from collections import Counter
from pathlib import Path

import numpy as np
from poles_atlas import PolesAtlas
from tempered_evidence import tempered_log_evidence

from constriction.interpret.atlas import load_atlas
from constriction.interpret.interpretation import interpret
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import models_of, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.setting import Setting
from constriction.interpret.verdict import verdict
from constriction.spectra.spectrum import Spectrum

NOISE, THICKNESS, SURE, CLEAR = 2e-3, 1.5e-3, 0.95, 100.0
APART = 10**6  # of the seeds of truths and of what is searched for them
FREQUENCY = np.geomspace(7e6, 100, 49)
KINDS = ("lattice", "film", "full_contact")
UNSURE = "cannot tell"


def measured_of(model, number, atlas):
    """A synthetic spectrum of a model."""
    random = np.random.default_rng(number)
    space = space_of(model, default_priors(), atlas)
    z = Forward(model, space, atlas, FREQUENCY, THICKNESS).impedance(space.draw(1, random))[0]
    errors = random.standard_normal(z.size) + 1j * random.standard_normal(z.size)
    return Spectrum(FREQUENCY, z + NOISE * np.abs(z) * errors, "ohm m2")


def chosen(model, number, models, atlas, tempered):
    """Which kind is sure for a synthetic spectrum of a model, what the arc is called, and the evidence of all kinds."""
    setting = Setting(THICKNESS, default_priors(), models, seed=number + APART)
    found = interpret(measured_of(model, number, atlas), setting, atlas, NOISE)
    row = {"truth": model.kind, "number": number, "arc": verdict(found).arc}
    row["called"] = next((kind for kind in KINDS if found.probability((kind,)) > SURE), UNSURE)
    random = np.random.default_rng(number + 2 * APART)
    for one in sorted(found.fitted, key=lambda one: KINDS.index(one.model.kind)):
        row[one.model.kind] = one.log_evidence
        if tempered:
            row[f"{one.model.kind}_tempered"] = tempered_log_evidence(one.best.likelihood, random)
    return row


def ratio_of(row, ending=""):
    """Natural logarithm of the evidence of the right model over that of the best other one."""
    return row[row["truth"] + ending] - max(row[kind + ending] for kind in KINDS if kind != row["truth"])


def tell(truth, rows, seconds):
    """What the spectra of one model were called."""
    calls, arcs = (dict(Counter(row[key] for row in rows)) for key in ("called", "arc"))
    print(f"{truth:14} called {calls}; arcs called {arcs}; {seconds:.1f} s each", flush=True)


def tell_all(rows, tempered):
    """The shares that must hold."""
    right, wrong = (sum((r["called"] == r["truth"]) == w for r in rows if r["called"] != UNSURE) for w in (True, False))
    ending = "_tempered" if tempered else ""
    clear = [row for row in rows if ratio_of(row, ending) > np.log(CLEAR)]
    unsure = sum(row["called"] == UNSURE for row in clear)
    print(f"of {len(rows)}: right for sure {right}, wrong for sure {wrong}, cannot tell {len(rows) - right - wrong}")
    print(f"true ratio above {CLEAR:g}: {len(clear)}, of which cannot tell {unsure}")
    if tempered:
        apart = np.array([row[kind] - row[kind + ending] for row in rows for kind in KINDS])
        near = apart[np.abs(apart) < 5]
        print(
            f"evidence less that by tempering: median {np.median(apart):.2f}, rms {np.sqrt(np.mean(near**2)):.2f} "
            f"of {near.size} of {apart.size} within 5"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("--atlas", action="store_true")
    parser.add_argument("--tempered", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    atlas = load_atlas() if options.atlas else PolesAtlas()
    models, rows = models_of(KINDS, ("hexagonal",)), []
    for model in models:
        start, numbers = time.process_time(), range(options.first, options.first + options.count)
        found = [chosen(model, number, models, atlas, options.tempered) for number in numbers]
        tell(model.kind, found, (time.process_time() - start) / options.count)
        rows += found
    tell_all(rows, options.tempered)
    if options.out is not None:
        with options.out.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
