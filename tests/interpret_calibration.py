"""How often the intervals hold the truth: `python tests/interpret_calibration.py COUNT [FIRST] [--atlas]`.

COUNT synthetic spectra of a model whose unknowns are all drawn from the prior, with 0.2 % noise, are interpreted by
the model they are from. The table gives for each unknown the share of truths within the 68 and 95 % intervals and the
binomial spread of that share is; then the mean rank, 0.5 if the posterior is neither high nor low, and how probable
ranks as uneven as these are of a right posterior (chi-squared of ten equal bins). Without `--atlas` the interfaces are
those of `poles_atlas`, which cost nothing. `--out FILE` keeps the counts of each bin, which
`interpret_ranks_picture.py` draws: to what the file has of that model and pattern, of other spectra, they are added.
"""

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from poles_atlas import PolesAtlas
from scipy.stats import chisquare

from constriction.interpret.atlas import load_atlas
from constriction.interpret.interpretation import interpret
from constriction.interpret.model.forward import Forward
from constriction.interpret.model.models import MODELS, WITH_PATTERN, InterfaceModel, space_of
from constriction.interpret.model.prior_file import default_priors
from constriction.interpret.setting import Setting
from constriction.spectra.spectrum import Spectrum

NOISE, THICKNESS, BINS = 2e-3, 1.5e-3, 10
APART = 10**6  # of the seeds of truths and of what is searched for them
FREQUENCY = np.geomspace(7e6, 100, 49)
LEVELS = 0.68, 0.95


def synthetic(number, atlas, model):
    """The spectrum of that number, its true values, and what is known beforehand."""
    random = np.random.default_rng(number)
    priors = default_priors()
    space = space_of(model, priors, atlas)
    scores = space.draw(1, random)
    z = Forward(model, space, atlas, FREQUENCY, THICKNESS).impedance(scores)[0]
    errors = random.standard_normal(z.size) + 1j * random.standard_normal(z.size)
    measured = Spectrum(FREQUENCY, z + NOISE * np.abs(z) * errors, "ohm m2")
    return measured, space.values(scores), Setting(THICKNESS, priors, (model,), seed=number + APART)


def ranks(number, atlas, model):
    """Of the truth among the samples, by the name of the unknown; and whether the samples are trusted."""
    measured, truth, setting = synthetic(number, atlas, model)
    (fitted,) = interpret(measured, setting, atlas, NOISE).fitted
    found = {}
    for name in fitted.best.forward.space.names:
        below = fitted.weights[fitted.values[name] < truth[name][0]].sum()
        found[name] = min(float(below), 1.0)  # rounding
    return found, fitted.trusted


def rows_of(model, every, trusted):
    """What the ranks (one dictionary a spectrum) say of each unknown, as rows of the table."""
    for name in every[0]:
        rank = np.array([found[name] for found in every])
        inside = [int(np.sum(np.abs(rank - 0.5) < level / 2)) for level in LEVELS]
        bins = np.histogram(rank, BINS, (0, 1))[0]
        counts = {"spectra": len(rank), "trusted": trusted, "within_68": inside[0], "within_95": inside[1]}
        counts |= {f"bin_{place + 1}": int(count) for place, count in enumerate(bins)}
        yield finished({"model": model.kind, "pattern": model.pattern, "unknown": name}, counts, float(rank.mean()))


def finished(names, counts, mean):
    """A row with what follows from its counts."""
    bins = [counts[f"bin_{place + 1}"] for place in range(BINS)]
    return names | counts | {"mean_rank": f"{mean:.3f}", "probability": f"{chisquare(bins).pvalue:.2g}"}


def added(row, old):
    """A row of new spectra and one of others, together."""
    names = {key: row[key] for key in ("model", "pattern", "unknown")}
    counts = {
        key: int(row[key]) + int(old[key]) for key in row if key.startswith(("spectra", "trusted", "within", "bin"))
    }
    mean = sum(float(one["mean_rank"]) * int(one["spectra"]) for one in (row, old)) / counts["spectra"]
    return finished(names, counts, mean)


def keep(path, rows):
    """Put rows into a table; what it has of the same unknowns is added to them."""
    before = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as stream:
            before = list(csv.DictReader(stream))
    found = {(row["model"], row["pattern"], row["unknown"]): row for row in before}
    for row in rows:
        key = row["model"], row["pattern"], row["unknown"]
        found[key] = added(row, found[key]) if key in found else row
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found.values())


def tell(row, spread):
    """One row in words."""
    shares = [int(row[f"within_{name}"]) / int(row["spectra"]) for name in ("68", "95")]
    print(
        f"{row['unknown']:32} 68 %: {shares[0]:.0%} ± {spread[0]:.0%}   95 %: {shares[1]:.0%} ± {spread[1]:.0%}   "
        f"mean rank {row['mean_rank']} ± {(1 / 12 / int(row['spectra'])) ** 0.5:.2f}   p = {row['probability']}",
        flush=True,
    )


def asked():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("pattern", nargs="?", default="hexagonal")
    parser.add_argument("--atlas", action="store_true")
    parser.add_argument("--model", default="lattice", choices=MODELS)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def main():
    options = asked()
    atlas = load_atlas() if options.atlas else PolesAtlas()
    model = InterfaceModel(options.model, options.pattern if options.model in WITH_PATTERN else "")
    start, every, trusted = time.process_time(), [], 0
    for number in range(options.first, options.first + options.count):
        found, sure = ranks(number, atlas, model)
        every.append(found)
        trusted += sure
    seconds = (time.process_time() - start) / options.count
    print(f"{options.count} spectra, {model.name}; {trusted} with enough effective samples; {seconds:.1f} s each")
    rows = list(rows_of(model, every, trusted))
    for row in rows:
        tell(row, [(level * (1 - level) / options.count) ** 0.5 for level in LEVELS])
    if options.out is not None:
        keep(options.out, rows)


if __name__ == "__main__":
    main()
